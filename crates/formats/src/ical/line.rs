//! Content lines (RFC 5545 section 3.1): unfolded, and split into name, parameters and value.
//!
//! ```text
//! contentline = name *(";" param) ":" value CRLF
//! param       = param-name "=" param-value *("," param-value)
//! param-value = *SAFE-CHAR / DQUOTE *QSAFE-CHAR DQUOTE
//! ```
//!
//! Not here: what a value means.

use crate::ical::BYTES_MAX;
use crate::ical::error::{Fault, IcalError};

/// One content line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    name: String,
    params: Vec<(String, Vec<String>)>,
    value: String,
    line: usize,
}

impl Property {
    /// The name, in capitals.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value as it stands, escapes included.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The value as text: escapes taken back (section 3.3.11).
    pub fn text(&self) -> String {
        super::value::unescape(&self.value)
    }

    /// The first value of a parameter, named in capitals.
    pub fn param(&self, name: &str) -> Option<&str> {
        let (_, values) = self.params.iter().find(|(known, _)| known == name)?;
        values.first().map(String::as_str)
    }

    /// The line on which it begins, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The fault that the value is not of its type.
    pub(super) fn malformed(&self) -> IcalError {
        Fault::Value {
            property: self.name.chars().take(80).collect(),
            value: self.value.chars().take(80).collect(),
        }
        .on(self.line)
    }
}

/// Every content line of the bytes, one by one. Line feeds alone end a line too; empty lines at the
/// end, and a byte order mark at the start, mean nothing.
pub(super) fn properties(bytes: &[u8]) -> Result<Vec<Property>, IcalError> {
    if bytes.len() > BYTES_MAX {
        return Err(Fault::TooLarge.on(1));
    }
    // Folding may cut a character in two (section 3.1), so bytes are joined before they are text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut whole: Vec<(usize, Vec<u8>)> = Vec::new();
    for (at, raw) in bytes.split(|b| *b == b'\n').enumerate() {
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        match (raw.split_first(), whole.last_mut()) {
            (Some((b' ' | b'\t', rest)), Some((_, open))) => open.extend_from_slice(rest),
            _ => whole.push((at + 1, raw.to_vec())),
        }
    }
    let whole = whole.iter().filter(|(_, raw)| !raw.is_empty());
    whole.map(|(line, raw)| split(raw, *line)).collect()
}

fn split(raw: &[u8], line: usize) -> Result<Property, IcalError> {
    let text = std::str::from_utf8(raw).map_err(|_| Fault::NotUtf8.on(line))?;
    if text.chars().any(|c| c.is_ascii_control() && c != '\t') {
        return Err(Fault::Control.on(line));
    }
    let refuse = || Fault::Line.on(line);
    let (name, mut rest) = word(text).ok_or_else(refuse)?;
    let mut params = Vec::new();
    while let Some(after) = rest.strip_prefix(';') {
        let (key, after) = word(after).ok_or_else(refuse)?;
        let mut after = after.strip_prefix('=').ok_or_else(refuse)?;
        let mut values = Vec::new();
        loop {
            let (value, left) = param_value(after).ok_or_else(refuse)?;
            values.push(value);
            match left.strip_prefix(',') {
                Some(left) => after = left,
                None => {
                    rest = left;
                    break;
                }
            }
        }
        params.push((key, values));
    }
    let value = rest.strip_prefix(':').ok_or_else(refuse)?;
    Ok(Property {
        name,
        params,
        value: value.to_owned(),
        line,
    })
}

/// A name, in capitals, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    (!name.is_empty()).then(|| (name.to_ascii_uppercase(), rest))
}

fn param_value(text: &str) -> Option<(String, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, rest) = quoted.split_once('"')?;
        return Some((from_carets(value), rest));
    }
    let end = text.find([';', ':', ',']).unwrap_or(text.len());
    let (value, rest) = text.split_at(end);
    (!value.contains('"')).then(|| (from_carets(value), rest))
}

/// RFC 6868 section 3.2: `^n`, `^'` and `^^`; any other caret stays.
fn from_carets(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('^') {
        read.push_str(before);
        let (meant, after) = match after.chars().next() {
            Some('n') => ('\n', after.get(1..)),
            Some('\'') => ('"', after.get(1..)),
            Some('^') => ('^', after.get(1..)),
            _ => ('^', Some(after)),
        };
        read.push(meant);
        rest = after.unwrap_or_default();
    }
    read.push_str(rest);
    read
}
