//! An office in a temporary directory, served on a free port of this machine, and whoever comes to
//! its counter: a plain HTTP/1.1 client that sees every byte of an answer.
//!
//! Every answer of the API is held against the API's own document.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use legation_core::agreement::signature::{from_seed, parse_public_key};
use legation_core::party::Zone;
use legation_engine::{Founding, Office};
use legation_web::{Settings, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::schema;

/// An open office.
pub(super) struct Counter {
    address: SocketAddr,
    pub(super) chief: String,
    document: Value,
    stop: Option<oneshot::Sender<()>>,
    runtime: Option<Runtime>,
    _dir: TempDir,
}

/// An answer, as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The status line and the headers, as they came.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The answer's body, if it has that status.
    #[track_caller]
    pub(super) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The code of a refusal, if it has that status.
    #[track_caller]
    pub(super) fn refusal(&self, status: u16) -> String {
        let body = self.expect(status);
        let code = body["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no error: {body}"))
            .to_owned()
    }
}

/// The key of a party, the same in every run.
pub(super) fn key(party: &str) -> (String, String) {
    let mut seed = [7; 32];
    for (to, from) in seed.iter_mut().zip(party.bytes()) {
        *to = from;
    }
    from_seed(&seed, party).unwrap()
}

impl Counter {
    /// Opens an office of NATO in Tokyo.
    pub(super) fn open() -> Self {
        Self::with(Settings::default())
    }

    pub(super) fn with(settings: Settings) -> Self {
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
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(serve(listener, office, settings, async {
            let _ = stopped.await;
        }));
        let mut counter = Self {
            address,
            chief: created.token.reveal().to_owned(),
            document: Value::Null,
            stop: Some(stop),
            runtime: Some(runtime),
            _dir: dir,
        };
        counter.document = counter.send("GET", "/api/v1/openapi.json", &[], b"").json();
        counter
    }

    /// One request on a connection of its own.
    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!(
            "connection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        ));
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // The server may answer and close before it has read all of a body that is too long.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        parse(&bytes)
    }

    /// A request to the API with a token; its answer is held against the document.
    #[track_caller]
    pub(super) fn ask(
        &self,
        token: &str,
        method: &str,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Answer {
        let authorization = format!("Bearer {token}");
        let mut headers = vec![("content-type", kind)];
        if !token.is_empty() {
            headers.push(("authorization", authorization.as_str()));
        }
        let answer = self.send(method, &format!("/api/v1{path}"), &headers, body);
        schema::hold(&self.document, method, path, &answer);
        answer
    }

    #[track_caller]
    pub(super) fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(token, "GET", path, "application/json", b"")
    }

    #[track_caller]
    pub(super) fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.ask(token, "POST", path, "application/json", body.as_bytes())
    }

    #[track_caller]
    pub(super) fn put_file(&self, token: &str, path: &str, file: &str) -> Answer {
        self.ask(token, "PUT", path, "text/plain", file.as_bytes())
    }

    #[track_caller]
    pub(super) fn post_file(&self, token: &str, path: &str, file: &str) -> Answer {
        self.ask(token, "POST", path, "text/markdown", file.as_bytes())
    }

    /// Admits a party with its key; answers with the password of a client of it.
    #[track_caller]
    pub(super) fn admit(&self, code: &str, status: &str) -> String {
        let party = json!({"code": code, "name": format!("The {code}"), "status": status, "key": key(code).1});
        self.post(&self.chief, "/parties", &party).expect(201);
        let path = format!("/parties/{code}/clients");
        let client = self.post(&self.chief, &path, &json!({"name": "feed"}));
        client.expect(201)["password"].as_str().unwrap().to_owned()
    }

    /// Tables a file and has the host and that party sign it.
    #[track_caller]
    pub(super) fn agree(&self, file: &str, party: &str) -> Value {
        let tabled = self.post_file(&self.chief, "/agreements", file).expect(201);
        let (id, version) = (tabled["id"].as_str().unwrap(), &tabled["version"]);
        self.sign(id, version, "NATO", file);
        self.sign(id, version, party, file)
    }

    /// Hands in the signature of a party, by the office.
    #[track_caller]
    pub(super) fn sign(&self, id: &str, version: &Value, party: &str, file: &str) -> Value {
        let signature =
            legation_core::agreement::signature::sign(file.as_bytes(), &key(party).0).unwrap();
        let body = json!({"version": version, "party": party, "signature": signature});
        let path = format!("/agreements/{id}/signatures");
        self.post(&self.chief, &path, &body).expect(200)
    }

    /// Files objects as a bundle.
    #[track_caller]
    pub(super) fn file(&self, token: &str, area: &str, objects: &[Value]) -> Value {
        let bundle = super::paper::bundle(objects);
        let path = format!("/areas/{area}/records");
        self.post(token, &path, &bundle).expect(200)
    }

    /// What a party's client reads over TAXII, as it came.
    pub(super) fn read(&self, token: &str, area: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        let headers = [
            ("authorization", authorization.as_str()),
            ("accept", "application/taxii+json;version=2.1"),
        ];
        self.send(
            "GET",
            &format!("/taxii2/tokyo/collections/{area}/objects/"),
            &headers,
            b"",
        )
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(std::time::Duration::from_secs(2));
        }
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let end = bytes
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answer = Answer {
        status,
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
        let size = usize::from_str_radix(size.split(';').next().unwrap(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
