//! The stories that the filed articles tell: which are copies of one text, what each changed, and what
//! they share with other stories. Worked out whenever somebody asks; how is the library's to say
//! ([`press::Stories`]).

use std::collections::BTreeMap;

use legation_core::id::{Digest, EntryNumber};
use legation_core::state::State;
use legation_formats::press::{ArticleId, Changes, Placement, Stories};

use crate::admit::{Caller, staff};
use crate::error::EngineError;
use crate::office::Office;
use crate::press::{ArticleView, view};

/// A story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryView {
    /// The article that it is named after.
    pub story: Digest,
    /// Its articles, in the order in which they were filed.
    pub articles: Vec<StoryArticle>,
}

/// An article in its story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryArticle {
    /// The article.
    pub article: ArticleView,
    /// The story that it tells.
    pub story: Digest,
    /// The article of which it is a copy; none if the others are compared with it.
    pub copy_of: Option<Digest>,
    /// What it changed against that.
    pub changes: Option<Changes>,
    /// What it shares with other stories.
    pub shares: Vec<SharedText>,
}

/// Sentences that stand in another story too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedText {
    /// The other story.
    pub story: Digest,
    /// The article of it that has most of them.
    pub article: Digest,
    /// The sentences, as the article has them.
    pub sentences: Vec<String>,
}

/// Every article in its place.
struct Shelf {
    stories: Stories,
    by_number: BTreeMap<u64, ArticleView>,
}

impl Shelf {
    fn of(state: &State) -> Self {
        let articles = state.affairs().statements.articles();
        let number = |EntryNumber(number)| number;
        let by_number: BTreeMap<u64, ArticleView> = articles
            .map(|one| (number(one.entry), view(state, one)))
            .collect();
        let mut stories = Stories::new();
        for (number, view) in &by_number {
            stories.add(ArticleId::new(*number), &view.read);
        }
        Self { stories, by_number }
    }

    fn digest(&self, id: ArticleId) -> Option<Digest> {
        let view = self.by_number.get(&id.number())?;
        Some(view.filed.digest)
    }

    fn place(&self, id: ArticleId) -> Option<StoryArticle> {
        let view = self.by_number.get(&id.number())?;
        let Placement {
            story,
            copy_of,
            changes,
            shares,
            ..
        } = self.stories.place(id)?;
        let shares = shares.into_iter().filter_map(|shared| {
            Some(SharedText {
                story: self.digest(shared.story.article())?,
                article: self.digest(shared.article)?,
                sentences: shared.sentences,
            })
        });
        Some(StoryArticle {
            article: view.clone(),
            story: self.digest(story.article())?,
            copy_of: copy_of.and_then(|id| self.digest(id)),
            changes,
            shares: shares.collect(),
        })
    }
}

impl Office {
    /// The stories, in the order in which their first articles were filed.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn stories(&self, caller: &Caller) -> Result<Vec<StoryView>, EngineError> {
        staff(caller)?;
        let shelf = Shelf::of(self.look()?.state());
        let stories = shelf.stories.stories().into_iter();
        let views = stories.filter_map(|(id, articles)| {
            Some(StoryView {
                story: shelf.digest(id.article())?,
                articles: articles
                    .into_iter()
                    .filter_map(|id| shelf.place(id))
                    .collect(),
            })
        });
        Ok(views.collect())
    }

    /// One article in its story.
    ///
    /// # Errors
    /// When the caller may not, or there is none.
    pub fn placed_article(
        &self,
        caller: &Caller,
        digest: &Digest,
    ) -> Result<StoryArticle, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let one = fold.state().affairs().statements.article(digest);
        let entry = one.ok_or_else(EngineError::not_found)?.entry;
        let shelf = Shelf::of(fold.state());
        let placed = shelf.place(ArticleId::new(entry.0));
        placed.ok_or_else(EngineError::not_found)
    }
}
