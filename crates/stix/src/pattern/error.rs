//! What can be wrong with the text of a pattern, and where.
//!
//! Not for what a well-formed pattern may still get wrong; those are [findings](super::Finding).

use std::fmt;

use thiserror::Error;

use crate::json::Place;

/// What is wrong with the text of a pattern (STIX 2.1 section 9).
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternFault {
    /// Nothing but blanks and comments.
    #[error("there is no pattern here; write at least `[type:property = value]`")]
    Empty,
    /// Longer than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("the pattern is longer than {max} bytes; split it", max = super::MAX_BYTES)]
    TooLong,
    /// Parentheses deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("parentheses lie in each other deeper than {max} levels; take some away", max = super::MAX_DEPTH)]
    TooDeep,
    /// Something that the grammar does not allow here.
    #[error("expected {expected}, found {found}")]
    Syntax {
        /// What the grammar allows here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// A string without its closing quote (section 9.3).
    #[error("the string has no end; close it with `'`, and write a quote inside it as `\\'`")]
    OpenString,
    /// A comment without its end.
    #[error("the comment has no end; close it with `*/`")]
    OpenComment,
    /// A backslash before anything but a quote or a backslash (section 9.3).
    #[error("after a backslash comes a quote or another backslash; write a backslash as `\\\\`")]
    Escape,
    /// `t'…'` that holds no timestamp (section 9.3).
    #[error("{0}")]
    Timestamp(String),
    /// `h'…'` that holds no pairs of hex digits (section 9.3).
    #[error("not hex; write pairs of hex digits, as `h'ffd8'`")]
    Hex,
    /// `b'…'` that holds no base64 (section 9.3).
    #[error("not base64 (RFC 4648 section 4); write groups of four, as `b'dGVzdA=='`")]
    Binary,
    /// An integer beyond 64 bits, or a number beyond a double (section 9.3).
    #[error("the number is too large; keep integers within 64 bits and others within a double")]
    NumberRange,
    /// A list index below zero or beyond 32 bits (section 9.7.2).
    #[error("not a list index; write a number from 0, or `*` for any item")]
    Index,
    /// The same qualifier twice on one observation expression (section 9.5).
    #[error("`{0}` stands twice on one observation; keep one of them, or put parentheses between")]
    QualifierTwice(&'static str),
}

impl PatternFault {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "pattern.empty",
            Self::TooLong => "pattern.too-long",
            Self::TooDeep => "pattern.too-deep",
            Self::Syntax { .. } => "pattern.syntax",
            Self::OpenString => "pattern.open-string",
            Self::OpenComment => "pattern.open-comment",
            Self::Escape => "pattern.escape",
            Self::Timestamp(_) => "pattern.timestamp",
            Self::Hex => "pattern.hex",
            Self::Binary => "pattern.binary",
            Self::NumberRange => "pattern.number-range",
            Self::Index => "pattern.index",
            Self::QualifierTwice(_) => "pattern.qualifier-twice",
        }
    }
}

/// Where in a pattern something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Bytes before it.
    pub offset: usize,
    /// The line, from 1; lines end at a line feed.
    pub line: usize,
    /// The column, from 1, in Unicode code points.
    pub column: usize,
}

impl Position {
    pub(crate) fn find(text: &str, offset: usize) -> Self {
        let place = Place::find(text.as_bytes(), offset, String::new());
        let (line, column) = (place.line, place.column);
        Self {
            offset,
            line,
            column,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// A text that is no pattern: what is wrong and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} ({position})")]
pub struct PatternError {
    /// What is wrong.
    pub fault: PatternFault,
    /// Where it is wrong.
    pub position: Position,
}

impl PatternError {
    /// The stable code, `pattern.syntax`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// A fault at an offset, on its way to becoming a [`PatternError`].
#[derive(Debug)]
pub(crate) struct Fail(Box<(PatternFault, usize)>);

impl Fail {
    pub(crate) fn new(fault: PatternFault, offset: usize) -> Self {
        Self(Box::new((fault, offset)))
    }

    pub(crate) fn locate(self, text: &str) -> PatternError {
        let (fault, offset) = *self.0;
        PatternError {
            fault,
            position: Position::find(text, offset),
        }
    }
}
