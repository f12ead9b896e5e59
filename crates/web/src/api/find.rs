//! `/find`, `/records/{object}/related`, `/records/{object}/matches` and `/values/suppressed`: records by
//! a value, and what they have to do with each other.
//!
//! What these name is released by naming it: the engine writes the receipts first, and the answer
//! stops where it is no longer released. What was asked for is not repeated.

use std::convert::Infallible;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use legation_core::id::AreaName;
use legation_core::time::Instant;
use legation_engine::{EngineError, Held, Office, Released, SuppressedFor, Value};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;

use crate::api::request::{Asked, Named};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;
use crate::taxii::{Coding, guarded};
use crate::valve::Valve;

/// What watches over the connection, where there is one.
pub(super) struct Watched(Option<Valve>);

impl FromRequestParts<Face> for Watched {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Infallible> {
        let valve = parts.extensions.get::<ConnectInfo<Valve>>();
        Ok(Self(valve.map(|ConnectInfo(valve)| valve.clone())))
    }
}

#[derive(Serialize)]
struct Record {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    version: Option<Instant>,
    area: AreaName,
    date_added: Option<Instant>,
}

impl From<legation_engine::Sighted> for Record {
    fn from(one: legation_engine::Sighted) -> Self {
        Self {
            id: one.id,
            kind: one.kind,
            version: one.version,
            area: one.area,
            date_added: one.date,
        }
    }
}

#[derive(Serialize)]
struct Plain {
    kind: &'static str,
    value: String,
}

impl From<Value> for Plain {
    fn from(value: Value) -> Self {
        Self {
            kind: value.kind().as_str(),
            value: value.text().to_owned(),
        }
    }
}

/// What is looked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sought {
    value: String,
    added_after: Option<Instant>,
    limit: Option<usize>,
}

/// The records that hold it.
#[derive(Serialize)]
struct Found {
    records: Vec<FoundRecord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<FoundRecord>,
    more: bool,
}

#[derive(Serialize)]
struct FoundRecord {
    #[serde(flatten)]
    record: Record,
    held: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    #[serde(flatten)]
    value: Plain,
    pointer: String,
}

impl From<legation_engine::FoundRecord> for FoundRecord {
    fn from(one: legation_engine::FoundRecord) -> Self {
        let place = |held: Held| Place {
            value: held.value.into(),
            pointer: held.pointer,
        };
        Self {
            record: one.record.into(),
            held: one.held.into_iter().map(place).collect(),
        }
    }
}

pub(super) async fn find(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Asked(sought): Asked<Sought>,
) -> Result<Response, Problem> {
    let limit = limit(&face, sought.limit);
    let released = aside(&face, caller, async move |office, caller| {
        let Sought {
            value, added_after, ..
        } = sought;
        office.find(&caller, &value, added_after, limit).await
    });
    send(watched, released.await?, |found| Found {
        records: found.records.into_iter().map(Into::into).collect(),
        claims: found.claims.into_iter().map(Into::into).collect(),
        more: found.more,
    })
}

/// How much is wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Much {
    limit: Option<usize>,
}

/// What is related to a record.
#[derive(Serialize)]
struct Related {
    record: Record,
    related: Vec<Relation>,
    sightings: Vec<Record>,
    suppressed: Vec<Suppressed>,
    more: bool,
}

#[derive(Serialize)]
struct Relation {
    #[serde(flatten)]
    record: Record,
    values: Vec<Plain>,
}

#[derive(Serialize)]
struct Suppressed {
    #[serde(flatten)]
    value: Plain,
    why: &'static str,
}

fn why(why: SuppressedFor) -> &'static str {
    match why {
        SuppressedFor::List(list) => list.as_str(),
        SuppressedFor::House => "house",
        _ => "cap",
    }
}

pub(super) async fn related(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<String>,
    Asked(much): Asked<Much>,
) -> Result<Response, Problem> {
    let limit = limit(&face, much.limit);
    let released = aside(&face, caller, async move |office, caller| {
        office.related(&caller, &id, None, limit).await
    });
    send(watched, released.await?, |answer| Related {
        record: answer.record.into(),
        related: answer
            .related
            .into_iter()
            .map(|one| Relation {
                record: one.record.into(),
                values: one.values.into_iter().map(Into::into).collect(),
            })
            .collect(),
        sightings: answer.sightings.into_iter().map(Into::into).collect(),
        suppressed: answer
            .suppressed
            .into_iter()
            .map(|one| Suppressed {
                value: one.value.into(),
                why: why(one.why),
            })
            .collect(),
        more: answer.more,
    })
}

/// What matches a record.
#[derive(Serialize)]
struct Matches {
    record: Record,
    matches: Vec<Matched>,
    more: bool,
}

#[derive(Serialize)]
struct Matched {
    #[serde(flatten)]
    record: Record,
    undecided: bool,
}

pub(super) async fn matches(
    State(face): State<Face>,
    caller: Caller,
    watched: Watched,
    Named(id): Named<String>,
    Asked(much): Asked<Much>,
) -> Result<Response, Problem> {
    let limit = limit(&face, much.limit);
    let released = aside(&face, caller, async move |office, caller| {
        office.matches(&caller, &id, limit).await
    });
    send(watched, released.await?, |answer| Matches {
        record: answer.record.into(),
        matches: answer
            .matches
            .into_iter()
            .map(|one| Matched {
                record: one.record.into(),
                undecided: one.is_undecided,
            })
            .collect(),
        more: answer.more,
    })
}

/// Values that relate nobody in the host's view.
#[derive(Serialize)]
pub(super) struct Values {
    values: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    value: Plain,
    records: usize,
    why: &'static str,
}

pub(super) async fn suppressed(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Values>, Problem> {
    let found = aside(&face, caller, async |office, caller| {
        office.suppressed_values(&caller)
    });
    let values = found.await?.into_iter().map(|one| Listed {
        value: one.value.into(),
        records: one.records,
        why: why(one.why),
    });
    Ok(Json(Values {
        values: values.collect(),
    }))
}

fn limit(face: &Face, asked: Option<usize>) -> usize {
    asked
        .unwrap_or(face.settings.default_page)
        .min(face.settings.max_page)
}

/// Does what reads from the disk on a thread that no socket waits for. The caller's place in the queue
/// is held as long.
pub(super) async fn aside<T: Send + 'static, W>(
    face: &Face,
    caller: Caller,
    work: impl FnOnce(Office, Caller) -> W + Send + 'static,
) -> Result<T, Problem>
where
    W: Future<Output = Result<T, EngineError>>,
{
    let office = face.office.clone();
    let handle = Handle::current();
    let done = tokio::task::spawn_blocking(move || handle.block_on(work(office, caller)));
    Ok(done.await.map_err(|error| Problem::internal_of(&error))??)
}

/// The answer, which stops when what it names is no longer released.
pub(super) fn send<T, U: Serialize>(
    Watched(valve): Watched,
    Released { answer, guard }: Released<T>,
    shape: impl FnOnce(T) -> U,
) -> Result<Response, Problem> {
    let text = serde_json::to_vec(&shape(answer)).map_err(|error| Problem::internal_of(&error))?;
    let body = guarded(valve.as_ref(), guard, vec![text.into()], Coding::Identity);
    let mut response = body
        .map_err(|error| Problem::internal_of(&error))?
        .into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}
