//! What each point of a subject comes to: who said what last, and whether it is only reported,
//! confirmed, disputed or denied.
//!
//! Two dates are asked: up to when things were said, and up to when the office had recorded them. A
//! statement counts if it was recorded and said by then, the office has not replaced or retracted it
//! by then, and nothing that counts has corrected it. Nothing here looks at who may see it.

use std::collections::{BTreeMap, BTreeSet};

use crate::act::{Link, SourceKind, Stance};
use crate::affairs::statement::Statement;
use crate::id::{EntryNumber, PartyCode, Slug, StatementId};
use crate::time::Instant;

/// As of when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// What was said by then.
    pub said: Instant,
    /// As the office had recorded it by then.
    pub recorded: Instant,
}

/// What a point comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a page has a word for each")]
pub enum Standing {
    /// Nobody has said it in its own name.
    Reported,
    /// A party says so, and none says otherwise.
    Confirmed,
    /// A party says so and another that it is not so; or a party is against it.
    Disputed,
    /// A party says that it is not so, and none says that it is.
    Denied,
}

impl Standing {
    /// The standing as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reported => "only reported",
            Self::Confirmed => "confirmed",
            Self::Disputed => "disputed",
            Self::Denied => "denied",
        }
    }
}

/// Who speaks: a party in its own name, or somebody whose word binds nobody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Voice {
    /// A party or a state.
    Party(PartyCode),
    /// A person or an outlet that speaks for no party that is known.
    Named(String),
    /// Somebody whom the source does not name, of that party if it says so.
    Unnamed(Option<PartyCode>),
}

impl Voice {
    /// Who speaks in a statement.
    pub fn of(statement: &Statement) -> Self {
        let speaker = &statement.saying.speaker;
        let origin = statement.saying.sources.last();
        let unnamed = origin.is_some_and(|link| link.kind == SourceKind::Unnamed);
        match (&speaker.party, &speaker.name) {
            (party, _) if unnamed => Self::Unnamed(party.clone()),
            (Some(party), _) => Self::Party(party.clone()),
            (None, Some(name)) => Self::Named(super::plain_name(name)),
            (None, None) => Self::Unnamed(None),
        }
    }
}

/// One voice on one point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard<'a> {
    /// Who.
    pub voice: Voice,
    /// What it said last.
    pub newest: &'a Statement,
    /// What it said last that is a stance of its own: neither passing on what others say nor saying
    /// nothing takes back what was said before.
    pub binding: &'a Statement,
}

/// What a point comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point<'a> {
    /// Which.
    pub name: &'a Slug,
    /// What it comes to; none if all that was said has been taken back.
    pub standing: Option<Standing>,
    /// Everybody who said something that counts, parties first.
    pub heard: Vec<Heard<'a>>,
}

/// The statements that count as of then, in the order in which they were said.
///
/// Those that are given must be all of one subject.
pub fn counting<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
    as_of: AsOf,
) -> Vec<&'a Statement> {
    let mut known: Vec<&Statement> = statements
        .into_iter()
        .filter(|one| {
            let replaced = one
                .replaced
                .as_ref()
                .is_some_and(|(_, at)| *at <= as_of.recorded);
            let retracted = one
                .retracted
                .as_ref()
                .is_some_and(|note| note.at <= as_of.recorded);
            one.recorded <= as_of.recorded && one.said() <= as_of.said && !replaced && !retracted
        })
        .collect();
    // A correction is recorded after what it corrects, so that whether it counts is settled first.
    known.sort_by_key(|one| std::cmp::Reverse(one.entry));
    let mut corrected: BTreeSet<&StatementId> = BTreeSet::new();
    known.retain(|one| {
        let counts = !corrected.contains(&one.id);
        if let Some(Link::Corrects(earlier)) = one.link.as_ref().filter(|_| counts) {
            corrected.insert(earlier);
        }
        counts
    });
    known.sort_by_key(|one| one.turn());
    known
}

/// What every point of a subject comes to as of then, by name.
///
/// Those that are given must be all statements of one subject.
pub fn points<'a>(
    statements: impl IntoIterator<Item = &'a Statement>,
    as_of: AsOf,
) -> Vec<Point<'a>> {
    let mut heard: BTreeMap<&Slug, BTreeMap<Voice, Heard<'a>>> = BTreeMap::new();
    for one in counting(statements, as_of) {
        let voice = Voice::of(one);
        let of_point = heard.entry(&one.saying.point).or_default();
        of_point
            .entry(voice.clone())
            .and_modify(|heard| {
                heard.newest = one;
                if binds(one.saying.stance) || !binds(heard.binding.saying.stance) {
                    heard.binding = one;
                }
            })
            .or_insert(Heard {
                voice,
                newest: one,
                binding: one,
            });
    }
    heard
        .into_iter()
        .map(|(name, voices)| {
            let heard: Vec<Heard<'_>> = voices.into_values().collect();
            Point {
                name,
                standing: standing(&heard),
                heard,
            }
        })
        .collect()
}

/// Whether a stance is the speaker's own, which only another such one takes back.
fn binds(stance: Stance) -> bool {
    !matches!(stance, Stance::Reported | Stance::DeclinedToComment)
}

fn standing(heard: &[Heard<'_>]) -> Option<Standing> {
    let (mut affirmed, mut denied, mut objected, mut reported) = (false, false, false, false);
    for one in heard {
        let own = matches!(one.voice, Voice::Party(_));
        match one.binding.saying.stance {
            Stance::Corrected => {}
            Stance::Announced | Stance::Confirmed if own => affirmed = true,
            Stance::Denied if own => denied = true,
            Stance::Objected if own => objected = true,
            Stance::Announced
            | Stance::Confirmed
            | Stance::Denied
            | Stance::Objected
            | Stance::Reported
            | Stance::NotConfirmed
            | Stance::DeclinedToComment => reported = true,
        }
    }
    match (affirmed, denied, objected) {
        (_, _, true) | (true, true, _) => Some(Standing::Disputed),
        (true, false, false) => Some(Standing::Confirmed),
        (false, true, false) => Some(Standing::Denied),
        (false, false, false) => reported.then_some(Standing::Reported),
    }
}

impl Statement {
    /// When it was said.
    pub fn said(&self) -> Instant {
        self.saying.said
    }

    /// Its place in a timeline: by when it was said, then by when it was recorded.
    pub fn turn(&self) -> (Instant, EntryNumber) {
        (self.saying.said, self.entry)
    }
}
