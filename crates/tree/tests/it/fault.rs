//! Stores that fail, lack tiles or hold damaged ones; trees as large as can be.

use std::cell::Cell;
use std::convert::Infallible;
use std::io;

use legation_tree::{
    Appender, Hash, ReadError, TileId, TileSource, TreeHead, consistency_proof, inclusion_proof,
    leaf_hash, node_hash, root_at, verify_consistency, verify_inclusion,
};

use crate::naive;

struct Failing;

impl TileSource for Failing {
    type Error = io::Error;

    fn tile(&self, _: u8, _: u64) -> Result<Option<Vec<u8>>, io::Error> {
        Err(io::Error::other("disk on fire"))
    }
}

#[test]
fn a_failing_store_is_told_with_its_cause() {
    let error = Appender::load(5, &Failing).unwrap_err();
    assert_eq!(error.code(), "tree.read-source");
    let cause = std::error::Error::source(&error).unwrap();
    assert_eq!(cause.to_string(), "disk on fire");
    assert!(!error.to_string().contains("fire"));
}

#[test]
fn missing_and_damaged_tiles_are_named() {
    let (_, mut tiles) = naive::grown(&naive::leaves(300));
    let right = TileId { level: 0, index: 1 };
    let good = tiles[&right].clone();
    for (bytes, code) in [
        (None, "tree.read-missing"),
        (Some(Vec::new()), "tree.read-damaged"),
        (Some(good[..31].to_vec()), "tree.read-damaged"),
        (Some(good[..43 * 32].to_vec()), "tree.read-damaged"),
        (Some([&good[..], &[0]].concat()), "tree.read-damaged"),
        (Some(vec![0; 257 * 32]), "tree.read-damaged"),
    ] {
        match bytes {
            Some(bytes) => tiles.insert(right, bytes),
            None => tiles.remove(&right),
        };
        assert_eq!(Appender::load(300, &tiles).unwrap_err().code(), code);
        assert_eq!(root_at(300, &tiles).unwrap_err().code(), code);
        assert_eq!(inclusion_proof(0, 300, &tiles).unwrap_err().code(), code);
        assert_eq!(consistency_proof(7, 300, &tiles).unwrap_err().code(), code);
        // What lies left of the damage can still be had.
        assert!(Appender::load(256, &tiles).is_ok());
        assert!(inclusion_proof(0, 256, &tiles).is_ok());
    }
    // A full tile's hash is kept above it: losing the tile itself does not lose the root.
    tiles.insert(right, good);
    tiles.remove(&TileId { level: 0, index: 0 });
    assert!(Appender::load(300, &tiles).is_ok());
    let Err(ReadError::Missing { id }) = inclusion_proof(0, 300, &tiles) else {
        panic!()
    };
    assert_eq!(id, TileId { level: 0, index: 0 });
}

#[test]
fn questions_without_an_answer() {
    let (_, tiles) = naive::grown(&naive::leaves(3));
    assert_eq!(
        inclusion_proof(3, 3, &tiles).unwrap_err().code(),
        "tree.read-index"
    );
    assert_eq!(
        consistency_proof(0, 3, &tiles).unwrap_err().code(),
        "tree.read-sizes"
    );
    assert_eq!(
        consistency_proof(3, 2, &tiles).unwrap_err().code(),
        "tree.read-sizes"
    );
    assert_eq!(
        Appender::load(u64::MAX, &tiles).unwrap_err().code(),
        "tree.read-too-large"
    );
    assert_eq!(
        Appender::load(0, &Failing).unwrap().head(),
        TreeHead::empty()
    );
    assert_eq!(root_at(0, &Failing).unwrap(), TreeHead::empty().root);
}

/// An endless log whose leaves are all the same, so that every tile of a level is too.
struct Uniform {
    rows: Vec<Hash>,
    reads: Cell<usize>,
}

impl Uniform {
    fn new() -> Self {
        let mut rows = vec![leaf_hash(b"same")];
        for height in 0..63 {
            rows.push(node_hash(rows[height], rows[height]));
        }
        Self {
            rows,
            reads: Cell::new(0),
        }
    }
}

impl TileSource for Uniform {
    type Error = Infallible;

    fn tile(&self, level: u8, _: u64) -> Result<Option<Vec<u8>>, Infallible> {
        self.reads.set(self.reads.get() + 1);
        Ok(Some(self.rows[usize::from(level) * 8].0.repeat(256)))
    }
}

#[test]
fn the_largest_trees_have_proofs_of_few_reads() {
    let tiles = Uniform::new();
    for size in [
        u64::MAX,
        u64::MAX - 1,
        1 << 63,
        (1 << 63) + 1,
        (1 << 56) - 1,
    ] {
        let head = TreeHead {
            size,
            root: root_at(size, &tiles).unwrap(),
        };
        for index in [0, 1, size / 2, size - 2, size - 1] {
            tiles.reads.set(0);
            let proof = inclusion_proof(index, size, &tiles).unwrap();
            assert!(tiles.reads.get() <= 16, "{} reads", tiles.reads.get());
            assert_eq!(verify_inclusion(tiles.rows[0], index, &proof, head), Ok(()));
            let old = TreeHead {
                size: index + 1,
                root: root_at(index + 1, &tiles).unwrap(),
            };
            let proof = consistency_proof(old.size, size, &tiles).unwrap();
            assert_eq!(verify_consistency(old, head, &proof), Ok(()));
        }
    }
}

#[test]
fn a_large_tree_is_taken_up_and_grows() {
    let tiles = Uniform::new();
    for size in [(1u64 << 63) - 3, 1 << 63, (1 << 40) - 1] {
        tiles.reads.set(0);
        let mut tree = Appender::load(size, &tiles).unwrap();
        assert!(tiles.reads.get() <= 8, "{} reads", tiles.reads.get());
        for more in 0..6 {
            assert_eq!(tree.root(), root_at(size + more, &tiles).unwrap());
            tree.append(tiles.rows[0]);
        }
        assert!(tree.take_dirty_tiles().len() <= 16);
    }
}
