//! The one integration binary of the crate: every home through the contract, and what only a home
//! on disk can suffer: broken files, full disks, killed writers, power cuts.
//!
//! Not here: what the entries of an office say.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this binary is tests, also what stands outside a `#[test]`"
)]

mod broken;
mod contract;
mod fault;
mod format;
mod full;
mod guard;
mod killed;
mod power;
mod sample;
