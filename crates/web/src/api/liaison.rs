//! The API of the liaison offices of the alliance.
//!
//! How much of an office a caller sees is the engine's to say; here it is only given its form.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use legation_core::act::Subject;
use legation_core::affairs::liaison::{Ground, LiaisonStatus, Particulars};
use legation_core::id::{DecisionId, LiaisonId, PartyCode, StatementId};
use legation_core::time::{Day, Instant};
use legation_engine::{Amendments, Because, LiaisonStep, LiaisonView, NewLiaison};
use serde::{Deserialize, Serialize};

use crate::api::activity::Dated;
use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Named, Sent, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/offices")
            .get(list, Operation::new("listOffices", "The liaison offices that the caller may see, as they are or as they were at the end of a day")
                .query(&["as_of"]).gives("LiaisonOffices"))
            .post(propose, Operation::new("proposeOffice", "Proposes a liaison office")
                .staff().takes("NewLiaisonOffice").creates("LiaisonOffice").refuses(&[404, 409, 422])),
        Path::at("/offices/{office}")
            .get(show, Operation::new("showLiaisonOffice", "One liaison office with its history, as it is or as it was at the end of a day")
                .query(&["as_of"]).gives("LiaisonOffice").refuses(&[404])),
        Path::at("/offices/{office}/move")
            .post(step, Operation::new("moveOffice", "Moves an office to another status; where the house rules leave that to the members, by their adopted decision alone")
                .staff().takes("LiaisonMove").gives("LiaisonOffice").refuses(&[404, 409, 422])),
        Path::at("/offices/{office}/set")
            .post(amend, Operation::new("amendOffice", "Changes what is said of an office; what is left out stays")
                .staff().takes("LiaisonAmendment").gives("LiaisonOffice").refuses(&[404, 409, 422])),
        Path::at("/offices/{office}/tell")
            .post(tell, Operation::new("tellOffice", "Tells parties of an office that they would not see yet")
                .staff().takes("LiaisonTelling").gives("LiaisonOffice").refuses(&[404, 409, 422])),
    ]
}

/// What stands behind a step.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
enum Behind {
    Decision(DecisionId),
    Statement(StatementId),
}

impl From<Behind> for Ground {
    fn from(behind: Behind) -> Self {
        match behind {
            Behind::Decision(id) => Self::Decision(id),
            Behind::Statement(id) => Self::Statement(id),
        }
    }
}

fn behind(ground: Ground) -> Option<Behind> {
    match ground {
        Ground::Decision(id) => Some(Behind::Decision(id)),
        Ground::Statement(id) => Some(Behind::Statement(id)),
        _ => None,
    }
}

#[derive(Serialize)]
struct Office {
    id: LiaisonId,
    city: String,
    host: PartyCode,
    status: &'static str,
    since: Day,
    abandoned: bool,
    head: Option<String>,
    staff: Vec<String>,
    premises_by: Option<PartyCode>,
    premises: Option<String>,
    funded_by: Vec<PartyCode>,
    accredited: Vec<PartyCode>,
    opening: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<Vec<PartyCode>>,
    history: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    on: Day,
    kind: &'static str,
    status: &'static str,
    reason: Option<String>,
    ground: Option<Behind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

impl From<LiaisonStep> for Step {
    fn from(step: LiaisonStep) -> Self {
        let (at, account) = step.written.unzip();
        Self {
            on: step.on,
            kind: step.kind,
            status: step.status.as_str(),
            reason: step.reason,
            ground: step.ground.and_then(behind),
            at,
            account,
        }
    }
}

impl From<LiaisonView> for Office {
    fn from(view: LiaisonView) -> Self {
        let Particulars {
            head,
            staff,
            premises_by,
            premises,
            funded_by,
            accredited,
            opening,
        } = view.particulars;
        Self {
            id: view.id,
            city: view.city,
            host: view.host,
            status: view.status.as_str(),
            since: view.since,
            abandoned: view.status == LiaisonStatus::Closed && !view.was_open,
            head,
            staff,
            premises_by,
            premises,
            funded_by,
            accredited,
            opening,
            told: view.told,
            history: view.steps.into_iter().map(Step::from).collect(),
        }
    }
}

/// Of which day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    as_of: Option<Day>,
}

/// Some offices.
#[derive(Serialize)]
struct Offices {
    offices: Vec<Office>,
}

async fn list(
    State(face): State<Face>,
    caller: Caller,
    Asked(When { as_of }): Asked<When>,
) -> Result<Json<Offices>, Problem> {
    let offices = face.office.liaisons(&caller, as_of)?.into_iter();
    Ok(Json(Offices {
        offices: offices.map(Office::from).collect(),
    }))
}

fn read(
    face: &Face,
    caller: &Caller,
    id: &LiaisonId,
    as_of: Option<Day>,
) -> Result<Json<Office>, Problem> {
    Ok(Json(face.office.liaison(caller, id, as_of)?.into()))
}

async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<LiaisonId>,
    Asked(When { as_of }): Asked<When>,
) -> Result<Json<Dated<Office>>, Problem> {
    let Json(shown) = read(&face, &caller, &id, as_of)?;
    let subject = Subject::Liaison(id);
    Ok(Json(Dated::of(&face, &caller, &subject, shown)?))
}

/// An office that is proposed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    id: LiaisonId,
    city: String,
    host: PartyCode,
    head: Option<String>,
    #[serde(default)]
    staff: Vec<String>,
    premises_by: Option<PartyCode>,
    premises: Option<String>,
    #[serde(default)]
    funded_by: Vec<PartyCode>,
    #[serde(default)]
    accredited: Vec<PartyCode>,
    opening: Option<Day>,
    #[serde(default)]
    told: Vec<PartyCode>,
    on: Option<Day>,
    reason: String,
    ground: Option<Behind>,
}

async fn propose(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Office>), Problem> {
    let id = new.id.clone();
    let because = Because {
        on: new.on,
        reason: new.reason,
        ground: new.ground.map(Ground::from),
    };
    let new = NewLiaison {
        id: new.id,
        city: new.city,
        host: new.host,
        particulars: Particulars {
            head: new.head,
            staff: new.staff,
            premises_by: new.premises_by,
            premises: new.premises,
            funded_by: new.funded_by,
            accredited: new.accredited,
            opening: new.opening,
        },
        told: new.told,
    };
    face.office.propose_liaison(&caller, new, because).await?;
    let made = read(&face, &caller, &id, None)?;
    Ok((StatusCode::CREATED, made))
}

/// To which status, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    to: String,
    on: Option<Day>,
    reason: String,
    ground: Option<Behind>,
}

async fn step(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<LiaisonId>,
    Sent(step): Sent<Move>,
) -> Result<Json<Office>, Problem> {
    let to = step.to.parse::<LiaisonStatus>();
    let to = to.map_err(|error| invalid(error.code(), error.to_string()))?;
    let because = Because {
        on: step.on,
        reason: step.reason,
        ground: step.ground.map(Ground::from),
    };
    let moved = face.office.move_liaison(&caller, id.clone(), to, because);
    moved.await?;
    read(&face, &caller, &id, None)
}

/// What is said of an office from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amend {
    head: Option<String>,
    staff: Option<Vec<String>>,
    premises_by: Option<PartyCode>,
    premises: Option<String>,
    funded_by: Option<Vec<PartyCode>>,
    accredited: Option<Vec<PartyCode>>,
    opening: Option<Day>,
    on: Option<Day>,
    reason: String,
    ground: Option<Behind>,
}

async fn amend(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<LiaisonId>,
    Sent(new): Sent<Amend>,
) -> Result<Json<Office>, Problem> {
    let because = Because {
        on: new.on,
        reason: new.reason,
        ground: new.ground.map(Ground::from),
    };
    let changes = Amendments {
        head: new.head,
        staff: new.staff,
        premises_by: new.premises_by,
        premises: new.premises,
        funded_by: new.funded_by,
        accredited: new.accredited,
        opening: new.opening,
    };
    let amended = face
        .office
        .amend_liaison(&caller, id.clone(), changes, because);
    amended.await?;
    read(&face, &caller, &id, None)
}

/// Who is told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tell {
    parties: Vec<PartyCode>,
    reason: String,
}

async fn tell(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<LiaisonId>,
    Sent(Tell { parties, reason }): Sent<Tell>,
) -> Result<Json<Office>, Problem> {
    let told = face
        .office
        .tell_liaison(&caller, id.clone(), parties, reason);
    told.await?;
    read(&face, &caller, &id, None)
}
