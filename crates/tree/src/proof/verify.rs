//! Checks proofs against heads.
//!
//! A subtree is the run of leaves `start` to before `end` where `start` is a multiple of the least
//! power of two not below `end - start` (draft-ietf-plants-merkle-tree-certs, "Subtrees"); the tree
//! itself is the subtree that starts at zero, so consistency of two trees is the case `start = 0`.
//! Not here: making proofs (the parent module).

use super::ProofError;
use crate::hash::{Hash, empty_root, node_hash};
use crate::head::TreeHead;

/// Checks that the leaf with hash `leaf` is at `index` in the tree of `head` (RFC 9162 section
/// 2.1.3.2).
///
/// # Errors
///
/// [`ProofError`] if the index is outside the tree, or the proof is of the wrong length or leads to
/// another root.
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    proof: &[Hash],
    head: TreeHead,
) -> Result<(), ProofError> {
    if index >= head.size {
        return Err(ProofError::IndexBeyond { index });
    }
    let mut at = index;
    let mut last = head.size - 1;
    let mut hash = leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length { len: proof.len() });
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(*sibling, hash);
            // A node on the right edge without a right sibling rises unchanged.
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::Length { len: proof.len() });
    }
    if hash == head.root {
        Ok(())
    } else {
        Err(ProofError::RootDiffers)
    }
}

/// Checks that the tree of `new` begins with the tree of `old` (RFC 9162 section 2.1.4.2).
///
/// # Errors
///
/// [`ProofError`] if `old` is empty or larger than `new`, or the proof is of the wrong length or
/// leads to another root on either side.
pub fn verify_consistency(old: TreeHead, new: TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size == 0 {
        return Err(ProofError::EmptyTree);
    }
    verify_subtree_consistency(0, old, new, proof)
}

/// Checks that the leaf with hash `leaf` is at `index` of the tree, by the root of the subtree that
/// starts at leaf `start`; `subtree` has the end of the subtree as its size.
///
/// # Errors
///
/// [`ProofError`] as for [`verify_inclusion`], or if the leaves are no subtree.
pub fn verify_subtree_inclusion(
    leaf: Hash,
    index: u64,
    proof: &[Hash],
    start: u64,
    subtree: TreeHead,
) -> Result<(), ProofError> {
    check_subtree(start, subtree.size)?;
    let within = index
        .checked_sub(start)
        .ok_or(ProofError::IndexBeyond { index })?;
    let head = TreeHead {
        size: subtree.size - start,
        root: subtree.root,
    };
    verify_inclusion(leaf, within, proof, head)
}

/// Checks that the subtree that starts at leaf `start` is part of the tree of `tree`; `subtree` has
/// the end of the subtree as its size. The empty subtree is part of every tree.
///
/// # Errors
///
/// [`ProofError`] if the leaves are no subtree of the tree, or the proof is of the wrong length or
/// leads to another root on either side.
pub fn verify_subtree_consistency(
    start: u64,
    subtree: TreeHead,
    tree: TreeHead,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let end = subtree.size;
    check_subtree(start, end)?;
    if end > tree.size {
        return Err(ProofError::SizesReversed {
            end,
            size: tree.size,
        });
    }
    let wrong_length = ProofError::Length { len: proof.len() };
    if start == end {
        return match (subtree.root == empty_root(), proof.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(wrong_length),
            (false, _) => Err(ProofError::OldRootDiffers),
        };
    }
    // The first and the last node of the subtree, and the last of the tree, in the row reached.
    let (mut first, mut sub_last, mut last) = (start, end - 1, tree.size - 1);
    // Rises to the row of the largest perfect subtree on the subtree's right edge; where the two
    // right edges are the same, to the subtree's own root.
    let edges_meet = sub_last == last;
    while first != sub_last && (edges_meet || sub_last & 1 == 1) {
        first >>= 1;
        sub_last >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    let seed = if first == sub_last {
        subtree.root
    } else {
        *rest.next().ok_or(wrong_length.clone())?
    };
    let (mut sub_hash, mut hash) = (seed, seed);
    for sibling in rest {
        if last == 0 {
            return Err(wrong_length);
        }
        if sub_last & 1 == 1 || sub_last == last {
            if first < sub_last {
                sub_hash = node_hash(*sibling, sub_hash);
            }
            hash = node_hash(*sibling, hash);
            while sub_last & 1 == 0 && sub_last != 0 {
                first >>= 1;
                sub_last >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(hash, *sibling);
        }
        first >>= 1;
        sub_last >>= 1;
        last >>= 1;
    }
    if last != 0 {
        Err(wrong_length)
    } else if sub_hash != subtree.root {
        Err(ProofError::OldRootDiffers)
    } else if hash != tree.root {
        Err(ProofError::RootDiffers)
    } else {
        Ok(())
    }
}

fn check_subtree(start: u64, end: u64) -> Result<(), ProofError> {
    let aligned = match end.checked_sub(start) {
        // Over 2^63 leaves the power of two is 2^64, of which only zero is a multiple.
        Some(leaves) => leaves
            .checked_next_power_of_two()
            .map_or(start == 0, |power| start.is_multiple_of(power)),
        None => false,
    };
    if aligned {
        Ok(())
    } else {
        Err(ProofError::NotASubtree { start, end })
    }
}
