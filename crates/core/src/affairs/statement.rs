//! What was said in public, and the press: the fold of [`StatementAct`].

use crate::act::{Entry, StatementAct};
use crate::state::FoldError;

/// What was said in public, and the press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {}

impl Statements {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &StatementAct) -> Result<(), FoldError> {
        match act {
            StatementAct::Reserved => Ok(()),
        }
    }
}
