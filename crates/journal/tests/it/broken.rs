//! Broken files: each is refused with a clear error, or harmless; none crashes the process.
//!
//! Not here: bytes flipped within pages. LMDB has no checksums; the tree finds them when the
//! journal is verified.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use legation_core::id::BodyNumber;
use legation_journal::{Batch, Journal as _, JournalError, LmdbJournal};

use crate::sample::{append, create, open, signer, verify};

const COUNT: u64 = 60;

fn made(dir: &Path) -> PathBuf {
    append(&create(dir), COUNT).unwrap();
    dir.join("data.mdb")
}

/// The code and text that both ways of opening refuse with.
fn refusal(dir: &Path) -> (&'static str, String) {
    let told = |result: Result<LmdbJournal, JournalError>| match result {
        Ok(_) => ("none", String::new()),
        Err(error) => (error.code(), error.to_string()),
    };
    let written = told(LmdbJournal::open(dir, signer()));
    assert_eq!(told(LmdbJournal::open_read_only(dir)), written);
    written
}

/// The bytes in use, as LMDB's newest meta page says.
fn in_use(data: &[u8]) -> u64 {
    let u64_at = |at: usize| u64::from_ne_bytes(data[at..at + 8].try_into().unwrap());
    let page = u64::from(u32::from_ne_bytes(data[40..44].try_into().unwrap()));
    let newest = [0, page as usize]
        .into_iter()
        .max_by_key(|m| u64_at(m + 144));
    (u64_at(newest.unwrap() + 136) + 1) * page
}

#[test]
fn no_journal_at_all() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(refusal(dir.path()).0, "journal.not-a-journal");
    assert_eq!(
        refusal(&dir.path().join("absent")).0,
        "journal.not-a-journal"
    );
    let file = dir.path().join("file");
    fs::write(&file, b"text").unwrap();
    assert_eq!(refusal(&file).0, "journal.not-a-journal");
}

#[test]
fn any_other_file() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.mdb");
    for (bytes, text) in [
        (vec![], "the data file is empty"),
        (vec![7; 100], "ends within its header"),
        (vec![0; 100_000], "no valid header"),
        (vec![0xff; 100_000], "no valid header"),
    ] {
        fs::write(&data, &bytes).unwrap();
        let (code, told) = refusal(dir.path());
        assert_eq!(code, "journal.damaged");
        assert!(told.contains(text), "{told}");
        assert_eq!(fs::read(&data).unwrap(), bytes, "and it is left as it is");
    }
}

#[test]
fn a_truncated_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path());
    let whole = fs::read(&path).unwrap();
    let used = in_use(&whole) as usize;
    assert!(used <= whole.len());
    for keep in [
        used - 1,
        used - 4096,
        used / 2,
        3 * 4096,
        2 * 4096,
        8191,
        4096,
        160,
        20,
    ] {
        fs::write(&path, &whole[..keep]).unwrap();
        let (code, told) = refusal(dir.path());
        assert_eq!(code, "journal.damaged", "{keep} of {used}: {told}");
        assert_eq!(
            fs::read(&path).unwrap().len(),
            keep,
            "and it is left as it is"
        );
    }
    // Only the reserve beyond the last page is gone: nothing is lost.
    fs::write(&path, &whole[..used]).unwrap();
    let journal = open(dir.path());
    append(&journal, 10).unwrap();
    assert_eq!(verify(&journal), COUNT + 10);
}

#[test]
fn garbage_after_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path());
    let used = in_use(&fs::read(&path).unwrap());
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.set_len(used).unwrap();
    // As a writer killed in the middle of a page leaves it.
    file.write_all(&[0xA5; 3 * 4096 + 17]).unwrap();
    drop(file);
    let journal = LmdbJournal::open_read_only(dir.path()).unwrap();
    assert_eq!(verify(&journal), COUNT);
    drop(journal);
    let journal = open(dir.path());
    append(&journal, 200).unwrap();
    assert_eq!(verify(&journal), COUNT + 200);
}

#[test]
fn spoilt_headers() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path());
    let whole = fs::read(&path).unwrap();
    // What is spoilt in a meta page, at its offset.
    let spoilt: [(&str, usize, &[u8]); 7] = [
        ("flags", 10, &[0, 0]),
        ("magic", 16, &[1, 2, 3, 4]),
        ("version", 20, &999u32.to_ne_bytes()),
        ("page size of nothing", 40, &0u32.to_ne_bytes()),
        ("odd page size", 40, &5000u32.to_ne_bytes()),
        ("last page", 136, &u64::MAX.to_ne_bytes()),
        ("last page", 136, &(u64::MAX / 4096).to_ne_bytes()),
    ];
    for (what, at, with) in spoilt {
        let mut bytes = whole.clone();
        for meta in [0, 4096] {
            bytes[meta + at..meta + at + with.len()].copy_from_slice(with);
        }
        fs::write(&path, &bytes).unwrap();
        assert_eq!(refusal(dir.path()).0, "journal.damaged", "{what}");
    }
}

#[test]
fn a_format_of_the_future() {
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path());
    let mut bytes = fs::read(&path).unwrap();
    // The meta table is small enough to stand in one page, key and value side by side.
    let needle = b"format\0\0\0\x02";
    let places: Vec<_> = (0..bytes.len() - needle.len())
        .filter(|at| bytes[*at..].starts_with(needle))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + needle.len() - 1] = 3;
    }
    fs::write(&path, &bytes).unwrap();
    let (code, text) = refusal(dir.path());
    assert_eq!(code, "journal.unknown-format");
    assert_eq!(text, "the journal has format 3, this program knows 2");
}

#[test]
fn an_older_head_with_newer_tables() {
    // The head says less than the tables hold, as if a page had been taken from an old backup.
    let dir = tempfile::tempdir().unwrap();
    let path = made(dir.path());
    let head = open(dir.path()).head().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let mut needle = COUNT.to_be_bytes().repeat(2);
    needle.extend(head.root.as_bytes());
    let at = (0..bytes.len() - needle.len()).filter(|at| bytes[*at..].starts_with(&needle));
    for at in at.collect::<Vec<_>>() {
        bytes[at + 7] -= 1;
    }
    fs::write(&path, &bytes).unwrap();
    let (code, text) = refusal(dir.path());
    assert_eq!(code, "journal.damaged");
    assert!(text.contains("counts 59 entries"), "{text}");
}

/// Erasing makes LMDB take and free pages within one transaction, which it counts but never writes.
#[test]
fn the_file_is_never_shorter_than_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    for n in 0..400 {
        let head = append(&journal, 1 + n * 7 % 40).unwrap();
        if n % 9 == 3 {
            let erase = (0..200).map(|i| BodyNumber((n * 31 + i) % head.bodies.0));
            let batch = Batch {
                erase: erase.collect(),
                ..Batch::default()
            };
            journal.append(head.entries, batch).unwrap();
        }
        let data = fs::read(dir.path().join("data.mdb")).unwrap();
        assert!(data.len() as u64 >= in_use(&data), "after batch {n}");
    }
}
