//! Answering for what was done: why, who, and the proofs of the log.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::act::Extent;
use legation_core::gate::{Clause, Ground, Verdict};
use legation_core::id::{AgreementId, AgreementVersion, EntryNumber, PartyCode};
use legation_core::time::Instant;
use serde::{Deserialize, Serialize};

use crate::api::request::{Asked, Named};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

/// Which record, for whom.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    party: PartyCode,
    record: String,
}

/// The verdict, with the clause or the rule that decided.
#[derive(Serialize)]
pub(super) struct Why {
    party: PartyCode,
    record: String,
    released: bool,
    rule: &'static str,
    agreement: Option<AgreementId>,
    version: Option<AgreementVersion>,
    article: Option<String>,
    reason: Option<&'static str>,
    text: String,
    record_version: Option<Instant>,
    originator: Option<PartyCode>,
    give: Option<Term>,
}

#[derive(Serialize)]
struct Term {
    agreement: AgreementId,
    version: AgreementVersion,
    article: String,
}

impl From<Clause> for Term {
    fn from(clause: Clause) -> Self {
        Self {
            agreement: clause.agreement,
            version: clause.version,
            article: clause.article,
        }
    }
}

pub(super) async fn why(
    State(face): State<Face>,
    caller: Caller,
    Asked(Question { party, record }): Asked<Question>,
) -> Result<Json<Why>, Problem> {
    let why = face.office.why(&caller, &party, &record)?;
    let bare = Why {
        party,
        record,
        released: why.verdict.is_release(),
        rule: "",
        agreement: None,
        version: None,
        article: None,
        reason: None,
        text: why.text,
        record_version: why.record_version,
        originator: why.originator,
        give: None,
    };
    Ok(Json(match why.verdict {
        Verdict::Release(Ground::Originator) => Why {
            rule: legation_core::gate::Rule::Originator.as_str(),
            ..bare
        },
        Verdict::Release(Ground::Host) => Why {
            rule: legation_core::gate::Rule::Host.as_str(),
            ..bare
        },
        Verdict::Release(Ground::Terms { take, give }) => Why {
            rule: legation_core::gate::Rule::Take.as_str(),
            agreement: Some(take.agreement),
            version: Some(take.version),
            article: Some(take.article),
            give: give.map(Term::from),
            ..bare
        },
        Verdict::Withhold(reason) => {
            let (agreement, version, article) = match reason.clause {
                Some((agreement, version, article)) => (Some(agreement), Some(version), article),
                None => (None, None, None),
            };
            Why {
                rule: reason.rule.as_str(),
                agreement,
                version,
                article,
                reason: Some(reason.code),
                ..bare
            }
        }
    }))
}

/// Which record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    record: String,
}

/// Who has a record and who could.
#[derive(Serialize)]
pub(super) struct Who {
    record: String,
    received: Vec<Received>,
    could: Vec<PartyCode>,
}

/// One release of a record.
#[derive(Serialize)]
pub(super) struct Received {
    party: PartyCode,
    at: Instant,
    version: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known_as: Option<String>,
    agreement: Option<AgreementId>,
    agreement_version: Option<AgreementVersion>,
    receipt: EntryNumber,
    account: String,
    extent: &'static str,
    certain: bool,
}

impl From<legation_engine::Received> for Received {
    fn from(received: legation_engine::Received) -> Self {
        let (agreement, agreement_version) = received.agreement.unzip();
        Self {
            party: received.party,
            at: received.at,
            version: received.version,
            known_as: received.known_as,
            agreement,
            agreement_version,
            receipt: received.receipt,
            account: received.actor.to_string(),
            extent: match received.extent {
                Extent::Bodies => "bodies",
                Extent::Heads => "heads",
            },
            certain: received.certain,
        }
    }
}

pub(super) async fn who(
    State(face): State<Face>,
    caller: Caller,
    Asked(Which { record }): Asked<Which>,
) -> Result<Json<Who>, Problem> {
    let who = face.office.who(&caller, &record)?;
    Ok(Json(Who {
        record,
        received: who.received.into_iter().map(Received::from).collect(),
        could: who.could,
    }))
}

/// Which entries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    #[serde(default)]
    from: EntryNumber,
    limit: Option<usize>,
}

/// Entries by their numbers.
#[derive(Serialize)]
pub(super) struct Entries {
    entries: Vec<EntryNumber>,
}

pub(super) async fn entries(
    State(face): State<Face>,
    caller: Caller,
    Asked(Span { from, limit }): Asked<Span>,
) -> Result<Json<Entries>, Problem> {
    let limit = limit
        .unwrap_or(face.settings.default_page)
        .min(face.settings.max_page);
    let entries = face.office.entries(&caller, from, limit)?;
    Ok(Json(Entries { entries }))
}

/// An entry, what opens its commitment, and the way from there to the signed checkpoint.
#[derive(Serialize)]
pub(super) struct Proof {
    entry: EntryNumber,
    frame: String,
    nonce: String,
    proof: String,
    log_key: String,
}

pub(super) async fn proof(
    State(face): State<Face>,
    caller: Caller,
    Named(number): Named<u64>,
) -> Result<Json<Proof>, Problem> {
    let proof = face.office.proof(&caller, EntryNumber(number))?;
    Ok(Json(Proof {
        entry: proof.number,
        frame: STANDARD.encode(proof.frame),
        nonce: STANDARD.encode(proof.nonce),
        proof: proof.proof,
        log_key: face.office.log_key()?,
    }))
}
