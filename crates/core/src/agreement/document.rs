//! One version of an agreement as its file states it: terms, dates, parties, programme.
//!
//! ```text
//! +++
//! front matter in TOML: the keys of DESIGN section 3, and no others
//! +++
//! Markdown: the articles in prose; every `article` named above is a heading here
//! ```
//!
//! [`Document::parse`] needs nothing but the bytes; [`Document::check`] compares what they name
//! with the areas and parties that the office knows. Who signed the file and when it counts are
//! not here ([`super::signature`], [`super::succession`]); the journal keeps the bytes, and a
//! document is parsed again from them.

mod heritage;
mod read;
#[cfg(test)]
mod tests;

pub use heritage::read_plan;

use crate::agreement::fault::{Fault, Faults};
use crate::id::{AgreementId, AgreementVersion, AreaName, Kind, PartyCode, PropertyName, RecordId};
use crate::label::Level;
use crate::party::{Audience, Status};
use crate::programme::{Goal, GoalId, Objective, Passage};
use crate::time::Instant;

/// The largest agreement file, 1 MiB: a hundred times a long treaty (the North Atlantic Treaty
/// has 6 kB, a partnership programme some 10 kB), and small enough to be parsed at every fold.
pub const SIZE_MAX: usize = 1024 * 1024;

/// One version of an agreement, read from its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The agreement this is a version of.
    pub id: AgreementId,
    /// The title that people read.
    pub title: String,
    /// The kind of programme, `ITPP`, if the parties call it one.
    pub programme: Option<String>,
    /// The version, from 1; it supersedes the one before.
    pub version: AgreementVersion,
    /// Whether this is the one document of all members.
    pub charter: bool,
    /// The two sides.
    pub parties: Parties,
    /// The first instant at which it may be in force.
    pub in_force: Instant,
    /// The first instant at which it is no longer in force.
    pub until: Option<Instant>,
    /// What becomes of what the other side gave, after the end.
    pub after_end: AfterEnd,
    /// What the other side takes.
    pub take: Vec<Take>,
    /// What the other side gives.
    pub give: Vec<Give>,
    /// What the two sides work on together.
    pub objectives: Vec<Objective>,
    /// The programme of another agreement, or one on file, whose place this one takes.
    pub predecessor: Option<AgreementId>,
    /// What becomes of the goals of the programme before, as far as they are no goals of this one.
    pub transitions: Vec<Passage>,
    /// Where the file says so: what takes the place of the programme before, and each passage.
    heritage: heritage::Places,
    /// Where the file names areas and parties, for [`Document::check`].
    mentions: Vec<Mention>,
}

/// The two sides of an agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parties {
    /// The alliance; listed first.
    pub host: PartyCode,
    /// The other side: one party, or the members for a charter.
    pub other: Audience,
}

/// What becomes of what the other side gave, once the agreement has ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterEnd {
    /// It is released to nobody any more.
    #[default]
    Withdraw,
    /// It keeps flowing on the give terms of the last version.
    Keep,
}

impl AfterEnd {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::Keep => "keep",
        }
    }
}

/// A clause by which the other side takes records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// The number of the article that says so in prose.
    pub article: String,
    /// The issue area.
    pub area: AreaName,
    /// The kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The originators; all when `None`.
    pub from: Option<Vec<Audience>>,
    /// The highest level.
    pub up_to: Level,
    /// Marking definitions unknown to the office that this side undertakes to honour.
    pub accepts: Vec<RecordId>,
    /// Properties that are left out of whatever falls under this term.
    pub redact: Vec<PropertyName>,
    /// Parts marked above that level are left out, and so are parts whose marking the office
    /// cannot read; what is left is judged by its own level.
    pub redact_above: Option<Level>,
}

impl Take {
    /// Whether something is left out of what falls under this term.
    pub fn redacts(&self) -> bool {
        !self.redact.is_empty() || self.redact_above.is_some()
    }

    /// Whether records of that area and kind fall under this term.
    pub fn covers(&self, area: &AreaName, kind: &Kind) -> bool {
        self.area == *area && lists(self.kinds.as_deref(), kind)
    }

    /// Whether records of that originator fall under this term.
    pub fn takes_from(&self, originator: &PartyCode, status: Status) -> bool {
        self.from
            .as_ref()
            .is_none_or(|from| from.iter().any(|one| one.names(originator, status)))
    }
}

/// A clause by which the other side gives records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Give {
    /// The number of the article that says so in prose.
    pub article: String,
    /// The issue area.
    pub area: AreaName,
    /// The kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The highest level.
    pub up_to: Level,
    /// Who else may take it; the host always may.
    pub onward: Vec<Audience>,
    /// The level of what arrives without a marking; without it such a record is not released.
    pub unmarked: Option<Level>,
}

impl Give {
    /// Whether records of that area and kind fall under this term.
    pub fn covers(&self, area: &AreaName, kind: &Kind) -> bool {
        self.area == *area && lists(self.kinds.as_deref(), kind)
    }

    /// Whether this term lets records go on to that party.
    pub fn gives_to(&self, taker: &PartyCode, status: Status) -> bool {
        self.onward.iter().any(|one| one.names(taker, status))
    }
}

/// Whether a list of kinds names one; a list left out names all.
pub(crate) fn lists(kinds: Option<&[Kind]>, kind: &Kind) -> bool {
    kinds.is_none_or(|kinds| kinds.contains(kind))
}

/// What the office knows, for [`Document::check`].
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The party that runs the office.
    pub host: &'a PartyCode,
    /// Whether the office has that area.
    pub area: &'a dyn Fn(&AreaName) -> bool,
    /// The status of a party, if the office knows it.
    pub party: &'a dyn Fn(&PartyCode) -> Option<Status>,
}

/// A place of the file that names something which the office must know.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mention {
    line: u32,
    column: u32,
    what: Named,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Area(AreaName),
    Party(PartyCode),
    Host(PartyCode),
    Other(PartyCode),
    /// A property that is left out of records of those kinds, of all when `None`.
    Redacted(PropertyName, Option<Vec<Kind>>),
}

impl Document {
    /// All goals, in the order of the file.
    pub fn goals(&self) -> impl Iterator<Item = &Goal> {
        self.objectives.iter().flat_map(|one| &one.goals)
    }

    /// The goal of that name.
    pub fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.goals().find(|goal| goal.id == *id)
    }

    /// What the file says becomes of a goal of the programme before.
    pub fn passage(&self, from: &AgreementId, goal: &GoalId) -> Option<&Passage> {
        let mut all = self.transitions.iter();
        all.find(|one| one.from == *from && one.goal == *goal)
    }

    /// Reads an agreement file: syntax, keys, values, and that the articles exist as headings.
    ///
    /// # Errors
    ///
    /// All faults of the file at once, each with its place. A fault of syntax hides those behind it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Faults> {
        read::document(bytes)
    }

    /// Compares what the file names with what the office knows.
    ///
    /// # Errors
    ///
    /// Every unknown area and party, a host that is not the office's, and the host as its own
    /// other side; each with its place in the file.
    pub fn check(&self, known: &Known<'_>) -> Result<(), Faults> {
        let faults = self
            .mentions
            .iter()
            .filter_map(|mention| {
                let (code, text) = mention.what.refuse(known)?;
                Some(Fault {
                    line: mention.line,
                    column: mention.column,
                    code,
                    text,
                })
            })
            .collect();
        Faults::none_of(faults)
    }

    /// Checks that what the take terms leave out can be left out: `fixed` names a kind among those
    /// given, or among all that there are, whose records need the property.
    ///
    /// # Errors
    ///
    /// Every property that some record cannot do without, with its place in the file.
    pub fn check_redactions(
        &self,
        fixed: impl Fn(&PropertyName, Option<&[Kind]>) -> Option<String>,
    ) -> Result<(), Faults> {
        let fault = |mention: &Mention| {
            let Named::Redacted(property, kinds) = &mention.what else {
                return None;
            };
            let kind = fixed(property, kinds.as_deref())?;
            Some(Fault {
                line: mention.line,
                column: mention.column,
                code: "agreement.redacts-required",
                text: format!(
                    "a record of kind `{kind}` is none without `{property}`; leave the property out of `redact`, or the kind out of `kinds`"
                ),
            })
        };
        Faults::none_of(self.mentions.iter().filter_map(fault).collect())
    }
}

impl Named {
    fn refuse(&self, known: &Known<'_>) -> Option<(&'static str, String)> {
        let unknown = |code: &PartyCode| {
            (
                "agreement.unknown-party",
                format!("the office knows no party `{code}`; add it first, or correct the code"),
            )
        };
        match self {
            Self::Area(area) => (!(known.area)(area)).then(|| {
                (
                    "agreement.unknown-area",
                    format!("the office has no area `{area}`; add it to the house rules, or correct the name"),
                )
            }),
            Self::Party(code) => (known.party)(code).is_none().then(|| unknown(code)),
            Self::Host(code) => (code != known.host).then(|| {
                (
                    "agreement.wrong-host",
                    format!("the host of this office is `{}`, not `{code}`; list the host first", known.host),
                )
            }),
            Self::Other(code) => match (known.party)(code) {
                None => Some(unknown(code)),
                Some(Status::Host) => Some((
                    "agreement.wrong-host",
                    format!("`{code}` is the host; it makes no agreement with itself, name the other side here"),
                )),
                Some(_) => None,
            },
            // See `Document::check_redactions`.
            Self::Redacted(..) => None,
        }
    }
}
