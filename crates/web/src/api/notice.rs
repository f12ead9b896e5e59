//! What awaits the caller, as a list and as a stream; and where notices go to: webhooks and digests.
//!
//! Which notices there are and who may see them is decided in core.

mod stream;
mod webhook;

use axum::Json;
use axum::extract::State;
use legation_core::affairs::notice::Digest;
use legation_core::id::{PartyCode, PersonName};
use legation_core::notice::Notice;
use legation_core::party::Zone;
use legation_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Sent, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/notices")
            .get(list, Operation::new("listNotices", "What awaits the caller now, what is due first before the rest")
                .gives("Notices")),
        Path::at("/notices/stream")
            .get(stream::open, Operation::new("streamNotices", "The same as server-sent events: `notice` for each, `gone` for what awaits no more")
                .gives_text("text/event-stream").refuses(&[406])),
        Path::at("/webhooks")
            .get(webhook::list, Operation::new("listWebhooks", "The addresses to which notices are posted: all for the office, else those of the caller's party")
                .gives("Webhooks"))
            .post(webhook::add, Operation::new("addWebhook", "Has a party's notices posted to an address, or replaces the webhook of that name; the secret verifies what is posted")
                .staff().takes("NewWebhook").creates("WebhookSecret").refuses(&[404, 422])),
        Path::at("/webhooks/{webhook}/remove")
            .post(webhook::remove, Operation::new("removeWebhook", "Posts nothing there any more: for the office, and for the party whose it is")
                .gives("RemovedWebhook").refuses(&[404])),
        Path::at("/webhooks/{webhook}/resume")
            .post(webhook::resume, Operation::new("resumeWebhook", "Tries a webhook again that was stopped")
                .staff().gives("ResumedWebhook").refuses(&[404])),
        Path::at("/webhooks/{webhook}/test")
            .post(webhook::test, Operation::new("testWebhook", "Has a notice without content posted")
                .staff().gives("TestedWebhook").refuses(&[404])),
        Path::at("/webhooks/{webhook}/secret")
            .post(webhook::secret, Operation::new("showWebhookSecret", "The secret that verifies what is posted, for whoever has lost it")
                .staff().gives("WebhookSecretAgain").refuses(&[404])),
        Path::at("/digest")
            .get(digest, Operation::new("showDigest", "When a person is sent what awaits it: the caller itself, or anybody for the office")
                .query(&["of"]).gives("Digest").refuses(&[403, 404]))
            .put(set_digest, Operation::new("setDigest", "Sends a person what awaits it once a day at that hour, or no more")
                .takes("NewDigest").gives("Digest").refuses(&[403, 404, 422])),
    ]
}

/// A notice as it is told, in the list, on the stream and to webhooks alike.
#[derive(Serialize)]
struct Told<'a> {
    id: String,
    kind: &'static str,
    subject: Subject<'a>,
    since: Option<Instant>,
    due: Option<Instant>,
    text: &'a str,
}

#[derive(Serialize)]
struct Subject<'a> {
    what: &'static str,
    id: &'a str,
}

impl<'a> From<&'a Notice> for Told<'a> {
    fn from(notice: &'a Notice) -> Self {
        Self {
            id: notice.id.to_string(),
            kind: notice.kind.as_str(),
            subject: Subject {
                what: notice.subject.what,
                id: &notice.subject.id,
            },
            since: notice.since,
            due: notice.due,
            text: &notice.text,
        }
    }
}

/// A notice as JSON, as every way of telling it does.
#[must_use]
pub fn notice_json(notice: &Notice) -> serde_json::Value {
    // INVARIANT: names and texts make JSON.
    serde_json::to_value(Told::from(notice)).unwrap_or_default()
}

/// What awaits the caller.
#[derive(Serialize)]
struct Notices {
    notices: Vec<serde_json::Value>,
}

async fn list(State(face): State<Face>, caller: Caller) -> Result<Json<Notices>, Problem> {
    let looked = face.office.notices(&caller)?;
    Ok(Json(Notices {
        notices: looked.awaiting.notices.iter().map(notice_json).collect(),
    }))
}

/// Whose digest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    of: Option<String>,
}

/// When a digest is to be sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDigest {
    hour: Option<u8>,
    zone: Option<String>,
    party: Option<PartyCode>,
    person: Option<PersonName>,
}

/// When a digest is sent.
#[derive(Serialize)]
struct DigestShown {
    hour: Option<u8>,
    zone: Option<String>,
    sent: Option<Instant>,
}

impl From<Option<Digest>> for DigestShown {
    fn from(digest: Option<Digest>) -> Self {
        Self {
            hour: digest.as_ref().map(|one| one.hour),
            zone: digest.as_ref().map(|one| one.zone.as_str().to_owned()),
            sent: digest.and_then(|one| one.sent),
        }
    }
}

fn person(
    party: Option<PartyCode>,
    person: Option<PersonName>,
) -> Result<Option<(PartyCode, PersonName)>, Problem> {
    match (party, person) {
        (Some(party), Some(person)) => Ok(Some((party, person))),
        (None, None) => Ok(None),
        _ => Err(invalid(
            "web.invalid-body",
            "name both the party and the person, or neither",
        )),
    }
}

async fn digest(
    State(face): State<Face>,
    caller: Caller,
    Asked(whose): Asked<Whose>,
) -> Result<Json<DigestShown>, Problem> {
    let of = whose.of.as_deref().map(|of| {
        let (party, person) = of.split_once('/')?;
        Some((party.parse().ok()?, person.parse().ok()?))
    });
    let of = match of {
        Some(None) => return Err(Problem::malformed("write `of` like `JPN/anna.berg`")),
        Some(of) => of,
        None => None,
    };
    Ok(Json(face.office.digest(&caller, of)?.into()))
}

async fn set_digest(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<NewDigest>,
) -> Result<Json<DigestShown>, Problem> {
    let zone = new.zone.as_deref().map(str::parse::<Zone>).transpose();
    let zone = zone.map_err(|error| invalid(error.code(), error.to_string()))?;
    let of = person(new.party, new.person)?;
    let set = face.office.set_digest(&caller, of, new.hour, zone).await?;
    Ok(Json(set.into()))
}
