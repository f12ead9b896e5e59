//! Bringing an older copy of a journal up to this instant, at the cost of what is new.
//!
//! The copy must be of this very journal: the root of its log is held against the root that our log
//! had at that length. Then everything happens in one transaction of the copy, which is therefore
//! always of one instant, whatever breaks off in between. Values are taken over as they stand on
//! disk, so nothing is decompressed.
//!
//! What makes this cheap is that blocks keep their borders: only the last one is ever taken up
//! again, so all before it differ by erasures alone, and these are listed in the table of the gone.
//!
//! Not here: whether older bytes of the copy are still what was written; whoever relies on it
//! verifies it.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::path::Path;

use heed::types::DecodeIgnore;
use heed::{Env, PutFlags, RoTxn, RwTxn, WithoutTls};
use legation_tree::TILE_WIDTH;

use super::map::{self, Access};
use super::table::{Tables, put_head, tile_key};
use super::write::{Weight, refuse, tell_full};
use super::{begin, datafile};
use crate::journal::{Copied, JournalError};

/// Progress is told each time so many bytes have been copied.
const TELL: u64 = 1 << 20;

/// Brings the copy in `target` up to what `txn` sees.
pub(super) fn update(
    env: &Env<WithoutTls>,
    tables: &Tables,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Copied, JournalError> {
    datafile::check(target)?;
    let _guard = datafile::lock(target)?;
    datafile::check(target)?;
    datafile::lay_out_readers(target)?;
    let copy_env = map::open(target, Access::Write)?;
    let data = datafile::open_data(target)?;
    let source = begin(env)?;
    tables.check_unmoved(&source)?;

    let older = Tables::open(&copy_env)?;
    let unlisted = older.block.is_none();
    let now = begin(&copy_env)?;
    check_is_copy(tables, &source, &older, &now, target)?;
    drop(now);
    let copy = match tables.block {
        Some(_) => older.upgrade(&copy_env, &data)?,
        None => older,
    };
    let txn = copy_env
        .write_txn()
        .map_err(|e| refuse("begin to write the copy", e))?;
    let bytes_in_use = |env: &Env<WithoutTls>| {
        (env.info().last_page_number as u64 + 1) * u64::from(env.unnamed_database_stat().page_size)
    };
    let mut update = Update {
        tables,
        source: &source,
        copy: &copy,
        txn,
        weight: Weight::default(),
        told: 0,
        likely: bytes_in_use(env).saturating_sub(bytes_in_use(&copy_env)),
        progress,
    };
    let copied = update.run(unlisted);
    let copied = copied.map_err(|e| tell_full(&copy_env, e))?;
    let Update {
        txn,
        weight,
        progress,
        ..
    } = update;
    weight.reserve(&data, &copy_env)?;
    txn.commit()
        .map_err(|e| tell_full(&copy_env, refuse("write the copy", e)))?;
    progress(weight.bytes(), weight.bytes());
    Ok(copied)
}

/// Refuses a journal that is no older instant of ours.
fn check_is_copy(
    tables: &Tables,
    source: &RoTxn,
    copy: &Tables,
    txn: &RoTxn,
    target: &Path,
) -> Result<(), JournalError> {
    let (ours, (theirs, _)) = (tables.head(source)?, copy.load(txn)?);
    let root = match theirs.entries <= ours.entries {
        true => Some(tables.root_at(source, theirs.entries.0)?),
        false => None,
    };
    let older = root == Some(theirs.root)
        && theirs.bodies <= ours.bodies
        && (tables.block.is_some() || copy.block.is_none());
    if !older {
        return Err(JournalError::NotACopy {
            dir: target.to_owned(),
        });
    }
    Ok(())
}

struct Update<'a> {
    tables: &'a Tables,
    source: &'a RoTxn<'a, WithoutTls>,
    copy: &'a Tables,
    txn: RwTxn<'a>,
    weight: Weight,
    /// The bytes copied when progress was told last.
    told: u64,
    /// The bytes that there are likely to be in all.
    likely: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

impl Update<'_> {
    /// All steps. `unlisted` says that bodies may have been erased since without being listed.
    fn run(&mut self, unlisted: bool) -> Result<Copied, JournalError> {
        let before = self.copy.head(&self.txn)?;
        let head = self.tables.head(self.source)?;
        self.entries(before.entries.0)?;
        self.plain_bodies(before.bodies.0, unlisted)?;
        self.blocks()?;
        self.rows()?;
        self.tiles(before.entries.0)?;
        self.copy.put_packed(&mut self.txn, self.tables)?;
        put_head(self.copy.meta, &mut self.txn, &head).map_err(failed)?;
        // As it would be when opened: an older copy whose end was damaged is found here.
        let now = Tables {
            packed: self.tables.packed,
            ..*self.copy
        };
        now.load(&self.txn)?;
        Ok(Copied {
            whole: false,
            entries: head.entries.0 - before.entries.0,
        })
    }

    fn note(&mut self, bytes: usize) {
        self.weight.add(bytes);
        let done = self.weight.bytes();
        if done >= self.told + TELL {
            self.told = done;
            (self.progress)(done, self.likely.max(done));
        }
    }

    fn entries(&mut self, from: u64) -> Result<(), JournalError> {
        let table = self.tables.entry;
        for entry in table.range(self.source, &(from..)).map_err(failed)? {
            let (number, value) = entry.map_err(failed)?;
            let copy = self.copy.entry;
            copy.put_with_flags(&mut self.txn, PutFlags::APPEND, &number, value)
                .map_err(failed)?;
            self.note(value.len());
        }
        Ok(())
    }

    /// The bodies that are kept as format 1 keeps them.
    fn plain_bodies(&mut self, from: u64, unlisted: bool) -> Result<(), JournalError> {
        let (Some(table), Some(copy)) = (self.tables.body, self.copy.body) else {
            return Ok(());
        };
        if unlisted {
            let here = copy.remap_data_type::<DecodeIgnore>();
            let mut erased = Vec::new();
            for body in here.iter(&self.txn).map_err(failed)? {
                let (number, ()) = body.map_err(failed)?;
                let kept = table.remap_data_type::<DecodeIgnore>();
                if kept.get(self.source, &number).map_err(failed)?.is_none() {
                    erased.push(number);
                }
            }
            for number in erased {
                copy.delete(&mut self.txn, &number).map_err(failed)?;
                self.note(0);
            }
        }
        for body in table.range(self.source, &(from..)).map_err(failed)? {
            let (number, value) = body.map_err(failed)?;
            copy.put_with_flags(&mut self.txn, PutFlags::APPEND, &number, value)
                .map_err(failed)?;
            self.note(value.len());
        }
        Ok(())
    }

    fn blocks(&mut self) -> Result<(), JournalError> {
        let (Some(table), Some(copy)) = (self.tables.block, self.copy.block) else {
            return Ok(());
        };
        let last = copy.remap_data_type::<DecodeIgnore>().last(&self.txn);
        let last = last.map_err(failed)?.map(|(first, ())| first);
        self.erase_listed(last.unwrap_or(0))?;
        // The last block of the copy may have been taken up again, or have gone.
        if let Some(last) = last {
            copy.delete(&mut self.txn, &last).map_err(failed)?;
            self.note(0);
        }
        let from = last.unwrap_or(0);
        for block in table.range(self.source, &(from..)).map_err(failed)? {
            let (first, value) = block.map_err(failed)?;
            copy.put_with_flags(&mut self.txn, PutFlags::APPEND, &first, value)
                .map_err(failed)?;
            self.note(value.len());
        }
        Ok(())
    }

    /// Erases what was listed since, in the blocks that begin before `last`.
    fn erase_listed(&mut self, last: u64) -> Result<(), JournalError> {
        let (Some(listed), Some(listed_here)) = (self.tables.gone, self.copy.gone) else {
            return Ok(());
        };
        let (blocks, copy) = (self.tables.blocks()?, self.copy.blocks()?);
        let known = listed_here.len(&self.txn).map_err(failed)?;
        let mut touched = BTreeSet::new();
        for gone in listed.range(self.source, &(known..)).map_err(failed)? {
            let (place, number) = gone.map_err(failed)?;
            listed_here
                .put_with_flags(&mut self.txn, PutFlags::APPEND, &place, &number)
                .map_err(failed)?;
            self.note(8);
            if let Some(plain) = self
                .copy
                .body
                .filter(|_| number < self.tables.packed.bodies)
            {
                plain.delete(&mut self.txn, &number).map_err(failed)?;
            } else if number < last {
                let keys = copy.remap_data_type::<DecodeIgnore>();
                let block = keys.get_lower_than_or_equal_to(&self.txn, &number);
                touched.extend(block.map_err(failed)?.map(|(first, ())| first));
            }
        }
        for first in touched {
            let value = blocks.get(self.source, &first).map_err(failed)?;
            match value {
                Some(value) => copy.put(&mut self.txn, &first, value),
                None => copy.delete(&mut self.txn, &first).map(drop),
            }
            .map_err(failed)?;
            self.note(value.map_or(0, <[u8]>::len));
        }
        Ok(())
    }

    /// Rows change anywhere; both sides are gone through side by side.
    fn rows(&mut self) -> Result<(), JournalError> {
        let mut changes = Vec::new();
        let mut theirs = self.copy.row.iter(&self.txn).map_err(failed)?;
        let mut their = theirs.next().transpose().map_err(failed)?;
        for row in self.tables.row.iter(self.source).map_err(failed)? {
            let (key, value) = row.map_err(failed)?;
            while let Some((old, _)) = their.filter(|(old, _)| *old < key) {
                changes.push((old.to_vec(), None));
                their = theirs.next().transpose().map_err(failed)?;
            }
            let same_key = their.filter(|(old, _)| *old == key);
            if same_key.is_some() {
                their = theirs.next().transpose().map_err(failed)?;
            }
            if same_key.is_none_or(|(_, old)| old != value) {
                changes.push((key.to_vec(), Some(value)));
            }
        }
        while let Some((old, _)) = their {
            changes.push((old.to_vec(), None));
            their = theirs.next().transpose().map_err(failed)?;
        }
        drop(theirs);
        for (key, value) in changes {
            match value {
                Some(value) => self.copy.row.put(&mut self.txn, &key, value),
                None => self.copy.row.delete(&mut self.txn, &key).map(drop),
            }
            .map_err(failed)?;
            self.note(key.len() + value.map_or(0, <[u8]>::len));
        }
        Ok(())
    }

    /// The tiles that have grown or come since the log was `size` entries long.
    fn tiles(&mut self, size: u64) -> Result<(), JournalError> {
        let width = u64::from(TILE_WIDTH);
        let mut hashes = size;
        for level in 0..=u8::MAX {
            let key = |index| tile_key(legation_tree::TileId { level, index });
            let (from, to) = (key(hashes / width), key(u64::MAX));
            let range: (Bound<&[u8]>, Bound<&[u8]>) =
                (Bound::Included(&from), Bound::Included(&to));
            let mut any = false;
            let tiles = self.tables.tile.range(self.source, &range);
            for tile in tiles.map_err(failed)? {
                let (key, value) = tile.map_err(failed)?;
                (self.copy.tile)
                    .put(&mut self.txn, key, value)
                    .map_err(failed)?;
                self.note(value.len());
                any = true;
            }
            // A level that has nothing has nothing above it.
            if !any && hashes == 0 {
                break;
            }
            hashes /= width;
        }
        Ok(())
    }
}

fn failed(error: heed::Error) -> JournalError {
    refuse("bring the copy up to date", error)
}
