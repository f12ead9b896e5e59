//! What papers printed, what was found in it, and the names that stand for parties: for the office's
//! own people alone.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::act::StatementSubject;
use legation_core::affairs::statement::{Outcome, Proposal};
use legation_core::id::{Digest, PartyCode, ProposalId, Slug, StatementId};
use legation_core::time::Instant;
use legation_engine::{ArticleView, NewArticle, Settling, StoryArticle, WhichProposals};
use serde::{Deserialize, Serialize};

use super::answer::{Sentence, Shown, Source, Who};
use super::{Changes, NewSource, Reason, digest};
use crate::api::openapi::{Operation, Path};
use crate::api::request::{Asked, Named, Sent, invalid};
use crate::auth::Caller;
use crate::face::Face;
use crate::problem::Problem;

#[rustfmt::skip]
pub(super) fn paths() -> Vec<Path> {
    vec![
        Path::at("/press/articles")
            .get(articles, Operation::new("listArticles", "What papers printed, by when it was printed")
                .staff().gives("Articles"))
            .post(file, Operation::new("fileArticle", "Files what a paper printed, and proposes the statements found in it")
                .staff().takes("NewArticle").creates("FiledArticle").refuses(&[422])),
        Path::at("/press/articles/{article}")
            .get(article, Operation::new("showArticle", "One article as it was read, and the proposals that rest on it")
                .staff().gives("Article").refuses(&[404])),
        Path::at("/press/stories")
            .get(stories, Operation::new("listStories", "The stories: which articles are copies of one text, what each changed, and what it shares with other stories")
                .staff().gives("Stories")),
        Path::at("/press/proposals")
            .get(proposals, Operation::new("listProposals", "The statements found in the press: those that wait, unless others are asked for")
                .staff().query(&["outcome"]).gives("Proposals").refuses(&[422])),
        Path::at("/press/proposals/{proposal}")
            .get(proposal, Operation::new("showProposal", "One proposal with its sentences")
                .staff().gives("Proposal").refuses(&[404])),
        Path::at("/press/proposals/{proposal}/accept")
            .post(accept, Operation::new("acceptProposal", "Puts a proposal on the record, with what is given in place of what was found")
                .staff().takes("Settling").creates("Statement").refuses(&[404, 409, 422])),
        Path::at("/press/proposals/{proposal}/edit")
            .post(edit, Operation::new("editProposal", "Edits a proposal, which goes on waiting")
                .staff().takes("Settling").gives("Proposal").refuses(&[404, 409, 422])),
        Path::at("/press/proposals/{proposal}/reject")
            .post(reject, Operation::new("rejectProposal", "Turns a proposal down")
                .staff().takes("Reason").gives("Proposal").refuses(&[404, 409, 422])),
        Path::at("/aliases")
            .get(aliases, Operation::new("listAliases", "The names that the office has given parties")
                .staff().gives("Aliases"))
            .post(add_alias, Operation::new("addAlias", "Lets a name stand for a party in the press")
                .staff().takes("NewAlias").creates("Alias").refuses(&[409, 422])),
        Path::at("/aliases/remove")
            .post(remove_alias, Operation::new("removeAlias", "Ends that a name stands for a party")
                .staff().takes("WhichAlias").gives("RemovedAlias").refuses(&[404, 422])),
    ]
}

/// What a paper printed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    outlet: Option<String>,
    printed: Option<Instant>,
    /// The bytes of the page or text, base64.
    content: String,
}

/// What has come of it.
#[derive(Serialize)]
struct Filed {
    article: String,
    known: bool,
    proposed: Vec<ProposalId>,
    supported: Vec<ProposalId>,
}

async fn file(
    State(face): State<Face>,
    caller: Caller,
    Sent(new): Sent<New>,
) -> Result<(StatusCode, Json<Filed>), Problem> {
    let bytes = STANDARD.decode(new.content.as_bytes());
    let bytes = bytes.map_err(|_| invalid("web.invalid-body", "`content` is no base64"))?;
    let article = NewArticle {
        name: new.name,
        bytes,
        outlet: new.outlet,
        printed: new.printed,
    };
    let filed = face.office.file_article(&caller, article).await?;
    Ok((
        StatusCode::CREATED,
        Json(Filed {
            article: filed.digest.to_string(),
            known: filed.known,
            proposed: filed.proposed,
            supported: filed.supported,
        }),
    ))
}

/// Some articles.
#[derive(Serialize)]
struct Articles {
    articles: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    article: String,
    file: String,
    filed: Instant,
    outlet: Option<String>,
    agency: Option<String>,
    title: Option<String>,
    printed: Option<Instant>,
    proposals: usize,
}

impl From<&ArticleView> for Listed {
    fn from(view: &ArticleView) -> Self {
        Self {
            article: view.filed.digest.to_string(),
            file: view.filed.name.clone(),
            filed: view.filed.filed,
            outlet: view.outlet.clone(),
            agency: view.read.agency.clone(),
            title: view.read.title.clone(),
            printed: view.printed,
            proposals: view.proposals.len(),
        }
    }
}

async fn articles(State(face): State<Face>, caller: Caller) -> Result<Json<Articles>, Problem> {
    let articles = face.office.articles(&caller)?;
    Ok(Json(Articles {
        articles: articles.iter().map(Listed::from).collect(),
    }))
}

/// An article as it was read.
#[derive(Serialize)]
struct Read {
    #[serde(flatten)]
    listed: Listed,
    byline: Option<String>,
    dateline: Option<String>,
    url: Option<String>,
    language: Option<String>,
    paragraphs: Vec<String>,
    found: Vec<ProposalId>,
    #[serde(flatten)]
    place: Placed,
}

/// Where an article belongs.
#[derive(Serialize)]
struct Placed {
    story: String,
    copy_of: Option<String>,
    changes: Option<Changed>,
    shares: Vec<Shared>,
}

/// What a copy changed.
#[derive(Serialize)]
struct Changed {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<Sentences>,
    reordered: bool,
}

/// A sentence before and after.
#[derive(Serialize)]
struct Sentences {
    before: String,
    after: String,
}

/// What stands in another story too.
#[derive(Serialize)]
struct Shared {
    story: String,
    article: String,
    sentences: Vec<String>,
}

impl From<&StoryArticle> for Placed {
    fn from(one: &StoryArticle) -> Self {
        let changes = one.changes.clone().map(|changes| Changed {
            added: changes.added,
            removed: changes.removed,
            changed: changes
                .changed
                .into_iter()
                .map(|one| Sentences {
                    before: one.before,
                    after: one.after,
                })
                .collect(),
            reordered: changes.is_reordered,
        });
        let shares = one.shares.iter().map(|shared| Shared {
            story: shared.story.to_string(),
            article: shared.article.to_string(),
            sentences: shared.sentences.clone(),
        });
        Self {
            story: one.story.to_string(),
            copy_of: one.copy_of.map(|digest| digest.to_string()),
            changes,
            shares: shares.collect(),
        }
    }
}

/// The stories.
#[derive(Serialize)]
struct Stories {
    stories: Vec<Story>,
}

#[derive(Serialize)]
struct Story {
    story: String,
    articles: Vec<InStory>,
}

#[derive(Serialize)]
struct InStory {
    #[serde(flatten)]
    listed: Listed,
    #[serde(flatten)]
    place: Placed,
}

async fn stories(State(face): State<Face>, caller: Caller) -> Result<Json<Stories>, Problem> {
    let stories = face
        .office
        .stories(&caller)?
        .into_iter()
        .map(|story| Story {
            story: story.story.to_string(),
            articles: story
                .articles
                .iter()
                .map(|one| InStory {
                    listed: Listed::from(&one.article),
                    place: Placed::from(one),
                })
                .collect(),
        });
    Ok(Json(Stories {
        stories: stories.collect(),
    }))
}

/// The digest of an article in a path; what is none is of nothing.
struct ArticleDigest(Digest);

impl std::str::FromStr for ArticleDigest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        digest(text).map(Self).ok_or(())
    }
}

async fn article(
    State(face): State<Face>,
    caller: Caller,
    Named(ArticleDigest(digest)): Named<ArticleDigest>,
) -> Result<Json<Read>, Problem> {
    let placed = face.office.placed_article(&caller, &digest)?;
    let (listed, place) = (Listed::from(&placed.article), Placed::from(&placed));
    let view = placed.article;
    Ok(Json(Read {
        listed,
        byline: view.read.byline,
        dateline: view.read.dateline.map(|line| line.text),
        url: view.read.url,
        language: view.read.language,
        paragraphs: view.read.paragraphs,
        found: view.proposals,
        place,
    }))
}

/// A statement that was found.
#[derive(Serialize)]
struct Proposed {
    id: ProposalId,
    outcome: &'static str,
    statement: Option<StatementId>,
    reason: Option<String>,
    found: Instant,
    revised: bool,
    stance: &'static str,
    speaker: Who,
    said: Option<Instant>,
    place: String,
    quoted: bool,
    text: String,
    sources: Vec<Source>,
    subject: Option<StatementSubject>,
    point: Option<Slug>,
    evidence: Vec<Sentence>,
}

impl From<Proposal> for Proposed {
    fn from(one: Proposal) -> Self {
        let (outcome, statement, reason) = match one.outcome {
            Outcome::Accepted(id) => ("accepted", Some(id), None),
            Outcome::Rejected(note) => ("rejected", None, Some(note.reason)),
            _ => ("waiting", None, None),
        };
        let draft = one.draft;
        Self {
            id: one.id,
            outcome,
            statement,
            reason,
            found: one.found,
            revised: one.revised,
            stance: draft.stance.as_str(),
            speaker: draft.speaker.into(),
            said: draft.said,
            place: draft.place,
            quoted: draft.quoted,
            text: draft.text,
            sources: draft.sources.into_iter().map(Source::from).collect(),
            subject: draft.subject,
            point: draft.point,
            evidence: one.evidence.into_iter().map(Sentence::from).collect(),
        }
    }
}

/// Which proposals.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    outcome: Option<String>,
}

/// Some proposals.
#[derive(Serialize)]
struct Proposals {
    proposals: Vec<Proposed>,
}

async fn proposals(
    State(face): State<Face>,
    caller: Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Proposals>, Problem> {
    let which = match which.outcome.as_deref() {
        None | Some("waiting") => WhichProposals::Waiting,
        Some("accepted") => WhichProposals::Accepted,
        Some("rejected") => WhichProposals::Rejected,
        Some("all") => WhichProposals::All,
        Some(other) => {
            let text =
                format!("`{other}` is no outcome; write one of waiting, accepted, rejected, all");
            return Err(invalid("statement.unknown-word", text));
        }
    };
    let proposals = face.office.proposals(&caller, which)?.into_iter();
    Ok(Json(Proposals {
        proposals: proposals.map(Proposed::from).collect(),
    }))
}

async fn proposal(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ProposalId>,
) -> Result<Json<Proposed>, Problem> {
    Ok(Json(face.office.proposal(&caller, &id)?.into()))
}

/// What is given in place of what was found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    subject: Option<StatementSubject>,
    point: Option<Slug>,
    stance: Option<String>,
    name: Option<String>,
    role: Option<String>,
    party: Option<PartyCode>,
    said: Option<Instant>,
    place: Option<String>,
    quoted: Option<bool>,
    text: Option<String>,
    sources: Option<Vec<NewSource>>,
}

impl TryFrom<Given> for Settling {
    type Error = Problem;

    fn try_from(given: Given) -> Result<Self, Problem> {
        let changes = Changes {
            point: given.point,
            stance: given.stance,
            name: given.name,
            role: given.role,
            party: given.party,
            said: given.said,
            place: given.place,
            quoted: given.quoted,
            text: given.text,
            sources: given.sources,
        };
        Ok(Self {
            subject: given.subject,
            changes: changes.try_into()?,
        })
    }
}

async fn accept(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ProposalId>,
    Sent(given): Sent<Given>,
) -> Result<(StatusCode, Json<Shown>), Problem> {
    let settling = given.try_into()?;
    let shown = face.office.accept_proposal(&caller, id, settling).await?;
    Ok((StatusCode::CREATED, Json(shown.into())))
}

async fn edit(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ProposalId>,
    Sent(given): Sent<Given>,
) -> Result<Json<Proposed>, Problem> {
    let settling = given.try_into()?;
    let proposal = face.office.edit_proposal(&caller, id, settling).await?;
    Ok(Json(proposal.into()))
}

async fn reject(
    State(face): State<Face>,
    caller: Caller,
    Named(id): Named<ProposalId>,
    Sent(Reason { reason }): Sent<Reason>,
) -> Result<Json<Proposed>, Problem> {
    let proposal = face.office.reject_proposal(&caller, id, reason).await?;
    Ok(Json(proposal.into()))
}

/// The aliases of the office.
#[derive(Serialize)]
struct Aliases {
    aliases: Vec<Alias>,
}

#[derive(Serialize)]
struct Alias {
    name: String,
    party: PartyCode,
    added: Option<Instant>,
}

async fn aliases(State(face): State<Face>, caller: Caller) -> Result<Json<Aliases>, Problem> {
    let aliases = face.office.aliases(&caller)?.into_iter();
    let aliases = aliases.map(|alias| Alias {
        name: alias.name,
        party: alias.party,
        added: Some(alias.added),
    });
    Ok(Json(Aliases {
        aliases: aliases.collect(),
    }))
}

/// A name that is to stand for a party.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAlias {
    name: String,
    party: PartyCode,
}

async fn add_alias(
    State(face): State<Face>,
    caller: Caller,
    Sent(NewAlias { name, party }): Sent<NewAlias>,
) -> Result<(StatusCode, Json<Alias>), Problem> {
    face.office
        .add_alias(&caller, name.clone(), party.clone())
        .await?;
    let alias = Alias {
        name,
        party,
        added: None,
    };
    Ok((StatusCode::CREATED, Json(alias)))
}

/// Which alias.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WhichAlias {
    name: String,
}

/// A name that stands for nobody any more.
#[derive(Serialize)]
struct RemovedAlias {
    name: String,
    removed: bool,
}

async fn remove_alias(
    State(face): State<Face>,
    caller: Caller,
    Sent(WhichAlias { name }): Sent<WhichAlias>,
) -> Result<Json<RemovedAlias>, Problem> {
    face.office.remove_alias(&caller, name.clone()).await?;
    Ok(Json(RemovedAlias {
        name,
        removed: true,
    }))
}
