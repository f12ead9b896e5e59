//! `/decisions`: texts put to the members, what these say, what becomes of it, and the proof of it.
//!
//! Who sees what, and until when something may be said, is the engine's to say.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::act::{Procedure, Subject, Voice};
use legation_core::affairs::decision::{self, Outcome, Permit};
use legation_core::id::{
    AgreementId, AgreementVersion, DecisionId, EntryNumber, LiaisonId, PartyCode,
};
use legation_core::time::Instant;
use legation_engine::{
    AdoptionProof, AmendedDecision, DecisionInside, DecisionPosition, DecisionRow, DecisionView,
    EntryProof, NewDecision, NewPermit, NewPosition,
};
use serde::{Deserialize, Serialize};

use crate::api::activity::Dated;
use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Named, Sent};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// The paths of this area.
#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/decisions")
            .get(list, Operation::new("listDecisions", "The decisions that the caller may know of: those it is asked about, and those it is told of once they are adopted; all for the office")
                .gives("Decisions"))
            .post(table, Operation::new("tableDecision", "Puts a text to the members")
                .staff().takes("NewDecision").creates("Decision").refuses(&[404, 409, 422])),
        Path::at("/decisions/{decision}")
            .get(show, Operation::new("showDecision", "One decision; positions and who is asked only for those who are asked, and the office")
                .gives("Decision").refuses(&[404])),
        Path::at("/decisions/{decision}/positions")
            .post(say, Operation::new("sayPosition", "Says where a party stands: the caller's own, or any that told the office in writing. What comes too late is refused with both times, and kept")
                .takes("NewPosition").gives("Decision").refuses(&[403, 404, 409, 422])),
        Path::at("/decisions/{decision}/conclude")
            .post(conclude, Operation::new("concludeDecision", "Records what the meeting came to")
                .staff().takes("Conclusion").gives("Decision").refuses(&[404, 409, 422])),
        Path::at("/decisions/{decision}/withdraw")
            .post(withdraw, Operation::new("withdrawDecision", "Takes a text off the table")
                .staff().takes("Reason").gives("Decision").refuses(&[404, 409, 422])),
        Path::at("/decisions/{decision}/extend")
            .post(extend, Operation::new("extendDecision", "Gives more time, before the time is over")
                .staff().takes("DecisionExtension").gives("Decision").refuses(&[404, 409, 422])),
        Path::at("/decisions/{decision}/amended")
            .post(amended, Operation::new("amendDecision", "Puts an amended text in the place of one that was broken, withdrawn or lapsed")
                .staff().takes("AmendedDecision").creates("Decision").refuses(&[404, 409, 422])),
        Path::at("/decisions/{decision}/export")
            .get(export, Operation::new("exportDecision", "An adopted text with the proof that the office's log holds its adoption; no positions")
                .query(&["brief"]).gives("Adoption").refuses(&[404, 409])),
    ]
}

/// All that the caller may see.
#[derive(Serialize)]
pub(super) struct Decisions {
    decisions: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: DecisionId,
    title: String,
    outcome: &'static str,
    at: Instant,
    digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    procedure: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry: Option<Expiry>,
    awaits: bool,
}

impl From<DecisionRow> for Row {
    fn from(row: DecisionRow) -> Self {
        let (procedure, expiry) = row.course.unzip();
        Self {
            id: row.id,
            title: row.title,
            outcome: row.outcome.as_str(),
            at: row.outcome.at(),
            digest: row.digest.to_string(),
            procedure: procedure.map(Procedure::as_str),
            expiry: expiry.map(Expiry::from),
            awaits: row.awaits,
        }
    }
}

#[derive(Serialize)]
struct Expiry {
    at: Instant,
    zone: String,
    local: String,
    written: String,
}

impl From<decision::Expiry> for Expiry {
    fn from(expiry: decision::Expiry) -> Self {
        Self {
            local: expiry.local(),
            at: expiry.at,
            zone: expiry.zone.as_str().to_owned(),
            written: expiry.written,
        }
    }
}

/// One decision.
#[derive(Serialize)]
pub(super) struct Decision {
    id: DecisionId,
    title: String,
    outcome: &'static str,
    at: Instant,
    digest: String,
    text: String,
    #[serde(flatten)]
    inside: Option<Inside>,
}

#[derive(Serialize)]
struct Inside {
    procedure: &'static str,
    entry: EntryNumber,
    tabled: Instant,
    expiry: Expiry,
    extensions: Vec<Extension>,
    asked: Vec<PartyCode>,
    told: Vec<PartyCode>,
    permits: Permitted,
    urgent: Option<String>,
    predecessor: Option<DecisionId>,
    successors: Vec<DecisionId>,
    positions: Vec<Position>,
    late: Vec<Position>,
    broken_by: Option<PartyCode>,
    note: Option<String>,
    reminders: Vec<Reminder>,
    awaited: Vec<PartyCode>,
    certificate: Option<EntryNumber>,
}

#[derive(Serialize)]
struct Extension {
    at: Instant,
    expiry: Expiry,
    reason: String,
}

#[derive(Serialize)]
struct Reminder {
    at: Instant,
    hours: u32,
}

#[derive(Serialize)]
struct Position {
    entry: EntryNumber,
    at: Instant,
    party: PartyCode,
    position: &'static str,
    text: Option<String>,
    entered: bool,
    account: Option<String>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Permitted {
    None,
    Sign {
        agreement: AgreementId,
        digest: String,
    },
    OpenOffice {
        office: LiaisonId,
    },
    Publish {
        digest: String,
    },
}

impl From<Permit> for Permitted {
    fn from(permit: Permit) -> Self {
        match permit {
            Permit::Sign { agreement, digest } => Self::Sign {
                agreement,
                digest: digest.to_string(),
            },
            Permit::OpenOffice(office) => Self::OpenOffice { office },
            Permit::Publish(digest) => Self::Publish {
                digest: digest.to_string(),
            },
            _ => Self::None,
        }
    }
}

impl From<DecisionPosition> for Position {
    fn from(one: DecisionPosition) -> Self {
        Self {
            entry: one.entry,
            at: one.at,
            party: one.party,
            position: one.voice.as_str(),
            text: one.text,
            entered: one.is_entered,
            account: one.actor.map(|actor| actor.to_string()),
        }
    }
}

impl Inside {
    fn of(inside: DecisionInside, outcome: &Outcome) -> Self {
        let extensions = inside.extensions.into_iter().map(|more| Extension {
            at: more.at,
            expiry: more.expiry.into(),
            reason: more.reason,
        });
        let reminders = inside.reminders.into_iter();
        Self {
            procedure: inside.procedure.as_str(),
            entry: inside.entry,
            tabled: inside.tabled,
            expiry: inside.expiry.into(),
            extensions: extensions.collect(),
            asked: inside.asked,
            told: inside.told,
            permits: inside.permits.into(),
            urgent: inside.urgent,
            predecessor: inside.predecessor,
            successors: inside.successors,
            positions: inside.positions.into_iter().map(Position::from).collect(),
            late: inside.late.into_iter().map(Position::from).collect(),
            broken_by: match outcome {
                Outcome::Broken { by, .. } => Some(by.clone()),
                _ => None,
            },
            note: inside.note,
            reminders: reminders
                .map(|(at, hours)| Reminder { at, hours })
                .collect(),
            awaited: inside.awaited,
            certificate: inside.certificate,
        }
    }
}

impl From<DecisionView> for Decision {
    fn from(view: DecisionView) -> Self {
        let outcome = view.outcome;
        Self {
            id: view.id,
            title: view.title,
            outcome: outcome.as_str(),
            at: outcome.at(),
            digest: view.digest.to_string(),
            text: view.text,
            inside: view.inside.map(|inside| Inside::of(inside, &outcome)),
        }
    }
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Decisions>, Problem> {
    let decisions = face.office.decisions(&caller)?.into_iter();
    Ok(Json(Decisions {
        decisions: decisions.map(Row::from).collect(),
    }))
}

pub(super) async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
) -> Result<Json<Dated<Decision>>, Problem> {
    let shown = Decision::from(face.office.decision(&caller, &id)?);
    let subject = Subject::Decision(id);
    Ok(Json(Dated::of(&face, &caller, &subject, shown)?))
}

/// How consensus is found, as it is asked for.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Course {
    Silence,
    Written,
    Meeting,
}

impl From<Course> for Procedure {
    fn from(course: Course) -> Self {
        match course {
            Course::Silence => Self::Silence,
            Course::Written => Self::Written,
            Course::Meeting => Self::Meeting,
        }
    }
}

/// What is to be permitted, as it is asked for.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
enum Wanted {
    None,
    Sign {
        agreement: AgreementId,
        version: AgreementVersion,
    },
    OpenOffice {
        office: LiaisonId,
    },
    Publish,
}

impl From<Wanted> for NewPermit {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::None => Self::None,
            Wanted::Sign { agreement, version } => Self::Sign(agreement, version),
            Wanted::OpenOffice { office } => Self::OpenOffice(office),
            Wanted::Publish => Self::Publish,
        }
    }
}

/// A text to be put on the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    id: Option<DecisionId>,
    title: String,
    text: String,
    procedure: Course,
    expiry: String,
    asked: Option<Vec<PartyCode>>,
    #[serde(default)]
    told: Vec<PartyCode>,
    permits: Option<Wanted>,
    urgent: Option<String>,
}

pub(super) async fn table(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Decision>), Problem> {
    let new = NewDecision {
        id: new.id,
        title: new.title,
        text: new.text,
        procedure: new.procedure.into(),
        expiry: new.expiry,
        asked: new.asked,
        told: new.told,
        permits: new.permits.map_or(NewPermit::None, NewPermit::from),
        urgent: new.urgent,
    };
    let tabled = face.office.table_decision(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(tabled.into())))
}

/// An amended text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amended {
    id: Option<DecisionId>,
    title: Option<String>,
    text: String,
    procedure: Option<Course>,
    expiry: String,
    permits: Option<Wanted>,
    urgent: Option<String>,
}

pub(super) async fn amended(
    State(face): State<Face>,
    caller: Caller,
    Named(before): Named<DecisionId>,
    Sent(new): Sent<Amended>,
) -> Result<(StatusCode, Json<Decision>), Problem> {
    let new = AmendedDecision {
        id: new.id,
        title: new.title,
        text: new.text,
        procedure: new.procedure.map(Procedure::from),
        expiry: new.expiry,
        permits: new.permits.map(NewPermit::from),
        urgent: new.urgent,
    };
    let tabled = face.office.amend_decision(&caller, before, new).await?;
    Ok((StatusCode::CREATED, Json(tabled.into())))
}

/// What is said, as it is handed in.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Assent,
    Objection,
    Amendment,
    Reservation,
    Interpretation,
}

/// A position.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    party: Option<PartyCode>,
    position: Word,
    text: Option<String>,
}

pub(super) async fn say(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Sent(said): Sent<Said>,
) -> Result<Json<Decision>, Problem> {
    let new = NewPosition {
        party: said.party,
        voice: match said.position {
            Word::Assent => Voice::Assent,
            Word::Objection => Voice::Objection,
            Word::Amendment => Voice::Amendment,
            Word::Reservation => Voice::Reservation,
            Word::Interpretation => Voice::Interpretation,
        },
        text: said.text,
    };
    let view = face.office.say_position(&caller, id, new).await?;
    Ok(Json(view.into()))
}

/// What a meeting came to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conclusion {
    adopted: bool,
    note: Option<String>,
}

pub(super) async fn conclude(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Sent(Conclusion { adopted, note }): Sent<Conclusion>,
) -> Result<Json<Decision>, Problem> {
    let office = &face.office;
    let view = office.conclude_decision(&caller, id, adopted, note).await?;
    Ok(Json(view.into()))
}

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    reason: String,
}

pub(super) async fn withdraw(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Decision>, Problem> {
    let view = face.office.withdraw_decision(&caller, id, reason).await?;
    Ok(Json(view.into()))
}

/// More time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct More {
    expiry: String,
    reason: String,
}

pub(super) async fn extend(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Sent(More { expiry, reason }): Sent<More>,
) -> Result<Json<Decision>, Problem> {
    let office = &face.office;
    let view = office.extend_decision(&caller, id, expiry, reason).await?;
    Ok(Json(view.into()))
}

/// How much of the proof.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extent {
    #[serde(default)]
    brief: bool,
}

/// An adopted text and what proves it.
#[derive(Serialize)]
pub(super) struct Adoption {
    kind: &'static str,
    format: u32,
    decision: DecisionId,
    text: String,
    certificate: Proof,
    #[serde(skip_serializing_if = "Option::is_none")]
    tabling: Option<Proof>,
    log_key: String,
}

#[derive(Serialize)]
struct Proof {
    entry: EntryNumber,
    frame: String,
    nonce: String,
    proof: String,
}

impl From<EntryProof> for Proof {
    fn from(proof: EntryProof) -> Self {
        Self {
            entry: proof.number,
            frame: STANDARD.encode(proof.frame),
            nonce: STANDARD.encode(proof.nonce),
            proof: proof.proof,
        }
    }
}

pub(super) async fn export(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<DecisionId>,
    Asked(Extent { brief }): Asked<Extent>,
) -> Result<Json<Adoption>, Problem> {
    let AdoptionProof {
        text,
        certificate,
        tabling,
    } = face.office.export_decision(&caller, &id, brief).await?;
    Ok(Json(Adoption {
        kind: "legation adoption",
        format: 1,
        decision: id,
        text: String::from_utf8_lossy(&text).into_owned(),
        certificate: certificate.into(),
        tabling: tabling.map(Proof::from),
        log_key: face.office.log_key()?,
    }))
}
