//! What was released to whom: the receipts.

use std::collections::HashMap;

use crate::act::{Actor, Basis, Closing, Entry, Extent, Receipt};
use crate::id::{AreaName, EntryNumber, RecordNumber};
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
    /// Which records: exactly these, or at most these as long as `ahead` is there.
    pub records: RecordSet,
    /// What of them.
    pub extent: Extent,
    /// The records in the order of their dates, of a receipt written ahead that is not closed yet.
    pub ahead: Option<Box<[RecordNumber]>>,
}

/// Receipts by party.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    releases: HashMap<PartyIndex, Vec<Release>>,
}

impl Ledger {
    pub(super) fn add_release(
        &mut self,
        party: PartyIndex,
        entry: &Entry,
        receipt: &Receipt,
        records: Vec<RecordNumber>,
    ) {
        self.releases.entry(party).or_default().push(Release {
            entry: entry.number,
            at: entry.at,
            actor: entry.actor.clone(),
            area: receipt.area.clone(),
            agreements: receipt.agreements.clone().into(),
            records: RecordSet::of(records.iter().copied()),
            extent: receipt.extent,
            ahead: receipt.ahead.then(|| records.into()),
        });
    }

    /// Narrows a receipt that was written ahead to what was sent; whether there was one.
    pub(super) fn close(&mut self, party: PartyIndex, closing: &Closing) -> bool {
        let releases = self.releases.get_mut(&party);
        let open = releases.and_then(|releases| {
            let place = releases
                .binary_search_by_key(&closing.receipt, |release| release.entry)
                .ok()?;
            releases.get_mut(place)
        });
        let Some((release, ahead)) = open.and_then(|release| {
            let ahead = release.ahead.take()?;
            Some((release, ahead))
        }) else {
            return false;
        };
        let sent = closing.sent.runs().flat_map(|(first, last)| {
            let first = usize::try_from(first).unwrap_or(usize::MAX);
            let last = usize::try_from(last).unwrap_or(usize::MAX);
            ahead
                .get(first..=last.min(ahead.len().saturating_sub(1)))
                .unwrap_or_default()
        });
        release.records = RecordSet::of(sent.copied());
        true
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
