//! `/parties/{code}/identities` and `/claims`: who speaks for which identity, and what others filed
//! under objects that are not theirs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use legation_core::id::{AreaName, PartyCode, RecordId};
use legation_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::api::request::{Named, Sent};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// The identities of a party.
#[derive(Serialize)]
pub(super) struct Identities {
    identities: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    identity: RecordId,
    party: PartyCode,
    granted: bool,
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
    Named(code): Named<PartyCode>,
) -> Result<Json<Identities>, Problem> {
    let identities = face.office.identities(&caller, &code)?.into_iter();
    let identities = identities.map(|one| Listed {
        identity: one.identity,
        party: one.party,
        granted: one.granted,
    });
    Ok(Json(Identities {
        identities: identities.collect(),
    }))
}

/// Which identity.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    identity: String,
}

/// An identity as it is registered.
#[derive(Serialize)]
pub(super) struct Registered {
    party: PartyCode,
    identity: String,
    granted: bool,
}

pub(super) async fn add(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(Which { identity }): Sent<Which>,
) -> Result<(StatusCode, Json<Registered>), Problem> {
    let granted = face
        .office
        .register_identity(&caller, party.clone(), &identity)
        .await?;
    let registered = Registered {
        party,
        identity,
        granted,
    };
    Ok((StatusCode::CREATED, Json(registered)))
}

/// An identity for which the party speaks no more.
#[derive(Serialize)]
pub(super) struct Removed {
    party: PartyCode,
    identity: String,
    removed: bool,
}

pub(super) async fn remove(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(Which { identity }): Sent<Which>,
) -> Result<Json<Removed>, Problem> {
    face.office
        .unregister_identity(&caller, party.clone(), &identity)
        .await?;
    Ok(Json(Removed {
        party,
        identity,
        removed: true,
    }))
}

/// What is shown in no view because its object is another's.
#[derive(Serialize)]
pub(super) struct Claims {
    claims: Vec<Claim>,
    more: bool,
}

#[derive(Serialize)]
struct Claim {
    record: String,
    version: Option<Instant>,
    area: AreaName,
    filed: Option<Instant>,
    claimant: PartyCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<PartyCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<bool>,
}

pub(super) async fn claims(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Claims>, Problem> {
    let (claims, more) = face.office.claims(&caller)?;
    let claims = claims.into_iter().map(|claim| {
        let (author, granted) = claim.author.unzip();
        Claim {
            record: claim.id,
            version: claim.version,
            area: claim.area,
            filed: claim.filed,
            claimant: claim.claimant,
            author,
            granted,
        }
    });
    Ok(Json(Claims {
        claims: claims.collect(),
        more,
    }))
}
