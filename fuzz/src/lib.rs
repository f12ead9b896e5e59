//! Fuzz targets: one for every parser of outside bytes, each with what must hold of its answers.
//!
//! A target is a function of bytes that panics when the parser breaks a promise. The tests run each
//! over its committed corpus and over seeded mutations of it; `cargo xtask fuzz` runs the same
//! functions under libFuzzer (`guided/`). Nothing here is shipped.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target reports by panicking"
)]

mod corpus;
mod mutate;
mod target;

pub use corpus::{Seed, corpus, corpus_dir};
pub use mutate::{Dice, mutate};
pub use target::{TARGETS, Target, find, snapshot_of, stored_values};
