//! A journal in memory, for tests: it keeps the whole contract but durability.
//!
//! Not here: anything on disk; [`Journal::copy_to`] is refused.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{Appender, TileId};

use crate::journal::{Batch, Copied, Head, Journal, JournalError, Row, Sealed, Signer, check_key};

/// A journal in memory.
#[derive(Default)]
pub struct MemoryJournal {
    /// Readers take the whole state of an instant along; a writer changes a copy if any is reading.
    state: Mutex<Arc<State>>,
    grown: Condvar,
    signer: Option<Signer>,
}

#[derive(Clone, Default)]
struct State {
    entries: Vec<Sealed>,
    bodies: Vec<Option<Arc<[u8]>>>,
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    tiles: BTreeMap<TileId, Vec<u8>>,
    tree: Appender,
    checkpoint: Option<String>,
}

impl State {
    fn head(&self) -> Head {
        Head {
            entries: EntryNumber(self.entries.len() as u64),
            bodies: BodyNumber(self.bodies.len() as u64),
            root: self.tree.root(),
            checkpoint: self.checkpoint.clone(),
        }
    }

    fn apply(&mut self, batch: Batch, signer: Option<&Signer>) {
        if !batch.entries.is_empty() {
            let mut tree = self.tree.clone();
            for entry in &batch.entries {
                tree.append(entry.leaf());
            }
            // The signer first: should it panic, nothing has changed yet.
            self.checkpoint = signer.map(|sign| sign(tree.size(), &tree.root()));
            self.tiles.extend(tree.take_dirty_tiles());
            self.tree = tree;
        }
        self.entries.extend(batch.entries);
        self.bodies.extend(batch.bodies.into_iter().map(Some));
        for number in batch.erase {
            let at = usize::try_from(number.0).ok();
            if let Some(body) = at.and_then(|at| self.bodies.get_mut(at)) {
                *body = None;
            }
        }
        for key in &batch.gone {
            self.rows.remove(key);
        }
        self.rows
            .extend(batch.rows.into_iter().map(|row| (row.key, row.value)));
    }
}

impl MemoryJournal {
    /// An empty journal without checkpoints.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty journal whose checkpoints are signed so.
    pub fn with_signer(signer: Signer) -> Self {
        let journal = Self {
            signer: Some(signer),
            ..Self::default()
        };
        let mut state = State::default();
        state.checkpoint = (journal.signer.as_ref()).map(|sign| sign(0, &state.tree.root()));
        *journal.lock() = Arc::new(state);
        journal
    }

    fn lock(&self) -> MutexGuard<'_, Arc<State>> {
        // Only a signer can panic under the lock, and it does so before anything has changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.lock())
    }
}

impl Journal for MemoryJournal {
    fn head(&self) -> Result<Head, JournalError> {
        Ok(self.snapshot().head())
    }

    fn append(&self, expected: EntryNumber, batch: Batch) -> Result<Head, JournalError> {
        let mut state = self.lock();
        batch.check(&state.head(), expected)?;
        Arc::make_mut(&mut state).apply(batch, self.signer.as_ref());
        self.grown.notify_all();
        Ok(state.head())
    }

    fn read(
        &self,
        from: EntryNumber,
        visit: &mut dyn FnMut(EntryNumber, &[u8], &[u8; 32]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let state = self.snapshot();
        let skip = usize::try_from(from.0).unwrap_or(usize::MAX);
        for (number, entry) in state.entries.iter().enumerate().skip(skip) {
            if visit(EntryNumber(number as u64), &entry.frame, &entry.nonce).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn bodies(
        &self,
        numbers: &[BodyNumber],
        visit: &mut dyn FnMut(usize, Option<&[u8]>),
    ) -> Result<(), JournalError> {
        let state = self.snapshot();
        for (place, number) in numbers.iter().enumerate() {
            let at = usize::try_from(number.0).ok();
            let body = at.and_then(|at| state.bodies.get(at)?.as_deref());
            visit(place, body);
        }
        Ok(())
    }

    fn row(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.snapshot().rows.get(key).cloned())
    }

    fn rows(
        &self,
        prefix: &[u8],
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let state = self.snapshot();
        let range = (Bound::Included(prefix), Bound::Unbounded);
        for (key, value) in state.rows.range::<[u8], _>(range) {
            if !key.starts_with(prefix) || visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn rebuild_rows(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), JournalError> {
        let mut table = BTreeMap::new();
        for row in rows {
            check_key(&row.key)?;
            table.insert(row.key, row.value);
        }
        Arc::make_mut(&mut self.lock()).rows = table;
        Ok(())
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, JournalError> {
        Ok(self.snapshot().tiles.get(&TileId { level, index }).cloned())
    }

    fn follow(&self, from: EntryNumber, wait: Duration) -> Result<Head, JournalError> {
        let (state, _) = self
            .grown
            .wait_timeout_while(self.lock(), wait, |state| {
                state.entries.len() as u64 <= from.0
            })
            .unwrap_or_else(PoisonError::into_inner);
        Ok(state.head())
    }

    fn copy_to(&self, _: &Path, _: &mut dyn FnMut(u64, u64)) -> Result<(), JournalError> {
        Err(JournalError::NoCopy)
    }

    fn update_copy(&self, _: &Path, _: &mut dyn FnMut(u64, u64)) -> Result<Copied, JournalError> {
        Err(JournalError::NoCopy)
    }
}
