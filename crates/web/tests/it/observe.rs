//! What is told of requests: their ids, the headers that all answers have, health, the metrics.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::party::Status;
use legation_web::{Monitor, Monitoring, Settings, Unready, serve_monitor};
use tokio::net::TcpListener;

use crate::taxii::venue::{Answer, GREEN, MEDIA_TYPE, Venue, indicator, parse, request};

/// A venue whose monitor listens too.
fn watched(monitoring: Monitoring) -> (Venue, Monitor, std::net::SocketAddr) {
    let monitor = Monitor::new(monitoring);
    assert_eq!(monitor.ready(), Err(Unready::Starting));
    let venue = Venue::with(Settings {
        monitor: monitor.clone(),
        ..Settings::default()
    });
    let listener = venue.runtime.block_on(TcpListener::bind("127.0.0.1:0"));
    let listener = listener.unwrap();
    let address = listener.local_addr().unwrap();
    let served = serve_monitor(listener, monitor.clone(), std::future::pending());
    venue.runtime.spawn(served);
    let begun = std::time::Instant::now();
    while monitor.ready() == Err(Unready::Starting) {
        assert!(begun.elapsed().as_secs() < 60, "the office does not start");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    (venue, monitor, address)
}

fn ask(address: std::net::SocketAddr, path: &str) -> Answer {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let head = request("GET", path, &[], 0);
    stream.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    parse(&bytes)
}

#[test]
fn every_answer_has_an_id_and_the_headers_that_keep_browsers_away() {
    let venue = Venue::open();
    let password = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    let bearer = format!("Bearer {password}");
    let known = ("authorization", bearer.as_str());
    let accept = ("accept", MEDIA_TYPE);
    let mut seen = BTreeSet::new();
    for (method, path, headers, status) in [
        ("GET", "/taxii2/", vec![known, accept], 200),
        ("GET", "/taxii2/", vec![accept], 401),
        ("PATCH", "/taxii2/", vec![known, accept], 405),
        (
            "GET",
            "/taxii2/tokyo/collections/cyber/objects/",
            vec![known, accept],
            200,
        ),
        ("GET", "/taxii2/nowhere/", vec![known, accept], 404),
        ("GET", "/api/v1/office", vec![known], 200),
        ("GET", "/api/v1/parties", vec![known], 403),
        ("GET", "/nothing", vec![], 404),
        ("GET", "/log/checkpoint", vec![], 200),
        ("GET", "/health/live", vec![], 200),
        ("GET", "/health/ready", vec![], 200),
    ] {
        let answer = venue.send(method, path, &headers, b"");
        assert_eq!(answer.status, status, "{method} {path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.headers(name), [value], "{method} {path}");
        }
        let cache = if path == "/log/checkpoint" {
            "no-cache"
        } else {
            "no-store"
        };
        assert_eq!(answer.headers("cache-control"), [cache], "{method} {path}");
        for silent in ["server", "x-powered-by", "via", "strict-transport-security"] {
            assert_eq!(answer.header(silent), None, "{method} {path}");
        }
        assert!(
            !answer.head.contains(env!("CARGO_PKG_VERSION")),
            "{}",
            answer.head
        );
        let ids = answer.headers("x-request-id");
        assert_eq!(ids.len(), 1);
        assert!(seen.insert(ids[0].to_owned()), "{ids:?} twice");
    }
}

#[test]
fn a_clients_own_request_id_comes_back_if_it_is_plain() {
    let venue = Venue::open();
    let send = |id| venue.send("GET", "/health/live", &[("x-request-id", id)], b"");
    assert_eq!(send("mine-1").header("x-request-id"), Some("mine-1"));
    for bad in ["a b", "<script>", "x\u{9}y"] {
        let answer = send(bad);
        let id = answer.header("x-request-id").unwrap();
        assert!(id.len() == 32 && !id.contains(bad), "{id}");
    }
}

#[test]
fn tls_is_asked_for_where_it_is_spoken() {
    let venue = Venue::with(Settings {
        strict_transport: true,
        ..Settings::default()
    });
    let answer = venue.send("GET", "/taxii2/", &[], b"");
    let strict = answer.header("strict-transport-security");
    assert_eq!(strict, Some("max-age=31536000"));
}

#[test]
fn whether_the_office_is_ready_is_told_without_detail_to_those_outside() {
    let dir = tempfile::TempDir::new().unwrap();
    let (venue, monitor, inside) = watched(Monitoring {
        folder: Some(dir.path().to_owned()),
        // No disk has that much: it is nearly full at once.
        least_free: u64::MAX,
        ..Monitoring::default()
    });
    assert_eq!(monitor.ready(), Err(Unready::DiskNearlyFull));
    let answer = ask(inside, "/health/ready");
    assert_eq!(
        (answer.status, answer.text().as_str()),
        (503, "disk-nearly-full\n")
    );
    assert_eq!(ask(inside, "/health/live").status, 200);
    let outside = venue.send("GET", "/health/ready", &[], b"");
    assert_eq!(outside.status, 503);
    assert_eq!(outside.json()["error"]["code"], "web.not-ready");
    assert!(outside.header("retry-after").is_some());
    assert!(!outside.text().contains("disk"));
    assert_eq!(venue.send("GET", "/health/live", &[], b"").status, 200);
    // The metrics are inside only.
    assert_eq!(venue.send("GET", "/metrics", &[], b"").status, 404);
    use legation_web::{Event, Watch as _};
    monitor.note(&Event::Stopping);
    assert_eq!(ask(inside, "/health/ready").text(), "stopping\n");
}

/// What is wrong with a text by Prometheus's rules, and the names of its families with their kinds.
fn families(text: &str) -> BTreeMap<String, String> {
    let mut families: BTreeMap<String, String> = BTreeMap::new();
    let mut helped = BTreeSet::new();
    let mut current = String::new();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(
                help.ends_with('.') || help.contains(':') || help.contains(';'),
                "{line}"
            );
            assert!(helped.insert(name.to_owned()), "{name} has two HELP lines");
            current = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(name, current, "TYPE without its HELP");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(kind != "counter" || name.ends_with("_total"), "{line}");
            families.insert(name.to_owned(), kind.to_owned());
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().unwrap() >= 0.0, "{line}");
            assert!(seen.insert(series.to_owned()), "{series} twice");
            let name = series.split('{').next().unwrap();
            let base = match families[&current].as_str() {
                "histogram" => ["_bucket", "_sum", "_count"]
                    .iter()
                    .find_map(|suffix| name.strip_suffix(suffix))
                    .unwrap(),
                _ => name,
            };
            assert_eq!(base, current, "a sample outside its family: {line}");
        }
    }
    families
}

fn value(text: &str, series: &str) -> f64 {
    let found = text.lines().find_map(|line| line.strip_prefix(series));
    let found = found.unwrap_or_else(|| panic!("no {series}\n{text}"));
    found.trim().parse().unwrap()
}

#[test]
fn the_metrics_of_a_run_are_well_formed_and_tell_what_happened() {
    let (venue, _, inside) = watched(Monitoring::default());
    let password = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    let objects: Vec<_> = (0..30).map(|number| indicator(number, 1, GREEN)).collect();
    venue.file(&password, "cyber", &objects);
    for _ in 0..3 {
        assert_eq!(venue.area(&password, "cyber", "objects/").ids().len(), 30);
    }
    assert_eq!(venue.get("wrong", "/taxii2/").status, 401);
    let answer = ask(inside, "/metrics");
    assert_eq!(answer.status, 200);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(kind));
    let text = answer.text();
    let families = families(&text);
    assert!(families.len() >= 30, "{families:?}");
    let route = "/taxii2/{root}/collections/{collection}/objects/";
    let series =
        format!("legation_http_requests_total{{route=\"{route}\",method=\"GET\",status=\"200\"}} ");
    assert_eq!(value(&text, &series), 3.0);
    let sent = format!("legation_http_sent_bytes_total{{route=\"{route}\"}} ");
    assert!(value(&text, &sent) > 3.0 * 30.0 * 100.0);
    assert_eq!(
        value(&text, "legation_refusals_total{code=\"web.unauthorized\"} "),
        1.0
    );
    assert_eq!(value(&text, "legation_records "), 30.0);
    assert_eq!(value(&text, "legation_parties "), 2.0);
    assert!(value(&text, "legation_receipts_total ") >= 1.0);
    assert!(value(&text, "legation_journal_batches_total ") >= 1.0);
    let appends = value(&text, "legation_journal_append_duration_seconds_count ");
    assert_eq!(appends, value(&text, "legation_journal_batches_total "));
    assert_eq!(value(&text, "legation_ready "), 1.0);
    assert_eq!(value(&text, "legation_requests_under_way "), 0.0);
    // Nobody is named: no party, no caller, no record, no address.
    for name in [
        "JPN",
        "poller",
        "NATO",
        "indicator--",
        "127.0.0.1",
        password.as_str(),
    ] {
        assert!(!text.contains(name), "{name} stands in the metrics");
    }
}

/// The names of metrics in a query.
fn names(query: &str) -> impl Iterator<Item = &str> {
    let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("legation_") || word.starts_with("process_"))
}

/// Every text under a key, however deep.
fn texts<'a>(value: &'a serde_json::Value, key: &str, found: &mut Vec<&'a str>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                if name == key {
                    found.extend(value.as_str());
                }
                texts(value, key, found);
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| texts(item, key, found));
        }
        _ => {}
    }
}

#[test]
fn the_dashboard_asks_for_what_there_is_and_leaves_nothing_out() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../packaging/grafana/legation.json"
    );
    let file = std::fs::read_to_string(path).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&file).unwrap();
    let dir = tempfile::TempDir::new().unwrap();
    let (venue, _, inside) = watched(Monitoring {
        parties: true,
        folder: Some(dir.path().to_owned()),
        ..Monitoring::default()
    });
    let password = venue.admit("JPN", Status::Partner);
    assert_eq!(venue.get(&password, "/taxii2/").status, 200);
    assert_eq!(venue.get("wrong", "/taxii2/").status, 401);
    let text = ask(inside, "/metrics").text();
    let families = families(&text);
    let mut queries = Vec::new();
    texts(&dashboard["panels"], "expr", &mut queries);
    assert!(queries.len() >= 40, "{}", queries.len());
    let mut shown = BTreeSet::new();
    for query in &queries {
        assert!(
            names(query).next().is_some(),
            "{query} asks for nothing of ours"
        );
        for name in names(query) {
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|suffix| name.strip_suffix(suffix))
                .find(|base| families.get(*base).is_some_and(|kind| kind == "histogram"))
                .unwrap_or(name);
            assert!(families.contains_key(base), "no metric {name}: {query}");
            shown.insert(base.to_owned());
        }
    }
    let silent: Vec<_> = families
        .keys()
        .filter(|name| name.starts_with("legation_") && !shown.contains(*name))
        .collect();
    assert!(silent.is_empty(), "no panel shows {silent:?}");
    let mut variables = Vec::new();
    texts(&dashboard["templating"], "definition", &mut variables);
    for name in variables.into_iter().flat_map(names) {
        assert!(families.contains_key(name), "{name}");
    }
}

#[test]
fn parties_are_named_in_the_metrics_when_their_keeper_says_so() {
    let (venue, _, inside) = watched(Monitoring {
        parties: true,
        ..Monitoring::default()
    });
    let password = venue.admit("JPN", Status::Partner);
    assert_eq!(venue.get(&password, "/taxii2/").status, 200);
    let text = ask(inside, "/metrics").text();
    families(&text);
    assert_eq!(
        value(&text, "legation_party_requests_total{party=\"JPN\"} "),
        1.0
    );
}
