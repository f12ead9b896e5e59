//! The one writer: every transaction that changes a journal.
//!
//! A write that fails before its commit is rolled back, and the next may be tried. A commit that
//! fails for want of room, or because the disk takes no writes, has written nothing that counts:
//! LMDB switches to the new pages by its very last write. After any other failed commit nobody can say what the disk holds, so the writer
//! takes no more until the journal is reopened and reads what is there.
//!
//! Not here: waking those who wait, and publishing the head (`lmdb`).

use std::fs::File;

use heed::{Env, Error, MdbError, PutFlags, RwTxn, WithoutTls};
use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::Appender;

use super::body::{OpenBlock, Unpacker};
use super::datafile::{self, Guard};
use super::frame;
use super::pack::{Packer, Work};
use super::table::{Tables, put_head, tile_key};
use crate::journal::{Batch, Head, JournalError, Row, Signer, check_key};

/// What a commit may need beyond its values: LMDB rewrites the path to each row it changes. A row
/// can dirty its leaf, split it and move its share of the inner pages.
const PAGES_PER_ROW: u64 = 3;

/// The inner pages of seven tables and of LMDB's list of free pages, with room to spare.
const PAGES_PER_COMMIT: u64 = 64;

/// Who writes.
pub(super) struct Writer {
    /// The tree over exactly the durable entries.
    tree: Appender,
    signer: Signer,
    packer: Packer,
    unpacker: Unpacker,
    data: File,
    poisoned: bool,
    /// Held for its lock, as long as the journal is open.
    _guard: Guard,
}

/// How much a transaction has put.
#[derive(Default)]
pub(super) struct Weight {
    rows: u64,
    bytes: u64,
}

impl Weight {
    pub(super) fn add(&mut self, value: usize) {
        self.rows += 1;
        self.bytes += value as u64;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Makes the data file as long as the commit can need.
    pub(super) fn reserve(&self, data: &File, env: &Env<WithoutTls>) -> Result<(), JournalError> {
        let page = u64::from(env.unnamed_database_stat().page_size);
        let values = (2 * self.bytes).div_ceil(page);
        let pages = self.rows * PAGES_PER_ROW + PAGES_PER_COMMIT + values;
        datafile::reserve_pages(data, env, pages)
    }
}

impl Writer {
    pub(super) fn new(
        tree: Appender,
        signer: Signer,
        data: File,
        guard: Guard,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            tree,
            signer,
            packer: Packer::new()?,
            unpacker: Unpacker::new()?,
            data,
            poisoned: false,
            _guard: guard,
        })
    }

    /// Writes a checked batch after `head`.
    pub(super) fn append(
        &mut self,
        env: &Env<WithoutTls>,
        tables: &Tables,
        head: Head,
        batch: Batch,
    ) -> Result<Head, JournalError> {
        let mut tree = self.tree.clone();
        let mut txn = self.begin(env)?;
        let mut weight = Weight::default();
        let written = self.put_batch(tables, &mut txn, &mut tree, &mut weight, head, batch);
        let head = written.map_err(|e| tell_full(env, e))?;
        self.commit(env, txn, &weight)?;
        self.tree = tree;
        Ok(head)
    }

    /// Replaces the derived index.
    pub(super) fn rebuild_rows(
        &mut self,
        env: &Env<WithoutTls>,
        tables: &Tables,
        rows: &mut dyn Iterator<Item = Row>,
    ) -> Result<(), JournalError> {
        let mut txn = self.begin(env)?;
        let mut weight = Weight::default();
        let cleared = tables.row.clear(&mut txn);
        cleared.map_err(|e| abandon(env, e))?;
        for row in rows {
            check_key(&row.key)?;
            weight.add(row.key.len() + row.value.len());
            let put = tables.row.put(&mut txn, &row.key, &row.value);
            put.map_err(|e| abandon(env, e))?;
        }
        self.commit(env, txn, &weight)
    }

    fn begin<'e>(&mut self, env: &'e Env<WithoutTls>) -> Result<RwTxn<'e>, JournalError> {
        if self.poisoned {
            return Err(JournalError::Poisoned);
        }
        env.write_txn().map_err(|error| match error {
            // LMDB's own poison: its last meta page could not be written.
            Error::Mdb(MdbError::Panic) => {
                self.poisoned = true;
                JournalError::Poisoned
            }
            error => refuse("begin to write the journal", error),
        })
    }

    fn put_batch(
        &mut self,
        tables: &Tables,
        txn: &mut RwTxn,
        tree: &mut Appender,
        weight: &mut Weight,
        mut head: Head,
        batch: Batch,
    ) -> Result<Head, JournalError> {
        let Batch {
            entries,
            bodies,
            mut erase,
            mut gone,
            mut rows,
        } = batch;
        erase.sort_unstable();
        erase.dedup();
        let erase: Vec<u64> = erase.iter().map(|number| number.0).collect();

        // The bodies that stand in the blocks to be written: new ones, and those of a short block
        // before them. What of these is erased is never written.
        let OpenBlock {
            first,
            bodies: open,
        } = if bodies.is_empty() {
            OpenBlock {
                first: head.bodies.0,
                bodies: Vec::new(),
            }
        } else {
            self.unpacker.open_block(tables, txn, head.bodies.0)?
        };
        let (older, newer) = erase.split_at(erase.partition_point(|number| *number < first));
        let mut packed: Vec<Option<&[u8]>> = (open.iter().map(Option::as_deref))
            .chain(bodies.iter().map(|body| Some(&body[..])))
            .collect();
        for number in newer {
            if let Some(body) = packed.get_mut((number - first) as usize) {
                *body = None;
            }
        }
        let work = Work::new(&packed);
        let meanwhile = self.packer.pack(&work, |encoder| -> heed::Result<()> {
            let mut value = Vec::new();
            for entry in &entries {
                value.clear();
                frame::encode(entry, encoder, &mut value);
                weight.add(value.len());
                let at = head.entries.0;
                (tables.entry).put_with_flags(txn, PutFlags::APPEND, &at, &value)?;
                head.entries = EntryNumber(at + 1);
                tree.append(entry.leaf());
            }
            gone.sort_unstable();
            for key in &gone {
                weight.add(key.len());
                tables.row.delete(txn, key)?;
            }
            // In the order of the keys, neighbours share pages; a stable sort keeps the later of two.
            rows.sort_by(|a, b| a.key.cmp(&b.key));
            for row in &rows {
                weight.add(row.key.len() + row.value.len());
                tables.row.put(txn, &row.key, &row.value)?;
            }
            Ok(())
        });
        meanwhile.map_err(unwritable)?;

        let table = tables.blocks()?;
        for (at, block) in work.blocks() {
            let number = first + at as u64;
            weight.add(block.map_or(0, <[u8]>::len));
            match block {
                // Only the first can be there already: the short one that was taken up again.
                Some(block) if at == 0 => table.put(txn, &number, block),
                Some(block) => table.put_with_flags(txn, PutFlags::APPEND, &number, block),
                None => table.delete(txn, &number).map(drop),
            }
            .map_err(unwritable)?;
        }
        // What never stood in a journal that could have been copied need not be listed.
        let listed =
            tables.list_gone(txn, erase.iter().filter(|number| **number < head.bodies.0))?;
        (0..listed).for_each(|_| weight.add(8));
        head.bodies = BodyNumber(head.bodies.0 + bodies.len() as u64);
        let erased = self.unpacker.erase(tables, txn, older, self.packer.own())?;
        erased.into_iter().for_each(|len| weight.add(len));

        if !entries.is_empty() {
            for (id, tile) in tree.take_dirty_tiles() {
                weight.add(tile.len());
                let put = tables.tile.put(txn, &tile_key(id), &tile);
                put.map_err(unwritable)?;
            }
            head.root = tree.root();
            head.checkpoint = Some((self.signer)(tree.size(), &head.root));
        }
        put_head(tables.meta, txn, &head).map_err(unwritable)?;
        Ok(head)
    }

    fn commit(
        &mut self,
        env: &Env<WithoutTls>,
        txn: RwTxn,
        weight: &Weight,
    ) -> Result<(), JournalError> {
        weight.reserve(&self.data, env)?;
        txn.commit().map_err(|error| {
            let refused = abandon(env, error);
            match refused {
                JournalError::DiskFull | JournalError::DiskReadOnly | JournalError::TooLarge => {
                    refused
                }
                JournalError::Io { source, .. } => self.poison(source.into()),
                JournalError::Store { source, .. } => self.poison(source),
                other => self.poison(other.into()),
            }
        })
    }

    fn poison(&mut self, source: Box<dyn std::error::Error + Send + Sync>) -> JournalError {
        self.poisoned = true;
        JournalError::Commit { source }
    }
}

/// Names the failure of a write, told apart from a full disk.
fn abandon(env: &Env<WithoutTls>, error: Error) -> JournalError {
    tell_full(env, unwritable(error))
}

/// A failure of the system is a full disk if there is no room.
pub(super) fn tell_full(env: &Env<WithoutTls>, error: JournalError) -> JournalError {
    match error {
        JournalError::Io { .. } if datafile::is_full(env.path()) => JournalError::DiskFull,
        error => error,
    }
}

fn unwritable(error: Error) -> JournalError {
    refuse("write the journal", error)
}

/// Says in the journal's words what LMDB failed with.
pub(super) fn refuse(doing: &'static str, error: Error) -> JournalError {
    match error {
        Error::Io(source) => JournalError::io(doing, source),
        Error::Mdb(MdbError::MapFull) => JournalError::TooLarge,
        Error::Mdb(error @ (MdbError::Invalid | MdbError::VersionMismatch)) => {
            JournalError::Damaged {
                what: error.to_string(),
            }
        }
        Error::Mdb(error @ (MdbError::Corrupted | MdbError::PageNotFound)) => {
            JournalError::Damaged {
                what: error.to_string(),
            }
        }
        error => JournalError::Store {
            doing,
            source: Box::new(error),
        },
    }
}
