//! A Merkle tree over opaque bytes, as RFC 6962 and the C2SP transparency-log specifications define
//! it: hashes, tiles, proofs, signed notes, checkpoints and proof files.
//!
//! It is not a log server: it does no I/O, starts no thread and reads neither clock nor dice. It
//! knows nothing of records, parties or agreements, so that whoever holds an office's checkpoint
//! can audit the office with this crate alone.
//!
#![doc = include_str!("../README.md")]

mod appender;
mod checkpoint;
mod hash;
mod head;
mod note;
mod proof;
mod tile;
mod tlog_proof;

pub use appender::Appender;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use hash::{HASH_LEN, Hash, HashError, empty_root, leaf_hash, node_hash};
pub use head::TreeHead;
pub use note::{KeyError, Note, NoteError, NoteSigner, NoteVerifier, SignedBy};
pub use proof::{
    ProofError, ReadError, consistency_proof, inclusion_proof, root_at, verify_consistency,
    verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
pub use tile::{
    MAX_ENTRY_LEN, TILE_WIDTH, TileContent, TileError, TileId, TilePath, TileSource, cut_bundle,
    cut_tile, decode_bundle, encode_bundle,
};
pub use tlog_proof::{TlogProof, TlogProofError};
