//! An office in a temporary directory, served on a free port, with the engine at hand beside the
//! server: what a test arranges goes through the engine, what it asks goes over the wire.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use legation_core::agreement::signature::{from_seed, parse_public_key, sign};
use legation_core::id::{AgreementVersion, PartyCode};
use legation_core::party::{Status, Zone};
use legation_engine::{Caller, Envelope, Filed, Founding, NewParty, Office, Shape};
use legation_web::{Settings, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
pub(crate) const RED: &str = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
pub(crate) const MEDIA_TYPE: &str = "application/taxii+json;version=2.1";

/// An office with its server.
pub(crate) struct Venue {
    pub(crate) office: Office,
    pub(crate) address: SocketAddr,
    pub(crate) runtime: Runtime,
    /// The token of the host's chief.
    pub(crate) chief: String,
    _dir: TempDir,
}

/// An answer, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().skip(1);
        let pairs = lines.filter_map(|line| line.split_once(':'));
        pairs
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body of an answer of that status; every TAXII answer has TAXII's media type.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.text());
        assert_eq!(self.header("content-type"), Some(MEDIA_TYPE));
        self.json()
    }

    /// A refusal as TAXII writes it.
    #[track_caller]
    pub(crate) fn refusal(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(body["http_status"], json!(status.to_string()));
        assert!(body["title"].is_string());
        body["error_code"].as_str().unwrap().to_owned()
    }

    /// The ids of an envelope or a manifest, in order.
    #[track_caller]
    pub(crate) fn ids(&self) -> Vec<String> {
        let body = self.expect(200);
        let objects = body["objects"].as_array().cloned().unwrap_or_default();
        objects
            .iter()
            .map(|object| object["id"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn next(&self) -> Option<String> {
        self.json()["next"].as_str().map(str::to_owned)
    }
}

/// The key of a party, the same in every run.
fn key(party: &str) -> (String, String) {
    let mut seed = [9; 32];
    for (to, from) in seed.iter_mut().zip(party.bytes()) {
        *to = from;
    }
    from_seed(&seed, party).unwrap()
}

impl Venue {
    /// An office of NATO in Tokyo.
    pub(crate) fn open() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let dir = TempDir::new().unwrap();
        let line = parse_public_key(&key("NATO").1).unwrap();
        let founding = Founding {
            alliance: "NATO".parse().unwrap(),
            name: "North Atlantic Treaty Organization".into(),
            office: "Tokyo".into(),
            zone: Zone::utc(),
            key: Some((line.line, line.fingerprint)),
            house: None,
        };
        let created = Office::create(dir.path(), founding).unwrap();
        let office = Office::open(dir.path()).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve(
            listener,
            office.clone(),
            settings,
            std::future::pending(),
        ));
        Self {
            office,
            address,
            runtime,
            chief: created.token.reveal().to_owned(),
            _dir: dir,
        }
    }

    pub(crate) fn caller(&self, secret: &str) -> Caller {
        self.office.authenticate(secret).unwrap().unwrap()
    }

    pub(crate) fn host(&self) -> Caller {
        self.caller(&self.chief)
    }

    /// Admits a party; answers with the password of its client `poller`.
    pub(crate) fn admit(&self, code: &str, status: Status) -> String {
        let party: PartyCode = code.parse().unwrap();
        let new = NewParty {
            code: party.clone(),
            name: format!("The {code}"),
            status,
            zone: Zone::utc(),
            key: Some(key(code).1),
        };
        self.runtime.block_on(async {
            self.office.add_party(&self.host(), new).await.unwrap();
        });
        self.client(code, "poller")
    }

    /// Another client of a party.
    pub(crate) fn client(&self, code: &str, name: &str) -> String {
        let (party, name) = (code.parse().unwrap(), name.parse().unwrap());
        let chief = self.host();
        let added = self.office.add_client(&chief, party, name);
        self.runtime.block_on(added).unwrap().reveal().to_owned()
    }

    /// An agreement with a party on those areas, signed by both; each may read up to GREEN and
    /// file anything.
    pub(crate) fn agree(&self, party: &str, areas: &[&str]) -> String {
        let (mut terms, mut text) = (String::new(), String::from("# 1 Terms\n"));
        for area in areas {
            terms.push_str(&format!(
                "[[take]]\narticle = \"1\"\narea = \"{area}\"\nup_to = \"GREEN\"\n\
                 [[give]]\narticle = \"1\"\narea = \"{area}\"\nup_to = \"RED\"\n\
                 unmarked = \"GREEN\"\nonward = [\"partners\", \"members\"]\n"
            ));
        }
        text.push_str("Both sides do as is said above.\n");
        let id = format!("nato-{}", party.to_lowercase());
        let file = format!(
            "+++\nid = \"{id}\"\ntitle = \"Programme\"\nversion = 1\n\
             parties = [\"NATO\", \"{party}\"]\nin_force = 2020-01-01T00:00:00Z\n{terms}+++\n{text}"
        );
        self.runtime.block_on(async {
            let chief = self.host();
            let table = self.office.table(&chief, file.clone().into_bytes());
            table.await.unwrap();
            for signer in ["NATO", party] {
                let signature = sign(file.as_bytes(), &key(signer).0).unwrap();
                let (agreement, signer) = (id.parse().unwrap(), signer.parse().unwrap());
                let version = AgreementVersion(1);
                let accept = self
                    .office
                    .accept(&chief, agreement, version, signer, signature);
                accept.await.unwrap();
            }
        });
        id
    }

    pub(crate) fn suspend(&self, agreement: &str) {
        let id = agreement.parse().unwrap();
        let chief = self.host();
        let suspended = self.office.suspend(&chief, id, "talks".into());
        self.runtime.block_on(suspended).unwrap();
    }

    pub(crate) fn resume(&self, agreement: &str) {
        let id = agreement.parse().unwrap();
        let chief = self.host();
        let resumed = self.office.resume(&chief, id, "talks".into());
        self.runtime.block_on(resumed).unwrap();
    }

    /// Files objects, which must all be taken.
    #[track_caller]
    pub(crate) fn file(&self, secret: &str, area: &str, objects: &[Value]) -> Filed {
        let body = json!({"objects": objects}).to_string();
        let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, usize::MAX).unwrap();
        let caller = self.caller(secret);
        let filed = self.office.file(&caller, area.parse().unwrap(), envelope);
        let filed = self.runtime.block_on(filed).unwrap();
        assert!(filed.refused.is_empty(), "{:?}", filed.refused);
        filed
    }

    /// One request on a connection of its own.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = request(method, path, headers, body.len());
        stream.write_all(head.as_bytes()).unwrap();
        // The server may answer and close before it has read all of a body that is too long.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }

    /// A TAXII request of a client.
    pub(crate) fn ask(&self, secret: &str, method: &str, path: &str) -> Answer {
        let bearer = format!("Bearer {secret}");
        let headers = [("authorization", bearer.as_str()), ("accept", MEDIA_TYPE)];
        self.send(method, path, &headers, b"")
    }

    pub(crate) fn get(&self, secret: &str, path: &str) -> Answer {
        self.ask(secret, "GET", path)
    }

    /// What lies in an area's collection, under its alias.
    pub(crate) fn area(&self, secret: &str, area: &str, rest: &str) -> Answer {
        self.get(secret, &format!("/taxii2/tokyo/collections/{area}/{rest}"))
    }

    pub(crate) fn post(&self, secret: &str, area: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {secret}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", MEDIA_TYPE),
            ("content-type", MEDIA_TYPE),
        ];
        let path = format!("/taxii2/tokyo/collections/{area}/objects/");
        self.send("POST", &path, &headers, body.as_bytes())
    }
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: office.example\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + &format!("connection: close\r\ncontent-length: {length}\r\n\r\n")
}

pub(crate) fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut answer = Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head,
        body: bytes[end + 4..].to_vec(),
    };
    if answer.header("transfer-encoding") == Some("chunked") {
        answer.body = join(&answer.body);
    }
    answer
}

/// Puts chunks together (RFC 9112 section 7.1).
fn join(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}

/// The id of the object of that kind and number.
pub(crate) fn id(kind: &str, number: usize) -> String {
    format!("{kind}--00000000-0000-4000-8000-{number:012x}")
}

/// An indicator, in its version of that second.
pub(crate) fn indicator(number: usize, version: usize, marking: &str) -> Value {
    json!({
        "type": "indicator", "spec_version": "2.1", "id": id("indicator", number),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": format!("2024-01-01T00:00:{version:02}.000Z"),
        "pattern": format!("[domain-name:value = 'n{number}.example']"), "pattern_type": "stix",
        "valid_from": "2024-01-01T00:00:00Z", "object_marking_refs": [marking],
    })
}

/// A tool.
pub(crate) fn tool(number: usize, version: usize, marking: &str) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1", "id": id("tool", number),
        "created": "2024-01-01T00:00:00.000Z",
        "modified": format!("2024-01-01T00:00:{version:02}.123456Z"),
        "name": format!("tool {number}"), "object_marking_refs": [marking],
    })
}

/// An SCO, which has no version.
pub(crate) fn domain(number: usize, marking: &str) -> Value {
    json!({
        "type": "domain-name", "spec_version": "2.1",
        "id": format!("domain-name--00000000-0000-5000-8000-{number:012x}"),
        "value": format!("d{number}.example"), "object_marking_refs": [marking],
    })
}
