//! Events there and back: ids, versions, levels, values, and what is refused.

mod property;

use std::collections::{BTreeMap, BTreeSet};

use legation_core::time::Instant;
use legation_stix::object::Head;
use legation_stix::tlp;
use serde_json::{Value, json};

use super::*;

/// An event with something of everything, made here.
const EVENT: &str = include_str!("tests/event.json");

fn sample() -> Value {
    serde_json::from_str(EVENT).unwrap()
}

/// The objects of an event by id; the last version of each.
fn objects(event: &Value) -> BTreeMap<String, Value> {
    let converted = convert(event.to_string().as_bytes()).unwrap();
    by_id(&converted)
}

fn by_id(converted: &Converted) -> BTreeMap<String, Value> {
    let read = converted.objects.iter().map(|bytes| {
        let object: Value = serde_json::from_slice(bytes).unwrap();
        (object["id"].as_str().unwrap().to_owned(), object)
    });
    read.collect()
}

/// The one object of that type with that value in any of its members.
fn find<'o>(objects: &'o BTreeMap<String, Value>, kind: &str, value: &str) -> &'o Value {
    let found: Vec<&Value> = objects
        .values()
        .filter(|object| object["type"] == kind)
        .filter(|object| object.to_string().contains(value))
        .collect();
    assert_eq!(found.len(), 1, "{kind} {value}: {found:?}");
    found[0]
}

fn refs(object: &Value, member: &str) -> BTreeSet<String> {
    let refs = object[member].as_array().cloned().unwrap_or_default();
    refs.iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

fn level(object: &Value) -> Option<tlp::Tlp> {
    let refs = refs(object, "object_marking_refs");
    refs.iter().map(|id| tlp::level_of(id).unwrap()).max()
}

fn publisher() -> Publisher {
    Publisher {
        name: "NATO".into(),
        seed: [7; 16],
        area: "cyber".into(),
    }
}

fn feed(objects: &[Vec<u8>]) -> Feed {
    let held: Vec<Held<'_>> = objects
        .iter()
        .zip(0..)
        .map(|(bytes, n)| Held {
            date: Instant::from_micros(1_700_000_000_000_000 + n),
            bytes,
        })
        .collect();
    Feed::build(&publisher(), &held).unwrap()
}

fn attributes(feed: &Feed) -> Vec<Value> {
    let events = feed.events.iter().map(|event| {
        let file: Value = serde_json::from_slice(&event.bytes).unwrap();
        file["Event"]["Attribute"].as_array().unwrap().clone()
    });
    events.flatten().collect()
}

#[test]
fn every_object_is_one_that_an_office_takes_and_its_references_lead_somewhere() {
    let converted = convert(EVENT.as_bytes()).unwrap();
    let known = by_id(&converted);
    for bytes in &converted.objects {
        let report = legation_stix::validate::validate(bytes);
        assert!(
            report.is_valid(),
            "{:?}",
            report.errors().collect::<Vec<_>>()
        );
        let head = Head::read(bytes).unwrap();
        let markings = head
            .references
            .iter()
            .filter(|id| id.kind() == "marking-definition");
        assert!(
            markings
                .into_iter()
                .all(|id| tlp::level_of(id.as_str()).is_some())
        );
        let others = head
            .references
            .iter()
            .filter(|id| id.kind() != "marking-definition");
        for reference in others {
            assert!(
                known.contains_key(reference.as_str()),
                "{} {reference}",
                head.id
            );
        }
    }
    assert_eq!(
        converted.objects,
        convert(EVENT.as_bytes()).unwrap().objects
    );
}

#[test]
fn what_cannot_be_taken_is_refused_alone_with_its_place() {
    let converted = convert(EVENT.as_bytes()).unwrap();
    let told: Vec<_> = converted
        .refused
        .iter()
        .map(|refused| {
            (
                refused.index,
                refused.code(),
                refused.place.pointer.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (34, "misp.malformed-value", "/Event/Attribute/33/value"),
            (35, "misp.malformed-value", "/Event/Attribute/34/value"),
        ]
    );
    assert!(
        converted
            .refused
            .iter()
            .all(|refused| refused.place.line > 1)
    );

    for (member, value, code) in [
        ("uuid", json!("x"), "misp.malformed-uuid"),
        (
            "uuid",
            json!("5f0c1a2e-0001-4c3b-9d2f-0a1b2c3d4e5f"),
            "misp.duplicate-uuid",
        ),
        ("type", json!(["ip-dst"]), "misp.wrong-type"),
        ("value", json!(""), "misp.missing"),
        ("value", json!("x".repeat(TEXT_MAX + 1)), "misp.too-long"),
        ("timestamp", json!("yesterday"), "misp.malformed-time"),
        ("first_seen", json!("yesterday"), "misp.malformed-time"),
        ("to_ids", json!("perhaps"), "misp.wrong-type"),
        ("Tag", json!("tlp:red"), "misp.wrong-type"),
        (
            "Tag",
            json!(vec![json!({"name": "a"}); TAGS_MAX + 1]),
            "misp.too-many-tags",
        ),
    ] {
        let mut event = sample();
        event["Event"]["Attribute"][2][member] = value;
        let converted = convert(event.to_string().as_bytes()).unwrap();
        assert_eq!(converted.refused.len(), 3, "{member}");
        assert_eq!(converted.refused[0].code(), code, "{member}");
        assert_eq!(converted.refused[0].index, 3);
        // Nobody knows how it was meant to be marked.
        let original = by_id(&converted)
            .into_values()
            .find(|object| object["type"] == "artifact");
        assert_eq!(level(&original.unwrap()), Some(tlp::Tlp::Red), "{member}");
    }
}

#[test]
fn a_body_that_is_no_event_is_refused_whole() {
    let many = json!(vec![json!({"Event": {}}); EVENTS_MAX + 1]).to_string();
    for (body, code) in [
        ("", "json.empty"),
        ("{\"Event\": {}", "json.truncated"),
        ("{}", "misp.not-an-event"),
        ("[1]", "misp.not-an-event"),
        ("{\"response\": {}}", "misp.not-an-event"),
        (&many, "misp.too-many-events"),
    ] {
        assert_eq!(convert(body.as_bytes()).unwrap_err().code(), code);
    }
    // An event alone is refused beside others.
    let converted = convert(b"[{\"Event\": {\"info\": \"x\"}}]").unwrap();
    assert_eq!(converted.refused[0].code(), "misp.missing");
    assert!(converted.objects.is_empty());
    let mut event = sample();
    event["Event"]["Attribute"] = json!(vec![json!({}); ATTRIBUTES_MAX + 1]);
    let converted = convert(event.to_string().as_bytes()).unwrap();
    assert_eq!(converted.refused[0].code(), "misp.too-many-attributes");
}

#[test]
fn every_shape_of_a_body_is_known_and_read() {
    let alone: Value = sample();
    let bodies = [alone.clone(), json!([alone]), json!({"response": [alone]})];
    let ids = |body: &Value| -> BTreeSet<String> { objects(body).into_keys().collect() };
    for body in &bodies {
        assert!(is_misp(body.to_string().as_bytes()));
        assert_eq!(ids(body), ids(&bodies[0]));
    }
    assert!(is_misp(b" \n{ \"Event\" : {}}"));
    for other in [
        "{\"type\":\"bundle\"}",
        "{\"objects\":[]}",
        "",
        "{",
        "{\"Events\":1}",
    ] {
        assert!(!is_misp(other.as_bytes()), "{other}");
    }
}

#[test]
fn the_original_is_kept_byte_for_byte_and_apart() {
    use base64::Engine as _;
    let converted = convert(EVENT.as_bytes()).unwrap();
    let objects = by_id(&converted);
    let original = objects
        .values()
        .find(|object| object["type"] == "artifact")
        .unwrap();
    let kept = original["payload_bin"].as_str().unwrap();
    let kept = base64::engine::general_purpose::STANDARD
        .decode(kept)
        .unwrap();
    assert_eq!(String::from_utf8(kept).unwrap(), EVENT.trim());
    let report = find(&objects, "report", "Phishing wave");
    let id = original["id"].as_str().unwrap();
    assert!(!report.to_string().contains(id));
    let tie = find(&objects, "relationship", id);
    assert_eq!(
        (&tie["source_ref"], &tie["target_ref"]),
        (&report["id"], &original["id"])
    );
}

#[test]
fn nothing_becomes_looser_than_it_was() {
    let objects = objects(&sample());
    let red = |value: &str, kind: &str| {
        let object = find(&objects, kind, value);
        assert_eq!(level(object), Some(tlp::Tlp::Red), "{value}");
        object["id"].as_str().unwrap().to_owned()
    };
    let report = find(&objects, "report", "Phishing wave");
    assert_eq!(level(report), Some(tlp::Tlp::Amber));
    let whole = refs(report, "object_refs");
    let tagged = red("red.example", "indicator");
    red("own.example", "domain-name");
    assert!(!whole.contains(&tagged));
    red("application/json", "artifact");
    let tie = objects
        .values()
        .find(|object| object["target_ref"] == tagged.as_str())
        .unwrap();
    assert_eq!(
        (&tie["source_ref"], level(tie)),
        (&report["id"], Some(tlp::Tlp::Red))
    );
    // Whatever the event refers to is no stricter than it, so that it goes wherever the event goes.
    for id in &whole {
        assert!(level(&objects[id]) <= level(report), "{id}");
    }
    assert!(
        objects
            .values()
            .filter(|object| object["type"] != "identity")
            .all(|object| level(object) >= level(report))
    );

    for (distribution, tag, wanted) in [
        (json!("3"), None, None),
        (json!(1), Some("tlp:white"), Some(tlp::Tlp::Clear)),
        (json!("0"), Some("tlp:green"), Some(tlp::Tlp::Red)),
        (json!(4), None, Some(tlp::Tlp::Red)),
        (json!("9"), None, Some(tlp::Tlp::Red)),
        (Value::Null, Some("tlp:ex:chr"), Some(tlp::Tlp::Red)),
    ] {
        let mut event = sample();
        event["Event"]["distribution"] = distribution.clone();
        event["Event"]["Tag"] = json!(
            tag.map(|name| json!({"name": name}))
                .into_iter()
                .collect::<Vec<_>>()
        );
        let objects = self::objects(&event);
        let report = find(&objects, "report", "Phishing wave");
        assert_eq!(level(report), wanted, "{distribution} {tag:?}");
        let original = objects
            .values()
            .find(|object| object["type"] == "artifact")
            .unwrap();
        if wanted.is_none() {
            // The agreement decides on the whole, and what is red within still counts.
            assert_eq!(original["object_marking_refs"], Value::Null);
            let within = &original["granular_markings"][0];
            assert_eq!(within["marking_ref"], tlp::TLP2_RED);
            assert_eq!(within["selectors"], json!(["payload_bin"]));
        } else {
            assert_eq!(level(original), Some(tlp::Tlp::Red));
        }
    }
}

#[test]
fn an_edit_makes_later_versions_of_the_same_ids() {
    let before = objects(&sample());
    let mut event = sample();
    event["Event"]["timestamp"] = json!("1718200000");
    event["Event"]["publish_timestamp"] = json!("1718200001");
    event["Event"]["Attribute"][0]["timestamp"] = json!("1718200000");
    event["Event"]["Attribute"][0]["value"] = json!("198.51.100.70");
    event["Event"]["Attribute"][2]["timestamp"] = json!("1718200000");
    event["Event"]["Attribute"][2]["deleted"] = json!(true);
    let after = objects(&event);
    let mut changed = Vec::new();
    for (id, object) in &after {
        let Some(was) = before.get(id).filter(|was| *was != object) else {
            continue;
        };
        assert!(
            object["modified"].as_str() > was["modified"].as_str(),
            "{id}"
        );
        assert_eq!(object["created"], was["created"]);
        changed.push(object["type"].as_str().unwrap());
    }
    changed.sort_unstable();
    assert_eq!(changed, ["indicator", "indicator", "report"]);
    assert_eq!(
        find(&after, "indicator", "\"name\":\"c2.example\"")["revoked"],
        true
    );

    // A stricter event makes its attributes stricter, without an edit of them.
    let mut event = sample();
    event["Event"]["Tag"][0]["name"] = json!("tlp:red");
    event["Event"]["timestamp"] = json!("1718200000");
    let after = objects(&event);
    for (id, object) in after
        .iter()
        .filter(|(_, object)| object.get("modified").is_some())
    {
        assert_eq!(level(object), Some(tlp::Tlp::Red));
        if let Some(was) = before.get(id).filter(|was| *was != object) {
            assert!(
                object["modified"].as_str() > was["modified"].as_str(),
                "{id}"
            );
        }
    }
}

#[test]
fn every_value_of_an_event_comes_back() {
    let event = sample();
    let converted = convert(EVENT.as_bytes()).unwrap();
    let feed = feed(&converted.objects);
    assert_eq!(feed.events.len(), 1);
    let back = attributes(&feed);
    let triple = |attribute: &Value| {
        let [kind, value] =
            ["type", "value"].map(|member| attribute[member].as_str().unwrap().to_owned());
        (
            kind,
            value,
            attribute["to_ids"] == true,
            attribute["deleted"] == true,
        )
    };
    let back: BTreeSet<_> = back.iter().map(triple).collect();
    let event = &event["Event"];
    let refused: Vec<_> = converted
        .refused
        .iter()
        .map(|refused| refused.uuid.clone().unwrap())
        .collect();
    for attribute in event["Attribute"].as_array().unwrap() {
        let is_refused = refused
            .iter()
            .any(|uuid| attribute["uuid"] == uuid.as_str());
        let own = triple(attribute);
        assert_eq!(back.contains(&own), !is_refused, "{attribute}");
    }
    let values: BTreeSet<&str> = back.iter().map(|(_, value, ..)| value.as_str()).collect();
    for object in event["Object"].as_array().unwrap() {
        for attribute in object["Attribute"].as_array().unwrap() {
            assert!(
                values.contains(attribute["value"].as_str().unwrap()),
                "{attribute}"
            );
        }
    }
    assert!(values.contains("# What happened"));
}

#[test]
fn a_feed_is_what_misp_expects_of_one() {
    let converted = convert(EVENT.as_bytes()).unwrap();
    let feed = feed(&converted.objects);
    let manifest: Value = serde_json::from_slice(&feed.manifest()).unwrap();
    let (uuid, entry) = manifest.as_object().unwrap().iter().next().unwrap();
    let file: Value = serde_json::from_slice(&feed.find(uuid).unwrap().bytes).unwrap();
    for member in [
        "info",
        "date",
        "timestamp",
        "analysis",
        "threat_level_id",
        "Orgc",
        "Tag",
    ] {
        assert_eq!(file["Event"][member], entry[member], "{member}");
    }
    assert_eq!(entry["info"], "Phishing wave against harbours");
    assert_eq!(
        (&entry["analysis"], &entry["threat_level_id"]),
        (&json!("2"), &json!("2"))
    );
    assert_eq!(entry["Tag"][0]["name"], "tlp:red");
    assert_eq!(entry["date"], "2024-06-10");
    let hashes = String::from_utf8(feed.hashes()).unwrap();
    // One plain value and both parts of a composite one.
    for value in ["c2.example", "host.example", "8443"] {
        use md5::Digest as _;
        let digest: [u8; 16] = md5::Md5::digest(value).into();
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(hashes.contains(&format!("{digest},{uuid}\n")), "{value}");
    }
    assert!(feed.find("no-such-uuid").is_none());
}

#[test]
fn what_no_event_holds_has_its_day_and_what_is_said_twice_is_one() {
    let indicator = |n: u32, pattern: &str| {
        json!({"type": "indicator", "spec_version": "2.1", "id": format!("indicator--00000000-0000-4000-8000-{n:012}"),
            "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-02T00:00:00.000Z",
            "pattern": pattern, "pattern_type": "stix", "valid_from": "2024-01-01T00:00:00Z"})
    };
    let records = [
        indicator(
            1,
            "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e' OR file:name = 'a|b']",
        ),
        indicator(2, "[file:name LIKE '%.exe']"),
        indicator(
            3,
            "[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')] AND [url:value = 'http://a/']",
        ),
        indicator(4, "[ipv4-addr:value != '192.0.2.3']"),
        indicator(5, "[process:name = 'a']"),
        json!({"type": "malware", "id": "malware--00000000-0000-4000-8000-000000000006", "name": "Worm"}),
    ];
    let records = records.map(|record| record.to_string().into_bytes());
    let feed = feed(&records);
    assert_eq!(feed.events.len(), 1);
    assert_eq!(
        (&feed.events[0].named_by, feed.events[0].places.len()),
        (&None, 6)
    );
    let pairs: Vec<(String, String)> = attributes(&feed)
        .iter()
        .map(|one| {
            (
                one["type"].as_str().unwrap().to_owned(),
                one["value"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let expected = [
        ("md5", "d41d8cd98f00b204e9800998ecf8427e"),
        ("filename", "a|b"),
        ("stix2-pattern", "[file:name LIKE '%.exe']"),
        ("ip-dst", "192.0.2.1"),
        ("ip-dst", "192.0.2.2"),
        ("url", "http://a/"),
        ("stix2-pattern", "[ipv4-addr:value != '192.0.2.3']"),
        ("stix2-pattern", "[process:name = 'a']"),
        ("text", "malware: Worm"),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned()))
        .collect();
    assert_eq!(pairs, expected);
    let file: Value = serde_json::from_slice(&feed.events[0].bytes).unwrap();
    assert_eq!(file["Event"]["info"], "NATO: cyber, 2023-11-14");
    assert_eq!(
        attributes(&feed)[8]["comment"],
        "malware--00000000-0000-4000-8000-000000000006"
    );
}

#[test]
fn what_misp_abbreviates_is_spelt_out() {
    let mut event = sample();
    let attributes = &mut event["Event"]["Attribute"];
    let regkey = attributes
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|one| one["type"] == "regkey|value");
    regkey.unwrap()["value"] = json!("HKCU\\Run|x");
    let mac = attributes
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|one| one["type"] == "mac-address");
    mac.unwrap()["value"] = json!("00-00-5E-00-53-01");
    let objects = objects(&event);
    let pattern = find(&objects, "indicator", "HKCU")["pattern"].clone();
    let wanted = r"[windows-registry-key:key = 'HKEY_CURRENT_USER\\Run' AND windows-registry-key:values[*].data = 'x']";
    assert_eq!(pattern, wanted);
    find(&objects, "mac-addr", "00:00:5e:00:53:01");
}
