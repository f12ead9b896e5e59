//! Acts about the liaison offices of the alliance. What follows from them is folded in [`crate::affairs::liaison`].

use minicbor::{Decode, Encode};

/// A liaison office of the alliance takes a step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum LiaisonAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
