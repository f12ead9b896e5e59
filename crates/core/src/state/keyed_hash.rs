//! A keyed hash (SipHash-1-3) for tables whose keys come from outside.
//!
//! Whoever files records chooses their ids. The key keeps it from choosing ones that all fall into
//! one place. It derives from the seed of the office, so that two folds of one journal are equal
//! bit for bit. It protects tables from crowding and nothing else: digests are SHA-256.
//!
//! SipHash: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012); the number of rounds
//! is that of the standard library's tables.

use crate::id::Digest;

/// The key of an office's tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct HashKey(u64, u64);

struct Sip {
    a: u64,
    b: u64,
    c: u64,
    d: u64,
}

impl Sip {
    fn round(&mut self) {
        self.a = self.a.wrapping_add(self.b);
        self.b = self.b.rotate_left(13) ^ self.a;
        self.a = self.a.rotate_left(32);
        self.c = self.c.wrapping_add(self.d);
        self.d = self.d.rotate_left(16) ^ self.c;
        self.a = self.a.wrapping_add(self.d);
        self.d = self.d.rotate_left(21) ^ self.a;
        self.c = self.c.wrapping_add(self.b);
        self.b = self.b.rotate_left(17) ^ self.c;
        self.c = self.c.rotate_left(32);
    }

    fn word(&mut self, word: u64) {
        self.d ^= word;
        self.round();
        self.a ^= word;
    }

    fn end(mut self) -> u64 {
        self.c ^= 0xff;
        (0..3).for_each(|_| self.round());
        self.a ^ self.b ^ self.c ^ self.d
    }
}

impl HashKey {
    /// The key that derives from the seed of an office.
    pub(crate) fn of_seed(seed: &[u8; 16]) -> Self {
        let mut text = b"legation table key v1\0".to_vec();
        text.extend_from_slice(seed);
        let digest = Digest::of(&text);
        let (words, _) = digest.as_bytes().as_chunks::<8>();
        let word = |place: usize| words.get(place).map_or(0, |word| u64::from_le_bytes(*word));
        Self(word(0), word(1))
    }

    fn begin(self) -> Sip {
        Sip {
            a: self.0 ^ 0x736f_6d65_7073_6575,
            b: self.1 ^ 0x646f_7261_6e64_6f6d,
            c: self.0 ^ 0x6c79_6765_6e65_7261,
            d: self.1 ^ 0x7465_6462_7974_6573,
        }
    }

    /// The hash of some bytes.
    pub(crate) fn hash(self, bytes: &[u8]) -> u64 {
        let mut sip = self.begin();
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            sip.word(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        sip.word(u64::from_le_bytes(last) | (bytes.len() as u64) << 56);
        sip.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::Hasher as _;

    #[test]
    fn it_is_the_hash_of_the_standard_library() {
        let bytes: Vec<u8> = (0..64).collect();
        for end in 0..bytes.len() {
            // The standard library's hasher has the key 0, 0 here.

            let mut reference = std::collections::hash_map::DefaultHasher::new();
            reference.write(&bytes[..end]);
            assert_eq!(HashKey(0, 0).hash(&bytes[..end]), reference.finish());
        }
    }

    #[test]
    fn another_seed_is_another_hash() {
        let (one, other) = (HashKey::of_seed(&[0; 16]), HashKey::of_seed(&[1; 16]));
        assert_ne!(one.hash(b"x"), other.hash(b"x"));
    }
}
