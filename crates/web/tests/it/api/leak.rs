//! Nothing leaks: whatever a partner asks, on whatever route of whatever face, no answer holds an
//! id or a value of a record that is not released to it, nor tells of another party.

mod activity;
mod consultation;
mod statement;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::counter::{Answer, Counter, key};
use super::paper::{AMBER, GREEN, RED, agreement, bundle, id, indicator, relationship, value};

/// What JPN may not see: too high, of a party that gives it to others only, withdrawn, for others
/// by name, and what refers to such.
const HIDDEN: [u32; 6] = [2, 3, 4, 5, 6, 7];
/// No id of a notice.
const NO_NOTICE: &str = "00000000000000000000000000000000";
/// What nobody ever filed.
const ABSENT: u32 = 77;

pub(super) struct Scene {
    pub(super) office: Counter,
    pub(super) jpn: String,
    /// A filing of ELSEWHERIA.
    pub(super) status: String,
    /// Its notice of a recall.
    pub(super) notice: String,
    /// Its calendar feed.
    pub(super) feed: String,
    /// Files of the host's feed about what JPN may not see.
    pub(super) events: Vec<String>,
}

fn scene() -> Scene {
    let office = Counter::open();
    let chief = office.chief.clone();
    let (jpn, other) = (
        office.admit("JPN", "partner"),
        office.admit("ELSEWHERIA", "partner"),
    );
    office.agree(&agreement("JPN", 1, "GREEN", &["observers"]), "JPN");
    office.agree(
        &agreement("ELSEWHERIA", 1, "AMBER", &["observers"]),
        "ELSEWHERIA",
    );
    let mut hidden = indicator(4, GREEN);
    hidden["object_marking_refs"] = json!([
        GREEN,
        "marking-definition--00000000-0000-4000-8000-0000000000bb"
    ]);
    office.file(
        &chief,
        "cyber",
        &[
            indicator(1, GREEN),
            indicator(2, AMBER),
            indicator(3, RED),
            hidden,
            indicator(6, GREEN),
            relationship(7, &id(1), &id(2), GREEN),
            report(),
        ],
    );
    // A version of what JPN sees that JPN does not see.
    let mut newer = indicator(1, AMBER);
    newer["modified"] = json!("2024-02-02T00:00:00.000Z");
    newer["pattern"] = json!(format!("[domain-name:value = '{}']", value(2)));
    office.file(&chief, "cyber", &[newer]);
    let filed = office.file(&other, "cyber", &[indicator(5, GREEN)]);
    assert_eq!(office.read(&other, "cyber").status, 200);
    let end = json!({"record": id(6), "reason": format!("about {}", value(6))});
    let gone = office.post(&chief, "/withdraw", &end).expect(200);
    assert_eq!(gone["notified"], json!(["ELSEWHERIA"]));
    office.file(&jpn, "cyber", &[indicator(20, GREEN)]);
    assert_eq!(office.read(&other, "cyber").status, 200);
    let status = filed["status"].as_str().unwrap().to_owned();
    let recalls = office.get(&chief, "/recalls").expect(200);
    let notice = recalls["recalls"][0]["id"].as_str().unwrap().to_owned();
    let events = vec![hidden_event(&office)];
    activity::stage(&office);
    hide_decision(&office);
    consultation::stage(&office);
    statement::stage(&office);
    let url = format!("https://{}/hook", value(6));
    let hook = json!({"id": "elsewhere", "party": "ELSEWHERIA", "url": url});
    office.post(&chief, "/webhooks", &hook).expect(201);
    let new = json!({"name": value(6), "party": "ELSEWHERIA"});
    let feed = office.post(&chief, "/calendar/feeds", &new).expect(201);
    let feed = feed["id"].as_str().unwrap().to_owned();
    Scene {
        feed,
        office,
        jpn,
        status,
        notice,
        events,
    }
}

/// The id of a feed that there is not.
const NO_FEED: &str = "feed-aaaaaaaa";

/// What ELSEWHERIA is asked, and JPN would be told of if it were adopted.
const HIDDEN_DECISION: &str = "hidden-decision";
const ABSENT_DECISION: &str = "absent-decision";

/// Puts a text to ELSEWHERIA, which has a reservation.
fn hide_decision(office: &Counter) {
    let new = json!({"id": HIDDEN_DECISION, "title": value(2), "text": value(3),
        "procedure": "silence", "expiry": "2199-01-01T00:00:00Z", "asked": ["ELSEWHERIA"],
        "told": ["JPN"], "permits": {"kind": "publish"}});
    office.post(&office.chief, "/decisions", &new).expect(201);
    let said = json!({"party": "ELSEWHERIA", "position": "reservation", "text": value(4)});
    let path = format!("/decisions/{HIDDEN_DECISION}/positions");
    office.post(&office.chief, &path, &said).expect(200);
}

/// A report about something of each kind, above what JPN takes.
fn report() -> Value {
    json!({"type": "report", "spec_version": "2.1", "id": report_id(8), "name": value(8),
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "published": "2024-01-01T00:00:00Z", "object_refs": [id(1), id(2)], "object_marking_refs": [AMBER]})
}

fn report_id(number: u32) -> String {
    format!("report--00000000-0000-4000-8000-{number:012x}")
}

/// The file of the report's event in the host's feed, once the feed has it.
fn hidden_event(office: &Counter) -> String {
    let begun = std::time::Instant::now();
    let authorization = format!("Bearer {}", office.chief);
    loop {
        let headers = [("authorization", authorization.as_str())];
        let manifest = office
            .send("GET", "/misp/cyber/manifest.json", &headers, b"")
            .expect(200);
        let found = manifest
            .as_object()
            .unwrap()
            .iter()
            .find(|(_, entry)| entry["info"] == value(8));
        if let Some((uuid, _)) = found {
            return format!("{uuid}.json");
        }
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(60),
            "{manifest}"
        );
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// What no feed has.
const ABSENT_EVENT: &str = "00000000-0000-5000-8000-00000000aaaa.json";

impl Scene {
    /// The events of JPN's own feed.
    fn own_events(&self) -> Vec<String> {
        let authorization = format!("Bearer {}", self.jpn);
        let headers = [("authorization", authorization.as_str())];
        let path = "/misp/cyber/manifest.json";
        let manifest = self.office.send("GET", path, &headers, b"").expect(200);
        manifest.as_object().unwrap().keys().cloned().collect()
    }
}

/// What a parameter of a path may be: of the caller's own, of others, and of nobody.
pub(super) fn choices(name: &str, scene: &Scene) -> Vec<String> {
    let ids = || {
        let all = HIDDEN.iter().chain([1, 20, ABSENT].iter());
        all.map(|&number| id(number))
            .chain([relationship_id(7)])
            .collect()
    };
    match name {
        "root" => vec!["tokyo".into(), "elsewhere".into()],
        "collection" | "area" => vec!["cyber".into(), "space".into(), "weather".into()],
        "object" => ids(),
        "event" => {
            let own = scene.own_events();
            let mut files = scene.events.clone();
            files.extend([ABSENT_EVENT.into(), "x".into()]);
            files.extend(own.iter().map(|uuid| format!("{uuid}.json")));
            files
        }
        "status" => vec![
            scene.status.clone(),
            "00000000-0000-4000-8000-000000000000".into(),
        ],
        "decision" => vec![HIDDEN_DECISION.into(), ABSENT_DECISION.into(), "X".into()],
        "notice" => vec![scene.notice.clone(), NO_NOTICE.into(), "x".into()],
        "feed" => vec![scene.feed.clone(), NO_FEED.into(), "X".into()],
        "calendar" => vec!["x.ics".into(), "x".into(), format!("{}.ics", scene.feed)],
        "webhook" => vec!["elsewhere".into(), "nothing".into()],
        "code" => vec!["JPN".into(), "ELSEWHERIA".into(), "XYZ".into()],
        "id" => vec![
            "nato-jpn".into(),
            "nato-elsewheria".into(),
            "nato-xyz".into(),
        ],
        "consultation" => consultation::IDS.map(String::from).to_vec(),
        "office" => consultation::OFFICES.map(String::from).to_vec(),
        "activity" => activity::IDS.map(String::from).to_vec(),
        "n" => (0..120).map(|n| n.to_string()).collect(),
        "*tile" => vec!["0/000.p/8".into(), "entries/000.p/8".into(), "9/000".into()],
        other if statement::choices(other).is_some() => statement::choices(other).unwrap(),
        other => panic!("no choices for the parameter {other}: this test must visit every route"),
    }
}

fn relationship_id(number: u32) -> String {
    format!("relationship--00000000-0000-4000-8000-{number:012x}")
}

/// Every path that a template stands for.
fn fill(template: &str, scene: &Scene) -> Vec<String> {
    let mut paths = vec![String::new()];
    for (place, part) in template.split('/').enumerate() {
        let parts = match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => choices(name, scene),
            None => vec![part.to_owned()],
        };
        let slash = if place == 0 { "" } else { "/" };
        paths = paths
            .iter()
            .flat_map(|path| parts.iter().map(move |part| format!("{path}{slash}{part}")))
            .collect();
    }
    paths
}

/// The queries worth asking on a path.
fn queries(path: &str, scene: &Scene) -> Vec<String> {
    let mut queries = vec![String::new()];
    if path.starts_with("/taxii2/") && path.contains("/collections/") {
        for number in HIDDEN {
            queries.push(format!("?match[id]={}", id(number)));
        }
        queries.extend(
            [
                "?limit=1",
                "?match[version]=all",
                "?match[version]=first",
                "?match[version]=2024-02-02T00:00:00.000Z",
                "?match[type]=relationship",
                "?added_after=2020-01-01T00:00:00Z",
                "?next=bogus",
            ]
            .map(String::from),
        );
    }
    if path.ends_with("/why") || path.ends_with("/who") {
        for number in HIDDEN.iter().chain(&[1]) {
            for party in ["JPN", "ELSEWHERIA", "NATO", "XYZ"] {
                queries.push(format!("?party={party}&record={}", id(*number)));
            }
            queries.push(format!("?record={}", id(*number)));
        }
    }
    if path.ends_with("/find") {
        for number in HIDDEN.iter().chain(&[1, 20]) {
            queries.push(format!("?value={}", value(*number)));
            queries.push(format!("?value={}", id(*number)));
        }
    }
    if path.ends_with("/recalls") {
        queries.extend(["?overdue=true", "?limit=1"].map(String::from));
        queries.push(format!("?after={}", scene.notice));
    }
    if path.ends_with("/digest") {
        queries.extend(["?of=ELSEWHERIA/x", "?of=NATO/chief", "?of=XYZ/x"].map(String::from));
    }
    if path.ends_with("/export") {
        queries.push("?brief=true".into());
    }
    if path.contains("/offices") {
        queries.extend(["?as_of=2020-01-01", "?as_of=2100-01-01"].map(String::from));
    }
    if path.contains("/consultations/") {
        queries.push("?zone=Asia/Tokyo".into());
    }
    if path.ends_with("/review") {
        queries.extend(["?format=html", "?format=stratml", "?first=2020-01-01"].map(String::from));
    }
    if path.ends_with("/statements") {
        queries.extend(statement::queries());
    }
    if path.contains("/agreements/") {
        queries.extend(["?version=1", "?version=2"].map(String::from));
    }
    queries
}

/// The bodies worth sending to a path.
fn bodies(path: &str) -> Vec<Value> {
    let mut bodies = vec![json!({}), json!({"reason": "x"})];
    for number in HIDDEN {
        bodies.push(json!({"record": id(number), "reason": "x"}));
    }
    if path.ends_with("/signatures") {
        for party in ["JPN", "ELSEWHERIA", "NATO"] {
            bodies.push(json!({"version": 1, "party": party, "signature": "x"}));
        }
    }
    if path.contains("/consultations") {
        bodies.extend(consultation::bodies());
    }
    if path.ends_with("/calendar/feeds") || path.ends_with("/calendar/addresses") {
        for party in ["ELSEWHERIA", "XYZ"] {
            bodies.push(json!({"party": party, "name": "x"}));
            bodies.push(json!({"party": party, "person": "x"}));
        }
    }
    if path.contains("/activities/") {
        bodies.extend(activity::bodies());
    }
    if path.ends_with("/positions") {
        for party in ["JPN", "ELSEWHERIA"] {
            bodies.push(json!({"party": party, "position": "objection", "text": "x"}));
        }
        bodies.push(json!({"position": "assent"}));
    }
    if path.contains("/programmes/") {
        bodies.push(json!({"goal": "cyber-1", "status": "late"}));
        for number in HIDDEN {
            bodies.push(json!({"goal": "cyber-1", "record": id(number)}));
        }
    }
    if path.ends_with("/records") || path.ends_with("/objects/") {
        bodies.push(bundle(&[json!({"type": "indicator"})]));
        bodies.push(bundle(&[]));
    }
    bodies
}

/// Panics if an answer tells what it must not.
#[track_caller]
fn inspect(request: &str, answer: &Answer) {
    let mut told = vec![answer.head.clone().into_bytes(), answer.body.clone()];
    if let Ok(body) = serde_json::from_slice::<Value>(&answer.body)
        && let Some(frame) = body["frame"].as_str()
    {
        told.push(STANDARD.decode(frame).unwrap());
    }
    let print =
        legation_core::agreement::signature::parse_public_key(&key("ELSEWHERIA").1).unwrap();
    let mut secrets: Vec<String> = HIDDEN.iter().flat_map(|&n| [id(n), value(n)]).collect();
    secrets.extend([
        relationship_id(7),
        report_id(8),
        value(8),
        "2024-02-02".into(),
        "ELSEWHERIA".into(),
        HIDDEN_DECISION.into(),
        "nato-elsewheria".into(),
        "/hook".into(),
        print.fingerprint,
    ]);
    secrets.extend(activity::SECRETS.map(String::from));
    secrets.extend(consultation::SECRETS.map(String::from));
    secrets.extend(statement::SECRETS.map(String::from));
    for bytes in &told {
        for secret in &secrets {
            let holds = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            let text = String::from_utf8_lossy(bytes);
            assert!(
                !holds,
                "{request} tells `{secret}`: {} {text}",
                answer.status
            );
        }
    }
}

/// Panics if an answer about something hidden differs from that about something absent.
#[track_caller]
fn compare(scene: &Scene, method: &str, target: &str, answer: &Answer) {
    let mut absent = target
        .replace("ELSEWHERIA", "XYZ")
        .replace("/webhooks/elsewhere/", "/webhooks/nothing/")
        .replace("nato-elsewheria", "nato-xyz")
        .replace("untold-office", "office-nato-xyz");
    absent = absent.replace(&scene.status, "00000000-0000-4000-8000-00000000aaaa");
    absent = absent.replace(&scene.notice, NO_NOTICE);
    absent = absent.replace(&scene.feed, NO_FEED);
    absent = absent.replace(HIDDEN_DECISION, ABSENT_DECISION);
    absent = absent.replace(&relationship_id(7), &relationship_id(ABSENT));
    for event in &scene.events {
        absent = absent.replace(event, ABSENT_EVENT);
    }
    for number in HIDDEN {
        absent = absent.replace(&id(number), &id(ABSENT));
        absent = absent.replace(&value(number), &value(ABSENT));
    }
    if absent == target {
        return;
    }
    let authorization = format!("Bearer {}", scene.jpn);
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
        ("accept", "*/*"),
    ];
    let other = scene.office.send(method, &absent, &headers, b"");
    let names = |answer: &Answer| -> Vec<String> {
        let lines = answer
            .head
            .lines()
            .filter(|line| !line.starts_with("date:") && !line.starts_with("x-request-id:"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        names(answer),
        names(&other),
        "{method} {target} and {absent}"
    );
    assert_eq!(
        answer.text(),
        other.text(),
        "{method} {target} and {absent}"
    );
}

#[test]
#[should_panic(expected = "tells `")]
fn the_inspection_finds_what_the_host_reads() {
    let scene = scene();
    inspect("host", &scene.office.read(&scene.office.chief, "cyber"));
}

#[test]
fn no_answer_of_any_route_tells_what_is_not_released() {
    let scene = scene();
    let authorization = format!("Bearer {}", scene.jpn);
    let headers = |kind| {
        [
            ("authorization", authorization.as_str()),
            ("content-type", kind),
            ("accept", "*/*"),
        ]
    };
    let (mut asked, mut answered) = (0, 0);
    for route in legation_web::listing() {
        // The document is the same for everybody.
        if route.path.ends_with("/openapi.json") {
            continue;
        }
        for path in fill(&route.path, &scene) {
            for method in &route.methods {
                let method = method.as_str();
                if matches!(method, "GET" | "DELETE") {
                    for query in queries(&path, &scene) {
                        let target = format!("{path}{query}");
                        let own = target.contains(&id(1)) || target.contains(&id(20));
                        if method == "DELETE" && own {
                            continue;
                        }
                        let answer =
                            scene
                                .office
                                .send(method, &target, &headers("application/json"), b"");
                        inspect(&format!("{method} {target}"), &answer);
                        compare(&scene, method, &target, &answer);
                        asked += 1;
                        answered += usize::from(answer.status == 200);
                    }
                    continue;
                }
                let kind = if path.starts_with("/taxii2/") {
                    "application/taxii+json;version=2.1"
                } else {
                    "application/json"
                };
                for body in bodies(&path) {
                    let body = body.to_string();
                    let answer = scene
                        .office
                        .send(method, &path, &headers(kind), body.as_bytes());
                    inspect(&format!("{method} {path} {body}"), &answer);
                    asked += 1;
                }
            }
        }
    }
    assert!(
        asked > 300 && answered > 50,
        "{asked} asked, {answered} answered"
    );
    for number in [1, 20] {
        let found = scene
            .office
            .get(&scene.jpn, &format!("/find?value={}", value(number)));
        assert_eq!(found.expect(200)["records"][0]["id"], id(number));
        let related = format!("/records/{}/related", id(number));
        assert_eq!(
            scene.office.get(&scene.jpn, &related).expect(200)["record"]["id"],
            id(number)
        );
    }
    activity::inspect(&scene.office, &scene.jpn);
    consultation::inspect(&scene.office, &scene.jpn);
    statement::inspect(&scene.office, &scene.jpn);
    // The scene is what it says: the partner does read, and what is hidden is there.
    let page = scene.office.read(&scene.jpn, "cyber").text();
    assert!(
        page.contains(&value(1)) && page.contains(&value(20)),
        "{page}"
    );
    for number in HIDDEN {
        let record = if number == 7 {
            relationship_id(7)
        } else {
            id(number)
        };
        let path = format!("/why?party=JPN&record={record}");
        let why = scene.office.get(&scene.office.chief, &path).expect(200);
        assert_eq!(why["released"], false, "{why}");
    }
}
