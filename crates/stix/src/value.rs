//! The values of an object: addresses, domains, hashes, names and the like that others may look
//! for, each in one normal form and with the place where it stands (STIX 2.1 sections 4 to 6 and 9).
//!
//! Not a search and no judgement: whether a value is malicious, or whether anybody else holds it,
//! is not known here.
//!
//! The cast: `extract` walks an object and knows which property holds what; `normal` brings a text
//! into the normal form of its kind; `query` reads what a person types, defanged or not; `kind`
//! names the kinds; `warning` knows the values that say nothing.
//!
//! Two texts are one value if kind and normal form are equal. Bounds: at most [`VALUES_MAX`] values
//! of an object are told, none longer than [`TEXT_MAX`].

mod extract;
mod kind;
mod normal;
mod punycode;
mod query;
#[cfg(test)]
mod tests;
mod warning;

pub use extract::{Found, visit};
pub use kind::Kind;
pub use warning::Warning;

use std::fmt;

use crate::json::{self, JsonError};

/// So many values of one object are told: more than the largest indicators that circulate hold. What
/// comes after them in the text is passed over.
pub const VALUES_MAX: usize = 4096;

/// The longest normal form of a value, in bytes: twice what browsers take as a URL. What is longer is
/// no value.
pub const TEXT_MAX: usize = 4096;

/// A value in its normal form.
// INVARIANT: `text` is the normal form of its kind, not empty, and at most TEXT_MAX bytes long.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    kind: Kind,
    text: Box<str>,
}

/// A value and where in an object it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a value and its place are all there is"
)]
pub struct Held {
    /// The value.
    pub value: Value,
    /// The JSON pointer (RFC 6901) of the property or item that holds it.
    pub pointer: String,
}

impl Value {
    /// What a text is as a value of that kind; none if it cannot be one.
    pub fn of(kind: Kind, text: &str) -> Option<Self> {
        let mut scratch = String::new();
        let text = normal::form(kind, text, &mut scratch)?;
        Some(Self {
            kind,
            text: text.into(),
        })
    }

    /// Everything that a text may mean that a person types: `hxxp://evil[.]example` is a URL;
    /// `203.0.113.7` is an address, but may be a name as well. Nothing for an empty text.
    pub fn parse_query(text: &str) -> Vec<Self> {
        query::readings(text)
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its normal form.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The list on which it stands because it says nothing about those who share it; none for a
    /// value that says something.
    pub fn warning(&self) -> Option<Warning> {
        warning::find(self.kind, &self.text)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The values of the object that `bytes` hold, in the order of the text, each as often as it stands.
///
/// # Errors
/// [`JsonError`] if the bytes are no JSON text. What is no STIX object has no values.
pub fn values(bytes: &[u8]) -> Result<Vec<Held>, JsonError> {
    let node = json::parse(bytes)?;
    let mut held = Vec::new();
    visit(&node, &mut |found| {
        held.push(Held {
            value: Value {
                kind: found.kind,
                text: found.text.into(),
            },
            pointer: found.pointer(),
        });
    });
    Ok(held)
}
