//! What governs a record: levels, markings and who is named.
//!
//! This file holds the level scale; what a record carries is in [`crate::record`], and whether it
//! may go to someone is the business of [`crate::gate`] alone.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A level of the Traffic Light Protocol 2.0 (FIRST, August 2022), lowest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Level {
    /// No limit on disclosure; `WHITE` of TLP 1.0.
    #[n(0)]
    Clear,
    /// Limited to the community.
    #[n(1)]
    Green,
    /// Limited to the organisation and its clients.
    #[n(2)]
    Amber,
    /// Limited to the organisation.
    #[n(3)]
    AmberStrict,
    /// For those who are named, and nobody else.
    #[n(4)]
    Red,
}

/// A text that is no level.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no level; the levels are CLEAR, GREEN, AMBER, AMBER+STRICT and RED")]
pub struct LevelError(String);

impl LevelError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "label.unknown-level"
    }
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// The level as TLP 2.0 writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clear => "CLEAR",
            Self::Green => "GREEN",
            Self::Amber => "AMBER",
            Self::AmberStrict => "AMBER+STRICT",
            Self::Red => "RED",
        }
    }
}

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| LevelError(text.chars().take(40).collect()))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Level {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_read_back() {
        assert!(Level::ALL.is_sorted());
        for level in Level::ALL {
            assert_eq!(level.to_string().parse::<Level>().unwrap(), level);
        }
        assert_eq!(
            "WHITE".parse::<Level>().unwrap_err().code(),
            "label.unknown-level"
        );
    }
}
