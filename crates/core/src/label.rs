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

/// A set of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels(u8);

impl Levels {
    /// Adds a level.
    pub fn insert(&mut self, level: Level) {
        self.0 |= 1 << level as u8;
    }

    /// The highest level in the set that is not above a bound.
    pub fn highest(self, bound: Level) -> Option<Level> {
        let mut levels = Level::ALL.into_iter().rev();
        levels.find(|&level| level <= bound && self.0 >> level as u8 & 1 == 1)
    }
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

/// The level that a built-in marking gives, by its id: the four of TLP 1.0 (STIX 2.1 section
/// 7.2.1.4, WHITE being CLEAR) and the five of TLP 2.0 (the extension that OASIS published for it).
pub fn tlp_level(marking: &str) -> Option<Level> {
    Some(match marking.strip_prefix("marking-definition--")? {
        "613f2e26-407d-48c7-9eca-b8e91df99dc9" | "94868c89-83c2-464b-929b-a1a8aa3c8487" => {
            Level::Clear
        }
        "34098fce-860f-48ae-8e50-ebd3cc5e41da" | "bab4a63c-aed9-4cf5-a766-dfca5abac2bb" => {
            Level::Green
        }
        "f88d31f6-486f-44da-b317-01333bde0b82" | "55d920b0-5e8b-4f79-9ee9-91f868d9b421" => {
            Level::Amber
        }
        "939a9414-2ddd-4d32-a0cd-375ea402b003" => Level::AmberStrict,
        "5e57c739-391a-4eb3-b6be-7d15ca92d5ed" | "e828b379-4e03-4974-9ac4-e53a884c97c1" => {
            Level::Red
        }
        _ => return None,
    })
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
