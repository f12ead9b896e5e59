//! MISP events as STIX and back. Every object that comes of a body is one that an office takes, the
//! same body gives the same objects, and a feed can be made of whatever came of it.

use std::collections::BTreeSet;

use legation_core::time::Instant;
use legation_formats::misp::{Feed, Held, Publisher, convert};
use legation_stix::object::Head;
use legation_stix::tlp;
use serde_json::Value;

pub(super) const WORDS: &[&str] = &[
    "{\"Event\":{",
    "{\"response\":[",
    "\"Attribute\":[{",
    "\"Object\":[{\"name\":\"file\",",
    "\"ObjectReference\":[{",
    "\"EventReport\":[{",
    "\"uuid\":\"5f0c1a2e-0001-4c3b-9d2f-0a1b2c3d4e5f\",",
    "\"referenced_uuid\":\"5f0c1a2e-0002-4c3b-9d2f-0a1b2c3d4e5f\",",
    "\"type\":\"ip-dst\",",
    "\"type\":\"filename|sha256\",",
    "\"type\":\"domain|ip\",",
    "\"type\":\"hostname|port\",",
    "\"type\":\"yara\",",
    "\"object_relation\":\"filename\",",
    "\"value\":\"192.0.2.1/24\",",
    "\"value\":\"a|b|443\",",
    "\"to_ids\":true,",
    "\"deleted\":\"1\",",
    "\"timestamp\":\"1718000000\",",
    "\"timestamp\":253402300799,",
    "\"date\":\"2024-06-09\",",
    "\"date\":\"9999-12-31\",",
    "\"published\":true,",
    "\"distribution\":\"0\",",
    "\"Tag\":[{\"name\":\"tlp:amber\"}],",
    "\"first_seen\":\"2024-06-09T00:00:00.000000+02:00\",",
    "null",
    "\\u0000",
    "'",
    "\\\\",
    "|",
    "[",
    "]}",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let Ok(converted) = convert(bytes) else {
        return false;
    };
    let again = convert(bytes)
        .map(|again| again.objects)
        .unwrap_or_default();
    assert_eq!(converted.objects, again);
    for refused in &converted.refused {
        assert!(refused.place.offset <= bytes.len());
    }
    let mut heads = Vec::new();
    for object in &converted.objects {
        match Head::read(object) {
            Ok(head) => heads.push(head),
            Err(error) => panic!("{error}: {}", String::from_utf8_lossy(object)),
        }
    }
    let level = |head: &Head| {
        let markings = head.object_marking_refs.iter();
        markings.filter_map(|id| tlp::level_of(id.as_str())).max()
    };
    // What an event refers to is no stricter than the event, or the event would stay back with it.
    for event in heads
        .iter()
        .filter(|head| matches!(head.kind(), "report" | "grouping"))
    {
        let refers: BTreeSet<&str> = event.references.iter().map(|id| id.as_str()).collect();
        for head in heads
            .iter()
            .filter(|head| head.created_by_ref == event.created_by_ref)
        {
            let is_part = refers.contains(head.id.as_str()) && head.kind() != "identity";
            assert!(!is_part || level(head) <= level(event) || is_twice(&heads, head));
        }
    }
    let held: Vec<Held<'_>> = converted
        .objects
        .iter()
        .zip(0..)
        .map(|(bytes, n)| Held {
            date: Instant::from_micros(1_700_000_000_000_000 + n),
            bytes,
        })
        .collect();
    let publisher = Publisher {
        name: "NATO".into(),
        seed: [7; 16],
        area: "cyber".into(),
    };
    match Feed::build(&publisher, &held) {
        Err(error) => panic!("{error}"),
        Ok(feed) => {
            let is_json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
            assert!(is_json(&feed.manifest()));
            assert!(feed.events.iter().all(|event| is_json(&event.bytes)));
        }
    }
    !converted.objects.is_empty()
}

/// Whether several events of the body tell of an object, at levels of their own.
fn is_twice(heads: &[Head], one: &Head) -> bool {
    heads.iter().filter(|head| head.id == one.id).count() > 1
}
