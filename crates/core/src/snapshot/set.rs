//! Sets of record numbers in a snapshot: each distinct set once, in the format of Roaring.
//!
//! ```text
//! sets  number of sets, then each: number of bytes, then the set (RoaringFormatSpec, with runs)
//! ```
//! Sets are packed before they are written, so that equal sets are equal bytes however they came
//! about.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::snapshot::SnapshotError;
use crate::snapshot::bytes::{Reader, Writer};

/// The distinct sets of a fold that is being saved.
#[derive(Debug, Default)]
pub(super) struct Sets<'a> {
    list: Vec<&'a RoaringBitmap>,
    by_place: HashMap<*const RoaringBitmap, u64>,
    by_shape: HashMap<(u64, Option<u32>, Option<u32>), Vec<u64>>,
}

impl<'a> Sets<'a> {
    /// The number of a set.
    pub(super) fn number(&mut self, set: &'a RoaringBitmap) -> u64 {
        let place: *const RoaringBitmap = set;
        if let Some(known) = self.by_place.get(&place) {
            return *known;
        }
        let alike = self
            .by_shape
            .entry((set.len(), set.min(), set.max()))
            .or_default();
        let known = alike.iter().copied().find(|&number| {
            let other = self.list.get(number as usize);
            other.is_some_and(|other| *other == set)
        });
        let number = known.unwrap_or_else(|| {
            let number = self.list.len() as u64;
            self.list.push(set);
            alike.push(number);
            number
        });
        self.by_place.insert(place, number);
        number
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.count(self.list.len());
        for set in &self.list {
            let mut packed = (*set).clone();
            // What is packed already and what is not may be packed in two ways.
            packed.remove_run_compression();
            packed.optimize();
            writer.count(packed.serialized_size());
            // INVARIANT: a Vec takes every write.
            let _ = packed.serialize_into(&mut writer.bytes);
        }
    }
}

/// The sets of a snapshot.
#[derive(Debug)]
pub(super) struct SetReader {
    list: Vec<RoaringBitmap>,
}

impl SetReader {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let unsound = SnapshotError::Unsound("a set");
        let mut reader = Reader::new(bytes);
        let count = reader.count(8)?;
        let mut list = Vec::with_capacity(count);
        for _ in 0..count {
            let mut bytes = reader.blob()?;
            let set = RoaringBitmap::deserialize_from(&mut bytes).map_err(|_| unsound.clone())?;
            if !bytes.is_empty() {
                return Err(unsound);
            }
            list.push(set);
        }
        match reader.is_done() {
            true => Ok(Self { list }),
            false => Err(unsound),
        }
    }

    /// The set whose number is read next.
    pub(super) fn next(&self, reader: &mut Reader<'_>) -> Result<&RoaringBitmap, SnapshotError> {
        let number = usize::try_from(reader.number()?).ok();
        number
            .and_then(|number| self.list.get(number))
            .ok_or(SnapshotError::Unsound("the number of a set"))
    }
}
