//! Keys for notes: their names, their ids and their text form.
//!
//! ```text
//! vkey   <name>+<key id, 8 hex digits>+base64(<kind, 1 byte> || <public key, 32 bytes>)
//! key id SHA-256(<name> || 0x0A || <kind> || <public key>)[:4], big-endian
//! kind   0x01 Ed25519 over the text; 0x04 Ed25519 by a witness, with the time
//! ```
//!
//! Source: C2SP signed-note, "Signatures"; C2SP tlog-cosignature, "Format". Not here: making keys,
//! which needs dice, and keeping them.

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::{KeyError, SignedBy};

/// An Ed25519 key that signs notes under a name.
pub struct NoteSigner {
    name: String,
    key: SigningKey,
}

impl NoteSigner {
    /// A signer from the 32-byte seed of an Ed25519 private key (RFC 8032 section 5.1.5).
    ///
    /// # Errors
    ///
    /// [`KeyError::Name`] if the name is empty or has a space, a plus or a control character.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name {
                name: name.to_owned(),
            });
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key.
    pub fn key_id(&self) -> u32 {
        key_id(&self.name, Kind::Ed25519, &self.key.verifying_key())
    }

    /// The verifier key that others check this signer's notes with.
    pub fn verifier(&self) -> NoteVerifier {
        NoteVerifier {
            name: self.name.clone(),
            kind: Kind::Ed25519,
            key: self.key.verifying_key(),
        }
    }

    /// The verifier key in its text form.
    pub fn vkey(&self) -> String {
        self.verifier().to_string()
    }

    pub(super) fn sign(&self, text: &str) -> Vec<u8> {
        self.key.sign(text.as_bytes()).to_vec()
    }
}

impl fmt::Debug for NoteSigner {
    /// Shows the public side only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSigner({})", self.vkey())
    }
}

/// The public side of a key that signs or, as a witness, cosigns notes.
///
/// Its text form, in `Display` and `FromStr`, is the vkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    kind: Kind,
    key: VerifyingKey,
}

/// What a signature is over; the byte that stands for it (C2SP signed-note, "Signature types").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ed25519 = 0x01,
    Cosignature = 0x04,
}

impl NoteVerifier {
    /// Reads a vkey of kind 0x01 (a log) or 0x04 (a witness).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if it is malformed, of another kind, has the wrong id or no sound public key.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        let (name, rest) = vkey.split_once('+').ok_or(KeyError::Format)?;
        let (id, base64) = rest.split_once('+').ok_or(KeyError::Format)?;
        if !is_key_name(name) {
            return Err(KeyError::Name {
                name: name.to_owned(),
            });
        }
        let bytes = BASE64_STANDARD
            .decode(base64)
            .map_err(|_| KeyError::Format)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Format)?;
        let kind = match kind {
            0x01 => Kind::Ed25519,
            0x04 => Kind::Cosignature,
            other => return Err(KeyError::Kind { kind: *other }),
        };
        let key = <&[u8; 32]>::try_from(key).map_err(|_| KeyError::Format)?;
        let verifier = Self::sound(name, kind, key)?;
        if format!("{:08x}", verifier.key_id()) == id {
            Ok(verifier)
        } else {
            Err(KeyError::Id {
                name: name.to_owned(),
            })
        }
    }

    /// The verifier for notes signed plainly (kind 0x01) with an Ed25519 public key (RFC 8032).
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the name is no key name or the bytes are no sound public key.
    pub fn from_key(name: &str, key: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name {
                name: name.to_owned(),
            });
        }
        Self::sound(name, Kind::Ed25519, key)
    }

    /// The name of the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key.
    pub fn key_id(&self) -> u32 {
        key_id(&self.name, self.kind, &self.key)
    }

    /// The text form, the same as `to_string`.
    pub fn vkey(&self) -> String {
        self.to_string()
    }

    /// Whose signature this is, if it is right.
    pub(super) fn check(&self, text: &str, signature: &[u8]) -> Option<SignedBy> {
        let cosigned_at = match self.kind {
            Kind::Ed25519 => {
                self.check_bytes(text.as_bytes(), signature)?;
                None
            }
            Kind::Cosignature => {
                let (time, signature) = signature.split_first_chunk::<8>()?;
                let time = u64::from_be_bytes(*time);
                // C2SP tlog-cosignature, "Format": a time is at most 2^63 - 1.
                i64::try_from(time).ok()?;
                let message = format!("cosignature/v1\ntime {time}\n{text}");
                self.check_bytes(message.as_bytes(), signature)?;
                Some(time)
            }
        };
        Some(SignedBy {
            name: self.name.clone(),
            key_id: self.key_id(),
            cosigned_at,
        })
    }

    fn check_bytes(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = Signature::from_slice(signature).ok()?;
        // Strict, so that no signature passes here that another implementation could refuse.
        self.key.verify_strict(message, &signature).ok()
    }

    fn sound(name: &str, kind: Kind, key: &[u8; 32]) -> Result<Self, KeyError> {
        match VerifyingKey::from_bytes(key) {
            Ok(key) if !key.is_weak() => Ok(Self {
                name: name.to_owned(),
                kind,
                key,
            }),
            _ => Err(KeyError::Point {
                name: name.to_owned(),
            }),
        }
    }
}

impl fmt::Display for NoteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind as u8];
        key.extend_from_slice(self.key.as_bytes());
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            self.key_id(),
            BASE64_STANDARD.encode(key)
        )
    }
}

impl FromStr for NoteVerifier {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        Self::parse(vkey)
    }
}

/// Whether this can be the name of a key: not empty, no Unicode space, no plus (C2SP signed-note,
/// "Format"), and no control character, since a note may have none.
pub(super) fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c == '+' || c < ' ')
}

fn key_id(name: &str, kind: Kind, key: &VerifyingKey) -> u32 {
    let [a, b, c, d, ..]: [u8; 32] = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind as u8])
        .chain_update(key.as_bytes())
        .finalize()
        .into();
    u32::from_be_bytes([a, b, c, d])
}
