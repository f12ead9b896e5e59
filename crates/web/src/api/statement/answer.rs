//! Statements and subjects as they are answered.

use legation_core::act::{Evidence, Link, SourceLink, Speaker, StatementSubject};
use legation_core::affairs::statement::point::{Standing, Voice};
use legation_core::id::{EntryNumber, PartyCode, ProposalId, Slug, StatementId};
use legation_core::time::Instant;
use legation_engine::{PointView, StatementView, SubjectView};
use serde::Serialize;

/// A link in a chain of sources.
#[derive(Serialize)]
pub(super) struct Source {
    kind: &'static str,
    name: String,
}

impl From<SourceLink> for Source {
    fn from(link: SourceLink) -> Self {
        Self {
            kind: link.kind.as_str(),
            name: link.name,
        }
    }
}

/// A sentence of an article.
#[derive(Serialize)]
pub(super) struct Sentence {
    article: String,
    sentence: String,
}

impl From<Evidence> for Sentence {
    fn from(evidence: Evidence) -> Self {
        Self {
            article: evidence.article.to_string(),
            sentence: evidence.sentence,
        }
    }
}

/// Who said it.
#[derive(Serialize)]
pub(super) struct Who {
    name: Option<String>,
    role: Option<String>,
    party: Option<PartyCode>,
}

impl From<Speaker> for Who {
    fn from(speaker: Speaker) -> Self {
        Self {
            name: speaker.name,
            role: speaker.role,
            party: speaker.party,
        }
    }
}

/// A statement.
#[derive(Serialize)]
pub(super) struct Shown {
    id: StatementId,
    subject: StatementSubject,
    point: Slug,
    stance: &'static str,
    speaker: Who,
    said: Instant,
    place: String,
    quoted: bool,
    text: String,
    sources: Vec<Source>,
    recorded: Instant,
    replaces: Option<StatementId>,
    corrects: Option<StatementId>,
    replaced_by: Option<StatementId>,
    retracted: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inside: Option<Inside>,
}

/// What only the office's own people are told.
#[derive(Serialize)]
struct Inside {
    entry: EntryNumber,
    account: String,
    evidence: Vec<Sentence>,
    proposal: Option<ProposalId>,
    reason: Option<String>,
}

impl From<StatementView> for Shown {
    fn from(view: StatementView) -> Self {
        let saying = view.saying;
        let (replaces, corrects) = match view.link {
            Some(Link::Replaces(id)) => (Some(id), None),
            Some(Link::Corrects(id)) => (None, Some(id)),
            _ => (None, None),
        };
        Self {
            id: view.id,
            subject: saying.subject,
            point: saying.point,
            stance: saying.stance.as_str(),
            speaker: saying.speaker.into(),
            said: saying.said,
            place: saying.place,
            quoted: saying.quoted,
            text: saying.text,
            sources: saying.sources.into_iter().map(Source::from).collect(),
            recorded: view.recorded,
            replaces,
            corrects,
            replaced_by: view.replaced,
            retracted: view.retracted,
            inside: view.inside.map(|inside| Inside {
                entry: inside.entry,
                account: inside.by.to_string(),
                evidence: inside.evidence.into_iter().map(Sentence::from).collect(),
                proposal: inside.proposal,
                reason: inside.reason,
            }),
        }
    }
}

/// The page of a subject.
#[derive(Serialize)]
pub(super) struct SubjectPage {
    subject: StatementSubject,
    said_by: Instant,
    recorded_by: Instant,
    points: Vec<Point>,
    timeline: Vec<Shown>,
    struck: Vec<Shown>,
}

/// What a point comes to.
#[derive(Serialize)]
struct Point {
    point: Slug,
    standing: Option<&'static str>,
    heard: Vec<Heard>,
}

/// One voice on a point.
#[derive(Serialize)]
struct Heard {
    voice: &'static str,
    party: Option<PartyCode>,
    name: Option<String>,
    newest: StatementId,
    binding: StatementId,
}

impl From<PointView> for Point {
    fn from(view: PointView) -> Self {
        let heard = view.heard.into_iter().map(|(voice, newest, binding)| {
            let (voice, party, name) = match voice {
                Voice::Party(party) => ("party", Some(party), None),
                Voice::Named(name) => ("named", None, Some(name)),
                Voice::Unnamed(party) => ("unnamed", party, None),
                _ => ("unnamed", None, None),
            };
            Heard {
                voice,
                party,
                name,
                newest,
                binding,
            }
        });
        Self {
            point: view.name,
            standing: view.standing.map(Standing::as_str),
            heard: heard.collect(),
        }
    }
}

impl From<SubjectView> for SubjectPage {
    fn from(view: SubjectView) -> Self {
        Self {
            subject: view.subject,
            said_by: view.as_of.said,
            recorded_by: view.as_of.recorded,
            points: view.points.into_iter().map(Point::from).collect(),
            timeline: view.timeline.into_iter().map(Shown::from).collect(),
            struck: view.struck.into_iter().map(Shown::from).collect(),
        }
    }
}
