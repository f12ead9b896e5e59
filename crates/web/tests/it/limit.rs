//! One party's flood is refused with words and a time to wait, and costs the others nothing.
//!
//! What is asserted is who is refused and how, never how long anything took.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use legation_core::party::Status;
use legation_web::{Monitor, Rates, Settings, Work};
use serde_json::json;

use crate::taxii::venue::{Answer, GREEN, MEDIA_TYPE, Venue, indicator, parse, request};

/// How long a state may take to come about before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

fn two_parties(settings: Settings) -> (Venue, String, String) {
    let venue = Venue::with(settings);
    let passwords = ["JPN", "KOR"].map(|party| {
        let password = venue.admit(party, Status::Partner);
        venue.agree(party, &["cyber"]);
        password
    });
    let [jpn, kor] = passwords;
    (venue, jpn, kor)
}

/// A refusal that says for how long; the code and the seconds.
#[track_caller]
fn wait(answer: &Answer, status: u16) -> (String, u64) {
    let code = answer.refusal(status);
    let seconds = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds >= 1, "{answer:?}");
    (code, seconds)
}

/// Waits until a gauge has that value.
fn until(monitor: &Monitor, gauge: &str, value: u64) {
    let line = format!("{gauge} {value}");
    let begun = Instant::now();
    while !monitor.exposition().lines().any(|found| found == line) {
        assert!(
            begun.elapsed() < PATIENCE,
            "{line}\n{}",
            monitor.exposition()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_flood_of_requests_is_refused_and_the_other_party_is_not() {
    let (venue, jpn, kor) = two_parties(Settings {
        rates: Rates {
            // One in a quarter of an hour after the first twenty: the test is not that slow.
            requests_per_second: 1,
            request_burst: 20,
            ..Rates::default()
        },
        ..Settings::default()
    });
    let begun = Instant::now();
    let mut served = 0;
    let mut refused = 0;
    for round in 0..15 {
        for _ in 0..10 {
            let answer = venue.area(&jpn, "cyber", "objects/");
            if answer.status == 200 {
                served += 1;
            } else {
                let (code, seconds) = wait(&answer, 429);
                assert_eq!((code.as_str(), seconds), ("web.too-many-requests", 1));
                refused += 1;
            }
        }
        assert_eq!(venue.area(&kor, "cyber", "objects/").status, 200, "{round}");
    }
    let most = 21 + begun.elapsed().as_secs();
    assert!((20..=most).contains(&served), "{served}");
    assert_eq!(served + refused, 150);
    // Whoever waits as told comes in again.
    std::thread::sleep(Duration::from_millis(1100));
    assert_eq!(venue.area(&jpn, "cyber", "objects/").status, 200);
}

#[test]
fn what_was_read_beyond_the_rate_is_waited_for() {
    let (venue, jpn, kor) = two_parties(Settings {
        rates: Rates {
            bytes_per_second: 10,
            byte_burst: 2_000,
            ..Rates::default()
        },
        ..Settings::default()
    });
    let objects: Vec<_> = (0..50).map(|number| indicator(number, 1, GREEN)).collect();
    venue.file(&kor, "cyber", &objects);
    let page = venue.area(&jpn, "cyber", "objects/");
    assert_eq!(page.ids().len(), 50);
    let (code, seconds) = wait(&venue.area(&jpn, "cyber", "objects/"), 429);
    assert_eq!(code, "web.too-many-bytes");
    let debt = (page.body.len() as u64 - 2_000) / 10;
    assert!(
        (debt - 60..=debt + 1).contains(&seconds),
        "{debt} {seconds}"
    );
    assert_eq!(venue.area(&kor, "cyber", "").status, 200);
}

#[test]
fn guessing_is_braked_and_who_is_known_there_still_comes_in() {
    let (venue, jpn, kor) = two_parties(Settings {
        rates: Rates {
            failures_per_minute: 1,
            failure_burst: 5,
            ..Rates::default()
        },
        ..Settings::default()
    });
    assert_eq!(venue.get(&jpn, "/taxii2/").status, 200);
    let codes: Vec<_> = (0..8)
        .map(|guess| venue.get(&format!("guess-{guess}"), "/taxii2/").status)
        .collect();
    assert_eq!(codes, [401, 401, 401, 401, 401, 429, 429, 429]);
    let (code, seconds) = wait(&venue.get("another", "/taxii2/"), 429);
    assert_eq!(code, "web.too-many-failures");
    assert!((1..=60).contains(&seconds));
    // A right secret that was never seen there is answered as a wrong one is.
    let (code, _) = wait(&venue.get(&kor, "/taxii2/"), 429);
    assert_eq!(code, "web.too-many-failures");
    let kind = ("content-type", "application/json");
    let sign_in = venue.send("POST", "/api/v1/sign-in", &[kind], b"{\"link\": \"x\"}");
    assert_eq!(sign_in.status, 429);
    assert_eq!(sign_in.json()["error"]["code"], "web.too-many-failures");
    // Neighbours of the one who guesses are not shut out, and nothing is kept from strangers.
    assert_eq!(venue.get(&jpn, "/taxii2/").status, 200);
    assert_eq!(venue.send("GET", "/log/checkpoint", &[], b"").status, 200);
    assert_eq!(venue.send("GET", "/taxii2/", &[], b"").status, 401);
}

#[test]
fn wrong_links_are_braked_too() {
    let (venue, _, _) = two_parties(Settings {
        rates: Rates {
            failures_per_minute: 1,
            failure_burst: 3,
            ..Rates::default()
        },
        ..Settings::default()
    });
    let kind = ("content-type", "application/json");
    let statuses: Vec<_> = (0..5)
        .map(|_| venue.send("POST", "/api/v1/sign-in", &[kind], b"{\"link\": \"x\"}"))
        .map(|answer| answer.status)
        .collect();
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
}

/// Begins a filing of which the last bytes are kept back.
fn begin(venue: &Venue, password: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(venue.address).unwrap();
    let bearer = format!("Bearer {password}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", MEDIA_TYPE),
        ("content-type", MEDIA_TYPE),
    ];
    let path = "/taxii2/tokyo/collections/cyber/objects/";
    let head = request("POST", path, &headers, body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream
        .write_all(&body.as_bytes()[..body.len() - 2])
        .unwrap();
    stream
}

fn finish(mut stream: TcpStream, body: &str) -> Answer {
    stream
        .write_all(&body.as_bytes()[body.len() - 2..])
        .unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    parse(&bytes)
}

#[test]
fn what_is_under_way_has_a_bound_for_each_party() {
    let monitor = Monitor::default();
    let (venue, jpn, kor) = two_parties(Settings {
        work: Work {
            at_once: 2,
            at_once_per_party: 1,
            under_way: 100,
            under_way_per_party: 4,
            ..Work::default()
        },
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let body = |number| json!({"objects": [indicator(number, 1, GREEN)]}).to_string();
    let slow: Vec<_> = (0..4)
        .map(|number| begin(&venue, &jpn, &body(number)))
        .collect();
    until(&monitor, "legation_requests_under_way", 4);
    // Bodies that have not arrived take nobody's turn.
    until(&monitor, "legation_requests_in_work", 0);
    for _ in 0..20 {
        let (code, _) = wait(&venue.area(&jpn, "cyber", "objects/"), 503);
        assert_eq!(code, "web.busy");
        assert_eq!(venue.area(&kor, "cyber", "objects/").status, 200);
    }
    for (number, stream) in slow.into_iter().enumerate() {
        assert_eq!(finish(stream, &body(number)).status, 202);
    }
    until(&monitor, "legation_requests_under_way", 0);
    assert_eq!(venue.area(&jpn, "cyber", "objects/").ids().len(), 4);
    let text = monitor.exposition();
    assert!(
        text.contains("legation_limits_total{code=\"web.busy\"} 20\n"),
        "{text}"
    );
}

#[test]
fn bodies_that_arrive_have_a_bound_in_memory() {
    let monitor = Monitor::default();
    let (venue, jpn, kor) = two_parties(Settings {
        work: Work {
            bytes_under_way: 3_000_000,
            bytes_under_way_per_party: 1_000_000,
            ..Work::default()
        },
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let mut object = indicator(1, 1, GREEN);
    object["description"] = json!("x".repeat(400_000));
    let body = json!({"objects": [object]}).to_string();
    let slow = [begin(&venue, &jpn, &body), begin(&venue, &jpn, &body)];
    let two = 2 * (body.len() as u64 - 2);
    until(&monitor, "legation_bytes_under_way", two);
    let (code, _) = wait(&venue.post(&jpn, "cyber", &body), 503);
    assert_eq!(code, "web.busy");
    assert_eq!(venue.post(&kor, "cyber", &body).status, 202);
    for stream in slow {
        assert_eq!(finish(stream, &body).status, 202);
    }
    until(&monitor, "legation_bytes_under_way", 0);
}

#[test]
fn a_flood_on_many_connections_leaves_the_other_party_every_answer() {
    let monitor = Monitor::default();
    let (venue, jpn, kor) = two_parties(Settings {
        work: Work {
            at_once: 4,
            at_once_per_party: 2,
            under_way: 64,
            under_way_per_party: 6,
            ..Work::default()
        },
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let objects: Vec<_> = (0..400).map(|number| indicator(number, 1, GREEN)).collect();
    venue.file(&kor, "cyber", &objects);
    let (served, refused) = std::thread::scope(|scope| {
        let floods: Vec<_> = (0..16)
            .map(|_| {
                scope.spawn(|| {
                    let (mut served, mut refused) = (0, 0);
                    for _ in 0..25 {
                        let answer = venue.area(&jpn, "cyber", "objects/?limit=400");
                        if answer.status == 200 {
                            served += 1;
                        } else {
                            assert_eq!(wait(&answer, 503).0, "web.busy");
                            refused += 1;
                        }
                        let depth = monitor.exposition();
                        let under_way = depth
                            .lines()
                            .find_map(|line| line.strip_prefix("legation_requests_under_way "));
                        let under_way: u64 = under_way.unwrap().parse().unwrap();
                        assert!(under_way <= 8, "{under_way}");
                    }
                    (served, refused)
                })
            })
            .collect();
        for _ in 0..60 {
            let answer = venue.area(&kor, "cyber", "objects/?limit=10");
            assert_eq!(answer.ids().len(), 10);
        }
        let counts = floods.into_iter().map(|flood| flood.join().unwrap());
        counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
    });
    assert_eq!(served + refused, 16 * 25);
    assert!(served > 0);
    until(&monitor, "legation_requests_under_way", 0);
    until(&monitor, "legation_requests_waiting", 0);
}

#[test]
fn a_caller_that_goes_away_leaves_its_place() {
    let monitor = Monitor::default();
    let (venue, jpn, _) = two_parties(Settings {
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let body = json!({"objects": [indicator(1, 1, GREEN)]}).to_string();
    for _ in 0..30 {
        drop(begin(&venue, &jpn, &body));
    }
    until(&monitor, "legation_requests_under_way", 0);
    until(&monitor, "legation_bytes_under_way", 0);
    assert_eq!(venue.area(&jpn, "cyber", "objects/").ids(), [""; 0]);
}

/// How often something was held.
fn held(monitor: &Monitor, what: &str) -> u64 {
    let begins = format!("legation_held_total{{what=\"{what}\"}} ");
    let text = monitor.exposition();
    let found = text.lines().find_map(|line| line.strip_prefix(&begins));
    found.unwrap().parse().unwrap()
}

#[test]
fn a_flood_is_held_beside_others_and_not_alone_and_every_answer_is_whole() {
    let monitor = Monitor::default();
    let (venue, jpn, kor) = two_parties(Settings {
        work: Work {
            at_once_beside_others: 1,
            bytes_beside_others: 4 << 20,
            ..Work::default()
        },
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let mut object = indicator(1, 1, GREEN);
    object["description"] = json!("x".repeat(400_000));
    venue.file(&kor, "cyber", &[object]);
    let bearer = format!("Bearer {jpn}");
    let headers = [("authorization", bearer.as_str()), ("accept", MEDIA_TYPE)];
    let path = "/taxii2/tokyo/collections/cyber/objects/";
    let ask = request("GET", path, &headers, 0);
    // All are under way before the first is read.
    let flood = || {
        let mut streams: Vec<_> = (0..12)
            .map(|_| {
                let mut stream = TcpStream::connect(venue.address).unwrap();
                stream.write_all(ask.as_bytes()).unwrap();
                stream
            })
            .collect();
        for stream in &mut streams {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            assert_eq!(parse(&bytes).ids().len(), 1);
        }
    };
    flood();
    assert_eq!(held(&monitor, "work"), 0);
    let over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(std::sync::atomic::Ordering::Relaxed) {
                assert_eq!(venue.area(&kor, "cyber", "objects/").ids().len(), 1);
            }
        });
        until_asked(&monitor);
        flood();
        over.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert!(held(&monitor, "work") > 0, "{}", monitor.exposition());
    until(&monitor, "legation_requests_under_way", 0);
}

/// Waits until a thirteenth request has been answered.
fn until_asked(monitor: &Monitor) {
    let begun = Instant::now();
    let route = "route=\"/taxii2/{root}/collections/{collection}/objects/\"";
    let asked = || {
        let text = monitor.exposition();
        let lines = text.lines().filter(|line| {
            line.starts_with("legation_http_requests_total") && line.contains(route)
        });
        let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        counts.sum::<u64>()
    };
    while asked() < 13 {
        assert!(begun.elapsed() < PATIENCE, "{}", monitor.exposition());
        std::thread::sleep(Duration::from_millis(5));
    }
}
