//! Reads any node of the tree out of its tiles.
//!
//! Tiles hold every eighth row of nodes; the rows between are hashed from the row below, within one
//! tile. Not here: which nodes a proof needs (the parent module).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::ReadError;
use crate::hash::{HASH_LEN, Hash, empty_root, node_hash, root_of};
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, TileError, TileId, TileSource, cut_tile};

/// The nodes of one tree for the time of one proof: each tile is read from the source once.
pub(crate) struct Nodes<'s, S> {
    source: &'s S,
    tiles: BTreeMap<TileId, Vec<u8>>,
}

impl<'s, S: TileSource> Nodes<'s, S> {
    pub(crate) fn new(source: &'s S) -> Self {
        Self {
            source,
            tiles: BTreeMap::new(),
        }
    }

    /// The root of a subtree of the tree: leaves `start` to before `end`, at least one, where
    /// `start` is a multiple of the least power of two that is not below their number.
    pub(crate) fn range(&mut self, start: u64, end: u64) -> Result<Hash, ReadError<S::Error>> {
        let mut peaks = Vec::new();
        let mut at = start;
        while at < end {
            let height = (end - at).ilog2();
            peaks.push(self.node(height, at >> height)?);
            at += 1 << height;
        }
        let right_to_left = peaks.into_iter().rev();
        Ok(right_to_left
            .reduce(|right, left| node_hash(left, right))
            .unwrap_or_else(empty_root))
    }

    /// The node over the leaves from `index << height` to before `(index + 1) << height`.
    pub(crate) fn node(&mut self, height: u32, index: u64) -> Result<Hash, ReadError<S::Error>> {
        // A height is below 64, so a level is below 8.
        let level = (height / TILE_HEIGHT) as u8;
        let within = height % TILE_HEIGHT;
        let first = index << within;
        let id = TileId {
            level,
            index: first >> TILE_HEIGHT,
        };
        let start = (first % u64::from(TILE_WIDTH)) as usize;
        let end = start + (1 << within);
        let stored = self.stored(id)?;
        let (hashes, _) = stored.as_chunks::<HASH_LEN>();
        let narrow = TileError::TooNarrow {
            have: hashes.len(),
            need: end,
        };
        let hashes = hashes
            .get(start..end)
            .ok_or(ReadError::Tile { id, source: narrow })?;
        Ok(root_of(hashes))
    }

    /// The first `width` hashes of a tile.
    pub(crate) fn tile(&mut self, id: TileId, width: u16) -> Result<Vec<u8>, ReadError<S::Error>> {
        let cut = cut_tile(self.stored(id)?, width);
        Ok(cut
            .map_err(|source| ReadError::Tile { id, source })?
            .to_vec())
    }

    fn stored(&mut self, id: TileId) -> Result<&[u8], ReadError<S::Error>> {
        match self.tiles.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let bytes = self
                    .source
                    .tile(id.level, id.index)
                    .map_err(|source| ReadError::Source { id, source })?
                    .ok_or(ReadError::Missing { id })?;
                // Refuses bytes that are no tile at all before any hash is taken from them.
                cut_tile(&bytes, 1).map_err(|source| ReadError::Tile { id, source })?;
                Ok(place.insert(bytes))
            }
        }
    }
}
