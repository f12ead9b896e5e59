//! Consultations and liaison offices in the scene: a consultation with ELSEWHERIA alone, one with JPN
//! before which lies what JPN may not see, and offices of which JPN was told, or was not.

use serde_json::{Value, json};

use super::{HIDDEN, id};
use crate::api::counter::Counter;

/// The ids of both consultations, and of one that is not there.
pub(super) const IDS: [&str; 3] = [
    "consult-nato-elsewheria",
    "shared-talks",
    "consult-nato-xyz",
];

/// Offices: of ELSEWHERIA, of JPN which JPN was not told of, of JPN which is open; and none.
pub(super) const OFFICES: [&str; 4] = [
    "office-nato-elsewheria",
    "untold-office",
    "tokyo",
    "office-nato-xyz",
];

/// What JPN must not be told.
pub(super) const SECRETS: [&str; 6] = [
    "Hidden talks",
    "in confidence to a few",
    "Untold City",
    "untold-office",
    "only members read why",
    "office-nato-elsewheria",
];

fn propose(office: &Counter, id: &str, city: &str, host: &str, accredited: &[&str]) {
    let new = json!({"id": id, "city": city, "host": host, "accredited": accredited,
        "funded_by": ["ELSEWHERIA"], "reason": "only members read why"});
    office.post(&office.chief, "/offices", &new).expect(201);
}

/// Makes all of them.
pub(super) fn stage(office: &Counter) {
    let chief = &office.chief;
    let post = |path: &str, body: Value| {
        let answer = office.post(chief, path, &body);
        assert!(answer.status < 300, "{path}: {}", answer.text());
    };
    for (id, subject, party) in [
        ("consult-nato-elsewheria", "Hidden talks", "ELSEWHERIA"),
        ("shared-talks", "Shared talks", "JPN"),
    ] {
        let new = json!({"id": id, "subject": subject, "area": "cyber", "participants": [party],
            "reason": "x", "open": true});
        post("/consultations", new);
    }
    let hidden = "/consultations/consult-nato-elsewheria";
    let said = json!({"party": "ELSEWHERIA", "kind": "position", "text": "in confidence to a few"});
    post(&format!("{hidden}/said"), said);
    let task =
        json!({"title": "in confidence to a few", "owner": "ELSEWHERIA", "due": "2026-01-01"});
    post(&format!("{hidden}/follow-ups"), task);
    let shared = "/consultations/shared-talks";
    for number in [1, 2, 3] {
        let note = match number {
            1 => "for all",
            _ => "in confidence to a few",
        };
        let document = json!({
            "record": id(number),
            "version": "2024-01-01T00:00:00.000Z",
            "note": note,
        });
        post(&format!("{shared}/documents"), document);
    }
    for agreement in ["nato-jpn", "nato-elsewheria"] {
        let link = json!({"to": {"agreement": agreement}, "linked": true});
        post(&format!("{shared}/links"), link);
    }
    let task = json!({"title": "Write", "owner": "JPN", "due": "2026-01-01"});
    post(&format!("{shared}/follow-ups"), task);
    let calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20200101T000000Z\r\nDTSTART;VALUE=DATE:20260101\r\nSUMMARY:in confidence to a few\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let holidays = json!({"source": "in confidence to a few", "calendar": calendar});
    post("/parties/ELSEWHERIA/holidays", holidays);

    propose(
        office,
        "office-nato-elsewheria",
        "Hidden City",
        "ELSEWHERIA",
        &[],
    );
    propose(office, "untold-office", "Untold City", "JPN", &["JPN"]);
    propose(office, "tokyo", "Tokyo", "JPN", &["ELSEWHERIA"]);
    let tell = json!({"parties": ["JPN"], "reason": "only members read why"});
    post("/offices/tokyo/tell", tell);
}

/// The bodies worth sending.
pub(super) fn bodies() -> Vec<Value> {
    let mut bodies: Vec<Value> = HIDDEN
        .iter()
        .map(|&one| json!({"record": id(one)}))
        .collect();
    bodies.extend([
        json!({"kind": "position", "text": "x"}),
        json!({"kind": "position", "text": "x", "party": "NATO"}),
        json!({"number": 1, "done": true}),
        json!({"number": 2, "done": true}),
        json!({"subject": "x", "area": "cyber", "reason": "x"}),
    ]);
    bodies
}

/// What JPN does see is its own, and what is hidden is there.
pub(super) fn inspect(office: &Counter, jpn: &str) {
    let chief = &office.chief;
    let listed = office.get(jpn, "/consultations").expect(200);
    let ids: Vec<&Value> = listed["consultations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["shared-talks"]);
    let path = "/consultations/shared-talks";
    let read = |token: &str| office.get(token, path).expect(200);
    let documents = |talks: &Value| talks["documents"].as_array().unwrap().len();
    let mine = read(jpn);
    assert_eq!(documents(&mine), 1, "{mine}");
    assert_eq!(mine["documents"][0]["record"], id(1));
    assert_eq!(mine["agreements"], json!(["nato-jpn"]));
    assert_eq!(documents(&read(chief)), 3);
    assert_eq!(read(chief)["agreements"].as_array().unwrap().len(), 2);
    let offices = office.get(jpn, "/offices").expect(200);
    let ids: Vec<&Value> = offices["offices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(ids, ["tokyo"]);
    assert_eq!(offices["offices"][0]["accredited"], json!([]));
    let all = office.get(chief, "/offices").text();
    let talks = office
        .get(chief, "/consultations/consult-nato-elsewheria")
        .text();
    for secret in SECRETS {
        assert!(all.contains(secret) || talks.contains(secret), "{secret}");
    }
    assert_eq!(
        office.get(jpn, "/holidays").expect(200)["holidays"],
        json!([])
    );
}
