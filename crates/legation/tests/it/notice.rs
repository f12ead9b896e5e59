//! What awaits whom, on the real binary: the list, the stream as `curl` reads it, and webhooks that
//! are signed, tried again and told once, over restarts.

mod receiver;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver as Inbox, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::office::{Serving, answer, command, legation};
use crate::readme::props;
use crate::walk::{Walk, commands};
use receiver::{Post, Receiver, pipe};

/// How long something may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A clean office with Japan and Korea, none of whom has an agreement yet.
fn open(cwd: &Path) -> Serving {
    props(cwd);
    let init = ["init", "office", "--alliance", "NATO", "--name", "NATO"];
    answer(cwd, &[&init[..], &["--office", "Tokyo"]].concat());
    let serving = serve(cwd);
    let add = [
        "party", "add", "JPN", "--name", "Japan", "--status", "partner",
    ];
    answer(
        cwd,
        &[&add[..], &["--key", "jpn.pub", "--dir", "office"]].concat(),
    );
    let add = [
        "party", "add", "KOR", "--name", "Korea", "--status", "partner",
    ];
    answer(cwd, &[&add[..], &["--dir", "office"]].concat());
    let file = std::fs::read_to_string(cwd.join("nato-jpn.md")).unwrap();
    let file = file.replace("nato-jpn", "nato-kor").replace("JPN", "KOR");
    std::fs::write(cwd.join("nato-kor.md"), file).unwrap();
    serving
}

fn serve(cwd: &Path) -> Serving {
    Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"])
}

fn staff(cwd: &Path, arguments: &[&str]) -> Value {
    answer(cwd, &[arguments, &["--dir", "office"]].concat())
}

fn client(cwd: &Path, party: &str) -> String {
    let added = staff(cwd, &["client", "add", party, "soc"]);
    added["password"].as_str().unwrap().to_owned()
}

/// The kinds and subjects of what awaits whoever has that token.
fn awaits(cwd: &Path, url: &str, token: &str) -> Vec<(String, String)> {
    let told = answer(cwd, &["notices", "--office", url, "--token", token]);
    let told = told["notices"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    told.map(|one| (text(&one["kind"]), text(&one["subject"]["id"])))
        .collect()
}

fn pair(kind: &str, subject: &str) -> (String, String) {
    (kind.to_owned(), subject.to_owned())
}

/// Waits until something holds of the webhook of that name.
fn webhook(cwd: &Path, name: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let listed = staff(cwd, &["webhook", "list"]);
        let all = listed["webhooks"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"] == name).unwrap().clone();
        if holds(&one) {
            return one;
        }
        assert!(begun.elapsed() < PATIENCE, "{one}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Has the library of the standard verify posts, where it is installed.
fn judge(secret: &str, posts: &[&Post]) {
    const JUDGE: &str = r#"
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
told = json.load(sys.stdin)
hook = Webhook(told["secret"])
for one in told["posts"]:
    hook.verify(one["body"], one["headers"])
    for name in one["headers"]:
        wrong = dict(one["headers"], **{name: one["headers"][name][:-3] + "AA="})
        try:
            hook.verify(one["body"], wrong)
        except Exception:
            continue
        raise SystemExit("taken with a wrong " + name)
    try:
        hook.verify(one["body"] + " ", one["headers"])
    except WebhookVerificationError:
        continue
    raise SystemExit("taken with another body")
"#;
    let Some(python) = std::env::var_os("LEGATION_VENV") else {
        println!("corpus not present: LEGATION_VENV");
        return;
    };
    let posts: Vec<Value> = posts
        .iter()
        .map(|post| {
            json!({"body": String::from_utf8(post.body.clone()).unwrap(), "headers": {
                "webhook-id": post.id, "webhook-timestamp": post.timestamp,
                "webhook-signature": post.signature}})
        })
        .collect();
    let told = json!({"secret": secret, "posts": posts}).to_string();
    pipe(python.to_str().unwrap(), &["-c", JUDGE], told.as_bytes());
}

#[test]
fn a_webhook_is_signed_tried_again_and_told_once_over_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    let receiver = Receiver::answering(&[503, 302]);
    let url = format!("http://127.0.0.1:{}/hook?x=1", receiver.port);
    let added = staff(cwd, &["webhook", "add", "JPN", "soc", &url]);
    let secret = added["secret"].as_str().unwrap().to_owned();
    // What does not concern Japan is not posted to it.
    staff(cwd, &["agreement", "table", "nato-kor.md"]);
    staff(cwd, &["agreement", "table", "nato-jpn.md"]);
    let refused = receiver.next();
    refused.verify(&secret);
    assert_eq!(refused.path, "/hook?x=1");
    let told = refused.json();
    assert_eq!(told["type"], "notice.signature-asked");
    assert_eq!(
        told["data"]["subject"],
        json!({"what": "agreement", "id": "nato-jpn"})
    );
    assert_eq!(told["data"]["id"], refused.id);
    webhook(cwd, "soc", |one| one["failing"]["reason"] == "status 503");

    // The office ends before it was taken, and begins again where it was.
    assert_eq!(serving.stop(), Some(0));
    let serving = serve(cwd);
    let again = receiver.next();
    // A redirect is no success, and nobody follows it.
    let taken = receiver.next();
    for post in [&again, &taken] {
        post.verify(&secret);
        assert_eq!((&post.id, &post.body), (&refused.id, &refused.body));
    }
    webhook(cwd, "soc", |one| {
        one["waiting"] == 0 && one["failing"].is_null()
    });

    // Another restart repeats nothing: the next that comes is the test.
    assert_eq!(serving.stop(), Some(0));
    let serving = serve(cwd);
    let tested = staff(cwd, &["webhook", "test", "soc"]);
    assert_eq!(tested["taken"], true);
    let test = receiver.next();
    test.verify(&secret);
    assert_eq!(test.json()["type"], "notice.test");
    assert_eq!(test.id, tested["notice"].as_str().unwrap());
    assert!(receiver.rest().is_empty());
    judge(&secret, &[&refused, &taken, &test]);

    // The secret can be shown again, and changes with the webhook.
    let shown = staff(cwd, &["webhook", "secret", "soc"]);
    assert_eq!(shown["secret"], secret.as_str());
    let anew = staff(cwd, &["webhook", "add", "JPN", "soc", &url]);
    assert_ne!(anew["secret"], secret.as_str());
    let first = receiver.next();
    first.verify(anew["secret"].as_str().unwrap());
    assert_eq!(first.id, refused.id);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn whoever_wants_no_more_is_left_alone_until_somebody_resumes_it() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    let receiver = Receiver::answering(&[410]);
    let url = format!("http://127.0.0.1:{}/", receiver.port);
    staff(cwd, &["webhook", "add", "JPN", "soc", &url]);
    staff(cwd, &["agreement", "table", "nato-jpn.md"]);
    let gone = receiver.next();
    webhook(cwd, "soc", |one| one["stopped"].is_string());
    let (chief, jpn, kor) = (
        std::fs::read_to_string(cwd.join("office/chief.token")).unwrap(),
        client(cwd, "JPN"),
        client(cwd, "KOR"),
    );
    let stopped = pair("webhook-stopped", "soc");
    let of = |token: &str| awaits(cwd, &serving.url, token.trim());
    assert!(of(&chief).contains(&stopped) && of(&jpn).contains(&stopped));
    assert!(of(&kor).is_empty());
    staff(cwd, &["webhook", "resume", "soc"]);
    assert_eq!(receiver.next().id, gone.id);
    webhook(cwd, "soc", |one| one["waiting"] == 0);
    assert!(!of(&chief).contains(&stopped) && !of(&jpn).contains(&stopped));

    // Nothing is called that the office's people have not said, and nothing inside by accident.
    for address in [
        "http://soc.example/",
        "https://10.0.0.1/",
        "https://169.254.169.254/",
        "ftp://127.0.0.1/",
    ] {
        let add = [
            "webhook", "add", "JPN", "other", address, "--dir", "office", "--json",
        ];
        let output = legation(cwd, &add);
        assert_eq!(output.status.code(), Some(1), "{address}");
        let said: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(said["error"]["code"], "notice.webhook-address");
    }
    let own = [
        "webhook",
        "add",
        "JPN",
        "other",
        &url,
        "--office",
        &serving.url,
        "--token",
        &jpn,
    ];
    assert_eq!(legation(cwd, &own).status.code(), Some(1));
    // A party sees its own and may end it; another's is not there.
    let list = |token: &str| {
        let listed = answer(
            cwd,
            &[
                "webhook",
                "list",
                "--office",
                &serving.url,
                "--token",
                token,
            ],
        );
        listed["webhooks"].as_array().unwrap().len()
    };
    assert_eq!((list(&jpn), list(&kor)), (1, 0));
    let remove = |token: &str| {
        let remove = [
            "webhook",
            "remove",
            "soc",
            "--office",
            &serving.url,
            "--token",
            token,
        ];
        legation(cwd, &remove).status.code()
    };
    assert_eq!((remove(&kor), remove(&jpn)), (Some(1), Some(0)));
    receiver.answer(&[]);
    staff(cwd, &["agreement", "table", "nato-kor.md"]);
    assert_eq!(list(&jpn), 0);
    assert!(receiver.rest().is_empty());
    assert_eq!(serving.stop(), Some(0));
}

/// A stream as `curl` reads it, event by event.
struct Stream {
    child: Child,
    events: Inbox<Event>,
}

#[derive(Debug, Default)]
struct Event {
    name: String,
    id: String,
    data: Value,
}

impl Stream {
    fn open(url: &str, token: &str, last: Option<&str>) -> Self {
        let mut curl = Command::new("curl");
        curl.args(["-sN", "-H", "Accept: text/event-stream", "-H"])
            .arg(format!("Authorization: Bearer {token}"));
        if let Some(last) = last {
            curl.arg("-H").arg(format!("Last-Event-ID: {last}"));
        }
        curl.arg(format!("{url}/api/v1/notices/stream"));
        let mut child = curl.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            let mut event = Event::default();
            for line in lines.map_while(Result::ok) {
                match line.split_once(": ") {
                    Some(("event", name)) => event.name = name.to_owned(),
                    Some(("id", id)) => event.id = id.to_owned(),
                    Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                    _ if line.is_empty() && !event.name.is_empty() => {
                        let _ = sender.send(std::mem::take(&mut event));
                    }
                    _ => {}
                }
            }
        });
        Self { child, events }
    }

    #[track_caller]
    fn next(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("nothing is told")
    }

    /// Waits until the office has ended it; what was told before that.
    fn end(mut self) -> Vec<Event> {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(begun.elapsed() < PATIENCE, "the stream goes on");
            std::thread::sleep(Duration::from_millis(10));
        }
        self.events.iter().collect()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_stream_tells_each_reader_its_own_and_ends_with_the_account() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    let (jpn, kor) = (client(cwd, "JPN"), client(cwd, "KOR"));
    let chief = std::fs::read_to_string(cwd.join("office/chief.token")).unwrap();
    let japan = Stream::open(&serving.url, &jpn, None);
    let korea = Stream::open(&serving.url, &kor, None);
    let office = Stream::open(&serving.url, chief.trim(), None);
    staff(cwd, &["agreement", "table", "nato-jpn.md"]);
    let asked = japan.next();
    assert_eq!(asked.name, "notice");
    assert_eq!(asked.data["kind"], "signature-asked");
    assert_eq!(asked.data["subject"]["id"], "nato-jpn");
    assert_eq!(office.next().data["subject"]["id"], "nato-jpn");
    let accept = [
        "agreement",
        "accept",
        "nato-jpn",
        "--version",
        "1",
        "--party",
        "JPN",
    ];
    staff(
        cwd,
        &[&accept[..], &["--signature", "nato-jpn.md.jpn.sig"]].concat(),
    );
    let signed = japan.next();
    assert_eq!(signed.name, "gone");
    assert_eq!(signed.data["id"], asked.data["id"]);
    // Korea was told nothing of that; the first it hears is its own.
    staff(cwd, &["agreement", "table", "nato-kor.md"]);
    let own = korea.next();
    assert_eq!(own.data["subject"]["id"], "nato-kor");

    // Whoever comes again goes on where it was: the first is known, and is gone.
    let resumed = Stream::open(&serving.url, &jpn, Some(&asked.id));
    drop(japan);
    let resumed_late = loop {
        let stream = Stream::open(&serving.url, &jpn, Some(&asked.id));
        match stream.events.recv_timeout(Duration::from_secs(2)) {
            Ok(event) => break event,
            // The office has not yet noticed that the first one left.
            Err(_) => drop(stream),
        }
    };
    assert_eq!(resumed_late.name, "gone");
    assert_eq!(resumed_late.data["id"], asked.data["id"]);
    drop(resumed);

    // A password that is no more ends what it opened, at once and in the middle.
    let watched = Stream::open(&serving.url, &kor, None);
    assert_eq!(watched.next().data["id"], own.data["id"]);
    staff(cwd, &["client", "revoke", "KOR", "soc"]);
    assert!(korea.end().is_empty() && watched.end().is_empty());
    // An office that stops waits for no stream.
    let begun = Instant::now();
    assert_eq!(serving.stop(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(office.end().iter().all(|event| event.name == "notice"));
}

#[test]
fn the_command_tells_what_comes() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    let jpn = client(cwd, "JPN");
    let mut child = command(cwd)
        .args([
            "notices",
            "--watch",
            "--json",
            "--office",
            &serving.url,
            "--token",
            &jpn,
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    staff(cwd, &["agreement", "table", "nato-jpn.md"]);
    let told: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(told["event"], "notice");
    assert_eq!(told["data"]["kind"], "signature-asked");
    child.kill().unwrap();
    child.wait().unwrap();
    let wrong = legation(
        cwd,
        &[
            "notices",
            "--watch",
            "--office",
            &serving.url,
            "--token",
            "x",
        ],
    );
    assert_eq!(wrong.status.code(), Some(1));
    assert_eq!(serving.stop(), Some(0));
}

const PAGE: &str = include_str!("../../../../docs/notices.md");

#[test]
fn the_page_on_notices_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    let receiver = Receiver::answering(&[]);
    let mut walk = Walk::of(cwd);
    let commands = commands(PAGE);
    assert!(commands.len() > 8, "{}", commands.len());
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let line = line.replace("127.0.0.1:9000", &format!("127.0.0.1:{}", receiver.port));
        let said = walk.step(&line);
        if line.ends_with("notices --dir office") {
            assert!(said.contains("signature-asked"), "{said}");
        }
        if line.contains("webhook test") {
            assert!(said.contains("has taken it"), "{said}");
        }
    }
    assert!(
        receiver
            .rest()
            .iter()
            .any(|post| post.json()["type"] == "notice.test")
    );
    assert_eq!(walk.serving.take().unwrap().stop(), Some(0));
}
