//! How far the goals of the agreements have come: the fold of [`ProgrammeAct`].

use crate::act::{Entry, ProgrammeAct};
use crate::state::FoldError;

/// How far the goals of the agreements have come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programmes {}

impl Programmes {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &ProgrammeAct) -> Result<(), FoldError> {
        match act {
            ProgrammeAct::Reserved => Ok(()),
        }
    }
}
