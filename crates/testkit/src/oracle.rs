//! The oracle: who is released what, worked out again from the list of everything that happened,
//! by the six rules of DESIGN section 2 and nothing else.
//!
//! Written from the design alone, to be obviously right rather than fast: no index, no memory
//! between two answers, every record asked about for every party. It shares with the program only
//! the words (acts, terms, levels) and the reading of files; every rule is spelt out here a second
//! time. `standing` says which versions of agreements count, `redaction` what their take terms leave
//! out for whom, `label` what governs a record, [`judgement`] applies the rules, [`authority`] says
//! whose records of an id a view shows.

pub mod authority;
pub mod judgement;
mod label;
pub mod redaction;
mod standing;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use legation_core::act::{Act, Entry};
use legation_core::agreement::document::Document;
use legation_core::house::HouseRules;
use legation_core::id::{
    AgreementId, AgreementVersion, AreaName, Digest, PartyCode, RecordId, RecordNumber,
};
use legation_core::party::Status;
use legation_core::record::Head;
use legation_core::time::Instant;

pub use judgement::{Answer, Judgement};
pub use redaction::Derived;

/// Everything that happened, as far as the gate has to know.
#[derive(Clone, Debug)]
pub struct Oracle {
    /// Code and status, the host first.
    pub(crate) parties: Vec<(PartyCode, Status)>,
    pub(crate) house: HouseRules,
    pub(crate) versions: Vec<Tabled>,
    pub(crate) suspended: BTreeSet<AgreementId>,
    pub(crate) terminated: BTreeMap<AgreementId, Instant>,
    pub(crate) records: Vec<Held>,
    /// Who speaks for which identity.
    pub(crate) speakers: BTreeMap<RecordId, PartyCode>,
}

/// A version of an agreement on the table.
#[derive(Clone, Debug)]
pub(crate) struct Tabled {
    pub(crate) document: Arc<Document>,
    pub(crate) digest: Digest,
    pub(crate) signed: Vec<(PartyCode, Instant)>,
}

/// A record that was filed.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) area: AreaName,
    pub(crate) originator: PartyCode,
    pub(crate) head: Head,
    pub(crate) alive: bool,
}

impl Oracle {
    /// The oracle of an office with those entries, the opening first.
    pub fn of(entries: &[Entry]) -> Self {
        let mut oracle = Self {
            parties: Vec::new(),
            house: HouseRules::default(),
            versions: Vec::new(),
            suspended: BTreeSet::new(),
            terminated: BTreeMap::new(),
            records: Vec::new(),
            speakers: BTreeMap::new(),
        };
        for entry in entries {
            oracle.apply(entry);
        }
        oracle
    }

    /// Takes note of the next entry.
    pub fn apply(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Open(open) => {
                self.parties.push((open.alliance.clone(), Status::Host));
                self.house = HouseRules::parse(open.house.as_bytes()).unwrap();
            }
            Act::AddParty(party) => self.parties.push((party.code.clone(), party.status)),
            Act::SetHouse(house) => {
                self.house = HouseRules::parse(house.text.as_bytes()).unwrap();
            }
            Act::TableAgreement(table) => self.table(&table.file),
            Act::SignAgreement(sign) => self
                .version(&sign.id, sign.version)
                .signed
                .push((sign.party.clone(), entry.at)),
            Act::SuspendAgreement(suspend) => {
                self.suspended.insert(suspend.id.clone());
            }
            Act::ResumeAgreement(resume) => {
                self.suspended.remove(&resume.id);
            }
            Act::TerminateAgreement(end) => {
                self.terminated.insert(end.id.clone(), end.effective);
            }
            Act::File(file) => self.records.extend(file.records.iter().map(|head| Held {
                area: file.area.clone(),
                originator: file.originator.clone(),
                head: head.clone(),
                alive: true,
            })),
            Act::RegisterIdentity(register) if register.granted => {
                self.speakers
                    .insert(register.identity.clone(), register.party.clone());
            }
            Act::UnregisterIdentity(end)
                if self.speakers.get(&end.identity) == Some(&end.party) =>
            {
                self.speakers.remove(&end.identity);
            }
            Act::Withdraw(withdraw) => self.bury(&withdraw.records),
            Act::Erase(erase) => self.bury(&erase.records),
            _ => {}
        }
    }

    /// A version that nobody has signed yet may be tabled anew and is replaced.
    fn table(&mut self, file: &[u8]) {
        let document = Document::parse(file).unwrap();
        self.versions.retain(|version| {
            (&version.document.id, version.document.version) != (&document.id, document.version)
        });
        self.versions.push(Tabled {
            document: Arc::new(document),
            digest: Digest::of(file),
            signed: Vec::new(),
        });
    }

    fn version(&mut self, id: &AgreementId, number: AgreementVersion) -> &mut Tabled {
        self.versions
            .iter_mut()
            .find(|one| one.document.id == *id && one.document.version == number)
            .expect("a signature under a version that was tabled")
    }

    fn bury(&mut self, records: &[RecordNumber]) {
        for record in records {
            self.records[record.0 as usize].alive = false;
        }
    }

    /// The parties, the host first.
    pub fn parties(&self) -> impl Iterator<Item = &PartyCode> {
        self.parties.iter().map(|(code, _)| code)
    }

    pub(crate) fn status(&self, party: &PartyCode) -> Status {
        let found = self.parties.iter().find(|(code, _)| code == party);
        found.expect("a party that was added").1
    }

    pub(crate) fn host(&self) -> &PartyCode {
        &self.parties[0].0
    }

    /// How many records were ever filed.
    pub fn record_count(&self) -> usize {
        self.records.len()
    }

    /// The area, id and version of a record.
    pub fn name(&self, record: usize) -> (&AreaName, &str, Option<Instant>) {
        let held = &self.records[record];
        (&held.area, held.head.id.as_str(), held.head.version)
    }

    /// What was filed as a record.
    pub fn head(&self, record: usize) -> &Head {
        &self.records[record].head
    }
}
