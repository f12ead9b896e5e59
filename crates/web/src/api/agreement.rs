//! `/agreements`: check, rehearse, table, sign, suspend, resume, terminate, show.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use legation_core::agreement::document::Parties;
use legation_core::id::{AgreementId, AgreementVersion, AreaName, PartyCode, RecordId};
use legation_core::time::Instant;
use legation_engine::Standing;
use serde::{Deserialize, Serialize};

use crate::api::activity::{Due, due};
use crate::api::request::{Asked, Named, Sent, Sheet};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

fn sides(parties: &Parties) -> [String; 2] {
    [parties.host.to_string(), parties.other.to_string()]
}

/// A file without fault.
#[derive(Serialize)]
pub(super) struct Checked {
    id: AgreementId,
    version: AgreementVersion,
    digest: String,
    title: String,
    parties: [String; 2],
}

pub(super) async fn check(
    State(face): State<Face>,
    caller: Caller,
    Sheet(file): Sheet,
) -> Result<Json<Checked>, Problem> {
    let document = face.office.check_agreement(&caller, &file)?;
    Ok(Json(Checked {
        digest: legation_core::id::Digest::of(&file).to_string(),
        parties: sides(&document.parties),
        id: document.id,
        version: document.version,
        title: document.title,
    }))
}

/// A version on the table.
#[derive(Serialize)]
pub(super) struct Tabled {
    id: AgreementId,
    version: AgreementVersion,
    digest: String,
}

pub(super) async fn table(
    State(face): State<Face>,
    caller: Caller,
    Sheet(file): Sheet,
) -> Result<(StatusCode, Json<Tabled>), Problem> {
    let tabled = face.office.table(&caller, file).await?;
    let tabled = Tabled {
        id: tabled.id,
        version: tabled.version,
        digest: tabled.digest.to_string(),
    };
    Ok((StatusCode::CREATED, Json(tabled)))
}

/// What would change, and when.
#[derive(Serialize)]
pub(super) struct Rehearsed {
    at: Instant,
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Change {
    party: PartyCode,
    area: AreaName,
    gains: u64,
    loses: u64,
    samples: Vec<Sample>,
}

#[derive(Serialize)]
struct Sample {
    id: RecordId,
    gain: bool,
    because: String,
}

pub(super) async fn rehearse(
    State(face): State<Face>,
    caller: Caller,
    Sheet(file): Sheet,
) -> Result<Json<Rehearsed>, Problem> {
    // It compares all that is held twice over: not on a thread that others wait for.
    let rehearsed = tokio::task::spawn_blocking(move || face.office.rehearse(&caller, &file)).await;
    let rehearsed = rehearsed.map_err(|_| Problem::internal())??;
    let changes = rehearsed.changes.into_iter().map(|change| Change {
        party: change.party,
        area: change.area,
        gains: change.gains,
        loses: change.loses,
        samples: change
            .samples
            .into_iter()
            .map(|sample| Sample {
                id: sample.id,
                gain: sample.gain,
                because: sample.because,
            })
            .collect(),
    });
    Ok(Json(Rehearsed {
        at: rehearsed.at,
        changes: changes.collect(),
    }))
}

/// All agreements that the caller may know of.
#[derive(Serialize)]
pub(super) struct Agreements {
    agreements: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    id: AgreementId,
    version: AgreementVersion,
    state: String,
    parties: [String; 2],
    in_force: Instant,
    until: Option<Instant>,
    title: String,
    deadlines: Vec<Due>,
}

pub(super) async fn list(
    State(face): State<Face>,
    caller: Caller,
) -> Result<Json<Agreements>, Problem> {
    let standings = face.office.agreements(&caller)?;
    let agreements = standings.into_iter().map(|standing| {
        let document = &standing.version.document;
        let deadlines = face.office.agreement_deadlines(&caller, &document.id)?;
        Ok(Listed {
            deadlines: due(deadlines),
            version: document.version,
            parties: sides(&document.parties),
            in_force: document.in_force,
            until: document.until,
            title: document.title.clone(),
            id: standing.agreement.id,
            state: standing.state,
        })
    });
    let agreements: Result<Vec<Listed>, Problem> = agreements.collect();
    Ok(Json(Agreements {
        agreements: agreements?,
    }))
}

/// Which version; none for the one in force, or else the newest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    version: Option<AgreementVersion>,
}

/// One agreement, as one version of it stands.
#[derive(Serialize)]
pub(super) struct Agreement {
    id: AgreementId,
    version: AgreementVersion,
    state: String,
    title: String,
    programme: Option<String>,
    parties: [String; 2],
    in_force: Instant,
    until: Option<Instant>,
    after_end: &'static str,
    digest: String,
    signatures: Vec<Signature>,
    suspended: bool,
    terminated: Option<Instant>,
    versions: Vec<VersionState>,
    deadlines: Vec<Due>,
}

#[derive(Serialize)]
struct Signature {
    party: PartyCode,
    at: Instant,
    fingerprint: String,
}

#[derive(Serialize)]
struct VersionState {
    version: AgreementVersion,
    state: &'static str,
}

fn shape(standing: &Standing, now: Instant, deadlines: Vec<Due>) -> Agreement {
    let Standing {
        agreement,
        version,
        state,
    } = standing;
    let document = &version.document;
    Agreement {
        deadlines,
        id: agreement.id.clone(),
        version: document.version,
        state: state.clone(),
        title: document.title.clone(),
        programme: document.programme.clone(),
        parties: sides(&document.parties),
        in_force: document.in_force,
        until: document.until,
        after_end: document.after_end.as_str(),
        digest: version.digest.to_string(),
        signatures: version
            .signatures
            .iter()
            .map(|signature| Signature {
                party: signature.party.clone(),
                at: signature.at,
                fingerprint: signature.fingerprint.clone(),
            })
            .collect(),
        suspended: agreement.is_suspended(now),
        terminated: agreement.termination().map(|end| end.effective),
        versions: agreement
            .versions
            .iter()
            .map(|version| VersionState {
                version: version.number(),
                state: agreement.state(version, now).as_str(),
            })
            .collect(),
    }
}

fn read(
    face: &Face,
    caller: &Caller,
    id: &AgreementId,
    version: Option<AgreementVersion>,
) -> Result<Json<Agreement>, Problem> {
    let standing = face.office.agreement(caller, id, version)?;
    let deadlines = due(face.office.agreement_deadlines(caller, id)?);
    Ok(Json(shape(&standing, face.office.now()?, deadlines)))
}

pub(super) async fn show(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Asked(which): Asked<Which>,
) -> Result<Json<Agreement>, Problem> {
    read(&face, &caller, &id, which.version)
}

pub(super) async fn file(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Asked(which): Asked<Which>,
) -> Result<impl IntoResponse, Problem> {
    let file = face.office.agreement_file(&caller, &id, which.version)?;
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], file))
}

/// A signature to be accepted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSignature {
    version: AgreementVersion,
    party: PartyCode,
    signature: String,
}

pub(super) async fn sign(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Sent(new): Sent<NewSignature>,
) -> Result<Json<Agreement>, Problem> {
    face.office
        .accept(&caller, id.clone(), new.version, new.party, new.signature)
        .await?;
    read(&face, &caller, &id, Some(new.version))
}

/// Why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reason {
    reason: String,
}

pub(super) async fn suspend(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Agreement>, Problem> {
    face.office.suspend(&caller, id.clone(), reason).await?;
    read(&face, &caller, &id, None)
}

pub(super) async fn resume(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Agreement>, Problem> {
    face.office.resume(&caller, id.clone(), reason).await?;
    read(&face, &caller, &id, None)
}

/// Why, and from when on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    reason: String,
    effective: Option<Instant>,
}

pub(super) async fn terminate(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<AgreementId>,
    Sent(notice): Sent<Notice>,
) -> Result<Json<Agreement>, Problem> {
    face.office
        .terminate(&caller, id.clone(), notice.effective, notice.reason)
        .await?;
    read(&face, &caller, &id, None)
}
