//! Redaction over real objects: whatever valid object has everything left out that it can do
//! without, what is derived is valid, and no id of the original is in it.

use std::collections::BTreeMap;

use legation_stix::envelope::{Shape, split};
use legation_stix::json;
use legation_stix::object::Head;
use legation_stix::redact::{RedactError, Redaction, is_removable, redact};
use legation_stix::validate::validate;
use serde_json::Value;

use crate::corpus::corpus;

/// Another id of the same type.
fn turn(id: &str) -> String {
    let (kind, uuid) = id.split_at(id.len() - 36);
    let turned: String = uuid.chars().rev().filter(|c| *c != '-').collect();
    let part = |from: usize, to: usize| &turned[from..to];
    format!(
        "{kind}{}-{}-4{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

/// What the ids in an object become; markings stay.
fn other(id: &str) -> Option<String> {
    (!id.starts_with("marking-definition--")).then(|| turn(id))
}

/// Derives an object without those properties, and holds what comes of it to the rules.
fn derive(bytes: &[u8], head: &Head, properties: &[&str]) -> bool {
    let id = turn(head.id.as_str());
    let (id, creator) = (
        id.parse().unwrap(),
        "identity--99999999-9999-4999-8999-999999999999"
            .parse()
            .unwrap(),
    );
    let markings: Vec<&str> = head
        .granular
        .iter()
        .filter(|part| {
            let mut names = part
                .selectors
                .iter()
                .filter_map(|one| one.split('.').next());
            names.all(|name| is_removable(head.kind(), name))
        })
        .filter_map(|part| Some(part.marking_ref.as_ref()?.as_str()))
        .collect();
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties,
        markings: &markings,
    };
    let derived = match redact(bytes, &redaction, &mut other) {
        Ok(derived) => derived,
        Err(RedactError::Empty(_)) => return false,
        Err(RedactError::Fixed(what, _)) if what == "id" => return false,
        Err(error) => panic!("{error} {}", String::from_utf8_lossy(bytes)),
    };
    let text = String::from_utf8(derived).unwrap();
    let report = validate(text.as_bytes());
    let found: Vec<String> = report.errors().map(ToString::to_string).collect();
    assert!(
        found.is_empty(),
        "{found:?} without {properties:?}: {text} from {}",
        String::from_utf8_lossy(bytes)
    );
    // The keys of `extensions` stay, and may hold any UUID.
    let text = text.replace(
        &format!("\"extension-definition--{}\":", head.id.uuid()),
        "",
    );
    assert!(!text.contains(head.id.uuid()), "{text}");
    for reference in head
        .references
        .iter()
        .filter(|id| other(id.as_str()).is_some())
    {
        let held = text
            .replace("extension-definition--", "")
            .contains(reference.uuid());
        let key = String::from_utf8_lossy(bytes).contains(&format!("\"{reference}\":"));
        assert!(!held || key, "{reference} in {text}");
    }
    true
}

/// Leaves out each property alone, and all at once; answers how many objects were derived.
fn without(bytes: &[u8]) -> usize {
    let Ok(head) = Head::read(bytes) else {
        return 0;
    };
    if !validate(bytes).is_valid() {
        return 0;
    }
    let tree = json::parse(bytes).unwrap();
    let names: Vec<&str> = tree
        .members()
        .unwrap()
        .iter()
        .map(|member| &*member.name)
        .filter(|name| is_removable(head.kind(), name))
        .collect();
    let alone = names
        .iter()
        .filter(|name| derive(bytes, &head, &[name]))
        .count();
    alone + usize::from(derive(bytes, &head, &names)) + usize::from(derive(bytes, &head, &[]))
}

#[test]
fn what_is_derived_of_our_own_objects_is_valid() {
    let cases: Value = serde_json::from_str(include_str!("../vectors/objects.json")).unwrap();
    let mut objects = Vec::new();
    collect(&cases, &mut objects);
    let derived: usize = objects
        .iter()
        .map(|one| without(one.to_string().as_bytes()))
        .sum();
    assert!(derived > 20, "{derived} derived");
}

/// Every object of STIX anywhere in a document.
fn collect(node: &Value, found: &mut Vec<Value>) {
    match node {
        Value::Object(members) => {
            if members.contains_key("type") && members.contains_key("id") {
                found.push(node.clone());
            }
            members.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::String(text) => {
            if let Ok(inner @ Value::Object(_)) = serde_json::from_str::<Value>(text) {
                collect(&inner, found);
            }
        }
        _ => {}
    }
}

#[test]
fn what_is_derived_of_the_corpora_is_valid() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    if let Some(folder) = corpus("stix/cases") {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                let case: Value = serde_json::from_str(line).unwrap();
                let count = without(case["object"].to_string().as_bytes());
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                *counts.entry(name).or_default() += count;
            }
        }
    }
    if let Some(folder) = corpus("attack") {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let Ok(found) = split(&bytes, Shape::Any, usize::MAX) else {
                continue;
            };
            let some = found.objects.iter().step_by(37);
            let count = some.map(|object| without(object)).sum();
            counts.insert(
                path.file_name().unwrap().to_string_lossy().into_owned(),
                count,
            );
        }
    }
    for (name, count) in counts {
        println!("{name}: {count} objects derived, all valid");
    }
}
