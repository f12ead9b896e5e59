//! Liaison offices on a running office: the walk of `docs/offices.md`, and what is refused.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::office::{Serving, answer, legation};
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/offices.md");

#[test]
fn the_page_on_offices_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let mut walk = Walk::of(dir.path());
    let mut said: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (heading, line) in commands(PAGE) {
        println!("{heading}: {line}");
        let answer = walk.step(line);
        said.entry(heading).or_default().push(answer);
    }
    let of = |heading: &str, place: usize| said[heading][place].as_str();
    // The host is told nothing of a proposal, and after it was told, not why.
    assert_eq!(of("From proposal to opening", 8), "no offices\n");
    let told = of("From proposal to opening", 14);
    assert!(told.contains("under negotiation"), "{told}");
    for hidden in [
        "the members wish it",
        "talks",
        "FRA",
        "KOR",
        "a first office",
    ] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    let whole = of("As of any day", 0);
    assert!(
        whole.contains("A. Sato") && whole.contains("decision open-tokyo"),
        "{whole}"
    );
    let before = of("As of any day", 1);
    assert!(
        before.contains("proposed") && !before.contains("A. Sato"),
        "{before}"
    );
    assert!(of("As of any day", 2).contains("under negotiation"));
    assert!(of("As of any day", 3).contains("open"));
}

/// Runs the program; its document and whether it was content.
fn run(cwd: &std::path::Path, arguments: &[&str]) -> (bool, Value) {
    let arguments = [arguments, &["--dir", "office", "--json"]].concat();
    let output = legation(cwd, &arguments);
    let text = match output.stdout.is_empty() {
        true => output.stderr,
        false => output.stdout,
    };
    let document = serde_json::from_slice(&text);
    let shown = String::from_utf8_lossy(&text).into_owned();
    (
        output.status.success(),
        document.unwrap_or_else(|_| panic!("{arguments:?}: {shown}")),
    )
}

#[test]
fn a_status_that_needs_the_members_waits_for_their_decision() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let init = [
        "init",
        "office",
        "--alliance",
        "NATO",
        "--name",
        "N",
        "--office",
        "Brussels",
    ];
    answer(cwd, &init);
    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    for (code, status) in [("FRA", "member"), ("JPN", "partner")] {
        let add = ["party", "add", code, "--name", code, "--status", status];
        assert!(run(cwd, &add).0);
    }
    std::fs::write(cwd.join("text.md"), "A text.").unwrap();
    let refused = |arguments: &[&str]| {
        let (done, document) = run(cwd, arguments);
        assert!(!done, "{document}");
        document["error"]["code"].as_str().unwrap().to_owned()
    };
    let decide = |id: &str, more: &[&str], adopted: bool| {
        let table = [
            "decision",
            "table",
            "text.md",
            "--id",
            id,
            "--title",
            "T",
            "--procedure",
            "meeting",
            "--expires",
            "2099-01-01T00:00:00Z",
        ];
        let tabled = run(cwd, &[&table[..], more].concat());
        assert!(tabled.0, "{}", tabled.1);
        let conclude: &[&str] = match adopted {
            true => &["decision", "conclude", id],
            false => &["decision", "conclude", id, "--no-consensus"],
        };
        let concluded = run(cwd, conclude);
        assert!(concluded.0, "{}", concluded.1);
    };
    let propose = [
        "office", "propose", "tokyo", "--city", "Tokyo", "--host", "JPN", "--reason", "x",
    ];
    assert!(run(cwd, &propose).0);
    assert_eq!(refused(&propose), "liaison.exists");
    decide("talk", &[], true);
    let to = |status: &'static str| ["office", "move", "tokyo", status, "--reason", "x"];
    let by = |status: &'static str, decision: &'static str| {
        [&to(status)[..], &["--decision", decision]].concat()
    };
    assert_eq!(refused(&to("open")), "liaison.step");
    assert_eq!(refused(&to("gone")), "liaison.unknown-status");
    assert_eq!(refused(&to("under-negotiation")), "liaison.no-ground");
    assert_eq!(
        refused(&by("under-negotiation", "nothing")),
        "liaison.unknown-ground"
    );
    assert!(run(cwd, &by("under-negotiation", "talk")).0);
    // Without one, with one that permits nothing, or another office, or that was not adopted.
    decide("vienna", &["--open", "vienna"], true);
    decide("lapsed", &["--open", "tokyo"], false);
    assert_eq!(refused(&to("decided")), "liaison.needs-decision");
    for wrong in ["talk", "vienna", "lapsed", "nothing"] {
        assert_eq!(
            refused(&by("decided", wrong)),
            "liaison.needs-decision",
            "{wrong}"
        );
    }
    decide("tokyo", &["--open", "tokyo"], true);
    let future = [&to("decided")[..], &["--on", "2099-01-01"]].concat();
    assert_eq!(refused(&future), "liaison.day");
    // The adopted decision is found where it is not named.
    let (done, office) = run(cwd, &to("decided"));
    assert!(done, "{office}");
    let last = office["history"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["ground"], json!({"decision": "tokyo"}));
    // House rules may leave more to the members, or nothing.
    std::fs::write(
        cwd.join("house.toml"),
        "[liaison]\nneeds_decision = [\"open\"]\n[[ceiling]]\nup_to = \"RED\"\n",
    )
    .unwrap();
    assert!(run(cwd, &["house", "set", "house.toml"]).0);
    assert_eq!(refused(&by("open", "talk")), "liaison.needs-decision");
    assert!(run(cwd, &by("open", "tokyo")).0);
    assert_eq!(serving.stop(), Some(0));
}
