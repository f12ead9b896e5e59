//! The gate: says whether a record may go to a party now, by which clause, or why not.
//!
//! The cast. `judge` decides rules 1, 2, 3 and 6 of DESIGN section 2 for a whole label class at
//! once. `closure` takes what is permitted so and finds the largest part of it in which every
//! counting reference is satisfied (rule 4) and everything is alive (rule 5). `explain` tells the
//! verdict on one record in words. Only this module can mint a [`Cleared`], and the faces of the
//! office send nothing else.
//!
//! Fail closed: what is unknown, unmarked, unsigned, expired or empty means no.

mod cleared;
pub(crate) mod closure;
mod explain;
pub(crate) mod judge;
pub(crate) mod permit;
mod verdict;

pub use cleared::Cleared;
pub use closure::Released;
pub(crate) use explain::explain;
pub(crate) use permit::Permits;
pub use verdict::{Clause, Ground, Reason, Rule, Verdict};
