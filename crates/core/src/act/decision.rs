//! Acts about texts put to the members, and what became of them. What follows from them is folded in [`crate::affairs::decision`].

use minicbor::{Decode, Encode};

/// A text is put to the members, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum DecisionAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
