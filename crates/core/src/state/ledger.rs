//! What was released to whom, and what became of each filing: the receipts and the statuses.

use std::collections::HashMap;

use crate::act::{Actor, Basis, Entry, Extent, File, Receipt};
use crate::id::{AreaName, EntryNumber, PartyCode, RecordNumber};
use crate::state::{PartyIndex, RecordSet};
use crate::time::Instant;

/// A receipt as the ledger keeps it.
#[derive(Clone, Debug)]
pub struct Release {
    /// The entry that says it.
    pub entry: EntryNumber,
    /// When.
    pub at: Instant,
    /// Client or person.
    pub actor: Actor,
    /// Of which area.
    pub area: AreaName,
    /// Under which agreements.
    pub agreements: Box<[Basis]>,
    /// Exactly which records.
    pub records: RecordSet,
    /// What of them.
    pub extent: Extent,
}

/// Where the outcome of a filing is recorded.
#[derive(Clone, Debug)]
pub struct StatusRow {
    /// The entry of the filing.
    pub entry: EntryNumber,
    /// When it was filed.
    pub at: Instant,
    /// Who filed; nobody else may ask.
    pub originator: PartyCode,
}

/// Receipts by party, statuses by id.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    releases: HashMap<PartyIndex, Vec<Release>>,
    statuses: HashMap<[u8; 16], StatusRow>,
}

impl Ledger {
    pub(super) fn add_release(
        &mut self,
        party: PartyIndex,
        entry: &Entry,
        receipt: &Receipt,
        records: RecordSet,
    ) {
        self.releases.entry(party).or_default().push(Release {
            entry: entry.number,
            at: entry.at,
            actor: entry.actor.clone(),
            area: receipt.area.clone(),
            agreements: receipt.agreements.clone().into(),
            records,
            extent: receipt.extent,
        });
    }

    pub(super) fn add_status(&mut self, act: &File, entry: &Entry) {
        let row = StatusRow {
            entry: entry.number,
            at: entry.at,
            originator: act.originator.clone(),
        };
        self.statuses.insert(act.status, row);
    }

    pub(super) fn status(&self, id: &[u8; 16]) -> Option<&StatusRow> {
        self.statuses.get(id)
    }

    pub(super) fn releases(&self, party: PartyIndex) -> &[Release] {
        self.releases.get(&party).map_or(&[], Vec::as_slice)
    }

    /// The receipts that name that record, by party, oldest first.
    pub(super) fn recipients(
        &self,
        record: RecordNumber,
    ) -> impl Iterator<Item = (PartyIndex, &Release)> {
        self.releases.iter().flat_map(move |(party, releases)| {
            releases
                .iter()
                .filter(move |release| release.records.contains(record))
                .map(|release| (*party, release))
        })
    }
}
