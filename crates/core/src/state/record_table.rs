//! Every record ever filed, in filing order, as columns; and the indexes over them.
//!
//! Holds facts only. What a party may see of them is computed elsewhere.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::id::{AreaName, BodyNumber, Digest, Kind, RecordNumber};
use crate::record::{Head, Meaning};
use crate::state::PartyIndex;
use crate::state::chain::Chains;
use crate::state::class::{Class, ClassKey, ClassNumber, Classes, Label};
use crate::state::column::Column;
use crate::state::id_table::{IdNumber, IdTable};
use crate::state::keyed_hash::HashKey;
use crate::time::Instant;

/// The first 128 bits of a SHA-256: enough to tell the same bytes from others.
///
/// Who wants two contents under one of these has to try 2^64, and can then only confuse its own
/// records of one id and version; whoever wants one for the content of another has to try 2^128.
/// The whole digest stays with the journal, where `verify` compares it.
fn digest_head(digest: &Digest) -> [u8; 16] {
    digest.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Stands for no version.
const NO_VERSION: i64 = i64::MIN;

/// Stands for no creator; there are never so many ids.
pub(crate) const NO_CREATOR: u32 = u32::MAX;

/// The records and their indexes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    pub(crate) ids: IdTable,
    pub(crate) classes: Classes,
    pub(crate) columns: Columns,
    // The records of each id.
    pub(crate) holders: Chains,
    // The references to each id, by their place among all references.
    pub(crate) referrers: Chains,
    pub(crate) filings: Filings,
    /// Neither withdrawn nor erased.
    pub(crate) alive: RoaringBitmap,
    /// Records that refer to something.
    pub(crate) referring: RoaringBitmap,
    /// Records to whose id some record refers.
    pub(crate) referred: RoaringBitmap,
    /// Records whose (area, id) some other record has too: another version or another filer; and
    /// those whose creator somebody else spoke for at some time.
    pub(crate) ranked: RoaringBitmap,
    /// Records that refer to their creator as that and as nothing else.
    pub(crate) sole_creators: RoaringBitmap,
    /// The party that speaks for an identity, for those that are granted to one.
    pub(crate) authorities: BTreeMap<IdNumber, PartyIndex>,
    pub(crate) by_area: BTreeMap<AreaName, RoaringBitmap>,
    pub(crate) by_kind: BTreeMap<Kind, RoaringBitmap>,
    // Marking definitions that were filed, by their id, with who filed them.
    pub(crate) meanings: BTreeMap<IdNumber, Vec<(RecordNumber, PartyIndex, Meaning)>>,
}

/// The columns of the records, and those of their references. 44 bytes a record, 4 a reference.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub(crate) ids: Column<u32>,
    pub(crate) classes: Column<u32>,
    // Microseconds; NO_VERSION for a record without versions.
    pub(crate) versions: Column<i64>,
    // Of bodies there are never more than records.
    pub(crate) bodies: Column<u32>,
    // See `digest_head`.
    pub(crate) digests: Column<[u8; 16]>,
    // Where the references of each record end; they begin where those of the one before end.
    pub(crate) references_end: Column<u32>,
    // The id that each reference names.
    pub(crate) references: Column<IdNumber>,
    // The identity that created each record; NO_CREATOR if it names none.
    pub(crate) creators: Column<u32>,
    // The record that every sixteenth reference is of, beginning with the first: between two of
    // them the one that a reference is of is looked for in `references_end`.
    pub(crate) referring: Column<u32>,
}

/// The record of every so many references is noted.
const NOTED: usize = 16;

impl Columns {
    /// Adds a reference of the record that is about to be added.
    fn refer(&mut self, record: RecordNumber, target: IdNumber) {
        if self.references.len().is_multiple_of(NOTED) {
            self.referring.push(record.0);
        }
        self.references.push(target);
    }

    /// How many records are noted where there are so many references.
    pub(crate) fn noted(references: usize) -> usize {
        references.div_ceil(NOTED)
    }

    /// The record that a reference is of.
    fn referring(&self, reference: u32) -> Option<RecordNumber> {
        let noted = reference / NOTED as u32;
        let first = self.referring.at(noted)? as usize;
        let ends = self.references_end.all();
        // The next one noted is of the same record or a later one.
        let next = self.referring.at(noted + 1);
        let past = next.map_or(ends.len(), |next| next as usize + 1);
        let near = ends.get(first..past)?;
        let place = first + near.partition_point(|end| *end <= reference);
        (place < past).then_some(RecordNumber(place as u32))
    }
}

/// The filings, in order: the first record of each and the instant of its entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filings {
    pub(crate) first: Column<u32>,
    pub(crate) at: Column<i64>,
}

impl Filings {
    /// The instant of a filing.
    pub(crate) fn at(&self, filing: u32) -> Option<Instant> {
        self.at.at(filing).map(Instant::from_micros)
    }
}

impl Records {
    /// No records yet, in an office with that key for its tables.
    pub(crate) fn new(key: HashKey) -> Self {
        Self {
            ids: IdTable::new(key),
            ..Self::default()
        }
    }

    /// How many records were ever filed.
    pub(crate) fn len(&self) -> u32 {
        self.columns.ids.len() as u32
    }

    /// Whether there is room for so many records, which name so many ids in all.
    pub(crate) fn has_room(&self, records: usize, names: usize) -> bool {
        let room = |held: usize, more: usize| held.saturating_add(more) < u32::MAX as usize;
        room(self.columns.ids.len(), records)
            && room(self.columns.references.len(), names)
            && room(self.ids.len(), records.saturating_add(names))
    }

    /// Begins a filing: the records added next belong to it.
    pub(crate) fn begin_filing(&mut self, at: Instant) {
        self.filings.first.push(self.len());
        self.filings.at.push(at.micros());
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
            if !self.referrers.any(target) {
                self.referred.extend(self.holders.of(target));
            }
            self.columns.refer(number, target);
            self.referrers.push(target);
        }
        if !head.references.is_empty() {
            self.referring.insert(number.0);
        }
        if self.referrers.any(id) {
            self.referred.insert(number.0);
        }
        self.holders.push(id);
        let columns = &mut self.columns;
        columns.ids.push(id.0);
        columns.classes.push(class.0);
        columns
            .versions
            .push(head.version.map_or(NO_VERSION, Instant::micros));
        columns.bodies.push(body.0 as u32);
        columns.digests.push(digest_head(&head.digest));
        let creator = head.creator().map(|creator| self.ids.intern(creator));
        columns
            .creators
            .push(creator.map_or(NO_CREATOR, |creator| creator.0));
        if head.creator.is_some_and(|creator| creator.alone) {
            self.sole_creators.insert(number.0);
        }
        columns.references_end.push(columns.references.len() as u32);
        self.alive.insert(number.0);
        self.classes.put_record(class, number.0);
        if self.is_foreign(number) {
            self.ranked.insert(number.0);
        }
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
            if of_area.contains(held) {
                self.ranked.insert(held);
                self.ranked.insert(number.0);
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
            fixed: numbers(&head.fixed_markings),
        }
    }

    /// The identity that a record names as its creator.
    pub(crate) fn creator(&self, record: RecordNumber) -> Option<IdNumber> {
        let creator = self.columns.creators.at(record.0)?;
        (creator != NO_CREATOR).then_some(IdNumber(creator))
    }

    /// Whether a record refers to that id as its creator and as nothing else.
    pub(crate) fn is_sole_creator(&self, record: RecordNumber, id: IdNumber) -> bool {
        self.sole_creators.contains(record.0) && self.creator(record) == Some(id)
    }

    /// Whether another party than the one that filed a record speaks for its creator.
    pub(crate) fn is_foreign(&self, record: RecordNumber) -> bool {
        let speaker = self
            .creator(record)
            .and_then(|creator| self.authorities.get(&creator));
        speaker.is_some_and(|speaker| self.originator(record) != Some(*speaker))
    }

    /// Lets a party, or nobody any more, speak for an identity; answers with the records that name
    /// it as their creator.
    pub(crate) fn grant(&mut self, id: IdNumber, party: Option<PartyIndex>) -> RoaringBitmap {
        match party {
            Some(party) => self.authorities.insert(id, party),
            None => self.authorities.remove(&id),
        };
        let created: RoaringBitmap = self
            .referrers(id)
            .filter(|&record| self.creator(record) == Some(id))
            .map(|record| record.0)
            .collect();
        let foreign = created
            .iter()
            .filter(|&one| self.is_foreign(RecordNumber(one)));
        let foreign: RoaringBitmap = foreign.collect();
        self.ranked |= foreign;
        created
    }

    /// Whether two records have the same bytes.
    pub(crate) fn is_copy(&self, one: RecordNumber, other: RecordNumber) -> bool {
        let digest = |record: RecordNumber| self.columns.digests.at(record.0);
        digest(one) == digest(other)
    }

    /// The id of a record.
    pub(crate) fn id(&self, record: RecordNumber) -> Option<IdNumber> {
        self.columns.ids.at(record.0).map(IdNumber)
    }

    /// The version of a record; none where its kind has none.
    pub(crate) fn version(&self, record: RecordNumber) -> Option<Instant> {
        let micros = self.columns.versions.at(record.0)?;
        (micros != NO_VERSION).then(|| Instant::from_micros(micros))
    }

    /// The class of a record.
    pub(crate) fn class(&self, record: RecordNumber) -> Option<ClassNumber> {
        self.columns.classes.at(record.0).map(ClassNumber)
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
        let body = self.columns.bodies.at(record.0)?;
        Some(BodyNumber(u64::from(body)))
    }

    /// Whether a record was filed with bytes of that digest.
    pub(crate) fn has_digest(&self, record: RecordNumber, digest: &Digest) -> bool {
        self.columns.digests.at(record.0) == Some(digest_head(digest))
    }

    /// The ids that a record refers to.
    pub(crate) fn references(&self, record: RecordNumber) -> &[IdNumber] {
        let end_of = |record: u32| self.columns.references_end.at(record).unwrap_or(0);
        let start = record.0.checked_sub(1).map_or(0, end_of) as usize;
        let end = end_of(record.0) as usize;
        let all = self.columns.references.all();
        all.get(start..end).unwrap_or_default()
    }

    /// The records of that id, alive or not, ascending.
    pub(crate) fn holders(&self, id: IdNumber) -> impl Iterator<Item = RecordNumber> + '_ {
        self.holders.of(id).map(RecordNumber)
    }

    /// Every area in which something was filed, with its records.
    pub(crate) fn areas(&self) -> impl Iterator<Item = (&AreaName, &RoaringBitmap)> {
        self.by_area.iter()
    }

    /// The records that refer to that id, alive or not, ascending.
    pub(crate) fn referrers(&self, id: IdNumber) -> impl Iterator<Item = RecordNumber> + '_ {
        let referrers = self.referrers.of(id);
        referrers.filter_map(|reference| self.columns.referring(reference))
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
        let first = self.filings.first.all();
        let after = first.partition_point(|first| *first <= record.0);
        let filing = after.checked_sub(1)? as u32;
        let first = self.filings.first.at(filing)?;
        Some((RecordNumber(first), self.filings.at(filing)?))
    }

    /// The first record of the first filing after that instant.
    pub(crate) fn first_filed_after(&self, at: Instant) -> RecordNumber {
        let filed = self.filings.at.all();
        let after = filed.partition_point(|filed| *filed <= at.micros());
        let first = self.filings.first.at(after as u32);
        RecordNumber(first.unwrap_or_else(|| self.len()))
    }

    /// The records of a class that terms may derive: all but the built-in markings, which are
    /// nobody's and the same everywhere.
    pub(crate) fn derivable(&self, class: &Class) -> RoaringBitmap {
        let mut records = class.records.clone();
        if class.label.kind.as_str() == "marking-definition" {
            let builtin = |one: &u32| {
                let id = self.id(RecordNumber(*one));
                id.is_some_and(|id| self.is_builtin(id))
            };
            records -= class
                .records
                .iter()
                .filter(builtin)
                .collect::<RoaringBitmap>();
        }
        records
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
fn insert<N: Clone + Ord>(
    bitmaps: &mut BTreeMap<N, RoaringBitmap>,
    name: &N,
    number: RecordNumber,
) {
    match bitmaps.get_mut(name) {
        Some(bitmap) => bitmap.insert(number.0),
        None => bitmaps.entry(name.clone()).or_default().insert(number.0),
    };
}
