//! Every outgoing reference of an object: the properties whose names end in `_ref` or `_refs`, at
//! any depth (STIX 2.1 sections 2.9 and 3.1 reserve those endings for identifiers).
//!
//! Not a resolver: whether anybody holds what is referred to is not known here.
//!
//! In the properties of the standard a value must be a well-formed identifier. Elsewhere, in
//! custom properties, custom types and custom extensions, a value that is none is no reference.

use std::collections::BTreeSet;

use super::error::{Fault, ObjectError};
use super::kind::class_of;
use super::property::{Refusal, read_list, refuse, wrong};
use super::{Head, parse};
use crate::id::ObjectId;
use crate::json::{Member, Node, Value};

/// One outgoing reference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a reference is a place and an id"
)]
pub struct Reference {
    /// The JSON pointer (RFC 6901) of the place where the id stands first.
    pub path: String,
    /// The id referred to.
    pub id: ObjectId,
}

/// Every reference of the object that `bytes` hold, with its place: the ids of
/// [`Head::references`], in the same order.
///
/// # Errors
/// The same as [`Head::read`].
pub fn references(bytes: &[u8]) -> Result<Vec<Reference>, ObjectError> {
    let node = parse(bytes)?;
    let head = Head::of(&node, 0)?;
    let known = class_of(head.kind()).is_some();
    let mut walk = Walk {
        paths: Some(Vec::new()),
        ..Walk::begin(known, head.id.as_str())
    };
    walk.object(node.members().unwrap_or_default())
        .map_err(|fault| *fault)?;
    let paths = walk.paths.unwrap_or_default().into_iter();
    let found = paths.zip(walk.found);
    Ok(found.map(|(path, id)| Reference { path, id }).collect())
}

/// The reference properties that types of STIX 2.1 define, with a single id or a list as the name
/// says: sections 3.2, 4, 5, 6 and 7; in order, to be searched.
const STANDARD: [&str; 43] = [
    "analysis_sco_refs",
    "bcc_refs",
    "belongs_to_ref",
    "belongs_to_refs",
    "body_raw_ref",
    "cc_refs",
    "child_refs",
    "contains_refs",
    "content_ref",
    "created_by_ref",
    "creator_user_ref",
    "dst_payload_ref",
    "dst_ref",
    "encapsulated_by_ref",
    "encapsulates_refs",
    "from_ref",
    "host_vm_ref",
    "image_ref",
    "installed_software_refs",
    "marking_ref",
    "message_body_data_ref",
    "object_marking_refs",
    "object_ref",
    "object_refs",
    "observed_data_refs",
    "opened_connection_refs",
    "operating_system_ref",
    "operating_system_refs",
    "parent_directory_ref",
    "parent_ref",
    "raw_email_ref",
    "resolves_to_refs",
    "sample_ref",
    "sample_refs",
    "sender_ref",
    "service_dll_refs",
    "sighting_of_ref",
    "source_ref",
    "src_payload_ref",
    "src_ref",
    "target_ref",
    "to_refs",
    "where_sighted_refs",
];

/// Whether the standard defines a reference property of that name.
pub(crate) fn is_listed(name: &str) -> bool {
    STANDARD.binary_search(&name).is_ok()
}

/// The references that the extensions of STIX 2.1 itself hold (section 6), each with its extension.
const EXTENDED: [(&str, &str); 3] = [
    ("archive-ext", "contains_refs"),
    ("http-request-ext", "message_body_data_ref"),
    ("windows-service-ext", "service_dll_refs"),
];

/// The properties common to all types (section 3.2): strict in custom types too.
const COMMON: [&str; 3] = ["created_by_ref", "marking_ref", "object_marking_refs"];

/// A step from the object to a value, for the pointer of what is found.
#[derive(Clone, Copy)]
enum Step<'n> {
    Name(&'n str),
    Index(usize),
}

/// Up to this many ids are searched for a repeat one by one; above, by a tree.
const FEW_IDS: usize = 16;

struct Walk<'n> {
    own: &'n str,
    /// The identity named as the creator, and how often it stands anywhere.
    creator: Option<&'n str>,
    creator_count: usize,
    known: bool,
    steps: Vec<Step<'n>>,
    found: Vec<ObjectId>,
    // The ids found, once they are many.
    seen: BTreeSet<ObjectId>,
    // The place of each, if anybody wants to know.
    paths: Option<Vec<String>>,
}

/// The ids that an object refers to, in the order in which they stand, each once, and whether the
/// creator is named as that and as nothing else. `known` says whether the type is one of STIX 2.1,
/// `own` is the object's id.
pub(super) fn collect(
    members: &[Member<'_>],
    known: bool,
    own: &str,
    creator: Option<&str>,
) -> Result<(Vec<ObjectId>, bool), Refusal> {
    let mut walk = Walk {
        creator,
        ..Walk::begin(known, own)
    };
    walk.object(members)?;
    Ok((walk.found, walk.creator_count == 1))
}

impl<'n> Walk<'n> {
    fn begin(known: bool, own: &'n str) -> Self {
        Self {
            own,
            creator: None,
            creator_count: 0,
            known,
            steps: Vec::new(),
            found: Vec::new(),
            seen: BTreeSet::new(),
            paths: None,
        }
    }

    fn object(&mut self, members: &'n [Member<'_>]) -> Result<(), Refusal> {
        for member in members {
            let name = &*member.name;
            self.steps.push(Step::Name(name));
            if name.ends_with("_ref") || name.ends_with("_refs") {
                self.property(name, &member.node)?;
            } else {
                self.value(&member.node)?;
            }
            self.steps.pop();
        }
        Ok(())
    }

    fn value(&mut self, node: &'n Node<'_>) -> Result<(), Refusal> {
        match &node.value {
            Value::Object(members) => self.object(members),
            Value::Array(items) => self.each(items, Self::value),
            _ => Ok(()),
        }
    }

    fn each<'a>(
        &mut self,
        items: &'n [Node<'a>],
        mut read: impl FnMut(&mut Self, &'n Node<'a>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        for (n, item) in items.iter().enumerate() {
            self.steps.push(Step::Index(n));
            read(self, item)?;
            self.steps.pop();
        }
        Ok(())
    }

    /// A property named as a reference.
    fn property(&mut self, name: &str, node: &'n Node<'_>) -> Result<(), Refusal> {
        if self.is_standard(name) {
            if name.ends_with("_ref") {
                return self.strict(node);
            }
            let items = read_list(node, || pointer(&self.steps))?;
            return self.each(items, Self::strict);
        }
        // A custom property may misuse the ending; an id in it counts, whatever the shape around.
        match &node.value {
            Value::String(_) => self.lenient(node),
            Value::Array(items) => self.each(items, |walk, item| match &item.value {
                Value::String(_) => walk.lenient(item),
                _ => walk.value(item),
            }),
            _ => self.value(node),
        }
    }

    /// Whether the property is one that the standard defines, at a place where the standard
    /// defines it.
    fn is_standard(&self, name: &str) -> bool {
        match *self.steps.as_slice() {
            [_] if !self.known => COMMON.contains(&name),
            [_] => is_listed(name),
            [Step::Name("granular_markings"), ..] => name == "marking_ref",
            [Step::Name("body_multipart"), _, _] => self.known && name == "body_raw_ref",
            [Step::Name("extensions"), Step::Name(extension), _] => {
                self.known && EXTENDED.contains(&(extension, name))
            }
            _ => false,
        }
    }

    fn strict(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        let id = read_id(node, || pointer(&self.steps))?;
        self.keep(id);
        Ok(())
    }

    fn lenient(&mut self, node: &Node<'_>) -> Result<(), Refusal> {
        if let Some(Ok(id)) = node.text().map(str::parse::<ObjectId>) {
            self.keep(id);
        }
        Ok(())
    }

    fn keep(&mut self, id: ObjectId) {
        self.creator_count += usize::from(self.creator == Some(id.as_str()));
        if id.as_str() != self.own && self.is_new(&id) {
            self.found.push(id);
            if let Some(paths) = &mut self.paths {
                paths.push(pointer(&self.steps));
            }
        }
    }

    fn is_new(&mut self, id: &ObjectId) -> bool {
        if self.found.len() < FEW_IDS {
            return !self.found.contains(id);
        }
        if self.seen.is_empty() {
            self.seen.extend(self.found.iter().cloned());
        }
        self.seen.insert(id.clone())
    }
}

/// An identifier at `node`, or a refusal that points there.
pub(super) fn read_id<P: Into<String>>(
    node: &Node<'_>,
    pointer: impl FnOnce() -> P,
) -> Result<ObjectId, Refusal> {
    match node.text().map(str::parse) {
        None => Err(wrong("an identifier in a string", node, &pointer().into())),
        Some(Ok(id)) => Ok(id),
        Some(Err(error)) => Err(refuse(Fault::IdForm(error), node, pointer())),
    }
}

/// An identifier of the type `kind` at `node`.
pub(super) fn read_id_of(
    node: &Node<'_>,
    kind: &'static str,
    pointer: impl Fn() -> String,
) -> Result<ObjectId, Refusal> {
    let id = read_id(node, &pointer)?;
    if id.kind() != kind {
        let fault = Fault::RefKind {
            id: id.to_string(),
            expected: kind,
        };
        return Err(refuse(fault, node, pointer()));
    }
    Ok(id)
}

fn pointer(steps: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        match step {
            Step::Name(name) => pointer.push_str(&escape(name)),
            Step::Index(n) => pointer.push_str(&n.to_string()),
        }
    }
    pointer
}

/// A name as a token of a JSON pointer (RFC 6901 section 3).
pub(super) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
