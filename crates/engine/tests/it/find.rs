//! Finding by value and what is related: held to a naive scan of the bytes that each party is served.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use legation_core::act::Extent;
use legation_core::agreement::signature::from_seed;
use legation_core::time::Instant;
use legation_core::view::{Query, Versions};
use legation_engine::{Caller, EngineError, Office, Related, SuppressedFor, SystemDice, verify};
use legation_journal::{Journal, Row};
use legation_stix::value::{Value, values};

use crate::sample::{AGREEMENT, GREEN, RED, Sample, cyber, everything, malware, sample, table};

/// Seeded dice: xorshift, so that a failure can be had again.
struct Rolls(u64);

impl Rolls {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.roll(texts.len() as u64) as usize]
    }
}

const POOL: [&str; 9] = [
    "45.9.148.3",
    "2a01:4f8::7",
    "Evil-Updates.net",
    "http://cdn.evil-updates.net/a",
    "CVE-2021-44228",
    "Cozy Bear",
    "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4",
    "t1059",
    "127.0.0.1",
];

fn uuid(number: u64) -> String {
    format!("{number:08x}-0000-4000-8000-{number:012x}")
}

const COMMON: &str = r#""spec_version":"2.1","created":"2025-01-01T00:00:00.000Z""#;

/// An indicator whose pattern looks for addresses and domains.
fn indicator(number: u64, version: u64, marking: &str, pattern: &str, name: &str) -> String {
    serde_json::json!({
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{}", uuid(number)),
        "created": "2025-01-01T00:00:00.000Z", "modified": format!("2025-01-01T00:00:{version:02}.000Z"),
        "pattern": pattern, "pattern_type": "stix", "valid_from": "2025-01-01T00:00:00Z",
        "name": name, "object_marking_refs": [marking],
    })
    .to_string()
}

fn domain(number: u64, marking: &str, value: &str) -> String {
    let id = uuid(number);
    format!(
        r#"{{"type":"domain-name","spec_version":"2.1","id":"domain-name--{id}","value":"{value}","object_marking_refs":["{marking}"]}}"#
    )
}

fn observed(number: u64, marking: &str, object: &str) -> String {
    let id = uuid(number);
    format!(
        r#"{{"type":"observed-data",{COMMON},"id":"observed-data--{id}","modified":"2025-01-01T00:00:00.000Z","first_observed":"2025-01-01T00:00:00Z","last_observed":"2025-01-01T00:00:00Z","number_observed":1,"object_refs":["{object}"],"object_marking_refs":["{marking}"]}}"#
    )
}

fn sighting(number: u64, marking: &str, of: &str) -> String {
    let id = uuid(number);
    format!(
        r#"{{"type":"sighting",{COMMON},"id":"sighting--{id}","modified":"2025-01-01T00:00:00.000Z","sighting_of_ref":"{of}","object_marking_refs":["{marking}"]}}"#
    )
}

/// A random object of one of the kinds, with values of the pool here and there.
fn object(rolls: &mut Rolls, number: u64) -> String {
    let marking = if rolls.roll(4) == 0 { RED } else { GREEN };
    let one = rolls.pick(&POOL).to_owned();
    let other = rolls.pick(&POOL).to_owned();
    match rolls.roll(4) {
        0 => {
            let pattern =
                format!("[ipv4-addr:value = '{one}' OR domain-name:value IN ('{other}')]");
            indicator(number % 12, rolls.roll(4), marking, &pattern, &one)
        }
        1 => domain(number, marking, "Evil-Updates.net."),
        2 => sighting(
            number,
            marking,
            &format!("indicator--{}", uuid(number % 12)),
        ),
        _ => {
            let more = format!(
                r#","aliases":["{one}"],"description":"d","external_references":[{{"source_name":"x","external_id":"{other}"}}]"#
            );
            malware(number as u32, marking, &more)
        }
    }
}

/// Has KOR take malware without aliases and external references.
async fn redact(sample: &Sample) {
    let file = AGREEMENT
        .replace("JPN", "KOR")
        .replace("nato-jpn", "nato-kor")
        .replace("version = 1", "version = 2")
        .replacen(
            "up_to = \"AMBER\"",
            "kinds = [\"indicator\", \"domain-name\", \"sighting\", \"observed-data\"]\nup_to = \"AMBER\"\n\n\
             [[take]]\narticle = \"1\"\narea = \"cyber\"\nkinds = [\"malware\"]\nup_to = \"AMBER\"\n\
             redact = [\"aliases\", \"external_references\"]",
            1,
        );
    let (host, _) = from_seed(&[1; 32], "host").unwrap();
    let (kor, _) = from_seed(&[3; 32], "KOR").unwrap();
    let keys = [("NATO", host.as_str()), ("KOR", kor.as_str())];
    table(&sample.office, &sample.chief, &file, &keys).await;
}

/// Every version that a caller is served: its bytes by id, version and date.
async fn served(office: &Office, caller: &Caller) -> Vec<(Instant, serde_json::Value)> {
    let query = Query {
        versions: Versions {
            all: true,
            last: false,
            ..Versions::default()
        },
        ..everything()
    };
    let mut reading = office
        .read(caller, &cyber(), &query, Extent::Bodies, "")
        .await
        .unwrap();
    let dates: Vec<Instant> = reading.items.iter().map(|item| item.date).collect();
    let sheaf = office.load(&mut reading).unwrap();
    let text = format!("[{}]", std::str::from_utf8(&sheaf.get().bytes).unwrap());
    let objects: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(objects.len(), dates.len());
    dates.into_iter().zip(objects).collect()
}

fn id_of(object: &serde_json::Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

fn held(object: &serde_json::Value) -> BTreeSet<Value> {
    let held = values(object.to_string().as_bytes()).unwrap();
    held.into_iter().map(|held| held.value).collect()
}

/// Holds every answer to one caller to a naive scan of what it is served.
async fn compare(office: &Office, caller: &Caller) -> usize {
    let served = served(office, caller).await;
    let mut found_any = 0;
    for text in POOL.into_iter().chain(["nothing holds this"]) {
        let sought = Value::parse_query(text);
        let wanted: Vec<(Instant, String)> = served
            .iter()
            .filter(|(_, object)| held(object).iter().any(|value| sought.contains(value)))
            .map(|(date, object)| (*date, id_of(object)))
            .collect();
        // In one go, and page by page.
        for limit in [1000, 3] {
            let mut got = Vec::new();
            let mut after = None;
            loop {
                let found = office
                    .find(caller, text, after, limit)
                    .await
                    .unwrap()
                    .answer;
                got.extend(found.records.iter().map(|one| {
                    assert!(one.held.iter().all(|held| sought.contains(&held.value)));
                    assert!(!one.held.is_empty());
                    (one.record.date.unwrap(), one.record.id.clone())
                }));
                after = found
                    .records
                    .last()
                    .and_then(|last| last.record.date)
                    .or(after);
                if !found.more {
                    break;
                }
                assert!(!found.records.is_empty());
            }
            assert_eq!(got, wanted, "`{text}` by {limit}");
        }
        found_any += wanted.len();
    }
    // Of each id the newest version.
    let mut newest: BTreeMap<String, &serde_json::Value> = BTreeMap::new();
    for (_, object) in &served {
        let one = newest.entry(id_of(object)).or_insert(object);
        if one["modified"].as_str() < object["modified"].as_str() {
            *one = object;
        }
    }
    for (id, own) in &newest {
        let related = office.related(caller, id, None, 1000).await.unwrap().answer;
        let own_values: BTreeSet<Value> = held(own);
        let telling = |value: &&Value| value.warning().is_none();
        let mut wanted: BTreeMap<String, BTreeSet<Value>> = BTreeMap::new();
        let mut versions: BTreeMap<String, String> = BTreeMap::new();
        for (_, object) in served.iter().filter(|(_, object)| id_of(object) != *id) {
            let held = held(object);
            let shared: BTreeSet<Value> = held
                .intersection(&own_values)
                .filter(telling)
                .cloned()
                .collect();
            let version = object["modified"].as_str().unwrap_or_default().to_owned();
            let other = id_of(object);
            if !shared.is_empty() && versions.get(&other).is_none_or(|held| *held <= version) {
                versions.insert(other.clone(), version);
                wanted.insert(other, shared);
            }
        }
        let got: BTreeMap<String, BTreeSet<Value>> = related
            .related
            .iter()
            .map(|one| (one.record.id.clone(), one.values.iter().cloned().collect()))
            .collect();
        assert_eq!(got, wanted, "related to {id}");
        let suppressed: BTreeSet<Value> = related
            .suppressed
            .iter()
            .map(|one| one.value.clone())
            .collect();
        let warned = own_values.iter().filter(|value| value.warning().is_some());
        assert_eq!(suppressed, warned.cloned().collect());
        let sightings: BTreeSet<String> =
            related.sightings.iter().map(|one| one.id.clone()).collect();
        let wanted = served
            .iter()
            .filter(|(_, object)| object["sighting_of_ref"].as_str() == Some(id))
            .map(|(_, object)| id_of(object));
        assert_eq!(sightings, wanted.collect());
    }
    found_any
}

#[tokio::test(flavor = "multi_thread")]
async fn in_random_worlds_every_answer_is_a_scan_of_the_callers_own_pages() {
    for seed in [3, 2024, 77_777] {
        let sample = sample().await;
        redact(&sample).await;
        let mut rolls = Rolls(seed);
        let callers = [
            sample.chief.clone(),
            sample.client("JPN").await,
            sample.client("KOR").await,
        ];
        let mut filed: Vec<String> = Vec::new();
        for round in 0..14 {
            for who in &callers {
                let objects: Vec<String> = (0..rolls.roll(5))
                    .map(|_| {
                        let number = rolls.roll(60);
                        object(&mut rolls, number)
                    })
                    .collect();
                let got = sample.file(who, &objects).await;
                filed.extend(got.filed.iter().map(|one| one.id.to_string()));
            }
            if round % 2 == 0 && !filed.is_empty() {
                let id = filed[rolls.roll(filed.len() as u64) as usize].clone();
                sample.clock.tick();
                // What has ended already ends no second time.
                let _ = if rolls.roll(2) == 0 {
                    sample
                        .office
                        .withdraw(&sample.chief, id, None, "r".into())
                        .await
                } else {
                    sample
                        .office
                        .erase(&sample.chief, id, None, "r".into())
                        .await
                };
            }
        }
        let mut found = Vec::new();
        for caller in &callers {
            found.push(compare(&sample.office, caller).await);
        }
        // The host sees most, and what KOR is not shown of malware it does not find.
        assert!(found[0] > found[2] && found[2] > 0, "{found:?}");
        let Sample {
            dir,
            office,
            log_key,
            clock,
            chief,
            ..
        } = sample;
        let before = office
            .find(&chief, "Cozy Bear", None, 1000)
            .await
            .unwrap()
            .answer;
        drop(office);
        // An office of an earlier release has no index of values: it is built when it opens.
        let office = crate::sample::open(dir.path(), &clock);
        drop(office);
        let stripped = open_stripped(dir.path(), &clock);
        let after = stripped
            .find(&chief, "Cozy Bear", None, 1000)
            .await
            .unwrap();
        assert_eq!(after.answer, before);
        let again = compare(&stripped, &callers[2]).await;
        assert_eq!(again, found[2]);
        drop((after, stripped));
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let findings = verify(dir.path(), &log_key, &mut |_, _| {}).unwrap();
        assert_eq!(findings.faults, Vec::<String>::new());
    }
}

/// Opens the office on its journal with the index of values taken out.
fn open_stripped(dir: &std::path::Path, clock: &crate::sample::Hands) -> Office {
    let begun = std::time::Instant::now();
    loop {
        let mut stripped = 0;
        let office = Office::open_on(
            dir,
            Arc::new(clock.clone()),
            Arc::new(SystemDice),
            |journal| {
                let mut rows = Vec::new();
                journal
                    .rows(&[], &mut |key, value| {
                        rows.push(Row {
                            key: key.to_vec(),
                            value: value.to_vec(),
                        });
                        ControlFlow::Continue(())
                    })
                    .unwrap();
                let all = rows.len();
                rows.retain(|row| row.key.first() != Some(&b'v'));
                stripped = all - rows.len();
                journal.rebuild_rows(&mut rows.into_iter()).unwrap();
                Arc::new(journal)
            },
        );
        match office {
            Ok(office) => {
                assert!(stripped > 10);
                return office;
            }
            Err(EngineError { code, .. })
                if code == "journal.in-use" && begun.elapsed().as_secs() < 60 =>
            {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            Err(error) => panic!("{} {error}", error.code),
        }
    }
}

/// What one party is told, in two offices that differ in what it is not shown.
async fn told(extra: bool) -> String {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let kor = sample.client("KOR").await;
    let ip = "45.9.148.3";
    let pattern = format!("[ipv4-addr:value = '{ip}' OR domain-name:value = 'evil-updates.net']");
    let named = format!("indicator--{}", uuid(1));
    let shown = [
        indicator(1, 1, GREEN, &pattern, "one"),
        indicator(2, 1, GREEN, &pattern, "two"),
        domain(3, GREEN, "evil-updates.net"),
    ];
    sample.file(&sample.chief, &shown).await;
    let looked = format!("domain-name--{}", uuid(3));
    let seen = [observed(4, GREEN, &looked), sighting(5, GREEN, &named)];
    sample.file(&kor, &seen).await;
    if extra {
        let secret: Vec<String> = (100..1200)
            .map(|number| indicator(number, 1, RED, &pattern, "Operation Nobody"))
            .collect();
        sample.file(&sample.chief, &secret).await;
        let also = [
            sighting(2000, RED, &named),
            domain(2001, RED, "evil-updates.net"),
            observed(2002, RED, &looked),
        ];
        sample.file(&kor, &also).await;
        let gone = indicator(2003, 1, GREEN, &pattern, "gone");
        sample.file(&sample.chief, &[gone]).await;
        let id = format!("indicator--{}", uuid(2003));
        let reason = "r".to_owned();
        sample
            .office
            .withdraw(&sample.chief, id, None, reason)
            .await
            .unwrap();
    }
    sample.clock.set("2026-03-01T00:00:00Z");
    let office = &sample.office;
    let mut told = String::new();
    for text in [
        ip,
        "evil[.]updates.net",
        "Evil-Updates.net",
        "Operation Nobody",
        "one",
        "gone",
    ] {
        let found = office.find(&jpn, text, None, 1000).await.unwrap().answer;
        told += &format!("{text}: {found:?}\n");
    }
    for id in [
        &named,
        &looked,
        &format!("indicator--{}", uuid(100)),
        &format!("indicator--{}", uuid(2003)),
    ] {
        let related = office.related(&jpn, id, None, 1000).await;
        told += &format!("{id}: {:?}\n", related.map(|one| one.answer));
        let matches = office.matches(&jpn, id, 1000).await;
        told += &format!("{id}: {:?}\n", matches.map(|one| one.answer));
    }
    let observation = format!("observed-data--{}", uuid(4));
    let matches = office
        .matches(&jpn, &observation, 1000)
        .await
        .unwrap()
        .answer;
    assert_eq!(matches.matches.len(), 2);
    let matches = office.matches(&kor, &named, 1000).await.unwrap().answer;
    let names = matches.matches.iter().map(|one| &one.record.id);
    assert!(names.collect::<Vec<_>>().contains(&&observation));
    let related = office
        .related(&jpn, &named, None, 1000)
        .await
        .unwrap()
        .answer;
    assert_eq!((related.related.len(), related.sightings.len()), (2, 1));
    let refused = office.suppressed_values(&jpn).unwrap_err();
    assert_eq!(refused.code, "engine.forbidden");
    let listed = office.suppressed_values(&sample.chief).unwrap();
    // The host sees a thousand and more: for it the value relates nobody, for JPN it does.
    assert_eq!(listed.len(), if extra { 3 } else { 0 }, "{listed:?}");
    let host = office
        .related(&sample.chief, &named, None, 1000)
        .await
        .unwrap();
    let capped = host.answer.suppressed.iter();
    assert_eq!(
        capped.filter(|one| one.why == SuppressedFor::Cap).count(),
        if extra { 2 } else { 0 }
    );
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_party_is_not_shown_changes_nothing_that_it_is_told() {
    let (plain, extra) = (told(false).await, told(true).await);
    // Dates added are the party's own, but what is filed earlier in a day is dated earlier in it.
    let strip = |text: &str| {
        let parts: Vec<&str> = text.split("Instant(").collect();
        let rest = parts
            .iter()
            .enumerate()
            .map(|(at, part)| match (at, part.split_once(')')) {
                (0, _) | (_, None) => (*part).to_owned(),
                (_, Some((_, rest))) => rest.to_owned(),
            });
        rest.collect::<String>()
    };
    assert_eq!(strip(&plain), strip(&extra));
    assert!(!extra.contains("Nobody\""), "{extra}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_is_written_down_before() {
    let sample = sample().await;
    let kor = sample.client("KOR").await;
    let pattern = "[domain-name:value = 'evil-updates.net']";
    sample
        .file(
            &sample.chief,
            &[
                indicator(1, 1, GREEN, pattern, "one"),
                indicator(2, 1, RED, pattern, "two"),
            ],
        )
        .await;
    let id = format!("indicator--{}", uuid(1));
    let before = sample
        .office
        .who(&sample.chief, &id)
        .unwrap()
        .received
        .len();
    let found = sample
        .office
        .find(&kor, "evil-updates[.]net", None, 10)
        .await
        .unwrap();
    assert_eq!(found.answer.records.len(), 1);
    assert!(found.guard.holds());
    let who = sample.office.who(&sample.chief, &id).unwrap().received;
    let new: Vec<_> = who
        .iter()
        .filter(|one| one.party.as_str() == "KOR")
        .collect();
    assert_eq!((new.len(), who.len()), (1, before + 1));
    assert_eq!(new[0].extent, Extent::Heads);
    let secret = format!("indicator--{}", uuid(2));
    let nobody = sample.office.who(&sample.chief, &secret).unwrap().received;
    assert!(nobody.is_empty());
    // Nothing found, nothing written.
    let size = sample.office.log_size().unwrap();
    sample
        .office
        .find(&kor, "nothing at all", None, 10)
        .await
        .unwrap();
    let missing = sample
        .office
        .related(&kor, &secret, None, 10)
        .await
        .unwrap_err();
    assert_eq!(missing.code, "engine.not-found");
    assert_eq!(
        sample
            .office
            .find(&kor, " ", None, 10)
            .await
            .unwrap_err()
            .code,
        "find.no-value"
    );
    assert_eq!(
        sample.office.matches(&kor, "x", 10).await.unwrap_err(),
        missing
    );
    assert_eq!(sample.office.log_size().unwrap(), size);
    // After a suspension nothing is found, and what was found goes no further.
    let agreement = "nato-kor".parse().unwrap();
    sample
        .office
        .suspend(&sample.chief, agreement, "r".into())
        .await
        .unwrap();
    assert!(!found.guard.holds());
    let none = sample
        .office
        .find(&kor, "evil-updates.net", None, 10)
        .await
        .unwrap();
    assert!(none.answer.records.is_empty());
    let gone = sample
        .office
        .related(&kor, &id, None, 10)
        .await
        .unwrap_err();
    assert_eq!(gone, missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_is_found_by_the_office_alone() {
    let sample = sample().await;
    let jpn = sample.client("JPN").await;
    let kor = sample.client("KOR").await;
    sample
        .file(
            &sample.chief,
            &[indicator(
                1,
                1,
                GREEN,
                "[domain-name:value = 'a-evil.net']",
                "one",
            )],
        )
        .await;
    sample
        .file(
            &jpn,
            &[indicator(
                1,
                2,
                GREEN,
                "[domain-name:value = 'b-evil.net']",
                "one",
            )],
        )
        .await;
    let told = sample
        .office
        .find(&sample.chief, "b-evil.net", None, 10)
        .await
        .unwrap()
        .answer;
    assert_eq!((told.records.len(), told.claims.len()), (0, 1));
    assert_eq!(told.claims[0].record.date, None);
    for partner in [&kor, &jpn] {
        let told = sample
            .office
            .find(partner, "b-evil.net", None, 10)
            .await
            .unwrap()
            .answer;
        assert_eq!((told.claims.len(), told.more), (0, false));
    }
    let _: Related = sample
        .office
        .related(&kor, &format!("indicator--{}", uuid(1)), None, 5)
        .await
        .unwrap()
        .answer;
}
