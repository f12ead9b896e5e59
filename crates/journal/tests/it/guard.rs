//! Who may open what, and when.
//!
//! Not here: files that are broken (`broken`).

use std::time::Duration;

use legation_core::id::EntryNumber;
use legation_journal::{Journal, JournalError, LmdbJournal};

use crate::sample::{append, create, open, signer, verify};

fn code<T>(result: Result<T, JournalError>) -> &'static str {
    result.err().map_or("none", |e| e.code())
}

#[test]
fn one_writer_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    assert_eq!(
        code(LmdbJournal::open(dir.path(), signer())),
        "journal.in-use"
    );
    assert_eq!(
        code(LmdbJournal::create(dir.path(), signer())),
        "journal.in-use"
    );
    drop(journal);
    assert_eq!(
        code(LmdbJournal::create(dir.path(), signer())),
        "journal.exists"
    );
    drop(open(dir.path()));
}

#[test]
fn a_reader_sees_but_does_not_write() {
    let dir = tempfile::tempdir().unwrap();
    append(&create(dir.path()), 20).unwrap();
    let journal = LmdbJournal::open_read_only(dir.path()).unwrap();
    assert_eq!(verify(&journal), 20);
    assert_eq!(code(append(&journal, 1)), "journal.read-only");
    assert_eq!(
        code(journal.rebuild_rows(&mut std::iter::empty())),
        "journal.read-only"
    );
    let head = journal
        .follow(EntryNumber(20), Duration::from_millis(60))
        .unwrap();
    assert_eq!(head.entries.0, 20);
}

#[test]
fn a_begun_creation_is_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let stage = dir.path().join("creating");
    std::fs::create_dir(&stage).unwrap();
    std::fs::write(stage.join("data.mdb"), b"half").unwrap();
    assert_eq!(
        code(LmdbJournal::open(dir.path(), signer())),
        "journal.not-a-journal"
    );
    let journal = create(dir.path());
    append(&journal, 3).unwrap();
    assert_eq!(verify(&journal), 3);
    assert!(!stage.exists());
}

#[test]
fn a_panicking_signer_stops_the_writer_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    append(&create(dir.path()), 5).unwrap();
    let journal = LmdbJournal::open(
        dir.path(),
        Box::new(|size, root| {
            assert!(size < 7, "made to fail");
            legation_journal::contract::checkpoint(size, root)
        }),
    )
    .unwrap();
    append(&journal, 1).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| append(&journal, 1)));
    assert!(caught.is_err());
    assert_eq!(verify(&journal), 6);
    assert_eq!(code(append(&journal, 1)), "journal.poisoned");
    drop(journal);
    let journal = open(dir.path());
    append(&journal, 1).unwrap();
    assert_eq!(verify(&journal), 7);
}

#[test]
fn a_begun_copy_is_taken_up() {
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    append(&journal, 30).unwrap();
    let target = dir.path().join("copy");
    // As a copy that was killed leaves it.
    std::fs::create_dir(&target).unwrap();
    std::fs::write(target.join("copying"), b"half").unwrap();
    assert_eq!(
        code(LmdbJournal::open(&target, signer())),
        "journal.not-a-journal"
    );
    let copied = journal.update_copy(&target, &mut |_, _| {}).unwrap();
    assert_eq!((copied.whole, copied.entries), (true, 30));
    assert_eq!(verify(&open(&target)), 30);

    // What is nobody's copy is left alone.
    let other = dir.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("letter"), b"dear").unwrap();
    for target in [&other, &other.join("letter")] {
        let refused = journal.update_copy(target, &mut |_, _| {});
        assert_eq!(code(refused), "journal.exists");
    }
    assert_eq!(std::fs::read(other.join("letter")).unwrap(), b"dear");
}
