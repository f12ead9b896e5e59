//! A simulated TAXII client: it keeps the date of the last record it was handed and asks for what
//! was added after it, nothing else.
//!
//! It checks for itself what it was promised: that nothing which it ought to have is missing once
//! it has caught up, and that nothing comes twice for no reason. It does not talk HTTP.

use std::collections::BTreeMap;

use legation_core::act::{Act, DateSet, Extent, Receipt};
use legation_core::id::{AreaName, Kind, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Fold, Page, Query};

use crate::oracle::Derived;

/// A client of a party that follows one area.
#[derive(Clone, Debug)]
pub struct Poller {
    /// Whose client it is.
    pub party: PartyCode,
    /// What it follows.
    pub area: AreaName,
    /// Which kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    after: Option<Instant>,
    // How often the record had come to be the newest shown, when it was handed over last, and how
    // it was derived.
    delivered: BTreeMap<RecordNumber, (u32, Option<Derived>)>,
}

impl Poller {
    /// A client that has nothing yet.
    pub fn new(party: PartyCode, area: AreaName, kinds: Option<Vec<Kind>>) -> Self {
        Self {
            party,
            area,
            kinds,
            after: None,
            delivered: BTreeMap::new(),
        }
    }

    /// What it asks for next.
    pub fn query(&self, limit: usize) -> Query {
        Query {
            after: self.after,
            until: None,
            ids: None,
            kinds: self.kinds.clone(),
            versions: legation_core::view::Versions::default(),
            limit,
        }
    }

    /// The receipt that has to stand in the journal before the page leaves; none for an empty one.
    pub fn receipt(&self, fold: &Fold, page: &Page) -> Option<Act> {
        receipt(fold, &self.party, &self.area, page)
    }

    /// Takes the page. `turns` says how often each record has come to be the newest shown,
    /// `derived` how it is derived for this party.
    ///
    /// # Panics
    /// When the page steps back behind what the client has, or hands over something a second
    /// time that had not gone in between.
    pub fn take(
        &mut self,
        page: &Page,
        turns: &BTreeMap<RecordNumber, u32>,
        derived: impl Fn(RecordNumber) -> Option<Derived>,
    ) {
        for item in &page.items {
            assert!(
                self.after.is_none_or(|after| after < item.date),
                "a page steps back"
            );
            self.after = Some(item.date);
            let record = *item.record.get();
            let turn = turns.get(&record).copied().unwrap_or_default();
            let before = self.delivered.insert(record, (turn, derived(record)));
            let before = before.map(|(turn, _)| turn);
            assert_ne!(before, Some(turn), "record {record} is handed over twice");
        }
    }

    /// What of `newest` it does not have, or has as another derived object than it is now.
    pub fn missing(
        &self,
        newest: &[RecordNumber],
        derived: impl Fn(RecordNumber) -> Option<Derived>,
    ) -> Vec<RecordNumber> {
        let has = |record: &RecordNumber| {
            let delivered = self.delivered.get(record);
            delivered.is_some_and(|(_, as_what)| *as_what == derived(*record))
        };
        newest.iter().copied().filter(|one| !has(one)).collect()
    }
}

/// The receipt for a page; none for an empty one.
pub fn receipt(fold: &Fold, party: &PartyCode, area: &AreaName, page: &Page) -> Option<Act> {
    let (first, last) = (page.items.first()?, page.items.last()?);
    let state = fold.state();
    let known = state.find_party(party).expect("a party that was added");
    let receipt = Receipt {
        party: party.clone(),
        area: area.clone(),
        filter: String::new(),
        agreements: state.basis(known, fold.clock()),
        first: first.date,
        last: last.date,
        dates: DateSet::of(page.items.iter().map(|item| item.date)),
        extent: Extent::Bodies,
        ahead: false,
    };
    // Dates alone must name exactly what the page held.
    let records: Vec<_> = page.items.iter().map(|item| *item.record.get()).collect();
    assert_eq!(
        fold.released_by(&receipt),
        records,
        "what the receipt's dates name"
    );
    Some(Act::Release(receipt))
}
