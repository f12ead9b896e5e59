//! What the office reads back from its disk: the values of the journal, and the snapshot beside it.
//!
//! The journal is bent value by value, not page by page: LMDB has no checksums, and a page of its
//! own that lies is beyond what it stands. A bent value may be refused or come back bent (the tree
//! finds it when the journal is verified); it never brings anything down, and what is in other
//! tables reads as it was written.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use legation_core::id::{BodyNumber, EntryNumber};
use legation_journal::contract::{read_block, read_entry};
use legation_journal::snapshot::{self, Stamp};
use legation_journal::{
    Batch, Journal, JournalError, LmdbJournal, MemoryJournal, Row, Sealed, bend_value,
};

/// Every table that any format has.
const TABLES: [&str; 7] = ["meta", "entry", "body", "block", "gone", "row", "tile"];

/// How many entries the journal has, each with a body.
const ENTRIES: u64 = 12;

/// A folder for one input. Memory, where the system offers it, spares the disk a flush each time.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a folder to work in")
}

fn entry(n: u64) -> Sealed {
    Sealed {
        frame: format!("entry {n} ")
            .repeat(1 + n as usize * 9)
            .into_bytes(),
        nonce: [n as u8; 32],
    }
}

fn body(n: u64) -> Vec<u8> {
    let long = if n % 5 == 4 { 2000 } else { 3 + n as usize };
    format!("{{\"type\":\"malware\",\"n\":{n}}}")
        .repeat(long / 8 + 1)
        .into_bytes()
}

/// A journal of every table, as bytes of its data file.
static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let dir = scratch();
    let signer = Box::new(legation_journal::contract::checkpoint);
    let journal = LmdbJournal::create(dir.path(), signer).expect("a new journal");
    // In two batches, so that values of several lengths lie beside each other.
    for (from, to, erase) in [(0, 5, vec![]), (5, ENTRIES, vec![BodyNumber(2)])] {
        let batch = Batch {
            entries: (from..to).map(entry).collect(),
            bodies: (from..to).map(|n| Arc::from(body(n))).collect(),
            erase,
            rows: (from..to)
                .map(|n| Row {
                    key: format!("row {n}").into_bytes(),
                    value: vec![n as u8; n as usize],
                })
                .collect(),
            gone: Vec::new(),
        };
        journal.append(EntryNumber(from), batch).expect("a batch");
    }
    drop(journal);
    fs::read(dir.path().join("data.mdb")).expect("the data file")
});

/// ```text
/// input = table | place | how | bytes
///   how  0 the bytes stand there, 1 they are laid over as a mask, 2 the value is cut to as many as
///        the first byte says, 3 it goes, 4 they come after it
/// ```
pub(super) fn run_journal(input: &[u8]) -> bool {
    let Some((&[table, place, how], bytes)) = input.split_first_chunk::<3>() else {
        return false;
    };
    let table = TABLES[usize::from(table) % TABLES.len()];
    let dir = scratch();
    fs::write(dir.path().join("data.mdb"), &*WHOLE).expect("a copy of the journal");
    let found = bend_value(
        dir.path(),
        table,
        place.into(),
        &mut |value| match how % 5 {
            0 => Some(bytes.to_vec()),
            1 => {
                let mask = bytes.iter().chain(std::iter::repeat(&0));
                Some(
                    value
                        .iter()
                        .zip(mask)
                        .map(|(one, mask)| one ^ mask)
                        .collect(),
                )
            }
            2 => {
                let length = bytes.first().map_or(0, |byte| usize::from(*byte));
                Some(value[..length.min(value.len())].to_vec())
            }
            3 => None,
            _ => Some([value, bytes].concat()),
        },
    );
    if !found.expect("the journal takes the value") {
        return false;
    }
    // Where the journal was written anew, nothing may come of the old one's table of readers.
    let journal = match LmdbJournal::open_read_only(dir.path()) {
        Ok(journal) => journal,
        Err(error) => {
            check(&error);
            return false;
        }
    };
    read(&journal, table)
}

/// A value of the journal on its own: an entry, or a block of bodies. The values that the journal of
/// the corpus holds come back as what was written; no other bytes bring anything down.
pub(super) fn run_value(input: &[u8]) -> bool {
    let read = read_entry(input);
    let block = read_block(input);
    if let Some(known) = STORED.iter().position(|(_, value)| value == input) {
        match STORED[known].0 {
            "entry" => {
                let (nonce, frame) = read.clone().expect("an entry that was written");
                let whole = entry(nonce[0].into());
                assert_eq!((frame, nonce), (whole.frame, whole.nonce));
            }
            "block" => {
                let bodies = block.clone().expect("a block that was written");
                let whole: Vec<_> = (0..ENTRIES).map(body).collect();
                assert!(bodies.iter().flatten().all(|one| whole.contains(one)));
            }
            _ => {}
        }
    }
    read.is_some() || block.is_some()
}

/// The values of the journal, each with its table.
static STORED: LazyLock<Vec<(&'static str, Vec<u8>)>> = LazyLock::new(|| {
    let dir = scratch();
    fs::write(dir.path().join("data.mdb"), &*WHOLE).expect("a copy of the journal");
    let mut stored = Vec::new();
    for table in ["entry", "block"] {
        for place in 0.. {
            let found = bend_value(dir.path(), table, place, &mut |value| {
                stored.push((table, value.to_vec()));
                Some(value.to_vec())
            });
            if !found.expect("a value is read") {
                break;
            }
        }
    }
    stored
});

/// The values of that journal, for the corpus.
pub fn stored_values() -> Vec<Vec<u8>> {
    STORED.iter().map(|(_, value)| value.clone()).collect()
}

fn check(error: &JournalError) {
    assert!(error.code().starts_with("journal."));
    let _ = (error.to_string(), format!("{error:?}"));
}

/// Reads all of it; whether all could be read.
fn read(journal: &LmdbJournal, bent: &str) -> bool {
    let mut sound = true;
    let mut note = |outcome: Result<(), JournalError>| {
        if let Err(error) = outcome {
            check(&error);
            sound = false;
        }
    };
    let of_entries = ["meta", "entry"].contains(&bent);
    let of_bodies = ["meta", "body", "block", "gone"].contains(&bent);

    note(journal.head().map(|_| ()));
    let mut next = 0;
    let outcome = journal.read(EntryNumber(0), &mut |number, frame, nonce| {
        if !of_entries {
            let whole = entry(number.0);
            assert_eq!((frame, nonce), (&whole.frame[..], &whole.nonce));
        }
        next += 1;
        ControlFlow::Continue(())
    });
    assert!(of_entries || (outcome.is_ok() && next == ENTRIES));
    note(outcome);
    let numbers: Vec<BodyNumber> = (0..ENTRIES + 2).map(BodyNumber).collect();
    let outcome = journal.bodies(&numbers, &mut |place, bytes| {
        if !of_bodies {
            let there = place != 2 && (place as u64) < ENTRIES;
            let whole = there.then(|| body(place as u64));
            assert_eq!(bytes, whole.as_deref());
        }
    });
    assert!(of_bodies || outcome.is_ok());
    note(outcome);
    note(journal.rows(b"", &mut |_, _| ControlFlow::Continue(())));
    for level in 0..2 {
        note(journal.tile(level, 0).map(|_| ()));
    }
    sound
}

/// A snapshot of a journal in memory. What loads is what was saved, and saves to the same bytes.
///
/// The input is tried as it is, and once more with a length and a checksum that fit it, so that
/// these hide nothing.
pub(super) fn run_snapshot(input: &[u8]) -> bool {
    let as_it_is = load(input);
    let mut fitted = input.to_vec();
    fitted.truncate(input.len().saturating_sub(12));
    let around = 8 + 4 + 2 + BUILD.len() + 8 + 32;
    let length = fitted.len().saturating_sub(around) as u64;
    fitted.extend(length.to_be_bytes());
    let mut sum = crc32fast::Hasher::new();
    sum.update(&fitted);
    fitted.extend(sum.finalize().to_be_bytes());
    as_it_is | load(&fitted)
}

const BUILD: &str = "build";

/// The journal that the snapshots of the corpus are of.
static JOURNAL: LazyLock<MemoryJournal> = LazyLock::new(|| {
    let journal = MemoryJournal::new();
    let batch = Batch {
        entries: (0..ENTRIES).map(entry).collect(),
        ..Batch::default()
    };
    journal.append(EntryNumber(0), batch).expect("a batch");
    journal
});

fn load(file: &[u8]) -> bool {
    let dir = scratch();
    let place = |name: &str| -> PathBuf { dir.path().join(name) };
    fs::write(place("one"), file).expect("a file");
    let (stamp, saved) = match snapshot::load(&place("one"), BUILD, &*JOURNAL) {
        Ok(loaded) => loaded,
        Err(absent) => {
            assert!(absent.code().starts_with("snapshot."));
            let _ = absent.to_string();
            return false;
        }
    };
    assert_eq!(stamp.build, BUILD);
    assert!(stamp.entries.0 <= ENTRIES, "of entries that are not there");
    let stamp = Stamp { ..stamp };
    snapshot::save(&place("two"), &stamp, &mut |to| to.write_all(&saved)).expect("it saves");
    assert_eq!(fs::read(place("two")).expect("a file"), file);
    true
}

/// A snapshot of the first entries of that journal, for the corpus.
pub fn snapshot_of(entries: u64, saved: &[u8]) -> Vec<u8> {
    let dir = scratch();
    let place = dir.path().join("snapshot");
    let root = legation_journal::root_at(&*JOURNAL, entries)
        .expect("a tree")
        .expect("a root");
    let stamp = Stamp {
        build: BUILD.to_owned(),
        entries: EntryNumber(entries),
        root,
    };
    snapshot::save(&place, &stamp, &mut |to| to.write_all(saved)).expect("it saves");
    fs::read(place).expect("a file")
}
