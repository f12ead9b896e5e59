//! A decision on the API: who sees what of it and when, what each may do, and what comes too late.

use serde_json::{Value, json};

use super::counter::{Answer, Counter, key};
use super::paper::agreement;

/// When nothing of these tests is still running.
const FAR: &str = "2199-03-31T18:00[Europe/Brussels]";

struct Scene {
    office: Counter,
    /// A person of a member that is asked.
    aut: String,
    /// A person of another.
    bel: String,
    /// A machine of the first.
    feed: String,
    /// A person of a member that is not asked.
    fra: String,
    /// Persons of partners: one that is told, one that is not.
    jpn: String,
    kor: String,
}

fn person(office: &Counter, party: &str) -> String {
    let path = format!("/parties/{party}/persons");
    let new = json!({"name": "berg", "role": "delegate"});
    let link = office.post(&office.chief, &path, &new).expect(201);
    let link = link["link"].as_str().unwrap();
    let secret = link.split("link=").nth(1).unwrap_or(link);
    let signed = office.post("", "/sign-in", &json!({"link": secret}));
    signed.expect(200)["token"].as_str().unwrap().to_owned()
}

fn scene() -> Scene {
    let office = Counter::open();
    let feed = office.admit("AUT", "member");
    for (code, status) in [
        ("BEL", "member"),
        ("FRA", "member"),
        ("JPN", "partner"),
        ("KOR", "partner"),
    ] {
        office.admit(code, status);
    }
    let [aut, bel, fra, jpn, kor] =
        ["AUT", "BEL", "FRA", "JPN", "KOR"].map(|code| person(&office, code));
    Scene {
        office,
        aut,
        bel,
        feed,
        fra,
        jpn,
        kor,
    }
}

impl Scene {
    #[track_caller]
    fn table(&self, id: &str, procedure: &str, more: &Value) -> Value {
        let mut new = json!({"id": id, "title": "An office in Tokyo", "text": "There shall be one.",
            "procedure": procedure, "expiry": FAR, "asked": ["AUT", "BEL"], "told": ["JPN"]});
        for (key, value) in more.as_object().unwrap() {
            new[key] = value.clone();
        }
        let tabled = self.office.post(&self.office.chief, "/decisions", &new);
        tabled.expect(201)
    }

    fn say(&self, token: &str, id: &str, position: &str, text: &str) -> Answer {
        let body = json!({"position": position, "text": text});
        self.office
            .post(token, &format!("/decisions/{id}/positions"), &body)
    }

    fn chair(&self, id: &str, verb: &str, body: &Value) -> Answer {
        let path = format!("/decisions/{id}/{verb}");
        self.office.post(&self.office.chief, &path, body)
    }

    fn show(&self, token: &str, id: &str) -> Answer {
        self.office.get(token, &format!("/decisions/{id}"))
    }

    /// The ids that a caller finds in its list.
    fn listed(&self, token: &str) -> Vec<String> {
        let list = self.office.get(token, "/decisions").expect(200);
        let list = list["decisions"].as_array().unwrap().iter();
        list.map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn a_text_exists_for_those_asked_and_after_the_adoption_for_those_told() {
    let scene = scene();
    let Scene {
        office,
        aut,
        bel,
        feed,
        fra,
        jpn,
        kor,
    } = &scene;
    let tabled = scene.table(
        "tokyo",
        "meeting",
        &json!({"permits": {"kind": "open-office", "office": "tokyo"}}),
    );
    assert_eq!(tabled["outcome"], "open");
    assert_eq!(tabled["expiry"]["at"], "2199-03-31T16:00:00.000000Z");
    assert_eq!(tabled["expiry"]["zone"], "Europe/Brussels");
    assert_eq!(tabled["expiry"]["written"], FAR);
    assert_eq!(
        tabled["permits"],
        json!({"kind": "open-office", "office": "tokyo"})
    );
    let hours: Vec<&Value> = tabled["reminders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["hours"])
        .collect();
    assert_eq!(hours, [72, 24, 2]);
    for token in [aut, bel, feed] {
        assert_eq!(scene.listed(token), ["tokyo"]);
        let shown = scene.show(token, "tokyo").expect(200);
        assert_eq!(shown["text"], "There shall be one.");
        assert_eq!(shown["awaited"], json!(["AUT", "BEL"]));
    }
    let absent = scene.show(kor, "kyoto");
    for token in [fra, jpn, kor] {
        assert_eq!(scene.listed(token), [""; 0]);
        let hidden = scene.show(token, "tokyo");
        assert_eq!((hidden.status, hidden.text()), (404, absent.text()));
        let said = scene.say(token, "tokyo", "objection", "no");
        assert_eq!((said.status, said.text()), (404, absent.text()));
        let export = office.get(token, "/decisions/tokyo/export");
        assert_eq!((export.status, export.text()), (404, absent.text()));
    }
    // A machine reads what its party is asked, and says nothing for it; nor does one party for another.
    assert_eq!(
        scene.say(feed, "tokyo", "assent", "yes").refusal(403),
        "engine.forbidden"
    );
    let other = json!({"party": "BEL", "position": "assent"});
    let other = office.post(aut, "/decisions/tokyo/positions", &other);
    assert_eq!((other.status, other.text()), (404, absent.text()));
    scene
        .say(aut, "tokyo", "reservation", "not in winter")
        .expect(200);
    let entered = json!({"party": "BEL", "position": "interpretation", "text": "a small one"});
    scene.chair("tokyo", "positions", &entered).expect(200);
    let shown = scene.show(bel, "tokyo").expect(200);
    assert_eq!(shown["positions"][0]["account"], Value::Null);
    assert_eq!(shown["positions"][0]["entered"], false);
    assert_eq!(shown["positions"][1]["account"], "NATO/chief");
    assert_eq!(shown["positions"][1]["entered"], true);
    assert_eq!(shown["awaited"], json!([]));
    let early = office.get(aut, "/decisions/tokyo/export");
    assert_eq!(early.refusal(409), "decision.not-adopted");
    scene
        .chair(
            "tokyo",
            "conclude",
            &json!({"adopted": true, "note": "item 4"}),
        )
        .expect(200);
    for token in [fra, kor] {
        assert_eq!(scene.listed(token), [""; 0]);
        assert_eq!(scene.show(token, "tokyo").text(), absent.text());
    }
    assert_eq!(scene.listed(jpn), ["tokyo"]);
    let told = scene.show(jpn, "tokyo").expect(200);
    let keys: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "at",
            "deadlines",
            "digest",
            "id",
            "outcome",
            "text",
            "title"
        ]
    );
    let proof = office.get(jpn, "/decisions/tokyo/export").expect(200);
    assert_eq!(proof["text"], "There shall be one.");
    assert!(proof.get("tabling").is_none(), "{proof}");
    let whole = office.get(aut, "/decisions/tokyo/export").expect(200);
    assert!(whole["tabling"]["frame"].is_string());
    let brief = office
        .get(aut, "/decisions/tokyo/export?brief=true")
        .expect(200);
    assert!(brief.get("tabling").is_none());
    // What whoever is told may be handed of the journal: the certificate, and no position.
    let own = office.get(jpn, "/entries").expect(200);
    assert!(
        own["entries"]
            .as_array()
            .unwrap()
            .contains(&proof["certificate"]["entry"])
    );
    assert!(
        !own["entries"]
            .as_array()
            .unwrap()
            .contains(&tabled["entry"])
    );
    assert_eq!(
        scene.say(jpn, "tokyo", "interpretation", "x").refusal(403),
        "decision.not-asked"
    );
}

#[test]
fn what_comes_too_late_is_refused_with_both_times_and_kept() {
    let scene = scene();
    scene.table("late", "meeting", &json!({}));
    let adopted = scene
        .chair("late", "conclude", &json!({"adopted": true}))
        .expect(200);
    let refused = scene.say(&scene.aut, "late", "objection", "we wanted to say no");
    assert_eq!(refused.refusal(409), "decision.late");
    let shown = scene.show(&scene.aut, "late").expect(200);
    assert_eq!(shown["outcome"], "adopted");
    assert_eq!(shown["positions"], json!([]));
    let late = &shown["late"][0];
    assert_eq!(
        (&late["party"], &late["position"]),
        (&json!("AUT"), &json!("objection"))
    );
    for time in [&late["at"], &adopted["at"]] {
        assert!(
            refused.text().contains(time.as_str().unwrap()),
            "{}",
            refused.text()
        );
    }
    // An interpretation attaches to an adopted text.
    let stays = scene
        .say(&scene.bel, "late", "interpretation", "as we read it")
        .expect(200);
    assert_eq!(stays["positions"][0]["position"], "interpretation");
    for _ in 0..20 {
        scene
            .say(&scene.aut, "late", "objection", "again")
            .refusal(409);
    }
    let shown = scene.show(&scene.aut, "late").expect(200);
    assert_eq!(shown["late"].as_array().unwrap().len(), 16);
}

#[test]
fn an_objection_breaks_silence_and_an_amended_text_follows() {
    let scene = scene();
    scene.table("first", "silence", &json!({"permits": {"kind": "publish"}}));
    assert_eq!(
        scene
            .say(&scene.aut, "first", "objection", " ")
            .refusal(422),
        "decision.no-text"
    );
    let early = json!({"text": "Another.", "expiry": FAR});
    assert_eq!(
        scene.chair("first", "amended", &early).refusal(409),
        "decision.not-over"
    );
    let broken = scene
        .say(&scene.aut, "first", "amendment", "There shall be two.")
        .expect(200);
    assert_eq!(
        (&broken["outcome"], &broken["broken_by"]),
        (&json!("broken"), &json!("AUT"))
    );
    // Everybody who is asked sees it at once.
    assert_eq!(
        scene.show(&scene.bel, "first").expect(200)["broken_by"],
        "AUT"
    );
    assert_eq!(
        scene.say(&scene.bel, "first", "assent", "x").refusal(409),
        "decision.closed"
    );
    let next = json!({"id": "second", "text": "There shall be two.", "expiry": FAR});
    let next = scene.chair("first", "amended", &next).expect(201);
    assert_eq!(
        (&next["predecessor"], &next["asked"]),
        (&json!("first"), &json!(["AUT", "BEL"]))
    );
    assert_eq!(next["permits"]["digest"], next["digest"]);
    assert_eq!(
        scene.show(&scene.bel, "first").expect(200)["successors"],
        json!(["second"])
    );
    let again = json!({"text": "Three.", "expiry": FAR});
    assert_eq!(
        scene.chair("first", "amended", &again).refusal(409),
        "decision.amended"
    );
    let longer = json!({"expiry": "2199-04-30T18:00[Europe/Brussels]", "reason": "a holiday"});
    let longer = scene.chair("second", "extend", &longer).expect(200);
    assert_eq!(longer["at"], "2199-04-30T16:00:00.000000Z");
    assert_eq!(longer["extensions"][0]["reason"], "a holiday");
    let gone = scene
        .chair("second", "withdraw", &json!({"reason": "no time"}))
        .expect(200);
    assert_eq!(
        (&gone["outcome"], &gone["note"]),
        (&json!("withdrawn"), &json!("no time"))
    );
    assert_eq!(
        scene
            .chair("second", "withdraw", &json!({"reason": "x"}))
            .refusal(409),
        "decision.closed"
    );
}

#[test]
fn the_rules_of_the_house_bind_the_chair() {
    let scene = scene();
    let (office, chief) = (&scene.office, &scene.office.chief);
    let post = |body: &Value| office.post(chief, "/decisions", body);
    let new = |expiry: &str| json!({"title": "x", "text": "x", "procedure": "silence", "expiry": expiry, "asked": ["AUT"]});
    let soon = "2020-01-01T00:00:00Z";
    assert_eq!(post(&new(soon)).refusal(422), "decision.too-short");
    let mut urgent = new(soon);
    urgent["urgent"] = json!("the summit");
    assert_eq!(post(&urgent).refusal(422), "decision.past");
    assert_eq!(
        post(&new("2199-03-31T02:30[Europe/Brussels]")).refusal(422),
        "decision.expiry"
    );
    for (key, value, status, code) in [
        ("asked", json!(["XYZ"]), 404, "party.unknown"),
        ("asked", json!([]), 422, "decision.nobody-asked"),
        ("told", json!(["AUT"]), 422, "decision.twice"),
        ("told", json!(["NATO"]), 422, "decision.twice"),
        ("title", json!("x".repeat(201)), 422, "decision.too-long"),
        (
            "permits",
            json!({"kind": "sign", "agreement": "nato-jpn", "version": 1}),
            422,
            "decision.permit",
        ),
        ("procedure", json!("shouting"), 422, "web.invalid-body"),
    ] {
        let mut body = new(FAR);
        body[key] = value;
        assert_eq!(post(&body).refusal(status), code, "{body}");
    }
    let made = post(&new(FAR)).expect(201);
    let id = made["id"].as_str().unwrap();
    let random = id.strip_prefix("decision-").unwrap();
    assert!(
        random.len() == 8
            && random
                .bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)),
        "{id}"
    );
    let mut again = new(FAR);
    again["id"] = json!(id);
    assert_eq!(post(&again).refusal(409), "decision.exists");
    let shorter = json!({"expiry": "2198-01-01T00:00:00Z", "reason": "x"});
    assert_eq!(
        scene.chair(id, "extend", &shorter).refusal(422),
        "decision.not-later"
    );
    assert_eq!(
        scene
            .chair(id, "conclude", &json!({"adopted": true}))
            .refusal(409),
        "decision.no-meeting"
    );
    let rules = office.get(chief, "/house").text();
    let rules =
        format!("{rules}\n[decision]\nextension = false\nagreements_need_decision = true\n");
    assert_eq!(office.put_file(chief, "/house", &rules).status, 200);
    let longer = json!({"expiry": "2199-12-31T00:00:00Z", "reason": "x"});
    assert_eq!(
        scene.chair(id, "extend", &longer).refusal(409),
        "decision.no-extension"
    );
}

#[test]
fn the_host_signs_what_the_members_decided_and_no_other_bytes() {
    let scene = scene();
    let (office, chief) = (&scene.office, &scene.office.chief);
    let rules = office.get(chief, "/house").text();
    let rules = format!("{rules}\n[decision]\nagreements_need_decision = true\n");
    assert_eq!(office.put_file(chief, "/house", &rules).status, 200);
    let file = agreement("JPN", 1, "AMBER", &["members"]);
    let tabled = office.post_file(chief, "/agreements", &file).expect(201);
    let sign = |party: &str| {
        let signature = legation_core::agreement::signature::sign(file.as_bytes(), &key(party).0);
        let body = json!({"version": 1, "party": party, "signature": signature.unwrap()});
        office.post(chief, "/agreements/nato-jpn/signatures", &body)
    };
    assert_eq!(sign("NATO").refusal(409), "agreement.needs-decision");
    // The other side waits for nobody.
    sign("JPN").expect(200);
    let permits = json!({"permits": {"kind": "sign", "agreement": "nato-jpn", "version": 1}});
    let decision = scene.table("sign", "meeting", &permits);
    assert_eq!(decision["permits"]["digest"], tabled["digest"]);
    assert_eq!(sign("NATO").refusal(409), "agreement.needs-decision");
    scene
        .chair("sign", "conclude", &json!({"adopted": true}))
        .expect(200);
    assert_eq!(sign("NATO").expect(200)["state"], "in force");
}
