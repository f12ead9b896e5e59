//! Decisions with the real binary: silence that ends while the office is killed, the proof of what was
//! adopted, and the page on deciding, walked as it stands.

use std::path::Path;
use std::time::{Duration, Instant as Stopwatch};

use legation_core::time::Instant;
use serde_json::{Value, json};

use crate::office::{Serving, answer, legation};
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/decide.md");

/// How long the silence of this test lasts: long enough to put two texts, break one and kill the
/// office on a machine that is busy.
const SILENCE: Duration = Duration::from_secs(20);

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

const FAR: &str = "2199-03-31T18:00[Europe/Brussels]";

fn serve(cwd: &Path) -> Serving {
    Serving::start(cwd, &["serve", "o", "--listen", "127.0.0.1:0"])
}

fn office(cwd: &Path, arguments: &[&str]) -> Value {
    answer(cwd, &[arguments, &["--dir", "o"]].concat())
}

/// The refusal of a command that must fail with 1.
fn refusal(cwd: &Path, arguments: &[&str]) -> Value {
    let output = legation(cwd, &[arguments, &["--json"]].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
}

/// Founds an office with two members and a partner; the tokens of a person of each.
fn found(cwd: &Path) -> (Serving, [String; 3]) {
    let init = "init o --alliance NATO --name NATO --office Tokyo";
    answer(cwd, &init.split(' ').collect::<Vec<_>>());
    let serving = serve(cwd);
    let tokens =
        [("AUT", "member"), ("BEL", "member"), ("JPN", "partner")].map(|(code, status)| {
            let add = ["party", "add", code, "--name", code, "--status", status];
            office(cwd, &add);
            let add = ["person", "add", code, "berg", "--role", "delegate"];
            let link = office(cwd, &add)["link"].as_str().unwrap().to_owned();
            let signed = answer(cwd, &["sign-in", &link]);
            signed["token"].as_str().unwrap().to_owned()
        });
    (serving, tokens)
}

#[test]
fn silence_ends_rightly_while_the_office_is_dead() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    std::fs::write(cwd.join("text.md"), "There shall be an office.\n").unwrap();
    let (serving, [aut, bel, jpn]) = found(cwd);
    let table = |id: &str, more: &[&str]| {
        let base = [
            "decision",
            "table",
            "text.md",
            "--title",
            "An office",
            "--id",
            id,
        ];
        office(cwd, &[&base, more].concat())
    };
    let far = table("far", &["--expires", FAR]);
    // What the office's clock said a moment ago, and so when silence is to end.
    let begun: Instant = far["tabled"].as_str().unwrap().parse().unwrap();
    let end = begun.plus_micros(SILENCE.as_micros() as i64);
    let over = Stopwatch::now() + SILENCE;
    let expires = end.to_string();
    let short = ["--expires", &expires, "--urgent", "a test", "--tell", "JPN"];
    for id in ["kept", "broken"] {
        let tabled = table(id, &short);
        assert_eq!(
            (&tabled["outcome"], &tabled["at"]),
            (&json!("open"), &json!(expires))
        );
    }
    let url = serving.url.clone();
    let of = |token: &str, url: &str, arguments: &[&str]| {
        answer(
            cwd,
            &[arguments, &["--office", url, "--token", token]].concat(),
        )
    };
    let reserve = ["decision", "reserve", "kept", "--text", "not in winter"];
    of(&bel, &url, &reserve);
    let broken = of(
        &aut,
        &url,
        &["decision", "break", "broken", "--reason", "the costs"],
    );
    assert_eq!(broken["outcome"], "broken");
    let hidden = refusal(
        cwd,
        &[
            "decision", "show", "kept", "--office", &url, "--token", &jpn,
        ],
    );
    assert_eq!(hidden["error"]["code"], "engine.not-found");
    serving.kill();
    // Nobody is there when silence ends.
    std::thread::sleep(over.saturating_duration_since(Stopwatch::now()));
    let serving = serve(cwd);
    let url = serving.url.clone();
    for (token, id, outcome) in [
        (&aut, "kept", "adopted"),
        (&bel, "broken", "broken"),
        (&bel, "far", "open"),
    ] {
        let shown = of(token, &url, &["decision", "show", id]);
        assert_eq!(shown["outcome"], outcome, "{shown}");
    }
    let kept = of(&aut, &url, &["decision", "adopted", "kept"]);
    assert_eq!(
        kept["at"],
        json!(expires),
        "adopted at the very instant that was set"
    );
    assert_eq!(kept["positions"][0]["position"], "reservation");
    let not = refusal(cwd, &["decision", "adopted", "broken", "--dir", "o"]);
    assert_eq!(not["outcome"], "broken");
    let adopted = office(cwd, &["decision", "adopted"]);
    assert_eq!(adopted["decisions"].as_array().unwrap().len(), 1);
    // Too late, and told with both times.
    let late = [
        "decision", "break", "kept", "--reason", "no", "--office", &url, "--token", &aut,
    ];
    let late = refusal(cwd, &late);
    assert_eq!(late["error"]["code"], "decision.late");
    let text = late["error"]["text"].as_str().unwrap();
    let shown = of(&bel, &url, &["decision", "show", "kept"]);
    let arrived = shown["late"][0]["at"].as_str().unwrap();
    assert!(text.contains(&expires) && text.contains(arrived), "{text}");
    assert_eq!(shown["outcome"], "adopted");
    // A partner that is told sees the text and that it is adopted, and nothing else.
    let told = of(&jpn, &url, &["decision", "show", "kept"]);
    let keys: Vec<&String> = told.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "at",
            "deadlines",
            "digest",
            "id",
            "outcome",
            "text",
            "title"
        ]
    );
    assert_eq!(
        of(&jpn, &url, &["decision", "list"])["decisions"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    office(cwd, &["decision", "export", "kept", "--out", "whole.json"]);
    let theirs = ["decision", "export", "kept", "--out", "theirs.json"];
    of(&jpn, &url, &theirs);
    assert_eq!(serving.stop(), Some(0));
    prove(cwd, &expires);
    let sound = answer(cwd, &["journal", "verify", "o"]);
    assert_eq!(sound["sound"], true, "{sound}");
    let export = legation(cwd, &["export", "o"]);
    let export = String::from_utf8(export.stdout).unwrap();
    for kind in [
        "table-decision",
        "say-position",
        "late-position",
        "certify-decision",
    ] {
        assert!(export.contains(kind), "{kind}");
    }
}

/// The proofs hold for whoever has the log key, and for nothing else than what they are of.
fn prove(cwd: &Path, expires: &str) {
    let verify = |file: &str, key: &str| {
        let arguments = ["decision", "verify", file, "--log-key", key, "--json"];
        let output = legation(cwd, &arguments);
        let said = serde_json::from_slice::<Value>(&output.stdout).unwrap();
        (output.status.code(), said)
    };
    let key = std::fs::read_to_string(cwd.join("o/keys/log.pub")).unwrap();
    for (file, asked) in [
        ("whole.json", json!(["AUT", "BEL"])),
        ("theirs.json", Value::Null),
    ] {
        for key in ["o/keys/log.pub", key.trim()] {
            let (code, proven) = verify(file, key);
            assert_eq!(code, Some(0), "{proven}");
            assert_eq!((&proven["holds"], &proven["asked"]), (&json!(true), &asked));
            assert_eq!(proven["adopted"], json!(expires));
        }
    }
    let whole = std::fs::read_to_string(cwd.join("whole.json")).unwrap();
    let whole: Value = serde_json::from_str(&whole).unwrap();
    // No position, no reservation and nobody's reason is in it.
    let said = whole.to_string();
    assert!(!said.contains("winter") && !said.contains("the costs"));
    let other = "init p --alliance NATO --name NATO --office Tokyo";
    answer(cwd, &other.split(' ').collect::<Vec<_>>());
    let refuse = |changed: &Value, key: &str, codes: &[&str]| {
        std::fs::write(cwd.join("changed.json"), changed.to_string()).unwrap();
        let (code, said) = verify("changed.json", key);
        let told = said["error"]["code"].as_str().unwrap_or_default();
        assert_eq!(code, Some(1), "{said}");
        assert!(codes.contains(&told), "{said}");
    };
    let key = "o/keys/log.pub";
    let mut changed = whole.clone();
    changed["text"] = json!("There shall be no office.\n");
    refuse(&changed, key, &["decision.proof"]);
    let mut changed = whole.clone();
    changed["certificate"] = whole["tabling"].clone();
    refuse(&changed, key, &["decision.proof"]);
    let mut changed = whole.clone();
    changed["tabling"] = whole["certificate"].clone();
    refuse(&changed, key, &["decision.proof"]);
    for part in ["certificate", "tabling"] {
        let mut changed = whole.clone();
        let frame = whole[part]["frame"].as_str().unwrap();
        let middle = frame.len() / 2;
        let other = if frame.as_bytes()[middle] == b'A' {
            "B"
        } else {
            "A"
        };
        let frame = format!("{}{other}{}", &frame[..middle], &frame[middle + 1..]);
        changed[part]["frame"] = json!(frame);
        refuse(&changed, key, &["tree.proof-root"]);
    }
    // The key of an office of the same name.
    let output = legation(
        cwd,
        &[
            "decision",
            "verify",
            "whole.json",
            "--log-key",
            "p/keys/log.pub",
            "--json",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn the_page_on_deciding_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    for (file, text) in [
        ("office.md", "There shall be an office in Tokyo.\n"),
        ("office-2.md", "There shall be a small office in Tokyo.\n"),
        ("statement.md", "We welcome the office.\n"),
    ] {
        std::fs::write(cwd.join(file), text).unwrap();
    }
    let mut walk = Walk::of(cwd);
    let commands = commands(PAGE);
    assert!(commands.len() > 20, "{}", commands.len());
    let begun = Stopwatch::now();
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        for (verb, outcome) in [
            ("legation decision break", ": broken at"),
            ("legation decision amended", ": open until"),
            ("legation decision verify", "was adopted at"),
            ("legation decision conclude", ": adopted at"),
            ("legation decision withdraw", ": withdrawn at"),
        ] {
            if line.starts_with(verb) {
                assert!(said.contains(outcome), "{line}: {said}");
            }
        }
    }
    assert!(begun.elapsed() < PATIENCE * 10);
    assert_eq!(
        walk.serving.take().map(Serving::stop),
        None,
        "the page stops its office"
    );
}
