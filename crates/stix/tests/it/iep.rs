//! Policies of IEP 2.0, sound and not, as markings. The policies were written for this project.

use legation_stix::object::{Definition, Head, IEP_EXTENSION};
use serde_json::{Value, json};

fn definition(policy: &Value) -> Definition {
    let mut extension = policy.as_object().unwrap().clone();
    let mut rename = |old: &str, new: &str| {
        if let Some(value) = extension.remove(old) {
            extension.insert(new.to_owned(), value);
        }
    };
    rename("id", "iep_id");
    rename("attribution", "provider_attribution");
    extension.insert("extension_type".into(), json!("property-extension"));
    let object = json!({
        "type": "marking-definition", "spec_version": "2.1",
        "id": "marking-definition--00000000-0000-4000-8000-000000000001",
        "created": "2024-01-01T00:00:00.000Z", "extensions": {IEP_EXTENSION: extension},
    });
    let head = Head::read(object.to_string().as_bytes()).unwrap();
    head.definition.unwrap()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_policy_is_a_level_if_every_statement_is_sound() {
    let sound = read(include_str!("../iep/policies.json"));
    for policy in sound["policies"].as_array().unwrap() {
        let level = match policy["tlp"].as_str().unwrap() {
            "white" => "Clear",
            "green" => "Green",
            "amber" => "Amber",
            _ => "Red",
        };
        let found = format!("{:?}", definition(policy));
        assert_eq!(found, format!("Iep({level})"), "{policy}");
    }
    for case in read(include_str!("../iep/invalid.json"))
        .as_array()
        .unwrap()
    {
        let found = definition(&case["policy"]);
        // A policy that has ended binds who has what was marked under it.
        if case["name"] == "expired" {
            assert!(matches!(found, Definition::Iep(_)));
        } else {
            assert_eq!(found, Definition::Unknown, "{}", case["name"]);
        }
    }
}
