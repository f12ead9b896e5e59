//! The progress report of a partner, in the forms in which it is handed on: Markdown, HTML to be
//! printed, and StratML Part 2 (ISO 17469-2) for other people's tools.
//!
//! The cast. A [`Review`] is everything that the report says, as far as its reader may know it;
//! [`markdown`], [`html`] and [`stratml`] write it down; `chart` draws the bars of the HTML;
//! `wording` says the same things in the same words in all three. What a reader may know is decided
//! before, and figures are counted elsewhere.

mod chart;
mod html;
mod markdown;
mod stratml;
#[cfg(test)]
mod tests;
mod wording;

pub use html::html;
pub use markdown::markdown;
pub use stratml::{NAMESPACE, stratml};

use legation_core::id::{AgreementId, AgreementVersion, AreaName, PartyCode};
use legation_core::programme::GoalId;
use legation_core::time::{Day, Instant};

/// A progress report: all that its reader may know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Review {
    /// The city of the office.
    pub office: String,
    /// The host's code and name.
    pub host: (PartyCode, String),
    /// The partner's code and name.
    pub party: (PartyCode, String),
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// When it was made.
    pub made: Instant,
    /// Whether it is for the office's own people; else it is the partner's copy.
    pub for_office: bool,
    /// The programmes, oldest first.
    pub programmes: Vec<Programme>,
    /// What was given and taken, by area.
    pub areas: Vec<AreaFigures>,
    /// Meetings of consultations in which the partner takes part.
    pub meetings: Vec<Event>,
    /// Trainings, exercises, visits and summits to which it was invited.
    pub activities: Vec<Event>,
}

/// A programme as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Programme {
    /// The id of its agreement, or of the old programme on file.
    pub id: AgreementId,
    /// Its title.
    pub title: String,
    /// The version that counts; none for an old programme on file.
    pub version: Option<AgreementVersion>,
    /// Whether both sides have signed that version, or it is on file.
    pub is_agreed: bool,
    /// The two sides.
    pub parties: [String; 2],
    /// From when on it counts.
    pub in_force: Instant,
    /// Until when.
    pub until: Option<Instant>,
    /// The programme whose place it took.
    pub predecessor: Option<AgreementId>,
    /// The programme that took its place.
    pub successor: Option<AgreementId>,
    /// Whether the reader sees all of it, not only the goals that it leads.
    pub is_whole: bool,
    /// The goals, in the order in which they came.
    pub goals: Vec<Goal>,
}

/// A goal as its reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Goal {
    /// Its name in its programme.
    pub id: GoalId,
    /// What it is.
    pub title: String,
    /// The objective under which it stands.
    pub objective: String,
    /// Its area.
    pub area: AreaName,
    /// The day by which it is due.
    pub due: Option<Day>,
    /// Who leads it.
    pub lead: Vec<PartyCode>,
    /// The means.
    pub means: Vec<String>,
    /// `planned`, `on track`, `late`, `done`, `dropped`, `merged`, or `disputed`.
    pub status: &'static str,
    /// The goal into which both sides merge it.
    pub into: Option<GoalId>,
    /// Whether its day has passed and it is open.
    pub is_overdue: bool,
    /// What each side says.
    pub words: Vec<Word>,
    /// What became of it, where it is a goal no more.
    pub outcome: Option<Outcome>,
    /// What shows how far it has come.
    pub evidence: Vec<Evidence>,
}

/// What a side says of a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Word {
    /// Which side.
    pub party: PartyCode,
    /// How far it says that the goal has come.
    pub status: &'static str,
    /// The goal into which it merges it.
    pub into: Option<GoalId>,
    /// In words.
    pub note: Option<String>,
    /// As of which day; none if it has not said anything.
    pub day: Option<Day>,
}

/// What became of a goal that is one no more.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Outcome {
    /// `carried over`, `merged`, `dropped`, or `unaccounted` where an office of before asked for
    /// nothing.
    pub fate: &'static str,
    /// The goal in which it lives on.
    pub heir: Option<GoalId>,
    /// Why.
    pub reason: Option<String>,
    /// Which programme says so.
    pub by: Option<AgreementId>,
    /// Which version of it; none where the office put it on record itself.
    pub version: Option<AgreementVersion>,
}

/// Something that shows how far a goal has come.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Evidence {
    /// `record`, `consultation`, `activity` or `page`.
    pub kind: &'static str,
    /// Its id as the reader knows it, or its address.
    pub what: String,
    /// The number of the meeting, for a consultation.
    pub meeting: Option<u32>,
    /// SHA-256 of what was there, for a page.
    pub digest: Option<String>,
    /// What it shows.
    pub note: Option<String>,
    /// Which side linked it.
    pub party: PartyCode,
    /// When.
    pub at: Instant,
}

/// What was given and taken in an area.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct AreaFigures {
    /// Which.
    pub area: AreaName,
    /// Records that the partner filed.
    pub given: u64,
    /// Records of others that it was sent for the first time.
    pub taken: u64,
    /// Receipts under which it was sent some.
    pub receipts: u64,
    /// How long until it was sent what it took: from the filing in the office's report, from when
    /// it could see it in the partner's.
    pub wait: Option<Wait>,
    /// How long until somebody else was sent what it gave; in the office's report only.
    pub onward: Option<Wait>,
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Wait {
    /// How many times it was measured.
    pub count: u64,
    /// Half of them took no longer, in microseconds.
    pub median: i64,
    /// Nine of ten took no longer, in microseconds.
    pub ninth: i64,
}

impl Wait {
    /// The median and the 90th percentile by nearest rank: the least value that so many of all do
    /// not exceed. None of none.
    pub fn of(mut micros: Vec<i64>) -> Option<Self> {
        let count = micros.len();
        let mut rank = |percent: usize| {
            let place = (count * percent).div_ceil(100).checked_sub(1)?;
            let (_, value, _) = (place < count).then(|| micros.select_nth_unstable(place))?;
            Some(*value)
        };
        Some(Self {
            count: count as u64,
            median: rank(50)?,
            ninth: rank(90)?,
        })
    }
}

/// A meeting, a training, an exercise, a visit or a summit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "a plain value that the engine puts together"
)]
pub struct Event {
    /// The day on which it begins.
    pub day: Day,
    /// What it is: `meeting`, `training` ...
    pub kind: &'static str,
    /// Its name.
    pub title: String,
    /// Where.
    pub place: String,
    /// How many people of the partner's were there, as far as that is noted.
    pub attended: Option<u64>,
}
