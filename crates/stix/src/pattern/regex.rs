//! The expressions of `MATCHES`, evaluated in time linear in the value (STIX 2.1 section 9.6.1).
//!
//! Not PCRE in full: what needs backtracking (look-around, back-references, atomic groups,
//! possessive repeats, recursion, conditions, `\K`, `\G`) is refused, because a partner's pattern
//! could make it run for ever. What is read means what PCRE means, but for this: `\d`, `\w`, `\s`
//! and `\b` know all of Unicode in texts, and `$` is the end alone, not also before a last line
//! feed.

use regex::bytes;
use regex_syntax::ast::ErrorKind;
use thiserror::Error;

/// Bytes that one compiled expression may take: a thousand times a usual one (some hundred bytes
/// of program), and little enough that a thousand of the worst fit into a small machine.
const MAX_PROGRAM: usize = 1 << 20;

/// Parentheses and brackets within each other.
const MAX_NESTING: u32 = 64;

/// Why an expression cannot be evaluated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum RegexError {
    #[error("{0}")]
    Syntax(String),
    #[error("it looks around or back")]
    Backtracking,
    #[error("it is too large")]
    TooLarge,
}

/// A compiled expression.
#[derive(Clone, Debug)]
pub(crate) struct Regex {
    text: bytes::Regex,
    /// For values that are bytes, where a code point is one byte.
    binary: Option<bytes::Regex>,
}

impl Regex {
    pub(crate) fn new(pattern: &str) -> Result<Self, RegexError> {
        let build = |pattern: &str, unicode| {
            bytes::RegexBuilder::new(pattern)
                .unicode(unicode)
                .size_limit(MAX_PROGRAM)
                .dfa_size_limit(MAX_PROGRAM)
                .nest_limit(MAX_NESTING)
                .build()
        };
        let text = build(pattern, true).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => RegexError::TooLarge,
            _ => why(pattern),
        })?;
        let binary = narrow(pattern).and_then(|pattern| build(&pattern, false).ok());
        Ok(Self { text, binary })
    }

    /// Whether the expression is found anywhere in `text`.
    pub(crate) fn is_in_text(&self, text: &str) -> bool {
        self.text.is_match(text.as_bytes())
    }

    /// Whether the expression is found anywhere in `bytes`; one that cannot be read as an
    /// expression over bytes is in none.
    pub(crate) fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        self.binary
            .as_ref()
            .is_some_and(|regex| regex.is_match(bytes))
    }
}

/// The expression for bytes: characters from 128 to 255 are those bytes; with others it fits none.
fn narrow(pattern: &str) -> Option<String> {
    let mut narrow = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        match u8::try_from(c).ok()? {
            byte @ 128.. => narrow.push_str(&format!("\\x{byte:02x}")),
            byte => narrow.push(char::from(byte)),
        }
    }
    Some(narrow)
}

/// The first fault of an expression that does not compile, in one line.
fn why(pattern: &str) -> RegexError {
    let parsed = regex_syntax::ast::parse::ParserBuilder::new()
        .nest_limit(MAX_NESTING)
        .build()
        .parse(pattern);
    let Err(error) = parsed else {
        return RegexError::Syntax("a class or property of it is not known".to_owned());
    };
    match error.kind() {
        ErrorKind::UnsupportedLookAround | ErrorKind::UnsupportedBackreference => {
            RegexError::Backtracking
        }
        kind => RegexError::Syntax(kind.to_string()),
    }
}
