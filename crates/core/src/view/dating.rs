//! The dates of the members of one segment, asked for in ascending order of their records.
//!
//! A date is an instant and how many members come before (see [`crate::view::area`]). Counting them
//! from the start for every record of a page would cost more than the page; here the count goes on
//! from where it stood.

use std::ops::{Range, RangeInclusive};

use roaring::bitmap::Iter;

use crate::id::RecordNumber;
use crate::state::record_table::Records;
use crate::time::Instant;
use crate::view::area::Segment;

/// Counts members of a segment.
pub(super) struct Dating<'a> {
    segment: &'a Segment,
    records: &'a Records,
    members: Iter<'a>,
    // The run of neighbouring members at which the count stands, and how many come before it.
    run: Option<RangeInclusive<u32>>,
    rank: u64,
    // The filing last looked at, as far as it is known to reach, its instant and how many members
    // come before it.
    filing: Range<u32>,
    at: Instant,
    before: u64,
}

/// So many runs are counted one by one before a count of bits is faster. Fewer where debug
/// assertions are on, so that tests of small worlds go both ways.
const NEAR: u32 = if cfg!(debug_assertions) { 2 } else { 64 };

impl<'a> Dating<'a> {
    pub(super) fn of(segment: &'a Segment, records: &'a Records) -> Self {
        let mut members = segment.members.iter();
        Self {
            run: members.next_range(),
            segment,
            records,
            members,
            rank: 0,
            filing: 0..0,
            at: segment.first,
            before: 0,
        }
    }

    /// The date of a member; none of a lower number may be asked for afterwards.
    pub(super) fn date(&mut self, record: u32) -> Instant {
        if self.segment.late.is_none() && !self.filing.contains(&record) {
            self.enter(record);
        }
        let rank = self.count(record);
        self.at.plus_micros(rank.saturating_sub(self.before) as i64)
    }

    /// Goes on to the filing of a record.
    fn enter(&mut self, record: u32) {
        let Some((first, at)) = self.records.filing(RecordNumber(record)) else {
            return;
        };
        let next = record.saturating_add(1);
        if first.0 == self.filing.start && self.filing.end > 0 {
            // More than one member came with it: worth knowing where it ends.
            let end = self.records.first_filed_after(at).0;
            self.filing.end = end.max(next);
        } else {
            self.before = self.count(first.0);
            self.at = at;
            self.filing = first.0..next;
        }
    }

    /// Counts the members below that number.
    fn count(&mut self, record: u32) -> u64 {
        for _ in 0..NEAR {
            match &self.run {
                Some(run) if *run.end() < record => {
                    self.rank += u64::from(run.end() - run.start()) + 1;
                    self.run = self.members.next_range();
                }
                Some(run) => return self.rank + u64::from(record.saturating_sub(*run.start())),
                None => return self.rank,
            }
        }
        if let Some(run) = self.run.as_ref().filter(|run| *run.start() < record) {
            let members = &self.segment.members;
            self.rank += members.range_cardinality(*run.start()..record);
            self.members.advance_to(record);
            self.run = if *run.end() < record {
                self.members.next_range()
            } else {
                Some(record..=*run.end())
            };
        }
        self.rank
    }
}
