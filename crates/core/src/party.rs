//! Who a party is: its code, status, time zone, keys and groups.
//!
//! What a party may see or file is not here: that follows from its agreements ([`crate::agreement`]).

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use thiserror::Error;

use crate::id::PartyCode;
use crate::time::Instant;

/// The standing of a party at the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Status {
    /// The alliance that runs the office; exactly one party.
    #[n(0)]
    Host,
    /// A member of the alliance; reads under the charter.
    #[n(1)]
    Member,
    /// Cooperates under its own agreement.
    #[n(2)]
    Partner,
    /// Known to the office; may have an agreement like a partner.
    #[n(3)]
    Observer,
}

/// A text that is no status, group or time zone.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PartyError {
    /// Not one of the four.
    #[error("`{0}` is no status; use member, partner or observer")]
    UnknownStatus(String),
    /// Neither a group nor a party code.
    #[error("`{0}` is neither a group (host, members, partners, observers) nor a party code")]
    UnknownGroup(String),
    /// Not in the IANA time zone database.
    #[error("`{0}` is no time zone of the IANA database; write it like Asia/Tokyo")]
    UnknownZone(String),
}

impl PartyError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownStatus(_) => "party.unknown-status",
            Self::UnknownGroup(_) => "party.unknown-group",
            Self::UnknownZone(_) => "party.unknown-zone",
        }
    }
}

impl Status {
    /// The status as written in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Member => "member",
            Self::Partner => "partner",
            Self::Observer => "observer",
        }
    }
}

impl FromStr for Status {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        [Self::Host, Self::Member, Self::Partner, Self::Observer]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| PartyError::UnknownStatus(text.into()))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One party by its code, or all of a status: what `from`, `onward` and `releasable_to` list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Audience {
    /// Every party of this status: `host`, `members`, `partners`, `observers`.
    #[n(0)]
    Group(#[n(0)] Status),
    /// This party.
    #[n(1)]
    Party(#[n(0)] PartyCode),
}

impl Audience {
    /// Whether a party of that code and status is meant.
    pub fn names(&self, code: &PartyCode, status: Status) -> bool {
        match self {
            Self::Group(group) => *group == status,
            Self::Party(party) => party == code,
        }
    }
}

impl FromStr for Audience {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        Ok(match text {
            "host" => Self::Group(Status::Host),
            "members" => Self::Group(Status::Member),
            "partners" => Self::Group(Status::Partner),
            "observers" => Self::Group(Status::Observer),
            code => Self::Party(
                code.parse()
                    .map_err(|_| PartyError::UnknownGroup(text.into()))?,
            ),
        })
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(Status::Host) => f.write_str("host"),
            Self::Group(Status::Member) => f.write_str("members"),
            Self::Group(Status::Partner) => f.write_str("partners"),
            Self::Group(Status::Observer) => f.write_str("observers"),
            Self::Party(code) => code.fmt(f),
        }
    }
}

/// A time zone of the IANA database, `Asia/Tokyo`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Zone(#[n(0)] String);

impl Zone {
    /// Coordinated Universal Time.
    pub fn utc() -> Self {
        Self("UTC".into())
    }

    /// The zone's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Zone {
    type Err = PartyError;

    fn from_str(text: &str) -> Result<Self, PartyError> {
        jiff::tz::TimeZone::get(text)
            .map(|_| Self(text.into()))
            .map_err(|_| PartyError::UnknownZone(text.into()))
    }
}

/// An OpenSSH public key that a party registered, with the dates between which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The public key as one OpenSSH line without its comment.
    pub line: String,
    /// `SHA256:...` as `ssh-keygen -l` prints it.
    pub fingerprint: String,
    /// When it was registered.
    pub added: Instant,
    /// When it was revoked; a revoked key signs nothing from then on.
    pub revoked: Option<Instant>,
}

impl Key {
    /// Whether the key counts at that instant.
    pub fn is_live(&self, at: Instant) -> bool {
        self.added <= at && self.revoked.is_none_or(|revoked| at < revoked)
    }
}

/// An organisation that the office knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its code, unique in the office.
    pub code: PartyCode,
    /// The name that people read.
    pub name: String,
    /// Its standing.
    pub status: Status,
    /// The zone its times are shown in.
    pub zone: Zone,
    /// Its keys, in the order in which they were registered.
    pub keys: Vec<Key>,
    /// When the office came to know it.
    pub added: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn audiences_name_groups_and_parties() {
        let jpn: PartyCode = "JPN".parse().unwrap();
        let members: Audience = "members".parse().unwrap();
        assert!(members.names(&jpn, Status::Member));
        assert!(!members.names(&jpn, Status::Partner));
        let one: Audience = "JPN".parse().unwrap();
        assert!(one.names(&jpn, Status::Observer));
        assert_eq!(
            "jpn".parse::<Audience>().unwrap_err().code(),
            "party.unknown-group"
        );
        for text in ["host", "members", "partners", "observers", "JPN"] {
            assert_eq!(text.parse::<Audience>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_zone_must_exist() {
        assert_eq!("Asia/Tokyo".parse::<Zone>().unwrap().as_str(), "Asia/Tokyo");
        assert_eq!(
            "Asia/Tokio".parse::<Zone>().unwrap_err().code(),
            "party.unknown-zone"
        );
    }
}
