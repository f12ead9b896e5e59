//! The levels of the Traffic Light Protocol and the marking definitions that the standards fix
//! for them.
//!
//! Not a policy: who may see what at which level is decided elsewhere.

use std::fmt;

/// A level of TLP 2.0, loosest first (FIRST TLP 2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "FIRST TLP 2.0 fixes the levels")]
pub enum Tlp {
    /// No limit on disclosure; WHITE in TLP 1.0.
    Clear,
    /// The community.
    Green,
    /// The organisation and its clients, on a need to know.
    Amber,
    /// The organisation alone.
    AmberStrict,
    /// The named recipients alone.
    Red,
}

impl Tlp {
    /// The level as it is written after `TLP:`.
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

/// `TLP:AMBER+STRICT` (FIRST TLP 2.0: upper case, a colon, no space).
impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLP:{}", self.as_str())
    }
}

/// The extension that carries TLP 2.0 in a marking definition (OASIS CTI TC, common object
/// repository, extension definition "TLP 2.0").
pub const TLP2_EXTENSION: &str = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d";

/// TLP 1.0 WHITE, which is CLEAR today (STIX 2.1 section 7.2.1.4).
pub const TLP1_WHITE: &str = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
/// TLP 1.0 GREEN (STIX 2.1 section 7.2.1.4).
pub const TLP1_GREEN: &str = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
/// TLP 1.0 AMBER (STIX 2.1 section 7.2.1.4).
pub const TLP1_AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
/// TLP 1.0 RED (STIX 2.1 section 7.2.1.4).
pub const TLP1_RED: &str = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
/// TLP 2.0 CLEAR (extension definition "TLP 2.0").
pub const TLP2_CLEAR: &str = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
/// TLP 2.0 GREEN (extension definition "TLP 2.0").
pub const TLP2_GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
/// TLP 2.0 AMBER (extension definition "TLP 2.0").
pub const TLP2_AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
/// TLP 2.0 AMBER+STRICT (extension definition "TLP 2.0").
pub const TLP2_AMBER_STRICT: &str = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
/// TLP 2.0 RED (extension definition "TLP 2.0").
pub const TLP2_RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

/// What the standards fix about one of their marking definitions.
#[derive(Debug)]
pub(crate) struct BuiltIn {
    pub(crate) id: &'static str,
    pub(crate) level: Tlp,
    /// The value of `tlp` (1.0) or `tlp_2_0` (2.0).
    pub(crate) word: &'static str,
    pub(crate) name: &'static str,
    pub(crate) second: bool,
}

const fn built_in(
    id: &'static str,
    level: Tlp,
    word: &'static str,
    name: &'static str,
    second: bool,
) -> BuiltIn {
    BuiltIn {
        id,
        level,
        word,
        name,
        second,
    }
}

const BUILT_IN: [BuiltIn; 9] = [
    built_in(TLP1_WHITE, Tlp::Clear, "white", "TLP:WHITE", false),
    built_in(TLP1_GREEN, Tlp::Green, "green", "TLP:GREEN", false),
    built_in(TLP1_AMBER, Tlp::Amber, "amber", "TLP:AMBER", false),
    built_in(TLP1_RED, Tlp::Red, "red", "TLP:RED", false),
    built_in(TLP2_CLEAR, Tlp::Clear, "clear", "TLP:CLEAR", true),
    built_in(TLP2_GREEN, Tlp::Green, "green", "TLP:GREEN", true),
    built_in(TLP2_AMBER, Tlp::Amber, "amber", "TLP:AMBER", true),
    built_in(
        TLP2_AMBER_STRICT,
        Tlp::AmberStrict,
        "amber+strict",
        "TLP:AMBER+STRICT",
        true,
    ),
    built_in(TLP2_RED, Tlp::Red, "red", "TLP:RED", true),
];

/// The level that the marking definition `id` stands for, if it is one of the nine that the
/// standards fix; TLP 1.0 WHITE is CLEAR.
pub fn level_of(id: &str) -> Option<Tlp> {
    find(id).map(|marking| marking.level)
}

pub(crate) fn find(id: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|marking| marking.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_ids_known() {
        assert!(Tlp::Clear < Tlp::Green && Tlp::Amber < Tlp::AmberStrict);
        assert!(Tlp::AmberStrict < Tlp::Red);
        assert_eq!(level_of(TLP1_WHITE), Some(Tlp::Clear));
        assert_eq!(level_of(TLP2_AMBER_STRICT), Some(Tlp::AmberStrict));
        assert_eq!(
            level_of("marking-definition--939a9414-2ddd-4d32-a0cd-b7c2c2b9e2c8"),
            None
        );
        assert_eq!(Tlp::AmberStrict.to_string(), "TLP:AMBER+STRICT");
    }
}
