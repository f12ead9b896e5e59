//! What is wrong with a MISP body, or with one thing in it, and where.

use legation_stix::json::{self, Place};
use thiserror::Error;

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The text is no JSON.
    #[error("{0}")]
    Json(json::Fault),
    /// Neither an event, a list of events nor a `response` of them.
    #[error(
        "no MISP event here; send `{{\"Event\": {{...}}}}`, a list of such, or `{{\"response\": [...]}}`"
    )]
    NotMisp,
    /// Longer than [`BYTES_MAX`](super::BYTES_MAX).
    #[error("the body is longer than {max} bytes; send its events one by one", max = super::BYTES_MAX)]
    TooLarge,
    /// More than [`EVENTS_MAX`](super::EVENTS_MAX).
    #[error("more than {max} events; send them in several bodies", max = super::EVENTS_MAX)]
    TooManyEvents,
    /// More than [`ATTRIBUTES_MAX`](super::ATTRIBUTES_MAX).
    #[error("the event has more than {max} attributes; split it", max = super::ATTRIBUTES_MAX)]
    TooManyAttributes,
    /// More than [`TAGS_MAX`](super::TAGS_MAX).
    #[error("more than {max} tags; remove some", max = super::TAGS_MAX)]
    TooManyTags,
    /// A member that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A member of another type.
    #[error("`{member}` is {found}; it must be {expected}")]
    WrongType {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// No UUID that STIX takes (RFC 4122, versions 1 to 5).
    #[error("`{0}` is no RFC 4122 UUID of version 1 to 5")]
    Uuid(String),
    /// No time.
    #[error("`{given}` is no time for `{member}`")]
    Time {
        /// The member.
        member: &'static str,
        /// What was given.
        given: String,
    },
    /// A value that is not of its type.
    #[error("`{value}` is no value of an attribute of the type `{kind}`")]
    Value {
        /// The attribute's type.
        kind: String,
        /// What was given.
        value: String,
    },
    /// Longer than [`TEXT_MAX`](super::TEXT_MAX).
    #[error("`{0}` is longer than {max} bytes", max = super::TEXT_MAX)]
    TooLong(&'static str),
    /// An UUID that stands twice in one event.
    #[error("the UUID `{0}` stands twice in the event")]
    Duplicate(String),
}

impl Fault {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(fault) => fault.code(),
            Self::NotMisp => "misp.not-an-event",
            Self::TooLarge => "misp.too-large",
            Self::TooManyEvents => "misp.too-many-events",
            Self::TooManyAttributes => "misp.too-many-attributes",
            Self::TooManyTags => "misp.too-many-tags",
            Self::Missing(_) => "misp.missing",
            Self::WrongType { .. } => "misp.wrong-type",
            Self::Uuid(_) => "misp.malformed-uuid",
            Self::Time { .. } => "misp.malformed-time",
            Self::Value { .. } => "misp.malformed-value",
            Self::TooLong(_) => "misp.too-long",
            Self::Duplicate(_) => "misp.duplicate-uuid",
        }
    }
}

/// A body that is refused as a whole.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} ({place})")]
pub struct MispError {
    /// What is wrong.
    pub fault: Fault,
    /// Where.
    pub place: Place,
}

impl MispError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// An event, an attribute or an object that is refused while the rest is taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} ({place})")]
pub struct Refused {
    /// Which one of all events, objects, attributes and reports of the body, from 0, in the order
    /// of the body.
    pub index: u32,
    /// Its UUID, as far as it has one.
    pub uuid: Option<String>,
    /// What is wrong.
    pub fault: Fault,
    /// Where: line, column, and a pointer into the body.
    pub place: Place,
}

impl Refused {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// A fault on its way to whoever knows the text and the path: it stands so many bytes into the
/// text, under a member.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) fault: Fault,
    pub(super) offset: usize,
    pub(super) member: Option<&'static str>,
}
