//! The constants of patterns (STIX 2.1 section 9.3).
//!
//! Not how they compare with the values of objects; that is the business of matching.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::binary::{write_base64, write_hex};
use super::moment::Moment;

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "section 9.3 fixes the kinds of constants"
)]
pub enum Literal {
    /// `true` or `false`
    Bool(bool),
    /// `-4`
    Int(i64),
    /// `6.6`
    Float(Float),
    /// `'text'`, with its escapes decoded
    String(Box<str>),
    /// `b'dGVzdA=='`, decoded
    Binary(Box<[u8]>),
    /// `h'ffd8'`, decoded
    Hex(Box<[u8]>),
    /// `t'2016-01-01T00:00:00Z'`
    Timestamp(Moment),
}

impl Literal {
    /// What this is, in words for an error text.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a float",
            Self::String(_) => "a string",
            Self::Binary(_) => "binary",
            Self::Hex(_) => "hex",
            Self::Timestamp(_) => "a timestamp",
        }
    }

    /// The text, if this is a string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// In the one spelling that reads back as the same constant.
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(truth) => write!(f, "{truth}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::String(text) => write_string(text, f),
            Self::Binary(bytes) => {
                f.write_str("b'")?;
                write_base64(bytes, f)?;
                f.write_str("'")
            }
            Self::Hex(bytes) => {
                f.write_str("h'")?;
                write_hex(bytes, f)?;
                f.write_str("'")
            }
            Self::Timestamp(moment) => write!(f, "t'{moment}'"),
        }
    }
}

/// `text` in quotes, with quotes and backslashes escaped.
pub(crate) fn write_string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("'")?;
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '\\']) {
        let (plain, tail) = rest.split_at(at);
        f.write_str(plain)?;
        f.write_str("\\")?;
        // Both are one byte long, so the next search begins behind this one.
        let (special, tail) = tail.split_at(1);
        f.write_str(special)?;
        rest = tail;
    }
    write!(f, "{rest}'")
}

/// A finite double; zero has no sign.
// INVARIANT: finite, and never -0.0, so that equal numbers are equal bits.
#[derive(Clone, Copy, Debug)]
pub struct Float(f64);

impl Float {
    /// `number`, unless it is infinite or not a number.
    pub fn new(number: f64) -> Option<Self> {
        // Adding zero turns -0.0 into 0.0 and nothing else into anything else.
        number.is_finite().then_some(Self(number + 0.0))
    }

    /// The number.
    pub fn value(self) -> f64 {
        self.0
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Float {}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Hash for Float {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_bits().hash(state);
    }
}

/// With a point, and without an exponent, which section 9.3 does not know.
impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}", self.0);
        f.write_str(&text)?;
        if !text.contains('.') {
            f.write_str(".0")?;
        }
        Ok(())
    }
}
