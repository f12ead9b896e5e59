//! Ascending record numbers under an id: nearly always one, now and then very many.

use std::collections::HashMap;

use crate::id::RecordNumber;
use crate::state::id_table::IdNumber;

/// For each id the ascending numbers of some records.
#[derive(Clone, Debug, Default)]
pub(crate) struct NumberLists {
    // The first number under each id, indexed by id; NONE where there is none.
    first: Vec<u32>,
    more: HashMap<u32, Vec<u32>>,
}

const NONE: u32 = u32::MAX;

impl NumberLists {
    /// Adds a number that is greater than every number under that id.
    pub(crate) fn push(&mut self, id: IdNumber, number: RecordNumber) {
        let at = id.0 as usize;
        if self.first.len() <= at {
            self.first.resize(at + 1, NONE);
        }
        match self.first.get_mut(at) {
            Some(first) if *first == NONE => *first = number.0,
            _ => self.more.entry(id.0).or_default().push(number.0),
        }
    }

    /// The numbers under that id, ascending.
    pub(crate) fn of(&self, id: IdNumber) -> impl DoubleEndedIterator<Item = RecordNumber> + '_ {
        let first = self
            .first
            .get(id.0 as usize)
            .copied()
            .filter(|&n| n != NONE);
        let more = first
            .and_then(|_| self.more.get(&id.0))
            .map_or(&[][..], Vec::as_slice);
        first
            .into_iter()
            .chain(more.iter().copied())
            .map(RecordNumber)
    }

    /// Whether there is any number under that id.
    pub(crate) fn any(&self, id: IdNumber) -> bool {
        self.first.get(id.0 as usize).is_some_and(|&n| n != NONE)
    }
}
