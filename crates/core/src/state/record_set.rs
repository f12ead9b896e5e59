//! A set of record numbers in few bytes: what a receipt released, as the ledger keeps it.
//!
//! Never part of an entry: numbers tell how much was filed.

use crate::id::RecordNumber;
use crate::run::Runs;

/// A set of record numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSet(Runs);

impl RecordSet {
    /// The set of those numbers.
    pub(crate) fn of(numbers: impl IntoIterator<Item = RecordNumber>) -> Self {
        Self(Runs::of(
            numbers.into_iter().map(|number| u64::from(number.0)),
        ))
    }

    /// Whether the number is in the set.
    pub fn contains(&self, number: RecordNumber) -> bool {
        self.0.contains(u64::from(number.0))
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = RecordNumber> {
        self.0
            .iter()
            .flat_map(|(first, last)| first..=last)
            .filter_map(|number| u32::try_from(number).ok().map(RecordNumber))
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
