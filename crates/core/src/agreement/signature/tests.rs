//! Tests of signatures: every flipped bit, each refusal, and key lines.

use super::*;

const MESSAGE: &[u8] = b"the text that both sides sign\n";

fn pair() -> (String, Key) {
    let (private, public) = from_seed(&[7; 32], "host@example").unwrap();
    (private, key(&public))
}

fn key(line: &str) -> Key {
    let PublicKeyLine { line, fingerprint } = parse_public_key(line).unwrap();
    Key {
        line,
        fingerprint,
        added: Instant::from_micros(10),
        revoked: None,
    }
}

fn at(micros: i64) -> Instant {
    Instant::from_micros(micros)
}

#[test]
fn a_seed_gives_a_key_that_signs() {
    let (private, key) = pair();
    assert!(private.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    assert_eq!(pair().0, private);
    let signature = sign(MESSAGE, &private).unwrap();
    assert_eq!(
        verify_any(&signature, MESSAGE, [&key], at(10)),
        Ok(key.fingerprint.clone())
    );
    assert_eq!(
        verify(&signature, MESSAGE, &key.line),
        Ok(key.fingerprint.clone())
    );
    assert!(key.fingerprint.starts_with("SHA256:"));
}

#[test]
fn each_refusal_has_its_code() {
    let (private, key) = pair();
    let (_, stranger) = from_seed(&[8; 32], "").unwrap();
    let stranger = self::key(&stranger);
    let signature = sign(MESSAGE, &private).unwrap();
    let other = sign_in("file", MESSAGE, &private).unwrap();
    let revoked = Key {
        revoked: Some(at(20)),
        ..key.clone()
    };
    let code = |signature: &str, message, keys: &[&Key], now| {
        verify_any(signature, message, keys.iter().copied(), at(now)).map_err(|error| error.code())
    };
    let fine = Ok(key.fingerprint.clone());
    assert_eq!(code(&signature, MESSAGE, &[&stranger, &key], 10), fine);
    assert_eq!(code(&signature, MESSAGE, &[&revoked], 19), fine);
    assert_eq!(
        code(&signature, MESSAGE, &[&revoked], 20),
        Err("signature.revoked-key")
    );
    assert_eq!(
        code(&signature, MESSAGE, &[&revoked, &key], 20),
        fine,
        "registered again"
    );
    assert_eq!(
        code(&signature, MESSAGE, &[&key], 9),
        Err("signature.unknown-key")
    );
    assert_eq!(
        code(&signature, MESSAGE, &[&stranger], 10),
        Err("signature.unknown-key")
    );
    assert_eq!(
        code(&signature, MESSAGE, &[], 10),
        Err("signature.unknown-key")
    );
    assert_eq!(
        code(&signature, b"other", &[&key], 10),
        Err("signature.invalid")
    );
    assert_eq!(
        code(&other, MESSAGE, &[&key], 10),
        Err("signature.namespace")
    );
    assert_eq!(
        code("hello", MESSAGE, &[&key], 10),
        Err("signature.malformed")
    );
    let long = signature.replace(
        "\n-----END",
        &format!("{}\n-----END", " ".repeat(ARMOR_MAX)),
    );
    assert_eq!(
        code(&long, MESSAGE, &[&key], 10),
        Err("signature.malformed")
    );
}

#[test]
fn every_flipped_bit_is_refused() {
    let (private, key) = pair();
    let signature = sign(MESSAGE, &private).unwrap();
    let blob = unarmor(signature.as_bytes()).unwrap();
    assert!(verify_any(armor(&blob), MESSAGE, [&key], at(10)).is_ok());
    for bit in 0..blob.len() * 8 {
        let mut flipped = blob.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(
            verify_any(armor(&flipped), MESSAGE, [&key], at(10)).is_err(),
            "bit {bit}"
        );
    }
    for end in 0..blob.len() {
        assert!(verify_any(armor(&blob[..end]), MESSAGE, [&key], at(10)).is_err());
    }
    for bit in 0..MESSAGE.len() * 8 {
        let mut flipped = MESSAGE.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let found = verify_any(&signature, &flipped, [&key], at(10));
        assert_eq!(found.unwrap_err().code(), "signature.invalid");
    }
}

#[test]
fn key_lines_are_read_or_refused() {
    let (private, public) = from_seed(&[7; 32], "host@example").unwrap();
    let read = parse_public_key(&format!("  {public} \n")).unwrap();
    assert_eq!(format!("{} host@example", read.line), public);
    let code = |line: &str| parse_public_key(line).unwrap_err().code();
    assert_eq!(code(""), "signature.malformed-key");
    assert_eq!(code("ssh-ed25519 AAAA"), "signature.malformed-key");
    assert_eq!(
        code(&format!("{public}\n{public}")),
        "signature.malformed-key"
    );
    assert_eq!(code(&private), "signature.malformed-key");
    assert_eq!(
        code(&public.replacen("ssh-ed25519", "ssh-rsa", 1)),
        "signature.malformed-key"
    );
    let security_key = "sk-ssh-ed25519@openssh.com AAAA";
    assert_eq!(code(security_key), "signature.key-type");
}

#[test]
fn what_is_no_private_key_is_refused_with_advice() {
    let error = sign(MESSAGE, "nothing").unwrap_err();
    assert_eq!(error.code(), "signature.unreadable-key");
    assert!(error.to_string().contains("ssh-keygen -Y sign"));
}
