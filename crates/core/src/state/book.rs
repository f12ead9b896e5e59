//! The receipts of one party in one area, found by the places that they name.
//!
//! A place counts the members of the party's view of the area, from 0 in the order of their dates;
//! it never moves. A page names neighbours in that order however far apart their records were
//! filed, so a receipt is nearly always one run.
//!
//! ```text
//! rows     one for each receipt, 40 bytes; the runs of those that have several lie in `runs`
//! shelves  by level and by stretch of 2^(7 + 4 level) places, the last node of its chain
//! nodes    (row, node before it in the chain, or NONE)
//! ```
//! A receipt stands on the lowest level on which it touches few stretches, so that neither a page
//! nor a long list of scattered records costs many nodes, and whoever asks about one place looks at
//! one stretch of each level.

use crate::act::{Extent, Places};
use crate::id::EntryNumber;
use crate::run::{read_number, write_number};
use crate::state::chain::NONE;
use crate::state::column::Column;
use crate::time::Instant;

/// One receipt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) entry: u64,
    // Microseconds.
    pub(crate) at: i64,
    // Where its runs begin in `runs`, if it has several.
    pub(crate) runs: u64,
    // From the first to the last place; the first is after the last when there is none.
    pub(crate) first: u32,
    pub(crate) last: u32,
    // Actor and agreements, as the ledger numbers them.
    pub(crate) ground: u32,
    pub(crate) flags: u32,
}

impl Row {
    const SEVERAL: u32 = 1;
    const HEADS: u32 = 2;
    const AHEAD: u32 = 4;

    /// What of the records went.
    pub(crate) fn extent(&self) -> Extent {
        match self.flags & Self::HEADS {
            0 => Extent::Bodies,
            _ => Extent::Heads,
        }
    }

    /// Whether it was written ahead and is not closed yet.
    pub(crate) fn is_ahead(&self) -> bool {
        self.flags & Self::AHEAD != 0
    }

    pub(crate) fn at(&self) -> Instant {
        Instant::from_micros(self.at)
    }

    pub(crate) fn entry(&self) -> EntryNumber {
        EntryNumber(self.entry)
    }
}

/// What a receipt says beside its places.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said {
    pub(crate) entry: EntryNumber,
    pub(crate) at: Instant,
    pub(crate) ground: u32,
    pub(crate) extent: Extent,
    pub(crate) ahead: bool,
}

/// A run of places, from its first to its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run(pub(crate) u32, pub(crate) u32);

/// Each level has stretches sixteen times as long as the one below, the lowest of 128 places.
const LEVELS: u32 = 7;

/// A receipt touches at most so many stretches of its level, unless it is on the highest.
const TOUCHED_MAX: usize = 16;

fn shift(level: u32) -> u32 {
    7 + 4 * level
}

/// Receipts and how they are found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Book {
    pub(crate) rows: Column<Row>,
    pub(crate) runs: Column<u8>,
    pub(crate) shelves: [Column<u32>; LEVELS as usize],
    pub(crate) nodes: Column<[u32; 2]>,
}

impl Book {
    /// Adds a receipt that names those runs of places, ascending.
    pub(crate) fn add(&mut self, said: Said, runs: &[Run]) {
        let number = self.rows.len() as u32;
        let mut row = Row {
            entry: said.entry.0,
            at: said.at.micros(),
            ground: said.ground,
            ..Row::default()
        };
        if said.extent == Extent::Heads {
            row.flags |= Row::HEADS;
        }
        if said.ahead {
            row.flags |= Row::AHEAD;
        }
        self.write_runs(&mut row, runs);
        self.rows.push(row);
        let (level, touched) = (0..LEVELS)
            .map(|level| (level, stretches(runs, shift(level))))
            .find(|(level, touched)| touched.len() <= TOUCHED_MAX || *level + 1 == LEVELS)
            .unwrap_or_default();
        let Some(shelf) = self.shelves.get_mut(level as usize) else {
            return;
        };
        for stretch in touched {
            shelf.fill(stretch as usize + 1, NONE);
            let before = shelf.at(stretch).unwrap_or(NONE);
            shelf.put(stretch, self.nodes.len() as u32);
            self.nodes.push([number, before]);
        }
    }

    fn write_runs(&mut self, row: &mut Row, runs: &[Run]) {
        (row.first, row.last) = match (runs.first(), runs.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (1, 0),
        };
        if runs.len() < 2 {
            row.flags &= !Row::SEVERAL;
            return;
        }
        row.flags |= Row::SEVERAL;
        row.runs = self.runs.len() as u64;
        let mut bytes = Vec::new();
        write_number(&mut bytes, runs.len() as u64);
        let mut end = 0;
        for Run(first, last) in runs {
            write_number(&mut bytes, u64::from(*first).saturating_sub(end));
            write_number(&mut bytes, u64::from(last - first));
            end = u64::from(*last) + 1;
        }
        self.runs.extend(&bytes);
    }

    /// The runs of places that a receipt names, ascending.
    pub(crate) fn runs_of(&self, row: &Row) -> impl Iterator<Item = Run> + '_ {
        let several = row.flags & Row::SEVERAL != 0;
        let one = (!several && row.first <= row.last).then_some(Run(row.first, row.last));
        let mut rest = match several {
            true => self.runs.all().get(row.runs as usize..).unwrap_or_default(),
            false => &[],
        };
        let count = read_number(&mut rest).unwrap_or(0);
        let mut end = 0_u64;
        let mut left = count;
        let others = std::iter::from_fn(move || {
            left = left.checked_sub(1)?;
            let first = end.checked_add(read_number(&mut rest)?)?;
            let last = first.checked_add(read_number(&mut rest)?)?;
            end = last.checked_add(1)?;
            Some(Run(u32::try_from(first).ok()?, u32::try_from(last).ok()?))
        });
        one.into_iter().chain(others)
    }

    /// The receipts that name a place, the latest first.
    pub(crate) fn naming(&self, place: u32) -> impl Iterator<Item = &Row> {
        let heads = (0..LEVELS)
            .zip(&self.shelves)
            .filter_map(move |(level, shelf)| {
                shelf.at(place.checked_shr(shift(level)).unwrap_or(0))
            });
        heads
            .flat_map(move |head| {
                let mut next = head;
                std::iter::from_fn(move || {
                    let [row, before] = self.nodes.at(next)?;
                    // A chain only goes back, so that no damaged one is walked for ever.
                    next = if before < next { before } else { NONE };
                    self.rows.all().get(row as usize)
                })
            })
            .filter(move |row| row.first <= place && place <= row.last)
            .filter(move |row| {
                row.flags & Row::SEVERAL == 0
                    || self
                        .runs_of(row)
                        .take_while(|run| run.0 <= place)
                        .any(|run| place <= run.1)
            })
    }

    /// Narrows a receipt that was written ahead to those of its places, counted from 0, that were
    /// sent; whether there was one.
    pub(crate) fn close(&mut self, entry: EntryNumber, sent: &Places) -> bool {
        let rows = self.rows.all();
        let Ok(place) = rows.binary_search_by_key(&entry.0, |row| row.entry) else {
            return false;
        };
        let Some(mut row) = rows.get(place).copied().filter(Row::is_ahead) else {
            return false;
        };
        let narrow = pick(self.runs_of(&row), sent);
        self.write_runs(&mut row, &narrow);
        row.flags &= !Row::AHEAD;
        self.rows.put(place as u32, row);
        true
    }
}

/// The stretches of that length that some runs touch, each once.
fn stretches(runs: &[Run], shift: u32) -> Vec<u32> {
    let mut touched: Vec<u32> = Vec::new();
    for Run(first, last) in runs {
        let first = (first >> shift).max(touched.last().map_or(0, |last| last + 1));
        touched.extend(first..=last >> shift);
        if touched.len() > TOUCHED_MAX && shift < self::shift(LEVELS - 1) {
            break;
        }
    }
    touched
}

/// Of the members of those runs, counted from 0, the ones at those places.
fn pick(runs: impl Iterator<Item = Run>, sent: &Places) -> Vec<Run> {
    let mut picked = Vec::new();
    let mut before = 0_u64;
    for Run(first, last) in runs {
        let end = before + u64::from(last - first);
        for (from, to) in sent.runs() {
            let (from, to) = (from.max(before), to.min(end));
            if from <= to {
                let offset = |place: u64| first + (place - before) as u32;
                picked.push(Run(offset(from), offset(to)));
            }
        }
        before = end + 1;
    }
    picked
}

/// Runs of those places, which ascend.
pub(crate) fn runs_of(places: impl IntoIterator<Item = (u32, u32)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (first, count) in places.into_iter().filter(|(_, count)| *count > 0) {
        let last = first.saturating_add(count - 1);
        match runs.last_mut() {
            Some(run) if run.1.checked_add(1) == Some(first) => run.1 = last,
            _ => runs.push(Run(first, last)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn said(entry: u64, ahead: bool) -> Said {
        Said {
            entry: EntryNumber(entry),
            at: Instant::from_micros(entry as i64),
            ground: 0,
            extent: Extent::Bodies,
            ahead,
        }
    }

    proptest! {
        #[test]
        fn a_place_finds_the_receipts_that_name_it(
            receipts in proptest::collection::vec(
                proptest::collection::btree_set(
                    prop_oneof![0_u32..300, 0_u32..100_000, 0_u32..2_000_000], 0..60),
                0..20),
            probes in proptest::collection::vec(0_u32..2_000_000, 0..20),
            closed in proptest::collection::vec(proptest::collection::btree_set(0_u64..70, 0..30), 0..20),
        ) {
            let mut book = Book::default();
            let mut model: Vec<BTreeSet<u32>> = receipts;
            for (entry, places) in model.iter().enumerate() {
                book.add(said(entry as u64, true), &runs_of(places.iter().map(|&p| (p, 1))));
            }
            for (entry, sent) in closed.iter().enumerate().take(model.len()) {
                let sent_places = Places::of(sent.iter().copied());
                prop_assert!(book.close(EntryNumber(entry as u64), &sent_places));
                prop_assert!(!book.close(EntryNumber(entry as u64), &sent_places));
                let kept = model[entry].iter().enumerate();
                model[entry] = kept
                    .filter(|(place, _)| sent.contains(&(*place as u64)))
                    .map(|(_, &place)| place)
                    .collect();
            }
            let named: Vec<u32> = model.iter().flatten().copied().collect();
            for &probe in named.iter().chain(&probes) {
                let mut found: Vec<usize> = book.naming(probe).map(|row| row.entry as usize).collect();
                found.sort_unstable();
                let wanted: Vec<usize> =
                    (0..model.len()).filter(|&n| model[n].contains(&probe)).collect();
                prop_assert_eq!(found, wanted);
            }
            for (row, places) in book.rows.all().iter().zip(&model) {
                let read: Vec<u32> = book.runs_of(row).flat_map(|run| run.0..=run.1).collect();
                prop_assert_eq!(read, places.iter().copied().collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_page_costs_few_bytes_and_few_looks() {
        let mut book = Book::default();
        for entry in 0..10_000_u32 {
            book.add(
                said(u64::from(entry), false),
                &[Run(entry * 100, entry * 100 + 99)],
            );
        }
        assert!(book.nodes.len() <= 18_000);
        assert_eq!(book.naming(500_050).count(), 1);
        let stretch = (500_050 >> 7) << 7;
        let near = (stretch..stretch + 128).flat_map(|place| book.naming(place));
        assert!(near.map(|row| row.entry).collect::<BTreeSet<_>>().len() <= 3);
    }
}
