//! An open office: the journal, the fold, the writer and the key, behind one handle.
//!
//! ```text
//! DIR/journal/         the journal
//! DIR/keys/office.key  the office's own key
//! ```

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard};

use legation_core::act::{Act, Actor, AddKey, AddPerson, Entry, Open, Role};
use legation_core::entry::{GENESIS, commitment};
use legation_core::house::HouseRules;
use legation_core::id::{Digest, EntryNumber, PartyCode, PersonName};
use legation_core::party::Zone;
use legation_core::time::{Clock, Instant};
use legation_core::view::Fold;
use legation_journal::{Batch, Journal, LmdbJournal, Sealed};

use crate::admit::Secret;
use crate::clock::SystemClock;
use crate::dice::{Dice, SystemDice, roll, roll_uuid};
use crate::error::{EngineError, Fault};
use crate::index::rows;
use crate::key::OfficeKey;
use crate::writer::{Desk, Writer};

/// What an office is founded with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The host's code.
    pub alliance: PartyCode,
    /// The host's name.
    pub name: String,
    /// The city.
    pub office: String,
    /// The host's zone.
    pub zone: Zone,
    /// The host's public key: one OpenSSH line and its fingerprint.
    pub key: Option<(String, String)>,
    /// The house rules to begin with; the default ones when left out.
    pub house: Option<String>,
}

/// What was made with an office.
#[derive(Debug)]
pub struct Created {
    /// The chief's token.
    pub token: Secret,
    /// The key with which others check the log.
    pub log_key: String,
}

/// A running office. Cloning it makes another handle to the same one.
#[derive(Clone)]
pub struct Office {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) fold: Arc<RwLock<Fold>>,
    turn: Arc<Mutex<()>>,
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) key: Arc<OfficeKey>,
}

/// The name of the person that an office begins with.
const CHIEF: &str = "chief";

fn journal_dir(dir: &Path) -> PathBuf {
    dir.join("journal")
}

fn key_file(dir: &Path) -> PathBuf {
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
            if path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

impl Office {
    /// Founds an office in a directory that holds none yet.
    ///
    /// # Errors
    /// When there is one already, the house rules are at fault, or the disk refuses.
    pub fn create(dir: &Path, founding: Founding) -> Result<Created, EngineError> {
        Self::create_with(dir, founding, &SystemClock, &SystemDice)
    }

    /// Founds an office with a given clock and dice.
    ///
    /// # Errors
    /// As [`Office::create`].
    pub fn create_with(
        dir: &Path,
        founding: Founding,
        clock: &dyn Clock,
        dice: &dyn Dice,
    ) -> Result<Created, EngineError> {
        let house = founding
            .house
            .unwrap_or_else(|| HouseRules::default_text().to_owned());
        HouseRules::parse(house.as_bytes())?;
        let keys = dir.join("keys");
        std::fs::create_dir_all(&keys).map_err(|error| {
            let text = format!("cannot make `{}`: {error}", keys.display());
            EngineError::new(Fault::Internal, "engine.no-directory", text)
        })?;
        let key = OfficeKey::create(
            &key_file(dir),
            origin(&founding.alliance, &founding.office),
            dice,
        )?;
        let token = Secret::roll(dice)?;
        let chief: PersonName = CHIEF
            .parse()
            .map_err(|error| EngineError::internal("engine.chief-name", error))?;
        let mut acts = vec![Act::Open(Open {
            alliance: founding.alliance.clone(),
            name: founding.name,
            office: founding.office,
            zone: founding.zone,
            seed: roll_uuid(dice)?,
            house,
        })];
        if let Some((line, fingerprint)) = founding.key {
            let party = founding.alliance.clone();
            acts.push(Act::AddKey(AddKey {
                party,
                line,
                fingerprint,
            }));
        }
        acts.push(Act::AddPerson(AddPerson {
            party: founding.alliance,
            name: chief,
            role: Role::Chief,
            link: None,
            token: Some(token.digest()),
        }));
        let journal = LmdbJournal::create(&journal_dir(dir), key.checkpoint_signer()?)?;
        let batch = opening(acts, clock.now(), dice)?;
        journal.append(EntryNumber(0), batch)?;
        Ok(Created {
            token,
            log_key: key.vkey()?,
        })
    }

    /// Opens the office in a directory and rebuilds its state and views from the journal.
    ///
    /// # Errors
    /// When there is none, somebody else has it open, or the journal does not fold.
    pub fn open(dir: &Path) -> Result<Self, EngineError> {
        Self::open_with(dir, Arc::new(SystemClock), Arc::new(SystemDice))
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
        Self::run(Arc::new(journal), key, clock, dice)
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
        Self::run(wrap(journal), key, clock, dice)
    }

    fn run(
        journal: Arc<dyn Journal>,
        key: OfficeKey,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, EngineError> {
        let Folded {
            mut fold,
            link,
            earliest,
        } = fold(journal.as_ref())?;
        fold.advance(clock.now().max(earliest));
        let fold = Arc::new(RwLock::new(fold));
        let turn = Arc::new(Mutex::new(()));
        let writer = Writer {
            turn: Arc::clone(&turn),
            journal: Arc::clone(&journal),
            fold: Arc::clone(&fold),
            clock: Arc::clone(&clock),
            dice: Arc::clone(&dice),
            link,
            earliest,
            gauge: Arc::default(),
        };
        // The thread ends by itself when the last handle is gone.
        let (desk, _) = writer.start()?;
        Ok(Self {
            journal,
            fold,
            turn,
            desk,
            clock,
            dice,
            key: Arc::new(key),
        })
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
        self.fold.write().map_err(|_| broken())?.advance(now);
        drop(turn);
        self.fold.read().map_err(|_| broken())
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

fn broken() -> EngineError {
    EngineError::internal(
        "engine.broken",
        "the office broke down over an act; restart it",
    )
}

/// The entries with which an office begins.
fn opening(acts: Vec<Act>, now: Instant, dice: &dyn Dice) -> Result<Batch, EngineError> {
    let mut batch = Batch::default();
    let mut link = GENESIS;
    let mut fold: Option<Fold> = None;
    for (number, act) in acts.into_iter().enumerate() {
        let at = now.plus_micros(number as i64);
        let entry = Entry::new(EntryNumber(number as u64), at, Actor::Office, act, link);
        match &mut fold {
            None => fold = Some(Fold::open(&entry)?),
            Some(fold) => {
                batch.rows.extend(rows(&entry, fold.state()));
                fold.apply(&entry)?;
            }
        }
        let (nonce, frame) = (roll::<32>(dice)?, entry.encode());
        link = commitment(&nonce, &frame);
        batch.entries.push(Sealed { frame, nonce });
    }
    Ok(batch)
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

/// A journal folded from its beginning.
pub(crate) struct Folded {
    pub(crate) fold: Fold,
    pub(crate) link: Digest,
    pub(crate) earliest: Instant,
}

/// Folds a whole journal.
pub(crate) fn fold(journal: &dyn Journal) -> Result<Folded, EngineError> {
    let mut folded: Option<Folded> = None;
    let mut failure = None;
    journal.read(EntryNumber(0), &mut |_, frame, nonce| {
        let step = take(&mut folded, frame, nonce);
        match step {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
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
    let takes = match &entry.act {
        Act::File(file) => file.records.len().max(1) as i64,
        _ => 1,
    };
    let link = commitment(nonce, frame);
    let earliest = entry.at.plus_micros(takes);
    match folded {
        None => {
            *folded = Some(Folded {
                fold: Fold::open(&entry)?,
                link,
                earliest,
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
