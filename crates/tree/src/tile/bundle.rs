//! Entry bundles: up to 256 entries side by side, each with its length before it.
//!
//! ```text
//! +--------------------+-------------+--------------------+-------------+ ...
//! | length, u16 big-e. | entry bytes | length, u16 big-e. | entry bytes |
//! +--------------------+-------------+--------------------+-------------+ ...
//! ```
//!
//! Source: C2SP tlog-tiles, "Log entries". Not here: what an entry says.

use super::{TILE_WIDTH, TileError};

/// The longest entry that a bundle holds, in bytes: the largest 16-bit length.
pub const MAX_ENTRY_LEN: usize = u16::MAX as usize;

/// Writes entries as one bundle.
///
/// # Errors
///
/// [`TileError::EntryTooLong`] for an entry over 65,535 bytes, [`TileError::TooManyEntries`] for
/// more than 256.
pub fn encode_bundle<'e>(
    entries: impl IntoIterator<Item = &'e [u8]>,
) -> Result<Vec<u8>, TileError> {
    let mut bundle = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        if at >= usize::from(TILE_WIDTH) {
            return Err(TileError::TooManyEntries);
        }
        let len =
            u16::try_from(entry.len()).map_err(|_| TileError::EntryTooLong { len: entry.len() })?;
        bundle.extend_from_slice(&len.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// Reads the entries of a bundle, in order.
///
/// # Errors
///
/// [`TileError::Truncated`] if the bytes end inside an entry, [`TileError::TooManyEntries`] if
/// there are more than 256.
pub fn decode_bundle(bundle: &[u8]) -> Result<Vec<&[u8]>, TileError> {
    let mut entries = Vec::new();
    let mut rest = bundle;
    while !rest.is_empty() {
        if entries.len() >= usize::from(TILE_WIDTH) {
            return Err(TileError::TooManyEntries);
        }
        let (entry, after) = split_entry(rest).ok_or(TileError::Truncated {
            entry: entries.len(),
        })?;
        entries.push(entry);
        rest = after;
    }
    Ok(entries)
}

/// The first `width` entries of a stored bundle, which may have more, still as a bundle.
///
/// # Errors
///
/// [`TileError`] if `width` is not from 1 to 256, or the bundle has fewer entries or ends inside
/// one of those.
pub fn cut_bundle(stored: &[u8], width: u16) -> Result<&[u8], TileError> {
    if width == 0 || width > TILE_WIDTH {
        return Err(TileError::Width { width });
    }
    let mut rest = stored;
    for have in 0..usize::from(width) {
        if rest.is_empty() {
            return Err(TileError::TooNarrow {
                have,
                need: usize::from(width),
            });
        }
        rest = split_entry(rest)
            .ok_or(TileError::Truncated { entry: have })?
            .1;
    }
    Ok(stored.get(..stored.len() - rest.len()).unwrap_or(stored))
}

fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<2>()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_cut() {
        let long = vec![9; MAX_ENTRY_LEN];
        let entries: Vec<&[u8]> = vec![b"one", b"", &long, b"four"];
        let bundle = encode_bundle(entries.iter().copied()).unwrap();
        assert_eq!(decode_bundle(&bundle).unwrap(), entries);
        assert_eq!(
            decode_bundle(cut_bundle(&bundle, 3).unwrap()).unwrap(),
            entries[..3]
        );
        assert_eq!(
            cut_bundle(&bundle, 5).unwrap_err().code(),
            "tree.tile-narrow"
        );
        assert_eq!(decode_bundle(b"").unwrap(), Vec::<&[u8]>::new());
    }

    #[test]
    fn limits_and_torn_ends_are_errors() {
        let long = vec![9; MAX_ENTRY_LEN + 1];
        assert_eq!(
            encode_bundle([&long[..]]).unwrap_err().code(),
            "tree.bundle-entry-long"
        );
        let many = vec![&b""[..]; 257];
        assert_eq!(encode_bundle(many).unwrap_err().code(), "tree.bundle-full");
        assert_eq!(
            decode_bundle(&[0; 514]).unwrap_err().code(),
            "tree.bundle-full"
        );
        for torn in [&b"\0"[..], b"\0\x01", b"\0\x01a\0\x02b"] {
            assert_eq!(
                decode_bundle(torn).unwrap_err().code(),
                "tree.bundle-truncated"
            );
            assert_eq!(
                cut_bundle(torn, 2).unwrap_err().code(),
                "tree.bundle-truncated"
            );
        }
    }
}
