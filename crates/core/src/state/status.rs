//! Where the outcome of each filing is recorded, by the id under which it can be asked for.
//!
//! Filings are numbered in order, here as in [`super::record_table`], which knows their instants.
//! The outcome itself stays in the journal.

use crate::id::EntryNumber;
use crate::state::PartyIndex;
use crate::state::column::Column;
use crate::state::keyed_hash::HashKey;
use crate::state::slots::Slots;

/// One row for each filing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statuses {
    pub(crate) ids: Column<[u8; 16]>,
    pub(crate) entries: Column<u64>,
    pub(crate) originators: Column<u16>,
    pub(crate) index: Slots,
}

impl Statuses {
    /// Adds the row of the next filing; of two with one id the later counts.
    pub(crate) fn push(
        &mut self,
        key: HashKey,
        id: [u8; 16],
        entry: EntryNumber,
        originator: PartyIndex,
    ) {
        let filing = self.ids.len() as u32;
        self.ids.push(id);
        self.entries.push(entry.0);
        self.originators.push(originator.0);
        let ids = &self.ids;
        let is = |other: u32| ids.at(other) == Some(id);
        let hash_of = |other: u32| key.hash(&ids.at(other).unwrap_or_default());
        self.index.put(key.hash(&id), filing, is, hash_of);
    }

    /// The filing of that id, its entry and who filed.
    pub(crate) fn find(
        &self,
        key: HashKey,
        id: &[u8; 16],
    ) -> Option<(u32, EntryNumber, PartyIndex)> {
        let filing = self
            .index
            .find(key.hash(id), |other| self.ids.at(other) == Some(*id))?;
        let entry = EntryNumber(self.entries.at(filing)?);
        Some((filing, entry, PartyIndex(self.originators.at(filing)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_later_of_two_counts() {
        let key = HashKey::default();
        let mut statuses = Statuses::default();
        for entry in 0..100 {
            let id = [(entry % 50) as u8; 16];
            statuses.push(key, id, EntryNumber(entry), PartyIndex(entry as u16));
        }
        let found = statuses.find(key, &[7; 16]);
        assert_eq!(found, Some((57, EntryNumber(57), PartyIndex(57))));
        assert_eq!(statuses.find(key, &[50; 16]), None);
    }
}
