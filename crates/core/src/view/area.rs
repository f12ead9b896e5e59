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

use std::ops::Range;

use roaring::RoaringBitmap;

use crate::act::DateSet;
use crate::id::{EntryNumber, RecordNumber};
use crate::state::record_table::Records;
use crate::time::Instant;
use crate::view::Moment;

/// Where a record stands in a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The date added: unique in the view.
    pub date: Instant,
    pub(crate) segment: usize,
}

/// A stretch of a view.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    // The date of the first member when they became visible together later; none for a live one.
    late: Option<Instant>,
    members: RoaringBitmap,
    /// The members that stand here now.
    pub(crate) current: RoaringBitmap,
    first: Instant,
    last: Instant,
}

/// The view.
#[derive(Clone, Debug, Default)]
pub(crate) struct AreaView {
    segments: Vec<Segment>,
    // What left the sequence of newest versions, by the entry at which it left.
    gone: Vec<(EntryNumber, RoaringBitmap)>,
    // How far receipts reach: entries ascending, dates descending, so that the first one after an
    // entry tells how far anybody has read since.
    passes: Vec<(EntryNumber, Instant)>,
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
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.appear.is_empty()
            && self.vanish.is_empty()
            && self.demoted.is_empty()
            && self.promoted.is_empty()
    }
}

impl Segment {
    /// The date of a member.
    fn date(&self, records: &Records, record: u32) -> Instant {
        let before = |record: u32| record.checked_sub(1).map_or(0, |r| self.members.rank(r));
        let (base, skipped) = match self.late {
            Some(base) => (base, 0),
            None => match records.filing(RecordNumber(record)) {
                Some((first, at)) => (at, before(first.0)),
                None => (self.first, 0),
            },
        };
        base.plus_micros((before(record) - skipped) as i64)
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
}

impl AreaView {
    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The latest date in the view.
    pub(crate) fn last_date(&self) -> Option<Instant> {
        self.segments.last().map(|segment| segment.last)
    }

    /// Where a record stands now.
    pub(crate) fn place(&self, records: &Records, record: RecordNumber) -> Option<Place> {
        let segment = self
            .segments
            .iter()
            .rposition(|segment| segment.current.contains(record.0))?;
        let date = self.segments.get(segment)?.date(records, record.0);
        Some(Place { date, segment })
    }

    /// The date of a record in a segment.
    pub(crate) fn date(&self, records: &Records, segment: usize, record: u32) -> Option<Instant> {
        self.segments
            .get(segment)
            .map(|segment| segment.date(records, record))
    }

    /// The records that stand at those dates now.
    pub(crate) fn dated(&self, records: &Records, dates: &DateSet) -> Vec<RecordNumber> {
        let mut found = Vec::new();
        for (first, count) in dates.runs() {
            let (mut date, mut left) = (first, count);
            while left > 0 {
                let here = self.neighbours(records, date, left);
                let taken = (here.len() as u64).max(1);
                found.extend(here);
                date = date.plus_micros(i64::try_from(taken).unwrap_or(i64::MAX));
                left = left.saturating_sub(taken);
            }
        }
        found
    }

    /// The records at that date and at the microseconds after it, at most `count`, as far as they
    /// belong to the same filing or to the same late segment; what stands there no longer ends it.
    fn neighbours(&self, records: &Records, date: Instant, count: u64) -> Vec<RecordNumber> {
        let place = self.segments.partition_point(|segment| segment.last < date);
        let Some(segment) = self.segments.get(place) else {
            return Vec::new();
        };
        let mut members = segment.members.iter();
        members.advance_to(segment.first_after(records, date.plus_micros(-1)));
        let Some(first) = members.clone().next() else {
            return Vec::new();
        };
        if segment.date(records, first) != date {
            return Vec::new();
        }
        let filing = |record| records.filing(RecordNumber(record)).map(|(first, _)| first);
        let own = filing(first);
        members
            .take(usize::try_from(count).unwrap_or(usize::MAX))
            .take_while(|&record| {
                segment.current.contains(record)
                    && (segment.late.is_some() || filing(record) == own)
            })
            .map(RecordNumber)
            .collect()
    }

    /// Somebody was sent a page that ends at that date.
    pub(super) fn pass(&mut self, entry: EntryNumber, last: Instant) {
        while self
            .passes
            .last()
            .is_some_and(|(_, earlier)| *earlier <= last)
        {
            self.passes.pop();
        }
        self.passes.push((entry, last));
    }

    /// How far anybody has read after that entry.
    fn passed_since(&self, entry: EntryNumber) -> Option<Instant> {
        let next = self.passes.partition_point(|(pass, _)| *pass <= entry);
        self.passes.get(next).map(|(_, last)| *last)
    }

    /// Takes in a change; answers whether something came back to a place that it had before, so
    /// that a page which was cut meanwhile may lack it.
    pub(super) fn take(&mut self, records: &Records, step: Step) -> bool {
        let Step {
            moment,
            filed,
            appear,
            vanish,
            demoted,
            promoted,
            superseded,
        } = step;
        for segment in &mut self.segments {
            segment.current -= &vanish;
        }
        let mut fresh = RoaringBitmap::new();
        fresh.insert_range(filed);
        fresh &= &appear;
        let back = &(&appear - &fresh) | &(&promoted - &fresh);
        let moved = self.restore(records, &back, &superseded);
        let restored = moved.len() < back.len();
        // Whatever leaves the newest versions, or is shown without ever having been among them,
        // has to be found again when it comes back.
        let leaves = &(&vanish | &demoted) | &(&appear & &superseded);
        self.leave(moment.entry, leaves);
        self.extend(records, fresh, moment.at);
        self.append(moved, moment.at);
        restored
    }

    fn leave(&mut self, entry: EntryNumber, leaves: RoaringBitmap) {
        let known = self
            .gone
            .iter()
            .fold(leaves, |leaves, (_, gone)| leaves - gone);
        if known.is_empty() {
            return;
        }
        match self.gone.last_mut() {
            Some((last, gone)) if *last == entry => *gone |= known,
            _ => self.gone.push((entry, known)),
        }
    }

    /// Puts back what can take its old place; answers with what needs a new one.
    fn restore(
        &mut self,
        records: &Records,
        back: &RoaringBitmap,
        superseded: &RoaringBitmap,
    ) -> RoaringBitmap {
        let mut moved = back.clone();
        if back.is_empty() {
            return moved;
        }
        let mut gone = std::mem::take(&mut self.gone);
        for (entry, left) in &mut gone {
            let here = &*left & back;
            if here.is_empty() {
                continue;
            }
            let passed = self.passed_since(*entry);
            for (record, segment) in self.old_places(&here) {
                let Some(place) = self.segments.get_mut(segment) else {
                    continue;
                };
                if passed.is_none_or(|passed| place.date(records, record) > passed) {
                    place.current.insert(record);
                    moved.remove(record);
                }
            }
            *left -= &here - superseded;
        }
        gone.retain(|(_, left)| !left.is_empty());
        self.gone = gone;
        for segment in &mut self.segments {
            segment.current -= &moved;
        }
        moved
    }

    /// The newest segment that each of those records was ever a member of.
    fn old_places(&self, wanted: &RoaringBitmap) -> Vec<(u32, usize)> {
        let mut left = wanted.clone();
        let mut places = Vec::new();
        for (number, segment) in self.segments.iter().enumerate().rev() {
            let here = &left & &segment.members;
            places.extend(here.iter().map(|record| (record, number)));
            left -= here;
            if left.is_empty() {
                break;
            }
        }
        places
    }

    /// Shows records at their own filing.
    fn extend(&mut self, records: &Records, fresh: RoaringBitmap, at: Instant) {
        let (Some(first), Some(_)) = (fresh.min(), fresh.max()) else {
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
                segment.members |= &fresh;
                segment.current |= &fresh;
                segment.last = last;
            }
            _ => self.segments.push(Segment {
                late: None,
                members: fresh.clone(),
                current: fresh,
                first: at,
                last,
            }),
        }
    }

    /// Shows records at an instant that is not that of their filing.
    fn append(&mut self, late: RoaringBitmap, at: Instant) {
        if late.is_empty() {
            return;
        }
        let next = self.last_date().map(|last| last.plus_micros(1));
        let first = next.map_or(at, |next| next.max(at));
        self.segments.push(Segment {
            late: Some(first),
            last: first.plus_micros(late.len() as i64 - 1),
            first,
            members: late.clone(),
            current: late,
        });
    }
}
