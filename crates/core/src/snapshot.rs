//! The fold as bytes, so that an office starts by copying arrays and not by folding its journal.
//!
//! A snapshot is a copy of what the entries give, never a source: whoever doubts it folds the
//! journal from nothing and saves that, which gives the same bytes. Which journal it belongs to and
//! whether its bytes are whole is for whoever keeps it to check; it is read as if anybody had
//! written it, and what does not fit together is refused.
//!
//! ```text
//! layout  16 bytes: of which build it is; another build refuses it
//! sets    where the sets begin
//! clock   up to when dates were taken into account
//! state   `office`: parties, accounts, agreements, receipts; `record`: the record table
//! views   `view`: verdicts, sights, tracks, parties
//! sets    `set`: every distinct set of record numbers once
//! ```
//! Numbers, columns and values are drawn in `bytes`. Labels, boundaries and hash indexes over few
//! things are worked out again and not kept.

mod bytes;
mod error;
mod office;
mod record;
mod set;
mod view;

pub use error::SnapshotError;

use crate::snapshot::bytes::{Reader, Writer};
use crate::snapshot::set::{SetReader, Sets};
use crate::time::Instant;
use crate::view::Fold;

/// Of which build a snapshot is: a digest of every source of this crate. Whatever changes here may
/// change what the same entries come to, and then a snapshot of before must not be believed.
const LAYOUT: &str = env!("LEGATION_CORE_LAYOUT");

/// How many bytes the layout takes.
const LAYOUT_SIZE: usize = 16;

/// Of which build the snapshots are that this one writes and reads.
pub fn layout() -> &'static str {
    LAYOUT
}

fn mark() -> [u8; LAYOUT_SIZE] {
    let mut layout = [0; LAYOUT_SIZE];
    layout
        .iter_mut()
        .zip(LAYOUT.bytes())
        .for_each(|(to, from)| *to = from);
    layout
}

impl Fold {
    /// The fold as bytes. Folds of the same entries up to the same instant give the same bytes.
    pub fn save(&self) -> Vec<u8> {
        let (state, views, clock) = self.parts();
        let mut writer = Writer::default();
        let mut sets = Sets::default();
        writer.bytes.reserve(record::size(state) + 65_536);
        writer.bytes.extend_from_slice(&mark());
        let place = writer.bytes.len();
        writer.number(0);
        writer.number(clock.micros() as u64);
        office::write(&mut writer, state);
        record::write(&mut writer, &mut sets, state);
        view::write(&mut writer, &mut sets, views);
        let start = writer.bytes.len() as u64;
        if let Some(slot) = writer.bytes.get_mut(place..place + 8) {
            slot.copy_from_slice(&start.to_le_bytes());
        }
        sets.write(&mut writer);
        writer.bytes
    }

    /// The fold that was saved as these bytes.
    ///
    /// # Errors
    /// When another build saved it, or the bytes do not fit together. What they say is not
    /// compared with any journal.
    pub fn load(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut reader = Reader::new(bytes);
        if reader.take(LAYOUT_SIZE)? != mark() {
            return Err(SnapshotError::OtherBuild);
        }
        let start = usize::try_from(reader.number()?).map_err(|_| SnapshotError::Short)?;
        let (body, tail) = bytes.split_at_checked(start).ok_or(SnapshotError::Short)?;
        let sets = SetReader::read(tail)?;
        let mut reader = Reader::new(body);
        reader.take(LAYOUT_SIZE + 8)?;
        let clock = Instant::from_micros(reader.number()? as i64);
        let mut state = office::read(&mut reader)?;
        record::read(&mut reader, &sets, &mut state)?;
        let views = view::read(&mut reader, &sets, &state)?;
        if !reader.is_done() {
            return Err(SnapshotError::Unsound("its length"));
        }
        Ok(Self::of_parts(state, views, clock))
    }
}
