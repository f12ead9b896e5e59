//! The tree of a JSON text, borrowed from its bytes, each value with its place.
//!
//! Not a document to edit: nothing here can be changed or written back.

use std::borrow::Cow;

/// The bytes of one value within the text that was read, first to one past the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    start: u32,
    end: u32,
}

impl Span {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the reader refuses texts longer than MAX_BYTES, which is u32::MAX"
    )]
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self {
            start: start as u32,
            end: end as u32,
        }
    }

    /// Bytes before the value.
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// Bytes before what follows the value.
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// The value's own bytes in `text`, which must be the text that was read.
    pub fn of(self, text: &[u8]) -> &[u8] {
        text.get(self.start()..self.end()).unwrap_or_default()
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'a> {
    /// Where the value stands in the text.
    pub span: Span,
    /// The value.
    pub value: Value<'a>,
}

/// A JSON value; strings are decoded, numbers stay as they are written.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 8259 section 3 fixes the kinds of values"
)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as written.
    Number(&'a str),
    /// A string, with its escapes decoded.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Node<'a>>),
    /// An object, in the order in which it is written; no name stands twice.
    Object(Vec<Member<'a>>),
}

/// A name and its value in an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'a> {
    /// The name, with its escapes decoded.
    pub name: Cow<'a, str>,
    /// Where the name stands, quotes included.
    pub name_span: Span,
    /// The value.
    pub node: Node<'a>,
}

impl<'a> Node<'a> {
    /// The member called `name`, if this is an object that has one.
    pub fn member(&self, name: &str) -> Option<&Node<'a>> {
        self.members()?
            .iter()
            .find(|m| m.name == name)
            .map(|m| &m.node)
    }

    /// The members, if this is an object.
    pub fn members(&self) -> Option<&[Member<'a>]> {
        match &self.value {
            Value::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The items, if this is an array.
    pub fn items(&self) -> Option<&[Node<'a>]> {
        match &self.value {
            Value::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The text, if this is a string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn truth(&self) -> Option<bool> {
        match self.value {
            Value::Bool(truth) => Some(truth),
            _ => None,
        }
    }

    /// What this is, in words for an error text.
    pub fn what(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}
