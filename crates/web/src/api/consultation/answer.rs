//! What the API answers about consultations.
//!
//! What a reader may be told was chosen before; nothing is left out here.

use legation_core::affairs::consultation::{Consultation, Done, Turn};
use legation_core::id::{AgreementId, AreaName, ConsultationId, DecisionId, PartyCode, PersonName};
use legation_core::time::{Day, Instant};
use legation_engine::{ConsultationView, DocumentView, MeetingTime, MeetingView, MeetingWarning};
use serde::Serialize;

/// A consultation in a list.
#[derive(Serialize)]
pub(super) struct Listed {
    id: ConsultationId,
    subject: String,
    area: AreaName,
    status: &'static str,
    asked_by: PartyCode,
    participants: Vec<PartyCode>,
    meetings: usize,
    open_follow_ups: usize,
}

impl From<Consultation> for Listed {
    fn from(one: Consultation) -> Self {
        let held = one.meetings.iter().filter(|meeting| !meeting.cancelled);
        let open = one.follow_ups.iter().filter(|task| task.done.is_none());
        Self {
            meetings: held.count(),
            open_follow_ups: open.count(),
            id: one.id,
            subject: one.subject,
            area: one.area,
            status: one.status.as_str(),
            asked_by: one.asked_by,
            participants: one.participants.into_iter().collect(),
        }
    }
}

/// A consultation.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    listed: Basics,
    history: Vec<Change>,
    agenda: Vec<Item>,
    meetings: Vec<Meeting>,
    said: Vec<Said>,
    documents: Vec<Document>,
    minutes: Vec<Minutes>,
    outcome: Option<Written>,
    follow_ups: Vec<FollowUp>,
    decisions: Vec<DecisionId>,
    agreements: Vec<AgreementId>,
}

#[derive(Serialize)]
struct Basics {
    id: ConsultationId,
    subject: String,
    area: AreaName,
    status: &'static str,
    asked_by: PartyCode,
    participants: Vec<PartyCode>,
}

#[derive(Serialize)]
struct Change {
    at: Instant,
    status: &'static str,
    reason: String,
}

impl From<Turn> for Change {
    fn from(turn: Turn) -> Self {
        Self {
            at: turn.at,
            status: turn.status.as_str(),
            reason: turn.reason,
        }
    }
}

#[derive(Serialize)]
struct Item {
    title: String,
    lead: Option<PartyCode>,
}

#[derive(Serialize)]
struct Time {
    party: PartyCode,
    zone: String,
    start: String,
    end: String,
}

impl From<MeetingTime> for Time {
    fn from(time: MeetingTime) -> Self {
        Self {
            party: time.party,
            zone: time.zone.as_str().to_owned(),
            start: time.start,
            end: time.end,
        }
    }
}

#[derive(Serialize)]
struct Warned {
    party: PartyCode,
    kind: &'static str,
    text: String,
}

impl From<MeetingWarning> for Warned {
    fn from(warning: MeetingWarning) -> Self {
        Self {
            party: warning.party,
            kind: warning.kind,
            text: warning.text,
        }
    }
}

#[derive(Serialize)]
struct Meeting {
    number: u32,
    title: String,
    start: Instant,
    end: Instant,
    zone: String,
    place: Option<String>,
    link: Option<String>,
    sequence: u32,
    cancelled: bool,
    reason: Option<String>,
    changed: Instant,
    own: Time,
    times: Vec<Time>,
    warnings: Vec<Warned>,
}

impl From<MeetingView> for Meeting {
    fn from(view: MeetingView) -> Self {
        let one = view.meeting;
        Self {
            number: one.number,
            title: one.title,
            start: one.start,
            end: one.end,
            zone: one.zone.as_str().to_owned(),
            place: one.place,
            link: one.link,
            sequence: one.sequence,
            cancelled: one.cancelled,
            reason: one.reason,
            changed: one.changed,
            own: view.own.into(),
            times: view.times.into_iter().map(Time::from).collect(),
            warnings: view.warnings.into_iter().map(Warned::from).collect(),
        }
    }
}

#[derive(Serialize)]
struct Said {
    number: u32,
    at: Instant,
    party: PartyCode,
    kind: &'static str,
    item: Option<u32>,
    text: String,
}

#[derive(Serialize)]
struct Document {
    record: String,
    #[serde(rename = "type")]
    kind: String,
    version: Option<Instant>,
    area: AreaName,
    party: PartyCode,
    note: Option<String>,
    at: Instant,
}

impl From<DocumentView> for Document {
    fn from(view: DocumentView) -> Self {
        Self {
            record: view.record.id,
            kind: view.record.kind,
            version: view.record.version,
            area: view.record.area,
            party: view.party,
            note: view.note,
            at: view.at,
        }
    }
}

#[derive(Serialize)]
struct Minutes {
    meeting: Option<u32>,
    at: Instant,
    text: String,
}

#[derive(Serialize)]
struct Written {
    at: Instant,
    text: String,
}

#[derive(Serialize)]
struct FollowUp {
    number: u32,
    title: String,
    owner: PartyCode,
    person: Option<PersonName>,
    due: Day,
    done: Option<Completed>,
}

#[derive(Serialize)]
struct Completed {
    at: Instant,
    party: PartyCode,
    note: Option<String>,
}

impl From<Done> for Completed {
    fn from(done: Done) -> Self {
        Self {
            at: done.at,
            party: done.party,
            note: done.note,
        }
    }
}

impl From<ConsultationView> for Shown {
    fn from(view: ConsultationView) -> Self {
        let one = view.consultation;
        let agenda = one.agenda.into_iter().map(|item| Item {
            title: item.title,
            lead: item.lead,
        });
        let said = one.said.into_iter().map(|said| Said {
            number: said.number,
            at: said.at,
            party: said.party,
            kind: said.speech.as_str(),
            item: said.item,
            text: said.text,
        });
        let minutes = one.minutes.into_iter().map(|(meeting, text)| Minutes {
            meeting,
            at: text.at,
            text: text.text,
        });
        let follow_ups = one.follow_ups.into_iter().map(|task| FollowUp {
            number: task.number,
            title: task.title,
            owner: task.owner,
            person: task.person,
            due: task.due,
            done: task.done.map(Completed::from),
        });
        Self {
            listed: Basics {
                id: one.id,
                subject: one.subject,
                area: one.area,
                status: one.status.as_str(),
                asked_by: one.asked_by,
                participants: one.participants.into_iter().collect(),
            },
            history: one.turns.into_iter().map(Change::from).collect(),
            agenda: agenda.collect(),
            meetings: view.meetings.into_iter().map(Meeting::from).collect(),
            said: said.collect(),
            documents: view.documents.into_iter().map(Document::from).collect(),
            minutes: minutes.collect(),
            outcome: one.outcome.map(|text| Written {
                at: text.at,
                text: text.text,
            }),
            follow_ups: follow_ups.collect(),
            decisions: view.decisions,
            agreements: view.agreements,
        }
    }
}
