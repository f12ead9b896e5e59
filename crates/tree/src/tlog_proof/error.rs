//! What can be wrong with a proof file.
//!
//! Not here: the errors of its parts, which are wrapped.

use thiserror::Error;

use crate::checkpoint::CheckpointError;
use crate::hash::HashError;
use crate::proof::ProofError;

/// A proof file is malformed or does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TlogProofError {
    /// Not a proof file of version 1.
    #[error("the first line is not that of a proof file")]
    FirstLine,
    /// The extra data is not base64.
    #[error("the extra line is not base64")]
    Extra,
    /// The index line is missing or no number.
    #[error("the index line is missing or malformed")]
    Index,
    /// A line of the proof is no hash.
    #[error("a line of the proof is not a hash")]
    Hash(#[from] HashError),
    /// More hashes than the highest tree needs.
    #[error("the proof has more than 64 hashes")]
    TooManyHashes,
    /// The file ends before the checkpoint.
    #[error("the proof file ends before the checkpoint")]
    Unfinished,
    /// The checkpoint does not hold.
    #[error("the checkpoint of the proof file does not hold")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the tree of the checkpoint.
    #[error("the inclusion proof does not hold")]
    Proof(#[from] ProofError),
}

impl TlogProofError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FirstLine => "tree.file-first-line",
            Self::Extra => "tree.file-extra",
            Self::Index => "tree.file-index",
            Self::Hash(hash) => hash.code(),
            Self::TooManyHashes => "tree.file-hashes",
            Self::Unfinished => "tree.file-unfinished",
            Self::Checkpoint(checkpoint) => checkpoint.code(),
            Self::Proof(proof) => proof.code(),
        }
    }
}
