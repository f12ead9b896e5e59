//! The fold as bytes, so that an office starts by copying arrays and not by folding its journal.
//!
//! A snapshot is a copy of what the entries give, never a source: whoever doubts it folds the
//! journal from nothing and saves that, which gives the same bytes. Which journal it belongs to and
//! whether its bytes are whole is for whoever keeps it to check; it is read as if anybody had
//! written it, and what does not fit together is refused.
//!
//! ```text
//! layout   16 bytes: of which build it is; another build refuses it
//! parts    how many there are, then how many bytes each takes
//! body     `body`: all that is small
//! columns  `record`: those of the record table
//! books    `office`: the receipts, by area and party
//! ```
//! Body, columns and books are parts, each of which can be read by itself; see `part`. Numbers,
//! columns and values are drawn in `bytes`. Labels, boundaries and hash indexes over few
//! things are worked out again and not kept.

mod body;
mod bytes;
mod column;
mod error;
mod office;
mod part;
mod record;
mod set;
mod view;

pub use error::SnapshotError;
pub use part::{Part, Piece, Plan, Source};

use crate::snapshot::bytes::{Stored, Writer};
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
        let body = body::write(state, views, clock);
        let columns = record::columns(state);
        debug_assert_eq!(columns.map(Stored::width), record::WIDTHS);
        let books = || state.ledger.books.values().flatten();
        let mut lengths = vec![body.len() as u64];
        lengths.extend(columns.iter().map(|column| column.size() as u64));
        lengths.extend(books().map(|book| office::book_size(book) as u64));
        let mut bytes = Plan::write(&lengths);
        // Whatever it comes to is in memory already.
        bytes.reserve_exact(lengths.iter().sum::<u64>() as usize);
        bytes.extend_from_slice(&body);
        let mut writer = Writer { bytes };
        columns.iter().for_each(|column| column.write(&mut writer));
        books().for_each(|book| office::write_book(&mut writer, book));
        writer.bytes
    }

    /// The fold that was saved as these bytes.
    ///
    /// # Errors
    /// When another build saved it, or the bytes do not fit together. What they say is not
    /// compared with any journal.
    pub fn load(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let plan = Plan::read(bytes.len() as u64, &mut &*bytes)?;
        let pieces = plan.parts().into_iter().map(|part| {
            let range = part.range();
            let range = range.start as usize..range.end as usize;
            part.read(&mut bytes.get(range).ok_or(SnapshotError::Short)?)
        });
        Self::of_pieces(pieces.collect::<Result<Vec<_>, _>>()?)
    }
}
