//! Entries, bodies and rows that follow from a number, so that a test can say what must be there.
//!
//! Not here: anything that looks like an office; the bytes mean nothing.

use std::sync::Arc;

use legation_core::id::{BodyNumber, Digest};

use crate::journal::{Batch, Journal, JournalError, Row, Sealed};

/// The longest sample body: a few of LMDB's pages, so that both of its ways to keep a value are met.
const BODY_MAX: usize = 10_000;

/// Numbers that follow from a seed (SplitMix64), so that a run can be repeated.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number below `sides`, of which there must be some.
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

pub(super) fn entry(n: u64) -> Sealed {
    Sealed {
        frame: format!("entry {n}").into_bytes(),
        nonce: *Digest::of(&n.to_be_bytes()).as_bytes(),
    }
}

pub(super) fn body(n: u64) -> Arc<[u8]> {
    let seed = *Digest::of(format!("body {n}").as_bytes()).as_bytes();
    let len = (n as usize).wrapping_mul(2_654_435_761) % BODY_MAX;
    seed.iter().copied().cycle().take(len + 1).collect()
}

pub(super) fn row(key: &str, value: &str) -> Row {
    Row {
        key: key.into(),
        value: value.into(),
    }
}

/// Appends `count` more entries, each with a body and a row, in batches of many sizes; erases some.
pub(super) fn fill(journal: &dyn Journal, count: u64) -> Result<(), JournalError> {
    let mut head = journal.head()?;
    let end = head.entries.0 + count;
    while head.entries.0 < end {
        let from = head.entries.0;
        let to = end.min(from + 1 + from % 17);
        let batch = Batch {
            entries: (from..to).map(entry).collect(),
            bodies: (from..to).map(body).collect(),
            erase: vec![BodyNumber(from / 2)],
            gone: vec![format!("n/{:03}/{}", from * 7 % 100, from / 2).into_bytes()],
            rows: (from..to)
                .map(|n| row(&format!("n/{:03}/{n}", n * 7 % 100), "row"))
                .collect(),
        };
        head = journal.append(head.entries, batch)?;
    }
    Ok(())
}
