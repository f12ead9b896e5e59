//! A programme as it stands: every goal that any of its documents ever had, with what the sides say
//! of it, and what became of it where it is a goal no more.

use std::sync::Arc;

use crate::affairs::programme::{Imported, Link, Standing, Word, is_overdue, standing};
use crate::agreement::document::Document;
use crate::agreement::succession::{Agreement, Version};
use crate::id::{AgreementId, AgreementVersion, PartyCode};
use crate::party::{Audience, Party};
use crate::programme::{self, GoalId, Passage};
use crate::state::State;
use crate::time::{Day, Instant};

/// A programme as it stands at an instant.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan<'a> {
    /// The agreement's id, or that of the old programme on file.
    pub id: &'a AgreementId,
    /// Where it comes from.
    pub source: Source<'a>,
    /// What counts of it: the version that has begun to count, or else the newest that both sides
    /// have signed, or else the newest on the table.
    pub document: &'a Document,
    /// Whether both sides have signed that, or it is on file.
    pub is_agreed: bool,
    /// Every goal that it ever had, in the order in which they came.
    pub goals: Vec<Goal<'a>>,
    /// The programme that took its place.
    pub successor: Option<&'a AgreementId>,
}

/// Where a programme comes from.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "there are two sorts")]
pub enum Source<'a> {
    /// An agreement of the office.
    Agreement(&'a Agreement),
    /// From before the office.
    Imported(&'a Imported),
}

/// A goal as it stands at an instant.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Goal<'a> {
    /// What the newest document that has it says.
    pub goal: &'a programme::Goal,
    /// The objective under which it stands there.
    pub objective: &'a str,
    /// The version of that document.
    pub version: AgreementVersion,
    /// What each side says, the host first.
    pub words: Vec<Word<'a>>,
    /// What they say together.
    pub standing: Standing<'a>,
    /// Whether its day has passed and it is open.
    pub is_overdue: bool,
    /// Whether it is a goal still.
    pub state: GoalState<'a>,
    /// What is linked to it.
    pub links: &'a [Link],
}

/// Whether a goal is one still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "whoever shows a goal wants all")]
pub enum GoalState<'a> {
    /// It is.
    Open,
    /// A later document says what became of it.
    Passed {
        /// What.
        passage: &'a Passage,
        /// Which programme says so.
        by: &'a AgreementId,
        /// Which version of it; none where the office put it on record itself.
        version: Option<AgreementVersion>,
    },
    /// It is a goal no more and nothing says why: an office of before asked for no reason.
    Unaccounted,
}

/// Whether both sides have signed a version, or the host has where it is the charter.
pub(super) fn is_agreed(agreement: &Agreement, version: &Version) -> bool {
    match &version.document.parties.other {
        Audience::Party(code) => agreement.effective_from(version, code).is_some(),
        Audience::Group(_) => {
            let host = &version.document.parties.host;
            version.signatures.iter().any(|one| one.party == *host)
        }
    }
}

fn has_begun(agreement: &Agreement, version: &Version, now: Instant) -> bool {
    match &version.document.parties.other {
        Audience::Party(code) => agreement
            .effective_from(version, code)
            .is_some_and(|from| from <= now),
        Audience::Group(_) => is_agreed(agreement, version) && version.document.in_force <= now,
    }
}

/// The version that counts for the programme.
pub(super) fn counting(agreement: &Agreement, now: Instant) -> Option<&Version> {
    let newest = |is: &dyn Fn(&Version) -> bool| {
        let mut versions = agreement.versions.iter().rev();
        versions.find(|version| is(version))
    };
    newest(&|version| has_begun(agreement, version, now))
        .or_else(|| newest(&|version| is_agreed(agreement, version)))
        .or_else(|| agreement.latest())
}

/// The programme of that id as it stands at an instant, if there is one.
pub fn plan<'a>(state: &'a State, id: &AgreementId, now: Instant) -> Option<Plan<'a>> {
    let programmes = &state.affairs().programmes;
    if let Some(agreement) = state.agreement(id) {
        let version = counting(agreement, now)?;
        let versions = agreement.versions.iter();
        let documents: Vec<&Document> = versions
            .filter(|one| one.number() <= version.number())
            .map(|one| Arc::as_ref(&one.document))
            .collect();
        let agreed = is_agreed(agreement, version);
        let source = Source::Agreement(agreement);
        return Some(assemble(
            state,
            &agreement.id,
            source,
            (&documents, agreed),
            now,
        ));
    }
    let imported = programmes.imported(id)?;
    let document = Arc::as_ref(&imported.document);
    let source = Source::Imported(imported);
    Some(assemble(
        state,
        &document.id,
        source,
        (&[document], true),
        now,
    ))
}

/// The programmes in which a party is the other side, oldest first by when they count.
pub fn programmes_of<'a>(state: &'a State, party: &Party) -> Vec<&'a AgreementId> {
    let agreements = state.agreements().filter_map(|one| {
        let document = &one.latest()?.document;
        Some((document, &one.id))
    });
    let imported = state.affairs().programmes.all_imported();
    let imported = imported.map(|one| (&one.document, &one.document.id));
    let mut found: Vec<_> = agreements
        .chain(imported)
        .filter(|(document, _)| document.parties.other.names(&party.code, party.status))
        .collect();
    found.sort_by_key(|(document, id)| (document.in_force, *id));
    found.into_iter().map(|(_, id)| id).collect()
}

fn assemble<'a>(
    state: &'a State,
    id: &'a AgreementId,
    source: Source<'a>,
    (documents, is_agreed): (&[&'a Document], bool),
    now: Instant,
) -> Plan<'a> {
    // INVARIANT: there is at least one document; the callers put the one that counts there.
    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: the callers put the one that counts last"
    )]
    let document = documents[documents.len() - 1];
    let today = Day::of(now, &state.host().zone);
    let heir = successor(state, id);
    let mut goals: Vec<Goal<'a>> = Vec::new();
    for version in documents {
        for objective in &version.objectives {
            for goal in &objective.goals {
                let words = words(state, id, version, goal);
                let standing = standing(&words);
                let one = Goal {
                    goal,
                    objective: &objective.title,
                    version: version.version,
                    is_overdue: is_overdue(goal.due, &standing, today),
                    words,
                    standing,
                    state: fate(id, &goal.id, documents, heir.as_ref()),
                    links: state.affairs().programmes.links(id, &goal.id),
                };
                match goals.iter_mut().find(|known| known.goal.id == goal.id) {
                    Some(known) => *known = one,
                    None => goals.push(one),
                }
            }
        }
    }
    Plan {
        id,
        source,
        document,
        is_agreed,
        goals,
        successor: heir.map(|heir| heir.id),
    }
}

/// What each side says of a goal: the host, the other side, and whoever else leads it. Under a
/// charter the members that have said something are the other side.
fn words<'a>(
    state: &'a State,
    id: &AgreementId,
    document: &'a Document,
    goal: &'a programme::Goal,
) -> Vec<Word<'a>> {
    let programmes = &state.affairs().programmes;
    let mut sides: Vec<&'a PartyCode> = vec![&document.parties.host];
    match &document.parties.other {
        Audience::Party(code) => sides.push(code),
        Audience::Group(_) => sides.extend(programmes.reporters(id, &goal.id)),
    }
    sides.extend(&goal.lead);
    let mut words: Vec<Word<'a>> = Vec::new();
    for party in sides {
        if words.iter().all(|known| known.party != party) {
            let report = programmes.reports(id, &goal.id, party).last();
            words.push(Word { party, report });
        }
    }
    words
}

/// What took the place of a programme.
pub(super) struct Heir<'a> {
    pub(super) id: &'a AgreementId,
    version: Option<AgreementVersion>,
    passages: &'a [Passage],
}

/// What took the place of a programme, if something has that both sides agreed on or that the
/// office put on record.
pub(super) fn successor<'a>(state: &'a State, id: &AgreementId) -> Option<Heir<'a>> {
    let agreed = state.agreements().find_map(|agreement| {
        // The first had to account for every goal; later ones may name the predecessor still.
        let mut versions = agreement.versions.iter();
        let version = versions.find(|version| {
            version.document.predecessor.as_ref() == Some(id) && is_agreed(agreement, version)
        })?;
        Some(Heir {
            id: &agreement.id,
            version: Some(version.number()),
            passages: &version.document.transitions,
        })
    });
    agreed.or_else(|| {
        let passed = state.affairs().programmes.passed(id)?;
        Some(Heir {
            id: &passed.new,
            version: None,
            passages: &passed.passages,
        })
    })
}

fn fate<'a>(
    id: &'a AgreementId,
    goal: &GoalId,
    documents: &[&'a Document],
    heir: Option<&Heir<'a>>,
) -> GoalState<'a> {
    let has = |document: &&Document| document.goal(goal).is_some();
    if documents.last().is_some_and(has) {
        let mut passages = heir.into_iter().flat_map(|heir| heir.passages);
        let passage = passages.find(|one| one.from == *id && one.goal == *goal);
        return match (passage, heir) {
            (Some(passage), Some(heir)) => GoalState::Passed {
                passage,
                by: heir.id,
                version: heir.version,
            },
            _ => GoalState::Open,
        };
    }
    let mut later = documents.iter().rev();
    let said = later.find_map(|document| Some((document.version, document.passage(id, goal)?)));
    match said {
        Some((version, passage)) => GoalState::Passed {
            passage,
            by: id,
            version: Some(version),
        },
        None => GoalState::Unaccounted,
    }
}
