//! A disk that is full or takes no writes, for real: refused clearly, nothing lost, and it goes on
//! when there is room again.
//!
//! Not here: the same as told by a faulty home (`fault`).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use legation_journal::snapshot::{self, Stamp};
use legation_journal::{Journal as _, JournalError, LmdbJournal, Row};

use crate::sample::{append, create, open, signer, verify};

/// A small disk of its own, gone when dropped. None where the system does not permit it.
struct SmallDisk {
    at: tempfile::TempDir,
}

impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let at = tempfile::tempdir().unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(at.path())
            .stderr(Stdio::null())
            .status();
        if done.is_ok_and(|status| status.success()) {
            Some(Self { at })
        } else {
            println!("no small disk: this system does not let the test mount one");
            None
        }
    }

    fn path(&self) -> &Path {
        self.at.path()
    }

    /// Makes the disk take writes, or take none.
    fn remount(&self, access: &str) {
        let status = Command::new("mount")
            .args(["-o", &format!("remount,{access}")])
            .arg(self.path())
            .status();
        assert!(status.unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Appends until the disk is full; gives the number of entries acknowledged.
fn fill(journal: &LmdbJournal, more: u64) -> u64 {
    loop {
        match append(journal, more) {
            Ok(_) => {}
            Err(JournalError::DiskFull) => return journal.head().unwrap().entries.0,
            Err(error) => panic!("{} {error:?}", error.code()),
        }
    }
}

#[test]
fn a_full_disk_refuses_and_recovers() {
    let Some(disk) = SmallDisk::mount("6m") else {
        return;
    };
    let ballast = disk.path().join("ballast");
    let dir = disk.path().join("journal");
    let journal = create(&dir);
    // Batches of many sizes meet the limit in every way: within a page run, between two, at the
    // very first byte.
    for round in 0..12u64 {
        fs::write(&ballast, vec![1; 3_000_000 - 120_000 * round as usize]).unwrap();
        let count = fill(&journal, 1 + round * 7);
        assert_eq!(verify(&journal), count, "readers go on");
        let again = append(&journal, 1 + round * 7);
        assert_eq!(again.unwrap_err().code(), "journal.disk-full");
        fs::remove_file(&ballast).unwrap();
        append(&journal, 1).unwrap();
        assert_eq!(
            verify(&journal),
            count + 1,
            "and so do writers when there is room"
        );
    }

    fs::write(&ballast, vec![1; 1]).unwrap();
    let _ = fs::write(&ballast, vec![1; 6_000_000]);
    let many = |n: u64| Row {
        key: format!("n/{n:09}").into_bytes(),
        value: vec![7; 1000],
    };
    let refused = journal.rebuild_rows(&mut (0..10_000).map(many));
    assert_eq!(refused.unwrap_err().code(), "journal.disk-full");
    let count = verify(&journal);

    // Open, and even reopen, on a disk without a free byte.
    drop(journal);
    let journal = open(&dir);
    assert_eq!(verify(&journal), count);
    let target = disk.path().join("copy");
    let refused = journal.copy_to(&target, &mut |_, _| {});
    assert_eq!(refused.unwrap_err().code(), "journal.disk-full");
    assert!(!target.exists());
    let other = LmdbJournal::create(&disk.path().join("other"), signer());
    assert_eq!(other.err().map(|e| e.code()), Some("journal.disk-full"));
}

/// A copy that finds no room to be brought up to date stays the older one, and so does a snapshot.
#[test]
fn a_full_disk_leaves_copy_and_snapshot() {
    let Some(disk) = SmallDisk::mount("4m") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    append(&journal, 50).unwrap();
    let copy = disk.path().join("copy");
    for _ in 0..2 {
        journal.update_copy(&copy, &mut |_, _| {}).unwrap();
    }
    let saved = disk.path().join("snapshot");
    let head = journal.head().unwrap();
    let stamp = Stamp {
        build: "test".into(),
        entries: head.entries,
        root: head.root,
    };
    snapshot::save(&saved, &stamp, &mut |out| out.write_all(b"old")).unwrap();
    let ballast = disk.path().join("ballast");
    let _ = fs::write(&ballast, vec![1; 5_000_000]);

    append(&journal, 2000).unwrap();
    let refused = journal.update_copy(&copy, &mut |_, _| {});
    assert_eq!(refused.unwrap_err().code(), "journal.disk-full");
    assert_eq!(verify(&open(&copy)), 50);
    let refused = snapshot::save(&saved, &stamp, &mut |out| out.write_all(&[7; 100_000]));
    assert_eq!(refused.unwrap_err().code(), "journal.disk-full");
    let (_, old) = snapshot::load(&saved, "test", &journal).unwrap();
    assert_eq!(old, b"old");

    fs::remove_file(&ballast).unwrap();
    let copied = journal.update_copy(&copy, &mut |_, _| {}).unwrap();
    assert_eq!((copied.whole, copied.entries), (false, 2000));
    assert_eq!(verify(&open(&copy)), 2050);
}

#[test]
fn a_read_only_disk_is_read() {
    let Some(disk) = SmallDisk::mount("6m") else {
        return;
    };
    let code = |result: Result<LmdbJournal, JournalError>| result.err().map(|e| e.code());
    let dir = disk.path().join("journal");
    append(&create(&dir), 30).unwrap();
    let other = tempfile::tempdir().unwrap();
    let journal = create(other.path());
    disk.remount("ro");
    assert_eq!(
        code(LmdbJournal::open(&dir, signer())),
        Some("journal.disk-read-only")
    );
    let new = disk.path().join("new");
    assert_eq!(
        code(LmdbJournal::create(&new, signer())),
        Some("journal.disk-read-only")
    );
    let refused = journal.update_copy(&new, &mut |_, _| {});
    assert_eq!(refused.unwrap_err().code(), "journal.disk-read-only");
    let reader = LmdbJournal::open_read_only(&dir).unwrap();
    assert_eq!(verify(&reader), 30);
    // From such a disk the journal can be carried off whole.
    let saved = other.path().join("saved");
    reader.copy_to(&saved, &mut |_, _| {}).unwrap();
    assert_eq!(verify(&open(&saved)), 30);
    drop(reader);

    disk.remount("rw");
    let journal = open(&dir);
    append(&journal, 12).unwrap();
    assert_eq!(verify(&journal), 42);
}

#[test]
fn many_readers_on_a_full_disk() {
    let Some(disk) = SmallDisk::mount("2m") else {
        return;
    };
    let dir = disk.path().join("journal");
    let journal = create(&dir);
    append(&journal, 10).unwrap();
    let _ = fs::write(disk.path().join("ballast"), vec![1; 3_000_000]);
    // Each reader within the last: 300 slots of LMDB's table at once, many pages of it.
    fn nest(journal: &LmdbJournal, depth: u32) {
        if depth > 0 {
            let numbers = [legation_core::id::BodyNumber(0)];
            journal
                .bodies(&numbers, &mut |_, _| nest(journal, depth - 1))
                .unwrap();
        }
    }
    nest(&journal, 300);
}

/// The child of the next test: writes to the journal until it is refused.
#[test]
#[ignore = "run by `a_file_limit_refuses`"]
fn child_writes_to_the_limit() {
    let Some(dir) = std::env::var_os("LEGATION_LIMIT_DIR") else {
        return;
    };
    let journal = open(Path::new(&dir));
    let count = fill(&journal, 20);
    assert_eq!(verify(&journal), count);
    std::process::exit(42);
}

/// A limit on the length of files (`ulimit -f`) is met like a full disk, by anybody.
#[test]
#[cfg(unix)]
fn a_file_limit_refuses() {
    let dir = tempfile::tempdir().unwrap();
    append(&create(dir.path()), 5).unwrap();
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 12000; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "full::child_writes_to_the_limit", "--ignored"])
        .env("LEGATION_LIMIT_DIR", dir.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(42));
    let journal = open(dir.path());
    let count = verify(&journal);
    assert!(count > 100, "{count}");
    append(&journal, 500).unwrap();
    assert_eq!(verify(&journal), count + 500);
}
