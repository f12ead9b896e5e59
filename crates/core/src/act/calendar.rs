//! Acts about mail addresses, calendar feeds and answers to invitations. What follows from them is folded in [`crate::affairs::calendar`].

use minicbor::{Decode, Encode};

/// Who reads the calendar where, and what is answered to invitations.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum CalendarAct {
    /// Nothing yet.
    #[n(0)]
    Reserved,
}
