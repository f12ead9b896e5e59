//! `/misp/{area}/`: a party's view of an area as a MISP feed, to which a MISP subscribes by the
//! address of the folder.
//!
//! What a file says is made of the caller's view alone, and a receipt is written before its first
//! byte. A file that the caller may not have looks like one that does not exist. How a feed is made
//! is not known here.

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Path};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use legation_core::act::Extent;
use legation_core::id::AreaName;
use legation_engine::{FeedFile, FeedRelease};

use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;
use crate::route::Route;
use crate::taxii::{Coding, coding, guarded, unsized_body};
use crate::valve::Valve;

/// How often a feed is made anew because something was lost meanwhile.
const ATTEMPTS: usize = 8;

/// The files of a feed.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::at("/misp/{area}/manifest.json").get(manifest),
        Route::at("/misp/{area}/hashes.csv").get(hashes),
        Route::at("/misp/{area}/{event}").get(event),
    ]
}

/// A request for a file of a feed.
struct Ask {
    face: Face,
    caller: Caller,
    headers: HeaderMap,
    head: bool,
    valve: Option<Valve>,
    area: AreaName,
    /// The file's name, where the path has one as a parameter.
    name: Option<String>,
}

impl FromRequestParts<Face> for Ask {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, face).await?;
        let Path(mut path) =
            Path::<std::collections::HashMap<String, String>>::from_request_parts(parts, face)
                .await
                .map_err(|_| Problem::not_found())?;
        let area = path.remove("area").and_then(|area| area.parse().ok());
        let valve = parts.extensions.get::<ConnectInfo<Valve>>();
        Ok(Self {
            face: face.clone(),
            caller,
            headers: parts.headers.clone(),
            head: parts.method == Method::HEAD,
            valve: valve.map(|ConnectInfo(valve)| valve.clone()),
            // No area has such a name, so it is one that does not exist.
            area: area.ok_or_else(Problem::not_found)?,
            name: path.remove("event"),
        })
    }
}

async fn manifest(ask: Ask) -> Result<Response, Problem> {
    answer(ask, FeedFile::Manifest, "application/json").await
}

async fn hashes(ask: Ask) -> Result<Response, Problem> {
    answer(ask, FeedFile::Hashes, "text/csv; charset=utf-8").await
}

async fn event(ask: Ask) -> Result<Response, Problem> {
    let name = ask.name.clone().unwrap_or_default();
    let uuid = name.strip_suffix(".json").ok_or_else(Problem::not_found)?;
    answer(ask, FeedFile::Event(uuid.to_owned()), "application/json").await
}

async fn answer(ask: Ask, file: FeedFile, kind: &'static str) -> Result<Response, Problem> {
    let extent = match ask.head {
        true => Extent::Heads,
        false => Extent::Bodies,
    };
    let FeedRelease { files, guard } = release(
        &ask.face,
        (&ask.caller, &ask.caller),
        &ask.area,
        (&file, extent),
        true,
    )
    .await?;
    if ask.head {
        return Ok(dress(unsized_body(), kind, Coding::Identity));
    }
    let pieces: Vec<Bytes> = files
        .into_inner()
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect();
    let coding = coding(&ask.headers);
    let body = guarded(ask.valve.as_ref(), guard, pieces, coding);
    let body = body.map_err(|error| Problem::internal_of(&error))?;
    Ok(dress(body, kind, coding))
}

fn dress(body: Body, kind: &'static str, coding: Coding) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(name) = coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

async fn draft(
    face: &Face,
    caller: &Caller,
    reader: &legation_engine::Caller,
    area: &AreaName,
    settled: bool,
) -> Result<legation_engine::FeedDraft, Problem> {
    let (office, reader, area) = (face.office.clone(), reader.clone(), area.clone());
    // The caller's place in the queue is held as long as the work goes on, whoever still waits.
    let place = caller.clone();
    let made = tokio::task::spawn_blocking(move || {
        let draft = office.draft_feed(&reader, &area, settled);
        drop(place);
        draft
    });
    Ok(made.await.map_err(|error| Problem::internal_of(&error))??)
}

/// Makes the feed of a reader, who is the caller or for whom the caller stands in, and releases a
/// file of it, or all.
///
/// # Errors
/// 404 for what is not there or not to be known of; what the engine refuses.
pub(crate) async fn release(
    face: &Face,
    (caller, reader): (&Caller, &legation_engine::Caller),
    area: &AreaName,
    (file, extent): (&FeedFile, Extent),
    settled: bool,
) -> Result<FeedRelease, Problem> {
    for _ in 0..ATTEMPTS {
        let draft = draft(face, caller, reader, area, settled).await?;
        let released = face.office.release_feed(reader, &draft, file, extent);
        if let Some(release) = released.await? {
            return Ok(release);
        }
    }
    Err(face.office.unsteady().into())
}
