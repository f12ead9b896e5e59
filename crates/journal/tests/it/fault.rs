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
    use Fault::{DiskFull, Persisted, Unpersisted};
    use Write::{Append, Rebuild};
    // write, fault, its code, the code of the next write, entries and rebuilt after reopening
    let table = [
        (Append, DiskFull, "journal.disk-full", "none", 4, false),
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
