//! What can be wrong with a checkpoint.
//!
//! Not here: a checkpoint that is well made but contradicts another (`proof::ProofError`).

use thiserror::Error;

use crate::note::NoteError;

/// A checkpoint is malformed, or not signed by its log.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The note around it does not hold.
    #[error("the note of the checkpoint does not hold")]
    Note(#[from] NoteError),
    /// The text does not end in a newline.
    #[error("the checkpoint does not end in a newline")]
    Unfinished,
    /// The first line is empty, too long or has a control character.
    #[error("the first line of the checkpoint is not an origin")]
    Origin,
    /// The second line is no number of leaves.
    #[error("the second line of the checkpoint is not a size")]
    Size,
    /// The third line is no hash.
    #[error("the third line of the checkpoint is not a root hash")]
    Root,
    /// The size is zero, the root another than that of the empty tree.
    #[error("the root is not that of the empty tree")]
    EmptyRoot,
    /// An extension line is empty or has a control character.
    #[error("an extension line of the checkpoint is empty")]
    Extension,
    /// The log that it names has not signed it with a known key.
    #[error("`{origin}` has not signed the checkpoint with a known key of that name")]
    NotByOrigin {
        /// The log that the checkpoint names.
        origin: String,
    },
}

impl CheckpointError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note(note) => note.code(),
            Self::Unfinished => "tree.checkpoint-unfinished",
            Self::Origin => "tree.checkpoint-origin",
            Self::Size => "tree.checkpoint-size",
            Self::Root => "tree.checkpoint-root",
            Self::EmptyRoot => "tree.checkpoint-empty-root",
            Self::Extension => "tree.checkpoint-extension",
            Self::NotByOrigin { .. } => "tree.checkpoint-not-by-origin",
        }
    }
}
