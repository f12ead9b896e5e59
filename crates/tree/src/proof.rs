//! Proofs: that a leaf is in a tree, and that a tree has only grown.
//!
//! [`inclusion_proof`] and [`consistency_proof`] read the hashes out of stored tiles; the `verify_`
//! functions need nothing but the proof and the heads. Source: RFC 6962 sections 2.1.1 and 2.1.2;
//! verification after RFC 9162 sections 2.1.3.2 and 2.1.4.2. Not here: who signed a head
//! (`checkpoint`), and the file that carries a proof (`tlog_proof`).

mod error;
mod node;
mod verify;

pub use error::{ProofError, ReadError};
pub(crate) use node::Nodes;
pub use verify::{
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};

use crate::hash::{Hash, empty_root};
use crate::tile::TileSource;

/// The root that the tree had when it was `size` leaves long.
///
/// # Errors
///
/// [`ReadError`] if the source fails or lacks a tile that a tree of this size has.
pub fn root_at<S: TileSource>(size: u64, source: &S) -> Result<Hash, ReadError<S::Error>> {
    if size == 0 {
        Ok(empty_root())
    } else {
        Nodes::new(source).range(0, size)
    }
}

/// The hashes that prove that leaf `index` is in the tree of the first `size` leaves, from the
/// leaf's sibling up to the root's child (RFC 6962 section 2.1.1).
///
/// # Errors
///
/// [`ReadError`] if the tree has no such leaf, the source fails or lacks a tile.
pub fn inclusion_proof<S: TileSource>(
    index: u64,
    size: u64,
    source: &S,
) -> Result<Vec<Hash>, ReadError<S::Error>> {
    if index >= size {
        return Err(ReadError::IndexBeyond { index, size });
    }
    let mut nodes = Nodes::new(source);
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            proof.push(nodes.range(middle, end)?);
            end = middle;
        } else {
            proof.push(nodes.range(start, middle)?);
            start = middle;
        }
    }
    proof.reverse();
    Ok(proof)
}

/// The hashes that prove that the tree of `new` leaves begins with the tree of `old` leaves
/// (RFC 6962 section 2.1.2). It is empty if the two are equal.
///
/// # Errors
///
/// [`ReadError`] if `old` is zero (every tree begins with the empty one, there is nothing to prove)
/// or above `new`, the source fails or lacks a tile.
pub fn consistency_proof<S: TileSource>(
    old: u64,
    new: u64,
    source: &S,
) -> Result<Vec<Hash>, ReadError<S::Error>> {
    if old == 0 || old > new {
        return Err(ReadError::SizesBeyond { old, new });
    }
    let mut nodes = Nodes::new(source);
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, new);
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            proof.push(nodes.range(middle, end)?);
            end = middle;
        } else {
            proof.push(nodes.range(start, middle)?);
            start = middle;
        }
    }
    // As long as nothing was split off on the left, the subtree reached is the old tree itself,
    // whose root the verifier has.
    if start > 0 {
        proof.push(nodes.range(start, end)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The largest power of two smaller than `leaves`, which is at least 2.
fn split(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}
