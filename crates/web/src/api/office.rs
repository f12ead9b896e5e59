//! `/office`: what the office says of itself.

use axum::Json;
use axum::extract::State;
use legation_core::id::PartyCode;
use legation_core::time::Instant;
use legation_engine::About;
use serde::Serialize;

use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// The office; the last three for its own people only.
#[derive(Serialize)]
pub(super) struct Office {
    alliance: PartyCode,
    office: String,
    now: Instant,
    log_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<u32>,
}

pub(super) async fn show(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Office>, Problem> {
    let About {
        alliance,
        office,
        now,
        log_key,
        inside,
    } = face.office.about(&caller)?;
    Ok(Json(Office {
        alliance,
        office,
        now,
        log_key,
        name: inside.as_ref().map(|inside| inside.name.clone()),
        entries: inside.as_ref().map(|inside| inside.entries),
        records: inside.as_ref().map(|inside| inside.records),
    }))
}
