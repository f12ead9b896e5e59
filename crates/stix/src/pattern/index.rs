//! Many patterns at once: which of a million match what was just observed.
//!
//! Not a store of patterns, and it does not remember observations: each call is answered from what
//! it is given.
//!
//! **How.** For each pattern the index keeps *hooks*: conditions on single values of which at least one must hold
//! if the pattern is to match, or to be undecided. An `OR` needs the hooks of all its sides; of an
//! `AND` or `FOLLOWEDBY` one side will do, and the one is taken that fewest patterns hang on so
//! far. An observation is walked along the paths that patterns name, and each value it has there is
//! looked up:
//!
//! | comparison | hook | looked up |
//! |---|---|---|
//! | `=`, `IN`, `NOT !=` | the constant | in a table of constants |
//! | `ISSUBSET` | the network | once for each length of prefix in use |
//! | `LIKE`, `MATCHES` with a fixed text of 3 letters or more | 3 to 5 of its letters | each run of so many letters of the value |
//! | all others | that there is any value | tried one by one |
//! | `NOT EXISTS` | the type of the object | tried one by one |
//!
//! What a hook brings up is matched in full, unless the hook is the whole pattern. So cost grows with
//! the hits and with those in the last two rows, not with the number of patterns.

mod hook;
mod path;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::observation::Observation;
use super::{Doubt, Outcome, Pattern};
use hook::Hooks;
use path::Paths;

/// What an index found for some observations, by the keys of the patterns, in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hits {
    /// Those that match.
    pub matched: Vec<u64>,
    /// Those of which one cannot tell, and why.
    pub undecided: Vec<(u64, Doubt)>,
}

/// Patterns under numbers that the caller chooses.
#[derive(Debug, Default)]
pub struct Index {
    slots: Vec<Slot>,
    /// The slot of each key.
    keys: HashMap<u64, u32>,
    paths: Paths,
    /// Patterns without hooks, such as `REPEATS 0 TIMES`: always tried.
    rest: Vec<u32>,
    /// Slots that are empty; hooks may still lead to them.
    dead: usize,
}

#[derive(Debug)]
struct Slot {
    key: u64,
    held: Held,
}

#[derive(Debug)]
enum Held {
    /// Whatever hook leads here is the whole pattern.
    Exact,
    /// To be matched in full.
    Whole(Box<Pattern>),
    Dead,
}

impl Index {
    /// An index of no patterns.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many patterns it holds.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Holds `pattern` under `key`, in place of what was held there. False, and nothing is
    /// held under the key, if the index is full: it has room for 2^32 - 1 patterns.
    pub fn insert(&mut self, key: u64, pattern: &Pattern) -> bool {
        self.remove(key);
        let Ok(slot) = u32::try_from(self.slots.len()) else {
            return false;
        };
        let exact = match Hooks::of(pattern.expression(), &self.paths) {
            Hooks::Any(hooks) => {
                for hook in &hooks {
                    self.paths.hang(hook, slot);
                }
                hook::is_exact(pattern.expression())
            }
            Hooks::None => {
                self.rest.push(slot);
                false
            }
        };
        let held = if exact {
            Held::Exact
        } else {
            Held::Whole(Box::new(pattern.clone()))
        };
        self.slots.push(Slot { key, held });
        self.keys.insert(key, slot);
        true
    }

    /// Lets go of what is held under `key`; false if nothing is.
    pub fn remove(&mut self, key: u64) -> bool {
        let Some(slot) = self.keys.remove(&key) else {
            return false;
        };
        if let Some(slot) = self.slots.get_mut(slot as usize) {
            slot.held = Held::Dead;
        }
        self.dead += 1;
        // Sweeping looks at all; done when half are dead, it costs each removal a constant.
        if self.dead > 1024 && self.dead > self.slots.len() / 2 {
            self.sweep();
        }
        true
    }

    /// Numbers the living slots anew and takes the dead off their hooks.
    fn sweep(&mut self) {
        let mut next = 0;
        let moved: Vec<Option<u32>> = self
            .slots
            .iter()
            .map(|slot| {
                let living = !matches!(slot.held, Held::Dead);
                living.then(|| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        let place = |slot: u32| moved.get(slot as usize).copied().flatten();
        self.slots.retain(|slot| !matches!(slot.held, Held::Dead));
        self.paths.renumber(&place);
        self.rest = self.rest.iter().filter_map(|slot| place(*slot)).collect();
        for slot in self.keys.values_mut() {
            *slot = place(*slot).unwrap_or(u32::MAX);
        }
        self.dead = 0;
    }

    /// The patterns that may match `observations`, and all that do: what has not been brought up
    /// cannot match any pattern of theirs.
    pub fn candidates(&self, observations: &[Observation<'_, '_>]) -> Vec<u64> {
        let slots = self.raised(observations);
        let slots = slots
            .iter()
            .filter_map(|slot| self.slots.get(*slot as usize));
        let mut keys: Vec<u64> = slots
            .filter(|slot| !matches!(slot.held, Held::Dead))
            .map(|slot| slot.key)
            .collect();
        keys.sort_unstable();
        keys
    }

    /// The patterns that match `observations` taken together: exactly those for which
    /// [`Pattern::matches`] says so, and those for which it is undecided. Where an expression that cannot be
    /// evaluated needs a fixed text that is not there, the pattern is left out.
    ///
    /// Each observation costs its values times what is looked up for each, and each pattern that
    /// is brought up its match; expressions of `MATCHES` are compiled for it.
    pub fn matches(&self, observations: &[Observation<'_, '_>]) -> Hits {
        let mut hits = Hits::default();
        for slot in self.raised(observations) {
            let Some(slot) = self.slots.get(slot as usize) else {
                continue;
            };
            match &slot.held {
                Held::Exact => hits.matched.push(slot.key),
                Held::Whole(pattern) => match pattern.matches(observations) {
                    Outcome::Match(_) => hits.matched.push(slot.key),
                    Outcome::NoMatch => {}
                    Outcome::Undecided(doubt) => hits.undecided.push((slot.key, doubt)),
                },
                Held::Dead => {}
            }
        }
        hits.matched.sort_unstable();
        hits.undecided.sort_unstable();
        hits
    }

    /// The slots that hooks bring up, each once.
    fn raised(&self, observations: &[Observation<'_, '_>]) -> Vec<u32> {
        let mut raised = self.rest.clone();
        for observation in observations {
            self.paths.raise(observation, &mut raised);
        }
        raised.sort_unstable();
        raised.dedup();
        raised
    }
}
