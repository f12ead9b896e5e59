//! Trainings, exercises, visits and summits: planning them, naming who comes, and what follows.
//!
//! The office plans, confirms, notes who was there and certifies. A party that is invited names its
//! people, takes them back, and says afterwards what it thinks; the office may do that for it. Who
//! may see what is decided in core ([`Activities::seen`](legation_core::affairs::activity::Activities::seen)),
//! and every answer is made from that.

mod plan;

pub use plan::{ActivityChange, ActivityDraft};

use legation_core::act::{
    Act, ActivityAct, Attend, CancelActivity, Certify, GiveFeedback, Nominate, Nominee,
    RemoveDeadline, SetDeadline, Subject, WithdrawNominee,
};
use legation_core::affairs::activity::{
    Activities, Activity, ActivityView, Deadline, check_line, check_text, write_certificate,
};
use legation_core::id::{ActivityId, AgreementId, CertificateNumber, PartyCode};
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;

use crate::admit::{Caller, staff};
use crate::agree::knows_of;
use crate::dice::roll_name;
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// A nomination as it is asked for.
#[derive(Clone, Debug)]
pub struct Nominating {
    /// Who, of which party, for which activity.
    pub nominee: Nominee,
    /// The full name.
    pub full_name: Option<String>,
    /// Why in spite of a conflict of dates; by the office, of a missing certificate too.
    pub despite: Option<String>,
}

/// A deadline that an activity gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityDeadline {
    /// Because of which activity.
    pub activity: ActivityId,
    /// What that is.
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// What has the deadline.
    pub subject: Subject,
    /// What is to be done.
    pub text: String,
    /// By when.
    pub due: Instant,
}

impl From<Deadline<'_>> for ActivityDeadline {
    fn from(deadline: Deadline<'_>) -> Self {
        Self {
            activity: deadline.activity.clone(),
            kind: deadline.kind.as_str(),
            title: deadline.title.to_owned(),
            subject: deadline.subject.clone(),
            text: deadline.text.to_owned(),
            due: deadline.due,
        }
    }
}

fn is_staff(caller: &Caller) -> bool {
    staff(caller).is_ok()
}

/// Whether a caller may know of what has a deadline.
fn sees_subject(state: &State, caller: &Caller, subject: &Subject, now: Instant) -> bool {
    let party = &caller.party;
    is_staff(caller)
        || match subject {
            Subject::Agreement(id) => knows_of(state, id, party),
            Subject::Goal(goal) => knows_of(state, &goal.agreement, party),
            Subject::Decision(id) => {
                let decision = state.affairs().decisions.get(id);
                decision.is_some_and(|one| one.is_seen_by(party, false, now))
            }
            Subject::Liaison(id) => {
                let status = state.find_party(party).map(|party| party.status);
                let office = state.affairs().liaison.get(id).zip(status);
                office.is_some_and(|(office, status)| office.sight(party, status, false).is_some())
            }
        }
}

/// The activity of that id, if the caller may know of it.
fn known<'a>(
    activities: &'a Activities,
    caller: &Caller,
    id: &ActivityId,
) -> Result<&'a Activity, EngineError> {
    let found = activities.find(id);
    let found = found.filter(|one| one.is_seen_by(&caller.party, is_staff(caller)));
    found.ok_or_else(EngineError::not_found)
}

/// The activity of a nominee, if the caller may speak for the nominee's party.
fn of_party<'a>(
    activities: &'a Activities,
    caller: &Caller,
    id: &ActivityId,
    party: &PartyCode,
) -> Result<&'a Activity, EngineError> {
    if !is_staff(caller) && caller.party != *party {
        return Err(EngineError::not_found());
    }
    known(activities, caller, id)
}

/// A party changes its nominees until the activity begins; the office may note later what was.
fn not_begun(caller: &Caller, activity: &Activity, now: Instant) -> Result<(), EngineError> {
    match !is_staff(caller) && activity.start() <= now {
        false => Ok(()),
        true => Err(EngineError::new(
            Fault::Conflict,
            "activity.begun",
            "it has begun; ask the office",
        )),
    }
}

fn begun(activity: &Activity, now: Instant) -> Result<(), EngineError> {
    match activity.start() <= now {
        true => Ok(()),
        false => Err(EngineError::new(
            Fault::Conflict,
            "activity.not-begun",
            format!("it begins at {}", activity.start()),
        )),
    }
}

/// The act, if it follows from what holds.
fn sound(activities: &Activities, act: ActivityAct) -> Result<Act, EngineError> {
    activities.check(&act)?;
    Ok(Act::Activity(act))
}

impl Office {
    /// The activities that the caller may know of, in the order in which they begin.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn activities<T>(
        &self,
        caller: &Caller,
        shape: impl Fn(&ActivityView<'_>) -> T,
    ) -> Result<Vec<T>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let activities = &state.affairs().activities;
        let mut all: Vec<&Activity> = activities.iter().collect();
        all.sort_by(|one, other| (one.start(), one.id()).cmp(&(other.start(), other.id())));
        let sees = |subject: &Subject| sees_subject(state, caller, subject, now);
        let reader = (&caller.party, is_staff(caller));
        let seen = all.into_iter();
        let seen = seen.filter_map(|one| activities.seen(one.id(), reader, &sees));
        Ok(seen.map(|view| shape(&view)).collect())
    }

    /// One activity, if the caller may know of it.
    ///
    /// # Errors
    /// When there is none that the caller may know of.
    pub fn activity<T>(
        &self,
        caller: &Caller,
        id: &ActivityId,
        shape: impl FnOnce(&ActivityView<'_>) -> T,
    ) -> Result<T, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let sees = |subject: &Subject| sees_subject(state, caller, subject, now);
        let activities = &state.affairs().activities;
        let view = activities.seen(id, (&caller.party, is_staff(caller)), &sees);
        view.map(|view| shape(&view))
            .ok_or_else(EngineError::not_found)
    }

    /// The deadlines of a subject that the caller may see, the earliest first: none if the caller
    /// may not know of the subject.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn deadlines(
        &self,
        caller: &Caller,
        subject: &Subject,
    ) -> Result<Vec<ActivityDeadline>, EngineError> {
        self.deadlines_among(caller, &|one| one == subject)
    }

    /// The deadlines of an agreement and of its goals, as [`Office::deadlines`].
    ///
    /// # Errors
    /// When the office broke down.
    pub fn agreement_deadlines(
        &self,
        caller: &Caller,
        id: &AgreementId,
    ) -> Result<Vec<ActivityDeadline>, EngineError> {
        self.deadlines_among(caller, &|subject| match subject {
            Subject::Agreement(of) => of == id,
            Subject::Goal(goal) => goal.agreement == *id,
            Subject::Decision(_) | Subject::Liaison(_) => false,
        })
    }

    fn deadlines_among(
        &self,
        caller: &Caller,
        meant: &dyn Fn(&Subject) -> bool,
    ) -> Result<Vec<ActivityDeadline>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let shown = |subject: &Subject| meant(subject) && sees_subject(state, caller, subject, now);
        let activities = &state.affairs().activities;
        let found = activities.deadlines_among(&shown, &caller.party, is_staff(caller));
        Ok(found.into_iter().map(ActivityDeadline::from).collect())
    }

    /// Cancels an activity.
    ///
    /// # Errors
    /// When the caller may not, or there is none that takes place.
    pub async fn cancel_activity(
        &self,
        caller: &Caller,
        activity: ActivityId,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        check_line("the reason", &reason)?;
        let act = CancelActivity { activity, reason };
        self.act_on(caller, |_, _| Ok(()), ActivityAct::Cancel(act))
            .await
    }

    /// Nominates a person of a party: by the party itself, or by the office for it.
    ///
    /// # Errors
    /// When the caller may not know of the activity; when it has begun, for a party; when the person
    /// takes part in something else at that time and no reason is given; when a certificate is
    /// missing that the office has not waived.
    pub async fn nominate(&self, caller: &Caller, new: Nominating) -> Result<(), EngineError> {
        for (what, line) in [
            ("the full name", &new.full_name),
            ("the reason", &new.despite),
        ] {
            line.iter().try_for_each(|line| check_line(what, line))?;
        }
        let may = {
            let (caller, nominee) = (caller.clone(), new.nominee.clone());
            let reason = new.despite.is_some();
            move |activities: &Activities, now| {
                let activity = of_party(activities, &caller, &nominee.activity, &nominee.party)?;
                not_begun(&caller, activity, now)?;
                let waived = reason && is_staff(&caller);
                Ok(activities.may_nominate(&nominee, reason, waived)?)
            }
        };
        let act = Nominate {
            nominee: new.nominee,
            full_name: new.full_name,
            despite: new.despite,
        };
        self.act_on(caller, may, ActivityAct::Nominate(act)).await
    }

    /// Accepts a nominee: confirmed at once, or as soon as a place is free.
    ///
    /// # Errors
    /// When the caller may not, or the person is no nominee or accepted already.
    pub async fn confirm(&self, caller: &Caller, nominee: Nominee) -> Result<(), EngineError> {
        staff(caller)?;
        self.act_on(caller, |_, _| Ok(()), ActivityAct::Confirm(nominee))
            .await
    }

    /// Takes a nominee back; `declined` says that the office does it on its own account.
    ///
    /// # Errors
    /// When the caller may not, the person is no nominee or was there, or the activity has begun,
    /// for a party.
    pub async fn withdraw_nominee(
        &self,
        caller: &Caller,
        nominee: Nominee,
        reason: Option<String>,
        declined: bool,
    ) -> Result<(), EngineError> {
        if declined {
            staff(caller)?;
        }
        reason
            .iter()
            .try_for_each(|line| check_line("the reason", line))?;
        let may = {
            let (caller, nominee) = (caller.clone(), nominee.clone());
            move |activities: &Activities, now| {
                let activity = of_party(activities, &caller, &nominee.activity, &nominee.party)?;
                not_begun(&caller, activity, now)
            }
        };
        let act = WithdrawNominee {
            nominee,
            reason,
            declined,
        };
        self.act_on(caller, may, ActivityAct::Withdraw(act)).await
    }

    /// Notes whether a nominee was there.
    ///
    /// # Errors
    /// When the caller may not, the activity has not begun, or the person was not confirmed.
    pub async fn attend(
        &self,
        caller: &Caller,
        nominee: Nominee,
        attended: bool,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let (asker, id) = (caller.clone(), nominee.activity.clone());
        let may = move |activities: &Activities, now| begun(known(activities, &asker, &id)?, now);
        let act = Attend { nominee, attended };
        self.act_on(caller, may, ActivityAct::Attend(act)).await
    }

    /// Gives somebody who was there a certificate; answers with its number.
    ///
    /// # Errors
    /// When the caller may not, or the person was not there or has one.
    pub async fn certify(
        &self,
        caller: &Caller,
        nominee: Nominee,
    ) -> Result<CertificateNumber, EngineError> {
        staff(caller)?;
        let number = roll_name(self.dice.as_ref(), "certificate")?;
        let number: CertificateNumber = number
            .parse()
            .map_err(|error| EngineError::internal("id.malformed", error))?;
        let issued = number.clone();
        self.act(caller, move |fold: &Fold| {
            let state = fold.state();
            let activities = &state.affairs().activities;
            let activity = activities
                .find(&nominee.activity)
                .ok_or_else(EngineError::not_found)?;
            let by = (&state.host().code, state.office.as_str());
            let text = write_certificate(activity, &nominee, &number, by, fold.clock());
            let act = Certify {
                nominee,
                number,
                text,
            };
            sound(activities, ActivityAct::Certify(act))
        })
        .await?;
        Ok(issued)
    }

    /// Says what a party, or one of its people, thinks of an activity: to the office alone.
    ///
    /// # Errors
    /// When the caller may not know of the activity or speak for the party, it has not begun, or
    /// the text is none.
    pub async fn give_feedback(
        &self,
        caller: &Caller,
        feedback: GiveFeedback,
    ) -> Result<(), EngineError> {
        check_text("the text", &feedback.text)?;
        if feedback
            .rating
            .is_some_and(|rating| !(1..=5).contains(&rating))
        {
            let text = "a rating goes from 1, poor, to 5, excellent";
            return Err(EngineError::new(
                Fault::Invalid,
                "activity.malformed-rating",
                text,
            ));
        }
        let may = {
            let (caller, id) = (caller.clone(), feedback.activity.clone());
            let party = feedback.party.clone();
            move |activities: &Activities, now| {
                begun(of_party(activities, &caller, &id, &party)?, now)
            }
        };
        self.act_on(caller, may, ActivityAct::Feedback(feedback))
            .await
    }

    /// Has something else done by an activity.
    ///
    /// # Errors
    /// When the caller may not, or there is no such activity or subject.
    pub async fn set_deadline(
        &self,
        caller: &Caller,
        deadline: SetDeadline,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        check_line("the text", &deadline.text)?;
        self.act(caller, move |fold: &Fold| {
            plan::known_subject(fold.state(), &deadline.subject)?;
            let activities = &fold.state().affairs().activities;
            activities
                .find(&deadline.activity)
                .ok_or_else(EngineError::not_found)?;
            sound(activities, ActivityAct::SetDeadline(deadline))
        })
        .await?;
        Ok(())
    }

    /// Has something else no longer done by an activity.
    ///
    /// # Errors
    /// When the caller may not, or there is no such deadline.
    pub async fn remove_deadline(
        &self,
        caller: &Caller,
        activity: ActivityId,
        subject: Subject,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let act = RemoveDeadline { activity, subject };
        self.act_on(caller, |_, _| Ok(()), ActivityAct::RemoveDeadline(act))
            .await
    }

    /// Writes an act about an activity that there is, if whatever `may` asks holds.
    async fn act_on(
        &self,
        caller: &Caller,
        may: impl FnOnce(&Activities, Instant) -> Result<(), EngineError> + Send + 'static,
        act: ActivityAct,
    ) -> Result<(), EngineError> {
        let asker = caller.clone();
        self.act(caller, move |fold: &Fold| {
            let activities = &fold.state().affairs().activities;
            known(activities, &asker, act.activity())?;
            may(activities, fold.clock())?;
            sound(activities, act)
        })
        .await?;
        Ok(())
    }
}
