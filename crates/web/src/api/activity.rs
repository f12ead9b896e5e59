//! The API of trainings, exercises, visits and summits.
//!
//! What an answer may tell whom is the core's to say; here it is only given its form. Other
//! resources ask here for the deadlines that they show.

mod answer;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use legation_core::act::{
    ActivityKind, GiveFeedback, GoalRef, Invited, Nominee, Prerequisite, SetDeadline, Subject,
};
use legation_core::affairs::activity::read_moment;
use legation_core::id::{ActivityId, AreaName, CertificateNumber, PartyCode, PersonName};
use legation_core::party::Zone;
use legation_core::time::Instant;
use legation_engine::{ActivityChange, ActivityDraft, EngineError, Nominating};
use serde::{Deserialize, Serialize};

pub(super) use crate::api::activity::answer::{Dated, Due, due};
use crate::api::activity::answer::{Listed, Shown};
use crate::api::openapi::{Operation, Path};
use crate::api::request::{Named, Sent, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/activities")
            .get(list, Operation::new("listActivities", "The trainings, exercises, visits and summits that the caller may know of, in the order in which they begin")
                .gives("Activities"))
            .post(add, Operation::new("addActivity", "Plans a training, an exercise, a visit or a summit")
                .staff().takes("NewActivity").creates("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}")
            .get(show, Operation::new("showActivity", "One activity: for the office with everybody invited, for a party with its own seats and nominees")
                .gives("Activity").refuses(&[404])),
        Path::at("/activities/{activity}/change")
            .post(change, Operation::new("changeActivity", "Plans an activity otherwise; what is left out stays")
                .staff().takes("ActivityChange").gives("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/cancel")
            .post(cancel, Operation::new("cancelActivity", "Cancels an activity; nothing about it changes any more")
                .staff().takes("Reason").gives("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/nominate")
            .post(nominate, Operation::new("nominate", "Names a person who is to take part: the party's own, or any by the office; without a free seat, on the party's waiting list")
                .takes("Nomination").gives("Activity").refuses(&[403, 404, 409, 422])),
        Path::at("/activities/{activity}/confirm")
            .post(confirm, Operation::new("confirmNominee", "Accepts a nominee: confirmed at once, or as soon as a seat is free")
                .staff().takes("Nominee").gives("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/withdraw")
            .post(withdraw, Operation::new("withdrawNominee", "Takes a nominee back, or declines one; the next of the party moves up")
                .takes("NomineeWithdrawal").gives("Activity").refuses(&[403, 404, 409, 422])),
        Path::at("/activities/{activity}/attend")
            .post(attend, Operation::new("attend", "Notes whether a confirmed nominee was there")
                .staff().takes("Attendance").gives("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/certify")
            .post(certify, Operation::new("certify", "Gives somebody who was there a certificate")
                .staff().takes("Nominee").gives("Certified").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/feedback")
            .post(feedback, Operation::new("giveFeedback", "Tells the office, and nobody else, what a party or one of its people thinks of it")
                .takes("Feedback").gives("Activity").refuses(&[403, 404, 409, 422])),
        Path::at("/activities/{activity}/deadlines")
            .post(set_deadline, Operation::new("setDeadline", "Has something else done by an activity; it is shown with what it is about")
                .staff().takes("NewDeadline").gives("Activity").refuses(&[404, 409, 422])),
        Path::at("/activities/{activity}/deadlines/remove")
            .post(remove_deadline, Operation::new("removeDeadline", "Takes a deadline away")
                .staff().takes("WhichDeadline").gives("Activity").refuses(&[404, 409, 422])),
    ]
}

/// Some activities.
#[derive(Serialize)]
struct Activities {
    activities: Vec<Listed>,
}

async fn list(State(face): State<Face>, caller: Caller) -> Result<Json<Activities>, Problem> {
    let activities = face.office.activities(&caller, Listed::of)?;
    Ok(Json(Activities { activities }))
}

fn read(face: &Face, caller: &Caller, id: &ActivityId) -> Result<Json<Shown>, Problem> {
    let shown = face.office.activity(caller, id, Shown::of)?;
    Ok(Json(shown))
}

async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
) -> Result<Json<Shown>, Problem> {
    read(&face, &caller, &id)
}

/// A party that is invited.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewInvited {
    party: PartyCode,
    seats: Option<u32>,
}

impl From<NewInvited> for Invited {
    fn from(new: NewInvited) -> Self {
        Self {
            party: new.party,
            seats: new.seats,
        }
    }
}

/// What a nominee needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Need {
    Certificate(ActivityId),
    Text(String),
}

impl From<Need> for Prerequisite {
    fn from(need: Need) -> Self {
        match need {
            Need::Certificate(id) => Self::Certificate(id),
            Need::Text(text) => Self::Text(text),
        }
    }
}

/// An activity to be planned.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewActivity {
    id: Option<ActivityId>,
    kind: String,
    title: String,
    area: AreaName,
    place: String,
    start: String,
    end: String,
    zone: String,
    #[serde(default)]
    invited: Vec<NewInvited>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    goals: Vec<String>,
    text: Option<String>,
}

fn read_kind(name: &str) -> Result<ActivityKind, Problem> {
    ActivityKind::named(name).ok_or_else(|| {
        let name: String = name.chars().take(80).collect();
        let text = format!("`{name}` is no kind: use training, exercise, visit or summit");
        invalid("web.invalid-body", text)
    })
}

fn read_zone(name: &str) -> Result<Zone, Problem> {
    name.parse()
        .map_err(|error: legation_core::party::PartyError| invalid(error.code(), error.to_string()))
}

fn read_goals(goals: &[String]) -> Result<Vec<GoalRef>, Problem> {
    let read = |goal: &String| {
        goal.parse()
            .map_err(|error: legation_core::act::SubjectError| {
                invalid(error.code(), error.to_string())
            })
    };
    goals.iter().map(read).collect()
}

fn read_subject(subject: &str) -> Result<Subject, Problem> {
    subject
        .parse()
        .map_err(|error: legation_core::act::SubjectError| invalid(error.code(), error.to_string()))
}

fn moment(text: &str, zone: &Zone) -> Result<Instant, Problem> {
    Ok(read_moment(text, zone).map_err(EngineError::from)?)
}

async fn add(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<NewActivity>,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    // What is wrong with a plan is told to those alone who may make one.
    face.office.may_plan_activities(&caller)?;
    let zone = read_zone(&new.zone)?;
    let draft = ActivityDraft {
        id: new.id,
        kind: read_kind(&new.kind)?,
        title: new.title,
        area: new.area,
        place: new.place,
        start: moment(&new.start, &zone)?,
        end: moment(&new.end, &zone)?,
        zone,
        invited: new.invited.into_iter().map(Invited::from).collect(),
        needs: new.needs.into_iter().map(Prerequisite::from).collect(),
        goals: read_goals(&new.goals)?,
        text: new.text,
    };
    let id = face.office.add_activity(&caller, draft).await?;
    Ok((StatusCode::CREATED, read(&face, &caller, &id)?))
}

/// What is to be otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    title: Option<String>,
    area: Option<AreaName>,
    place: Option<String>,
    start: Option<String>,
    end: Option<String>,
    zone: Option<String>,
    #[serde(default)]
    invite: Vec<NewInvited>,
    #[serde(default)]
    uninvite: Vec<PartyCode>,
    needs: Option<Vec<Need>>,
    goals: Option<Vec<String>>,
    text: Option<String>,
}

async fn change(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(change): Sent<Change>,
) -> Result<Json<Shown>, Problem> {
    face.office.may_plan_activities(&caller)?;
    let zone = change.zone.as_deref().map(read_zone).transpose()?;
    // A local time is one of the zone that the plan is to have.
    let current = face
        .office
        .activity(&caller, &id, |view| view.zone.clone())?;
    let at = |text: Option<String>| {
        let zone = zone.as_ref().unwrap_or(&current);
        text.map(|text| moment(&text, zone)).transpose()
    };
    let needs = change.needs;
    let change = ActivityChange {
        title: change.title,
        area: change.area,
        place: change.place,
        start: at(change.start)?,
        end: at(change.end)?,
        invite: change.invite.into_iter().map(Invited::from).collect(),
        uninvite: change.uninvite,
        needs: needs.map(|needs| needs.into_iter().map(Prerequisite::from).collect()),
        goals: change.goals.as_deref().map(read_goals).transpose()?,
        text: change.text,
        zone,
    };
    face.office
        .change_activity(&caller, id.clone(), change)
        .await?;
    read(&face, &caller, &id)
}

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn cancel(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Shown>, Problem> {
    face.office
        .cancel_activity(&caller, id.clone(), reason)
        .await?;
    read(&face, &caller, &id)
}

/// A nomination.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNomination {
    party: PartyCode,
    person: PersonName,
    full_name: Option<String>,
    despite: Option<String>,
}

fn nominee(activity: &ActivityId, party: PartyCode, person: PersonName) -> Nominee {
    Nominee {
        activity: activity.clone(),
        party,
        person,
    }
}

async fn nominate(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(new): Sent<NewNomination>,
) -> Result<Json<Shown>, Problem> {
    let nominating = Nominating {
        nominee: nominee(&id, new.party, new.person),
        full_name: new.full_name,
        despite: new.despite,
    };
    face.office.nominate(&caller, nominating).await?;
    read(&face, &caller, &id)
}

/// Which nominee.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    party: PartyCode,
    person: PersonName,
}

async fn confirm(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(Which { party, person }): Sent<Which>,
) -> Result<Json<Shown>, Problem> {
    face.office
        .confirm(&caller, nominee(&id, party, person))
        .await?;
    read(&face, &caller, &id)
}

/// Which nominee is taken back, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    party: PartyCode,
    person: PersonName,
    reason: Option<String>,
    #[serde(default)]
    declined: bool,
}

async fn withdraw(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(one): Sent<Withdrawal>,
) -> Result<Json<Shown>, Problem> {
    let of = nominee(&id, one.party, one.person);
    face.office
        .withdraw_nominee(&caller, of, one.reason, one.declined)
        .await?;
    read(&face, &caller, &id)
}

/// Whether a nominee was there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attendance {
    party: PartyCode,
    person: PersonName,
    attended: bool,
}

async fn attend(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(one): Sent<Attendance>,
) -> Result<Json<Shown>, Problem> {
    let of = nominee(&id, one.party, one.person);
    face.office.attend(&caller, of, one.attended).await?;
    read(&face, &caller, &id)
}

/// The certificate that was issued, and the activity as it is now.
#[derive(Serialize)]
struct Certified {
    certificate: CertificateNumber,
    activity: Shown,
}

async fn certify(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(Which { party, person }): Sent<Which>,
) -> Result<Json<Certified>, Problem> {
    let of = nominee(&id, party, person);
    let certificate = face.office.certify(&caller, of).await?;
    let Json(activity) = read(&face, &caller, &id)?;
    Ok(Json(Certified {
        certificate,
        activity,
    }))
}

/// What is said of an activity.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    party: PartyCode,
    person: Option<PersonName>,
    rating: Option<u8>,
    text: String,
}

async fn feedback(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(said): Sent<Said>,
) -> Result<Json<Shown>, Problem> {
    let feedback = GiveFeedback {
        activity: id.clone(),
        party: said.party,
        person: said.person,
        rating: said.rating,
        text: said.text,
    };
    face.office.give_feedback(&caller, feedback).await?;
    read(&face, &caller, &id)
}

/// What is to be done by an activity.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDeadline {
    subject: String,
    text: String,
    due: Option<String>,
}

async fn set_deadline(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(new): Sent<NewDeadline>,
) -> Result<Json<Shown>, Problem> {
    face.office.may_plan_activities(&caller)?;
    let zone = face
        .office
        .activity(&caller, &id, |view| view.zone.clone())?;
    let due = new.due.map(|due| moment(&due, &zone)).transpose()?;
    let deadline = SetDeadline {
        activity: id.clone(),
        subject: read_subject(&new.subject)?,
        text: new.text,
        due,
    };
    face.office.set_deadline(&caller, deadline).await?;
    read(&face, &caller, &id)
}

/// Which deadline.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichDeadline {
    subject: String,
}

async fn remove_deadline(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ActivityId>,
    Sent(WhichDeadline { subject }): Sent<WhichDeadline>,
) -> Result<Json<Shown>, Problem> {
    face.office.may_plan_activities(&caller)?;
    let subject = read_subject(&subject)?;
    face.office
        .remove_deadline(&caller, id.clone(), subject)
        .await?;
    read(&face, &caller, &id)
}
