//! Trainings, exercises, visits and summits: the fold of [`ActivityAct`], and who may see what of
//! them.
//!
//! The cast. An [`Activity`] is a plan with its dates and the parties invited, each with seats of
//! its own. A [`Nomination`] is a person of such a party; `nomination` says who has a place and
//! who waits. A [`deadline`](Deadline) is what a visit or summit asks of something else. What a
//! reader may see of all this is decided in [`Activities::seen`] and nowhere else.
//!
//! Not here: what depends on the clock or on other areas (whether the agreement of a goal exists,
//! whether a nomination comes in time): that is for whoever plans an act.

mod certificate;
mod deadline;
mod error;
mod moment;
mod nomination;
mod plan;
mod sight;
#[cfg(test)]
mod tests;

pub use certificate::{Certificate, write_certificate};
pub use deadline::Deadline;
pub use error::ActivityError;
pub use moment::{read_moment, write_moment};
pub use nomination::{Ended, Nomination, Standing};
pub use plan::{LIST_MAX, TEXT_MAX, TITLE_MAX, check_line, check_plan, check_text};
pub use sight::{ActivityView, NomineeView};

use std::collections::BTreeMap;

use crate::act::{
    ActivityAct, ActivityKind, Entry, GoalRef, Invited, Nominee, PlanActivity, Prerequisite,
    Subject,
};
use crate::affairs::activity::nomination::settle;
use crate::id::{ActivityId, AreaName, PartyCode, PersonName};
use crate::party::Zone;
use crate::state::FoldError;
use crate::time::Instant;

/// Trainings, exercises, visits and summits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activities {
    all: BTreeMap<ActivityId, Activity>,
}

/// One training, exercise, visit or summit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    plan: PlanActivity,
    sequence: u32,
    revised: Instant,
    cancelled: Option<Cancelled>,
    // In the order in which they were nominated; those that ended stay.
    nominations: BTreeMap<PartyCode, Vec<Nomination>>,
    feedback: Vec<Feedback>,
    deadlines: BTreeMap<Subject, (String, Option<Instant>)>,
}

/// That an activity does not take place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cancelled {
    /// Since when.
    pub at: Instant,
    /// Why.
    pub reason: String,
}

/// What a party says of an activity afterwards: for that party and the office.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Feedback {
    /// When it said so.
    pub at: Instant,
    /// Which party.
    pub party: PartyCode,
    /// Which of its people; none for the party as such.
    pub person: Option<PersonName>,
    /// From 1, poor, to 5, excellent.
    pub rating: Option<u8>,
    /// In its words.
    pub text: String,
}

impl Activity {
    /// Its id.
    pub fn id(&self) -> &ActivityId {
        &self.plan.activity
    }

    /// What it is.
    pub fn kind(&self) -> ActivityKind {
        self.plan.kind
    }

    /// Its name.
    pub fn title(&self) -> &str {
        &self.plan.title
    }

    /// The issue area.
    pub fn area(&self) -> &AreaName {
        &self.plan.area
    }

    /// Where it takes place.
    pub fn place(&self) -> &str {
        &self.plan.place
    }

    /// When it begins.
    pub fn start(&self) -> Instant {
        self.plan.start
    }

    /// The first instant at which it is over.
    pub fn end(&self) -> Instant {
        self.plan.end
    }

    /// The zone in which its times are meant.
    pub fn zone(&self) -> &Zone {
        &self.plan.zone
    }

    /// What else is said of it to everybody invited.
    pub fn text(&self) -> Option<&str> {
        self.plan.text.as_deref()
    }

    /// The goals that it serves. Whoever shows one asks first who may know of its agreement.
    pub fn goals(&self) -> &[GoalRef] {
        &self.plan.goals
    }

    /// What a nominee needs.
    pub fn needs(&self) -> &[Prerequisite] {
        &self.plan.needs
    }

    /// The whole plan, for the office's own people.
    pub fn plan(&self) -> &PlanActivity {
        &self.plan
    }

    /// How often it has changed for everybody invited, its cancellation counted (RFC 5545 section
    /// 3.8.7.4, SEQUENCE). Seats and goals do not count: a party would learn that those of others
    /// changed.
    pub fn sequence(&self) -> u32 {
        self.sequence
    }

    /// When [`Activity::sequence`] grew last, or when it was planned.
    pub fn revised(&self) -> Instant {
        self.revised
    }

    /// That it does not take place, and why.
    pub fn cancelled(&self) -> Option<&Cancelled> {
        self.cancelled.as_ref()
    }

    /// Every party that is invited; for the office's own people.
    pub fn invited(&self) -> &[Invited] {
        &self.plan.invited
    }

    /// The invitation of a party.
    pub fn invitation(&self, party: &PartyCode) -> Option<&Invited> {
        self.plan.invited.iter().find(|one| one.party == *party)
    }

    /// Whether a reader of that party may know that there is this activity: the office's own people,
    /// and whoever is invited.
    pub fn is_seen_by(&self, party: &PartyCode, staff: bool) -> bool {
        staff || self.invitation(party).is_some()
    }

    /// The people of a party who were nominated, in that order; those that ended too.
    pub fn nominees_of(&self, party: &PartyCode) -> &[Nomination] {
        self.nominations.get(party).map_or(&[], Vec::as_slice)
    }

    /// The nomination of a person that has not ended.
    pub fn nominee(&self, party: &PartyCode, person: &PersonName) -> Option<&Nomination> {
        let mut own = self.nominees_of(party).iter();
        own.find(|one| one.is_active() && one.person == *person)
    }

    /// How many more of a party's people find a place; none if as many as it likes, or if it is not
    /// invited.
    pub fn free_seats(&self, party: &PartyCode) -> Option<u32> {
        let seats = self.invitation(party)?.seats?;
        let held = self.nominees_of(party).iter();
        let held = held.filter(|one| one.has_place()).count();
        Some(seats.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX)))
    }

    /// The deadlines that it gives; none if it does not take place.
    pub fn deadlines(&self) -> impl Iterator<Item = Deadline<'_>> {
        let all = self.deadlines.iter().filter(|_| self.cancelled.is_none());
        all.map(|(subject, (text, due))| Deadline {
            activity: self.id(),
            kind: self.kind(),
            title: self.title(),
            subject,
            text,
            due: due.unwrap_or(self.plan.start),
        })
    }

    fn accepts(&self, plan: &PlanActivity) -> Result<(), ActivityError> {
        for (party, nominations) in &self.nominations {
            let held = |one: &&Nomination| one.is_active() && one.accepted.is_some();
            let active = nominations.iter().filter(|one| one.is_active()).count();
            let sure = nominations
                .iter()
                .filter(held)
                .filter(|one| one.has_place());
            let sure = sure.count();
            let invitation = plan.invited.iter().find(|one| one.party == *party);
            match invitation {
                None if active > 0 => return Err(ActivityError::HasNominees(party.clone())),
                Some(Invited {
                    seats: Some(seats), ..
                }) if (*seats as usize) < sure => {
                    return Err(ActivityError::SeatsTaken {
                        party: party.clone(),
                        confirmed: sure,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn settle(&mut self, at: Instant) {
        for (party, nominations) in &mut self.nominations {
            let invitation = self.plan.invited.iter().find(|one| one.party == *party);
            settle(nominations, invitation, at);
        }
    }
}

impl Activities {
    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Activity> {
        self.all.values()
    }

    /// The activity of that id.
    pub fn find(&self, id: &ActivityId) -> Option<&Activity> {
        self.all.get(id)
    }

    /// Whether a person has a certificate of an activity.
    pub fn has_certificate(&self, of: &Nominee) -> bool {
        self.find(&of.activity).is_some_and(|activity| {
            let mut own = activity.nominees_of(&of.party).iter();
            own.any(|one| one.person == of.person && one.certificate.is_some())
        })
    }

    /// The other activities that take place while this one does and in which the same person is to
    /// take part.
    pub fn conflicts<'a>(&'a self, of: &'a Nominee) -> impl Iterator<Item = &'a Activity> {
        let this = self.find(&of.activity);
        let meets = move |other: &&Activity| {
            this.is_some_and(|this| {
                this.cancelled.is_none()
                    && this.plan.start < other.plan.end
                    && other.plan.start < this.plan.end
            })
        };
        self.iter().filter(meets).filter(|other| {
            *other.id() != of.activity
                && other.cancelled.is_none()
                && other.nominee(&of.party, &of.person).is_some()
        })
    }

    /// Whether somebody may be nominated as far as dates and prerequisites go; `waived` says
    /// whether the missing certificate counts for nothing. A reason lifts conflicts of dates.
    ///
    /// # Errors
    /// With the conflict, or the certificate that is missing.
    pub fn may_nominate(
        &self,
        nominee: &Nominee,
        reason: bool,
        waived: bool,
    ) -> Result<(), ActivityError> {
        let activity = self.known(&nominee.activity)?;
        for need in activity.needs() {
            let Prerequisite::Certificate(needed) = need else {
                continue;
            };
            let of = Nominee {
                activity: needed.clone(),
                ..nominee.clone()
            };
            if !waived && !self.has_certificate(&of) {
                return Err(ActivityError::Prerequisite {
                    person: nominee.person.clone(),
                    needed: needed.clone(),
                });
            }
        }
        match self.conflicts(nominee).next() {
            Some(other) if !reason => Err(ActivityError::Conflict {
                person: nominee.person.clone(),
                other: other.id().clone(),
            }),
            _ => Ok(()),
        }
    }

    fn known(&self, id: &ActivityId) -> Result<&Activity, ActivityError> {
        self.find(id)
            .ok_or_else(|| ActivityError::Unknown(id.clone()))
    }

    /// Whether an act follows from what holds.
    ///
    /// # Errors
    /// When it does not.
    pub fn check(&self, act: &ActivityAct) -> Result<(), ActivityError> {
        if let ActivityAct::Add(plan) = act {
            check_plan(plan)?;
            return match self.find(&plan.activity) {
                None => Ok(()),
                Some(_) => Err(ActivityError::Exists(plan.activity.clone())),
            };
        }
        let activity = self.known(act.activity())?;
        if activity.cancelled.is_some() {
            return Err(ActivityError::Cancelled(activity.id().clone()));
        }
        if let Some(party) = act.party()
            && activity.invitation(party).is_none()
        {
            return Err(ActivityError::NotInvited(party.clone()));
        }
        let found = |nominee: &Nominee| {
            let nomination = activity.nominee(&nominee.party, &nominee.person);
            nomination.ok_or_else(|| ActivityError::NotNominated(nominee.person.clone()))
        };
        let step = |nominee: &Nominee, may: bool, what| match may {
            true => Ok(()),
            false => Err(ActivityError::Step {
                person: nominee.person.clone(),
                stands: found(nominee)?.standing(),
                what,
            }),
        };
        match act {
            ActivityAct::Add(_) | ActivityAct::Cancel(_) | ActivityAct::SetDeadline(_) => Ok(()),
            ActivityAct::Change(plan) => {
                check_plan(plan)?;
                activity.accepts(plan)
            }
            ActivityAct::Nominate(act) => {
                let of = &act.nominee;
                if activity.nominees_of(&of.party).len() >= LIST_MAX {
                    return Err(ActivityError::TooMany);
                }
                match activity.nominee(&of.party, &of.person) {
                    None => Ok(()),
                    Some(_) => Err(ActivityError::Nominated(of.person.clone())),
                }
            }
            ActivityAct::Confirm(of) => step(of, found(of)?.accepted.is_none(), "confirmed"),
            ActivityAct::Withdraw(act) => {
                let of = &act.nominee;
                step(of, found(of)?.attended != Some(true), "withdrawn")
            }
            ActivityAct::Attend(act) => {
                let (of, one) = (&act.nominee, found(&act.nominee)?);
                let may = one.is_confirmed() && one.certificate.is_none();
                step(of, may, "marked as there or not")
            }
            ActivityAct::Certify(act) => {
                let (of, one) = (&act.nominee, found(&act.nominee)?);
                let may = one.attended == Some(true) && one.certificate.is_none();
                step(of, may, "certified")
            }
            ActivityAct::Feedback(act) => {
                let given = activity.feedback.iter();
                match given.filter(|one| one.party == act.party).count() < LIST_MAX {
                    true => Ok(()),
                    false => Err(ActivityError::TooMany),
                }
            }
            ActivityAct::RemoveDeadline(act) => match activity.deadlines.get(&act.subject) {
                Some(_) => Ok(()),
                None => Err(ActivityError::NoDeadline(act.subject.to_string())),
            },
        }
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &ActivityAct) -> Result<(), FoldError> {
        self.check(act)?;
        let at = entry.at;
        if let ActivityAct::Add(plan) = act {
            let activity = Activity {
                plan: plan.clone(),
                sequence: 0,
                revised: at,
                cancelled: None,
                nominations: BTreeMap::new(),
                feedback: Vec::new(),
                deadlines: BTreeMap::new(),
            };
            self.all.insert(plan.activity.clone(), activity);
            return Ok(());
        }
        let Some(activity) = self.all.get_mut(act.activity()) else {
            return Ok(());
        };
        let mut nominee = |of: &Nominee, change: &dyn Fn(&mut Nomination)| {
            let own = activity.nominations.get_mut(&of.party).into_iter();
            let mut own = own.flatten();
            let found = own.find(|one| one.is_active() && one.person == of.person);
            found.into_iter().for_each(change);
        };
        match act {
            ActivityAct::Add(_) => {}
            ActivityAct::Change(plan) => {
                if !activity.plan.tells_as(plan) {
                    activity.sequence = activity.sequence.saturating_add(1);
                    activity.revised = at;
                }
                activity.plan = plan.clone();
            }
            ActivityAct::Cancel(act) => {
                activity.sequence = activity.sequence.saturating_add(1);
                activity.revised = at;
                activity.cancelled = Some(Cancelled {
                    at,
                    reason: act.reason.clone(),
                });
            }
            ActivityAct::Nominate(act) => {
                let own = activity.nominations.entry(act.nominee.party.clone());
                own.or_default().push(Nomination::of(act, at));
            }
            ActivityAct::Confirm(of) => nominee(of, &|one| one.accepted = Some(at)),
            ActivityAct::Withdraw(act) => nominee(&act.nominee, &|one| {
                one.ended = Some(Ended {
                    at,
                    reason: act.reason.clone(),
                    declined: act.declined,
                });
            }),
            ActivityAct::Attend(act) => {
                nominee(&act.nominee, &|one| one.attended = Some(act.attended));
            }
            ActivityAct::Certify(act) => nominee(&act.nominee, &|one| {
                one.certificate = Some(Certificate {
                    number: act.number.clone(),
                    at,
                    entry: entry.number,
                    text: act.text.clone(),
                });
            }),
            ActivityAct::Feedback(act) => activity.feedback.push(Feedback {
                at,
                party: act.party.clone(),
                person: act.person.clone(),
                rating: act.rating,
                text: act.text.clone(),
            }),
            ActivityAct::SetDeadline(act) => {
                let asked = (act.text.clone(), act.due);
                activity.deadlines.insert(act.subject.clone(), asked);
            }
            ActivityAct::RemoveDeadline(act) => {
                activity.deadlines.remove(&act.subject);
            }
        }
        activity.settle(at);
        Ok(())
    }
}
