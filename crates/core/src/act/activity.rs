//! Acts about trainings, exercises, visits and summits. What follows from them is folded in [`crate::affairs::activity`].

use minicbor::{Decode, Encode};

/// A training, an exercise, a visit or a summit, and who takes part.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ActivityAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
