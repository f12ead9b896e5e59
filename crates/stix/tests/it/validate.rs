//! Validation: an object of every type that has all its properties, what breaks it, and what holds
//! for whatever bytes come.
//!
//! The vectors are our own; the corpus of the reference is another test's.

use legation_stix::json;
use legation_stix::object::{DOMAIN, Head, META, OBSERVABLE, RELATIONSHIP};
use legation_stix::validate::{Entry, Finding, Report, Severity, check, each, validate};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const VECTORS: &str = include_str!("../vectors/validate.json");

fn vectors(part: &str) -> Vec<Value> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    vectors[part].as_array().unwrap().clone()
}

fn kind(object: &Value) -> &str {
    object["type"].as_str().unwrap()
}

fn report(object: &Value) -> Report {
    validate(object.to_string().as_bytes())
}

fn line(found: &Finding) -> String {
    let Finding {
        severity,
        code,
        pointer,
        section,
        ..
    } = found;
    format!("{severity} {code} {pointer} {section}")
}

#[test]
fn every_type_has_an_object_without_a_fault() {
    let objects = vectors("valid");
    let mut kinds: Vec<_> = objects.iter().map(kind).collect();
    kinds.sort_unstable();
    let mut types = [&DOMAIN[..], &RELATIONSHIP, &OBSERVABLE, &META].concat();
    types.sort_unstable();
    assert_eq!(kinds, types);
    for object in &objects {
        assert_eq!(report(object).findings, [], "{}", kind(object));
        Head::read(object.to_string().as_bytes()).unwrap();
    }
}

/// Sets, or with null removes, what the pointer names.
fn edit(object: &mut Value, pointer: &str, value: &Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match object.pointer_mut(parent).unwrap() {
        Value::Object(members) if value.is_null() => drop(members.remove(name)),
        Value::Object(members) => drop(members.insert(name.to_owned(), value.clone())),
        list => list[name.parse::<usize>().unwrap()] = value.clone(),
    }
}

#[test]
fn each_rule_is_told_with_its_place_and_section() {
    let objects = vectors("valid");
    let mut wrong = Vec::new();
    for case in vectors("cases") {
        let object = objects.iter().find(|object| case[0] == kind(object));
        let mut object = object.unwrap().clone();
        for (pointer, value) in case[1].as_object().unwrap() {
            edit(&mut object, pointer, value);
        }
        let mut expected: Vec<&str> = case[2]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e.as_str().unwrap())
            .collect();
        let report = report(&object);
        let mut found: Vec<_> = report.findings.iter().map(line).collect();
        found.sort_unstable();
        expected.sort_unstable();
        if found != expected {
            wrong.push(format!(
                "{} {}\n  expected {expected:#?}\n  found {found:#?}",
                case[0], case[1]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No property takes a value of any sort: one of four is always wrong, and is told where it stands.
#[test]
fn every_property_is_judged() {
    for object in vectors("valid") {
        for name in object.as_object().unwrap().keys() {
            let mut told = 0;
            for value in [json!({}), json!([]), json!(true), json!([7])] {
                let mut object = object.clone();
                object[name] = value;
                let report = report(&object);
                let at = format!("/{name}");
                told += usize::from(report.errors().any(|f| f.pointer.starts_with(&at)));
            }
            assert!(told >= 3, "{} {name}: {told}", kind(&object));
        }
    }
}

#[test]
fn a_bundle_tells_of_each_object_and_of_itself() {
    let good = vectors("valid")[0].clone();
    let mut bad = good.clone();
    bad["name"] = json!(7);
    let bundle = json!({"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": [good, bad, 7, {"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d"}]});
    let text = bundle.to_string();
    let mut entries: Vec<Entry> = Vec::new();
    let about = each(text.as_bytes(), |entry| entries.push(entry));
    let found: Vec<Vec<_>> = entries
        .iter()
        .map(|e| e.report.findings.iter().map(line).collect())
        .collect();
    assert_eq!(found[0], [""; 0]);
    assert_eq!(found[1], ["error stix.wrong-type /name 2.15"]);
    assert_eq!(found[2], ["error stix.not-an-object  3"]);
    assert!(found[3].contains(&"error stix.bundle-inside /type 8".to_owned()));
    let about: Vec<_> = about.findings.iter().map(line).collect();
    assert_eq!(about, ["warning stix.duplicate /objects/1 3.6"]);
    let whole = validate(text.as_bytes());
    let name = whole.errors().next().unwrap();
    assert_eq!(name.pointer, "/objects/1/name");
    assert_eq!(&text.as_bytes()[name.offset..name.offset + 1], b"7");
    for (text, expected) in [
        (
            r#"{"type":"bundle","id":"bundle--1","objects":[]}"#,
            vec![
                "error stix.bundle-id /id 8.1",
                "error stix.empty-list /objects 2.12",
            ],
        ),
        (
            r#"{"objects":7,"id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","type":"bundle"}"#,
            vec!["error stix.wrong-type /objects 8.1"],
        ),
        (
            r#"{"type":"bundle","id":"bundle--5d0092c5-5f74-4287-9642-33f4c354e56d","x_own":1}"#,
            vec!["warning stix.custom /x_own 11.1"],
        ),
        (
            r#"{"type":"bundle","objects":[{}"#,
            vec![
                "error json.truncated /objects RFC 8259",
                "error stix.missing /objects/0 3.2",
                "error stix.missing /objects/0 3.2",
            ],
        ),
        (
            r#"{"more":false,"objects":[{"type":"mutex"}]}"#,
            vec![
                "error stix.missing /objects/0 3.2",
                "error stix.missing /objects/0 6.11",
            ],
        ),
        ("", vec!["error json.empty  RFC 8259"]),
        ("7", vec!["error stix.not-an-object  3"]),
    ] {
        let mut found: Vec<_> = validate(text.as_bytes())
            .findings
            .iter()
            .map(line)
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

/// An object, with some of its properties removed, replaced or added.
fn object() -> impl Strategy<Value = Value> {
    let values = prop::sample::select(vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!("2024-05-01T08:00:00.000Z"),
        json!("indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"),
        json!([]),
        json!([""]),
        json!({}),
        json!({"a": [{}], "extension_type": "new-sdo"}),
    ]);
    let names = prop::sample::select(vec![
        "type",
        "id",
        "name",
        "x_own",
        "extensions",
        "objects",
        "granular_markings",
        "pattern",
        "created",
        "hashes",
        "value",
        "definition",
    ]);
    let edits = prop::collection::vec((any::<prop::sample::Index>(), names, values, 0..3u8), 0..5);
    (any::<prop::sample::Index>(), edits).prop_map(|(which, edits)| {
        let objects = vectors("valid");
        let mut object = objects[which.index(objects.len())].clone();
        let members = object.as_object_mut().unwrap();
        for (at, name, value, how) in edits {
            let own = members.keys().nth(at.index(members.len().max(1))).cloned();
            match (how, own) {
                (0, Some(own)) => drop(members.remove(&own)),
                (1, Some(own)) => drop(members.insert(own, value)),
                _ => drop(members.insert(name.to_owned(), value)),
            }
        }
        object
    })
}

/// The same object with its members the other way round, at every depth.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members =
                members.map(|(name, value)| format!("{} :\n{}", json!(name), reversed(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(" ,"))
        }
        Value::Array(items) => {
            let items = items.iter().map(reversed);
            format!("[\t{} ]", items.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn neither_order_nor_blanks_change_what_is_found(object in object()) {
        let lines = |text: &str| {
            let report = validate(text.as_bytes());
            let mut lines: Vec<_> = report.findings.iter().map(line).collect();
            lines.sort_unstable();
            lines
        };
        prop_assert_eq!(lines(&object.to_string()), lines(&reversed(&object)));
    }

    /// What is valid has a head; nothing valid is refused for its structure later.
    #[test]
    fn what_is_valid_has_a_head(object in object()) {
        let text = object.to_string();
        if kind_is(&object, "bundle") {
            return Ok(());
        }
        let node = json::parse(text.as_bytes()).unwrap();
        if check(&node, 0).is_valid() {
            let head = Head::read(text.as_bytes());
            prop_assert!(head.is_ok(), "{:?} {}", head, text);
        }
    }

    #[test]
    fn no_bytes_bring_it_down(object in object(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4)) {
        let mut bytes = json!({"type": "bundle", "id": "bundle--5d0092c5-5f74-4287-9642-33f4c354e56d", "objects": [object]}).to_string().into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for found in validate(&bytes).findings {
            prop_assert!(found.offset <= bytes.len());
            prop_assert!(!found.code.is_empty() && !found.section.is_empty() && !found.text.is_empty());
            prop_assert!(found.pointer.is_empty() || found.pointer.starts_with('/'));
        }
    }
}

fn kind_is(object: &Value, kind: &str) -> bool {
    object.get("type").and_then(Value::as_str) == Some(kind)
}

#[test]
fn a_finding_reads_as_a_line() {
    let object = Map::from_iter([("type".to_owned(), json!("mutex"))]);
    let report = report(&Value::Object(object));
    let lines: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "error stix.missing (6.11): `name` is missing; a `mutex` needs it",
            "error stix.missing (3.2): `id` is missing; a `observable` needs it",
        ]
    );
    assert!(Severity::Warning < Severity::Error);
}
