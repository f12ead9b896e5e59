//! The gate, the views and the rehearsal, judged by the oracle: random worlds, the gate matrix,
//! and small histories of faults that were found once.
//!
//! `LEGATION_SEED=n` plays one random world again, `LEGATION_WORLDS=n` so many from there,
//! `LEGATION_STEPS=n` makes each so long, `LEGATION_STORY=1` tells all that led to a failure.
//! `UPDATE_SNAPSHOTS=1` rewrites the gate matrix.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests report by panicking (STYLE E10)"
)]

mod authority;
mod cursor;
mod gate_matrix;
mod hostile;
mod known;
mod noticing;
mod query;
mod random_worlds;
mod recalling;
mod redaction;
mod regressions;
mod rehearsing;
mod rules;
mod track;
mod trial;
mod twin;
