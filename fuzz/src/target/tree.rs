//! The texts of the log: notes, checkpoints, verifier keys, paths of tiles, bundles, proof files.
//! There is one spelling of each: what is accepted is written as it was read.

use std::sync::LazyLock;

use legation_tree::{
    Checkpoint, Note, NoteSigner, NoteVerifier, TilePath, TlogProof, cut_bundle, decode_bundle,
    encode_bundle, leaf_hash,
};

pub(super) const WORDS: &[&str] = &[
    "\n",
    "\n\n",
    "\u{2014} ",
    "log.example/tokyo ",
    "log.example/tokyo+",
    "c2sp.org/tlog-proof@v1\n",
    "extra ",
    "index 0\n",
    "18446744073709551615",
    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "AAAA",
    "=",
    "00",
];

/// The log of the corpus.
pub(super) const ORIGIN: &str = "log.example/tokyo";

pub(super) static SIGNER: LazyLock<NoteSigner> =
    LazyLock::new(|| NoteSigner::from_seed(ORIGIN, &[1; 32]).expect("a name for a key"));

/// The heads that it signed: so many leaves, each of them `leaf`.
pub(super) static SIGNED: LazyLock<Vec<Checkpoint>> = LazyLock::new(|| {
    let mut tree = legation_tree::Appender::empty();
    let mut heads = Vec::new();
    for size in 0..=9 {
        heads.push(Checkpoint::new(ORIGIN, size, tree.root()).expect("an honest head"));
        tree.append(leaf_hash(b"leaf"));
    }
    heads
});

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

pub(super) fn run_note(bytes: &[u8]) -> bool {
    let Some(Ok(note)) = text(bytes).map(Note::parse) else {
        return false;
    };
    assert_eq!(note.to_string().as_bytes(), bytes);
    let _ = note.verify(&[SIGNER.verifier()]);
    true
}

pub(super) fn run_checkpoint(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let bare = Checkpoint::parse_text(text);
    if let Ok(checkpoint) = &bare {
        assert_eq!(checkpoint.to_string(), text);
    }
    let signed = Checkpoint::parse_and_verify(text, &[SIGNER.verifier()]);
    if let Ok(signed) = &signed {
        assert!(SIGNED.contains(&signed.checkpoint), "a head nobody signed");
    }
    bare.is_ok() || signed.is_ok()
}

pub(super) fn run_verifier_key(bytes: &[u8]) -> bool {
    let Some(Ok(key)) = text(bytes).map(NoteVerifier::parse) else {
        return false;
    };
    assert_eq!(key.vkey().as_bytes(), bytes);
    true
}

pub(super) fn run_tile_path(bytes: &[u8]) -> bool {
    let Some(Ok(path)) = text(bytes).map(TilePath::parse) else {
        return false;
    };
    assert_eq!(path.to_string().as_bytes(), bytes);
    assert!((1..=256).contains(&path.width()));
    assert!(!path.exists_at(0));
    true
}

pub(super) fn run_bundle(bytes: &[u8]) -> bool {
    let Ok(entries) = decode_bundle(bytes) else {
        for width in [0, 1, 255, 256, 257] {
            let _ = cut_bundle(bytes, width);
        }
        return false;
    };
    let again = encode_bundle(entries.iter().copied()).expect("what was read can be written");
    assert_eq!(again, bytes);
    for width in 1..=entries.len() {
        let cut = cut_bundle(bytes, width as u16).expect("a prefix of a bundle");
        assert_eq!(decode_bundle(cut).as_deref(), Ok(&entries[..width]));
    }
    true
}

pub(super) fn run_proof_file(bytes: &[u8]) -> bool {
    let Some(Ok(proof)) = text(bytes).map(TlogProof::parse) else {
        return false;
    };
    assert_eq!(proof.to_string().as_bytes(), bytes);
    let other = proof.verify(leaf_hash(b"other"), &[SIGNER.verifier()]);
    assert!(other.is_err(), "it proves a leaf that is not there");
    if let Ok(signed) = proof.verify(leaf_hash(b"leaf"), &[SIGNER.verifier()]) {
        assert!(SIGNED.contains(&signed.checkpoint));
        assert!(proof.index < signed.checkpoint.size());
    }
    true
}
