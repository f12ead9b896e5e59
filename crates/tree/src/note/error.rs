//! What can be wrong with a note or a key for one.
//!
//! Not here: texts that are well signed but are no checkpoint (`checkpoint`).

use thiserror::Error;

/// A note is malformed, or not signed as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More than 1 MiB.
    #[error("the note is over 1 MiB")]
    TooLong,
    /// No blank line with complete signature lines after it.
    #[error("the note has no signature lines")]
    NoSignatures,
    /// The text does not end in a newline, has control characters or is too long.
    #[error("the text of the note is malformed")]
    Text,
    /// More signatures than are read.
    #[error("the note has more than 64 signatures")]
    TooManySignatures,
    /// A line among the signatures that is none.
    #[error("`{line}` is not a signature line")]
    SignatureLine {
        /// The beginning of the line.
        line: String,
    },
    /// A known key's signature does not fit the text.
    #[error("the signature by `{name}` with key {key_id:08x} is wrong")]
    WrongSignature {
        /// The name of the key.
        name: String,
        /// The id of the key.
        key_id: u32,
    },
    /// No signature is by a key that is known.
    #[error("no known key has signed the note")]
    NoKnownKey,
    /// Two known keys have the same name and id.
    #[error("two different keys are known as `{name}` with id {key_id:08x}")]
    AmbiguousKey {
        /// The name of the keys.
        name: String,
        /// The id of the keys.
        key_id: u32,
    },
}

impl NoteError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "tree.note-long",
            Self::NoSignatures => "tree.note-unsigned",
            Self::Text => "tree.note-text",
            Self::TooManySignatures => "tree.note-signatures",
            Self::SignatureLine { .. } => "tree.note-line",
            Self::WrongSignature { .. } => "tree.note-wrong-signature",
            Self::NoKnownKey => "tree.note-no-known-key",
            Self::AmbiguousKey { .. } => "tree.note-ambiguous-key",
        }
    }
}

/// A key name or a verifier key is malformed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Empty, or with a space, a plus or a control character.
    #[error("`{name}` is not a key name: it must have no space, plus or control character")]
    Name {
        /// What was given.
        name: String,
    },
    /// Not of the form name, plus, eight hex digits, plus, base64.
    #[error("a verifier key is malformed")]
    Format,
    /// A kind of key that is not read here.
    #[error("a verifier key is of the unknown kind {kind}")]
    Kind {
        /// The signature type byte.
        kind: u8,
    },
    /// The id does not belong to name and key.
    #[error("the id in the verifier key of `{name}` is not that of the key")]
    Id {
        /// The name of the key.
        name: String,
    },
    /// Bytes that are no Ed25519 public key, or one that vouches for nothing.
    #[error("the verifier key of `{name}` is not a sound public key")]
    Point {
        /// The name of the key.
        name: String,
    },
}

impl KeyError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Name { .. } => "tree.key-name",
            Self::Format => "tree.key-format",
            Self::Kind { .. } => "tree.key-kind",
            Self::Id { .. } => "tree.key-id",
            Self::Point { .. } => "tree.key-unsound",
        }
    }
}
