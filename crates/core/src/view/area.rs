//! The view of one party in one area: what is shown, in which order, since when.
//!
//! ```text
//! segment   live  | members: records shown at their own filing, ascending
//!           late  | members: records that became visible at one later instant, ascending
//! date      live  | instant of the filing + how many members of the same filing come before
//!           late  | first date of the segment + how many members come before
//! ```
//! Segments follow each other in time, so the order of dates is the order of (segment, record). A
//! member that is shown no longer stays a member, so that no date ever moves; `current` says which
//! members stand at this place now.
//!
//! A record that comes back takes its old place again if nobody can have read past that place
//! without it, and a new one otherwise. Who has read how far is known from the receipts.
//!
//! Segments and what has gone make a [`Track`]; parties with the same history share one, and the
//! sets in it are shared wherever they are equal. How far the party has read is its own.

use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::id::{EntryNumber, RecordNumber};
use crate::state::record_table::Records;
use crate::time::Instant;
use crate::view::Moment;
use crate::view::dating::Dating;

/// Where a record stands in a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The date added: unique in the view.
    pub date: Instant,
    pub(crate) segment: usize,
}

/// A stretch of a view.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    /// The date of the first member when they became visible together later; none for a live one.
    pub(crate) late: Option<Instant>,
    /// The records that were ever shown here.
    pub(crate) members: Arc<RoaringBitmap>,
    /// The members that stand here now.
    pub(crate) current: Arc<RoaringBitmap>,
    pub(crate) first: Instant,
    pub(crate) last: Instant,
}

/// How far receipts reach: entries ascending, dates descending, so that the first one after an
/// entry tells how far anybody has read since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Passes(pub(crate) Vec<(EntryNumber, Instant)>);

/// The order of a view and what has left it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Track {
    pub(crate) segments: Vec<Segment>,
    /// What left the sequence of newest versions, by the entry at which it left; disjoint.
    pub(crate) gone: Vec<(EntryNumber, RoaringBitmap)>,
    /// All of `gone`.
    pub(crate) away: RoaringBitmap,
}

/// The view.
#[derive(Clone, Debug, Default)]
pub(crate) struct AreaView {
    pub(crate) track: Arc<Track>,
    pub(crate) passes: Passes,
}

/// One change of a view.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) moment: Moment,
    /// The records that were filed in this step.
    pub(super) filed: Range<u32>,
    /// Shown from now on.
    pub(super) appear: RoaringBitmap,
    /// Shown no longer.
    pub(super) vanish: RoaringBitmap,
    /// Shown before and after, and superseded only now.
    pub(super) demoted: RoaringBitmap,
    /// Shown before or from now on, and superseded no longer.
    pub(super) promoted: RoaringBitmap,
    /// Superseded, among those of this step.
    pub(super) superseded: RoaringBitmap,
    /// Derived otherwise than when it was shown last; shown or not.
    pub(super) renewed: RoaringBitmap,
}

impl Step {
    pub(super) fn within(&self, area: &RoaringBitmap) -> Self {
        Self {
            moment: self.moment,
            filed: self.filed.clone(),
            appear: &self.appear & area,
            vanish: &self.vanish & area,
            demoted: &self.demoted & area,
            promoted: &self.promoted & area,
            superseded: &self.superseded & area,
            renewed: &self.renewed & area,
        }
    }

    /// Whether something comes that is not just being filed.
    pub(super) fn brings_back(&self) -> bool {
        let filed = self.appear.range_cardinality(self.filed.clone());
        filed < self.appear.len()
            || self
                .promoted
                .range_cardinality(self.filed.clone())
                .lt(&self.promoted.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.appear.is_empty()
            && self.vanish.is_empty()
            && self.demoted.is_empty()
            && self.promoted.is_empty()
            && self.renewed.is_empty()
    }
}

impl Segment {
    fn new(late: Option<Instant>, members: RoaringBitmap, first: Instant, last: Instant) -> Self {
        let members = Arc::new(members);
        Self {
            late,
            current: Arc::clone(&members),
            members,
            first,
            last,
        }
    }

    /// The first record whose date is later than that.
    pub(crate) fn first_after(&self, records: &Records, date: Instant) -> u32 {
        if date < self.first {
            return 0;
        }
        if date >= self.last {
            return u32::MAX;
        }
        if let Some(base) = self.late {
            let offset = date.micros() - base.micros() + 1;
            return u32::try_from(offset)
                .ok()
                .and_then(|offset| self.members.select(offset))
                .unwrap_or(u32::MAX);
        }
        // The last filing at or before the date of which this party is shown something holds it, or
        // is over by then. Filings of which it is shown nothing may lie in between.
        let next = records.first_filed_after(date).0;
        let before_next = next.checked_sub(1).map_or(0, |r| self.members.rank(r));
        let Some((first, at)) = before_next
            .checked_sub(1)
            .and_then(|rank| self.members.select(u32::try_from(rank).ok()?))
            .and_then(|last| records.filing(RecordNumber(last)))
        else {
            return 0;
        };
        let before = first.0.checked_sub(1).map_or(0, |r| self.members.rank(r));
        let offset = (date.micros() - at.micros() + 1) as u64;
        u32::try_from(before + offset)
            .ok()
            .and_then(|rank| self.members.select(rank))
            .map_or(next, |record| record.min(next))
    }

    pub(crate) fn last(&self) -> Instant {
        self.last
    }

    /// The date of a member.
    fn date(&self, records: &Records, record: u32) -> Instant {
        Dating::of(self, records).date(record)
    }

    /// Shows more records here, later in number than all that are members.
    fn extend(&mut self, fresh: &RoaringBitmap, last: Instant) {
        let shared = Arc::ptr_eq(&self.members, &self.current);
        if shared {
            // One set is kept for both as long as they are equal; held twice it would be copied.
            self.current = Arc::default();
            *Arc::make_mut(&mut self.members) |= fresh;
            self.current = Arc::clone(&self.members);
        } else {
            *Arc::make_mut(&mut self.members) |= fresh;
            *Arc::make_mut(&mut self.current) |= fresh;
        }
        self.last = last;
    }

    /// Packs the sets again.
    fn pack(&mut self) {
        let shared = Arc::ptr_eq(&self.members, &self.current);
        if shared {
            self.current = Arc::default();
        } else {
            Arc::make_mut(&mut self.current).optimize();
        }
        Arc::make_mut(&mut self.members).optimize();
        if shared {
            self.current = Arc::clone(&self.members);
        }
    }

    /// Those records stand here no longer.
    fn take_out(&mut self, records: &RoaringBitmap) {
        if !self.current.is_disjoint(records) {
            *Arc::make_mut(&mut self.current) -= records;
        }
    }
}

impl Passes {
    /// Somebody was sent a page that ends at that date.
    fn pass(&mut self, entry: EntryNumber, last: Instant) {
        while self.0.last().is_some_and(|(_, earlier)| *earlier <= last) {
            self.0.pop();
        }
        self.0.push((entry, last));
    }

    /// How far anybody has read after that entry.
    fn since(&self, entry: EntryNumber) -> Option<Instant> {
        let next = self.0.partition_point(|(pass, _)| *pass <= entry);
        self.0.get(next).map(|(_, last)| *last)
    }
}

impl AreaView {
    /// Somebody was sent a page that ends at that date.
    pub(super) fn pass(&mut self, entry: EntryNumber, last: Instant) {
        self.passes.pass(entry, last);
    }
}

impl Track {
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The latest date in the view.
    pub(crate) fn last_date(&self) -> Option<Instant> {
        self.segments.last().map(|segment| segment.last)
    }

    /// Where a record stands now.
    pub(crate) fn place(&self, records: &Records, record: RecordNumber) -> Option<Place> {
        let segment = self.segment_of(records, record.0)?;
        let date = self.segments.get(segment)?.date(records, record.0);
        Some(Place { date, segment })
    }

    /// The segment in which a record stands now.
    pub(crate) fn segment_of(&self, records: &Records, record: u32) -> Option<usize> {
        // Shown at its own filing it is in the segment that was live at that instant.
        if let Some((_, filed)) = records.filing(RecordNumber(record)) {
            let live = self
                .segments
                .partition_point(|segment| segment.last < filed);
            let stands = |segment: &&Segment| segment.current.contains(record);
            if self.segments.get(live).filter(stands).is_some() {
                return Some(live);
            }
        }
        self.segments
            .iter()
            .rposition(|segment| segment.current.contains(record))
    }

    /// The records at that date and at the microseconds after it, at most `count`, as far as they
    /// belong to the same filing or to the same late segment, and that segment; what stands there
    /// no longer ends it.
    pub(super) fn neighbours(
        &self,
        records: &Records,
        date: Instant,
        count: u64,
    ) -> (usize, Vec<RecordNumber>) {
        let place = self.segments.partition_point(|segment| segment.last < date);
        let Some(segment) = self.segments.get(place) else {
            return (place, Vec::new());
        };
        let mut members = segment.members.iter();
        members.advance_to(segment.first_after(records, date.plus_micros(-1)));
        let Some(first) = members.clone().next() else {
            return (place, Vec::new());
        };
        if segment.date(records, first) != date {
            return (place, Vec::new());
        }
        let filing = |record| records.filing(RecordNumber(record)).map(|(first, _)| first);
        let own = filing(first);
        let here = members
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .take_while(|&record| {
                segment.current.contains(record)
                    && (segment.late.is_some() || filing(record) == own)
            })
            .map(RecordNumber)
            .collect();
        (place, here)
    }

    /// Takes in a change; answers whether something came back to a place that it had before, so
    /// that a page which was cut meanwhile may lack it.
    pub(super) fn take(&mut self, records: &Records, step: &Step, passes: &Passes) -> bool {
        let Step {
            moment,
            filed,
            appear,
            vanish,
            demoted,
            promoted,
            superseded,
            renewed,
        } = step;
        if !vanish.is_empty() {
            for segment in &mut self.segments {
                segment.take_out(vanish);
            }
        }
        self.forget(renewed);
        let mut fresh = RoaringBitmap::new();
        fresh.insert_range(filed.clone());
        fresh &= appear;
        let back = &(appear - &fresh) | &(promoted - &fresh);
        let back_count = back.len();
        let moved = self.restore(records, back, promoted, superseded, passes);
        let restored = moved.len() < back_count;
        // Whatever leaves the newest versions, or is shown without ever having been among them,
        // has to be found again when it comes back.
        self.leave(moment.entry, (vanish | demoted) - appear);
        if !superseded.is_empty() {
            self.leave(moment.entry, appear & superseded);
        }
        self.extend(records, fresh, filed, moment.at);
        self.append(moved, moment.at);
        restored
    }

    /// Keeps no place for those records: whoever has read past it has another object than they are
    /// now.
    fn forget(&mut self, renewed: &RoaringBitmap) {
        if self.away.is_disjoint(renewed) {
            return;
        }
        self.away -= renewed;
        for (_, gone) in &mut self.gone {
            *gone -= renewed;
        }
        self.gone.retain(|(_, gone)| !gone.is_empty());
    }

    fn leave(&mut self, entry: EntryNumber, leaves: RoaringBitmap) {
        let known = leaves - &self.away;
        if known.is_empty() {
            return;
        }
        self.away |= &known;
        match self.gone.last_mut() {
            Some((last, gone)) if *last == entry => *gone |= known,
            _ => self.gone.push((entry, known)),
        }
    }

    /// Puts back what can take its old place; answers with what needs a new one.
    fn restore(
        &mut self,
        records: &Records,
        back: RoaringBitmap,
        promoted: &RoaringBitmap,
        superseded: &RoaringBitmap,
        passes: &Passes,
    ) -> RoaringBitmap {
        let mut moved = back;
        if moved.is_empty() {
            return moved;
        }
        let known = &self.away & &moved;
        if !known.is_empty() {
            let mut gone = std::mem::take(&mut self.gone);
            for (entry, left) in &mut gone {
                let here = &*left & &known;
                if here.is_empty() {
                    continue;
                }
                let passed = passes.since(*entry);
                moved -= self.put_back(records, here.clone(), passed);
                *left -= here - superseded;
            }
            gone.retain(|(_, left)| !left.is_empty());
            self.gone = gone;
            self.away -= known - superseded;
        }
        // Only what was shown as an old version stands anywhere still.
        let elsewhere = &moved & promoted;
        if !elsewhere.is_empty() {
            for segment in &mut self.segments {
                segment.take_out(&elsewhere);
            }
        }
        moved
    }

    /// Puts records back where each was a member last, as far as that is later than `passed`;
    /// answers with those that were.
    fn put_back(
        &mut self,
        records: &Records,
        mut wanted: RoaringBitmap,
        passed: Option<Instant>,
    ) -> RoaringBitmap {
        let mut returned = RoaringBitmap::new();
        for segment in self.segments.iter_mut().rev() {
            let mut here = &wanted & &*segment.members;
            if here.is_empty() {
                continue;
            }
            wanted -= &here;
            if let Some(passed) = passed {
                here.remove_range(..segment.first_after(records, passed));
            }
            if !here.is_empty() {
                let current = Arc::make_mut(&mut segment.current);
                *current |= &here;
                if current.len() == segment.members.len() {
                    segment.current = Arc::clone(&segment.members);
                }
                returned |= here;
            }
            if wanted.is_empty() {
                break;
            }
        }
        returned
    }

    /// Shows records at their own filing.
    fn extend(&mut self, records: &Records, fresh: RoaringBitmap, filed: &Range<u32>, at: Instant) {
        let Some(first) = fresh.min() else {
            return;
        };
        let ends = self.last_date();
        if ends.is_some_and(|last| at <= last)
            || records
                .filing(RecordNumber(first))
                .is_none_or(|(_, filed)| filed != at)
        {
            self.append(fresh, at);
            return;
        }
        let last = at.plus_micros(fresh.len() as i64 - 1);
        match self.segments.last_mut() {
            Some(segment) if segment.late.is_none() => {
                segment.extend(&fresh, last);
                if filed.start >> 16 != filed.end >> 16 {
                    segment.pack();
                }
            }
            _ => self.segments.push(Segment::new(None, fresh, at, last)),
        }
    }

    /// Shows records at an instant that is not that of their filing.
    fn append(&mut self, mut late: RoaringBitmap, at: Instant) {
        if late.is_empty() {
            return;
        }
        let next = self.last_date().map(|last| last.plus_micros(1));
        let first = next.map_or(at, |next| next.max(at));
        let last = first.plus_micros(late.len() as i64 - 1);
        late.optimize();
        self.segments
            .push(Segment::new(Some(first), late, first, last));
    }
}
