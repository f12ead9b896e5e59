//! Random bodies, random cuts and random damage: what holds for every input.
//!
//! Not a replacement for fuzzing; the entry points here are the ones to fuzz.

use legation_stix::envelope::{Shape, split, split_heads};
use legation_stix::object::Head;
use legation_stix::{json, selector};
use proptest::prelude::*;
use serde_json::Value;

/// Everything that takes outside bytes. Nothing may panic, and a tree and a check must agree.
fn read_all(bytes: &[u8]) {
    let parsed = json::parse(bytes);
    assert_eq!(parsed.as_ref().err(), json::check(bytes).err().as_ref());
    for shape in [Shape::Envelope, Shape::Bundle, Shape::Any] {
        let one = split(bytes, shape, 5);
        let two = split_heads(bytes, shape, 5).map(|(split, _)| split);
        assert_eq!(one, two);
        if let Ok(split) = one {
            for (object, offset) in split.objects.iter().zip(split.offsets) {
                assert_eq!(&bytes[offset..offset + object.len()], *object);
                assert!(object.starts_with(b"{") && object.ends_with(b"}"));
                json::check(object).unwrap();
            }
        }
    }
    let _ = Head::read(bytes);
    if let (Ok(node), Ok(text)) = (parsed, std::str::from_utf8(bytes)) {
        let _ = selector::resolve(&node, text);
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<f64>()
            .prop_filter("finite", |f| f.is_finite())
            .prop_map(Value::from),
        "[ -~é\u{1F600}\n\"\\\\]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-c\"\\\\é/~]{0,3}", inner, 0..24)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// An object as a text, with white space that a serialiser would not write.
fn object() -> impl Strategy<Value = String> {
    (
        prop::collection::btree_map("[a-z_]{1,4}", value(), 0..6),
        any::<bool>(),
    )
        .prop_map(|(map, pretty)| {
            let value = Value::Object(map.into_iter().collect());
            if pretty {
                serde_json::to_string_pretty(&value).unwrap()
            } else {
                value.to_string()
            }
        })
}

fn body() -> impl Strategy<Value = (String, Vec<String>)> {
    (
        prop::collection::vec(object(), 0..5),
        "[ \n\t\r]{0,20}",
        any::<bool>(),
    )
        .prop_map(|(objects, space, bundle)| {
            let list = objects.join(&format!("{space},{space}"));
            let head = if bundle {
                r#""type":"bundle","id":"bundle--4f1f2a5e-6c0b-4b8e-9a53-0d4c0c9b7f10","#
            } else {
                r#""more":false,"#
            };
            (
                format!("{space}{{{head}{space}\"objects\":[{space}{list}]{space}}}{space}"),
                objects,
            )
        })
}

/// A STIX object that exercises every part of the head.
const FULL: &str = r#"{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2016-04-06T20:03:48.000Z","modified":"2016-04-06T20:03:48.000Z","created_by_ref":"identity--f431f809-377b-45e0-aa1c-6a4751cae5ff","object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],"granular_markings":[{"lang":"en","selectors":["labels.[0]"]}],"labels":["a\u00e9"],"valid_from":"2016-01-01T00:00:00Z","x_ref":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","n":-1.5e3}"#;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn split_never_alters_bytes((text, objects) in body()) {
        let found = split(text.as_bytes(), Shape::Any, usize::MAX).unwrap();
        prop_assert_eq!(found.objects.len(), objects.len());
        for ((bytes, offset), object) in found.objects.iter().zip(found.offsets).zip(&objects) {
            prop_assert_eq!(*bytes, object.as_bytes());
            prop_assert_eq!(&text.as_bytes()[offset..offset + bytes.len()], *bytes);
        }
    }

    #[test]
    fn a_cut_body_is_truncated((text, _) in body(), at in any::<prop::sample::Index>()) {
        let text = text.trim();
        let bytes = &text.as_bytes()[..at.index(text.len())];
        let code = split(bytes, Shape::Any, usize::MAX).unwrap_err().code();
        prop_assert!(code == "json.truncated" || bytes.is_empty() && code == "json.empty", "{code}");
        read_all(bytes);
    }

    #[test]
    fn damage_never_panics(
        (text, _) in body(),
        full in any::<bool>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 0..6),
    ) {
        let text = if full { format!("{{\"objects\":[{FULL}]}}") } else { text };
        let mut bytes = text.into_bytes();
        for (at, byte, how) in damage {
            let at = at.index(bytes.len().max(1));
            match how {
                0 if at < bytes.len() => bytes[at] = byte,
                1 if at < bytes.len() => drop(bytes.remove(at)),
                _ => bytes.insert(at.min(bytes.len()), byte),
            }
        }
        read_all(&bytes);
        let object = FULL.len().min(bytes.len());
        read_all(&bytes[bytes.len() - object..]);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        read_all(&bytes);
    }

    #[test]
    fn random_json_like_text_never_panics(text in "[\\[\\]{}:,\"\\\\utrfalsen0-9.eE+ -]{0,40}") {
        read_all(text.as_bytes());
        let whole = serde_json::from_str::<Value>(&text).is_ok();
        // serde_json allows what I-JSON refuses; never the other way round.
        prop_assert!(whole || json::check(text.as_bytes()).is_err());
    }

    #[test]
    fn reads_what_serde_json_writes(value in value()) {
        let text = value.to_string();
        let node = json::parse(text.as_bytes()).unwrap();
        prop_assert!(same(&node, &value), "{text}");
    }

    #[test]
    fn a_name_given_twice_is_always_found(
        names in prop::collection::btree_set("[a-zé\"]{0,6}", 1..60),
        twice in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        depth in 0..20usize,
        escaped in any::<bool>(),
    ) {
        let mut names: Vec<String> = names.into_iter().map(|n| Value::from(n).to_string()).collect();
        let mut again = names[twice.index(names.len())].clone();
        if escaped {
            again = again.replace('a', "\\u0061").replace('é', "\\u00E9");
        }
        let at = at.index(names.len() + 1);
        names.insert(at, again);
        let members: Vec<String> = names.iter().map(|n| format!("{n}:[{{}}]")).collect();
        let inner = format!("{{{}}}", members.join(","));
        let text = format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        prop_assert_eq!(json::parse(text.as_bytes()).unwrap_err().code(), "json.duplicate-key");
        prop_assert_eq!(json::check(text.as_bytes()).unwrap_err().code(), "json.duplicate-key");
    }
}

fn same(node: &json::Node<'_>, value: &Value) -> bool {
    match (&node.value, value) {
        (json::Value::Null, Value::Null) => true,
        (json::Value::Bool(a), Value::Bool(b)) => a == b,
        (json::Value::Number(a), Value::Number(b)) => *a == b.to_string(),
        (json::Value::String(a), Value::String(b)) => a == b,
        (json::Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (json::Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|m| b.get(&*m.name).is_some_and(|b| same(&m.node, b)))
        }
        _ => false,
    }
}

#[test]
fn memory_stays_bounded_by_the_text() {
    // Deep, wide and repetitive texts that cost a careless reader its stack or its memory.
    for text in [
        "[".repeat(1 << 20),
        "{\"a\":".repeat(1 << 20),
        format!("[{}1]", "1,".repeat(1 << 20)),
        format!(
            "{{{}\"z\":1}}",
            (0..1 << 16)
                .map(|n| format!("\"{n}\":1,"))
                .collect::<String>()
        ),
        format!("{{\"objects\":[{}{{}}]}}", "{},".repeat(1 << 18)),
    ] {
        let _ = json::check(text.as_bytes());
        let _ = json::parse(text.as_bytes());
        let _ = split(text.as_bytes(), Shape::Any, 1000);
    }
}
