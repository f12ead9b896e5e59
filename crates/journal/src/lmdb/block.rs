//! A block: bodies of consecutive numbers in one value, so that a page is read in one pass.
//!
//! Within a block the bodies stand in chunks that are compressed apart: a reader of many bodies
//! decompresses each chunk once, a reader of one body decompresses one chunk.
//!
//! ```text
//!  0  u32  bodies in the block, 1 to 4096
//!  4  u32  chunks in the block
//!  8  chunks × { u32 bodies | u32 length | u32 stored length | u8 form: 0 as it is, 1 Zstandard }
//!     bodies × { u32 length, or ff ff ff ff if the body was erased }
//!     the stored bytes of the chunks, one after another, to the end of the value
//! ```
//!
//! Integers are big-endian. The bytes of a chunk are those of its bodies, one after another; an
//! erased body has none. Not here: which block holds a body (`body`), and what is cut into which
//! block (`pack`).

use std::ops::Range;

use super::codec::{Decoder, Encoder, Form};
use crate::journal::BODY_MAX;

/// As many bodies as a block may have: a directory of at most 70 KiB, however short the bodies are.
pub(super) const COUNT_MAX: usize = 4096;

/// A chunk is cut before it exceeds this: 16 KiB, ten records. One of four times the length would
/// save a tenth of the disk, and make a single record three times as dear.
const CHUNK_LEN: usize = 16 << 10;

/// The longest chunk of more than one body that a reader accepts; it bounds what a spoilt directory
/// can ask for, and leaves [`CHUNK_LEN`] room to change.
const CHUNK_MAX: usize = 1 << 20;

const ERASED: u32 = u32::MAX;

/// The bytes of a chunk's line in the directory.
const CHUNK_LINE: usize = 13;

/// Writes the block of these bodies; None for one that was erased. There are 1 to [`COUNT_MAX`],
/// none longer than [`BODY_MAX`].
pub(super) fn encode(bodies: &[Option<&[u8]>], encoder: &mut Encoder) -> Vec<u8> {
    let chunks = cut(bodies);
    let mut stored = Vec::new();
    let mut block = Vec::new();
    block.extend((bodies.len() as u32).to_be_bytes());
    block.extend((chunks.len() as u32).to_be_bytes());
    let mut raw = Vec::new();
    for chunk in chunks {
        let held = bodies.get(chunk).unwrap_or_default();
        raw.clear();
        held.iter().flatten().for_each(|b| raw.extend_from_slice(b));
        let before = stored.len();
        let form = encoder.push(&raw, &mut stored);
        block.extend((held.len() as u32).to_be_bytes());
        block.extend((raw.len() as u32).to_be_bytes());
        block.extend(((stored.len() - before) as u32).to_be_bytes());
        block.push(form.to_byte());
    }
    for body in bodies {
        let len = body.map_or(ERASED, |bytes| bytes.len() as u32);
        block.extend(len.to_be_bytes());
    }
    block.extend_from_slice(&stored);
    block
}

/// Where the chunks are cut.
fn cut(bodies: &[Option<&[u8]>]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut begin, mut len) = (0, 0);
    for (at, body) in bodies.iter().enumerate() {
        let more = body.map_or(0, <[u8]>::len);
        if at > begin && len + more > CHUNK_LEN {
            chunks.push(begin..at);
            (begin, len) = (at, 0);
        }
        len += more;
    }
    chunks.push(begin..bodies.len());
    chunks
}

/// What is wrong with a block.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed(pub(super) &'static str);

/// The directory of one block, read. It is kept from block to block to save its memory.
#[derive(Default)]
pub(super) struct Directory {
    // INVARIANT: every place lies within its chunk, every chunk within the value it was read from.
    chunks: Vec<Chunk>,
    places: Vec<Option<Place>>,
}

/// One chunk: its stored bytes within the value.
struct Chunk {
    form: Form,
    len: usize,
    stored: Range<usize>,
}

/// Where a body is: in which chunk, and where in that chunk's bytes.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) chunk: usize,
    pub(super) range: Range<usize>,
}

impl Directory {
    /// Reads the directory of a block and holds it against the block's length and the limits.
    pub(super) fn read(&mut self, block: &[u8]) -> Result<(), Malformed> {
        self.chunks.clear();
        self.places.clear();
        let mut rest = block;
        let bodies = take_u32(&mut rest)? as usize;
        let chunks = take_u32(&mut rest)? as usize;
        if !(1..=COUNT_MAX).contains(&bodies) || !(1..=bodies).contains(&chunks) {
            return Err(Malformed("its counts are absurd"));
        }
        let too_short = Malformed("it ends within its directory");
        let Some((mut lines, rest)) = rest.split_at_checked(chunks * CHUNK_LINE) else {
            return Err(too_short);
        };
        let Some((mut lengths, stored)) = rest.split_at_checked(bodies * 4) else {
            return Err(too_short);
        };
        let mut at = block.len() - stored.len();
        for chunk in 0..chunks {
            let held = take_u32(&mut lines)? as usize;
            let len = take_u32(&mut lines)? as usize;
            let stored = take_u32(&mut lines)? as usize;
            let form = take_form(&mut lines)?;
            let most = if held == 1 { BODY_MAX } else { CHUNK_MAX };
            let end = at.checked_add(stored).filter(|end| *end <= block.len());
            let Some(end) = end.filter(|_| len <= most && held > 0) else {
                return Err(Malformed("a chunk is longer than it can be"));
            };
            self.chunks.push(Chunk {
                form,
                len,
                stored: at..end,
            });
            at = end;
            let mut from = 0;
            for _ in 0..held {
                let length = take_u32(&mut lengths)?;
                if length == ERASED {
                    self.places.push(None);
                    continue;
                }
                let to = from + length as usize;
                let range = from..to;
                self.places.push(Some(Place { chunk, range }));
                from = to;
            }
            if from != len {
                return Err(Malformed("a chunk has another length than its bodies"));
            }
        }
        if !lengths.is_empty() || at != block.len() {
            return Err(Malformed("its directory says less than it holds"));
        }
        Ok(())
    }

    /// How many bodies the block has, erased ones included.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Where the body is that comes `at` places after the first; None if it was erased.
    pub(super) fn place(&self, at: usize) -> Option<Place> {
        self.places.get(at)?.clone()
    }

    /// The length of all bodies together.
    pub(super) fn raw_len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.len).sum()
    }

    /// The bytes of a chunk of the block that this directory was read from.
    pub(super) fn chunk<'a>(
        &self,
        chunk: usize,
        block: &'a [u8],
        decoder: &'a mut Decoder,
    ) -> Result<&'a [u8], Malformed> {
        let spoilt = Malformed("a chunk does not decompress to its length");
        let Some(chunk) = self.chunks.get(chunk) else {
            return Err(spoilt);
        };
        let stored = block.get(chunk.stored.clone()).unwrap_or_default();
        decoder.piece(chunk.form, chunk.len, stored).ok_or(spoilt)
    }

    /// All bodies of the block that this directory was read from.
    pub(super) fn bodies(
        &self,
        block: &[u8],
        decoder: &mut Decoder,
    ) -> Result<Vec<Option<Vec<u8>>>, Malformed> {
        let mut bodies = Vec::with_capacity(self.len());
        let mut places = self.places.iter();
        for (at, _) in self.chunks.iter().enumerate() {
            let bytes = self.chunk(at, block, decoder)?;
            let of_chunk = |place: &&Option<Place>| place.as_ref().is_none_or(|p| p.chunk == at);
            // An erased body counts to the chunk before or after it, which makes no difference.
            while let Some(place) = places.as_slice().first().filter(of_chunk) {
                let range = place.as_ref().map(|place| place.range.clone());
                bodies.push(range.and_then(|range| bytes.get(range).map(<[u8]>::to_vec)));
                places.next();
            }
        }
        Ok(bodies)
    }
}

/// How many bodies a block says that it has.
pub(super) fn count(block: &[u8]) -> u64 {
    (block.first_chunk()).map_or(0, |count| u64::from(u32::from_be_bytes(*count)))
}

fn take_u32(rest: &mut &[u8]) -> Result<u32, Malformed> {
    let (number, after) = rest
        .split_first_chunk()
        .ok_or(Malformed("it ends within its directory"))?;
    *rest = after;
    Ok(u32::from_be_bytes(*number))
}

fn take_form(rest: &mut &[u8]) -> Result<Form, Malformed> {
    let (byte, after) = rest
        .split_first()
        .ok_or(Malformed("it ends within its directory"))?;
    *rest = after;
    Form::of_byte(*byte).ok_or(Malformed("a chunk has an unknown form"))
}

#[cfg(test)]
mod tests;
