//! Every format ever released still opens: one journal of each is kept under `tests/format`.
//!
//! Not here: formats of the future, which are refused (`broken`).

use std::fs;
use std::path::{Path, PathBuf};

use legation_journal::Journal as _;

use crate::sample::{append, create, open, verify};

/// The entries in each kept journal.
const COUNT: u64 = 12;

fn kept(format: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/format")
        .join(format.to_string())
}

/// LMDB's files are of one byte order; the kept ones are little-endian.
#[test]
#[cfg(target_endian = "little")]
fn format_1_opens() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(kept(1).join("data.mdb"), dir.path().join("data.mdb")).unwrap();
    let journal = open(dir.path());
    assert_eq!(verify(&journal), COUNT);
    append(&journal, 30).unwrap();
    assert_eq!(verify(&journal), COUNT + 30);
}

#[test]
#[ignore = "makes the journal to keep when a format is released"]
fn keep_format() {
    let dir = tempfile::tempdir().unwrap();
    let journal = create(dir.path());
    append(&journal, COUNT).unwrap();
    let target = std::env::var_os("LEGATION_KEEP_DIR").map(PathBuf::from);
    if let Some(target) = target {
        journal.copy_to(&target, &mut |_, _| {}).unwrap();
    }
}
