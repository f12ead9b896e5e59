//! Questions to the state: parties, accounts, agreements, records, receipts.
//!
//! Everything here only reads. Answers for the office's own use; what a party may be told goes
//! through [`crate::gate`] and [`crate::view`].

use std::sync::Arc;

use crate::act::Basis;
use crate::agreement::document::Take;
use crate::agreement::succession::{Agreement, Version};
use crate::id::{
    AgreementId, AreaName, BodyNumber, ClientName, Digest, EntryNumber, Kind, PartyCode,
    PersonName, RecordId, RecordNumber,
};
use crate::party::{Audience, Party, Status};
use crate::state::{Account, Client, IdText, Label, PartyIndex, Person, State};
use crate::time::Instant;

/// Where the outcome of a filing is recorded.
#[derive(Clone, Copy, Debug)]
pub struct StatusRow<'a> {
    /// The entry of the filing.
    pub entry: EntryNumber,
    /// When it was filed.
    pub at: Instant,
    /// Who filed; nobody else may ask.
    pub originator: &'a PartyCode,
}

/// The versions whose terms count for a party at an instant.
#[derive(Clone, Debug, Default)]
pub struct Standing<'a> {
    /// In force: their take terms count.
    pub taking: Vec<(&'a Agreement, &'a Version)>,
    /// In force, or ended with `after_end = "keep"`: their give terms count.
    pub giving: Vec<(&'a Agreement, &'a Version)>,
    /// Some agreement of the party is suspended.
    pub suspended: bool,
}

impl<'a> Standing<'a> {
    /// The take terms that count, each with its version.
    pub(crate) fn takes(&self) -> impl Iterator<Item = (&'a Version, &'a Take)> + '_ {
        self.taking.iter().flat_map(|(_, version)| {
            let takes = version.document.take.iter();
            takes.map(move |take| (*version, take))
        })
    }

    /// Whether some take term leaves something out.
    pub(crate) fn redacts(&self) -> bool {
        self.takes().any(|(_, take)| take.redacts())
    }
}

impl State {
    /// The next entry's number.
    pub fn next(&self) -> EntryNumber {
        self.next
    }

    /// The instant of the last entry.
    pub fn at(&self) -> Instant {
        self.at
    }

    /// All parties, the host first.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.parties.iter()
    }

    /// The place of a party.
    pub fn party_index(&self, code: &PartyCode) -> Option<PartyIndex> {
        self.by_code.get(code).copied()
    }

    /// A party by its place.
    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: an index is only made for a party in the list, and none is ever removed"
    )]
    pub fn party(&self, index: PartyIndex) -> &Party {
        &self.parties[index.0 as usize]
    }

    /// A party by its code.
    pub fn find_party(&self, code: &PartyCode) -> Option<&Party> {
        self.party_index(code).map(|index| self.party(index))
    }

    /// The host.
    pub fn host(&self) -> &Party {
        self.party(PartyIndex::HOST)
    }

    /// Every index in use.
    pub(crate) fn party_indexes(&self) -> impl Iterator<Item = PartyIndex> + use<> {
        (0..self.parties.len()).map(|n| PartyIndex(n as u16))
    }

    /// The account that a secret belongs to.
    pub fn account(&self, secret: &Digest) -> Option<&Account> {
        self.accounts.by_secret(secret)
    }

    /// The account that a TLS certificate is bound to, known by its SHA-256.
    pub fn account_by_certificate(&self, certificate: &Digest) -> Option<&Account> {
        self.accounts.by_certificate(certificate)
    }

    /// A machine account.
    pub fn client(&self, party: &PartyCode, name: &ClientName) -> Option<&Client> {
        let key = (party.clone(), name.clone());
        self.accounts.clients.get(&key)
    }

    /// The person whose one-time link that is.
    pub fn link(&self, link: &Digest) -> Option<&(PartyCode, PersonName)> {
        self.accounts.by_link(link)
    }

    /// The machine accounts of a party.
    pub fn clients(&self, party: &PartyCode) -> impl Iterator<Item = (&ClientName, &Client)> {
        let party = party.clone();
        self.accounts
            .clients
            .iter()
            .filter(move |((owner, _), _)| *owner == party)
            .map(|((_, name), client)| (name, client))
    }

    /// The human accounts of a party.
    pub fn persons(&self, party: &PartyCode) -> impl Iterator<Item = (&PersonName, &Person)> {
        let party = party.clone();
        self.accounts
            .persons
            .iter()
            .filter(move |((owner, _), _)| *owner == party)
            .map(|((_, name), person)| (name, person))
    }

    /// The party that speaks for an identity, if that is granted to one.
    pub fn speaker(&self, identity: &RecordId) -> Option<&PartyCode> {
        self.identities()
            .find(|(known, _, granted)| *granted && *known == identity)
            .map(|(_, party, _)| party)
    }

    /// Every identity for which a party speaks or asks to, the party, and whether it is granted.
    pub fn identities(&self) -> impl Iterator<Item = (&RecordId, &PartyCode, bool)> {
        let all = self.identities.iter();
        all.map(|((identity, party), granted)| (identity, party, *granted))
    }

    /// The identity that a record names as its creator.
    pub fn record_creator(&self, record: RecordNumber) -> Option<IdText<'_>> {
        let creator = self.records.creator(record)?;
        Some(self.records.ids.text(creator))
    }

    /// The agreements, by id.
    pub fn agreements(&self) -> impl Iterator<Item = &Agreement> {
        self.agreements.values()
    }

    /// An agreement.
    pub fn agreement(&self, id: &AgreementId) -> Option<&Agreement> {
        self.agreements.get(id)
    }

    /// The file with that digest, if it was ever tabled.
    pub fn agreement_file(&self, digest: &Digest) -> Option<Arc<[u8]>> {
        self.files.get(digest).cloned()
    }

    /// What counts for a party at an instant.
    pub fn standing(&self, party: &Party, at: Instant) -> Standing<'_> {
        standing(self.agreements.values(), party, at)
    }

    /// The agreements that a party's view rests on at an instant.
    pub fn basis(&self, party: &Party, at: Instant) -> Vec<Basis> {
        self.standing(party, at)
            .taking
            .iter()
            .map(|(agreement, version)| Basis {
                agreement: agreement.id.clone(),
                version: version.document.version,
            })
            .collect()
    }

    /// Whether the office works in that area.
    pub fn has_area(&self, area: &AreaName) -> bool {
        self.house.has_area(area)
    }

    /// How many bodies the filings brought: the number that the next one takes.
    pub fn body_count(&self) -> BodyNumber {
        self.bodies
    }

    /// Every area that the office works in, by name.
    pub fn areas(&self) -> Vec<AreaName> {
        self.house
            .areas()
            .filter_map(|(name, _)| name.parse().ok())
            .collect()
    }

    /// Whether a party ever filed something in an area.
    pub fn has_filed(&self, party: &PartyCode, area: &AreaName) -> bool {
        let classes = &self.records.classes;
        self.party_index(party).is_some_and(|index| {
            classes
                .of_originator(index)
                .iter()
                .filter_map(|&number| classes.at(number))
                .any(|class| class.key.area == *area)
        })
    }

    /// How many records were ever filed.
    pub fn record_count(&self) -> u32 {
        self.records.len()
    }

    /// The records of that id, whoever filed them, alive or not, in filing order.
    pub fn records_of(&self, id: &str) -> Vec<RecordNumber> {
        let number = self.records.ids.find(id);
        number
            .map(|number| self.records.holders(number).collect())
            .unwrap_or_default()
    }

    /// The record that a party filed in an area under (id, version).
    pub fn find_record(
        &self,
        area: &AreaName,
        originator: &PartyCode,
        id: &str,
        version: Option<Instant>,
    ) -> Option<RecordNumber> {
        let id = self.records.ids.find(id)?;
        self.records
            .find(area, self.party_index(originator)?, id, version)
    }

    /// Some record of that (id, version) with that digest, whose body another may share.
    pub fn find_body(
        &self,
        id: &str,
        version: Option<Instant>,
        digest: &Digest,
    ) -> Option<BodyNumber> {
        let id = self.records.ids.find(id)?;
        self.records
            .holders(id)
            .find(|&record| {
                self.records.alive.contains(record.0)
                    && self.records.version(record) == version
                    && self.records.has_digest(record, digest)
            })
            .and_then(|record| self.records.body(record))
    }

    /// The native id of a record; it becomes a text only when it is displayed.
    pub fn record_id(&self, record: RecordNumber) -> IdText<'_> {
        let id = self.records.id(record);
        id.map_or(IdText::whole(""), |id| self.records.ids.text(id))
    }

    /// The version of a record.
    pub fn record_version(&self, record: RecordNumber) -> Option<Instant> {
        self.records.version(record)
    }

    /// The label of a record.
    pub fn record_label(&self, record: RecordNumber) -> Option<&Label> {
        self.records.label(record)
    }

    /// Whether a record was filed with the bytes of that digest, as far as the first 128 bits of
    /// it tell.
    pub fn is_filed_as(&self, record: RecordNumber, digest: &Digest) -> bool {
        self.records.has_digest(record, digest)
    }

    /// Where the bytes of a record are.
    pub fn record_body(&self, record: RecordNumber) -> Option<BodyNumber> {
        self.records.body(record)
    }

    /// When a record was filed.
    pub fn record_filed(&self, record: RecordNumber) -> Option<Instant> {
        self.records.filing(record).map(|(_, at)| at)
    }

    /// Whether a record is neither withdrawn nor erased.
    pub fn is_alive(&self, record: RecordNumber) -> bool {
        self.records.alive.contains(record.0)
    }

    /// The ids that a record refers to.
    pub fn record_references(&self, record: RecordNumber) -> impl Iterator<Item = IdText<'_>> {
        self.records
            .references(record)
            .iter()
            .map(|&id| self.records.ids.text(id))
    }

    /// The records that refer to the id of a record, whoever filed them, alive or not, in filing
    /// order.
    pub fn record_referrers(&self, record: RecordNumber) -> impl Iterator<Item = RecordNumber> {
        let id = self.records.id(record);
        id.into_iter().flat_map(|id| self.records.referrers(id))
    }

    /// Every kind that was ever filed in an area.
    pub fn kinds(&self, area: &AreaName) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self
            .records
            .classes
            .iter()
            .filter(|(_, class)| class.key.area == *area)
            .map(|(_, class)| class.key.kind.clone())
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Where the outcome of a filing is recorded.
    pub fn status(&self, id: &[u8; 16]) -> Option<StatusRow<'_>> {
        let (filing, entry, originator) = self.statuses.find(self.records.ids.key, id)?;
        Some(StatusRow {
            entry,
            at: self.records.filings.at(filing)?,
            originator: &self.party(originator).code,
        })
    }
}

/// What counts for a party at an instant, given those agreements.
pub(crate) fn standing<'a>(
    agreements: impl Iterator<Item = &'a Agreement>,
    party: &Party,
    at: Instant,
) -> Standing<'a> {
    let mut standing = Standing::default();
    for agreement in agreements.filter(|agreement| concerns(agreement, party)) {
        if let Some(version) = agreement.in_force(&party.code, at) {
            standing.taking.push((agreement, version));
        }
        if let Some(version) = agreement.giving(&party.code, at) {
            standing.giving.push((agreement, version));
        }
        standing.suspended |= agreement.is_suspended(at);
    }
    standing
}

/// Whether an agreement is one of this party.
pub(crate) fn concerns(agreement: &Agreement, party: &Party) -> bool {
    party.status != Status::Host
        && agreement
            .versions
            .last()
            .is_some_and(|version| match &version.document.parties.other {
                Audience::Party(code) => *code == party.code,
                Audience::Group(group) => *group == party.status,
            })
}
