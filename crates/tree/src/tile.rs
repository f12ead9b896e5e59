//! Tiles: where the hashes and the entries of a tree lie, and under which path they are served.
//!
//! A hash tile of level l is up to 256 hashes side by side, 32 bytes each:
//!
//! ```text
//! hash i of tile n of level l = MTH(D[(256n + i) * 256^l : (256n + i + 1) * 256^l])
//! ```
//!
//! Source: C2SP tlog-tiles, "Merkle Tree". Not here: computing hashes (`hash`, `appender`) and
//! reading paths of them out of tiles (`proof`).

mod bundle;
mod error;
mod path;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

pub use bundle::{MAX_ENTRY_LEN, cut_bundle, decode_bundle, encode_bundle};
pub use error::TileError;
pub use path::{TileContent, TilePath};

use crate::hash::HASH_LEN;

/// How many levels of the tree one tile spans: 2^8 = 256.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// The number of hashes in a full tile, and of entries in a full bundle.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;

/// The bytes of a full hash tile: 256 * 32 = 8,192.
pub(crate) const TILE_LEN: usize = TILE_WIDTH as usize * HASH_LEN;

/// The highest level that a path may name (C2SP tlog-tiles, "Merkle Tree").
pub(crate) const MAX_LEVEL: u8 = 63;

/// The place of a hash tile: its level and its index within the level, both from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for leaf hashes; each level above has one hash for each full tile below.
    pub level: u8,
    /// Counted from the left.
    pub index: u64,
}

impl TileId {
    /// How many hashes this tile has in a tree of `size` leaves: 0 if it does not exist, 256 if it
    /// is full.
    pub fn width_at(self, size: u64) -> u16 {
        let hashes = size
            .checked_shr(u32::from(self.level) * TILE_HEIGHT)
            .unwrap_or(0);
        match self.index.checked_mul(u64::from(TILE_WIDTH)) {
            Some(first) => {
                let after = hashes.saturating_sub(first);
                u16::try_from(after).unwrap_or(TILE_WIDTH).min(TILE_WIDTH)
            }
            None => 0,
        }
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile {} of level {}", self.index, self.level)
    }
}

/// A store of hash tiles, as proofs and [`Appender::load`](crate::Appender::load) read it.
pub trait TileSource {
    /// What reading may fail with.
    type Error: std::error::Error + 'static;

    /// The newest stored contents of a tile, or `None` if it was never stored. It may be wider than
    /// an older tree needs; the reader cuts it.
    ///
    /// # Errors
    ///
    /// Whatever the store fails with; a tile that is absent is no error.
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Tiles in memory, for tests and for auditors who have fetched them.
impl TileSource for BTreeMap<TileId, Vec<u8>> {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.get(&TileId { level, index }).cloned())
    }
}

/// The first `width` hashes of a stored tile, which may be wider.
///
/// # Errors
///
/// [`TileError`] if `width` is not from 1 to 256, or the stored bytes are narrower or no tile.
pub fn cut_tile(stored: &[u8], width: u16) -> Result<&[u8], TileError> {
    if width == 0 || width > TILE_WIDTH {
        return Err(TileError::Width { width });
    }
    if stored.len() > TILE_LEN || !stored.len().is_multiple_of(HASH_LEN) {
        return Err(TileError::TileLength { len: stored.len() });
    }
    let have = stored.len() / HASH_LEN;
    stored
        .get(..usize::from(width) * HASH_LEN)
        .ok_or(TileError::TooNarrow {
            have,
            need: usize::from(width),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_size() {
        let width = |level, index, size| TileId { level, index }.width_at(size);
        assert_eq!(width(0, 0, 0), 0);
        assert_eq!(width(0, 0, 1), 1);
        assert_eq!(width(0, 0, 256), 256);
        assert_eq!(width(0, 1, 256), 0);
        assert_eq!(width(1, 0, 256), 1);
        assert_eq!(width(0, 273, 70_000), 112);
        assert_eq!(width(2, 0, 70_000), 1);
        assert_eq!(width(7, 0, u64::MAX), 255);
        assert_eq!(width(8, 0, u64::MAX), 0);
        assert_eq!(width(63, u64::MAX, u64::MAX), 0);
        assert_eq!(width(0, u64::MAX / 256, u64::MAX), 255);
    }

    #[test]
    fn cutting_checks_both_sides() {
        let stored = [7; 3 * HASH_LEN];
        assert_eq!(cut_tile(&stored, 2).unwrap().len(), 64);
        assert_eq!(cut_tile(&stored, 3).unwrap().len(), 96);
        assert_eq!(cut_tile(&stored, 4).unwrap_err().code(), "tree.tile-narrow");
        assert_eq!(cut_tile(&stored, 0).unwrap_err().code(), "tree.tile-width");
        assert_eq!(
            cut_tile(&stored, 257).unwrap_err().code(),
            "tree.tile-width"
        );
        assert_eq!(
            cut_tile(&stored[1..], 1).unwrap_err().code(),
            "tree.tile-length"
        );
    }
}
