//! What the tests hand in: agreement files and STIX objects, each with an id that says whose it is.

use serde_json::{Value, json};

pub(super) const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
pub(super) const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
pub(super) const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

/// The agreement with a party: it takes up to a level, and gives onward to these.
pub(super) fn agreement(party: &str, version: u32, up_to: &str, onward: &[&str]) -> String {
    let id = format!("nato-{}", party.to_lowercase());
    file(&id, party, version, up_to, onward)
}

/// The charter of the members.
pub(super) fn charter() -> String {
    file("nato-charter", "members", 1, "AMBER", &["members"])
}

fn file(id: &str, other: &str, version: u32, up_to: &str, onward: &[&str]) -> String {
    let charter = if other == "members" {
        "charter = true\n"
    } else {
        ""
    };
    format!(
        "+++\nid = \"{id}\"\ntitle = \"Partnership Programme\"\nversion = {version}\n{charter}\
         parties = [\"NATO\", \"{other}\"]\nin_force = 2020-01-01T00:00:00Z\n\n\
         [[take]]\narticle = \"1\"\narea = \"cyber\"\nup_to = \"{up_to}\"\n\n\
         [[give]]\narticle = \"2\"\narea = \"cyber\"\nup_to = \"RED\"\nonward = {onward:?}\nunmarked = \"GREEN\"\n\
         +++\n# Partnership Programme\n\n## Article 1\n\nIt takes.\n\n## Article 2\n\nIt gives.\n"
    )
}

/// The id of the indicator of that number.
pub(super) fn id(number: u32) -> String {
    format!("indicator--00000000-0000-4000-8000-{number:012x}")
}

/// The value that the indicator of that number gives away.
pub(super) fn value(number: u32) -> String {
    format!("secret-{number:05}.example")
}

/// An indicator with a marking.
pub(super) fn indicator(number: u32, marking: &str) -> Value {
    json!({
        "type": "indicator",
        "spec_version": "2.1",
        "id": id(number),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "pattern": format!("[domain-name:value = '{}']", value(number)),
        "pattern_type": "stix",
        "valid_from": "2024-01-01T00:00:00Z",
        "object_marking_refs": [marking],
    })
}

/// A relationship of two objects.
pub(super) fn relationship(number: u32, from: &str, to: &str, marking: &str) -> Value {
    json!({
        "type": "relationship",
        "spec_version": "2.1",
        "id": format!("relationship--00000000-0000-4000-8000-{number:012x}"),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "relationship_type": "related-to",
        "source_ref": from,
        "target_ref": to,
        "object_marking_refs": [marking],
    })
}

pub(super) fn bundle(objects: &[Value]) -> Value {
    json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects})
}
