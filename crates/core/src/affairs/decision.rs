//! Texts put to the members, and what became of them: the fold of [`DecisionAct`].

use crate::act::{DecisionAct, Entry};
use crate::state::FoldError;

/// Texts put to the members, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {}

impl Decisions {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &DecisionAct) -> Result<(), FoldError> {
        match act {
            DecisionAct::Reserved => Ok(()),
        }
    }
}
