//! (stub)
use crate::party::Key;
use crate::time::Instant;

/// The namespace that separates signatures under agreements from every other use of a key.
pub const NAMESPACE: &str = "legation-agreement";

/// Why a signature does not count.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not an SSH signature at all.
    #[error("this is no SSH signature: {0}")]
    Malformed(&'static str),
}

impl SignatureError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "signature.malformed"
    }
}

/// A public key that may be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKeyLine {
    /// The key as one OpenSSH line without its comment.
    pub line: String,
    /// `SHA256:...` as `ssh-keygen -l` prints it.
    pub fingerprint: String,
}

/// Reads one line of an OpenSSH public key file.
pub fn parse_public_key(_line: &str) -> Result<PublicKeyLine, SignatureError> {
    Err(SignatureError::Malformed("stub"))
}

/// Checks an armored signature of `message` against registered keys; the fingerprint of the key that made it.
pub fn verify_any<'k>(
    _armored: &[u8],
    _message: &[u8],
    _keys: impl IntoIterator<Item = &'k Key>,
    _at: Instant,
) -> Result<String, SignatureError> {
    Err(SignatureError::Malformed("stub"))
}

/// Signs `message` with an unencrypted OpenSSH private key; the armored signature.
pub fn sign(_message: &[u8], _private_key: &str) -> Result<String, SignatureError> {
    Err(SignatureError::Malformed("stub"))
}

/// An Ed25519 key pair made of a seed that the caller drew: private key in OpenSSH's form, public line.
pub fn from_seed(_seed: &[u8; 32], _comment: &str) -> Result<(String, String), SignatureError> {
    Err(SignatureError::Malformed("stub"))
}
