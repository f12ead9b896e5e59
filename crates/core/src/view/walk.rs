//! Walks along a set of record numbers that can leap ahead, and runs of a set to leap over.
//!
//! What makes a filtered page cost what it holds: sets are intersected as far as the page reaches,
//! never whole.

use std::ops::RangeInclusive;

use roaring::RoaringBitmap;
use roaring::bitmap::Iter;

/// A walk along the members of a set.
pub(super) struct Walk<'a> {
    members: Iter<'a>,
    head: Option<u32>,
}

impl<'a> Walk<'a> {
    /// A walk that begins at the first member from `first` on.
    pub(super) fn of(set: &'a RoaringBitmap, first: u32) -> Self {
        let mut members = set.iter();
        if first > 0 {
            members.advance_to(first);
        }
        let head = members.next();
        Self { members, head }
    }

    /// The member at which the walk stands.
    pub(super) fn head(&self) -> Option<u32> {
        self.head
    }

    /// Goes on to the next member.
    pub(super) fn step(&mut self) {
        self.head = self.members.next();
    }

    /// Goes on to the first member from `to` on.
    pub(super) fn leap(&mut self, to: u32) {
        // Mostly it is the next one or the one after; only a longer way is worth a search.
        for _ in 0..2 {
            if self.head.is_none_or(|head| head >= to) {
                return;
            }
            self.step();
        }
        if self.head.is_some_and(|head| head < to) {
            self.members.advance_to(to);
            self.step();
        }
    }

    /// Goes on to the first member from `to` on, and tells which that is.
    pub(super) fn seek(&mut self, to: u32) -> Option<u32> {
        self.leap(to);
        self.head
    }
}

/// The runs of neighbouring members of a set, in order.
pub(super) struct Runs<'a> {
    members: Iter<'a>,
    run: Option<RangeInclusive<u32>>,
}

impl<'a> Runs<'a> {
    /// The runs from the one that holds or follows `first`.
    pub(super) fn of(set: &'a RoaringBitmap, first: u32) -> Self {
        let mut members = set.iter();
        members.advance_to(first);
        let run = members.next_range();
        Self { members, run }
    }

    /// The number after the run that holds this one, if one does; numbers come ascending.
    pub(super) fn beyond(&mut self, number: u32) -> Option<u32> {
        while self.run.as_ref().is_some_and(|run| *run.end() < number) {
            self.members.advance_to(number);
            self.run = self.members.next_range();
        }
        let run = self.run.as_ref().filter(|run| run.contains(&number))?;
        Some(run.end().saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_meets_what_a_filter_would() {
        let set: RoaringBitmap = (0..300_000)
            .filter(|n| n % 7 == 0 || n % 1000 < 20)
            .collect();
        let mut other: RoaringBitmap = (0..300_000).filter(|n| n % 11 < 3).collect();
        other.insert_range(70_000..200_000);
        for mut old in [other.clone(), RoaringBitmap::new()] {
            for _ in 0..2 {
                let mut walk = Walk::of(&set, 1234);
                let mut along = Walk::of(&other, 1234);
                let mut runs = Runs::of(&old, 1234);
                let (mut both, mut young) = (Vec::new(), Vec::new());
                let mut skimming = Walk::of(&set, 1234);
                while let Some(number) = walk.head() {
                    match along.seek(number) {
                        Some(next) if next == number => {
                            both.push(number);
                            walk.step();
                        }
                        Some(next) => walk.leap(next),
                        None => break,
                    }
                }
                while let Some(number) = skimming.head() {
                    match runs.beyond(number) {
                        Some(next) => skimming.leap(next),
                        None => {
                            young.push(number);
                            skimming.step();
                        }
                    }
                }
                let from = |set: RoaringBitmap| -> Vec<u32> {
                    set.into_iter().filter(|n| *n >= 1234).collect()
                };
                assert_eq!(both, from(&set & &other));
                assert_eq!(young, from(&set - &old));
                old.optimize();
            }
        }
    }
}
