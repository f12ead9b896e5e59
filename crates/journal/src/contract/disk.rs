//! Readers of single values as they stand on disk, for whoever tries them with bytes that nobody
//! wrote.
//!
//! Not here: a way into a journal; see [`LmdbJournal`](crate::LmdbJournal).

use crate::lmdb::{decode_block, decode_entry};

/// The bodies of a block of format 2, `None` for one that was erased; nothing if it is no block.
pub fn read_block(block: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
    decode_block(block)
}

/// Nonce and frame of an entry of format 2; nothing if it is none.
pub fn read_entry(value: &[u8]) -> Option<([u8; 32], Vec<u8>)> {
    decode_entry(value)
}
