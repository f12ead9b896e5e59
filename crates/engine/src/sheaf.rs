//! The bytes of a page's objects in one piece, and a store of those that were asked for lately.
//!
//! Two pages that hold the same bodies in the same order have the same bytes, whoever reads them;
//! which bodies a reader's page holds is the gate's business and is settled before this is asked.
//! When a body is erased the store is emptied, so that nothing erased stays in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use legation_core::id::BodyNumber;

/// The objects of a page: their bytes as they were filed, a comma between each two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheaf {
    /// The bytes.
    pub bytes: Bytes,
    /// How many objects they are.
    pub objects: usize,
}

/// The bodies of a page: runs of numbers, each its first and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Bodies(Vec<(u64, u32)>);

impl Bodies {
    pub(crate) fn of(numbers: &[BodyNumber]) -> Self {
        let mut runs: Vec<(u64, u32)> = Vec::new();
        for number in numbers {
            match runs.last_mut() {
                Some((first, length)) if *first + u64::from(*length) == number.0 => *length += 1,
                _ => runs.push((number.0, 1)),
            }
        }
        runs.shrink_to_fit();
        Self(runs)
    }

    fn weight(&self, sheaf: &Sheaf) -> usize {
        sheaf.bytes.len() + self.0.len() * size_of::<(u64, u32)>() + 128
    }
}

/// Sheaves that were asked for lately, up to a number of bytes.
///
/// Two halves: what is used moves to the young one; when that is full, the old one is dropped and
/// the young one grows old.
#[derive(Debug)]
pub(crate) struct Sheaves {
    held: Mutex<Held>,
    room: usize,
    found: AtomicU64,
    missed: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    young: HashMap<Bodies, Sheaf>,
    old: HashMap<Bodies, Sheaf>,
    weight: usize,
    /// Counts the erasures: what was read before one is not kept after it.
    epoch: u64,
}

/// Where a sheaf was looked for in vain.
#[derive(Clone, Debug)]
pub(crate) struct Miss {
    bodies: Bodies,
    epoch: u64,
}

impl Sheaves {
    /// A store of at most that many bytes.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            held: Mutex::default(),
            room,
            found: AtomicU64::new(0),
            missed: AtomicU64::new(0),
        }
    }

    /// How often a sheaf was found, and how often not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(&self.found), of(&self.missed))
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sheaf of those bodies, if it is held.
    pub(crate) fn find(&self, numbers: &[BodyNumber]) -> Result<Sheaf, Miss> {
        let outcome = self.look(numbers);
        let counter = match outcome {
            Ok(_) => &self.found,
            Err(_) => &self.missed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        outcome
    }

    fn look(&self, numbers: &[BodyNumber]) -> Result<Sheaf, Miss> {
        let bodies = Bodies::of(numbers);
        let mut held = self.lock();
        if let Some(sheaf) = held.young.get(&bodies) {
            return Ok(sheaf.clone());
        }
        match held.old.remove(&bodies) {
            Some(sheaf) => {
                self.put(&mut held, bodies, sheaf.clone());
                Ok(sheaf)
            }
            None => Err(Miss {
                bodies,
                epoch: held.epoch,
            }),
        }
    }

    /// Keeps a sheaf that was not there, unless something was erased meanwhile.
    pub(crate) fn keep(&self, miss: Miss, sheaf: &Sheaf) {
        let mut held = self.lock();
        if held.epoch == miss.epoch {
            self.put(&mut held, miss.bodies, sheaf.clone());
        }
    }

    fn put(&self, held: &mut Held, bodies: Bodies, sheaf: Sheaf) {
        let weight = bodies.weight(&sheaf);
        if weight > self.room / 2 {
            return;
        }
        if held.weight + weight > self.room / 2 {
            held.old = std::mem::take(&mut held.young);
            held.weight = 0;
        }
        if held.young.insert(bodies, sheaf).is_none() {
            held.weight += weight;
        }
    }

    /// Forgets everything: something was erased.
    pub(crate) fn clear(&self) {
        let mut held = self.lock();
        *held = Held {
            epoch: held.epoch + 1,
            ..Held::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheaf(bytes: usize) -> Sheaf {
        Sheaf {
            bytes: vec![b'x'; bytes].into(),
            objects: 1,
        }
    }

    fn numbers(first: u64) -> Vec<BodyNumber> {
        (first..first + 10).map(BodyNumber).collect()
    }

    #[test]
    fn it_holds_what_is_used_and_no_more_than_its_room() {
        let store = Sheaves::new(10_000);
        let hot = numbers(0);
        let miss = store.find(&hot).unwrap_err();
        store.keep(miss, &sheaf(1000));
        for first in 1..100 {
            if let Err(miss) = store.find(&numbers(first)) {
                store.keep(miss, &sheaf(1000));
            }
            assert!(store.find(&hot).is_ok(), "what is asked for stays");
            let held = store.lock();
            let bytes: usize = held
                .young
                .values()
                .chain(held.old.values())
                .map(|sheaf| sheaf.bytes.len())
                .sum();
            assert!(bytes <= 10_000);
        }
        assert!(store.find(&numbers(1)).is_err(), "what is not goes");
        let miss = store.find(&numbers(500)).unwrap_err();
        store.keep(miss, &sheaf(9000));
        assert!(store.find(&numbers(500)).is_err(), "too large to be kept");
    }

    #[test]
    fn what_was_read_before_an_erasure_is_not_kept_after_it() {
        let store = Sheaves::new(10_000);
        let miss = store.find(&numbers(0)).unwrap_err();
        store.clear();
        store.keep(miss, &sheaf(10));
        let miss = store.find(&numbers(0)).unwrap_err();
        store.keep(miss, &sheaf(10));
        assert!(store.find(&numbers(0)).is_ok());
        store.clear();
        assert!(store.find(&numbers(0)).is_err());
    }
}
