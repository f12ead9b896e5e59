//! Derived objects: a partner whose terms leave something out reads objects of its own, whose graph
//! is whole and leads nowhere else.

use std::collections::BTreeSet;

use legation_stix::object::{Head, references};
use serde_json::{Value, json};

use super::counter::{Answer, Counter};
use super::paper::{GREEN, RED, agreement, id, indicator, relationship};

const IDENTITY: &str = "identity--00000000-0000-4000-8000-0000000000c1";
const MALWARE: &str = "malware--00000000-0000-4000-8000-0000000000d1";
const UNHELD: &str = "malware--00000000-0000-4000-8000-0000000000d2";

/// The UUIDs of everything that is filed, and what is left out.
const SECRETS: [&str; 9] = [
    "00000000-0000-4000-8000-000000000001",
    "00000000-0000-4000-8000-000000000002",
    "00000000-0000-4000-8000-000000000007",
    "00000000-0000-4000-8000-000000000008",
    "00000000-0000-4000-8000-0000000000c1",
    "00000000-0000-4000-8000-0000000000d1",
    "00000000-0000-4000-8000-0000000000d2",
    "left out",
    "for few",
];

fn redacting(version: u32) -> String {
    let terms = "up_to = \"AMBER\"\nredact = [\"description\", \"external_references\"]\nredact_above = \"GREEN\"";
    agreement("JPN", version, "AMBER", &["partners"]).replacen("up_to = \"AMBER\"", terms, 1)
}

fn graph() -> Vec<Value> {
    let mut first = indicator(1, GREEN);
    first["created_by_ref"] = json!(IDENTITY);
    first["description"] = json!("left out");
    first["name"] = json!(format!("like {MALWARE}, not {}", id(77)));
    first["labels"] = json!(["kept", "for few"]);
    first["granular_markings"] = json!([{"marking_ref": RED, "selectors": ["labels.[1]"]}]);
    let malware = json!({
        "type": "malware", "spec_version": "2.1", "id": MALWARE,
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "created_by_ref": IDENTITY, "is_family": false, "description": "left out",
        "external_references": [{"source_name": "left out", "external_id": "left out"}], "object_marking_refs": [GREEN],
    });
    let identity = json!({
        "type": "identity", "spec_version": "2.1", "id": IDENTITY, "name": "Acme",
        "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z",
        "object_marking_refs": [GREEN],
    });
    vec![
        identity,
        malware,
        first,
        relationship(7, &id(1), MALWARE, GREEN),
        relationship(8, &id(1), UNHELD, GREEN),
    ]
}

fn taxii(office: &Counter, token: &str, path: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", "application/taxii+json;version=2.1"),
    ];
    let path = format!("/taxii2/tokyo/collections/cyber/{path}");
    office.send("GET", &path, &headers, b"")
}

fn objects(answer: &Answer) -> Vec<Value> {
    let page = answer.expect(200);
    page["objects"].as_array().cloned().unwrap_or_default()
}

fn named<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    objects.iter().find(|one| one["type"] == kind).unwrap()
}

fn ids(objects: &[Value]) -> BTreeSet<String> {
    let id = |one: &Value| one["id"].as_str().unwrap().to_owned();
    objects.iter().map(id).collect()
}

/// Panics if an answer holds what was left out, or an id of what was filed.
#[track_caller]
fn inspect(answer: &Answer) {
    let text = format!("{}{}", answer.head, answer.text());
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

struct Scene {
    office: Counter,
    jpn: String,
    kor: String,
}

fn scene() -> Scene {
    let office = Counter::open();
    let (jpn, kor) = (
        office.admit("JPN", "partner"),
        office.admit("KOR", "partner"),
    );
    office.agree(&redacting(1), "JPN");
    office.agree(&agreement("KOR", 1, "RED", &["partners"]), "KOR");
    let chief = office.chief.clone();
    office.file(&chief, "cyber", &graph());
    Scene { office, jpn, kor }
}

#[test]
fn a_partner_reads_objects_of_its_own() {
    let Scene { office, jpn, kor } = scene();
    let chief = office.chief.clone();
    let answer = taxii(&office, &jpn, "objects/");
    inspect(&answer);
    let read = objects(&answer);
    assert_eq!(read.len(), 5);
    let held = ids(&read);
    for object in &read {
        let bytes = object.to_string();
        Head::read(bytes.as_bytes()).unwrap();
        assert_eq!(object.get("description"), None);
        assert_eq!(object.get("external_references"), None);
        let creator = object["created_by_ref"].as_str().unwrap();
        assert!(creator.starts_with("identity--"));
        assert!(
            !held.contains(creator),
            "the office made it, not the identity that was filed"
        );
    }
    let first = named(&read, "indicator");
    assert_eq!(first["labels"], json!(["kept"]));
    assert_eq!(first.get("granular_markings"), None);
    let malware = named(&read, "malware")["id"].as_str().unwrap();
    assert_eq!(
        first["name"],
        json!(format!(
            "like {malware}, not {}",
            first["name"]
                .as_str()
                .unwrap()
                .split(" not ")
                .nth(1)
                .unwrap()
        ))
    );
    // The graph is whole, but for what the office does not hold.
    let dangling: Vec<String> = read
        .iter()
        .flat_map(|object| references(object.to_string().as_bytes()).unwrap())
        .map(|reference| (reference.path, reference.id))
        .filter(|(path, _)| path != "/created_by_ref" && !path.contains("marking"))
        .filter(|(_, id)| !held.contains(id.as_str()))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(dangling, ["/target_ref"]);
    // The same ids whenever and however they are asked for.
    assert_eq!(ids(&objects(&taxii(&office, &jpn, "objects/"))), held);
    let manifest = taxii(&office, &jpn, "manifest/");
    inspect(&manifest);
    assert_eq!(ids(&objects(&manifest)), held);
    for own in &held {
        let one = taxii(&office, &jpn, &format!("objects/{own}/"));
        inspect(&one);
        assert_eq!(ids(&objects(&one)), BTreeSet::from([own.clone()]));
        assert_eq!(
            taxii(&office, &jpn, &format!("objects/{own}/versions/")).status,
            200
        );
        let why = office.get(&jpn, &format!("/why?party=JPN&record={own}"));
        inspect(&why);
        assert_eq!(why.expect(200)["released"], true);
    }
    let absent = taxii(&office, &jpn, &format!("objects/{}/", id(99)));
    for original in [&id(1), IDENTITY, MALWARE] {
        let one = taxii(&office, &jpn, &format!("objects/{original}/"));
        assert_eq!((one.status, one.body), (absent.status, absent.body.clone()));
        let why = office.get(&jpn, &format!("/why?party=JPN&record={original}"));
        assert_eq!(why.status, 404);
        assert!(
            objects(&taxii(
                &office,
                &jpn,
                &format!("objects/?match[id]={original}")
            ))
            .is_empty()
        );
    }
    // Whose terms leave nothing out reads what was filed.
    let plain = objects(&taxii(&office, &kor, "objects/"));
    assert!(
        !ids(&plain).contains(&id(1)),
        "RED parts, and nobody is named"
    );
    assert_eq!(named(&plain, "malware")["description"], "left out");
    // The office finds the one by the other.
    let derived = first["id"].as_str().unwrap();
    for asked in [derived, &id(1)] {
        let who = office
            .get(&chief, &format!("/who?record={asked}"))
            .expect(200);
        let received = who["received"].as_array().unwrap();
        assert!(
            received
                .iter()
                .any(|one| one["party"] == "JPN" && one["known_as"] == derived)
        );
    }
}

#[test]
fn versions_and_endings_follow() {
    let Scene { office, jpn, .. } = scene();
    let chief = office.chief.clone();
    let before = objects(&taxii(&office, &jpn, "objects/"));
    let first = named(&before, "indicator")["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut next = graph().swap_remove(2);
    next["modified"] = json!("2024-02-02T00:00:00.000Z");
    next["description"] = json!("left out again");
    office.file(&chief, "cyber", &[next]);
    let answer = taxii(&office, &jpn, &format!("objects/{first}/"));
    inspect(&answer);
    assert_eq!(objects(&answer)[0]["modified"], "2024-02-02T00:00:00.000Z");
    let versions = taxii(&office, &jpn, &format!("objects/{first}/versions/")).expect(200);
    assert_eq!(
        versions["versions"],
        json!(["2024-01-01T00:00:00.000Z", "2024-02-02T00:00:00.000Z"])
    );
    // Ended by its own id, it is gone under the other; whatever refers to it goes along.
    let end = json!({"record": id(1), "reason": "wrong"});
    let ended = office.post(&chief, "/withdraw", &end).expect(200);
    assert_eq!(ended["recipients"], json!(["JPN"]));
    // It is called back under the id under which it went out, whatever becomes of the terms.
    for ends in [false, true] {
        if ends {
            let notice = json!({"reason": "notice"});
            let path = "/agreements/nato-jpn/terminate";
            office.post(&chief, path, &notice).expect(200);
        }
        let told = office.get(&jpn, "/recalls");
        inspect(&told);
        let records = &told.expect(200)["recalls"][0]["records"];
        assert_eq!(records.as_array().unwrap().len(), 2);
        assert_eq!(records[1]["record"], first.as_str());
    }
}

#[test]
fn an_ending_takes_what_refers_to_it() {
    let Scene { office, jpn, .. } = scene();
    let chief = office.chief.clone();
    let before = objects(&taxii(&office, &jpn, "objects/"));
    let first = named(&before, "indicator")["id"].as_str().unwrap();
    let end = json!({"record": id(1), "reason": "wrong"});
    office.post(&chief, "/withdraw", &end).expect(200);
    assert_eq!(
        taxii(&office, &jpn, &format!("objects/{first}/")).status,
        404
    );
    assert_eq!(objects(&taxii(&office, &jpn, "objects/")).len(), 2);
    // What was received under it is told so for good, whatever counts now.
    let reason = json!({"reason": "wrong"});
    office
        .post(&chief, "/agreements/nato-jpn/suspend", &reason)
        .expect(200);
    let who = office
        .get(&chief, &format!("/who?record={}", id(1)))
        .expect(200);
    for one in who["received"].as_array().unwrap() {
        assert_eq!(
            (&one["party"], &one["known_as"]),
            (&json!("JPN"), &json!(first))
        );
    }
}

#[test]
fn new_terms_bring_every_object_anew() {
    let Scene { office, jpn, .. } = scene();
    let first = taxii(&office, &jpn, "objects/");
    let last = first.header("x-taxii-date-added-last").unwrap().to_owned();
    let derived = ids(&objects(&first));
    let plain = agreement("JPN", 2, "AMBER", &["partners"]);
    let chief = office.chief.clone();
    let rehearsed = office
        .post_file(&chief, "/agreements/rehearse", &plain)
        .expect(200);
    office.agree(&plain, "JPN");
    // The indicator has RED parts, which nothing leaves out any more; what refers to it goes too.
    let later = objects(&taxii(
        &office,
        &jpn,
        &format!("objects/?added_after={last}"),
    ));
    assert_eq!(
        ids(&later),
        BTreeSet::from([IDENTITY.to_owned(), MALWARE.to_owned()])
    );
    let change = &rehearsed["changes"][0];
    assert_eq!((&change["gains"], &change["loses"]), (&json!(2), &json!(5)));
    for gone in &derived {
        assert_eq!(
            taxii(&office, &jpn, &format!("objects/{gone}/")).status,
            404
        );
    }
    office.agree(&redacting(3), "JPN");
    assert_eq!(
        ids(&objects(&taxii(&office, &jpn, "objects/"))),
        derived,
        "the same ids as before"
    );
}

#[test]
fn what_is_required_cannot_be_left_out() {
    let office = Counter::open();
    office.admit("JPN", "partner");
    let chief = office.chief.clone();
    let file = redacting(1).replace("\"description\"", "\"pattern\"");
    let refused = office.post_file(&chief, "/agreements/check", &file);
    assert_eq!(refused.refusal(422), "agreement.redacts-required");
    assert!(refused.text().contains("11:"), "{}", refused.text());
    let named = file.replace(
        "area = \"cyber\"\nup_to = \"AMBER\"",
        "area = \"cyber\"\nkinds = [\"malware\"]\nup_to = \"AMBER\"",
    );
    let sound = office.post_file(&chief, "/agreements/check", &named);
    assert_eq!(sound.status, 200, "{}", sound.text());
}
