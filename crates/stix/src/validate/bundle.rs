//! A bundle read object by object, each judged and dropped before the next is read.
//!
//! Not a split: nothing is kept of the objects but a few bytes to tell repeats.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::finding::{Code, Report};
use super::{Check, check, check_bytes, object};
use crate::id;
use crate::json::{JsonError, MAX_DEPTH, Node, Reader, Value};

/// An object lies in a list in a bundle, so a bundle may be two levels deeper than an object.
const BUNDLE_DEPTH: usize = MAX_DEPTH + 2;

/// One object and what there is to say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its place among the objects of the bundle, from 0; none if it stands alone.
    pub index: Option<usize>,
    /// Bytes of the text before it.
    pub offset: usize,
    /// Its id, if it has one in a string.
    pub id: Option<String>,
    /// What was found; offsets count from where the object begins.
    pub report: Report,
}

/// Validates one object, a bundle or a TAXII envelope and gives the report of each object to `tell`
/// as soon as it is read. What comes back concerns the text as a whole: a fault of its JSON, or of the bundle
/// around the objects. If the JSON breaks off, the objects before the break have been told of.
pub fn each(bytes: &[u8], mut tell: impl FnMut(Entry)) -> Report {
    let sort = sort_of(bytes);
    if sort == Sort::Object {
        let report = check_bytes(bytes);
        let id = None;
        tell(Entry {
            index: None,
            offset: 0,
            id,
            report,
        });
        return Report::default();
    }
    read(bytes, sort, tell).unwrap_or_else(|error| Report::of_json(&error))
}

/// What a text says it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Object,
    Bundle,
    /// Without a type, but with objects: a TAXII envelope.
    Envelope,
}

/// What the members at the top say; a text that is broken before they do is an object.
fn sort_of(bytes: &[u8]) -> Sort {
    let mut sort = Sort::Object;
    let Ok(mut reader) = Reader::open(bytes, BUNDLE_DEPTH) else {
        return sort;
    };
    if reader.peek() != Some(b'{') {
        return sort;
    }
    // The value of `type` ends the search by a made-up fault.
    let _ = reader.object::<false>(|reader, name| {
        if name == "type" {
            sort = match reader.value::<true>()?.text() {
                Some("bundle") => Sort::Bundle,
                _ => Sort::Object,
            };
            return Err(reader.stop());
        }
        if name == "objects" && reader.peek() == Some(b'[') {
            sort = Sort::Envelope;
        }
        reader.value::<false>()
    });
    sort
}

fn read(bytes: &[u8], sort: Sort, mut tell: impl FnMut(Entry)) -> Result<Report, JsonError> {
    let mut reader = Reader::open(bytes, BUNDLE_DEPTH)?;
    let mut seen = HashSet::new();
    let mut repeats = Vec::new();
    let mut count = 0;
    let root = reader.object::<true>(|reader, name| {
        if name != "objects" || reader.peek() != Some(b'[') {
            return reader.value::<true>();
        }
        let list = reader.array::<false>(|reader, index| {
            let offset = reader.at();
            let node = reader.value::<true>()?;
            let report = check(&node, offset);
            let text = |name| node.member(name).and_then(Node::text);
            if let (Some(id), Some(modified)) = (text("id"), text("modified")) {
                let mut hasher = DefaultHasher::new();
                (id, modified).hash(&mut hasher);
                if !seen.insert(hasher.finish()) {
                    repeats.push((index, node.span));
                }
            }
            let id = text("id").map(str::to_owned);
            count += 1;
            tell(Entry {
                index: Some(index),
                offset,
                id,
                report,
            });
            Ok(node)
        })?;
        // The items have been seen to; what stays behind says that there was a list.
        Ok(Node {
            span: list.span,
            value: Value::Array(Vec::new()),
        })
    });
    let root = root.and_then(|node| reader.finish().map(|()| node));
    let root = root.map_err(|fail| fail.locate(bytes))?;
    let mut check = Check::begin(&root, 0);
    if sort == Sort::Bundle {
        judge(&mut check, &root, count);
    }
    for (index, span) in repeats {
        let value = Value::Null;
        check.step_name("objects");
        check.step_index(index);
        check.warn(&Node { span, value }, Code::Duplicate, "3.6", || {
            "another object of this bundle has the same id and `modified`; send each version once"
        });
        check.back();
        check.back();
    }
    Ok(check.finish())
}

/// Section 8.1: the properties of the bundle itself.
fn judge<'n, 'a>(check: &mut Check<'n, 'a>, root: &'n Node<'a>, count: usize) {
    let id = root.member("id");
    let text = id.and_then(Node::text);
    check.step_name("id");
    if !text.is_some_and(|text| id::is_id(text) && id::kind_of(text) == "bundle") {
        check.fail(
            id.unwrap_or(root),
            Code::BundleId,
            "8.1",
            || "a bundle needs an `id` of the form `bundle--uuid`",
        );
    } else if text.is_some_and(|text| text.as_bytes().get(text.len() - 22) != Some(&b'4')) {
        check.warn(
            id.unwrap_or(root),
            Code::IdVersion,
            "2.9",
            || "the UUID should be random; use version 4",
        );
    }
    check.back();
    for member in root.members().unwrap_or_default() {
        match &*member.name {
            "type" | "id" => {}
            "objects" if member.node.items().is_none() => {
                check.step_name("objects");
                check.wrong(&member.node, "a list of objects", "8.1");
                check.back();
            }
            "objects" if count == 0 => {
                check.step_name("objects");
                check.empty_list(&member.node);
                check.back();
            }
            "objects" => {}
            _ => object::unknown(check, member, false),
        }
    }
}
