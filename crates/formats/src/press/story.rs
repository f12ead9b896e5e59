//! Stories: articles put together by the text that they come from.
//!
//! Whether two articles are copies is a function of the two alone, the same from either side, and a
//! story is all that hangs together by it; so the order in which articles come does not matter. An
//! article is compared only with those that share some of its word pairs, the ones that share most
//! first and few of each story, so that adding one costs about the same however many there are.
//! Where that cuts something off, order may matter after all: see [`POSTING_MAX`].
//!
//! Not here: keeping them. What is added is in memory; whoever keeps the articles adds them again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use legation_core::time::Instant;

use super::article::Article;
use super::compare::{Changes, Meeting};
use super::sketch::Sketch;

/// The most articles that are found by one word pair: a pair that more have says little. A story
/// of many copies is found by the first of them all the same.
pub const POSTING_MAX: usize = 64;

/// The most articles that a new one is compared with, and of one story.
const COMPARED_MAX: usize = 32;
const COMPARED_OF_STORY_MAX: usize = 4;

/// Articles with fewer word pairs in common are not compared.
const COMMON_MIN: u32 = 2;

/// What a word pair says that only one article has.
const RARITY: u32 = 1 << 12;

/// A sentence that is shared as background has at least this weight: some eight words.
const SHARED_MIN: u32 = 24;

/// A sentence that is shared as background is at least so like (of 1000).
const SHARED_LIKENESS: u32 = 700;

/// The name of an article among others, given by whoever keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(u64);

impl ArticleId {
    /// The article of that number.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of a story: the least number of its articles. It changes only if an article with a
/// lesser number joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoryId(ArticleId);

impl StoryId {
    /// The article that it is named after.
    pub fn article(self) -> ArticleId {
        self.0
    }
}

impl fmt::Display for StoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where an article belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Its story.
    pub story: StoryId,
    /// The article that has the story's base text; `None` if it is this one.
    pub copy_of: Option<ArticleId>,
    /// What it changed against that.
    pub changes: Option<Changes>,
    /// Other stories that it shares sentences with.
    pub shares: Vec<Shared>,
    /// Names under which parts of the story were known before the article came: it has joined them,
    /// or the story is now named after it.
    pub joined: Vec<StoryId>,
}

/// Sentences that an article shares with another story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The other story.
    pub story: StoryId,
    /// The article of it that has most of them.
    pub article: ArticleId,
    /// The sentences, as the article has them, in its order.
    pub sentences: Vec<String>,
}

/// Stories, to which articles are added one by one.
#[derive(Debug, Default)]
pub struct Stories {
    held: Vec<Held>,
    places: HashMap<ArticleId, u32>,
    /// Articles by word pair, at most [`POSTING_MAX`] each.
    postings: HashMap<u64, Vec<u32>>,
    /// The stories, by their roots.
    groups: HashMap<u32, Group>,
}

/// A story: what is asked of it without looking at each of its articles.
#[derive(Debug)]
struct Group {
    members: Vec<u32>,
    /// The least number.
    first: ArticleId,
    /// The article with the base text, and by what it is that.
    base: (Rank, u32),
}

/// Whose text is the base: the agency's own before others, then the earliest that says when it was
/// published, then the least number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    is_copy: bool,
    is_undated: bool,
    published: Option<Instant>,
    id: ArticleId,
}

#[derive(Debug)]
struct Held {
    id: ArticleId,
    sketch: Sketch,
    /// Another article of the same story; itself at the root.
    parent: u32,
}

impl Stories {
    /// No stories yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an article and says where it belongs. One that was added before stays as it is.
    pub fn add(&mut self, id: ArticleId, article: &Article) -> Placement {
        self.add_sketch(id, Sketch::of(article))
    }

    /// The same for an article that was sketched before, on another core.
    pub fn add_sketch(&mut self, id: ArticleId, sketch: Sketch) -> Placement {
        if let Some(place) = self.places.get(&id).copied() {
            return self.placement(place, Vec::new());
        }
        let place = u32::try_from(self.held.len()).unwrap_or(u32::MAX);
        let before = self.meet(&sketch);
        for pair in &sketch.pairs {
            let posting = self.postings.entry(*pair).or_default();
            if posting.len() < POSTING_MAX {
                posting.push(place);
            }
        }
        let rank = Rank {
            is_copy: !sketch.is_origin,
            is_undated: sketch.published.is_none(),
            published: sketch.published,
            id,
        };
        let group = Group {
            members: vec![place],
            first: id,
            base: (rank, place),
        };
        self.groups.insert(place, group);
        self.places.insert(id, place);
        self.held.push(Held {
            id,
            sketch,
            parent: place,
        });
        let mut joined: BTreeSet<StoryId> = BTreeSet::new();
        for (other, meeting) in &before {
            if meeting.is_copy() {
                joined.insert(self.story_id(*other));
                self.unite(place, *other);
            }
        }
        let story = self.story_id(place);
        joined.remove(&story);
        self.placement_of(place, joined.into_iter().collect(), &before)
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Where an article that was added belongs by now.
    pub fn place(&self, id: ArticleId) -> Option<Placement> {
        let place = self.places.get(&id).copied()?;
        Some(self.placement(place, Vec::new()))
    }

    /// All stories: their names and articles, both in order of number.
    pub fn stories(&self) -> BTreeMap<StoryId, Vec<ArticleId>> {
        let groups = self.groups.values().map(|group| {
            let members = group.members.iter().filter_map(|at| self.at(*at));
            let mut ids: Vec<ArticleId> = members.map(|held| held.id).collect();
            ids.sort_unstable();
            ids
        });
        groups
            .filter_map(|ids| Some((StoryId(*ids.first()?), ids)))
            .collect()
    }

    fn at(&self, place: u32) -> Option<&Held> {
        self.held.get(usize::try_from(place).ok()?)
    }

    fn root(&self, place: u32) -> u32 {
        let mut at = place;
        while let Some(held) = self.at(at) {
            if held.parent == at {
                break;
            }
            at = held.parent;
        }
        at
    }

    fn story_id(&self, place: u32) -> StoryId {
        let group = self.groups.get(&self.root(place));
        StoryId(group.map_or(ArticleId(0), |group| group.first))
    }

    /// Makes two stories one: the smaller hangs below the larger, so that no path is long.
    fn unite(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        if one == other {
            return;
        }
        let size = |root: u32| {
            self.groups
                .get(&root)
                .map_or(0, |group| group.members.len())
        };
        let (small, large) = if size(one) < size(other) {
            (one, other)
        } else {
            (other, one)
        };
        if let Some(moved) = self.groups.remove(&small)
            && let Some(group) = self.groups.get_mut(&large)
        {
            group.members.extend(moved.members);
            group.first = group.first.min(moved.first);
            group.base = group.base.min(moved.base);
        }
        let held = usize::try_from(small)
            .ok()
            .and_then(|at| self.held.get_mut(at));
        if let Some(held) = held {
            held.parent = large;
        }
    }

    /// How a sketch meets those that share most of its word pairs.
    fn meet(&self, sketch: &Sketch) -> Vec<(u32, Meeting)> {
        // How many word pairs are common, and how much they say: the rarer a pair, the more.
        let mut common: HashMap<u32, (u32, u32)> = HashMap::new();
        for pair in &sketch.pairs {
            let posting = self.postings.get(pair).map_or(&[] as &[u32], Vec::as_slice);
            let worth = RARITY / u32::try_from(posting.len().max(1)).unwrap_or(RARITY);
            for place in posting {
                let (count, said) = common.entry(*place).or_default();
                (*count, *said) = (*count + 1, *said + worth);
            }
        }
        let quarter = u32::try_from(sketch.pairs.len() / 4).unwrap_or(u32::MAX);
        let least = COMMON_MIN.min(quarter).max(1);
        let mut candidates: Vec<(u32, u32)> = common
            .into_iter()
            .filter(|(_, (count, _))| *count >= least)
            .map(|(place, (_, said))| (place, said))
            .collect();
        candidates.sort_unstable_by_key(|(place, said)| {
            (
                std::cmp::Reverse(*said),
                self.at(*place).map(|held| held.id),
            )
        });
        let mut of_story: HashMap<u32, (usize, bool)> = HashMap::new();
        let mut met = Vec::new();
        for (place, _) in candidates {
            if met.len() >= COMPARED_MAX {
                break;
            }
            let (count, is_joined) = of_story.entry(self.root(place)).or_default();
            let Some(held) = self.at(place) else {
                continue;
            };
            // One copy is enough to belong to its story.
            if *count >= COMPARED_OF_STORY_MAX || *is_joined {
                continue;
            }
            let meeting = Meeting::of(sketch, &held.sketch);
            *count += 1;
            *is_joined |= meeting.is_copy();
            met.push((place, meeting));
        }
        met
    }

    fn placement(&self, place: u32, joined: Vec<StoryId>) -> Placement {
        let met = self
            .at(place)
            .map(|held| self.meet(&held.sketch))
            .unwrap_or_default();
        self.placement_of(place, joined, &met)
    }

    fn placement_of(&self, place: u32, joined: Vec<StoryId>, met: &[(u32, Meeting)]) -> Placement {
        let story = self.story_id(place);
        let group = self.groups.get(&self.root(place));
        let base = group.map_or(place, |group| group.base.1);
        let (own, text) = (self.at(place), self.at(base));
        let changes = match (own, text) {
            (Some(own), Some(text)) if base != place => {
                Some(Changes::between(&text.sketch, &own.sketch))
            }
            _ => None,
        };
        Placement {
            story,
            copy_of: text.filter(|_| base != place).map(|held| held.id),
            changes,
            shares: self.shares(place, met),
            joined,
        }
    }

    /// What an article shares with other stories.
    fn shares(&self, place: u32, met: &[(u32, Meeting)]) -> Vec<Shared> {
        let Some(own) = self.at(place) else {
            return Vec::new();
        };
        let mut best: BTreeMap<StoryId, Shared> = BTreeMap::new();
        for (other, meeting) in met {
            let Some(held) = self.at(*other) else {
                continue;
            };
            if self.root(*other) == self.root(place) {
                continue;
            }
            let sentences: Vec<String> = meeting
                .pairs
                .iter()
                .filter(|(_, _, likeness)| *likeness >= SHARED_LIKENESS)
                .filter_map(|(mine, _, _)| own.sketch.lines.get(*mine))
                .filter(|line| line.weight >= SHARED_MIN)
                .map(|line| line.text.clone())
                .collect();
            let story = self.story_id(*other);
            let is_more = best
                .get(&story)
                .is_none_or(|before| before.sentences.len() < sentences.len());
            if !sentences.is_empty() && is_more {
                let article = held.id;
                best.insert(
                    story,
                    Shared {
                        story,
                        article,
                        sentences,
                    },
                );
            }
        }
        best.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
