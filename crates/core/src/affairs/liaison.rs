//! The liaison offices of the alliance: the fold of [`LiaisonAct`].

use crate::act::{Entry, LiaisonAct};
use crate::state::FoldError;

/// The liaison offices of the alliance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiaisonOffices {}

impl LiaisonOffices {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &LiaisonAct) -> Result<(), FoldError> {
        match act {
            LiaisonAct::Reserved => Ok(()),
        }
    }
}
