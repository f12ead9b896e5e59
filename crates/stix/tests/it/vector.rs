//! The committed vectors under `tests/vectors`, each with the exact place and code of its fault.
//!
//! Not a corpus of real data; every line was written for one rule.

use legation_stix::envelope::{Shape, split, split_heads};
use legation_stix::json::{self, Node};
use legation_stix::object::Head;

const JSON: &[u8] = include_bytes!("../vectors/json.json");
const OBJECTS: &[u8] = include_bytes!("../vectors/objects.json");
const BODIES: &[u8] = include_bytes!("../vectors/bodies.json");

fn text<'n>(case: &'n Node<'_>, name: &str) -> Option<&'n str> {
    case.member(name).and_then(Node::text)
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len())
        .step_by(2)
        .map(|n| u8::from_str_radix(&digits[n..n + 2], 16).unwrap())
        .collect()
}

/// Runs `check` over a file of vectors; it says what it found as `code @ place`, or `ok`.
fn run(file: &[u8], check: impl Fn(&Node<'_>) -> String) {
    let cases = json::parse(file).unwrap();
    let mut wrong = Vec::new();
    for case in cases.items().unwrap() {
        let (name, expected) = (text(case, "name").unwrap(), text(case, "expect").unwrap());
        let found = check(case);
        if found != expected {
            wrong.push(format!("{name}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn json_texts() {
    run(JSON, |case| {
        let bytes = match (text(case, "text"), text(case, "hex")) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (_, hex) => unhex(hex.unwrap()),
        };
        let parsed = json::parse(&bytes).map(|_| ());
        assert_eq!(parsed, json::check(&bytes), "tree and check agree");
        match parsed {
            Ok(()) => "ok".to_owned(),
            Err(e) => {
                let p = &e.place;
                format!(
                    "{} @ {} {}:{} `{}`",
                    e.code(),
                    p.offset,
                    p.line,
                    p.column,
                    p.pointer
                )
            }
        }
    });
}

#[test]
fn objects() {
    run(OBJECTS, |case| {
        // What cannot stand in a JSON file as an object stands there as a string.
        let bytes = match text(case, "text") {
            Some(text) => text.as_bytes(),
            None => case.member("object").unwrap().span.of(OBJECTS),
        };
        match Head::read(bytes) {
            Ok(head) => format!("ok {:?} {}", head.class, head.kind()),
            Err(e) => {
                let mut at = String::from_utf8_lossy(&bytes[e.offset..]).into_owned();
                at.truncate(at.char_indices().nth(12).map_or(at.len(), |(n, _)| n));
                format!("{} @ {} {at}", e.code(), e.pointer)
            }
        }
    });
}

#[test]
fn bodies() {
    run(BODIES, |case| {
        let shape = match text(case, "shape").unwrap() {
            "envelope" => Shape::Envelope,
            "bundle" => Shape::Bundle,
            _ => Shape::Any,
        };
        let body = text(case, "body").unwrap().as_bytes();
        let found = split(body, shape, 3);
        match (&found, split_heads(body, shape, 3)) {
            (Ok(one), Ok((two, heads))) => {
                assert_eq!(*one, two);
                assert_eq!(heads.len(), two.objects.len());
            }
            (one, two) => assert_eq!(one.clone().err(), two.err()),
        }
        match found {
            Ok(found) => {
                let mut line = format!("ok {:?}", found.shape);
                for (object, offset) in found.objects.iter().zip(&found.offsets) {
                    line += &format!(" {offset}:{}", String::from_utf8_lossy(object));
                }
                line
            }
            Err(e) => {
                let p = e.place();
                format!(
                    "{} @ {} {}:{} `{}`",
                    e.code(),
                    p.offset,
                    p.line,
                    p.column,
                    p.pointer
                )
            }
        }
    });
}
