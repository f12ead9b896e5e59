//! A real server, killed at random moments while one client files and another reads.
//!
//! What was acknowledged must be there after every restart, the journal must verify, and of every
//! page that a reader holds there must be a receipt: no byte left before it was written down.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::office::{Serving, answer, legation, samples};

/// How often the server is killed.
const KILLS: u32 = 20;

/// Objects of one filing.
const OBJECTS: u32 = 5;

/// A small generator (Marsaglia's xorshift64): nothing here needs better dice.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent()
}

/// The id of the `number`th object.
fn id(number: u32) -> String {
    format!("indicator--00000000-0000-4000-8000-{number:012x}")
}

fn envelope(first: u32) -> Value {
    let objects = (first..first + OBJECTS).map(|number| {
        json!({"type": "indicator", "spec_version": "2.1", "id": id(number),
            "created": "2024-05-01T08:00:00.000Z", "modified": "2024-05-01T08:00:00.000Z",
            "name": format!("number {number}"), "pattern": "[domain-name:value = 'a.example']",
            "pattern_type": "stix", "valid_from": "2024-05-01T08:00:00.000Z",
            "object_marking_refs": ["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]})
    });
    json!({"objects": objects.collect::<Vec<_>>()})
}

/// Founds an office with a partner whose agreement is in force; the partner's password.
fn found(cwd: &Path) -> String {
    answer(
        cwd,
        &[
            "init",
            "o",
            "--alliance",
            "NATO",
            "--name",
            "NATO",
            "--office",
            "Tokyo",
        ],
    );
    // The office makes such keys itself, so one more office is a key pair for the partner.
    answer(
        cwd,
        &[
            "init",
            "partner",
            "--alliance",
            "JPN",
            "--name",
            "Japan",
            "--office",
            "Tokyo",
        ],
    );
    let draft = samples().join("nato-jpn.md");
    let draft = draft.to_str().unwrap();
    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    let office = |arguments: &[&str]| answer(cwd, &[arguments, &["--dir", "o"]].concat());
    office(&[
        "party",
        "add",
        "JPN",
        "--name",
        "Japan",
        "--status",
        "partner",
        "--key",
        "partner/keys/host.pub",
    ]);
    office(&["agreement", "table", draft]);
    for (party, key) in [("JPN", "partner/keys/host"), ("NATO", "o/keys/host")] {
        let signature = format!("{party}.sig");
        answer(
            cwd,
            &[
                "agreement",
                "sign",
                draft,
                "--key",
                key,
                "--out",
                &signature,
            ],
        );
        office(&[
            "agreement",
            "accept",
            "nato-jpn",
            "--version",
            "1",
            "--party",
            party,
            "--signature",
            &signature,
        ]);
    }
    let client = office(&["client", "add", "JPN", "misp"]);
    serving.kill();
    client["password"].as_str().unwrap().to_owned()
}

/// Files envelopes until the office is gone; the first number that nobody acknowledged.
fn file(url: &str, token: &str, mut next: u32) -> u32 {
    let agent = agent();
    loop {
        let answer = agent
            .post(format!("{url}/api/v1/areas/cyber/records"))
            .header("authorization", format!("Bearer {token}"))
            .send_json(envelope(next));
        // An answer that breaks off in the middle acknowledges nothing.
        let said: Option<Value> = answer.ok().and_then(|mut answer| {
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.body_mut().read_json().ok()
        });
        let Some(said) = said else { return next };
        let taken = said["filed"].as_u64().unwrap() + said["unchanged"].as_u64().unwrap();
        assert_eq!(taken, u64::from(OBJECTS), "{said}");
        next += OBJECTS;
    }
}

/// Polls from the beginning, over and over, until the office is gone; how often each id came with a
/// whole page.
fn read(url: &str, password: &str, ended: &AtomicBool) -> BTreeMap<String, usize> {
    let agent = agent();
    let mut received = BTreeMap::new();
    let mut cursor = None::<String>;
    while !ended.load(Ordering::Relaxed) {
        let mut request = agent
            .get(objects(&agent, url, password).unwrap_or_default())
            .header("authorization", format!("Bearer {password}"))
            .header("accept", "application/taxii+json;version=2.1")
            .query("limit", "40");
        if let Some(next) = cursor.take() {
            request = request.query("next", next);
        }
        let Ok(mut answer) = request.call() else {
            break;
        };
        assert!(answer.status().is_success(), "{}", answer.status());
        let Ok(page) = answer.body_mut().read_json::<Value>() else {
            break;
        };
        let ids = page["objects"].as_array().into_iter().flatten();
        for id in ids.filter_map(|object| object["id"].as_str()) {
            *received.entry(id.to_owned()).or_default() += 1;
        }
        cursor = page["next"].as_str().map(str::to_owned);
    }
    received
}

/// The address of the objects of the area, found as a TAXII client finds it.
fn objects(agent: &Agent, url: &str, password: &str) -> Option<String> {
    let mut answer = agent
        .get(format!("{url}/taxii2/"))
        .header("authorization", format!("Bearer {password}"))
        .header("accept", "application/taxii+json;version=2.1")
        .call()
        .ok()?;
    let discovery: Value = answer.body_mut().read_json().ok()?;
    let root = discovery["default"].as_str()?.trim_end_matches('/');
    let path = root.strip_prefix(url).unwrap_or(root);
    Some(format!("{url}{path}/collections/cyber/objects/"))
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_left_without_a_receipt() {
    let seed = std::env::var("LEGATION_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let mut dice = Dice(seed.unwrap_or_else(|| u64::from(std::process::id()) | 1 << 40));
    println!("LEGATION_SEED={}", dice.0);
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let password = found(cwd);
    let token = std::fs::read_to_string(cwd.join("o/chief.token")).unwrap();

    let mut next = 0;
    let mut received = BTreeMap::<String, usize>::new();
    for round in 0..KILLS {
        let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
        let url = serving.url.clone();
        let ended = AtomicBool::new(false);
        let pause = Duration::from_millis(30 + dice.roll(400));
        let (filed, seen) = std::thread::scope(|scope| {
            let filer = scope.spawn(|| file(&url, &token, next));
            let reader = scope.spawn(|| read(&url, &password, &ended));
            std::thread::sleep(pause);
            serving.kill();
            ended.store(true, Ordering::Relaxed);
            (filer.join().unwrap(), reader.join().unwrap())
        });
        next = filed;
        // What is sent again under an open receipt needs no other; but no receipt outlives its office.
        for id in seen.into_keys() {
            *received.entry(id).or_default() += 1;
        }
        let verified = legation(cwd, &["journal", "verify", "o"]);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(verified.status.success(), "round {round}: {said}");
    }
    println!("{next} acknowledged, {} received", received.len());
    assert!(
        next > 0 && !received.is_empty(),
        "nothing happened between the kills"
    );

    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    let agent = agent();
    let ask = |path: &str| -> Value {
        let mut answer = agent
            .get(format!("{}/api/v1{path}", serving.url))
            .header("authorization", format!("Bearer {token}"))
            .call()
            .unwrap();
        answer.body_mut().read_json().unwrap()
    };
    for number in 0..next {
        let why = ask(&format!("/why?party=JPN&record={}", id(number)));
        assert_eq!(why["released"], true, "{number}: {why}");
    }
    for (id, times) in &received {
        let who = ask(&format!("/who?record={id}"));
        let receipts = who["received"].as_array().unwrap();
        let of_pages = receipts.iter().filter(|one| {
            one["party"] == "JPN" && one["agreement"] == "nato-jpn" && one["extent"] == "bodies"
        });
        // A page whose receipt was written and which never arrived leaves one more.
        let count = of_pages.count();
        assert!(count >= *times, "{id} came in {times} rounds: {who}");
    }
    assert_eq!(serving.stop(), Some(0));
}
