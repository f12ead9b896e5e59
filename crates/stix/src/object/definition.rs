//! What a marking definition means (STIX 2.1 section 7.2.1): a level of TLP, a statement, a policy
//! of IEP 2.0, or who is named (`docs/releasable-to.md`).
//!
//! Not a judge: what follows from a meaning, and whose definition counts, is decided elsewhere.
//!
//! The rule is to fail closed: what claims to be a level but is none of the standard's own is
//! refused, a releasable-to set that cannot be understood in full is refused, and whatever else
//! is not understood in full is [`Definition::Unknown`].

use super::Head;
use super::error::Fault;
use super::iep::{self, IEP_EXTENSION};
use super::property::{Common, Refusal, missing, refuse};
use super::reference::escape;
use crate::json::Node;
use crate::timestamp::Timestamp;
use crate::tlp::{self, BuiltIn, TLP2_EXTENSION, Tlp};

/// The extension of a marking definition that says to whom the marked content may be released.
pub const RELEASABLE_TO_EXTENSION: &str =
    "extension-definition--1aaf36e0-fc07-434e-9bfc-440cb3f57f8d";

/// The most entries of one releasable-to set: more than there are states and alliances; one
/// definition then stays below 64 KiB.
const RELEASABLE_TO_MAX: usize = 512;

/// The longest party code.
const CODE_MAX: usize = 64;

/// The groups that may stand among party codes; they are told apart from codes by their case.
const GROUPS: [&str; 4] = ["host", "members", "partners", "observers"];

/// What a marking definition means.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Definition {
    /// One of the four of TLP 1.0 that STIX 2.1 fixes; WHITE is CLEAR.
    Tlp1(Tlp),
    /// One of the five of TLP 2.0.
    Tlp2(Tlp),
    /// A statement, such as a copyright; it restricts nothing (section 7.2.1.3).
    Statement,
    /// An Information Exchange Policy of that TLP, by FIRST IEP 2.0.
    Iep(Tlp),
    /// Party codes or groups, not empty, each once.
    ReleasableTo(Vec<String>),
    /// Anything else, or any of the above beside something else.
    Unknown,
}

pub(super) fn read(
    node: &Node<'_>,
    common: &Common<'_, '_>,
    head: &Head,
) -> Result<Option<Definition>, Refusal> {
    let extension = |id| {
        common
            .extensions
            .and_then(|extensions| extensions.member(id))
    };
    let releasable = extension(RELEASABLE_TO_EXTENSION);
    if head.kind() != "marking-definition" {
        // Anywhere else it would restrict nothing, against the will of whoever put it there.
        return match releasable {
            Some(at) => Err(releasable_fault(
                "this extension has an effect in a marking definition only; put it in one and refer to that",
                at,
                "",
            )),
            None => Ok(None),
        };
    }
    let kind = node.member("definition_type");
    let content = node.member("definition");
    let tlp1 = kind.and_then(Node::text) == Some("tlp");
    let tlp2 = extension(TLP2_EXTENSION);
    if let Some(built_in) = tlp::find(head.id.as_str()) {
        return read_built_in(node, common, head, built_in).map(Some);
    }
    if tlp1 {
        return Err(refuse(
            Fault::TlpOwn,
            kind.unwrap_or(node),
            "/definition_type",
        ));
    }
    if let Some(at) = tlp2 {
        return Err(refuse(
            Fault::TlpOwn,
            at,
            format!("/extensions/{TLP2_EXTENSION}"),
        ));
    }
    let extensions = common
        .extensions
        .and_then(Node::members)
        .unwrap_or_default();
    match (kind, content) {
        (None, None) if extensions.is_empty() => {
            return Err(missing(node, "definition", head.kind()));
        }
        (Some(_), None) => return Err(missing(node, "definition", head.kind())),
        (None, Some(_)) => return Err(missing(node, "definition_type", head.kind())),
        _ => {}
    }
    let statement =
        kind.and_then(Node::text) == Some("statement") && content.is_some_and(is_statement);
    if let Some(at) = releasable {
        if let Some(other) = extensions
            .iter()
            .find(|m| m.name != RELEASABLE_TO_EXTENSION)
        {
            let fault = Fault::ReleasableTo(
                "a marking that carries `releasable_to` carries no other extension; make two markings",
            );
            let pointer = format!("/extensions/{}", escape(&other.name));
            return Err(refuse(fault, &other.node, pointer));
        }
        if let Some(content) = content.filter(|_| !statement) {
            let fault = Fault::ReleasableTo(
                "a marking that carries `releasable_to` carries no definition but a statement; make two markings",
            );
            return Err(refuse(fault, content, "/definition"));
        }
        return read_releasable(at).map(Definition::ReleasableTo).map(Some);
    }
    let policy = extension(IEP_EXTENSION).and_then(iep::read);
    Ok(Some(match (policy, extensions.len()) {
        (Some(tlp), 1) if kind.is_none() || statement => Definition::Iep(tlp),
        (_, 0) if statement => Definition::Statement,
        _ => Definition::Unknown,
    }))
}

/// `{"statement": "..."}` and nothing else (section 7.2.1.3).
fn is_statement(content: &Node<'_>) -> bool {
    matches!(content.members(), Some([only]) if only.name == "statement" && only.node.text().is_some())
}

/// Section 7.2.1.4: the standard's own marking definitions are sent exactly as they are printed.
/// The name of a TLP 1.0 definition may be left out, as it was before STIX 2.1.
fn read_built_in(
    node: &Node<'_>,
    common: &Common<'_, '_>,
    head: &Head,
    built_in: &BuiltIn,
) -> Result<Definition, Refusal> {
    let wrong = |at: &Node<'_>, pointer: String| {
        let (id, level) = (built_in.id.to_owned(), built_in.name.to_owned());
        refuse(Fault::TlpContent { id, level }, at, pointer)
    };
    let created = if built_in.second {
        "2022-10-01T00:00:00.000Z"
    } else {
        "2017-01-20T00:00:00.000Z"
    };
    for member in node.members().unwrap_or_default() {
        let at = &member.node;
        let held = match (&*member.name, built_in.second) {
            ("type" | "id" | "spec_version", _) => true,
            ("created", _) => head.created == created.parse::<Timestamp>().ok(),
            ("name", _) => at.text() == Some(built_in.name),
            ("definition_type", false) => at.text() == Some("tlp"),
            ("definition", false) => holds(at, &[("tlp", built_in.word)]),
            ("extensions", true) => {
                matches!(at.members(), Some([only]) if only.name == TLP2_EXTENSION
                && holds(&only.node, &[
                    ("extension_type", "property-extension"),
                    ("tlp_2_0", built_in.word),
                ]))
            }
            _ => false,
        };
        if !held {
            return Err(wrong(at, format!("/{}", escape(&member.name))));
        }
    }
    let carried = if built_in.second {
        common.extensions.is_some()
    } else {
        node.member("definition_type").is_some() && node.member("definition").is_some()
    };
    match (carried, built_in.second) {
        (false, _) => Err(wrong(node, String::new())),
        (true, false) => Ok(Definition::Tlp1(built_in.level)),
        (true, true) => Ok(Definition::Tlp2(built_in.level)),
    }
}

/// Whether `node` is an object of exactly these strings.
fn holds(node: &Node<'_>, strings: &[(&str, &str)]) -> bool {
    node.members()
        .is_some_and(|members| members.len() == strings.len())
        && strings
            .iter()
            .all(|(name, value)| node.member(name).and_then(Node::text) == Some(value))
}

fn releasable_fault(text: &'static str, at: &Node<'_>, below: &str) -> Refusal {
    let pointer = format!("/extensions/{RELEASABLE_TO_EXTENSION}{below}");
    refuse(Fault::ReleasableTo(text), at, pointer)
}

/// The set of `docs/releasable-to.md`. An empty or malformed one is refused, so that it can
/// neither be overlooked nor be read as everybody.
fn read_releasable(extension: &Node<'_>) -> Result<Vec<String>, Refusal> {
    for member in extension.members().unwrap_or_default() {
        let held = match &*member.name {
            "extension_type" => member.node.text() == Some("property-extension"),
            "releasable_to" => true,
            _ => false,
        };
        if !held {
            return Err(releasable_fault(
                "the extension holds `extension_type`, which is `property-extension`, and `releasable_to`; correct or remove this",
                &member.node,
                &format!("/{}", escape(&member.name)),
            ));
        }
    }
    if extension.member("extension_type").is_none() {
        return Err(releasable_fault(
            "`extension_type` is missing; write `property-extension`",
            extension,
            "",
        ));
    }
    let Some(list) = extension.member("releasable_to") else {
        return Err(releasable_fault(
            "`releasable_to` is missing; list party codes or groups",
            extension,
            "",
        ));
    };
    let items = list
        .items()
        .filter(|items| (1..=RELEASABLE_TO_MAX).contains(&items.len()));
    let Some(items) = items else {
        return Err(releasable_fault(
            "`releasable_to` is a list of 1 to 512 party codes or groups; name who may have the content",
            list,
            "/releasable_to",
        ));
    };
    let mut codes: Vec<String> = Vec::with_capacity(items.len());
    for (n, item) in items.iter().enumerate() {
        let code = item
            .text()
            .filter(|text| is_code(text) && !codes.iter().any(|c| c == text));
        let Some(code) = code else {
            return Err(releasable_fault(
                "each entry is a party code or one of host, members, partners, observers, given once; a code has upper-case letters, digits and hyphens, at most 64",
                item,
                &format!("/releasable_to/{n}"),
            ));
        };
        codes.push(code.to_owned());
    }
    Ok(codes)
}

/// A group, or what a party code may look like; whether anybody bears the code is not known here.
fn is_code(text: &str) -> bool {
    GROUPS.contains(&text)
        || (1..=CODE_MAX).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
}
