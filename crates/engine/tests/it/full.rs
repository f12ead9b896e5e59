//! A full disk and a disk that cannot be written, under a running office: filing is refused with a
//! code of its own, nothing new is released since no receipt can be kept, nothing is lost, and when
//! there is room again all goes on.
//!
//! Not here: the storage alone (the journal's tests) and HTTP (the binary's).

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use legation_core::id::ClientName;
use legation_engine::{Fault, Office, verify};

use crate::sample::{GREEN, Sample, everything, malware, open_patiently, received, sample_in};

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

    fn remount(&self, how: &str) -> bool {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(self.path())
            .status();
        done.is_ok_and(|status| status.success())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

/// Takes all the room that there is.
fn take_room(disk: &SmallDisk) -> std::path::PathBuf {
    let ballast = disk.path().join("ballast");
    let _ = fs::write(&ballast, vec![1; 64 * 1024 * 1024]);
    ballast
}

/// Files records until the disk refuses; how many filings were acknowledged.
async fn file_until_full(sample: &Sample, first: u32) -> u32 {
    for number in first..first + 20_000 {
        let object = [malware(number, GREEN, "")];
        match sample.try_file(&sample.chief, &object).await {
            Ok(filed) => assert_eq!(filed.filed.len(), 1),
            Err(error) => {
                assert_eq!(error.code, "journal.disk-full", "{error:?}");
                assert_eq!(error.fault, Fault::Unavailable);
                return number;
            }
        }
    }
    panic!("the disk never fills");
}

/// Writes the smallest acts until even these are refused.
async fn fill_up(sample: &Sample) {
    for number in 0..20_000 {
        let name: ClientName = format!("c-{number}").parse().unwrap();
        let party = "JPN".parse().unwrap();
        let added = sample.office.add_client(&sample.chief, party, name).await;
        if let Err(error) = added {
            assert_eq!(error.code, "journal.disk-full", "{error:?}");
            return;
        }
    }
    panic!("the disk never fills");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_filing_and_releases_nothing_new() {
    let Some(disk) = SmallDisk::mount("24m") else {
        return;
    };
    let sample = sample_in(tempfile::tempdir_in(disk.path()).unwrap()).await;
    let (jpn, kor) = (sample.client("JPN").await, sample.client("KOR").await);
    let mut next = 0;
    for round in 0..3 {
        // Something that nobody has received yet.
        let fresh: Vec<String> = (next..next + 20)
            .map(|number| malware(number, GREEN, ""))
            .collect();
        sample.file(&sample.chief, &fresh).await;
        next += 20;
        let ballast = take_room(&disk);
        next = file_until_full(&sample, next).await;
        fill_up(&sample).await;
        let size = sample.office.log_size().unwrap();
        for caller in [&jpn, &kor] {
            let refused = received(&sample.office, caller, &everything()).await;
            let error = refused.unwrap_err();
            assert_eq!(error.code, "journal.disk-full", "round {round}");
            assert_eq!(error.fault, Fault::Unavailable);
        }
        assert_eq!(sample.office.log_size().unwrap(), size, "nothing was kept");

        fs::remove_file(ballast).unwrap();
        sample
            .file(&sample.chief, &[malware(next, GREEN, "")])
            .await;
        next += 1;
        for caller in [&jpn, &kor] {
            let (ids, _) = received(&sample.office, caller, &everything())
                .await
                .unwrap();
            assert_eq!(ids.len(), next as usize, "all that was acknowledged");
        }
    }
    let Sample {
        dir,
        office,
        clock,
        log_key,
        ..
    } = sample;
    drop(office);
    // Opening waits until the writer has let go.
    drop(open_patiently(dir.path(), &clock));
    let findings = loop {
        match verify(dir.path(), &log_key, &mut |_, _| {}) {
            Err(error) if error.code == "journal.in-use" => tokio::task::yield_now().await,
            other => break other.unwrap(),
        }
    };
    assert_eq!(findings.faults, Vec::<String>::new());
    assert_eq!(findings.bodies, u64::from(next));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written_is_told_and_verifies() {
    let Some(disk) = SmallDisk::mount("24m") else {
        return;
    };
    let sample = sample_in(tempfile::tempdir_in(disk.path()).unwrap()).await;
    sample.file(&sample.chief, &[malware(1, GREEN, "")]).await;
    let Sample {
        dir,
        office,
        clock,
        log_key,
        token,
        ..
    } = sample;
    drop(office);
    drop(open_patiently(dir.path(), &clock));
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !disk.remount("ro") {
        // The writer has the file open for a moment yet.
        assert!(std::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let error = Office::open(dir.path()).err().unwrap();
    assert_eq!(error.code, "journal.disk-read-only", "{error:?}");
    assert_eq!(error.fault, Fault::Unavailable);
    let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
    assert_eq!(findings.faults, Vec::<String>::new());
    assert!(disk.remount("rw"));
    let office = open_patiently(dir.path(), &clock);
    let chief = office.authenticate(&token).unwrap().unwrap();
    let (ids, _) = received(&office, &chief, &everything()).await.unwrap();
    assert_eq!(ids.len(), 1);
}
