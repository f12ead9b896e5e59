//! Nothing that is secret comes out anywhere: a whole life of an office in the real program, with
//! its log at the loudest, and then a search for every secret that was issued, in everything that
//! was said and written.
//!
//! A secret is looked for as it is, as the bytes that it stands for, and as HTTP Basic writes it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::office::{command, samples};

/// How long an office may take to say something.
const PATIENCE: Duration = Duration::from_secs(60);

/// An office whose two streams go to files.
struct Watched {
    child: Child,
    out: PathBuf,
    log: PathBuf,
}

impl Watched {
    fn start(cwd: &Path, name: &str, arguments: &[&str]) -> Self {
        let (out, log) = (
            cwd.join(format!("{name}.out")),
            cwd.join(format!("{name}.log")),
        );
        let child = command(cwd)
            .args(arguments)
            .stdout(Stdio::from(File::create(&out).unwrap()))
            .stderr(Stdio::from(File::create(&log).unwrap()))
            .spawn()
            .unwrap();
        Self { child, out, log }
    }

    /// The address that one of its streams says after those words.
    fn address(&self, words: &str) -> String {
        let begun = Instant::now();
        loop {
            let mut said = std::fs::read_to_string(&self.out).unwrap();
            said.push_str(&std::fs::read_to_string(&self.log).unwrap());
            if let Some((_, rest)) = said.split_once(words)
                && rest.contains(|c: char| c.is_whitespace() || c == '/' || c == '"')
            {
                let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':'));
                return rest[..end.unwrap()].to_owned();
            }
            assert!(begun.elapsed() < PATIENCE, "{said}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn stop(mut self) {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "the office does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request, as it comes back.
fn ask(address: &str, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let text = format!(
        "{head}host: office.example\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything that was said, by who said it.
#[derive(Default)]
struct Said(BTreeMap<String, Vec<u8>>);

impl Said {
    fn keep(&mut self, what: &str, text: &str) {
        let count = self.0.len();
        self.0
            .insert(format!("{count} {what}"), text.as_bytes().to_vec());
    }

    /// Runs a command; what it says is kept, unless it is meant to show a secret.
    fn run(&mut self, cwd: &Path, arguments: &[&str], shows: bool) -> String {
        let output = command(cwd).args(arguments).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        let what = arguments.join(" ");
        if !shows {
            self.keep(&what, &out);
        }
        self.keep(&what, &err);
        out
    }

    fn folder(&mut self, folder: &Path, may_hold: &[PathBuf]) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.folder(&path, may_hold);
            } else if !may_hold.contains(&path) {
                let bytes = std::fs::read(&path).unwrap();
                self.0.insert(path.display().to_string(), bytes);
            }
        }
    }
}

/// The forms in which a secret could stand somewhere.
fn forms(secret: &str, user: &str) -> Vec<Vec<u8>> {
    let mut forms = vec![secret.as_bytes().to_vec()];
    let hex = |text: &str| -> Option<Vec<u8>> {
        let pairs = text.as_bytes().chunks(2);
        pairs
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect()
    };
    for bytes in [URL_SAFE_NO_PAD.decode(secret).ok(), hex(secret)]
        .into_iter()
        .flatten()
        .filter(|bytes| bytes.len() >= 32)
    {
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        forms.extend([digits.to_uppercase().into_bytes(), digits.into_bytes()]);
        forms.push(STANDARD_NO_PAD.encode(&bytes).into_bytes());
        forms.push(bytes);
    }
    forms.push(STANDARD.encode(format!("{user}:{secret}")).into_bytes());
    forms
}

#[test]
fn no_secret_leaves_the_place_that_is_meant_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    for sample in std::fs::read_dir(samples()).unwrap() {
        let sample = sample.unwrap().path();
        std::fs::copy(&sample, cwd.join(sample.file_name().unwrap())).unwrap();
    }
    let mut said = Said::default();
    let mut secrets: Vec<(String, String, String)> = Vec::new();
    let mut issue = |what: &str, user: &str, secret: &str| {
        assert!(secret.len() >= 40, "{what}: `{secret}` is no secret");
        secrets.push((what.to_owned(), user.to_owned(), secret.to_owned()));
    };

    // An office is founded: its token, its own key, its host's key.
    let found = [
        "init",
        "tokyo",
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    said.run(cwd, &found, false);
    let office = cwd.join("tokyo");
    let token = std::fs::read_to_string(office.join("chief.token")).unwrap();
    issue("the chief's token", "NATO/chief", token.trim());
    let mut may_hold = vec![office.join("chief.token")];
    for entry in std::fs::read_dir(office.join("keys")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "pub") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("-----"));
        // The first line of an OpenSSH key is the same in all of them, the last one is padding.
        for line in lines.filter(|line| line.len() >= 60 && !line.starts_with("b3BlbnNzaC1rZXkt")) {
            issue(&format!("a line of {}", path.display()), "", line);
        }
        may_hold.push(path);
    }

    // It serves, and tells everything that it tells at all.
    let listen = ["--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let loud = ["--log", "trace", "--log-format", "json"];
    let serving = Watched::start(
        cwd,
        "first",
        &[&["serve", "tokyo"], &listen[..], &loud].concat(),
    );
    let address = serving.address("listening on http://");
    let metrics = serving.address("\"metrics.url\":\"http://");

    // Accounts, each with its secret.
    let at = ["--dir", "tokyo"];
    let key = [
        "party", "add", "JPN", "--name", "Japan", "--status", "partner",
    ];
    said.run(cwd, &[&key[..], &at].concat(), false);
    let client = said.run(
        cwd,
        &[&["client", "add", "JPN", "misp"], &at[..]].concat(),
        true,
    );
    let password = client
        .lines()
        .find_map(|line| line.strip_prefix("password"))
        .unwrap();
    let password = password.trim().to_owned();
    issue("a client's password", "JPN/misp", &password);
    let person = ["person", "add", "JPN", "sato", "--role", "delegate"];
    let link = said.run(cwd, &[&person[..], &at].concat(), true);
    let url = link.lines().next().unwrap().to_owned();
    let link = url.split_once("link=").unwrap().1.to_owned();
    issue("a one-time link", "JPN/sato", &link);
    let unused = ["person", "add", "JPN", "mori", "--role", "delegate"];
    let unused = said.run(cwd, &[&unused[..], &at].concat(), true);
    let unused = unused
        .lines()
        .next()
        .unwrap()
        .split_once("link=")
        .unwrap()
        .1
        .to_owned();
    issue("a link that nobody used", "JPN/mori", &unused);
    // A browser would ask for it so; the secret stands in the query.
    let opened = format!("GET /sign-in?link={link} HTTP/1.1\r\n");
    said.keep("the link opened", &ask(&address, &opened, ""));
    let signed_in = said.run(cwd, &["sign-in", &url], true);
    let person_token = signed_in.lines().next().unwrap().trim().to_owned();
    issue("a person's token", "JPN/sato", &person_token);
    // A second time it is refused, and the refusal does not repeat it.
    said.run(cwd, &["sign-in", &url], false);

    // Records are filed, read, refused; every request shows its secret in some way.
    said.run(
        cwd,
        &[&["file", "--area", "cyber", "bundle.json"], &at[..]].concat(),
        false,
    );
    let table = ["agreement", "table", "nato-jpn.md"];
    said.run(cwd, &[&table[..], &at].concat(), false);
    let basic = STANDARD.encode(format!("JPN/misp:{password}"));
    let taxii = "accept: application/taxii+json;version=2.1\r\n";
    for (what, authorization) in [
        ("basic", format!("Basic {basic}")),
        ("bearer", format!("Bearer {password}")),
        ("a person", format!("Bearer {person_token}")),
        ("the chief", format!("Bearer {}", token.trim())),
        (
            "under another name",
            format!("Basic {}", STANDARD.encode(format!("FRA/x:{password}"))),
        ),
        ("in a scheme that is none", format!("Digest {password}")),
        (
            "twice",
            format!("Bearer {password}\r\nauthorization: Bearer {password}"),
        ),
        ("cut short", format!("Bearer {}", &password[..20])),
    ] {
        for path in [
            "/taxii2/",
            "/taxii2/tokyo/collections/cyber/objects/?limit=2",
            "/taxii2/tokyo/collections/cyber/objects/?next=nonsense",
            "/taxii2/tokyo/collections/cyber/objects/?nonsense[=1",
            "/api/v1/parties",
            "/api/v1/why?party=JPN",
            "/nowhere",
        ] {
            let head = format!("GET {path} HTTP/1.1\r\nauthorization: {authorization}\r\n{taxii}");
            said.keep(&format!("{what} {path}"), &ask(&address, &head, ""));
        }
        // A secret where it does not belong: the path, the query, a header, a body.
        let secret = &password;
        let head = format!(
            "GET /taxii2/{secret}/?token={secret} HTTP/1.1\r\nauthorization: {authorization}\r\n\
             x-request-id: {secret}!\r\ncookie: token={secret}\r\n{taxii}"
        );
        said.keep(&format!("{what} misplaced"), &ask(&address, &head, ""));
    }
    let json = "POST /api/v1/sign-in HTTP/1.1\r\ncontent-type: application/json\r\n";
    for body in [
        format!("{{\"link\": \"{link}\"}}"),
        format!("{{\"link\": \"{unused}\", \"more\": 1}}"),
        format!("{{\"link\": [\"{unused}\"]}}"),
        format!("{{\"link\": \"{unused}"),
    ] {
        said.keep("a sign-in that fails", &ask(&address, json, &body));
    }
    said.keep(
        "ready",
        &ask(&metrics, "GET /health/ready HTTP/1.1\r\n", ""),
    );
    let told = ask(&metrics, "GET /metrics HTTP/1.1\r\n", "");
    assert!(told.contains("legation_http_requests_total"), "{told}");
    said.keep("the metrics", &told);
    for verb in [
        &["party", "list"][..],
        &["client", "list", "JPN"],
        &["client", "revoke", "JPN", "misp"],
        &["agreement", "list"],
        &["who", "indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80"],
    ] {
        said.run(cwd, &[verb, &at].concat(), false);
    }
    serving.stop();
    let log = std::fs::read_to_string(cwd.join("first.log")).unwrap();
    let lines = log
        .lines()
        .filter(|line| line.contains("\"message\":\"answered\""));
    assert!(lines.count() >= 70, "the log of requests is missing: {log}");

    // What lies on disk, in the office and in its backup.
    said.run(cwd, &["journal", "verify", "tokyo"], false);
    said.run(cwd, &["backup", "tokyo", "copy"], false);
    let export = said.run(cwd, &["export", "tokyo"], false);
    assert!(export.lines().count() >= 8, "{export}");
    let copied: Vec<PathBuf> = may_hold
        .iter()
        .map(|path| cwd.join("copy").join(path.strip_prefix(&office).unwrap()))
        .collect();
    may_hold.extend(copied);
    said.folder(cwd, &may_hold);
    assert!(said.0.keys().any(|name| name.contains("tokyo/journal/")));

    assert!(secrets.len() >= 7, "{}", secrets.len());
    // One pass over each place: what begins like a form is compared with it.
    let mut wanted: BTreeMap<[u8; 8], Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for (what, user, secret) in &secrets {
        for form in forms(secret, user) {
            let begin = form[..8].try_into().unwrap();
            wanted.entry(begin).or_default().push((what.clone(), form));
        }
    }
    let look = |bytes: &[u8]| -> Vec<String> {
        let windows = bytes.windows(8).enumerate();
        let near = windows.filter_map(|(at, begin)| Some((at, wanted.get(begin)?)));
        near.flat_map(|(at, forms)| forms.iter().map(move |form| (at, form)))
            .filter(|(at, (_, form))| bytes[*at..].starts_with(form))
            .map(|(_, (what, _))| what.clone())
            .collect()
    };
    for (place, bytes) in &said.0 {
        assert_eq!(look(bytes), [""; 0], "in {place}");
    }
    // The search finds what is there.
    let found = look(&std::fs::read(office.join("chief.token")).unwrap());
    // In more than one form, where the forms are alike.
    assert!(
        found.iter().any(|what| what == "the chief's token"),
        "{found:?}"
    );
    assert_eq!(
        look(format!("x{basic}").as_bytes()),
        ["a client's password"]
    );
}
