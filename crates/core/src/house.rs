//! The house rules of an office: its areas, the ceiling on what it lets go, and the level of what the host files unmarked.
//!
//! (stub)

use crate::agreement::fault::{Fault, Faults};
use crate::id::{AreaName, Kind, PartyCode};
use crate::label::Level;
use crate::party::{Audience, Status};

/// An issue area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its name.
    pub name: AreaName,
    /// The title that people read.
    pub title: String,
}

/// A rule that permits records up to a level.
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

/// The level of what the host files without a marking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmarked {
    /// The issue area; all when `None`.
    pub area: Option<AreaName>,
    /// The kinds; all when `None`.
    pub kinds: Option<Vec<Kind>>,
    /// The level.
    pub level: Level,
}

/// The house rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseRules {
    /// Areas beyond the six built-in ones.
    pub areas: Vec<Area>,
    /// What may leave at all.
    pub ceiling: Vec<Ceiling>,
    /// Levels of unmarked records of the host.
    pub unmarked: Vec<Unmarked>,
}

impl HouseRules {
    /// The commented file of a new office.
    pub fn default_text() -> &'static str {
        ""
    }

    /// Reads the house rules.
    pub fn parse(_bytes: &[u8]) -> Result<Self, Faults> {
        Err(Faults::one(Fault {
            line: 1,
            column: 1,
            code: "house.syntax",
            text: "unread".into(),
        }))
    }

    /// Whether the office has that area, built in or added.
    pub fn has_area(&self, _area: &AreaName) -> bool {
        false
    }

    /// The rule that permits such a record to go to that taker (rule 6 of the gate).
    pub fn permits(
        &self,
        _area: &AreaName,
        _kind: &Kind,
        _originator: (&PartyCode, Status),
        _taker: (&PartyCode, Status),
        _level: Level,
    ) -> Option<&Ceiling> {
        None
    }

    /// The level of such a record of the host without a marking; the highest that any rule gives.
    pub fn unmarked_level(&self, _area: &AreaName, _kind: &Kind) -> Option<Level> {
        None
    }
}
