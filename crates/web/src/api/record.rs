//! Filing records, withdrawing and erasing them.

use axum::Json;
use axum::extract::State;
use legation_core::act::Refusal;
use legation_core::id::{AreaName, PartyCode};
use legation_core::time::Instant;
use legation_engine::Shape;
use serde::{Deserialize, Serialize};

use crate::api::audit::Received;
use crate::api::request::{Bundle, Named, Sent};
use crate::auth::Caller;
use crate::face::Face;
use crate::filing;
use crate::problem::Problem;
use crate::uuid;

/// What became of a filing.
#[derive(Serialize)]
pub(super) struct Filed {
    filed: usize,
    unchanged: usize,
    refused: Vec<Refused>,
    /// How many recommendations of the standard are not followed, and the first of them.
    warnings: usize,
    warned: Vec<Refused>,
    status: String,
}

#[derive(Serialize)]
struct Refused {
    record: Option<String>,
    reason: String,
    text: String,
    index: u32,
}

pub(super) async fn file(
    State(face): State<Face>,
    caller: Caller,
    Named(area): Named<AreaName>,
    Bundle(body): Bundle,
) -> Result<Json<Filed>, Problem> {
    let envelope = filing::read(&face, &caller, body, Shape::Any).await??;
    let filed = filing::file(&face, &caller, area, envelope).await?;
    let refused = filed.refused.into_iter().map(|refusal: Refusal| Refused {
        record: refusal.id,
        reason: refusal.code,
        text: refusal.text,
        index: refusal.index,
    });
    let warned = filed.warnings.into_iter().map(|warning| Refused {
        record: Some(warning.id),
        reason: warning.code.to_owned(),
        text: warning.text,
        index: warning.index,
    });
    Ok(Json(Filed {
        filed: filed.filed.len(),
        unchanged: filed.unchanged.len(),
        refused: refused.collect(),
        warnings: filed.warning_count,
        warned: warned.collect(),
        status: uuid::write(&filed.status),
    }))
}

/// What is to end, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    record: String,
    version: Option<Instant>,
    reason: String,
}

/// What was withdrawn, and who has it.
#[derive(Serialize)]
pub(super) struct Withdrawn {
    record: String,
    withdrawn: usize,
    received: Vec<Received>,
    recipients: Vec<PartyCode>,
    notified: Vec<PartyCode>,
    due: Option<Instant>,
}

pub(super) async fn withdraw(
    State(face): State<Face>,
    caller: Caller,
    Sent(ending): Sent<Ending>,
) -> Result<Json<Withdrawn>, Problem> {
    let Ending {
        record,
        version,
        reason,
    } = ending;
    let ended = face
        .office
        .withdraw(&caller, record.clone(), version, reason)
        .await?;
    Ok(Json(Withdrawn {
        record,
        withdrawn: ended.records,
        recipients: ended.parties(),
        due: ended.due,
        notified: ended.notified,
        received: ended.received.into_iter().map(Received::from).collect(),
    }))
}

/// What was erased, and who has it.
#[derive(Serialize)]
pub(super) struct Erased {
    record: String,
    erased: usize,
    received: Vec<Received>,
    recipients: Vec<PartyCode>,
    notified: Vec<PartyCode>,
    due: Option<Instant>,
}

pub(super) async fn erase(
    State(face): State<Face>,
    caller: Caller,
    Sent(ending): Sent<Ending>,
) -> Result<Json<Erased>, Problem> {
    let Ending {
        record,
        version,
        reason,
    } = ending;
    let ended = face
        .office
        .erase(&caller, record.clone(), version, reason)
        .await?;
    Ok(Json(Erased {
        record,
        erased: ended.records,
        recipients: ended.parties(),
        due: ended.due,
        notified: ended.notified,
        received: ended.received.into_iter().map(Received::from).collect(),
    }))
}
