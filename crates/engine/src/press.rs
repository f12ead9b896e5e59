//! What papers printed, the statements found in it, and the names that stand for parties. All of it
//! is for the office's own people: what is filed is other people's work.
//!
//! The flow. An article is read ([`press::read`]), statements are found in its sentences
//! ([`propose`]), and each that says what a proposal says already supports that one; the rest are
//! proposed. Article and proposals are one batch. An officer accepts, edits or rejects; nothing is
//! accepted by itself.

mod likeness;
mod story;

use legation_core::act::{
    AddAlias, Draft, Evidence, FileArticle, Propose, RecordStatement, RejectProposal, RemoveAlias,
    ReviseProposal, Saying, Sheet, SourceKind, SourceLink, StatementAct, StatementSubject,
    SupportProposal,
};
use legation_core::affairs::statement::{
    Alias, Article, Outcome, Proposal, check_alias, check_article, check_draft, check_reason,
};
use legation_core::id::{Digest, PartyCode, ProposalId, StatementId};
use legation_core::state::State;
use legation_core::time::Instant;
use legation_formats::press;
use legation_formats::press::propose::{Found, Names, propose};

use crate::admit::{Caller, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::statement::{
    StatementChanges, StatementView, check_party, check_subject, plan, recording, roll_name,
};
use crate::writer::Company;
use likeness::says_the_same;
pub use story::{SharedText, StoryArticle, StoryView};

/// An article to be filed.
#[derive(Clone, Debug)]
pub struct NewArticle {
    /// The name of its file.
    pub name: String,
    /// Its bytes: a page or a text.
    pub bytes: Vec<u8>,
    /// Who printed it, where the page does not say so.
    pub outlet: Option<String>,
    /// When it was printed, where the page does not say so.
    pub printed: Option<Instant>,
}

/// What has come of filing an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiledArticle {
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// Whether it was filed before; then nothing changed.
    pub known: bool,
    /// What was found in it and nowhere before.
    pub proposed: Vec<ProposalId>,
    /// What it says as others did.
    pub supported: Vec<ProposalId>,
}

/// An article as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleView {
    /// What the office keeps of it.
    pub filed: Article,
    /// What it says.
    pub read: press::Article,
    /// Who printed it, by the page or by staff.
    pub outlet: Option<String>,
    /// When it was printed, by the page or by staff.
    pub printed: Option<Instant>,
    /// The proposals that have a sentence of it as evidence.
    pub proposals: Vec<ProposalId>,
}

/// What an officer gives a proposal when it is accepted or edited; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Settling {
    /// What it is about.
    pub subject: Option<StatementSubject>,
    /// Everything else.
    pub changes: StatementChanges,
}

/// Which proposals are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "faces make them")]
pub enum WhichProposals {
    /// Those that wait.
    Waiting,
    /// Those that were accepted.
    Accepted,
    /// Those that were turned down.
    Rejected,
    /// All.
    All,
}

impl From<press::PressError> for EngineError {
    fn from(error: press::PressError) -> Self {
        Self::new(Fault::Invalid, error.code(), error.to_string())
    }
}

/// Midnight of a day, or the instant itself where the page gives one.
fn instant(published: &press::Published) -> Option<Instant> {
    let day = || format!("{}T00:00:00Z", published.date).parse().ok();
    published.instant.or_else(day)
}

fn printed(filed: Option<Instant>, read: &press::Article) -> Option<Instant> {
    filed.or_else(|| read.published.as_ref().and_then(instant))
}

fn midnight(at: Instant) -> Instant {
    const DAY: i64 = 86_400_000_000;
    Instant::from_micros(at.micros().div_euclid(DAY) * DAY)
}

/// The names of an office: its parties, and the aliases that it has given.
fn names(state: &State) -> Names {
    let parties: Vec<(&str, &PartyCode)> = state
        .parties()
        .flat_map(|party| {
            [party.code.as_str(), party.name.as_str()].map(|name| (name, &party.code))
        })
        .collect();
    let aliases = state.affairs().statements.aliases();
    Names::of_states()
        .with(parties)
        .with(aliases.map(|alias| (alias.name.as_str(), &alias.party)))
}

/// What is found in an article, as it is proposed, each with its sentence.
fn drafts(
    read: &press::Article,
    outlet: Option<&str>,
    printed: Option<Instant>,
    names: &Names,
) -> Vec<(Draft, String)> {
    let sentences = read.sentences();
    let mut carriers: Vec<SourceLink> = Vec::new();
    let mut carry = |kind, name: Option<&str>| {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        carriers.extend(name.map(|name| SourceLink {
            kind,
            name: name.to_owned(),
        }));
    };
    carry(SourceKind::Outlet, outlet);
    let agency = read.agency.as_deref();
    carry(
        SourceKind::Agency,
        agency.filter(|agency| Some(*agency) != outlet),
    );
    let found = propose(&sentences, printed, names).into_iter();
    found
        .filter_map(|one: Found| {
            let sentence = (*sentences.get(one.sentence)?).to_owned();
            let mut sources = carriers.clone();
            // An outlet that reports in its own pages is one link.
            sources.retain(|carrier| {
                !one.sources
                    .iter()
                    .any(|link| link.name.eq_ignore_ascii_case(&carrier.name))
            });
            sources.extend(one.sources);
            let draft = Draft {
                stance: one.stance,
                speaker: one.speaker,
                said: one.said.or(printed.map(midnight)),
                quoted: one.quoted,
                text: one.text,
                sources,
                subject: None,
                point: None,
                place: outlet.unwrap_or_default().to_owned(),
            };
            check_draft(&draft).is_ok().then_some((draft, sentence))
        })
        .collect()
}

impl Settling {
    /// The draft with what was given.
    fn apply(self, draft: &mut Draft) {
        fn put<T>(place: &mut T, new: Option<T>) {
            if let Some(new) = new {
                *place = new;
            }
        }
        let new = self.changes;
        draft.subject = self.subject.or_else(|| draft.subject.take());
        draft.point = new.point.or_else(|| draft.point.take());
        draft.said = new.said.or(draft.said);
        put(&mut draft.stance, new.stance);
        put(&mut draft.place, new.place);
        put(&mut draft.quoted, new.quoted);
        put(&mut draft.text, new.text);
        put(&mut draft.sources, new.sources);
        let speaker = &mut draft.speaker;
        speaker.name = new.name.or_else(|| speaker.name.take());
        speaker.role = new.role.or_else(|| speaker.role.take());
        speaker.party = new.party.or_else(|| speaker.party.take());
    }
}

/// What a draft says, if it lacks nothing.
fn saying(draft: Draft) -> Result<Saying, EngineError> {
    let lacks = |what: &str| {
        let text = format!("the proposal names no {what}; give one");
        EngineError::new(Fault::Invalid, "statement.incomplete", text)
    };
    Ok(Saying {
        subject: draft.subject.ok_or_else(|| lacks("subject"))?,
        point: draft.point.ok_or_else(|| lacks("point"))?,
        stance: draft.stance,
        speaker: draft.speaker,
        said: draft
            .said
            .ok_or_else(|| lacks("date on which it was said"))?,
        place: draft.place,
        quoted: draft.quoted,
        text: draft.text,
        sources: draft.sources,
    })
}

/// A proposal that waits.
fn waiting<'a>(state: &'a State, id: &ProposalId) -> Result<&'a Proposal, EngineError> {
    let one = state.affairs().statements.proposal(id);
    let one = one.ok_or_else(EngineError::not_found)?;
    match one.outcome {
        Outcome::Waiting => Ok(one),
        _ => {
            let text = format!("`{id}` was accepted or rejected already");
            Err(EngineError::new(Fault::Conflict, "statement.decided", text))
        }
    }
}

/// The acts that file an article with what was found in it: what another article says already
/// supports what was proposed there.
fn filing(
    state: &State,
    article: FileArticle,
    found: Vec<(Draft, String)>,
    ids: Vec<ProposalId>,
) -> (Vec<StatementAct>, FiledArticle) {
    let digest = article.digest;
    let mut filed = FiledArticle {
        digest,
        known: false,
        proposed: Vec::new(),
        supported: Vec::new(),
    };
    let mut known: Vec<(ProposalId, Draft, Vec<String>)> = state
        .affairs()
        .statements
        .proposals()
        .map(|one| {
            let sentences = one
                .evidence
                .iter()
                .map(|evidence| evidence.sentence.clone());
            (one.id.clone(), one.draft.clone(), sentences.collect())
        })
        .collect();
    let mut acts = vec![StatementAct::FileArticle(article)];
    for ((draft, sentence), id) in found.into_iter().zip(ids) {
        let evidence = Evidence {
            article: digest,
            sentence: sentence.clone(),
        };
        let same = known
            .iter_mut()
            .find(|(_, other, sentences)| says_the_same(&draft, &sentence, other, sentences));
        match same {
            // The article itself repeats it.
            Some((id, ..)) if filed.proposed.contains(id) || filed.supported.contains(id) => {}
            Some((id, _, sentences)) => {
                filed.supported.push(id.clone());
                sentences.push(sentence);
                acts.push(StatementAct::Support(SupportProposal {
                    id: id.clone(),
                    evidence,
                }));
            }
            None => {
                filed.proposed.push(id.clone());
                known.push((id.clone(), draft.clone(), vec![sentence]));
                acts.push(StatementAct::Propose(Propose {
                    id,
                    draft,
                    evidence,
                }));
            }
        }
    }
    (acts, filed)
}

impl Office {
    /// Files what a paper printed and proposes the statements found in it.
    ///
    /// # Errors
    /// When the caller may not, or there is no article in the bytes.
    pub async fn file_article(
        &self,
        caller: &Caller,
        new: NewArticle,
    ) -> Result<FiledArticle, EngineError> {
        staff(caller)?;
        check_article(&new.name, new.outlet.as_deref(), &new.bytes)?;
        let read = press::read(&new.bytes)?;
        let names = names(self.look()?.state());
        let outlet = new.outlet.clone().or_else(|| read.outlet.clone());
        let found = drafts(
            &read,
            outlet.as_deref(),
            printed(new.printed, &read),
            &names,
        );
        let ids: Result<Vec<ProposalId>, EngineError> = found
            .iter()
            .map(|_| {
                let id = roll_name(self.dice.as_ref(), "proposal")?.parse();
                id.map_err(|error| EngineError::internal("engine.broken", error))
            })
            .collect();
        let ids = ids?;
        let article = FileArticle {
            digest: Digest::of(&new.bytes),
            name: new.name,
            bytes: Sheet::new(new.bytes),
            outlet: new.outlet,
            printed: new.printed,
        };
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                let digest = article.digest;
                if state.affairs().statements.article(&digest).is_some() {
                    let known = FiledArticle {
                        digest,
                        known: true,
                        proposed: Vec::new(),
                        supported: Vec::new(),
                    };
                    return Ok((plan(Vec::new()), known));
                }
                let (acts, filed) = filing(state, article, found, ids);
                Ok((plan(acts), filed))
            });
        Ok(job.await?.1)
    }

    /// Every article, by when it was printed.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn articles(&self, caller: &Caller) -> Result<Vec<ArticleView>, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let state = fold.state();
        let articles = state.affairs().statements.articles();
        let mut views: Vec<ArticleView> = articles.map(|one| view(state, one)).collect();
        views.sort_by_key(|one| (one.printed.unwrap_or(Instant::MAX), one.filed.entry));
        Ok(views)
    }

    /// One article.
    ///
    /// # Errors
    /// When the caller may not, or there is none.
    pub fn article(&self, caller: &Caller, digest: &Digest) -> Result<ArticleView, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let one = fold.state().affairs().statements.article(digest);
        let one = one.ok_or_else(EngineError::not_found)?;
        Ok(view(fold.state(), one))
    }

    /// The statements that were found in the press, by when they were found.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn proposals(
        &self,
        caller: &Caller,
        which: WhichProposals,
    ) -> Result<Vec<Proposal>, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let fits = |one: &&Proposal| match one.outcome {
            Outcome::Waiting => matches!(which, WhichProposals::Waiting | WhichProposals::All),
            Outcome::Accepted(_) => matches!(which, WhichProposals::Accepted | WhichProposals::All),
            _ => matches!(which, WhichProposals::Rejected | WhichProposals::All),
        };
        let all = fold.state().affairs().statements.proposals();
        let mut found: Vec<Proposal> = all.filter(fits).cloned().collect();
        found.sort_by_key(|one| one.found);
        Ok(found)
    }

    /// One proposal.
    ///
    /// # Errors
    /// When the caller may not, or there is none.
    pub fn proposal(&self, caller: &Caller, id: &ProposalId) -> Result<Proposal, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let one = fold.state().affairs().statements.proposal(id);
        one.cloned().ok_or_else(EngineError::not_found)
    }

    /// Puts a proposal on the record, with what is given in place of what was found.
    ///
    /// # Errors
    /// When the caller may not, the proposal does not wait, or something is missing.
    pub async fn accept_proposal(
        &self,
        caller: &Caller,
        id: ProposalId,
        settling: Settling,
    ) -> Result<StatementView, EngineError> {
        staff(caller)?;
        let made = roll_name(self.dice.as_ref(), "statement")?;
        let made: StatementId = made
            .parse()
            .map_err(|error| EngineError::internal("engine.broken", error))?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let one = waiting(fold.state(), &id)?;
                let mut draft = one.draft.clone();
                settling.apply(&mut draft);
                let act = RecordStatement {
                    id: made,
                    saying: saying(draft)?,
                    evidence: one.evidence.clone(),
                    link: None,
                    proposal: Some(id),
                };
                recording(fold, act)
            });
        let (_, id) = job.await?;
        self.statement(caller, &id)
    }

    /// Edits a proposal, which goes on waiting.
    ///
    /// # Errors
    /// When the caller may not, the proposal does not wait, or what is given cannot be.
    pub async fn edit_proposal(
        &self,
        caller: &Caller,
        id: ProposalId,
        settling: Settling,
    ) -> Result<Proposal, EngineError> {
        staff(caller)?;
        let which = id.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                let mut draft = waiting(state, &which)?.draft.clone();
                settling.apply(&mut draft);
                check_draft(&draft)?;
                check_party(state, draft.speaker.party.as_ref())?;
                if let Some(subject) = &draft.subject {
                    check_subject(state, subject)?;
                }
                let act = ReviseProposal { id: which, draft };
                Ok((plan(vec![StatementAct::Revise(act)]), ()))
            });
        job.await?;
        self.proposal(caller, &id)
    }

    /// Turns a proposal down.
    ///
    /// # Errors
    /// When the caller may not, or the proposal does not wait.
    pub async fn reject_proposal(
        &self,
        caller: &Caller,
        id: ProposalId,
        reason: String,
    ) -> Result<Proposal, EngineError> {
        staff(caller)?;
        check_reason(&reason)?;
        let which = id.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                waiting(fold.state(), &which)?;
                let act = RejectProposal { id: which, reason };
                Ok((plan(vec![StatementAct::Reject(act)]), ()))
            });
        job.await?;
        self.proposal(caller, &id)
    }

    /// The aliases that the office has given.
    ///
    /// # Errors
    /// When the caller may not.
    pub fn aliases(&self, caller: &Caller) -> Result<Vec<Alias>, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        Ok(fold
            .state()
            .affairs()
            .statements
            .aliases()
            .cloned()
            .collect())
    }

    /// Lets a name stand for a party from now on.
    ///
    /// # Errors
    /// When the caller may not, nobody has that code, or the name is an alias already.
    pub async fn add_alias(
        &self,
        caller: &Caller,
        name: String,
        party: PartyCode,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                check_party(state, Some(&party))?;
                check_alias(&state.affairs().statements, &name)?;
                let act = AddAlias { name, party };
                Ok((plan(vec![StatementAct::AddAlias(act)]), ()))
            });
        job.await?;
        Ok(())
    }

    /// Ends that a name stands for a party.
    ///
    /// # Errors
    /// When the caller may not, or the name is no alias.
    pub async fn remove_alias(&self, caller: &Caller, name: String) -> Result<(), EngineError> {
        staff(caller)?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                if fold.state().affairs().statements.alias(&name).is_none() {
                    let text = format!("`{name}` is no alias");
                    return Err(EngineError::new(
                        Fault::NotFound,
                        "statement.no-alias",
                        text,
                    ));
                }
                let act = RemoveAlias { name };
                Ok((plan(vec![StatementAct::RemoveAlias(act)]), ()))
            });
        job.await?;
        Ok(())
    }
}

fn view(state: &State, one: &Article) -> ArticleView {
    // It was read when it was filed; what cannot be read any more has nothing to say.
    let read = press::read(one.bytes.as_bytes()).unwrap_or_default();
    let supports = |proposal: &&Proposal| {
        let mut evidence = proposal.evidence.iter();
        evidence.any(|evidence| evidence.article == one.digest)
    };
    let proposals = state.affairs().statements.proposals().filter(supports);
    ArticleView {
        outlet: one.outlet.clone().or_else(|| read.outlet.clone()),
        printed: printed(one.printed, &read),
        proposals: proposals.map(|proposal| proposal.id.clone()).collect(),
        filed: one.clone(),
        read,
    }
}
