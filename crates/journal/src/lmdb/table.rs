//! The tables of a journal and the layout of each; format 1.
//!
//! Integers are big-endian, so that keys sort as their numbers do.
//!
//! ```text
//! table  key                     value
//! meta   "format"                u32, 1
//!        "head"                  u64 number of entries | u64 number of bodies | root, 32 bytes
//!        "checkpoint"            the signed checkpoint of that head, UTF-8
//! entry  u64 number              nonce, 32 bytes | frame
//! body   u64 number              the bytes; an erased body has no row
//! row    1 to 511 bytes          the derived index, see the engine
//! tile   u8 level | u64 index    1 to 256 hashes of 32 bytes (C2SP tlog-tiles); derived
//! ```
//!
//! Not here: when any of it is written (`write`).

use heed::byteorder::BigEndian;
use heed::types::{Bytes, Str, U64};
use heed::{CommitOrAbort, Database, Env, RoTxn, RwTxn, WithoutTls};
use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{Appender, Hash, TileId, TileSource};

use super::write::refuse;
use crate::journal::{Head, JournalError, Signer};

/// The only format so far.
const FORMAT: u32 = 1;

const FORMAT_KEY: &str = "format";
const HEAD_KEY: &str = "head";
const CHECKPOINT_KEY: &str = "checkpoint";

/// The tables, open. They are plain handles.
#[derive(Clone, Copy)]
pub(super) struct Tables {
    pub(super) meta: Database<'static, Str, Bytes>,
    pub(super) entry: Database<'static, U64<BigEndian>, Bytes>,
    pub(super) body: Database<'static, U64<BigEndian>, Bytes>,
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
                for name in ["entry", "body", "row", "tile"] {
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
        let format = meta.get(&txn, FORMAT_KEY).map_err(failed)?;
        let format = format.and_then(|f| f.try_into().ok()).ok_or_else(absent)?;
        let found = u32::from_be_bytes(format);
        if found != FORMAT {
            return Err(JournalError::UnknownFormat {
                found,
                known: FORMAT,
            });
        }
        let rest = env
            .open_databases_and_commit(txn, |opener, txn| {
                let tables = (
                    opener.open_database(txn, Some("entry"))?,
                    opener.open_database(txn, Some("body"))?,
                    opener.open_database(txn, Some("row"))?,
                    opener.open_database(txn, Some("tile"))?,
                );
                Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(tables))
            })
            .map_err(failed)?;
        match rest.commit() {
            Some((Some(entry), Some(body), Some(row), Some(tile))) => Ok(Self {
                meta,
                entry,
                body,
                row,
                tile,
            }),
            _ => Err(damaged("a table is missing")),
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
        let last = self.body.last(txn).map_err(failed)?;
        if last.is_some_and(|(number, _)| number >= head.bodies.0) {
            return Err(damaged("there are more bodies than the head counts"));
        }
        let tiles = StoredTiles { tables: self, txn };
        let tree = Appender::load(head.entries.0, &tiles).map_err(|e| JournalError::Damaged {
            what: format!("the tiles do not make a tree: {e}"),
        })?;
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

pub(super) fn tile_key(id: TileId) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = id.index.to_be_bytes();
    [id.level, a, b, c, d, e, f, g, h]
}

/// Nonce and frame of a stored entry.
pub(super) fn split_entry(number: u64, value: &[u8]) -> Result<(&[u8; 32], &[u8]), JournalError> {
    value
        .split_first_chunk()
        .ok_or_else(|| JournalError::Damaged {
            what: format!("entry {number} is too short"),
        })
}

fn damaged(what: &str) -> JournalError {
    JournalError::Damaged { what: what.into() }
}
