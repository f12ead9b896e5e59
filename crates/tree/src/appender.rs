//! The growing right edge of a tree: takes leaf hashes, tells the root and the tiles to store.
//!
//! It holds, for each level of tiles, the one tile that is not full yet, and the roots of the
//! perfect subtrees that the leaves so far fall into (the peaks). Not here: where tiles are kept,
//! and proofs, which read stored tiles.

use std::mem;

use crate::hash::{HASH_LEN, Hash, empty_root, node_hash};
use crate::head::TreeHead;
use crate::proof::{Nodes, ReadError};
use crate::tile::{TILE_HEIGHT, TILE_LEN, TileId, TileSource};

/// The largest tree that [`Appender::load`] takes up: 2^63 leaves, so that counting on from there
/// cannot overflow a `u64`.
const MAX_LOAD: u64 = 1 << 63;

/// A tree that grows at its right edge.
///
/// Appending costs one node hash per leaf on average; the memory is at most one tile (8 KiB) per
/// level, plus the tiles not yet taken.
//
// INVARIANT: `peaks` holds one root per set bit of `size`, the largest subtree first; `edges[l]` is
// the last, not full, tile of level l, and has `(size >> 8l) % 256` hashes.
#[derive(Clone, Debug)]
pub struct Appender {
    size: u64,
    peaks: Vec<Hash>,
    edges: Vec<Edge>,
    full: Vec<(TileId, Vec<u8>)>,
}

/// The last tile of a level while it is not full.
#[derive(Clone, Debug, Default)]
struct Edge {
    index: u64,
    bytes: Vec<u8>,
    dirty: bool,
}

impl Appender {
    /// The tree without leaves.
    pub fn empty() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
            edges: Vec::new(),
            full: Vec::new(),
        }
    }

    /// Takes up a tree of `size` leaves from its stored tiles. It reads at most one tile per level.
    ///
    /// The tiles are believed: compare [`Appender::root`] with a signed root before relying on it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the source fails, a tile on the right edge is missing or narrower than
    /// `size` needs, or `size` is beyond 2^63.
    pub fn load<S: TileSource>(size: u64, source: &S) -> Result<Self, ReadError<S::Error>> {
        if size > MAX_LOAD {
            return Err(ReadError::SizeTooLarge { size });
        }
        let mut nodes = Nodes::new(source);
        let mut peaks = Vec::new();
        for height in (0..u64::BITS)
            .rev()
            .filter(|height| size >> height & 1 == 1)
        {
            peaks.push(nodes.node(height, (size >> height) - 1)?);
        }
        let mut edges = Vec::new();
        let mut level: u8 = 0;
        // Level l has floor(size / 256^l) hashes in all (C2SP tlog-tiles, "Partial Tiles").
        let mut hashes = size;
        while hashes > 0 {
            let id = TileId {
                level,
                index: hashes >> TILE_HEIGHT,
            };
            let width = id.width_at(size);
            let bytes = if width == 0 {
                Vec::new()
            } else {
                nodes.tile(id, width)?
            };
            edges.push(Edge {
                index: id.index,
                bytes,
                dirty: false,
            });
            level += 1;
            hashes >>= TILE_HEIGHT;
        }
        Ok(Self {
            size,
            peaks,
            edges,
            full: Vec::new(),
        })
    }

    /// Appends a leaf by its hash (see [`leaf_hash`](crate::leaf_hash)); its index is the size before.
    pub fn append(&mut self, leaf: Hash) {
        self.push(0, leaf);
        let mut hash = leaf;
        // Each trailing one of the size is a perfect subtree that this leaf completes into one
        // twice as high; every eighth height is stored in a tile.
        for height in 1..=self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(left, hash);
            if height % TILE_HEIGHT == 0 {
                self.push(height / TILE_HEIGHT, hash);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all leaves.
    pub fn root(&self) -> Hash {
        let right_to_left = self.peaks.iter().rev().copied();
        right_to_left
            .reduce(|right, left| node_hash(left, right))
            .unwrap_or_else(empty_root)
    }

    /// Size and root together.
    pub fn head(&self) -> TreeHead {
        TreeHead {
            size: self.size,
            root: self.root(),
        }
    }

    /// The new whole contents (n * 32 bytes, n from 1 to 256) of every tile that has changed since
    /// the last call, ordered by level and index. Storing each under its id, in place of what is
    /// there, suffices to [`load`](Self::load) the tree and to prove anything about it.
    pub fn take_dirty_tiles(&mut self) -> Vec<(TileId, Vec<u8>)> {
        let mut tiles = mem::take(&mut self.full);
        for (level, edge) in (0u8..).zip(&mut self.edges) {
            if mem::take(&mut edge.dirty) {
                tiles.push((
                    TileId {
                        level,
                        index: edge.index,
                    },
                    edge.bytes.clone(),
                ));
            }
        }
        tiles.sort_unstable_by_key(|(id, _)| *id);
        tiles
    }

    fn push(&mut self, level: u32, hash: Hash) {
        let at = level as usize;
        if at >= self.edges.len() {
            self.edges.resize_with(at + 1, Edge::default);
        }
        let Some(edge) = self.edges.get_mut(at) else {
            return;
        };
        if edge.bytes.capacity() < HASH_LEN {
            edge.bytes.reserve_exact(TILE_LEN);
        }
        edge.bytes.extend_from_slice(hash.as_bytes());
        edge.dirty = true;
        if edge.bytes.len() == TILE_LEN {
            // A level is at most 64 / 8, so it fits.
            let id = TileId {
                level: level as u8,
                index: edge.index,
            };
            self.full.push((id, mem::take(&mut edge.bytes)));
            edge.index += 1;
            edge.dirty = false;
        }
    }
}

impl Default for Appender {
    fn default() -> Self {
        Self::empty()
    }
}
