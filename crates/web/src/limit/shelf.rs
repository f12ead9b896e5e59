//! A map that never holds more than so many keys and forgets the ones not asked for longest.
//!
//! Keys are spread over shards, each behind a lock of its own that is held for one look-up. A shard
//! is two generations: what is asked for moves to the young one; when that is full it becomes the
//! old one, and what nobody has asked for since is dropped with the generation before. So forgetting
//! costs nothing at each request, and a flood of new keys cannot make the shelf grow.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

/// Shards: more than any number of threads that would meet in one often.
const SHARDS: usize = 16;

/// What is remembered of each key.
#[derive(Debug)]
pub(super) struct Shelf<K, V> {
    shards: Vec<Mutex<Shard<K, V>>>,
    hasher: RandomState,
    /// How many keys a generation of a shard holds.
    generation: usize,
}

#[derive(Debug)]
struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V: Default> Shelf<K, V> {
    /// A shelf that holds about `most` keys: at most two generations of that many together.
    pub(super) fn new(most: usize) -> Self {
        let shard = || {
            Mutex::new(Shard {
                young: HashMap::new(),
                old: HashMap::new(),
            })
        };
        Self {
            shards: (0..SHARDS).map(|_| shard()).collect(),
            hasher: RandomState::new(),
            generation: most.div_ceil(SHARDS).max(1),
        }
    }

    /// Looks at what is remembered of a key, under its shard's lock; a new key begins anew.
    pub(super) fn with<T>(&self, key: &K, look: impl FnOnce(&mut V) -> T) -> T {
        let place = self.hasher.hash_one(key) as usize % SHARDS;
        #[expect(
            clippy::indexing_slicing,
            reason = "a remainder of SHARDS, of which there are so many"
        )]
        let shard = &self.shards[place];
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = shard.young.get_mut(key) {
            return look(value);
        }
        let mut value = shard.old.remove(key).unwrap_or_default();
        let outcome = look(&mut value);
        if shard.young.len() >= self.generation {
            shard.old = std::mem::take(&mut shard.young);
        }
        shard.young.insert(key.clone(), value);
        outcome
    }

    /// How many keys are remembered.
    pub(super) fn len(&self) -> usize {
        let shards = self.shards.iter();
        shards
            .map(|shard| {
                let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                shard.young.len() + shard.old.len()
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_keys_stays_within_bounds_and_the_busy_are_kept() {
        let shelf: Shelf<u64, u64> = Shelf::new(1024);
        for key in 1..200_000_u64 {
            shelf.with(&key, |count| *count += 1);
            // Asked for all the time: never forgotten.
            shelf.with(&0, |count| *count += 1);
            if key % 1000 == 0 {
                assert!(shelf.len() <= 2 * 1024, "{}", shelf.len());
            }
        }
        assert_eq!(shelf.with(&0, |count| *count), 199_999);
        // One that was asked for once, long ago, begins anew.
        assert_eq!(shelf.with(&1, |count| *count), 0);
    }
}
