//! The fault table: each write fails in each way, and what is there after reopening.
//!
//! Not here: faults of a real disk (`full`).

use legation_journal::contract::{Fault, Faulty};
use legation_journal::{Journal, JournalError, MemoryJournal, Row};

use crate::sample;

#[derive(Clone, Copy, Debug)]
enum Write {
    Append,
    Rebuild,
}

impl Write {
    fn run(self, journal: &dyn Journal) -> Result<(), JournalError> {
        match self {
            Self::Append => sample::append(journal, 2).map(drop),
            Self::Rebuild => journal.rebuild_rows(&mut std::iter::once(Row {
                key: b"rebuilt".to_vec(),
                value: vec![],
            })),
        }
    }
}

#[test]
fn the_fault_table_holds() {
    use Fault::{DiskFull, DiskReadOnly, Persisted, Unpersisted};
    use Write::{Append, Rebuild};
    // write, fault, its code, the code of the next write, entries and rebuilt after reopening
    let table = [
        (Append, DiskFull, "journal.disk-full", "none", 4, false),
        (
            Append,
            DiskReadOnly,
            "journal.disk-read-only",
            "none",
            4,
            false,
        ),
        (
            Append,
            Unpersisted,
            "journal.commit-failed",
            "journal.poisoned",
            2,
            false,
        ),
        (
            Append,
            Persisted,
            "journal.commit-failed",
            "journal.poisoned",
            4,
            false,
        ),
        (Rebuild, DiskFull, "journal.disk-full", "none", 4, false),
        (
            Rebuild,
            DiskReadOnly,
            "journal.disk-read-only",
            "none",
            4,
            false,
        ),
        (
            Rebuild,
            Unpersisted,
            "journal.commit-failed",
            "journal.poisoned",
            2,
            false,
        ),
        (
            Rebuild,
            Persisted,
            "journal.commit-failed",
            "journal.poisoned",
            2,
            true,
        ),
    ];
    let code = |result: Result<(), JournalError>| result.err().map_or("none", |e| e.code());
    for (write, fault, first, next, entries, rebuilt) in table {
        let journal = Faulty::new(MemoryJournal::with_signer(sample::signer()));
        sample::append(&journal, 2).unwrap();
        journal.fail(fault);
        assert_eq!(code(write.run(&journal)), first, "{write:?} {fault:?}");
        assert_eq!(code(Append.run(&journal)), next, "{write:?} {fault:?}");
        journal.reopen();
        assert_eq!(
            journal.head().unwrap().entries.0,
            entries,
            "{write:?} {fault:?}"
        );
        let found = journal.row(b"rebuilt").unwrap().is_some();
        assert_eq!(found, rebuilt, "{write:?} {fault:?}");
        Append.run(&journal).unwrap();
        assert_eq!(journal.head().unwrap().entries.0, entries + 2);
    }
}

/// A writer that does what an office does: tries again what was refused, reopens what is poisoned,
/// and takes up from what it finds. Each of its writes fails in each way, once.
fn each_write_fails<J: Journal>(journal: impl Fn() -> J) {
    use Fault::{DiskFull, DiskReadOnly, Persisted, Unpersisted};
    const WRITES: u64 = 9;
    const MORE: [u64; 4] = [1, 30, 3, 120];
    for fault in [DiskFull, DiskReadOnly, Unpersisted, Persisted] {
        for failing in 0..WRITES {
            let journal = Faulty::new(journal());
            journal.fail_after(failing, fault);
            let (mut acknowledged, mut failures) = (0, 0);
            for write in 0..WRITES {
                let more = MORE[write as usize % MORE.len()];
                match sample::append(&journal, more) {
                    Ok(head) => acknowledged = head.entries.0,
                    Err(JournalError::DiskFull | JournalError::DiskReadOnly) => {
                        failures += 1;
                        acknowledged = sample::append(&journal, more).unwrap().entries.0;
                    }
                    Err(JournalError::Commit { .. }) => {
                        failures += 1;
                        journal.reopen();
                        let found = sample::verify(&journal);
                        let kept = if fault == Persisted { more } else { 0 };
                        assert_eq!(found, acknowledged + kept, "{fault:?} at {failing}");
                        acknowledged = found;
                        if kept == 0 {
                            acknowledged = sample::append(&journal, more).unwrap().entries.0;
                        }
                    }
                    Err(error) => panic!("{fault:?} at {failing}: {error}"),
                }
            }
            assert_eq!(failures, 1, "{fault:?} at {failing}");
            assert_eq!(sample::verify(&journal), acknowledged);
            let all = (0..WRITES).map(|n| MORE[n as usize % MORE.len()]);
            assert_eq!(
                acknowledged,
                all.sum::<u64>(),
                "no write is lost or done twice"
            );
        }
    }
}

#[test]
fn each_write_fails_once_in_memory() {
    each_write_fails(|| MemoryJournal::with_signer(sample::signer()));
}

#[test]
fn each_write_fails_once_on_disk() {
    let root = tempfile::tempdir().unwrap();
    let made = std::cell::Cell::new(0);
    each_write_fails(|| {
        made.set(made.get() + 1);
        sample::create(&root.path().join(made.get().to_string()))
    });
}
