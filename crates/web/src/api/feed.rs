//! A party's MISP feed, handed to the office's own people for the party: that is a release to it,
//! with a receipt that says who fetched it.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use legation_core::act::Extent;
use legation_core::id::{AreaName, PartyCode};
use legation_engine::FeedFile;
use serde::{Deserialize, Serialize};

use crate::api::request::{Named, Sent};
use crate::auth::Caller;
use crate::face::Face;
use crate::misp;
use crate::problem::Problem;
use crate::taxii::{Coding, guarded};
use crate::valve::Valve;

/// Of which area.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    area: AreaName,
}

#[derive(Serialize)]
struct Feed<'a> {
    party: PartyCode,
    area: AreaName,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    text: &'a str,
}

pub(super) async fn export(
    State(face): State<Face>,
    caller: Caller,
    valve: Option<Extension<ConnectInfo<Valve>>>,
    Named(party): Named<PartyCode>,
    Sent(Wanted { area }): Sent<Wanted>,
) -> Result<Response, Problem> {
    let reader = face.office.stand_in(&caller, &party)?;
    let wanted = (&FeedFile::Whole, Extent::Bodies);
    let release = misp::release(&face, (&caller, &reader), &area, wanted, false).await?;
    let files = release.files.get();
    let files = files.iter().filter_map(|(name, bytes)| {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(File { name, text })
    });
    let feed = Feed {
        party,
        area,
        files: files.collect(),
    };
    let text = serde_json::to_vec(&feed).map_err(|error| Problem::internal_of(&error))?;
    let valve = valve.as_ref().map(|Extension(ConnectInfo(valve))| valve);
    let pieces = vec![Bytes::from(text)];
    let body = guarded(valve, release.guard, pieces, Coding::Identity);
    let body = body.map_err(|error| Problem::internal_of(&error))?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, kind)], body).into_response())
}
