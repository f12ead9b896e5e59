//! Every record ever filed, in filing order, as columns; and the indexes over them.
//!
//! Holds facts only. What a party may see of them is computed elsewhere.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::id::{AreaName, BodyNumber, Digest, Kind, RecordNumber};
use crate::record::{Head, Meaning};
use crate::state::PartyIndex;
use crate::state::class::{ClassKey, ClassNumber, Classes, Label};
use crate::state::id_table::{IdNumber, IdTable};
use crate::state::number_list::NumberLists;
use crate::time::Instant;

/// The columns of one record.
#[derive(Clone, Copy, Debug)]
struct Row {
    id: IdNumber,
    class: ClassNumber,
    // Microseconds; i64::MIN for a record without versions.
    version: i64,
    body: BodyNumber,
    // Where its references end in `references`; they begin where those of the one before end.
    references_end: u32,
}

/// The records and their indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    pub(crate) ids: IdTable,
    pub(crate) classes: Classes,
    rows: Vec<Row>,
    digests: Vec<Digest>,
    references: Vec<IdNumber>,
    holders: NumberLists,
    referrers: NumberLists,
    // The first record of each filing and the instant of its entry.
    filings: Vec<(u32, Instant)>,
    /// Neither withdrawn nor erased.
    pub(crate) alive: RoaringBitmap,
    /// Records that refer to something.
    pub(crate) referring: RoaringBitmap,
    /// Records to whose id some record refers.
    pub(crate) referred: RoaringBitmap,
    /// Records whose (area, id) some other record has too: another version or another filer.
    pub(crate) siblings: RoaringBitmap,
    by_area: HashMap<AreaName, RoaringBitmap>,
    by_kind: HashMap<Kind, RoaringBitmap>,
    // Marking definitions that were filed, by their id, with who filed them.
    meanings: HashMap<IdNumber, Vec<(RecordNumber, PartyIndex, Meaning)>>,
}

impl Records {
    /// How many records were ever filed.
    pub(crate) fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Begins a filing: the records added next belong to it.
    pub(crate) fn begin_filing(&mut self, at: Instant) {
        self.filings.push((self.len(), at));
    }

    /// Adds a record; its class must have been found with [`Records::class_key`].
    pub(crate) fn add(
        &mut self,
        head: &Head,
        class: ClassNumber,
        body: BodyNumber,
    ) -> RecordNumber {
        let number = RecordNumber(self.len());
        let id = self.ids.intern(&head.id);
        self.add_siblings(id, class, number);
        for reference in &head.references {
            let target = self.ids.intern(reference);
            self.references.push(target);
            if !self.referrers.any(target) {
                for held in self.holders.of(target) {
                    self.referred.insert(held.0);
                }
            }
            self.referrers.push(target, number);
        }
        if !head.references.is_empty() {
            self.referring.insert(number.0);
        }
        if self.referrers.any(id) {
            self.referred.insert(number.0);
        }
        self.holders.push(id, number);
        self.rows.push(Row {
            id,
            class,
            version: head.version.map_or(i64::MIN, Instant::micros),
            body,
            references_end: self.references.len() as u32,
        });
        self.digests.push(head.digest);
        self.alive.insert(number.0);
        self.classes.put_record(class, number.0);
        if let Some(key) = self.classes.at(class).map(|class| &class.key) {
            insert(&mut self.by_area, &key.area, number);
            insert(&mut self.by_kind, &key.kind, number);
            if let Some(meaning) = &head.meaning {
                let meaning = (number, key.originator, meaning.clone());
                self.meanings.entry(id).or_default().push(meaning);
            }
        }
        number
    }

    fn add_siblings(&mut self, id: IdNumber, class: ClassNumber, number: RecordNumber) {
        let area = self.classes.at(class).map(|class| &class.key.area);
        let Some(of_area) = area.and_then(|area| self.by_area.get(area)) else {
            return;
        };
        for held in self.holders.of(id) {
            if of_area.contains(held.0) {
                self.siblings.insert(held.0);
                self.siblings.insert(number.0);
            }
        }
    }

    /// The key of the class that a record of that head belongs to; new ids become known.
    pub(crate) fn class_key(
        &mut self,
        area: &AreaName,
        originator: PartyIndex,
        head: &Head,
    ) -> ClassKey {
        let mut numbers = |markings: &[crate::id::RecordId]| {
            let mut numbers: Vec<IdNumber> = markings
                .iter()
                .map(|marking| self.ids.intern(marking))
                .collect();
            numbers.sort_unstable();
            numbers.dedup();
            numbers.into_boxed_slice()
        };
        ClassKey {
            area: area.clone(),
            kind: head.kind.clone(),
            originator,
            object: numbers(&head.object_markings),
            granular: numbers(&head.granular_markings),
        }
    }

    fn row(&self, record: RecordNumber) -> Option<&Row> {
        self.rows.get(record.0 as usize)
    }

    /// The id of a record.
    pub(crate) fn id(&self, record: RecordNumber) -> Option<IdNumber> {
        self.row(record).map(|row| row.id)
    }

    /// The version of a record; none where its kind has none.
    pub(crate) fn version(&self, record: RecordNumber) -> Option<Instant> {
        let micros = self.row(record)?.version;
        (micros != i64::MIN).then(|| Instant::from_micros(micros))
    }

    /// The class of a record.
    pub(crate) fn class(&self, record: RecordNumber) -> Option<ClassNumber> {
        self.row(record).map(|row| row.class)
    }

    /// The label of a record.
    pub(crate) fn label(&self, record: RecordNumber) -> Option<&Label> {
        self.classes
            .at(self.class(record)?)
            .map(|class| &class.label)
    }

    /// Who filed a record.
    pub(crate) fn originator(&self, record: RecordNumber) -> Option<PartyIndex> {
        self.classes
            .at(self.class(record)?)
            .map(|class| class.key.originator)
    }

    /// Where the bytes of a record are.
    pub(crate) fn body(&self, record: RecordNumber) -> Option<BodyNumber> {
        self.row(record).map(|row| row.body)
    }

    /// SHA-256 of the bytes of a record.
    pub(crate) fn digest(&self, record: RecordNumber) -> Option<Digest> {
        self.digests.get(record.0 as usize).copied()
    }

    /// The ids that a record refers to.
    pub(crate) fn references(&self, record: RecordNumber) -> &[IdNumber] {
        let end = self.row(record).map_or(0, |row| row.references_end) as usize;
        let start = match record.0.checked_sub(1) {
            Some(before) => self
                .row(RecordNumber(before))
                .map_or(0, |row| row.references_end) as usize,
            None => 0,
        };
        self.references.get(start..end).unwrap_or_default()
    }

    /// The records of that id, alive or not, ascending.
    pub(crate) fn holders(
        &self,
        id: IdNumber,
    ) -> impl DoubleEndedIterator<Item = RecordNumber> + '_ {
        self.holders.of(id)
    }

    /// Every area in which something was filed, with its records.
    pub(crate) fn areas(&self) -> impl Iterator<Item = (&AreaName, &RoaringBitmap)> {
        self.by_area.iter()
    }

    /// The records that refer to that id, alive or not, ascending.
    pub(crate) fn referrers(&self, id: IdNumber) -> impl Iterator<Item = RecordNumber> + '_ {
        self.referrers.of(id)
    }

    /// The records of that area, alive or not.
    pub(crate) fn of_area(&self, area: &AreaName) -> Option<&RoaringBitmap> {
        self.by_area.get(area)
    }

    /// The records of that kind, alive or not.
    pub(crate) fn of_kind(&self, kind: &str) -> Option<&RoaringBitmap> {
        self.by_kind.get(kind)
    }

    /// The first record of the filing that brought this one, and the filing's instant.
    pub(crate) fn filing(&self, record: RecordNumber) -> Option<(RecordNumber, Instant)> {
        let after = self
            .filings
            .partition_point(|(first, _)| *first <= record.0);
        let (first, at) = self.filings.get(after.checked_sub(1)?)?;
        Some((RecordNumber(*first), *at))
    }

    /// The first record of the first filing after that instant.
    pub(crate) fn first_filed_after(&self, at: Instant) -> RecordNumber {
        let after = self.filings.partition_point(|(_, filed)| *filed <= at);
        RecordNumber(
            self.filings
                .get(after)
                .map_or(self.len(), |(first, _)| *first),
        )
    }

    /// Whether it is the id of a built-in marking.
    pub(crate) fn is_builtin(&self, id: IdNumber) -> bool {
        self.ids.is_builtin(id)
    }

    /// What was filed under a marking's id by the originator or by the host, and is alive or not.
    pub(crate) fn meanings(
        &self,
        marking: IdNumber,
    ) -> impl Iterator<Item = (RecordNumber, PartyIndex, &Meaning)> {
        self.meanings
            .get(&marking)
            .into_iter()
            .flatten()
            .map(|(record, filer, meaning)| (*record, *filer, meaning))
    }

    /// The record that this party filed in that area under (id, version), if any.
    pub(crate) fn find(
        &self,
        area: &AreaName,
        originator: PartyIndex,
        id: IdNumber,
        version: Option<Instant>,
    ) -> Option<RecordNumber> {
        self.holders(id).find(|&record| {
            self.version(record) == version
                && self
                    .class(record)
                    .and_then(|class| self.classes.at(class))
                    .is_some_and(|class| {
                        class.key.originator == originator && class.key.area == *area
                    })
        })
    }

    /// Ends the life of a record.
    pub(crate) fn end(&mut self, record: RecordNumber) -> bool {
        self.alive.remove(record.0)
    }
}

/// Adds a number under a name; the name is copied only when it is new.
fn insert<N: Clone + Eq + std::hash::Hash>(
    bitmaps: &mut HashMap<N, RoaringBitmap>,
    name: &N,
    number: RecordNumber,
) {
    match bitmaps.get_mut(name) {
        Some(bitmap) => bitmap.insert(number.0),
        None => bitmaps.entry(name.clone()).or_default().insert(number.0),
    };
}
