//! The integration tests of the core: one binary, one module a subject.
//!
//! What can be tested inside one module is tested there, not here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this binary is tests, also what stands outside a `#[test]`"
)]

mod signature;
