//! One object from its type to its last property: which tables judge it, its id, its version, its
//! extensions, and what no table knows.
//!
//! Not the tables.

use super::check::Check;
use super::finding::{Code, quote};
use super::rule::{Kind, Refs, Table};
use super::vocabulary;
use super::{domain, extension, form, marking, meta, observable, relationship};
use crate::id;
use crate::json::{Member, Node};
use crate::object::{Class, SPEC_VERSION, class_of, is_listed};

/// Section 3.8.
const RESERVED: [&str; 4] = ["action", "phone_numbers", "severity", "username"];

/// The table of a type; none for a custom one.
pub(crate) fn table_of(kind: &str) -> Option<&'static Table> {
    let mut tables = (relationship::TABLES.iter())
        .chain(domain::TABLES)
        .chain(observable::TABLES)
        .chain(meta::TABLES);
    tables.find(|table| table.name == kind)
}

/// What an object says of itself that decides how it is judged.
struct Nature {
    /// The sort of its type, if that is one of the standard.
    class: Option<Class>,
    /// Whether an extension brings top-level properties of its own.
    open: bool,
}

/// Judges the object at the reader's root.
pub(super) fn check<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>) {
    if node.members().is_none() {
        return check.fail(node, Code::NotAnObject, "3", || {
            format!("this is {}, not a STIX object; send an object", node.what())
        });
    }
    whole(check, node, None);
}

/// Judges an observable in the old container of observed data.
pub(super) fn contained<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>) {
    whole(check, node, Some(Class::Observable));
}

fn whole<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>, wanted: Option<Class>) {
    let kind = node.member("type").and_then(Node::text);
    let class = kind.and_then(class_of);
    let versioned = node.member("created").is_some() || node.member("modified").is_some();
    let observed = match class {
        Some(class) => class == Class::Observable,
        None => wanted.is_some() || !versioned,
    };
    let nature = Nature {
        class,
        open: uses(node, &["toplevel-property-extension"]),
    };
    let common = match (kind, observed) {
        (Some("marking-definition"), _) => &meta::UNVERSIONED,
        (_, true) => &meta::OBSERVED,
        (_, false) => &meta::VERSIONED,
    };
    if let Some(found) = node.member("type") {
        check.step_name("type");
        judge_kind(check, found, node, &nature);
        check.back();
    }
    if let (Some(found), Some(kind)) = (node.member("id"), kind) {
        check.step_name("id");
        judge_id(check, found, kind, node, &nature);
        check.back();
    }
    if let Some(found) = node.member("spec_version") {
        check.step_name("spec_version");
        judge_version(check, found);
        check.back();
    }
    let table = kind.and_then(table_of);
    check.tables(node, [table, Some(common)], |check, member| {
        unknown(check, member, nature.class.is_none() || nature.open);
        misplaced(check, member, nature.class.is_some());
    });
    for (name, judge) in [
        ("object_marking_refs", marking::not_itself as Judge<'n, 'a>),
        ("granular_markings", marking::granular),
        ("extensions", extensions),
    ] {
        if let Some(found) = node.member(name) {
            check.step_name(name);
            judge(check, found);
            check.back();
        }
    }
}

type Judge<'n, 'a> = fn(&mut Check<'n, 'a>, &'n Node<'a>);

/// Whether the object has an extension of one of these types.
fn uses(node: &Node<'_>, types: &[&str]) -> bool {
    let extensions = node.member("extensions").and_then(Node::members);
    extensions.unwrap_or_default().iter().any(|member| {
        let kind = member.node.member("extension_type").and_then(Node::text);
        kind.is_some_and(|kind| types.contains(&kind))
    })
}

fn judge_kind(check: &mut Check<'_, '_>, found: &Node<'_>, node: &Node<'_>, nature: &Nature) {
    let Some(kind) = found.text() else {
        return check.wrong(found, "a string", "3.2");
    };
    if kind == "bundle" {
        return check.fail(
            found,
            Code::BundleInside,
            "8",
            || "a bundle is not an object; send the objects in it",
        );
    }
    if !id::is_kind(kind) || !kind.starts_with(|c: char| c.is_ascii_lowercase()) {
        return check.fail(found, Code::KindForm, "3.1", || {
            format!("`{}` is not a type: begin with a letter and use 3 to 250 of a-z, 0-9 and single hyphens", quote(kind))
        });
    }
    if RESERVED.contains(&kind) {
        return check.fail(found, Code::Reserved, "3.8", || {
            format!("`{kind}` is reserved; use another type")
        });
    }
    if nature.class.is_none() && !uses(node, &["new-sdo", "new-sco", "new-sro"]) {
        check.warn(found, Code::Custom, "11.2", || {
            format!(
                "`{}` is no type of the standard; define it in an extension",
                quote(kind)
            )
        });
    }
}

/// Section 2.9: the type and a UUID; version 4, or 5 for observables whose content decides it.
fn judge_id(
    check: &mut Check<'_, '_>,
    found: &Node<'_>,
    kind: &str,
    node: &Node<'_>,
    nature: &Nature,
) {
    let Some(text) = found.text() else {
        return check.wrong(found, "an identifier in a string", "2.9");
    };
    if !id::is_id(text) {
        if check.container.is_some() {
            return;
        }
        return check.no_id(found, text);
    }
    if id::kind_of(text) != kind {
        return check.fail(found, Code::IdType, "2.9", || {
            format!(
                "`{text}` is the id of another type; begin it with `{}--`",
                quote(kind)
            )
        });
    }
    let version = text.as_bytes().get(text.len() - 22).copied();
    let contributing = crate::sco::contributing(kind);
    let random = |check: &mut Check<'_, '_>| {
        check.fail(
            found,
            Code::IdVersion,
            "2.9",
            || "nothing here decides the id, so its UUID must be random; make one of version 4",
        );
    };
    match (nature.class, contributing, version) {
        (Some(Class::Observable), Some([]), Some(version)) if version != b'4' => random(check),
        (Some(Class::Observable), Some([]), _) => {}
        (Some(Class::Observable), Some(names), Some(version)) => {
            let decided = names.iter().any(|name| node.member(name).is_some());
            if !decided && version != b'4' && crate::sco::is_optional(kind) {
                random(check);
            } else if version != b'5' {
                check.warn(
                    found,
                    Code::IdVersion,
                    "2.9",
                    || "the UUID of an observable should be made from its content; use version 5",
                );
            }
        }
        (_, _, version) if version != Some(b'4') => {
            check.warn(
                found,
                Code::IdVersion,
                "2.9",
                || "the UUID should be random; use version 4",
            );
        }
        _ => {}
    }
}

fn judge_version(check: &mut Check<'_, '_>, found: &Node<'_>) {
    match found.text() {
        Some(SPEC_VERSION) => {}
        Some(other) => check.fail(found, Code::SpecVersion, "3.2", || {
            format!(
                "`{}` is another version of STIX; convert the object and write `2.1`",
                quote(other)
            )
        }),
        None => check.wrong(found, "the string `2.1`", "3.2"),
    }
}

/// Judges a property that no table has: its name, and that it is something. `free` says that the
/// place is open to such properties without a word.
pub(super) fn unknown<'n, 'a>(check: &mut Check<'n, 'a>, member: &'n Member<'a>, free: bool) {
    let (name, node) = (&*member.name, &member.node);
    check.step_name(name);
    if RESERVED.contains(&name) {
        check.fail(node, Code::Reserved, "3.8", || {
            format!("`{name}` is reserved; use another name")
        });
    } else if !form::is_property_name(name) {
        check.fail(node, Code::PropertyName, "3.1", || {
            "a property begins with a letter and has 3 to 250 of a-z, 0-9 and underscores; rename it"
        });
    } else if !free {
        check.warn(
            node,
            Code::Custom,
            "11.1",
            || "the standard has no such property here; define it in an extension",
        );
    }
    if name.ends_with("_bin") {
        check.value(Kind::Binary, node, "3.1");
    } else if name.ends_with("_hex") {
        check.value(Kind::Hex, node, "3.1");
    } else {
        check.something(node);
    }
    check.back();
}

/// A common property on a type that does not use it means there what it means elsewhere (section
/// 3.6 speaks of observables that are versioned); so does another type's reference on a type of
/// the standard.
fn misplaced<'n, 'a>(check: &mut Check<'n, 'a>, member: &'n Member<'a>, known: bool) {
    let kind = match &*member.name {
        "created" | "modified" => Kind::Time,
        "created_by_ref" => Kind::Id(Refs::Of(&["identity"])),
        "lang" => Kind::Form(&form::LANGUAGE),
        "revoked" => Kind::Flag,
        name if known && is_listed(name) && name.ends_with("_ref") => Kind::Id(Refs::Any),
        name if known && is_listed(name) => Kind::Ids(Refs::Any),
        _ => return,
    };
    check.step_name(&member.name);
    check.value(kind, &member.node, "3.2");
    check.back();
}

/// Section 3.2: predefined extensions by their name, others by the id of their definition.
fn extensions<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>) {
    let Some(members) = node.members() else {
        return check.wrong(node, "an object of extensions", "3.2");
    };
    if members.is_empty() {
        return check.empty_object(node, "2.3");
    }
    let kind = check.root.member("type").and_then(Node::text);
    let observed = kind.and_then(class_of) == Some(Class::Observable);
    for member in members {
        let (name, at) = (&*member.name, &member.node);
        check.step_name(name);
        let predefined = extension::TABLES.iter().find(|(_, t)| t.name == name);
        let predefined = predefined.filter(|(of, _)| Some(*of) == kind);
        if id::is_id(name) && id::kind_of(name) == "extension-definition" {
            defined(check, at);
        } else if let Some((_, table)) = predefined {
            check.value(Kind::Part(table), at, table.section);
        } else if name.ends_with("-ext") && id::is_kind(name) {
            if observed {
                check.warn(at, Code::Custom, "11.3", || {
                    "the standard predefines no such extension here; define it and use the id of the definition"
                });
            }
            content(check, at);
        } else {
            check.fail(at, Code::Extension, "3.2", || {
                "an extension is named by the id of its definition, `extension-definition--uuid`, or as the standard predefines it"
            });
        }
        check.back();
    }
}

/// Section 7.3: an extension by definition says its type.
fn defined<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>) {
    content(check, node);
    if node.members().is_none() {
        return;
    }
    match node.member("extension_type") {
        None => check.missing(node, "extension_type", "extension", "3.2"),
        Some(kind) => {
            check.step_name("extension_type");
            check.value(Kind::Closed(&vocabulary::EXTENSION_TYPE), kind, "3.2");
            check.back();
        }
    }
}

/// The content of an extension whose properties are not known here.
fn content<'n, 'a>(check: &mut Check<'n, 'a>, node: &'n Node<'a>) {
    match node.members() {
        None => check.wrong(node, "an object", "7.3"),
        Some([]) => check.empty_object(node, "7.3"),
        Some(members) => {
            for member in members {
                unknown(check, member, true);
            }
        }
    }
}
