//! A hash index over numbers: two flat arrays, so that it is saved and loaded by copying.
//!
//! ```text
//! tags   a byte for each slot: 0 if it is free, or else seven bits of the hash and the eighth set
//! slots  the number in each slot
//! ```
//! Open addressing with linear probing. A search reads on in the tags, which lie side by side, and
//! asks what a number stands for only where the tag is that of the hash. What it stands for, how it
//! hashes and what equals it, the caller knows. Nothing is ever taken out.

use crate::state::column::Column;

/// The tag of a free slot.
const FREE: u8 = 0;

/// At most so many in five slots are taken.
const FULL: (usize, usize) = (4, 5);

/// The least number of slots.
const LEAST: usize = 16;

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    // INVARIANT: both are equally long, and some slot is free unless there are none at all.
    tags: Column<u8>,
    slots: Column<u32>,
    taken: usize,
}

impl Slots {
    /// An index of those arrays; none if they do not fit together or every slot is taken. What the
    /// numbers stand for is for the caller to check.
    pub(crate) fn of(tags: Column<u8>, slots: Column<u32>) -> Option<Self> {
        let free = tags.all().iter().filter(|&&tag| tag == FREE).count();
        let taken = slots.len().checked_sub(free)?;
        let sound = tags.len() == slots.len() && (free > 0 || slots.len() == 0);
        sound.then_some(Self { tags, slots, taken })
    }

    /// The arrays.
    pub(crate) fn arrays(&self) -> (&Column<u8>, &Column<u32>) {
        (&self.tags, &self.slots)
    }

    /// Where the search for a hash begins.
    fn start(&self, hash: u64) -> usize {
        // The upper half of the product is uniform below the number of slots, whatever that is.
        ((u128::from(hash) * self.slots.len() as u128) >> 64) as usize
    }

    fn tag(hash: u64) -> u8 {
        // The lowest bits have no part in where the search begins.
        hash as u8 | 0x80
    }

    /// The place and number that `is` recognises, or else the place where it belongs.
    fn probe(&self, hash: u64, is: impl Fn(u32) -> bool) -> (usize, Option<u32>) {
        let (tags, wanted) = (self.tags.all(), Self::tag(hash));
        let mut place = self.start(hash);
        for _ in 0..tags.len() {
            match tags.get(place) {
                Some(&FREE) => return (place, None),
                Some(&tag) if tag == wanted => {
                    let number = self.slots.at(place as u32).unwrap_or_default();
                    if is(number) {
                        return (place, Some(number));
                    }
                }
                _ => {}
            }
            place += 1;
            if place >= tags.len() {
                place = 0;
            }
        }
        (place, None)
    }

    /// The number of that hash which `is` recognises.
    pub(crate) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.probe(hash, is).1
    }

    /// Puts a number in the place of the one that `is` recognises, or adds it. `hash_of` gives the
    /// hash of any number that is in.
    pub(crate) fn put(
        &mut self,
        hash: u64,
        number: u32,
        is: impl Fn(u32) -> bool,
        hash_of: impl Fn(u32) -> u64,
    ) {
        if (self.taken + 1) * FULL.1 > self.slots.len() * FULL.0 {
            self.grow(hash_of);
        }
        let (place, old) = self.probe(hash, is);
        self.set(place, hash, number);
        self.taken += usize::from(old.is_none());
    }

    fn set(&mut self, place: usize, hash: u64, number: u32) {
        self.tags.put(place as u32, Self::tag(hash));
        self.slots.put(place as u32, number);
    }

    /// Makes half as many slots more, and puts every number where it belongs now.
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let length = (self.slots.len() + self.slots.len() / 2).max(LEAST);
        let tags = std::mem::replace(&mut self.tags, Column::of(vec![FREE; length]));
        let slots = std::mem::replace(&mut self.slots, Column::of(vec![0; length]));
        let held = tags.all().iter().zip(slots.all());
        for (_, &number) in held.filter(|(tag, _)| **tag != FREE) {
            let hash = hash_of(number);
            let (place, _) = self.probe(hash, |_| false);
            self.set(place, hash, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::keyed_hash::HashKey;

    #[test]
    fn numbers_are_found_again() {
        let key = HashKey::of_seed(&[7; 16]);
        let hash = |number: u32| key.hash(&(number / 2).to_le_bytes());
        let mut slots = Slots::default();
        // Every pair of numbers is one and the same: the second takes the place of the first.
        for number in 0..10_000 {
            let same = |other: u32| other / 2 == number / 2;
            slots.put(hash(number), number, same, hash);
        }
        assert_eq!(slots.taken, 5_000);
        for number in 0..10_000 {
            let found = slots.find(hash(number), |other| other / 2 == number / 2);
            assert_eq!(found, Some(number | 1));
        }
        assert_eq!(slots.find(hash(10_000), |other| other / 2 == 5_000), None);
        let (tags, numbers) = slots.arrays();
        let again = Slots::of(tags.clone(), numbers.clone());
        assert_eq!(again, Some(slots.clone()));
    }

    #[test]
    fn a_crowded_array_is_refused_and_an_empty_one_finds_nothing() {
        let numbers = || Column::of(vec![0; 16]);
        assert_eq!(Slots::of(Column::of(vec![0x80; 16]), numbers()), None);
        assert!(Slots::of(Column::of(vec![0; 16]), numbers()).is_some());
        assert_eq!(Slots::of(Column::of(vec![0; 15]), numbers()), None);
        let none = Slots::of(Column::default(), Column::default()).unwrap();
        assert_eq!(none.find(5, |_| true), None);
    }
}
