//! Journals whose whole content follows from their length, so that any prefix can be checked.
//!
//! Entry n brings body n and row `n/<n>`; every tenth erases the body five before it; the row
//! `count` says how many there are. Not here: what is done to these journals.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use legation_core::id::{BodyNumber, Digest, EntryNumber};
use legation_journal::{Batch, Head, Journal, JournalError, LmdbJournal, Row, Sealed, Signer};
use legation_tree::{Appender, Hash};

/// A cheap sequence of dice (splitmix64), so that a run can be repeated.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

pub(crate) fn signer() -> Signer {
    Box::new(legation_journal::contract::checkpoint)
}

pub(crate) fn create(dir: &Path) -> LmdbJournal {
    LmdbJournal::create(dir, signer()).unwrap()
}

pub(crate) fn open(dir: &Path) -> LmdbJournal {
    LmdbJournal::open(dir, signer()).unwrap()
}

pub(crate) fn entry(n: u64) -> Sealed {
    Sealed {
        frame: format!("entry {n}").into_bytes(),
        nonce: *Digest::of(&n.to_le_bytes()).as_bytes(),
    }
}

/// Mostly short, now and then longer than LMDB's pages.
pub(crate) fn body(n: u64) -> Arc<[u8]> {
    let seed = *Digest::of(format!("body {n}").as_bytes()).as_bytes();
    let len = if n.is_multiple_of(13) {
        20_000
    } else {
        n * 97 % 1500
    };
    seed.iter().copied().cycle().take(len as usize).collect()
}

fn is_erased(n: u64, count: u64) -> bool {
    n % 10 == 4 && n + 5 < count
}

fn row(key: String, value: u64) -> Row {
    Row {
        key: key.into_bytes(),
        value: value.to_string().into_bytes(),
    }
}

/// The batch that makes a journal of `from` entries one of `to`.
pub(crate) fn batch(from: u64, to: u64) -> Batch {
    Batch {
        entries: (from..to).map(entry).collect(),
        bodies: (from..to).map(body).collect(),
        erase: (from..to)
            .filter(|n| n % 10 == 9)
            .map(|n| BodyNumber(n - 5))
            .collect(),
        gone: Vec::new(),
        rows: (from..to)
            .map(|n| row(format!("n/{n}"), n))
            .chain([row("count".into(), to)])
            .collect(),
    }
}

pub(crate) fn append(journal: &dyn Journal, more: u64) -> Result<Head, JournalError> {
    let from = journal.head()?.entries.0;
    journal.append(EntryNumber(from), batch(from, from + more))
}

/// That the journal is whole, to the last byte; gives its length.
pub(crate) fn verify(journal: &dyn Journal) -> u64 {
    let head = journal.head().unwrap();
    let count = head.entries.0;
    assert_eq!(head.bodies.0, count);

    let mut tree = Appender::empty();
    journal
        .read(EntryNumber(0), &mut |number, frame, nonce| {
            let expected = entry(tree.size());
            assert_eq!(number.0, tree.size(), "no gap");
            assert_eq!((frame, nonce), (&expected.frame[..], &expected.nonce));
            tree.append(expected.leaf());
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(tree.size(), count);
    let root: Hash = tree.root();
    assert_eq!(head.root, root);
    assert_eq!(
        head.checkpoint,
        Some(legation_journal::contract::checkpoint(count, &root))
    );
    for (id, tile) in tree.take_dirty_tiles() {
        assert_eq!(journal.tile(id.level, id.index).unwrap(), Some(tile));
    }

    let numbers: Vec<_> = (0..count).map(BodyNumber).collect();
    journal
        .bodies(&numbers, &mut |place, found| {
            let n = place as u64;
            let expected = (!is_erased(n, count)).then(|| body(n));
            assert!(found == expected.as_deref(), "body {n} of {count}");
        })
        .unwrap();

    let mut rows = BTreeMap::new();
    journal
        .rows(b"", &mut |key, value| {
            rows.insert(key.to_vec(), value.to_vec());
            ControlFlow::Continue(())
        })
        .unwrap();
    let mut expected: BTreeMap<_, _> = (0..count)
        .map(|n| row(format!("n/{n}"), n))
        .map(|row| (row.key, row.value))
        .collect();
    if let Some(found) = rows.get(&b"count"[..]) {
        assert_eq!(found, count.to_string().as_bytes());
        expected.insert(b"count".to_vec(), found.clone());
    }
    assert!(count == 0 || rows.contains_key(&b"count"[..]));
    assert!(rows == expected, "the index is that of {count} entries");
    count
}
