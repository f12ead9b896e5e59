//! Trainings, exercises, visits and summits: the fold of [`ActivityAct`].

use crate::act::{ActivityAct, Entry};
use crate::state::FoldError;

/// Trainings, exercises, visits and summits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activities {}

impl Activities {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &ActivityAct) -> Result<(), FoldError> {
        match act {
            ActivityAct::Reserved => Ok(()),
        }
    }
}
