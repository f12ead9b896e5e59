//! Acts about how far the goals of the agreements have come. What follows from them is folded in [`crate::affairs::programme`].

use minicbor::{Decode, Encode};

/// A side reports on the goals of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ProgrammeAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
