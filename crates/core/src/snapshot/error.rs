//! Why bytes are no snapshot that this build can read. None of these loses anything: the journal
//! is folded instead.

use thiserror::Error;

/// Bytes that are not read as a fold.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Written by another build, whose fold may be another.
    #[error("the snapshot was written by another build of the program")]
    OtherBuild,
    /// Cut off, or with a number that is larger than what follows.
    #[error("the snapshot ends before all that it announces")]
    Short,
    /// Something in it points to nothing, or contradicts the rest.
    #[error("the snapshot does not hold together: {0}")]
    Unsound(&'static str),
}

impl SnapshotError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherBuild => "snapshot.other-build",
            Self::Short => "snapshot.short",
            Self::Unsound(_) => "snapshot.unsound",
        }
    }
}
