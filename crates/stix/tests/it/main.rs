//! The tests of this crate from outside: committed vectors, random bodies, and outside corpora
//! where they are present.
//!
//! Not the unit tests, which stand at the foot of each file.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly; clippy sees helpers beside the tests as ordinary code"
)]

mod agreement;
mod corpus;
mod head;
mod iep;
mod pattern;
mod pattern_property;
mod property;
mod redact;
mod validate;
mod vector;
