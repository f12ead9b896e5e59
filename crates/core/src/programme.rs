//! The cooperation part of an agreement: objectives (ends), goals (ways), activities (means).
//!
//! These are the plain values as the parties signed them, with what became of the goals of the
//! programme before; nothing here says how far a goal has come, and nothing here decides what is
//! released.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::id::{AgreementId, AreaName, PartyCode};

/// An end that the parties work towards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objective {
    /// What it is, in one line.
    pub title: String,
    /// The ways to it, in the order of the file.
    pub goals: Vec<Goal>,
}

/// A way to an objective: something that can be reached by a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// Its name within the agreement.
    pub id: GoalId,
    /// The issue area it belongs to.
    pub area: AreaName,
    /// What it is, in one line.
    pub title: String,
    /// The day by which it is due, if one was agreed.
    pub due: Option<jiff::civil::Date>,
    /// The parties that lead the work; may be empty.
    pub lead: Vec<PartyCode>,
    /// The means, in the order of the file.
    pub activities: Vec<Activity>,
}

/// A means to a goal: an exercise, a course, a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What it is, in one line.
    pub title: String,
}

/// What becomes of one goal of a programme in the one that takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Passage {
    /// The programme that the goal belongs to: an agreement, or an old programme on file.
    #[n(0)]
    pub from: AgreementId,
    /// The goal.
    #[n(1)]
    pub goal: GoalId,
    /// What becomes of it.
    #[n(2)]
    pub fate: Fate,
}

/// What becomes of a goal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(
    clippy::exhaustive_enums,
    reason = "a goal goes on, goes into another or is given up; there is no fourth"
)]
pub enum Fate {
    /// It goes on as a goal of the new programme.
    #[n(0)]
    Carried {
        /// As which.
        #[n(0)]
        to: GoalId,
        /// Why, if that is said.
        #[n(1)]
        reason: Option<String>,
    },
    /// It goes into a goal of the new programme, beside what that takes in from elsewhere.
    #[n(1)]
    Merged {
        /// Into which.
        #[n(0)]
        into: GoalId,
        /// Why.
        #[n(1)]
        reason: String,
    },
    /// It is given up.
    #[n(2)]
    Dropped {
        /// Why.
        #[n(0)]
        reason: String,
    },
}

impl Fate {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Carried { .. } => "carried over",
            Self::Merged { .. } => "merged",
            Self::Dropped { .. } => "dropped",
        }
    }

    /// The goal of the new programme in which it lives on.
    pub fn heir(&self) -> Option<&GoalId> {
        match self {
            Self::Carried { to, .. } => Some(to),
            Self::Merged { into, .. } => Some(into),
            Self::Dropped { .. } => None,
        }
    }

    /// Why, if that is said.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Carried { reason, .. } => reason.as_deref(),
            Self::Merged { reason, .. } | Self::Dropped { reason } => Some(reason),
        }
    }
}

/// The name of a goal, `cyber-1`. It is unique in its agreement only, which is why it is not
/// among the identifiers of [`crate::id`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoalId(Box<str>);

/// A text that names no goal.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no name of a goal: lower-case letters, digits and hyphens, at most 64")]
pub struct GoalIdError(String);

impl GoalIdError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "programme.malformed-goal"
    }
}

impl GoalId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GoalId {
    type Err = GoalIdError;

    fn from_str(text: &str) -> Result<Self, GoalIdError> {
        // The spelling of a goal is that of an area.
        match text.parse::<AreaName>() {
            Ok(_) => Ok(Self(text.into())),
            Err(_) => Err(GoalIdError(text.chars().take(80).collect())),
        }
    }
}

impl fmt::Display for GoalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<C> Encode<C> for GoalId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for GoalId {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?.parse().map_err(minicbor::decode::Error::custom)
    }
}

impl serde::Serialize for GoalId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for GoalId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
