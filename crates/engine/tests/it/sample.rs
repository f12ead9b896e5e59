//! A small office to test on: a host, two partners and a member, a clock that stands where it is put.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use legation_core::act::Extent;
use legation_core::agreement::signature::{from_seed, parse_public_key, sign};
use legation_core::id::AreaName;
use legation_core::time::{Clock, Instant};
use legation_core::view::{Query, Versions};
use legation_engine::{
    Caller, EngineError, Envelope, Filed, Founding, NewParty, Office, Reading, Shape, SystemDice,
};
use tempfile::TempDir;

/// A clock that a test sets.
#[derive(Clone)]
pub(crate) struct Hands(Arc<AtomicI64>);

impl Hands {
    pub(crate) fn at(text: &str) -> Self {
        Self(Arc::new(AtomicI64::new(instant(text).micros())))
    }

    pub(crate) fn set(&self, text: &str) {
        self.0.store(instant(text).micros(), Ordering::SeqCst);
    }

    /// Moves the hands by so many microseconds, back when negative.
    pub(crate) fn step(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub(crate) fn tick(&self) {
        self.0.fetch_add(1_000_000, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(crate) fn instant(text: &str) -> Instant {
    text.parse().unwrap()
}

pub(crate) struct Sample {
    pub(crate) dir: TempDir,
    pub(crate) office: Office,
    pub(crate) clock: Hands,
    pub(crate) chief: Caller,
    pub(crate) token: String,
    pub(crate) log_key: String,
}

pub(crate) const START: &str = "2026-01-01T00:00:00Z";

pub(crate) const AGREEMENT: &str = r#"+++
id = "nato-jpn"
title = "Programme"
version = 1
parties = ["NATO", "JPN"]
in_force = 2020-01-01T00:00:00Z
until = 2027-01-01T00:00:00Z

[[take]]
article = "1"
area = "cyber"
up_to = "AMBER"

[[give]]
article = "2"
area = "cyber"
up_to = "AMBER"
onward = ["partners"]
unmarked = "GREEN"
+++
# Programme
## 1 Takes
## 2 Gives
"#;

/// Founds an office with JPN and KOR under agreements.
pub(crate) async fn sample() -> Sample {
    sample_in(TempDir::new().unwrap()).await
}

/// The same in a directory of the caller's.
pub(crate) async fn sample_in(dir: TempDir) -> Sample {
    let clock = Hands::at(START);
    let (private, public) = from_seed(&[1; 32], "host").unwrap();
    let line = parse_public_key(&public).unwrap();
    let founding = Founding {
        alliance: "NATO".parse().unwrap(),
        name: "NATO".into(),
        office: "Tokyo".into(),
        zone: "Asia/Tokyo".parse().unwrap(),
        key: Some((line.line, line.fingerprint)),
        house: None,
    };
    let created = Office::create_with(dir.path(), founding, &clock, &SystemDice).unwrap();
    let token = created.token.reveal().to_owned();
    let office = open(dir.path(), &clock);
    let chief = office.authenticate(&token).unwrap().unwrap();
    for (seed, code) in [(2, "JPN"), (3, "KOR")] {
        let (theirs, public) = from_seed(&[seed; 32], code).unwrap();
        let new = NewParty {
            code: code.parse().unwrap(),
            name: code.into(),
            status: "partner".parse().unwrap(),
            zone: "UTC".parse().unwrap(),
            key: Some(public),
        };
        office.add_party(&chief, new).await.unwrap();
        let file = AGREEMENT
            .replace("JPN", code)
            .replace("nato-jpn", &format!("nato-{}", code.to_lowercase()));
        table(
            &office,
            &chief,
            &file,
            &[("NATO", &private), (code, &theirs)],
        )
        .await;
    }
    Sample {
        dir,
        office,
        clock,
        chief,
        token,
        log_key: created.log_key,
    }
}

pub(crate) fn open(dir: &Path, clock: &Hands) -> Office {
    open_patiently(dir, clock)
}

/// Opens the office; the one who had it before may not have let go yet, nor a process that another
/// test has forked and that has not yet become what it is to be.
pub(crate) fn open_patiently(dir: &Path, clock: &Hands) -> Office {
    let begun = std::time::Instant::now();
    loop {
        let office = Office::open_with(dir, Arc::new(clock.clone()), Arc::new(SystemDice));
        match office {
            Ok(office) => return office,
            Err(error) if error.code == "journal.in-use" && begun.elapsed().as_secs() < 60 => {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            Err(error) => panic!("{} {error}", error.code),
        }
    }
}

pub(crate) async fn table(office: &Office, chief: &Caller, file: &str, keys: &[(&str, &str)]) {
    let tabled = office.table(chief, file.as_bytes().to_vec()).await.unwrap();
    for (party, key) in keys {
        let signature = sign(file.as_bytes(), key).unwrap();
        let party = party.parse().unwrap();
        office
            .accept(chief, tabled.id.clone(), tabled.version, party, signature)
            .await
            .unwrap();
    }
}

impl Sample {
    pub(crate) async fn client(&self, party: &str) -> Caller {
        let party = party.parse().unwrap();
        let secret = self
            .office
            .add_client(&self.chief, party, "desk".parse().unwrap())
            .await;
        self.office
            .authenticate(secret.unwrap().reveal())
            .unwrap()
            .unwrap()
    }

    pub(crate) async fn file(&self, caller: &Caller, objects: &[String]) -> Filed {
        self.try_file(caller, objects).await.unwrap()
    }

    pub(crate) async fn try_file(
        &self,
        caller: &Caller,
        objects: &[String],
    ) -> Result<Filed, EngineError> {
        self.clock.tick();
        let body = format!("{{\"objects\": [{}]}}", objects.join(", "));
        let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 10_000).unwrap();
        self.office.file(caller, cyber(), envelope).await
    }

    pub(crate) async fn read(&self, caller: &Caller) -> Result<Reading, EngineError> {
        self.office
            .read(caller, &cyber(), &everything(), Extent::Bodies, "")
            .await
    }

    /// The ids that a caller reads.
    pub(crate) async fn ids(&self, caller: &Caller) -> Vec<String> {
        let mut reading = self.read(caller).await.unwrap();
        self.loaded(&mut reading)
    }

    /// The ids in the bytes of a page.
    pub(crate) fn loaded(&self, reading: &mut Reading) -> Vec<String> {
        loaded(&self.office, reading).unwrap()
    }
}

/// The ids in the bytes of a page.
fn loaded(office: &Office, reading: &mut Reading) -> Result<Vec<String>, EngineError> {
    let sheaf = office.load(reading)?;
    let text = format!("[{}]", std::str::from_utf8(&sheaf.get().bytes).unwrap());
    let objects: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(objects.len(), sheaf.get().objects);
    let id = |object: &serde_json::Value| object["id"].as_str().unwrap().to_owned();
    Ok(objects.iter().map(id).collect())
}

/// The ids on one page that is handed out whole, and the date from which to go on.
pub(crate) async fn received(
    office: &Office,
    caller: &Caller,
    query: &Query,
) -> Result<(Vec<String>, Option<Instant>), EngineError> {
    let area = cyber();
    let page = office.read(caller, &area, query, Extent::Bodies, "");
    let mut page = page.await?;
    let last = page.items.last().map(|item| item.date);
    let ids = loaded(office, &mut page)?;
    // What the guard lets go of is not sent.
    if page.guard.holds() {
        Ok((ids, last.or(query.after)))
    } else {
        Ok((Vec::new(), query.after))
    }
}

pub(crate) fn cyber() -> AreaName {
    "cyber".parse().unwrap()
}

pub(crate) fn everything() -> Query {
    let versions = Versions::default();
    Query {
        after: None,
        until: None,
        ids: None,
        kinds: None,
        versions,
        limit: 10_000,
    }
}

pub(crate) const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
pub(crate) const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";

pub(crate) fn id(number: u32) -> String {
    format!("malware--{number:08x}-0000-4000-8000-{number:012x}")
}

/// A malware object; `more` is put before its end.
pub(crate) fn malware(number: u32, marking: &str, more: &str) -> String {
    let id = id(number);
    format!(
        r#"{{"type":"malware","spec_version":"2.1","id":"{id}","created":"2025-01-01T00:00:00.000Z","modified":"2025-01-01T00:00:00.000Z","is_family":false,"name":"n{number}","object_marking_refs":["{marking}"]{more}}}"#
    )
}
