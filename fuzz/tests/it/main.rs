//! Every target over its committed inputs and over seeded mutations of them.
//!
//! `LEGATION_SEED` repeats a run; `LEGATION_ROUNDS` multiplies its length. What breaks a target is
//! kept under the temporary folder and named, so that it can become an input.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod brief;
