//! The common properties (STIX 2.1 section 3.2), put together into a head.
//!
//! Not the markings, the references and the meaning of marking definitions: those have files of
//! their own.

use super::error::{Fault, ObjectError};
use super::kind::{Class, class_of, required_refs, times};
use super::{Head, SPEC_VERSION, definition, marking, reference};
use crate::id::{ObjectId, is_kind};
use crate::json::{Member, Node};
use crate::timestamp::Timestamp;

/// Boxed, since it is rare and a head is read millions of times.
pub(super) type Refusal = Box<ObjectError>;

/// A refusal of what stands at `node`.
pub(super) fn refuse(fault: Fault, node: &Node<'_>, pointer: impl Into<String>) -> Refusal {
    Box::new(ObjectError {
        fault,
        pointer: pointer.into(),
        offset: node.span.start(),
    })
}

/// The common properties of an object, found in one pass over its members.
#[derive(Default)]
pub(super) struct Common<'n, 'a> {
    kind: Option<&'n Node<'a>>,
    id: Option<&'n Node<'a>>,
    spec_version: Option<&'n Node<'a>>,
    created: Option<&'n Node<'a>>,
    modified: Option<&'n Node<'a>>,
    revoked: Option<&'n Node<'a>>,
    created_by_ref: Option<&'n Node<'a>>,
    object_marking_refs: Option<&'n Node<'a>>,
    granular_markings: Option<&'n Node<'a>>,
    pub(super) extensions: Option<&'n Node<'a>>,
}

impl<'n, 'a> Common<'n, 'a> {
    fn find(members: &'n [Member<'a>]) -> Self {
        let mut found = Self::default();
        for member in members {
            let place = match &*member.name {
                "type" => &mut found.kind,
                "id" => &mut found.id,
                "spec_version" => &mut found.spec_version,
                "created" => &mut found.created,
                "modified" => &mut found.modified,
                "revoked" => &mut found.revoked,
                "created_by_ref" => &mut found.created_by_ref,
                "object_marking_refs" => &mut found.object_marking_refs,
                "granular_markings" => &mut found.granular_markings,
                "extensions" => &mut found.extensions,
                _ => continue,
            };
            *place = Some(&member.node);
        }
        found
    }
}

pub(super) fn read(node: &Node<'_>) -> Result<Head, Refusal> {
    let members = node
        .members()
        .ok_or_else(|| refuse(Fault::NotAnObject { found: node.what() }, node, ""))?;
    let common = Common::find(members);
    let kind = read_kind(node, &common)?;
    let id = read_id(node, &common, kind)?;
    let known = class_of(kind);
    let versioned = common.created.is_some() || common.modified.is_some();
    let class = known.unwrap_or(if versioned {
        Class::Domain
    } else {
        Class::Observable
    });
    if class != Class::Observable || common.spec_version.is_some() {
        read_spec_version(node, &common)?;
    }
    let (created, modified) = read_version(node, &common, kind, class)?;
    for member in members
        .iter()
        .filter(|member| times(kind).contains(&&*member.name))
    {
        read_time(&member.node, &member.name, Timestamp::check)?;
    }
    if let Some(extensions) = common.extensions {
        read_extensions(extensions)?;
    }
    let mut head = Head {
        id,
        class,
        spec_version: SPEC_VERSION,
        created,
        modified,
        revoked: common
            .revoked
            .map_or(Ok(false), |n| read_truth(n, "/revoked"))?,
        created_by_ref: read_creator(&common)?,
        object_marking_refs: marking::read_object(common.object_marking_refs)?,
        granular: marking::read_granular(node, common.granular_markings)?,
        creator_alone: false,
        references: Vec::new(),
        definition: None,
    };
    marking::refuse_itself(node, &head)?;
    // Section 4.14: observed data holds its objects in one of two ways.
    let old = kind == "observed-data" && node.member("objects").is_some();
    for name in required_refs(kind).iter().filter(|_| !old) {
        if node.member(name).is_none() {
            return Err(missing(node, name, kind));
        }
    }
    let creator = head.created_by_ref.as_ref().map(ObjectId::as_str);
    (head.references, head.creator_alone) =
        reference::collect(members, known.is_some(), head.id.as_str(), creator)?;
    head.definition = definition::read(node, &common, &head)?;
    Ok(head)
}

pub(super) fn missing(node: &Node<'_>, name: &'static str, kind: &str) -> Refusal {
    refuse(
        Fault::Missing {
            name,
            kind: kind.to_owned(),
        },
        node,
        "",
    )
}

pub(super) fn wrong(expected: &'static str, node: &Node<'_>, pointer: &str) -> Refusal {
    refuse(
        Fault::WrongType {
            expected,
            found: node.what(),
        },
        node,
        pointer,
    )
}

fn read_kind<'n>(node: &Node<'_>, common: &Common<'n, '_>) -> Result<&'n str, Refusal> {
    let found = common
        .kind
        .ok_or_else(|| missing(node, "type", "STIX object"))?;
    let kind = found
        .text()
        .ok_or_else(|| wrong("a string", found, "/type"))?;
    if kind == "bundle" {
        return Err(refuse(Fault::BundleInside, found, "/type"));
    }
    if !is_kind(kind) {
        return Err(refuse(
            Fault::KindForm(kind.chars().take(300).collect()),
            found,
            "/type",
        ));
    }
    Ok(kind)
}

fn read_id(node: &Node<'_>, common: &Common<'_, '_>, kind: &str) -> Result<ObjectId, Refusal> {
    let found = common.id.ok_or_else(|| missing(node, "id", kind))?;
    let id = reference::read_id(found, || "/id")?;
    if id.kind() != kind {
        let fault = Fault::IdKind {
            id: id.to_string(),
            kind: kind.to_owned(),
        };
        return Err(refuse(fault, found, "/id"));
    }
    Ok(id)
}

/// STIX 2.1 section 3.2: "2.1" on everything that is versioned; an observable may leave it out.
fn read_spec_version(node: &Node<'_>, common: &Common<'_, '_>) -> Result<(), Refusal> {
    let Some(found) = common.spec_version else {
        return Err(refuse(
            Fault::SpecVersion {
                found: "missing".to_owned(),
            },
            node,
            "",
        ));
    };
    match found
        .text()
        .ok_or_else(|| wrong("the string `2.1`", found, "/spec_version"))?
    {
        SPEC_VERSION => Ok(()),
        other => {
            let given: String = other.chars().take(80).collect();
            let fault = Fault::SpecVersion {
                found: format!("`{given}`"),
            };
            Err(refuse(fault, found, "/spec_version"))
        }
    }
}

/// `created` and `modified`: both on domain, relationship and meta objects, save that a marking
/// definition needs no `modified` (STIX 2.1 section 7.2.1); neither on an observable.
fn read_version(
    node: &Node<'_>,
    common: &Common<'_, '_>,
    kind: &str,
    class: Class,
) -> Result<(Option<Timestamp>, Option<Timestamp>), Refusal> {
    let read = |found: Option<&Node<'_>>, name: &'static str, needed: bool| match found {
        Some(found) => read_time(found, name, str::parse::<Timestamp>).map(Some),
        None if needed => Err(missing(node, name, kind)),
        None => Ok(None),
    };
    let needed = class != Class::Observable;
    let created = read(common.created, "created", needed)?;
    let modified = read(
        common.modified,
        "modified",
        needed && kind != "marking-definition",
    )?;
    if let (Some(before), Some(after), Some(found)) = (created, modified, common.modified)
        && after < before
    {
        return Err(refuse(Fault::ModifiedBeforeCreated, found, "/modified"));
    }
    Ok((created, modified))
}

fn read_time<T>(
    node: &Node<'_>,
    name: &str,
    read: impl Fn(&str) -> Result<T, crate::timestamp::TimestampError>,
) -> Result<T, Refusal> {
    let pointer = || format!("/{name}");
    let text = node
        .text()
        .ok_or_else(|| wrong("a timestamp in a string", node, &pointer()))?;
    read(text).map_err(|error| refuse(Fault::Timestamp(error), node, pointer()))
}

fn read_truth(node: &Node<'_>, pointer: &str) -> Result<bool, Refusal> {
    node.truth()
        .ok_or_else(|| wrong("a boolean", node, pointer))
}

/// STIX 2.1 section 7.3: a dictionary whose values are objects.
fn read_extensions(extensions: &Node<'_>) -> Result<(), Refusal> {
    let members = extensions
        .members()
        .ok_or_else(|| wrong("an object of extensions", extensions, "/extensions"))?;
    for member in members {
        if member.node.members().is_none() {
            let pointer = format!("/extensions/{}", reference::escape(&member.name));
            return Err(wrong("an object", &member.node, &pointer));
        }
    }
    Ok(())
}

fn read_creator(common: &Common<'_, '_>) -> Result<Option<ObjectId>, Refusal> {
    let read = |node| reference::read_id_of(node, "identity", || "/created_by_ref".to_owned());
    common.created_by_ref.map(read).transpose()
}

/// The items of a list that may not be empty (STIX 2.1 section 2.12).
pub(super) fn read_list<'n, 'a, P: Into<String>>(
    node: &'n Node<'a>,
    pointer: impl FnOnce() -> P,
) -> Result<&'n [Node<'a>], Refusal> {
    match node.items() {
        None => Err(wrong("a list", node, &pointer().into())),
        Some([]) => Err(refuse(Fault::EmptyList, node, pointer())),
        Some(items) => Ok(items),
    }
}
