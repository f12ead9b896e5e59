//! The status of a filing (TAXII 2.1 section 4.3), for the party that filed and nobody else.

use axum::http::StatusCode;
use axum::response::Response;

use crate::problem::Problem;
use crate::taxii::answer;
use crate::taxii::ask::Ask;
use crate::taxii::resource::Status;
use crate::uuid;

/// `GET /taxii2/{root}/status/{status}/`
pub(super) async fn show(ask: Ask) -> Result<Response, Problem> {
    let id = uuid::read(ask.part("status")?).ok_or_else(Problem::not_found)?;
    let filed = ask.face.office.status(&ask.caller, &id)?;
    answer(StatusCode::OK, &Status::of(filed))
}
