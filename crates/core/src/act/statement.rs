//! Acts about what was said in public, and the press. What follows from them is folded in [`crate::affairs::statement`].

use minicbor::{Decode, Encode};

/// Something that was said in public is put on the record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum StatementAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
