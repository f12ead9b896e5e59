//! Each endpoint that reads, in the order of the URL tree, with its refusals.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::act::{Act, Extent};
use legation_core::party::Status;
use serde_json::{Value, json};

use super::venue::{Answer, GREEN, MEDIA_TYPE, RED, Venue, domain, id, indicator, tool};

/// The uniform answer to what is not there or not the caller's.
#[track_caller]
pub(super) fn nothing(answer: &Answer) {
    assert_eq!(answer.refusal(404), "engine.not-found");
    let body = r#"{"title":"Not Found","description":"there is no such thing here","error_code":"engine.not-found","http_status":"404"}"#;
    assert_eq!(answer.text(), body);
}

/// An office with two partners: JPN on cyber and space, KOR on space alone.
pub(super) struct Two {
    pub(super) venue: Venue,
    pub(super) jpn: String,
    pub(super) kor: String,
}

pub(super) fn two() -> Two {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let kor = venue.admit("KOR", Status::Partner);
    venue.agree("JPN", &["cyber", "space"]);
    venue.agree("KOR", &["space"]);
    Two { venue, jpn, kor }
}

#[test]
fn discovery() {
    let Two { venue, jpn, .. } = two();
    let answer = venue.get(&jpn, "/taxii2/");
    assert_eq!(
        answer.expect(200),
        json!({
            "title": "North Atlantic Treaty Organization, office Tokyo",
            "default": "/taxii2/tokyo/",
            "api_roots": ["/taxii2/tokyo/"],
        })
    );
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("server"), None);
    assert!(answer.header("date").is_some());
}

#[test]
fn root() {
    let Two { venue, jpn, .. } = two();
    assert_eq!(
        venue.get(&jpn, "/taxii2/tokyo/").expect(200),
        json!({"title": "Tokyo", "versions": [MEDIA_TYPE], "max_content_length": 10_485_760})
    );
    nothing(&venue.get(&jpn, "/taxii2/paris/"));
}

#[test]
fn paths_are_exact() {
    let Two { venue, jpn, .. } = two();
    for path in [
        "/taxii2",
        "/taxii2/tokyo",
        "/taxii2/tokyo/collections",
        "/taxii2/tokyo/collections/cyber",
        "/taxii2/tokyo/collections/cyber/objects",
        "/taxii2/tokyo/collections/cyber/manifest",
        "/taxii2/tokyo/no/",
        "/taxii2/tokyo/collections/%FF/objects/",
        "/taxii2//tokyo/",
    ] {
        nothing(&venue.get(&jpn, path));
    }
    let methods = [
        ("/taxii2/", "POST", "GET, HEAD"),
        (
            "/taxii2/tokyo/collections/cyber/objects/",
            "PUT",
            "GET, HEAD, POST",
        ),
        (
            "/taxii2/tokyo/collections/cyber/objects/x/",
            "POST",
            "GET, HEAD, DELETE",
        ),
        (
            "/taxii2/tokyo/collections/cyber/manifest/",
            "DELETE",
            "GET, HEAD",
        ),
    ];
    for (path, method, allow) in methods {
        let answer = venue.ask(&jpn, method, path);
        assert_eq!(answer.refusal(405), "web.wrong-method");
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
    }
}

#[test]
fn collections() {
    let Two { venue, jpn, kor } = two();
    let list = venue.get(&jpn, "/taxii2/tokyo/collections/").expect(200);
    let cyber = &list["collections"][0].clone();
    let uuid = cyber["id"].as_str().unwrap().to_owned();
    assert_eq!(
        *cyber,
        json!({
            "id": uuid, "title": "Cyber", "alias": "cyber", "can_read": true, "can_write": true,
            "media_types": ["application/stix+json;version=2.1"],
        })
    );
    assert_eq!(uuid, uuid.to_lowercase());
    assert_eq!(&uuid[14..15], "4");
    let aliases = |answer: Value| -> Vec<Value> {
        let list = answer["collections"].as_array().cloned();
        let list = list.unwrap_or_default();
        list.iter().map(|one| one["alias"].clone()).collect()
    };
    assert_eq!(aliases(list), ["cyber", "space"]);
    let kors = venue.get(&kor, "/taxii2/tokyo/collections/").expect(200);
    assert_eq!(aliases(kors), ["space"]);
    let again = venue.get(&jpn, "/taxii2/tokyo/collections/");
    assert_eq!(
        again,
        venue
            .get(&jpn, "/taxii2/tokyo/collections/")
            .with_date(&again)
    );
    // By id and by alias it is one collection; another's is not there at all.
    let path = format!("/taxii2/tokyo/collections/{uuid}/");
    assert_eq!(venue.get(&jpn, &path).expect(200), *cyber);
    assert_eq!(venue.area(&jpn, "cyber", "").expect(200), *cyber);
    for rest in [
        "",
        "objects/",
        "manifest/",
        "objects/x/",
        "objects/x/versions/",
        "objects/?limit=0",
    ] {
        nothing(&venue.get(&kor, &format!("{path}{rest}")));
        nothing(&venue.area(&kor, "cyber", rest));
        nothing(&venue.area(&kor, "nowhere", rest));
    }
    // Without an agreement there is no collection, and no empty list.
    let usa = venue.admit("USA", Status::Member);
    let none = venue.get(&usa, "/taxii2/tokyo/collections/");
    assert_eq!(none.expect(200), json!({}));
}

impl Answer {
    /// The same answer, sent when the other was.
    fn with_date(mut self, other: &Self) -> Self {
        for name in ["date", "x-request-id"] {
            if let (Some(mine), Some(theirs)) = (self.header(name), other.header(name)) {
                self.head = self.head.replace(mine, theirs);
            }
        }
        self
    }
}

#[test]
fn objects_keep_their_bytes() {
    let Two { venue, jpn, .. } = two();
    assert_eq!(venue.area(&jpn, "cyber", "objects/").text(), "{}");
    assert_eq!(
        venue
            .area(&jpn, "cyber", "objects/")
            .header("x-taxii-date-added-first"),
        None
    );
    let odd = indicator(1, 1, GREEN)
        .to_string()
        .replace("\"spec_version\":", "\n \"spec_version\" :\t");
    let body = format!("{{ \"objects\" : [ {odd} , {} ] }}", domain(2, GREEN));
    venue.post(&venue.chief, "cyber", &body).expect(202);
    let answer = venue.area(&jpn, "cyber", "objects/");
    assert_eq!(
        answer.text(),
        format!("{{\"objects\":[{odd},{}]}}", domain(2, GREEN))
    );
    let manifest = venue.area(&jpn, "cyber", "manifest/");
    let records = manifest.expect(200)["objects"].clone();
    for (header, place) in [
        ("x-taxii-date-added-first", 0),
        ("x-taxii-date-added-last", 1),
    ] {
        let date = records[place]["date_added"].as_str();
        assert_eq!(answer.header(header), date);
        assert_eq!(manifest.header(header), date);
        assert_eq!(date.unwrap().len(), "2024-01-01T00:00:00.000000Z".len());
    }
    assert_eq!(records[0]["version"], "2024-01-01T00:00:01.000Z");
    assert_eq!(records[1]["version"], "1970-01-01T00:00:00.000000Z");
    assert_eq!(
        records[0]["media_type"],
        "application/stix+json;version=2.1"
    );
}

#[test]
fn heads_have_no_body() {
    let Two { venue, jpn, .. } = two();
    venue.file(&venue.chief, "cyber", &[indicator(1, 1, GREEN)]);
    for path in ["objects/", "manifest/", "objects/none/", ""] {
        let path = format!("/taxii2/tokyo/collections/cyber/{path}");
        let (get, head) = (venue.get(&jpn, &path), venue.ask(&jpn, "HEAD", &path));
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.body.is_empty());
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert_eq!(
            head.header("x-taxii-date-added-last"),
            get.header("x-taxii-date-added-last")
        );
    }
}

#[test]
fn codings() {
    use std::io::Read;
    let Two { venue, jpn, .. } = two();
    let many: Vec<_> = (0..2000).map(|n| indicator(n, 1, GREEN)).collect();
    venue.file(&venue.chief, "cyber", &many);
    let path = "/taxii2/tokyo/collections/cyber/objects/?limit=2000";
    let plain = venue.get(&jpn, path);
    assert!(plain.header("content-encoding").is_none());
    assert_eq!(
        plain.header("content-length"),
        Some(plain.body.len().to_string().as_str())
    );
    let bearer = format!("Bearer {jpn}");
    for (asked, given) in [
        ("gzip", "gzip"),
        ("gzip;q=0.4, zstd", "zstd"),
        ("zstd;q=0.1, gzip", "gzip"),
    ] {
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept-encoding", asked),
        ];
        let answer = venue.send("GET", path, &headers, b"");
        assert_eq!(answer.header("content-encoding"), Some(given));
        assert!(answer.header("vary").unwrap().contains("accept-encoding"));
        assert!(answer.body.len() < plain.body.len() / 5);
        let mut text = Vec::new();
        if given == "gzip" {
            flate2::read::GzDecoder::new(answer.body.as_slice())
                .read_to_end(&mut text)
                .unwrap();
        } else {
            text = zstd::decode_all(answer.body.as_slice()).unwrap();
        }
        assert_eq!(text, plain.body, "{given}");
    }
}

#[test]
fn media_types() {
    let Two { venue, jpn, .. } = two();
    let basic = format!("Basic {}", STANDARD.encode(format!("JPN/poller:{jpn}")));
    let ask = |accept: &str, path: &str| {
        let headers = [("authorization", basic.as_str()), ("accept", accept)];
        venue.send("GET", path, &headers, b"")
    };
    let manifest = "/taxii2/tokyo/collections/cyber/manifest/";
    for path in [
        "/taxii2/",
        "/taxii2/tokyo/",
        "/taxii2/tokyo/collections/",
        manifest,
    ] {
        assert_eq!(
            ask("application/json", path).refusal(406),
            "web.not-acceptable"
        );
        assert_eq!(
            ask("application/vnd.oasis.taxii+json; version=2.0", path).status,
            406
        );
        assert_eq!(ask("application/taxii+json", path).status, 200);
        assert_eq!(ask("*/*", path).status, 200);
    }
    assert_eq!(
        ask("application/stix+json;version=2.1", manifest).status,
        200
    );
    let body = json!({"objects": [indicator(1, 1, GREEN)]}).to_string();
    for (kind, status) in [
        (Some("application/json"), 415),
        (Some("application/taxii+json;version=2.0"), 415),
        (Some("application/stix+json;version=2.1"), 415),
        (None, 415),
        (Some("application/taxii+json; version=\"2.1\""), 202),
        (Some("application/taxii+json"), 202),
    ] {
        let mut headers = vec![("authorization", basic.as_str()), ("accept", MEDIA_TYPE)];
        headers.extend(kind.map(|kind| ("content-type", kind)));
        let path = "/taxii2/tokyo/collections/cyber/objects/";
        let answer = venue.send("POST", path, &headers, body.as_bytes());
        assert_eq!(answer.status, status, "{kind:?}");
        headers.push(("content-encoding", "gzip"));
        let coded = venue.send("POST", path, &headers, body.as_bytes());
        assert_eq!(coded.status, 415);
    }
}

#[test]
fn one_object() {
    let Two { venue, jpn, .. } = two();
    venue.file(
        &venue.chief,
        "cyber",
        &[
            indicator(1, 1, GREEN),
            indicator(1, 3, RED),
            indicator(2, 1, RED),
        ],
    );
    venue.file(&venue.chief, "cyber", &[indicator(1, 2, GREEN)]);
    let path = |rest: &str| format!("objects/{}/{rest}", id("indicator", 1));
    let versions = |rest: &str| {
        let body = venue.area(&jpn, "cyber", &path(rest)).expect(200);
        let list = body["objects"].as_array().cloned().unwrap_or_default();
        list.iter()
            .map(|one| one["modified"].as_str().unwrap()[17..19].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(versions(""), ["02"]);
    assert_eq!(versions("?match[version]=all"), ["01", "02"]);
    assert_eq!(versions("?match%5Bversion%5D=first"), ["01"]);
    assert_eq!(versions("?match[version]=2024-01-01T00:00:01Z"), ["01"]);
    assert_eq!(versions("?match[version]=first,last"), ["01", "02"]);
    assert_eq!(versions("?added_after=2990-01-01T00:00:00Z"), [""; 0]);
    assert_eq!(versions("?match[version]=all&limit=1"), ["01"]);
    let list = venue.area(&jpn, "cyber", &path("versions/")).expect(200);
    let both = ["2024-01-01T00:00:01.000Z", "2024-01-01T00:00:02.000Z"];
    assert_eq!(list, json!({"versions": both}));
    let first = venue
        .area(&jpn, "cyber", &path("versions/?limit=1"))
        .expect(200);
    assert_eq!(
        (&first["more"], &first["versions"]),
        (&json!(true), &json!([both[0]]))
    );
    let next = first["next"].as_str().unwrap();
    let rest = venue.area(
        &jpn,
        "cyber",
        &path(&format!("versions/?limit=1&next={next}")),
    );
    assert_eq!(rest.expect(200), json!({"versions": [both[1]]}));
    // What is withheld, what is not there, and what is not asked for rightly: one answer.
    nothing(&venue.area(&jpn, "cyber", &path("?match[version]=2024-01-01T00:00:03Z")));
    nothing(&venue.area(&jpn, "cyber", &path("?match[spec_version]=2.0")));
    nothing(&venue.area(&jpn, "cyber", &path("versions/?match[spec_version]=2.0")));
    for number in [2, 3] {
        let id = id("indicator", number);
        nothing(&venue.area(&jpn, "cyber", &format!("objects/{id}/")));
        nothing(&venue.area(&jpn, "cyber", &format!("objects/{id}/versions/")));
        nothing(&venue.ask(
            &jpn,
            "DELETE",
            &format!("/taxii2/tokyo/collections/cyber/objects/{id}/"),
        ));
    }
    nothing(&venue.area(&jpn, "space", &path("")));
    nothing(&venue.area(&jpn, "cyber", "objects/no%20id/"));
}

#[test]
fn every_page_has_its_receipt() {
    let Two { venue, jpn, .. } = two();
    venue.file(
        &venue.chief,
        "cyber",
        &[indicator(1, 1, GREEN), tool(2, 1, GREEN)],
    );
    let receipts = || {
        let caller = venue.host();
        let size = venue.office.log_size().unwrap();
        (0..size)
            .filter_map(|number| {
                let proof = venue
                    .office
                    .proof(&caller, legation_core::id::EntryNumber(number))
                    .unwrap();
                match legation_core::act::Entry::decode(&proof.frame).unwrap().act {
                    Act::Release(receipt) => Some(receipt),
                    _ => None,
                }
            })
            .collect::<Vec<_>>()
    };
    assert!(receipts().is_empty());
    venue.area(&jpn, "cyber", "objects/?match[type]=tool&limit=5");
    venue.area(&jpn, "cyber", "manifest/");
    venue.area(
        &jpn,
        "cyber",
        &format!("objects/{}/versions/", id("tool", 2)),
    );
    venue.ask(&jpn, "HEAD", "/taxii2/tokyo/collections/cyber/objects/");
    // Nothing was given, so nothing is recorded.
    venue.area(&jpn, "cyber", "objects/?match[type]=malware");
    let written: Vec<_> = receipts()
        .into_iter()
        .map(|receipt| (receipt.filter, receipt.extent, receipt.dates.len() as usize))
        .collect();
    let versions = format!("versions&match[id]={}&match[version]=all", id("tool", 2));
    assert_eq!(
        written,
        [
            (
                "objects&match[type]=tool&match[version]=last".into(),
                Extent::Bodies,
                1
            ),
            ("manifest&match[version]=last".into(), Extent::Heads, 2),
            (versions, Extent::Heads, 1),
            ("objects&match[version]=last".into(), Extent::Heads, 2),
        ]
    );
}
