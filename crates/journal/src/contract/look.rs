//! What the suite sees of a journal through its trait, in forms that can be compared.
//!
//! Not here: any expectation but that positions have no gap.

use std::ops::ControlFlow;

use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{Hash, empty_root, node_hash};

use crate::journal::{Batch, Head, Journal, JournalError, Row, leaf_of};

pub(super) fn append(journal: &dyn Journal, batch: Batch) -> Result<Head, JournalError> {
    journal.append(journal.head()?.entries, batch)
}

pub(super) fn code<T>(result: Result<T, JournalError>) -> &'static str {
    result.err().map_or("none", |e| e.code())
}

pub(super) fn read_bodies(
    journal: &dyn Journal,
    numbers: &[u64],
) -> Result<Vec<Option<Vec<u8>>>, JournalError> {
    let numbers: Vec<_> = numbers.iter().copied().map(BodyNumber).collect();
    let mut found = Vec::new();
    journal.bodies(&numbers, &mut |place, body| {
        assert_eq!(place, found.len(), "bodies come in the order asked for");
        found.push(body.map(<[u8]>::to_vec));
    })?;
    assert_eq!(found.len(), numbers.len());
    Ok(found)
}

pub(super) fn read_rows(journal: &dyn Journal, prefix: &[u8]) -> Result<Vec<Row>, JournalError> {
    let mut found = Vec::new();
    journal.rows(prefix, &mut |key, value| {
        let (key, value) = (key.to_vec(), value.to_vec());
        found.push(Row { key, value });
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The leaves from `from` on, and that their numbers have no gap.
pub(super) fn read_leaves(journal: &dyn Journal, from: u64) -> Result<Vec<Hash>, JournalError> {
    let mut leaves = Vec::new();
    journal.read(EntryNumber(from), &mut |number, frame, nonce| {
        assert_eq!(number.0, from + leaves.len() as u64);
        leaves.push(leaf_of(nonce, frame));
        ControlFlow::Continue(())
    })?;
    Ok(leaves)
}

/// Everything that a reader can see of a journal, to compare two.
pub(super) fn everything(
    journal: &dyn Journal,
) -> Result<impl PartialEq + std::fmt::Debug + use<>, JournalError> {
    let head = journal.head()?;
    let numbers: Vec<u64> = (0..head.bodies.0).collect();
    let tiles = [(0, 0), (0, 1), (1, 0)].map(|(level, index)| journal.tile(level, index).ok());
    Ok((
        read_leaves(journal, 0)?,
        read_bodies(journal, &numbers)?,
        read_rows(journal, b"")?,
        tiles,
        head,
    ))
}

/// The root as RFC 6962 section 2.1 defines it, over leaf hashes.
pub(super) fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(naive_root(left), naive_root(right))
        }
    }
}
