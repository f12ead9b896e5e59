//! `/parties`: who the office knows, with their keys, clients and persons.

use axum::Json;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode};
use legation_core::act::Role;
use legation_core::id::{ClientName, Digest, PartyCode, PersonName};
use legation_core::party::{Key, Party, Status, Zone};
use legation_core::time::Instant;
use legation_engine::NewParty;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::api::request::{Named, Sent, invalid};
use crate::auth::{Caller, Shown};
use crate::face::Face;
use crate::problem::Problem;
use crate::tls;

/// Something made: 201 and what it is.
type Made<T> = Result<(StatusCode, Json<T>), Problem>;

fn made<T>(what: T) -> Made<T> {
    Ok((StatusCode::CREATED, Json(what)))
}

/// All parties.
#[derive(Serialize)]
pub(super) struct Parties {
    parties: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    code: PartyCode,
    name: String,
    status: &'static str,
    zone: String,
    added: Instant,
    keys: usize,
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Parties>, Problem> {
    let parties = face.office.parties(&caller)?;
    let parties = parties.into_iter().map(|party: Party| Listed {
        keys: party.keys.len(),
        code: party.code,
        name: party.name,
        status: party.status.as_str(),
        zone: party.zone.as_str().to_owned(),
        added: party.added,
    });
    Ok(Json(Parties {
        parties: parties.collect(),
    }))
}

/// A party to be admitted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    code: PartyCode,
    name: String,
    status: String,
    zone: Option<String>,
    key: Option<String>,
}

/// A party as it was admitted.
#[derive(Serialize)]
pub(super) struct Admitted {
    code: PartyCode,
    name: String,
    status: &'static str,
    zone: String,
}

pub(super) async fn add(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Made<Admitted> {
    let status: Status = new
        .status
        .parse()
        .map_err(|error: legation_core::party::PartyError| at("status", error.code(), error))?;
    let zone = match new.zone {
        Some(zone) => zone
            .parse()
            .map_err(|error: legation_core::party::PartyError| at("zone", error.code(), error))?,
        None => Zone::utc(),
    };
    let admitted = Admitted {
        code: new.code.clone(),
        name: new.name.clone(),
        status: status.as_str(),
        zone: zone.as_str().to_owned(),
    };
    let new = NewParty {
        code: new.code,
        name: new.name,
        status,
        zone,
        key: new.key,
    };
    face.office.add_party(&caller, new).await?;
    made(admitted)
}

fn at(place: &str, code: &'static str, error: impl std::fmt::Display) -> Problem {
    Problem {
        place: Some(place.into()),
        ..invalid(code, error.to_string())
    }
}

/// The keys of a party.
#[derive(Serialize)]
pub(super) struct Keys {
    keys: Vec<ListedKey>,
}

#[derive(Serialize)]
struct ListedKey {
    fingerprint: String,
    line: String,
    added: Instant,
    revoked: Option<Instant>,
}

pub(super) async fn keys(
    State(face): State<Face>,
    caller: Caller,
    Named(code): Named<PartyCode>,
) -> Result<Json<Keys>, Problem> {
    let keys = face.office.keys(&caller, &code)?;
    let keys = keys.into_iter().map(|key: Key| ListedKey {
        fingerprint: key.fingerprint,
        line: key.line,
        added: key.added,
        revoked: key.revoked,
    });
    Ok(Json(Keys {
        keys: keys.collect(),
    }))
}

/// A public key, one OpenSSH line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    key: String,
}

/// A key as it was registered.
#[derive(Serialize)]
pub(super) struct Registered {
    party: PartyCode,
    fingerprint: String,
}

pub(super) async fn add_key(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(new): Sent<NewKey>,
) -> Made<Registered> {
    let fingerprint = face
        .office
        .add_key(&caller, party.clone(), &new.key)
        .await?;
    made(Registered { party, fingerprint })
}

/// Which key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichKey {
    fingerprint: String,
}

/// A key that signs nothing any more.
#[derive(Serialize)]
pub(super) struct RevokedKey {
    party: PartyCode,
    fingerprint: String,
    revoked: bool,
}

pub(super) async fn revoke_key(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(WhichKey { fingerprint }): Sent<WhichKey>,
) -> Result<Json<RevokedKey>, Problem> {
    face.office
        .revoke_key(&caller, party.clone(), fingerprint.clone())
        .await?;
    Ok(Json(RevokedKey {
        party,
        fingerprint,
        revoked: true,
    }))
}

/// The clients of a party.
#[derive(Serialize)]
pub(super) struct Clients {
    clients: Vec<ListedClient>,
}

#[derive(Serialize)]
struct ListedClient {
    name: ClientName,
    live: bool,
    certificates: Vec<String>,
    only_by_certificate: bool,
}

pub(super) async fn clients(
    State(face): State<Face>,
    caller: Caller,
    Named(code): Named<PartyCode>,
) -> Result<Json<Clients>, Problem> {
    let clients = face.office.clients(&caller, &code)?;
    let clients = clients.into_iter().map(|client| ListedClient {
        name: client.name,
        live: client.live,
        certificates: client.certificates.iter().map(Digest::to_string).collect(),
        only_by_certificate: client.only_by_certificate,
    });
    Ok(Json(Clients {
        clients: clients.collect(),
    }))
}

/// Which client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichClient {
    name: ClientName,
}

/// A client with its password, shown once.
#[derive(Serialize)]
pub(super) struct NewClient {
    party: PartyCode,
    client: ClientName,
    user: String,
    password: Shown,
}

pub(super) async fn add_client(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(WhichClient { name }): Sent<WhichClient>,
) -> Made<NewClient> {
    let password = face
        .office
        .add_client(&caller, party.clone(), name.clone())
        .await?;
    made(NewClient {
        user: format!("{party}/{name}"),
        party,
        client: name,
        password: Shown::new(password.reveal()),
    })
}

/// A client that may come in no more.
#[derive(Serialize)]
pub(super) struct RevokedClient {
    party: PartyCode,
    client: ClientName,
    revoked: bool,
}

pub(super) async fn revoke_client(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(WhichClient { name }): Sent<WhichClient>,
) -> Result<Json<RevokedClient>, Problem> {
    face.office
        .revoke_client(&caller, party.clone(), name.clone())
        .await?;
    Ok(Json(RevokedClient {
        party,
        client: name,
        revoked: true,
    }))
}

/// A certificate of a client, PEM.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCertificate {
    name: ClientName,
    certificate: String,
    #[serde(default)]
    only: bool,
}

/// A certificate by which a client comes in.
#[derive(Serialize)]
pub(super) struct BoundCertificate {
    party: PartyCode,
    client: ClientName,
    fingerprint: String,
    only: bool,
}

pub(super) async fn bind_certificate(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(new): Sent<NewCertificate>,
) -> Made<BoundCertificate> {
    let fingerprint = tls::fingerprint_of(&new.certificate);
    let fingerprint = fingerprint.map_err(|error| at("certificate", error.code(), error))?;
    let (office, name) = (&face.office, new.name.clone());
    office
        .bind_certificate(&caller, party.clone(), name, fingerprint, new.only)
        .await?;
    made(BoundCertificate {
        party,
        client: new.name,
        fingerprint: fingerprint.to_string(),
        only: new.only,
    })
}

/// Which certificate, by its SHA-256.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichCertificate {
    name: ClientName,
    fingerprint: String,
}

/// A certificate that lets nobody in any more.
#[derive(Serialize)]
pub(super) struct UnboundCertificate {
    party: PartyCode,
    client: ClientName,
    fingerprint: String,
    bound: bool,
}

pub(super) async fn unbind_certificate(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    Sent(WhichCertificate { name, fingerprint }): Sent<WhichCertificate>,
) -> Result<Json<UnboundCertificate>, Problem> {
    let fingerprint = tls::read_fingerprint(&fingerprint).ok_or_else(|| {
        let text = format!("`{fingerprint}` is no SHA-256: 64 hexadecimal digits");
        at("fingerprint", "web.fingerprint", text)
    })?;
    face.office
        .unbind_certificate(&caller, party.clone(), name.clone(), fingerprint)
        .await?;
    Ok(Json(UnboundCertificate {
        party,
        client: name,
        fingerprint: fingerprint.to_string(),
        bound: false,
    }))
}

/// A person to be let in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhichPerson {
    name: PersonName,
    role: String,
}

/// A person with a one-time link, shown once.
#[derive(Serialize)]
pub(super) struct NewPerson {
    party: PartyCode,
    person: PersonName,
    role: &'static str,
    link: Shown,
    secret: Shown,
}

pub(super) async fn add_person(
    State(face): State<Face>,
    caller: Caller,
    Named(party): Named<PartyCode>,
    headers: HeaderMap,
    Sent(WhichPerson { name, role }): Sent<WhichPerson>,
) -> Made<NewPerson> {
    let role = [Role::Chief, Role::Officer, Role::Delegate]
        .into_iter()
        .find(|known| known.as_str() == role)
        .ok_or_else(|| {
            let text = format!("`{role}` is no role of a person; use chief, officer or delegate");
            at("role", "party.role", text)
        })?;
    let secret = face
        .office
        .add_person(&caller, party.clone(), name.clone(), role)
        .await?;
    let link = Zeroizing::new(format!(
        "{}/sign-in?link={}",
        base(&face, &headers),
        secret.reveal()
    ));
    made(NewPerson {
        party,
        person: name,
        role: role.as_str(),
        link: Shown::new(&link),
        secret: Shown::new(secret.reveal()),
    })
}

/// Where the office is reached: as its keeper set, or else as this caller reached it.
fn base(face: &Face, headers: &HeaderMap) -> String {
    if let Some(url) = &face.settings.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    match host.and_then(|host| host.parse::<Authority>().ok()) {
        Some(authority) if face.settings.tls.is_some() => format!("https://{authority}"),
        Some(authority) => format!("http://{authority}"),
        None => String::new(),
    }
}
