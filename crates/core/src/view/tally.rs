//! Figures for a review: what a party gave and took over a span of time, and how long it took.
//!
//! Counted from the receipts of the ledger and the bitmaps of the classes, never from the entries.
//! What a party filed costs a look at each of its classes; what it took costs one step for each
//! receipt and each record named there; how soon others had what it gave costs the same over the
//! receipts of all others in its areas since the span began.
//!
//! Not here: what is a record's business with one party now (the views), and who may ask.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use roaring::RoaringBitmap;

use crate::act::Extent;
use crate::id::{AreaName, EntryNumber, PartyCode, RecordNumber};
use crate::state::PartyIndex;
use crate::state::book::{Book, Row, Run};
use crate::time::Instant;
use crate::view::Fold;
use crate::view::area::Track;

/// From when on it is counted how long a party waited for what it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "there are two clocks: the office's and the party's"
)]
pub enum Since {
    /// From the filing, which the office knows.
    Filing,
    /// From when the record became visible to the party, which is all that the party may know.
    Sight,
}

/// What a party gave and took in an area over a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Records that it filed.
    pub given: u64,
    /// Records of others whose bytes it was sent for the first time.
    pub taken: u64,
    /// Receipts under which it was sent bytes.
    pub receipts: u64,
    /// For each record taken, the microseconds until it was sent.
    pub waits: Vec<i64>,
}

impl Fold {
    /// What a party gave and took from the begin of a span to just before its end, by area. `sent`
    /// says of a receipt that was written ahead whether a record was sent under it for certain.
    pub fn tally(
        &self,
        party: &PartyCode,
        span: &Range<Instant>,
        since: Since,
        sent: &dyn Fn(EntryNumber, RecordNumber) -> bool,
    ) -> BTreeMap<AreaName, Tally> {
        let (state, views, _) = self.parts();
        let mut found: BTreeMap<AreaName, Tally> = BTreeMap::new();
        let Some(index) = state.party_index(party) else {
            return found;
        };
        for (area, given) in self.given(index, span) {
            found.entry(area).or_default().given = given.len();
        }
        for (area, book) in state.ledger.books(index) {
            let view = views.party(index).and_then(|view| view.areas.get(area));
            let Some(view) = view else {
                continue;
            };
            let mut tally = Tally::default();
            let mut pass = Pass::default();
            let rows = book.rows.all().iter();
            for row in rows.take_while(|row| row.at() < span.end) {
                let counts = row.at() >= span.start;
                let any = pass.fresh(&view.track, book, row, sent, |record| {
                    let is_own = state.records.originator(record) == Some(index);
                    if is_own || !counts {
                        return;
                    }
                    tally.taken += 1;
                    let from = match since {
                        Since::Filing => state.record_filed(record),
                        Since::Sight => {
                            let place = view.track.place(&state.records, record);
                            place.map(|place| place.date)
                        }
                    };
                    let wait = from.map(|from| row.at().micros() - from.micros());
                    tally.waits.extend(wait.map(|wait| wait.max(0)));
                });
                tally.receipts += u64::from(counts && any);
            }
            if tally.receipts > 0 {
                let known = found.entry(area.clone()).or_default();
                (known.taken, known.receipts) = (tally.taken, tally.receipts);
                known.waits = tally.waits;
            }
        }
        found
    }

    /// How soon somebody else was sent what a party filed over a span, by area: for the office's own
    /// people, as it tells of others.
    pub fn tally_onward(
        &self,
        party: &PartyCode,
        span: &Range<Instant>,
        sent: &dyn Fn(EntryNumber, RecordNumber) -> bool,
    ) -> BTreeMap<AreaName, Vec<i64>> {
        let (state, views, _) = self.parts();
        let mut found = BTreeMap::new();
        let Some(index) = state.party_index(party) else {
            return found;
        };
        for (area, given) in self.given(index, span) {
            let mut first: HashMap<u32, Instant> = HashMap::new();
            let books = state
                .ledger
                .books_in(&area)
                .map_or(&[][..], |(_, books)| books);
            for (other, book) in state.party_indexes().zip(books) {
                let view = views.party(other).and_then(|view| view.areas.get(&area));
                let Some(view) = view.filter(|_| other != index) else {
                    continue;
                };
                let rows = book.rows.all();
                // What was filed later cannot have been sent before.
                let from = rows.partition_point(|row| row.at() < span.start);
                let mut pass = Pass::default();
                for row in rows.iter().skip(from) {
                    let _ = pass.fresh(&view.track, book, row, sent, |record| {
                        if given.contains(record.0) {
                            let known = first.entry(record.0).or_insert(row.at());
                            *known = (*known).min(row.at());
                        }
                    });
                }
            }
            let waits = first.into_iter().filter_map(|(record, at)| {
                let filed = state.record_filed(RecordNumber(record))?;
                Some((at.micros() - filed.micros()).max(0))
            });
            let mut waits: Vec<i64> = waits.collect();
            waits.sort_unstable();
            found.insert(area, waits);
        }
        found
    }

    /// The records that a party filed over a span, by area.
    fn given(&self, party: PartyIndex, span: &Range<Instant>) -> BTreeMap<AreaName, RoaringBitmap> {
        let (state, _, _) = self.parts();
        let records = &state.records;
        let before = |at: Instant| records.first_filed_after(at.plus_micros(-1)).0;
        let range = before(span.start)..before(span.end);
        let mut found: BTreeMap<AreaName, RoaringBitmap> = BTreeMap::new();
        if range.is_empty() {
            return found;
        }
        for &number in records.classes.of_originator(party) {
            let Some(class) = records.classes.at(number) else {
                continue;
            };
            let mut of_class = RoaringBitmap::new();
            of_class.insert_range(range.clone());
            of_class &= &class.records;
            if !of_class.is_empty() {
                *found.entry(class.key.area.clone()).or_default() |= of_class;
            }
        }
        found
    }
}

/// A pass over the receipts of one book, oldest first, that tells of each record once.
#[derive(Default)]
struct Pass {
    places: RoaringBitmap,
    records: RoaringBitmap,
}

impl Pass {
    /// Tells of the records whose bytes were sent under a receipt and not before; answers whether any
    /// were sent at all.
    fn fresh(
        &mut self,
        track: &Track,
        book: &Book,
        row: &Row,
        sent: &dyn Fn(EntryNumber, RecordNumber) -> bool,
        mut tell: impl FnMut(RecordNumber),
    ) -> bool {
        if row.extent() != Extent::Bodies {
            return false;
        }
        let mut places = RoaringBitmap::new();
        for Run(first, last) in book.runs_of(row) {
            places.insert_range(first..=last);
        }
        if row.is_ahead() {
            // It may name more than was sent.
            let all = track.records_at(runs(&places));
            let unsent = places.iter().zip(&all);
            let unsent = unsent.filter(|(_, record)| !sent(row.entry(), **record));
            let unsent: RoaringBitmap = unsent.map(|(place, _)| place).collect();
            places -= unsent;
        }
        let mut fresh = places.clone();
        fresh -= &self.places;
        let any = !places.is_empty();
        self.places |= places;
        for record in track.records_at(runs(&fresh)) {
            // What came back after it was gone stands at a second place.
            if self.records.insert(record.0) {
                tell(record);
            }
        }
        any
    }
}

/// The members of a set as runs.
fn runs(set: &RoaringBitmap) -> impl Iterator<Item = Run> + '_ {
    let mut members = set.iter().peekable();
    std::iter::from_fn(move || {
        let first = members.next()?;
        let mut last = first;
        while let Some(next) = members.next_if(|next| last.checked_add(1) == Some(*next)) {
            last = next;
        }
        Some(Run(first, last))
    })
}
