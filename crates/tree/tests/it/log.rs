//! The log of 300 entries: tiles, bundles, checkpoints, proofs and a split view.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use legation_tree::{
    Appender, Checkpoint, Hash, NoteSigner, NoteVerifier, TileContent, TileId, TilePath,
    consistency_proof, cut_bundle, cut_tile, encode_bundle, inclusion_proof, leaf_hash, root_at,
    verify_consistency, verify_inclusion,
};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::vector;

#[derive(Deserialize)]
struct Log {
    origin: String,
    log_vkey: String,
    witness_vkeys: Vec<String>,
    checkpoints: Vec<CheckpointFile>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
    split_view: SplitView,
}

#[derive(Deserialize)]
struct CheckpointFile {
    size: u64,
    root: String,
    file: String,
    witnesses: usize,
}

#[derive(Deserialize)]
struct Inclusion {
    index: u64,
    size: u64,
    leaf_hash: String,
    proof: Vec<String>,
    root: String,
}

#[derive(Deserialize)]
struct Consistency {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct SplitView {
    checkpoint: String,
}

impl Log {
    fn read() -> Self {
        vector::json("log/log.json")
    }

    fn keys(&self) -> Vec<NoteVerifier> {
        let vkeys = self.witness_vkeys.iter().chain([&self.log_vkey]);
        vkeys
            .map(|vkey| NoteVerifier::parse(vkey).unwrap())
            .collect()
    }

    fn checkpoint(&self, size: u64) -> Checkpoint {
        let text = vector::text(&format!("log/checkpoints/{size}.txt"));
        Checkpoint::parse_and_verify(&text, &self.keys())
            .unwrap()
            .checkpoint
    }
}

fn hash(base64: &str) -> Hash {
    base64.parse().unwrap()
}

fn hashes(base64: &[String]) -> Vec<Hash> {
    base64.iter().map(|one| hash(one)).collect()
}

fn tiles_at(size: usize) -> BTreeMap<TileId, Vec<u8>> {
    vector::log_at(size)
        .take_dirty_tiles()
        .into_iter()
        .collect()
}

#[test]
fn entries_make_the_roots_signed() {
    let log = Log::read();
    let tiles = tiles_at(300);
    assert_eq!(log.checkpoints.len(), 10);
    for CheckpointFile {
        size,
        root,
        file,
        witnesses,
    } in &log.checkpoints
    {
        let text = vector::text(&format!("log/{file}"));
        let signed = Checkpoint::parse_and_verify(&text, &log.keys()).unwrap();
        assert_eq!(signed.checkpoint.origin(), log.origin);
        assert_eq!(signed.checkpoint.size(), *size);
        assert_eq!(signed.checkpoint.root(), hash(root));
        let cosigned = signed
            .signed_by
            .iter()
            .filter(|one| one.cosigned_at.is_some())
            .count();
        assert_eq!(cosigned, *witnesses);
        assert_eq!(signed.signed_by.len(), 1 + witnesses);

        assert_eq!(
            vector::log_at(*size as usize).head(),
            signed.checkpoint.head()
        );
        assert_eq!(root_at(*size, &tiles).unwrap(), hash(root));
        assert_eq!(
            Appender::load(*size, &tiles).unwrap().head(),
            signed.checkpoint.head()
        );
    }
    assert_eq!(
        vector::text("log/checkpoint"),
        vector::text("log/checkpoints/300.txt")
    );
}

#[test]
fn signing_gives_the_same_bytes() {
    let log = Log::read();
    let seed: [u8; 32] = Sha256::digest("test log key").into();
    let signer = NoteSigner::from_seed(&log.origin, &seed).unwrap();
    assert_eq!(signer.vkey(), log.log_vkey);
    for CheckpointFile {
        size,
        file,
        witnesses,
        ..
    } in &log.checkpoints
    {
        let text = vector::text(&format!("log/{file}"));
        let without_witnesses: String = text
            .split_inclusive('\n')
            .take(text.lines().count() - witnesses)
            .collect();
        assert_eq!(log.checkpoint(*size).sign(&signer), without_witnesses);
    }
}

/// Every file below `log/tile`, by its path from `log`.
fn served() -> Vec<String> {
    fn walk(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                let path = path.strip_prefix(vector::file("log")).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = Vec::new();
    walk(&vector::file("log/tile"), &mut found);
    found
}

#[test]
fn every_served_file_is_what_we_would_serve() {
    let tiles = tiles_at(300);
    let entries = vector::log_entries();
    let bundles: Vec<_> = entries
        .chunks(256)
        .map(|chunk| encode_bundle(chunk.iter().map(Vec::as_slice)).unwrap())
        .collect();
    let files = served();
    assert_eq!(files.len(), 19);
    for name in files {
        let path = TilePath::parse(&name).unwrap();
        assert_eq!(path.to_string(), name);
        assert!(path.exists_at(300), "{name}");
        let bytes = fs::read(vector::file("log").join(&name)).unwrap();
        let ours = match path.content() {
            TileContent::Hashes { level } => {
                let id = TileId {
                    level,
                    index: path.index(),
                };
                cut_tile(&tiles[&id], path.width()).unwrap()
            }
            TileContent::Entries => {
                cut_bundle(&bundles[path.index() as usize], path.width()).unwrap()
            }
        };
        assert_eq!(ours, bytes, "{name}");
    }
}

#[test]
fn inclusion_proofs() {
    let log = Log::read();
    let tiles = tiles_at(300);
    let entries = vector::log_entries();
    assert_eq!(log.inclusion.len(), 42);
    for case in &log.inclusion {
        let leaf = hash(&case.leaf_hash);
        assert_eq!(leaf, leaf_hash(&entries[case.index as usize]));
        let proof = hashes(&case.proof);
        let head = log.checkpoint(case.size).head();
        assert_eq!(head.root, hash(&case.root));
        verify_inclusion(leaf, case.index, &proof, head).unwrap();
        assert_eq!(
            inclusion_proof(case.index, case.size, &tiles).unwrap(),
            proof
        );
    }
}

#[test]
fn consistency_proofs() {
    let log = Log::read();
    let tiles = tiles_at(300);
    assert_eq!(log.consistency.len(), 45);
    for case in &log.consistency {
        let proof = hashes(&case.proof);
        let (old, new) = (
            log.checkpoint(case.size1).head(),
            log.checkpoint(case.size2).head(),
        );
        assert_eq!((old.root, new.root), (hash(&case.root1), hash(&case.root2)));
        verify_consistency(old, new, &proof).unwrap();
        assert_eq!(
            consistency_proof(case.size1, case.size2, &tiles).unwrap(),
            proof
        );
    }
}

#[test]
fn a_split_view_is_detected() {
    let log = Log::read();
    let split = Checkpoint::parse_and_verify(&log.split_view.checkpoint, &log.keys()).unwrap();
    let split = split.checkpoint.head();
    let tiles = tiles_at(300);
    // It is well signed; only the heads that a monitor kept give it away.
    for kept in [7, 8, 255, 256, 257, 300] {
        let proof = consistency_proof(kept, 300, &tiles).unwrap();
        let verdict = verify_consistency(log.checkpoint(kept).head(), split, &proof);
        assert_eq!(
            verdict.unwrap_err().code(),
            "tree.proof-root",
            "kept {kept}"
        );
    }
    // The dishonest log's own proof, from its own tiles, fails on the other side.
    let mut entries = vector::log_entries();
    entries[5] = b"replaced".to_vec();
    let mut forged = Appender::empty();
    entries
        .iter()
        .for_each(|entry| forged.append(leaf_hash(entry)));
    let forged_tiles: BTreeMap<_, _> = forged.take_dirty_tiles().into_iter().collect();
    let proof = consistency_proof(7, 300, &forged_tiles).unwrap();
    let verdict = verify_consistency(log.checkpoint(7).head(), forged.head(), &proof);
    assert_eq!(verdict.unwrap_err().code(), "tree.proof-old-root");
}

#[test]
fn the_roots_are_written_in_base64() {
    let root = BASE64_STANDARD.encode(vector::log_at(300).root().as_bytes());
    assert_eq!(Log::read().checkpoints[9].root, root);
}
