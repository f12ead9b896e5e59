//! An open office: the journal, the fold, the writer and the key, behind one handle.
//!
//! ```text
//! DIR/journal/         the journal
//! DIR/snapshot         what the journal came to at some entry, see `snapshot`
//! DIR/keys/office.key  the office's own key
//! ```

use std::ops::{ControlFlow, Deref};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use legation_core::act::{Act, Entry};
use legation_core::id::{EntryNumber, PartyCode};
use legation_core::time::{Clock, Instant};
use legation_core::view::Fold;
use legation_journal::{Journal, LmdbJournal};

use crate::clock::SystemClock;
use crate::collection::Shelf;
use crate::dice::{Dice, SystemDice};
use crate::error::EngineError;
use crate::imprint;
use crate::key::OfficeKey;
use crate::misp::Feeds;
use crate::pulse::Pulse;
use crate::sheaf::Sheaves;
use crate::snapshot::{Folded, Keeper, fold, is_derived, snapshot_file};
use crate::window::{WindowSettings, Windows};
use crate::writer::{Desk, Writer};

/// A running office. Cloning it makes another handle to the same one.
#[derive(Clone)]
pub struct Office {
    parts: Arc<Parts>,
}

/// What an office is made of; nothing of it can be touched from outside this crate.
pub struct Parts {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) fold: Arc<RwLock<Fold>>,
    turn: Arc<Mutex<()>>,
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) key: OfficeKey,
    pub(crate) pulse: Arc<Pulse>,
    pub(crate) windows: Arc<Windows>,
    pub(crate) window: WindowSettings,
    pub(crate) sheaves: Arc<Sheaves>,
    pub(crate) shelf: Shelf,
    pub(crate) feeds: Arc<Feeds>,
    pub(crate) keeper: Arc<Keeper>,
    /// Whether the index of values is whole.
    pub(crate) indexed: bool,
}

impl Deref for Office {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// What the one who runs an office may set about its memory and its receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeSettings {
    /// How long receipts that are written ahead stay open.
    pub window: WindowSettings,
    /// How many bytes of pages that were sent lately are kept in memory.
    pub page_store: usize,
}

impl Default for OfficeSettings {
    fn default() -> Self {
        Self {
            window: WindowSettings::default(),
            // ATT&CK Enterprise whole, with room for as much again.
            page_store: 96 * 1024 * 1024,
        }
    }
}

pub(crate) fn journal_dir(dir: &Path) -> PathBuf {
    dir.join("journal")
}

pub(crate) fn key_file(dir: &Path) -> PathBuf {
    dir.join("keys").join("office.key")
}

/// The name of the office's log and of its key (C2SP signed-note): no blanks, no plus signs.
pub(crate) fn origin(alliance: &PartyCode, office: &str) -> String {
    let city: String = office
        .to_lowercase()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .collect();
    format!("legation/{}/{city}", alliance.as_str().to_lowercase())
}

/// The key of the office in `dir`. Its name stands in the first entry.
fn office_key(dir: &Path) -> Result<OfficeKey, EngineError> {
    let journal = LmdbJournal::open_read_only(&journal_dir(dir))?;
    let opening = first_entry(&journal)?;
    let Act::Open(open) = &opening.act else {
        return Err(EngineError::internal(
            "fold.not-open",
            "the journal opens no office",
        ));
    };
    OfficeKey::open(&key_file(dir), origin(&open.alliance, &open.office))
}

/// The key with which the log of the office in `dir` is checked.
pub(crate) fn log_key_of(dir: &Path) -> Result<String, EngineError> {
    office_key(dir)?.vkey()
}

/// The files of an office beside its journal: settings, tokens and keys.
pub(crate) fn secret_files(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in [dir.to_path_buf(), dir.join("keys")] {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() && !is_derived(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

impl Office {
    /// Opens the office in a directory and rebuilds its state and views from the journal.
    ///
    /// # Errors
    /// When there is none, somebody else has it open, or the journal does not fold.
    pub fn open(dir: &Path) -> Result<Self, EngineError> {
        Self::open_set(dir, OfficeSettings::default())
    }

    /// Opens an office as [`Office::open`] does, with settings of its own.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub fn open_set(dir: &Path, settings: OfficeSettings) -> Result<Self, EngineError> {
        let key = office_key(dir)?;
        let journal = LmdbJournal::open(&journal_dir(dir), key.checkpoint_signer()?)?;
        let (clock, dice) = (Arc::new(SystemClock), Arc::new(SystemDice));
        let place = Some(snapshot_file(dir));
        Self::run(Arc::new(journal), key, clock, dice, (settings, place))
    }

    /// Opens an office with a given clock and dice.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub fn open_with(
        dir: &Path,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, EngineError> {
        let key = office_key(dir)?;
        let journal = LmdbJournal::open(&journal_dir(dir), key.checkpoint_signer()?)?;
        let settings = (OfficeSettings::default(), Some(snapshot_file(dir)));
        Self::run(Arc::new(journal), key, clock, dice, settings)
    }

    /// Opens the office in a directory on a journal of the caller's making round the one that
    /// lies there: what a replicated journal needs, and a failing one.
    ///
    /// # Errors
    /// As [`Office::open`].
    pub fn open_on<J: Journal + 'static>(
        dir: &Path,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
        wrap: impl FnOnce(LmdbJournal) -> Arc<J>,
    ) -> Result<Self, EngineError> {
        let key = office_key(dir)?;
        let journal = LmdbJournal::open(&journal_dir(dir), key.checkpoint_signer()?)?;
        let settings = (OfficeSettings::default(), Some(snapshot_file(dir)));
        Self::run(wrap(journal), key, clock, dice, settings)
    }

    fn run(
        journal: Arc<dyn Journal>,
        key: OfficeKey,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
        (settings, place): (OfficeSettings, Option<PathBuf>),
    ) -> Result<Self, EngineError> {
        let Folded {
            mut fold,
            link,
            earliest,
            kept,
        } = fold(journal.as_ref(), place.as_deref(), clock.now())?;
        fold.advance(clock.now().max(earliest));
        let indexed = imprint::prepare(journal.as_ref(), fold.state())?;
        let pulse = Arc::new(Pulse::of(&fold));
        let fold = Arc::new(RwLock::new(fold));
        let turn = Arc::new(Mutex::new(()));
        let keeper = Keeper::new(
            (place, kept),
            Arc::clone(&journal),
            Arc::clone(&fold),
            Arc::clone(&turn),
        );
        let keeper = Arc::new(keeper);
        let windows = Arc::new(Windows::default());
        let sheaves = Arc::new(Sheaves::new(settings.page_store));
        let feeds = Arc::new(Feeds::default());
        let writer = Writer {
            turn: Arc::clone(&turn),
            journal: Arc::clone(&journal),
            fold: Arc::clone(&fold),
            pulse: Arc::clone(&pulse),
            windows: Arc::clone(&windows),
            window: settings.window,
            sheaves: Arc::clone(&sheaves),
            feeds: Arc::clone(&feeds),
            clock: Arc::clone(&clock),
            dice: Arc::clone(&dice),
            link,
            earliest,
            gauge: Arc::default(),
            keeper: Arc::clone(&keeper),
        };
        // The thread ends by itself when the last handle is gone.
        let (desk, _) = writer.start()?;
        let parts = Parts {
            journal,
            fold,
            turn,
            desk,
            clock,
            dice,
            key,
            pulse,
            windows,
            window: settings.window,
            sheaves,
            shelf: Shelf::default(),
            feeds,
            keeper,
            indexed,
        };
        Ok(Self {
            parts: Arc::new(parts),
        })
    }

    /// Says of every open receipt what was sent under it, as an office does that is about to stop:
    /// no page may be asked for meanwhile.
    ///
    /// # Errors
    /// When nothing can be written; the receipts stay open then.
    pub async fn close(&self) -> Result<(), EngineError> {
        self.desk.sweep().await?;
        self.keeper.write()
    }

    /// What holds now, with every date up to now taken into account.
    ///
    /// # Errors
    /// When the office broke down while it took in an act.
    pub(crate) fn look(&self) -> Result<RwLockReadGuard<'_, Fold>, EngineError> {
        let now = self.clock.now();
        let fold = self.fold.read().map_err(|_| broken())?;
        if fold.next_boundary().is_none_or(|boundary| now < boundary) {
            return Ok(fold);
        }
        drop(fold);
        let turn = self.turn.lock().map_err(|_| broken())?;
        let mut fold = self.fold.write().map_err(|_| broken())?;
        fold.advance(now);
        self.pulse.publish(&fold);
        drop(fold);
        drop(turn);
        self.fold.read().map_err(|_| broken())
    }

    /// How often the terms have changed, with every date up to now taken into account.
    ///
    /// # Errors
    /// When the office broke down while it took in an act.
    pub(crate) fn terms(&self) -> Result<u64, EngineError> {
        if self.fold.is_poisoned() {
            return Err(broken());
        }
        if self.pulse.is_due(self.clock.now()) {
            drop(self.look()?);
        }
        Ok(self.pulse.terms())
    }

    /// Reads something off what holds now, for the faces' own use.
    ///
    /// # Errors
    /// When the office broke down while it took in an act.
    pub fn with<T>(&self, look: impl FnOnce(&Fold) -> T) -> Result<T, EngineError> {
        self.look().map(|fold| look(&fold))
    }

    /// The time at the office: the clock's, but never before the last entry.
    ///
    /// # Errors
    /// When the office broke down while it took in an act.
    pub fn now(&self) -> Result<Instant, EngineError> {
        Ok(self.clock.now().max(self.look()?.clock()))
    }

    /// A secret for one purpose of a face.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.key.derive(purpose)
    }

    /// The key with which the log of the office in `dir`, running or not, is checked.
    ///
    /// # Errors
    /// When there is no office, or its key is unusable.
    pub fn log_key_of(dir: &Path) -> Result<String, EngineError> {
        log_key_of(dir)
    }

    /// The key with which others check the log.
    ///
    /// # Errors
    /// When the key is unusable.
    pub fn log_key(&self) -> Result<String, EngineError> {
        self.key.vkey()
    }
}

pub(crate) fn broken() -> EngineError {
    EngineError::internal(
        "engine.broken",
        "the office broke down over an act; restart it",
    )
}

fn first_entry(journal: &dyn Journal) -> Result<Entry, EngineError> {
    let mut first = None;
    journal.read(EntryNumber(0), &mut |_, frame, _| {
        first = Some(Entry::decode(frame));
        ControlFlow::Break(())
    })?;
    match first {
        Some(entry) => entry.map_err(|error| EngineError::internal(error.code(), error)),
        None => Err(EngineError::internal(
            "fold.not-open",
            "the journal is empty",
        )),
    }
}
