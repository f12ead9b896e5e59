//! The integration tests of the tree: vectors with their verdicts, properties, and the published
//! crates as judges.
//!
//! Not here: tests of single functions, which are beside them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "test helpers may fail loudly and read their vectors"
)]

mod checkpoint;
mod fault;
mod judge;
mod log;
mod merkle;
mod naive;
mod note;
mod path;
mod proof_file;
mod property;
mod vector;
