//! What a visit or a summit asks of something else: to be done by then.
//!
//! A deadline is shown wherever its subject is, to whoever may see the activity too. Whether a
//! reader may see the subject is for whoever shows it.

use crate::act::{ActivityKind, Subject};
use crate::affairs::activity::{Activities, Activity};
use crate::id::{ActivityId, PartyCode};
use crate::time::Instant;

/// That something is to be done by an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadline<'a> {
    /// Because of which activity.
    pub activity: &'a ActivityId,
    /// What that is.
    pub kind: ActivityKind,
    /// Its name.
    pub title: &'a str,
    /// What has the deadline.
    pub subject: &'a Subject,
    /// What is to be done.
    pub text: &'a str,
    /// By when.
    pub due: Instant,
}

impl Activities {
    /// The deadlines of a subject that a reader of that party may see, the earliest first; those of
    /// what does not take place fall away. The reader must be one who may see the subject.
    pub fn deadlines_of(
        &self,
        subject: &Subject,
        party: &PartyCode,
        staff: bool,
    ) -> Vec<Deadline<'_>> {
        self.deadlines_among(&|one| one == subject, party, staff)
    }

    /// As [`Activities::deadlines_of`], of every subject that is meant.
    pub fn deadlines_among(
        &self,
        meant: &dyn Fn(&Subject) -> bool,
        party: &PartyCode,
        staff: bool,
    ) -> Vec<Deadline<'_>> {
        let seen = self.iter().filter(|one| one.is_seen_by(party, staff));
        let all = seen.flat_map(Activity::deadlines);
        let mut found: Vec<Deadline<'_>> = all.filter(|one| meant(one.subject)).collect();
        found.sort_by(|one, other| (one.due, one.activity).cmp(&(other.due, other.activity)));
        found
    }
}
