//! A real server, killed at random moments while two parties file, one reads, and the host suspends,
//! resumes, amends and withdraws.
//!
//! What was acknowledged must be there after every restart, the journal must verify, and of every
//! record that a reader holds there must be a receipt: no byte left before it was written down. At
//! the end the reader's view is what `why` says record by record. Hundreds of kills more, held
//! against the oracle, are the engine's tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::office::{Serving, answer, legation, samples};

/// How often the server is killed.
const KILLS: u32 = 30;

/// Objects of one filing.
const OBJECTS: u32 = 5;

/// How many versions of the agreement are signed beforehand; fewer come into force.
const VERSIONS: u32 = 8;

/// The media type of TAXII 2.1.
pub(crate) const TAXII: &str = "application/taxii+json;version=2.1";

/// A small generator (Marsaglia's xorshift64): nothing here needs better dice.
#[derive(Clone)]
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

/// The id of the `number`th object of a party.
fn id(party: u32, number: u32) -> String {
    format!("indicator--{party:08x}-0000-4000-8000-{number:012x}")
}

pub(crate) fn envelope(party: u32, first: u32) -> Value {
    // GREEN and AMBER in turn: what the versions of the agreement differ in.
    let markings = [
        "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
        "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    ];
    let objects = (first..first + OBJECTS).map(|number| {
        json!({"type": "indicator", "spec_version": "2.1", "id": id(party, number),
            "created": "2024-05-01T08:00:00.000Z", "modified": "2024-05-01T08:00:00.000Z",
            "name": format!("number {number}"), "pattern": "[domain-name:value = 'a.example']",
            "pattern_type": "stix", "valid_from": "2024-05-01T08:00:00.000Z",
            "object_marking_refs": [markings[number as usize % 2]]})
    });
    json!({"objects": objects.collect::<Vec<_>>()})
}

/// Founds an office with a partner whose agreement is in force; the partner's password.
pub(crate) fn found(cwd: &Path) -> String {
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
    for version in 2..=VERSIONS {
        sign_version(cwd, version);
    }
    serving.kill();
    client["password"].as_str().unwrap().to_owned()
}

/// Writes and signs a later version of the agreement, which takes less or as much.
fn sign_version(cwd: &Path, version: u32) {
    let level = if version.is_multiple_of(2) {
        "GREEN"
    } else {
        "AMBER"
    };
    let text = std::fs::read_to_string(samples().join("nato-jpn.md")).unwrap();
    let text = text
        .replace("version = 1", &format!("version = {version}"))
        .replacen("up_to = \"AMBER\"", &format!("up_to = \"{level}\""), 1);
    let file = format!("v{version}.md");
    std::fs::write(cwd.join(&file), text).unwrap();
    for (party, key) in [("JPN", "partner/keys/host"), ("NATO", "o/keys/host")] {
        let signature = format!("v{version}-{party}.sig");
        let arguments = [
            "agreement",
            "sign",
            &file,
            "--key",
            key,
            "--out",
            &signature,
        ];
        answer(cwd, &arguments);
    }
}

/// One who speaks to the office until it is gone.
pub(crate) struct Client<'a> {
    agent: Agent,
    url: &'a str,
    secret: &'a str,
    ended: &'a AtomicBool,
}

impl<'a> Client<'a> {
    pub(crate) fn new(url: &'a str, secret: &'a str, ended: &'a AtomicBool) -> Self {
        Self {
            agent: agent(),
            url,
            secret,
            ended,
        }
    }

    /// The status and the whole document of an answer; none once the office is gone. An answer that
    /// breaks off in the middle says nothing.
    pub(crate) fn ask(&self, path: &str, body: Option<&[u8]>, kind: &str) -> Option<(u16, Value)> {
        if self.ended.load(Ordering::Relaxed) {
            return None;
        }
        let url = format!("{}{path}", self.url);
        let secret = format!("Bearer {}", self.secret);
        let accept = if path.starts_with("/taxii2/") {
            TAXII
        } else {
            "application/json"
        };
        let mut answer = match body {
            Some(body) => self
                .agent
                .post(url)
                .header("authorization", secret)
                .header("accept", accept)
                .header("content-type", kind)
                .send(body),
            None => self
                .agent
                .get(url)
                .header("authorization", secret)
                .header("accept", accept)
                .call(),
        }
        .ok()?;
        let status = answer.status().as_u16();
        let said = answer.body_mut().read_json().ok()?;
        Some((status, said))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        let body = serde_json::to_vec(body).unwrap();
        let kind = if path.starts_with("/taxii2/") {
            TAXII
        } else {
            "application/json"
        };
        self.ask(path, Some(&body), kind)
    }
}

/// Whether the office did it; later is no, and so is what does not hold now.
fn is_done(status: u16, said: &Value, refusals: &[u16]) -> bool {
    let busy = [429, 503];
    assert!(
        (200..300).contains(&status) || busy.contains(&status) || refusals.contains(&status),
        "{status} {said}"
    );
    status < 300
}

/// The host files; the first number that nobody acknowledged.
fn file(client: &Client<'_>, mut next: u32) -> u32 {
    while let Some((status, said)) = client.post("/api/v1/areas/cyber/records", &envelope(0, next))
    {
        if is_done(status, &said, &[]) {
            let taken = said["filed"].as_u64().unwrap() + said["unchanged"].as_u64().unwrap();
            assert_eq!(taken, u64::from(OBJECTS), "{said}");
            next += OBJECTS;
        }
    }
    next
}

/// The partner files by TAXII, while its agreement is not suspended.
fn contribute(client: &Client<'_>, root: &str, mut next: u32) -> u32 {
    let path = format!("{root}collections/cyber/objects/");
    while let Some((status, said)) = client.post(&path, &envelope(1, next)) {
        if is_done(status, &said, &[403, 404]) {
            assert_eq!(said["success_count"], OBJECTS, "{said}");
            next += OBJECTS;
        }
    }
    next
}

/// Polls page by page, over and over; the ids that came with a whole page.
fn read(client: &Client<'_>, root: &str) -> BTreeSet<String> {
    let first = format!("{root}collections/cyber/objects/?limit=40");
    let mut received = BTreeSet::new();
    let mut path = first.clone();
    while let Some((status, page)) = client.ask(&path, None, TAXII) {
        if !is_done(status, &page, &[403, 404]) {
            path.clone_from(&first);
            continue;
        }
        let ids = page["objects"].as_array().into_iter().flatten();
        let ids = ids.filter_map(|object| object["id"].as_str());
        received.extend(ids.map(str::to_owned));
        path = match page["next"].as_str() {
            Some(next) => format!("{first}&next={next}"),
            None => first.clone(),
        };
    }
    received
}

/// What the host did beside filing, as far as it was acknowledged.
#[derive(Default)]
struct Ruled {
    acts: u32,
    withdrawn: BTreeSet<String>,
    /// The newest version that both sides have signed.
    version: u32,
}

/// Suspends, resumes, withdraws and amends.
fn rule(client: &Client<'_>, cwd: &Path, dice: &mut Dice, filed: u32, ruled: &mut Ruled) {
    let reason = json!({"reason": "talks"});
    loop {
        let done = match dice.roll(5) {
            0 => client.post("/api/v1/agreements/nato-jpn/suspend", &reason),
            1 | 2 => client.post("/api/v1/agreements/nato-jpn/resume", &reason),
            3 => {
                let gone = id(0, dice.roll(u64::from(filed) + 1) as u32);
                let body = json!({"record": gone, "reason": "wrong"});
                let done = client.post("/api/v1/withdraw", &body);
                if done.as_ref().is_some_and(|(status, _)| *status < 300) {
                    ruled.withdrawn.insert(gone);
                }
                done
            }
            _ => amend(client, cwd, ruled),
        };
        let Some((status, said)) = done else { return };
        ruled.acts += u32::from(is_done(status, &said, &[404, 409]));
        // Acts of the host are rare beside those of machines.
        std::thread::sleep(Duration::from_millis(5 + dice.roll(30)));
    }
}

/// Tables the next version and brings both signatures; goes on where a kill left off.
fn amend(client: &Client<'_>, cwd: &Path, ruled: &mut Ruled) -> Option<(u16, Value)> {
    let version = ruled.version.max(1) + 1;
    if version > VERSIONS {
        return Some((409, Value::Null));
    }
    let text = std::fs::read(cwd.join(format!("v{version}.md"))).unwrap();
    let (status, said) = client.ask("/api/v1/agreements", Some(&text), "text/markdown")?;
    is_done(status, &said, &[404, 409]);
    for party in ["JPN", "NATO"] {
        let signature = format!("v{version}-{party}.sig");
        let signature = std::fs::read_to_string(cwd.join(signature)).unwrap();
        let body = json!({"version": version, "party": party, "signature": signature});
        let (status, said) = client.post("/api/v1/agreements/nato-jpn/signatures", &body)?;
        // Signed before the kill: a conflict.
        if !is_done(status, &said, &[404, 409]) && status != 409 {
            return Some((status, said));
        }
    }
    ruled.version = version;
    Some((200, Value::Null))
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
    let token = token.trim();

    let (mut next, mut theirs) = (0, 0);
    let mut received = BTreeMap::<String, usize>::new();
    let mut ruled = Ruled::default();
    for round in 0..KILLS {
        let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
        let url = serving.url.clone();
        let ended = AtomicBool::new(false);
        let pause = Duration::from_millis(20 + dice.roll(300));
        let mut chance = Dice(dice.0 ^ 0x5eed);
        let host = || Client::new(&url, token, &ended);
        let partner = || Client::new(&url, &password, &ended);
        let root = root(&partner());
        let (filed, given, seen) = std::thread::scope(|scope| {
            let filer = scope.spawn(|| file(&host(), next));
            let giver = scope.spawn(|| contribute(&partner(), &root, theirs));
            let reader = scope.spawn(|| read(&partner(), &root));
            scope.spawn(|| rule(&host(), cwd, &mut chance, next, &mut ruled));
            std::thread::sleep(pause);
            serving.kill();
            ended.store(true, Ordering::Relaxed);
            (
                filer.join().unwrap(),
                giver.join().unwrap(),
                reader.join().unwrap(),
            )
        });
        (next, theirs) = (filed, given);
        // What is sent again under an open receipt needs no other; but no receipt outlives its office.
        for id in seen {
            *received.entry(id).or_default() += 1;
        }
        let verified = legation(cwd, &["journal", "verify", "o"]);
        let said = String::from_utf8_lossy(&verified.stdout).into_owned();
        assert!(verified.status.success(), "round {round}: {said}");
    }
    println!(
        "{next} and {theirs} acknowledged, {} received, {} acts of the host",
        received.len(),
        ruled.acts
    );
    assert!(
        next > 0 && theirs > 0 && ruled.acts > 0 && !received.is_empty(),
        "nothing happened between the kills"
    );
    check(cwd, token, &password, [next, theirs], &received, &ruled);
}

/// The path of the API root, found as a TAXII client finds it.
pub(crate) fn root(client: &Client<'_>) -> String {
    let (_, discovery) = client.ask("/taxii2/", None, TAXII).unwrap();
    let root = discovery["default"].as_str().unwrap();
    root.strip_prefix(client.url).unwrap_or(root).to_owned()
}

/// Starts the office once more and holds it to everything that was said.
fn check(
    cwd: &Path,
    token: &str,
    password: &str,
    filed: [u32; 2],
    received: &BTreeMap<String, usize>,
    ruled: &Ruled,
) {
    let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
    let ended = AtomicBool::new(false);
    let host = Client::new(&serving.url, token, &ended);
    let partner = Client::new(&serving.url, password, &ended);
    let patient = |client: &Client<'_>, path: &str| loop {
        let (status, said) = client.ask(path, None, TAXII).unwrap();
        match status {
            429 | 503 => std::thread::sleep(Duration::from_millis(50)),
            200 => return said,
            _ => panic!("{path}: {status} {said}"),
        }
    };
    let resume = json!({"reason": "talks went well"});
    let (status, said) = host
        .post("/api/v1/agreements/nato-jpn/resume", &resume)
        .unwrap();
    is_done(status, &said, &[409]);
    let agreement = patient(&host, "/api/v1/agreements/nato-jpn");
    let version = agreement["version"].as_u64().unwrap();
    assert!(version >= u64::from(ruled.version), "{agreement}");

    let mut released = BTreeSet::new();
    for (party, count) in [(0, filed[0]), (1, filed[1])] {
        for number in 0..count {
            let id = id(party, number);
            // Whatever is not held is no answer but a 404.
            let why = patient(&host, &format!("/api/v1/why?party=JPN&record={id}"));
            if why["released"] == true {
                assert!(!ruled.withdrawn.contains(&id), "{id} was withdrawn: {why}");
                released.insert(id);
            }
        }
    }
    for (id, rounds) in received {
        let who = patient(&host, &format!("/api/v1/who?record={id}"));
        let receipts = who["received"].as_array().unwrap();
        let own = id.starts_with("indicator--00000001");
        let of_pages = receipts.iter().filter(|one| {
            one["party"] == "JPN"
                && one["extent"] == "bodies"
                && (own || one["agreement"] == "nato-jpn")
        });
        // A page whose receipt was written and which never arrived leaves one more.
        let count = of_pages.count();
        assert!(count >= *rounds, "{id} came in {rounds} rounds: {who}");
    }
    let root = root(&partner);
    let mut view = BTreeSet::new();
    let first = format!("{root}collections/cyber/objects/?limit=500");
    let mut path = first.clone();
    loop {
        let page = patient(&partner, &path);
        let objects = page["objects"].as_array().into_iter().flatten();
        view.extend(objects.map(|object| object["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => path = format!("{first}&next={next}"),
            None => break,
        }
    }
    // Filings whose acknowledgement was cut off are in the view too.
    let missing: Vec<_> = released.difference(&view).collect();
    assert!(missing.is_empty(), "released and not shown: {missing:?}");
    for id in view.difference(&released) {
        let why = patient(&host, &format!("/api/v1/why?party=JPN&record={id}"));
        assert_eq!(why["released"], true, "shown and not released: {why}");
    }
    assert_eq!(serving.stop(), Some(0));
}
