//! Acts about the consultations. What follows from them is folded in [`crate::affairs::consultation`].

use minicbor::{Decode, Encode};

/// A consultation goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ConsultationAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
