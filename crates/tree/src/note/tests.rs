//! Tests of notes and keys; the published vectors are in the integration tests.

use super::*;

fn signer(name: &str, byte: u8) -> NoteSigner {
    NoteSigner::from_seed(name, &[byte; 32]).unwrap()
}

#[test]
fn signing_and_verifying_round_trip() {
    let tokyo = signer("log.example/tokyo", 1);
    let oslo = signer("log.example/oslo", 2);
    let mut note = Note::new("one\n\ntwo\n").unwrap();
    note.sign(&tokyo);
    note.sign(&oslo);
    note.sign(&tokyo);
    let read = Note::parse(&note.to_string()).unwrap();
    assert_eq!(read, note);
    assert_eq!(read.text(), "one\n\ntwo\n");
    let by = read.verify(&[tokyo.verifier(), oslo.verifier()]).unwrap();
    let names: Vec<_> = by.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["log.example/oslo", "log.example/tokyo"]);
    assert!(by.iter().all(|one| one.cosigned_at.is_none()));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let key = signer("k", 3);
    let mut note = Note::new("text\n").unwrap();
    note.sign(&key);
    let good = note.to_string().into_bytes();
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            let Ok(bad) = String::from_utf8(bad) else {
                continue;
            };
            let verdict = Note::parse(&bad).and_then(|note| note.verify(&[key.verifier()]));
            assert!(verdict.is_err(), "byte {at} bit {bit}");
        }
    }
}

#[test]
fn a_signature_seen_twice_counts_once_and_a_wrong_one_spoils_all() {
    let key = signer("k", 3);
    let mut note = Note::new("text\n").unwrap();
    note.sign(&key);
    let line = note.to_string().lines().last().unwrap().to_owned();
    let twice = Note::parse(&format!("{note}{line}\n")).unwrap();
    assert_eq!(twice.verify(&[key.verifier()]).unwrap().len(), 1);

    let mut other = Note::new("other\n").unwrap();
    other.sign(&key);
    let wrong = other.to_string().lines().last().unwrap().to_owned();
    let mixed = Note::parse(&format!("{note}{wrong}\n")).unwrap();
    let error = mixed.verify(&[key.verifier()]).unwrap_err();
    assert_eq!(error.code(), "tree.note-wrong-signature");
}

#[test]
fn limits() {
    let key = signer("k", 3);
    let mut note = Note::new("text\n").unwrap();
    note.sign(&key);
    let line = note.to_string().lines().last().unwrap().to_owned();
    let many = format!("text\n\n{}", format!("{line}\n").repeat(65));
    assert_eq!(
        Note::parse(&many).unwrap_err().code(),
        "tree.note-signatures"
    );
    let fits = format!("text\n\n{}", format!("{line}\n").repeat(64));
    assert!(
        Note::parse(&fits)
            .unwrap()
            .verify(&[key.verifier()])
            .is_ok()
    );
    let long = format!("{}{note}", "x".repeat(1 << 20));
    assert_eq!(Note::parse(&long).unwrap_err().code(), "tree.note-long");
    for text in ["", "no newline", "tab\t\n", "nul\0\n"] {
        assert_eq!(
            Note::new(text).unwrap_err().code(),
            "tree.note-text",
            "{text:?}"
        );
    }
}

#[test]
fn key_names() {
    for bad in ["", "a b", "a+b", "a\u{00a0}b", "a\nb", "a\u{1}b"] {
        assert_eq!(
            NoteSigner::from_seed(bad, &[1; 32]).unwrap_err().code(),
            "tree.key-name"
        );
        assert_eq!(
            NoteVerifier::from_key(bad, &[1; 32]).unwrap_err().code(),
            "tree.key-name"
        );
    }
}

#[test]
fn vkeys_are_read_strictly() {
    let key = signer("k", 3);
    let good = key.vkey();
    let read = NoteVerifier::parse(&good).unwrap();
    assert_eq!((read.vkey(), &read), (good.clone(), &key.verifier()));
    let id = format!("{:08x}", key.key_id());
    let swapped = |old: &str, new: &str| good.replacen(old, new, 1);
    for (bad, code) in [
        (String::new(), "tree.key-format"),
        (swapped(&id, "00000000"), "tree.key-id"),
        (swapped(&id, &format!("+{id}")), "tree.key-format"),
        (swapped(&id, &format!("0{id}")), "tree.key-id"),
        (swapped("k+", "j+"), "tree.key-id"),
        (swapped("k+", "k k+"), "tree.key-name"),
        (swapped("+A", "+B"), "tree.key-kind"),
        (format!("{good}AAAA"), "tree.key-format"),
        (
            good.trim_end_matches('=').to_owned() + "!",
            "tree.key-format",
        ),
    ] {
        assert_eq!(NoteVerifier::parse(&bad).unwrap_err().code(), code, "{bad}");
    }
}

#[test]
fn a_key_that_vouches_for_nothing_is_refused() {
    // The neutral element: with it, one signature fits every text.
    let mut weak = [0; 32];
    weak[0] = 1;
    assert_eq!(
        NoteVerifier::from_key("k", &weak).unwrap_err().code(),
        "tree.key-unsound"
    );
}

#[test]
fn debug_does_not_show_the_private_key() {
    let seed = [0xAB; 32];
    let shown = format!("{:?}", NoteSigner::from_seed("k", &seed).unwrap());
    assert!(shown.starts_with("NoteSigner(k+"));
    assert!(!shown.contains("171") && !shown.to_lowercase().contains("abab"));
}
