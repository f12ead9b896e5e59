//! The journal read out, entry by entry, for whoever wants to keep or read it elsewhere.
//!
//! Nothing is judged here: an export holds everything and is for the office itself. How it is
//! written down is the caller's business.

use std::ops::ControlFlow;
use std::path::Path;

use legation_core::act::{Act, Entry};
use legation_core::id::{BodyNumber, EntryNumber, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_journal::{Journal, LmdbJournal};

use crate::audit::leaf;
use crate::error::EngineError;

/// One entry of the journal as it is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The entry.
    pub entry: Entry,
    /// Its hash in the tree (RFC 6962 section 2.1), base64.
    pub leaf: String,
    /// The entry as the journal holds it.
    pub frame: Vec<u8>,
    /// What its commitment covers beside the frame.
    pub nonce: [u8; 32],
    /// The records that a withdrawal or an erasure names by number: id and version.
    pub records: Vec<(String, Option<Instant>)>,
    /// The bytes of the records that a filing brought, in their order; none where they were erased.
    /// Empty unless bodies were asked for.
    pub bodies: Vec<Option<Vec<u8>>>,
}

/// Entries read in one transaction: a reader that stays for long keeps the journal from using
/// freed pages again.
const ENTRIES_AT_ONCE: usize = 1024;

/// Shows the entries of the office in `dir`, running or not, from position `from` to the head as it
/// is now, until `visit` breaks. `progress` is told how many entries are done and how many there
/// are. Returns how many were shown.
///
/// # Errors
/// When there is no journal, or it cannot be read or folded.
pub fn export(
    dir: &Path,
    from: EntryNumber,
    bodies: bool,
    visit: &mut dyn FnMut(Exported) -> ControlFlow<()>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, EngineError> {
    let journal = LmdbJournal::open_read_only(&dir.join("journal"))?;
    let end = journal.head()?.entries;
    let mut names = Names::default();
    let (mut next, mut shown) = (EntryNumber(0), 0);
    while next < end {
        let mut sealed = Vec::with_capacity(ENTRIES_AT_ONCE);
        journal.read(next, &mut |number, frame, nonce| {
            sealed.push((frame.to_vec(), *nonce));
            match sealed.len() < ENTRIES_AT_ONCE && number.0 + 1 < end.0 {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        if sealed.is_empty() {
            break;
        }
        for (frame, nonce) in sealed {
            let entry = Entry::decode(&frame)
                .map_err(|error| EngineError::internal(error.code(), error))?;
            let filed = names.take(&entry)?;
            let number = entry.number;
            next = EntryNumber(number.0 + 1);
            if number < from {
                continue;
            }
            let exported = Exported {
                leaf: leaf(&nonce, &frame).to_string(),
                records: names.of(&entry.act),
                bodies: match bodies {
                    true => load(&journal, &filed)?,
                    false => Vec::new(),
                },
                entry,
                frame,
                nonce,
            };
            shown += 1;
            if visit(exported).is_break() {
                return Ok(shown);
            }
        }
        progress(next.0, end.0);
    }
    Ok(shown)
}

/// What numbers of records and bodies stand for: the fold up to the entry at hand.
#[derive(Default)]
struct Names {
    fold: Option<Fold>,
}

impl Names {
    /// Takes an entry in; the bodies of the records that it filed, in their order.
    fn take(&mut self, entry: &Entry) -> Result<Vec<Option<BodyNumber>>, EngineError> {
        match &mut self.fold {
            None => self.fold = Some(Fold::open(entry)?),
            Some(fold) => fold.apply(entry)?,
        }
        let (Some(fold), Act::File(file)) = (&self.fold, &entry.act) else {
            return Ok(Vec::new());
        };
        let state = fold.state();
        let count = state.record_count();
        let filed = u32::try_from(file.records.len()).unwrap_or(count);
        let numbers = (count.saturating_sub(filed)..count).map(RecordNumber);
        Ok(numbers.map(|record| state.record_body(record)).collect())
    }

    /// Ids and versions of the records that an act names by number.
    fn of(&self, act: &Act) -> Vec<(String, Option<Instant>)> {
        let records: &[RecordNumber] = match act {
            Act::Withdraw(act) => &act.records,
            Act::Erase(act) => &act.records,
            Act::Recall(act) => &act.records,
            _ => &[],
        };
        let Some(fold) = &self.fold else {
            return Vec::new();
        };
        let state = fold.state();
        let named = records.iter().map(|&record| {
            let id = state.record_id(record).to_string();
            (id, state.record_version(record))
        });
        named.collect()
    }
}

fn load(
    journal: &LmdbJournal,
    filed: &[Option<BodyNumber>],
) -> Result<Vec<Option<Vec<u8>>>, EngineError> {
    let numbers: Vec<BodyNumber> = filed.iter().copied().flatten().collect();
    let mut loaded = Vec::with_capacity(numbers.len());
    journal.bodies(&numbers, &mut |_, bytes| {
        loaded.push(bytes.map(<[u8]>::to_vec));
    })?;
    let mut loaded = loaded.into_iter();
    let bodies = filed
        .iter()
        .map(|number| number.and_then(|_| loaded.next().flatten()));
    Ok(bodies.collect())
}
