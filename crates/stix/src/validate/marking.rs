//! Markings: granular ones (section 7.2.3) and what a marking definition defines (section 7.2.1).
//!
//! Not what a marking means for whoever receives it.

use super::check::Check;
use super::finding::{Code, quote};
use super::rule::{Fields, Joint, Kind, Refs, Table, may, must};
use super::{form, object};
use crate::json::Node;
use crate::selector;

static GRANULAR: Table = Table {
    name: "granular marking",
    section: "7.2.3.1",
    rules: &[
        may("lang", Kind::Form(&form::LANGUAGE)),
        may("marking_ref", Kind::Id(Refs::Of(&["marking-definition"]))),
        must("selectors", Kind::Texts),
    ],
    joints: &[Joint::One(&["lang", "marking_ref"])],
};

static STATEMENT: Table = Table {
    name: "statement",
    section: "7.2.1.3",
    rules: &[must("statement", Kind::Text)],
    joints: &[],
};

/// Judges `granular_markings`: the selectors must name what the object has.
pub(super) fn granular<'n, 'a>(check: &mut Check<'n, 'a>, list: &'n Node<'a>) {
    let root = check.root;
    let own = root.member("id").and_then(Node::text);
    check.each(list, |check, item| {
        if item.members().is_none() {
            return check.wrong(item, "an object", "7.2.3.1");
        }
        check.tables(item, [Some(&GRANULAR), None], |check, member| {
            object::unknown(check, member, false);
        });
        let marking = item.member("marking_ref");
        if let Some(at) = marking.filter(|node| node.text().is_some() && node.text() == own) {
            itself(check, at);
        }
        let selectors = item.member("selectors").and_then(Node::items);
        check.step_name("selectors");
        for (n, selector) in selectors.unwrap_or_default().iter().enumerate() {
            let Some(text) = selector.text() else {
                continue;
            };
            check.step_index(n);
            match selector::resolve(root, text) {
                Ok(Some(_)) => {}
                Ok(None) => check.fail(selector, Code::SelectorMissing, "7.2.3.1", || {
                    format!(
                        "`{}` selects nothing in this object; name a property that it has",
                        quote(text)
                    )
                }),
                Err(error) => check.fail(selector, Code::Selector, "7.2.3.1", || error.to_string()),
            }
            check.back();
        }
        check.back();
    });
}

/// Judges `object_marking_refs` for a marking definition that marks itself.
pub(super) fn not_itself<'n, 'a>(check: &mut Check<'n, 'a>, list: &'n Node<'a>) {
    let own = check.root.member("id").and_then(Node::text);
    for (n, item) in list.items().unwrap_or_default().iter().enumerate() {
        if item.text().is_some() && item.text() == own {
            check.step_index(n);
            itself(check, item);
            check.back();
        }
    }
}

fn itself(check: &mut Check<'_, '_>, at: &Node<'_>) {
    check.fail(
        at,
        Code::SelfMarking,
        "3.2",
        || "a marking definition cannot mark itself; remove the reference",
    );
}

/// Section 7.2.1.1: a definition with its type, or an extension instead.
pub(super) fn definition<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let kind = fields.get("definition_type");
    let content = fields.get("definition");
    let extended = fields.has("extensions");
    for name in ["definition_type", "definition"] {
        if !extended && !fields.has(name) {
            check.missing(fields.node, name, "marking-definition", "7.2.1");
        }
    }
    check.step_name("definition");
    match (kind.and_then(|node| node.text()), content) {
        (_, Some(node)) if node.members().is_none() => check.wrong(node, "an object", "7.2.1"),
        (Some("statement"), Some(node)) => {
            check.tables(node, [Some(&STATEMENT), None], |check, member| {
                object::unknown(check, member, false);
            });
        }
        (Some("statement"), None) if extended => {
            check.back();
            return check.missing(fields.node, "definition", "marking-definition", "7.2.1.3");
        }
        (Some("tlp" | "statement") | None, _) => {}
        (Some(_), Some(node)) if !extended => check.warn(
            node,
            Code::ExtensionUse,
            "7.2.1",
            || "a marking of your own should be an extension; define it so",
        ),
        (Some(_), _) => {}
    }
    check.back();
}
