//! What changes a collection: adding objects, their status, deleting them, and the refusals.

use legation_core::party::Status;
use legation_web::Settings;
use serde_json::json;

use super::routes::{Two, nothing, two};
use super::venue::{Answer, GREEN, MEDIA_TYPE, Venue, domain, id, indicator, parse, tool};

#[test]
fn adding_and_its_status() {
    let Two { venue, jpn, kor } = two();
    let mut other = indicator(1, 1, GREEN);
    other["pattern"] = json!("[domain-name:value = 'other.example']");
    let mut broken = tool(2, 1, GREEN);
    broken["modified"] = json!("yesterday");
    venue
        .post(
            &jpn,
            "cyber",
            &json!({"objects": [indicator(1, 1, GREEN)]}).to_string(),
        )
        .expect(202);
    let body = json!({"objects": [
        indicator(1, 1, GREEN), other, broken, 7_i32.to_string().len(), domain(3, GREEN),
    ]});
    // What is no object at all refuses the envelope as a whole.
    assert_eq!(venue.post(&jpn, "cyber", &body.to_string()).status, 422);
    let body = json!({"objects": [indicator(1, 1, GREEN), other, broken, domain(3, GREEN)]});
    let status = venue.post(&jpn, "cyber", &body.to_string()).expect(202);
    let counts = [
        "total_count",
        "success_count",
        "failure_count",
        "pending_count",
    ];
    assert_eq!(
        counts.map(|name| status[name].as_u64().unwrap()),
        [4, 2, 2, 0]
    );
    assert_eq!(status["status"], "complete");
    assert_eq!(status["successes"].as_array().unwrap().len(), 2);
    assert!(status.get("pendings").is_none());
    let failures = status["failures"].as_array().unwrap();
    assert!(
        failures
            .iter()
            .all(|one| one["message"].is_string() && one["version"].is_string())
    );
    assert!(failures.iter().any(|one| one["id"] == id("indicator", 1)));
    assert!(failures.iter().any(|one| one["id"] == id("tool", 2)));
    let uuid = status["id"].as_str().unwrap();
    let path = format!("/taxii2/tokyo/status/{uuid}/");
    assert_eq!(venue.get(&jpn, &path).expect(200), status);
    // The party that filed may ask, through any of its clients; nobody else, the host neither.
    let second = venue.client("JPN", "second");
    assert_eq!(venue.get(&second, &path).expect(200), status);
    nothing(&venue.get(&kor, &path));
    nothing(&venue.get(&venue.chief, &path));
    nothing(&venue.get(
        &jpn,
        "/taxii2/tokyo/status/f81d4fae-7dec-41d0-a765-00a0c91e6bf6/",
    ));
    nothing(&venue.get(&jpn, "/taxii2/tokyo/status/12/"));
    nothing(&venue.post(&kor, "cyber", &body.to_string()));
}

#[test]
fn malformed_bodies() {
    let Two { venue, jpn, .. } = two();
    let object = indicator(1, 1, GREEN);
    let bundle = json!({
        "type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [object],
    });
    for (body, code) in [
        (String::new(), None),
        ("{\"objects\": [".into(), None),
        ("{\"objects\": [], \"objects\": []}".into(), None),
        ("[]".into(), None),
        ("{\"objects\": {}}".into(), None),
        ("{}".into(), Some("web.empty-envelope")),
        ("{\"objects\": []}".into(), Some("web.empty-envelope")),
        (bundle.to_string(), None),
        (object.to_string(), None),
        ("[".repeat(100_000), None),
    ] {
        let answer = venue.post(&jpn, "cyber", &body);
        let found = answer.refusal(422);
        assert!(code.is_none_or(|code| code == found), "{found}");
        assert!(found != "web.empty-envelope" || code.is_some());
    }
    let place = venue.post(&jpn, "cyber", "{\n \"objects\": [nul]}").json();
    assert_eq!(
        place["details"]["place"]
            .as_str()
            .unwrap()
            .split(',')
            .next(),
        Some("line 2")
    );
    let mut invalid = json!({"objects": [object]}).to_string().into_bytes();
    let at = invalid.len() - 20;
    invalid[at] = 0xff;
    let bearer = format!("Bearer {jpn}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", MEDIA_TYPE),
    ];
    let path = "/taxii2/tokyo/collections/cyber/objects/";
    assert_eq!(venue.send("POST", path, &headers, &invalid).status, 422);
    // Nothing of all this was stored.
    assert_eq!(venue.area(&jpn, "cyber", "objects/").text(), "{}");
}

#[test]
fn long_bodies() {
    let settings = Settings {
        max_body: 2000,
        max_objects: 3,
        ..Settings::default()
    };
    let venue = Venue::with(settings);
    let chief = venue.chief.clone();
    let root = venue.get(&chief, "/taxii2/tokyo/").expect(200);
    assert_eq!(root["max_content_length"], 2000);
    let mut body = json!({"objects": [indicator(1, 1, GREEN)]}).to_string();
    body.push_str(&" ".repeat(2000 - body.len()));
    venue.post(&chief, "cyber", &body).expect(202);
    body.push(' ');
    assert_eq!(
        venue.post(&chief, "cyber", &body).refusal(413),
        "web.body-too-long"
    );
    // In chunks, its length not announced.
    let bearer = format!("Bearer {chief}");
    let path = "/taxii2/tokyo/collections/cyber/objects/";
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\ncontent-type: {MEDIA_TYPE}\r\n\
         connection: close\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    assert_eq!(raw(&venue, head.as_bytes()).status, 413);
    // One that announces too much is answered before it has come.
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {bearer}\r\ncontent-type: {MEDIA_TYPE}\r\n\
         connection: close\r\ncontent-length: 99999999999\r\n\r\n"
    );
    assert_eq!(raw(&venue, head.as_bytes()).status, 413);
    // Too many objects in a body that is short enough is not 413.
    let small = json!({"objects": [{}, {}, {}, {}]}).to_string();
    assert_eq!(venue.post(&chief, "cyber", &small).status, 422);
}

fn raw(venue: &Venue, bytes: &[u8]) -> Answer {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(venue.address).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    parse(&answer)
}

#[test]
fn deleting() {
    let Two { venue, jpn, .. } = two();
    venue.file(
        &jpn,
        "cyber",
        &[
            indicator(1, 1, GREEN),
            indicator(1, 2, GREEN),
            indicator(1, 3, GREEN),
        ],
    );
    venue.file(&venue.chief, "cyber", &[tool(5, 1, GREEN)]);
    let path = format!(
        "/taxii2/tokyo/collections/cyber/objects/{}/",
        id("indicator", 1)
    );
    let left = |secret: &str| {
        let body = venue.get(secret, &format!("{path}versions/")).expect(200);
        let list = body["versions"].as_array().unwrap().clone();
        list.iter()
            .map(|one| one.as_str().unwrap()[17..19].to_owned())
            .collect::<Vec<_>>()
    };
    let delete = |rest: &str| venue.ask(&jpn, "DELETE", &format!("{path}{rest}"));
    // A bare DELETE is about the last version, as section 3.4.1 has it.
    let gone = delete("");
    assert_eq!((gone.status, gone.body.len()), (200, 0));
    assert_eq!(gone.header("content-type"), Some(MEDIA_TYPE));
    assert_eq!(left(&jpn), ["01", "02"]);
    assert_eq!(left(&venue.chief), ["01", "02"]);
    nothing(&venue.get(&jpn, &format!("{path}?match[version]=2024-01-01T00:00:03Z")));
    assert_eq!(delete("?match[version]=none").status, 400);
    nothing(&delete("?match[spec_version]=2.0"));
    assert_eq!(delete("?match[version]=first").status, 200);
    assert_eq!(left(&jpn), ["02"]);
    assert_eq!(delete("?match[version]=all").status, 200);
    nothing(&venue.get(&jpn, &path));
    nothing(&delete(""));
    assert_eq!(
        venue.area(&jpn, "cyber", "manifest/").ids(),
        [id("tool", 5)]
    );
    // Another's may be seen and not deleted; a bystander learns nothing.
    let others = format!("/taxii2/tokyo/collections/cyber/objects/{}/", id("tool", 5));
    assert_eq!(
        venue.ask(&jpn, "DELETE", &others).refusal(403),
        "engine.forbidden"
    );
    assert_eq!(venue.area(&jpn, "cyber", "objects/").ids(), [id("tool", 5)]);
    let usa = venue.admit("USA", Status::Member);
    nothing(&venue.ask(&usa, "DELETE", &others));
    // A version that was withdrawn cannot come back.
    let again = venue.post(
        &jpn,
        "cyber",
        &json!({"objects": [indicator(1, 3, GREEN)]}).to_string(),
    );
    assert_eq!(again.expect(202)["failure_count"], 1);
}

#[test]
fn one_right_alone() {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let id = venue.agree("JPN", &["cyber"]);
    venue.file(&jpn, "cyber", &[indicator(1, 1, GREEN)]);
    venue.suspend(&id);
    // What it filed itself stays readable; it may file no more (section 5.5, 5.7).
    let seen = venue.area(&jpn, "cyber", "").expect(200);
    assert_eq!(
        (&seen["can_read"], &seen["can_write"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(venue.area(&jpn, "cyber", "objects/").ids().len(), 1);
    nothing(&venue.post(
        &jpn,
        "cyber",
        &json!({"objects": [indicator(2, 1, GREEN)]}).to_string(),
    ));
    let path = "/taxii2/tokyo/collections/cyber/objects/x/";
    assert_eq!(
        venue.ask(&jpn, "DELETE", path).refusal(403),
        "engine.forbidden"
    );
    venue.resume(&id);
    assert_eq!(
        venue.area(&jpn, "cyber", "").expect(200)["can_write"],
        json!(true)
    );
}
