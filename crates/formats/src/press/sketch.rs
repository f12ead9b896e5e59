//! What grouping keeps of an article: its sentences as weighted words, and a sample of its word
//! pairs to be found by.
//!
//! Names and numbers weigh most, words that are in every text least: two reports of storms share
//! their verbs, two copies of one report their names. Not here: comparing.

use legation_core::time::Instant;

use super::article::Article;
use super::sentence::sentences;

/// The most sentences of an article that are compared: longer ones are no news.
pub(crate) const SENTENCES_MAX: usize = 400;

/// The most words of a sentence that are compared.
const WORDS_MAX: usize = 120;

/// One word pair in so many is kept to find an article by. All copies keep the same ones.
const SAMPLE: u64 = 3;

/// Words are told apart by so many first letters: endings change when a text is edited.
const STEM: usize = 6;

/// What is kept of an article to place it among stories.
#[derive(Clone, Debug)]
pub struct Sketch {
    pub(crate) lines: Vec<Line>,
    /// Sampled pairs of neighbouring words, hashed; sorted, each once.
    pub(crate) pairs: Vec<u64>,
    pub(crate) published: Option<Instant>,
    /// Whether its outlet is the agency that it comes from.
    pub(crate) is_origin: bool,
}

/// A sentence.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    /// Hashed words with their weights, sorted.
    pub(crate) words: Vec<(u32, u8)>,
    pub(crate) weight: u32,
    /// A bit for each word that weighs: few in common, no need to compare.
    pub(crate) bits: u128,
    /// All its words in order, hashed.
    pub(crate) whole: u64,
}

impl Sketch {
    /// Sketches an article. Pure, so that it may be done on many cores.
    pub fn of(article: &Article) -> Self {
        let mut lines = Vec::new();
        let mut pairs = Vec::new();
        let texts = article
            .paragraphs
            .iter()
            .flat_map(|paragraph| sentences(paragraph));
        for text in texts.take(SENTENCES_MAX) {
            if let Some(line) = Line::read(text, &mut pairs) {
                lines.push(line);
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let published = article.published.as_ref();
        let is_origin = match (&article.outlet, &article.agency) {
            (Some(outlet), Some(agency)) => {
                outlet.starts_with(agency.as_str()) || agency.starts_with(outlet.as_str())
            }
            _ => false,
        };
        Self {
            lines,
            pairs,
            published: published.and_then(|at| at.instant),
            is_origin,
        }
    }
}

impl Line {
    fn read(text: &str, pairs: &mut Vec<u64>) -> Option<Self> {
        let mut words: Vec<(u32, u8)> = Vec::new();
        let (mut bits, mut whole, mut before) = (0_u128, FNV_BASIS, None);
        let mut is_first = true;
        for_words(text, |word| {
            if words.len() >= WORDS_MAX {
                return;
            }
            whole = mix(whole, word.hash);
            let weight = if word.is_common {
                1
            } else if word.is_number {
                NUMBER
            } else if word.is_capital && !is_first {
                NAME
            } else {
                3
            };
            is_first = false;
            let short = word.stem as u32 ^ (word.stem >> 32) as u32;
            words.push((short, weight));
            if weight > 1 {
                bits |= 1_u128 << (short % 128);
                if let Some(before) = before {
                    let pair = scatter(mix(before, word.stem));
                    if pair.is_multiple_of(SAMPLE) {
                        pairs.push(pair);
                    }
                }
                before = Some(word.stem);
            }
        });
        // The same word may be first in one copy and not in the other.
        words.sort_unstable();
        let weight = words.iter().map(|(_, weight)| u32::from(*weight)).sum();
        (!words.is_empty()).then(|| Self {
            text: text.to_owned(),
            words,
            weight,
            bits,
            whole,
        })
    }

    /// How alike two sentences are: 1000 if they have all words in common, 0 if none.
    pub(crate) fn likeness(&self, other: &Self) -> u32 {
        if self.whole == other.whole {
            return 1_000;
        }
        let (mut common, mut at, mut beside) = (0_u32, 0, 0);
        while let (Some(mine), Some(theirs)) = (self.words.get(at), other.words.get(beside)) {
            match mine.0.cmp(&theirs.0) {
                std::cmp::Ordering::Less => at += 1,
                std::cmp::Ordering::Greater => beside += 1,
                std::cmp::Ordering::Equal => {
                    common += u32::from(mine.1.min(theirs.1));
                    at += 1;
                    beside += 1;
                }
            }
        }
        let sum = self.weight + other.weight;
        let dice = 2_000 * common / sum.max(1);
        // A sentence may be cut in two, or two put together.
        let less = self.weight.min(other.weight);
        let held = 1_000 * common / less.max(1);
        if less >= HELD_MIN && held >= 850 {
            dice.max(held * 3 / 4)
        } else {
            dice.min(999)
        }
    }

    /// Of the names and numbers of two sentences: what they are worth, a name twice as much, and how
    /// much of it is common to both.
    pub(crate) fn names(&self, other: &Self) -> (u32, u32) {
        let worth = |weight: u8| match weight {
            NAME => 2,
            NUMBER => 1,
            _ => 0_u32,
        };
        let own = |line: &Self| line.words.iter().map(|word| worth(word.1)).sum::<u32>();
        let all = own(self) + own(other);
        let (mut common, mut at, mut beside) = (0, 0, 0);
        while let (Some(mine), Some(theirs)) = (self.words.get(at), other.words.get(beside)) {
            match mine.0.cmp(&theirs.0) {
                std::cmp::Ordering::Less => at += 1,
                std::cmp::Ordering::Greater => beside += 1,
                std::cmp::Ordering::Equal => {
                    // A name may begin the sentence in one of them, where it passes for a word.
                    common += worth(mine.1) + worth(theirs.1);
                    at += 1;
                    beside += 1;
                }
            }
        }
        (all, common)
    }

    /// Whether so few words are in common that comparing is idle.
    pub(crate) fn is_far(&self, other: &Self) -> bool {
        let common = (self.bits & other.bits).count_ones();
        let less = self.bits.count_ones().min(other.bits.count_ones());
        common * 3 < less
    }
}

/// The weight of a name: of a word with a capital within a sentence.
const NAME: u8 = 5;

/// The weight of a number. Less, since numbers are brought up to date where names stay.
const NUMBER: u8 = 4;

/// A part of a sentence counts as such from this weight on: some eight words.
const HELD_MIN: u32 = 24;

struct Word {
    hash: u64,
    stem: u64,
    is_common: bool,
    is_number: bool,
    is_capital: bool,
}

/// The words of a text. In scripts without blanks each character is one.
fn for_words(text: &str, mut take: impl FnMut(&Word)) {
    let mut small = String::new();
    let (mut is_number, mut is_capital, mut is_open) = (false, false, false);
    let mut flush = |small: &mut String, is_number: bool, is_capital: bool| {
        if !small.is_empty() {
            let cut = small
                .char_indices()
                .nth(STEM)
                .map_or(small.len(), |at| at.0);
            let stem = if is_number {
                small.as_str()
            } else {
                small.get(..cut).unwrap_or(small)
            };
            take(&Word {
                hash: hash(small),
                stem: hash(stem),
                is_common: COMMON.binary_search(&small.as_str()).is_ok(),
                is_number,
                is_capital,
            });
            small.clear();
        }
    };
    for c in text.chars() {
        let is_alone = is_ideograph(c);
        if is_alone || !(c.is_alphanumeric() || is_joint(c) && is_open) {
            flush(&mut small, is_number, is_capital);
            (is_number, is_capital, is_open) = (false, false, false);
        }
        if c.is_alphanumeric() {
            if !is_open {
                is_capital = c.is_uppercase();
            }
            is_number |= c.is_numeric();
            is_open = !is_alone;
            small.extend(c.to_lowercase());
            if is_alone {
                flush(&mut small, false, false);
            }
        }
    }
    flush(&mut small, is_number, is_capital);
}

/// Whether a mark stands within a word: `don’t`, `1,300`, `U.S.`.
fn is_joint(c: char) -> bool {
    matches!(c, '\'' | '’' | ',' | '.' | '\u{ad}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

/// Words that say little, sorted.
const COMMON: [&str; 84] = [
    "a", "about", "above", "after", "again", "all", "also", "am", "an", "and", "any", "are", "as",
    "at", "be", "because", "been", "before", "being", "but", "by", "can", "could", "did", "do",
    "does", "for", "from", "had", "has", "have", "he", "her", "his", "how", "if", "in", "into",
    "is", "it", "its", "more", "most", "no", "not", "of", "on", "one", "only", "or", "other",
    "our", "out", "over", "said", "she", "so", "some", "such", "than", "that", "the", "their",
    "them", "then", "there", "these", "they", "this", "to", "under", "up", "was", "we", "were",
    "what", "when", "which", "while", "who", "will", "with", "would", "you",
];

const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a (64 bits).
fn hash(text: &str) -> u64 {
    text.bytes().fold(FNV_BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
    })
}

fn mix(hash: u64, more: u64) -> u64 {
    (hash.rotate_left(5) ^ more).wrapping_mul(FNV_PRIME)
}

/// Spreads what differs over all bits (the finish of splitmix64), so that a remainder is a sample.
fn scatter(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line::read(text, &mut Vec::new()).unwrap()
    }

    fn likeness(one: &str, other: &str) -> u32 {
        line(one).likeness(&line(other))
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(COMMON.is_sorted());
    }

    #[test]
    fn typography_is_no_change() {
        assert_eq!(
            likeness(
                "\"We don't know,\" the U.S. envoy said - and left.",
                "“We don’t know”, the US envoy said — and left"
            ),
            1_000
        );
    }

    #[test]
    fn names_and_numbers_weigh_most() {
        let base = "The council of Brenna confirmed a storm on Monday that hit 7984 people.";
        let edit =
            "A storm that hit 7,984 people on Monday has been confirmed by Brenna's council.";
        let other = "The council of Halvern confirmed a storm on Friday that hit 312 people.";
        assert!(likeness(base, edit) > likeness(base, other));
        assert!(likeness(base, other) < 600);
    }

    #[test]
    fn scripts_without_blanks_are_compared_too() {
        assert!(likeness("東京に事務所を開く計画だ", "東京に事務所を開く方針だ") > 700);
    }
}
