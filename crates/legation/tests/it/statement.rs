//! Statements on the real binary: recorded, read as of any date, corrected, and shown to a party as far
//! as it may know of them; and the page that tells how.

use std::path::Path;

use serde_json::{Value, json};

use crate::office::{Serving, answer, legation, samples};
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/statements.md");

/// Founds an office and serves it.
pub(crate) fn open(cwd: &Path) -> Serving {
    let init = ["init", "office", "--alliance", "NATO", "--name", "Alliance"];
    answer(cwd, &[&init[..], &["--office", "Tokyo"]].concat());
    serve(cwd)
}

fn serve(cwd: &Path) -> Serving {
    Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"])
}

fn here<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &["--dir", "office"]].concat()
}

fn add(cwd: &Path, id: &str, subject: &str, stance: &str, party: &str, said: &str) -> Value {
    answer(
        cwd,
        &here(&[
            "statement",
            "add",
            "--id",
            id,
            "--subject",
            subject,
            "--point",
            "date",
            "--stance",
            stance,
            "--party",
            party,
            "--said",
            said,
            "--text",
            "said so",
        ]),
    )
}

fn standing(cwd: &Path, subject: &str, rest: &[&str]) -> Value {
    let page = answer(
        cwd,
        &here(&[&["statement", "timeline", subject][..], rest].concat()),
    );
    page["points"][0]["standing"].clone()
}

#[test]
fn a_timeline_is_read_as_of_any_date_and_corrections_delete_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    let subject = "matter:office";
    // Recorded in another order than it was said.
    add(cwd, "denial", subject, "denied", "FRA", "2023-06-05");
    let first = add(cwd, "plan", subject, "announced", "JPN", "2023-05-03");
    assert_eq!(first["said"], "2023-05-03T00:00:00.000000Z");
    assert_eq!(standing(cwd, subject, &[]), "disputed");
    assert_eq!(
        standing(cwd, subject, &["--said-by", "2023-05-31"]),
        "confirmed"
    );
    let known = first["recorded"].as_str().unwrap().to_owned();
    // The denial was of another day, and the plan was taken back.
    let corrected = answer(
        cwd,
        &here(&[
            "statement",
            "correct",
            "denial",
            "--said",
            "2023-04-30",
            "--role",
            "an envoy",
        ]),
    );
    assert_eq!(corrected["replaces"], "denial");
    assert_eq!(
        corrected["speaker"],
        json!({"name": null, "role": "an envoy", "party": "FRA"})
    );
    answer(
        cwd,
        &here(&[
            "statement",
            "add",
            "--id",
            "back",
            "--subject",
            subject,
            "--point",
            "date",
            "--stance",
            "corrected",
            "--party",
            "JPN",
            "--said",
            "2023-07-01",
            "--text",
            "no",
            "--corrects",
            "plan",
        ]),
    );
    assert_eq!(standing(cwd, subject, &[]), "denied");
    assert_eq!(
        standing(cwd, subject, &["--said-by", "2023-05-02"]),
        "denied"
    );
    assert_eq!(
        standing(cwd, subject, &["--said-by", "2023-06-30"]),
        "disputed"
    );
    // What the office knew before: the denial of the wrong day.
    let then = ["--said-by", "2023-05-31", "--recorded-by", known.as_str()];
    assert_eq!(standing(cwd, subject, &then), "confirmed");
    // What was replaced stays, says so, and cannot be replaced again.
    let old = answer(cwd, &here(&["statement", "show", "denial"]));
    assert_eq!(old["replaced_by"], corrected["id"]);
    let again = legation(
        cwd,
        &here(&["statement", "correct", "denial", "--text", "x"]),
    );
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("statement.gone"));
    let retracted = answer(
        cwd,
        &here(&[
            "statement",
            "retract",
            "back",
            "--reason",
            "it was somebody else",
        ]),
    );
    assert_eq!(retracted["inside"]["reason"], "it was somebody else");
    assert_eq!(standing(cwd, subject, &[]), "disputed");
    for (arguments, code) in [
        (
            &["--party", "FRA", "--said", "2999-01-01"][..],
            "statement.future",
        ),
        (&["--said", "2023-01-01"], "statement.no-speaker"),
    ] {
        let rest = [
            "statement",
            "add",
            "--subject",
            subject,
            "--point",
            "date",
            "--text",
            "x",
            "--stance",
            "denied",
        ];
        let refused = legation(cwd, &here(&[&rest[..], arguments].concat()));
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            refused.status.code() == Some(1) && said.contains(code),
            "{said}"
        );
    }
    let page = answer(cwd, &here(&["statement", "timeline", subject]));
    let listed = answer(cwd, &here(&["statement", "list", "--subject", subject]));
    assert_eq!(listed["statements"].as_array().unwrap().len(), 4);
    let people = legation(cwd, &here(&["statement", "timeline", subject]));
    let people = String::from_utf8(people.stdout).unwrap();
    assert!(
        people.contains("disputed") && people.contains("replaced by"),
        "{people}"
    );
    // An office that starts again tells the same.
    assert_eq!(serving.stop(), Some(0));
    let verified = answer(cwd, &["journal", "verify", "office"]);
    assert_eq!(
        verified["faults"].as_array().map_or(0, Vec::len),
        0,
        "{verified}"
    );
    let serving = serve(cwd);
    let again = answer(cwd, &here(&["statement", "timeline", subject]));
    assert_eq!(
        (&page["points"], &page["timeline"]),
        (&again["points"], &again["timeline"])
    );
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn a_party_sees_what_was_said_about_its_own_agreement() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving = open(cwd);
    for (code, status) in [("JPN", "partner"), ("KOR", "partner")] {
        let party = ["party", "add", code, "--name", code, "--status", status];
        answer(cwd, &here(&party));
    }
    let file = samples().join("nato-jpn.md");
    std::fs::copy(&file, cwd.join("nato-jpn.md")).unwrap();
    answer(cwd, &here(&["agreement", "table", "nato-jpn.md"]));
    add(
        cwd,
        "signing",
        "agreement:nato-jpn",
        "confirmed",
        "JPN",
        "2023-07-12",
    );
    add(cwd, "hidden", "matter:other", "denied", "JPN", "2023-07-12");
    let unknown = legation(
        cwd,
        &here(&[
            "statement",
            "add",
            "--subject",
            "office:nowhere",
            "--point",
            "date",
            "--stance",
            "denied",
            "--party",
            "FRA",
            "--said",
            "2023-01-01",
            "--text",
            "x",
        ]),
    );
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("statement.unknown-subject"), "{said}");
    let as_party = |code: &str, arguments: &[&str]| {
        let made = answer(cwd, &here(&["client", "add", code, "desk"]));
        let token = made["password"].as_str().unwrap().to_owned();
        let office = [
            "--office",
            serving.url.as_str(),
            "--token",
            token.as_str(),
            "--json",
        ];
        let output = legation(cwd, &[arguments, &office].concat());
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(text).unwrap())
    };
    let (code, own) = as_party("JPN", &["statement", "list"]);
    let own: Value = serde_json::from_str(&own).unwrap();
    assert_eq!(code, Some(0));
    assert_eq!(own["statements"].as_array().unwrap().len(), 1);
    assert_eq!(own["statements"][0]["inside"], Value::Null);
    let (_, page) = as_party("JPN", &["statement", "timeline", "agreement:nato-jpn"]);
    assert!(page.contains("\"confirmed\""), "{page}");
    // Who is no side of it gets what whoever asks for nothing gets.
    let (code, hidden) = as_party("KOR", &["statement", "timeline", "agreement:nato-jpn"]);
    let (_, nothing) = as_party("KOR", &["statement", "timeline", "agreement:nato-xyz"]);
    assert_eq!((code, &hidden), (Some(1), &nothing));
    for arguments in [
        ["statement", "show", "hidden"],
        ["statement", "timeline", "matter:other"],
    ] {
        let (code, said) = as_party("JPN", &arguments);
        assert!(
            code == Some(1) && said.contains("engine.not-found"),
            "{said}"
        );
    }
    for arguments in [["press", "list"], ["press", "proposals"], ["alias", "list"]] {
        let (code, said) = as_party("JPN", &arguments);
        assert!(
            code == Some(1) && said.contains("engine.forbidden"),
            "{said}"
        );
    }
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn the_page_on_statements_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    crate::press::props(cwd);
    let mut walk = Walk::of(cwd);
    let commands = commands(PAGE);
    assert!(commands.len() > 15, "{}", commands.len());
    let mut timelines = Vec::new();
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        if line.starts_with("legation statement timeline") {
            timelines.push(said.clone());
        }
        if line == "legation press proposals --dir office" {
            assert!(said.contains("proposal-"), "{said}");
        }
    }
    let holds = ["disputed", "confirmed", "taken back|confirmed"];
    for (timeline, standing) in timelines.iter().zip(holds) {
        assert!(
            standing.split('|').any(|one| timeline.contains(one)),
            "{timeline}"
        );
    }
    assert!(
        timelines[2].contains("No longer counts"),
        "{}",
        timelines[2]
    );
}
