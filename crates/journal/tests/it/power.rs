//! Power cuts: what the disk may hold when the power goes in the middle of a commit, and what the
//! journal makes of it.
//!
//! LMDB writes the pages of a commit, flushes, then writes the meta page that makes them count, and
//! flushes again. So the file before and the file after a commit tell all states in between: before
//! the first flush any of the pages may have reached the disk, in any order, each whole, in part or
//! not at all, and the file may be long or short; after it all of them have, and a part of the meta
//! page. A disk writes sectors whole; within the meta page's one sector a front part is tried as
//! well, as a system that copies bytes in order could leave it.
//!
//! Not here: a disk that says that it flushed and did not. Nothing can promise then what was kept.

use std::fs;
use std::path::{Path, PathBuf};

use legation_core::id::{BodyNumber, EntryNumber};
use legation_journal::{Batch, Journal as _, LmdbJournal, Row};

use crate::sample::{Dice, append, create, open, verify};

const PAGE: usize = 4096;
const SECTOR: usize = 512;

/// The two meta pages; all else is data.
const METAS: usize = 2;

/// How many states are tried for each commit.
const CUTS: u64 = 24;

/// A data file before and after one commit.
struct Commit {
    before: Vec<u8>,
    after: Vec<u8>,
}

impl Commit {
    fn of(dir: &Path, write: impl FnOnce()) -> Self {
        let data = dir.join("data.mdb");
        let before = fs::read(&data).unwrap();
        write();
        let after = fs::read(&data).unwrap();
        assert_eq!(
            u32::from_ne_bytes(after[40..44].try_into().unwrap()) as usize,
            PAGE,
            "this machine's pages are those that the test cuts"
        );
        Self { before, after }
    }

    /// The pages that the commit wrote.
    fn written(&self) -> Vec<usize> {
        let pages = 0..self.after.len() / PAGE;
        let page = |file: &[u8], n: usize| file.get(n * PAGE..(n + 1) * PAGE).map(<[u8]>::to_vec);
        pages
            .filter(|n| page(&self.after, *n) != page(&self.before, *n))
            .filter(|n| page(&self.after, *n).is_some_and(|new| new != [0; PAGE]))
            .collect()
    }

    /// What may be on disk if the power goes before the first flush ends.
    fn cut_in_data(&self, dice: &mut Dice) -> Vec<u8> {
        let mut file = self.before.clone();
        // The length is changed before the commit, and is on disk or not.
        if dice.roll(2) == 0 {
            file.resize(self.after.len(), 0);
        }
        let likely = dice.roll(4);
        for page in self.written().into_iter().filter(|page| *page >= METAS) {
            let sectors = match dice.roll(4) {
                fate if fate < likely => 0..PAGE / SECTOR,
                _ if dice.roll(3) == 0 => {
                    let from = dice.roll(8) as usize;
                    from..from + dice.roll(8 - from as u64 + 1) as usize
                }
                _ => 0..0,
            };
            let range = page * PAGE + sectors.start * SECTOR..page * PAGE + sectors.end * SECTOR;
            if range.is_empty() {
                continue;
            }
            if file.len() < range.end {
                file.resize(range.end.next_multiple_of(PAGE), 0);
            }
            file[range.clone()].copy_from_slice(&self.after[range]);
        }
        file
    }

    /// What may be on disk if the power goes while the meta page is written: `front` bytes of it.
    fn cut_in_meta(&self, front: usize) -> Vec<u8> {
        let mut file = self.after.clone();
        for meta in 0..METAS {
            let torn = meta * PAGE + front..(meta + 1) * PAGE;
            file[torn.clone()].copy_from_slice(&self.before[torn]);
        }
        file
    }
}

/// A place to open files at that the power left.
struct Bench {
    root: tempfile::TempDir,
    tried: u32,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { root, tried: 0 }
    }

    fn put(&mut self, file: &[u8]) -> PathBuf {
        let last = self.root.path().join(self.tried.to_string());
        let _ = fs::remove_dir_all(last);
        self.tried += 1;
        let dir = self.root.path().join(self.tried.to_string());
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("data.mdb"), file).unwrap();
        dir
    }

    /// Opens what is left, sees that it is whole, and that it goes on; gives its length.
    fn survive(&mut self, file: &[u8], more: u64) -> u64 {
        let dir = self.put(file);
        let reader = LmdbJournal::open_read_only(&dir).unwrap();
        let seen = verify(&reader);
        drop(reader);
        let journal = open(&dir);
        let count = verify(&journal);
        assert_eq!(seen, count);
        append(&journal, more).unwrap();
        assert_eq!(verify(&journal), count + more, "and goes on");
        drop(journal);
        assert_eq!(verify(&open(&dir)), count + more);
        count
    }
}

/// A journal with free pages, blocks long and short, and erased bodies: all that a commit may touch.
fn lived_in(dir: &Path, dice: &mut Dice) -> LmdbJournal {
    let journal = create(dir);
    for _ in 0..12 {
        append(&journal, 1 + dice.roll(25)).unwrap();
    }
    journal
}

#[test]
fn pages_lost_or_torn_before_the_flush() {
    let mut dice = Dice(41);
    let mut bench = Bench::new();
    let dir = tempfile::tempdir().unwrap();
    let journal = lived_in(dir.path(), &mut dice);
    for round in 0..10 {
        let acknowledged = journal.head().unwrap().entries.0;
        let more = [1, 2, 40, 150][round % 4];
        let commit = Commit::of(dir.path(), || drop(append(&journal, more).unwrap()));
        assert!(commit.written().len() > METAS, "a commit writes pages");
        for _ in 0..CUTS {
            let file = commit.cut_in_data(&mut dice);
            assert_eq!(bench.survive(&file, 1 + dice.roll(30)), acknowledged);
        }
    }
}

#[test]
fn a_meta_page_torn() {
    let mut dice = Dice(43);
    let mut bench = Bench::new();
    let dir = tempfile::tempdir().unwrap();
    let journal = lived_in(dir.path(), &mut dice);
    let (mut old, mut new) = (0, 0);
    for _ in 0..4 {
        let acknowledged = journal.head().unwrap().entries.0;
        let more = 1 + dice.roll(60);
        let commit = Commit::of(dir.path(), || drop(append(&journal, more).unwrap()));
        // The header of a meta page has 152 bytes, the counters that a commit changes come last.
        for front in (0..=176).step_by(8).chain([145, 146, 149, PAGE]) {
            let file = commit.cut_in_meta(front);
            let count = bench.survive(&file, 3);
            if front >= 152 {
                assert_eq!(count, acknowledged + more, "{front} bytes are all of it");
                new += 1;
            } else if count == acknowledged {
                old += 1;
            } else {
                assert_eq!(count, acknowledged + more, "{front} bytes");
                assert!(front > 144, "{front} bytes do not reach the counter");
            }
        }
    }
    assert!(old > 4 * 15 && new > 4 * 3, "{old} old, {new} new");
}

#[test]
fn bodies_erased_and_the_index_replaced() {
    let mut dice = Dice(47);
    let mut bench = Bench::new();
    let dir = tempfile::tempdir().unwrap();
    let journal = lived_in(dir.path(), &mut dice);
    let head = journal.head().unwrap();
    let count = head.entries.0;
    let wanted: Vec<_> = (0..count).map(BodyNumber).collect();
    let held = |journal: &LmdbJournal| {
        let mut held = 0;
        let count_one = &mut |_, body: Option<&[u8]>| held += u64::from(body.is_some());
        journal.bodies(&wanted, count_one).unwrap();
        let mut rows = 0;
        let count_row = &mut |_: &[u8], _: &[u8]| {
            rows += 1;
            std::ops::ControlFlow::Continue(())
        };
        journal.rows(b"", count_row).unwrap();
        (held, rows)
    };
    let before = held(&journal);
    let erase = Batch {
        erase: wanted.iter().copied().filter(|n| n.0 % 3 == 0).collect(),
        ..Batch::default()
    };
    let erasing = Commit::of(dir.path(), || {
        journal.append(head.entries, erase).unwrap();
    });
    let erased = held(&journal);
    let row = |n: u64| Row {
        key: n.to_be_bytes().to_vec(),
        value: vec![7; 90],
    };
    let replacing = Commit::of(dir.path(), || {
        journal.rebuild_rows(&mut (0..3000).map(row)).unwrap();
    });
    let replaced = held(&journal);
    assert!(erased.0 < before.0 && replaced == (erased.0, 3000));
    for (commit, old, new) in [(erasing, before, erased), (replacing, erased, replaced)] {
        for _ in 0..CUTS {
            let dir = bench.put(&commit.cut_in_data(&mut dice));
            assert_eq!(held(&open(&dir)), old);
        }
        let dir = bench.put(&commit.cut_in_meta(PAGE));
        let journal = open(&dir);
        assert_eq!(held(&journal), new);
        assert_eq!(journal.head().unwrap().entries, EntryNumber(count));
    }
}

#[test]
#[cfg(target_endian = "little")]
fn an_upgrade_cut_off() {
    let mut dice = Dice(53);
    let mut bench = Bench::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/1/data.mdb");
    let dir = bench.put(&fs::read(kept).unwrap());
    let commit = Commit::of(&dir, || drop(open(&dir)));
    assert!(commit.written().len() > METAS, "an upgrade writes pages");
    for _ in 0..3 * CUTS {
        bench.survive(&commit.cut_in_data(&mut dice), 1 + dice.roll(40));
    }
    for front in (0..=176).step_by(8) {
        bench.survive(&commit.cut_in_meta(front), 1 + dice.roll(40));
    }
}

#[test]
fn an_update_of_a_copy_cut_off() {
    let mut dice = Dice(59);
    let mut bench = Bench::new();
    let dir = tempfile::tempdir().unwrap();
    let journal = lived_in(dir.path(), &mut dice);
    let copy = dir.path().join("copy");
    journal.update_copy(&copy, &mut |_, _| {}).unwrap();
    let older = journal.head().unwrap().entries.0;
    append(&journal, 1).unwrap();
    append(&journal, 170).unwrap();
    let commit = Commit::of(&copy, || {
        journal.update_copy(&copy, &mut |_, _| {}).unwrap();
    });
    for _ in 0..2 * CUTS {
        let left = bench.put(&commit.cut_in_data(&mut dice));
        assert_eq!(verify(&open(&left)), older);
        let copied = journal.update_copy(&left, &mut |_, _| {}).unwrap();
        assert_eq!((copied.whole, copied.entries), (false, 171));
        assert_eq!(verify(&open(&left)), older + 171);
    }
    assert_eq!(bench.survive(&commit.cut_in_meta(PAGE), 5), older + 171);
}
