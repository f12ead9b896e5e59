//! Recalls: the notices of the caller's party, or of all parties for the office's own people, and
//! their acknowledgement.
//!
//! Who has to be called, and what a party may be told, is the engine's to say.

use axum::Json;
use axum::extract::State;
use legation_core::id::{AreaName, EntryNumber, NoticeId, PartyCode};
use legation_core::state;
use legation_core::time::Instant;
use legation_engine::{RecallNotice, RecallQuery};
use serde::{Deserialize, Serialize};

use crate::api::request::{Asked, Named};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// Which notices.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    overdue: bool,
    after: Option<String>,
    limit: Option<usize>,
}

/// Some notices, oldest first.
#[derive(Serialize)]
pub(super) struct Recalls {
    recalls: Vec<Notice>,
    more: bool,
}

/// One party's notice of a recall.
#[derive(Serialize)]
pub(super) struct Notice {
    id: NoticeId,
    party: PartyCode,
    at: Instant,
    cause: &'static str,
    reason: String,
    due: Instant,
    overdue: bool,
    records: Vec<Record>,
    told: Option<Mark>,
    acknowledged: Option<Mark>,
    entry: Option<EntryNumber>,
    account: Option<String>,
}

#[derive(Serialize)]
struct Record {
    record: String,
    area: AreaName,
    version: Option<Instant>,
    originator: Option<PartyCode>,
}

#[derive(Serialize)]
struct Mark {
    at: Instant,
    account: String,
}

impl From<state::Mark> for Mark {
    fn from(mark: state::Mark) -> Self {
        Self {
            at: mark.at,
            account: mark.actor.to_string(),
        }
    }
}

impl From<RecallNotice> for Notice {
    fn from(notice: RecallNotice) -> Self {
        let (entry, by) = notice.origin.unzip();
        let records = notice.records.into_iter().map(|record| Record {
            record: record.id,
            area: record.area,
            version: record.version,
            originator: record.originator,
        });
        Self {
            id: notice.id,
            party: notice.party,
            at: notice.at,
            cause: notice.cause.as_str(),
            reason: notice.reason,
            due: notice.due,
            overdue: notice.overdue,
            records: records.collect(),
            told: notice.told.map(Mark::from),
            acknowledged: notice.acknowledged.map(Mark::from),
            entry,
            account: by.map(|by| by.to_string()),
        }
    }
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Recalls>, Problem> {
    let after = which.after.map(|id| id.parse::<NoticeId>()).transpose();
    let query = RecallQuery {
        overdue: which.overdue,
        // What is no id is the id of nothing.
        after: after.map_err(|_| Problem::not_found())?,
        limit: which
            .limit
            .unwrap_or(face.settings.default_page)
            .min(face.settings.max_page),
    };
    let page = face.office.recalls(&caller, query).await?;
    Ok(Json(Recalls {
        recalls: page.notices.into_iter().map(Notice::from).collect(),
        more: page.more,
    }))
}

pub(super) async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<NoticeId>,
) -> Result<Json<Notice>, Problem> {
    let notice = face.office.recall(&caller, id).await?;
    Ok(Json(notice.into()))
}

pub(super) async fn acknowledge(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<NoticeId>,
) -> Result<Json<Notice>, Problem> {
    let notice = face.office.acknowledge(&caller, id).await?;
    Ok(Json(notice.into()))
}
