//! An entry: an act with its number, instant, actor and link. The frame it becomes is drawn in
//! [`crate::act`]; the commitment to a frame is in [`crate::entry`].

use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::act::{Act, Actor};
use crate::id::{Digest, EntryNumber};
use crate::time::Instant;

/// The format of frames that this program writes.
pub const FRAME_FORMAT: u32 = 1;

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entry {
    #[n(0)]
    format: u32,
    /// Its position, from 0.
    #[n(1)]
    pub number: EntryNumber,
    /// When; never before the entry before it.
    #[n(2)]
    pub at: Instant,
    /// Who.
    #[n(3)]
    pub actor: Actor,
    /// What.
    #[n(4)]
    pub act: Act,
    /// The commitment to the entry before it.
    #[n(5)]
    pub link: Digest,
}

/// Bytes that are no entry.
#[derive(Debug, Error)]
pub enum EntryError {
    /// Not CBOR, or not of this shape.
    #[error("a frame of {size} bytes is no entry: {source}")]
    Malformed {
        /// How long it is.
        size: usize,
        /// What the decoder met.
        source: minicbor::decode::Error,
    },
    /// Written by a later program.
    #[error(
        "entry {number} has format {format}, this program knows {FRAME_FORMAT}; use a newer one"
    )]
    Format {
        /// Where.
        number: EntryNumber,
        /// Which.
        format: u32,
    },
}

impl EntryError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "entry.malformed",
            Self::Format { .. } => "entry.unknown-format",
        }
    }
}

impl Entry {
    /// An entry of today's format.
    pub fn new(number: EntryNumber, at: Instant, actor: Actor, act: Act, link: Digest) -> Self {
        Self {
            format: FRAME_FORMAT,
            number,
            at,
            actor,
            act,
            link,
        }
    }

    /// Its frame.
    pub fn encode(&self) -> Vec<u8> {
        let mut frame = Vec::with_capacity(512);
        match minicbor::encode(self, &mut frame) {
            Ok(()) => frame,
            // INVARIANT: a Vec takes every write, and no Encode of an act refuses.
            Err(never) => unreachable_write(&never),
        }
    }

    /// The entry of a frame.
    ///
    /// # Errors
    /// When the frame is not CBOR of the shape above, or of another format.
    pub fn decode(frame: &[u8]) -> Result<Self, EntryError> {
        let entry: Self = minicbor::decode(frame).map_err(|source| EntryError::Malformed {
            size: frame.len(),
            source,
        })?;
        if entry.format == FRAME_FORMAT {
            Ok(entry)
        } else {
            Err(EntryError::Format {
                number: entry.number,
                format: entry.format,
            })
        }
    }
}

fn unreachable_write(error: &minicbor::encode::Error<std::convert::Infallible>) -> ! {
    unreachable!("writing to memory failed: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::SetHouse;

    #[test]
    fn an_entry_reads_back_and_a_cut_one_does_not() {
        let entry = Entry::new(
            EntryNumber(7),
            Instant::from_micros(1_000_000),
            Actor::Office,
            Act::SetHouse(SetHouse { text: "x".into() }),
            crate::entry::GENESIS,
        );
        let frame = entry.encode();
        assert_eq!(Entry::decode(&frame).unwrap(), entry);
        for cut in 0..frame.len() {
            assert!(Entry::decode(&frame[..cut]).is_err());
        }
    }

    #[test]
    fn a_later_format_is_refused() {
        let mut entry = Entry::new(
            EntryNumber(0),
            Instant::from_micros(0),
            Actor::Office,
            Act::SetHouse(SetHouse {
                text: String::new(),
            }),
            crate::entry::GENESIS,
        );
        entry.format = 2;
        assert_eq!(
            Entry::decode(&entry.encode()).unwrap_err().code(),
            "entry.unknown-format"
        );
    }
}
