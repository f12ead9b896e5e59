//! The tables of a journal and the layout of each; format 2, and format 1 as it is found.
//!
//! Integers are big-endian, so that keys sort as their numbers do.
//!
//! ```text
//! table  key                     value
//! meta   "format"                u32, 2
//!        "head"                  u64 number of entries | u64 number of bodies | root, 32 bytes
//!        "checkpoint"            the signed checkpoint of that head, UTF-8
//!        "packed"                u64 entries | u64 bodies: those before these numbers are kept as
//!                                format 1 keeps them; absent in a journal made in format 2
//! entry  u64 number              nonce, and frame compressed if long, see `frame`
//! block  u64 number of its first body   consecutive bodies compressed, see `block`
//! gone   u64 place in the list   u64 number of a body that was erased, in the order of erasing
//! row    1 to 511 bytes          the derived index, see the engine
//! tile   u8 level | u64 index    1 to 256 hashes of 32 bytes (C2SP tlog-tiles); derived
//! ```
//!
//! In format 1, and in what an upgrade left of it:
//!
//! ```text
//! entry  u64 number              nonce, 32 bytes | frame
//! body   u64 number              the bytes; an erased body has no row
//! ```
//!
//! An upgrade makes the tables that are new, notes where they begin and writes the new format, in one
//! small transaction: a crash leaves either format whole, and nothing is copied.
//!
//! Not here: when any of it is written (`write`).

use std::fs::File;

use heed::byteorder::BigEndian;
use heed::types::{Bytes, Str, U64};
use heed::{CommitOrAbort, Database, Env, PutFlags, RoTxn, RwTxn, WithoutTls};
use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{Appender, Hash, ReadError, TileId, TileSource, root_at};

use super::write::refuse;
use super::{block, datafile};
use crate::journal::{Head, JournalError, Signer};

/// The format that is written.
const FORMAT: u32 = 2;

/// The oldest format that is read.
const FORMAT_OLDEST: u32 = 1;

/// The pages that an upgrade may write: the path to each of its three rows, with room to spare.
const PAGES_PER_UPGRADE: u64 = 64;

const FORMAT_KEY: &str = "format";
const HEAD_KEY: &str = "head";
const CHECKPOINT_KEY: &str = "checkpoint";
const PACKED_KEY: &str = "packed";

/// Where the layout of format 2 begins: what has a lower number is kept as format 1 keeps it.
#[derive(Clone, Copy)]
pub(super) struct Packed {
    pub(super) entries: u64,
    pub(super) bodies: u64,
}

/// The tables, open. They are plain handles.
#[derive(Clone, Copy)]
pub(super) struct Tables {
    pub(super) meta: Database<'static, Str, Bytes>,
    pub(super) entry: Database<'static, U64<BigEndian>, Bytes>,
    /// The bodies of format 1; none in a journal made in format 2.
    pub(super) body: Option<Database<'static, U64<BigEndian>, Bytes>>,
    /// None in a journal of format 1, which is read and not written.
    pub(super) block: Option<Database<'static, U64<BigEndian>, Bytes>>,
    /// None where `block` is.
    pub(super) gone: Option<Database<'static, U64<BigEndian>, U64<BigEndian>>>,
    pub(super) packed: Packed,
    pub(super) row: Database<'static, Bytes, Bytes>,
    pub(super) tile: Database<'static, Bytes, Bytes>,
}

impl Tables {
    /// Makes the tables of an empty journal, in one transaction.
    pub(super) fn create(env: &Env<WithoutTls>, signer: &Signer) -> Result<(), JournalError> {
        let make = || -> heed::Result<()> {
            let txn = env.write_txn()?;
            env.create_databases_and_commit(txn, |opener, txn| {
                let meta = opener.create_database::<Str, Bytes>(txn, Some("meta"))?;
                for name in ["entry", "block", "gone", "row", "tile"] {
                    opener.create_database::<Bytes, Bytes>(txn, Some(name))?;
                }
                let tree = Appender::empty();
                let head = Head {
                    entries: EntryNumber(0),
                    bodies: BodyNumber(0),
                    root: tree.root(),
                    checkpoint: Some(signer(0, &tree.root())),
                };
                meta.put(txn, FORMAT_KEY, &FORMAT.to_be_bytes())?;
                put_head(meta, txn, &head)?;
                Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(()))
            })?;
            Ok(())
        };
        make().map_err(|e| refuse("make the tables", e))
    }

    /// Opens the tables of a journal of a known format.
    pub(super) fn open(env: &Env<WithoutTls>) -> Result<Self, JournalError> {
        let absent = || JournalError::NotAJournal {
            dir: env.path().to_owned(),
        };
        let failed = |e| refuse("open the tables", e);
        let txn = env.read_txn().map_err(failed)?;
        let meta = env
            .open_databases_and_commit(txn, |opener, txn| {
                opener
                    .open_database::<Str, Bytes>(txn, Some("meta"))
                    .map(CommitOrAbort::<_, ()>::Commit)
            })
            .map_err(failed)?;
        let meta = meta.commit().flatten().ok_or_else(absent)?;

        // The format before all else: another one may have other tables.
        let txn = env.read_txn().map_err(failed)?;
        let found = read_format(meta, &txn)?.ok_or_else(absent)?;
        if !(FORMAT_OLDEST..=FORMAT).contains(&found) {
            return Err(JournalError::UnknownFormat {
                found,
                known: FORMAT,
            });
        }
        let packed = match meta.get(&txn, PACKED_KEY).map_err(failed)? {
            Some(stored) => parse_packed(stored)
                .ok_or_else(|| damaged("it is not said where its blocks begin"))?,
            None if found == 1 => Packed {
                entries: u64::MAX,
                bodies: u64::MAX,
            },
            None => Packed {
                entries: 0,
                bodies: 0,
            },
        };
        let rest = env
            .open_databases_and_commit(txn, |opener, txn| {
                let tables = (
                    opener.open_database(txn, Some("entry"))?,
                    opener.open_database(txn, Some("body"))?,
                    opener.open_database(txn, Some("block"))?,
                    opener.open_database(txn, Some("gone"))?,
                    opener.open_database(txn, Some("row"))?,
                    opener.open_database(txn, Some("tile"))?,
                );
                Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(tables))
            })
            .map_err(failed)?;
        match rest.commit() {
            Some((Some(entry), body, block, gone, Some(row), Some(tile)))
                if (body.is_some() || packed.bodies == 0)
                    && block.is_some() == (found > 1)
                    && gone.is_some() == (found > 1) =>
            {
                Ok(Self {
                    meta,
                    entry,
                    body,
                    block,
                    gone,
                    packed,
                    row,
                    tile,
                })
            }
            _ => Err(damaged("a table is missing")),
        }
    }

    /// Makes a journal of format 1 one of format 2. One that is so already stays as it is.
    pub(super) fn upgrade(self, env: &Env<WithoutTls>, data: &File) -> Result<Self, JournalError> {
        if self.block.is_some() {
            return Ok(self);
        }
        let txn = env.read_txn().map_err(|e| refuse("begin to read", e))?;
        let head = self.head(&txn)?;
        drop(txn);
        let packed = encode_packed(Packed {
            entries: head.entries.0,
            bodies: head.bodies.0,
        });
        datafile::reserve_pages(data, env, PAGES_PER_UPGRADE)?;
        let write = || -> heed::Result<()> {
            let txn = env.write_txn()?;
            env.create_databases_and_commit(txn, |opener, txn| {
                opener.create_database::<Bytes, Bytes>(txn, Some("block"))?;
                opener.create_database::<Bytes, Bytes>(txn, Some("gone"))?;
                self.meta.put(txn, PACKED_KEY, &packed)?;
                self.meta.put(txn, FORMAT_KEY, &FORMAT.to_be_bytes())?;
                Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(()))
            })?;
            Ok(())
        };
        write().map_err(|e| refuse("upgrade the journal", e))?;
        Self::open(env)
    }

    /// Adds to the list of the erased; gives how many.
    pub(super) fn list_gone<'n>(
        &self,
        txn: &mut RwTxn,
        numbers: impl Iterator<Item = &'n u64>,
    ) -> Result<u64, JournalError> {
        let failed = |e| refuse("list what is erased", e);
        let table = self.gone.ok_or(JournalError::ReadOnly)?;
        let listed = table.len(txn).map_err(failed)?;
        let mut place = listed;
        for number in numbers {
            (table.put_with_flags(txn, PutFlags::APPEND, &place, number)).map_err(failed)?;
            place += 1;
        }
        Ok(place - listed)
    }

    /// Writes where the new layout begins in `like`, whose entries and bodies these are.
    pub(super) fn put_packed(&self, txn: &mut RwTxn, like: &Self) -> Result<(), JournalError> {
        let failed = |e| refuse("write where the blocks begin", e);
        if like.block.is_none() || like.packed.entries == 0 && like.packed.bodies == 0 {
            self.meta.delete(txn, PACKED_KEY).map_err(failed)?;
            return Ok(());
        }
        let packed = encode_packed(like.packed);
        self.meta.put(txn, PACKED_KEY, &packed).map_err(failed)
    }

    /// The root that the log had when it was `size` entries long.
    pub(super) fn root_at(&self, txn: &RoTxn, size: u64) -> Result<Hash, JournalError> {
        let tiles = StoredTiles { tables: self, txn };
        root_at(size, &tiles).map_err(|e| no_tree(&e))
    }

    /// The table of blocks, which every journal that is written has.
    pub(super) fn blocks(&self) -> Result<Database<'static, U64<BigEndian>, Bytes>, JournalError> {
        self.block.ok_or(JournalError::ReadOnly)
    }

    /// Refuses to read on with handles that are older than the journal: one that was opened in
    /// format 1 for reading, and that another process has upgraded since.
    pub(super) fn check_unmoved(&self, txn: &RoTxn) -> Result<(), JournalError> {
        match self.block {
            None if read_format(self.meta, txn)? != Some(1) => Err(JournalError::Upgraded),
            _ => Ok(()),
        }
    }

    /// The head as stored.
    pub(super) fn head(&self, txn: &RoTxn) -> Result<Head, JournalError> {
        let failed = |e| refuse("read the head", e);
        let stored = self.meta.get(txn, HEAD_KEY).map_err(failed)?;
        let head = stored
            .and_then(parse_head)
            .ok_or_else(|| damaged("the head is missing or malformed"))?;
        let checkpoint = self.meta.get(txn, CHECKPOINT_KEY).map_err(failed)?;
        let checkpoint = checkpoint
            .map(|text| String::from_utf8(text.to_vec()))
            .transpose()
            .map_err(|_| damaged("the checkpoint is not text"))?;
        Ok(Head { checkpoint, ..head })
    }

    /// The head and the tree, checked against each other and against the ends of the tables.
    pub(super) fn load(&self, txn: &RoTxn) -> Result<(Head, Appender), JournalError> {
        let failed = |e| refuse("read the journal", e);
        let head = self.head(txn)?;
        let last = self.entry.last(txn).map_err(failed)?;
        let count = self.entry.len(txn).map_err(failed)?;
        let next = last.map_or(0, |(number, _)| number.saturating_add(1));
        if next != head.entries.0 || count != head.entries.0 {
            return Err(JournalError::Damaged {
                what: format!(
                    "the head counts {} entries, the table has {count} up to position {next}",
                    head.entries
                ),
            });
        }
        let last = self.body.map(|table| table.last(txn)).transpose();
        let last = last.map_err(failed)?.flatten();
        let mut next = last.map_or(0, |(number, _)| number.saturating_add(1));
        if let Some((first, block)) = self
            .block
            .map(|t| t.last(txn))
            .transpose()
            .map_err(failed)?
            .flatten()
        {
            next = first.saturating_add(block::count(block));
        }
        if next > head.bodies.0 {
            return Err(damaged("there are more bodies than the head counts"));
        }
        let tiles = StoredTiles { tables: self, txn };
        let tree = Appender::load(head.entries.0, &tiles).map_err(|e| no_tree(&e))?;
        if tree.root() != head.root {
            return Err(damaged("the tiles do not have the root of the head"));
        }
        Ok((head, tree))
    }

    /// A stored tile.
    pub(super) fn tile(&self, txn: &RoTxn, level: u8, index: u64) -> heed::Result<Option<Vec<u8>>> {
        let tile = self.tile.get(txn, &tile_key(TileId { level, index }))?;
        Ok(tile.map(<[u8]>::to_vec))
    }
}

/// The tiles as the tree reads them, within one transaction.
struct StoredTiles<'a> {
    tables: &'a Tables,
    txn: &'a RoTxn<'a>,
}

impl TileSource for StoredTiles<'_> {
    type Error = heed::Error;

    fn tile(&self, level: u8, index: u64) -> heed::Result<Option<Vec<u8>>> {
        self.tables.tile(self.txn, level, index)
    }
}

pub(super) fn put_head(
    meta: Database<'_, Str, Bytes>,
    txn: &mut RwTxn,
    head: &Head,
) -> heed::Result<()> {
    let mut value = Vec::with_capacity(48);
    value.extend(head.entries.0.to_be_bytes());
    value.extend(head.bodies.0.to_be_bytes());
    value.extend(head.root.as_bytes());
    meta.put(txn, HEAD_KEY, &value)?;
    if let Some(checkpoint) = &head.checkpoint {
        meta.put(txn, CHECKPOINT_KEY, checkpoint.as_bytes())?;
    }
    Ok(())
}

fn parse_head(value: &[u8]) -> Option<Head> {
    let (entries, rest) = value.split_first_chunk()?;
    let (bodies, root) = rest.split_first_chunk()?;
    Some(Head {
        entries: EntryNumber(u64::from_be_bytes(*entries)),
        bodies: BodyNumber(u64::from_be_bytes(*bodies)),
        root: Hash(root.try_into().ok()?),
        checkpoint: None,
    })
}

fn read_format(meta: Database<'_, Str, Bytes>, txn: &RoTxn) -> Result<Option<u32>, JournalError> {
    let stored = meta.get(txn, FORMAT_KEY);
    let stored = stored.map_err(|e| refuse("read the format", e))?;
    Ok(stored.and_then(|f| Some(u32::from_be_bytes(f.try_into().ok()?))))
}

fn encode_packed(packed: Packed) -> Vec<u8> {
    let (entries, bodies) = (packed.entries.to_be_bytes(), packed.bodies.to_be_bytes());
    [entries, bodies].concat()
}

fn parse_packed(value: &[u8]) -> Option<Packed> {
    let (entries, bodies) = value.split_first_chunk()?;
    Some(Packed {
        entries: u64::from_be_bytes(*entries),
        bodies: u64::from_be_bytes(bodies.try_into().ok()?),
    })
}

pub(super) fn tile_key(id: TileId) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = id.index.to_be_bytes();
    [id.level, a, b, c, d, e, f, g, h]
}

fn no_tree(error: &ReadError<heed::Error>) -> JournalError {
    JournalError::Damaged {
        what: format!("the tiles do not make a tree: {error}"),
    }
}

fn damaged(what: &str) -> JournalError {
    JournalError::Damaged { what: what.into() }
}
