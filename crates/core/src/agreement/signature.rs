//! SSH signatures over agreements: made and checked as `ssh-keygen -Y` does.
//!
//! ```text
//! -----BEGIN SSH SIGNATURE-----          PROTOCOL.sshsig of OpenSSH
//! base64 of: "SSHSIG" | uint32 1 | string public key | string namespace | string reserved
//!            | string hash name | string signature
//! -----END SSH SIGNATURE-----
//! signed:    "SSHSIG" | string namespace | string reserved | string hash name | string H(message)
//! ```
//!
//! A flipped bit, another namespace, an unregistered or a revoked key all fail, each with its own
//! code. Certificates, security-key types and SHA-1 are not taken. Nothing here keeps keys or
//! draws random numbers, and nothing knows which party may sign what.

mod error;
mod rsa;
mod scalar;
#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::public::KeyData;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

pub use error::SignatureError;

use crate::party::Key;
use crate::time::Instant;

/// The namespace that sets signatures under agreements apart from every other use of a key.
pub const NAMESPACE: &str = "legation-agreement";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "\n-----END SSH SIGNATURE-----";

/// The largest armored signature: one of RSA with 4096 bits has 1.7 kB.
const ARMOR_MAX: usize = 8 * 1024;

/// What `ssh-rsa` keys may have, in bits: NIST SP 800-131A asks for 2048 at least, and beyond 4096
/// a check costs too much for what it gives.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// A public key that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyLine {
    /// The key as one OpenSSH line without its comment.
    pub line: String,
    /// `SHA256:...` as `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

/// Reads the line of an OpenSSH public key file (`id_ed25519.pub`).
///
/// # Errors
///
/// What is no key, or a key that no signature here may be made with: `signature.malformed-key`,
/// `signature.key-type`.
pub fn parse_public_key(line: &str) -> Result<PublicKeyLine, SignatureError> {
    let line = line.trim();
    if line.lines().count() != 1 {
        return Err(SignatureError::MalformedKey(
            "one line is wanted, as in `id_ed25519.pub`",
        ));
    }
    if line.starts_with("-----BEGIN") {
        return Err(SignatureError::MalformedKey(
            "this looks like a private key; give the file that ends in `.pub`, and keep the other",
        ));
    }
    let name = line.split_whitespace().next().unwrap_or_default();
    if name.ends_with("@openssh.com") {
        return Err(SignatureError::KeyType(name.chars().take(80).collect()));
    }
    let key = PublicKey::from_openssh(line).map_err(|_| {
        SignatureError::MalformedKey("it should read like `ssh-ed25519 AAAA... comment`")
    })?;
    refuse_type(key.key_data())?;
    let bare = PublicKey::from(key.key_data().clone());
    let line = bare
        .to_openssh()
        .map_err(|_| SignatureError::MalformedKey("it cannot be written again"))?;
    Ok(PublicKeyLine {
        line,
        fingerprint: fingerprint(bare.key_data()),
    })
}

/// Checks an armored signature of `message` against the registered keys of one party; gives the
/// fingerprint of the key that made it.
///
/// # Errors
///
/// See [`SignatureError`]; a key counts at `at` if it was registered and not yet revoked then.
pub fn verify_any<'k>(
    armored: impl AsRef<[u8]>,
    message: &[u8],
    keys: impl IntoIterator<Item = &'k Key>,
    at: Instant,
) -> Result<String, SignatureError> {
    verify_in(NAMESPACE, armored.as_ref(), message, keys, at)
}

/// Checks an armored signature of `message` against one public key line; gives its fingerprint.
///
/// # Errors
///
/// See [`SignatureError`].
pub fn verify(
    armored: impl AsRef<[u8]>,
    message: &[u8],
    key_line: &str,
) -> Result<String, SignatureError> {
    let PublicKeyLine { line, fingerprint } = parse_public_key(key_line)?;
    let key = Key {
        line,
        fingerprint,
        added: Instant::MIN,
        revoked: None,
    };
    verify_any(armored, message, [&key], Instant::MAX)
}

/// As [`verify_any`], for signatures of another purpose than agreements.
///
/// # Errors
///
/// See [`SignatureError`].
pub fn verify_in<'k>(
    namespace: &str,
    armored: &[u8],
    message: &[u8],
    keys: impl IntoIterator<Item = &'k Key>,
    at: Instant,
) -> Result<String, SignatureError> {
    let signature = decode(&unarmor(armored)?)?;
    if signature.namespace() != namespace {
        return Err(SignatureError::Namespace {
            wanted: namespace.into(),
            found: signature.namespace().chars().take(80).collect(),
        });
    }
    let signer = PublicKey::from(signature.public_key().clone());
    refuse_type(signer.key_data())?;
    let fingerprint = fingerprint(signer.key_data());
    refuse_unregistered(&signer, &fingerprint, keys, at)?;
    signer
        .verify(namespace, message, &signature)
        .map_err(|_| SignatureError::Invalid(fingerprint.clone()))?;
    Ok(fingerprint)
}

fn refuse_unregistered<'k>(
    signer: &PublicKey,
    fingerprint: &str,
    keys: impl IntoIterator<Item = &'k Key>,
    at: Instant,
) -> Result<(), SignatureError> {
    let mut refusal = SignatureError::UnknownKey(fingerprint.into());
    for key in keys {
        // The key itself is compared, not its fingerprint: nothing rests on how that was stored.
        let is_signer = PublicKey::from_openssh(&key.line)
            .is_ok_and(|line| line.key_data() == signer.key_data());
        if is_signer && key.is_live(at) {
            return Ok(());
        }
        if is_signer && key.revoked.is_some_and(|revoked| revoked <= at) {
            refusal = SignatureError::RevokedKey(fingerprint.into());
        }
    }
    Err(refusal)
}

/// Signs `message` with an unencrypted OpenSSH private key, so that `ssh-keygen -Y verify`
/// accepts the result; gives the armored signature.
///
/// # Errors
///
/// `signature.encrypted-key`, `signature.unreadable-key` or `signature.key-type`: `ssh-keygen`
/// itself signs with keys that are not taken here.
pub fn sign(message: &[u8], private_key: &str) -> Result<String, SignatureError> {
    sign_in(NAMESPACE, message, private_key)
}

fn sign_in(namespace: &str, message: &[u8], private_key: &str) -> Result<String, SignatureError> {
    let key = PrivateKey::from_openssh(private_key)
        .ok()
        .or_else(|| PrivateKey::from_bytes(&scalar::pad(private_key)?).ok())
        .ok_or(SignatureError::UnreadableKey)?;
    if key.is_encrypted() {
        return Err(SignatureError::EncryptedKey);
    }
    refuse_type(key.public_key().key_data())?;
    let signature = match key.key_data() {
        KeypairData::Rsa(pair) => rsa::sign(pair, namespace, message),
        _ => SshSig::sign(&key, namespace, HashAlg::Sha512, message),
    };
    signature
        .and_then(|signature| signature.to_pem(LineEnding::LF))
        .map_err(|_| SignatureError::UnreadableKey)
}

/// An Ed25519 key pair made of 32 random bytes that the caller drew: the private key as OpenSSH
/// stores it without a passphrase, and the public line with its comment.
///
/// # Errors
///
/// None in practice; a comment that cannot be written is `signature.unreadable-key`.
pub fn from_seed(seed: &[u8; 32], comment: &str) -> Result<(String, String), SignatureError> {
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(seed));
    let write = |key: &PrivateKey| {
        let private = key.to_openssh(LineEnding::LF)?;
        Ok((private.to_string(), key.public_key().to_openssh()?))
    };
    PrivateKey::new(pair, comment)
        .and_then(|key| write(&key))
        .map_err(|_: ssh_key::Error| SignatureError::UnreadableKey)
}

fn fingerprint(key: &KeyData) -> String {
    key.fingerprint(HashAlg::Sha256).to_string()
}

fn refuse_type(key: &KeyData) -> Result<(), SignatureError> {
    let taken = match key {
        KeyData::Ed25519(_) | KeyData::Ecdsa(_) => true,
        KeyData::Rsa(rsa) => {
            let modulus = rsa.n.as_positive_bytes().unwrap_or_default();
            let first = modulus.first().map_or(0, |byte| byte.leading_zeros());
            let unused = usize::try_from(first).unwrap_or(0);
            RSA_BITS.contains(&(modulus.len() * 8).saturating_sub(unused))
        }
        _ => false,
    };
    if taken {
        Ok(())
    } else {
        Err(SignatureError::KeyType(key.algorithm().to_string()))
    }
}

/// Takes the armor off. As strict as `ssh-keygen`: the markers stand at the begin and at the end,
/// and the lines end as on Unix.
fn unarmor(armored: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let malformed = SignatureError::Malformed;
    if armored.len() > ARMOR_MAX {
        return Err(malformed("it is longer than any signature"));
    }
    let text = std::str::from_utf8(armored).map_err(|_| malformed("it is not text"))?;
    let base64 = text
        .strip_prefix(BEGIN)
        .ok_or(malformed(
            "it must begin with the line `-----BEGIN SSH SIGNATURE-----`",
        ))?
        .trim_end()
        .strip_suffix(END)
        .ok_or(malformed(
            "it must end with the line `-----END SSH SIGNATURE-----`",
        ))?;
    let base64: String = base64.split_ascii_whitespace().collect();
    STANDARD
        .decode(base64)
        .map_err(|_| malformed("what it holds is not base64"))
}

/// Reads what was under the armor. Only the one way to write a signature is taken: what would be
/// written differently from what was read is refused, so that nothing hides between the fields.
fn decode(blob: &[u8]) -> Result<SshSig, SignatureError> {
    let malformed = SignatureError::Malformed;
    let armored = armor(blob);
    let signature = SshSig::from_pem(&armored).map_err(|_| match key_type(blob) {
        Some(other) => SignatureError::KeyType(other),
        None => malformed("its fields cannot be read"),
    })?;
    let is_same = signature
        .to_pem(LineEnding::LF)
        .is_ok_and(|again| again == armored);
    // PROTOCOL.sshsig would have the reserved field ignored. OpenSSH signs an empty one whatever it
    // holds, so its bytes could be changed by anybody: it must be empty.
    let is_open = !signature.reserved().is_empty();
    if !is_same || is_open || signature.version() != SshSig::VERSION {
        return Err(malformed("it holds more or other than a signature does"));
    }
    Ok(signature)
}

/// Puts the armor on as `ssh-keygen` does: 70 characters a line.
fn armor(blob: &[u8]) -> String {
    let base64 = STANDARD.encode(blob);
    let mut text = String::from(BEGIN);
    for (position, c) in base64.chars().enumerate() {
        if position > 0 && position % 70 == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str(END);
    text.push('\n');
    text
}

/// The name of the key's type, if it is one that is not taken: a certificate has other fields than
/// a key, and its signer should be told so.
fn key_type(blob: &[u8]) -> Option<String> {
    let key = blob.strip_prefix(b"SSHSIG\0\0\0\x01")?.get(4..)?;
    let (length, rest) = key.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let name = std::str::from_utf8(rest.get(..length)?).ok()?;
    let is_name = name.len() <= 80 && name.bytes().all(|byte| byte.is_ascii_graphic());
    let is_taken = match Algorithm::new(name) {
        Ok(Algorithm::Ed25519 | Algorithm::Ecdsa { .. } | Algorithm::Rsa { .. }) => true,
        Ok(_) | Err(_) => false,
    };
    (is_name && !is_taken).then(|| name.to_owned())
}
