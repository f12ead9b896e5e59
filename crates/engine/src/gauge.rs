//! What the writer and the store of pages have done since the office was opened, for whoever watches over the office.
//!
//! Counters that only rise, and two that say how it stands. They cost the writer a few additions a
//! batch and its readers no lock. Not here: what they are called outside, and who may read them;
//! and nothing that names a party or a record.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use legation_core::act::{Act, Entry};

use crate::error::EngineError;
use crate::office::Office;

/// The upper bounds of the classes of durable writes, in microseconds: from a write that stays in a
/// fast disk's cache to one that a slow disk takes seconds for. What is above the last is counted
/// in a class of its own.
pub const APPEND_BOUNDS_MICROS: [u64; 12] = [
    250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 250_000, 1_000_000, 4_000_000,
];

/// How many classes of durable writes there are: one for each bound, and one above.
const CLASSES: usize = APPEND_BOUNDS_MICROS.len() + 1;

/// The counters themselves; the writer's side.
#[derive(Debug, Default)]
pub(crate) struct Gauge {
    waiting: AtomicU64,
    batches: AtomicU64,
    entries: AtomicU64,
    receipts: AtomicU64,
    bodies: AtomicU64,
    bytes: AtomicU64,
    failures: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; CLASSES],
    poisoned: AtomicBool,
}

/// What one batch brings to the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    entries: u64,
    receipts: u64,
    bodies: u64,
    bytes: u64,
}

impl Load {
    /// The load of a batch: its entries, how many bodies it brings and how many bytes in all.
    pub(crate) fn of(entries: &[Entry], bodies: usize, bytes: usize) -> Self {
        let is_receipt = |entry: &&Entry| matches!(entry.act, Act::Release(_));
        Self {
            entries: entries.len() as u64,
            receipts: entries.iter().filter(is_receipt).count() as u64,
            bodies: bodies as u64,
            bytes: bytes as u64,
        }
    }
}

impl Gauge {
    /// A job waits for the writer.
    pub(crate) fn arrive(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// The writer has taken a job up.
    pub(crate) fn depart(&self) {
        // INVARIANT: every job that departs has arrived, so this stays above zero.
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// A batch is durable, after that long.
    pub(crate) fn kept(&self, load: Load, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = APPEND_BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        for (counter, more) in [
            (&self.batches, 1),
            (&self.entries, load.entries),
            (&self.receipts, load.receipts),
            (&self.bodies, load.bodies),
            (&self.bytes, load.bytes),
            (&self.micros, micros),
        ] {
            counter.fetch_add(more, Ordering::Relaxed);
        }
        if let Some(class) = self.classes.get(class) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A batch came to nothing.
    pub(crate) fn failed(&self, error: &EngineError) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        // After these the journal takes nothing until it is opened anew (STYLE E11).
        let is_final = matches!(
            error.code,
            "journal.poisoned" | "journal.commit-failed" | "engine.broken" | "engine.closed"
        );
        if is_final {
            self.poisoned.store(true, Ordering::Relaxed);
        }
    }

    fn read(&self, (pages_found, pages_missed): (u64, u64)) -> Gauges {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Gauges {
            waiting: of(&self.waiting),
            batches: of(&self.batches),
            entries: of(&self.entries),
            receipts: of(&self.receipts),
            bodies: of(&self.bodies),
            bytes: of(&self.bytes),
            failures: of(&self.failures),
            append: Duration::from_micros(of(&self.micros)),
            append_classes: self.classes.each_ref().map(of),
            poisoned: self.poisoned.load(Ordering::Relaxed),
            pages_found,
            pages_missed,
        }
    }
}

/// The counters of the writer at one moment. Each is exact; together they may be a batch apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauges {
    /// Jobs that wait for the writer now.
    pub waiting: u64,
    /// Batches made durable.
    pub batches: u64,
    /// Entries in them.
    pub entries: u64,
    /// Receipts among the entries.
    pub receipts: u64,
    /// Bodies in them.
    pub bodies: u64,
    /// Bytes of entries and bodies in them, before the journal's own form.
    pub bytes: u64,
    /// Batches that came to nothing.
    pub failures: u64,
    /// How long all durable writes took together.
    pub append: Duration,
    /// How many writes fell in each class of [`APPEND_BOUNDS_MICROS`], the last being above all.
    pub append_classes: [u64; CLASSES],
    /// Whether the journal takes nothing more until the office is opened anew.
    pub poisoned: bool,
    /// Pages whose bytes were in memory when they were asked for.
    pub pages_found: u64,
    /// Pages whose bytes had to be read from the journal.
    pub pages_missed: u64,
}

impl Office {
    /// What the writer and the store of pages have done so far.
    pub fn gauges(&self) -> Gauges {
        self.desk.gauge().read(self.sheaves.counts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Fault;

    #[test]
    fn each_write_falls_in_the_class_of_its_bound() {
        let gauge = Gauge::default();
        let load = Load {
            entries: 2,
            receipts: 1,
            bodies: 3,
            bytes: 40,
        };
        for micros in [0, 250, 251, 5_000_000] {
            gauge.kept(load, Duration::from_micros(micros));
        }
        let read = gauge.read((0, 0));
        assert_eq!(read.append_classes[..3], [2, 1, 0]);
        assert_eq!(read.append_classes[CLASSES - 1], 1);
        assert_eq!((read.batches, read.entries, read.bodies), (4, 8, 12));
        assert_eq!((read.receipts, read.bytes), (4, 160));
        assert_eq!(read.append, Duration::from_micros(5_000_501));
    }

    #[test]
    fn a_full_disk_passes_and_a_failed_commit_does_not() {
        let gauge = Gauge::default();
        let error = |code| EngineError::new(Fault::Unavailable, code, "");
        gauge.failed(&error("journal.disk-full"));
        assert!(!gauge.read((0, 0)).poisoned);
        gauge.failed(&error("journal.commit-failed"));
        assert!(gauge.read((0, 0)).poisoned);
        assert_eq!(gauge.read((0, 0)).failures, 2);
    }
}
