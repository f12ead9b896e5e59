//! What can be wrong with a JSON text, and where.
//!
//! Not for what is wrong with a well-formed text; that is the business of its reader.

use std::fmt;

use thiserror::Error;

/// What is wrong with a JSON text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing but white space (RFC 8259 section 2 wants a value).
    #[error("there is no JSON here; send one JSON text")]
    Empty,
    /// Longer than [`MAX_BYTES`](super::MAX_BYTES).
    #[error("the text is longer than {max} bytes; send it in parts", max = super::MAX_BYTES)]
    TooLong,
    /// A byte order mark (RFC 8259 section 8.1).
    #[error("the text begins with a byte order mark; save it as UTF-8 without one")]
    Bom,
    /// Bytes that are not UTF-8 (RFC 8259 section 8.1).
    #[error("these bytes are not UTF-8; convert the text to UTF-8")]
    Utf8,
    /// The text ends before its value does.
    #[error("the text ends in the middle of a value; send it whole")]
    Truncated,
    /// More text after the value (RFC 8259 section 2).
    #[error("something follows the end of the JSON text; remove it")]
    Trailing,
    /// A byte that the grammar does not allow here; the text says what it expects.
    #[error("expected {expected}, found `{found}`")]
    Syntax {
        /// What the grammar allows here.
        expected: &'static str,
        /// The character that stands here.
        found: String,
    },
    /// Not a number as RFC 8259 section 6 writes it: `NaN`, `Infinity`, `+1`, `01`, `.5`, `1.`
    #[error(
        "not a JSON number; write it as digits, without a plus, leading zeros, NaN or Infinity"
    )]
    Number,
    /// A number that a double cannot hold, or an integer beyond 2^53 - 1 (RFC 7493 section 2.2;
    /// STIX 2.1 section 2.10).
    #[error(
        "the number is too large to be read alike everywhere; keep integers within 2^53 - 1 and others within a double, or send a string"
    )]
    NumberRange,
    /// A control character in a string (RFC 8259 section 7).
    #[error("a control character stands in a string; escape it, as `\\n` or `\\u000a`")]
    Control,
    /// An escape that RFC 8259 section 7 does not know.
    #[error(
        "no such escape; after a backslash comes one of \" \\ / b f n r t, or u and four hex digits"
    )]
    Escape,
    /// Half of a surrogate pair alone (RFC 7493 section 2.1).
    #[error("a surrogate stands alone in an escape; write both halves, or the character itself")]
    Surrogate,
    /// A code point that Unicode keeps from interchange (RFC 7493 section 2.1).
    #[error("a Unicode noncharacter stands in a string; remove it")]
    Noncharacter,
    /// A name given twice in one object (RFC 7493 section 2.3).
    #[error("the name `{0}` is given twice in one object; keep one of them")]
    DuplicateKey(String),
    /// Deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested deeper than {max} levels; flatten the content", max = super::MAX_DEPTH)]
    Depth,
}

impl Fault {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "json.empty",
            Self::TooLong => "json.too-long",
            Self::Bom => "json.bom",
            Self::Utf8 => "json.utf8",
            Self::Truncated => "json.truncated",
            Self::Trailing => "json.trailing",
            Self::Syntax { .. } => "json.syntax",
            Self::Number => "json.number",
            Self::NumberRange => "json.number-range",
            Self::Control => "json.control",
            Self::Escape => "json.escape",
            Self::Surrogate => "json.surrogate",
            Self::Noncharacter => "json.noncharacter",
            Self::DuplicateKey(_) => "json.duplicate-key",
            Self::Depth => "json.depth",
        }
    }
}

/// Where in a text something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Bytes before it.
    pub offset: usize,
    /// The line, from 1; lines end at a line feed.
    pub line: usize,
    /// The column, from 1, in Unicode code points.
    pub column: usize,
    /// The JSON pointer (RFC 6901) of the innermost value that was being read; empty for the whole.
    pub pointer: String,
}

impl Place {
    /// The place of `offset` in `bytes`, which need not be UTF-8.
    pub fn find(bytes: &[u8], offset: usize, pointer: String) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        let start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |n| n + 1);
        let last = before.get(start..).unwrap_or_default();
        // Continuation bytes of UTF-8 are 10xxxxxx; every other byte begins a code point.
        let column = 1 + last.iter().filter(|b| **b & 0xC0 != 0x80).count();
        Self {
            offset,
            line,
            column,
            pointer,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if !self.pointer.is_empty() {
            write!(f, ", in `{}`", self.pointer)?;
        }
        Ok(())
    }
}

/// A JSON text that was refused: what is wrong and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} ({place})")]
pub struct JsonError {
    /// What is wrong.
    pub fault: Fault,
    /// Where it is wrong.
    pub place: Place,
}

impl JsonError {
    /// The stable code, `json.duplicate-key`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}

/// A fault on its way up through the reader, which adds a pointer token at each level.
#[derive(Debug)]
pub(crate) struct Fail(Box<Inner>);

#[derive(Debug)]
struct Inner {
    fault: Fault,
    offset: usize,
    /// Innermost first.
    tokens: Vec<String>,
}

impl Fail {
    pub(crate) fn new(fault: Fault, offset: usize) -> Self {
        Self(Box::new(Inner {
            fault,
            offset,
            tokens: Vec::new(),
        }))
    }

    pub(crate) fn within_name(mut self, name: &str) -> Self {
        self.0
            .tokens
            .push(name.replace('~', "~0").replace('/', "~1"));
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> Self {
        self.0.tokens.push(index.to_string());
        self
    }

    pub(crate) fn locate(self, bytes: &[u8]) -> JsonError {
        let Inner {
            fault,
            offset,
            tokens,
        } = *self.0;
        let mut pointer = String::new();
        for token in tokens.iter().rev() {
            pointer.push('/');
            pointer.push_str(token);
        }
        JsonError {
            fault,
            place: Place::find(bytes, offset, pointer),
        }
    }
}
