//! ATT&CK Enterprise, filed in whole by the real binary. The data is read where it lies; it is not
//! part of this repository.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::office::{Serving, answer, legation};

pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("LEGATION_CORPUS").map(|root| PathBuf::from(root).join(name));
    let path = path.filter(|path| path.exists());
    if path.is_none() {
        println!("corpus not present: {name}");
    }
    path
}

#[test]
fn attack_enterprise_goes_in_whole() {
    let Some(path) = corpus("attack/enterprise-attack.json") else {
        return;
    };
    let bundle: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let objects = bundle["objects"].as_array().unwrap();
    let versions: BTreeSet<(&str, &str)> = objects
        .iter()
        .map(|object| {
            let field = |name: &str| object[name].as_str().unwrap_or_default();
            (field("id"), field("modified"))
        })
        .collect();

    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    answer(
        cwd,
        &[
            "init",
            "o",
            "--alliance",
            "NATO",
            "--name",
            "NATO",
            "--office",
            "Tokyo",
        ],
    );
    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    let file = [
        "file",
        "--area",
        "cyber",
        path.to_str().unwrap(),
        "--dir",
        "o",
    ];
    let first = answer(cwd, &file);
    assert_eq!(first["refused"], Value::Array(Vec::new()));
    assert_eq!(first["filed"], versions.len());
    assert_eq!(first["unchanged"], objects.len() - versions.len());
    let again = answer(cwd, &file);
    assert_eq!(again["filed"], 0);
    assert_eq!(again["unchanged"], objects.len());

    assert_eq!(serving.stop(), Some(0));
    let verified = legation(cwd, &["journal", "verify", "o"]);
    assert!(verified.status.success());
}
