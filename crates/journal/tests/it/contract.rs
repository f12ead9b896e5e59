//! The contract suite over every home.
//!
//! Not here: the checks themselves, which are the crate's `contract` module.

use std::path::{Path, PathBuf};

use legation_journal::contract::{self, Faulty, Home, checkpoint};
use legation_journal::{Journal, JournalError, LmdbJournal, MemoryJournal};

use crate::sample::signer;

struct Memory;

impl Home for Memory {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, JournalError> {
        let inner = MemoryJournal::with_signer(Box::new(checkpoint));
        Ok(Box::new(Faulty::new(inner)))
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, JournalError> {
        Ok(journal)
    }

    fn vacant(&mut self) -> PathBuf {
        PathBuf::from("/nowhere")
    }

    fn open_copy(&mut self, _: &Path) -> Result<Box<dyn Journal>, JournalError> {
        Err(JournalError::NoCopy)
    }
}

struct Disk {
    root: tempfile::TempDir,
    made: u32,
}

impl Home for Disk {
    fn fresh(&mut self) -> Result<Box<dyn Journal>, JournalError> {
        let dir = self.vacant();
        Ok(Box::new(LmdbJournal::create(&dir, signer())?))
    }

    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, JournalError> {
        drop(journal);
        self.open_copy(&self.root.path().join(self.made.to_string()))
    }

    fn vacant(&mut self) -> PathBuf {
        self.made += 1;
        self.root.path().join(self.made.to_string())
    }

    fn open_copy(&mut self, path: &Path) -> Result<Box<dyn Journal>, JournalError> {
        Ok(Box::new(LmdbJournal::open(path, signer())?))
    }
}

#[test]
fn memory_keeps_the_contract() {
    contract::check(&mut Memory).unwrap();
}

#[test]
fn lmdb_keeps_the_contract() {
    let root = tempfile::tempdir().unwrap();
    contract::check(&mut Disk { root, made: 0 }).unwrap();
}
