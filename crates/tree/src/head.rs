//! The head of a tree: how many leaves it has and its root.
//!
//! Not here: the signed form of a head (`checkpoint`).

use crate::hash::{Hash, empty_root};

/// The size of a tree in leaves and its root hash: all that a proof is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of leaves.
    pub size: u64,
    /// The RFC 6962 root over exactly these leaves.
    pub root: Hash,
}

impl TreeHead {
    /// The head of the tree without leaves.
    pub fn empty() -> Self {
        Self {
            size: 0,
            root: empty_root(),
        }
    }
}
