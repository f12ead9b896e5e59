//! The office's own work: decisions, liaison offices, consultations, programmes, activities,
//! calendars, statements and notices, folded from their acts.
//!
//! Each area stands in a file of its own and sees nothing but entries: an act says everything that
//! follows from it. What depends on the clock is asked with an instant and never kept. Nothing here
//! decides what is released of records; each area says itself who may see its things.

pub mod activity;
pub(crate) mod bound;
pub mod calendar;
pub mod consultation;
pub mod decision;
pub mod liaison;
pub mod notice;
pub mod programme;
pub mod statement;

use std::sync::Arc;

use crate::act::{Act, Entry};
use crate::state::FoldError;

/// The office's own work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affairs {
    /// Texts put to the members, and what became of them.
    pub decisions: decision::Decisions,
    /// The liaison offices of the alliance.
    pub liaison: liaison::LiaisonOffices,
    /// The consultations.
    pub consultations: consultation::Consultations,
    /// How far the goals of the agreements have come.
    pub programmes: programme::Programmes,
    /// Trainings, exercises, visits and summits.
    pub activities: activity::Activities,
    /// Mail addresses, calendar feeds and answers to invitations.
    pub calendars: calendar::Calendars,
    /// What was said in public, and the press.
    pub statements: statement::Statements,
    /// Where notices go to, and how far they have got.
    pub notices: notice::Notices,
    // A state is cloned for a rehearsal; texts are not.
    entries: Vec<Arc<Entry>>,
}

impl Affairs {
    /// Takes an entry in, if it is about the office's own work.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry) -> Result<(), FoldError> {
        match &entry.act {
            Act::Decision(act) => self.decisions.apply(entry, act)?,
            Act::Liaison(act) => self.liaison.apply(entry, act)?,
            Act::Consultation(act) => self.consultations.apply(entry, act)?,
            Act::Programme(act) => self.programmes.apply(entry, act)?,
            Act::Activity(act) => self.activities.apply(entry, act)?,
            Act::Calendar(act) => self.calendars.apply(entry, act)?,
            Act::Statement(act) => self.statements.apply(entry, act)?,
            Act::Notice(act) => self.notices.apply(entry, act)?,
            _ => return Ok(()),
        }
        self.entries.push(Arc::new(entry.clone()));
        Ok(())
    }

    /// Every entry that was taken in: from these alone all of it can be folded again.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter().map(AsRef::as_ref)
    }
}
