//! The body of a snapshot: all that is not a column.
//!
//! ```text
//! sets    where the sets begin
//! clock   up to when dates were taken into account
//! state   `office`: parties, accounts, agreements, grounds of receipts; `record`: the rest of the
//!         record table
//! views   `view`: verdicts, sights, tracks, parties
//! sets    `set`: every distinct set of record numbers once
//! ```

use crate::snapshot::bytes::{Reader, Writer};
use crate::snapshot::column::Cells;
use crate::snapshot::office::Shelving;
use crate::snapshot::record::Rest;
use crate::snapshot::set::{SetReader, Sets};
use crate::snapshot::{SnapshotError, office, record, view};
use crate::state::book::Book;
use crate::state::{State, recall};
use crate::time::Instant;
use crate::view::{Fold, Views};

/// A body that was read: a fold that lacks its columns.
#[derive(Debug)]
pub(super) struct Body {
    clock: Instant,
    state: State,
    shelving: Shelving,
    recalls: Vec<recall::Row>,
    records: Rest,
    views: Views,
}

pub(super) fn write(state: &State, views: &Views, clock: Instant) -> Vec<u8> {
    let mut writer = Writer::default();
    let mut sets = Sets::default();
    writer.number(0);
    writer.number(clock.micros() as u64);
    office::write(&mut writer, state);
    record::write(&mut writer, &mut sets, state);
    view::write(&mut writer, &mut sets, views);
    let start = writer.bytes.len() as u64;
    if let Some(slot) = writer.bytes.get_mut(..8) {
        slot.copy_from_slice(&start.to_le_bytes());
    }
    sets.write(&mut writer);
    writer.bytes
}

impl Body {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(bytes);
        let start = usize::try_from(reader.number()?).map_err(|_| SnapshotError::Short)?;
        let (body, tail) = bytes.split_at_checked(start).ok_or(SnapshotError::Short)?;
        let sets = SetReader::read(tail)?;
        let mut reader = Reader::new(body);
        reader.take(8)?;
        let clock = Instant::from_micros(reader.number()? as i64);
        let (state, shelving, recalls) = office::read(&mut reader)?;
        let records = record::read(&mut reader, &sets)?;
        let views = view::read(&mut reader, &sets, &state)?;
        if !reader.is_done() {
            return Err(SnapshotError::Unsound("its length"));
        }
        Ok(Self {
            clock,
            state,
            shelving,
            recalls,
            records,
            views,
        })
    }

    /// The fold, with those columns and books of receipts.
    pub(super) fn complete(
        mut self,
        columns: Vec<Cells>,
        books: Vec<Book>,
    ) -> Result<Fold, SnapshotError> {
        self.records.complete(columns, &mut self.state)?;
        self.shelving.fill(books, &mut self.state.ledger)?;
        // What they name is known only now.
        if !self.state.put_recalls(self.recalls) {
            return Err(SnapshotError::Unsound("a recall"));
        }
        Ok(Fold::of_parts(self.state, self.views, self.clock))
    }
}
