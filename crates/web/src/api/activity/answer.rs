//! The forms in which activities and their deadlines are answered. Which of it a caller may see was
//! decided before.

use legation_core::act::{Prerequisite, Subject};
use legation_core::affairs::activity::{ActivityView, NomineeView, write_moment};
use legation_core::id::{
    ActivityId, AreaName, CertificateNumber, EntryNumber, PartyCode, PersonName,
};
use legation_core::time::Instant;
use legation_engine::ActivityDeadline;
use serde::Serialize;

use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// An activity in a list.
#[derive(Serialize)]
pub(super) struct Listed {
    id: ActivityId,
    kind: &'static str,
    title: String,
    area: AreaName,
    place: String,
    start: Instant,
    end: Instant,
    zone: String,
    sequence: u32,
    cancelled: bool,
}

impl Listed {
    pub(super) fn of(view: &ActivityView<'_>) -> Self {
        Self {
            id: view.id.clone(),
            kind: view.kind.as_str(),
            title: view.title.to_owned(),
            area: view.area.clone(),
            place: view.place.to_owned(),
            start: view.start,
            end: view.end,
            zone: view.zone.as_str().to_owned(),
            sequence: view.sequence,
            cancelled: view.cancelled.is_some(),
        }
    }
}

/// An activity.
#[derive(Serialize)]
pub(super) struct Shown {
    id: ActivityId,
    kind: &'static str,
    title: String,
    area: AreaName,
    place: String,
    start: Instant,
    end: Instant,
    zone: String,
    starts: String,
    ends: String,
    text: Option<String>,
    sequence: u32,
    revised: Instant,
    cancelled: Option<Ended>,
    invited: Vec<Invited>,
    needs: Vec<Need>,
    goals: Vec<String>,
    nominees: Vec<Nominee>,
    feedback: Vec<Feedback>,
    deadlines: Vec<Due>,
}

#[derive(Serialize)]
struct Ended {
    at: Instant,
    reason: Option<String>,
}

#[derive(Serialize)]
struct Invited {
    party: PartyCode,
    seats: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Need {
    Certificate(ActivityId),
    Text(String),
}

#[derive(Serialize)]
struct Nominee {
    party: PartyCode,
    person: PersonName,
    full_name: Option<String>,
    at: Instant,
    standing: &'static str,
    accepted: bool,
    waiting: Option<usize>,
    despite: Option<String>,
    ended: Option<Ended>,
    conflicts: Vec<ActivityId>,
    certificate: Option<Certificate>,
}

#[derive(Serialize)]
struct Certificate {
    number: CertificateNumber,
    at: Instant,
    entry: EntryNumber,
    digest: String,
    text: String,
}

#[derive(Serialize)]
struct Feedback {
    at: Instant,
    party: PartyCode,
    person: Option<PersonName>,
    rating: Option<u8>,
    text: String,
}

/// A deadline, as it is shown with what it is about.
#[derive(Serialize)]
pub(in crate::api) struct Due {
    activity: ActivityId,
    kind: &'static str,
    title: String,
    subject: String,
    text: String,
    due: Instant,
}

/// Deadlines in the form in which every resource shows them.
pub(in crate::api) fn due(deadlines: Vec<ActivityDeadline>) -> Vec<Due> {
    let shown = deadlines.into_iter().map(|one| Due {
        activity: one.activity,
        kind: one.kind,
        title: one.title,
        subject: one.subject.to_string(),
        text: one.text,
        due: one.due,
    });
    shown.collect()
}

/// What another resource shows, with the deadlines that it has.
#[derive(Serialize)]
pub(in crate::api) struct Dated<T> {
    #[serde(flatten)]
    shown: T,
    deadlines: Vec<Due>,
}

impl<T> Dated<T> {
    pub(in crate::api) fn of(
        face: &Face,
        caller: &Caller,
        subject: &Subject,
        shown: T,
    ) -> Result<Self, Problem> {
        let deadlines = due(face.office.deadlines(caller, subject)?);
        Ok(Self { shown, deadlines })
    }
}

impl Shown {
    pub(super) fn of(view: &ActivityView<'_>) -> Self {
        let deadlines = view.deadlines.iter();
        Self {
            id: view.id.clone(),
            kind: view.kind.as_str(),
            title: view.title.to_owned(),
            area: view.area.clone(),
            place: view.place.to_owned(),
            start: view.start,
            end: view.end,
            zone: view.zone.as_str().to_owned(),
            starts: write_moment(view.start, view.zone),
            ends: write_moment(view.end, view.zone),
            text: view.text.map(str::to_owned),
            sequence: view.sequence,
            revised: view.revised,
            cancelled: view.cancelled.map(|one| Ended {
                at: one.at,
                reason: Some(one.reason.clone()),
            }),
            invited: list(&view.invited, |one| Invited {
                party: one.party.clone(),
                seats: one.seats,
            }),
            needs: list(&view.needs, |need| match need {
                Prerequisite::Certificate(id) => Need::Certificate(id.clone()),
                Prerequisite::Text(text) => Need::Text(text.clone()),
            }),
            goals: list(&view.goals, ToString::to_string),
            nominees: view.nominees.iter().map(nominee).collect(),
            feedback: list(&view.feedback, |one| Feedback {
                at: one.at,
                party: one.party.clone(),
                person: one.person.clone(),
                rating: one.rating,
                text: one.text.clone(),
            }),
            deadlines: due(deadlines.map(|one| ActivityDeadline::from(*one)).collect()),
        }
    }
}

fn list<T, U>(from: &[&T], shape: impl Fn(&T) -> U) -> Vec<U> {
    from.iter().map(|one| shape(one)).collect()
}

fn nominee(view: &NomineeView<'_>) -> Nominee {
    let one = view.nomination;
    Nominee {
        party: view.party.clone(),
        person: one.person.clone(),
        full_name: one.full_name.clone(),
        at: one.at,
        standing: view.standing.as_str(),
        accepted: one.accepted.is_some(),
        waiting: view.waiting,
        despite: one.despite.clone(),
        ended: one.ended.as_ref().map(|ended| Ended {
            at: ended.at,
            reason: ended.reason.clone(),
        }),
        conflicts: view.conflicts.iter().map(|id| (*id).clone()).collect(),
        certificate: one.certificate.as_ref().map(|one| Certificate {
            number: one.number.clone(),
            at: one.at,
            entry: one.entry,
            digest: one.digest().to_string(),
            text: one.text.clone(),
        }),
    }
}
