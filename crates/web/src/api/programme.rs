//! The API of how far the goals of the agreements have come.
//!
//! What an answer may tell whom is decided below; here it is only given its form.

mod answer;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use legation_core::act::Progress;
use legation_core::id::{ActivityId, AgreementId, ConsultationId, PartyCode};
use legation_core::programme::GoalId;
use legation_core::time::Day;
use legation_engine::{GoalReport, Shown};
use serde::{Deserialize, Serialize};

use crate::api::find::{Watched, aside, send};
use crate::api::openapi::{Operation, Path};
use crate::api::programme::answer::{Form, Listed, Programme, Reviewed};
use crate::api::request::{Asked, Named, Sent, Sheet, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/programmes")
            .get(list, Operation::new("listProgrammes", "The programmes of which the caller may see something: those of the agreements, and old ones on file")
                .gives("Programmes"))
            .post(import, Operation::new("importProgramme", "Puts a programme from before the office on file: the front matter of an agreement; its terms release nothing")
                .staff().takes_text("text/markdown").creates("ImportedProgramme").refuses(&[409, 422])),
        Path::at("/programmes/{id}")
            .get(show, Operation::new("showProgramme", "One programme, with what each side says of its goals; naming a record as evidence is a release")
                .gives("Programme").refuses(&[404])),
        Path::at("/programmes/{id}/reports")
            .post(report, Operation::new("reportGoal", "Says how far a goal has come, for the caller's party")
                .takes("GoalReport").gives("Programme").refuses(&[404, 409, 422])),
        Path::at("/programmes/{id}/evidence")
            .post(evidence, Operation::new("linkEvidence", "Links something to a goal that shows how far it has come")
                .takes("GoalEvidence").gives("Programme").refuses(&[404, 409, 422])),
        Path::at("/programmes/{id}/transition")
            .post(transition, Operation::new("passGoals", "Puts on record what becomes of the goals of an old programme in this one, where no agreement file says it")
                .staff().takes("GoalTransition").gives("Programme").refuses(&[404, 409, 422])),
        Path::at("/parties/{code}/review")
            .get(review, Operation::new("reviewParty", "The progress report of a partner, from the first day to the last: for the office, or the partner's own copy")
                .query(&["first", "last", "format"]).gives("Review").refuses(&[404, 422])),
    ]
}

/// Some programmes.
#[derive(Serialize)]
struct Programmes {
    programmes: Vec<Listed>,
}

async fn list(State(face): State<Face>, caller: Caller) -> Result<Json<Programmes>, Problem> {
    let found = face.office.programmes(&caller)?;
    Ok(Json(Programmes {
        programmes: found.into_iter().map(Listed::of).collect(),
    }))
}

async fn answer(
    face: &Face,
    caller: Caller,
    watched: Watched,
    id: AgreementId,
) -> Result<Response, Problem> {
    let released = aside(face, caller, move |office, caller| async move {
        office.programme(&caller, &id).await
    });
    send(watched, released.await?, Programme::of)
}

async fn show(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<AgreementId>,
) -> Result<Response, Problem> {
    answer(&face, caller, watched, id).await
}

/// An old programme on file.
#[derive(Serialize)]
struct Imported {
    id: AgreementId,
}

async fn import(
    State(face): State<Face>,
    caller: Caller,
    Sheet(file): Sheet,
) -> Result<(StatusCode, Json<Imported>), Problem> {
    let id = face.office.import_programme(&caller, file).await?;
    Ok((StatusCode::CREATED, Json(Imported { id })))
}

/// How far a goal has come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewReport {
    goal: GoalId,
    status: String,
    into: Option<GoalId>,
    note: Option<String>,
    day: Option<Day>,
}

fn progress(status: &str, into: Option<GoalId>) -> Result<Progress, Problem> {
    let progress = match (status, into) {
        ("planned", None) => Progress::Planned,
        ("on-track", None) => Progress::OnTrack,
        ("late", None) => Progress::Late,
        ("done", None) => Progress::Done,
        ("dropped", None) => Progress::Dropped,
        ("merged", Some(into)) => Progress::Merged(into),
        _ => {
            let text = "write `planned`, `on-track`, `late`, `done` or `dropped`; or `merged` with `into`, the goal that it is part of from now on";
            return Err(invalid("programme.unknown-status", text));
        }
    };
    Ok(progress)
}

async fn report(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<AgreementId>,
    Sent(new): Sent<NewReport>,
) -> Result<Response, Problem> {
    let report = GoalReport {
        goal: new.goal,
        progress: progress(&new.status, new.into)?,
        note: new.note,
        day: new.day,
    };
    face.office.report_goal(&caller, id.clone(), report).await?;
    answer(&face, caller, watched, id).await
}

/// Something that shows how far a goal has come.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEvidence {
    goal: GoalId,
    record: Option<String>,
    consultation: Option<ConsultationId>,
    meeting: Option<u32>,
    activity: Option<ActivityId>,
    url: Option<String>,
    digest: Option<String>,
    note: Option<String>,
}

impl NewEvidence {
    fn shown(self) -> Option<Shown> {
        let page = (self.url, self.digest);
        match (self.record, self.consultation, self.activity, page) {
            (Some(id), None, None, (None, None)) if self.meeting.is_none() => {
                Some(Shown::Record(id))
            }
            (None, Some(id), None, (None, None)) => Some(Shown::Consultation(id, self.meeting)),
            (None, None, Some(id), (None, None)) if self.meeting.is_none() => {
                Some(Shown::Activity(id))
            }
            (None, None, None, (Some(url), Some(digest))) if self.meeting.is_none() => {
                Some(Shown::Page(url, digest))
            }
            _ => None,
        }
    }
}

async fn evidence(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<AgreementId>,
    Sent(mut new): Sent<NewEvidence>,
) -> Result<Response, Problem> {
    let (goal, note) = (new.goal.clone(), new.note.take());
    let shown = new.shown().ok_or_else(|| {
        let text = "name one thing: `record`, `consultation` (with `meeting` or not), `activity`, or `url` with `digest`";
        invalid("programme.unknown-evidence", text)
    })?;
    face.office
        .link_evidence(&caller, id.clone(), goal, shown, note)
        .await?;
    answer(&face, caller, watched, id).await
}

/// What becomes of the goals of an old programme.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTransition {
    old: AgreementId,
    plan: String,
}

async fn transition(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<AgreementId>,
    Sent(new): Sent<NewTransition>,
) -> Result<Response, Problem> {
    let plan = new.plan.into_bytes();
    face.office
        .pass_goals(&caller, new.old, id.clone(), plan)
        .await?;
    answer(&face, caller, watched, id).await
}

/// Which days, and in which form.
#[derive(Deserialize)]
struct Days {
    first: Option<Day>,
    last: Option<Day>,
    format: Option<Form>,
}

async fn review(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(party): Named<PartyCode>,
    Asked(days): Asked<Days>,
) -> Result<Response, Problem> {
    let span = (days.first, days.last);
    // It goes over all receipts of the partner: not on a thread that others wait for.
    let released = aside(&face, caller, move |office, caller| async move {
        office.review(&caller, &party, span).await
    });
    let form = days.format.unwrap_or(Form::Md);
    send(watched, released.await?, |review| {
        Reviewed::of(&review, form)
    })
}
