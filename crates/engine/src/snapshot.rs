//! The snapshot beside the journal: an office starts from it and folds only what came after.
//!
//! It is derived: whoever deletes `DIR/snapshot` loses some seconds at the next start. One that is
//! damaged, of another build or of another journal is left aside, and the journal is folded from
//! its beginning. The file is drawn in [`legation_journal::snapshot`], what it holds in
//! [`legation_core::snapshot`].

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread;

use legation_core::act::{Act, Entry};
use legation_core::entry::commitment;
use legation_core::id::{Digest, EntryNumber};
use legation_core::snapshot::{Piece, Plan, Source, layout};
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_journal::Journal;
use legation_journal::snapshot::{Absent, PartReader, PartSum, Stamp, Unproved, load, save};

use crate::error::EngineError;
use crate::office::{Office, broken};

/// So many records since the last snapshot make a new one due: folding them takes some tenths of a
/// second.
const RECORDS: u64 = 50_000;

/// So many entries since the last snapshot make a new one due, likewise.
const ENTRIES: u64 = 20_000;

/// No new one is due before the office has grown by one part in so many: a snapshot costs what the
/// office holds.
const GROWTH: u64 = 10;

/// Where the snapshot of the office in `dir` lies.
pub(crate) fn snapshot_file(dir: &Path) -> PathBuf {
    dir.join("snapshot")
}

/// Whether a file of the office can be made again from the journal.
pub(crate) fn is_derived(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    matches!(name, Some("snapshot" | "snapshot-new"))
}

/// A journal folded up to its end.
pub(crate) struct Folded {
    pub(crate) fold: Fold,
    /// The commitment to the last entry.
    pub(crate) link: Digest,
    /// The instant from which the next entry may be.
    pub(crate) earliest: Instant,
    /// What the snapshot holds that it was begun from; nothing without one.
    pub(crate) kept: Kept,
}

/// How much a snapshot holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Kept {
    entries: u64,
    records: u64,
}

impl Kept {
    fn of(fold: &Fold) -> Self {
        Self {
            entries: fold.state().next().0,
            records: u64::from(fold.state().record_count()),
        }
    }

    /// Whether so much has come since that a new snapshot is due.
    fn is_outgrown(self, now: Self) -> bool {
        let grown =
            |now: u64, kept: u64, least: u64| now.saturating_sub(kept) >= least.max(kept / GROWTH);
        grown(now.records, self.records, RECORDS) || grown(now.entries, self.entries, ENTRIES)
    }
}

/// Folds a journal: from the snapshot at that place if it can be used, or else from nothing.
///
/// A snapshot that took dates into account which are yet to come now is not used: the clock stood
/// wrong when it was written, and nobody may be shown what is not in force.
pub(crate) fn fold(
    journal: &dyn Journal,
    place: Option<&Path>,
    now: Instant,
) -> Result<Folded, EngineError> {
    let opened = place.and_then(|place| Unproved::open(place, layout()).ok());
    let begun = match opened {
        Some(opened) => begin(journal, opened)?,
        None => None,
    };
    let begun = begun.filter(|begun| begun.fold.clock() <= now.max(begun.earliest));
    fold_from(journal, begun)
}

/// What the snapshot beside a journal says, and of how many entries; nothing if it would not be
/// used.
pub(crate) fn kept_snapshot(
    dir: &Path,
    journal: &dyn Journal,
) -> Result<Option<(EntryNumber, Vec<u8>)>, EngineError> {
    match load(&snapshot_file(dir), layout(), journal) {
        Ok((stamp, bytes)) => Ok(Some((stamp.entries, bytes))),
        Err(Absent::Unreadable(error)) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// The fold that a snapshot holds, if it can be used.
fn begin(journal: &dyn Journal, opened: Unproved) -> Result<Option<Folded>, EngineError> {
    let Some((pieces, sums)) = read_pieces(&opened) else {
        return Ok(None);
    };
    // Nothing that was read counts before it is proved.
    let stamp = match opened.prove(sums, journal) {
        Ok(stamp) => stamp,
        Err(Absent::Unreadable(error)) => return Err(error.into()),
        Err(_) => return Ok(None),
    };
    let Some(last) = stamp.entries.0.checked_sub(1).map(EntryNumber) else {
        return Ok(None);
    };
    let Ok(fold) = Fold::of_pieces(pieces) else {
        return Ok(None);
    };
    if fold.state().next() != stamp.entries {
        return Ok(None);
    }
    let mut found = None;
    journal.read(last, &mut |number, frame, nonce| {
        if number == last {
            found = Some((Entry::decode(frame), commitment(nonce, frame)));
        }
        ControlFlow::Break(())
    })?;
    let Some((entry, link)) = found else {
        return Ok(None);
    };
    let entry = entry.map_err(|error| EngineError::internal(error.code(), error))?;
    Ok(Some(Folded {
        kept: Kept::of(&fold),
        fold,
        link,
        earliest: after(&entry),
    }))
}

/// So many processors at most read a snapshot at once: what they wait for is the memory.
const READERS_MAX: usize = 8;

/// What there is in a snapshot, read on every processor at once, with the checksums of all parts;
/// nothing if something in it cannot be read.
fn read_pieces(opened: &Unproved) -> Option<(Vec<Piece>, Vec<PartSum>)> {
    let mut head = opened.part(0..opened.len());
    let plan = Plan::read(opened.len(), &mut Bytes(&mut head)).ok()?;
    let parts = Mutex::new(plan.parts().into_iter());
    let next = || parts.lock().ok()?.next();
    let read_on = || {
        let mut read = Vec::new();
        while let Some(part) = next() {
            let mut bytes = opened.part(part.range());
            let piece = part.read(&mut Bytes(&mut bytes)).ok()?;
            read.push((piece, bytes.sum()));
        }
        Some(read)
    };
    let readers = thread::available_parallelism().map_or(1, NonZero::get);
    let read: Option<Vec<_>> = thread::scope(|scope| {
        let others: Vec<_> = (1..readers.min(READERS_MAX))
            .map_while(|_| thread::Builder::new().spawn_scoped(scope, read_on).ok())
            .collect();
        let own = read_on();
        let others = others.into_iter().map(|other| other.join().ok().flatten());
        std::iter::once(own).chain(others).collect()
    });
    let (pieces, mut sums): (Vec<_>, Vec<_>) = read?.into_iter().flatten().unzip();
    sums.push(head.sum());
    Some((pieces, sums))
}

/// A part of the file as the core reads it. Why it could not be read, nobody asks: the journal is
/// folded then.
struct Bytes<'a, 'f>(&'a mut PartReader<'f>);

impl Source for Bytes<'_, '_> {
    fn fill(&mut self, to: &mut [u8]) -> bool {
        self.0.fill(to).is_ok()
    }
}

/// The instant from which the entry after this one may be: each record of a filing takes a
/// microsecond of its own in the views.
pub(crate) fn after(entry: &Entry) -> Instant {
    let takes = match &entry.act {
        Act::File(file) => file.records.len().max(1) as i64,
        _ => 1,
    };
    entry.at.plus_micros(takes)
}

fn fold_from(journal: &dyn Journal, mut folded: Option<Folded>) -> Result<Folded, EngineError> {
    let from = folded
        .as_ref()
        .map_or(EntryNumber(0), |folded| folded.fold.state().next());
    let mut failure = None;
    journal.read(
        from,
        &mut |_, frame, nonce| match take(&mut folded, frame, nonce) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        },
    )?;
    match (failure, folded) {
        (Some(error), _) => Err(error),
        (None, Some(folded)) => Ok(folded),
        (None, None) => Err(EngineError::internal(
            "fold.not-open",
            "the journal is empty",
        )),
    }
}

fn take(folded: &mut Option<Folded>, frame: &[u8], nonce: &[u8; 32]) -> Result<(), EngineError> {
    let entry = Entry::decode(frame).map_err(|error| EngineError::internal(error.code(), error))?;
    let link = commitment(nonce, frame);
    let earliest = after(&entry);
    match folded {
        None => {
            *folded = Some(Folded {
                fold: Fold::open(&entry)?,
                link,
                earliest,
                kept: Kept::default(),
            });
        }
        Some(folded) => {
            folded.fold.apply(&entry)?;
            folded.link = link;
            folded.earliest = earliest;
        }
    }
    Ok(())
}

/// Writes a new snapshot of a running office. The office goes on reading meanwhile; it writes
/// nothing as long as its state is copied, some hundredths of a second for a million records.
///
/// # Errors
/// When the office broke down, or the disk refuses; the old snapshot stays then.
pub fn write(office: &Office) -> Result<(), EngineError> {
    office.keeper.write()
}

/// Keeps the snapshot of an office.
pub(crate) struct Keeper {
    place: Option<PathBuf>,
    journal: Arc<dyn Journal>,
    fold: Arc<RwLock<Fold>>,
    // Taken before `fold`, as everywhere.
    turn: Arc<Mutex<()>>,
    // Held as long as a snapshot is written, for all are written aside at the same place; taken
    // before `turn`.
    saving: Mutex<()>,
    // What the last snapshot holds.
    kept: Mutex<Kept>,
    busy: AtomicBool,
}

impl Keeper {
    /// A keeper of the snapshot at that place, if there is to be one.
    pub(crate) fn new(
        (place, kept): (Option<PathBuf>, Kept),
        journal: Arc<dyn Journal>,
        fold: Arc<RwLock<Fold>>,
        turn: Arc<Mutex<()>>,
    ) -> Self {
        Self {
            place,
            journal,
            fold,
            turn,
            saving: Mutex::new(()),
            kept: Mutex::new(kept),
            busy: AtomicBool::new(false),
        }
    }

    /// Has a new snapshot written in the background if one is due.
    pub(crate) fn note(self: &Arc<Self>, fold: &Fold) {
        let outgrown = self
            .kept
            .lock()
            .is_ok_and(|kept| kept.is_outgrown(Kept::of(fold)));
        if self.place.is_none() || !outgrown || self.busy.swap(true, Ordering::AcqRel) {
            return;
        }
        let keeper = Arc::clone(self);
        let started = thread::Builder::new()
            .name("snapshot".into())
            .spawn(move || {
                // The next growth is the next occasion; a start without a snapshot takes longer,
                // and nothing else is lost.
                let _ = keeper.write();
                keeper.busy.store(false, Ordering::Release);
            });
        if started.is_err() {
            self.busy.store(false, Ordering::Release);
        }
    }

    /// Writes a new snapshot now.
    pub(crate) fn write(&self) -> Result<(), EngineError> {
        let Some(place) = &self.place else {
            return Ok(());
        };
        let _saving = self.saving.lock().map_err(|_| broken())?;
        let (stamp, kept, saved) = {
            let _turn = self.turn.lock().map_err(|_| broken())?;
            let fold = self.fold.read().map_err(|_| broken())?;
            let head = self.journal.head()?;
            let entries = fold.state().next();
            if head.entries != entries {
                return Err(broken());
            }
            let stamp = Stamp {
                build: layout().to_owned(),
                entries,
                root: head.root,
            };
            (stamp, Kept::of(&fold), fold.save())
        };
        save(place, &stamp, &mut |to| to.write_all(&saved))?;
        *self.kept.lock().map_err(|_| broken())? = kept;
        Ok(())
    }
}
