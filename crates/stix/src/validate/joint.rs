//! Rules between properties that no row of a table can say: external references, translations,
//! patterns.
//!
//! Not the rules of markings, which have a file of their own.

use super::check::Check;
use super::finding::{Code, Severity, quote};
use super::form;
use super::rule::{Fields, Values};
use crate::id;
use crate::json::Node;
use crate::pattern::{Pattern, Step, Weight};

/// Section 2.5.2, with the forms of sections 4.1.1 and 4.19.1: a CAPEC id goes with the source
/// `capec` and a CVE id with `cve`, and the other way round. A URL should have a hash.
pub(super) fn external_reference<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let text = |name| fields.get(name).and_then(|node| node.text());
    let (source, id) = (text("source_name"), text("external_id"));
    let wanted = match (source, id) {
        (Some("cve"), id) if !id.is_some_and(is_cve) => Some("a CVE id, as `CVE-2014-0160`"),
        (Some("capec"), id) if !id.is_some_and(is_capec) => Some("a CAPEC id, as `CAPEC-550`"),
        _ => None,
    };
    if let Some(wanted) = wanted {
        check.fail(fields.node, Code::ExternalReference, "2.5.2", || {
            format!("the `external_id` of this source is {wanted}; give one")
        });
    }
    let owner = match id {
        Some(id) if is_cve(id) && source != Some("cve") => Some("cve"),
        Some(id) if is_capec(id) && source != Some("capec") => Some("capec"),
        _ => None,
    };
    if let Some(owner) = owner {
        check.fail(fields.node, Code::ExternalReference, "2.5.2", || {
            format!("the source of such an id is `{owner}`; write so in `source_name`")
        });
    }
    if fields.has("url") && !fields.has("hashes") {
        check.warn(
            fields.node,
            Code::Recommended,
            "2.5.1",
            || "a `url` should come with `hashes` of what it leads to; add them",
        );
    }
}

/// `CVE-`, a year, and a number of four or more digits without needless zeros.
fn is_cve(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let parts = text
        .strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, number)| {
        year.len() == 4
            && digits(year)
            && digits(number)
            && (number.len() == 4 || number.len() > 4 && !number.starts_with('0'))
    })
}

fn is_capec(text: &str) -> bool {
    text.strip_prefix("CAPEC-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
}

/// Section 7.1.1: a dictionary of languages, each a dictionary that mirrors the object.
pub(super) fn contents<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let Some(contents) = fields.get("contents") else {
        return;
    };
    check.step_name("contents");
    check.dictionary(contents, Values::Any, "7.1");
    for member in contents.members().unwrap_or_default() {
        check.step_name(&member.name);
        if !form::is_language(&member.name) {
            check.fail(&member.node, Code::Value, "7.1", || {
                format!(
                    "`{}` is not a language tag (RFC 5646); correct it",
                    quote(&member.name)
                )
            });
        }
        match member.node.members() {
            None => check.wrong(&member.node, "an object of translations", "7.1"),
            Some(translations) => {
                for translation in translations {
                    if !form::is_property_name(&translation.name) {
                        check.step_name(&translation.name);
                        check.fail(
                            &translation.node,
                            Code::PropertyName,
                            "7.1",
                            || "a translation is named as the property it translates; correct it",
                        );
                        check.back();
                    }
                }
            }
        }
        check.back();
    }
    check.back();
}

/// Section 4.7.1: a name and a description should say what the indicator does; a pattern of STIX is
/// one (section 9).
pub(super) fn indicator<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    for name in ["name", "description"] {
        if !fields.has(name) {
            check.warn(fields.node, Code::Recommended, "4.7", || {
                format!("`{name}` should say what the indicator does; add it")
            });
        }
    }
    let text = |name| fields.get(name).and_then(|node| node.text());
    let (Some(at), Some(pattern), Some("stix")) =
        (fields.get("pattern"), text("pattern"), text("pattern_type"))
    else {
        return;
    };
    check.step_name("pattern");
    match Pattern::inspect(pattern) {
        Ok((pattern, findings)) => {
            names(check, at, &pattern);
            for found in findings {
                let severity = match found.weight {
                    Weight::Error => Severity::Error,
                    Weight::Warning => Severity::Warning,
                };
                let text = found.to_string();
                check.tell(severity, at, found.code, found.section, text.into());
            }
        }
        Err(error) => {
            let text = error.to_string();
            check.tell(Severity::Error, at, error.code(), "9", text.into());
        }
    }
    check.back();
}

/// Section 3.1 for what a pattern looks for: types and properties have names of at least three
/// characters.
fn names(check: &mut Check<'_, '_>, at: &Node<'_>, pattern: &Pattern) {
    for constant in pattern.constants() {
        let path = constant.path;
        let property = match path.steps.first() {
            Some(Step::Key(name)) if !form::is_property_name(name) => Some(name),
            _ => None,
        };
        let kind = (!id::is_kind(&path.object_type)).then_some(&path.object_type);
        if let Some(name) = kind.or(property) {
            return check.fail(at, Code::PropertyName, "3.1", || {
                format!(
                    "`{}` can be no type or property; correct the pattern",
                    quote(name)
                )
            });
        }
    }
}
