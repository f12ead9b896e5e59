//! Recalls over the wire: who is sent a notice, what it tells, and that it is told of to nobody else.

use serde_json::{Value, json};

use super::counter::{Answer, Counter};
use super::paper::{GREEN, agreement, id, indicator};

struct Scene {
    office: Counter,
    jpn: String,
    kor: String,
    che: String,
}

/// JPN and KOR have read what the host filed; CHE has not.
fn scene() -> Scene {
    let office = Counter::open();
    let [jpn, kor, che] = ["JPN", "KOR", "CHE"].map(|party| {
        let password = office.admit(party, "partner");
        office.agree(&agreement(party, 1, "GREEN", &["partners"]), party);
        password
    });
    let objects = [1, 2, 3].map(|number| indicator(number, GREEN));
    office.file(&office.chief, "cyber", &objects);
    for reader in [&jpn, &kor] {
        assert_eq!(office.read(reader, "cyber").status, 200);
    }
    Scene {
        office,
        jpn,
        kor,
        che,
    }
}

impl Scene {
    fn withdraw(&self, number: u32) -> Value {
        let end = json!({"record": id(number), "reason": "mistaken"});
        let chief = &self.office.chief;
        self.office.post(chief, "/withdraw", &end).expect(200)
    }

    fn list(&self, token: &str) -> Vec<Value> {
        let recalls = self.office.get(token, "/recalls").expect(200);
        assert_eq!(recalls["more"], false);
        recalls["recalls"].as_array().unwrap().clone()
    }
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
fn a_notice_is_listed_shown_and_acknowledged() {
    let scene = scene();
    let office = &scene.office;
    let gone = scene.withdraw(1);
    assert_eq!(gone["notified"], json!(["JPN", "KOR"]));
    let all = scene.list(&office.chief);
    assert_eq!(all.len(), 2);
    for notice in &all {
        assert_eq!(notice["due"], gone["due"]);
        assert_eq!(
            (&notice["told"], &notice["acknowledged"]),
            (&Value::Null, &Value::Null)
        );
        assert_eq!(notice["account"], "NATO/chief");
        assert_eq!(notice["records"][0]["originator"], "NATO");
    }
    let own = scene.list(&scene.jpn);
    assert_eq!(own.len(), 1);
    let notice = &own[0];
    assert_eq!(
        (&notice["party"], &notice["cause"]),
        (&json!("JPN"), &json!("withdrawn"))
    );
    assert_eq!(
        (&notice["reason"], &notice["overdue"]),
        (&json!("mistaken"), &json!(false))
    );
    let version = "2024-01-01T00:00:00.000000Z";
    let record = json!({"record": id(1), "area": "cyber", "version": version, "originator": null});
    assert_eq!(notice["records"], json!([record]));
    assert_eq!(notice["told"]["account"], "JPN/feed");
    assert_eq!(
        (&notice["entry"], &notice["account"]),
        (&Value::Null, &Value::Null)
    );
    let path = format!("/recalls/{}", notice["id"].as_str().unwrap());
    assert_eq!(office.get(&scene.jpn, &path).expect(200), *notice);
    // The office sees that it was told, and may not speak for the party.
    let shown = office.get(&office.chief, &path).expect(200);
    assert_eq!(shown["told"], notice["told"]);
    let acknowledge = format!("{path}/acknowledge");
    let refused = office.post(&office.chief, &acknowledge, &json!({}));
    assert_eq!(refused.refusal(403), "engine.forbidden");
    let done = office
        .post(&scene.jpn, &acknowledge, &json!({}))
        .expect(200);
    assert_eq!(done["acknowledged"]["account"], "JPN/feed");
    let again = office
        .post(&scene.jpn, &acknowledge, &json!({}))
        .expect(200);
    assert_eq!(again, done);
    let of = |party: &str| {
        let all = scene.list(&office.chief);
        let one = all.iter().find(|one| one["party"] == party).unwrap();
        one["acknowledged"].clone()
    };
    assert_eq!(
        (of("JPN"), of("KOR")),
        (done["acknowledged"].clone(), Value::Null)
    );
    assert!(
        office
            .get(&office.chief, "/recalls?overdue=true")
            .expect(200)["recalls"]
            == json!([])
    );
    assert_eq!(office.get(&scene.jpn, "/recalls?overdue=x").status, 400);
}

#[test]
fn whoever_received_nothing_sees_nothing() {
    let scene = scene();
    let office = &scene.office;
    // As it is before there is any recall, so it stays.
    let empty = told(&office.get(&scene.che, "/recalls"));
    scene.withdraw(1);
    scene.withdraw(2);
    assert_eq!(told(&office.get(&scene.che, "/recalls")), empty);
    let ids: Vec<String> = scene
        .list(&office.chief)
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 4);
    // No id tells of another.
    for (place, one) in ids.iter().enumerate() {
        for other in &ids[place + 1..] {
            let same = one.bytes().zip(other.bytes()).filter(|(a, b)| a == b);
            assert!(same.count() < 20, "{one} {other}");
        }
    }
    let never = "0123456789abcdef0123456789abcdef";
    let absent = |token: &str, make: &dyn Fn(&str) -> Answer| {
        let wanted = told(&make(never));
        assert_eq!(wanted.0, 404, "{token}");
        for id in &ids {
            let own = token == scene.jpn && scene.list(token).iter().any(|one| one["id"] == **id);
            if !own {
                assert_eq!(told(&make(id)), wanted);
            }
        }
        assert_eq!(told(&make("no-id")), wanted);
    };
    for token in [&scene.che, &scene.jpn] {
        absent(token, &|id| office.get(token, &format!("/recalls/{id}")));
        absent(token, &|id| {
            office.get(token, &format!("/recalls?after={id}"))
        });
        let path = |id: &str| format!("/recalls/{id}/acknowledge");
        absent(token, &|id| office.post(token, &path(id), &json!({})));
    }
    // Nothing of that was told to whoever it is for.
    for notice in scene.list(&office.chief) {
        assert_eq!(
            notice["told"].is_null(),
            notice["party"] != "JPN",
            "{notice}"
        );
        assert_eq!(notice["acknowledged"], Value::Null);
    }
}

#[test]
fn deleting_and_revoking_call_back_what_went_out() {
    let scene = scene();
    let office = &scene.office;
    // KOR files, JPN reads; then KOR deletes one over TAXII and revokes the other.
    let filed = [indicator(11, GREEN), indicator(12, GREEN)];
    office.file(&scene.kor, "cyber", &filed);
    assert_eq!(office.read(&scene.jpn, "cyber").status, 200);
    let path = format!("/taxii2/tokyo/collections/cyber/objects/{}/", id(11));
    let authorization = format!("Bearer {}", scene.kor);
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/taxii+json;version=2.1"),
    ];
    assert_eq!(office.send("DELETE", &path, &headers, b"").status, 200);
    let revoke = |number: u32| {
        let mut newer = indicator(number, GREEN);
        newer["modified"] = json!("2024-03-03T00:00:00.000Z");
        newer["revoked"] = json!(true);
        newer
    };
    office.file(&scene.kor, "cyber", &[revoke(12)]);
    // What is another's it cannot call back.
    office.file(&scene.kor, "cyber", &[revoke(1)]);
    let own = scene.list(&scene.jpn);
    let brief: Vec<(&Value, &Value)> = own
        .iter()
        .map(|one| (&one["cause"], &one["records"][0]["record"]))
        .collect();
    let (one, two) = (json!(id(11)), json!(id(12)));
    assert_eq!(
        brief,
        [(&json!("withdrawn"), &one), (&json!("revoked"), &two)]
    );
    assert!(scene.list(&scene.kor).is_empty());
    assert!(scene.list(&scene.che).is_empty());
    for notice in &own {
        assert!(!notice.to_string().contains("KOR"), "{notice}");
    }
    // A party that withdraws its own is not told whom that calls.
    office.file(&scene.kor, "cyber", &[indicator(13, GREEN)]);
    assert_eq!(office.read(&scene.jpn, "cyber").status, 200);
    let end = json!({"record": id(13), "reason": "mistaken"});
    let gone = office.post(&scene.kor, "/withdraw", &end).expect(200);
    assert_eq!(
        (&gone["notified"], &gone["due"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(scene.list(&scene.jpn).len(), 3);
}
