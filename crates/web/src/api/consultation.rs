//! The API of the consultations, and of the holidays that their meetings had better not meet.
//!
//! Who may know of a consultation, and which of its documents are released to whom, is the engine's
//! to say. What names documents is a release, so it stops where they are no longer released.

mod answer;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use legation_core::affairs::consultation::{AgendaItem, Bond, Speech};
use legation_core::id::{AgreementId, AreaName, ConsultationId, DecisionId, PartyCode, PersonName};
use legation_core::party::Zone;
use legation_core::time::{Day, Instant};
use legation_engine::{AskedFor, HolidayRow, HolidaySource, MeetingPlan, SpeechDraft, Task};
use serde::{Deserialize, Serialize};

use crate::api::consultation::answer::{Listed, Shown};
use crate::api::find::{Watched, send};
use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Named, Sent, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/consultations")
            .get(list, Operation::new("listConsultations", "The consultations that the caller takes part in or asked for; all of them for the office")
                .gives("Consultations"))
            .post(ask, Operation::new("askConsultation", "Asks for a consultation: any member, or the office, which may open it at once")
                .takes("NewConsultation").creates("ConsultationStep").refuses(&[403, 404, 409, 422])),
        Path::at("/consultations/{consultation}")
            .get(show, Operation::new("showConsultation", "One consultation: agenda, meetings on everybody's clocks, what was said, the documents that are released to the caller, minutes, outcome, follow-ups")
                .query(&["zone"]).gives("Consultation").refuses(&[404, 422])),
        Path::at("/consultations/{consultation}/open")
            .post(open, Operation::new("openConsultation", "Opens a consultation that was asked for, with those who were named or with others")
                .staff().takes("ConsultationOpening").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/participants")
            .post(participants, Operation::new("setParticipants", "Has others take part from now on")
                .staff().takes("ConsultationParties").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/agenda")
            .post(agenda, Operation::new("setAgenda", "Sets the agenda")
                .staff().takes("ConsultationAgenda").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/meetings")
            .post(meet, Operation::new("setMeeting", "Sets a meeting, or sets one otherwise; what is left out of that stays")
                .staff().takes("ConsultationMeeting").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/meetings/cancel")
            .post(cancel, Operation::new("cancelMeeting", "Cancels a meeting")
                .staff().takes("ConsultationCancellation").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/said")
            .post(say, Operation::new("sayInConsultation", "Takes a position or makes a statement: for the caller's party, or by the office for whoever sent it in")
                .takes("ConsultationSpeech").gives("ConsultationStep").refuses(&[403, 404, 409, 422])),
        Path::at("/consultations/{consultation}/documents")
            .post(add_document, Operation::new("addDocument", "Puts a record before the participants; each sees it only while it is released to it")
                .takes("ConsultationDocument").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/documents/remove")
            .post(remove_document, Operation::new("removeDocument", "Takes a document away: by whoever put it there, or by the office")
                .takes("ConsultationDocument").gives("ConsultationStep").refuses(&[403, 404, 409, 422])),
        Path::at("/consultations/{consultation}/minutes")
            .post(minutes, Operation::new("writeMinutes", "Writes the minutes of a meeting or of the whole, instead of those before")
                .staff().takes("ConsultationMinutes").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/outcome")
            .post(outcome, Operation::new("setOutcome", "Says what came of it")
                .staff().takes("ConsultationText").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/follow-ups")
            .post(follow_up, Operation::new("setFollowUp", "Says what is to be done, by whom and by when, or that it is to be done otherwise")
                .staff().takes("ConsultationTask").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/follow-ups/done")
            .post(complete, Operation::new("completeFollowUp", "Says that something is done, or is not after all: by its owner or by the office")
                .takes("ConsultationCompletion").gives("ConsultationStep").refuses(&[403, 404, 409, 422])),
        Path::at("/consultations/{consultation}/close")
            .post(close, Operation::new("closeConsultation", "Closes a consultation, or declines one that was asked for")
                .staff().takes("Reason").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/reopen")
            .post(reopen, Operation::new("reopenConsultation", "Reopens a consultation")
                .staff().takes("Reason").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/consultations/{consultation}/links")
            .post(link, Operation::new("linkConsultation", "Says that it belongs with a decision or an agreement, or no more")
                .staff().takes("ConsultationLink").gives("ConsultationStep").refuses(&[404, 409, 422])),
        Path::at("/holidays")
            .get(holidays, Operation::new("listHolidays", "The public holidays of the caller's party; of all parties for the office")
                .gives("Holidays")),
        Path::at("/parties/{code}/holidays")
            .post(set_holidays, Operation::new("setHolidays", "Takes the public holidays of a party from an iCalendar file, instead of those before")
                .staff().takes("NewHolidays").gives("HolidaysSet").refuses(&[404, 422])),
    ]
}

/// Some consultations.
#[derive(Serialize)]
struct Consultations {
    consultations: Vec<Listed>,
}

async fn list(State(face): State<Face>, caller: Caller) -> Result<Json<Consultations>, Problem> {
    let all = face.office.consultations(&caller)?.into_iter();
    Ok(Json(Consultations {
        consultations: all.map(Listed::from).collect(),
    }))
}

/// On whose clocks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Where {
    zone: Option<String>,
}

fn zone(text: Option<String>) -> Result<Option<Zone>, Problem> {
    let zone = text.map(|text| text.parse::<Zone>()).transpose();
    zone.map_err(|error| invalid(error.code(), error.to_string()))
}

async fn show(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<ConsultationId>,
    Asked(place): Asked<Where>,
) -> Result<Response, Problem> {
    let zone = zone(place.zone)?;
    let read = face.office.consultation(&caller, &id, zone).await?;
    send(watched, read, Shown::from)
}

/// What was done, and the number of what it made.
#[derive(Serialize)]
struct Step {
    id: ConsultationId,
    number: Option<u32>,
}

fn done(id: ConsultationId) -> Json<Step> {
    Json(Step { id, number: None })
}

/// A consultation that is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    id: Option<ConsultationId>,
    subject: String,
    area: AreaName,
    #[serde(default)]
    participants: Vec<PartyCode>,
    reason: String,
    #[serde(default)]
    open: bool,
}

async fn ask(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Step>), Problem> {
    let new = AskedFor {
        id: new.id,
        subject: new.subject,
        area: new.area,
        participants: new.participants,
        reason: new.reason,
        open: new.open,
    };
    let id = face.office.ask_consultation(&caller, new).await?;
    Ok((StatusCode::CREATED, done(id)))
}

/// With whom, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    participants: Option<Vec<PartyCode>>,
    reason: String,
}

async fn open(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Opening>,
) -> Result<Json<Step>, Problem> {
    let (participants, reason) = (new.participants, new.reason);
    let opened = face
        .office
        .open_consultation(&caller, id.clone(), participants, reason);
    opened.await?;
    Ok(done(id))
}

/// Who comes and who goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parties {
    #[serde(default)]
    add: Vec<PartyCode>,
    #[serde(default)]
    remove: Vec<PartyCode>,
    reason: String,
}

async fn participants(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Parties>,
) -> Result<Json<Step>, Problem> {
    let (add, remove) = (new.add, new.remove);
    let set = face
        .office
        .set_participants(&caller, id.clone(), add, remove, new.reason);
    set.await?;
    Ok(done(id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    title: String,
    lead: Option<PartyCode>,
}

/// An agenda.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agenda {
    items: Vec<Item>,
}

async fn agenda(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Agenda>,
) -> Result<Json<Step>, Problem> {
    let items = new.items.into_iter().map(|item| AgendaItem {
        title: item.title,
        lead: item.lead,
    });
    let items = items.collect();
    face.office.set_agenda(&caller, id.clone(), items).await?;
    Ok(done(id))
}

/// A meeting.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Meeting {
    number: Option<u32>,
    title: Option<String>,
    start: Option<String>,
    end: Option<String>,
    zone: Option<String>,
    place: Option<String>,
    link: Option<String>,
}

async fn meet(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Meeting>,
) -> Result<Json<Step>, Problem> {
    let plan = MeetingPlan {
        number: new.number,
        title: new.title,
        start: new.start,
        end: new.end,
        zone: zone(new.zone)?,
        place: new.place,
        link: new.link,
    };
    let number = face.office.set_meeting(&caller, id.clone(), plan).await?;
    let number = Some(number);
    Ok(Json(Step { id, number }))
}

/// Which meeting will not be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancellation {
    number: u32,
    reason: String,
}

async fn cancel(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Cancellation { number, reason }): Sent<Cancellation>,
) -> Result<Json<Step>, Problem> {
    let cancelled = face
        .office
        .cancel_meeting(&caller, id.clone(), number, reason);
    cancelled.await?;
    let number = Some(number);
    Ok(Json(Step { id, number }))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Position,
    Statement,
}

/// What a party says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spoken {
    party: Option<PartyCode>,
    kind: Kind,
    item: Option<u32>,
    text: String,
}

async fn say(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Spoken>,
) -> Result<Json<Step>, Problem> {
    let draft = SpeechDraft {
        party: new.party,
        speech: match new.kind {
            Kind::Position => Speech::Position,
            Kind::Statement => Speech::Statement,
        },
        item: new.item,
        text: new.text,
    };
    let number = face.office.say(&caller, id.clone(), draft).await?;
    let number = Some(number);
    Ok(Json(Step { id, number }))
}

/// Which record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    record: String,
    version: Option<Instant>,
    note: Option<String>,
}

async fn add_document(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Document>,
) -> Result<Json<Step>, Problem> {
    let Document {
        record,
        version,
        note,
    } = new;
    let added = face
        .office
        .add_document(&caller, id.clone(), record, version, note);
    added.await?;
    Ok(done(id))
}

async fn remove_document(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Document>,
) -> Result<Json<Step>, Problem> {
    let (record, version) = (new.record, new.version);
    let removed = face
        .office
        .remove_document(&caller, id.clone(), record, version);
    removed.await?;
    Ok(done(id))
}

/// Minutes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Minutes {
    meeting: Option<u32>,
    text: String,
}

async fn minutes(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Minutes { meeting, text }): Sent<Minutes>,
) -> Result<Json<Step>, Problem> {
    let written = face
        .office
        .write_minutes(&caller, id.clone(), meeting, text);
    written.await?;
    Ok(done(id))
}

/// A text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
}

async fn outcome(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Text { text }): Sent<Text>,
) -> Result<Json<Step>, Problem> {
    face.office.set_outcome(&caller, id.clone(), text).await?;
    Ok(done(id))
}

/// Something to be done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Todo {
    number: Option<u32>,
    title: Option<String>,
    owner: Option<PartyCode>,
    person: Option<PersonName>,
    due: Option<Day>,
}

async fn follow_up(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Todo>,
) -> Result<Json<Step>, Problem> {
    let task = Task {
        number: new.number,
        title: new.title,
        owner: new.owner,
        person: new.person,
        due: new.due,
    };
    let number = face.office.set_follow_up(&caller, id.clone(), task).await?;
    let number = Some(number);
    Ok(Json(Step { id, number }))
}

/// What is done, or is not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Completion {
    number: u32,
    done: bool,
    note: Option<String>,
}

async fn complete(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(new): Sent<Completion>,
) -> Result<Json<Step>, Problem> {
    let Completion { number, done, note } = new;
    let completed = face
        .office
        .complete_follow_up(&caller, id.clone(), number, done, note);
    completed.await?;
    let number = Some(number);
    Ok(Json(Step { id, number }))
}

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: String,
}

async fn close(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Why { reason }): Sent<Why>,
) -> Result<Json<Step>, Problem> {
    face.office
        .close_consultation(&caller, id.clone(), reason)
        .await?;
    Ok(done(id))
}

async fn reopen(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Why { reason }): Sent<Why>,
) -> Result<Json<Step>, Problem> {
    face.office
        .reopen_consultation(&caller, id.clone(), reason)
        .await?;
    Ok(done(id))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum To {
    Decision(DecisionId),
    Agreement(AgreementId),
}

/// With what it belongs, or no more.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    to: To,
    linked: bool,
}

async fn link(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ConsultationId>,
    Sent(Link { to, linked }): Sent<Link>,
) -> Result<Json<Step>, Problem> {
    let to = match to {
        To::Decision(id) => Bond::Decision(id),
        To::Agreement(id) => Bond::Agreement(id),
    };
    face.office
        .link_consultation(&caller, id.clone(), to, linked)
        .await?;
    Ok(done(id))
}

#[derive(Serialize)]
struct Holiday {
    on: Day,
    name: String,
}

#[derive(Serialize)]
struct Row {
    party: PartyCode,
    source: String,
    digest: String,
    since: Instant,
    days: Vec<Holiday>,
}

impl From<HolidayRow> for Row {
    fn from(row: HolidayRow) -> Self {
        let days = row.days.into_iter().map(|(on, name)| Holiday { on, name });
        Self {
            party: row.party,
            source: row.source,
            digest: row.digest.to_string(),
            since: row.since,
            days: days.collect(),
        }
    }
}

/// The holidays of some parties.
#[derive(Serialize)]
struct Holidays {
    holidays: Vec<Row>,
}

async fn holidays(State(face): State<Face>, caller: Caller) -> Result<Json<Holidays>, Problem> {
    let rows = face.office.holidays(&caller)?.into_iter();
    Ok(Json(Holidays {
        holidays: rows.map(Row::from).collect(),
    }))
}

/// A calendar of holidays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewHolidays {
    source: String,
    calendar: String,
}

/// How many holidays there are now.
#[derive(Serialize)]
struct HolidaysSet {
    party: PartyCode,
    days: usize,
}

async fn set_holidays(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(new): Sent<NewHolidays>,
) -> Result<Json<HolidaysSet>, Problem> {
    let source = HolidaySource {
        name: new.source,
        bytes: new.calendar.into_bytes(),
    };
    let days = face
        .office
        .set_holidays(&caller, party.clone(), source)
        .await?;
    Ok(Json(HolidaysSet { party, days }))
}
