//! What a reader may see of an activity: the one rule, from which every answer, feed and notice is
//! made.
//!
//! The office's own people see all. A party that is invited sees the plan, its own seats, its own
//! nominees with their place in its own waiting list, and its own feedback: nothing that others
//! bring changes what it sees. To everybody else the activity does not exist.

use crate::act::{GoalRef, Invited, Nominee, Prerequisite, Subject};
use crate::affairs::activity::{
    Activities, Activity, Cancelled, Deadline, Feedback, Nomination, Standing,
};
use crate::id::{ActivityId, AreaName, PartyCode};
use crate::party::Zone;
use crate::time::Instant;

/// An activity as one reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActivityView<'a> {
    /// Its id.
    pub id: &'a ActivityId,
    /// What it is.
    pub kind: crate::act::ActivityKind,
    /// Its name.
    pub title: &'a str,
    /// The issue area.
    pub area: &'a AreaName,
    /// Where it takes place.
    pub place: &'a str,
    /// When it begins.
    pub start: Instant,
    /// The first instant at which it is over.
    pub end: Instant,
    /// The zone in which its times are meant.
    pub zone: &'a Zone,
    /// What else is said of it.
    pub text: Option<&'a str>,
    /// How often it has changed for everybody invited.
    pub sequence: u32,
    /// When that grew last.
    pub revised: Instant,
    /// That it does not take place.
    pub cancelled: Option<&'a Cancelled>,
    /// Who is invited: every party for the office's own people, else the reader's own.
    pub invited: Vec<&'a Invited>,
    /// What a nominee needs.
    pub needs: Vec<&'a Prerequisite>,
    /// The goals that it serves, of agreements that the reader may know of.
    pub goals: Vec<&'a GoalRef>,
    /// The nominees, as far as the reader may see them.
    pub nominees: Vec<NomineeView<'a>>,
    /// What was said of it afterwards, as far as the reader may see it.
    pub feedback: Vec<&'a Feedback>,
    /// The deadlines that it gives for what the reader may see.
    pub deadlines: Vec<Deadline<'a>>,
}

/// A nominee as a reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NomineeView<'a> {
    /// Whose.
    pub party: &'a PartyCode,
    /// The nomination.
    pub nomination: &'a Nomination,
    /// Where it stands.
    pub standing: Standing,
    /// Its place in the waiting list of its party, from 1, while it waits.
    pub waiting: Option<usize>,
    /// In what else the same person takes part at the same time.
    pub conflicts: Vec<&'a ActivityId>,
}

impl Activities {
    /// An activity as a reader of that party may see it, or nothing. `sees` says of agreements,
    /// goals, decisions and liaison offices whether that reader may know of them.
    pub fn seen<'a>(
        &'a self,
        id: &ActivityId,
        (party, staff): (&PartyCode, bool),
        sees: &dyn Fn(&Subject) -> bool,
    ) -> Option<ActivityView<'a>> {
        let activity = self.find(id)?;
        if !activity.is_seen_by(party, staff) {
            return None;
        }
        let own = |other: &PartyCode| staff || other == party;
        let needs = activity.plan.needs.iter().filter(|need| match need {
            Prerequisite::Text(_) => true,
            Prerequisite::Certificate(other) => {
                let other = self.find(other);
                other.is_some_and(|other| other.is_seen_by(party, staff))
            }
        });
        let goals = activity.plan.goals.iter();
        let goals = goals.filter(|goal| sees(&Subject::Goal((*goal).clone())));
        let nominees = activity.nominations.iter().filter(|(of, _)| own(of));
        let nominees = nominees.flat_map(|(of, list)| self.nominees(activity, of, list));
        let deadlines = activity.deadlines().filter(|one| sees(one.subject));
        let invited = activity.plan.invited.iter();
        let feedback = activity.feedback.iter();
        Some(ActivityView {
            id: activity.id(),
            kind: activity.kind(),
            title: activity.title(),
            area: activity.area(),
            place: activity.place(),
            start: activity.start(),
            end: activity.end(),
            zone: activity.zone(),
            text: activity.text(),
            sequence: activity.sequence,
            revised: activity.revised,
            cancelled: activity.cancelled(),
            invited: invited.filter(|one| own(&one.party)).collect(),
            needs: needs.collect(),
            goals: goals.collect(),
            nominees: nominees.collect(),
            feedback: feedback.filter(|one| own(&one.party)).collect(),
            deadlines: deadlines.collect(),
        })
    }

    fn nominees<'a>(
        &'a self,
        activity: &'a Activity,
        party: &'a PartyCode,
        list: &'a [Nomination],
    ) -> Vec<NomineeView<'a>> {
        let mut waiting = 0;
        let views = list.iter().map(|nomination| {
            let standing = nomination.standing();
            let waits = standing == Standing::Waiting;
            waiting += usize::from(waits);
            let of = Nominee {
                activity: activity.id().clone(),
                party: party.clone(),
                person: nomination.person.clone(),
            };
            let conflicts = match nomination.is_active() {
                true => self.conflicts_of(&of),
                false => Vec::new(),
            };
            NomineeView {
                party,
                nomination,
                standing,
                waiting: waits.then_some(waiting),
                conflicts,
            }
        });
        views.collect()
    }

    fn conflicts_of(&self, of: &Nominee) -> Vec<&ActivityId> {
        let found: Vec<ActivityId> = self.conflicts(of).map(|one| one.id().clone()).collect();
        let known = found.iter().filter_map(|id| self.find(id));
        known.map(Activity::id).collect()
    }
}
