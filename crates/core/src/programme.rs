//! The cooperation part of an agreement: objectives (ends), goals (ways), activities (means).
//!
//! These are the plain values as the parties signed them; nothing here says how far a goal has
//! come, and nothing here decides what is released.

use std::fmt;
use std::str::FromStr;

use crate::id::{AreaName, IdError, PartyCode};

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
pub struct GoalId(AreaName);

impl GoalId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for GoalId {
    type Err = IdError;

    /// Lower-case letters, digits and hyphens, as in the name of an area.
    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for GoalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
