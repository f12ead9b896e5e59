//! What a caller is shown of some records: where they stand in its views, and the values in the bytes
//! that it would be served.
//!
//! Nothing is released here.

use std::collections::BTreeSet;

use legation_core::gate::Cleared;
use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_stix::value::{Held, Value, values};

use super::{PLACES_MAX, Sighted};
use crate::admit::{Caller, staff};
use crate::error::EngineError;
use crate::office::Office;

/// So many bodies are in memory at once.
pub(super) const AT_ONCE: usize = 64;

/// A caller and the areas that it may read.
pub(crate) struct Eyes<'a> {
    pub(super) caller: &'a Caller,
    areas: BTreeSet<AreaName>,
    is_staff: bool,
}

/// A record that the caller is shown.
#[derive(Clone, Debug)]
pub(crate) struct Glimpse {
    pub(crate) record: Cleared<RecordNumber>,
    pub(super) area: AreaName,
    pub(super) date: Instant,
    pub(crate) sighted: Sighted,
}

impl<'a> Eyes<'a> {
    pub(crate) fn of(office: &Office, caller: &'a Caller) -> Result<Self, EngineError> {
        let collections = office.collections(caller)?;
        let readable = collections.iter().filter(|one| one.can_read);
        Ok(Self {
            caller,
            areas: readable.map(|one| one.area.clone()).collect(),
            is_staff: staff(caller).is_ok(),
        })
    }

    /// The areas that the caller may read.
    pub(super) fn areas(&self) -> impl Iterator<Item = &AreaName> {
        self.areas.iter()
    }

    /// The record as the caller is shown it, if it is.
    pub(crate) fn glimpse(&self, fold: &Fold, record: RecordNumber) -> Option<Glimpse> {
        let party = &self.caller.party;
        // The cheap question first: most candidates may be none of the caller's business.
        if !fold.is_released(party, record) {
            return None;
        }
        let area = &fold.state().record_label(record)?.area;
        if !self.areas.contains(area) {
            return None;
        }
        let (cleared, date) = fold.date_added(party, record)?;
        Some(Glimpse {
            record: cleared,
            area: area.clone(),
            date,
            sighted: self.sighted(fold, record, Some(date))?,
        })
    }

    fn sighted(&self, fold: &Fold, record: RecordNumber, date: Option<Instant>) -> Option<Sighted> {
        let state = fold.state();
        let label = state.record_label(record)?;
        Some(Sighted {
            id: fold.known_id(&self.caller.party, record),
            kind: label.kind.as_str().to_owned(),
            version: state.record_version(record),
            area: label.area.clone(),
            date,
        })
    }

    /// Those of the records that stand as claims, for the office's own people.
    pub(super) fn claims(
        &self,
        fold: &Fold,
        records: &BTreeSet<RecordNumber>,
    ) -> Vec<(RecordNumber, Sighted)> {
        if !self.is_staff || records.is_empty() {
            return Vec::new();
        }
        let claims = records.iter().filter(|record| {
            let claim = fold.claim(&self.caller.party, **record);
            claim.is_some()
        });
        claims
            .filter_map(|record| Some((*record, self.sighted(fold, *record, None)?)))
            .collect()
    }
}

impl Office {
    /// The values that are wanted of those records, as the party is served them.
    pub(super) fn values_shown(
        &self,
        party: &PartyCode,
        records: &[RecordNumber],
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Vec<Held>>, EngineError> {
        let bodies = self.bodies_shown(party, records)?;
        Ok(bodies
            .iter()
            .map(|body| values_in(body.as_deref(), &wanted))
            .collect())
    }
}

/// The values that are wanted of an object, in so many places at most.
pub(super) fn values_in(body: Option<&[u8]>, wanted: impl Fn(&Value) -> bool) -> Vec<Held> {
    let held = body.and_then(|body| values(body).ok()).unwrap_or_default();
    let held = held.into_iter().filter(|held| wanted(&held.value));
    held.take(PLACES_MAX).collect()
}
