//! The log of the office, for everybody: a signed checkpoint and tiles (C2SP tlog-tiles).
//!
//! It needs no credentials and gives nothing away: tiles hold hashes, and a bundle holds
//! commitments to entries, never entries.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::door::Place;
use crate::face::Face;
use crate::problem::Problem;
use crate::route::Route;

/// Where the log lies: this is also what an auditor's tool is given.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::at("/log/checkpoint").open().get(checkpoint),
        Route::at("/log/tile/{*tile}").open().get(tile),
    ]
}

async fn checkpoint(State(face): State<Face>) -> Result<Response, Problem> {
    let text = face.office.checkpoint()?;
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, text).into_response())
}

async fn tile(
    State(face): State<Face>,
    Extension(place): Extension<Place>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Problem> {
    let Path(path) = path.map_err(|_| Problem::not_found())?;
    let office = face.office.clone();
    let found = tokio::task::spawn_blocking(move || {
        // Its place among what is worked on is free when it is done, whoever still waits for it.
        let _place = place;
        office.log_tile(&format!("tile/{path}"))
    });
    let tile = found
        .await
        .map_err(|error| Problem::internal_of(&error))??
        .ok_or_else(Problem::not_found)?;
    // Only a full tile is final (C2SP tlog-tiles, "Caching").
    let cache = if tile.full {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    let mut response = tile.bytes.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    Ok(response)
}
