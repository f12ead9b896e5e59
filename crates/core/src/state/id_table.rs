//! Every record id that the office ever met, once, each with a small number.
//!
//! ```text
//! types  by id  the number of its type, or TEXT for an id that is not of the form of STIX
//! words  by id  the 16 bytes of its UUID; for TEXT where it begins in `text` and its length
//! index  flat hash index over both, keyed by the seed of the office
//! ```
//! 18 bytes for an id and six to nine for finding it. How an id is taken apart and put together
//! is in [`super::id_text`].

use crate::id::RecordId;
use crate::label::tlp_level;
use crate::state::column::Column;
use crate::state::id_text::{IdText, take_apart};
use crate::state::keyed_hash::HashKey;
use crate::state::slots::Slots;

/// The number of an id in the table. Held or merely referred to: both have one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct IdNumber(pub(crate) u32);

/// The id is kept as text.
pub(crate) const TEXT: u16 = u16::MAX;

/// Types with a number of their own; STIX knows some forty. The ids of any others are kept as text.
pub(crate) const TYPES_MAX: usize = 4096;

/// Ids and their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IdTable {
    pub(crate) key: HashKey,
    pub(crate) types: Column<u16>,
    pub(crate) words: Column<[u8; 16]>,
    pub(crate) index: Slots,
    pub(crate) text: String,
    // The names of the types, and a hash index over them.
    pub(crate) names: Vec<Box<str>>,
    pub(crate) name_index: Slots,
    // The ids whose meaning every reader knows: the built-in TLP markings, at most nine.
    pub(crate) builtin: Vec<IdNumber>,
}

/// An id as the columns hold it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form<'a> {
    Uuid(u16, [u8; 16]),
    Text(&'a str),
}

impl IdTable {
    /// An empty table of an office with that key.
    pub(crate) fn new(key: HashKey) -> Self {
        Self {
            key,
            ..Self::default()
        }
    }

    /// How many ids there are.
    pub(crate) fn len(&self) -> usize {
        self.types.len()
    }

    /// The id as text.
    pub(crate) fn text(&self, id: IdNumber) -> IdText<'_> {
        match self.form(id.0) {
            Form::Uuid(kind, uuid) => {
                let name = self.names.get(usize::from(kind));
                IdText::of(name.map_or("", |name| name), uuid)
            }
            Form::Text(text) => IdText::whole(text),
        }
    }

    /// The number of an id, if the office ever met it.
    pub(crate) fn find(&self, id: &str) -> Option<IdNumber> {
        let form = match take_apart(id) {
            Some((name, uuid)) => match self.type_of(name) {
                Some(kind) => Form::Uuid(kind, uuid),
                None if self.names.len() < TYPES_MAX => return None,
                None => Form::Text(id),
            },
            None => Form::Text(id),
        };
        self.find_form(form, self.hash(form))
    }

    fn find_form(&self, form: Form<'_>, hash: u64) -> Option<IdNumber> {
        self.index
            .find(hash, |number| self.form(number) == form)
            .map(IdNumber)
    }

    /// The number of an id, new if need be.
    pub(crate) fn intern(&mut self, id: &RecordId) -> IdNumber {
        let id = id.as_str();
        let form = match take_apart(id) {
            Some((name, uuid)) => match self.intern_type(name) {
                Some(kind) => Form::Uuid(kind, uuid),
                None => Form::Text(id),
            },
            None => Form::Text(id),
        };
        let hash = self.hash(form);
        if let Some(known) = self.find_form(form, hash) {
            return known;
        }
        let number = IdNumber(self.len() as u32);
        match form {
            Form::Uuid(kind, uuid) => {
                self.types.push(kind);
                self.words.push(uuid);
            }
            Form::Text(text) => {
                let span = u128::from(self.text.len() as u64) << 64 | text.len() as u128;
                self.types.push(TEXT);
                self.words.push(span.to_be_bytes());
                self.text.push_str(text);
            }
        }
        let mut index = std::mem::take(&mut self.index);
        let hash_of = |number| self.hash(self.form(number));
        index.put(hash, number.0, |_| false, hash_of);
        self.index = index;
        if tlp_level(id).is_some() {
            self.builtin.push(number);
        }
        number
    }

    /// Whether it is the id of a built-in marking.
    pub(crate) fn is_builtin(&self, id: IdNumber) -> bool {
        self.builtin.contains(&id)
    }

    fn form(&self, number: u32) -> Form<'_> {
        let word = self.words.at(number).unwrap_or_default();
        match self.types.at(number) {
            Some(kind) if kind != TEXT => Form::Uuid(kind, word),
            _ => {
                let span = u128::from_be_bytes(word);
                let (start, length) = ((span >> 64) as usize, span as u64 as usize);
                let end = start.saturating_add(length);
                Form::Text(self.text.get(start..end).unwrap_or_default())
            }
        }
    }

    fn hash(&self, form: Form<'_>) -> u64 {
        match form {
            Form::Uuid(kind, uuid) => {
                let mut bytes = [0; 18];
                let (head, tail) = bytes.split_at_mut(16);
                head.copy_from_slice(&uuid);
                tail.copy_from_slice(&kind.to_le_bytes());
                self.key.hash(&bytes)
            }
            Form::Text(text) => self.key.hash(text.as_bytes()),
        }
    }

    fn type_of(&self, name: &str) -> Option<u16> {
        let is = |number: u32| {
            let held = self.names.get(number as usize);
            held.is_some_and(|held| **held == *name)
        };
        self.name_index
            .find(self.key.hash(name.as_bytes()), is)
            .and_then(|number| u16::try_from(number).ok())
    }

    /// The number of a type; none if it is new and there are too many.
    fn intern_type(&mut self, name: &str) -> Option<u16> {
        if let Some(known) = self.type_of(name) {
            return Some(known);
        }
        let number = u16::try_from(self.names.len())
            .ok()
            .filter(|&number| usize::from(number) < TYPES_MAX)?;
        self.names.push(name.into());
        self.index_name(u32::from(number));
        Some(number)
    }

    fn index_name(&mut self, number: u32) {
        let Self {
            key,
            names,
            name_index,
            ..
        } = self;
        let hash_of = |number: u32| {
            let name = names.get(number as usize);
            key.hash(name.map_or(&[][..], |name| name.as_bytes()))
        };
        name_index.put(hash_of(number), number, |_| false, hash_of);
    }

    /// Indexes names of types that were read from a snapshot.
    pub(crate) fn index_names(&mut self) {
        self.name_index = Slots::default();
        (0..self.names.len() as u32).for_each(|number| self.index_name(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(table: &mut IdTable, ids: &[RecordId]) {
        let numbers: Vec<IdNumber> = ids.iter().map(|id| table.intern(id)).collect();
        for (id, number) in ids.iter().zip(&numbers) {
            assert_eq!(table.intern(id), *number);
            assert_eq!(table.find(id.as_str()), Some(*number));
            assert_eq!(table.text(*number).to_string(), id.as_str());
        }
        assert_eq!(table.len(), ids.len());
    }

    #[test]
    fn ids_keep_their_numbers() {
        let mut table = IdTable::new(HashKey::of_seed(&[3; 16]));
        let ids: Vec<RecordId> = (0..2000)
            .map(|n| match n % 3 {
                0 => format!("x--{n}"),
                1 => format!("x--{n:08x}-0000-4000-8000-000000000000"),
                _ => format!("x--{n:08X}-0000-4000-8000-00000000000A"),
            })
            .map(|id| id.parse().unwrap())
            .collect();
        check(&mut table, &ids);
        assert_eq!(table.find("x--2001"), None);
        assert_eq!(table.find("y--00000001-0000-4000-8000-000000000000"), None);
    }

    #[test]
    fn too_many_types_are_kept_as_text() {
        let mut table = IdTable::new(HashKey::default());
        let ids: Vec<RecordId> = (0..TYPES_MAX + 10)
            .map(|n| format!("t{n}--00000000-0000-4000-8000-000000000000"))
            .map(|id| id.parse().unwrap())
            .collect();
        check(&mut table, &ids);
        assert_eq!(table.names.len(), TYPES_MAX);
        assert!(!table.text.is_empty());
    }
}
