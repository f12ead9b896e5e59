//! The record table in a snapshot: its columns as parts of their own, the rest in the body with its
//! sets by number.
//!
//! Everything that points somewhere is checked to point to something; chains and hash indexes are
//! such that a wrong one finds too little and never hangs.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::id::{AreaName, Kind, RecordNumber};
use crate::record::Meaning;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Stored, Writer};
use crate::snapshot::column::{Cells, Numbers, Width};
use crate::snapshot::set::{SetReader, Sets};
use crate::state::chain::{Chains, NONE};
use crate::state::class::ClassKey;
use crate::state::column::Column;
use crate::state::id_table::{IdNumber, IdTable, TEXT, TYPES_MAX};
use crate::state::keyed_hash::HashKey;
use crate::state::record_table::{Columns, Filings, Records};
use crate::state::slots::Slots;
use crate::state::status::Statuses;
use crate::state::{PartyIndex, State};

/// What a class is known by, as it is written.
type ClassRow = (AreaName, Kind, u16, Vec<u32>, Vec<u32>, Vec<u32>);

/// Marking definitions of one id, as they are written.
type MeaningRow = (u32, Vec<(RecordNumber, u16, Meaning)>);

/// How wide the cells of each column are, in the order of [`columns`].
pub(super) const WIDTHS: [Width; 25] = [
    Width::Two,
    Width::Sixteen,
    Width::One,
    Width::Four,
    Width::One,
    Width::Four,
    Width::Four,
    Width::Time,
    Width::Four,
    Width::Sixteen,
    Width::Four,
    Width::Id,
    Width::Four,
    Width::Four,
    Width::Four,
    Width::Four,
    Width::Four,
    Width::Four,
    Width::Four,
    Width::Time,
    Width::Sixteen,
    Width::Eight,
    Width::Two,
    Width::One,
    Width::Four,
];

/// The columns, in the order in which they are written and read.
pub(super) fn columns(state: &State) -> [&dyn Stored; WIDTHS.len()] {
    let Records {
        ids,
        columns,
        holders,
        referrers,
        filings,
        ..
    } = &state.records;
    let (id_tags, id_slots) = ids.index.arrays();
    let statuses = &state.statuses;
    let (status_tags, status_slots) = statuses.index.arrays();
    [
        &ids.types,
        &ids.words,
        id_tags,
        id_slots,
        &ids.text,
        &columns.ids,
        &columns.classes,
        &columns.versions,
        &columns.bodies,
        &columns.digests,
        &columns.references_end,
        &columns.references,
        &columns.referring,
        &columns.creators,
        &holders.tails,
        &holders.next,
        &referrers.tails,
        &referrers.next,
        &filings.first,
        &filings.at,
        &statuses.ids,
        &statuses.entries,
        &statuses.originators,
        status_tags,
        status_slots,
    ]
}

/// The columns that were read, taken in their order.
struct Taken(std::vec::IntoIter<Cells>);

macro_rules! take {
    ($($name:ident: $of:ident => $to:ty),*) => {$(
        fn $name(&mut self) -> Result<$to, SnapshotError> {
            match self.0.next() {
                Some(Cells::$of(cells)) => Ok(cells),
                _ => Err(SnapshotError::Unsound("the width of a column")),
            }
        }
    )*};
}

impl Taken {
    take! {
        bytes: One => Vec<u8>, halves: Two => Vec<u16>, numbers: Four => Numbers<u32>,
        ids: Id => Numbers<IdNumber>, wholes: Eight => Vec<u64>, times: Time => Vec<i64>,
        uuids: Sixteen => Vec<[u8; 16]>
    }

    /// Numbers that are all below that.
    fn below(&mut self, bound: usize, what: &'static str) -> Result<Column<u32>, SnapshotError> {
        let numbers = self.numbers()?;
        check(numbers.are_below(bound), what)?;
        Ok(Column::of(numbers.all))
    }

    fn slots(&mut self, bound: usize) -> Result<Slots, SnapshotError> {
        let tags = Column::of(self.bytes()?);
        let slots = self.below(bound, "a hash index")?;
        Slots::of(tags, slots).ok_or(SnapshotError::Unsound("a hash index"))
    }

    /// Chains of so many items under ids of which there are so many.
    fn chains(&mut self, ids: usize, items: usize) -> Result<Chains, SnapshotError> {
        let tails = self.numbers()?;
        check(
            tails.are_none_or_below(items) && tails.all.len() <= ids,
            "a chain",
        )?;
        let next = self.below(items, "a chain")?;
        check(next.len() == items, "a chain")?;
        let tails = Column::of(tails.all);
        Ok(Chains { tails, next })
    }
}

/// What there is of the record table beside its columns.
#[derive(Debug)]
pub(super) struct Rest {
    names: Vec<Box<str>>,
    builtin: Vec<u32>,
    classes: Vec<(ClassRow, RoaringBitmap)>,
    alive: RoaringBitmap,
    referring: RoaringBitmap,
    referred: RoaringBitmap,
    ranked: RoaringBitmap,
    sole_creators: RoaringBitmap,
    authorities: Vec<(u32, u16)>,
    by_area: BTreeMap<AreaName, RoaringBitmap>,
    by_kind: BTreeMap<Kind, RoaringBitmap>,
    meanings: Vec<MeaningRow>,
}

pub(super) fn write<'a>(writer: &mut Writer, sets: &mut Sets<'a>, state: &'a State) {
    let records = &state.records;
    let ids = &records.ids;
    writer.count(ids.names.len());
    for name in &ids.names {
        writer.blob(name.as_bytes());
    }
    let builtin: Vec<u32> = ids.builtin.iter().map(|id| id.0).collect();
    writer.value(&builtin);
    writer.count(records.classes.iter().count());
    for (_, class) in records.classes.iter() {
        let key = &class.key;
        let numbers = |ids: &[IdNumber]| ids.iter().map(|id| id.0).collect();
        let row: ClassRow = (
            key.area.clone(),
            key.kind.clone(),
            key.originator.0,
            numbers(&key.object),
            numbers(&key.granular),
            numbers(&key.fixed),
        );
        writer.value(&row);
        writer.number(sets.number(&class.records));
    }
    for set in [
        &records.alive,
        &records.referring,
        &records.referred,
        &records.ranked,
        &records.sole_creators,
    ] {
        writer.number(sets.number(set));
    }
    let authorities = records.authorities.iter();
    let authorities: Vec<(u32, u16)> = authorities.map(|(id, party)| (id.0, party.0)).collect();
    writer.value(&authorities);
    write_named(writer, sets, &records.by_area);
    write_named(writer, sets, &records.by_kind);
    let meanings: Vec<MeaningRow> = records
        .meanings
        .iter()
        .map(|(id, filed)| {
            let filed = filed.iter();
            let rows = filed.map(|(record, filer, meaning)| (*record, filer.0, meaning.clone()));
            (id.0, rows.collect())
        })
        .collect();
    writer.value(&meanings);
}

pub(super) fn read(reader: &mut Reader<'_>, sets: &SetReader) -> Result<Rest, SnapshotError> {
    let count = reader.count(8)?;
    check(count <= TYPES_MAX, "the types of ids")?;
    let mut names = Vec::new();
    for _ in 0..count {
        names.push(reader.text()?.into());
    }
    let builtin = reader.value()?;
    let mut classes = Vec::new();
    for _ in 0..reader.count(9)? {
        let row: ClassRow = reader.value()?;
        classes.push((row, sets.next(reader)?.clone()));
    }
    let mut next = || sets.next(reader).cloned();
    Ok(Rest {
        names,
        builtin,
        classes,
        alive: next()?,
        referring: next()?,
        referred: next()?,
        ranked: next()?,
        sole_creators: next()?,
        authorities: reader.value()?,
        by_area: read_named(reader, sets)?,
        by_kind: read_named(reader, sets)?,
        meanings: reader.value()?,
    })
}

fn write_named<'a, N: minicbor::Encode<()>>(
    writer: &mut Writer,
    sets: &mut Sets<'a>,
    named: &'a BTreeMap<N, RoaringBitmap>,
) {
    writer.count(named.len());
    for (name, set) in named {
        writer.value(name);
        writer.number(sets.number(set));
    }
}

fn read_named<N: Ord + for<'b> minicbor::Decode<'b, ()>>(
    reader: &mut Reader<'_>,
    sets: &SetReader,
) -> Result<BTreeMap<N, RoaringBitmap>, SnapshotError> {
    let mut named = BTreeMap::new();
    for _ in 0..reader.count(9)? {
        let name = reader.value()?;
        named.insert(name, sets.next(reader)?.clone());
    }
    Ok(named)
}

impl Rest {
    /// Puts the record table together, in a state that has parties and no records yet.
    pub(super) fn complete(
        self,
        columns: Vec<Cells>,
        state: &mut State,
    ) -> Result<(), SnapshotError> {
        let mut taken = Taken(columns.into_iter());
        let mut ids = IdTable::new(HashKey::of_seed(&state.seed));
        ids.names = self.names;
        ids.index_names();
        let (types, words) = (taken.halves()?, taken.uuids()?);
        let names = ids.names.len();
        let sound = |sound: bool, kind: &u16| sound & (*kind == TEXT || usize::from(*kind) < names);
        check(
            types.len() == words.len() && types.iter().fold(true, sound),
            "the ids",
        )?;
        let id_count = types.len();
        (ids.types, ids.words) = (Column::of(types), Column::of(words));
        ids.index = taken.slots(id_count)?;
        let text = String::from_utf8(taken.bytes()?);
        ids.text = text.map_err(|_| SnapshotError::Unsound("a text"))?;
        ids.builtin = self.builtin.into_iter().map(IdNumber).collect();
        let columns = read_columns(&mut taken, id_count, self.classes.len())?;
        let (records, references) = (columns.ids.len(), columns.references.len());
        let (holders, referrers) = (
            taken.chains(id_count, records)?,
            taken.chains(id_count, references)?,
        );
        let filings = Filings {
            first: Column::of(taken.numbers()?.all),
            at: Column::of(taken.times()?),
        };
        let filed = filings.at.len();
        let statuses = Statuses {
            ids: Column::of(taken.uuids()?),
            entries: Column::of(taken.wholes()?),
            originators: Column::of(taken.halves()?),
            index: taken.slots(filed)?,
        };
        let mut originators = statuses.originators.all().iter();
        let (first, named) = (filings.first.len(), statuses.ids.len());
        check(
            [first, named, statuses.entries.len()] == [filed; 3]
                && originators.len() == filed
                && originators.all(|&party| usize::from(party) < state.parties.len()),
            "the filings",
        )?;
        state.statuses = statuses;
        let authorities = self.authorities.into_iter();
        let authorities: BTreeMap<IdNumber, PartyIndex> = authorities
            .map(|(id, party)| (IdNumber(id), PartyIndex(party)))
            .collect();
        check(
            authorities.iter().all(|(id, party)| {
                (id.0 as usize) < id_count && usize::from(party.0) < state.parties.len()
            }),
            "who speaks for whom",
        )?;
        let meanings = self.meanings.into_iter().map(|(id, filed)| {
            let filed = filed.into_iter();
            let rows = filed.map(|(record, filer, meaning)| (record, PartyIndex(filer), meaning));
            (IdNumber(id), rows.collect())
        });
        state.records = Records {
            ids,
            columns,
            holders,
            referrers,
            filings,
            alive: self.alive,
            referring: self.referring,
            referred: self.referred,
            ranked: self.ranked,
            sole_creators: self.sole_creators,
            authorities,
            by_area: self.by_area,
            by_kind: self.by_kind,
            meanings: meanings.collect(),
            ..Records::default()
        };
        add_classes(state, self.classes, id_count)
    }
}

fn read_columns(taken: &mut Taken, ids: usize, classes: usize) -> Result<Columns, SnapshotError> {
    const WHAT: &str = "the columns of the records";
    let columns = Columns {
        ids: taken.below(ids, WHAT)?,
        classes: taken.below(classes, WHAT)?,
        versions: Column::of(taken.times()?),
        bodies: Column::of(taken.numbers()?.all),
        digests: Column::of(taken.uuids()?),
        references_end: Column::of(taken.numbers()?.all),
        references: {
            let named = taken.ids()?;
            check(named.are_below(ids), WHAT)?;
            Column::of(named.all)
        },
        referring: Column::default(),
        creators: Column::default(),
    };
    let records = columns.ids.len();
    let referring = taken.below(records, WHAT)?;
    let creators = taken.numbers()?;
    check(creators.are_none_or_below(ids), WHAT)?;
    let columns = Columns {
        referring,
        creators: Column::of(creators.all),
        ..columns
    };
    let references = columns.references.len();
    let lengths = [
        columns.classes.len(),
        columns.versions.len(),
        columns.bodies.len(),
        columns.digests.len(),
        columns.references_end.len(),
        columns.creators.len(),
    ];
    let ends = columns.references_end.all();
    check(
        lengths == [records; 6]
            && records < NONE as usize
            && references < NONE as usize
            && columns.referring.len() == Columns::noted(references)
            && ends.is_sorted()
            && ends.last().map_or(0, |end| *end as usize) == references,
        WHAT,
    )?;
    Ok(columns)
}

/// Adds the classes; what their markings mean follows from the rest.
fn add_classes(
    state: &mut State,
    classes: Vec<(ClassRow, RoaringBitmap)>,
    ids: usize,
) -> Result<(), SnapshotError> {
    for ((area, kind, originator, object, granular, fixed), records) in classes {
        check(
            usize::from(originator) < state.parties.len()
                && object
                    .iter()
                    .chain(&granular)
                    .chain(&fixed)
                    .all(|&id| (id as usize) < ids),
            "a class",
        )?;
        let numbers = |ids: Vec<u32>| ids.into_iter().map(IdNumber).collect();
        let key = ClassKey {
            area,
            kind,
            originator: PartyIndex(originator),
            object: numbers(object),
            granular: numbers(granular),
            fixed: numbers(fixed),
        };
        let label = state.label(&key);
        let number = state.records.classes.add(key, label);
        state.records.classes.put_records(number, records);
    }
    Ok(())
}

fn check(sound: bool, what: &'static str) -> Result<(), SnapshotError> {
    match sound {
        true => Ok(()),
        false => Err(SnapshotError::Unsound(what)),
    }
}
