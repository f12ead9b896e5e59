//! A TAXII envelope or a STIX bundle, split into the exact bytes of its objects.
//!
//! Nothing is copied and nothing is rewritten: what comes out are slices of what came in. Whether
//! the objects themselves are sound is not decided here, except that their JSON is.

mod error;
mod outline;

pub use error::SplitError;
pub use outline::outline;

use crate::id::ObjectId;
use crate::json::{MAX_DEPTH, Node, Place, Reader, Value};
use crate::object::{Head, ObjectError};
use error::Fault;

/// An object lies in a list in an object, so a body may be two levels deeper than an object.
const BODY_DEPTH: usize = MAX_DEPTH + 2;

/// What a body is meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the two containers of the standards, and either"
)]
pub enum Shape {
    /// `{"objects": [...], "more": ..., "next": ...}` (TAXII 2.1 section 3.7).
    Envelope,
    /// `{"type": "bundle", "id": ..., "objects": [...]}` (STIX 2.1 section 8).
    Bundle,
    /// A bundle if it says so, otherwise an envelope.
    Any,
}

/// The objects of a body, each with its exact bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split<'a> {
    /// What the body turned out to be, never [`Shape::Any`].
    pub shape: Shape,
    /// Each object from its `{` to its `}`, in the order of the body.
    pub objects: Vec<&'a [u8]>,
    /// For each object, how many bytes of the body stand before it.
    pub offsets: Vec<usize>,
}

/// Splits a body into its objects. A body without `objects` has none.
///
/// At most `limit` objects are kept; a body with more is refused as a whole.
///
/// # Errors
/// [`SplitError`]: a fault of the JSON anywhere in the body, whichever comes first in the text, or
/// a body of another shape.
pub fn split(bytes: &[u8], shape: Shape, limit: usize) -> Result<Split<'_>, SplitError> {
    scan::<false>(bytes, shape, limit, |_, _| {})
}

/// Splits a body as [`split`] does and reads the head of each object in the same pass. A head that
/// is refused does not refuse the others.
///
/// # Errors
/// The same as [`split`].
pub fn split_heads(
    bytes: &[u8],
    shape: Shape,
    limit: usize,
) -> Result<(Split<'_>, Vec<Result<Head, ObjectError>>), SplitError> {
    let mut heads = Vec::new();
    let split = split_each(bytes, shape, limit, |node, start| {
        heads.push(Head::of(node, start));
    })?;
    Ok((split, heads))
}

/// Splits a body as [`split`] does and shows each object as a tree in the same pass, with how many
/// bytes of the body stand before it. Whether the body is sound is known only at the end.
///
/// # Errors
/// The same as [`split`].
pub fn split_each<'a>(
    bytes: &'a [u8],
    shape: Shape,
    limit: usize,
    each: impl FnMut(&Node<'a>, usize),
) -> Result<Split<'a>, SplitError> {
    scan::<true>(bytes, shape, limit, each)
}

fn scan<'a, const KEEP: bool>(
    bytes: &'a [u8],
    shape: Shape,
    limit: usize,
    mut each: impl FnMut(&Node<'a>, usize),
) -> Result<Split<'a>, SplitError> {
    let mut reader = Reader::open(bytes, BODY_DEPTH).map_err(SplitError::json)?;
    let mut found = Found {
        objects: Vec::new(),
        offsets: Vec::new(),
        fault: None,
    };
    let read = if reader.peek() == Some(b'{') {
        reader.object::<true>(|reader, name| {
            if name != "objects" || reader.peek() != Some(b'[') {
                return reader.value::<true>();
            }
            let list = reader.array::<false>(|reader, index| {
                let start = reader.at();
                let brace = reader.peek() == Some(b'{');
                let node = reader.value::<KEEP>()?;
                if !brace {
                    found.refuse(Fault::NotAnObject, start, format!("/objects/{index}"));
                } else if index >= limit {
                    found.refuse(Fault::TooMany { limit }, start, format!("/objects/{index}"));
                } else {
                    found
                        .objects
                        .push(bytes.get(start..reader.at()).unwrap_or_default());
                    found.offsets.push(start);
                    each(&node, start);
                }
                Ok(node)
            })?;
            // The items have been seen to; what stays behind says that there was a list.
            Ok(Node {
                span: list.span,
                value: Value::Array(Vec::new()),
            })
        })
    } else {
        reader.value::<true>()
    };
    let root = read
        .and_then(|node| reader.finish().map(|()| node))
        .map_err(|fail| SplitError::json(fail.locate(bytes)))?;
    let shape = judge(&root, shape, &mut found);
    match found.fault {
        Some((fault, offset, pointer)) => Err(SplitError::shape(
            fault,
            Place::find(bytes, offset, pointer),
        )),
        None => Ok(Split {
            shape,
            objects: found.objects,
            offsets: found.offsets,
        }),
    }
}

/// What a scan has gathered, and the first fault of shape. Such a fault is told only when the JSON
/// is sound to its end, so that a broken body is always told as broken.
struct Found<'a> {
    objects: Vec<&'a [u8]>,
    offsets: Vec<usize>,
    fault: Option<(Fault, usize, String)>,
}

impl Found<'_> {
    fn refuse(&mut self, fault: Fault, offset: usize, pointer: String) {
        self.fault.get_or_insert((fault, offset, pointer));
    }

    /// A fault of the body as a whole, which explains those of its objects.
    fn refuse_body(&mut self, fault: Fault, node: &Node<'_>, pointer: &str) {
        self.fault = Some((fault, node.span.start(), pointer.to_owned()));
    }

    /// Wants `node`, if it is there, to be as `held` says.
    fn want(&mut self, node: Option<&Node<'_>>, name: &str, expected: &'static str, held: bool) {
        if let Some(node) = node.filter(|_| !held) {
            let fault = Fault::WrongType {
                expected,
                found: node.what(),
            };
            self.refuse(fault, node.span.start(), format!("/{name}"));
        }
    }
}

/// Checks the members beside the objects and says which shape the body has.
fn judge(root: &Node<'_>, wanted: Shape, found: &mut Found<'_>) -> Shape {
    let kind = root.member("type");
    let bundle = kind.and_then(Node::text) == Some("bundle");
    let shape = match (wanted, bundle) {
        (Shape::Any, true) => Shape::Bundle,
        (Shape::Any, false) => Shape::Envelope,
        _ => wanted,
    };
    let objects = root.member("objects");
    let list = objects.is_some_and(|node| node.items().is_some());
    if root.members().is_none() {
        found.refuse_body(Fault::NotABody { found: root.what() }, root, "");
    } else if shape == Shape::Bundle && !bundle {
        found.refuse_body(
            Fault::NotABundle,
            kind.unwrap_or(root),
            kind.map_or("", |_| "/type"),
        );
    } else if shape == Shape::Envelope && bundle {
        found.refuse_body(Fault::BundleNotEnvelope, kind.unwrap_or(root), "/type");
    } else if kind.is_some() && objects.is_none() && !bundle {
        found.refuse_body(Fault::ObjectNotEnvelope, root, "");
    } else {
        found.want(objects, "objects", "a list of objects", list);
        if shape == Shape::Bundle {
            judge_bundle_id(root, found);
        } else {
            // TAXII 2.1 section 3.7
            let (more, next) = (root.member("more"), root.member("next"));
            found.want(
                more,
                "more",
                "a boolean",
                more.is_some_and(|n| n.truth().is_some()),
            );
            found.want(
                next,
                "next",
                "a string",
                next.is_some_and(|n| n.text().is_some()),
            );
        }
    }
    shape
}

/// The id of a bundle (STIX 2.1 section 8.1).
fn judge_bundle_id(root: &Node<'_>, found: &mut Found<'_>) {
    let Some(node) = root.member("id") else {
        return found.refuse_body(Fault::BundleId, root, "");
    };
    let id = node.text().and_then(|text| text.parse::<ObjectId>().ok());
    if id.is_none_or(|id| id.kind() != "bundle") {
        found.refuse_body(Fault::BundleId, node, "/id");
    }
}
