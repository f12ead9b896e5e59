//! Authority: of the records under one id, whose a view shows, and which versions of them.
//!
//! Who is released what is settled before; nothing here releases or withholds.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::id::{AreaName, PartyCode, RecordId, RecordNumber};
use legation_core::time::Instant;

use super::judgement::Filed;
use super::{Answer, Held, Judgement, Oracle};

impl Oracle {
    /// A record is foreign if its creator is an identity for which another party than its
    /// originator speaks.
    pub(super) fn filed(&self, held: &Held) -> Filed {
        let creator = held.head.creator();
        let speaker = creator.and_then(|identity| self.speakers.get(identity));
        Filed {
            area: held.area.clone(),
            id: held.head.id.clone(),
            version: held.head.version,
            originator: held.originator.clone(),
            is_foreign: speaker.is_some_and(|speaker| *speaker != held.originator),
        }
    }
}

impl Judgement {
    /// Whose object each id of an area is for a party: the originator of what was filed first of
    /// all that is released to it and not foreign.
    fn authors<'a>(
        &'a self,
        party: usize,
        area: &'a AreaName,
    ) -> BTreeMap<&'a RecordId, &'a PartyCode> {
        let mut authors = BTreeMap::new();
        for (_, filed) in self
            .released(party, area)
            .filter(|(_, one)| !one.is_foreign)
        {
            authors.entry(&filed.id).or_insert(&filed.originator);
        }
        authors
    }

    fn released<'a>(
        &'a self,
        party: usize,
        area: &'a AreaName,
    ) -> impl Iterator<Item = (usize, &'a Filed)> {
        let all = self.filed.iter().enumerate();
        all.filter(move |(record, filed)| {
            filed.area == *area && self.answer(party, *record) == Answer::Released
        })
    }

    /// What a view shows: of each id of an area what its author filed and is not foreign, of each
    /// version the earliest filed; in filing order.
    pub fn shown(&self, party: usize, area: &AreaName) -> Vec<RecordNumber> {
        let authors = self.authors(party, area);
        let mut seen = BTreeSet::new();
        self.released(party, area)
            .filter(|(_, filed)| !filed.is_foreign)
            .filter(|(_, filed)| authors.get(&filed.id) == Some(&&filed.originator))
            .filter(|(_, filed)| seen.insert((&filed.id, filed.version)))
            .map(|(record, _)| RecordNumber(record as u32))
            .collect()
    }

    /// What is released to a party in an area and not shown, because the object is another's.
    pub fn unshown(&self, party: usize, area: &AreaName) -> Vec<RecordNumber> {
        let authors = self.authors(party, area);
        self.released(party, area)
            .filter(|(_, filed)| {
                filed.is_foreign || authors.get(&filed.id) != Some(&&filed.originator)
            })
            .map(|(record, _)| RecordNumber(record as u32))
            .collect()
    }

    /// Of those, the newest version of each id.
    pub fn newest(&self, among: &[RecordNumber]) -> Vec<RecordNumber> {
        self.extreme(among, |version, best| version > best)
    }

    /// Of those, the oldest version of each id.
    pub fn oldest(&self, among: &[RecordNumber]) -> Vec<RecordNumber> {
        self.extreme(among, |version, best| version < best)
    }

    fn extreme(
        &self,
        among: &[RecordNumber],
        better: fn(Option<Instant>, Option<Instant>) -> bool,
    ) -> Vec<RecordNumber> {
        let mut best: BTreeMap<&RecordId, RecordNumber> = BTreeMap::new();
        for &record in among {
            let filed = &self.filed[record.0 as usize];
            let kept = best.entry(&filed.id).or_insert(record);
            if better(filed.version, self.filed[kept.0 as usize].version) {
                *kept = record;
            }
        }
        let mut records: Vec<RecordNumber> = best.into_values().collect();
        records.sort_unstable();
        records
    }
}
