//! What can become of a text. How it comes to that is said in [`super::Decision::outcome`].

use std::fmt;

use crate::act::Voice;
use crate::id::PartyCode;
use crate::time::Instant;

/// What has become of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever acts on an outcome must know each"
)]
pub enum Outcome {
    /// It lies before those who are asked.
    Open {
        /// The first instant at which it does no longer.
        until: Instant,
    },
    /// There is consensus.
    Adopted {
        /// Since when.
        at: Instant,
    },
    /// There is none: somebody objected or wanted another text.
    Broken {
        /// When.
        at: Instant,
        /// Who.
        by: PartyCode,
        /// How.
        voice: Voice,
    },
    /// The chair took it off the table.
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// Consensus was not found in time, or the meeting found none.
    Lapsed {
        /// Since when.
        at: Instant,
    },
}

impl Outcome {
    /// The outcome as written in answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Adopted { .. } => "adopted",
            Self::Broken { .. } => "broken",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Lapsed { .. } => "lapsed",
        }
    }

    /// When it came to this; until when, if it is open.
    pub fn at(&self) -> Instant {
        match self {
            Self::Open { until } => *until,
            Self::Adopted { at }
            | Self::Broken { at, .. }
            | Self::Withdrawn { at }
            | Self::Lapsed { at } => *at,
        }
    }

    /// Whether the text still lies before those who are asked.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. })
    }

    /// Whether there is consensus.
    pub fn is_adopted(&self) -> bool {
        matches!(self, Self::Adopted { .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { until } => write!(f, "open until {until}"),
            Self::Adopted { at } => write!(f, "adopted at {at}"),
            Self::Broken { at, by, voice } => {
                write!(f, "broken at {at} by the {} of {by}", voice.as_str())
            }
            Self::Withdrawn { at } => write!(f, "withdrawn at {at}"),
            Self::Lapsed { at } => write!(f, "lapsed at {at}"),
        }
    }
}
