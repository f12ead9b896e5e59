//! Events of random attributes: what goes in comes out, whatever it is called and however it is
//! marked; and no part of a feed knows of what it was not given.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{attributes, feed};
use crate::misp::{convert, is_misp};

/// A type with a value of it, numbered so that no two are alike.
fn value(kind: usize, number: usize) -> (&'static str, String) {
    match kind {
        0 => (
            "ip-dst",
            format!(
                "10.{}.{}.{}",
                number / 65_536,
                number / 256 % 256,
                number % 256
            ),
        ),
        1 => ("domain", format!("d{number}.example")),
        2 => ("url", format!("http://u{number}.example/'\\?a=|{number}")),
        3 => ("sha256", format!("{number:064x}")),
        4 => ("filename|md5", format!("f|{number}.exe|{number:032x}")),
        5 => (
            "hostname|port",
            format!("h{number}.example|{}", number % 65_536),
        ),
        6 => ("AS", format!("AS{}", 4_200_000_000 + number as u64)),
        7 => (
            "regkey|value",
            format!("HKEY_LOCAL_MACHINE\\k{number}|v{number}"),
        ),
        8 => ("text", format!("words {number} \"and\" \u{1f409}")),
        9 => (
            "domain|ip",
            format!("p{number}.example|2001:db8::{:x}", number % 65_536),
        ),
        10 => ("vulnerability", format!("CVE-2024-{number:05}")),
        11 => ("yara", format!("rule r{number} {{ condition: true }}")),
        _ => ("email-src", format!("a{number}@example.org")),
    }
}

const TAGS: [&str; 7] = [
    "",
    "tlp:clear",
    "tlp:green",
    "tlp:amber",
    "tlp:amber+strict",
    "tlp:red",
    "x:y=\"z\"",
];

fn event(parts: &[(usize, bool, usize, bool)], tag: usize, published: bool) -> Value {
    let tags = |tag: usize| match TAGS[tag] {
        "" => json!([]),
        name => json!([{"name": name}]),
    };
    let attributes: Vec<Value> = parts
        .iter()
        .enumerate()
        .map(|(number, (kind, to_ids, tag, deleted))| {
            let (kind, value) = value(*kind, number);
            json!({"uuid": format!("00000000-0000-4000-8000-{number:012x}"), "type": kind, "category": "Other",
                "value": value, "to_ids": to_ids, "timestamp": 1_700_000_000 + number, "Tag": tags(*tag),
                "deleted": deleted})
        })
        .collect();
    json!({"Event": {"uuid": "00000000-0000-4000-8000-ffffffffffff", "info": "i", "date": "2023-01-01",
        "timestamp": "1700000000", "published": published, "Attribute": attributes, "Tag": tags(tag),
        "Orgc": {"name": "M", "uuid": "00000000-0000-4000-8000-eeeeeeeeeeee"}}})
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn values_come_back(
        parts in proptest::collection::vec((0usize..13, any::<bool>(), 0usize..7, any::<bool>()), 0..30),
        tag in 0usize..7,
        published in any::<bool>(),
    ) {
        let event = event(&parts, tag, published);
        let body = event.to_string();
        prop_assert!(is_misp(body.as_bytes()));
        let converted = convert(body.as_bytes()).unwrap();
        prop_assert_eq!(&converted.refused, &[]);
        for bytes in &converted.objects {
            let report = legation_stix::validate::validate(bytes);
            let errors: Vec<_> = report.errors().collect();
            prop_assert!(errors.is_empty(), "{errors:?} {}", String::from_utf8_lossy(bytes));
        }
        let feed = feed(&converted.objects);
        prop_assert_eq!(feed.events.len(), 1);
        let known = |attribute: &Value| {
            let kind = attribute["type"].as_str().unwrap().to_owned();
            (kind, attribute["value"].clone().to_string(), attribute["deleted"] == true)
        };
        let back = attributes(&feed);
        let found: BTreeSet<_> = back.iter().filter(|one| one["disable_correlation"] == false).map(known).collect();
        let given = event["Event"]["Attribute"].as_array().unwrap();
        let given: BTreeSet<_> = given.iter().map(known).collect();
        prop_assert_eq!(found, given);
    }

    #[test]
    fn a_feed_tells_nothing_of_what_it_was_not_given(
        parts in proptest::collection::vec((0usize..13, any::<bool>(), 0usize..7, any::<bool>()), 1..20),
        kept in proptest::collection::vec(any::<bool>(), 100),
    ) {
        let event = event(&parts, 0, true);
        let converted = convert(event.to_string().as_bytes()).unwrap();
        let (mut given, mut held_back) = (Vec::new(), Vec::new());
        for (bytes, is_kept) in converted.objects.iter().zip(kept.iter().cycle()) {
            if *is_kept { given.push(bytes.clone()) } else { held_back.push(bytes) }
        }
        let text: Vec<String> = given.iter().map(|bytes| String::from_utf8(bytes.clone()).unwrap()).collect();
        let feed = feed(&given);
        let mut all = [feed.manifest(), feed.hashes()].concat();
        all.extend(feed.events.iter().flat_map(|event| event.bytes.clone()));
        let all = String::from_utf8(all).unwrap();
        for (number, (kind, ..)) in parts.iter().enumerate() {
            // A value that no record given holds is nowhere; neither is an id of one held back,
            // but where a record that was given names it.
            let (_, value) = value(*kind, number);
            let within = |part: &str| json!(part).to_string().trim_matches('"').to_owned();
            // A number is written without the letters before it.
            let parts: Vec<String> = value.trim_start_matches("AS").split('|').map(within).collect();
            let is_given = text.iter().any(|text| parts.iter().any(|part| text.contains(part)));
            prop_assert!(is_given || !all.contains(&within(&value)), "{value}");
        }
        for bytes in held_back {
            let object: Value = serde_json::from_slice(bytes).unwrap();
            let id = object["id"].as_str().unwrap();
            prop_assert!(text.iter().any(|text| text.contains(id)) || !all.contains(id), "{id}");
        }
    }

    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = convert(&body);
    }
}
