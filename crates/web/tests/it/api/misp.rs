//! MISP events come in and feeds go out, by the real wires: values there and back, receipts, what a
//! partner may not see, and what is not there.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::counter::{Answer, Counter};
use super::paper::{AMBER, GREEN, agreement, id, indicator, value};

/// An event with something of everything; the conversion has tests of its own.
const EVENT: &str = include_str!("../../../../formats/src/misp/tests/event.json");

fn fetch(office: &Counter, token: &str, path: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    office.send(
        "GET",
        path,
        &[("authorization", authorization.as_str())],
        b"",
    )
}

/// The manifest, once what was filed is older than this second.
fn manifest(office: &Counter, token: &str, wants: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let found = fetch(office, token, "/misp/cyber/manifest.json").expect(200);
        if wants(&found) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{found}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn events(manifest: &Value) -> Vec<String> {
    manifest.as_object().unwrap().keys().cloned().collect()
}

fn attributes(office: &Counter, token: &str, manifest: &Value) -> Vec<Value> {
    let files = events(manifest).into_iter().map(|uuid| {
        let file = fetch(office, token, &format!("/misp/cyber/{uuid}.json")).expect(200);
        assert_eq!(file["Event"]["uuid"], uuid.as_str());
        assert_eq!(file["Event"]["info"], manifest[&uuid]["info"]);
        file["Event"]["Attribute"].as_array().unwrap().clone()
    });
    files.flatten().collect()
}

fn values(attributes: &[Value]) -> BTreeSet<String> {
    let values = attributes.iter().map(|one| one["value"].as_str().unwrap());
    values.map(str::to_owned).collect()
}

#[test]
fn an_event_is_filed_and_goes_on_as_far_as_it_may() {
    let office = Counter::open();
    let (jpn, kor) = (
        office.admit("JPN", "partner"),
        office.admit("KOR", "partner"),
    );
    office.agree(&agreement("JPN", 1, "AMBER", &["KOR"]), "JPN");
    office.agree(&agreement("KOR", 1, "AMBER", &["JPN"]), "KOR");
    let path = "/areas/cyber/records";
    let filed = office
        .ask(&jpn, "POST", path, "application/json", EVENT.as_bytes())
        .expect(200);
    let refused = filed["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 2, "{filed}");
    for (refusal, value) in refused.iter().zip(["not an address", "xyz"]) {
        assert_eq!(refusal["reason"], "misp.malformed-value");
        let text = refusal["text"].as_str().unwrap();
        assert!(
            text.contains(value) && text.contains("/Event/Attribute/"),
            "{text}"
        );
    }
    // The same again is the same.
    let again = office
        .ask(&jpn, "POST", path, "application/json", EVENT.as_bytes())
        .expect(200);
    assert_eq!(
        (&again["filed"], &again["unchanged"]),
        (&json!(0), &filed["filed"])
    );

    let manifest = manifest(&office, &kor, |found| !events(found).is_empty());
    assert_eq!(events(&manifest).len(), 1);
    let entry = manifest.as_object().unwrap().values().next().unwrap();
    assert_eq!(entry["info"], "Phishing wave against harbours");
    // What KOR gets is no stricter than it may have, so the event is AMBER to it.
    assert_eq!(entry["Tag"][0]["name"], "tlp:amber");
    let found = values(&attributes(&office, &kor, &manifest));
    let event: Value = serde_json::from_str(EVENT).unwrap();
    let event = &event["Event"];
    let objects = event["Object"].as_array().unwrap().iter();
    let given = objects.flat_map(|object| object["Attribute"].as_array().unwrap());
    for attribute in event["Attribute"].as_array().unwrap().iter().chain(given) {
        let value = attribute["value"].as_str().unwrap();
        let withheld = ["red.example", "own.example", "not an address", "xyz"].contains(&value);
        assert_eq!(found.contains(value), !withheld, "{value}");
    }
    let hashes = fetch(&office, &kor, "/misp/cyber/hashes.csv");
    assert_eq!(
        hashes.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let lines = hashes.text();
    assert!(lines.lines().count() > 40);
    for line in lines.lines() {
        let (digest, uuid) = line.split_once(',').unwrap();
        assert!(digest.len() == 32 && manifest.get(uuid).is_some(), "{line}");
    }
    // The maker's own feed holds all of it.
    let own = self::manifest(&office, &jpn, |found| !events(found).is_empty());
    let own = values(&attributes(&office, &jpn, &own));
    assert!(own.contains("red.example") && own.contains("own.example"));
}

#[test]
fn a_receipt_says_what_each_file_told() {
    let office = Counter::open();
    let jpn = office.admit("JPN", "partner");
    office.agree(&agreement("JPN", 1, "GREEN", &[]), "JPN");
    office.file(
        &office.chief,
        "cyber",
        &[indicator(1, GREEN), indicator(2, AMBER)],
    );
    let received = |number: u32| {
        let who = office
            .get(&office.chief, &format!("/who?record={}", id(number)))
            .expect(200);
        let received = who["received"].as_array().unwrap().iter();
        let extents = received.map(|one| {
            (
                one["party"].as_str().unwrap().to_owned(),
                one["extent"].as_str().unwrap().to_owned(),
            )
        });
        extents.collect::<BTreeSet<_>>()
    };
    let manifest = manifest(&office, &jpn, |found| !events(found).is_empty());
    let heads = ("JPN".to_owned(), "heads".to_owned());
    let bodies = ("JPN".to_owned(), "bodies".to_owned());
    assert_eq!(received(1), BTreeSet::from([heads.clone()]));
    let found = values(&attributes(&office, &jpn, &manifest));
    assert_eq!(found, BTreeSet::from([value(1)]));
    assert_eq!(received(1), BTreeSet::from([heads, bodies]));
    assert!(received(2).is_empty());
}

#[test]
fn what_is_not_released_is_not_there() {
    let office = Counter::open();
    let (jpn, kor) = (
        office.admit("JPN", "partner"),
        office.admit("KOR", "partner"),
    );
    office.agree(&agreement("JPN", 1, "GREEN", &[]), "JPN");
    office.file(&office.chief, "cyber", &[indicator(1, GREEN)]);
    let theirs = events(&manifest(&office, &jpn, |found| !events(found).is_empty()));
    let absent = fetch(
        &office,
        &jpn,
        "/misp/cyber/00000000-0000-5000-8000-000000000000.json",
    );
    assert_eq!(absent.refusal(404), "engine.not-found");
    for (token, path) in [
        (&jpn, "/misp/cyber/x.json".to_owned()),
        (&jpn, "/misp/cyber/x".to_owned()),
        (&jpn, "/misp/space/manifest.json".to_owned()),
        (&jpn, "/misp/NO AREA/manifest.json".replace(' ', "%20")),
        (&kor, "/misp/cyber/manifest.json".to_owned()),
        (&kor, "/misp/cyber/hashes.csv".to_owned()),
        (&kor, format!("/misp/cyber/{}.json", theirs[0])),
    ] {
        let answer = fetch(&office, token, &path);
        assert_eq!((answer.status, &answer.body), (404, &absent.body), "{path}");
    }
    // A feed of nothing is empty.
    office.agree(&agreement("KOR", 1, "CLEAR", &[]), "KOR");
    assert_eq!(
        fetch(&office, &kor, "/misp/cyber/manifest.json").expect(200),
        json!({})
    );
    assert_eq!(fetch(&office, &kor, "/misp/cyber/hashes.csv").body, b"");
    // After a suspension there is no feed, whatever was made before.
    let reason = json!({"reason": "x"});
    office
        .post(&office.chief, "/agreements/nato-jpn/suspend", &reason)
        .expect(200);
    for path in ["/misp/cyber/manifest.json", "/misp/cyber/hashes.csv"] {
        let text = fetch(&office, &jpn, path).text();
        assert!(!text.contains(&theirs[0]), "{text}");
    }
    assert_eq!(
        fetch(&office, &jpn, &format!("/misp/cyber/{}.json", theirs[0])).status,
        404
    );
}

#[test]
fn the_office_hands_a_feed_out_for_a_party() {
    let office = Counter::open();
    let jpn = office.admit("JPN", "partner");
    office.agree(&agreement("JPN", 1, "GREEN", &[]), "JPN");
    office.file(
        &office.chief,
        "cyber",
        &[indicator(1, GREEN), indicator(2, AMBER)],
    );
    let area = json!({"area": "cyber"});
    let feed = office
        .post(&office.chief, "/parties/JPN/feed", &area)
        .expect(200);
    let text = feed.to_string();
    assert!(
        text.contains(&value(1)) && !text.contains(&value(2)),
        "{text}"
    );
    let who = office
        .get(&office.chief, &format!("/who?record={}", id(1)))
        .expect(200);
    let received = &who["received"][0];
    assert_eq!(
        (&received["party"], &received["account"]),
        (&json!("JPN"), &json!("NATO/chief"))
    );
    assert_eq!(
        office.post(&jpn, "/parties/JPN/feed", &area).refusal(403),
        "engine.forbidden"
    );
    assert_eq!(
        office
            .post(&office.chief, "/parties/XYZ/feed", &area)
            .refusal(404),
        "engine.not-found"
    );
}
