//! A set of record numbers in few bytes: what a receipt says was released.
//!
//! ```text
//! pairs of LEB128 numbers: gap since the end of the run before, length of the run less one
//! ```
//! A page of contiguous records takes two to five bytes, scattered ones two to four each.

use minicbor::{Decode, Encode};
use roaring::RoaringBitmap;

use crate::id::RecordNumber;

/// A set of record numbers as sorted runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct RecordSet(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>);

impl RecordSet {
    /// The set of those numbers.
    pub fn of(numbers: impl IntoIterator<Item = RecordNumber>) -> Self {
        let sorted: RoaringBitmap = numbers.into_iter().map(|n| n.0).collect();
        let mut bytes = Vec::new();
        let mut end = 0_u64;
        let mut run: Option<(u64, u64)> = None;
        for number in sorted {
            let number = u64::from(number);
            run = match run {
                Some((start, last)) if last + 1 == number => Some((start, number)),
                Some((start, last)) => {
                    end = write_run(&mut bytes, end, start, last);
                    Some((number, number))
                }
                None => Some((number, number)),
            };
        }
        if let Some((start, last)) = run {
            write_run(&mut bytes, end, start, last);
        }
        Self(bytes)
    }

    /// The runs, each from its first to its last number.
    fn runs(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut rest = self.0.as_slice();
        let mut end = 0_u64;
        std::iter::from_fn(move || {
            let gap = read_number(&mut rest)?;
            let length = read_number(&mut rest)?;
            let start = end.checked_add(gap)?;
            let last = start.checked_add(length)?;
            end = last.checked_add(1)?;
            (last <= u64::from(u32::MAX)).then_some((start, last))
        })
    }

    /// Whether the number is in the set.
    pub fn contains(&self, number: RecordNumber) -> bool {
        let number = u64::from(number.0);
        self.runs()
            .take_while(|(start, _)| *start <= number)
            .any(|(_, last)| number <= last)
    }

    /// The numbers, ascending.
    pub fn iter(&self) -> impl Iterator<Item = RecordNumber> {
        self.runs()
            .flat_map(|(start, last)| start..=last)
            .filter_map(|number| u32::try_from(number).ok().map(RecordNumber))
    }

    /// How many numbers it holds.
    pub fn len(&self) -> u64 {
        self.runs().map(|(start, last)| last - start + 1).sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn write_run(bytes: &mut Vec<u8>, end: u64, start: u64, last: u64) -> u64 {
    write_number(bytes, start - end);
    write_number(bytes, last - start);
    last + 1
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(rest: &mut &[u8]) -> Option<u64> {
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
        fn reads_back(numbers in proptest::collection::btree_set(0_u32..5000, 0..200)) {
            let set = RecordSet::of(numbers.iter().copied().map(RecordNumber));
            let back: Vec<u32> = set.iter().map(|n| n.0).collect();
            prop_assert_eq!(&back, &numbers.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(set.len(), numbers.len() as u64);
            for probe in 0..5000 {
                prop_assert_eq!(set.contains(RecordNumber(probe)), numbers.contains(&probe));
            }
        }

        #[test]
        fn any_bytes_are_bounded(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let set = RecordSet(bytes);
            let _ = set.contains(RecordNumber(u32::MAX));
            prop_assert!(set.runs().count() <= 20);
        }
    }

    #[test]
    fn a_page_of_neighbours_is_small() {
        let set = RecordSet::of((70_000..71_000).map(RecordNumber));
        assert!(set.0.len() <= 5);
        assert!(RecordSet::of([RecordNumber(u32::MAX)]).contains(RecordNumber(u32::MAX)));
    }
}
