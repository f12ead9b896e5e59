//! The derived object, written from the tree of the original: what stays is copied as it stands,
//! but for ids and the selectors of granular markings.

use std::collections::{BTreeMap, BTreeSet};

use super::property::{has_enough, is_removable};
use super::{RedactError, Redaction};
use crate::json::{Member, Node, Value};
use crate::object::Head;

/// The length of a UUID as text.
const UUID_LEN: usize = 36;

/// What of a property is left out.
enum Gap {
    Whole,
    Items(BTreeSet<usize>),
}

pub(super) struct Writer<'a> {
    text: &'a [u8],
    redaction: &'a Redaction<'a>,
    kind: String,
    map: &'a mut dyn FnMut(&str) -> Option<String>,
    gaps: BTreeMap<String, Gap>,
    /// For the UUID of each id that becomes another one: that one's.
    uuids: BTreeMap<String, String>,
    out: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        text: &'a [u8],
        redaction: &'a Redaction<'a>,
        head: &Head,
        map: &'a mut dyn FnMut(&str) -> Option<String>,
    ) -> Self {
        let mut uuids = BTreeMap::new();
        for id in &head.references {
            if let Some(new) = map(id.as_str()).as_deref().and_then(uuid_of) {
                uuids.insert(id.uuid().to_owned(), new.to_owned());
            }
        }
        uuids.insert(head.id.uuid().to_owned(), redaction.id.uuid().to_owned());
        Self {
            text,
            redaction,
            kind: head.kind().to_owned(),
            map,
            gaps: BTreeMap::new(),
            uuids,
            out: Vec::with_capacity(text.len()),
        }
    }

    /// Works out what is left out.
    pub(super) fn leave_out(&mut self, members: &[Member<'_>]) -> Result<(), RedactError> {
        let given = |name: &str| members.iter().find(|member| member.name == name);
        for &name in self.redaction.properties {
            // The creator is another one in any case.
            if name != "created_by_ref" && given(name).is_some() {
                self.gap(name, None)?;
            }
        }
        let parts = given("granular_markings").and_then(|member| member.node.items());
        for part in parts.unwrap_or_default() {
            if !self.is_left_out(part) {
                continue;
            }
            for selector in selectors(part) {
                let (name, index) = split(selector);
                let item = index.filter(|_| given(name).is_some_and(|m| m.node.items().is_some()));
                self.gap(name, item)?;
            }
        }
        for member in members {
            if let Some(Gap::Items(gone)) = self.gaps.get(&*member.name)
                && member
                    .node
                    .items()
                    .is_some_and(|all| all.len() == gone.len())
            {
                self.gap(&member.name, None)?;
            }
        }
        let left =
            |name: &str| given(name).is_some() && !matches!(self.gaps.get(name), Some(Gap::Whole));
        if !has_enough(&self.kind, left) {
            return Err(RedactError::Empty(self.kind.clone()));
        }
        Ok(())
    }

    fn gap(&mut self, name: &str, item: Option<usize>) -> Result<(), RedactError> {
        if !is_removable(&self.kind, name) {
            return Err(RedactError::Fixed(name.to_owned(), self.kind.clone()));
        }
        match (self.gaps.get_mut(name), item) {
            (Some(Gap::Items(items)), Some(item)) => {
                items.insert(item);
            }
            (Some(Gap::Whole), _) => {}
            (Some(gap), None) => *gap = Gap::Whole,
            (None, item) => {
                let gap = item.map_or(Gap::Whole, |item| Gap::Items([item].into()));
                self.gaps.insert(name.to_owned(), gap);
            }
        }
        Ok(())
    }

    fn is_left_out(&self, part: &Node<'_>) -> bool {
        let marking = part.member("marking_ref").and_then(Node::text);
        marking.is_some_and(|marking| self.redaction.markings.contains(&marking))
    }

    /// The whole object; the creator is added where the original names none.
    pub(super) fn object(mut self, members: &[Member<'_>], is_created: bool) -> Vec<u8> {
        let mut first = true;
        self.out.push(b'{');
        let named = members.iter().any(|member| member.name == "created_by_ref");
        for member in members {
            let name = &*member.name;
            if matches!(self.gaps.get(name), Some(Gap::Whole)) {
                continue;
            }
            if name == "granular_markings" {
                let parts = self.parts(&member.node);
                if !parts.is_empty() {
                    self.name(member, &mut first);
                    self.out.extend_from_slice(parts.as_bytes());
                }
                continue;
            }
            self.name(member, &mut first);
            match (name, self.gaps.get(name)) {
                ("id", _) => self.string(self.redaction.id.as_str()),
                ("created_by_ref", _) => self.string(self.redaction.creator.as_str()),
                ("contents", _) if self.kind == "language-content" => self.contents(&member.node),
                (_, Some(Gap::Items(gone))) => {
                    let gone = gone.clone();
                    self.list(&member.node, &gone);
                }
                _ => self.value(&member.node, name == "extensions"),
            }
            if name == "id" && is_created && !named {
                self.out.extend_from_slice(b",\"created_by_ref\":");
                self.string(self.redaction.creator.as_str());
            }
        }
        self.out.push(b'}');
        self.out
    }

    fn name(&mut self, member: &Member<'_>, first: &mut bool) {
        self.comma(first);
        self.out.extend_from_slice(member.name_span.of(self.text));
        self.out.push(b':');
    }

    fn comma(&mut self, first: &mut bool) {
        if !std::mem::take(first) {
            self.out.push(b',');
        }
    }

    fn list(&mut self, node: &Node<'_>, gone: &BTreeSet<usize>) {
        let mut first = true;
        self.out.push(b'[');
        for (n, item) in node.items().unwrap_or_default().iter().enumerate() {
            if !gone.contains(&n) {
                self.comma(&mut first);
                self.value(item, false);
            }
        }
        self.out.push(b']');
    }

    /// The translations of another object's properties (STIX 2.1 section 7.1): what is left out
    /// there is left out here.
    fn contents(&mut self, node: &Node<'_>) {
        let properties = self.redaction.properties;
        let mut first = true;
        self.out.push(b'{');
        for language in node.members().unwrap_or_default() {
            self.name(language, &mut first);
            let mut first = true;
            self.out.push(b'{');
            for member in language.node.members().unwrap_or_default() {
                if !properties.contains(&&*member.name) {
                    self.name(member, &mut first);
                    self.value(&member.node, false);
                }
            }
            self.out.push(b'}');
        }
        self.out.push(b'}');
    }

    /// A value with its ids replaced. The keys of `extensions` say how to read what they hold, and
    /// stay.
    fn value(&mut self, node: &Node<'_>, keys_stay: bool) {
        match &node.value {
            Value::String(text) => match self.replace(text) {
                Some(new) => self.string(&new),
                None => self.out.extend_from_slice(node.span.of(self.text)),
            },
            Value::Array(_) => self.list(node, &BTreeSet::new()),
            Value::Object(members) => {
                let mut first = true;
                self.out.push(b'{');
                for member in members {
                    match self.replace(&member.name).filter(|_| !keys_stay) {
                        Some(name) => {
                            self.comma(&mut first);
                            self.string(&name);
                            self.out.push(b':');
                        }
                        None => self.name(member, &mut first),
                    }
                    self.value(&member.node, false);
                }
                self.out.push(b'}');
            }
            _ => self.out.extend_from_slice(node.span.of(self.text)),
        }
    }

    /// A text in which ids have become others; none if it holds none that does.
    fn replace(&mut self, text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let mut new: Option<String> = None;
        let mut copied = 0;
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + UUID_LEN) {
            let Some(uuid) = read_uuid(window) else {
                at += 1;
                continue;
            };
            let replaced = self.uuids.get(&uuid).cloned().or_else(|| {
                let kind = text.get(..at)?.strip_suffix("--")?;
                let start = kind
                    .rfind(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'))
                    .map_or(0, |end| end + 1);
                // What is not ASCII is longer than a byte: then the cut is no cut.
                let kind = kind.get(start..)?;
                let mapped = (self.map)(&format!("{kind}--{uuid}"))?;
                uuid_of(&mapped).map(str::to_owned)
            });
            if let Some(replaced) = replaced {
                let new = new.get_or_insert_default();
                new.push_str(text.get(copied..at).unwrap_or_default());
                new.push_str(&replaced);
                copied = at + UUID_LEN;
                at = copied;
            } else {
                // Another may begin within it.
                at += 1;
            }
        }
        let mut new = new?;
        new.push_str(text.get(copied..).unwrap_or_default());
        Some(new)
    }

    /// The granular markings of what is left.
    fn parts(&mut self, node: &Node<'_>) -> String {
        let mut parts = Vec::new();
        for part in node.items().unwrap_or_default() {
            if self.is_left_out(part) {
                continue;
            }
            let left: Vec<String> = selectors(part).filter_map(|one| self.moved(one)).collect();
            if left.is_empty() {
                continue;
            }
            let kept = std::mem::take(&mut self.out);
            let mut first = true;
            self.out.push(b'{');
            for member in part.members().unwrap_or_default() {
                self.name(member, &mut first);
                if member.name == "selectors" {
                    let mut first = true;
                    self.out.push(b'[');
                    for selector in &left {
                        self.comma(&mut first);
                        self.string(selector);
                    }
                    self.out.push(b']');
                } else {
                    self.value(&member.node, false);
                }
            }
            self.out.push(b'}');
            let part = std::mem::replace(&mut self.out, kept);
            parts.push(String::from_utf8(part).unwrap_or_default());
        }
        match parts.is_empty() {
            true => String::new(),
            false => format!("[{}]", parts.join(",")),
        }
    }

    /// The selector of the same value in what is left, if it is left.
    fn moved(&self, selector: &str) -> Option<String> {
        let (name, index) = split(selector);
        match self.gaps.get(name) {
            None => Some(selector.to_owned()),
            Some(Gap::Whole) => None,
            Some(Gap::Items(gone)) => {
                let Some(index) = index else {
                    return Some(selector.to_owned());
                };
                let before = gone.range(..index).count();
                let rest = selector.splitn(3, '.').nth(2);
                let rest = rest.map_or_else(String::new, |rest| format!(".{rest}"));
                (!gone.contains(&index)).then(|| format!("{name}.[{}]{rest}", index - before))
            }
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        for c in text.chars() {
            match c {
                '"' => self.out.extend_from_slice(b"\\\""),
                '\\' => self.out.extend_from_slice(b"\\\\"),
                c if c < ' ' => {
                    let escape = format!("\\u{:04x}", u32::from(c));
                    self.out.extend_from_slice(escape.as_bytes());
                }
                c => self
                    .out
                    .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        self.out.push(b'"');
    }
}

fn selectors<'n>(part: &'n Node<'_>) -> impl Iterator<Item = &'n str> {
    let list = part.member("selectors").and_then(Node::items);
    list.into_iter().flatten().filter_map(Node::text)
}

/// The property that a selector begins with, and the item of it that comes next.
pub(super) fn split(selector: &str) -> (&str, Option<usize>) {
    let mut steps = selector.split('.');
    let name = steps.next().unwrap_or_default();
    let index = steps
        .next()
        .and_then(|step| step.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    (name, index)
}

fn uuid_of(id: &str) -> Option<&str> {
    id.len().checked_sub(UUID_LEN).and_then(|at| id.get(at..))
}

/// A UUID in lower case, if these bytes are one.
fn read_uuid(bytes: &[u8]) -> Option<String> {
    let sound = bytes.iter().enumerate().all(|(n, b)| match n {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    let text = std::str::from_utf8(bytes).ok().filter(|_| sound)?;
    Some(text.to_ascii_lowercase())
}
