//! The journal of an office: an append-only order of entries, the bodies that they bring, and every
//! byte of durability.
//!
//! Not here: what an entry says. Frames, bodies and rows are opaque bytes to this crate; it knows
//! positions, commitments and the tree over them, and nothing of parties or records.
//!
//! The cast: [`Journal`] is what the engine sees; [`MemoryJournal`] and [`LmdbJournal`] are its
//! homes; [`contract`] is the suite that every home must pass, with [`contract::Faulty`], a home
//! that fails on demand; [`snapshot`] keeps, beside a journal, what was computed from it.

pub mod contract;
mod journal;
mod lmdb;
mod memory;
mod place;
pub mod snapshot;

pub use journal::{
    BODY_MAX, Batch, Copied, Head, Journal, JournalError, ROW_KEY_MAX, Row, Sealed, Signer, root_at,
};
pub use lmdb::LmdbJournal;
#[doc(hidden)]
pub use lmdb::bend_value;
pub use memory::MemoryJournal;
