//! What holds now: the fold of the journal's acts.
//!
//! `State::apply` is deterministic: whoever reads the same entries holds the same state. It
//! judges nothing and knows no views; it answers with the `Effects` that these follow.

pub(crate) mod account;
pub(crate) mod book;
pub(crate) mod chain;
pub(crate) mod class;
pub(crate) mod column;
mod error;
pub(crate) mod id_table;
mod id_text;
pub(crate) mod keyed_hash;
pub(crate) mod ledger;
pub(crate) mod recall;
pub(crate) mod record_table;
pub(crate) mod slots;
mod standing;
pub(crate) mod status;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

pub use account::{Account, Client, Person};
pub use class::Label;
pub use error::FoldError;
pub use id_text::IdText;
pub use ledger::Release;
pub use recall::{Mark, Notice};
pub use standing::{Standing, StatusRow};
pub(crate) use standing::{concerns, standing};

use crate::act::{Act, Entry, File, Open, Receipt, RegisterIdentity};
use crate::affairs::Affairs;
use crate::agreement::document::Document;
use crate::agreement::succession::Agreement;
use crate::derivation::office_identity;
use crate::house::HouseRules;
use crate::id::{
    AgreementId, AreaName, BodyNumber, Digest, EntryNumber, PartyCode, RecordId, RecordNumber,
};
use crate::label::{Level, Levels, tlp_level};
use crate::party::{Audience, Key, Party, Status};
use crate::record::{Head, Meaning};
use crate::state::book::Run;
use crate::state::class::{ClassKey, ClassNumber};
use crate::state::id_table::IdNumber;
use crate::state::keyed_hash::HashKey;
use crate::state::record_table::Records;
use crate::time::Instant;

/// The place of a party in the office's list; the host is always the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartyIndex(pub(crate) u16);

impl PartyIndex {
    /// The host.
    pub const HOST: Self = Self(0);
}

/// Everything that holds at the office.
#[derive(Clone, Debug)]
pub struct State {
    /// The city of the office.
    pub office: String,
    /// Random bytes from which ids of this office derive.
    pub seed: [u8; 16],
    /// The house rules in force.
    pub house: Arc<HouseRules>,
    /// The text of the house rules.
    pub house_text: String,
    pub(crate) parties: Vec<Party>,
    by_code: HashMap<PartyCode, PartyIndex>,
    pub(crate) agreements: BTreeMap<AgreementId, Agreement>,
    pub(crate) files: BTreeMap<Digest, Arc<[u8]>>,
    pub(crate) records: Records,
    pub(crate) accounts: account::Accounts,
    pub(crate) ledger: ledger::Ledger,
    pub(crate) statuses: status::Statuses,
    /// Which parties speak for an identity or ask to, and whether it is granted.
    pub(crate) identities: BTreeMap<(RecordId, PartyCode), bool>,
    pub(crate) recalls: recall::Recalls,
    pub(crate) affairs: Affairs,
    bodies: BodyNumber,
    next: EntryNumber,
    at: Instant,
}

/// What an act changed, for the views to follow.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Records that are new.
    pub(crate) filed: Range<u32>,
    /// Records that are alive no more.
    pub(crate) ended: Vec<RecordNumber>,
    /// Agreements whose terms may count differently from now on.
    pub(crate) agreements: Vec<AgreementId>,
    /// The house rules changed: everything may count differently.
    pub(crate) house: bool,
    /// Records whose author may be another from now on.
    pub(crate) reranked: RoaringBitmap,
    /// Classes whose markings mean something else now.
    pub(crate) relabelled: Vec<ClassNumber>,
    /// A party is new.
    pub(crate) party: bool,
    /// A receipt was written: of whose view, and up to which date.
    pub(crate) release: Option<(PartyIndex, AreaName, Instant)>,
}

impl State {
    /// The state after the first entry, which must open the office.
    ///
    /// # Errors
    /// When the entry is another act, or its house rules cannot be read.
    pub fn open(entry: &Entry) -> Result<Self, FoldError> {
        let Act::Open(open) = &entry.act else {
            return Err(FoldError::NotOpen);
        };
        let host = Party {
            code: open.alliance.clone(),
            name: open.name.clone(),
            status: Status::Host,
            zone: open.zone.clone(),
            keys: Vec::new(),
            added: entry.at,
        };
        let Open {
            office,
            seed,
            house,
            ..
        } = open.clone();
        let rules = HouseRules::parse(house.as_bytes())
            .map_err(|faults| FoldError::House(faults.to_string()))?;
        let mut state = Self::of_parties(office, seed, (Arc::new(rules), house), vec![host])
            .ok_or(FoldError::Full)?;
        state.note_position(BodyNumber(0), EntryNumber(entry.number.0 + 1), entry.at);
        Ok(state)
    }

    /// A state of those parties, of which the first is the host, and of nothing else; none if they
    /// are none, too many, or two of one code.
    pub(crate) fn of_parties(
        office: String,
        seed: [u8; 16],
        (house, house_text): (Arc<HouseRules>, String),
        parties: Vec<Party>,
    ) -> Option<Self> {
        let mut by_code = HashMap::new();
        for (place, party) in parties.iter().enumerate() {
            let place = PartyIndex(u16::try_from(place).ok()?);
            if by_code.insert(party.code.clone(), place).is_some() {
                return None;
            }
        }
        let mut records = Records::new(HashKey::of_seed(&seed));
        if let Ok(own) = office_identity(&seed).parse() {
            let own = records.ids.intern(&own);
            records.authorities.insert(own, PartyIndex::HOST);
        }
        (!parties.is_empty()).then(|| Self {
            office,
            seed,
            house,
            house_text,
            by_code,
            parties,
            agreements: BTreeMap::new(),
            files: BTreeMap::new(),
            records,
            accounts: account::Accounts::default(),
            ledger: ledger::Ledger::default(),
            statuses: status::Statuses::default(),
            identities: BTreeMap::new(),
            recalls: recall::Recalls::default(),
            affairs: Affairs::default(),
            bodies: BodyNumber(0),
            next: EntryNumber(0),
            at: Instant::MIN,
        })
    }

    /// The office's own work.
    pub fn affairs(&self) -> &Affairs {
        &self.affairs
    }

    /// Notes how far the journal is taken in.
    pub(crate) fn note_position(&mut self, bodies: BodyNumber, next: EntryNumber, at: Instant) {
        (self.bodies, self.next, self.at) = (bodies, next, at);
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// When the entry does not follow, or contradicts what holds: such a journal was not written by this program.
    pub(crate) fn apply(&mut self, entry: &Entry) -> Result<Effects, FoldError> {
        if entry.number != self.next || entry.at < self.at {
            return Err(FoldError::Order {
                expected: self.next,
                found: entry.number,
            });
        }
        let effects = self.take(entry)?;
        self.next = EntryNumber(entry.number.0 + 1);
        self.at = entry.at;
        Ok(effects)
    }

    fn take(&mut self, entry: &Entry) -> Result<Effects, FoldError> {
        let at = entry.at;
        let mut effects = Effects::default();
        match &entry.act {
            Act::Open(_) => return Err(FoldError::Twice("open")),
            Act::AddParty(act) => {
                let place = u16::try_from(self.parties.len()).map_err(|_| FoldError::Full)?;
                if self
                    .by_code
                    .insert(act.code.clone(), PartyIndex(place))
                    .is_some()
                {
                    return Err(FoldError::Twice("party"));
                }
                self.parties.push(Party {
                    code: act.code.clone(),
                    name: act.name.clone(),
                    status: act.status,
                    zone: act.zone.clone(),
                    keys: Vec::new(),
                    added: at,
                });
                effects.party = true;
            }
            Act::AddKey(act) => self.party_mut(&act.party)?.keys.push(Key {
                line: act.line.clone(),
                fingerprint: act.fingerprint.clone(),
                added: at,
                revoked: None,
            }),
            Act::RevokeKey(act) => {
                for key in &mut self.party_mut(&act.party)?.keys {
                    if key.fingerprint == act.fingerprint && key.revoked.is_none() {
                        key.revoked = Some(at);
                    }
                }
            }
            Act::AddClient(act) => {
                self.index(&act.party)?;
                self.accounts.add_client(act);
            }
            Act::RevokeClient(act) => self.accounts.revoke_client(&act.party, &act.name),
            Act::BindCertificate(act) => self.accounts.bind(act),
            Act::UnbindCertificate(act) => self.accounts.unbind(act),
            Act::AddPerson(act) => {
                self.index(&act.party)?;
                self.accounts.add_person(act);
            }
            Act::SignIn(act) => self.accounts.sign_in(act),
            Act::RegisterIdentity(act) => self.register(act, &mut effects)?,
            Act::UnregisterIdentity(act) => {
                let key = (act.identity.clone(), act.party.clone());
                if self.identities.remove(&key) == Some(true) {
                    let identity = self.records.ids.intern(&act.identity);
                    effects.reranked = self.records.grant(identity, None);
                }
            }
            Act::SetHouse(act) => {
                let rules = HouseRules::parse(act.text.as_bytes())
                    .map_err(|faults| FoldError::House(faults.to_string()))?;
                self.house = Arc::new(rules);
                self.house_text.clone_from(&act.text);
                effects.house = true;
            }
            Act::TableAgreement(act) => effects.agreements.push(self.table(&act.file, at)?),
            Act::SignAgreement(act) => {
                let party = act.party.clone();
                let status = self.find_party(&party).map(|party| party.status);
                let status = status.ok_or_else(|| FoldError::UnknownParty(party.clone()))?;
                let fingerprint = act.fingerprint.clone();
                self.agreement_mut(&act.id)?
                    .sign(act.version, party, status, fingerprint, at)?;
                effects.agreements.push(act.id.clone());
            }
            Act::SuspendAgreement(act) => {
                self.agreement_mut(&act.id)?
                    .suspend(act.reason.clone(), at)?;
                effects.agreements.push(act.id.clone());
            }
            Act::ResumeAgreement(act) => {
                self.agreement_mut(&act.id)?.resume(at)?;
                effects.agreements.push(act.id.clone());
            }
            Act::TerminateAgreement(act) => {
                self.agreement_mut(&act.id)?
                    .terminate(act.effective, act.reason.clone(), at)?;
                effects.agreements.push(act.id.clone());
            }
            Act::File(act) => self.file(act, entry, &mut effects)?,
            Act::Withdraw(act) => self.end(&act.records, &mut effects),
            Act::Erase(act) => self.end(&act.records, &mut effects),
            Act::Release(act) => {
                let party = self.index(&act.party)?;
                effects.release = Some((party, act.area.clone(), act.last));
            }
            Act::Close(act) => {
                let party = self.index(&act.party)?;
                if !self.ledger.close(party, act) {
                    return Err(FoldError::NoReceipt(act.receipt));
                }
            }
            Act::Recall(act) => self.recall(entry, act)?,
            Act::TellRecall(act) => {
                for &notice in &act.notices {
                    self.tell(&act.party, notice, Mark::of(entry))?;
                }
            }
            Act::AcknowledgeRecall(act) => {
                self.acknowledge(&act.party, act.notice, Mark::of(entry))?;
            }
            Act::Decision(_)
            | Act::Liaison(_)
            | Act::Consultation(_)
            | Act::Programme(_)
            | Act::Activity(_)
            | Act::Calendar(_)
            | Act::Statement(_)
            | Act::Notice(_) => self.affairs.apply(entry)?,
        }
        Ok(effects)
    }

    fn register(&mut self, act: &RegisterIdentity, effects: &mut Effects) -> Result<(), FoldError> {
        let party = self.index(&act.party)?;
        let key = (act.identity.clone(), act.party.clone());
        if !act.granted {
            self.identities.entry(key).or_insert(false);
            return Ok(());
        }
        if self
            .speaker(&act.identity)
            .is_some_and(|known| *known != act.party)
        {
            return Err(FoldError::Twice("grant of an identity"));
        }
        self.identities.insert(key, true);
        let identity = self.records.ids.intern(&act.identity);
        effects.reranked = self.records.grant(identity, Some(party));
        Ok(())
    }

    fn table(&mut self, file: &[u8], at: Instant) -> Result<AgreementId, FoldError> {
        let document =
            Document::parse(file).map_err(|faults| FoldError::Agreement(faults.to_string()))?;
        let digest = Digest::of(file);
        let id = document.id.clone();
        self.files.insert(digest, file.into());
        let agreement = self
            .agreements
            .entry(id.clone())
            .or_insert_with(|| Agreement::new(id.clone()));
        agreement.table(Arc::new(document), digest, at)?;
        Ok(id)
    }

    fn file(&mut self, act: &File, entry: &Entry, effects: &mut Effects) -> Result<(), FoldError> {
        let originator = self.index(&act.originator)?;
        let names = |head: &Head| {
            head.references.len() + head.object_markings.len() + head.granular_markings.len()
        };
        let names = act.records.iter().map(names).sum();
        if !self.records.has_room(act.records.len(), names) {
            return Err(FoldError::Full);
        }
        let first = self.records.len();
        self.records.begin_filing(entry.at);
        let mut defined = Vec::new();
        // Neighbours in a filing are mostly of one class.
        let mut last: Option<(&Head, ClassNumber)> = None;
        for head in &act.records {
            let class = match last {
                Some((like, class)) if like.is_of_one_class_with(head) => class,
                _ => self.class(&act.area, originator, head),
            };
            last = Some((head, class));
            let body = self.place(head);
            let record = self.records.add(head, class, body);
            if head.meaning.is_some() {
                defined.push(record);
            }
        }
        self.relabel(&defined, effects);
        let key = self.records.ids.key;
        self.statuses
            .push(key, act.status, entry.number, originator);
        effects.filed = first..self.records.len();
        Ok(())
    }

    /// The class of a record, new if need be.
    fn class(&mut self, area: &AreaName, originator: PartyIndex, head: &Head) -> ClassNumber {
        let key = self.records.class_key(area, originator, head);
        match self.records.classes.find(&key) {
            Some(class) => class,
            None => {
                let label = self.label(&key);
                self.records.classes.add(key, label)
            }
        }
    }

    /// Where the bytes of a record are: with those of a living record that has the same ones under
    /// the same id and version, or else next in the journal.
    fn place(&mut self, head: &Head) -> BodyNumber {
        match self.find_body(head.id.as_str(), head.version, &head.digest) {
            Some(shared) => shared,
            None => {
                let own = self.bodies;
                self.bodies = BodyNumber(own.0 + 1);
                own
            }
        }
    }

    /// Notes what a receipt released.
    pub(crate) fn note_release(&mut self, entry: &Entry, receipt: &Receipt, places: &[Run]) {
        if let Some(party) = self.party_index(&receipt.party) {
            self.ledger.add(party, entry, receipt, places);
        }
    }

    fn end(&mut self, records: &[RecordNumber], effects: &mut Effects) {
        for &record in records {
            if self.records.end(record) {
                effects.ended.push(record);
            }
        }
        let ended = effects.ended.clone();
        self.relabel(&ended, effects);
    }

    /// Resolves again what those markings say about whoever carries them.
    fn relabel(&mut self, definitions: &[RecordNumber], effects: &mut Effects) {
        for &definition in definitions {
            let Some(id) = self.records.id(definition) else {
                continue;
            };
            for class in self.records.classes.with_marking(id).to_vec() {
                let Some(old) = self.records.classes.at(class) else {
                    continue;
                };
                let label = self.label(&old.key);
                if label != old.label {
                    self.records.classes.relabel(class, label);
                    effects.relabelled.push(class);
                }
            }
        }
    }

    /// The label of a class: its markings resolved as DESIGN section 2 says.
    pub(crate) fn label(&self, key: &ClassKey) -> Label {
        let mut label = Label {
            area: key.area.clone(),
            kind: key.kind.clone(),
            originator: self.code(key.originator).clone(),
            object: None,
            granular: Levels::default(),
            fixed: None,
            releasable: Vec::new(),
            unknown: Vec::new(),
            unknown_parts: Vec::new(),
        };
        for &marking in &key.object {
            let (level, unknown) = self.resolve(marking, key.originator, &mut label.releasable);
            label.object = label.object.max(level);
            label.unknown.extend(unknown);
        }
        for marking in &key.granular {
            let (level, unknown) = self.resolve(*marking, key.originator, &mut label.releasable);
            if key.fixed.contains(marking) {
                label.fixed = label.fixed.max(level);
                label.unknown.extend(unknown);
            } else {
                level.inspect(|&level| label.granular.insert(level));
                label.unknown_parts.extend(unknown);
            }
        }
        label
    }

    /// The level that a marking gives, and the marking itself if the office cannot read it; whom
    /// it names goes to `releasable`.
    ///
    /// Only the originator or the host can give a marking its meaning. A definition that was
    /// withdrawn means nothing any more, and what means nothing is unknown: that withholds.
    fn resolve(
        &self,
        marking: IdNumber,
        originator: PartyIndex,
        releasable: &mut Vec<Vec<Audience>>,
    ) -> (Option<Level>, Option<RecordId>) {
        let text = self.records.ids.text(marking).to_string();
        if let Some(level) = tlp_level(&text) {
            return (Some(level), None);
        }
        let mut level = None;
        let mut known = false;
        let mut unknown = false;
        for (record, filer, meaning) in self.records.meanings(marking) {
            if filer != originator && filer != PartyIndex::HOST {
                continue;
            }
            known = true;
            match meaning {
                _ if !self.records.alive.contains(record.0) => unknown = true,
                Meaning::Level(given) => level = level.max(Some(*given)),
                Meaning::Statement => {}
                Meaning::ReleasableTo(named) => releasable.push(named.clone()),
                Meaning::Unknown => unknown = true,
            }
        }
        let unread = (unknown || !known).then(|| text.parse().ok()).flatten();
        (level, unread)
    }

    /// Whether parts with that marking are left out where parts above that level are: those of an
    /// unknown meaning are.
    pub(crate) fn is_above(&self, marking: IdNumber, originator: PartyIndex, bound: Level) -> bool {
        let mut named = Vec::new();
        let (level, unread) = self.resolve(marking, originator, &mut named);
        unread.is_some() || level.is_some_and(|level| level > bound)
    }

    fn party_mut(&mut self, code: &PartyCode) -> Result<&mut Party, FoldError> {
        let index = self.index(code)?;
        self.parties
            .get_mut(index.0 as usize)
            .ok_or(FoldError::Full)
    }

    fn agreement_mut(&mut self, id: &AgreementId) -> Result<&mut Agreement, FoldError> {
        self.agreements
            .get_mut(id)
            .ok_or_else(|| FoldError::UnknownAgreement(id.clone()))
    }

    fn index(&self, code: &PartyCode) -> Result<PartyIndex, FoldError> {
        self.party_index(code)
            .ok_or_else(|| FoldError::UnknownParty(code.clone()))
    }

    fn code(&self, index: PartyIndex) -> &PartyCode {
        &self.party(index).code
    }
}
