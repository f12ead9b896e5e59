//! Whether two papers tell of one statement: the same speaker and stance, on no two days, in sentences
//! that are mostly the same words. An editor may shorten and rearrange; who said it and how the
//! speaker stands to it must not differ.

use std::collections::BTreeSet;

use legation_core::act::{Draft, SourceKind};
use legation_core::affairs::statement::plain_name;

/// How much of the words of both must be shared (Jaccard), or of the shorter one must be in the other.
const SHARED: f64 = 0.5;
const WITHIN: f64 = 0.8;

/// Fewer words than this say too little to be compared by what is within.
const WORDS_MIN: usize = 5;

/// Whether a sentence tells of the statement that was proposed from others.
pub(super) fn says_the_same(
    draft: &Draft,
    sentence: &str,
    other: &Draft,
    sentences: &[String],
) -> bool {
    let days = match (draft.said, other.said) {
        // Papers print on the next day what was said the day before.
        (Some(one), Some(next)) => (one.micros() - next.micros()).abs() <= 2 * 86_400_000_000,
        _ => true,
    };
    draft.stance == other.stance
        && days
        && same_speaker(draft, other)
        && sentences.iter().any(|other| alike(sentence, other))
}

fn same_speaker(one: &Draft, other: &Draft) -> bool {
    let unnamed = |draft: &Draft| {
        let origin = draft.sources.last();
        origin.is_some_and(|link| link.kind == SourceKind::Unnamed)
    };
    if unnamed(one) != unnamed(other) || one.speaker.party != other.speaker.party {
        return false;
    }
    let name = |draft: &Draft| draft.speaker.name.as_deref().map(plain_name);
    match (name(one), name(other)) {
        (Some(one), Some(other)) => one == other || one.ends_with(&other) || other.ends_with(&one),
        _ => true,
    }
}

/// The words of a sentence without their marks, two by two.
fn pairs(sentence: &str) -> BTreeSet<(String, String)> {
    let words: Vec<String> = sentence
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let pairs = words.windows(2).filter_map(|pair| match pair {
        [one, next] => Some((one.clone(), next.clone())),
        _ => None,
    });
    pairs.collect()
}

fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (pairs(one), pairs(other));
    let shared = one.intersection(&other).count();
    let all = one.union(&other).count();
    let least = one.len().min(other.len());
    let share = |whole: usize| shared as f64 / whole.max(1) as f64;
    share(all) >= SHARED || (least >= WORDS_MIN && share(least) >= WITHIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_alike_and_other_sentences_are_not() {
        let text =
            "Japan's foreign minister said on Tuesday that the office would open next spring.";
        for copy in [
            "Japan's foreign minister said Tuesday that the office would open next spring",
            "Japan\u{2019}s foreign minister said on Tuesday that the office would open next spring, a week after talks began.",
        ] {
            assert!(alike(text, copy), "{copy}");
        }
        for other in [
            "Japan's foreign minister said on Tuesday that the budget had been cut.",
            "France's foreign minister said the talks had failed.",
            "Yes.",
            "",
        ] {
            assert!(!alike(text, other), "{other}");
        }
    }
}
