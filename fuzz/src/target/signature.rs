//! SSH signatures and public keys. The inputs are signatures by known keys under a fixed message;
//! nothing but the very bytes that such a key made is ever accepted, and never for another message.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::agreement::signature::{parse_public_key, verify_any, verify_in};
use legation_core::party::Key;
use legation_core::time::Instant;

use crate::corpus::corpus;

pub(super) const WORDS: &[&str] = &[
    "-----BEGIN SSH SIGNATURE-----\n",
    "\n-----END SSH SIGNATURE-----\n",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "ssh-ed25519 ",
    "ssh-rsa ",
    "ecdsa-sha2-nistp256 ",
    "sk-ssh-ed25519@openssh.com ",
    "AAAAC3NzaC1lZDI1NTE5AAAAI",
    "U1NIU0lH",
    "AAAA",
    "=",
    "\n",
    "\r\n",
];

/// What the signatures of the corpus are under.
const MESSAGE: &[u8] = b"what the two sides have agreed\n";

/// The keys that made them: one of each sort that is taken. Their private halves are nowhere.
const KEYS: &str = include_str!("signature/keys.pub");

static KNOWN: LazyLock<Vec<Key>> = LazyLock::new(|| {
    let key = |line: &str| {
        let key = parse_public_key(line).expect("a key of the corpus");
        Key {
            line: key.line,
            fingerprint: key.fingerprint,
            added: Instant::MIN,
            revoked: None,
        }
    };
    KEYS.lines().map(key).collect()
});

/// What lies under the armor of the signatures that are right.
static RIGHT: LazyLock<BTreeSet<Vec<u8>>> = LazyLock::new(|| {
    let seeds = corpus("signature").expect("the corpus");
    let right = seeds.iter().filter(|seed| seed.name.starts_with("right-"));
    right.filter_map(|seed| uncover(&seed.bytes)).collect()
});

pub(super) fn run(bytes: &[u8]) -> bool {
    let fingerprint = match verify_any(bytes, MESSAGE, KNOWN.iter(), Instant::MAX) {
        Ok(fingerprint) => fingerprint,
        Err(error) => {
            assert!(error.code().starts_with("signature."));
            return false;
        }
    };
    assert!(KNOWN.iter().any(|key| key.fingerprint == fingerprint));
    let under = uncover(bytes).expect("what is accepted has an armor");
    assert!(RIGHT.contains(&under), "a signature that nobody made");
    let other = verify_any(bytes, b"another message", KNOWN.iter(), Instant::MAX);
    assert!(other.is_err(), "it holds for another message");
    let unknown = verify_any(bytes, MESSAGE, KNOWN.iter(), Instant::MIN.plus_micros(-1));
    assert!(unknown.is_ok(), "instants stop at the first");
    let none = verify_any(bytes, MESSAGE, &[] as &[Key], Instant::MAX);
    assert!(none.is_err(), "it holds with no key at all");
    let elsewhere = verify_in("file", bytes, MESSAGE, KNOWN.iter(), Instant::MAX);
    assert!(elsewhere.is_err(), "it holds for another purpose");
    true
}

/// The bytes under an armor, taken off without any care.
fn uncover(armored: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(armored).ok()?;
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    let base64: String = lines.flat_map(str::split_ascii_whitespace).collect();
    STANDARD.decode(base64).ok()
}

pub(super) fn run_key(bytes: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(bytes) else {
        return false;
    };
    let key = match parse_public_key(line) {
        Ok(key) => key,
        Err(error) => {
            assert!(error.code().starts_with("signature."));
            return false;
        }
    };
    assert!(key.fingerprint.starts_with("SHA256:"));
    assert_eq!(key.line.lines().count(), 1);
    assert_eq!(parse_public_key(&key.line).as_ref(), Ok(&key));
    true
}
