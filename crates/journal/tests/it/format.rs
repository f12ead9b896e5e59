//! Every format ever released still opens: one journal of each is kept under `tests/format`.
//!
//! Not here: formats of the future, which are refused (`broken`).

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use legation_core::id::{BodyNumber, EntryNumber};
use legation_journal::{Journal as _, LmdbJournal};

use crate::sample::{append, create, open, verify};

/// The entries in each kept journal.
const COUNT: u64 = 12;

fn kept(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/format")
        .join(format.to_string())
}

/// A copy of a kept journal in a directory of its own.
fn taken(format: u32) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(kept(format).join("data.mdb"), dir.path().join("data.mdb")).unwrap();
    dir
}

fn format_of(dir: &Path) -> u8 {
    let bytes = fs::read(dir.join("data.mdb")).unwrap();
    let needle = b"format\0\0\0";
    let found = |at: &usize| bytes[*at..].starts_with(needle);
    let places = (0..bytes.len() - needle.len() - 1).filter(found);
    // An older one may be left in a free page.
    places.map(|at| bytes[at + needle.len()]).max().unwrap()
}

/// LMDB's files are of one byte order; the kept ones are little-endian.
#[test]
#[cfg(target_endian = "little")]
fn every_format_opens_and_goes_on() {
    for format in [1, 2] {
        let dir = taken(format);
        assert_eq!(u32::from(format_of(dir.path())), format, "as it was kept");
        let journal = open(dir.path());
        assert_eq!(verify(&journal), COUNT);
        // More batches erase bodies on both sides of the upgrade.
        for more in [1, 1, 30, 300] {
            append(&journal, more).unwrap();
        }
        assert_eq!(verify(&journal), COUNT + 332);
        drop(journal);
        assert_eq!(
            format_of(dir.path()),
            2,
            "and it is of the newest format now"
        );
        let journal = open(dir.path());
        assert_eq!(verify(&journal), COUNT + 332);
        let copy = dir.path().join("copy");
        journal.copy_to(&copy, &mut |_, _| {}).unwrap();
        assert_eq!(verify(&open(&copy)), COUNT + 332);
    }
}

#[test]
#[cfg(target_endian = "little")]
fn an_older_format_is_read_as_it_is() {
    let dir = taken(1);
    let before = fs::read(dir.path().join("data.mdb")).unwrap();
    let journal = LmdbJournal::open_read_only(dir.path()).unwrap();
    assert_eq!(verify(&journal), COUNT);
    drop(journal);
    assert!(fs::read(dir.path().join("data.mdb")).unwrap() == before);
}

/// A backup from before an upgrade is brought up to date like any other.
#[test]
#[cfg(target_endian = "little")]
fn a_copy_of_an_older_format_is_updated() {
    let (dir, copy) = (taken(1), taken(1));
    let reader = LmdbJournal::open_read_only(dir.path()).unwrap();
    let copied = reader.update_copy(copy.path(), &mut |_, _| {}).unwrap();
    assert!(!copied.whole && copied.entries == 0);
    assert_eq!(format_of(copy.path()), 1, "no newer than the journal");
    drop(reader);
    let journal = open(dir.path());
    append(&journal, 40).unwrap();
    let copied = journal.update_copy(copy.path(), &mut |_, _| {}).unwrap();
    assert!(!copied.whole && copied.entries == 40);
    let twin = open(copy.path());
    assert_eq!(verify(&twin), COUNT + 40);
    append(&twin, 5).unwrap();
    assert_eq!(verify(&twin), COUNT + 45);
}

/// The child of the next test: brings the journal to the newest format and goes on.
#[test]
#[ignore = "run by `a_reader_notices_an_upgrade`"]
fn child_upgrades() {
    if let Some(dir) = std::env::var_os("LEGATION_UPGRADE_DIR") {
        append(&open(Path::new(&dir)), 3).unwrap();
    }
}

#[test]
#[cfg(target_endian = "little")]
fn a_reader_notices_an_upgrade() {
    let dir = taken(1);
    let reader = LmdbJournal::open_read_only(dir.path()).unwrap();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "format::child_upgrades", "--ignored"])
        .env("LEGATION_UPGRADE_DIR", dir.path())
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(reader.head().unwrap().entries.0, COUNT + 3);
    let mut seen = 0;
    let old = reader.bodies(&[BodyNumber(2)], &mut |_, body| {
        seen += usize::from(body == Some(&crate::sample::body(2)[..]));
    });
    assert!(old.is_ok() && seen == 1, "what it knew is there");
    let new = reader.bodies(&[BodyNumber(COUNT)], &mut |_, body| {
        assert!(body.is_none(), "nothing is guessed");
    });
    assert_eq!(new.unwrap_err().code(), "journal.upgraded");
    let entries = reader.read(EntryNumber(0), &mut |number, frame, _| {
        assert_eq!(frame, crate::sample::entry(number.0).frame);
        ControlFlow::Continue(())
    });
    assert_eq!(entries.unwrap_err().code(), "journal.upgraded");
    drop(reader);
    let reader = LmdbJournal::open_read_only(dir.path()).unwrap();
    assert_eq!(verify(&reader), COUNT + 3);
}

#[test]
#[ignore = "makes the journal to keep when a format is released"]
fn keep_format() {
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    append(&journal, COUNT).unwrap();
    let target = std::env::var_os("LEGATION_KEEP_DIR").map(PathBuf::from);
    if let Some(target) = target {
        journal.copy_to(&target, &mut |_, _| {}).unwrap();
    }
}
