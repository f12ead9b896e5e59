//! `/sign-in`: a one-time link becomes a token.

use axum::Json;
use axum::extract::State;
use legation_core::act::Actor;
use legation_core::id::PartyCode;
use serde::{Deserialize, Serialize};

use crate::api::request::Sent;
use crate::auth::{Shown, Told};
use crate::face::Face;
use crate::problem::Problem;

/// The secret of a link.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    link: Told,
}

/// Who came in, with a token to be kept.
#[derive(Serialize)]
pub(super) struct SignedIn {
    party: PartyCode,
    person: String,
    role: &'static str,
    token: Shown,
}

pub(super) async fn sign_in(
    State(face): State<Face>,
    Sent(Link { link }): Sent<Link>,
) -> Result<Json<SignedIn>, Problem> {
    let (caller, token) = face.office.sign_in(link.as_str()).await?;
    let person = match &caller.actor {
        Actor::Person(_, name) => name.to_string(),
        Actor::Client(_, name) => name.to_string(),
        Actor::Office => String::new(),
    };
    Ok(Json(SignedIn {
        party: caller.party,
        person,
        role: caller.role.as_str(),
        token: Shown::new(token.reveal()),
    }))
}
