//! A real office that is told to stop by a signal: what is under way ends and is acknowledged, what
//! is new is refused, and the journal is whole.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::office::{Serving, answer, legation};

const PATIENCE: Duration = Duration::from_secs(60);

fn connect(serving: &Serving) -> TcpStream {
    let address = serving.url.strip_prefix("http://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One answer: its head and its body.
fn read(stream: &mut TcpStream) -> (String, Value) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0; 1];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let at = head.find("content-length: ").map(|at| at + 16);
    let length = at.map_or(0, |at| {
        head[at..].split('\r').next().unwrap().parse().unwrap()
    });
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head, serde_json::from_slice(&body).unwrap_or_default())
}

fn ask(stream: &mut TcpStream, token: &str) -> (String, Value) {
    let head =
        format!("GET /api/v1/office HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    read(stream)
}

/// One answer, or none if the office has closed the connection before it was asked.
fn ask_if_open(stream: &mut TcpStream, token: &str) -> Option<(String, Value)> {
    let head =
        format!("GET /api/v1/office HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut first = [0; 1];
    match stream.peek(&mut first) {
        Ok(1) => Some(read(stream)),
        _ => None,
    }
}

fn found(cwd: &Path) -> String {
    let arguments = [
        "init",
        "o",
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    answer(cwd, &arguments);
    let token = std::fs::read_to_string(cwd.join("o/chief.token")).unwrap();
    token.trim().to_owned()
}

#[test]
fn a_signal_ends_an_office_in_order() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let cwd = dir.path();
        let token = found(cwd);
        let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
        let mut other = connect(&serving);
        assert!(ask(&mut other, &token).0.starts_with("HTTP/1.1 200 "));
        // A filing of which the office has the head, and waits for the rest.
        let object = json!({"type": "tool", "spec_version": "2.1", "name": "hammer",
            "id": "tool--00000000-0000-4000-8000-000000000001",
            "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z"});
        let body = json!({"objects": [object]}).to_string();
        let head = format!(
            "POST /api/v1/areas/cyber/records HTTP/1.1\r\nhost: x\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let mut filing = connect(&serving);
        filing.write_all(head.as_bytes()).unwrap();
        assert!(read(&mut filing).0.starts_with("HTTP/1.1 100 "));
        serving.signal(signal);
        // From some moment on, what is new is refused.
        let begun = Instant::now();
        let refused = loop {
            assert!(begun.elapsed() < PATIENCE, "{signal} is not heard");
            // Where nothing is asked any more, a connection is closed: it may be that between two.
            let Some((head, said)) = ask_if_open(&mut other, &token) else {
                break None;
            };
            if !head.starts_with("HTTP/1.1 200 ") {
                break Some((head, said));
            }
        };
        if let Some((head, said)) = refused {
            assert!(head.starts_with("HTTP/1.1 503 "), "{head}");
            assert!(head.contains("connection: close\r\n"), "{head}");
            assert!(head.contains("retry-after: "), "{head}");
            assert_eq!(said["error"]["code"], "web.stopping");
        }
        // What was under way ends as it should, and is durable.
        filing.write_all(body.as_bytes()).unwrap();
        let (head, said) = read(&mut filing);
        assert!(head.starts_with("HTTP/1.1 2"), "{head}");
        assert_eq!(said["filed"], 1, "{said}");
        assert_eq!(serving.end(), Some(0));
        let verified = legation(cwd, &["journal", "verify", "o"]);
        assert!(verified.status.success());
        let serving = Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"]);
        let who = [
            "who",
            "tool--00000000-0000-4000-8000-000000000001",
            "--dir",
            "o",
        ];
        assert!(legation(cwd, &who).status.success());
        assert_eq!(serving.stop(), Some(0));
    }
}
