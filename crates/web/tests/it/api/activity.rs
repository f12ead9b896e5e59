//! Activities over the wire: deadlines with what they are about, and that what is not for a caller
//! looks like what is not there, whatever is asked.

use serde_json::{Value, json};

use super::counter::{Answer, Counter};

fn plan(id: &str, parties: &[&str]) -> Value {
    let invited: Vec<Value> = parties
        .iter()
        .map(|party| json!({"party": party, "seats": 1}))
        .collect();
    json!({"id": id, "kind": "summit", "title": "July summit", "area": "crisis",
        "place": "The Hague", "start": "2035-07-10T09:00", "end": "2035-07-11T18:00",
        "zone": "Europe/Amsterdam", "invited": invited})
}

/// What an answer tells, but for what differs from one request to the next.
fn told(answer: &Answer) -> (u16, Vec<String>, String) {
    let lines = answer.head.lines();
    let lines =
        lines.filter(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
    (
        answer.status,
        lines.map(str::to_owned).collect(),
        answer.text(),
    )
}

#[test]
fn a_decision_shows_the_deadlines_that_its_reader_may_see() {
    let office = Counter::open();
    let chief = &office.chief;
    let [fra, usa, kor] = [("FRA", "member"), ("USA", "member"), ("KOR", "partner")]
        .map(|(code, status)| office.admit(code, status));
    for new in [plan("summit", &["FRA", "KOR"]), plan("visit", &["USA"])] {
        office.post(chief, "/activities", &new).expect(201);
    }
    let decision = json!({"id": "open-vienna", "title": "Open Vienna", "text": "We open it.",
        "procedure": "written", "expiry": "2035-07-01T00:00:00Z"});
    office.post(chief, "/decisions", &decision).expect(201);
    let deadline = json!({"subject": "decision:open-vienna", "text": "adopt before it"});
    for activity in ["summit", "visit"] {
        let path = format!("/activities/{activity}/deadlines");
        let shown = office.post(chief, &path, &deadline).expect(200);
        assert_eq!(shown["deadlines"][0]["due"], "2035-07-10T07:00:00.000000Z");
    }
    let because = |token: &str| -> Vec<String> {
        let shown = office.get(token, "/decisions/open-vienna").expect(200);
        let list = shown["deadlines"].as_array().unwrap().iter();
        list.map(|one| one["activity"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(because(chief), ["summit", "visit"]);
    assert_eq!(because(&fra), ["summit"]);
    assert_eq!(because(&usa), ["visit"]);
    // KOR is at the summit and is not asked.
    let summit = office.get(&kor, "/activities/summit").expect(200);
    assert_eq!(summit["deadlines"], json!([]));
    let nothing = json!({"subject": "decision:open-nothing", "text": "x"});
    let path = "/activities/summit/deadlines";
    let refused = office.post(chief, path, &nothing).refusal(422);
    assert_eq!(refused, "activity.unknown-subject");
    let nothing = json!({"subject": "liaison:nothing", "text": "x"});
    let refused = office.post(chief, path, &nothing).refusal(422);
    assert_eq!(refused, "activity.unknown-subject");
}

#[test]
fn what_is_not_for_a_party_is_as_if_it_were_not() {
    let office = Counter::open();
    let chief = &office.chief;
    let [jpn, kor] = ["JPN", "KOR"].map(|code| office.admit(code, "partner"));
    for (id, parties) in [("shared", &["JPN", "KOR"][..]), ("hidden", &["KOR"])] {
        office
            .post(chief, "/activities", &plan(id, parties))
            .expect(201);
    }
    let kim = json!({"party": "KOR", "person": "kim"});
    for id in ["shared", "hidden"] {
        // In both at once: only for a reason.
        let mut kim = kim.clone();
        let path = format!("/activities/{id}/nominate");
        if id == "hidden" {
            let refused = office.post(&kor, &path, &kim).refusal(409);
            assert_eq!(refused, "activity.conflict");
            kim["despite"] = json!("short flight");
        }
        office.post(&kor, &path, &kim).expect(200);
    }
    let own = json!({"party": "JPN", "person": "kim"});
    let requests = [
        ("nominate", own.clone()),
        ("nominate", json!({"party": "KOR", "person": "lee"})),
        ("withdraw", kim.clone()),
        ("withdraw", own),
        ("feedback", json!({"party": "JPN", "text": "x"})),
        ("confirm", kim.clone()),
        ("certify", kim.clone()),
        (
            "attend",
            json!({"party": "KOR", "person": "kim", "attended": true}),
        ),
        ("change", json!({"title": "x"})),
        ("cancel", json!({"reason": "x"})),
        ("deadlines", json!({"subject": "agreement:x", "text": "x"})),
        ("deadlines/remove", json!({"subject": "agreement:x"})),
    ];
    for (verb, body) in &requests {
        let ask = |id: &str| office.post(&jpn, &format!("/activities/{id}/{verb}"), body);
        assert_eq!(told(&ask("hidden")), told(&ask("absent")), "{verb} {body}");
    }
    assert_eq!(
        told(&office.get(&jpn, "/activities/hidden")),
        told(&office.get(&jpn, "/activities/absent"))
    );
    // In what it shares, another's person is nobody: there or not, the answer is the same.
    let path = "/activities/shared/withdraw";
    let nobody = json!({"party": "KOR", "person": "nobody"});
    assert_eq!(
        told(&office.post(&jpn, path, &kim)),
        told(&office.post(&jpn, path, &nobody))
    );
    // A person of the same name is another person: no conflict tells of the hidden one.
    let mine = office.post(
        &jpn,
        "/activities/shared/nominate",
        &json!({"party": "JPN", "person": "kim"}),
    );
    let mine = mine.expect(200);
    assert_eq!(mine["nominees"][0]["conflicts"], json!([]));
    assert_eq!(mine["nominees"].as_array().unwrap().len(), 1);
    let before = told(&office.get(&jpn, "/activities/shared"));
    let listed = told(&office.get(&jpn, "/activities"));
    for (verb, body) in [
        ("nominate", json!({"party": "KOR", "person": "lee"})),
        ("confirm", kim.clone()),
        ("change", json!({"invite": [{"party": "KOR", "seats": 9}]})),
        (
            "withdraw",
            json!({"party": "KOR", "person": "lee", "declined": true}),
        ),
        ("deadlines", json!({"subject": "liaison:x", "text": "x"})),
    ] {
        let path = format!("/activities/shared/{verb}");
        let status = office.post(chief, &path, &body).status;
        assert_eq!(status == 200, verb != "deadlines", "{verb}");
        assert_eq!(told(&office.get(&jpn, "/activities/shared")), before);
        assert_eq!(told(&office.get(&jpn, "/activities")), listed);
    }
    // Its own entries it can have proved, those of others not.
    let numbers = office.get(&jpn, "/entries").expect(200);
    for number in numbers["entries"].as_array().unwrap() {
        let proof = office.get(&jpn, &format!("/entries/{number}/proof"));
        assert_eq!(proof.status, 200);
        assert!(!proof.text().contains("KOR"));
    }
}

#[test]
fn a_plan_that_is_wrong_is_refused_with_its_reason() {
    let office = Counter::open();
    let chief = &office.chief;
    office.admit("JPN", "partner");
    let cases = [
        (json!({"zone": "Asia/Nowhere"}), "party.unknown-zone"),
        (json!({"kind": "party"}), "web.invalid-body"),
        (
            json!({"start": "2035-03-25T02:30"}),
            "activity.malformed-time",
        ),
        (json!({"start": "soon"}), "activity.malformed-time"),
        (
            json!({"end": "2035-07-10T09:00"}),
            "activity.ends-before-start",
        ),
        (json!({"title": ""}), "activity.empty-text"),
        (json!({"place": "x".repeat(201)}), "activity.malformed-text"),
        (json!({"text": "\u{7}"}), "activity.malformed-text"),
        (json!({"area": "weather"}), "activity.unknown-area"),
        (json!({"goals": ["nato-jpn"]}), "activity.malformed-subject"),
        (json!({"goals": ["nato-jpn/x"]}), "activity.unknown-goal"),
        (json!({"needs": [{"certificate": "x"}]}), "activity.unknown"),
        (json!({"needs": [{"text": ""}]}), "activity.empty-text"),
        (
            json!({"invited": [{"party": "JPN"}, {"party": "JPN", "seats": 1}]}),
            "activity.duplicate",
        ),
    ];
    for (wrong, code) in cases {
        let mut new = plan("one", &["JPN"]);
        for (key, value) in wrong.as_object().unwrap() {
            new[key] = value.clone();
        }
        let refused = office.post(chief, "/activities", &new);
        assert_eq!(refused.refusal(422), code, "{wrong}");
    }
    let mut unknown = plan("one", &["JPN"]);
    unknown["invited"] = json!([{"party": "AUS"}]);
    let refused = office.post(chief, "/activities", &unknown);
    assert_eq!(refused.refusal(404), "party.unknown");
    let listed = office.get(chief, "/activities").expect(200);
    assert_eq!(listed, json!({"activities": []}));
    office
        .post(chief, "/activities", &plan("one", &["JPN"]))
        .expect(201);
    let again = office.post(chief, "/activities", &plan("one", &["JPN"]));
    assert_eq!(again.refusal(409), "activity.exists");
    // An id that the office makes counts nothing.
    let mut new = plan("one", &["JPN"]);
    new.as_object_mut().unwrap().remove("id");
    let made = office.post(chief, "/activities", &new).expect(201);
    let id = made["id"].as_str().unwrap().to_owned();
    let letters = id.strip_prefix("activity-").unwrap();
    assert!(
        letters.len() == 8
            && letters
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
        "{id}"
    );
    let circle = json!({"needs": [{"certificate": id}]});
    let path = format!("/activities/{id}/change");
    let refused = office.post(chief, &path, &circle).refusal(422);
    assert_eq!(refused, "activity.unknown");
}
