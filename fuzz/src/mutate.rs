//! Mutations of an input, drawn from seeded dice.
//!
//! Blind: no branch is followed here. That is libFuzzer's part (`guided/`).

/// The longest input that is made. Parsers have limits far above it, tested elsewhere.
const LENGTH_MAX: usize = 16 * 1024;

/// Bytes at which parsers tend to change their mind.
const EDGES: [u8; 16] = [
    0, 1, 9, b'\n', b'\r', b' ', b'"', b'%', b'+', b'0', b'\\', 0x7f, 0x80, 0xc3, 0xfe, 0xff,
];

/// A sequence of dice that can be repeated (splitmix64).
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`; 0 if there are none.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z % (sides.max(1) as u64)) as usize
    }

    fn byte(&mut self) -> u8 {
        self.roll(256) as u8
    }
}

/// A neighbour of `input`: one to six changes, some of them taken from `other` or from the words.
pub fn mutate(input: &[u8], other: &[u8], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = input.to_vec();
    let word = |dice: &mut Dice| {
        words
            .get(dice.roll(words.len()))
            .map_or(&[] as &[u8], |word| word.as_bytes())
    };
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(bytes.len() + 1);
        let end = (at + dice.roll(24)).min(bytes.len());
        match dice.roll(11) {
            0 | 1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
            2 => {
                let new = EDGES[dice.roll(EDGES.len())];
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = new;
                }
            }
            3 => bytes.insert(at, dice.byte()),
            4 => {
                bytes.drain(at..end);
            }
            5 => {
                let copy = bytes[at..end].to_vec();
                let to = dice.roll(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            6 => bytes.truncate(at),
            7 => {
                let from = dice.roll(other.len() + 1);
                let to = (from + dice.roll(64)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            8 => {
                bytes.splice(at..at, word(dice).iter().copied());
            }
            9 => {
                let word = word(dice);
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word.iter().copied());
            }
            _ => {
                // A digit is most often a number that something rests on.
                let digits = bytes.iter().enumerate().skip(at);
                let digit = digits.clone().find(|(_, byte)| byte.is_ascii_digit());
                if let Some((at, _)) = digit {
                    bytes[at] = b'0' + dice.roll(10) as u8;
                }
            }
        }
    }
    bytes.truncate(LENGTH_MAX);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_make_the_same_input() {
        let make = |seed| {
            let mut dice = Dice::new(seed);
            let one = || b"one text to change".to_vec();
            (0..500).fold(one(), |bytes, _| {
                let made = mutate(&bytes, b"another", &["word"], &mut dice);
                if made.is_empty() { one() } else { made }
            })
        };
        assert_eq!(make(7), make(7));
        assert_ne!(make(7), make(8));
    }

    #[test]
    fn nothing_in_is_no_trouble() {
        let mut dice = Dice::new(1);
        let made: Vec<_> = (0..500).map(|_| mutate(b"", b"", &[], &mut dice)).collect();
        assert!(made.iter().any(|bytes| !bytes.is_empty()));
    }
}
