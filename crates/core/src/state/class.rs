//! Label classes: records that nothing distinguishes for the gate share one, and are judged once.
//!
//! A class is (area, kind, originator, markings, which of them mark what cannot be left out). What its markings mean is resolved here too, into
//! the class's [`Label`]; it changes only when a marking definition arrives or is withdrawn.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::id::{AreaName, Kind, PartyCode, RecordId};
use crate::label::{Level, Levels};
use crate::party::Audience;
use crate::state::PartyIndex;
use crate::state::id_table::IdNumber;

/// The number of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClassNumber(pub(crate) u32);

/// What governs the records of a class, markings resolved (DESIGN section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The area.
    pub area: AreaName,
    /// The kind.
    pub kind: Kind,
    /// The filing party.
    pub originator: PartyCode,
    /// The highest level of the object markings; none when no object marking gives a level.
    pub object: Option<Level>,
    /// The levels of the granular markings.
    pub granular: Levels,
    /// The highest level of the granular markings of what cannot be left out.
    pub fixed: Option<Level>,
    /// Releasable-to sets; the taker must be in each.
    pub releasable: Vec<Vec<Audience>>,
    /// Markings that the office cannot read; the taker must have undertaken to honour each.
    pub unknown: Vec<RecordId>,
    /// The same, of parts that can be left out.
    pub unknown_parts: Vec<RecordId>,
}

/// The key of a class.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ClassKey {
    pub(crate) area: AreaName,
    pub(crate) kind: Kind,
    pub(crate) originator: PartyIndex,
    pub(crate) object: Box<[IdNumber]>,
    pub(crate) granular: Box<[IdNumber]>,
    pub(crate) fixed: Box<[IdNumber]>,
}

/// A class with its records.
#[derive(Clone, Debug)]
pub(crate) struct Class {
    pub(crate) key: ClassKey,
    pub(crate) label: Label,
    pub(crate) records: RoaringBitmap,
}

/// All classes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Classes {
    list: Vec<Class>,
    by_key: HashMap<ClassKey, ClassNumber>,
    by_originator: HashMap<PartyIndex, Vec<ClassNumber>>,
    by_marking: HashMap<IdNumber, Vec<ClassNumber>>,
}

impl Classes {
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ClassNumber, &Class)> {
        self.list
            .iter()
            .enumerate()
            .map(|(n, class)| (ClassNumber(n as u32), class))
    }

    pub(crate) fn at(&self, number: ClassNumber) -> Option<&Class> {
        self.list.get(number.0 as usize)
    }

    pub(crate) fn find(&self, key: &ClassKey) -> Option<ClassNumber> {
        self.by_key.get(key).copied()
    }

    /// Everybody who ever filed something.
    pub(crate) fn originators(&self) -> impl Iterator<Item = PartyIndex> + '_ {
        self.by_originator.keys().copied()
    }

    /// The classes of an originator.
    pub(crate) fn of_originator(&self, originator: PartyIndex) -> &[ClassNumber] {
        self.by_originator
            .get(&originator)
            .map_or(&[], Vec::as_slice)
    }

    /// The classes whose records carry that marking.
    pub(crate) fn with_marking(&self, marking: IdNumber) -> &[ClassNumber] {
        self.by_marking.get(&marking).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn add(&mut self, key: ClassKey, label: Label) -> ClassNumber {
        let number = ClassNumber(self.list.len() as u32);
        self.by_originator
            .entry(key.originator)
            .or_default()
            .push(number);
        for marking in key.object.iter().chain(&key.granular) {
            let classes = self.by_marking.entry(*marking).or_default();
            if classes.last() != Some(&number) {
                classes.push(number);
            }
        }
        self.by_key.insert(key.clone(), number);
        self.list.push(Class {
            key,
            label,
            records: RoaringBitmap::new(),
        });
        number
    }

    pub(crate) fn put_record(&mut self, class: ClassNumber, record: u32) {
        if let Some(class) = self.list.get_mut(class.0 as usize) {
            class.records.insert(record);
        }
    }

    /// Gives a class all its records.
    pub(crate) fn put_records(&mut self, class: ClassNumber, records: RoaringBitmap) {
        if let Some(class) = self.list.get_mut(class.0 as usize) {
            class.records = records;
        }
    }

    pub(crate) fn relabel(&mut self, class: ClassNumber, label: Label) {
        if let Some(class) = self.list.get_mut(class.0 as usize) {
            class.label = label;
        }
    }
}
