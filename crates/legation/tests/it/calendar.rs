//! Calendars and invitations, on the real binary: a mail server (aiosmtpd) takes what the office
//! sends, two other readers of calendars (`icalendar` for Python, ical.js of Thunderbird) read it, and
//! an answer written by one of them comes back.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::office::{Serving, answer, command, legation};
use crate::walk::{Walk, commands};

/// How long a mail may take: it only guards against waiting for ever.
const PATIENCE: Duration = Duration::from_secs(90);

const HELPERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/calendar");

/// The programs that judge; none where they are not set up.
struct Judges {
    python: PathBuf,
    ical_js: PathBuf,
}

impl Judges {
    fn find() -> Option<Self> {
        let find = |name| {
            let path = std::env::var_os(name).map(PathBuf::from);
            if path.is_none() {
                println!("corpus not present: {name}");
            }
            path
        };
        Some(Self {
            python: find("LEGATION_VENV")?,
            ical_js: find("LEGATION_ICAL_JS")?,
        })
    }

    /// What the Python library reads; of a mail, with its headers.
    fn python(&self, file: &Path) -> Value {
        let script = format!("{HELPERS}/read.py");
        json_of(Command::new(&self.python).arg(script).arg(file))
    }

    /// What both libraries read in a calendar; they must agree.
    fn read(&self, file: &Path) -> Value {
        let script = format!("{HELPERS}/read.mjs");
        let theirs = json_of(
            Command::new("node")
                .arg(script)
                .args([&self.ical_js, &file.to_owned()]),
        );
        assert_eq!(self.python(file), theirs);
        theirs
    }

    /// The mail with which a client of the Python library answers an invitation.
    fn reply(&self, mail: &Path, partstat: &str, to: &Path) {
        let script = format!("{HELPERS}/read.py");
        let made = Command::new(&self.python)
            .arg(script)
            .arg(mail)
            .arg(format!("reply:{partstat}"))
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        std::fs::write(to, made.stdout).unwrap();
    }
}

fn json_of(program: &mut Command) -> Value {
    let output = program.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A mail server, and what it took.
struct MailServer {
    child: Child,
    port: String,
    folder: PathBuf,
}

impl MailServer {
    fn start(judges: &Judges, cwd: &Path) -> Self {
        let folder = cwd.join("mail");
        std::fs::create_dir(&folder).unwrap();
        let mut child = Command::new(&judges.python)
            .arg(format!("{HELPERS}/smtp.py"))
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut port)
            .unwrap();
        Self {
            child,
            port: port.trim().to_owned(),
            folder,
        }
    }

    /// So many mails, when they have come; no more than those may be there.
    fn wait(&self, count: usize) -> Vec<PathBuf> {
        let begun = Instant::now();
        loop {
            let all = std::fs::read_dir(&self.folder).unwrap();
            let paths = all.map(|item| item.unwrap().path());
            let is_mail = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "eml");
            let mut mails: Vec<PathBuf> = paths.filter(is_mail).collect();
            mails.sort();
            if mails.len() >= count {
                assert_eq!(mails.len(), count);
                return mails;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{} of {count} mails came",
                mails.len()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn wait_for(&self, name: &str) {
        let begun = Instant::now();
        while !self.folder.join(name).exists() {
            assert!(begun.elapsed() < PATIENCE, "no {name}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An office of NATO with JPN's sato and KOR's kim.
fn found(cwd: &Path) {
    let init = [
        "init",
        "office",
        "--alliance",
        "NATO",
        "--name",
        "NATO",
        "--office",
        "Tokyo",
    ];
    assert!(legation(cwd, &init).status.success());
}

fn serve(cwd: &Path, port: Option<&str>) -> Serving {
    let mut office = command(cwd);
    office.args(["serve", "office", "--listen", "127.0.0.1:0"]);
    if let Some(port) = port {
        office
            .env("LEGATION_MAIL_SERVER", "127.0.0.1")
            .env("LEGATION_MAIL_PORT", port)
            .env("LEGATION_MAIL_TLS", "none")
            .env("LEGATION_MAIL_FROM", "office@nato.example");
    }
    Serving::start_with(office)
}

fn run(cwd: &Path, words: &str) -> Value {
    let words: Vec<&str> = words.split(' ').chain(["--dir", "office"]).collect();
    answer(cwd, &words)
}

/// Adds a person of a party and signs it in; its token.
fn person(cwd: &Path, url: &str, party: &str, name: &str) -> String {
    let added = run(cwd, &format!("person add {party} {name} --role delegate"));
    let link = added["link"].as_str().unwrap();
    let secret = link.rsplit(['/', '#', '=']).next().unwrap().to_owned();
    let body = json!({"link": secret});
    let signed = api(url, "", "POST", "/sign-in", Some(&body));
    signed["token"].as_str().unwrap().to_owned()
}

fn token(cwd: &Path) -> String {
    let text = std::fs::read_to_string(cwd.join("office/chief.token")).unwrap();
    text.trim().to_owned()
}

fn api(url: &str, token: &str, method: &str, path: &str, body: Option<&Value>) -> Value {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--request", method])
        .arg(format!("{url}/api/v1{path}"));
    if !token.is_empty() {
        curl.args(["--header", &format!("authorization: Bearer {token}")]);
    }
    if let Some(body) = body {
        curl.args(["--header", "content-type: application/json"])
            .args(["--data", &body.to_string()]);
    }
    let said = json_of(&mut curl);
    assert!(said.get("error").is_none(), "{method} {path}: {said}");
    said
}

/// Status, headers and body of a calendar.
fn fetch(url: &str, tag: Option<&str>) -> (u16, String, String) {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--include", url]);
    if let Some(tag) = tag {
        curl.args(["--header", &format!("if-none-match: {tag}")]);
    }
    let said = String::from_utf8(curl.output().unwrap().stdout).unwrap();
    let (head, body) = said.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

fn header(head: &str, name: &str) -> String {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name}: {head}"))
        .to_owned()
}

fn exercise(id: &str, parties: &[&str]) -> Value {
    let invited: Vec<Value> = parties
        .iter()
        .map(|party| json!({"party": party}))
        .collect();
    json!({"id": id, "kind": "exercise", "title": format!("Exercise; {id}, \u{6771}\u{4eac}"),
        "area": "cyber", "place": "Tokyo, room 1", "zone": "Asia/Tokyo", "invited": invited,
        "start": "2035-05-01T09:00", "end": "2035-05-01T17:30", "text": "Bring a laptop.\nAnd a pass."})
}

#[test]
fn invitations_go_out_once_and_answers_come_back() {
    let Some(judges) = Judges::find() else { return };
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let server = MailServer::start(&judges, cwd);
    found(cwd);
    let office = serve(cwd, Some(&server.port));
    let chief = token(cwd);
    let mut tokens = BTreeMap::new();
    for (party, name) in [("JPN", "sato"), ("KOR", "kim")] {
        run(
            cwd,
            &format!("party add {party} --name {party} --status partner"),
        );
        tokens.insert(name, person(cwd, &office.url, party, name));
        run(
            cwd,
            &format!("calendar address set {party} {name} {name}@Mail.example"),
        );
    }
    let plan = exercise("first", &["JPN", "KOR"]);
    api(&office.url, &chief, "POST", "/activities", Some(&plan));

    // Each is invited alone, and nobody learns of anybody else.
    let mails = server.wait(2);
    let mut of: BTreeMap<String, (PathBuf, Value)> = BTreeMap::new();
    for mail in &mails {
        let read = judges.python(mail);
        of.insert(
            read["to"].as_str().unwrap().to_owned(),
            (mail.clone(), read),
        );
    }
    let to_sato = of["sato@mail.example"].1.clone();
    let event = &to_sato["events"][0];
    assert_eq!(to_sato["method"], "REQUEST");
    assert_eq!(to_sato["part_method"], "REQUEST");
    assert_eq!(to_sato["from"], "office@nato.example");
    assert_eq!(
        to_sato["parts"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/calendar",
            "application/ics"
        ])
    );
    assert_eq!(event["summary"], "Exercise; first, \u{6771}\u{4eac}");
    assert_eq!(event["start"], "20350501T000000Z");
    assert_eq!(event["end"], "20350501T083000Z");
    assert_eq!(event["location"], "Tokyo, room 1");
    assert_eq!(event["description"], "Bring a laptop.\nAnd a pass.");
    assert_eq!(event["attendees"], json!(["mailto:sato@mail.example"]));
    assert_eq!(event["organizer"], "mailto:office@nato.example");
    let raw = std::fs::read_to_string(&of["sato@mail.example"].0).unwrap();
    assert!(!raw.contains("kim") && !raw.contains("KOR"), "{raw}");
    let uid = event["uid"].clone();
    assert_eq!(uid, of["kim@mail.example"].1["events"][0]["uid"]);
    assert!(!uid.as_str().unwrap().contains("first"));

    // An answer comes back, once.
    let back = cwd.join("answer.eml");
    judges.reply(&of["sato@mail.example"].0, "ACCEPTED", &back);
    let taken = run(cwd, "calendar reply answer.eml");
    assert_eq!(taken["replies"][0]["outcome"], "recorded", "{taken}");
    let again = legation(cwd, &["calendar", "reply", "answer.eml", "--dir", "office"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&again.stdout).contains("stale"),
        "{again:?}"
    );
    let answers = |token: &str| {
        let all = api(&office.url, token, "GET", "/calendar/invitations", None);
        let all = all["invitations"].as_array().unwrap().clone();
        all.iter()
            .map(|one| (one["person"].clone(), one["answer"].clone()))
            .collect::<Vec<_>>()
    };
    let sato = (json!("sato"), json!("accepted"));
    assert_eq!(answers(&tokens["sato"]), std::slice::from_ref(&sato));
    assert_eq!(answers(&chief).len(), 2);
    assert!(answers(&chief).contains(&sato));
    // Another party's answer is nobody's who is known here.
    judges.reply(&of["kim@mail.example"].0, "DECLINED", &back);
    let words = [
        "calendar",
        "reply",
        "answer.eml",
        "--office",
        &office.url,
        "--token",
        &tokens["sato"],
    ];
    let refused = legation(cwd, &words);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&refused.stdout).contains("unknown"),
        "{refused:?}"
    );
    assert_eq!(answers(&tokens["kim"]), [(json!("kim"), json!("waiting"))]);

    // A change goes out with a higher sequence, and asks anew.
    let change = json!({"start": "2035-05-02T09:00", "end": "2035-05-02T17:30"});
    api(
        &office.url,
        &chief,
        "POST",
        "/activities/first/change",
        Some(&change),
    );
    let mails = server.wait(4);
    for mail in &mails[2..] {
        let read = judges.python(mail);
        assert_eq!(read["events"][0]["uid"], uid);
        assert_eq!(read["events"][0]["sequence"], 1);
        assert_eq!(read["events"][0]["start"], "20350502T000000Z");
    }
    let stale = legation(cwd, &["calendar", "reply", "answer.eml", "--dir", "office"]);
    assert!(
        String::from_utf8_lossy(&stale.stdout).contains("stale"),
        "{stale:?}"
    );
    assert_eq!(
        answers(&tokens["sato"]),
        [(json!("sato"), json!("waiting"))]
    );

    // A server that puts off is asked again, also by an office that was killed meanwhile.
    std::fs::write(server.folder.join("later"), "").unwrap();
    let change = json!({"place": "Yokosuka"});
    api(
        &office.url,
        &chief,
        "POST",
        "/activities/first/change",
        Some(&change),
    );
    server.wait_for("put-off");
    office.signal("KILL");
    office.end();
    std::fs::remove_file(server.folder.join("later")).unwrap();
    let office = serve(cwd, Some(&server.port));
    let mails = server.wait(6);
    for mail in &mails[4..] {
        assert_eq!(judges.python(mail)["events"][0]["location"], "Yokosuka");
    }

    // Whoever is no longer invited is told the end and nothing else.
    let change = json!({"uninvite": ["KOR"], "title": "For others"});
    api(
        &office.url,
        &chief,
        "POST",
        "/activities/first/change",
        Some(&change),
    );
    let mails = server.wait(8);
    let (mut ended, mut changed) = (0, 0);
    for mail in &mails[6..] {
        let read = judges.python(mail);
        let raw = std::fs::read_to_string(mail).unwrap();
        if read["to"] == "kim@mail.example" {
            ended += 1;
            assert_eq!(read["method"], "CANCEL");
            assert_eq!(read["events"][0]["status"], "CANCELLED");
            assert_eq!(read["events"][0]["uid"], uid);
            assert!(
                !raw.contains("others") && !raw.contains("Yokosuka"),
                "{raw}"
            );
        } else {
            changed += 1;
            assert_eq!(read["events"][0]["summary"], "For others");
        }
    }
    assert_eq!((ended, changed), (1, 1));
    let end = json!({"reason": "a storm"});
    api(
        &office.url,
        &chief,
        "POST",
        "/activities/first/cancel",
        Some(&end),
    );
    let mails = server.wait(9);
    let read = judges.python(&mails[8]);
    assert_eq!(
        (&read["to"], &read["method"]),
        (&json!("sato@mail.example"), &json!("CANCEL"))
    );

    // A restart repeats nothing: what is asked for after it comes next.
    assert_eq!(office.stop(), Some(0));
    let office = serve(cwd, Some(&server.port));
    run(cwd, "calendar address set KOR kim nobody@mail.example");
    let plan = exercise("second", &["JPN", "KOR"]);
    api(&office.url, &chief, "POST", "/activities", Some(&plan));
    let mails = server.wait(10);
    let mut ids = BTreeMap::new();
    let mut sent = BTreeMap::new();
    for mail in &mails {
        let read = judges.python(mail);
        let event = &read["events"][0];
        let key = format!("{} {} {}", read["to"], event["uid"], event["sequence"]);
        assert!(sent.insert(key, ()).is_none(), "{read} twice");
        assert!(ids.insert(read["id"].to_string(), ()).is_none(), "{read}");
    }
    assert_eq!(judges.python(&mails[9])["to"], "sato@mail.example");
    assert_eq!(office.stop(), Some(0));
    let verified = legation(cwd, &["journal", "verify", "office"]);
    assert!(verified.status.success(), "{verified:?}");
}

#[test]
fn a_calendar_is_read_at_its_secret_address_until_it_is_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    found(cwd);
    let office = serve(cwd, None);
    let chief = token(cwd);
    for party in ["JPN", "KOR"] {
        run(
            cwd,
            &format!("party add {party} --name {party} --status partner"),
        );
    }
    let plan = exercise("first", &["JPN"]);
    api(&office.url, &chief, "POST", "/activities", Some(&plan));
    let feed = |party: &str| run(cwd, &format!("calendar feed add {party} --name {party}"));
    let (jpn, kor, nato) = (feed("JPN"), feed("KOR"), feed("NATO"));
    let url = |feed: &Value| feed["url"].as_str().unwrap().to_owned();
    let (status, head, body) = fetch(&url(&jpn), None);
    assert_eq!(status, 200);
    assert_eq!(
        header(&head, "content-type"),
        "text/calendar; charset=utf-8"
    );
    assert!(header(&head, "cache-control").contains("private"));
    assert!(body.contains("BEGIN:VEVENT"));
    let tag = header(&head, "etag");
    assert_eq!(fetch(&url(&jpn), Some(&tag)).0, 304);
    let empty = fetch(&url(&kor), None);
    assert!(!empty.2.contains("BEGIN:VEVENT"), "{}", empty.2);

    // What is not for JPN changes nothing for it.
    let plan = exercise("second", &["KOR"]);
    api(&office.url, &chief, "POST", "/activities", Some(&plan));
    assert_eq!(fetch(&url(&jpn), None).2, body);
    assert_eq!(fetch(&url(&jpn), Some(&tag)).0, 304);
    let other = fetch(&url(&kor), None).2;
    assert!(
        other.contains("second") && !other.contains("first"),
        "{other}"
    );
    assert_eq!(
        fetch(&url(&nato), None).2.matches("BEGIN:VEVENT").count(),
        2
    );

    // What is called off stays, cancelled.
    let end = json!({"reason": "a storm"});
    api(
        &office.url,
        &chief,
        "POST",
        "/activities/first/cancel",
        Some(&end),
    );
    let (status, _, called_off) = fetch(&url(&jpn), Some(&tag));
    assert_eq!(status, 200);
    assert!(called_off.contains("STATUS:CANCELLED\r\n"), "{called_off}");
    assert!(called_off.contains("SEQUENCE:1\r\n"), "{called_off}");
    if let Some(judges) = Judges::find() {
        for (name, text) in [("jpn", &body), ("off", &called_off), ("kor", &other)] {
            let file = cwd.join(format!("{name}.ics"));
            std::fs::write(&file, text).unwrap();
            let read = judges.read(&file);
            assert_eq!(read["method"], "PUBLISH");
            assert_eq!(read["events"].as_array().unwrap().len(), 1);
            assert_eq!(read["events"][0]["location"], "Tokyo, room 1");
        }
    }

    // A revoked address is one that never was.
    let id = jpn["id"].as_str().unwrap();
    run(cwd, &format!("calendar feed revoke {id}"));
    let gone = fetch(&url(&jpn), Some(&tag));
    let never = fetch(&format!("{}/calendar/never.ics", office.url), None);
    assert_eq!((gone.0, &gone.2), (404, &never.2));
    assert_eq!(never.0, 404);
    assert_eq!(fetch(&url(&kor), None).0, 200);
    assert_eq!(office.stop(), Some(0));
}

#[test]
fn the_page_on_calendars_is_walked_on_a_fresh_directory() {
    const PAGE: &str = include_str!("../../../../docs/calendars.md");
    let dir = tempfile::tempdir().unwrap();
    let mut walk = Walk::of(dir.path());
    let commands = commands(PAGE);
    assert!(commands.len() > 10, "{}", commands.len());
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        if line.starts_with("legation calendar address list") {
            assert!(said.contains("sato@mofa.example"), "{said}");
        }
    }
    assert!(walk.serving.is_none());
}
