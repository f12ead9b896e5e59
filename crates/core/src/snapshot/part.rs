//! The parts of a snapshot: each is read by itself, in any order and at the same time as others.
//!
//! The flow: [`Plan::read`] reads from the beginning of a snapshot where its parts lie;
//! [`Plan::parts`] are read wherever somebody has time; [`Fold::of_pieces`] puts together what came
//! of them. Whatever is read is bounded by the length of the snapshot, which whoever keeps it knows.
//!
//! Not here: the bytes themselves, whether they are whole, and how many are read at once.

use std::ops::Range;

use crate::snapshot::body::Body;
use crate::snapshot::column::Cells;
use crate::snapshot::record::WIDTHS;
use crate::snapshot::{LAYOUT_SIZE, SnapshotError, mark, office};
use crate::state::book::Book;
use crate::view::Fold;

/// Where bytes come from.
pub trait Source {
    /// Fills all of that with the bytes that come next; whether it could.
    fn fill(&mut self, to: &mut [u8]) -> bool;
}

impl Source for &[u8] {
    fn fill(&mut self, to: &mut [u8]) -> bool {
        let Some((now, rest)) = self.split_at_checked(to.len()) else {
            return false;
        };
        to.copy_from_slice(now);
        *self = rest;
        true
    }
}

/// Books of about so many bytes are read together: few parts, and yet some for every processor.
const BOOKS: u64 = 1 << 20;

/// Where the parts of a snapshot lie.
#[derive(Clone, Debug)]
pub struct Plan {
    // The bytes of the plan itself, then of the body, of each column, and of each book.
    lengths: Vec<u64>,
}

/// A part of a snapshot.
#[derive(Clone, Debug)]
pub struct Part {
    range: Range<u64>,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Body,
    Column(usize),
    /// The number of the first book, and the bytes of each.
    Books(usize, Vec<u64>),
}

/// What came of a part.
#[derive(Debug)]
pub struct Piece(pub(super) Read);

#[derive(Debug)]
pub(super) enum Read {
    Body(Box<Body>),
    Column(usize, Cells),
    Books(usize, Vec<Book>),
}

impl Plan {
    /// Reads the plan of a snapshot of that many bytes, with which it begins.
    ///
    /// # Errors
    /// When another build saved it, or it is not as long as its parts.
    pub fn read(length: u64, from: &mut dyn Source) -> Result<Self, SnapshotError> {
        let mut number = || {
            let mut bytes = [0; 8];
            let whole = from.fill(&mut bytes);
            whole.then_some(u64::from_le_bytes(bytes))
        };
        let layout = [number(), number()].map(|half| half.map(u64::to_le_bytes));
        let [Some(first), Some(second)] = layout else {
            return Err(SnapshotError::Short);
        };
        if [first, second].as_flattened() != mark() {
            return Err(SnapshotError::OtherBuild);
        }
        let count = number().ok_or(SnapshotError::Short)?;
        let own = count
            .checked_mul(8)
            .and_then(|lengths| lengths.checked_add(LAYOUT_SIZE as u64 + 8));
        let own = own.filter(|own| *own <= length);
        let own = own.ok_or(SnapshotError::Short)?;
        if count <= WIDTHS.len() as u64 {
            return Err(SnapshotError::Unsound("its parts"));
        }
        let mut lengths = vec![own];
        let mut all = own;
        for _ in 0..count {
            let part = number().ok_or(SnapshotError::Short)?;
            all = all.checked_add(part).ok_or(SnapshotError::Short)?;
            lengths.push(part);
        }
        match all.cmp(&length) {
            std::cmp::Ordering::Equal => Ok(Self { lengths }),
            std::cmp::Ordering::Greater => Err(SnapshotError::Short),
            std::cmp::Ordering::Less => Err(SnapshotError::Unsound("its length")),
        }
    }

    /// A plan of parts of those lengths, as it is written.
    pub(super) fn write(lengths: &[u64]) -> Vec<u8> {
        let mut bytes = mark().to_vec();
        bytes.extend((lengths.len() as u64).to_le_bytes());
        bytes.extend(lengths.iter().flat_map(|length| length.to_le_bytes()));
        bytes
    }

    /// How many bytes the plan itself takes.
    pub fn size(&self) -> u64 {
        self.lengths.first().copied().unwrap_or(0)
    }

    /// The parts: first the one that is most to think about, then the longest.
    pub fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut start = self.size();
        let lengths = self.lengths.iter().skip(1).enumerate();
        for (place, &length) in lengths {
            let range = start..start + length;
            start = range.end;
            let content = match place.checked_sub(1) {
                None => Content::Body,
                Some(column) if column < WIDTHS.len() => Content::Column(column),
                Some(rest) => {
                    let book = rest - WIDTHS.len();
                    if let Some(part) = parts.last_mut()
                        && let Content::Books(_, books) = &mut part.content
                        && part.range.end - part.range.start < BOOKS
                    {
                        part.range.end = range.end;
                        books.push(length);
                        continue;
                    }
                    Content::Books(book, vec![length])
                }
            };
            parts.push(Part { range, content });
        }
        parts.sort_by_key(|part| match part.content {
            Content::Body => 0,
            _ => u64::MAX - (part.range.end - part.range.start),
        });
        parts
    }
}

impl Part {
    /// Which bytes of the snapshot it is.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Reads the part.
    ///
    /// # Errors
    /// When the bytes end too early or do not fit together.
    pub fn read(&self, from: &mut dyn Source) -> Result<Piece, SnapshotError> {
        let length = self.range.end - self.range.start;
        let length = usize::try_from(length).map_err(|_| SnapshotError::Short)?;
        let read = match &self.content {
            Content::Body => {
                let mut bytes = vec![0; length];
                if !from.fill(&mut bytes) {
                    return Err(SnapshotError::Short);
                }
                Read::Body(Box::new(Body::read(&bytes)?))
            }
            Content::Column(number) => {
                let width = WIDTHS.get(*number).copied();
                let width = width.ok_or(SnapshotError::Unsound("its parts"))?;
                Read::Column(*number, Cells::read(width, length, from)?)
            }
            Content::Books(first, lengths) => {
                let mut from = Buffered::new(from, length);
                let books = lengths.iter().map(|&length| {
                    let length = usize::try_from(length).map_err(|_| SnapshotError::Short)?;
                    office::read_book(length, &mut from)
                });
                Read::Books(*first, books.collect::<Result<_, _>>()?)
            }
        };
        Ok(Piece(read))
    }
}

/// So many bytes are read ahead where many small things lie side by side.
const AHEAD: usize = 64 << 10;

/// Bytes that are read ahead, up to the end of a part and never beyond.
struct Buffered<'a> {
    from: &'a mut dyn Source,
    left: usize,
    buffer: Vec<u8>,
    taken: usize,
}

impl<'a> Buffered<'a> {
    fn new(from: &'a mut dyn Source, length: usize) -> Self {
        Self {
            from,
            left: length,
            buffer: Vec::new(),
            taken: 0,
        }
    }
}

impl Source for Buffered<'_> {
    fn fill(&mut self, to: &mut [u8]) -> bool {
        let held = self.buffer.get(self.taken..).unwrap_or_default();
        let (now, rest) = to.split_at_mut(to.len().min(held.len()));
        now.copy_from_slice(held.get(..now.len()).unwrap_or_default());
        self.taken += now.len();
        if rest.is_empty() {
            return true;
        }
        if rest.len() > self.left {
            return false;
        }
        let more = if rest.len() < AHEAD {
            // All that was read ahead is taken by now.
            self.buffer.resize(self.left.min(AHEAD), 0);
            if !self.from.fill(&mut self.buffer) {
                return false;
            }
            rest.copy_from_slice(self.buffer.get(..rest.len()).unwrap_or_default());
            self.taken = rest.len();
            self.buffer.len()
        } else {
            if !self.from.fill(rest) {
                return false;
            }
            rest.len()
        };
        self.left -= more;
        true
    }
}

impl Fold {
    /// The fold of which those are all the pieces.
    ///
    /// # Errors
    /// When some are missing, or they do not fit together. What they say is not compared with any
    /// journal.
    pub fn of_pieces(pieces: impl IntoIterator<Item = Piece>) -> Result<Self, SnapshotError> {
        let missing = SnapshotError::Unsound("its parts");
        let mut body = None;
        let mut columns: Vec<Option<Cells>> = WIDTHS.iter().map(|_| None).collect();
        let mut books = Vec::new();
        for Piece(piece) in pieces {
            match piece {
                Read::Body(read) => body = Some(read),
                Read::Column(number, cells) => {
                    let place = columns.get_mut(number).ok_or(missing.clone())?;
                    *place = Some(cells);
                }
                Read::Books(first, some) => books.push((first, some)),
            }
        }
        books.sort_unstable_by_key(|(first, _)| *first);
        let mut in_order = Vec::new();
        for (first, mut some) in books {
            if first != in_order.len() {
                return Err(missing);
            }
            in_order.append(&mut some);
        }
        let columns: Option<Vec<Cells>> = columns.into_iter().collect();
        let body = body.ok_or(missing.clone())?;
        body.complete(columns.ok_or(missing)?, in_order)
    }
}
