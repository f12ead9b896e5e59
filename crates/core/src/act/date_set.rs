//! What a receipt says was released: the dates added, in the party's own view.
//!
//! A date is unique in a view and never moves, so it names a record as exactly as a number would.
//! But it is the party's own: the receipt may be handed to it, and tells it nothing that it has not
//! seen. Record numbers would tell how much was filed that it may not see.
//!
//! ```text
//! [base, runs]   base: the first date; runs: microseconds after it, see `run`
//! ```

use minicbor::{Decode, Encode};

use crate::run::Runs;
use crate::time::Instant;

/// A set of dates of one view.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DateSet {
    #[n(0)]
    base: Instant,
    #[n(1)]
    offsets: Runs,
}

impl DateSet {
    /// The set of those dates.
    pub fn of(dates: impl IntoIterator<Item = Instant>) -> Self {
        let dates: Vec<Instant> = dates.into_iter().collect();
        let base = dates.iter().min().copied().unwrap_or(Instant::MIN);
        let offsets = dates
            .iter()
            .map(|date| date.micros().abs_diff(base.micros()));
        Self {
            base,
            offsets: Runs::of(offsets),
        }
    }

    /// The dates as runs: the first date, and how many follow each other by a microsecond.
    pub fn runs(&self) -> impl Iterator<Item = (Instant, u64)> {
        self.offsets.iter().map(|(first, last)| {
            let first_date = self
                .base
                .plus_micros(i64::try_from(first).unwrap_or(i64::MAX));
            (first_date, (last - first).saturating_add(1))
        })
    }

    /// How many dates it holds.
    pub fn len(&self) -> u64 {
        self.offsets.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_back_as_runs() {
        let at = Instant::from_micros;
        let set = DateSet::of([10, 11, 12, 5_000_000_000_000].map(at));
        assert_eq!(
            set.runs().collect::<Vec<_>>(),
            [(at(10), 3), (at(5_000_000_000_000), 1)]
        );
        assert_eq!(set.len(), 4);
        assert!(DateSet::of([]).is_empty());
    }
}
