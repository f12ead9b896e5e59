//! What can be wrong with a tile, an entry bundle or a path to one.
//!
//! Not here: tiles that a source does not have (`proof::ReadError`).

use thiserror::Error;

/// A tile, bundle or path breaks C2SP tlog-tiles.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TileError {
    /// The path names no tile, or not in the one right way.
    #[error("`{path}` is not the path of a tile")]
    Path {
        /// The beginning of what was given.
        path: String,
    },
    /// A level above 63.
    #[error("level {level} is beyond 63")]
    Level {
        /// What was given.
        level: u8,
    },
    /// A width that no tile has.
    #[error("a tile is 1 to 256 wide, not {width}")]
    Width {
        /// What was given.
        width: u16,
    },
    /// Bytes that are not 0 to 256 whole hashes.
    #[error("{len} bytes are not a tile of whole hashes")]
    TileLength {
        /// The number of bytes.
        len: usize,
    },
    /// The stored slice holds less than was asked for.
    #[error("the stored slice is {have} wide, {need} are needed")]
    TooNarrow {
        /// How many hashes or entries there are.
        have: usize,
        /// How many were asked for.
        need: usize,
    },
    /// An entry that does not fit its 16-bit length.
    #[error("an entry of {len} bytes is over the 65,535 that a bundle holds")]
    EntryTooLong {
        /// The length of the entry in bytes.
        len: usize,
    },
    /// More than 256 entries in one bundle.
    #[error("a bundle holds at most 256 entries")]
    TooManyEntries,
    /// The bundle ends inside an entry or its length.
    #[error("the bundle ends inside entry {entry}")]
    Truncated {
        /// The entry, counted from zero within the bundle.
        entry: usize,
    },
}

impl TileError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path { .. } => "tree.tile-path",
            Self::Level { .. } => "tree.tile-level",
            Self::Width { .. } => "tree.tile-width",
            Self::TileLength { .. } => "tree.tile-length",
            Self::TooNarrow { .. } => "tree.tile-narrow",
            Self::EntryTooLong { .. } => "tree.bundle-entry-long",
            Self::TooManyEntries => "tree.bundle-full",
            Self::Truncated { .. } => "tree.bundle-truncated",
        }
    }
}
