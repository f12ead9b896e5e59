//! The record table in a snapshot: its columns copied as they are, its sets by number.
//!
//! Everything that points somewhere is checked to point to something; chains and hash indexes are
//! such that a wrong one finds too little and never hangs.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::id::{AreaName, Kind, RecordNumber};
use crate::record::Meaning;
use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};
use crate::snapshot::set::{SetReader, Sets};
use crate::state::chain::{Chains, NONE};
use crate::state::class::ClassKey;
use crate::state::id_table::{IdNumber, IdTable, TEXT, TYPES_MAX};
use crate::state::keyed_hash::HashKey;
use crate::state::record_table::{Columns, Filings, Records};
use crate::state::slots::Slots;
use crate::state::status::Statuses;
use crate::state::{PartyIndex, State};

/// What a class is known by, as it is written.
type ClassRow = (AreaName, Kind, u16, Vec<u32>, Vec<u32>);

/// Marking definitions of one id, as they are written.
type MeaningRow = (u32, Vec<(RecordNumber, u16, Meaning)>);

/// About how many bytes the columns take.
pub(super) fn size(state: &State) -> usize {
    let records = &state.records;
    let index = records.ids.index.arrays().1.len() * 5;
    records.columns.ids.len() * 48
        + records.ids.len() * 26
        + records.columns.references.len() * 12
        + index
}

pub(super) fn write<'a>(writer: &mut Writer, sets: &mut Sets<'a>, state: &'a State) {
    let records = &state.records;
    write_ids(writer, &records.ids);
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
        );
        writer.value(&row);
        writer.number(sets.number(&class.records));
    }
    let columns = &records.columns;
    writer.column(&columns.ids);
    writer.column(&columns.classes);
    writer.column(&columns.versions);
    writer.column(&columns.bodies);
    writer.column(&columns.digests);
    writer.column(&columns.references_end);
    writer.column(&columns.references);
    writer.column(&columns.referring);
    for chains in [&records.holders, &records.referrers] {
        writer.column(&chains.tails);
        writer.column(&chains.next);
    }
    writer.column(&records.filings.first);
    writer.column(&records.filings.at);
    let statuses = &state.statuses;
    writer.column(&statuses.ids);
    writer.column(&statuses.entries);
    writer.column(&statuses.originators);
    write_slots(writer, &statuses.index);
    for set in [
        &records.alive,
        &records.referring,
        &records.referred,
        &records.siblings,
    ] {
        writer.number(sets.number(set));
    }
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

fn write_ids(writer: &mut Writer, ids: &IdTable) {
    writer.count(ids.names.len());
    for name in &ids.names {
        writer.blob(name.as_bytes());
    }
    writer.column(&ids.types);
    writer.column(&ids.words);
    write_slots(writer, &ids.index);
    writer.blob(ids.text.as_bytes());
    let builtin: Vec<u32> = ids.builtin.iter().map(|id| id.0).collect();
    writer.value(&builtin);
}

fn write_slots(writer: &mut Writer, slots: &Slots) {
    let (tags, numbers) = slots.arrays();
    writer.column(tags);
    writer.column(numbers);
}

fn read_slots(reader: &mut Reader<'_>, bound: usize) -> Result<Slots, SnapshotError> {
    let (tags, numbers) = (reader.column()?, reader.column()?);
    Slots::of(tags, numbers, bound).ok_or(SnapshotError::Unsound("a hash index"))
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

/// Reads the record table into a state that has parties and no records yet.
pub(super) fn read(
    reader: &mut Reader<'_>,
    sets: &SetReader,
    state: &mut State,
) -> Result<(), SnapshotError> {
    let ids = read_ids(reader, HashKey::of_seed(&state.seed))?;
    let id_count = ids.len();
    let mut classes = Vec::new();
    for _ in 0..reader.count(9)? {
        let row: ClassRow = reader.value()?;
        classes.push((row, sets.next(reader)?.clone()));
    }
    let columns = Columns {
        ids: reader.column()?,
        classes: reader.column()?,
        versions: reader.column()?,
        bodies: reader.column()?,
        digests: reader.column()?,
        references_end: reader.column()?,
        references: reader.column()?,
        referring: reader.column()?,
    };
    check_columns(&columns, id_count, classes.len())?;
    let (records, references) = (columns.ids.len(), columns.references.len());
    let holders = read_chains(reader, id_count, records)?;
    let referrers = read_chains(reader, id_count, references)?;
    let filings = Filings {
        first: reader.column()?,
        at: reader.column()?,
    };
    let statuses = Statuses {
        ids: reader.column()?,
        entries: reader.column()?,
        originators: reader.column()?,
        index: read_slots(reader, filings.at.len())?,
    };
    let filed = filings.at.len();
    check(
        [
            filings.first.len(),
            statuses.ids.len(),
            statuses.entries.len(),
        ] == [filed; 3]
            && statuses.originators.len() == filed
            && statuses
                .originators
                .all()
                .iter()
                .all(|&party| usize::from(party) < state.parties.len()),
        "the filings",
    )?;
    let mut next = || sets.next(reader).cloned();
    let (alive, referring, referred, siblings) = (next()?, next()?, next()?, next()?);
    let by_area = read_named(reader, sets)?;
    let by_kind = read_named(reader, sets)?;
    let meanings: Vec<MeaningRow> = reader.value()?;
    state.statuses = statuses;
    state.records = Records {
        ids,
        columns,
        holders,
        referrers,
        filings,
        alive,
        referring,
        referred,
        siblings,
        by_area,
        by_kind,
        meanings: meanings
            .into_iter()
            .map(|(id, filed)| {
                let filed = filed.into_iter();
                let rows =
                    filed.map(|(record, filer, meaning)| (record, PartyIndex(filer), meaning));
                (IdNumber(id), rows.collect())
            })
            .collect(),
        ..Records::default()
    };
    read_classes(state, classes, id_count)
}

/// Adds the classes; what their markings mean follows from the rest.
fn read_classes(
    state: &mut State,
    classes: Vec<(ClassRow, RoaringBitmap)>,
    ids: usize,
) -> Result<(), SnapshotError> {
    for ((area, kind, originator, object, granular), records) in classes {
        check(
            usize::from(originator) < state.parties.len()
                && object
                    .iter()
                    .chain(&granular)
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
        };
        let label = state.label(&key);
        let number = state.records.classes.add(key, label);
        state.records.classes.put_records(number, records);
    }
    Ok(())
}

fn read_ids(reader: &mut Reader<'_>, key: HashKey) -> Result<IdTable, SnapshotError> {
    let mut ids = IdTable::new(key);
    let names = reader.count(8)?;
    check(names <= TYPES_MAX, "the types of ids")?;
    for _ in 0..names {
        ids.names.push(reader.text()?.into());
    }
    ids.index_names();
    ids.types = reader.column()?;
    ids.words = reader.column()?;
    let sound = |kind: &u16| *kind == TEXT || usize::from(*kind) < names;
    check(
        ids.types.len() == ids.words.len() && ids.types.all().iter().all(sound),
        "the ids",
    )?;
    ids.index = read_slots(reader, ids.len())?;
    ids.text = reader.text()?.to_owned();
    let builtin: Vec<u32> = reader.value()?;
    ids.builtin = builtin.into_iter().map(IdNumber).collect();
    Ok(ids)
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

fn check_columns(columns: &Columns, ids: usize, classes: usize) -> Result<(), SnapshotError> {
    let records = columns.ids.len();
    let references = columns.references.len();
    let lengths = [
        columns.classes.len(),
        columns.versions.len(),
        columns.bodies.len(),
        columns.digests.len(),
        columns.references_end.len(),
    ];
    let ends = columns.references_end.all();
    check(
        lengths == [records; 5]
            && records < NONE as usize
            && references < NONE as usize
            && columns.referring.len() == references
            && ends.is_sorted()
            && ends.last().map_or(0, |end| *end as usize) == references
            && below(columns.ids.all(), ids)
            && below(columns.classes.all(), classes)
            && below(columns.referring.all(), records)
            && columns
                .references
                .all()
                .iter()
                .all(|id| (id.0 as usize) < ids),
        "the columns of the records",
    )
}

fn read_chains(reader: &mut Reader<'_>, ids: usize, items: usize) -> Result<Chains, SnapshotError> {
    let chains = Chains {
        tails: reader.column()?,
        next: reader.column()?,
    };
    let mut tails = chains.tails.all().iter();
    check(
        chains.tails.len() <= ids
            && chains.next.len() == items
            && below(chains.next.all(), items)
            && tails.all(|&tail| tail == NONE || (tail as usize) < items),
        "a chain",
    )?;
    Ok(chains)
}

fn below(numbers: &[u32], bound: usize) -> bool {
    // The largest is found eight at a time; stopping at the first would not be.
    let largest = numbers
        .iter()
        .fold(0, |largest, &number| number.max(largest));
    numbers.is_empty() || (largest as usize) < bound
}

fn check(sound: bool, what: &'static str) -> Result<(), SnapshotError> {
    match sound {
        true => Ok(()),
        false => Err(SnapshotError::Unsound(what)),
    }
}
