//! Where notices go to, and how far they have got: the fold of [`NoticeAct`].

use crate::act::{Entry, NoticeAct};
use crate::state::FoldError;

/// Where notices go to, and how far they have got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notices {}

impl Notices {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &NoticeAct) -> Result<(), FoldError> {
        match act {
            NoticeAct::Reserved => Ok(()),
        }
    }
}
