//! Two sketches side by side: which sentences they share, whether one is a copy of the other, and
//! what was changed.
//!
//! A copy has most of its text from the other, or begins as the other does. A follow-up begins with
//! news of its own and has the other's sentences further down: it shares them and is no copy.

use super::sketch::{Line, Sketch};

/// From this likeness on two sentences are one, edited (of 1000).
pub(crate) const EDITED: u32 = 520;

/// From this likeness on nothing but typography or an ending differs.
const SAME: u32 = 985;

/// How two articles meet.
#[derive(Clone, Debug)]
pub(crate) struct Meeting {
    /// Pairs of sentences, by place: mine, theirs, likeness. Each sentence at most once.
    pub(crate) pairs: Vec<(usize, usize, u32)>,
    /// How much of mine is in theirs, of 1000.
    pub(crate) mine: u32,
    /// How much of theirs is in mine.
    pub(crate) theirs: u32,
    /// Whether one begins with what is in the first half of the other.
    pub(crate) is_lead_shared: bool,
    /// Of the names and numbers in paired sentences, how many are the same, of 1000.
    pub(crate) names: u32,
}

impl Meeting {
    pub(crate) fn of(mine: &Sketch, theirs: &Sketch) -> Self {
        let mut found: Vec<(usize, usize, u32)> = Vec::new();
        let mut best_mine = vec![0_u32; mine.lines.len()];
        let mut best_theirs = vec![0_u32; theirs.lines.len()];
        for (at, line) in mine.lines.iter().enumerate() {
            for (beside, other) in theirs.lines.iter().enumerate() {
                if line.is_far(other) {
                    continue;
                }
                let likeness = line.likeness(other);
                if likeness >= EDITED {
                    found.push((at, beside, likeness));
                    let (all, common) = line.names(other);
                    if common * 1_000 >= all * NAMES_OF_SENTENCE {
                        raise(&mut best_mine, at, likeness);
                        raise(&mut best_theirs, beside, likeness);
                    }
                }
            }
        }
        let share = |lines: &[Line], best: &[u32]| {
            let held: u32 = lines
                .iter()
                .zip(best)
                .filter(|(_, likeness)| **likeness > 0)
                .map(|(line, _)| line.weight)
                .sum();
            let whole: u32 = lines.iter().map(|line| line.weight).sum();
            (u64::from(held) * 1_000 / u64::from(whole.max(1))) as u32
        };
        let is_early = |at: usize, length: usize| at < 3 || at * 2 <= length;
        let is_lead_shared = found.iter().any(|(at, beside, _)| {
            (*at < 2 && is_early(*beside, theirs.lines.len()))
                || (*beside < 2 && is_early(*at, mine.lines.len()))
        });
        let pairs = marry(found);
        let (mut all, mut common) = (0_u32, 0_u32);
        for (at, beside, _) in &pairs {
            if let (Some(line), Some(other)) = (mine.lines.get(*at), theirs.lines.get(*beside)) {
                let (more, same) = line.names(other);
                (all, common) = (all + more, common + same);
            }
        }
        Self {
            mine: share(&mine.lines, &best_mine),
            theirs: share(&theirs.lines, &best_theirs),
            pairs,
            is_lead_shared,
            // Where nothing is named, nothing speaks against it.
            names: (common * 1_000).checked_div(all).unwrap_or(1_000),
        }
    }

    /// Whether the two are copies of one text. Says the same from either side.
    pub(crate) fn is_copy(&self) -> bool {
        let (most, least) = (self.mine.max(self.theirs), self.mine.min(self.theirs));
        let is_alike = (most >= COPY_MOST && least >= COPY_LEAST)
            || (self.is_lead_shared && most >= LEAD_MOST && least >= LEAD_LEAST);
        is_alike && (self.names >= NAMES_SURE || (self.names >= NAMES_LEAST && most >= NAMES_MOST))
    }
}

/// A copy has so much of the one text in the other (of 1000) ...
const COPY_MOST: u32 = 780;

/// ... and so much the other way, if it begins differently.
const COPY_LEAST: u32 = 400;

/// A copy that begins alike has at least so much of the one in the other ...
const LEAD_MOST: u32 = 500;

/// ... and so much the other way.
const LEAD_LEAST: u32 = 150;

/// Reports by one hand on two events share their phrases, not their names and numbers: a copy has
/// at least so many of these in common, where sentences are alike ...
const NAMES_SURE: u32 = 880;

/// ... or at least so many, if names are misspelt or numbers brought up to date ...
const NAMES_LEAST: u32 = 700;

/// ... in a copy that has so much of the one text in the other.
const NAMES_MOST: u32 = 800;

/// A pair of sentences speaks for a copy if so many of their names and numbers are common.
const NAMES_OF_SENTENCE: u32 = 500;

fn raise(best: &mut [u32], at: usize, likeness: u32) {
    if let Some(best) = best.get_mut(at) {
        *best = likeness.max(*best);
    }
}

/// Pairs, the likest first, such that no sentence is in two.
fn marry(mut found: Vec<(usize, usize, u32)>) -> Vec<(usize, usize, u32)> {
    found.sort_unstable_by_key(|(at, beside, likeness)| {
        (std::cmp::Reverse(*likeness), at.abs_diff(*beside), *at)
    });
    let mut mine = std::collections::HashSet::new();
    let mut theirs = std::collections::HashSet::new();
    found.retain(|(at, beside, _)| {
        let is_free = !mine.contains(at) && !theirs.contains(beside);
        if is_free {
            mine.insert(*at);
            theirs.insert(*beside);
        }
        is_free
    });
    found.sort_unstable();
    found
}

/// What a copy changed against the story's base text, by sentences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Sentences that are not in the base text, in the copy's order.
    pub added: Vec<String>,
    /// Sentences of the base text that are not in the copy, in the base's order.
    pub removed: Vec<String>,
    /// Sentences that say it in other words or numbers, in the copy's order.
    pub changed: Vec<Changed>,
    /// Whether what is kept stands in another order.
    pub is_reordered: bool,
}

/// A sentence and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// In the base text.
    pub before: String,
    /// In the copy.
    pub after: String,
}

impl Changes {
    /// Whether nothing but typography differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
            && self.removed.is_empty()
            && self.changed.is_empty()
            && !self.is_reordered
    }

    pub(crate) fn between(base: &Sketch, copy: &Sketch) -> Self {
        let meeting = Meeting::of(copy, base);
        let mut changes = Self::default();
        let mut pairs = meeting.pairs.iter().peekable();
        let mut last = None;
        let mut kept = vec![false; base.lines.len()];
        for (at, line) in copy.lines.iter().enumerate() {
            let Some((_, beside, likeness)) = pairs.next_if(|(mine, _, _)| *mine == at) else {
                changes.added.push(line.text.clone());
                continue;
            };
            changes.is_reordered |= last.is_some_and(|last| last > *beside);
            last = Some(*beside);
            if let Some(kept) = kept.get_mut(*beside) {
                *kept = true;
            }
            if let Some(before) = base.lines.get(*beside).filter(|_| *likeness < SAME) {
                changes.changed.push(Changed {
                    before: before.text.clone(),
                    after: line.text.clone(),
                });
            }
        }
        let removed = base.lines.iter().zip(&kept).filter(|(_, kept)| !**kept);
        changes.removed = removed.map(|(line, _)| line.text.clone()).collect();
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::press::Article;

    fn sketch(paragraphs: &[&str]) -> Sketch {
        Sketch::of(&Article {
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
            ..Article::default()
        })
    }

    const LEAD: &str =
        "Two patrol ships began to search the Gulf of Aland on Sunday for what tore a cable.";
    const CABLE: &str = "The cable carries electricity and telephone calls to the island of Kokar.";
    const ANCHOR: &str =
        "Commander Jussi Lahti of the coast guard spoke of an anchor without an arm.";
    const REPAIR: &str = "The repair will take two weeks and cost the operator 3.1 million euros.";
    const NEWS: &str =
        "A court in Helsinki ordered the freighter to be held until the end of December.";
    const MASTER: &str =
        "Its master, who denies everything, was questioned by investigators for nine hours.";

    #[test]
    fn changes_are_told_by_sentence() {
        let base = sketch(&[LEAD, CABLE, ANCHOR, REPAIR]);
        let edited = REPAIR.replace("3.1", "3.4");
        let copy = sketch(&[LEAD, ANCHOR, CABLE, &edited, NEWS]);
        let changes = Changes::between(&base, &copy);
        assert_eq!(changes.added, [NEWS]);
        assert!(changes.removed.is_empty() && changes.is_reordered);
        let changed = Changed {
            before: REPAIR.to_owned(),
            after: edited,
        };
        assert_eq!(changes.changed, [changed]);
        assert!(Changes::between(&base, &base).is_empty());
        let cut = Changes::between(&base, &sketch(&[LEAD, CABLE]));
        assert_eq!(cut.removed, [ANCHOR, REPAIR]);
    }

    #[test]
    fn a_follow_up_is_no_copy() {
        let base = sketch(&[LEAD, CABLE, ANCHOR, REPAIR]);
        let both = |other: &Sketch| {
            let [here, there] = [Meeting::of(&base, other), Meeting::of(other, &base)];
            assert_eq!(here.is_copy(), there.is_copy());
            here.is_copy()
        };
        assert!(both(&sketch(&[LEAD, CABLE])));
        assert!(both(&sketch(&[ANCHOR, LEAD, CABLE, NEWS])));
        assert!(!both(&sketch(&[NEWS, MASTER, CABLE])));
        assert!(!both(&sketch(&[NEWS, MASTER])));
    }
}
