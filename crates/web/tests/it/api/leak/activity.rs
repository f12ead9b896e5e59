//! Activities in the scene: a visit to which ELSEWHERIA alone is invited, and a course to which JPN
//! is invited too, with people of both.

use serde_json::{Value, json};

use crate::api::counter::Counter;

/// The ids of both, and of one that is not there.
pub(super) const IDS: [&str; 3] = ["visit-nato-elsewheria", "shared-course", "visit-nato-xyz"];

/// What JPN must not be told.
pub(super) const SECRETS: [&str; 5] = [
    "foreign.person",
    "waiting.person",
    "Hidden visit",
    "said in confidence",
    "certificate-",
];

/// Plans both.
pub(super) fn stage(office: &Counter) {
    let chief = &office.chief;
    let both = [
        (
            "visit-nato-elsewheria",
            "Hidden visit",
            json!([{"party": "ELSEWHERIA"}]),
        ),
        (
            "shared-course",
            "Shared course",
            json!([{"party": "ELSEWHERIA", "seats": 1}, {"party": "JPN", "seats": 1}]),
        ),
    ];
    for (id, title, invited) in both {
        let plan = json!({"id": id, "kind": "training", "title": title, "area": "cyber",
            "place": "Tokyo", "start": "2020-01-01T09:00", "end": "2020-01-01T10:00",
            "zone": "Asia/Tokyo", "invited": invited});
        office.post(chief, "/activities", &plan).expect(201);
        let deadlines = ["agreement:nato-elsewheria", "agreement:nato-jpn"];
        let hidden = id.starts_with("visit");
        for subject in deadlines
            .iter()
            .filter(|one| hidden || one.ends_with("elsewheria"))
        {
            let deadline = json!({"subject": subject, "text": "sign before"});
            let path = format!("/activities/{id}/deadlines");
            office.post(chief, &path, &deadline).expect(200);
        }
    }
    let post = |verb: &str, body: &Value| {
        let path = format!("/activities/shared-course/{verb}");
        office.post(chief, &path, body).expect(200)
    };
    let person = json!({"party": "ELSEWHERIA", "person": "foreign.person"});
    post("nominate", &person);
    post(
        "nominate",
        &json!({"party": "ELSEWHERIA", "person": "waiting.person"}),
    );
    post("nominate", &json!({"party": "JPN", "person": "own.person"}));
    post("confirm", &person);
    post(
        "attend",
        &json!({"party": "ELSEWHERIA", "person": "foreign.person", "attended": true}),
    );
    post("certify", &person);
    post(
        "feedback",
        &json!({"party": "ELSEWHERIA", "text": "said in confidence"}),
    );
}

/// The bodies worth sending.
pub(super) fn bodies() -> Vec<Value> {
    let mut bodies = vec![json!({"subject": "agreement:nato-elsewheria", "text": "x"})];
    for (party, person) in [
        ("ELSEWHERIA", "foreign.person"),
        ("JPN", "foreign.person"),
        ("JPN", "own.person"),
    ] {
        bodies.push(json!({"party": party, "person": person}));
        bodies.push(json!({"party": party, "person": person, "attended": true}));
        bodies.push(json!({"party": party, "text": "x"}));
    }
    // What is sent is not what is told.
    bodies.retain(|body| body["person"] != "foreign.person" || body["party"] == "ELSEWHERIA");
    bodies
}

/// What the partner does see of the course is its own.
pub(super) fn inspect(office: &Counter, jpn: &str) {
    let course = office.get(jpn, "/activities/shared-course").expect(200);
    assert_eq!(course["invited"], json!([{"party": "JPN", "seats": 1}]));
    assert_eq!(course["deadlines"], json!([]));
    let listed = office.get(jpn, "/activities").expect(200);
    assert_eq!(listed["activities"].as_array().unwrap().len(), 1);
    let agreement = office.get(jpn, "/agreements/nato-jpn").expect(200);
    assert_eq!(agreement["deadlines"], json!([]));
    let whole = office.get(&office.chief, "/activities/shared-course");
    for secret in SECRETS {
        let hidden = secret.starts_with("Hidden") || whole.text().contains(secret);
        assert!(hidden, "{secret}");
    }
    let agreement = office
        .get(&office.chief, "/agreements/nato-jpn")
        .expect(200);
    assert_eq!(agreement["deadlines"][0]["title"], "Hidden visit");
}
