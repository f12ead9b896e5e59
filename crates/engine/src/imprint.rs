//! The index of values: which records hold which value, as rows of the journal's derived index.
//!
//! ```text
//! key    "v", shelf (3 bytes), imprint (8 bytes), place (2 bytes), all big-endian; value empty
//!        "values"; value one byte, the version of these rules
//! ```
//! An imprint is the first 64 bits of SHA-256 over kind and normal form of a value; it leads to
//! records whose bytes then have the last word. A shelf is a run of [`SHELF`] records, a place is that
//! of a record on its shelf: what is filed together lies together, so that filing touches few pages
//! however many records there are, and a search looks at each shelf once.
//!
//! The rows follow from the bodies alone: a record whose bytes were erased has none. An office whose
//! rows follow other rules, or which has none yet, builds them anew when it opens. Who may see what is
//! not known here.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use legation_core::id::{BodyNumber, Digest, RecordNumber};
use legation_core::state::State;
use legation_journal::{Journal, JournalError, Row};
use legation_stix::json::{self, Node};
use legation_stix::value::{Kind, Value, visit};

/// Moves whenever other imprints come of the same bytes.
const VERSION: u8 = 1;

/// Under which key the version stands.
const VERSION_KEY: &[u8] = b"values";

/// What the keys of imprints begin with. No shelf begins with a letter, so no other key does.
const PREFIX: u8 = b'v';

/// So many records are a shelf: some tens of thousands of rows, two megabytes of pages, which is what
/// a large filing rewrites at most; and sixty shelves are a million records.
const SHELF: u32 = 1 << 14;

/// The length of a key.
pub(crate) const KEY: usize = 14;

/// What is left of a value in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Imprint([u8; 8]);

impl Imprint {
    fn of(kind: Kind, text: &str, scratch: &mut Vec<u8>) -> Self {
        scratch.clear();
        scratch.extend_from_slice(kind.as_str().as_bytes());
        scratch.push(0);
        scratch.extend_from_slice(text.as_bytes());
        let digest = Digest::of(scratch);
        Self(digest.as_bytes().first_chunk().copied().unwrap_or_default())
    }

    /// The number of one of that many bins, all alike.
    pub(crate) fn bin(self, bins: usize) -> usize {
        (u64::from_be_bytes(self.0) % bins as u64) as usize
    }

    /// The imprint of a value.
    pub(crate) fn of_value(value: &Value) -> Self {
        Self::of(value.kind(), value.text(), &mut Vec::new())
    }
}

/// The imprints of an object, in order, each once.
pub(crate) fn imprints(object: &Node<'_>) -> Box<[Imprint]> {
    let mut found = Vec::new();
    let mut scratch = Vec::new();
    visit(object, &mut |value| {
        found.push(Imprint::of(value.kind, value.text, &mut scratch));
    });
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// The keys of the rows of a record.
pub(crate) fn keys(
    record: RecordNumber,
    imprints: &[Imprint],
) -> impl Iterator<Item = [u8; KEY]> + '_ {
    imprints.iter().map(move |imprint| {
        let mut key = [0; KEY];
        let (head, place) = key.split_at_mut(KEY - 2);
        head.copy_from_slice(&prefix(record.0 / SHELF, imprint));
        place.copy_from_slice(&((record.0 % SHELF) as u16).to_be_bytes());
        key
    })
}

/// The rows of a record.
pub(crate) fn rows(record: RecordNumber, imprints: &[Imprint]) -> impl Iterator<Item = Row> + '_ {
    keys(record, imprints).map(|key| Row {
        key: key.to_vec(),
        value: Vec::new(),
    })
}

/// The row that says by which rules the others were made.
pub(crate) fn version_row() -> Row {
    Row {
        key: VERSION_KEY.to_vec(),
        value: vec![VERSION],
    }
}

/// Whether the rows of a journal were made by these rules.
pub(crate) fn is_current(journal: &dyn Journal) -> Result<bool, JournalError> {
    Ok(journal.row(VERSION_KEY)?.as_deref() == Some(&[VERSION]))
}

/// Whether a row belongs to this index.
pub(crate) fn is_own(key: &[u8]) -> bool {
    key.first() == Some(&PREFIX)
}

fn prefix(shelf: u32, imprint: &Imprint) -> [u8; KEY - 2] {
    let mut key = [0; KEY - 2];
    let (head, rest) = key.split_at_mut(4);
    head.copy_from_slice(&on_shelf(shelf));
    rest.copy_from_slice(&imprint.0);
    key
}

fn on_shelf(shelf: u32) -> [u8; 4] {
    // A shelf is at most 2^18, so the first byte is free.
    let mut key = shelf.to_be_bytes();
    if let Some(first) = key.first_mut() {
        *first = PREFIX;
    }
    key
}

fn record_of(shelf: u32, key: &[u8]) -> Option<RecordNumber> {
    let place = key.last_chunk::<2>().filter(|_| key.len() == KEY)?;
    Some(RecordNumber(
        shelf * SHELF + u32::from(u16::from_be_bytes(*place)),
    ))
}

/// Shows the records that may hold a value, in filing order, until `visit` breaks: as many as there
/// were records when the office held `count` of them.
pub(crate) fn holders(
    journal: &dyn Journal,
    count: u32,
    imprint: Imprint,
    visit: &mut dyn FnMut(RecordNumber) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    for shelf in 0..count.div_ceil(SHELF) {
        let mut flow = ControlFlow::Continue(());
        journal.rows(&prefix(shelf, &imprint), &mut |key, _| {
            if let Some(record) = record_of(shelf, key) {
                flow = visit(record);
            }
            flow
        })?;
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// Shows every row, shelf by shelf, until `visit` breaks, of an office of that many records.
pub(crate) fn every(
    journal: &dyn Journal,
    count: u32,
    visit: &mut dyn FnMut(Imprint, RecordNumber) -> ControlFlow<()>,
) -> Result<(), JournalError> {
    for shelf in 0..count.div_ceil(SHELF) {
        let mut flow = ControlFlow::Continue(());
        journal.rows(&on_shelf(shelf), &mut |key, _| {
            let imprint = key.get(4..).and_then(|rest| rest.first_chunk());
            if let Some((imprint, record)) = imprint.zip(record_of(shelf, key)) {
                flow = visit(Imprint(*imprint), record);
            }
            flow
        })?;
        if flow.is_break() {
            break;
        }
    }
    Ok(())
}

/// The keys of all rows of those records: what has to go when their bytes do.
pub(crate) fn keys_of(
    journal: &dyn Journal,
    records: impl Iterator<Item = RecordNumber>,
) -> Result<Vec<Vec<u8>>, JournalError> {
    let mut shelves: BTreeMap<u32, BTreeSet<RecordNumber>> = BTreeMap::new();
    for record in records {
        shelves.entry(record.0 / SHELF).or_default().insert(record);
    }
    let mut found = Vec::new();
    for (shelf, records) in shelves {
        journal.rows(&on_shelf(shelf), &mut |key, _| {
            if record_of(shelf, key).is_some_and(|record| records.contains(&record)) {
                found.push(key.to_vec());
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(found)
}

/// Builds the rows anew if they were not made by these rules, as in an office that comes from a
/// release without them; says whether there are rows to search then. Without room on the disk there
/// are none, and the office does without.
pub(crate) fn prepare(journal: &dyn Journal, state: &State) -> Result<bool, JournalError> {
    if is_current(journal)? {
        return Ok(true);
    }
    let mut others = Vec::new();
    journal.rows(&[], &mut |key, value| {
        if !is_own(key) {
            others.push(Row {
                key: key.to_vec(),
                value: value.to_vec(),
            });
        }
        ControlFlow::Continue(())
    })?;
    let failure = RefCell::new(None);
    let shelves = 0..state.record_count().div_ceil(SHELF);
    let own = shelves.flat_map(|shelf| {
        shelf_rows(journal, state, shelf).unwrap_or_else(|error| {
            failure.replace(Some(error));
            Vec::new()
        })
    });
    // What is not whole is not called so, and is built at the next start.
    let version = std::iter::once_with(|| failure.borrow().is_none().then(version_row));
    let mut rows = others.into_iter().chain(own).chain(version.flatten());
    match journal.rebuild_rows(&mut rows) {
        Err(JournalError::DiskFull | JournalError::DiskReadOnly | JournalError::TooLarge) => {
            return Ok(false);
        }
        rebuilt => rebuilt?,
    }
    drop(rows);
    failure.into_inner().map_or(Ok(true), Err)
}

/// The rows of a shelf, in the order of their keys.
fn shelf_rows(journal: &dyn Journal, state: &State, shelf: u32) -> Result<Vec<Row>, JournalError> {
    let end = (shelf + 1).saturating_mul(SHELF).min(state.record_count());
    let placed: Vec<(RecordNumber, BodyNumber)> = (shelf * SHELF..end)
        .map(RecordNumber)
        .filter_map(|record| Some((record, state.record_body(record)?)))
        .collect();
    let numbers: Vec<BodyNumber> = placed.iter().map(|(_, body)| *body).collect();
    let mut found: Vec<Row> = Vec::new();
    journal.bodies(&numbers, &mut |at, body| {
        if let Some((body, (record, _))) = body.zip(placed.get(at)) {
            found.extend(rows(*record, &imprints_of(body)));
        }
    })?;
    found.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok(found)
}

/// The imprints of an object's bytes; what is no JSON has none.
pub(crate) fn imprints_of(bytes: &[u8]) -> Box<[Imprint]> {
    json::parse(bytes).map_or_else(|_| Box::default(), |node| imprints(&node))
}
