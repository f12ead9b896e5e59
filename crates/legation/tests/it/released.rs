//! Data directories of released versions: each must open for good, serve what it served, and verify.
//!
//! The fixtures lie in `tests/fixtures/VERSION/`, each with a page on what is in it. They are never
//! made anew: what a release wrote is what a release wrote.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use ureq::Agent;

use crate::office::{Serving, answer};

/// The password of `JPN/soc` in the directory of 0.1.0.
const PASSWORD: &str = "ft_uwtRpUC675W7cb_QXoK-Qq34M18k-70TpWVyX2mw";

/// Entries that 0.1.0 left, and the root over them.
const ENTRIES: u64 = 21;
const ROOT: &str = "xGe6ZGsila7KEgNUixUBtkGaRfsbgq5aFjiyIOUviLg=";

/// A record that JPN has received, and others that came to an end.
const RECEIVED: &str = "indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80";
const WITHDRAWN: &str = "relationship--1e5b6c74-8a9d-4b0c-b2d3-4c5d6e7f8091";
const ERASED: &str = "malware--9d3f4a52-6c7b-4d8e-a1f2-0b1c2d3e4f50";

fn fixture(version: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{version}"))
}

pub(crate) fn unpack(version: &str, cwd: &Path) {
    let archive = fixture(version).join("office.tar.gz");
    let mut tar = Command::new("tar");
    tar.arg("-xzf").arg(archive).current_dir(cwd);
    assert!(tar.status().unwrap().success());
}

/// What a partner reads: the body, if the office lets it in.
fn read(url: &str, path: &str) -> String {
    let agent: Agent = Agent::config_builder().proxy(None).build().new_agent();
    let mut answer = agent
        .get(format!("{url}{path}"))
        .header("authorization", format!("Bearer {PASSWORD}"))
        .header("accept", "application/taxii+json;version=2.1")
        .call()
        .unwrap();
    answer.body_mut().read_to_string().unwrap()
}

fn root_of(url: &str) -> String {
    let discovery: Value = serde_json::from_str(&read(url, "/taxii2/")).unwrap();
    discovery["default"].as_str().unwrap().to_owned()
}

fn receipts(cwd: &Path) -> Vec<(u64, String)> {
    let who = answer(cwd, &["who", RECEIVED, "--dir", "office"]);
    let received = who["received"].as_array().unwrap().iter();
    received
        .map(|line| {
            let extent = line["extent"].as_str().unwrap().to_owned();
            (line["receipt"].as_u64().unwrap(), extent)
        })
        .collect()
}

#[test]
fn a_directory_of_0_1_0_opens_serves_and_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    unpack("0.1.0", cwd);

    // Before anything is written: the present program finds what 0.1.0 left.
    let before = answer(cwd, &["journal", "verify", "office"]);
    assert_eq!(before["sound"], true, "{before}");
    assert_eq!(before["entries"], ENTRIES);
    assert_eq!(before["root"], ROOT);

    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    let url = serving.url.clone();
    // Its settings have moved to the file of today, and the old one is kept.
    assert!(!cwd.join("office/office.toml").exists());
    assert!(cwd.join("office/office.toml.0.1").exists());
    let settings = answer(cwd, &["config", "check", "--dir", "office"]);
    assert_eq!(settings["sound"], true, "{settings}");
    let key = std::fs::read_to_string(cwd.join("office/keys/log.pub")).unwrap();
    assert_eq!(before["log_key"], key.trim());
    let root = root_of(&url);
    for (path, file) in [("objects", "page.json"), ("manifest", "manifest.json")] {
        let wanted = std::fs::read_to_string(fixture("0.1.0").join(file)).unwrap();
        let found = read(&url, &format!("{root}collections/cyber/{path}/"));
        assert_eq!(found, wanted, "{path}");
    }

    // The receipts of then are told beside those of now.
    let told = receipts(cwd);
    for (receipt, extent) in [(14, "bodies"), (19, "bodies"), (20, "heads")] {
        assert!(told.contains(&(receipt, extent.to_owned())), "{told:?}");
    }
    assert!(
        told.iter().any(|(receipt, _)| *receipt >= ENTRIES),
        "{told:?}"
    );
    // What 0.1.0 did not index is found all the same.
    let related = answer(cwd, &["related", RECEIVED, "--dir", "office"]);
    assert_eq!(related["record"]["id"], RECEIVED, "{related}");
    let record = read(
        &url,
        &format!("{root}collections/cyber/objects/{RECEIVED}/"),
    );
    let record: Value = serde_json::from_str(&record).unwrap();
    let name = record["objects"][0]["name"].as_str().unwrap();
    let found = answer(cwd, &["find", name, "--dir", "office"]);
    assert_eq!(found["records"][0]["id"], RECEIVED, "{found}");
    for gone in [WITHDRAWN, ERASED] {
        let why = answer(cwd, &["why", "JPN", gone, "--dir", "office"]);
        assert_eq!(why["released"], false, "{why}");
    }

    // It goes on where it was: new acts follow, and the log is the old one, longer.
    answer(
        cwd,
        &[
            "party", "add", "KOR", "--name", "Korea", "--status", "partner", "--dir", "office",
        ],
    );
    let again = answer(
        cwd,
        &[
            "file",
            "--area",
            "cyber",
            "--dir",
            "office",
            sample().to_str().unwrap(),
        ],
    );
    assert_eq!(again["filed"], 0, "{again}");
    assert_eq!(serving.stop(), Some(0));
    let after = answer(cwd, &["journal", "verify", "office"]);
    assert_eq!(after["sound"], true, "{after}");
    assert!(after["entries"].as_u64().unwrap() > ENTRIES, "{after}");
    assert_eq!(after["erased"], 1, "{after}");
    assert_eq!(after["log_key"], before["log_key"]);
}

#[test]
fn a_directory_of_0_1_0_is_backed_up_and_restored() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    unpack("0.1.0", cwd);
    answer(cwd, &["backup", "office", "copy"]);
    answer(cwd, &["restore", "copy", "again"]);
    let again = answer(cwd, &["journal", "verify", "again"]);
    assert_eq!(again["sound"], true, "{again}");
    assert_eq!(again["entries"], ENTRIES);
    assert_eq!(again["root"], ROOT);
    let serving = Serving::start(cwd, &["serve", "again", "--listen", "127.0.0.1:0"]);
    let root = root_of(&serving.url);
    let wanted = std::fs::read_to_string(fixture("0.1.0").join("page.json")).unwrap();
    let found = read(&serving.url, &format!("{root}collections/cyber/objects/"));
    assert_eq!(found, wanted);
    assert_eq!(serving.stop(), Some(0));
}

/// The bundle from which the directory's records are; all but the faulty one are there already.
fn sample() -> PathBuf {
    crate::office::samples().join("bundle.json")
}
