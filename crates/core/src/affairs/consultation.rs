//! The consultations: the fold of [`ConsultationAct`].

use crate::act::{ConsultationAct, Entry};
use crate::state::FoldError;

/// The consultations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consultations {}

impl Consultations {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &ConsultationAct) -> Result<(), FoldError> {
        match act {
            ConsultationAct::Reserved => Ok(()),
        }
    }
}
