//! Development only: what the tests of the other crates stand on. A clock that is set by hand,
//! dice with a seed, random and sample worlds, simulated pollers, and the oracle: an independent,
//! slow and obvious reading of the gate's rules that judges the real gate and views.
//!
//! Not for an office: everything here may panic, and nothing here is fast.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "this crate is test code throughout (STYLE E10); a panic is how it reports"
)]

pub mod clock;
pub mod dice;
pub mod history;
pub mod oracle;
pub mod poller;
pub mod stage;
pub mod world;
