//! The derived index of the journal: which entries concern which party.
//!
//! ```text
//! key    "party" NUL code NUL entry, u64 big-endian
//! value  empty
//! ```
//! It follows from the entries alone; `journal verify` rebuilds it and compares. An entry concerns
//! a party if its frame may be handed to it: it holds nothing of anybody else.

use legation_core::act::{Act, DecisionAct, Entry};
use legation_core::agreement::document::Document;
use legation_core::agreement::succession::Agreement;
use legation_core::id::{AgreementId, EntryNumber, PartyCode};
use legation_core::party::Audience;
use legation_core::state::State;
use legation_journal::Row;

/// The rows that an entry brings, given what held before it.
pub(crate) fn rows(entry: &Entry, state: &State) -> Vec<Row> {
    concerned(entry, state)
        .into_iter()
        .map(|party| {
            let mut key = prefix(&party);
            key.extend_from_slice(&entry.number.0.to_be_bytes());
            Row {
                key,
                value: Vec::new(),
            }
        })
        .collect()
}

/// What the rows of a party begin with.
pub(crate) fn prefix(party: &PartyCode) -> Vec<u8> {
    let mut key = b"party\0".to_vec();
    key.extend_from_slice(party.as_str().as_bytes());
    key.push(0);
    key
}

/// The entry that a row is about.
pub(crate) fn entry_of(key: &[u8]) -> Option<EntryNumber> {
    let number = key.last_chunk::<8>()?;
    Some(EntryNumber(u64::from_be_bytes(*number)))
}

fn concerned(entry: &Entry, state: &State) -> Vec<PartyCode> {
    match &entry.act {
        Act::AddParty(act) => vec![act.code.clone()],
        Act::AddKey(act) => vec![act.party.clone()],
        Act::RevokeKey(act) => vec![act.party.clone()],
        Act::AddClient(act) => vec![act.party.clone()],
        Act::RevokeClient(act) => vec![act.party.clone()],
        Act::BindCertificate(act) => vec![act.party.clone()],
        Act::UnbindCertificate(act) => vec![act.party.clone()],
        Act::AddPerson(act) => vec![act.party.clone()],
        Act::SignIn(act) => vec![act.party.clone()],
        Act::File(act) => vec![act.originator.clone()],
        Act::Release(act) => vec![act.party.clone()],
        Act::Close(act) => vec![act.party.clone()],
        Act::RegisterIdentity(act) => vec![act.party.clone()],
        Act::UnregisterIdentity(act) => vec![act.party.clone()],
        Act::TellRecall(act) => vec![act.party.clone()],
        Act::AcknowledgeRecall(act) => vec![act.party.clone()],
        Act::TableAgreement(act) => Document::parse(&act.file)
            .map(|document| members(&document.parties.other, state))
            .unwrap_or_default(),
        Act::SignAgreement(act) => sides(&act.id, state),
        Act::SuspendAgreement(act) => sides(&act.id, state),
        Act::ResumeAgreement(act) => sides(&act.id, state),
        Act::TerminateAgreement(act) => sides(&act.id, state),
        Act::Decision(act) => deciding(act, state),
        Act::Activity(act) => act.party().cloned().into_iter().collect(),
        // The records of others may be among them, and other recipients.
        _ => Vec::new(),
    }
}

/// Whom an act about a decision concerns: those asked, what is not the position of one of them; and
/// those told, once it is adopted.
fn deciding(act: &DecisionAct, state: &State) -> Vec<PartyCode> {
    let decision = state.affairs().decisions.get(act.id());
    let asked = || decision.map(|one| one.asked.clone()).unwrap_or_default();
    match act {
        DecisionAct::Table(act) => act.asked.clone(),
        DecisionAct::Say(act) | DecisionAct::Late(act) => vec![act.party.clone()],
        DecisionAct::Certify(_) => {
            let told = decision.map(|one| one.told.clone()).unwrap_or_default();
            [asked(), told].concat()
        }
        DecisionAct::Conclude(_) | DecisionAct::Withdraw(_) | DecisionAct::Extend(_) => asked(),
        _ => Vec::new(),
    }
}

fn sides(id: &AgreementId, state: &State) -> Vec<PartyCode> {
    let version = state.agreement(id).and_then(Agreement::latest);
    version
        .map(|version| members(&version.document.parties.other, state))
        .unwrap_or_default()
}

fn members(audience: &Audience, state: &State) -> Vec<PartyCode> {
    state
        .parties()
        .filter(|party| audience.names(&party.code, party.status))
        .map(|party| party.code.clone())
        .collect()
}
