//! Properties against the naive tree, over random sizes and schedules.

use std::collections::BTreeMap;

use legation_tree::{
    Appender, Hash, TileId, TreeHead, consistency_proof, inclusion_proof, root_at,
    verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use proptest::prelude::*;

use crate::naive;

const MOST: usize = 1_200;

fn flip(hash: Hash, bit: usize) -> Hash {
    let mut bytes = hash.0;
    bytes[bit / 8 % 32] ^= 1 << (bit % 8);
    Hash(bytes)
}

fn head(leaves: &[Hash]) -> TreeHead {
    TreeHead {
        size: leaves.len() as u64,
        root: naive::root(leaves),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_root_is_that_of_the_naive_tree(size in 0..MOST, old in 0..MOST) {
        let leaves = naive::leaves(size);
        let (tree, tiles) = naive::grown(&leaves);
        prop_assert_eq!(tree.head(), head(&leaves));
        let old = old.min(size);
        prop_assert_eq!(root_at(old as u64, &tiles).unwrap(), naive::root(&leaves[..old]));
        prop_assert_eq!(Appender::load(old as u64, &tiles).unwrap().head(), head(&leaves[..old]));
    }

    #[test]
    fn inclusion_holds_and_no_flipped_bit_does(
        size in 1..MOST, index in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        let leaves = naive::leaves(MOST);
        let (_, tiles) = naive::grown(&leaves);
        let index = index.index(size);
        let (leaf, head) = (leaves[index], head(&leaves[..size]));
        let at = index as u64;
        let proof = inclusion_proof(at, head.size, &tiles).unwrap();
        prop_assert_eq!(&proof, &naive::path(index, &leaves[..size]));
        prop_assert_eq!(verify_inclusion(leaf, at, &proof, head), Ok(()));

        prop_assert!(verify_inclusion(flip(leaf, bit), at, &proof, head).is_err());
        let wrong_root = TreeHead { root: flip(head.root, bit), ..head };
        prop_assert!(verify_inclusion(leaf, at, &proof, wrong_root).is_err());
        for one in 0..proof.len() {
            let mut bad = proof.clone();
            bad[one] = flip(bad[one], bit);
            prop_assert!(verify_inclusion(leaf, at, &bad, head).is_err());
        }
        prop_assert!(verify_inclusion(leaf, at ^ (1 << (bit % 64)), &proof, head).is_err());
        let mut long = proof.clone();
        long.push(leaf);
        prop_assert!(verify_inclusion(leaf, at, &long, head).is_err());
        if let Some((_, short)) = proof.split_last() {
            prop_assert!(verify_inclusion(leaf, at, short, head).is_err());
        }
    }

    #[test]
    fn consistency_holds_and_no_flipped_bit_does(
        new in 1..MOST, old in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        let leaves = naive::leaves(MOST);
        let (_, tiles) = naive::grown(&leaves);
        let old = 1 + old.index(new);
        let proof = consistency_proof(old as u64, new as u64, &tiles).unwrap();
        prop_assert_eq!(&proof, &naive::consistency(0, old, &leaves[..new], true));
        let (old, new) = (head(&leaves[..old]), head(&leaves[..new]));
        prop_assert_eq!(verify_consistency(old, new, &proof), Ok(()));

        let wrong_old = TreeHead { root: flip(old.root, bit), ..old };
        prop_assert!(verify_consistency(wrong_old, new, &proof).is_err());
        let wrong_new = TreeHead { root: flip(new.root, bit), ..new };
        prop_assert!(verify_consistency(old, wrong_new, &proof).is_err());
        for one in 0..proof.len() {
            let mut bad = proof.clone();
            bad[one] = flip(bad[one], bit);
            prop_assert!(verify_consistency(old, new, &bad).is_err());
        }
        let mut long = proof.clone();
        long.push(old.root);
        prop_assert!(verify_consistency(old, new, &long).is_err());
        if let Some((_, short)) = proof.split_last() {
            prop_assert!(verify_consistency(old, new, short).is_err());
        }
    }

    #[test]
    fn subtrees_are_consistent(
        size in 1usize..300, height in 0u32..9, at in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(), bit in 0usize..256,
    ) {
        // A subtree starts at a multiple of a power of two and is more than half as long.
        let power = 1usize << height;
        let start = at.index(size.div_ceil(power)) * power;
        let end = (start + power - cut.index(power.div_ceil(2))).min(size);
        prop_assume!(start < end && start.is_multiple_of((end - start).next_power_of_two()));
        let leaves = naive::leaves(size);
        let proof = naive::consistency(start, end, &leaves, true);
        let tree = head(&leaves);
        let subtree = TreeHead { size: end as u64, root: naive::root(&leaves[start..end]) };
        prop_assert_eq!(verify_subtree_consistency(start as u64, subtree, tree, &proof), Ok(()));
        for one in 0..proof.len() {
            let mut bad = proof.clone();
            bad[one] = flip(bad[one], bit);
            prop_assert!(verify_subtree_consistency(start as u64, subtree, tree, &bad).is_err());
        }
        let path = naive::path(0, &leaves[start..end]);
        let within =
            verify_subtree_inclusion(leaves[start], start as u64, &path, start as u64, subtree);
        prop_assert_eq!(within, Ok(()));
    }

    #[test]
    fn dirty_tiles_suffice_to_reload_and_go_on(
        steps in prop::collection::vec((1usize..400, any::<bool>()), 1..8),
    ) {
        let mut stored: BTreeMap<TileId, Vec<u8>> = BTreeMap::new();
        let mut tree = Appender::empty();
        let mut size = 0;
        for (more, reload) in steps {
            let leaves = naive::leaves(size + more);
            leaves[size..].iter().for_each(|leaf| tree.append(*leaf));
            size += more;
            let dirty = tree.take_dirty_tiles();
            prop_assert!(dirty.is_sorted_by(|(a, _), (b, _)| a < b));
            // Nothing is handed out that has not changed.
            for (id, bytes) in dirty {
                prop_assert_ne!(stored.insert(id, bytes.clone()), Some(bytes));
            }
            prop_assert!(tree.take_dirty_tiles().is_empty());
            if reload {
                tree = Appender::load(size as u64, &stored).unwrap();
                prop_assert!(tree.take_dirty_tiles().is_empty());
            }
            let (fresh, all) = naive::grown(&leaves);
            prop_assert_eq!(tree.head(), fresh.head());
            prop_assert_eq!(&stored, &all);
        }
    }
}

#[test]
fn no_bit_of_a_small_proof_can_be_flipped() {
    let leaves = naive::leaves(11);
    let (tree, tiles) = naive::grown(&leaves);
    for index in 0..11u64 {
        let proof = inclusion_proof(index, 11, &tiles).unwrap();
        for (one, bit) in (0..proof.len()).flat_map(|one| (0..256).map(move |bit| (one, bit))) {
            let mut bad = proof.clone();
            bad[one] = flip(bad[one], bit);
            assert!(verify_inclusion(leaves[index as usize], index, &bad, tree.head()).is_err());
        }
    }
}

#[test]
fn tiles_cross_levels_at_seventy_thousand() {
    let leaves = naive::leaves(70_000);
    let (tree, tiles) = naive::grown(&leaves);
    assert_eq!(tree.root(), naive::root(&leaves));
    assert_eq!(tiles.len(), 274 + 2 + 1);
    for (id, bytes) in &tiles {
        assert_eq!(bytes.len(), 32 * usize::from(id.width_at(70_000)), "{id}");
    }
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let proof = inclusion_proof(index, 70_000, &tiles).unwrap();
        let leaf = leaves[index as usize];
        assert_eq!(verify_inclusion(leaf, index, &proof, tree.head()), Ok(()));
        let old = TreeHead {
            size: index + 1,
            root: naive::root(&leaves[..=index as usize]),
        };
        let proof = consistency_proof(old.size, 70_000, &tiles).unwrap();
        assert_eq!(verify_consistency(old, tree.head(), &proof), Ok(()));
    }
}
