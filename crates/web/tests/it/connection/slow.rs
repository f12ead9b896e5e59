//! Slow heads, slow bodies, slow readers, and connections on which nothing happens.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use legation_web::{Event, Limit, Limits};

use super::{DISCOVERY, OBJECTS, PATIENCE, answer, connect, envelope, fill, head, is_ended, venue};

const SHORT: Duration = Duration::from_millis(300);

/// Sends byte by byte until the other side has had enough.
fn drip(stream: &mut std::net::TcpStream, bytes: impl Iterator<Item = u8>) -> bool {
    let begun = Instant::now();
    stream
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    for byte in bytes {
        assert!(begun.elapsed() < PATIENCE, "it may go on for ever");
        if stream.write_all(&[byte]).is_err() {
            return true;
        }
        match stream.read(&mut [0; 1]) {
            Ok(_) => return true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return true,
        }
    }
    false
}

#[test]
fn heads_that_drip_end_their_connection() {
    let (venue, notes) = venue(Limits {
        head_time: SHORT,
        ..Limits::default()
    });
    let endless = || {
        let start = "GET /taxii2/ HTTP/1.1\r\n".bytes();
        start.chain("x-drop: y\r\n".bytes().cycle())
    };
    assert!(drip(&mut connect(&venue), endless()));
    notes.await_limit(Limit::SlowHead);
    // The same after a request that came as it should.
    let mut stream = connect(&venue);
    let whole = head("GET", DISCOVERY, &venue.chief, "");
    stream.write_all(whole.as_bytes()).unwrap();
    assert_eq!(answer(&mut stream).status, 200);
    assert!(drip(&mut stream, endless()));
    assert_eq!(notes.count(&Event::Limited(Limit::SlowHead)), 2);
    // And one that never says a word.
    assert!(is_ended(&mut connect(&venue)));
    assert_eq!(notes.count(&Event::Limited(Limit::SlowHead)), 3);
    // HTTP/2 that never comes to a request, however busy it is.
    let mut stream = connect(&venue);
    stream
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    // Empty settings, over and over (RFC 9113 section 6.5).
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    stream.write_all(&settings).unwrap();
    let _ = drip(&mut stream, settings.into_iter().cycle());
    let begun = Instant::now();
    while notes.count(&Event::Limited(Limit::SlowHead)) < 4 {
        assert!(begun.elapsed() < PATIENCE, "{notes:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_connection_on_which_nothing_happens_is_closed() {
    let (venue, notes) = venue(Limits {
        idle: SHORT,
        ..Limits::default()
    });
    let mut stream = connect(&venue);
    let whole = head("GET", DISCOVERY, &venue.chief, "");
    for _ in 0..3 {
        stream.write_all(whole.as_bytes()).unwrap();
        assert_eq!(answer(&mut stream).status, 200);
    }
    assert!(is_ended(&mut stream));
    notes.await_limit(Limit::Idle);
}

#[test]
fn bodies_must_come_at_a_pace() {
    let (venue, notes) = venue(Limits {
        body_time: SHORT,
        body_bytes: 1000,
        ..Limits::default()
    });
    let kind = "content-type: application/taxii+json;version=2.1\r\n";
    // A body that comes in good pieces takes as long as it takes.
    let body = envelope(1, 40_000);
    let more = format!("{kind}content-length: {}\r\n", body.len());
    let mut stream = connect(&venue);
    let text = head("POST", OBJECTS, &venue.chief, &more);
    stream.write_all(text.as_bytes()).unwrap();
    for piece in body.chunks(2000) {
        stream.write_all(piece).unwrap();
        std::thread::sleep(SHORT / 10);
    }
    assert_eq!(answer(&mut stream).status, 202);
    notes.assert_quiet();
    // One that stops, and one that drips, do not; with a length and in chunks.
    for more in [more, format!("{kind}transfer-encoding: chunked\r\n")] {
        let mut stream = connect(&venue);
        let text = head("POST", OBJECTS, &venue.chief, &more);
        stream.write_all(text.as_bytes()).unwrap();
        if more.contains("chunked") {
            // A chunk of a million bytes is announced.
            stream.write_all(b"f4240\r\n").unwrap();
        }
        for _ in 0..5 {
            stream.write_all(b"{").unwrap();
            std::thread::sleep(SHORT / 10);
        }
        assert_eq!(answer(&mut stream).refusal(408), "web.slow-body");
        assert!(is_ended(&mut stream));
    }
    assert_eq!(notes.count(&Event::Limited(Limit::SlowBody)), 2);
}

#[test]
fn readers_that_take_nothing_are_cut() {
    let (venue, notes) = venue(Limits {
        reader_time: SHORT,
        ..Limits::default()
    });
    let count = fill(&venue, 16 * 1024 * 1024);
    let path = format!("{OBJECTS}?limit={count}");
    let text = head("GET", &path, &venue.chief, "");
    let mut stream = connect(&venue);
    stream.write_all(text.as_bytes()).unwrap();
    notes.await_limit(Limit::SlowReader);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    assert!(bytes.len() < 16 * 1024 * 1024, "the whole page came");
    // One that reads slowly, but reads, gets all of it.
    let mut stream = connect(&venue);
    stream.write_all(text.as_bytes()).unwrap();
    let (mut taken, mut some) = (0, vec![0; 512 * 1024]);
    while taken < 16 * 1024 * 1024 {
        let bytes = stream.read(&mut some).unwrap();
        assert!(bytes > 0, "cut after {taken}");
        taken += bytes;
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(notes.count(&Event::Limited(Limit::SlowReader)), 1);
}
