//! The status of a liaison office, and which follows which.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

use crate::affairs::liaison::LiaisonError;

/// How far a liaison office has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum LiaisonStatus {
    /// Somebody proposed it.
    #[n(0)]
    Proposed,
    /// The alliance and the host negotiate.
    #[n(1)]
    Negotiating,
    /// It will be opened.
    #[n(2)]
    Decided,
    /// It works.
    #[n(3)]
    Open,
    /// It does not work for the time being.
    #[n(4)]
    Suspended,
    /// It is over: closed, or abandoned before it opened.
    #[n(5)]
    Closed,
}

impl LiaisonStatus {
    /// All of them, in the order of an office's life.
    pub const ALL: [Self; 6] = [
        Self::Proposed,
        Self::Negotiating,
        Self::Decided,
        Self::Open,
        Self::Suspended,
        Self::Closed,
    ];

    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Negotiating => "under negotiation",
            Self::Decided => "decided",
            Self::Open => "open",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// Whether an office of this status may take that one next: one step along its life, back to
    /// the table where what was decided has to be negotiated again, from a suspension back to work,
    /// and from anywhere to its end.
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Proposed | Self::Decided, Self::Negotiating)
                | (Self::Negotiating, Self::Decided)
                | (Self::Decided | Self::Suspended, Self::Open)
                | (Self::Open, Self::Suspended)
        ) || (next == Self::Closed && self != Self::Closed)
    }
}

impl fmt::Display for LiaisonStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for LiaisonStatus {
    type Err = LiaisonError;

    /// Reads the words, with blanks or hyphens.
    fn from_str(text: &str) -> Result<Self, LiaisonError> {
        let words = text.replace('-', " ");
        let found = Self::ALL.into_iter().find(|one| one.as_str() == words);
        found.ok_or_else(|| LiaisonError::UnknownStatus(text.chars().take(80).collect()))
    }
}
