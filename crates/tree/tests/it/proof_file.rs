//! The proof files of `tlog-proof/`.

use std::collections::BTreeMap;

use legation_tree::{NoteVerifier, TlogProof, TlogProofError, inclusion_proof, leaf_hash};
use serde::Deserialize;

use crate::vector;

#[derive(Deserialize)]
struct Index {
    valid: BTreeMap<String, Valid>,
    invalid: Vec<String>,
}

#[derive(Deserialize)]
struct Valid {
    entry_index: usize,
}

#[derive(Deserialize)]
struct Log {
    log_vkey: String,
    witness_vkeys: Vec<String>,
}

fn keys() -> Vec<NoteVerifier> {
    let log: Log = vector::json("log/log.json");
    let vkeys = log.witness_vkeys.iter().chain([&log.log_vkey]);
    vkeys
        .map(|vkey| NoteVerifier::parse(vkey).unwrap())
        .collect()
}

fn read(name: &str) -> String {
    vector::text(&format!("tlog-proof/{name}.tlog-proof"))
}

fn verdict(name: &str, entry: usize) -> Result<TlogProof, TlogProofError> {
    let proof = TlogProof::parse(&read(name))?;
    proof.verify(leaf_hash(&vector::log_entries()[entry]), &keys())?;
    Ok(proof)
}

#[test]
fn valid_files() {
    let index: Index = vector::json("tlog-proof/index.json");
    assert_eq!(index.valid.len(), 3);
    for (name, Valid { entry_index }) in &index.valid {
        let proof = verdict(name, *entry_index).unwrap();
        assert_eq!(proof.index, *entry_index as u64);
        assert_eq!(proof.to_string(), read(name));
        // Of another entry it proves nothing.
        let other = leaf_hash(&vector::log_entries()[entry_index + 1]);
        assert_eq!(
            proof.verify(other, &keys()).unwrap_err().code(),
            "tree.proof-root"
        );
    }
}

#[test]
fn invalid_files() {
    let index: Index = vector::json("tlog-proof/index.json");
    let mut codes = BTreeMap::new();
    for name in &index.invalid {
        codes.insert(name.as_str(), verdict(name, 42).unwrap_err().code());
    }
    let expected = BTreeMap::from([
        ("wrong-index", "tree.proof-root"),
        ("leading-zero-index", "tree.file-index"),
        ("bad-magic", "tree.file-first-line"),
        ("missing-hash", "tree.proof-length"),
        ("tampered-root", "tree.note-wrong-signature"),
        ("index-out-of-range", "tree.proof-index"),
        ("no-blank-line", "tree.hash-malformed"),
    ]);
    assert_eq!(codes, expected);
}

#[test]
fn a_file_made_here_is_the_same() {
    let tiles: BTreeMap<_, _> = vector::log_at(300).take_dirty_tiles().into_iter().collect();
    let proof = TlogProof {
        extra: None,
        index: 42,
        hashes: inclusion_proof(42, 300, &tiles).unwrap(),
        checkpoint: vector::text("log/checkpoints/300.txt"),
    };
    assert_eq!(proof.to_string(), read("valid-42-of-300"));
}

#[test]
fn torn_and_overlong_files_are_refused() {
    let good = read("valid-extra");
    let leaf = leaf_hash(&vector::log_entries()[7]);
    for end in (0..good.len()).filter(|end| good.is_char_boundary(*end)) {
        let torn = TlogProof::parse(&good[..end]).and_then(|proof| proof.verify(leaf, &keys()));
        // What is cut off may be the last witness's whole line: the log's own signature still holds.
        let whole_lines = good[..end].ends_with('\n') && torn.is_ok();
        assert!(torn.is_err() || whole_lines, "cut at {end}");
    }
    let line = format!("{leaf}\n");
    let long = format!("c2sp.org/tlog-proof@v1\nindex 0\n{}\n", line.repeat(65));
    assert_eq!(
        TlogProof::parse(&long).unwrap_err().code(),
        "tree.file-hashes"
    );
    let extra = "c2sp.org/tlog-proof@v1\nextra !\nindex 0\n\n";
    assert_eq!(
        TlogProof::parse(extra).unwrap_err().code(),
        "tree.file-extra"
    );
    let index = "c2sp.org/tlog-proof@v1\nextra AAAA\n";
    assert_eq!(
        TlogProof::parse(index).unwrap_err().code(),
        "tree.file-unfinished"
    );
}
