//! `/house`: the house rules, a file as people write it.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use serde::Serialize;

use crate::api::request::Sheet;
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

pub(super) async fn show(
    State(face): State<Face>,
    caller: Caller,
) -> Result<impl IntoResponse, Problem> {
    let text = face.office.house(&caller)?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text))
}

/// The rules hold.
#[derive(Serialize)]
pub(super) struct HouseSet {
    in_force: bool,
}

pub(super) async fn set(
    State(face): State<Face>,
    caller: Caller,
    Sheet(file): Sheet,
) -> Result<Json<HouseSet>, Problem> {
    let text = String::from_utf8(file).map_err(|error| {
        let place = format!("byte {}", error.utf8_error().valid_up_to());
        Problem {
            place: Some(place),
            ..Problem::malformed("the house rules are not UTF-8 text")
        }
    })?;
    face.office.set_house(&caller, text).await?;
    Ok(Json(HouseSet { in_force: true }))
}
