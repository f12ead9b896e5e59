//! The dates of the members of one segment, asked for in ascending order of their records.
//!
//! A date is an instant and how many members come before (see [`crate::view::area`]). Counting them
//! from the start for every record of a page would cost more than the page; here the count goes on
//! from where it stood.

use std::ops::Range;

use crate::id::RecordNumber;
use crate::state::record_table::Records;
use crate::time::Instant;
use crate::view::area::Segment;

/// Counts members of a segment.
pub(super) struct Dating<'a> {
    segment: &'a Segment,
    records: &'a Records,
    members: roaring::bitmap::Iter<'a>,
    // The next member that `members` would give, taken out of it.
    next: Option<u32>,
    // How many members are below `below`.
    below: u32,
    rank: u64,
    // The filing last looked at: its records, its instant and how many members come before it.
    filing: Range<u32>,
    at: Instant,
    before: u64,
}

/// Members are counted one by one over so many numbers; over more a count of bits is faster. Fewer
/// where debug assertions are on, so that tests of small worlds go both ways.
const NEAR: u32 = if cfg!(debug_assertions) { 3 } else { 1024 };

impl<'a> Dating<'a> {
    pub(super) fn of(segment: &'a Segment, records: &'a Records) -> Self {
        let mut members = segment.members.iter();
        Self {
            next: members.next(),
            segment,
            records,
            members,
            below: 0,
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
        self.count(record);
        self.at
            .plus_micros(self.rank.saturating_sub(self.before) as i64)
    }

    /// Goes on to the filing of a record.
    fn enter(&mut self, record: u32) {
        if let Some((first, at)) = self.records.filing(RecordNumber(record)) {
            self.count(first.0);
            self.before = self.rank;
            self.at = at;
            let end = self.records.first_filed_after(at).0;
            self.filing = first.0..end.max(record.saturating_add(1));
        }
    }

    /// Counts the members below that number.
    fn count(&mut self, record: u32) {
        if record <= self.below {
            return;
        }
        if record - self.below > NEAR {
            self.rank += self.segment.members.range_cardinality(self.below..record);
            if self.next.is_some_and(|next| next < record) {
                self.members.advance_to(record);
                self.next = self.members.next();
            }
        } else {
            while self.next.is_some_and(|next| next < record) {
                self.rank += 1;
                self.next = self.members.next();
            }
        }
        self.below = record;
    }
}
