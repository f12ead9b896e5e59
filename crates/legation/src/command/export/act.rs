//! An act as JSON: its kind, then what it says, in the words of the glossary.
//!
//! Fields are only added, as in the journal itself. Records are named by id and version, since a
//! number means nothing outside the office.

mod calendar;
mod consultation;
mod decision;
mod liaison;
mod statement;

mod activity;

use legation_core::act::{Act, Closing, Extent, File, Named, NoticeAct, Recall, Receipt, Refusal};
use legation_core::id::RecordNumber;
use legation_core::record::{Head, Meaning};
use legation_core::time::Instant;
use serde_json::{Value, json};

/// The act, with the ids of the records that it names by number.
pub(super) fn document(act: &Act, records: &[(String, Option<Instant>)]) -> Value {
    match act {
        Act::Open(act) => {
            json!({"kind": "open", "alliance": act.alliance.as_str(), "name": act.name,
            "office": act.office, "zone": act.zone.as_str(), "seed": hex(&act.seed),
            "house": act.house})
        }
        Act::AddParty(act) => json!({"kind": "add-party", "party": act.code.as_str(),
            "name": act.name, "status": act.status.as_str(), "zone": act.zone.as_str()}),
        Act::AddKey(act) => json!({"kind": "add-key", "party": act.party.as_str(),
            "line": act.line, "fingerprint": act.fingerprint}),
        Act::RevokeKey(act) => json!({"kind": "revoke-key", "party": act.party.as_str(),
            "fingerprint": act.fingerprint}),
        Act::AddClient(act) => json!({"kind": "add-client", "party": act.party.as_str(),
            "client": act.name.as_str(), "password_sha256": act.secret.to_string()}),
        Act::RevokeClient(act) => json!({"kind": "revoke-client", "party": act.party.as_str(),
            "client": act.name.as_str()}),
        Act::AddPerson(act) => json!({"kind": "add-person", "party": act.party.as_str(),
            "person": act.name.as_str(), "role": act.role.as_str(),
            "link_sha256": act.link.map(|digest| digest.to_string()),
            "token_sha256": act.token.map(|digest| digest.to_string())}),
        Act::SignIn(act) => json!({"kind": "sign-in", "party": act.party.as_str(),
            "person": act.name.as_str(), "token_sha256": act.token.to_string()}),
        Act::RegisterIdentity(act) => json!({"kind": "register-identity",
            "party": act.party.as_str(), "identity": act.identity.as_str(),
            "granted": act.granted}),
        Act::UnregisterIdentity(act) => json!({"kind": "unregister-identity",
            "party": act.party.as_str(), "identity": act.identity.as_str()}),
        Act::SetHouse(act) => json!({"kind": "set-house", "text": act.text}),
        Act::TableAgreement(act) => json!({"kind": "table-agreement",
            "file": String::from_utf8_lossy(&act.file)}),
        Act::SignAgreement(act) => json!({"kind": "sign-agreement", "agreement": act.id.as_str(),
            "version": act.version.0, "party": act.party.as_str(),
            "fingerprint": act.fingerprint, "signature": act.signature}),
        Act::SuspendAgreement(act) => json!({"kind": "suspend-agreement",
            "agreement": act.id.as_str(), "reason": act.reason}),
        Act::ResumeAgreement(act) => json!({"kind": "resume-agreement",
            "agreement": act.id.as_str(), "reason": act.reason}),
        Act::TerminateAgreement(act) => json!({"kind": "terminate-agreement",
            "agreement": act.id.as_str(), "effective": act.effective.to_string(),
            "reason": act.reason}),
        Act::File(act) => file(act),
        Act::Withdraw(act) => json!({"kind": "withdraw", "records": ids(records),
            "reason": act.reason}),
        Act::Erase(act) => json!({"kind": "erase", "records": ids(records),
            "reason": act.reason}),
        Act::Release(act) => release(act),
        Act::Close(act) => close(act),
        Act::Recall(act) => recall(act, records),
        Act::TellRecall(act) => json!({"kind": "tell-recall", "party": act.party.as_str(),
            "notices": act.notices}),
        Act::AcknowledgeRecall(act) => json!({"kind": "acknowledge-recall",
            "party": act.party.as_str(), "notice": act.notice}),
        Act::Decision(act) => decision::document(act),
        Act::Liaison(act) => liaison::document(act),
        Act::Consultation(act) => consultation::document(act),
        Act::Calendar(act) => calendar::document(act),
        Act::Notice(act) => notice(act),
        Act::Activity(act) => activity::document(act),
        Act::Statement(act) => statement::document(act),
        // An act that this table does not know yet is told by its name in the program, not hidden.
        other => json!({"kind": "other", "text": format!("{other:?}")}),
    }
}

fn notice(act: &NoticeAct) -> Value {
    match act {
        NoticeAct::AddWebhook(act) => json!({"kind": "add-webhook", "webhook": act.id,
            "party": act.party, "url": act.url, "nonce": hex(&act.nonce),
            "private": act.private}),
        NoticeAct::RemoveWebhook(id) => json!({"kind": "remove-webhook", "webhook": id}),
        NoticeAct::ResumeWebhook(id) => json!({"kind": "resume-webhook", "webhook": id}),
        NoticeAct::TestWebhook(act) => json!({"kind": "test-webhook", "webhook": act.id,
            "notice": act.notice}),
        NoticeAct::Deliver(act) => json!({"kind": "deliver", "webhook": act.id,
            "notices": act.notices}),
        NoticeAct::FailWebhook(act) => json!({"kind": "fail-webhook", "webhook": act.id,
            "reason": act.reason, "stops": act.stops}),
        NoticeAct::SetDigest(act) => json!({"kind": "set-digest", "party": act.party,
            "person": act.person, "hour": act.hour, "zone": act.zone.as_str()}),
        NoticeAct::SendDigest(act) => json!({"kind": "send-digest", "party": act.party,
            "person": act.person, "due": act.due}),
        other => json!({"kind": "other", "text": format!("{other:?}")}),
    }
}

fn file(act: &File) -> Value {
    let unchanged = act
        .unchanged
        .iter()
        .map(|Named { id, version }| one(id.as_str(), *version));
    let refused = act.refused.iter().map(|refusal| {
        let Refusal {
            index,
            id,
            version,
            code,
            text,
        } = refusal;
        json!({"index": index, "id": id, "version": version.map(|at| at.to_string()),
            "code": code, "text": text})
    });
    json!({"kind": "file", "area": act.area.as_str(), "originator": act.originator.as_str(),
        "status": uuid(&act.status),
        "records": act.records.iter().map(head).collect::<Vec<_>>(),
        "unchanged": unchanged.collect::<Vec<_>>(), "refused": refused.collect::<Vec<_>>()})
}

fn head(head: &Head) -> Value {
    let list = |ids: &[legation_core::id::RecordId]| {
        ids.iter()
            .map(|id| id.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    let meaning = head.meaning.as_ref().map(|meaning| match meaning {
        Meaning::Level(level) => json!({"level": level.as_str()}),
        Meaning::Statement => json!("statement"),
        Meaning::ReleasableTo(to) => {
            json!({"releasable_to": to.iter().map(ToString::to_string).collect::<Vec<_>>()})
        }
        Meaning::Unknown => json!("unknown"),
    });
    json!({"id": head.id.as_str(), "version": head.version.map(|at| at.to_string()),
        "type": head.kind.as_str(), "object_markings": list(&head.object_markings),
        "granular_markings": list(&head.granular_markings),
        "references": list(&head.references), "means": meaning,
        "sha256": head.digest.to_string()})
}

fn release(act: &Receipt) -> Value {
    let agreements = act
        .agreements
        .iter()
        .map(|basis| json!({"agreement": basis.agreement.as_str(), "version": basis.version.0}));
    // From a first date on, so many that follow each other by a microsecond.
    let dates = act
        .dates
        .runs()
        .map(|(first, count)| json!([first.to_string(), count]));
    json!({"kind": "release", "party": act.party.as_str(), "area": act.area.as_str(),
        "filter": act.filter, "agreements": agreements.collect::<Vec<_>>(),
        "first": act.first.to_string(), "last": act.last.to_string(),
        "records": act.dates.len(), "dates": dates.collect::<Vec<_>>(),
        "extent": match act.extent {
            Extent::Bodies => "bodies",
            Extent::Heads => "heads",
        },
        "ahead": act.ahead})
}

fn close(act: &Closing) -> Value {
    let sent = act.sent.runs().map(|(first, last)| json!([first, last]));
    json!({"kind": "close", "party": act.party.as_str(), "receipt": act.receipt.0,
        "sent": sent.collect::<Vec<_>>(), "records": act.sent.len(), "answers": act.answers,
        "last": act.last.to_string()})
}

fn recall(act: &Recall, records: &[(String, Option<Instant>)]) -> Value {
    let named = |number: &RecordNumber| {
        let place = act.records.binary_search(number).ok()?;
        let (id, version) = records.get(place)?;
        Some(one(id, *version))
    };
    let recipients = act.recipients.iter().map(|recipient| {
        let received: Vec<Value> = recipient.records.iter().filter_map(named).collect();
        json!({"party": recipient.party.as_str(), "records": received})
    });
    json!({"kind": "recall", "cause": act.cause.as_str(), "reason": act.reason,
        "due": act.due.to_string(), "records": ids(records),
        "recipients": recipients.collect::<Vec<_>>()})
}

fn ids(records: &[(String, Option<Instant>)]) -> Vec<Value> {
    records
        .iter()
        .map(|(id, version)| one(id, *version))
        .collect()
}

fn one(id: &str, version: Option<Instant>) -> Value {
    json!({"id": id, "version": version.map(|at| at.to_string())})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An UUID in its usual form (RFC 9562 section 4).
fn uuid(bytes: &[u8; 16]) -> String {
    let digits = hex(bytes);
    let cuts = [0..8, 8..12, 12..16, 16..20, 20..32];
    let parts = cuts.map(|cut| digits.get(cut).unwrap_or_default().to_owned());
    parts.join("-")
}
