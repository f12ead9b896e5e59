//! RFC 6962 word for word: recursion over lists of leaf hashes, slow and obvious.

use std::collections::BTreeMap;

use legation_tree::{Appender, Hash, TileId, empty_root, leaf_hash, node_hash};

/// Distinct leaf hashes.
pub(crate) fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
}

/// A tree over these leaves and all its tiles.
pub(crate) fn grown(leaves: &[Hash]) -> (Appender, BTreeMap<TileId, Vec<u8>>) {
    let mut tree = Appender::empty();
    leaves.iter().for_each(|leaf| tree.append(*leaf));
    let tiles = tree.take_dirty_tiles().into_iter().collect();
    (tree, tiles)
}

/// MTH (RFC 6962 section 2.1).
pub(crate) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(root(left), root(right))
        }
    }
}

/// PATH (RFC 6962 section 2.1.1).
pub(crate) fn path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if index < k {
        (path(index, left), right)
    } else {
        (path(index - k, right), left)
    };
    proof.push(root(sibling));
    proof
}

/// SUBTREE_PROOF (draft-ietf-plants-merkle-tree-certs, "Subtree Consistency Proofs"); with `start`
/// zero it is PROOF (RFC 6962 section 2.1.2).
pub(crate) fn consistency(start: usize, end: usize, leaves: &[Hash], known: bool) -> Vec<Hash> {
    if (start, end) == (0, leaves.len()) {
        return if known {
            Vec::new()
        } else {
            vec![root(leaves)]
        };
    }
    let k = split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if end <= k {
        (consistency(start, end, left, known), right)
    } else if k <= start {
        (consistency(start - k, end - k, right, known), left)
    } else {
        (consistency(0, end - k, right, false), left)
    };
    proof.push(root(sibling));
    proof
}

fn split(leaves: usize) -> usize {
    let mut k = 1;
    while k * 2 < leaves {
        k *= 2;
    }
    k
}
