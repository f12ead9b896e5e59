//! Proof files: all that is needed to check, offline, that an entry is in a log.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>                  optional
//! index <decimal>
//! <hash, base64>                  the inclusion proof, a line each
//!
//! <the signed checkpoint, verbatim>
//! ```
//!
//! Source: C2SP tlog-proof. Not here: reading the hashes out of tiles (`proof`).

mod error;

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};

pub use error::TlogProofError;

use crate::checkpoint::{Checkpoint, SignedCheckpoint, parse_size};
use crate::hash::Hash;
use crate::note::NoteVerifier;
use crate::proof::verify_inclusion;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The longest inclusion proof: one hash for each of the 64 levels that a tree can have.
const MAX_HASHES: usize = 64;

/// An inclusion proof with the checkpoint that it leads to.
///
/// Its text form, in `Display` and `FromStr`, is the proof file (`.tlog-proof`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Anything that the prover adds; nothing vouches for it.
    pub extra: Option<Vec<u8>>,
    /// The index of the entry, from zero.
    pub index: u64,
    /// The hashes from the leaf's sibling up to the root's child.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint as the log served it.
    pub checkpoint: String,
}

impl TlogProof {
    /// Reads a proof file. Nothing is checked but its form, and of the checkpoint not even that.
    ///
    /// # Errors
    ///
    /// [`TlogProofError`] with the part that is malformed.
    pub fn parse(file: &str) -> Result<Self, TlogProofError> {
        let rest = file
            .strip_prefix(FIRST_LINE)
            .and_then(|rest| rest.strip_prefix('\n'))
            .ok_or(TlogProofError::FirstLine)?;
        let (mut line, mut rest) = rest.split_once('\n').ok_or(TlogProofError::Unfinished)?;
        let mut extra = None;
        if let Some(base64) = line.strip_prefix("extra ") {
            extra = Some(
                BASE64_STANDARD
                    .decode(base64)
                    .map_err(|_| TlogProofError::Extra)?,
            );
            (line, rest) = rest.split_once('\n').ok_or(TlogProofError::Unfinished)?;
        }
        let index = line
            .strip_prefix("index ")
            .and_then(parse_size)
            .ok_or(TlogProofError::Index)?;
        let mut hashes = Vec::new();
        loop {
            (line, rest) = rest.split_once('\n').ok_or(TlogProofError::Unfinished)?;
            if line.is_empty() {
                break;
            }
            if hashes.len() >= MAX_HASHES {
                return Err(TlogProofError::TooManyHashes);
            }
            hashes.push(line.parse()?);
        }
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: rest.to_owned(),
        })
    }

    /// Checks that the entry with hash `leaf` is in a tree that its log has signed with a known
    /// key, and tells which tree and who signed. How many witnesses are enough is the caller's to say.
    ///
    /// # Errors
    ///
    /// [`TlogProofError`] if the checkpoint or the inclusion proof does not hold.
    pub fn verify(
        &self,
        leaf: Hash,
        known: &[NoteVerifier],
    ) -> Result<SignedCheckpoint, TlogProofError> {
        let signed = Checkpoint::parse_and_verify(&self.checkpoint, known)?;
        verify_inclusion(leaf, self.index, &self.hashes, signed.checkpoint.head())?;
        Ok(signed)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64_STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(file: &str) -> Result<Self, TlogProofError> {
        Self::parse(file)
    }
}
