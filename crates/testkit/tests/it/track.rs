//! What one party's view of one area went through: when each record came and went, up to where
//! somebody has read, and what follows from that for the dates.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::id::RecordNumber;
use legation_core::time::Instant;
use legation_testkit::oracle::Derived;

/// What is remembered of a record that was ever shown.
#[derive(Clone, Debug, Default)]
struct Seen {
    date: Option<Instant>,
    /// When it arrived and went again between two looks, so that nobody noted its date.
    passing: Option<Instant>,
    /// How far somebody has read since it was shown last.
    read_unshown: Option<Instant>,
    /// How far somebody has read since it was the newest shown last.
    read_not_newest: Option<Instant>,
    /// How it was derived when it was shown last.
    derived: Option<Derived>,
    /// It is derived otherwise than when it was shown last; not checked since.
    is_renewed: bool,
    /// The terms let it go derived otherwise while it was not shown; not checked since.
    was_another: bool,
}

impl Seen {
    fn arrive(&self, at: Instant, passed: Option<Instant>, before: Option<&Arrival>) -> Arrival {
        let unread = self.read_unshown.max(self.read_not_newest).is_none();
        Arrival {
            at,
            passed,
            unread: unread && before.is_none_or(|before| before.unread),
        }
    }
}

/// The life of one view of one area.
#[derive(Clone, Debug, Default)]
pub(crate) struct Track {
    pub(crate) shown: Vec<RecordNumber>,
    pub(crate) newest: Vec<RecordNumber>,
    /// How often each record has come to be the newest shown.
    pub(crate) turns: BTreeMap<RecordNumber, u32>,
    /// How often each record has come to be shown.
    pub(crate) comings: BTreeMap<RecordNumber, u32>,
    /// How often a record that was shown came to be derived otherwise.
    pub(crate) renewals: u64,
    seen: BTreeMap<RecordNumber, Seen>,
    /// Up to where anybody has read.
    read: Option<Instant>,
    // Since the last check: what came to be shown, and what came to be the newest shown.
    came: BTreeMap<RecordNumber, Arrival>,
    turned: BTreeMap<RecordNumber, Arrival>,
}

/// How a record arrived, the last time.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    at: Instant,
    /// How far somebody had read since it went.
    passed: Option<Instant>,
    /// Nobody had read anything since it went, this time and every time since the last check.
    unread: bool,
}

impl Track {
    /// Takes note of what the oracle shows from that instant on.
    pub(crate) fn follow(
        &mut self,
        shown: Vec<RecordNumber>,
        newest: Vec<RecordNumber>,
        derived: impl Fn(RecordNumber) -> Option<Derived>,
        permitted: impl Fn(RecordNumber) -> bool,
        at: Instant,
    ) {
        // What is derived otherwise than its client knows it is another object: the one goes and the
        // other comes, at a place that nobody has read up to.
        for record in &shown {
            let derived = derived(*record);
            if let Some(seen) = self.seen.get_mut(record)
                && seen.derived != derived
            {
                self.renewals += u64::from(self.shown.contains(record));
                *seen = Seen {
                    is_renewed: true,
                    ..Seen::default()
                };
                self.came.remove(record);
                self.turned.remove(record);
                self.shown.retain(|one| one != record);
                self.newest.retain(|one| one != record);
            }
            self.seen.entry(*record).or_default().derived = derived;
        }
        for (record, seen) in &mut self.seen {
            if !shown.contains(record) && permitted(*record) {
                seen.was_another |= derived(*record) != seen.derived;
            }
        }
        for record in &self.shown {
            if !shown.contains(record) {
                self.seen.entry(*record).or_default().read_unshown = None;
            }
        }
        for record in &self.newest {
            if !newest.contains(record) {
                self.seen.entry(*record).or_default().read_not_newest = None;
            }
        }
        for record in &shown {
            if !self.shown.contains(record) {
                let seen = self.seen.entry(*record).or_default();
                let arrival = seen.arrive(at, seen.read_unshown, self.came.get(record));
                if let Some(before) = self.came.insert(*record, arrival) {
                    seen.passing = seen.passing.or(Some(before.at));
                }
                *self.comings.entry(*record).or_default() += 1;
            }
        }
        for record in &newest {
            if !self.newest.contains(record) {
                let seen = self.seen.entry(*record).or_default();
                let arrival = seen.arrive(at, seen.read_not_newest, self.turned.get(record));
                if let Some(before) = self.turned.insert(*record, arrival) {
                    seen.passing = seen.passing.or(Some(before.at));
                }
                *self.turns.entry(*record).or_default() += 1;
            }
        }
        (self.shown, self.newest) = (shown, newest);
    }

    /// Takes note of a receipt: somebody has read up to that date.
    pub(crate) fn read_up_to(&mut self, last: Instant) {
        self.read = self.read.max(Some(last));
        for (record, seen) in &mut self.seen {
            if !self.shown.contains(record) {
                seen.read_unshown = seen.read_unshown.max(Some(last));
            }
            if !self.newest.contains(record) {
                seen.read_not_newest = seen.read_not_newest.max(Some(last));
            }
        }
    }

    /// Checks the dates of everything shown.
    pub(crate) fn check_dates(&mut self, dates: &BTreeMap<RecordNumber, Instant>) {
        let distinct: BTreeSet<Instant> = dates.values().copied().collect();
        assert_eq!(
            distinct.len(),
            dates.len(),
            "dates are not unique: {dates:?}"
        );
        for record in &self.shown {
            let date = dates[record];
            let seen = self.seen.entry(*record).or_default();
            let (came, turned) = (self.came.get(record), self.turned.get(record));
            if seen.is_renewed {
                assert!(
                    self.read < Some(date),
                    "record {record} is derived otherwise than before and dated {date}; somebody \
                     has read up to {:?}",
                    self.read
                );
            } else if let Some(arrival) = turned.or(came) {
                let first = came.map_or(arrival.at, |came| came.at);
                let at = arrival.at.max(first);
                // What came in passing, or came before it became the newest, was dated unobserved.
                let unobserved = seen.passing.or((first < at).then_some(first));
                let kept = seen.date == Some(date) || unobserved.is_some_and(|at| at <= date);
                let may_keep = arrival.passed.is_none_or(|passed| passed < date);
                assert!(
                    (kept && may_keep) || (date >= at && self.read < Some(date)),
                    "record {record} became visible at {at} and is dated {date}; before it was \
                     dated {:?}, since it went somebody has read up to {:?}, before that up to {:?}",
                    seen.date,
                    arrival.passed,
                    self.read,
                );
                let unread = arrival.unread && came.is_none_or(|came| came.unread);
                assert!(
                    kept || seen.date.is_none() || !unread || seen.was_another,
                    "record {record} came back at {at}, nobody has read on since it went, and yet \
                     its date went from {:?} to {date}",
                    seen.date
                );
            } else {
                assert!(
                    seen.date == Some(date),
                    "record {record} stayed where it was and its date went from {:?} to {date}",
                    seen.date
                );
            }
            (seen.date, seen.passing) = (Some(date), None);
            (seen.is_renewed, seen.was_another) = (false, false);
        }
        for (record, arrival) in self.came.iter().chain(&self.turned) {
            if !self.shown.contains(record) {
                let seen = self.seen.entry(*record).or_default();
                seen.passing = seen.passing.or(Some(arrival.at));
            }
        }
        self.came.clear();
        self.turned.clear();
    }
}
