//! Checkpoints: the head of a tree as a signed note.
//!
//! ```text
//! <origin>
//! <size, decimal>
//! <root, base64>
//! <extension lines, if any>
//! ```
//!
//! Source: C2SP tlog-checkpoint. Not here: whether a head is right (`appender`, `proof`), and the
//! note around it (`note`).

mod error;

use std::fmt;

pub use error::CheckpointError;

use crate::hash::{Hash, empty_root};
use crate::head::TreeHead;
use crate::note::{Note, NoteSigner, NoteVerifier, SignedBy};

/// The longest origin in bytes: what the newer cosignatures have room for (C2SP tlog-cosignature,
/// `log_origin<1..2^8-1>`).
const MAX_ORIGIN_LEN: usize = 255;

/// Which log, how many leaves, and their root: the text that a log signs.
//
// INVARIANT: the origin and each extension line are not empty and have no control character, so the
// text is that of a note; the root of size zero is the empty root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    head: TreeHead,
    extensions: Vec<String>,
}

/// A checkpoint whose signatures have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The known keys that signed: the log itself, and perhaps witnesses.
    pub signed_by: Vec<SignedBy>,
}

impl Checkpoint {
    /// The checkpoint of a tree of `size` leaves with this root, without extension lines.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if the origin is empty, over 255 bytes or has a control character, or
    /// the size is zero and the root not that of the empty tree.
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if !is_line(origin) || origin.len() > MAX_ORIGIN_LEN {
            return Err(CheckpointError::Origin);
        }
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::EmptyRoot);
        }
        let head = TreeHead { size, root };
        Ok(Self {
            origin: origin.to_owned(),
            head,
            extensions: Vec::new(),
        })
    }

    /// Reads the text of a checkpoint, without signatures.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] with the line that is wrong.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Unfinished)?;
        let mut lines = text.split('\n');
        let origin = lines.next().unwrap_or_default();
        let size = lines
            .next()
            .and_then(parse_size)
            .ok_or(CheckpointError::Size)?;
        let root = lines
            .next()
            .and_then(|line| line.parse().ok())
            .ok_or(CheckpointError::Root)?;
        let mut checkpoint = Self::new(origin, size, root)?;
        for line in lines {
            if !is_line(line) {
                return Err(CheckpointError::Extension);
            }
            checkpoint.extensions.push(line.to_owned());
        }
        Ok(checkpoint)
    }

    /// Reads a signed checkpoint and checks it with the keys that are known: the log's own, whose
    /// name must be the origin, and those of any witnesses that one wants to hear of.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if it is malformed, a known key's signature is wrong, or the log that
    /// the origin names has not signed it with a known key.
    pub fn parse_and_verify(
        signed: &str,
        known: &[NoteVerifier],
    ) -> Result<SignedCheckpoint, CheckpointError> {
        let note = Note::parse(signed)?;
        let signed_by = note.verify(known)?;
        let checkpoint = Self::parse_text(note.text())?;
        // A witness says that a head was seen, never that it is the log's: that takes the log's key.
        let by_log = |one: &SignedBy| one.name == checkpoint.origin && one.cosigned_at.is_none();
        if signed_by.iter().any(by_log) {
            Ok(SignedCheckpoint {
                checkpoint,
                signed_by,
            })
        } else {
            Err(CheckpointError::NotByOrigin {
                origin: checkpoint.origin,
            })
        }
    }

    /// Signs the checkpoint: the note as it is served. The signer's name is the origin if others
    /// are to accept it.
    pub fn sign(&self, signer: &NoteSigner) -> String {
        let mut note = Note::unchecked(self.to_string());
        note.sign(signer);
        note.to_string()
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.head.size
    }

    /// The root over these leaves.
    pub fn root(&self) -> Hash {
        self.head.root
    }

    /// Size and root together, as proofs are checked against.
    pub fn head(&self) -> TreeHead {
        self.head
    }

    /// Lines after the root, opaque, usually none.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    /// The text that is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.head.size, self.head.root)?;
        self.extensions
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && !line.chars().any(|c| c < ' ')
}

/// Reads a decimal number that is written in the one right way: no sign, no leading zero.
pub(crate) fn parse_size(text: &str) -> Option<u64> {
    text.parse()
        .ok()
        .filter(|size: &u64| size.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        Checkpoint::new("log.example/tokyo", 1, crate::leaf_hash(b"x")).unwrap()
    }

    #[test]
    fn signing_and_reading_round_trip() {
        let signer = NoteSigner::from_seed("log.example/tokyo", &[1; 32]).unwrap();
        let signed = checkpoint().sign(&signer);
        let read = Checkpoint::parse_and_verify(&signed, &[signer.verifier()]).unwrap();
        assert_eq!(read.checkpoint, checkpoint());
        assert_eq!(read.signed_by.len(), 1);
    }

    #[test]
    fn another_log_cannot_speak_for_this_one() {
        let other = NoteSigner::from_seed("log.example/oslo", &[2; 32]).unwrap();
        let signed = checkpoint().sign(&other);
        let error = Checkpoint::parse_and_verify(&signed, &[other.verifier()]).unwrap_err();
        assert_eq!(error.code(), "tree.checkpoint-not-by-origin");
    }

    #[test]
    fn origins_and_empty_roots_are_checked() {
        for bad in ["", "a\nb", "a\u{7}b", &"o".repeat(256)] {
            let error = Checkpoint::new(bad, 0, empty_root()).unwrap_err();
            assert_eq!(error.code(), "tree.checkpoint-origin");
        }
        let error = Checkpoint::new("o", 0, crate::leaf_hash(b"x")).unwrap_err();
        assert_eq!(error.code(), "tree.checkpoint-empty-root");
        assert_eq!(
            Checkpoint::parse_text("o\n0").unwrap_err().code(),
            "tree.checkpoint-unfinished"
        );
    }
}
