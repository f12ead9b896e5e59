//! The words of a pattern: names, keywords, constants, signs (STIX 2.1 section 9.3 and the grammar
//! of its appendix).
//!
//! Not the order in which they may stand; the parser knows that. One pass over the text, each
//! byte read a bounded number of times.

use std::borrow::Cow;

use super::binary::{read_base64, read_hex};
use super::error::{Fail, PatternFault};
use super::literal::{Float, Literal};

/// A word, borrowed from the text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token<'a> {
    /// A word that the language keeps for itself, but for the booleans.
    Keyword(&'static str),
    /// A name; with a hyphen it can only be the type of an object.
    Name(&'a str),
    /// A string, with its escapes decoded.
    String(Cow<'a, str>),
    /// A number as it is written: optional sign, digits, optional point and digits.
    Number(&'a str),
    /// A boolean, binary, hex or timestamp constant.
    Literal(Literal),
    /// `=`, `==`, `!=`, `<>`, `<`, `<=`, `>`, `>=`, brackets, `.`, `,`, `:`, `*`.
    Sign(&'static str),
    End,
}

/// A word and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Word<'a> {
    pub(crate) token: Token<'a>,
    pub(crate) offset: usize,
}

const KEYWORDS: [&str; 19] = [
    "AND",
    "OR",
    "NOT",
    "FOLLOWEDBY",
    "LIKE",
    "MATCHES",
    "ISSUPERSET",
    "ISSUBSET",
    "EXISTS",
    "LAST",
    "IN",
    "START",
    "STOP",
    "SECONDS",
    "WITHIN",
    "REPEATS",
    "TIMES",
    "true",
    "false",
];

/// Longest first where one begins another.
const SIGNS: [&str; 18] = [
    "==", "=", "!=", "<>", "<=", "<", ">=", ">", "[", "]", "(", ")", ":", ".", ",", "*", "+", "-",
];

/// Whether `text` is a word that the language keeps for itself.
pub(crate) fn is_keyword(text: &str) -> bool {
    KEYWORDS.contains(&text)
}

/// Whether `text` can stand in a path without quotes.
pub(crate) fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(starts_name) && bytes.all(|b| goes_on(b) && b != b'-')
}

fn starts_name(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_'
}

fn goes_on(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// The words of one text.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next word; [`Token::End`] when there is none.
    pub(crate) fn next(&mut self) -> Result<Word<'a>, Fail> {
        self.skip()?;
        let offset = self.at;
        let token = self.token()?;
        Ok(Word { token, offset })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes as many bytes as `take` holds of; all that it holds of must be ASCII.
    fn run(&mut self, take: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().position(|b| !take(b)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Passes blanks and comments.
    fn skip(&mut self) -> Result<(), Fail> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if let Some(comment) = trimmed.strip_prefix("/*") {
                let end = comment
                    .find("*/")
                    .ok_or_else(|| Fail::new(PatternFault::OpenComment, self.at))?;
                self.at += end + 4;
            } else if trimmed.starts_with("//") {
                self.at += trimmed.find(['\r', '\n']).unwrap_or(trimmed.len());
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token<'a>, Fail> {
        let rest = self.rest();
        let Some(first) = rest.bytes().next() else {
            return Ok(Token::End);
        };
        if starts_name(first) {
            return self.word();
        }
        if first == b'\'' {
            return self.string().map(Token::String);
        }
        if let Some(number) = number(rest) {
            self.at += number.len();
            return Ok(Token::Number(number));
        }
        for sign in SIGNS {
            if rest.starts_with(sign) {
                self.at += sign.len();
                return Ok(Token::Sign(sign));
            }
        }
        let fault = PatternFault::Syntax {
            expected: "a word of the patterning language",
            found: found_char(rest),
        };
        Err(Fail::new(fault, self.at))
    }

    /// A name, a keyword, or a constant that begins with a letter.
    fn word(&mut self) -> Result<Token<'a>, Fail> {
        let start = self.at;
        let word = self.run(goes_on);
        if self.rest().starts_with('\'') {
            let fail = |fault| Fail::new(fault, start);
            match word {
                "t" => {
                    let text = self.string()?;
                    let moment = text
                        .parse()
                        .map_err(|e| fail(PatternFault::Timestamp(format!("{e}"))))?;
                    return Ok(Token::Literal(Literal::Timestamp(moment)));
                }
                "h" => {
                    let text = self.string()?;
                    let bytes = read_hex(text.as_bytes()).ok_or_else(|| fail(PatternFault::Hex))?;
                    return Ok(Token::Literal(Literal::Hex(bytes.into())));
                }
                "b" => {
                    let text = self.string()?;
                    let bytes =
                        read_base64(text.as_bytes()).ok_or_else(|| fail(PatternFault::Binary))?;
                    return Ok(Token::Literal(Literal::Binary(bytes.into())));
                }
                _ => {}
            }
        }
        Ok(match word {
            "true" => Token::Literal(Literal::Bool(true)),
            "false" => Token::Literal(Literal::Bool(false)),
            _ => KEYWORDS
                .iter()
                .find(|keyword| **keyword == word)
                .map_or(Token::Name(word), |keyword| Token::Keyword(keyword)),
        })
    }

    /// A string at its opening quote.
    fn string(&mut self) -> Result<Cow<'a, str>, Fail> {
        let open = self.at;
        let body = self.rest().get(1..).unwrap_or_default();
        let mut text = Cow::Borrowed("");
        let mut from = 0;
        loop {
            let rest = body.get(from..).unwrap_or_default();
            let Some(length) = rest.find(['\'', '\\']) else {
                return Err(Fail::new(PatternFault::OpenString, open));
            };
            let plain = rest.get(..length).unwrap_or_default();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else if !plain.is_empty() {
                text.to_mut().push_str(plain);
            }
            let at = from + length;
            if rest.as_bytes().get(length) == Some(&b'\'') {
                self.at = open + 1 + at + 1;
                return Ok(text);
            }
            match rest.as_bytes().get(length + 1) {
                Some(escaped @ (b'\'' | b'\\')) => text.to_mut().push(char::from(*escaped)),
                Some(_) => return Err(Fail::new(PatternFault::Escape, open + 1 + at)),
                None => return Err(Fail::new(PatternFault::OpenString, open)),
            }
            from = at + 2;
        }
    }
}

/// The number that `rest` begins with, if any: the longest that the grammar allows.
fn number(rest: &str) -> Option<&str> {
    let digits = |from: usize| {
        let rest = rest.as_bytes().get(from..).unwrap_or_default();
        let end = rest.iter().position(|b| !b.is_ascii_digit());
        end.unwrap_or(rest.len())
    };
    let sign = usize::from(rest.starts_with(['+', '-']));
    let whole = digits(sign);
    let point = sign + whole;
    if rest.as_bytes().get(point) == Some(&b'.') {
        let fraction = digits(point + 1);
        if fraction > 0 {
            return rest.get(..point + 1 + fraction);
        }
    }
    // An integer has no zeros before it; what follows the zero is another number.
    let leading = rest.as_bytes().get(sign) == Some(&b'0');
    let whole = if leading { 1 } else { whole };
    (whole > 0).then(|| rest.get(..sign + whole)).flatten()
}

/// The constant that a number is.
pub(crate) fn read_number(text: &str) -> Option<Literal> {
    let plain = text.strip_prefix('+').unwrap_or(text);
    if text.contains('.') {
        let number = plain.parse().ok().and_then(Float::new)?;
        return Some(Literal::Float(number));
    }
    plain.parse().ok().map(Literal::Int)
}

/// A character in words for an error text.
fn found_char(rest: &str) -> String {
    rest.chars().next().map_or_else(
        || "the end".to_owned(),
        |c| format!("`{}`", c.escape_debug()),
    )
}

impl Token<'_> {
    /// What this is, in words for an error text.
    pub(crate) fn found(&self) -> String {
        let short = |text: &str| {
            let mut shown: String = text.chars().take(40).collect();
            if shown.len() < text.len() {
                shown.push('…');
            }
            shown
        };
        match self {
            Self::Keyword(word) => format!("`{word}`"),
            Self::Name(name) => format!("`{}`", short(name)),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::Number(number) => format!("`{}`", short(number)),
            Self::String(text) => format!("the string `{}`", short(text).escape_debug()),
            Self::Literal(literal) => format!("{} constant", literal.what()),
            Self::End => "the end".to_owned(),
        }
    }
}
