//! The attacker's view: random graphs of random parties, and a partner that asks for everything it
//! can think of. No byte of any answer holds an id, a value or a name of what is not released to it,
//! nor, where its terms leave something out, an id of what it reads under another.

use std::collections::{BTreeMap, BTreeSet};

use legation_stix::json;
use legation_stix::object::references;
use legation_stix::sco::deterministic_id;
use legation_web::{Rates, Settings};
use serde_json::{Value, json};

use super::counter::{Answer, Counter};
use super::leak::{Scene, choices};
use super::paper::{AMBER, GREEN, RED, agreement};

const PARTNERS: [&str; 3] = ["JPN", "KOR", "AUS"];

/// A seeded die.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Something that was filed.
struct Filed {
    id: String,
    filer: usize,
    /// Words that stand in what every reader of it may read, and in what redacting terms leave out.
    open: Vec<String>,
    redacted: Vec<String>,
    /// Whether every partner may have it whatever else it may have.
    common: bool,
    text: String,
}

impl Filed {
    fn uuid(&self) -> String {
        self.id[self.id.len() - 36..].to_owned()
    }
}

struct World {
    scene: Scene,
    tokens: Vec<String>,
    filed: Vec<Filed>,
}

fn uuid(dice: &mut Dice) -> String {
    let mut hex = |digits: usize| -> String {
        (0..digits)
            .map(|_| format!("{:x}", dice.below(16)))
            .collect()
    };
    format!("{}-{}-4{}-8{}-{}", hex(8), hex(4), hex(3), hex(3), hex(12))
}

/// An object of a random kind that refers to some of those ids.
fn object(dice: &mut Dice, number: usize, targets: &[String]) -> (Value, Vec<String>, Vec<String>) {
    let word = |part: &str| format!("{part}{number:03}x{:06}", number * 7919 % 999_983);
    let (name, secret, value) = (word("name"), word("desc"), word("host"));
    let address = format!("203.0.113.{}", 100 + number);
    let is = |kind: &str| {
        targets
            .iter()
            .filter(|id| id.starts_with(kind))
            .cloned()
            .collect()
    };
    let (identities, observed): (Vec<String>, Vec<String>) =
        (is("identity--"), is("domain-name--"));
    // A relationship is no end of another.
    let ends = targets
        .iter()
        .filter(|id| !id.starts_with("relationship--"));
    let ends: Vec<&String> = ends.collect();
    let kind = *dice.one(&[
        "indicator",
        "malware",
        "identity",
        "ipv4-addr",
        "domain-name",
        "relationship",
        "report",
        "observed-data",
    ]);
    let (mut object, open) = match kind {
        "ipv4-addr" => (json!({"type": kind, "value": address}), vec![address]),
        "domain-name" => {
            let domain = format!("{value}.example");
            (json!({"type": kind, "value": domain}), vec![domain])
        }
        "indicator" => (
            json!({"type": kind, "name": name, "description": secret, "pattern_type": "stix",
                "pattern": format!("[domain-name:value = '{value}.test']"),
                "valid_from": "2024-01-01T00:00:00Z"}),
            vec![name, value],
        ),
        "relationship" if ends.len() > 1 => {
            let (source, target) = (dice.one(&ends), dice.one(&ends));
            (
                json!({"type": kind, "relationship_type": "related-to", "description": secret,
                    "source_ref": source, "target_ref": target}),
                vec![],
            )
        }
        "report" if !targets.is_empty() => (
            json!({"type": kind, "name": name, "published": "2024-01-01T00:00:00Z",
                "description": secret, "object_refs": [dice.one(targets)]}),
            vec![name],
        ),
        "observed-data" if !observed.is_empty() => (
            json!({"type": kind, "first_observed": "2024-01-01T00:00:00Z",
                "last_observed": "2024-01-01T00:00:00Z", "number_observed": 1,
                "object_refs": [dice.one(&observed)]}),
            vec![],
        ),
        "identity" => (
            json!({"type": kind, "name": name, "description": secret}),
            vec![name],
        ),
        _ => (
            json!({"type": "malware", "name": name, "description": secret, "is_family": false}),
            vec![name],
        ),
    };
    object["spec_version"] = json!("2.1");
    let text = object.to_string();
    let redacted: Vec<String> = text
        .contains(&word("desc"))
        .then(|| word("desc"))
        .into_iter()
        .collect();
    match deterministic_id(&json::parse(text.as_bytes()).unwrap()) {
        Some(id) => object["id"] = json!(id.as_str()),
        None => {
            let kind = object["type"].as_str().unwrap();
            object["id"] = json!(format!("{kind}--{}", uuid(dice)));
            object["created"] = json!("2024-01-01T00:00:00.000Z");
            object["modified"] = json!("2024-01-01T00:00:00.000Z");
            if dice.below(2) == 0 && !identities.is_empty() {
                object["created_by_ref"] = json!(dice.one(&identities));
            }
        }
    }
    (object, open, redacted)
}

fn world(seed: u64) -> World {
    let office = Counter::with(Settings {
        rates: Rates::unlimited(),
        ..Settings::default()
    });
    let mut dice = Dice(seed);
    let mut tokens = vec![office.chief.clone()];
    tokens.extend(PARTNERS.map(|code| office.admit(code, "partner")));
    let terms = "up_to = \"AMBER\"\nredact = [\"description\"]\nredact_above = \"GREEN\"";
    let redacting = agreement("JPN", 1, "AMBER", &["partners"]);
    office.agree(&redacting.replacen("up_to = \"AMBER\"", terms, 1), "JPN");
    office.agree(&agreement("KOR", 1, "GREEN", &["partners"]), "KOR");
    office.agree(&agreement("AUS", 1, "AMBER", &["JPN"]), "AUS");
    let mut filed: Vec<Filed> = Vec::new();
    let mut status = String::new();
    for number in 0..40 {
        let filer = dice.below(4);
        // Everybody could have what it refers to from the office, so that every reference counts.
        let targets: Vec<String> = filed
            .iter()
            .filter(|one| one.filer == filer || (one.filer == 0 && one.common))
            .map(|one| one.id.clone())
            .collect();
        let (mut object, open, redacted) = object(&mut dice, number, &targets);
        let marking = *dice.one(&[GREEN, GREEN, GREEN, AMBER, AMBER, RED]);
        object["object_marking_refs"] = json!([marking]);
        let answer = office.file(&tokens[filer], "cyber", std::slice::from_ref(&object));
        assert_eq!(answer["filed"], 1, "{answer} {object}");
        if filer != 1 {
            status = answer["status"].as_str().unwrap().to_owned();
        }
        let text = object.to_string();
        filed.push(Filed {
            id: object["id"].as_str().unwrap().to_owned(),
            filer,
            open,
            redacted,
            common: marking == GREEN && references(text.as_bytes()).unwrap().len() == 1,
            text,
        });
    }
    // Who has read what is withdrawn is told so, under the id that it read.
    for token in &tokens[1..] {
        office.read(token, "cyber").expect(200);
    }
    for _ in 0..4 {
        let gone = dice.one(&filed);
        let end = json!({"record": gone.id, "reason": "x"});
        office.post(&tokens[0], "/withdraw", &end);
    }
    let recalls = office.get(&tokens[0], "/recalls").expect(200);
    let notice = recalls["recalls"][0]["id"].as_str().unwrap().to_owned();
    let area = json!({"area": "cyber"});
    let feed = office
        .post(&tokens[0], "/parties/NATO/feed", &area)
        .expect(200);
    let files = feed["files"].as_array().unwrap().iter();
    let events = files.map(|file| file["name"].as_str().unwrap().to_owned());
    let events = events.collect();
    World {
        scene: Scene {
            feed: "feed-aaaaaaaa".into(),
            events,
            jpn: tokens[1].clone(),
            office,
            status,
            notice,
        },
        tokens,
        filed,
    }
}

/// What no answer to that partner may hold, and what it does hold for certain.
fn secrets(world: &World, party: usize) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let office = &world.scene.office;
    let (mut hidden, mut shown) = (BTreeMap::new(), BTreeSet::new());
    for one in &world.filed {
        let path = format!("/why?party={}&record={}", PARTNERS[party - 1], one.id);
        let why = office.get(&office.chief, &path).expect(200);
        let released = why["released"] == true;
        let derived = party == 1 && one.filer != party;
        let mut hide = |word: &String| {
            hidden.insert(word.clone(), format!("{} ({why})", one.id));
        };
        let recalled = !released && !derived && has_received(office, party, &one.id);
        if (!released || derived) && !recalled {
            hide(&one.uuid());
            one.redacted.iter().for_each(&mut hide);
        }
        if !released {
            one.open.iter().for_each(&mut hide);
        } else {
            shown.extend(one.open.iter().cloned());
        }
    }
    // What it said itself it may hear again.
    let own = |word: &String| {
        let mut own = world.filed.iter().filter(|one| one.filer == party);
        own.any(|one| one.text.contains(word.as_str()))
    };
    hidden.retain(|word, _| !own(word));
    (hidden, shown)
}

/// Whether a party was sent a record under the record's own id.
fn has_received(office: &Counter, party: usize, id: &str) -> bool {
    let path = format!("/who?record={id}");
    let who = office.get(&office.chief, &path).expect(200);
    let mut received = who["received"].as_array().unwrap().iter();
    received.any(|one| one["party"] == PARTNERS[party - 1] && one.get("known_as").is_none())
}

/// Every path of every route that can be asked with GET, the ids of the world in all places.
fn targets(world: &World) -> Vec<String> {
    let ids: Vec<&str> = world
        .filed
        .iter()
        .step_by(4)
        .map(|one| one.id.as_str())
        .collect();
    let words = world
        .filed
        .iter()
        .step_by(5)
        .flat_map(|one| one.open.first());
    let mut targets = Vec::new();
    for route in legation_web::listing() {
        let get = route.methods.iter().any(|method| method.as_str() == "GET");
        if !get || route.path.ends_with("/openapi.json") {
            continue;
        }
        let mut paths = vec![String::new()];
        for (place, part) in route.path.split('/').enumerate() {
            let name = part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'));
            let parts: Vec<String> = match name {
                // An id stands where an object or a record is named.
                Some("object" | "record") => ids.iter().map(ToString::to_string).collect(),
                Some("n") => (0..80).step_by(9).map(|n| n.to_string()).collect(),
                Some(name) => choices(name, &world.scene),
                None => vec![part.to_owned()],
            };
            let slash = if place == 0 { "" } else { "/" };
            paths = paths
                .iter()
                .flat_map(|path| parts.iter().map(move |part| format!("{path}{slash}{part}")))
                .collect();
        }
        for path in paths {
            if path.starts_with("/taxii2/tokyo/collections/cyber/") {
                targets.extend(
                    ids.iter()
                        .take(4)
                        .map(|id| format!("{path}?match[id]={id}")),
                );
                targets.push(format!("{path}?match[version]=all"));
                targets.push(format!("{path}?limit=3"));
            }
            if path.starts_with("/api/") {
                targets.extend(ids.iter().map(|id| format!("{path}?record={id}&party=JPN")));
                targets.extend(ids.iter().map(|id| format!("{path}?record={id}")));
                let value = |word: &String| format!("{path}?value={word}");
                targets.extend(words.clone().map(value));
            }
            targets.push(path);
        }
    }
    targets
}

fn ask(office: &Counter, token: &str, target: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("accept", "*/*")];
    office.send("GET", target, &headers, b"")
}

#[test]
fn whatever_is_asked_nothing_is_told() {
    for seed in 1..=4 {
        let world = world(seed);
        let office = &world.scene.office;
        let targets = targets(&world);
        for (party, token) in world.tokens.iter().enumerate().skip(1) {
            let (hidden, mut shown) = secrets(&world, party);
            assert!(hidden.len() > 10, "nearly nothing is hidden");
            for target in &targets {
                let answer = ask(office, token, target);
                // What was asked for may be said again.
                let text = format!("{}{}", answer.head, answer.text()).replace(target, "");
                for (word, whose) in &hidden {
                    let echoed = target.contains(word.as_str()) && answer.status >= 400;
                    assert!(
                        echoed || !text.contains(word.as_str()),
                        "seed {seed}: {} is told `{word}` of {whose} by GET {target}: {text}",
                        PARTNERS[party - 1]
                    );
                }
                shown.retain(|word| !text.contains(word.as_str()));
            }
            assert!(
                shown.is_empty(),
                "what is released is never told: {shown:?}"
            );
        }
    }
}

#[test]
fn a_guessed_id_of_a_value_answers_as_if_nobody_held_it() {
    let world = world(9);
    let office = &world.scene.office;
    let mut guessed = 0;
    for (party, token) in world.tokens.iter().enumerate().skip(1) {
        let (hidden, _) = secrets(&world, party);
        for one in &world.filed {
            let value = one.id.starts_with("ipv4-addr--") || one.id.starts_with("domain-name--");
            if !value || !hidden.contains_key(&one.uuid()) {
                continue;
            }
            let kind = one.id.split("--").next().unwrap();
            let absent = format!("{kind}--{}", uuid(&mut Dice(guessed)));
            for path in [
                "/taxii2/tokyo/collections/cyber/objects/ID/",
                "/taxii2/tokyo/collections/cyber/objects/ID/versions/",
                "/taxii2/tokyo/collections/cyber/objects/?match[id]=ID",
                "/taxii2/tokyo/collections/cyber/manifest/?match[id]=ID",
                "/api/v1/why?party=JPN&record=ID",
            ] {
                let held = ask(office, token, &path.replace("ID", &one.id));
                let other = ask(office, token, &path.replace("ID", &absent));
                let told = |answer: &Answer| {
                    let text = answer.text().replace(&one.id, "ID").replace(&absent, "ID");
                    let lines = answer.head.lines();
                    let lines = lines.filter(|line| {
                        !line.starts_with("date:") && !line.starts_with("x-request-id:")
                    });
                    (lines.map(str::to_owned).collect::<Vec<_>>(), text)
                };
                assert_eq!(told(&held), told(&other), "{path} {}", one.id);
                guessed += 1;
            }
        }
    }
    assert!(guessed > 20, "{guessed} guesses");
}
