//! Places in a view, counted from 0 in the order of the dates: what the ledger knows receipts by.
//!
//! ```text
//! place = members of the segments before + members of its segment before it
//! ```
//! Members stay members and new ones come last, so a place never moves. What stands at a place now
//! is not asked here.

use crate::act::DateSet;
use crate::id::RecordNumber;
use crate::state::book::{Run, runs_of};
use crate::state::record_table::Records;
use crate::view::area::Track;

impl Track {
    /// The places of the records that stand at those dates now.
    pub(crate) fn places_dated(&self, records: &Records, dates: &DateSet) -> Vec<Run> {
        let mut places = Vec::new();
        for (first, count) in dates.runs() {
            let (mut date, mut left) = (first, count);
            while left > 0 {
                let (segment, here) = self.neighbours(records, date, left);
                if let Some(first) = here.first() {
                    let place = self.place_in(segment, first.0);
                    places.extend(place.map(|place| (place, here.len() as u32)));
                }
                let taken = (here.len() as u64).max(1);
                date = date.plus_micros(i64::try_from(taken).unwrap_or(i64::MAX));
                left = left.saturating_sub(taken);
            }
        }
        runs_of(places)
    }

    /// Every place that a record ever had.
    pub(crate) fn places_of(&self, record: RecordNumber) -> Vec<u32> {
        let mut places = Vec::new();
        for (number, segment) in self.segments().iter().enumerate() {
            if segment.members.contains(record.0) {
                places.extend(self.place_in(number, record.0));
            }
        }
        places
    }

    /// The records at those places, whether they stand there still or not.
    pub(crate) fn records_at(&self, runs: impl Iterator<Item = Run>) -> Vec<RecordNumber> {
        let mut found = Vec::new();
        for Run(first, last) in runs {
            let mut before = 0_u64;
            for segment in self.segments() {
                let end = before + segment.members.len();
                let from = u64::from(first).max(before);
                let to = (u64::from(last) + 1).min(end);
                if from < to {
                    let mut members = segment.members.iter();
                    if let Some(start) = segment.members.select((from - before) as u32) {
                        members.advance_to(start);
                    }
                    let count = (to - from) as usize;
                    found.extend(members.take(count).map(RecordNumber));
                }
                before = end;
            }
        }
        found
    }

    fn place_in(&self, segment: usize, record: u32) -> Option<u32> {
        let (before, rest) = self.segments().split_at_checked(segment)?;
        let before: u64 = before.iter().map(|segment| segment.members.len()).sum();
        let rank = rest.first()?.members.rank(record);
        u32::try_from(before + rank.checked_sub(1)?).ok()
    }
}
