//! A column: one value for each record, id or reference, side by side in memory.
//!
//! A column grows by an eighth, not by doubling, so that an office of a million records holds
//! little that it does not use. How a column is saved is in [`crate::snapshot`].

/// Values side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Column<T>(Vec<T>);

/// A column grows by one part in so many of its length: what lies idle is an eighth at most, and
/// all growing together copies each value eight times.
const GROWTH: usize = 8;

/// The least by which a column grows.
const LEAST: usize = 16;

impl<T: Copy> Column<T> {
    /// A column of those values.
    pub(crate) fn of(values: Vec<T>) -> Self {
        Self(values)
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The value at that place.
    pub(crate) fn at(&self, place: u32) -> Option<T> {
        self.0.get(place as usize).copied()
    }

    /// Adds a value.
    pub(crate) fn push(&mut self, value: T) {
        self.reserve(1);
        self.0.push(value);
    }

    /// Adds values.
    pub(crate) fn extend(&mut self, values: &[T]) {
        self.reserve(values.len());
        self.0.extend_from_slice(values);
    }

    /// Fills up to that length.
    pub(crate) fn fill(&mut self, length: usize, value: T) {
        self.reserve(length.saturating_sub(self.0.len()));
        if self.0.len() < length {
            self.0.resize(length, value);
        }
    }

    /// Puts a value at a place that there is.
    pub(crate) fn put(&mut self, place: u32, value: T) {
        if let Some(slot) = self.0.get_mut(place as usize) {
            *slot = value;
        }
    }

    /// All values.
    pub(crate) fn all(&self) -> &[T] {
        &self.0
    }

    fn reserve(&mut self, more: usize) {
        if self.0.capacity() - self.0.len() < more {
            self.0
                .reserve_exact(more.max(self.0.len() / GROWTH).max(LEAST));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_lies_idle() {
        let mut column = Column::default();
        for number in 0..100_000_u32 {
            column.push(number);
        }
        assert!(column.0.capacity() <= 100_000 * 9 / 8 + 1);
        assert_eq!(column.at(99_999), Some(99_999));
        assert_eq!(column.at(100_000), None);
    }
}
