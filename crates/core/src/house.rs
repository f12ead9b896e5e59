//! The house rules of an office: its areas, the ceiling on what may leave it, the level of what the
//! host files unmarked, how long a recall may stay without an answer, and how the members decide
//! and parties meet.
//!
//! A TOML file in the term language of the agreements. The house rules can only narrow what the
//! agreements release (rule 6 of the gate); they are no agreement, nobody signs them, and they
//! are not the configuration of the program.

mod read;
#[cfg(test)]
mod tests;

use std::str::FromStr;

use thiserror::Error;

use crate::affairs::consultation::WorkingHours;
use crate::affairs::liaison::LiaisonStatus;
use crate::agreement::document::lists;
use crate::agreement::fault::{Fault, Faults};
use crate::id::{AreaName, Kind, PartyCode};
use crate::label::Level;
use crate::party::{Audience, Status};
use crate::time::Instant;

/// The areas that every office has: name and title.
pub const BUILT_IN_AREAS: [(&str, &str); 6] = [
    ("cyber", "Cyber"),
    ("space", "Space"),
    ("disinformation", "Disinformation"),
    ("technology", "Technology"),
    ("training", "Training"),
    ("crisis", "Crisis"),
];

/// The largest file of house rules, 256 kB: some thousand rules, far beyond what people keep in
/// mind.
pub const SIZE_MAX: usize = 256 * 1024;

/// The house rules, read from their file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseRules {
    /// Areas beyond the built-in ones.
    pub areas: Vec<Area>,
    /// What may leave at all; without any, nothing may.
    pub ceiling: Vec<Ceiling>,
    /// Levels of what the host files without a marking.
    pub unmarked: Vec<Unmarked>,
    /// What is asked of whoever received what was ended.
    pub recall: RecallRule,
    /// Which values relate no records to each other.
    pub correlation: CorrelationRule,
    /// Which statuses of a liaison office the members decide on.
    pub liaison: LiaisonRule,
    /// When parties had better not meet.
    pub consultation: ConsultationRule,
    /// How much of the standard a record must obey to be filed.
    pub validation: Validation,
    /// How texts are put to the members.
    pub decision: DecisionRule,
    /// Where the file names parties, for [`HouseRules::check`].
    mentions: Vec<Mention>,
}

/// An issue area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its name.
    pub name: AreaName,
    /// The title that people read.
    pub title: String,
}

/// A rule that permits records to leave, up to a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The name of the rule, for explanations.
    pub article: Option<String>,
    /// The issue area; all when `None`.
    pub area: Option<AreaName>,
    /// The kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The originators; all when `None`.
    pub from: Option<Vec<Audience>>,
    /// The takers; all when `None`.
    pub to: Option<Vec<Audience>>,
    /// The highest level.
    pub up_to: Level,
}

/// A rule that gives a level to what the host files without a marking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmarked {
    /// The issue area; all when `None`.
    pub area: Option<AreaName>,
    /// The kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The level.
    pub level: Level,
}

/// What is asked of whoever received what was withdrawn, erased or revoked since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecallRule {
    /// Within how many hours a recall is to be acknowledged; 0 is at once.
    pub acknowledge_within_hours: u32,
}

impl RecallRule {
    /// Three days: a recall before a weekend is seen after it. So far ahead that nobody means it
    /// are 87,600 hours, ten years.
    const HOURS: u32 = 72;
    const HOURS_MAX: u32 = 87_600;

    /// Until when a recall of that instant is to be acknowledged.
    pub fn due(self, at: Instant) -> Instant {
        at.plus_micros(i64::from(self.acknowledge_within_hours) * 3_600_000_000)
    }
}

impl Default for RecallRule {
    fn default() -> Self {
        Self {
            acknowledge_within_hours: Self::HOURS,
        }
    }
}

/// Which values relate no records to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationRule {
    /// A value that more records of a reader's view hold relates none of them.
    pub cap: u32,
    /// Values that relate no records however few hold them, as somebody would look for them.
    pub suppress: Vec<String>,
}

impl Default for CorrelationRule {
    /// A thousand: nobody reads more, and what so many share is no lead.
    fn default() -> Self {
        Self {
            cap: 1000,
            suppress: Vec::new(),
        }
    }
}

/// How texts are put to the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRule {
    /// How many hours there must be between a text and its expiry, unless it is urgent; meetings
    /// excepted.
    pub silence_minimum_hours: u32,
    /// Whether the chair may extend the time before it is over.
    pub extension: bool,
    /// Whether the host signs an agreement only after a decision that permits it.
    pub agreements_need_decision: bool,
    /// How many hours before the expiry those who are asked are reminded.
    pub reminders_hours: Vec<u32>,
}

impl DecisionRule {
    /// So far ahead that nobody means it: 87,600 hours, ten years.
    const HOURS_MAX: u32 = 87_600;
    /// More reminders than one a day for a month are noise.
    const REMINDERS_MAX: usize = 31;
}

impl Default for DecisionRule {
    /// Three days, so that a text of before a weekend is seen after it; reminders at the beginning
    /// of these, a day before and when there is just time to write.
    fn default() -> Self {
        Self {
            silence_minimum_hours: 72,
            extension: true,
            agreements_need_decision: false,
            reminders_hours: vec![72, 24, 2],
        }
    }
}

/// Which statuses of a liaison office the members decide on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonRule {
    /// An office gets one of these only by an adopted decision that permits to open it.
    pub needs_decision: Vec<LiaisonStatus>,
}

impl Default for LiaisonRule {
    /// To decide is the members'; to talk, and to carry out what they decided, needs no second one.
    fn default() -> Self {
        Self {
            needs_decision: vec![LiaisonStatus::Decided],
        }
    }
}

/// When parties had better not meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsultationRule {
    /// A meeting at another time gets a warning.
    pub working_hours: WorkingHours,
}

/// How much of its standard a record must obey to be filed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "what is read at all, and what obeys its standard"
)]
pub enum Validation {
    /// Everything that the standard requires.
    #[default]
    Strict,
    /// What the office needs to keep and release it: identity, version, markings, references.
    Structure,
}

/// A word that is no [`Validation`].
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no sort of validation; write `strict` or `structure`")]
pub struct ValidationError(String);

impl FromStr for Validation {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        match text {
            "strict" => Ok(Self::Strict),
            "structure" => Ok(Self::Structure),
            other => Err(ValidationError(other.chars().take(40).collect())),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mention {
    line: u32,
    column: u32,
    party: PartyCode,
}

impl Default for HouseRules {
    /// What [`HouseRules::default_text`] says.
    fn default() -> Self {
        Self {
            areas: Vec::new(),
            ceiling: vec![Ceiling {
                article: Some("agreements decide".into()),
                area: None,
                kinds: None,
                from: None,
                to: None,
                up_to: Level::Red,
            }],
            unmarked: Vec::new(),
            recall: RecallRule::default(),
            correlation: CorrelationRule::default(),
            liaison: LiaisonRule::default(),
            consultation: ConsultationRule::default(),
            validation: Validation::default(),
            decision: DecisionRule::default(),
            mentions: Vec::new(),
        }
    }
}

impl HouseRules {
    /// The commented file of a new office: everything may leave that an agreement releases.
    pub fn default_text() -> &'static str {
        include_str!("house/default.toml")
    }

    /// Reads a file of house rules.
    ///
    /// # Errors
    ///
    /// All faults of the file at once, each with its place, as for an agreement.
    pub fn parse(bytes: &[u8]) -> Result<Self, Faults> {
        read::rules(bytes)
    }

    /// Compares the parties that the file names with those that the office knows.
    ///
    /// # Errors
    ///
    /// Every unknown party, with its place.
    pub fn check(&self, party: &dyn Fn(&PartyCode) -> Option<Status>) -> Result<(), Faults> {
        let unknown = self
            .mentions
            .iter()
            .filter(|mention| party(&mention.party).is_none());
        let faults = unknown.map(|mention| Fault {
            line: mention.line,
            column: mention.column,
            code: "house.unknown-party",
            text: format!(
                "the office knows no party `{}`; add it first, or correct the code",
                mention.party
            ),
        });
        Faults::none_of(faults.collect())
    }

    /// All areas of the office, the built-in ones first: name and title.
    pub fn areas(&self) -> impl Iterator<Item = (&str, &str)> {
        let added = self.areas.iter();
        BUILT_IN_AREAS
            .into_iter()
            .chain(added.map(|area| (area.name.as_str(), area.title.as_str())))
    }

    /// The names of all areas, in the order of [`HouseRules::areas`].
    pub fn area_names(&self) -> Vec<AreaName> {
        self.areas()
            .filter_map(|(name, _)| name.parse().ok())
            .collect()
    }

    /// Whether the office has that area.
    pub fn has_area(&self, area: &AreaName) -> bool {
        self.areas().any(|(name, _)| name == area.as_str())
    }

    /// The first rule that permits such a record of that originator to go to that taker; `None`
    /// when it has to stay. This is rule 6 of the gate; the host itself and the originator are
    /// not asked about.
    pub fn permits(
        &self,
        area: &AreaName,
        kind: &Kind,
        originator: (&PartyCode, Status),
        taker: (&PartyCode, Status),
        level: Level,
    ) -> Option<&Ceiling> {
        self.ceiling.iter().find(|rule| {
            level <= rule.up_to
                && rule.area.as_ref().is_none_or(|one| one == area)
                && lists(rule.kinds.as_deref(), kind)
                && includes(rule.from.as_deref(), originator)
                && includes(rule.to.as_deref(), taker)
        })
    }

    /// The level of such a record of the host without a marking: the highest that any rule gives
    /// it, and none without a rule, so that it is released to nobody.
    pub fn unmarked_level(&self, area: &AreaName, kind: &Kind) -> Option<Level> {
        self.unmarked
            .iter()
            .filter(|rule| {
                rule.area.as_ref().is_none_or(|one| one == area)
                    && lists(rule.kinds.as_deref(), kind)
            })
            .map(|rule| rule.level)
            .max()
    }
}

fn includes(audiences: Option<&[Audience]>, (code, status): (&PartyCode, Status)) -> bool {
    audiences.is_none_or(|audiences| audiences.iter().any(|one| one.names(code, status)))
}
