//! Why something about an activity cannot be.

use thiserror::Error;

use crate::affairs::activity::Standing;
use crate::id::{ActivityId, PartyCode, PersonName};

/// An act about an activity that does not follow from what holds, or a plan that is none.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActivityError {
    /// Nothing of that id was planned.
    #[error("no activity `{0}` is known")]
    Unknown(ActivityId),
    /// The id is taken.
    #[error("an activity `{0}` is known already")]
    Exists(ActivityId),
    /// It does not take place.
    #[error("`{0}` is cancelled")]
    Cancelled(ActivityId),
    /// It would end before it begins, or last no time.
    #[error("it would be over before it begins; `end` must come after `start`")]
    EndsBeforeStart,
    /// A text is empty.
    #[error("{0} is empty; write one")]
    EmptyText(&'static str),
    /// A text is too long, or one line is more or holds control characters.
    #[error("{0} is too long, or holds characters that are no text")]
    Text(&'static str),
    /// A list is too long.
    #[error("a list is longer than 1,000")]
    TooMany,
    /// A list names something twice, or in another order than it must.
    #[error("{0} are named twice")]
    Duplicate(&'static str),
    /// A party that is not invited.
    #[error("`{0}` is not invited")]
    NotInvited(PartyCode),
    /// A party with nominees is to be invited no more.
    #[error("`{0}` has nominees; decline or withdraw them first")]
    HasNominees(PartyCode),
    /// More are confirmed than would have a seat.
    #[error("{confirmed} of `{party}` are confirmed; decline some of them first")]
    SeatsTaken {
        /// Whose seats.
        party: PartyCode,
        /// How many are confirmed.
        confirmed: usize,
    },
    /// The person is a nominee already.
    #[error("`{0}` is nominated already")]
    Nominated(PersonName),
    /// The person is no nominee, or no longer one.
    #[error("`{0}` is not nominated")]
    NotNominated(PersonName),
    /// A step that does not follow from where the nomination stands.
    #[error("`{person}` is {stands} and cannot be {what}")]
    Step {
        /// Who.
        person: PersonName,
        /// Where the nomination stands.
        stands: Standing,
        /// What was to be done.
        what: &'static str,
    },
    /// The same person takes part in something else then.
    #[error(
        "`{person}` takes part in `{other}` at the same time; give a reason to nominate in spite of that"
    )]
    Conflict {
        /// Who.
        person: PersonName,
        /// In what else.
        other: ActivityId,
    },
    /// A certificate is missing.
    #[error(
        "`{person}` has no certificate of `{needed}`, which is needed; the office may waive that with a reason"
    )]
    Prerequisite {
        /// Who.
        person: PersonName,
        /// Of which activity.
        needed: ActivityId,
    },
    /// There is no such deadline.
    #[error("it gives no deadline for `{0}`")]
    NoDeadline(String),
    /// A time that cannot be read.
    #[error("`{given}` {why}")]
    Moment {
        /// What was written.
        given: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl ActivityError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "activity.unknown",
            Self::Exists(_) => "activity.exists",
            Self::Cancelled(_) => "activity.cancelled",
            Self::EndsBeforeStart => "activity.ends-before-start",
            Self::EmptyText(_) => "activity.empty-text",
            Self::Text(_) => "activity.malformed-text",
            Self::TooMany => "activity.too-many",
            Self::Duplicate(_) => "activity.duplicate",
            Self::NotInvited(_) => "activity.not-invited",
            Self::HasNominees(_) => "activity.has-nominees",
            Self::SeatsTaken { .. } => "activity.seats-taken",
            Self::Nominated(_) => "activity.nominated",
            Self::NotNominated(_) => "activity.not-nominated",
            Self::Step { .. } => "activity.step",
            Self::Conflict { .. } => "activity.conflict",
            Self::Prerequisite { .. } => "activity.prerequisite",
            Self::NoDeadline(_) => "activity.no-deadline",
            Self::Moment { .. } => "activity.malformed-time",
        }
    }

    /// Whether what was asked is wrong in itself, or else only contradicts what holds now.
    pub fn is_malformed(&self) -> bool {
        matches!(
            self,
            Self::EndsBeforeStart
                | Self::EmptyText(_)
                | Self::Text(_)
                | Self::TooMany
                | Self::Duplicate(_)
                | Self::Moment { .. }
        )
    }
}
