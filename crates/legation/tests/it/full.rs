//! The whole program on a disk that fills up: filing is answered with 503 and a code, what has no
//! receipt yet is not handed out, and when there is room again all goes on without a restart.
//!
//! Not here: the same under the engine alone, and a disk that cannot be written at all.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use serde_json::json;

use crate::killed::{Client, TAXII, envelope, found, root};
use crate::office::{Serving, legation};

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
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn a_full_disk_is_said_and_nothing_leaves_without_a_receipt() {
    let Some(disk) = SmallDisk::mount("32m") else {
        return;
    };
    let cwd = disk.path();
    let password = found(cwd);
    let token = std::fs::read_to_string(cwd.join("o/chief.token")).unwrap();
    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    let ended = AtomicBool::new(false);
    let host = Client::new(&serving.url, token.trim(), &ended);
    let partner = Client::new(&serving.url, &password, &ended);
    let records = "/api/v1/areas/cyber/records";
    let (status, said) = host.post(records, &envelope(0, 0)).unwrap();
    assert!(status < 300, "{status} {said}");

    let ballast = cwd.join("ballast");
    let _ = std::fs::write(&ballast, vec![1; 64 * 1024 * 1024]);
    let refused = |path: &str, bodies: &mut dyn Iterator<Item = serde_json::Value>| {
        for body in bodies {
            let (status, said) = host.post(path, &body).unwrap();
            match status {
                200..300 => {}
                429 => std::thread::sleep(std::time::Duration::from_millis(50)),
                _ => return (status, said),
            }
        }
        panic!("the disk never fills");
    };
    let mut filings = (1..20_000).map(|n| envelope(0, n * 5));
    let (status, said) = refused(records, &mut filings);
    assert_eq!(
        (status, &said["error"]["code"]),
        (503, &json!("journal.disk-full"))
    );
    // Acts as small as a receipt, until there is no room for these either.
    let mut clients = (0..20_000).map(|n| json!({"name": format!("c-{n}")}));
    let (status, said) = refused("/api/v1/parties/JPN/clients", &mut clients);
    assert_eq!(
        (status, &said["error"]["code"]),
        (503, &json!("journal.disk-full"))
    );

    let path = format!("{}collections/cyber/objects/", root(&partner));
    let (status, said) = partner.ask(&path, None, TAXII).unwrap();
    assert_eq!(status, 503, "{said}");
    assert!(said["objects"].is_null(), "{said}");

    std::fs::remove_file(ballast).unwrap();
    let (status, said) = host.post(records, &envelope(0, 500_000)).unwrap();
    assert!(status < 300, "{status} {said}");
    let (status, said) = partner.ask(&path, None, TAXII).unwrap();
    assert_eq!(status, 200, "{said}");
    assert!(!said["objects"].as_array().unwrap().is_empty());
    assert_eq!(serving.stop(), Some(0));
    let verified = legation(cwd, &["journal", "verify", "o"]);
    let said = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert!(verified.status.success(), "{said}");
}
