//! The cursor over a JSON text and the grammar of values, arrays and objects.
//!
//! One pass over the bytes, with the tree kept or not. Not an interface for users of the crate:
//! they call `parse`, `check` or `split`.

use std::borrow::Cow;

use super::MAX_BYTES;
use super::error::{Fail, Fault, JsonError};
use super::node::{Member, Node, Span, Value};

/// Up to this many names an object is searched for repeats pair by pair; above, by sorting.
/// Sixteen names make at most 120 comparisons, nearly all decided by length.
const FEW_NAMES: usize = 16;

/// A cursor over one text.
pub(crate) struct Reader<'a> {
    text: &'a str,
    pub(super) at: usize,
    depth: usize,
    limit: usize,
    /// Members of the objects that are still open, innermost last: one buffer for all.
    members: Vec<Member<'a>>,
    /// Items of the arrays that are still open.
    items: Vec<Node<'a>>,
}

impl<'a> Reader<'a> {
    /// A reader at the first value of `bytes`, which must be UTF-8 without a mark.
    pub(crate) fn open(bytes: &'a [u8], limit: usize) -> Result<Self, JsonError> {
        let fail = |fault, offset| Fail::new(fault, offset).locate(bytes);
        if bytes.len() > MAX_BYTES {
            return Err(fail(Fault::TooLong, MAX_BYTES));
        }
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            return Err(fail(Fault::Bom, 0));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| match e.error_len() {
            Some(_) => fail(Fault::Utf8, e.valid_up_to()),
            None => fail(Fault::Truncated, bytes.len()),
        })?;
        let (members, items) = (Vec::new(), Vec::new());
        let mut reader = Self {
            text,
            at: 0,
            depth: 0,
            limit,
            members,
            items,
        };
        reader.skip_space();
        if reader.peek().is_none() {
            return Err(fail(Fault::Empty, 0));
        }
        Ok(reader)
    }

    /// A fault to end a search with; it is never shown.
    pub(crate) fn stop(&self) -> Fail {
        Fail::new(Fault::Trailing, self.at)
    }

    /// Bytes before the cursor.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next byte, if any.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads the value at the cursor and stops right behind it. With `KEEP` false the value is
    /// checked and `null` comes back in its place.
    pub(crate) fn value<const KEEP: bool>(&mut self) -> Result<Node<'a>, Fail> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => return self.object::<KEEP>(|r, _| r.value::<KEEP>()),
            Some(b'[') => return self.array::<KEEP>(|r, _| r.value::<KEEP>()),
            Some(b'"') => Value::String(self.string::<KEEP>()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.literal("true", Value::Bool(true))?,
            Some(b'f') => self.literal("false", Value::Bool(false))?,
            Some(b'n') => self.literal("null", Value::Null)?,
            Some(b'N' | b'I' | b'+' | b'.') => return Err(Fail::new(Fault::Number, start)),
            _ => return Err(self.expected("a value")),
        };
        let value = if KEEP { value } else { Value::Null };
        Ok(Node {
            span: Span::new(start, self.at),
            value,
        })
    }

    /// Reads the object at the cursor; `each` reads the value of each name.
    pub(crate) fn object<const KEEP: bool>(
        &mut self,
        mut each: impl FnMut(&mut Self, &str) -> Result<Node<'a>, Fail>,
    ) -> Result<Node<'a>, Fail> {
        let start = self.enter()?;
        let base = self.members.len();
        if self.peek() != Some(b'}') {
            loop {
                let name_start = self.at;
                if self.peek() != Some(b'"') {
                    return Err(self.expected("a name in quotes"));
                }
                let name = self.string::<true>()?;
                let name_span = Span::new(name_start, self.at);
                self.skip_space();
                if self.peek() != Some(b':') {
                    return Err(self.expected("a colon"));
                }
                self.at += 1;
                self.skip_space();
                let node = each(self, &name).map_err(|fail| fail.within_name(&name))?;
                self.members.push(Member {
                    name,
                    name_span,
                    node,
                });
                if !self.comma(b'}', "a comma or `}`")? {
                    break;
                }
            }
        }
        self.leave();
        if let Some(again) = find_repeat(self.members.get(base..).unwrap_or_default()) {
            let name: Cow<'_, str> = again.name.clone();
            let fault = Fault::DuplicateKey(name.chars().take(80).collect());
            return Err(Fail::new(fault, again.name_span.start()).within_name(&name));
        }
        let value = if KEEP {
            Value::Object(self.members.drain(base..).collect())
        } else {
            self.members.truncate(base);
            Value::Null
        };
        Ok(Node {
            span: Span::new(start, self.at),
            value,
        })
    }

    /// Reads the array at the cursor; `each` reads the item of each index. With `KEEP` false what
    /// `each` returns is dropped.
    pub(crate) fn array<const KEEP: bool>(
        &mut self,
        mut each: impl FnMut(&mut Self, usize) -> Result<Node<'a>, Fail>,
    ) -> Result<Node<'a>, Fail> {
        let start = self.enter()?;
        let base = self.items.len();
        let mut index = 0;
        if self.peek() != Some(b']') {
            loop {
                let node = each(self, index).map_err(|fail| fail.within_index(index))?;
                if KEEP {
                    self.items.push(node);
                }
                index += 1;
                if !self.comma(b']', "a comma or `]`")? {
                    break;
                }
            }
        }
        self.leave();
        let value = if KEEP {
            Value::Array(self.items.drain(base..).collect())
        } else {
            Value::Null
        };
        Ok(Node {
            span: Span::new(start, self.at),
            value,
        })
    }

    /// Checks that nothing but white space follows.
    pub(crate) fn finish(&mut self) -> Result<(), Fail> {
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Fail::new(Fault::Trailing, self.at)),
        }
    }

    /// Passes the opening bracket; returns where it stands.
    fn enter(&mut self) -> Result<usize, Fail> {
        let start = self.at;
        if self.depth >= self.limit {
            return Err(Fail::new(Fault::Depth, start));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        Ok(start)
    }

    /// Passes the closing bracket.
    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// After a value: passes a comma and says true, or stops before `close` and says false.
    fn comma(&mut self, close: u8, expected: &'static str) -> Result<bool, Fail> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(true)
            }
            Some(byte) if byte == close => Ok(false),
            _ => Err(self.expected(expected)),
        }
    }

    fn literal(&mut self, word: &'static str, value: Value<'a>) -> Result<Value<'a>, Fail> {
        let rest = self.rest();
        if rest.starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else if word.as_bytes().starts_with(rest) {
            Err(self.truncated())
        } else {
            Err(self.expected("a value"))
        }
    }

    /// White space as RFC 8259 section 2 defines it; indented texts have long runs of it.
    fn skip_space(&mut self) {
        while self.rest().first_chunk() == Some(b"        ") {
            self.at += 8;
        }
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
            while self.rest().first_chunk() == Some(b"        ") {
                self.at += 8;
            }
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    pub(super) fn truncated(&self) -> Fail {
        Fail::new(Fault::Truncated, self.text.len())
    }

    fn expected(&self, expected: &'static str) -> Fail {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            Some(found) => {
                let found = found.escape_debug().collect();
                Fail::new(Fault::Syntax { expected, found }, self.at)
            }
            None => self.truncated(),
        }
    }
}

/// The first member whose name has stood before, if any. No hashing: the time is the same for
/// every sender, however the names are chosen.
fn find_repeat<'m, 'a>(members: &'m [Member<'a>]) -> Option<&'m Member<'a>> {
    if members.len() <= FEW_NAMES {
        let mut rest = members.iter();
        let mut seen = 0;
        return rest.find(|member| {
            let before = members.get(..seen).unwrap_or_default();
            seen += 1;
            before.iter().any(|m| m.name == member.name)
        });
    }
    let mut order: Vec<&Member<'_>> = members.iter().collect();
    order.sort_by(|a, b| {
        a.name
            .cmp(&b.name)
            .then(a.name_span.start().cmp(&b.name_span.start()))
    });
    order
        .iter()
        .zip(order.iter().skip(1))
        .filter(|(first, second)| first.name == second.name)
        .map(|(_, second)| *second)
        .min_by_key(|member| member.name_span.start())
}
