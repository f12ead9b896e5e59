//! Clients that come in by certificates.

use legation_core::party::Status;
use legation_web::{Certificates, Event};
use serde_json::{Value, json};

use super::{Desk, Line, venue};
use crate::taxii::venue::Venue;

const PATH: &str = "/taxii2/";

/// The status of a request by who shows that certificate, with that key, and that secret.
fn status(
    venue: &Venue,
    desk: &Desk,
    shows: Option<(&str, &str)>,
    secret: Option<&str>,
) -> Option<u16> {
    let mut line = Line::open(venue, &desk.client(shows));
    line.ask(PATH, secret).ok().map(|answer| answer.status)
}

/// A call of the API by the chief.
fn post(venue: &Venue, desk: &Desk, path: &str, body: &Value) -> (u16, Value) {
    use std::io::{Read, Write};
    let mut line = Line::open(venue, &desk.client(None));
    let body = body.to_string();
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        venue.chief,
        body.len()
    );
    line.0.write_all(head.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let _ = line.0.read_to_end(&mut bytes);
    let answer = crate::taxii::venue::parse(&bytes);
    (answer.status, answer.json())
}

fn bind(venue: &Venue, desk: &Desk, client: &str, certificate: &str, only: bool) -> (u16, Value) {
    let body = json!({"name": client, "certificate": desk.pem(certificate), "only": only});
    post(venue, desk, "/parties/JPN/clients/bind", &body)
}

#[test]
fn a_bound_certificate_lets_its_bearer_in_and_nobody_else() {
    let Some(desk) = Desk::set() else { return };
    // As `openssl req -x509` makes them when told nothing, and as a careful person would.
    desk.sign_itself("mine", "CA:TRUE");
    desk.sign_itself("other", "CA:FALSE");
    let (venue, notes) = venue(&desk, Certificates::Asked, false);
    let password = venue.admit("JPN", Status::Partner);
    venue.agree("JPN", &["cyber"]);
    let (mine, other) = (Some(("mine", "mine")), Some(("other", "other")));
    let status = |shows, secret| status(&venue, &desk, shows, secret);
    // Nobody's so far.
    assert_eq!(status(mine, None), Some(401));
    assert_eq!(status(mine, Some(&password)), Some(200));
    let (made, bound) = bind(&venue, &desk, "poller", "mine", false);
    assert_eq!(made, 201, "{bound}");
    let fingerprint = bound["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(status(mine, None), Some(200));
    assert_eq!(status(other, None), Some(401));
    assert_eq!(status(None, None), Some(401));
    assert_eq!(status(None, Some(&password)), Some(200));
    assert_eq!(status(mine, Some("wrong")), Some(401));
    // Whoever has only seen it cannot show it.
    notes.forget();
    assert_eq!(status(Some(("mine", "other")), None), None);
    notes.await_event(|event| *event == Event::HandshakeFailed);
    // It comes in as that client and no other: it sees what JPN sees.
    let mut line = Line::open(&venue, &desk.client(mine));
    let seen = line.ask("/taxii2/tokyo/collections/", None).unwrap();
    let with_password = Line::open(&venue, &desk.client(None))
        .ask("/taxii2/tokyo/collections/", Some(&password))
        .unwrap();
    assert_eq!(seen.json(), with_password.json());
    assert_eq!(line.ask("/api/v1/parties", None).unwrap().status, 403);
    // Resumed or not, a second connection of the same client is known too.
    let config = desk.client(mine);
    for _ in 0..3 {
        let mut line = Line::open(&venue, &config);
        assert_eq!(line.ask(PATH, None).unwrap().status, 200);
    }
    // From now on by certificate only.
    assert_eq!(bind(&venue, &desk, "poller", "mine", true).0, 201);
    assert_eq!(status(None, Some(&password)), Some(401));
    assert_eq!(status(other, Some(&password)), Some(401));
    assert_eq!(status(mine, Some(&password)), Some(200));
    assert_eq!(status(mine, None), Some(200));
    // A new password changes nothing of that.
    let renewed = venue.client("JPN", "poller");
    assert_eq!(status(None, Some(&renewed)), Some(401));
    assert_eq!(status(mine, Some(&renewed)), Some(200));
    // It is nobody else's.
    let second = venue.client("JPN", "second");
    let (refused, said) = bind(&venue, &desk, "second", "mine", false);
    assert_eq!(
        (refused, &said["error"]["code"]),
        (409, &json!("party.certificate-bound"))
    );
    assert_eq!(status(None, Some(&second)), Some(200));
    // Taken away, it is nobody's on connections that are open already.
    let body = json!({"name": "poller", "fingerprint": fingerprint});
    let (done, said) = post(&venue, &desk, "/parties/JPN/clients/unbind", &body);
    assert_eq!((done, &said["bound"]), (200, &json!(false)));
    assert_eq!(line.ask(PATH, None).unwrap().status, 401);
    assert_eq!(status(mine, Some(&renewed)), Some(401));
    let (gone, said) = post(&venue, &desk, "/parties/JPN/clients/unbind", &body);
    assert_eq!(
        (gone, &said["error"]["code"]),
        (404, &json!("party.unknown-certificate"))
    );
    // And one of an account that was ended neither.
    assert_eq!(bind(&venue, &desk, "second", "other", false).0, 201);
    assert_eq!(status(other, None), Some(200));
    let ended = post(
        &venue,
        &desk,
        "/parties/JPN/clients/revoke",
        &json!({"name": "second"}),
    );
    assert_eq!(ended.0, 200);
    assert_eq!(status(other, None), Some(401));
    // Made anew, the account does not get back what it had.
    venue.client("JPN", "second");
    assert_eq!(status(other, None), Some(401));
}

#[test]
fn what_is_bound_is_read_again_after_a_restart() {
    let Some(desk) = Desk::set() else { return };
    desk.sign_itself("mine", "CA:FALSE");
    let (venue, _) = venue(&desk, Certificates::Asked, false);
    venue.admit("JPN", Status::Partner);
    let (_, bound) = bind(&venue, &desk, "poller", "mine", true);
    let listed = venue
        .office
        .clients(&venue.host(), &"JPN".parse().unwrap())
        .unwrap();
    assert_eq!(listed[0].certificates[0].to_string(), bound["fingerprint"]);
    assert!(listed[0].only_by_certificate);
}

#[test]
fn only_certificates_can_be_bound() {
    let Some(desk) = Desk::set() else { return };
    let (venue, _) = venue(&desk, Certificates::Asked, false);
    venue.admit("JPN", Status::Partner);
    let key = std::fs::read_to_string(desk.path("office.key")).unwrap();
    for text in ["", "nothing", key.as_str()] {
        let body = json!({"name": "poller", "certificate": text});
        let (status, said) = post(&venue, &desk, "/parties/JPN/clients/bind", &body);
        assert_eq!(status, 422, "{said}");
        assert_eq!(said["error"]["code"], "web.no-certificate");
        assert_eq!(said["error"]["where"], "certificate");
    }
    let body = json!({"name": "poller", "fingerprint": "00:11"});
    let (status, said) = post(&venue, &desk, "/parties/JPN/clients/unbind", &body);
    assert_eq!(
        (status, &said["error"]["code"]),
        (422, &json!("web.fingerprint"))
    );
    let body = json!({"name": "nobody", "certificate": desk.pem("office")});
    let (status, said) = post(&venue, &desk, "/parties/JPN/clients/bind", &body);
    assert_eq!(
        (status, &said["error"]["code"]),
        (404, &json!("party.unknown-client"))
    );
}

#[test]
fn an_office_may_want_certificates_of_all_or_of_one_root_only() {
    let Some(desk) = Desk::set() else { return };
    desk.sign_itself("mine", "CA:FALSE");
    desk.issue("issued");
    let (mine, issued) = (Some(("mine", "mine")), Some(("issued", "issued")));
    let (all, _) = venue(&desk, Certificates::Required, false);
    assert_eq!(status(&all, &desk, None, Some(&all.chief)), None);
    assert_eq!(status(&all, &desk, mine, Some(&all.chief)), Some(200));
    let (one, _) = venue(&desk, Certificates::Asked, true);
    assert_eq!(status(&one, &desk, mine, Some(&one.chief)), None);
    assert_eq!(status(&one, &desk, issued, Some(&one.chief)), Some(200));
    assert_eq!(status(&one, &desk, None, Some(&one.chief)), Some(200));
    let (none, _) = venue(&desk, Certificates::Ignored, false);
    assert_eq!(status(&none, &desk, mine, Some(&none.chief)), Some(200));
    assert_eq!(status(&none, &desk, mine, None), Some(401));
}
