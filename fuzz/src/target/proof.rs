//! Proofs of the tree. Against the head of an honest tree, a proof holds for the right leaf at its
//! place and for no other; a consistency proof holds for the root that the tree had.
//!
//! ```text
//! input = size | index | old size | sort | hashes, 32 bytes each, a short last one left out
//! ```
//! Where a hash is all zeroes, the honest one of that place stands in.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use legation_tree::{
    Appender, Hash, TileId, TreeHead, consistency_proof, inclusion_proof, leaf_hash, root_at,
    verify_consistency, verify_inclusion,
};

/// How many leaves the tree has: more than one tile.
const LEAVES: u64 = 300;

static TILES: LazyLock<BTreeMap<TileId, Vec<u8>>> = LazyLock::new(|| {
    let mut tree = Appender::empty();
    (0..LEAVES).for_each(|n| tree.append(leaf(n)));
    tree.take_dirty_tiles().into_iter().collect()
});

fn leaf(n: u64) -> Hash {
    leaf_hash(&n.to_be_bytes())
}

fn head(size: u64) -> TreeHead {
    let root = root_at(size, &*TILES).expect("a root of the tree");
    TreeHead { size, root }
}

pub(super) fn run(bytes: &[u8]) -> bool {
    let Some((&[size, index, old, sort], rest)) = bytes.split_first_chunk::<4>() else {
        return false;
    };
    // Sizes beyond a tile are worth more than a byte can say.
    let size = u64::from(size) + if sort & 2 == 0 { 0 } else { LEAVES - 255 };
    let (index, old) = (u64::from(index), u64::from(old));
    let honest = if sort & 1 == 0 {
        inclusion_proof(index, size, &*TILES)
    } else {
        consistency_proof(old, size, &*TILES)
    };
    let honest = honest.ok();
    let given: Vec<Hash> = rest
        .chunks_exact(32)
        .enumerate()
        .map(|(n, bytes)| {
            let hash = Hash(bytes.try_into().expect("32 bytes"));
            let honest = honest.as_ref().and_then(|hashes| hashes.get(n));
            if hash == Hash([0; 32]) {
                honest.copied().unwrap_or(hash)
            } else {
                hash
            }
        })
        .collect();
    let right = honest.as_ref() == Some(&given);
    let tree = head(size);
    let held = if sort & 1 == 0 {
        let held = verify_inclusion(leaf(index), index, &given, tree).is_ok();
        let other = verify_inclusion(leaf(index + 1), index, &given, tree);
        assert!(other.is_err(), "it proves a leaf that is not there");
        held
    } else {
        let before = TreeHead {
            size: old,
            root: if old <= size {
                head(old).root
            } else {
                tree.root
            },
        };
        let held = verify_consistency(before, tree, &given).is_ok();
        let other = TreeHead {
            root: leaf(7),
            ..before
        };
        assert!(
            verify_consistency(other, tree, &given).is_err(),
            "it proves another root"
        );
        held
    };
    assert_eq!(held, right, "holds: {held}, is the honest proof: {right}");
    held
}
