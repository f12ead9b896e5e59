//! What connections may cost: slow heads, bodies and readers, too many of them, HTTP/2 streams that
//! are stuck or reset; and how an office ends them when it is stopped.
//!
//! Every limit is set short here and every attack is bounded; what happens is decided by the
//! events and answers, never by how long something took.

mod slow;
mod stop;
mod stream;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use legation_web::{Event, Limit, Limits, Settings, Watch};
use serde_json::{Value, json};

use crate::taxii::venue::{Answer, GREEN, MEDIA_TYPE, Venue, parse, tool};

/// A guard against hanging; nothing here takes anywhere near as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What was noted.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Event>>);

impl Watch for Notes {
    fn note(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Notes {
    fn count(&self, event: &Event) -> usize {
        let noted = self.0.lock().unwrap();
        noted.iter().filter(|noted| *noted == event).count()
    }

    /// Waits until it has been noted.
    fn await_event(&self, event: &Event) {
        let begun = Instant::now();
        while self.count(event) == 0 {
            assert!(begun.elapsed() < PATIENCE, "{event:?} never came: {self:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn await_limit(&self, limit: Limit) {
        self.await_event(&Event::Limited(limit));
    }

    /// That no limit has bitten.
    fn assert_quiet(&self) {
        let noted = self.0.lock().unwrap();
        let limited = noted.iter().any(|event| matches!(event, Event::Limited(_)));
        assert!(!limited, "{noted:?}");
    }
}

fn settings(limits: Limits) -> (Settings, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let settings = Settings {
        limits,
        watch: Arc::clone(&notes) as Arc<dyn Watch>,
        ..Settings::default()
    };
    (settings, notes)
}

fn venue(limits: Limits) -> (Venue, Arc<Notes>) {
    let (settings, notes) = settings(limits);
    (Venue::with(settings), notes)
}

fn connect(venue: &Venue) -> TcpStream {
    let stream = TcpStream::connect(venue.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The head of a request that keeps its connection.
fn head(method: &str, path: &str, secret: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {secret}\r\n\
         accept: {MEDIA_TYPE}\r\n{more}\r\n"
    )
}

/// Reads one answer with a length, and leaves the connection open.
fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0; 1];
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the connection ended");
        bytes.push(byte[0]);
        if bytes.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let length = parse(&bytes).header("content-length").unwrap().parse();
    let mut body = vec![0; length.unwrap()];
    stream.read_exact(&mut body).unwrap();
    bytes.extend_from_slice(&body);
    parse(&bytes)
}

/// Whether the other side has ended the connection, in whatever way; waits for it.
fn is_ended(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match stream.read_to_end(&mut rest) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}

/// Objects of so many bytes in all.
fn fill(venue: &Venue, bytes: usize) -> usize {
    const EACH: usize = 256 * 1024;
    for number in 0..bytes / EACH {
        let mut object = tool(number, 1, GREEN);
        object["description"] = json!("x".repeat(EACH));
        venue.file(&venue.chief, "cyber", &[object]);
    }
    bytes / EACH
}

fn envelope(number: usize, bytes: usize) -> Vec<u8> {
    let mut object: Value = tool(number, 1, GREEN);
    object["description"] = json!("x".repeat(bytes));
    json!({"objects": [object]}).to_string().into_bytes()
}

const DISCOVERY: &str = "/taxii2/";
const OBJECTS: &str = "/taxii2/tokyo/collections/cyber/objects/";

#[test]
fn connections_beyond_the_limit_are_told_so() {
    for (limits, limit, code) in [
        (
            Limits {
                connections: 2,
                ..Limits::default()
            },
            Limit::Connections,
            "web.too-many-connections",
        ),
        (
            Limits {
                connections_of_address: 2,
                ..Limits::default()
            },
            Limit::ConnectionsOfAddress,
            "web.too-many-connections-of-address",
        ),
    ] {
        let (venue, notes) = venue(limits);
        let ask = |stream: &mut TcpStream| {
            let text = head("GET", DISCOVERY, &venue.chief, "");
            stream.write_all(text.as_bytes()).unwrap();
            answer(stream)
        };
        let mut kept = [connect(&venue), connect(&venue)];
        for stream in &mut kept {
            assert_eq!(ask(stream).status, 200);
        }
        let mut beyond = connect(&venue);
        let refused = ask(&mut beyond);
        assert_eq!(refused.refusal(503), code);
        assert_eq!(refused.header("retry-after"), Some("5"));
        assert_eq!(refused.header("connection"), Some("close"));
        assert!(is_ended(&mut beyond));
        notes.await_limit(limit);
        // Those that were there are as good as before, and a place that is left is free again.
        let [mut first, second] = kept;
        assert_eq!(ask(&mut first).status, 200);
        drop(second);
        notes.await_event(&Event::Closed);
        assert_eq!(ask(&mut connect(&venue)).status, 200);
    }
}

#[test]
fn a_refused_connection_that_says_nothing_does_not_stay() {
    let (venue, notes) = venue(Limits {
        connections: 0,
        ..Limits::default()
    });
    let mut silent: Vec<_> = (0..100).map(|_| connect(&venue)).collect();
    // Those that there is no room to tell are ended at once, the others a little later.
    assert!(silent.iter_mut().all(is_ended));
    assert_eq!(notes.count(&Event::Limited(Limit::Connections)), 100);
    assert_eq!(notes.count(&Event::Opened), 0);
}

#[test]
fn heads_that_are_too_long_are_refused() {
    let (venue, notes) = venue(Limits {
        head_bytes: 4096,
        head_fields: 20,
        ..Limits::default()
    });
    let ask = |more: &str| {
        let mut stream = connect(&venue);
        let text = head("GET", DISCOVERY, &venue.chief, more);
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let long = format!("x-long: {}\r\n", "y".repeat(3000));
    assert_eq!(answer(&mut ask(&long)).status, 200);
    let longer = format!("x-long: {}\r\n", "y".repeat(4096));
    assert_eq!(answer(&mut ask(&longer)).refusal(431), "web.head-too-long");
    notes.await_limit(Limit::HeadTooLong);
    let many = "x-a: b\r\n".repeat(17);
    assert_eq!(answer(&mut ask(&many)).status, 200);
    let more = "x-a: b\r\n".repeat(18);
    assert_eq!(answer(&mut ask(&more)).refusal(431), "web.too-many-fields");
    notes.await_limit(Limit::TooManyFields);
    // A request line counts too.
    let path = format!("{DISCOVERY}?match[id]={}", "z".repeat(5000));
    let mut stream = connect(&venue);
    let text = head("GET", &path, &venue.chief, "");
    stream.write_all(text.as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).refusal(431), "web.head-too-long");
    // What would not even fit the buffer ends with a bare answer.
    let noted = notes.count(&Event::Limited(Limit::HeadTooLong));
    let mut stream = ask("");
    assert_eq!(answer(&mut stream).status, 200);
    let endless = format!("GET / HTTP/1.1\r\nx-endless: {}", "y".repeat(40_000));
    let _ = stream.write_all(endless.as_bytes());
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 431 "));
    let begun = Instant::now();
    while notes.count(&Event::Limited(Limit::HeadTooLong)) == noted {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(5));
    }
}
