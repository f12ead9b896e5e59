//! What was said in public, and the press: the fold of [`StatementAct`].
//!
//! Statements, articles, proposals and aliases are kept for good; what was replaced or retracted says
//! so. What each point comes to at some date is judged in [`point`], who may see it in [`sight`].

mod alias;
mod check;
pub mod point;
pub mod sight;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::act::{
    Actor, Draft, Entry, Evidence, FileArticle, Link, RecordStatement, Saying, Sheet, StatementAct,
    StatementSubject,
};
use crate::id::{Digest, EntryNumber, ProposalId, StatementId};
use crate::state::FoldError;
use crate::time::Instant;

pub use alias::{Alias, plain_name};
pub use check::{
    ARTICLE_MAX, StatementError, check_alias, check_article, check_draft, check_reason,
    check_record,
};

/// When something was done, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: String,
}

/// A statement on the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// The entry that recorded it; it orders what was recorded in one instant.
    pub entry: EntryNumber,
    /// When it was recorded.
    pub recorded: Instant,
    /// By whom.
    pub by: Actor,
    /// What was said.
    pub saying: Saying,
    /// Where it can be read; for the office's own people only.
    pub evidence: Vec<Evidence>,
    /// What it has to do with an earlier one.
    pub link: Option<Link>,
    /// The proposal that it comes from.
    pub proposal: Option<ProposalId>,
    /// The statement that was recorded in its place, and when.
    pub replaced: Option<(StatementId, Instant)>,
    /// Why it should never have been recorded.
    pub retracted: Option<Note>,
}

/// What a paper printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// The name of the file.
    pub name: String,
    /// Its bytes.
    pub bytes: Sheet,
    /// Who printed it, where staff says so.
    pub outlet: Option<String>,
    /// When it was printed, where staff says so.
    pub printed: Option<Instant>,
    /// When it was filed.
    pub filed: Instant,
    /// The entry that filed it.
    pub entry: EntryNumber,
}

/// What has become of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Staff has not decided.
    Waiting,
    /// It is on the record as that statement.
    Accepted(StatementId),
    /// It was turned down.
    Rejected(Note),
}

/// A statement that was found in the press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What is proposed now.
    pub draft: Draft,
    /// The sentences in which it was found, one for each article.
    pub evidence: Vec<Evidence>,
    /// When it was first found.
    pub found: Instant,
    /// Whether staff has edited it.
    pub revised: bool,
    /// What has become of it.
    pub outcome: Outcome,
}

/// What was said in public, and the press.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements {
    statements: BTreeMap<StatementId, Arc<Statement>>,
    by_subject: BTreeMap<StatementSubject, Vec<StatementId>>,
    articles: BTreeMap<Digest, Arc<Article>>,
    proposals: BTreeMap<ProposalId, Arc<Proposal>>,
    // By name as it is compared.
    aliases: BTreeMap<String, Alias>,
}

fn refuse(text: &'static str) -> FoldError {
    FoldError::Statement(text)
}

impl Statements {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &StatementAct) -> Result<(), FoldError> {
        match act {
            StatementAct::Record(act) => self.record(entry, act),
            StatementAct::Retract(act) => {
                let one = self.statements.get_mut(&act.id);
                let one = one.ok_or(refuse("a statement is retracted that is not there"))?;
                if one.retracted.is_some() {
                    return Err(refuse("a statement is retracted twice"));
                }
                Arc::make_mut(one).retracted = Some(note(entry, &act.reason));
                Ok(())
            }
            StatementAct::FileArticle(act) => self.file(entry, act),
            StatementAct::Propose(act) => {
                self.holds(&act.evidence)?;
                let proposal = Proposal {
                    id: act.id.clone(),
                    draft: act.draft.clone(),
                    evidence: vec![act.evidence.clone()],
                    found: entry.at,
                    revised: false,
                    outcome: Outcome::Waiting,
                };
                let known = self
                    .proposals
                    .insert(act.id.clone(), Arc::new(proposal))
                    .is_some();
                if known {
                    return Err(FoldError::Twice("proposal"));
                }
                Ok(())
            }
            StatementAct::Support(act) => {
                self.holds(&act.evidence)?;
                let one = self.proposals.get_mut(&act.id);
                let one = one.ok_or(refuse("a proposal is supported that is not there"))?;
                Arc::make_mut(one).evidence.push(act.evidence.clone());
                Ok(())
            }
            StatementAct::Revise(act) => {
                let one = self.waiting_mut(&act.id)?;
                one.draft = act.draft.clone();
                one.revised = true;
                Ok(())
            }
            StatementAct::Reject(act) => {
                let outcome = Outcome::Rejected(note(entry, &act.reason));
                self.waiting_mut(&act.id)?.outcome = outcome;
                Ok(())
            }
            StatementAct::AddAlias(act) => self.add_alias(entry, act),
            StatementAct::RemoveAlias(act) => self.remove_alias(act),
        }
    }

    fn record(&mut self, entry: &Entry, act: &RecordStatement) -> Result<(), FoldError> {
        if self.statements.contains_key(&act.id) {
            return Err(FoldError::Twice("statement"));
        }
        for evidence in &act.evidence {
            self.holds(evidence)?;
        }
        if let Some(link) = &act.link {
            let earlier = self.statements.get_mut(link.earlier());
            let earlier = earlier.ok_or(refuse("a statement corrects one that is not there"))?;
            if earlier.saying.subject != act.saying.subject {
                return Err(refuse("a statement corrects one of another subject"));
            }
            if matches!(link, Link::Replaces(_)) {
                if earlier.replaced.is_some() || earlier.retracted.is_some() {
                    return Err(refuse("a statement is replaced that no longer counts"));
                }
                Arc::make_mut(earlier).replaced = Some((act.id.clone(), entry.at));
            }
        }
        if let Some(proposal) = &act.proposal {
            self.waiting_mut(proposal)?.outcome = Outcome::Accepted(act.id.clone());
        }
        let of_subject = self.by_subject.entry(act.saying.subject.clone());
        of_subject.or_default().push(act.id.clone());
        let statement = Statement {
            id: act.id.clone(),
            entry: entry.number,
            recorded: entry.at,
            by: entry.actor.clone(),
            saying: act.saying.clone(),
            evidence: act.evidence.clone(),
            link: act.link.clone(),
            proposal: act.proposal.clone(),
            replaced: None,
            retracted: None,
        };
        self.statements.insert(act.id.clone(), Arc::new(statement));
        Ok(())
    }

    fn file(&mut self, entry: &Entry, act: &FileArticle) -> Result<(), FoldError> {
        if Digest::of(act.bytes.as_bytes()) != act.digest {
            return Err(refuse(
                "the bytes of an article are not those of its digest",
            ));
        }
        let article = Article {
            digest: act.digest,
            name: act.name.clone(),
            bytes: act.bytes.clone(),
            outlet: act.outlet.clone(),
            printed: act.printed,
            filed: entry.at,
            entry: entry.number,
        };
        match self.articles.insert(act.digest, Arc::new(article)) {
            None => Ok(()),
            Some(_) => Err(FoldError::Twice("article")),
        }
    }

    fn holds(&self, evidence: &Evidence) -> Result<(), FoldError> {
        match self.articles.contains_key(&evidence.article) {
            true => Ok(()),
            false => Err(refuse("evidence is of an article that is not there")),
        }
    }

    fn waiting_mut(&mut self, id: &ProposalId) -> Result<&mut Proposal, FoldError> {
        let one = self.proposals.get_mut(id).map(Arc::make_mut);
        one.filter(|one| one.outcome == Outcome::Waiting)
            .ok_or(refuse("a proposal is decided that does not wait"))
    }

    /// The statement of that id.
    pub fn get(&self, id: &StatementId) -> Option<&Statement> {
        self.statements.get(id).map(AsRef::as_ref)
    }

    /// Every statement, by id.
    pub fn all(&self) -> impl Iterator<Item = &Statement> {
        self.statements.values().map(AsRef::as_ref)
    }

    /// What was said about a subject, in the order in which it was recorded.
    pub fn about(&self, subject: &StatementSubject) -> impl Iterator<Item = &Statement> {
        let ids = self.by_subject.get(subject).into_iter().flatten();
        ids.filter_map(|id| self.get(id))
    }

    /// Every subject about which something was said.
    pub fn subjects(&self) -> impl Iterator<Item = &StatementSubject> {
        self.by_subject.keys()
    }

    /// The article with that digest.
    pub fn article(&self, digest: &Digest) -> Option<&Article> {
        self.articles.get(digest).map(AsRef::as_ref)
    }

    /// Every article, by digest.
    pub fn articles(&self) -> impl ExactSizeIterator<Item = &Article> {
        self.articles.values().map(AsRef::as_ref)
    }

    /// The proposal of that id.
    pub fn proposal(&self, id: &ProposalId) -> Option<&Proposal> {
        self.proposals.get(id).map(AsRef::as_ref)
    }

    /// Every proposal, by id.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.values().map(AsRef::as_ref)
    }

    /// How many proposals wait for staff.
    pub fn waiting(&self) -> usize {
        let waits = |one: &&Proposal| one.outcome == Outcome::Waiting;
        self.proposals().filter(waits).count()
    }
}

fn note(entry: &Entry, reason: &str) -> Note {
    Note {
        at: entry.at,
        by: entry.actor.clone(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
