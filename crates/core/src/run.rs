//! Ascending numbers as runs, in few bytes.
//!
//! ```text
//! pairs of LEB128 numbers: gap since the end of the run before, length of the run less one
//! ```
//! Neighbours take two to five bytes in all, scattered numbers two to six each. What the numbers
//! mean is not known here.

use minicbor::{Decode, Encode};

/// A set of numbers as sorted runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub(crate) struct Runs(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>);

impl Runs {
    /// The set of those numbers, which may come in any order.
    pub(crate) fn of(numbers: impl IntoIterator<Item = u64>) -> Self {
        let mut sorted: Vec<u64> = numbers.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        let mut bytes = Vec::new();
        let mut end = 0_u64;
        for run in sorted.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
            if let (Some(first), Some(last)) = (run.first(), run.last()) {
                write_number(&mut bytes, first - end);
                write_number(&mut bytes, last - first);
                end = last.saturating_add(1);
            }
        }
        Self(bytes)
    }

    /// The runs, each from its first to its last number. Bytes that are no runs end the list.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut rest = self.0.as_slice();
        let mut end = 0_u64;
        std::iter::from_fn(move || {
            let gap = read_number(&mut rest)?;
            let length = read_number(&mut rest)?;
            let first = end.checked_add(gap)?;
            let last = first.checked_add(length)?;
            end = last.checked_add(1)?;
            Some((first, last))
        })
    }

    /// Whether the number is in the set.
    pub(crate) fn contains(&self, number: u64) -> bool {
        self.iter()
            .take_while(|(first, _)| *first <= number)
            .any(|(_, last)| number <= last)
    }

    /// How many numbers it holds.
    pub(crate) fn len(&self) -> u64 {
        self.iter()
            .map(|(first, last)| (last - first).saturating_add(1))
            .sum()
    }

    /// Whether it holds none.
    pub(crate) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

pub(crate) fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

pub(crate) fn read_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_back(numbers in proptest::collection::btree_set(0_u64..5000, 0..200)) {
            let set = Runs::of(numbers.iter().copied());
            let back: Vec<u64> = set.iter().flat_map(|(first, last)| first..=last).collect();
            prop_assert_eq!(&back, &numbers.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.len(), numbers.len() as u64);
            prop_assert_eq!(set.is_empty(), numbers.is_empty());
            for probe in 0..5000 {
                prop_assert_eq!(set.contains(probe), numbers.contains(&probe));
            }
        }

        #[test]
        fn any_bytes_are_bounded(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let set = Runs(bytes);
            let _ = set.contains(u64::MAX);
            prop_assert!(set.iter().count() <= 20);
            let count = set.len();
            prop_assert_eq!(set.is_empty(), count == 0);
        }
    }

    #[test]
    fn neighbours_are_small() {
        assert!(Runs::of(70_000..71_000).0.len() <= 5);
    }
}
