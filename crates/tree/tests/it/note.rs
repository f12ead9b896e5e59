//! The signed notes of `notes.json`.

use legation_tree::{Note, NoteVerifier};
use serde::Deserialize;

use crate::vector;

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    note: String,
    vkeys: Vec<String>,
    verified_by: Vec<String>,
    error: Option<String>,
    malformed: bool,
}

#[test]
fn verdicts() {
    let cases = vector::json::<Cases>("notes.json").cases;
    assert_eq!(cases.len(), 27);
    for Case {
        name,
        note,
        vkeys,
        verified_by,
        error,
        malformed,
    } in cases
    {
        let keys: Vec<_> = vkeys
            .iter()
            .map(|key| NoteVerifier::parse(key).unwrap())
            .collect();
        for (key, text) in keys.iter().zip(&vkeys) {
            assert_eq!(key.vkey(), *text, "{name}");
        }
        let parsed = Note::parse(&note);
        assert_eq!(parsed.is_err(), malformed, "{name}: {parsed:?}");
        let Ok(parsed) = parsed else { continue };
        assert_eq!(parsed.to_string(), note, "{name}");

        let verdict = parsed.verify(&keys);
        assert_eq!(verdict.is_err(), error.is_some(), "{name}: {verdict:?}");
        // A wrong signature by one known key spoils the note; each key for itself still tells.
        let by: Vec<_> = keys
            .iter()
            .filter_map(|key| parsed.verify(std::slice::from_ref(key)).ok())
            .flat_map(|by| by.into_iter().map(|one| one.name))
            .collect();
        assert_eq!(by, verified_by, "{name}");
        if let Ok(together) = verdict {
            let names: Vec<_> = together.into_iter().map(|one| one.name).collect();
            assert_eq!(names, verified_by, "{name}");
        }
    }
}

#[test]
fn each_refusal_has_its_reason() {
    let cases = vector::json::<Cases>("notes.json").cases;
    let code = |name: &str| {
        let case = cases.iter().find(|case| case.name == name).unwrap();
        let keys: Vec<_> = case
            .vkeys
            .iter()
            .map(|key| NoteVerifier::parse(key).unwrap())
            .collect();
        Note::parse(&case.note)
            .and_then(|note| note.verify(&keys))
            .unwrap_err()
            .code()
    };
    assert_eq!(code("only-unknown"), "tree.note-no-known-key");
    assert_eq!(code("wrong-key-id"), "tree.note-no-known-key");
    assert_eq!(
        code("cosignature-verified-as-plain-note"),
        "tree.note-no-known-key"
    );
    assert_eq!(code("tampered-text"), "tree.note-wrong-signature");
    assert_eq!(
        code("cosignature-timestamp-changed"),
        "tree.note-wrong-signature"
    );
    assert_eq!(
        code("good-and-bad-from-known-keys"),
        "tree.note-wrong-signature"
    );
    assert_eq!(code("no-blank-line"), "tree.note-unsigned");
    assert_eq!(code("no-final-newline"), "tree.note-unsigned");
    assert_eq!(code("control-char"), "tree.note-text");
    assert_eq!(code("key-name-with-plus"), "tree.note-line");
}
