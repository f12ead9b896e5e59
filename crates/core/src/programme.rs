//! The cooperation part of an agreement: objectives (ends), goals (ways), activities (means).
//!
//! These are the plain values as the parties signed them; nothing here says how far a goal has
//! come, and nothing here decides what is released.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::id::{AreaName, PartyCode};

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
