//! Verdicts: our own vectors, and the corpus of others against the Python and the Rust
//! `icalendar` libraries, which are lenient on purpose.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap())
        .map(|item| {
            let name = item.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(item.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn own(folder: &str) -> Vec<(String, Vec<u8>)> {
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src/ical/tests")
            .join(folder),
    )
}

fn verdict(bytes: &[u8]) -> Result<(), IcalError> {
    Calendar::read(bytes)?.verify()
}

#[test]
fn our_valid_vectors_are_taken() {
    let all = own("valid");
    assert_eq!(all.len(), 15);
    for (name, bytes) in all {
        assert_eq!(verdict(&bytes), Ok(()), "{name}");
    }
}

/// Four are taken: an escaped line feed is text and adds no property (`header-injection`), bare line
/// feeds and long lines do no harm, and a rule without end is one until somebody follows it, which
/// has its own bound.
#[test]
fn our_invalid_vectors_are_refused() {
    let all = own("invalid");
    assert_eq!(all.len(), 30);
    let mut told = String::new();
    for (name, bytes) in all {
        let verdict = match verdict(&bytes) {
            Ok(()) => "taken".to_owned(),
            Err(error) => format!("{} line {}", error.code(), error.line),
        };
        told.push_str(&format!("{name}: {verdict}\n"));
    }
    let expected = include_str!("verdicts.txt");
    assert_eq!(told, expected);
}

/// What came of the corpus: whether the Python library takes it, whether the Rust library does, our
/// code or `ok`, how many files, and why we differ from who differs.
const TABLE: &[(bool, bool, &str, usize, &str)] = &[
    (false, false, "ical.control-character", 1, ""),
    (false, false, "ical.malformed-line", 1, ""),
    (false, false, "ical.not-a-calendar", 1, ""),
    (false, false, "ical.not-utf8", 1, ""),
    (false, true, "ical.control-character", 1, ""),
    (false, true, "ical.malformed-line", 1, ""),
    (
        false,
        true,
        "ok",
        1,
        "an offset of a zone, which is nothing that we read",
    ),
    (
        true,
        false,
        "ical.control-character",
        2,
        "section 3.1: no control character but the tab",
    ),
    (
        true,
        false,
        "ical.malformed-line",
        8,
        "section 3.1: what is no content line is refused, not passed over",
    ),
    (
        true,
        false,
        "ical.nesting",
        7,
        "section 3.4: what begins ends",
    ),
    (
        true,
        false,
        "ical.not-a-calendar",
        2,
        "section 3.4: nothing at all, or more after the end",
    ),
    (
        true,
        false,
        "ok",
        2,
        "a byte order mark does no harm; several calendars may follow each other (section 3.4)",
    ),
    (
        true,
        true,
        "ical.control-character",
        1,
        "section 3.1: no control character but the tab",
    ),
    (
        true,
        true,
        "ical.malformed-line",
        4,
        "section 3.1: what is no content line is refused, not passed over",
    ),
    (
        true,
        true,
        "ical.not-a-calendar",
        33,
        "section 3.4: a component alone is no calendar",
    ),
    (true, true, "ok", 137, ""),
];

#[test]
fn the_corpus_is_judged() {
    let root = std::env::var_os("LEGATION_CORPUS").map(|root| PathBuf::from(root).join("ical"));
    let Some(root) = root.filter(|root| root.exists()) else {
        println!("corpus not present: ical");
        return;
    };
    let index = std::fs::read(root.join("index.json")).unwrap();
    let index: Vec<Value> = serde_json::from_slice(&index).unwrap();
    let mut found: BTreeMap<(bool, bool, &str), Vec<&str>> = BTreeMap::new();
    for one in &index {
        let name = one["file"].as_str().unwrap();
        let bytes = std::fs::read(root.join(name)).unwrap();
        let python = one["icalendar_7_3_0"]["parse"] == true;
        let rust = one["icalendar_rs_0_17"]["parse"] == true;
        let ours = Calendar::read(&bytes).map_or_else(|error| error.code(), |_| "ok");
        found.entry((python, rust, ours)).or_default().push(name);
    }
    let expected: BTreeMap<(bool, bool, &str), (usize, &str)> = TABLE
        .iter()
        .map(|(python, rust, ours, count, why)| ((*python, *rust, *ours), (*count, *why)))
        .collect();
    for (key, names) in &found {
        let (count, why) = expected.get(key).copied().unwrap_or((0, "not explained"));
        println!("{key:?}: {} of {}, {why}", names.len(), index.len());
        assert_eq!(names.len(), count, "{key:?}: {names:?}");
    }
    assert_eq!(found.len(), expected.len());
}
