//! The API's document: complete, valid, and changed only on purpose.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::counter::Counter;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/openapi.json");

fn served() -> Value {
    let answer = Counter::open().send("GET", "/api/v1/openapi.json", &[], b"");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    answer.expect(200)
}

#[test]
fn every_route_is_in_the_document_and_every_path_of_it_is_a_route() {
    let routes: BTreeSet<(String, String)> = legation_web::listing()
        .into_iter()
        .filter_map(|route| {
            Some((
                route.path.strip_prefix("/api/v1")?.to_owned(),
                route.methods,
            ))
        })
        .flat_map(|(path, methods)| {
            methods
                .into_iter()
                .map(move |method| (path.clone(), method.as_str().to_lowercase()))
        })
        .collect();
    let document = served();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(move |method| (path.clone(), method.clone()))
        })
        .collect();
    assert_eq!(routes, described);
    assert!(routes.len() > 30, "{}", routes.len());
}

#[test]
fn every_reference_leads_somewhere_and_everything_is_referred_to() {
    fn walk(node: &Value, found: &mut BTreeSet<String>) {
        match node {
            Value::Object(members) => {
                for (name, member) in members {
                    match member.as_str() {
                        Some(reference) if name == "$ref" => {
                            found.insert(reference.to_owned());
                        }
                        _ => walk(member, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let document = served();
    let mut found = BTreeSet::new();
    walk(&document, &mut found);
    let kinds = ["schemas", "parameters", "responses"];
    let held: BTreeSet<String> = kinds
        .iter()
        .flat_map(|kind| {
            let names = document["components"][kind].as_object().unwrap().keys();
            names.map(move |name| format!("#/components/{kind}/{name}"))
        })
        .collect();
    assert_eq!(found, held);
}

#[test]
fn the_document_changes_on_purpose_only() {
    let served = format!("{:#}\n", served());
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(KEPT, &served).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    assert!(
        kept == served,
        "the document differs from {KEPT}; UPDATE_SNAPSHOTS=1 rewrites it"
    );
}

#[test]
fn a_validator_of_others_accepts_it() {
    let Some(python) = std::env::var_os("LEGATION_VENV") else {
        println!("corpus not present: LEGATION_VENV");
        return;
    };
    let script = "import json, sys\n\
        try:\n    from openapi_spec_validator import validate\n\
        except ImportError:\n    print('corpus not present: openapi-spec-validator'); sys.exit(0)\n\
        validate(json.load(sys.stdin))\n";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(served().to_string().as_bytes()).unwrap();
    drop(input);
    assert!(child.wait().unwrap().success());
}
