//! Signed notes: a text and the signatures under it.
//!
//! ```text
//! text, one or more lines
//!
//! — <key name> base64(key id, 4 bytes big-endian || signature)
//! — <key name> base64(...)
//! ```
//!
//! A [`NoteSigner`] adds a line, a [`NoteVerifier`] checks one; a note is believed only when a known
//! key has signed it and no known key's signature is wrong. Source: C2SP signed-note. Not here: what
//! the text says (`checkpoint`).

mod error;
mod key;

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

pub use error::{KeyError, NoteError};
pub use key::{NoteSigner, NoteVerifier};

use key::is_key_name;

/// The largest note that is read, in bytes: 64 signatures of under 10 KiB, and as much text.
const MAX_NOTE_LEN: usize = 1 << 20;

/// The most signatures that are read; the specification asks for at least 16.
const MAX_SIGNATURES: usize = 64;

/// A well-formed note, whose signatures may or may not be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    // INVARIANT: ends in a newline and has no other control character (see `is_text`).
    text: String,
    signatures: Vec<Signature>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

/// A key whose signature under a note is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedBy {
    /// The name of the key.
    pub name: String,
    /// The id of the key: with the name, it tells which key it is.
    pub key_id: u32,
    /// When a witness cosigned, in seconds since 1970-01-01T00:00:00Z; `None` for a plain signature.
    pub cosigned_at: Option<u64>,
}

impl Note {
    /// A note without signatures.
    ///
    /// # Errors
    ///
    /// [`NoteError::Text`] if the text is over 1 MiB, does not end in a newline or has another
    /// control character.
    pub fn new(text: &str) -> Result<Self, NoteError> {
        if text.len() <= MAX_NOTE_LEN && is_text(text) {
            Ok(Self::unchecked(text.to_owned()))
        } else {
            Err(NoteError::Text)
        }
    }

    /// A note without signatures over a text that is known to be one.
    pub(crate) fn unchecked(text: String) -> Self {
        Self {
            text,
            signatures: Vec::new(),
        }
    }

    /// Reads a signed note. It may hold signatures of any kind of key.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if it is over 1 MiB or not a text, a blank line and signature lines, or has
    /// more than 64 of these. No signature is checked yet.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_LEN {
            return Err(NoteError::TooLong);
        }
        // The last empty line divides the note, since a text may have empty lines of its own.
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let text = format!("{text}\n");
        if !is_text(&text) {
            return Err(NoteError::Text);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            if signatures.len() >= MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature = Signature::parse(line).ok_or_else(|| NoteError::SignatureLine {
                line: line.chars().take(80).collect(),
            })?;
            signatures.push(signature);
        }
        Ok(Self { text, signatures })
    }

    /// The text, with its final newline, that the signatures are over.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Signs the text. An earlier signature by the same key gives way.
    pub fn sign(&mut self, signer: &NoteSigner) {
        let new = Signature {
            name: signer.name().to_owned(),
            key_id: signer.key_id(),
            bytes: signer.sign(&self.text),
        };
        self.signatures
            .retain(|old| (&old.name, old.key_id) != (&new.name, new.key_id));
        self.signatures.push(new);
    }

    /// Checks every signature by a known key and tells whose they are, each key once, in the order
    /// of the lines. Signatures by unknown keys are ignored.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if a signature by a known key is wrong, no known key has signed, or two
    /// different keys of `known` share name and id.
    pub fn verify(&self, known: &[NoteVerifier]) -> Result<Vec<SignedBy>, NoteError> {
        let mut signed_by: Vec<SignedBy> = Vec::new();
        for signature in &self.signatures {
            let Some(key) = find_key(known, &signature.name, signature.key_id)? else {
                continue;
            };
            let right = key.check(&self.text, &signature.bytes).ok_or_else(|| {
                NoteError::WrongSignature {
                    name: signature.name.clone(),
                    key_id: signature.key_id,
                }
            })?;
            let known_yet = |one: &SignedBy| (&one.name, one.key_id) == (&right.name, right.key_id);
            if !signed_by.iter().any(known_yet) {
                signed_by.push(right);
            }
        }
        if signed_by.is_empty() {
            Err(NoteError::NoKnownKey)
        } else {
            Ok(signed_by)
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        Self::parse(note)
    }
}

impl Signature {
    fn parse(line: &str) -> Option<Self> {
        let (name, base64) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let bytes = BASE64_STANDARD.decode(base64).ok()?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
        if !is_key_name(name) || bytes.is_empty() {
            return None;
        }
        Some(Self {
            name: name.to_owned(),
            key_id: u32::from_be_bytes(*key_id),
            bytes: bytes.to_vec(),
        })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.key_id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.bytes);
        write!(
            f,
            "\u{2014} {} {}",
            self.name,
            BASE64_STANDARD.encode(bytes)
        )
    }
}

/// Whether this can be the text of a note (C2SP signed-note, "Format").
fn is_text(text: &str) -> bool {
    text.ends_with('\n') && !text.chars().any(|c| c < ' ' && c != '\n')
}

fn find_key<'k>(
    known: &'k [NoteVerifier],
    name: &str,
    key_id: u32,
) -> Result<Option<&'k NoteVerifier>, NoteError> {
    let mut matching = known
        .iter()
        .filter(|key| key.name() == name && key.key_id() == key_id);
    let found = matching.next();
    // Which of two keys is meant cannot be told from the line; the same key twice is no harm.
    match found {
        Some(key) if matching.any(|other| other != key) => Err(NoteError::AmbiguousKey {
            name: name.to_owned(),
            key_id,
        }),
        found => Ok(found),
    }
}

#[cfg(test)]
mod tests;
