//! What is wrong with an iCalendar body, and on which line.

use thiserror::Error;

/// What is wrong.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Longer than [`BYTES_MAX`](super::BYTES_MAX).
    #[error("the calendar is longer than {max} bytes", max = super::BYTES_MAX)]
    TooLarge,
    /// Not UTF-8 (RFC 5545 section 3.1.4).
    #[error("the calendar is no UTF-8")]
    NotUtf8,
    /// A control character other than the tab (section 3.1).
    #[error("a control character; only tabs may stand in a line")]
    Control,
    /// No content line (section 3.1).
    #[error("no content line; write `NAME;PARAMETER=VALUE:VALUE`")]
    Line,
    /// No calendar at all.
    #[error("no calendar here; it begins with `BEGIN:VCALENDAR`")]
    NotCalendar,
    /// A component ends that did not begin, or another one.
    #[error("`END:{0}` ends nothing that is open here")]
    Nesting(String),
    /// A component is not closed.
    #[error("`{0}` is not closed")]
    Open(String),
    /// Components deeper than [`DEPTH_MAX`](super::DEPTH_MAX).
    #[error("components stand deeper than {max} within each other", max = super::DEPTH_MAX)]
    TooDeep,
    /// Another version than 2.0 (section 3.7.4).
    #[error("the version is `{0}`; it must be 2.0")]
    Version(String),
    /// A property that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A property that may stand once stands twice.
    #[error("`{0}` stands more than once")]
    Duplicate(&'static str),
    /// A value that is not of its type.
    #[error("`{value}` is no value of `{property}`")]
    Value {
        /// The property.
        property: String,
        /// What was given.
        value: String,
    },
    /// Both of two properties of which one may stand.
    #[error("`{0}` and `{1}` exclude each other")]
    Both(&'static str, &'static str),
    /// The end is not after the start.
    #[error("the end is not after the start")]
    Order,
    /// A recurrence that is not understood here.
    #[error(
        "the rule `{0}` is not understood; give one that recurs on days of a year, or the days"
    )]
    Rule(String),
    /// A holiday with a time of day.
    #[error("a holiday is a day; `{0}` has a time")]
    NotDay(String),
    /// Rules that take more than [`DAYS_MAX`](super::DAYS_MAX) days to follow.
    #[error("the rules recur too often; ask for fewer years")]
    TooOften,
    /// Not the METHOD that was asked for.
    #[error("the method is `{0}`; it must be `REPLY`")]
    Method(String),
    /// More than [`REPLIES_MAX`](super::REPLIES_MAX).
    #[error("more than {max} replies in one body", max = super::REPLIES_MAX)]
    TooMany,
    /// A zone that neither the file nor the database of zones knows.
    #[error("the zone `{0}` is not known")]
    Zone(String),
}

impl Fault {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "ical.too-large",
            Self::NotUtf8 => "ical.not-utf8",
            Self::Control => "ical.control-character",
            Self::Line => "ical.malformed-line",
            Self::NotCalendar => "ical.not-a-calendar",
            Self::Nesting(_) | Self::Open(_) => "ical.nesting",
            Self::TooDeep => "ical.too-deep",
            Self::Version(_) => "ical.version",
            Self::Missing(_) => "ical.missing",
            Self::Duplicate(_) => "ical.duplicate",
            Self::Value { .. } => "ical.malformed-value",
            Self::Both(..) => "ical.excluding",
            Self::Order => "ical.order",
            Self::Rule(_) => "ical.unknown-rule",
            Self::NotDay(_) => "ical.not-a-day",
            Self::TooOften => "ical.too-often",
            Self::Method(_) => "ical.method",
            Self::TooMany => "ical.too-many",
            Self::Zone(_) => "ical.unknown-zone",
        }
    }
}

/// A body that is refused, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} (line {line})")]
pub struct IcalError {
    /// What is wrong.
    pub fault: Fault,
    /// The line, from 1: that on which the content line begins.
    pub line: usize,
}

impl IcalError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

impl Fault {
    /// The fault on a line.
    pub(super) fn on(self, line: usize) -> IcalError {
        IcalError { fault: self, line }
    }
}
