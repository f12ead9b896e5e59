//! Nobody comes in without saying who it is: every route that the router has is visited, with no
//! credentials and with wrong ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::party::Status;
use legation_web::{Rates, Settings, listing};

use crate::taxii::venue::{MEDIA_TYPE, Venue};

/// All that strangers may have: what proves the log to everybody, what the API is, the way in, and
/// whether anybody is there.
const OPEN: [&str; 7] = [
    "/api/v1/openapi.json",
    "/api/v1/sign-in",
    "/calendar/{calendar}",
    "/health/live",
    "/health/ready",
    "/log/checkpoint",
    "/log/tile/{*tile}",
];

/// A path with something in place of each parameter.
fn fill(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{root}" => "tokyo",
        "{collection}" | "{area}" => "cyber",
        "{object}" => "indicator--00000000-0000-4000-8000-000000000001",
        "{status}" => "f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        "{code}" => "NATO",
        "{id}" => "nato-jpn",
        "{n}" | "{number}" => "1",
        "{*tile}" => "0/000",
        part if part.starts_with('{') => "x",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_asks_who_is_there() {
    // Hundreds of wrong passwords from one address: the brake on them has tests of its own.
    let venue = Venue::with(Settings {
        rates: Rates::unlimited(),
        ..Settings::default()
    });
    let password = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    let basic =
        |user: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
    let wrong = [
        None,
        Some("Bearer wrong".to_owned()),
        Some("Bearer ".to_owned()),
        Some(basic("JPN/poller", "wrong")),
        Some(basic("JPN/other", &password)),
        Some(basic("KOR/poller", &password)),
        Some(basic("", &password)),
        Some(basic("NATO/chief", "")),
        Some(format!("Digest {password}")),
        Some("Basic %%%".to_owned()),
    ];
    let mut open: Vec<String> = Vec::new();
    for route in listing() {
        assert!(!route.methods.is_empty(), "{}", route.path);
        if route.open {
            open.push(route.path);
            continue;
        }
        let path = fill(&route.path);
        assert!(!path.contains('{'), "{path}");
        let mut methods: Vec<&str> = route.methods.iter().map(|m| m.as_str()).collect();
        // Not even what a path answers is told to strangers.
        methods.extend(["HEAD", "PATCH", "OPTIONS"]);
        for method in methods {
            for authorization in &wrong {
                let mut headers = vec![("accept", MEDIA_TYPE)];
                headers.extend(authorization.as_deref().map(|a| ("authorization", a)));
                let answer = venue.send(method, &path, &headers, b"");
                assert_eq!(answer.status, 401, "{method} {path} {authorization:?}");
                assert_eq!(
                    answer.headers("www-authenticate"),
                    [
                        "Basic realm=\"legation\", charset=\"UTF-8\"",
                        "Bearer realm=\"legation\""
                    ]
                );
                assert_eq!(answer.header("cache-control"), Some("no-store"));
                assert_eq!(answer.header("server"), None);
            }
        }
    }
    open.sort();
    assert_eq!(open, OPEN);
    // Both ways in work.
    for authorization in [format!("bearer {password}"), basic("JPN/poller", &password)] {
        let headers = [("authorization", authorization.as_str())];
        assert_eq!(venue.send("GET", "/taxii2/", &headers, b"").status, 200);
    }
    // A revoked client is a stranger.
    let chief = venue.host();
    let revoked =
        venue
            .office
            .revoke_client(&chief, "JPN".parse().unwrap(), "poller".parse().unwrap());
    venue.runtime.block_on(revoked).unwrap();
    assert_eq!(venue.get(&password, "/taxii2/").status, 401);
}

#[test]
fn strangers_cannot_tell_what_is_there() {
    let venue = Venue::open();
    let bodies: Vec<_> = [
        "/taxii2/",
        "/taxii2",
        "/taxii2/tokyo/",
        "/taxii2/paris/",
        "/taxii2/tokyo/collections/cyber/objects/",
        "/taxii2/tokyo/collections/nothing/objects/",
        "/taxii2/tokyo/no/such/path",
    ]
    .iter()
    .map(|path| {
        let answer = venue.send("GET", path, &[], b"");
        assert_eq!(answer.refusal(401), "web.unauthorized");
        answer.body
    })
    .collect();
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}
