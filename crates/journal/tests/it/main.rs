//! The one integration binary of the crate: every home through the contract, and what only a home
//! on disk can suffer: broken files, full disks, killed writers.
//!
//! Not here: what the entries of an office say.

mod broken;
mod contract;
mod fault;
mod full;
mod guard;
mod killed;
mod sample;
