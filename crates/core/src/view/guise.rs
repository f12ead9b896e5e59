//! Under which id a party knows a record, and what the ids in it become: the two are the same
//! unless the party's terms redact.
//!
//! What is derived for whom follows from the verdicts, of what a party may not have any more from
//! the last that let it have it; how it is shown and when is not here.

use crate::act::Basis;
use crate::derivation::{Derivation, split};
use crate::gate::Released;
use crate::gate::permit::Row;
use crate::id::{Kind, PartyCode, RecordId, RecordNumber};
use crate::party::Status;
use crate::state::{Label, PartyIndex, Standing, State};
use crate::view::Fold;

/// How one party knows records.
#[derive(Clone, Copy)]
pub(crate) struct Guise<'a> {
    pub(crate) state: &'a State,
    pub(crate) party: PartyIndex,
    pub(crate) row: &'a Row,
}

impl<'a> Guise<'a> {
    /// How a record is derived for the party; none if it is shown as it was filed.
    pub(crate) fn derivation(&self, record: RecordNumber) -> Option<&'a Derivation> {
        if self.row.derived.is_empty() || self.party == PartyIndex::HOST {
            return None;
        }
        let records = &self.state.records;
        let class = records.class(record)?;
        let derivation = self.row.derived.get(&class)?;
        let own = records.originator(record) == Some(self.party);
        // The built-in markings are nobody's, and the same everywhere.
        let builtin = records.id(record).is_some_and(|id| records.is_builtin(id));
        (!own && !builtin).then_some(&**derivation)
    }

    /// The id under which the party knows the record.
    pub(crate) fn id(&self, record: RecordNumber) -> String {
        let own = self.state.record_id(record).to_string();
        match self.derivation(record) {
            // What has no derived id cannot be asked for.
            Some(derivation) => derivation.id(&self.state.seed, &own).unwrap_or_default(),
            None => own,
        }
    }

    /// The records that the party knows under that id, if they are released to it.
    pub(crate) fn records(&self, id: &str) -> Vec<RecordNumber> {
        let records = &self.state.records;
        let holders = |id: &str| {
            let number = records.ids.find(id);
            number
                .into_iter()
                .flat_map(|number| records.holders(number))
        };
        if self.row.derived.is_empty() {
            return holders(id).collect();
        }
        let plain = holders(id).filter(|&record| self.derivation(record).is_none());
        let mut found: Vec<RecordNumber> = plain.collect();
        let mut agreements = Vec::new();
        for derivation in self.row.derived.values() {
            if agreements.contains(&&derivation.agreement) {
                continue;
            }
            agreements.push(&derivation.agreement);
            for origin in derivation.origins(&self.state.seed, id) {
                found.extend(holders(&origin).filter(|&record| {
                    let own = self.derivation(record);
                    own.is_some_and(|own| own.agreement == derivation.agreement)
                }));
            }
        }
        found
    }
}

/// What becomes of the ids in what a party is shown.
pub struct Mapping<'a> {
    guise: Guise<'a>,
    released: &'a Released,
    standing: Standing<'a>,
}

impl std::fmt::Debug for Mapping<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mapping").finish_non_exhaustive()
    }
}

impl Mapping<'_> {
    /// What an id becomes that stands in a record which is derived for the party; none if it stays.
    ///
    /// A reader can never tie the id under which it knows a record to the record's own. So an id of
    /// what it does not have becomes a derived one as well wherever records of that kind are derived
    /// for it from anybody, whether the office holds one or not.
    pub fn id(&self, referrer: RecordNumber, id: &str) -> Option<String> {
        let derivation = self.guise.derivation(referrer)?;
        let state = self.guise.state;
        let records = &state.records;
        let seed = &state.seed;
        if let Some(number) = records.ids.find(id) {
            if records.is_builtin(number) {
                return None;
            }
            let mut plain = false;
            for held in records.holders(number) {
                if !self.released.numbers().contains(held.0) {
                    continue;
                }
                match self.guise.derivation(held) {
                    Some(derivation) => return derivation.id(seed, id),
                    None => plain = true,
                }
            }
            if plain {
                return None;
            }
        }
        let (kind, _) = split(id)?;
        let kind: Kind = kind.parse().ok()?;
        let area = &state.record_label(referrer)?.area;
        let mut takes = self.standing.takes();
        let redacts = takes.any(|(_, take)| take.redacts() && take.covers(area, &kind));
        redacts.then(|| derivation.id(seed, id)).flatten()
    }
}

impl Fold {
    fn guise(&self, party: &PartyCode) -> Option<Guise<'_>> {
        let (state, views, _) = self.parts();
        let party = state.party_index(party)?;
        let row = views.permits.row(party);
        Some(Guise { state, party, row })
    }

    /// How a record is derived for a party that may have it, or was when the party last might; none
    /// if it is shown as it was filed, and for what the party never might have.
    pub fn derivation(&self, party: &PartyCode, record: RecordNumber) -> Option<&Derivation> {
        self.guise(party)?.derivation(record)
    }

    /// Whether anything at all is derived for a party.
    pub fn derives(&self, party: &PartyCode) -> bool {
        self.guise(party)
            .is_some_and(|guise| !guise.row.derived.is_empty())
    }

    /// The id under which a party knows a record, or knew it when it last might have it.
    pub fn known_id(&self, party: &PartyCode, record: RecordNumber) -> String {
        let guise = self.guise(party);
        guise.map_or_else(String::new, |guise| guise.id(record))
    }

    /// The id under which a party received a record, when those agreements counted for it.
    pub fn received_id(&self, party: &PartyCode, record: RecordNumber, basis: &[Basis]) -> String {
        let (state, ..) = self.parts();
        let own = state.record_id(record).to_string();
        let (Some(party), Some(label)) = (state.party_index(party), state.record_label(record))
        else {
            return own;
        };
        let originator = state.records.originator(record);
        let builtin = state
            .records
            .id(record)
            .map(|id| state.records.is_builtin(id));
        if party == PartyIndex::HOST || originator == Some(party) || builtin == Some(true) {
            return own;
        }
        let taking = basis.iter().filter_map(|basis| {
            let agreement = state.agreement(&basis.agreement)?;
            let mut versions = agreement.versions.iter();
            let version = versions.find(|one| one.document.version == basis.version)?;
            Some((agreement, version))
        });
        let standing = Standing {
            taking: taking.collect(),
            ..Standing::default()
        };
        let status = originator.map(|originator| state.party(originator).status);
        let status = status.unwrap_or(Status::Observer);
        let Label {
            area,
            kind,
            originator,
            ..
        } = label;
        let derivation = Derivation::of(&standing, area, kind, originator, status);
        let derived = derivation.and_then(|derivation| derivation.id(&state.seed, &own));
        derived.unwrap_or(own)
    }

    /// The records that a party knows under that id, released to it or not.
    pub fn known_records(&self, party: &PartyCode, id: &str) -> Vec<RecordNumber> {
        let guise = self.guise(party);
        guise.map_or_else(Vec::new, |guise| guise.records(id))
    }

    /// What becomes of ids for a party as its terms stand now, for many ids at once.
    pub fn mapping(&self, party: &PartyCode) -> Option<Mapping<'_>> {
        let guise = self.guise(party)?;
        let (_, views, _) = self.parts();
        let state = guise.state;
        Some(Mapping {
            guise,
            released: &views.party(guise.party)?.sight.released,
            standing: state.standing(state.party(guise.party), self.clock()),
        })
    }

    /// The granular markings of a record whose parts are left out for a party.
    pub fn left_out(&self, party: &PartyCode, record: RecordNumber) -> Vec<RecordId> {
        let (state, ..) = self.parts();
        let above = self
            .derivation(party, record)
            .and_then(|derivation| derivation.above);
        let class = state.records.class(record);
        let class = class.and_then(|class| state.records.classes.at(class));
        let (Some(above), Some(class)) = (above, class) else {
            return Vec::new();
        };
        let markings = class.key.granular.iter();
        markings
            .filter(|&&marking| state.is_above(marking, class.key.originator, above))
            .filter_map(|&marking| state.records.ids.text(marking).to_string().parse().ok())
            .collect()
    }
}
