//! Who is refused what: every operation as a stranger, a member and a partner; and every way in
//! which a request can be wrong.

mod activity;
mod calendar;
mod consultation;
mod decision;
mod liaison;
mod notice;
mod programme;
mod statement;

use std::collections::BTreeSet;

use legation_web::Settings;
use serde_json::{Value, json};

use super::counter::{Answer, Counter};
use super::paper::{GREEN, agreement, bundle, charter, id, indicator};

const JSON: &str = "application/json";
const TEXT: &str = "text/markdown";

/// One operation, with what a well-meant request to it looks like.
struct Case {
    method: &'static str,
    template: &'static str,
    path: String,
    kind: &'static str,
    body: String,
    /// What a client gets that does not work at the office.
    others: u16,
}

fn case(
    method: &'static str,
    template: &'static str,
    path: &str,
    kind: &'static str,
    body: String,
    others: u16,
) -> Case {
    Case {
        method,
        template,
        path: path.into(),
        kind,
        body,
        others,
    }
}

fn get(template: &'static str, path: &str, others: u16) -> Case {
    case("GET", template, path, JSON, String::new(), others)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is written where it is passed"
)]
fn post(template: &'static str, path: &str, body: Value, others: u16) -> Case {
    case("POST", template, path, JSON, body.to_string(), others)
}

/// Every operation of the API, about another party than whoever asks.
fn cases() -> Vec<Case> {
    let areas = [
        activity::cases(),
        calendar::cases(),
        consultation::cases(),
        decision::cases(),
        liaison::cases(),
        notice::cases(),
        programme::cases(),
        statement::cases(),
    ];
    let mut cases = exchange();
    cases.extend(areas.into_iter().flatten());
    cases
}

/// The operations on what the parties exchange, and on the office itself.
fn exchange() -> Vec<Case> {
    let draft = agreement("AUS", 1, "AMBER", &["members"]);
    let file = |template, others| case("POST", template, template, TEXT, draft.clone(), others);
    let reason = json!({"reason": "x"});
    let end = json!({"record": id(1), "reason": "x"});
    let why = format!("/why?party=ELSEWHERIA&record={}", id(1));
    let who = format!("/who?record={}", id(1));
    let notice = "0".repeat(32);
    let new = json!({"code": "AUS", "name": "x", "status": "partner"});
    let signature = json!({"version": 1, "party": "ELSEWHERIA", "signature": "x"});
    let person = json!({"name": "x", "role": "delegate"});
    vec![
        get("/office", "/office", 200),
        get("/parties", "/parties", 403),
        post("/parties", "/parties", new, 403),
        get("/parties/{code}/keys", "/parties/ELSEWHERIA/keys", 403),
        post(
            "/parties/{code}/feed",
            "/parties/ELSEWHERIA/feed",
            json!({"area": "cyber"}),
            403,
        ),
        post(
            "/parties/{code}/keys",
            "/parties/ELSEWHERIA/keys",
            json!({"key": super::counter::key("AUS").1}),
            403,
        ),
        post(
            "/parties/{code}/keys/revoke",
            "/parties/ELSEWHERIA/keys/revoke",
            json!({"fingerprint": "x"}),
            403,
        ),
        get(
            "/parties/{code}/clients",
            "/parties/ELSEWHERIA/clients",
            403,
        ),
        post(
            "/parties/{code}/clients",
            "/parties/ELSEWHERIA/clients",
            json!({"name": "x"}),
            403,
        ),
        post(
            "/parties/{code}/clients/revoke",
            "/parties/ELSEWHERIA/clients/revoke",
            json!({"name": "feed"}),
            403,
        ),
        post(
            "/parties/{code}/clients/bind",
            "/parties/ELSEWHERIA/clients/bind",
            json!({"name": "feed", "certificate": include_str!("feed.pem")}),
            403,
        ),
        post(
            "/parties/{code}/clients/unbind",
            "/parties/ELSEWHERIA/clients/unbind",
            json!({"name": "feed", "fingerprint": "0".repeat(64)}),
            403,
        ),
        post(
            "/parties/{code}/persons",
            "/parties/ELSEWHERIA/persons",
            person,
            403,
        ),
        post("/sign-in", "/sign-in", json!({"link": "x"}), 404),
        get("/house", "/house", 403),
        case("PUT", "/house", "/house", "text/plain", String::new(), 403),
        get("/agreements", "/agreements", 200),
        file("/agreements", 403),
        file("/agreements/check", 403),
        file("/agreements/rehearse", 403),
        get("/agreements/{id}", "/agreements/nato-elsewheria", 404),
        get(
            "/agreements/{id}/file",
            "/agreements/nato-elsewheria/file",
            404,
        ),
        post(
            "/agreements/{id}/signatures",
            "/agreements/nato-elsewheria/signatures",
            signature,
            404,
        ),
        post(
            "/agreements/{id}/suspend",
            "/agreements/nato-elsewheria/suspend",
            reason.clone(),
            403,
        ),
        post(
            "/agreements/{id}/resume",
            "/agreements/nato-elsewheria/resume",
            reason.clone(),
            403,
        ),
        post(
            "/agreements/{id}/terminate",
            "/agreements/nato-elsewheria/terminate",
            reason,
            403,
        ),
        post(
            "/areas/{area}/records",
            "/areas/space/records",
            bundle(&[indicator(9, GREEN)]),
            404,
        ),
        get(
            "/parties/{code}/identities",
            "/parties/ELSEWHERIA/identities",
            404,
        ),
        post(
            "/parties/{code}/identities",
            "/parties/ELSEWHERIA/identities",
            json!({"identity": "identity--00000000-0000-4000-8000-000000000001"}),
            404,
        ),
        post(
            "/parties/{code}/identities/remove",
            "/parties/ELSEWHERIA/identities/remove",
            json!({"identity": "identity--00000000-0000-4000-8000-000000000001"}),
            404,
        ),
        get("/claims", "/claims", 200),
        get("/find", "/find?value=nothing", 200),
        get(
            "/records/{object}/related",
            &format!("/records/{}/related", id(1)),
            404,
        ),
        get(
            "/records/{object}/matches",
            &format!("/records/{}/matches", id(1)),
            404,
        ),
        get("/values/suppressed", "/values/suppressed", 403),
        get("/why", &why, 404),
        get("/who", &who, 403),
        post("/withdraw", "/withdraw", end.clone(), 404),
        post("/erase", "/erase", end, 403),
        get("/recalls", "/recalls", 200),
        get("/recalls/{notice}", &format!("/recalls/{notice}"), 404),
        post(
            "/recalls/{notice}/acknowledge",
            &format!("/recalls/{notice}/acknowledge"),
            json!({}),
            404,
        ),
        get("/programmes", "/programmes", 200),
        file("/programmes", 403),
        get("/programmes/{id}", "/programmes/nato-elsewheria", 404),
        post(
            "/programmes/{id}/reports",
            "/programmes/nato-elsewheria/reports",
            json!({"goal": "cyber-1", "status": "done"}),
            404,
        ),
        post(
            "/programmes/{id}/evidence",
            "/programmes/nato-elsewheria/evidence",
            json!({"goal": "cyber-1", "record": id(1)}),
            404,
        ),
        post(
            "/programmes/{id}/transition",
            "/programmes/nato-elsewheria/transition",
            json!({"old": "nato-xyz", "plan": ""}),
            403,
        ),
        get("/parties/{code}/review", "/parties/ELSEWHERIA/review", 404),
        get("/entries", "/entries", 200),
        get("/entries/{n}/proof", "/entries/0/proof", 404),
        get("/openapi.json", "/openapi.json", 200),
    ]
}

/// An office with a member, two partners, and a record that ELSEWHERIA filed for nobody here.
struct Scene {
    office: Counter,
    jpn: String,
    fra: String,
}

fn scene() -> Scene {
    // Dozens of wrong passwords from one address: the brake on them has tests of its own.
    let office = Counter::with(Settings {
        rates: legation_web::Rates::unlimited(),
        ..Settings::default()
    });
    let (jpn, other) = (
        office.admit("JPN", "partner"),
        office.admit("ELSEWHERIA", "partner"),
    );
    let fra = office.admit("FRA", "member");
    office.agree(&charter(), "FRA");
    office.agree(&agreement("JPN", 1, "AMBER", &["members"]), "JPN");
    office.agree(
        &agreement("ELSEWHERIA", 1, "AMBER", &["USA"]).replace("\"USA\"", "\"observers\""),
        "ELSEWHERIA",
    );
    office.file(&other, "cyber", &[indicator(1, GREEN)]);
    activity::stage(&office);
    decision::stage(&office);
    consultation::stage(&office);
    statement::stage(&office);
    Scene { office, jpn, fra }
}

fn ask(office: &Counter, token: &str, case: &Case, path: &str) -> Answer {
    office.ask(token, case.method, path, case.kind, case.body.as_bytes())
}

#[test]
fn everybody_is_refused_what_is_not_for_them() {
    let Scene { office, jpn, fra } = scene();
    let entries = || office.get(&office.chief, "/office").expect(200)["entries"].clone();
    let before = entries();
    for case in cases() {
        let place = format!("{} {}", case.method, case.path);
        let stranger = ask(&office, "", &case, &case.path);
        if matches!(case.template, "/sign-in" | "/openapi.json") {
            assert_eq!(stranger.status, case.others, "{place}");
        } else {
            assert_eq!(stranger.refusal(401), "web.unauthorized", "{place}");
            let challenges = stranger.head.to_lowercase();
            assert!(
                challenges.contains("www-authenticate: basic realm"),
                "{place}"
            );
            assert!(
                challenges.contains("www-authenticate: bearer realm"),
                "{place}"
            );
            assert_eq!(
                ask(&office, "wrong", &case, &case.path).status,
                401,
                "{place}"
            );
        }
        for token in [&jpn, &fra] {
            let answer = ask(&office, token, &case, &case.path);
            assert_eq!(answer.status, case.others, "{place}: {}", answer.text());
            let text = format!("{}{}", answer.head, answer.text());
            for foreign in ["ELSEWHERIA", "nato-elsewheria", &id(1)] {
                // What this document is made of is the same for everybody.
                let told = case.template != "/openapi.json" && text.contains(foreign);
                assert!(!told, "{place} tells of {foreign}: {text}");
            }
        }
    }
    assert_eq!(entries(), before, "a refusal changed something");
}

#[test]
fn no_operation_escapes_these_tests() {
    let visited: BTreeSet<(String, String)> = cases()
        .iter()
        .map(|case| (case.method.to_owned(), format!("/api/v1{}", case.template)))
        .collect();
    let all: BTreeSet<(String, String)> = legation_web::listing()
        .into_iter()
        .filter(|route| route.path.starts_with("/api/"))
        .flat_map(|route| {
            let path = route.path;
            let methods = route.methods.into_iter();
            methods.map(move |method| (method.as_str().to_owned(), path.clone()))
        })
        .collect();
    assert_eq!(visited, all);
}

#[test]
fn what_exists_and_what_does_not_look_alike() {
    let Scene { office, jpn, .. } = scene();
    for case in cases() {
        let absent = case
            .path
            .replace("ELSEWHERIA", "XYZ")
            .replace("nato-elsewheria", "nato-xyz")
            .replace(&id(1), &id(77))
            .replace("/entries/0/", "/entries/77777/");
        let body = case
            .body
            .replace("ELSEWHERIA", "XYZ")
            .replace(&id(1), &id(77));
        let there = ask(&office, &jpn, &case, &case.path);
        let not = office.ask(&jpn, case.method, &absent, case.kind, body.as_bytes());
        if case.template == "/office" {
            // It tells the time.
            continue;
        }
        assert_eq!(there.status, not.status, "{}", case.path);
        assert_eq!(there.body, not.body, "{}", case.path);
        let names = |answer: &Answer| -> BTreeSet<String> {
            let lines = answer.head.lines().skip(1);
            lines
                .map(|line| line.split(':').next().unwrap().to_owned())
                .collect()
        };
        assert_eq!(names(&there), names(&not), "{}", case.path);
    }
}

#[test]
fn a_request_that_is_wrong_is_told_where() {
    let office = Counter::with(Settings {
        max_body: 2000,
        max_filing: 4000,
        ..Default::default()
    });
    let chief = &office.chief;
    let raw = |method: &str, path: &str, kind: &str, body: &str| {
        office.ask(chief, method, path, kind, body.as_bytes())
    };
    let broken = raw("POST", "/parties", JSON, "{\n  \"code\": ,\n}");
    assert_eq!(broken.refusal(400), "web.malformed-request");
    assert_eq!(broken.json()["error"]["where"], "line 2, column 11");
    for body in ["", "{", "\u{0}", "{\"code\": \"\\ud800\"}"] {
        assert_eq!(raw("POST", "/parties", JSON, body).status, 400, "{body}");
    }
    let deep = "[".repeat(1500);
    assert!([400, 422].contains(&raw("POST", "/parties", JSON, &deep).status));
    let full = json!({"code": "JPN", "name": "x", "status": "partner", "nmae": 1});
    let unknown = raw("POST", "/parties", JSON, &full.to_string());
    assert_eq!(unknown.refusal(422), "web.invalid-body");
    assert!(
        unknown.text().contains("unknown field `nmae`"),
        "{}",
        unknown.text()
    );
    let twice = raw(
        "POST",
        "/parties/JPN/clients",
        JSON,
        "{\"name\": \"a\", \"name\": \"b\"}",
    );
    assert_eq!(twice.refusal(422), "web.invalid-body");
    let named = raw(
        "POST",
        "/parties",
        JSON,
        "{\"code\": \"jpn\", \"name\": \"x\", \"status\": \"partner\"}",
    );
    assert!(
        named.text().contains("`jpn` is not a party code"),
        "{}",
        named.text()
    );
    let plain = raw("POST", "/parties", "text/plain", "{}");
    assert_eq!(plain.refusal(415), "web.unsupported-media");
    let long = format!("{{\"link\": \"{}\"}}", "x".repeat(2000));
    assert_eq!(
        raw("POST", "/sign-in", JSON, &long).refusal(413),
        "web.body-too-long"
    );
    let many = bundle(&(0..20).map(|n| indicator(n, GREEN)).collect::<Vec<_>>()).to_string();
    assert_eq!(
        raw("POST", "/areas/cyber/records", JSON, &many).refusal(413),
        "web.body-too-long"
    );
    let some = bundle(&(0..8).map(|n| indicator(n, GREEN)).collect::<Vec<_>>()).to_string();
    assert!(some.len() > 2000);
    assert_eq!(
        raw("POST", "/areas/cyber/records", JSON, &some).expect(200)["filed"],
        8
    );
    let torn = raw("POST", "/areas/cyber/records", JSON, &some[..1000]);
    assert_eq!(torn.status, 422);
    assert!(
        torn.json()["error"]["where"]
            .as_str()
            .unwrap()
            .contains("line 1"),
        "{}",
        torn.text()
    );
    for path in [
        "/why",
        "/why?party=JPN",
        "/who?record=x&extra=1",
        "/entries?from=-1",
    ] {
        let answer = office.get(chief, path);
        assert_eq!(answer.refusal(400), "web.malformed-request", "{path}");
        assert_eq!(answer.json()["error"]["where"], "query", "{path}");
    }
    let method = office.send(
        "DELETE",
        "/api/v1/parties",
        &[("authorization", &format!("Bearer {chief}"))],
        b"",
    );
    assert_eq!(method.refusal(405), "web.wrong-method");
    assert_eq!(method.header("allow"), Some("GET, HEAD, POST"));
    for path in ["/nothing", "/parties/jpn/keys", "/entries/x/proof"] {
        assert_eq!(
            office.get(chief, path).refusal(404),
            "engine.not-found",
            "{path}"
        );
    }
}
