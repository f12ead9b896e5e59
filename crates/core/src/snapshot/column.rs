//! Columns in a snapshot: their cells one after the other, little endian, and nothing else.
//!
//! They are most of a snapshot, so each is read by itself, a piece at a time, while the piece is in
//! the processor's cache. What the numbers of a column may be is known only when everything is
//! there; the largest is noted on the way.
//!
//! Not here: which columns there are, see `record`.

use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::Cell;
use crate::snapshot::part::Source;
use crate::state::chain::NONE;
use crate::state::id_table::IdNumber;

/// What is read at once: 64 KiB, a part of the second cache of any processor of these years, and
/// little enough that the allocator hands out the same pages again.
const PIECE: usize = 64 << 10;

/// How wide the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    One,
    Two,
    Four,
    /// The number of an id.
    Id,
    Eight,
    /// Microseconds.
    Time,
    Sixteen,
}

impl Width {
    fn bytes(self) -> usize {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Four | Self::Id => 4,
            Self::Eight | Self::Time => 8,
            Self::Sixteen => 16,
        }
    }
}

/// A column that was read.
#[derive(Debug)]
pub(super) enum Cells {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Numbers<u32>),
    Id(Numbers<IdNumber>),
    Eight(Vec<u64>),
    Time(Vec<i64>),
    Sixteen(Vec<[u8; 16]>),
}

impl Cells {
    /// Reads a column of that many bytes.
    pub(super) fn read(
        width: Width,
        length: usize,
        from: &mut dyn Source,
    ) -> Result<Self, SnapshotError> {
        if !length.is_multiple_of(width.bytes()) {
            return Err(SnapshotError::Unsound("the length of a column"));
        }
        Ok(match width {
            Width::One => {
                let mut cells = vec![0; length];
                fill(&mut cells, from)?;
                Self::One(cells)
            }
            Width::Sixteen => {
                let mut cells = vec![[0; 16]; length / 16];
                fill(cells.as_flattened_mut(), from)?;
                Self::Sixteen(cells)
            }
            Width::Two => Self::Two(read_cells(length, from, |_| {})?),
            Width::Four => Self::Four(Numbers::read(length, from, |number| *number)?),
            Width::Id => Self::Id(Numbers::read(length, from, |id: &IdNumber| id.0)?),
            Width::Eight => Self::Eight(read_cells(length, from, |_| {})?),
            Width::Time => Self::Time(read_cells(length, from, |_| {})?),
        })
    }
}

fn fill(bytes: &mut [u8], from: &mut dyn Source) -> Result<(), SnapshotError> {
    match bytes.chunks_mut(PIECE).all(|piece| from.fill(piece)) {
        true => Ok(()),
        false => Err(SnapshotError::Short),
    }
}

/// Reads cells of so many bytes in all; `note` is shown the cells of each piece.
pub(super) fn read_cells<T: Cell>(
    length: usize,
    from: &mut dyn Source,
    mut note: impl FnMut(&[T]),
) -> Result<Vec<T>, SnapshotError> {
    let mut cells = Vec::with_capacity(length / T::SIZE);
    // Whole cells only: some cells are no power of two wide.
    let at_once = PIECE - PIECE % T::SIZE;
    let mut buffer = vec![0; at_once.min(length)];
    let mut left = length;
    while left > 0 {
        let piece = buffer.get_mut(..left.min(at_once)).unwrap_or_default();
        if !from.fill(piece) {
            return Err(SnapshotError::Short);
        }
        left -= piece.len();
        let before = cells.len();
        T::read_all(piece, &mut cells);
        note(cells.get(before..).unwrap_or_default());
    }
    match cells.len() == length / T::SIZE {
        true => Ok(cells),
        false => Err(SnapshotError::Unsound("the cells of a column")),
    }
}

/// Numbers that point to something.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    pub(super) all: Vec<T>,
    // One more than the largest; 0 where there is none.
    bound: u64,
    // Likewise, but for NONE.
    named_bound: u32,
}

impl<T: Cell> Numbers<T> {
    fn read(
        length: usize,
        from: &mut dyn Source,
        number_of: impl Fn(&T) -> u32,
    ) -> Result<Self, SnapshotError> {
        let (mut bound, mut named_bound) = (0, 0);
        // The largest is found many at a time; stopping at the first that is too large would not be.
        let all = read_cells(length, from, |piece: &[T]| {
            let mut largest = 0;
            for one in piece {
                largest = number_of(one).max(largest);
            }
            bound = bound.max(u64::from(largest) + 1);
            let mut named = largest.wrapping_add(1);
            if largest == NONE {
                // One more than NONE is 0.
                for one in piece {
                    named = number_of(one).wrapping_add(1).max(named);
                }
            }
            named_bound = named.max(named_bound);
        })?;
        Ok(Self {
            all,
            bound,
            named_bound,
        })
    }

    /// Whether all are below that.
    pub(super) fn are_below(&self, bound: usize) -> bool {
        self.bound <= bound as u64
    }

    /// Whether all are below that or NONE.
    pub(super) fn are_none_or_below(&self, bound: usize) -> bool {
        self.named_bound as usize <= bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::book::Row;

    fn read(numbers: &[u32]) -> Numbers<u32> {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let cells = Cells::read(Width::Four, bytes.len(), &mut bytes.as_slice());
        let Ok(Cells::Four(read)) = cells else {
            panic!("{cells:?}");
        };
        assert_eq!(read.all, numbers);
        read
    }

    #[test]
    fn the_largest_is_known() {
        assert!(read(&[]).are_below(0));
        assert!(read(&[]).are_none_or_below(0));
        assert!(read(&[0]).are_below(1));
        assert!(!read(&[0]).are_below(0));
        assert!(!read(&[5, 9, 3]).are_none_or_below(9));
        assert!(read(&[5, 9, 3]).are_none_or_below(10));
        assert!(read(&[5, NONE, 3]).are_none_or_below(6));
        assert!(!read(&[5, NONE, 3]).are_below(NONE as usize));
        for place in [0, 1, PIECE / 4 - 1, PIECE / 4, PIECE / 4 + 1, PIECE] {
            let mut numbers = vec![7; PIECE + 1];
            numbers[place] = 70;
            assert!(!read(&numbers).are_below(70), "{place}");
            assert!(!read(&numbers).are_none_or_below(70), "{place}");
            assert!(read(&numbers).are_below(71), "{place}");
        }
    }

    #[test]
    fn every_width_is_read_as_far_as_it_goes() {
        let bytes: Vec<u8> = (0..PIECE + 16).map(|n| (n % 251) as u8).collect();
        for width in WIDTHS {
            let length = bytes.len();
            assert!(Cells::read(width, length, &mut bytes.as_slice()).is_ok());
            let cut = Cells::read(width, length, &mut &bytes[1..]);
            assert!(matches!(cut, Err(SnapshotError::Short)), "{width:?}");
            if width != Width::One {
                let odd = Cells::read(width, length - 1, &mut bytes.as_slice());
                assert!(matches!(odd, Err(SnapshotError::Unsound(_))), "{width:?}");
            }
        }
    }

    #[test]
    fn cells_of_any_size_are_read_as_they_were_written() {
        fn check<T: Cell + PartialEq + std::fmt::Debug>(cell: impl Fn(u64) -> T) {
            for count in [
                0,
                1,
                PIECE / T::SIZE,
                PIECE / T::SIZE + 1,
                3 * PIECE / T::SIZE + 7,
            ] {
                let cells: Vec<T> = (0..count as u64).map(&cell).collect();
                let mut bytes = vec![0; count * T::SIZE];
                T::write_all(&cells, &mut bytes);
                let read = read_cells::<T>(bytes.len(), &mut bytes.as_slice(), |_| {}).unwrap();
                assert!(read == cells, "{count} cells of {} bytes", T::SIZE);
            }
        }
        check(|n| n as u8);
        check(|n| n as u16);
        check(|n| n as u32);
        check(|n| n * 0x0101_0101_0101);
        check(|n| -(n as i64));
        check(|n| [n as u32, !n as u32]);
        check(|n| [n as u8; 16]);
        check(|n| IdNumber(n as u32));
        check(|n| Row {
            entry: n,
            at: -(n as i64),
            runs: n << 20,
            first: n as u32,
            last: !n as u32,
            ground: 3,
            flags: 5,
        });
    }

    const WIDTHS: [Width; 7] = [
        Width::One,
        Width::Two,
        Width::Four,
        Width::Id,
        Width::Eight,
        Width::Time,
        Width::Sixteen,
    ];
}
