//! Webhooks: who has which, and how far they have got.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::id::{NoticeId, PartyCode, WebhookName};
use legation_core::time::Instant;
use legation_engine::NewWebhook;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::api::request::{Named, Sent};
use crate::auth::{Caller, Shown};
use crate::face::Face;
use crate::problem::Problem;

/// Some webhooks.
#[derive(Serialize)]
pub(super) struct Webhooks {
    webhooks: Vec<Webhook>,
}

#[derive(Serialize)]
struct Webhook {
    id: WebhookName,
    party: PartyCode,
    url: String,
    private: bool,
    added: Instant,
    /// How many notices wait to be taken.
    waiting: usize,
    taken: Option<Instant>,
    failing: Option<Failing>,
    stopped: Option<Instant>,
}

#[derive(Serialize)]
struct Failing {
    since: Instant,
    reason: String,
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Webhooks>, Problem> {
    let webhooks = face.office.webhooks(&caller)?.into_iter();
    let webhooks = webhooks.map(|(webhook, waiting)| Webhook {
        id: webhook.act.id,
        party: webhook.act.party,
        url: webhook.act.url,
        private: webhook.act.private,
        added: webhook.added,
        waiting,
        taken: webhook.taken,
        failing: webhook
            .failing
            .map(|(since, reason)| Failing { since, reason }),
        stopped: webhook.stopped,
    });
    Ok(Json(Webhooks {
        webhooks: webhooks.collect(),
    }))
}

/// A webhook to be added.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    id: WebhookName,
    party: PartyCode,
    url: String,
    #[serde(default)]
    private: bool,
}

/// A webhook as it was added.
#[derive(Serialize)]
pub(super) struct Added {
    id: WebhookName,
    party: PartyCode,
    url: String,
    private: bool,
    secret: Shown,
}

/// A key as the receivers' libraries take it (Standard Webhooks 1.0, "Symmetric": `whsec_` and the
/// key in base64).
fn shown(key: &Zeroizing<[u8; 32]>) -> Shown {
    let text = Zeroizing::new(format!("whsec_{}", STANDARD.encode(key.as_slice())));
    Shown::new(&text)
}

pub(super) async fn add(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Added>), Problem> {
    let New {
        id,
        party,
        url,
        private,
    } = new;
    let webhook = NewWebhook {
        id: id.clone(),
        party: party.clone(),
        url: url.clone(),
        private,
    };
    let key = face.office.add_webhook(&caller, webhook).await?;
    let added = Added {
        id,
        party,
        url,
        private,
        secret: shown(&key),
    };
    Ok((StatusCode::CREATED, Json(added)))
}

#[derive(Serialize)]
pub(super) struct Removed {
    id: WebhookName,
    removed: bool,
}

pub(super) async fn remove(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<WebhookName>,
) -> Result<Json<Removed>, Problem> {
    face.office.remove_webhook(&caller, id.clone()).await?;
    Ok(Json(Removed { id, removed: true }))
}

#[derive(Serialize)]
pub(super) struct Resumed {
    id: WebhookName,
    resumed: bool,
}

pub(super) async fn resume(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<WebhookName>,
) -> Result<Json<Resumed>, Problem> {
    face.office.resume_webhook(&caller, id.clone()).await?;
    Ok(Json(Resumed { id, resumed: true }))
}

#[derive(Serialize)]
pub(super) struct Tested {
    id: WebhookName,
    notice: NoticeId,
}

pub(super) async fn test(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<WebhookName>,
) -> Result<Json<Tested>, Problem> {
    let notice = face.office.test_webhook(&caller, id.clone()).await?;
    Ok(Json(Tested { id, notice }))
}

#[derive(Serialize)]
pub(super) struct Again {
    id: WebhookName,
    secret: Shown,
}

pub(super) async fn secret(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<WebhookName>,
) -> Result<Json<Again>, Problem> {
    let key = face.office.webhook_secret(&caller, &id)?;
    Ok(Json(Again {
        id,
        secret: shown(&key),
    }))
}
