//! Numbers, columns and small values as bytes, and back.
//!
//! ```text
//! number   u64, little endian
//! column   number of cells, then the cells one after the other, little endian
//! value    number of bytes, then CBOR
//! ```
//! Whatever is read is bounded by the bytes that are there: a number of cells that these cannot
//! hold is refused before anything is allocated.

use minicbor::{Decode, Encode};

use crate::snapshot::SnapshotError;
use crate::snapshot::column::Width;
use crate::state::book::Row;
use crate::state::column::Column;
use crate::state::id_table::IdNumber;

/// A value of a column as bytes.
pub(super) trait Cell: Copy {
    /// How many bytes it is.
    const SIZE: usize;
    /// Writes it into as many bytes.
    fn write(self, to: &mut [u8]);
    /// Reads it from as many bytes; from fewer, nothing in particular.
    fn read(from: &[u8]) -> Self;

    /// Writes cells side by side.
    fn write_all(cells: &[Self], to: &mut [u8]) {
        for (to, cell) in to.chunks_exact_mut(Self::SIZE).zip(cells) {
            cell.write(to);
        }
    }

    /// Reads cells that lie side by side, and adds them.
    fn read_all(from: &[u8], to: &mut Vec<Self>) {
        to.extend(from.chunks_exact(Self::SIZE).map(Self::read));
    }
}

macro_rules! number_cells {
    ($($number:ty),*) => {$(
        impl Cell for $number {
            const SIZE: usize = size_of::<$number>();

            #[inline]
            fn write(self, to: &mut [u8]) {
                to.copy_from_slice(&self.to_le_bytes());
            }

            #[inline]
            fn read(from: &[u8]) -> Self {
                from.try_into().map_or(0, Self::from_le_bytes)
            }

            // As arrays: so the compiler takes many at once.
            fn write_all(cells: &[Self], to: &mut [u8]) {
                let (to, _) = to.as_chunks_mut::<{ size_of::<$number>() }>();
                for (to, cell) in to.iter_mut().zip(cells) {
                    *to = cell.to_le_bytes();
                }
            }

            fn read_all(from: &[u8], to: &mut Vec<Self>) {
                let (cells, _) = from.as_chunks::<{ size_of::<$number>() }>();
                to.extend(cells.iter().map(|cell| Self::from_le_bytes(*cell)));
            }
        }
    )*};
}

number_cells!(u8, u16, u32, u64, i64);

impl Cell for IdNumber {
    const SIZE: usize = 4;

    #[inline]
    fn write(self, to: &mut [u8]) {
        self.0.write(to);
    }

    #[inline]
    fn read(from: &[u8]) -> Self {
        Self(u32::read(from))
    }

    fn write_all(cells: &[Self], to: &mut [u8]) {
        let (to, _) = to.as_chunks_mut::<4>();
        for (to, cell) in to.iter_mut().zip(cells) {
            *to = cell.0.to_le_bytes();
        }
    }

    fn read_all(from: &[u8], to: &mut Vec<Self>) {
        let (cells, _) = from.as_chunks::<4>();
        to.extend(cells.iter().map(|cell| Self(u32::from_le_bytes(*cell))));
    }
}

impl Cell for [u8; 16] {
    const SIZE: usize = 16;

    #[inline]
    fn write(self, to: &mut [u8]) {
        to.copy_from_slice(&self);
    }

    #[inline]
    fn read(from: &[u8]) -> Self {
        from.try_into().unwrap_or_default()
    }
}

impl Cell for [u32; 2] {
    const SIZE: usize = 8;

    #[inline]
    fn write(self, to: &mut [u8]) {
        let [low, high] = self.map(u64::from);
        (high << 32 | low).write(to);
    }

    #[inline]
    fn read(from: &[u8]) -> Self {
        let both = u64::read(from);
        [both as u32, (both >> 32) as u32]
    }
}

impl Cell for Row {
    const SIZE: usize = 40;

    #[inline]
    fn write(self, to: &mut [u8]) {
        let words = [
            self.entry,
            self.at as u64,
            self.runs,
            u64::from(self.last) << 32 | u64::from(self.first),
            u64::from(self.flags) << 32 | u64::from(self.ground),
        ];
        for (to, word) in to.chunks_exact_mut(8).zip(words) {
            word.write(to);
        }
    }

    #[inline]
    fn read(from: &[u8]) -> Self {
        let mut words = from.chunks_exact(8).map(u64::read);
        let mut next = || words.next().unwrap_or(0);
        let (entry, at, runs, span, rest) = (next(), next() as i64, next(), next(), next());
        Self {
            entry,
            at,
            runs,
            first: span as u32,
            last: (span >> 32) as u32,
            ground: rest as u32,
            flags: (rest >> 32) as u32,
        }
    }
}

/// So many cells are turned into bytes at once.
const AT_ONCE: usize = 4096;

/// A column as a part of a snapshot.
pub(super) trait Stored {
    /// How wide its cells are.
    fn width(&self) -> Width;
    /// How many bytes it takes.
    fn size(&self) -> usize;
    /// Writes its cells.
    fn write(&self, writer: &mut Writer);
}

macro_rules! stored {
    ($($cell:ty => $width:ident),*) => {$(
        impl Stored for Column<$cell> {
            fn width(&self) -> Width {
                Width::$width
            }

            fn size(&self) -> usize {
                self.len() * <$cell>::SIZE
            }

            fn write(&self, writer: &mut Writer) {
                writer.cells(self.all());
            }
        }
    )*};
}

stored!(u8 => One, u16 => Two, u32 => Four, IdNumber => Id, u64 => Eight, i64 => Time, [u8; 16] => Sixteen);

impl Stored for String {
    fn width(&self) -> Width {
        Width::One
    }

    fn size(&self) -> usize {
        self.len()
    }

    fn write(&self, writer: &mut Writer) {
        writer.bytes.extend_from_slice(self.as_bytes());
    }
}

/// Writes a snapshot.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn blob(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn column<T: Cell>(&mut self, column: &Column<T>) {
        let cells = column.all();
        self.count(cells.len());
        self.cells(cells);
    }

    fn cells<T: Cell>(&mut self, cells: &[T]) {
        // Through a piece that stays in the cache: what is copied is gone over once.
        let mut piece = vec![0; T::SIZE * AT_ONCE.min(cells.len())];
        self.bytes.reserve(cells.len() * T::SIZE);
        for cells in cells.chunks(AT_ONCE) {
            let bytes = piece.get_mut(..T::SIZE * cells.len()).unwrap_or_default();
            T::write_all(cells, bytes);
            self.bytes.extend_from_slice(bytes);
        }
    }

    pub(super) fn value<T: Encode<()>>(&mut self, value: &T) {
        let mut bytes = Vec::new();
        // INVARIANT: a Vec takes every write, and no Encode of these values refuses; an empty
        // value would be refused when it is read.
        let _ = minicbor::encode(value, &mut bytes);
        self.blob(&bytes);
    }
}

/// Reads a snapshot.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], SnapshotError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(SnapshotError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn number(&mut self) -> Result<u64, SnapshotError> {
        Ok(u64::read(self.take(8)?))
    }

    /// A number of things that take at least so many bytes each.
    pub(super) fn count(&mut self, least: usize) -> Result<usize, SnapshotError> {
        let count = usize::try_from(self.number()?).map_err(|_| SnapshotError::Short)?;
        match count.checked_mul(least) {
            Some(length) if length <= self.rest.len() => Ok(count),
            _ => Err(SnapshotError::Short),
        }
    }

    pub(super) fn blob(&mut self) -> Result<&'a [u8], SnapshotError> {
        let length = self.count(1)?;
        self.take(length)
    }

    pub(super) fn column<T: Cell>(&mut self) -> Result<Column<T>, SnapshotError> {
        let length = self.count(T::SIZE)?;
        let bytes = self.take(length * T::SIZE)?;
        Ok(Column::of(
            bytes.chunks_exact(T::SIZE).map(T::read).collect(),
        ))
    }

    pub(super) fn value<T: Decode<'a, ()>>(&mut self) -> Result<T, SnapshotError> {
        minicbor::decode(self.blob()?).map_err(|_| SnapshotError::Unsound("a value"))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, SnapshotError> {
        std::str::from_utf8(self.blob()?).map_err(|_| SnapshotError::Unsound("a text"))
    }
}
