//! The meta objects, section 7 of STIX 2.1, the common properties of section 3.2, and the parts that
//! they share.
//!
//! Not granular markings and marking definitions, whose rules are no table.

use super::extension::EXTENSION_TYPES;
use super::rule::{Algorithms, Joint, Kind, Refs, Table, may, must};
use super::{check::Check, finding::Code, form, joint, rule::Fields};
use Kind::{
    Advice, Elsewhere, Flag, Form, Hashes, Id, Ids, Integer, Milliseconds, Parts, Text, Texts, Time,
};

const IDENTITY: Refs = Refs::Of(&["identity"]);
const MARKING: Refs = Refs::Of(&["marking-definition"]);

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "language-content",
        section: "7.1",
        rules: &[
            must(
                "object_ref",
                Id(Refs::But(
                    &[&["bundle", "language-content"]],
                    "an object that may be translated",
                )),
            ),
            may("object_modified", Time),
            must("contents", Elsewhere),
        ],
        joints: &[Joint::Own(joint::contents)],
    },
    Table {
        name: "marking-definition",
        section: "7.2.1",
        rules: &[
            may("name", Text),
            may("definition_type", Text),
            may("definition", Elsewhere),
        ],
        joints: &[Joint::Own(super::marking::definition)],
    },
    Table {
        name: "extension-definition",
        section: "7.3",
        rules: &[
            must("name", Text),
            may("description", Text),
            must("schema", Text),
            must("version", Text),
            must("extension_types", EXTENSION_TYPES),
            may("extension_properties", Texts),
        ],
        joints: &[Joint::Own(extension_properties)],
    },
];

/// The properties of domain and relationship objects, and of meta objects that are versioned.
pub(super) static VERSIONED: Table = Table {
    name: "STIX object",
    section: "3.2",
    rules: &[
        must("type", Elsewhere),
        must("spec_version", Elsewhere),
        must("id", Elsewhere),
        may("created_by_ref", Id(IDENTITY)),
        must("created", Milliseconds),
        must("modified", Milliseconds),
        may("revoked", Flag),
        may("labels", Texts),
        may("confidence", Integer(0, 100)),
        may("lang", Form(&form::LANGUAGE)),
        may("external_references", Parts(&EXTERNAL_REFERENCE)),
        may("object_marking_refs", Ids(MARKING)),
        may("granular_markings", Elsewhere),
        may("extensions", Elsewhere),
    ],
    joints: &[Joint::Order("created", "modified")],
};

/// The properties of marking definitions, which have one version (section 7.2.1.1).
pub(super) static UNVERSIONED: Table = Table {
    name: "marking definition",
    section: "3.2",
    rules: &[
        must("type", Elsewhere),
        must("spec_version", Elsewhere),
        must("id", Elsewhere),
        may("created_by_ref", Id(IDENTITY)),
        must("created", Milliseconds),
        may("lang", Form(&form::LANGUAGE)),
        may("external_references", Parts(&EXTERNAL_REFERENCE)),
        may("object_marking_refs", Ids(MARKING)),
        may("granular_markings", Elsewhere),
        may("extensions", Elsewhere),
    ],
    joints: &[],
};

/// The properties of observables.
pub(super) static OBSERVED: Table = Table {
    name: "observable",
    section: "3.2",
    rules: &[
        must("type", Elsewhere),
        may("spec_version", Elsewhere),
        must("id", Elsewhere),
        may("object_marking_refs", Ids(MARKING)),
        may("granular_markings", Elsewhere),
        may("defanged", Flag),
        may("extensions", Elsewhere),
    ],
    joints: &[],
};

/// Section 2.11.
pub(super) static PHASE: Table = Table {
    name: "kill chain phase",
    section: "2.11",
    rules: &[
        must("kill_chain_name", Advice(&form::KILL_CHAIN)),
        must("phase_name", Advice(&form::KILL_CHAIN)),
    ],
    joints: &[],
};

/// Section 2.5.
pub(super) static EXTERNAL_REFERENCE: Table = Table {
    name: "external reference",
    section: "2.5",
    rules: &[
        must("source_name", Text),
        may("description", Text),
        may("url", Form(&form::URL)),
        may("hashes", Hashes(Algorithms::Closed)),
        may("external_id", Text),
    ],
    joints: &[
        Joint::Any(&["description", "url", "external_id"]),
        Joint::Own(joint::external_reference),
    ],
};

/// Section 7.3.1: new top-level properties are named, and only they.
fn extension_properties<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let types = fields.get("extension_types").and_then(|node| node.items());
    let top = types
        .unwrap_or_default()
        .iter()
        .any(|item| item.text() == Some("toplevel-property-extension"));
    match (top, fields.get("extension_properties")) {
        (false, Some(at)) => {
            check.step_name("extension_properties");
            check.fail(at, Code::Together, "7.3.1", || {
                "`extension_properties` goes with `toplevel-property-extension` alone; remove it, or add that type"
            });
            check.back();
        }
        (true, None) => check.warn(
            fields.node,
            Code::Recommended,
            "7.3.1",
            || "`extension_properties` should name the new top-level properties; add it",
        ),
        _ => {}
    }
    if !fields.has("description") {
        check.warn(
            fields.node,
            Code::Recommended,
            "7.3.1",
            || "`description` should say what the extension conveys; add it",
        );
    }
}
