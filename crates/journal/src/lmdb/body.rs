//! Bodies within the tables: finding those of a list in one pass, and making one go for ever.
//!
//! Bodies up to the number where the journal was upgraded stand in the table of format 1, one to a
//! value; all later ones stand in blocks. Not here: how a block is made (`block`, `pack`).

use heed::{RoTxn, RwTxn};
use legation_core::id::BodyNumber;

use super::block::{self, Directory, Malformed};
use super::codec::{Decoder, Encoder};
use super::frame;
use super::table::Tables;
use super::write::refuse;
use crate::journal::JournalError;

/// The last block is taken up again by the next batch while its bodies have fewer bytes than this:
/// 32 KiB. So that bodies that come one by one end in blocks too, and each such commit writes three
/// pages more.
const OPEN_LEN: usize = 32 << 10;

/// What reading needs beside the tables. Kept from one reading to the next.
pub(super) struct Unpacker {
    decoder: Decoder,
    directory: Directory,
}

/// The bodies of a block that is to be written anew with more.
pub(super) struct OpenBlock {
    pub(super) first: u64,
    pub(super) bodies: Vec<Option<Vec<u8>>>,
}

impl Unpacker {
    pub(super) fn new() -> Result<Self, JournalError> {
        let decoder = Decoder::new().map_err(|source| JournalError::Io {
            doing: "set up decompression",
            source,
        })?;
        Ok(Self {
            decoder,
            directory: Directory::default(),
        })
    }

    /// Shows bodies in the order asked for. Neighbours in the list that are neighbours on disk are
    /// found and decompressed once.
    pub(super) fn bodies(
        &mut self,
        tables: &Tables,
        txn: &RoTxn,
        numbers: &[BodyNumber],
        visit: &mut dyn FnMut(usize, Option<&[u8]>),
    ) -> Result<(), JournalError> {
        let mut at = 0;
        while let Some(number) = numbers.get(at) {
            if number.0 < tables.packed.bodies {
                visit(at, plain(tables, txn, number.0)?);
                at += 1;
                continue;
            }
            let Some((first, value)) = block_before(tables, txn, number.0)? else {
                visit(at, None);
                at += 1;
                continue;
            };
            let spoilt = |malformed| damaged(first, &malformed);
            self.directory.read(value).map_err(spoilt)?;
            let end = first.saturating_add(self.directory.len() as u64);
            if number.0 >= end {
                visit(at, None);
                at += 1;
                continue;
            }
            // Where the number at a place of the list stands in this block, if it does.
            let within = |at: usize| {
                let number = numbers.get(at)?.0;
                let here = (first..end).contains(&number);
                here.then(|| (number - first) as usize)
            };
            while let Some(place) = within(at) {
                let Some(place) = self.directory.place(place) else {
                    visit(at, None);
                    at += 1;
                    continue;
                };
                let chunk = place.chunk;
                let bytes = self.directory.chunk(chunk, value, &mut self.decoder);
                let bytes = bytes.map_err(spoilt)?;
                let mut here = Some(place);
                while let Some(place) = here {
                    visit(at, bytes.get(place.range));
                    at += 1;
                    let next = within(at).and_then(|next| self.directory.place(next));
                    here = next.filter(|next| next.chunk == chunk);
                }
            }
        }
        Ok(())
    }

    /// Nonce and frame of a stored entry.
    pub(super) fn entry<'a>(
        &'a mut self,
        tables: &Tables,
        number: u64,
        value: &'a [u8],
    ) -> Result<(&'a [u8; 32], &'a [u8]), JournalError> {
        let decoded = if number < tables.packed.entries {
            frame::decode_plain(value)
        } else {
            frame::decode(value, &mut self.decoder)
        };
        decoded.ok_or_else(|| JournalError::Damaged {
            what: format!("entry {number} is malformed"),
        })
    }

    /// The last block, if it ends before `next` and is short enough to be taken up again. Otherwise
    /// one without bodies that begins at `next`.
    pub(super) fn open_block(
        &mut self,
        tables: &Tables,
        txn: &RoTxn,
        next: u64,
    ) -> Result<OpenBlock, JournalError> {
        let closed = OpenBlock {
            first: next,
            bodies: Vec::new(),
        };
        let Some((first, value)) = tables.blocks()?.last(txn).map_err(unreadable)? else {
            return Ok(closed);
        };
        let spoilt = |malformed| damaged(first, &malformed);
        self.directory.read(value).map_err(spoilt)?;
        let count = self.directory.len();
        let adjoins = first.checked_add(count as u64) == Some(next);
        if !adjoins || self.directory.raw_len() >= OPEN_LEN || count >= block::COUNT_MAX {
            return Ok(closed);
        }
        let bodies = self.directory.bodies(value, &mut self.decoder);
        let bodies = bodies.map_err(spoilt)?;
        Ok(OpenBlock { first, bodies })
    }

    /// Removes the bytes of these bodies, in rising order. Gives the bytes written for each block
    /// that lost some.
    pub(super) fn erase(
        &mut self,
        tables: &Tables,
        txn: &mut RwTxn,
        numbers: &[u64],
        encoder: &mut Encoder,
    ) -> Result<Vec<usize>, JournalError> {
        let mut written = Vec::new();
        let mut rest = numbers;
        while let Some((number, after)) = rest.split_first() {
            if *number < tables.packed.bodies {
                if let Some(table) = tables.body {
                    table.delete(txn, number).map_err(unwritable)?;
                    written.push(0);
                }
                rest = after;
                continue;
            }
            let Some((first, value)) = block_before(tables, txn, *number)? else {
                rest = after;
                continue;
            };
            let spoilt = |malformed| damaged(first, &malformed);
            self.directory.read(value).map_err(spoilt)?;
            let end = first.saturating_add(self.directory.len() as u64);
            let (here, beyond) = rest.split_at(rest.partition_point(|number| *number < end));
            if here.is_empty() {
                // Its block is gone already.
                rest = after;
                continue;
            }
            rest = beyond;
            let bodies = self.directory.bodies(value, &mut self.decoder);
            let mut bodies = bodies.map_err(spoilt)?;
            let mut changed = false;
            for number in here {
                let body = bodies.get_mut((number - first) as usize);
                changed |= body.is_some_and(|body| body.take().is_some());
            }
            if !changed {
                continue;
            }
            let left: Vec<_> = bodies.iter().map(Option::as_deref).collect();
            written.push(put(tables, txn, first, &left, |left| {
                block::encode(left, encoder)
            })?);
        }
        Ok(written)
    }
}

/// Writes the block of bodies that exists, or removes it if all of them are erased. Gives the bytes
/// written.
fn put(
    tables: &Tables,
    txn: &mut RwTxn,
    first: u64,
    bodies: &[Option<&[u8]>],
    encode: impl FnOnce(&[Option<&[u8]>]) -> Vec<u8>,
) -> Result<usize, JournalError> {
    let table = tables.blocks()?;
    if bodies.iter().all(Option::is_none) {
        table.delete(txn, &first).map_err(unwritable)?;
        return Ok(0);
    }
    let value = encode(bodies);
    table.put(txn, &first, &value).map_err(unwritable)?;
    Ok(value.len())
}

/// A body as format 1 kept it.
fn plain<'t>(
    tables: &Tables,
    txn: &'t RoTxn,
    number: u64,
) -> Result<Option<&'t [u8]>, JournalError> {
    let body = match tables.body {
        Some(table) => table.get(txn, &number).map_err(unreadable)?,
        None => None,
    };
    if body.is_none() {
        tables.check_unmoved(txn)?;
    }
    Ok(body)
}

/// The last block that begins at this body or before, with the number of its first.
fn block_before<'t>(
    tables: &Tables,
    txn: &'t RoTxn,
    number: u64,
) -> Result<Option<(u64, &'t [u8])>, JournalError> {
    match tables.block {
        Some(table) => table
            .get_lower_than_or_equal_to(txn, &number)
            .map_err(unreadable),
        None => Ok(None),
    }
}

fn damaged(first: u64, malformed: &Malformed) -> JournalError {
    JournalError::Damaged {
        what: format!("the block from body {first}: {}", malformed.0),
    }
}

fn unreadable(error: heed::Error) -> JournalError {
    refuse("read the bodies", error)
}

fn unwritable(error: heed::Error) -> JournalError {
    refuse("write the bodies", error)
}
