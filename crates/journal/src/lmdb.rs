//! The default home: one LMDB environment in a directory of its own.
//!
//! The cast: `datafile` looks at the file before LMDB does, guards it against a second writer and
//! keeps it long enough; `map` opens it; `table` knows the layout and every key; `codec` compresses,
//! `frame` an entry, `block` the bodies that stand together; `pack` cuts a batch into blocks, `body`
//! finds and erases bodies in them; `write` is the one writer; `copy` makes a consistent copy of a
//! running journal, `update` brings one up to date. Here they meet in [`LmdbJournal`].
//!
//! The flow of an append: take the writer, compress the bodies while entries and rows are written,
//! write blocks, tiles and the signed head in the same transaction, commit (LMDB flushes pages, then
//! the meta page), publish the head, wake whoever follows.
//!
//! ```text
//! DIR/data.mdb      everything, see `table`
//! DIR/lock.mdb      LMDB's table of readers; worth nothing when nobody has the journal open
//! DIR/writer.lock   held by the one process that writes; empty
//! DIR/creating/     only while a journal is being made
//! ```
//!
//! Not here: what an entry says, and the repair of a damaged file. Why LMDB is set up so is in
//! docs/decisions/0004-lmdb-map.md.

mod bend;
mod block;
mod body;
mod codec;
mod copy;
mod datafile;
mod frame;
mod map;
mod pack;
mod table;
mod update;
mod write;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use heed::{Env, RoTxn, WithoutTls};
use legation_core::id::{BodyNumber, EntryNumber};

use crate::journal::{Batch, Copied, Head, Journal, JournalError, Row, Signer};
use crate::place::{sync_dir, sync_parent};
pub use bend::bend_value;
use body::Unpacker;
use datafile::Guard;
use map::Access;
use table::Tables;
use write::Writer;

/// How often a journal that another process writes is looked at by [`Journal::follow`].
const POLL: Duration = Duration::from_millis(50);

/// Unpackers kept for the next readers, of 0.3 MiB each.
const UNPACKERS: usize = 16;

/// A journal on disk.
pub struct LmdbJournal {
    // INVARIANT: declared before the writer's lock, so that the map is closed when the lock goes.
    env: Env<WithoutTls>,
    tables: Tables,
    dir: PathBuf,
    /// None in a journal that is open for reading only.
    writer: Option<Mutex<Writer>>,
    /// For readers to take and give back; making one costs as much as reading some bodies.
    unpackers: Mutex<Vec<Unpacker>>,
    /// The newest durable head; set by the writer alone, after the commit.
    published: Mutex<Head>,
    grown: Condvar,
}

impl LmdbJournal {
    /// Makes an empty journal in `dir`, which may exist, and opens it. The empty tree is signed too.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`] if there is a journal already, [`JournalError::InUse`],
    /// [`JournalError::DiskFull`], [`JournalError::Io`].
    pub fn create(dir: &Path, signer: Signer) -> Result<Self, JournalError> {
        std::fs::create_dir_all(dir)
            .map_err(|e| JournalError::io("make the journal's directory", e))?;
        let guard = datafile::lock(dir)?;
        let data = datafile::path(dir);
        if data.exists() {
            return Err(JournalError::Exists { path: data });
        }
        // Made aside and renamed when whole, so that a journal is there or not, never in between.
        let stage = dir.join("creating");
        datafile::clear_dir(&stage)?;
        datafile::lay_out_readers(&stage)?;
        {
            let env = map::open(&stage, Access::Write)?;
            Tables::create(&env, &signer)?;
        }
        std::fs::rename(datafile::path(&stage), &data)
            .map_err(|e| JournalError::io("put the new journal in its place", e))?;
        sync_dir(dir)?;
        sync_parent(dir)?;
        std::fs::remove_dir_all(&stage)
            .map_err(|e| JournalError::io("remove what the making left", e))?;
        Self::open_locked(dir, guard, signer)
    }

    /// Opens the journal in `dir` for reading and writing.
    ///
    /// # Errors
    ///
    /// [`JournalError::InUse`] if it is open for writing elsewhere, [`JournalError::NotAJournal`],
    /// [`JournalError::UnknownFormat`], [`JournalError::Damaged`], [`JournalError::Io`].
    pub fn open(dir: &Path, signer: Signer) -> Result<Self, JournalError> {
        datafile::check(dir)?;
        let guard = datafile::lock(dir)?;
        Self::open_locked(dir, guard, signer)
    }

    /// Opens the journal in `dir` for reading, also while another process writes it.
    ///
    /// # Errors
    ///
    /// As [`LmdbJournal::open`]; [`JournalError::InUse`] only if this process has it open.
    pub fn open_read_only(dir: &Path) -> Result<Self, JournalError> {
        datafile::check(dir)?;
        // On a disk that cannot be written LMDB reads without a table of readers.
        let _ = datafile::lay_out_readers(dir);
        let env = map::open(dir, Access::Read)?;
        let tables = Tables::open(&env)?;
        let txn = begin(&env)?;
        let (head, _) = tables.load(&txn)?;
        drop(txn);
        Ok(Self::new(env, tables, dir, head, None))
    }

    /// The directory of this journal.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn open_locked(dir: &Path, guard: Guard, signer: Signer) -> Result<Self, JournalError> {
        // Once more under the lock: nobody can be making or replacing the file now.
        datafile::check(dir)?;
        datafile::lay_out_readers(dir)?;
        let env = map::open(dir, Access::Write)?;
        let data = datafile::open_data(dir)?;
        let tables = Tables::open(&env)?.upgrade(&env, &data)?;
        let txn = begin(&env)?;
        let (head, tree) = tables.load(&txn)?;
        drop(txn);
        env.clear_stale_readers()
            .map_err(|e| write::refuse("clear the table of readers", e))?;
        let writer = Writer::new(tree, signer, data, guard)?;
        Ok(Self::new(env, tables, dir, head, Some(writer)))
    }

    fn new(
        env: Env<WithoutTls>,
        tables: Tables,
        dir: &Path,
        head: Head,
        writer: Option<Writer>,
    ) -> Self {
        Self {
            env,
            tables,
            dir: dir.to_owned(),
            writer: writer.map(Mutex::new),
            unpackers: Mutex::default(),
            published: Mutex::new(head),
            grown: Condvar::new(),
        }
    }

    fn begin(&self) -> Result<RoTxn<'_, WithoutTls>, JournalError> {
        begin(&self.env)
    }

    fn writer(&self) -> Result<MutexGuard<'_, Writer>, JournalError> {
        let writer = self.writer.as_ref().ok_or(JournalError::ReadOnly)?;
        // A panic under the lock (a signer's, an iterator's) leaves a transaction that was rolled
        // back; but what the panic meant is unknown, so no more writes.
        writer.lock().map_err(|_| JournalError::Poisoned)
    }

    /// Lends an unpacker. A reader within a reader has one of its own.
    fn unpack<T>(
        &self,
        read: impl FnOnce(&mut Unpacker) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let kept = || {
            self.unpackers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let lent = kept().pop();
        let mut unpacker = lent.map_or_else(Unpacker::new, Ok)?;
        let done = read(&mut unpacker)?;
        let mut kept = kept();
        if kept.len() < UNPACKERS {
            kept.push(unpacker);
        }
        Ok(done)
    }

    fn published(&self) -> MutexGuard<'_, Head> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bodies of a block; None if it is no block.
pub(crate) fn decode_block(value: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
    let mut directory = block::Directory::default();
    directory.read(value).ok()?;
    directory
        .bodies(value, &mut codec::Decoder::new().ok()?)
        .ok()
}

/// Nonce and frame of an entry; None if it is none.
pub(crate) fn decode_entry(value: &[u8]) -> Option<([u8; 32], Vec<u8>)> {
    let mut decoder = codec::Decoder::new().ok()?;
    let (nonce, frame) = frame::decode(value, &mut decoder)?;
    Some((*nonce, frame.to_vec()))
}

fn begin(env: &Env<WithoutTls>) -> Result<RoTxn<'_, WithoutTls>, JournalError> {
    env.read_txn()
        .map_err(|e| write::refuse("begin to read the journal", e))
}

fn unreadable(error: heed::Error) -> JournalError {
    write::refuse("read the journal", error)
}

impl Journal for LmdbJournal {
    fn head(&self) -> Result<Head, JournalError> {
        match self.writer {
            Some(_) => Ok(self.published().clone()),
            None => {
                let txn = self.begin()?;
                self.tables.head(&txn)
            }
        }
    }

    fn append(&self, expected: EntryNumber, batch: Batch) -> Result<Head, JournalError> {
        let mut writer = self.writer()?;
        let head = self.published().clone();
        batch.check(&head, expected)?;
        let head = writer.append(&self.env, &self.tables, head, batch)?;
        *self.published() = head.clone();
        self.grown.notify_all();
        Ok(head)
    }

    fn read(
        &self,
        from: EntryNumber,
        visit: &mut dyn FnMut(EntryNumber, &[u8], &[u8; 32]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let txn = self.begin()?;
        self.tables.check_unmoved(&txn)?;
        let entries = self
            .tables
            .entry
            .range(&txn, &(from.0..))
            .map_err(unreadable)?;
        self.unpack(|unpacker| {
            for entry in entries {
                let (number, value) = entry.map_err(unreadable)?;
                let (nonce, frame) = unpacker.entry(&self.tables, number, value)?;
                if visit(EntryNumber(number), frame, nonce).is_break() {
                    break;
                }
            }
            Ok(())
        })
    }

    fn bodies(
        &self,
        numbers: &[BodyNumber],
        visit: &mut dyn FnMut(usize, Option<&[u8]>),
    ) -> Result<(), JournalError> {
        let txn = self.begin()?;
        self.unpack(|unpacker| unpacker.bodies(&self.tables, &txn, numbers, visit))
    }

    fn row(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError> {
        if crate::journal::check_key(key).is_err() {
            return Ok(None);
        }
        let txn = self.begin()?;
        let value = self.tables.row.get(&txn, key).map_err(unreadable)?;
        Ok(value.map(<[u8]>::to_vec))
    }

    fn rows(
        &self,
        prefix: &[u8],
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        if prefix.len() > crate::ROW_KEY_MAX {
            return Ok(());
        }
        let txn = self.begin()?;
        let mut show = |row: heed::Result<(&[u8], &[u8])>| -> Result<bool, JournalError> {
            let (key, value) = row.map_err(unreadable)?;
            Ok(visit(key, value).is_continue())
        };
        // LMDB cannot seek an empty key, so that everything is asked for in another way.
        if prefix.is_empty() {
            for row in self.tables.row.iter(&txn).map_err(unreadable)? {
                if !show(row)? {
                    break;
                }
            }
        } else {
            let rows = self.tables.row.prefix_iter(&txn, prefix);
            for row in rows.map_err(unreadable)? {
                if !show(row)? {
                    break;
                }
            }
        }
        Ok(())
    }

    fn rebuild_rows(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), JournalError> {
        self.writer()?.rebuild_rows(&self.env, &self.tables, rows)
    }

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, JournalError> {
        let txn = self.begin()?;
        self.tables.tile(&txn, level, index).map_err(unreadable)
    }

    fn follow(&self, from: EntryNumber, wait: Duration) -> Result<Head, JournalError> {
        if self.writer.is_some() {
            let (head, _) = self
                .grown
                .wait_timeout_while(self.published(), wait, |head| head.entries <= from)
                .unwrap_or_else(PoisonError::into_inner);
            return Ok(head.clone());
        }
        let begun = Instant::now();
        loop {
            let head = self.head()?;
            let left = wait.saturating_sub(begun.elapsed());
            if head.entries > from || left.is_zero() {
                return Ok(head);
            }
            thread::sleep(POLL.min(left));
        }
    }

    fn copy_to(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), JournalError> {
        copy::copy(&self.env, target, progress)
    }
    fn update_copy(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Copied, JournalError> {
        if datafile::path(target).exists() {
            return update::update(&self.env, &self.tables, target, progress);
        }
        copy::copy_again(&self.env, target, progress)?;
        Ok(Copied {
            whole: true,
            entries: self.head()?.entries.0,
        })
    }
}
