//! Snapshots there and back, and every way in which one is the same as none.
//!
//! Not here: who saves one when.

use std::fs::OpenOptions;

use legation_core::id::Digest;

use super::*;
use crate::contract::checkpoint;
use crate::journal::{Batch, Sealed};
use crate::memory::MemoryJournal;

const BUILD: &str = "legation 1.2.3";

fn journal(entries: u64, seed: u8) -> MemoryJournal {
    let journal = MemoryJournal::with_signer(Box::new(checkpoint));
    for n in 0..entries {
        let sealed = Sealed {
            frame: n.to_be_bytes().to_vec(),
            nonce: [seed; 32],
        };
        let batch = Batch {
            entries: vec![sealed],
            ..Batch::default()
        };
        journal.append(EntryNumber(n), batch).unwrap();
    }
    journal
}

fn stamp(journal: &MemoryJournal) -> Stamp {
    let head = journal.head().unwrap();
    Stamp {
        build: BUILD.into(),
        entries: head.entries,
        root: head.root,
    }
}

fn noise(len: usize) -> Vec<u8> {
    let parts = (0..).flat_map(|n: u64| *Digest::of(&n.to_be_bytes()).as_bytes());
    parts.take(len).collect()
}

fn put(path: &Path, stamp: &Stamp, bytes: &[u8]) {
    save(path, stamp, &mut |out| out.write_all(bytes)).unwrap();
}

fn code(path: &Path, journal: &MemoryJournal) -> &'static str {
    load(path, BUILD, journal).map_or_else(|e| e.code(), |_| "loaded")
}

#[test]
fn what_is_saved_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    let journal = journal(5, 1);
    assert_eq!(code(&path, &journal), "snapshot.missing");
    for len in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 77] {
        put(&path, &stamp(&journal), &noise(len));
        let (found, bytes) = load(&path, BUILD, &journal).unwrap();
        assert_eq!(found, stamp(&journal));
        assert!(bytes == noise(len), "{len} bytes");
    }
    let left = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(left, 1, "nothing is left aside");
}

#[test]
fn it_is_read_in_parts_and_believed_only_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    let journal = journal(3, 1);
    let saved = noise(3 * PIECE + 77);
    put(&path, &stamp(&journal), &saved);
    let whole = fs::read(&path).unwrap();
    let len = saved.len() as u64;
    let middle = PIECE as u64 + 5;
    let read = |ranges: &[(u64, u64, u64)]| {
        let opened = Unproved::open(&path, BUILD)?;
        assert_eq!((opened.len(), opened.stamp()), (len, &stamp(&journal)));
        let sums = ranges.iter().map(|&(start, end, to)| {
            let mut part = opened.part(start..end);
            let mut bytes = vec![0; (to - start) as usize];
            part.fill(&mut bytes)?;
            if let Some(saved) = saved.get(start as usize..to as usize)
                && fs::read(&path).unwrap() == whole
            {
                assert!(bytes == saved);
            }
            Ok(part.sum())
        });
        let sums = sums.collect::<Result<_, Absent>>()?;
        opened.prove(sums, &journal)
    };
    let told = |ranges: &[(u64, u64, u64)]| read(ranges).map_or_else(|e| e.code(), |_| "proved");
    let parts = [(middle, len, len), (0, 0, 0), (0, middle, middle)];
    assert_eq!(told(&parts), "proved");
    assert_eq!(told(&[(0, len, len)]), "proved");
    for wrong in [
        &[][..],
        &[(0, middle, middle)],
        &[(middle, len, len)],
        &[(0, middle, middle - 1), (middle, len, len)],
        &[(0, middle, middle), (middle + 1, len, len)],
        &[(0, middle, middle), (middle, len, len - 1)],
        &[(0, middle, middle), (0, middle, middle), (middle, len, len)],
        &[(0, middle, middle), (0, len, len)],
        &[(0, len + 12, len + 12)],
    ] {
        assert_eq!(told(wrong), "snapshot.damaged", "{wrong:?}");
    }
    for place in [0, PIECE, middle as usize, saved.len() - 1] {
        let mut spoilt = whole.clone();
        let before = whole.len() - saved.len() - TRAILER;
        spoilt[before + place] ^= 4;
        fs::write(&path, &spoilt).unwrap();
        assert_eq!(told(&parts), "snapshot.damaged", "byte {place}");
    }
}

#[test]
fn it_holds_for_a_journal_that_went_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    put(&path, &stamp(&journal(300, 1)), b"folded");
    assert_eq!(code(&path, &journal(300, 1)), "loaded");
    assert_eq!(code(&path, &journal(700, 1)), "loaded");
    assert_eq!(code(&path, &journal(299, 1)), "snapshot.journal");
    assert_eq!(code(&path, &journal(700, 2)), "snapshot.journal");
    assert_eq!(code(&path, &journal(0, 1)), "snapshot.journal");
    put(&path, &stamp(&journal(0, 1)), b"nothing folded");
    assert_eq!(code(&path, &journal(300, 1)), "loaded");
}

#[test]
fn others_are_as_good_as_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    let journal = journal(3, 1);
    for (bytes, told) in [
        (&b""[..], "snapshot.foreign"),
        (b"LGSNAP", "snapshot.foreign"),
        (b"SQLite format 3\0 and more", "snapshot.foreign"),
        (b"LGSNAP\r\n\0\0\0\x02\0\0", "snapshot.format"),
        (b"LGSNAP\r\n\0\0\0\x01\0\x09", "snapshot.damaged"),
        (b"LGSNAP\r\n\0\0\0\x01\0\x03old", "snapshot.build"),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(code(&path, &journal), told, "{bytes:?}");
    }
    let older = Stamp {
        build: "legation 1.2.2".into(),
        ..stamp(&journal)
    };
    put(&path, &older, b"folded");
    assert_eq!(code(&path, &journal), "snapshot.build");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(code(&path, &journal), "snapshot.unreadable");
}

#[test]
fn torn_files_are_as_good_as_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    let journal = journal(3, 1);
    put(&path, &stamp(&journal), &noise(300));
    let whole = fs::read(&path).unwrap();
    for keep in 0..whole.len() {
        fs::write(&path, &whole[..keep]).unwrap();
        assert_ne!(code(&path, &journal), "loaded", "{keep} bytes");
    }
    for bit in (0..whole.len() * 8).step_by(5) {
        let mut spoilt = whole.clone();
        spoilt[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &spoilt).unwrap();
        assert_ne!(code(&path, &journal), "loaded", "bit {bit}");
    }
    fs::write(&path, [&whole[..], b"more"].concat()).unwrap();
    assert_eq!(code(&path, &journal), "snapshot.damaged");
    // A page that the disk lost is all zeros, or what was there before.
    let mut lost = whole.clone();
    lost[128..256].fill(0);
    fs::write(&path, &lost).unwrap();
    assert_eq!(code(&path, &journal), "snapshot.damaged");
    // A file with a length and no bytes takes no memory to refuse.
    fs::write(&path, &whole).unwrap();
    let file = OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(code(&path, &journal), "snapshot.damaged");
}

#[test]
fn a_failure_leaves_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot");
    let journal = journal(3, 1);
    put(&path, &stamp(&journal), b"old");
    // What a crash left aside is taken over.
    fs::write(dir.path().join("snapshot-new"), b"half").unwrap();
    for kind in [ErrorKind::StorageFull, ErrorKind::Other] {
        let failed = save(&path, &stamp(&journal), &mut |out| {
            out.write_all(&noise(1_000_000))?;
            Err(kind.into())
        });
        let full = kind == ErrorKind::StorageFull;
        let told = if full {
            "journal.disk-full"
        } else {
            "journal.io"
        };
        assert_eq!(failed.unwrap_err().code(), told);
        assert_eq!(load(&path, BUILD, &journal).unwrap().1, b"old");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
    put(&path, &stamp(&journal), b"new");
    assert_eq!(load(&path, BUILD, &journal).unwrap().1, b"new");
}
