//! The engine on a real journal: one writer, receipts before bytes, revocation, time, repair.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod ahead;
mod clock;
mod crash;
mod decision;
mod file;
mod find;
mod full;
mod house;
mod keep;
mod read;
mod recall;
mod sample;
mod snapshot;
