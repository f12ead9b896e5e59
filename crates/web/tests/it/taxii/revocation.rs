//! A revocation bites: after a suspension no more leaves, be it through an old cursor or in the
//! middle of a page.

use std::io::{Read, Write};
use std::net::TcpStream;

use axum::body::{Body, HttpBody};
use axum::http::Request;
use legation_core::party::Status;
use legation_web::{Settings, router};
use serde_json::json;
use tower::ServiceExt;

use super::venue::{GREEN, MEDIA_TYPE, Venue, id, parse, request, tool};

/// More than all buffers between two sockets of one machine take (Linux: 4 MB to send and 6 MB to
/// receive by default).
const BODY: usize = 40 * 1024 * 1024;

fn venue() -> (Venue, String, String) {
    let venue = Venue::open();
    let jpn = venue.admit("JPN", Status::Partner);
    let agreement = venue.agree("JPN", &["cyber"]);
    (venue, jpn, agreement)
}

/// Tools that take so many bytes in all, and that no coding makes much smaller.
fn fill(venue: &Venue, bytes: usize) -> usize {
    const EACH: usize = 400 * 1024;
    let mut dice: u64 = 1;
    let count = bytes / EACH;
    for number in 0..count {
        let text: String = (0..EACH / 10)
            .map(|_| {
                dice = dice
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                format!("{:010x}", dice >> 24)
            })
            .collect();
        let mut object = tool(number, 1, GREEN);
        object["description"] = json!(text);
        venue.file(&venue.chief, "cyber", &[object]);
    }
    count
}

#[test]
fn in_the_middle_of_a_page_the_connection_ends() {
    let (venue, jpn, agreement) = venue();
    let count = fill(&venue, BODY);
    let bearer = format!("Bearer {jpn}");
    for coding in ["identity", "gzip", "zstd"] {
        let mut stream = TcpStream::connect(venue.address).unwrap();
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", MEDIA_TYPE),
            ("accept-encoding", coding),
        ];
        let path = format!("/taxii2/tokyo/collections/cyber/objects/?limit={count}");
        stream
            .write_all(request("GET", &path, &headers, 0).as_bytes())
            .unwrap();
        let mut bytes = vec![0; 4096];
        stream.read_exact(&mut bytes).unwrap();
        venue.suspend(&agreement);
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes[..600]).to_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{text}");
        if coding == "identity" {
            let answer = parse(&bytes);
            let length: usize = answer.header("content-length").unwrap().parse().unwrap();
            assert!(length > BODY - BODY / 50);
            assert!(answer.body.len() < length, "the whole page came");
        } else {
            assert!(text.contains(&format!("content-encoding: {coding}")));
            assert!(
                !bytes.ends_with(b"0\r\n\r\n"),
                "{coding}: the body was ended as if whole"
            );
        }
        // A new request learns that there is nothing.
        assert_eq!(
            venue.area(&jpn, "cyber", "objects/").refusal(404),
            "engine.not-found"
        );
        venue.resume(&agreement);
    }
}

#[test]
fn the_very_next_piece_is_kept() {
    let (venue, jpn, agreement) = venue();
    let count = fill(&venue, 2 * 1024 * 1024);
    let service = router(venue.office.clone(), Settings::default());
    let request = Request::get(format!(
        "/taxii2/tokyo/collections/cyber/objects/?limit={count}"
    ))
    .header("authorization", format!("Bearer {jpn}"))
    .body(Body::empty())
    .unwrap();
    let mut body = venue.runtime.block_on(async {
        let response = service.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        response.into_body()
    });
    let mut frame = || {
        let poll =
            std::future::poll_fn(|context| std::pin::Pin::new(&mut body).poll_frame(context));
        venue.runtime.block_on(poll)
    };
    // The head of the envelope; the objects are the next piece, and within it the connection's own
    // writes ask (`valve`).
    assert!(!frame().unwrap().unwrap().into_data().unwrap().is_empty());
    venue.suspend(&agreement);
    assert!(frame().unwrap().is_err());
    assert!(frame().is_none_or(|frame| frame.is_err()));
}

#[test]
fn an_old_cursor_gives_nothing() {
    let (venue, jpn, agreement) = venue();
    for number in 0..9 {
        venue.file(&venue.chief, "cyber", &[tool(number, 1, GREEN)]);
    }
    venue.file(&jpn, "cyber", &[tool(100, 1, GREEN)]);
    let page = venue.area(&jpn, "cyber", "objects/?limit=2");
    let path = format!("objects/?limit=2&next={}", page.next().unwrap());
    assert_eq!(
        venue.area(&jpn, "cyber", &path).ids(),
        [id("tool", 2), id("tool", 3)]
    );
    venue.suspend(&agreement);
    // Its own stays; of the others' nothing does.
    assert_eq!(venue.area(&jpn, "cyber", &path).ids(), [id("tool", 100)]);
    assert_eq!(
        venue.area(&jpn, "cyber", "manifest/").ids(),
        [id("tool", 100)]
    );
}

#[test]
fn a_withdrawal_cuts_too() {
    let (venue, jpn, _) = venue();
    let count = fill(&venue, BODY);
    let bearer = format!("Bearer {jpn}");
    let mut stream = TcpStream::connect(venue.address).unwrap();
    let headers = [("authorization", bearer.as_str()), ("accept", MEDIA_TYPE)];
    let path = format!("/taxii2/tokyo/collections/cyber/objects/?limit={count}");
    stream
        .write_all(request("GET", &path, &headers, 0).as_bytes())
        .unwrap();
    let mut bytes = vec![0; 4096];
    stream.read_exact(&mut bytes).unwrap();
    let last = id("tool", count - 1);
    let chief = venue.host();
    let withdrawn = venue
        .office
        .withdraw(&chief, last.clone(), None, "wrong".into());
    venue.runtime.block_on(withdrawn).unwrap();
    let _ = stream.read_to_end(&mut bytes);
    assert!(!String::from_utf8_lossy(&bytes).contains(&last));
}

#[test]
fn a_connection_outlives_a_page_that_was_sent_whole() {
    let (venue, jpn, agreement) = venue();
    fill(&venue, 2 * 1024 * 1024);
    let mut stream = TcpStream::connect(venue.address).unwrap();
    let mut ask = |coding: &str| {
        let head = format!(
            "GET /taxii2/tokyo/collections/cyber/objects/ HTTP/1.1\r\nhost: x\r\n\
             authorization: Bearer {jpn}\r\naccept-encoding: {coding}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        loop {
            let mut some = [0; 65_536];
            let count = stream.read(&mut some).unwrap();
            assert!(count > 0, "the connection ended");
            bytes.extend_from_slice(&some[..count]);
            let text = String::from_utf8_lossy(&bytes);
            let Some(head) = text.find("\r\n\r\n") else {
                continue;
            };
            let length = text.find("content-length: ").filter(|at| *at < head);
            let whole = match length {
                Some(at) => {
                    let digits = text[at + 16..].split('\r').next().unwrap();
                    bytes.len() == head + 4 + digits.parse::<usize>().unwrap()
                }
                None => bytes.ends_with(b"\r\n0\r\n\r\n"),
            };
            if whole {
                break text[9..12].to_owned();
            }
        }
    };
    for coding in ["identity", "gzip", "zstd"] {
        assert_eq!(ask(coding), "200");
        assert_eq!(ask(coding), "200");
        venue.suspend(&agreement);
        assert_eq!(ask(coding), "404");
        venue.resume(&agreement);
    }
}
