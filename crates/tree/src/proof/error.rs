//! Why a proof could not be made, and why one does not hold.
//!
//! [`ReadError`] is our store's fault or the asker's; [`ProofError`] is the prover's conduct. Not
//! here: signatures (`note`).

use thiserror::Error;

use crate::tile::{TileError, TileId};

/// A proof or a root could not be read out of tiles.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError<E: std::error::Error + 'static> {
    /// The store failed.
    #[error("reading {id} failed")]
    Source {
        /// The tile that was read.
        id: TileId,
        /// What the store says.
        source: E,
    },
    /// The store does not have a tile that the tree has.
    #[error("{id} is missing")]
    Missing {
        /// The tile that was looked for.
        id: TileId,
    },
    /// The store has a tile that is too narrow or none at all.
    #[error("{id} is damaged")]
    Tile {
        /// The tile that was read.
        id: TileId,
        /// What is wrong with it.
        source: TileError,
    },
    /// The tree has no leaf of this index.
    #[error("there is no leaf {index} in a tree of {size}")]
    IndexBeyond {
        /// The leaf that was asked for.
        index: u64,
        /// The leaves that there are.
        size: u64,
    },
    /// No consistency can be proved between these sizes.
    #[error("no consistency proof leads from a tree of {old} to one of {new}")]
    SizesBeyond {
        /// The size to start from.
        old: u64,
        /// The size to arrive at.
        new: u64,
    },
    /// The tree is larger than can be taken up.
    #[error("a tree of {size} leaves is too large")]
    SizeTooLarge {
        /// The size that was asked for.
        size: u64,
    },
}

impl<E: std::error::Error + 'static> ReadError<E> {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Source { .. } => "tree.read-source",
            Self::Missing { .. } => "tree.read-missing",
            Self::Tile { .. } => "tree.read-damaged",
            Self::IndexBeyond { .. } => "tree.read-index",
            Self::SizesBeyond { .. } => "tree.read-sizes",
            Self::SizeTooLarge { .. } => "tree.read-too-large",
        }
    }
}

/// A proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The leaf is outside the tree or subtree.
    #[error("leaf {index} is outside the tree that the proof is for")]
    IndexBeyond {
        /// The index that was claimed.
        index: u64,
    },
    /// The old tree is empty: consistency with it says nothing.
    #[error("consistency with the empty tree proves nothing")]
    EmptyTree,
    /// The old tree is larger than the new one, or the subtree ends beyond the tree.
    #[error("a tree of {size} leaves cannot contain one that ends at {end}")]
    SizesReversed {
        /// Where the smaller tree ends.
        end: u64,
        /// The leaves of the larger tree.
        size: u64,
    },
    /// A range of leaves that has no node of its own.
    #[error("leaves {start} to {end} are not a subtree")]
    NotASubtree {
        /// The first leaf.
        start: u64,
        /// The leaf after the last.
        end: u64,
    },
    /// The proof has too few or too many hashes for these sizes.
    #[error("{len} hashes are not the right number for this proof")]
    Length {
        /// The hashes that were given.
        len: usize,
    },
    /// The proof leads to another root than the one claimed for the tree.
    #[error("the proof does not lead to the root")]
    RootDiffers,
    /// The proof leads to another root than the one claimed for the old tree or subtree.
    #[error("the proof does not lead to the old root")]
    OldRootDiffers,
}

impl ProofError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IndexBeyond { .. } => "tree.proof-index",
            Self::EmptyTree => "tree.proof-empty",
            Self::SizesReversed { .. } => "tree.proof-sizes",
            Self::NotASubtree { .. } => "tree.proof-subtree",
            Self::Length { .. } => "tree.proof-length",
            Self::RootDiffers => "tree.proof-root",
            Self::OldRootDiffers => "tree.proof-old-root",
        }
    }
}
