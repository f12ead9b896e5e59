//! Validation: everything that STIX 2.1 requires and recommends of one object, or of a bundle.
//!
//! Not a resolver (whether anybody holds what is referred to is not known) and not a matcher of
//! schemas of other people's extensions. Nothing is rewritten: a report points into the bytes.
//!
//! The cast: the rules are data, a table for each type (`domain`, `relationship`, `observable`,
//! `meta`), for predefined extensions and parts (`extension`), terms (`vocabulary`), and forms that
//! other standards define (`form`). `rule` has the words in which they are written; `check`
//! applies them; `object` decides which tables judge an object; `bundle` finds the objects of a
//! bundle one after the other. Rules that no table can say are functions beside them: `joint`,
//! `marking`, `container`.
//!
//! To change a rule, find its table by the type: each row is a property, each joint a rule between
//! properties, with the section of the standard beside it.
//!
//! # Where we differ from the reference validator
//!
#![doc = include_str!("../docs/exceptions.md")]

mod bundle;
mod check;
mod container;
mod domain;
mod extension;
mod finding;
mod form;
mod joint;
mod marking;
mod meta;
mod object;
mod observable;
mod relationship;
mod rule;
mod vocabulary;

use std::borrow::Cow;

pub use bundle::{Entry, each};
pub use finding::{Finding, Report, Severity};
pub(crate) use object::table_of;
pub(crate) use rule::Joint;

use crate::json::{self, Node};
use crate::object::{Fault, Head, ObjectError};
use check::Check;

/// Validates one object, or a bundle or TAXII envelope with all its objects: findings on an object in a bundle point
/// to it, `/objects/3/name`.
///
/// A bundle costs the memory of its largest object and of what is found; [`each`] gives the report
/// of each object as soon as it is read.
pub fn validate(bytes: &[u8]) -> Report {
    let mut report = Report::default();
    let about = each(bytes, |entry| {
        let Entry {
            index,
            offset,
            report: found,
            ..
        } = entry;
        report.findings.extend(found.findings.into_iter().map(|f| {
            let (pointer, offset) = match index {
                Some(n) => (format!("/objects/{n}{}", f.pointer), f.offset + offset),
                None => (f.pointer, f.offset),
            };
            Finding {
                pointer,
                offset,
                ..f
            }
        }));
    });
    // What concerns the whole stands first.
    report.findings.splice(0..0, about.findings);
    report
}

/// Validates one object that is already a tree. `base` is where in the text that was read the
/// object begins: offsets of findings count from there.
///
/// An object that is found valid here has a [`Head`], unless that finds a timestamp finer than
/// versions are told apart.
pub fn check(node: &Node<'_>, base: usize) -> Report {
    judge(node, base, usize::MAX, || Head::of(node, base).err())
}

/// Reads the head of an object and validates it, of one and the same tree; `base` is as in [`check`]. Of
/// the warnings, `most` are kept and the others counted: that is enough to tell somebody, and
/// costs little.
pub fn read_node(node: &Node<'_>, base: usize, most: usize) -> (Result<Head, ObjectError>, Report) {
    let head = Head::of(node, base);
    let report = judge(node, base, most, || head.as_ref().err().cloned());
    (head, report)
}

fn judge(
    node: &Node<'_>,
    base: usize,
    most: usize,
    head: impl FnOnce() -> Option<ObjectError>,
) -> Report {
    let mut check = Check::begin(node, base).keep_warnings(most);
    object::check(&mut check, node);
    // What a marking definition means is judged where it is read.
    let kind = node.member("type").and_then(Node::text);
    let means = kind == Some("marking-definition") || node.member("extensions").is_some();
    if means
        && !check.has_errors()
        && let Some(error) = head()
        && let Some(section) = section_of(&error.fault)
    {
        check.keep(Finding {
            severity: Severity::Error,
            code: error.code(),
            text: Cow::Owned(error.fault.to_string()),
            pointer: error.pointer,
            offset: error.offset,
            section,
        });
    }
    check.finish()
}

/// Where the standard says what only the head of an object looks at; none for what is judged
/// otherwise, or is a rule of ours.
fn section_of(fault: &Fault) -> Option<&'static str> {
    match fault {
        Fault::TlpContent { .. } | Fault::TlpOwn => Some("7.2.1.4"),
        Fault::ReleasableTo(_) => Some("7.3.2"),
        _ => None,
    }
}

/// Validates one object.
pub(crate) fn check_bytes(bytes: &[u8]) -> Report {
    match json::parse(bytes) {
        Ok(node) => check(&node, 0),
        Err(error) => Report::of_json(&error),
    }
}
