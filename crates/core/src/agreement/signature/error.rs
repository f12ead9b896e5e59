//! Why a signature or a key does not count.
//!
//! Whether the signer is a party to the agreement is not asked here, that is
//! [`crate::agreement::succession`]'s business.

use thiserror::Error;

/// What is wrong with a signature or a key.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureError {
    /// Not an SSH signature, or damaged beyond reading.
    #[error("this is no SSH signature: {0}")]
    Malformed(&'static str),
    /// Made for another purpose.
    #[error(
        "the signature was made for `{found}`, not for `{wanted}`; sign with `ssh-keygen -Y sign -n {wanted}`"
    )]
    Namespace {
        /// The namespace that counts.
        wanted: String,
        /// The namespace in the signature.
        found: String,
    },
    /// A kind of key that no signature here is made with.
    #[error("keys of type `{0}` are not taken; use ed25519, ecdsa, or rsa with 2048 to 4096 bits")]
    KeyType(String),
    /// Made by a key that the party has not registered.
    #[error("the signature was made with the key {0}, which is not registered for this party")]
    UnknownKey(String),
    /// Made by a key that was revoked.
    #[error("the signature was made with the key {0}, which was revoked")]
    RevokedKey(String),
    /// The key did not sign these bytes.
    #[error("the signature does not fit: the key {0} did not sign exactly these bytes")]
    Invalid(String),
    /// Not an OpenSSH public key.
    #[error("this is no OpenSSH public key: {0}")]
    MalformedKey(&'static str),
    /// A private key under a passphrase.
    #[error(
        "the private key is encrypted; sign with `ssh-keygen -Y sign -n legation-agreement -f KEY FILE`, which asks for the passphrase"
    )]
    EncryptedKey,
    /// A private key that cannot be used here.
    #[error(
        "the private key cannot be read here; sign with `ssh-keygen -Y sign -n legation-agreement -f KEY FILE`"
    )]
    UnreadableKey,
}

impl SignatureError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "signature.malformed",
            Self::Namespace { .. } => "signature.namespace",
            Self::KeyType(_) => "signature.key-type",
            Self::UnknownKey(_) => "signature.unknown-key",
            Self::RevokedKey(_) => "signature.revoked-key",
            Self::Invalid(_) => "signature.invalid",
            Self::MalformedKey(_) => "signature.malformed-key",
            Self::EncryptedKey => "signature.encrypted-key",
            Self::UnreadableKey => "signature.unreadable-key",
        }
    }
}
