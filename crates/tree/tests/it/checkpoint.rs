//! The checkpoints of `checkpoints.json`.

use legation_tree::{Checkpoint, NoteVerifier};
use serde::Deserialize;

use crate::vector;

#[derive(Deserialize)]
struct Cases {
    vkey: String,
    origin: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    checkpoint: String,
    valid: bool,
}

#[test]
fn verdicts() {
    let Cases {
        vkey,
        origin,
        cases,
    } = vector::json("checkpoints.json");
    assert_eq!(cases.len(), 16);
    let known = [NoteVerifier::parse(&vkey).unwrap()];
    for Case {
        name,
        checkpoint,
        valid,
    } in cases
    {
        let verdict = Checkpoint::parse_and_verify(&checkpoint, &known);
        assert_eq!(verdict.is_ok(), valid, "{name}: {verdict:?}");
        let Ok(signed) = verdict else { continue };
        assert_eq!(signed.checkpoint.origin(), origin);
        // Nothing that was signed is lost in reading, extension lines included.
        assert!(
            checkpoint.starts_with(&format!("{}\n\u{2014} ", signed.checkpoint)),
            "{name}"
        );
        let extensions = usize::from(name == "extension-line");
        assert_eq!(signed.checkpoint.extensions().len(), extensions, "{name}");
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let Cases { vkey, cases, .. } = vector::json("checkpoints.json");
    let known = [NoteVerifier::parse(&vkey).unwrap()];
    let code = |name: &str| {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        Checkpoint::parse_and_verify(&case.checkpoint, &known)
            .unwrap_err()
            .code()
    };
    for size in [
        "leading-zero",
        "plus-sign",
        "negative",
        "hex-size",
        "too-big",
    ] {
        assert_eq!(code(size), "tree.checkpoint-size", "{size}");
    }
    for root in ["short-hash", "hash-not-base64", "hash-urlsafe", "two-lines"] {
        assert_eq!(code(root), "tree.checkpoint-root", "{root}");
    }
    assert_eq!(code("empty-origin"), "tree.checkpoint-origin");
    assert_eq!(code("size-zero-wrong-root"), "tree.checkpoint-empty-root");
    assert_eq!(code("other-origin"), "tree.checkpoint-not-by-origin");
    assert_eq!(code("empty-extension-line"), "tree.checkpoint-extension");
}
