//! Paging with a cursor: a first page fixes up to where the later ones reach, and what is filed
//! in between changes nothing.

use std::collections::BTreeMap;

use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Query;
use legation_testkit::poller::receipt;

use crate::query;
use crate::trial::{Trial, areas};

/// Somebody in the middle of a listing.
#[derive(Clone, Debug)]
pub(crate) struct Cursor {
    party: PartyCode,
    area: AreaName,
    query: Query,
    /// All that the listing held when it began.
    listing: Vec<(RecordNumber, Instant)>,
    /// How often each record had come to be the newest shown, and to be shown, by then.
    turns: BTreeMap<RecordNumber, u32>,
    comings: BTreeMap<RecordNumber, u32>,
}

impl Trial {
    /// Somebody begins a listing.
    pub(crate) fn open_cursor(&mut self) {
        let party = self.world.dice.pick(self.judgement.parties()).clone();
        let area = self.world.dice.pick(&areas()).clone();
        let all = self.world.dice.percent(40);
        let mut query = query::whole(query::versions(all, !all, false));
        let page = self.fold.page(&party, &area, &query);
        let listing = query::items(&page);
        query.limit = 1 + self.world.dice.below(4);
        let page = self.fold.page(&party, &area, &query);
        let Some(last) = page.items.last() else {
            return;
        };
        assert_eq!(query::items(&page), listing[..page.items.len()]);
        assert_eq!(page.more, page.items.len() < listing.len());
        let until = page.until;
        assert!(until >= listing.last().map(|last| last.1), "up to the end");
        query.after = Some(last.date);
        query.until = until;
        let act = receipt(&self.fold, &party, &area, &page);
        self.step(self.now, act);
        let track = &self.tracks[&(party.clone(), area.clone())];
        let (turns, comings) = (track.turns.clone(), track.comings.clone());
        self.cursors.push(Cursor {
            party,
            area,
            query,
            listing,
            turns,
            comings,
        });
    }

    /// Somebody asks for the next page, or for the same again.
    pub(crate) fn follow_cursor(&mut self) {
        if self.cursors.is_empty() {
            return;
        }
        let at = self.world.dice.below(self.cursors.len());
        let cursor = self.cursors[at].clone();
        self.check_cursor(&cursor);
        let page = self.fold.page(&cursor.party, &cursor.area, &cursor.query);
        match page.items.last() {
            Some(last) if self.world.dice.percent(70) => {
                self.cursors[at].query.after = Some(last.date);
                let act = receipt(&self.fold, &cursor.party, &cursor.area, &page);
                self.step(self.now, act);
            }
            Some(_) => {}
            None => {
                self.cursors.swap_remove(at);
            }
        }
    }

    fn check_cursor(&self, cursor: &Cursor) {
        let (party, area) = (&cursor.party, &cursor.area);
        let mut rest = cursor.query.clone();
        rest.limit = 100_000;
        let found = query::items(&self.fold.page(party, area, &rest));
        let page = self.fold.page(party, area, &cursor.query);
        assert_eq!(query::items(&page), found[..page.items.len()]);
        let track = &self.tracks[&(party.clone(), area.clone())];
        let expected = || {
            let listing = cursor.listing.iter();
            listing.filter(|(_, date)| Some(*date) > cursor.query.after)
        };
        for item in &found {
            let turned = track.turns.get(&item.0) != cursor.turns.get(&item.0);
            let came = track.comings.get(&item.0) != cursor.comings.get(&item.0);
            // An older version stands in for one that has gone from its place.
            let dated = |record| self.fold.date_added(party, record).map(|dated| dated.1);
            let stands_in = || {
                let id = self.oracle.name(item.0.0 as usize).1;
                cursor.listing.iter().any(|(other, date)| {
                    self.oracle.name(other.0 as usize).1 == id && dated(*other) != Some(*date)
                })
            };
            assert!(
                expected().any(|one| one == item) || turned || came || stands_in(),
                "{party} {area}: {item:?} was not in the listing {:?}",
                cursor.listing
            );
        }
        for (record, date) in expected() {
            let name = self.oracle.name(record.0 as usize);
            let dated = self.fold.date_added(party, *record).map(|dated| dated.1);
            // A newer version came back to a place within the listing.
            let is_superseded = || {
                track.shown.iter().any(|other| {
                    let other_name = self.oracle.name(other.0 as usize);
                    let place = self.fold.date_added(party, *other).map(|dated| dated.1);
                    other_name.1 == name.1 && other_name.2 > name.2 && place <= cursor.query.until
                })
            };
            assert!(
                found.contains(&(*record, *date))
                    || dated != Some(*date)
                    || (!cursor.query.versions.all && is_superseded()),
                "{party} {area}: record {record} of {date} fell out of the listing"
            );
        }
    }
}
