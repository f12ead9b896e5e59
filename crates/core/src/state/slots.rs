//! A hash index over numbers: one flat array, so that it is saved and loaded by copying.
//!
//! Open addressing with linear probing. What the numbers stand for, how it hashes and what equals
//! it, the caller knows. Nothing is ever taken out.

use crate::state::column::Column;

/// No number stands here.
const FREE: u32 = u32::MAX;

/// At most so many in five slots are taken: at four the probes of a search are still few.
const FULL: (usize, usize) = (4, 5);

/// The least number of slots.
const LEAST: usize = 16;

/// The index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    // INVARIANT: some slot is free, unless there are none at all.
    slots: Column<u32>,
    taken: usize,
}

impl Slots {
    /// An index of those slots; none if every one is taken, or a number is not below `bound`.
    pub(crate) fn of(slots: Column<u32>, bound: usize) -> Option<Self> {
        let free = slots.all().iter().filter(|&&slot| slot == FREE).count();
        let taken = slots.len() - free;
        let sound = slots
            .all()
            .iter()
            .all(|&slot| slot == FREE || (slot as usize) < bound);
        ((free > 0 || slots.len() == 0) && sound).then_some(Self { slots, taken })
    }

    /// The array.
    pub(crate) fn slots(&self) -> &Column<u32> {
        &self.slots
    }

    /// Where the search for a hash begins.
    fn start(&self, hash: u64) -> usize {
        // The upper half of the product is uniform below the number of slots, whatever that is.
        ((u128::from(hash) * self.slots.len() as u128) >> 64) as usize
    }

    /// The place and number that `is` recognises, or else the place where it belongs.
    fn probe(&self, hash: u64, is: impl Fn(u32) -> bool) -> (usize, Option<u32>) {
        let all = self.slots.all();
        let mut place = self.start(hash);
        for _ in 0..all.len() {
            match all.get(place) {
                Some(&FREE) => return (place, None),
                Some(&number) if is(number) => return (place, Some(number)),
                _ => place += 1,
            }
            if place >= all.len() {
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
        self.slots.put(place as u32, number);
        self.taken += usize::from(old.is_none());
    }

    /// Makes half as many slots more, and puts every number where it belongs now.
    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let length = (self.slots.len() + self.slots.len() / 2).max(LEAST);
        let old = std::mem::replace(&mut self.slots, Column::of(vec![FREE; length]));
        for &number in old.all().iter().filter(|&&slot| slot != FREE) {
            let (place, _) = self.probe(hash_of(number), |_| false);
            self.slots.put(place as u32, number);
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
        assert_eq!(Slots::of(slots.slots.clone(), 10_000), Some(slots.clone()));
        assert_eq!(Slots::of(slots.slots, 9_999), None);
    }

    #[test]
    fn a_crowded_array_is_refused_and_an_empty_one_finds_nothing() {
        assert_eq!(Slots::of(Column::of(vec![0; 16]), 1), None);
        let none = Slots::of(Column::default(), 0).unwrap();
        assert_eq!(none.find(5, |_| true), None);
    }
}
