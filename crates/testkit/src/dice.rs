//! Dice with a seed: the same seed throws the same numbers on every machine, so that a failure
//! can be played again from the one number that the test prints.
//!
//! SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). Good
//! enough to shake a program; never for keys.

/// Seeded dice.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice with that seed.
    pub fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        (self.number() % bound as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    /// True in so many of a hundred throws.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of the list, which must not be empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Up to `most` different ones of the list, at least one if there is one.
    pub fn some<T: Clone>(&mut self, list: &[T], most: usize) -> Vec<T> {
        let mut rest = list.to_vec();
        let count = 1 + self.below(most.min(rest.len()));
        (0..count)
            .filter_map(|_| {
                let at = self.below(rest.len());
                (!rest.is_empty()).then(|| rest.swap_remove(at))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_game() {
        let (mut one, mut two) = (Dice::seeded(7), Dice::seeded(7));
        let throws = |dice: &mut Dice| (0..50).map(|_| dice.below(6)).collect::<Vec<_>>();
        assert_eq!(throws(&mut one), throws(&mut two));
        assert_ne!(throws(&mut one), throws(&mut Dice::seeded(8)));
        for most in 1..5 {
            let some = one.some(&[1, 2, 3], most);
            assert!(!some.is_empty() && some.len() <= most.min(3));
        }
        assert!(one.some::<u8>(&[], 2).is_empty());
    }
}
