//! Mail addresses, calendar feeds and answers to invitations: the fold of [`CalendarAct`].

use crate::act::{CalendarAct, Entry};
use crate::state::FoldError;

/// Mail addresses, calendar feeds and answers to invitations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {}

impl Calendars {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &CalendarAct) -> Result<(), FoldError> {
        match act {
            CalendarAct::Reserved => Ok(()),
        }
    }
}
