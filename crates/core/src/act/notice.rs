//! Acts about where notices go to, and how far they have got. What follows from them is folded in [`crate::affairs::notice`].

use minicbor::{Decode, Encode};

/// Where notices go to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum NoticeAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
