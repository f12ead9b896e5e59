//! A client that somebody else wrote: taxii2-client, the library that most feeds are read with.

use std::process::Command;

use legation_core::party::Status;

use super::venue::{GREEN, RED, Venue, indicator, tool};

#[test]
fn taxii2_client_reads_and_files() {
    let Ok(python) = std::env::var("LEGATION_VENV") else {
        panic!("LEGATION_VENV not set: run cargo xtask test");
    };
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    let tools: Vec<_> = (0..25).map(|n| tool(n, 1, GREEN)).collect();
    venue.file(&venue.chief, "cyber", &tools);
    venue.file(
        &venue.chief,
        "cyber",
        &[
            indicator(1, 1, GREEN),
            indicator(1, 2, GREEN),
            indicator(9, 1, RED),
        ],
    );
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/taxii2_client.py");
    let run = Command::new(python)
        .arg(script)
        .arg(format!("http://{}", venue.address))
        .args(["JPN/poller", &jpn])
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{out}\n{err}");
    assert_eq!(
        out.trim().lines().last(),
        Some("all went well"),
        "{out}\n{err}"
    );
}
