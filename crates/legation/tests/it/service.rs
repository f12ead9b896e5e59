//! The office as a service: the unit in `packaging/`, and what a service manager is told.

use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::office::{Serving, answer, command};

/// The exposure that `systemd-analyze security` may find, in tenths of its points: it calls up to
/// 2.0 "OK", and 1.2 is what is left for a program that listens on the network.
const EXPOSURE_MOST: &str = "15";

#[test]
fn the_unit_of_the_service_is_hardened() {
    let unit =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/systemd/legation.service");
    let judged = Command::new("systemd-analyze")
        .args(["security", "--no-pager", "--offline=true"])
        .arg(format!("--threshold={EXPOSURE_MOST}"))
        .arg(&unit)
        .output();
    let Ok(judged) = judged else {
        println!("systemd-analyze is not here: the unit is not judged");
        return;
    };
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(
        said.contains("Overall exposure level for legation.service"),
        "{said}"
    );
    assert!(judged.status.success(), "{said}");
    let text = std::fs::read_to_string(unit).unwrap();
    for line in [
        "Type=notify",
        // What the signal does to a certificate is tried in `tls`.
        "ExecReload=/bin/kill -HUP $MAINPID",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "UMask=0077",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}");
    }
}

#[test]
fn a_service_manager_is_told_when_the_office_serves_and_when_it_stops() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let found = [
        "init",
        "o",
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    answer(cwd, &found);
    let socket = cwd.join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let hear = || {
        let mut buffer = [0; 512];
        let length = manager.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    let mut office = command(cwd);
    office.env("NOTIFY_SOCKET", &socket);
    office.args(["serve", "o", "--listen", "127.0.0.1:0"]);
    let serving = Serving::start_with(office);
    let heard = hear();
    assert!(heard.starts_with("READY=1\n"), "{heard}");
    assert!(
        heard.contains(&format!("STATUS=serving at {}", serving.url)),
        "{heard}"
    );
    assert_eq!(serving.stop(), Some(0));
    assert!(hear().starts_with("STOPPING=1\n"));
}
