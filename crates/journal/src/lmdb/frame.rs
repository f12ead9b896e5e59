//! An entry as one value: its nonce, and its frame, compressed if it is long.
//!
//! ```text
//!  0  nonce, 32 bytes
//! 32  u8   form: 0 as it is, 1 Zstandard
//! 33  u32  the length of the frame; only if compressed
//!     the frame
//! ```
//!
//! Integers are big-endian. The leaf of an entry is over its nonce and its frame as they came, so
//! the form on disk makes no difference to the log. In format 1 the frame follows the nonce at once.
//!
//! Not here: what a frame says.

use super::codec::{Decoder, Encoder, Form};
use crate::journal::{BODY_MAX, Sealed};

/// Frames from this length on are compressed: a shorter one is mostly digests and the nonce, and
/// shares its page with its neighbours anyway.
const LONG: usize = 1 << 10;

/// Appends the value of an entry.
pub(super) fn encode(entry: &Sealed, encoder: &mut Encoder, value: &mut Vec<u8>) {
    value.extend(entry.nonce);
    if entry.frame.len() >= LONG {
        let begin = value.len();
        value.push(Form::Zstd.to_byte());
        value.extend((entry.frame.len() as u32).to_be_bytes());
        match encoder.push(&entry.frame, value) {
            Form::Zstd => return,
            Form::Plain => value.truncate(begin),
        }
    }
    value.push(Form::Plain.to_byte());
    value.extend(&entry.frame);
}

/// Nonce and frame of an entry; None if it is damaged.
pub(super) fn decode<'a>(
    value: &'a [u8],
    decoder: &'a mut Decoder,
) -> Option<(&'a [u8; 32], &'a [u8])> {
    let (nonce, rest) = value.split_first_chunk()?;
    let (form, rest) = rest.split_first()?;
    match Form::of_byte(*form)? {
        Form::Plain => Some((nonce, rest)),
        Form::Zstd => {
            let (len, stored) = rest.split_first_chunk()?;
            let len = u32::from_be_bytes(*len) as usize;
            let frame = (len <= BODY_MAX).then(|| decoder.piece(Form::Zstd, len, stored));
            Some((nonce, frame??))
        }
    }
}

/// Nonce and frame of an entry of format 1; None if it is damaged.
pub(super) fn decode_plain(value: &[u8]) -> Option<(&[u8; 32], &[u8])> {
    value.split_first_chunk()
}

#[cfg(test)]
mod tests {
    use legation_core::id::Digest;

    use super::*;

    #[test]
    fn entries_come_back() {
        let (mut encoder, mut decoder) = (Encoder::new().unwrap(), Decoder::new().unwrap());
        let noise = (0..150_u64).flat_map(|n| *Digest::of(&n.to_be_bytes()).as_bytes());
        for (frame, most) in [
            (vec![], 33),
            (b"short".to_vec(), 38),
            (b"long ".repeat(1000), 200),
            (noise.collect(), 4833),
        ] {
            let entry = Sealed {
                frame,
                nonce: [7; 32],
            };
            let mut value = Vec::new();
            encode(&entry, &mut encoder, &mut value);
            assert!(value.len() <= most, "{} bytes", value.len());
            let found = decode(&value, &mut decoder);
            assert_eq!(found, Some((&entry.nonce, &entry.frame[..])));
            assert_eq!(decode(&value[..32], &mut decoder), None);
        }
        for spoilt in [
            &[7; 31][..],
            &[[7; 32].as_slice(), &[2]].concat(),
            &[[7; 32].as_slice(), &[1, 0, 0]].concat(),
            &[[7; 32].as_slice(), &[1, 255, 255, 255, 255, 1, 2]].concat(),
        ] {
            assert_eq!(decode(spoilt, &mut decoder), None);
        }
    }
}
