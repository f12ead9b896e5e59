//! Consultations on a running office, by the command line and over HTTP: the walk of
//! `docs/consult.md`, and what each party is told of each consultation, held against a plain list.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use ureq::Agent;

use crate::office::{Serving, answer, legation};
use crate::readme::props;
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/consult.md");

#[test]
fn the_page_on_consultations_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    props(dir.path());
    let mut walk = Walk::of(dir.path());
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (heading, line) in commands(PAGE) {
        println!("{heading}: {line}");
        let answer = walk.step(line);
        said.entry(heading).or_default().push(answer);
    }
    let of = |heading: &str, place: usize| said[heading][place].as_str();
    // Asked for by the office, it does not exist for JPN before it is open.
    assert_eq!(of("Ask and open", 2), "no consultations\n");
    assert!(of("Ask and open", 4).contains("cables"));
    assert!(!of("Ask and open", 4).contains("harbours"));
    // Only JPN is told of its own holidays.
    assert!(of("Holidays", 2).contains("KOR") && !of("Holidays", 3).contains("KOR"));
    let first = of("Meet", 0);
    assert!(
        first.contains("warning for JPN: 2026-11-03 is a holiday: Culture Day"),
        "{first}"
    );
    assert!(
        first.contains("JPN: 2026-11-03T17:00+09:00[Asia/Tokyo]"),
        "{first}"
    );
    let shown = of("Meet", 4);
    assert!(
        shown.contains("2026-11-04T16:00+09:00[Asia/Seoul]"),
        "{shown}"
    );
    assert!(shown.contains("cancelled: Armistice Day"), "{shown}");
    // The document is released to JPN, and KOR has no agreement.
    let record = "indicator--6f0f3f6e-2b1c-4c57-8d52-9b8b7c0f4e21";
    assert!(of("Documents", 1).contains(record) && of("Documents", 1).contains("seen on the ship"));
    assert!(
        !of("Documents", 2).contains(record) && !of("Documents", 2).contains("seen on the ship")
    );
    assert!(of("Documents", 2).contains("We lend a ship"));
    let end = of("Conclude", 6);
    for part in [
        "minutes of meeting 1",
        "KOR shares its logs",
        "Send the ship",
        "agreements",
    ] {
        assert!(end.contains(part), "{part}: {end}");
    }
    assert_eq!(of("Conclude", 7), "no consultations\n");
}

/// Who speaks to an office over HTTP.
struct Voice<'a> {
    url: &'a str,
    token: String,
}

impl Voice<'_> {
    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let config = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false);
        let agent: Agent = config.build().new_agent();
        let url = format!("{}/api/v1{path}", self.url);
        let bearer = format!("Bearer {}", self.token);
        let answer = match body {
            None => {
                assert_eq!(method, "GET");
                agent.get(url).header("authorization", bearer).call()
            }
            Some(body) => agent
                .post(url)
                .header("authorization", bearer)
                .header("content-type", "application/json")
                .send(body.to_string()),
        };
        let mut answer = answer.unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap(),
        )
    }

    fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, None)
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", path, Some(body))
    }
}

fn token(cwd: &Path, party: &str) -> String {
    let client = answer(cwd, &["client", "add", party, "desk", "--dir", "office"]);
    client["password"].as_str().unwrap().to_owned()
}

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

const PARTIES: [(&str, &str); 4] = [
    ("FRA", "member"),
    ("JPN", "partner"),
    ("KOR", "partner"),
    ("USA", "member"),
];

/// What is known of a consultation without the program: a plain list.
#[derive(Default)]
struct Known {
    asked_by: String,
    opened: bool,
    participants: BTreeSet<String>,
}

impl Known {
    fn is_seen_by(&self, party: &str) -> bool {
        match self.opened {
            true => self.participants.contains(party),
            false => self.asked_by == party,
        }
    }
}

#[test]
fn each_party_is_told_of_its_own_consultations_and_of_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let init = [
        "init",
        "office",
        "--alliance",
        "NATO",
        "--name",
        "N",
        "--office",
        "Tokyo",
    ];
    answer(cwd, &init);
    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    for (code, status) in PARTIES {
        let add = [
            "party", "add", code, "--name", code, "--status", status, "--dir", "office",
        ];
        answer(cwd, &add);
    }
    let url = serving.url.clone();
    let voice = |token: String| Voice { url: &url, token };
    let chief = voice(
        std::fs::read_to_string(cwd.join("office/chief.token"))
            .unwrap()
            .trim()
            .to_owned(),
    );
    let voices: Vec<(&str, Voice<'_>)> = PARTIES
        .iter()
        .map(|(code, _)| (*code, voice(token(cwd, code))))
        .collect();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut oracle: BTreeMap<String, Known> = BTreeMap::new();
    for round in 0..150 {
        let some: BTreeSet<String> = PARTIES
            .iter()
            .filter(|_| numbers.below(2) == 0)
            .map(|(code, _)| (*code).to_owned())
            .collect();
        let ids: Vec<String> = oracle.keys().cloned().collect();
        let one = (!ids.is_empty()).then(|| ids[numbers.below(ids.len())].clone());
        match (numbers.below(5), one) {
            (0, _) | (_, None) => {
                let place = numbers.below(voices.len() + 1);
                let (code, asking) = voices
                    .get(place)
                    .map_or(("NATO", &chief), |(code, voice)| (*code, voice));
                let body = json!({"subject": format!("subject {round}"), "area": "cyber",
                    "participants": some, "reason": "x"});
                let (status, asked) = asking.post("/consultations", &body);
                let member = !matches!(code, "JPN" | "KOR");
                assert_eq!(status, if member { 201 } else { 403 }, "{asked}");
                if member {
                    let known = Known {
                        asked_by: code.to_owned(),
                        ..Known::default()
                    };
                    oracle.insert(asked["id"].as_str().unwrap().to_owned(), known);
                }
            }
            (1 | 2, Some(id)) => {
                let body = json!({"participants": some, "reason": "x"});
                let (status, _) = chief.post(&format!("/consultations/{id}/open"), &body);
                let known = oracle.get_mut(&id).unwrap();
                let may = !known.opened && !some.is_empty();
                assert_eq!(status == 200, may, "{status}");
                if may {
                    (known.opened, known.participants) = (true, some);
                }
            }
            (3, Some(id)) => {
                let known = oracle.get_mut(&id).unwrap();
                let gone: BTreeSet<&String> = known.participants.difference(&some).collect();
                let body = json!({"add": some, "remove": gone, "reason": "x"});
                let (status, _) = chief.post(&format!("/consultations/{id}/participants"), &body);
                let may = known.opened && !some.is_empty();
                assert_eq!(status == 200, may, "{status}");
                if may {
                    known.participants = some;
                }
            }
            (_, Some(id)) => {
                let place = numbers.below(voices.len());
                let (code, speaking) = &voices[place];
                let body = json!({"kind": "position", "text": format!("position of {code}")});
                let (status, _) = speaking.post(&format!("/consultations/{id}/said"), &body);
                let known = &oracle[&id];
                let wanted = match (known.is_seen_by(code), known.opened) {
                    (false, _) => 404,
                    (true, false) => 409,
                    (true, true) => 200,
                };
                assert_eq!(status, wanted);
            }
        }
        if round % 6 != 5 {
            continue;
        }
        let absent = voices[0].1.get("/consultations/consultation-aaaaaaaa");
        for (code, voice) in &voices {
            let (_, listed) = voice.get("/consultations");
            let told: BTreeSet<&str> = listed["consultations"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_str().unwrap())
                .collect();
            let seen = oracle.iter().filter(|(_, known)| known.is_seen_by(code));
            let seen: BTreeSet<&str> = seen.map(|(id, _)| id.as_str()).collect();
            assert_eq!(told, seen, "{code}");
            for id in oracle.keys() {
                let read = voice.get(&format!("/consultations/{id}"));
                match seen.contains(id.as_str()) {
                    true => assert_eq!((read.0, &read.1["id"]), (200, &json!(id))),
                    false => assert_eq!(read, absent, "{code} {id}"),
                }
            }
        }
        let (_, all) = chief.get("/consultations");
        assert_eq!(all["consultations"].as_array().unwrap().len(), oracle.len());
    }
    assert!(oracle.len() > 5 && oracle.values().any(|known| known.opened));
    // The journal holds all of it, and opens again as it was.
    let before = chief.get("/consultations");
    assert_eq!(serving.stop(), Some(0));
    let verified = legation(cwd, &["journal", "verify", "office"]);
    assert!(verified.status.success());
    let again = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    let chief = Voice {
        url: &again.url,
        token: chief.token,
    };
    assert_eq!(chief.get("/consultations"), before);
    assert_eq!(again.stop(), Some(0));
}

#[test]
fn a_document_is_there_as_long_as_it_is_released() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    let mut walk = Walk::of(cwd);
    let parts = ["The parties"];
    for (_, line) in commands(PAGE)
        .iter()
        .filter(|(heading, _)| parts.contains(heading))
    {
        walk.step(line);
    }
    let record = "indicator--6f0f3f6e-2b1c-4c57-8d52-9b8b7c0f4e21";
    let ask = "legation consultation ask --id talks --subject Talks --area cyber --with FRA,JPN,KOR --reason x --open --dir office";
    walk.step(ask);
    walk.step(&format!(
        "legation consultation document talks {record} --dir office"
    ));
    let documents = |walk: &mut Walk<'_>, party: &str| -> usize {
        let line =
            format!("legation consultation show talks --json --office $URL --token ${party}");
        let shown: Value = serde_json::from_str(&walk.step(&line)).unwrap();
        shown["documents"].as_array().unwrap().len()
    };
    assert_eq!(
        (documents(&mut walk, "JPN"), documents(&mut walk, "KOR")),
        (1, 0)
    );
    // To name it was to release it.
    let who = answer(cwd, &["who", record, "--dir", "office"]);
    let received: Vec<&str> = who["received"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["party"].as_str().unwrap())
        .collect();
    assert!(
        received.contains(&"JPN") && !received.contains(&"KOR"),
        "{who}"
    );
    walk.step("legation agreement suspend nato-jpn --reason x --dir office");
    assert_eq!(documents(&mut walk, "JPN"), 0);
    walk.step("legation agreement resume nato-jpn --reason x --dir office");
    assert_eq!(documents(&mut walk, "JPN"), 1);
    // What KOR may not see, it cannot put there either, and is told nothing of it.
    let put = |record: &str| {
        let line = format!(
            "legation consultation document talks {record} --office $URL --token $KOR 2>&1 || true"
        );
        line
    };
    let hidden = walk.step(&put(record));
    let absent = walk.step(&put("indicator--00000000-0000-4000-8000-00000000aaaa"));
    assert!(hidden.contains("engine.not-found"), "{hidden}");
    assert_eq!(hidden, absent);
    walk.step(&format!(
        "legation withdraw {record} --reason x --dir office"
    ));
    assert_eq!(documents(&mut walk, "JPN"), 0);
    assert_eq!(walk.serving.take().unwrap().stop(), Some(0));
}
