//! Every record id that the office ever met, once, each with a small number.
//!
//! The texts lie end to end in one arena; the hash table holds numbers only.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use crate::id::RecordId;
use crate::label::tlp_level;

/// The number of an id in the table. Held or merely referred to: both have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IdNumber(pub(crate) u32);

/// Ids and their numbers.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdTable {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: RandomState,
    // The ids whose meaning every reader knows: the built-in TLP markings, at most nine.
    builtin: Vec<IdNumber>,
}

impl IdTable {
    /// The id as text.
    pub(crate) fn text(&self, id: IdNumber) -> &str {
        slice(&self.text, &self.ends, id.0)
    }

    /// The number of an id, if the office ever met it.
    pub(crate) fn find(&self, id: &str) -> Option<IdNumber> {
        self.table
            .find(self.hasher.hash_one(id), |&n| {
                slice(&self.text, &self.ends, n) == id
            })
            .map(|&n| IdNumber(n))
    }

    /// The number of an id, new if need be.
    pub(crate) fn intern(&mut self, id: &RecordId) -> IdNumber {
        let id = id.as_str();
        if let Some(known) = self.find(id) {
            return known;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.text.push_str(id);
        self.ends.push(self.text.len());
        let Self {
            text,
            ends,
            table,
            hasher,
            ..
        } = self;
        table.insert_unique(hasher.hash_one(id), number, |&n| {
            hasher.hash_one(slice(text, ends, n))
        });
        if tlp_level(id).is_some() {
            self.builtin.push(IdNumber(number));
        }
        IdNumber(number)
    }

    /// Whether it is the id of a built-in marking.
    pub(crate) fn is_builtin(&self, id: IdNumber) -> bool {
        self.builtin.contains(&id)
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], number: u32) -> &'a str {
    let at = number as usize;
    let start = at
        .checked_sub(1)
        .and_then(|before| ends.get(before))
        .copied()
        .unwrap_or(0);
    ends.get(at)
        .and_then(|&end| text.get(start..end))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_numbers() {
        let mut table = IdTable::default();
        let ids: Vec<RecordId> = (0..2000)
            .map(|n| format!("x--{n}").parse().unwrap())
            .collect();
        let numbers: Vec<IdNumber> = ids.iter().map(|id| table.intern(id)).collect();
        for (id, number) in ids.iter().zip(&numbers) {
            assert_eq!(table.intern(id), *number);
            assert_eq!(table.find(id.as_str()), Some(*number));
            assert_eq!(table.text(*number), id.as_str());
        }
        assert_eq!(table.find("x--2000"), None);
    }
}
