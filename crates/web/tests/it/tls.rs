//! TLS as partners see it: versions and protocols, certificates that change under open connections,
//! and clients that come in by certificates, their own or others'.
//!
//! Keys and certificates are made by `openssl`; where it is not there, the tests say so and pass.

mod challenge;
mod client;
mod paper;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use legation_core::id::Digest;
use legation_web::{
    Certificates, Challenges, Event, Limit, Limits, Settings, Tls, TlsFiles, Watch,
};
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use self::paper::{Desk, openssl};
use crate::taxii::venue::{Answer, Venue, parse};

/// A guard against hanging.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
struct Notes(Mutex<Vec<Event>>);

impl Watch for Notes {
    fn note(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Notes {
    fn await_event(&self, wanted: impl Fn(&Event) -> bool) {
        let begun = Instant::now();
        while !self.0.lock().unwrap().iter().any(&wanted) {
            assert!(begun.elapsed() < PATIENCE, "{self:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn forget(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// An office that speaks TLS with what the desk has made.
fn venue(desk: &Desk, clients: Certificates, roots: bool) -> (Venue, Arc<Notes>) {
    venue_with(desk, clients, roots, Challenges::default())
}

/// The same, while a CA may look.
fn venue_with(
    desk: &Desk,
    clients: Certificates,
    roots: bool,
    challenges: Challenges,
) -> (Venue, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    let files = TlsFiles {
        clients,
        client_roots: roots.then(|| desk.path("root.pem")),
        look_every: Duration::from_millis(20),
        ..TlsFiles::new(desk.path("office.pem"), desk.path("office.key"))
    };
    let settings = Settings {
        tls: Some(Tls::open_with(files, challenges).unwrap()),
        watch: Arc::clone(&notes) as Arc<dyn Watch>,
        limits: Limits {
            handshake: Duration::from_millis(500),
            ..Limits::default()
        },
        ..Settings::default()
    };
    (Venue::with(settings), notes)
}

/// A TLS connection that is kept.
struct Line(StreamOwned<ClientConnection, TcpStream>);

impl Line {
    fn open(venue: &Venue, config: &Arc<ClientConfig>) -> Self {
        let socket = TcpStream::connect(venue.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let name = "localhost".try_into().unwrap();
        let client = ClientConnection::new(Arc::clone(config), name).unwrap();
        Self(StreamOwned::new(client, socket))
    }

    /// Asks; the error is that of the handshake, where that came to nothing.
    fn ask(&mut self, path: &str, authorization: Option<&str>) -> std::io::Result<Answer> {
        let mut head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n");
        if let Some(secret) = authorization {
            head += &format!("authorization: Bearer {secret}\r\n");
        }
        self.0.write_all(format!("{head}\r\n").as_bytes())?;
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let mut byte = [0; 1];
            self.0.read_exact(&mut byte)?;
            bytes.push(byte[0]);
        }
        let length = parse(&bytes).header("content-length").unwrap().parse();
        let mut body = vec![0; length.unwrap()];
        self.0.read_exact(&mut body)?;
        bytes.extend_from_slice(&body);
        Ok(parse(&bytes))
    }

    /// The office's certificate.
    fn certificate(&self) -> Digest {
        Digest::of(&self.0.conn.peer_certificates().unwrap()[0])
    }
}

#[test]
fn both_versions_and_both_protocols_are_spoken_and_nothing_older() {
    let Some(desk) = Desk::set() else { return };
    let (venue, _) = venue(&desk, Certificates::Asked, false);
    let address = venue.address.to_string();
    let root = desk.path("root.pem");
    let root = root.to_str().unwrap();
    for (version, protocol) in [
        ("-tls1_2", "h2"),
        ("-tls1_3", "h2"),
        ("-tls1_2", "http/1.1"),
        ("-tls1_3", "http/1.1"),
    ] {
        let said = openssl(&[
            "s_client",
            "-connect",
            &address,
            version,
            "-alpn",
            protocol,
            "-CAfile",
            root,
            "-verify_return_error",
            "-brief",
        ]);
        assert!(said.contains("Verification: OK"), "{said}");
        let said = openssl(&[
            "s_client", "-connect", &address, version, "-alpn", protocol, "-CAfile", root,
        ]);
        assert!(
            said.contains(&format!("ALPN protocol: {protocol}")),
            "{said}"
        );
    }
    let said = openssl(&[
        "s_client",
        "-connect",
        &address,
        "-tls1_1",
        "-cipher",
        "DEFAULT:@SECLEVEL=0",
        "-brief",
    ]);
    assert!(!said.contains("CONNECTION ESTABLISHED"), "{said}");
}

#[test]
fn certificates_change_under_open_connections() {
    let Some(desk) = Desk::set() else { return };
    let (venue, notes) = venue(&desk, Certificates::Asked, false);
    let config = desk.client(None);
    let mut old = Line::open(&venue, &config);
    let ask = |line: &mut Line| line.ask("/taxii2/", Some(&venue.chief)).unwrap().status;
    assert_eq!(ask(&mut old), 200);
    let first = old.certificate();
    // A key that does not fit: the office goes on with what it has, and says so.
    desk.issue("other");
    std::fs::copy(desk.path("other.key"), desk.path("office.key")).unwrap();
    notes.await_event(|event| matches!(event, Event::CertificateRefused(_)));
    let mut line = Line::open(&venue, &desk.client(None));
    assert_eq!(ask(&mut line), 200);
    assert_eq!(line.certificate(), first);
    // The certificate follows.
    notes.forget();
    std::fs::copy(desk.path("other.pem"), desk.path("office.pem")).unwrap();
    notes.await_event(|event| *event == Event::CertificateLoaded);
    let mut line = Line::open(&venue, &desk.client(None));
    assert_eq!(ask(&mut line), 200);
    let second = line.certificate();
    assert_ne!(first, second);
    assert_eq!(ask(&mut old), 200, "an open connection goes on");
    // Garbage, and then nothing at all.
    for garbage in [Some("-----BEGIN CERTIFICATE-----\nAAAA\n"), None] {
        notes.forget();
        match garbage {
            Some(text) => std::fs::write(desk.path("office.pem"), text).unwrap(),
            None => std::fs::remove_file(desk.path("office.pem")).unwrap(),
        }
        notes.await_event(|event| matches!(event, Event::CertificateRefused(_)));
        let mut line = Line::open(&venue, &desk.client(None));
        assert_eq!(ask(&mut line), 200);
        assert_eq!(line.certificate(), second);
    }
}

#[test]
fn a_handshake_that_is_none_and_one_that_never_ends_stay_outside() {
    let Some(desk) = Desk::set() else { return };
    let (venue, notes) = venue(&desk, Certificates::Asked, false);
    // Plain HTTP.
    let mut plain = TcpStream::connect(venue.address).unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut said = Vec::new();
    let _ = plain.read_to_end(&mut said);
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/"));
    notes.await_event(|event| *event == Event::HandshakeFailed);
    // Nothing.
    let mut silent = TcpStream::connect(venue.address).unwrap();
    silent.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(silent.read_to_end(&mut said).is_ok());
    notes.await_event(|event| *event == Event::Limited(Limit::SlowHandshake));
}
