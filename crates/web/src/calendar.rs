//! Calendars at secret addresses, `/calendar/{token}.ics`, for clients that can send no credentials.
//!
//! The secret is all that is asked for. Whoever guesses is braked as at every other secret, and an
//! address that was revoked is answered like one that never was. What is in the calendar, and the
//! tag that says whether it changed, follow from what its reader may see and from nothing else.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use legation_core::id::Digest;

use crate::face::Face;
use crate::problem::Problem;
use crate::route::Route;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::at("/calendar/{calendar}").guess().get(read)]
}

async fn read(
    State(face): State<Face>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Path(file) = path.map_err(|_| Problem::not_found())?;
    let secret = file.strip_suffix(".ics").ok_or_else(Problem::not_found)?;
    let text = face.office.calendar_by(secret)?;
    let text = text.ok_or_else(Problem::not_found)?;
    let tag = format!("\"{}\"", Digest::of(text.as_bytes()));
    let known = headers.get_all(IF_NONE_MATCH).iter();
    let mut known = known.filter_map(|value| value.to_str().ok());
    // RFC 9110 section 13.1.2: a list, compared weakly.
    let is_known = known.any(|list| {
        let mut tags = list.split(',').map(str::trim);
        tags.any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    });
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
        (ETAG, tag),
        (
            CONTENT_DISPOSITION,
            "inline; filename=\"calendar.ics\"".to_owned(),
        ),
    ];
    Ok(match is_known {
        true => (StatusCode::NOT_MODIFIED, headers).into_response(),
        false => (headers, text).into_response(),
    })
}
