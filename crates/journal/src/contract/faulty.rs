//! A home that fails on demand, round a home that does not: for tests of what stands above a
//! journal when a write goes wrong.
//!
//! Not here: failing reads.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use legation_core::id::{BodyNumber, EntryNumber};

use crate::journal::{Batch, Copied, Head, Journal, JournalError, Row};

/// How a write fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a write fails in these ways; a test lists them all"
)]
pub enum Fault {
    /// The disk is full: nothing is kept, and the next write may succeed.
    DiskFull,
    /// The disk takes no writes: nothing is kept, and the next write may succeed.
    DiskReadOnly,
    /// The commit fails and nothing is kept; no more writes until [`Faulty::reopen`].
    Unpersisted,
    /// The commit fails and yet everything is kept; no more writes until [`Faulty::reopen`].
    Persisted,
}

/// A journal whose writes can be made to fail.
#[derive(Default)]
pub struct Faulty<J> {
    inner: J,
    next: Mutex<Next>,
}

#[derive(Default)]
struct Next {
    /// How many writes succeed before the one that fails.
    spared: u64,
    fault: Option<Fault>,
    poisoned: bool,
}

impl<J: Journal> Faulty<J> {
    /// Round `inner`, with nothing failing yet.
    pub fn new(inner: J) -> Self {
        Self {
            inner,
            next: Mutex::default(),
        }
    }

    /// Makes the next write fail so.
    pub fn fail(&self, fault: Fault) {
        self.fail_after(0, fault);
    }

    /// Lets `writes` writes through and makes the one after them fail so.
    pub fn fail_after(&self, writes: u64, fault: Fault) {
        let mut next = self.next();
        next.spared = writes;
        next.fault = Some(fault);
    }

    /// Lets writes through again, as reopening would.
    pub fn reopen(&self) {
        *self.next() = Next::default();
    }

    /// The journal within.
    pub fn into_inner(self) -> J {
        self.inner
    }

    fn next(&self) -> MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(&self, write: impl FnOnce() -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut next = self.next();
        if next.poisoned {
            return Err(JournalError::Poisoned);
        }
        if next.fault.is_some() && next.spared > 0 {
            next.spared -= 1;
            return write();
        }
        match next.fault.take() {
            None => return write(),
            Some(Fault::DiskFull) => return Err(JournalError::DiskFull),
            Some(Fault::DiskReadOnly) => return Err(JournalError::DiskReadOnly),
            Some(Fault::Unpersisted) => {}
            Some(Fault::Persisted) => drop(write()?),
        }
        next.poisoned = true;
        Err(JournalError::Commit {
            source: "made to fail".into(),
        })
    }
}

impl<J: Journal> Journal for Faulty<J> {
    fn head(&self) -> Result<Head, JournalError> {
        self.inner.head()
    }

    fn append(&self, expected: EntryNumber, batch: Batch) -> Result<Head, JournalError> {
        self.write(|| self.inner.append(expected, batch))
    }

    fn read(
        &self,
        from: EntryNumber,
        visit: &mut dyn FnMut(EntryNumber, &[u8], &[u8; 32]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        self.inner.read(from, visit)
    }

    fn bodies(
        &self,
        numbers: &[BodyNumber],
        visit: &mut dyn FnMut(usize, Option<&[u8]>),
    ) -> Result<(), JournalError> {
        self.inner.bodies(numbers, visit)
    }

    fn row(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        self.inner.row(key)
    }

    fn rows(
        &self,
        prefix: &[u8],
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        self.inner.rows(prefix, visit)
    }

    fn rebuild_rows(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), JournalError> {
        self.write(|| self.inner.rebuild_rows(rows))
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, JournalError> {
        self.inner.tile(level, index)
    }

    fn follow(&self, from: EntryNumber, wait: Duration) -> Result<Head, JournalError> {
        self.inner.follow(from, wait)
    }

    fn copy_to(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), JournalError> {
        self.inner.copy_to(target, progress)
    }

    fn update_copy(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Copied, JournalError> {
        self.inner.update_copy(target, progress)
    }
}
