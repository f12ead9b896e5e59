//! An office that is stopped: what is under way ends, what is new is refused, nothing hangs.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use legation_web::{Event, Limit, Limits, Monitor, Rates, Settings, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{DISCOVERY, OBJECTS, PATIENCE, answer, envelope, head, is_ended, settings, venue};
use crate::taxii::venue::Venue;

/// Another server of the same office, which can be stopped.
fn start(
    venue: &Venue,
    limits: Limits,
) -> (
    SocketAddr,
    oneshot::Sender<()>,
    JoinHandle<std::io::Result<()>>,
    std::sync::Arc<super::Notes>,
) {
    let (settings, notes) = settings(limits);
    let (address, say, served) = start_set(venue, settings);
    (address, say, served, notes)
}

fn start_set(
    venue: &Venue,
    settings: Settings,
) -> (
    SocketAddr,
    oneshot::Sender<()>,
    JoinHandle<std::io::Result<()>>,
) {
    let (say, hear) = oneshot::channel();
    let listener = TcpListener::bind("127.0.0.1:0");
    let listener = venue.runtime.block_on(listener).unwrap();
    let address = listener.local_addr().unwrap();
    let served = venue
        .runtime
        .spawn(serve(listener, venue.office.clone(), settings, async {
            let _ = hear.await;
        }));
    (address, say, served)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Begins to file something; what is missing is the last byte.
fn begin(stream: &mut TcpStream, secret: &str) -> u8 {
    let body = envelope(1, 1000);
    let (last, most) = body.split_last().unwrap();
    let more = format!(
        "content-type: application/taxii+json;version=2.1\r\ncontent-length: {}\r\n",
        body.len()
    );
    let text = head("POST", OBJECTS, secret, &more);
    stream.write_all(text.as_bytes()).unwrap();
    stream.write_all(most).unwrap();
    *last
}

#[test]
fn what_is_under_way_ends_and_what_is_new_is_refused() {
    let (venue, _) = venue(Limits::default());
    let (address, say, served, notes) = start(&venue, Limits::default());
    let ask = head("GET", DISCOVERY, &venue.chief, "");
    let mut idle = connect(address);
    idle.write_all(ask.as_bytes()).unwrap();
    assert_eq!(answer(&mut idle).status, 200);
    let mut busy = connect(address);
    // That it has got so far shows in the answer to `expect`.
    let body = envelope(1, 1000);
    let more = format!(
        "content-type: application/taxii+json;version=2.1\r\nexpect: 100-continue\r\n\
         content-length: {}\r\n",
        body.len()
    );
    busy.write_all(head("POST", OBJECTS, &venue.chief, &more).as_bytes())
        .unwrap();
    let mut go_on = [0; 25];
    std::io::Read::read_exact(&mut busy, &mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    say.send(()).unwrap();
    notes.await_event(&Event::Stopping);
    // New on a connection that was there.
    idle.write_all(ask.as_bytes()).unwrap();
    let refused = answer(&mut idle);
    assert_eq!(refused.refusal(503), "web.stopping");
    assert_eq!(refused.header("connection"), Some("close"));
    assert!(refused.header("retry-after").is_some());
    assert!(is_ended(&mut idle));
    assert_eq!(notes.count(&Event::Limited(Limit::Stopping)), 1);
    // Under way.
    busy.write_all(&body).unwrap();
    let filed = answer(&mut busy);
    assert_eq!(filed.status, 202);
    assert_eq!(filed.header("connection"), Some("close"));
    assert!(is_ended(&mut busy));
    venue.runtime.block_on(async {
        let served = tokio::time::timeout(PATIENCE, served).await;
        served.unwrap().unwrap().unwrap();
    });
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn what_does_not_end_in_its_grace_is_cut() {
    let (venue, _) = venue(Limits::default());
    let (address, say, served, notes) = start(
        &venue,
        Limits {
            grace: Duration::from_millis(200),
            ..Limits::default()
        },
    );
    let mut busy = connect(address);
    begin(&mut busy, &venue.chief);
    let mut idle = connect(address);
    let ask = head("GET", DISCOVERY, &venue.chief, "");
    idle.write_all(ask.as_bytes()).unwrap();
    assert_eq!(answer(&mut idle).status, 200);
    notes.await_event(&Event::Opened);
    say.send(()).unwrap();
    venue.runtime.block_on(async {
        let served = tokio::time::timeout(PATIENCE, served).await;
        served.unwrap().unwrap().unwrap();
    });
    assert!(is_ended(&mut idle));
    assert!(is_ended(&mut busy));
}

#[test]
fn an_idle_office_stops_at_once() {
    let (venue, _) = venue(Limits::default());
    // A grace that the test would not outlive.
    let (address, say, served, _) = start(
        &venue,
        Limits {
            grace: PATIENCE * 100,
            ..Limits::default()
        },
    );
    let mut idle = connect(address);
    let ask = head("GET", DISCOVERY, &venue.chief, "");
    idle.write_all(ask.as_bytes()).unwrap();
    assert_eq!(answer(&mut idle).status, 200);
    let _silent = connect(address);
    say.send(()).unwrap();
    venue.runtime.block_on(async {
        let served = tokio::time::timeout(PATIENCE, served).await;
        served.unwrap().unwrap().unwrap();
    });
}

#[test]
fn refusals_that_are_held_are_told_when_the_office_stops() {
    let (venue, _) = venue(Limits::default());
    let monitor = Monitor::default();
    let settings = Settings {
        limits: Limits {
            // Too short for the last of them to wait for its time.
            grace: Duration::from_secs(4),
            ..Limits::default()
        },
        rates: Rates {
            refusals_per_second: 1,
            failures_per_minute: 0,
            ..Rates::default()
        },
        monitor: monitor.clone(),
        ..Settings::default()
    };
    let (address, say, served) = start_set(&venue, settings);
    let ask = head("GET", DISCOVERY, "wrong", "");
    let mut refused: Vec<_> = (0..30)
        .map(|_| {
            let mut stream = connect(address);
            stream.write_all(ask.as_bytes()).unwrap();
            stream
        })
        .collect();
    let begun = std::time::Instant::now();
    let line = "legation_held_total{what=\"refusals\"} ";
    let held = |text: String| {
        let found = text
            .lines()
            .find_map(|found| found.strip_prefix(line)?.parse().ok());
        found.unwrap_or(0)
    };
    // A second or two may pass while they come.
    while held(monitor.exposition()) < 25 {
        assert!(begun.elapsed() < PATIENCE, "{}", monitor.exposition());
        std::thread::sleep(Duration::from_millis(5));
    }
    // Who is not refused is not held, from the same address.
    let mut served_one = connect(address);
    let right = head("GET", DISCOVERY, &venue.chief, "");
    served_one.write_all(right.as_bytes()).unwrap();
    assert_eq!(answer(&mut served_one).status, 200);
    say.send(()).unwrap();
    for stream in &mut refused {
        let status = answer(stream).status;
        assert!(status == 401, "{status}");
    }
    venue.runtime.block_on(async {
        let served = tokio::time::timeout(PATIENCE, served).await;
        served.unwrap().unwrap().unwrap();
    });
}
