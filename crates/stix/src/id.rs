//! The identifier of a STIX object, `type--uuid` (STIX 2.1 section 2.9).
//!
//! Not a maker of identifiers, and it does not say whether an object of that id exists.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text that is no STIX identifier.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum IdError {
    /// No `--` between type and UUID.
    #[error("`{0}` has no `--` between a type and a UUID; write `type--uuid`")]
    Form(String),
    /// The type breaks STIX 2.1 section 3.1.
    #[error("`{0}` does not begin with a type: 3 to 250 of a-z, 0-9 and single hyphens")]
    Kind(String),
    /// The UUID breaks RFC 4122 section 3 or 4.1, or is in upper case.
    #[error("`{0}` does not end in an RFC 4122 UUID in lower case, version 1 to 5")]
    Uuid(String),
}

/// The length of a UUID as text (RFC 4122 section 3).
const UUID_LEN: usize = 36;

/// A bit for each place of a hyphen in it.
const UUID_HYPHENS: u64 = 1 << 8 | 1 << 13 | 1 << 18 | 1 << 23;

/// A well-formed STIX identifier.
// INVARIANT: `text` is `kind` + `--` + a UUID of 36 bytes, all ASCII.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(Box<str>);

impl ObjectId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The type it begins with, `indicator`.
    pub fn kind(&self) -> &str {
        self.0
            .get(..self.0.len() - UUID_LEN - 2)
            .unwrap_or_default()
    }

    /// The UUID it ends in.
    pub fn uuid(&self) -> &str {
        self.0.get(self.0.len() - UUID_LEN..).unwrap_or_default()
    }
}

impl FromStr for ObjectId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if is_id(text) {
            Ok(Self(text.into()))
        } else {
            Err(refusal(text))
        }
    }
}

/// Whether `text` is an identifier: its first `--` stands between a kind and a UUID.
pub(crate) fn is_id(text: &str) -> bool {
    let parts = (text.len().checked_sub(UUID_LEN)).and_then(|at| text.split_at_checked(at));
    let is_first = |kind: &&str| !kind.ends_with('-');
    parts.is_some_and(|(head, uuid)| {
        let kind = head.strip_suffix("--").filter(is_first);
        kind.is_some_and(is_kind) && is_uuid(uuid.as_bytes())
    })
}

/// The type that an identifier begins with; for a text that is none, whatever stands there.
pub(crate) fn kind_of(id: &str) -> &str {
    let end = id.len().saturating_sub(UUID_LEN + 2);
    id.get(..end).unwrap_or_default()
}

/// What is wrong with a text that is no identifier.
fn refusal(text: &str) -> IdError {
    let quote = text.chars().take(300).collect::<String>();
    match text.split_once("--") {
        None => IdError::Form(quote),
        Some((kind, _)) if !is_kind(kind) => IdError::Kind(quote),
        Some(_) => IdError::Uuid(quote),
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ObjectId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ObjectId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Whether `text` may be a type (STIX 2.1 sections 3.1 and 11.2): 3 to 250 characters of a-z, 0-9
/// and hyphens, no two hyphens together.
pub fn is_kind(text: &str) -> bool {
    let mut before = 0;
    let plain = |&b: &u8| {
        let twice = b == b'-' && before == b'-';
        before = b;
        !twice && (b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    (3..=250).contains(&text.len()) && text.as_bytes().iter().all(plain)
}

/// RFC 4122 in lower case: section 4.1.1 (variant 10x), section 4.1.3 (versions 1 to 5).
fn is_uuid(text: &[u8]) -> bool {
    let Ok(text) = <&[u8; UUID_LEN]>::try_from(text) else {
        return false;
    };
    // Without a branch: the digits are looked at all at once.
    let digit = |b: u8| b.wrapping_sub(b'0') < 10 || b.wrapping_sub(b'a') < 6;
    let mut sound = true;
    for (n, &b) in text.iter().enumerate() {
        sound &= (UUID_HYPHENS >> n) & 1 == 1 || digit(b);
    }
    let at = |place: usize| text.get(place).copied();
    let hyphens = [8, 13, 18, 23].map(at) == [Some(b'-'); 4];
    let (version, variant) = (at(14), at(19));
    sound
        && hyphens
        && matches!(version, Some(b'1'..=b'5'))
        && matches!(variant, Some(b'8' | b'9' | b'a' | b'b'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_type_and_uuid() {
        let id: ObjectId = "x-mitre-tactic--01a5a209-b94c-450b-b7f9-946497d91055"
            .parse()
            .unwrap();
        assert_eq!(id.kind(), "x-mitre-tactic");
        assert_eq!(id.uuid(), "01a5a209-b94c-450b-b7f9-946497d91055");
    }

    #[test]
    fn refuses_what_section_2_9_refuses() {
        for (text, code) in [
            ("", "form"),
            ("indicator-01a5a209-b94c-450b-b7f9-946497d91055", "form"),
            ("--01a5a209-b94c-450b-b7f9-946497d91055", "kind"),
            ("Tool--01a5a209-b94c-450b-b7f9-946497d91055", "kind"),
            ("tool--01A5A209-b94c-450b-b7f9-946497d91055", "uuid"),
            ("tool--00000000-0000-0000-0000-000000000000", "uuid"),
            ("tool--01a5a209-b94c-450b-c7f9-946497d91055", "uuid"),
            ("tool--01a5a209b94c450bb7f9946497d91055", "uuid"),
            ("tool--01a5a209-b94c-450b-b7f9-946497d91055 ", "uuid"),
            ("tool---01a5a209-b94c-450b-b7f9-946497d91055", "uuid"),
            ("tool--é1a5a209-b94c-450b-b7f9-946497d91055", "uuid"),
        ] {
            let found = match text.parse::<ObjectId>() {
                Err(IdError::Form(_)) => "form",
                Err(IdError::Kind(_)) => "kind",
                Err(IdError::Uuid(_)) => "uuid",
                Ok(_) => "accepted",
            };
            assert_eq!(found, code, "{text}");
        }
    }
}
