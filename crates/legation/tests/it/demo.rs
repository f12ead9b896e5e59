//! The demo, run by the real binary as a newcomer runs it.

use crate::corpus::corpus;
use crate::office::{Serving, answer, legation};

fn demo(arguments: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let line = [&["demo", "--once", "--listen", "127.0.0.1:0"], arguments].concat();
    let output = legation(dir.path(), &line);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
fn the_demo_shows_what_it_promises() {
    let said = demo(&[]);
    for line in [
        "What each party sees now",
        "gate.level-exceeds",
        "An amendment, rehearsed",
        "4 views moved, each by what the rehearsal had said.",
        "the host suspends nato-aus",
        "of others AUS now sees 0",
        "inclusion and signature verify with",
        "silence runs on A liaison office in Tokyo",
        "`tokyo` becomes decided only by a decision",
        "  FRA reads of 1 decisions and 1 offices",
        "  JPN reads of 0 decisions and 0 offices",
        "  opening     disputed",
        "  talks       confirmed",
        "FRA, who takes no part, reads of 0 consultations",
        "USA is told: there is no consensus on",
        "merged into training-1: taught where it is tried",
        "dropped: points of contact are kept",
        "  JPN reads: aoki confirmed, baba confirmed, chiba waiting 1",
        "  JPN reads: aoki withdrawn, baba confirmed, chiba confirmed",
        "  KOR reads: nobody",
        "sign the next version before the summit",
    ] {
        assert!(said.contains(line), "no `{line}` in\n{said}");
    }
}

/// What the README shows is what the demo prints.
#[test]
fn the_readme_shows_lines_of_the_demo() {
    let readme = include_str!("../../../../README.md");
    let shown = readme.split("<!-- demo output: begin -->").nth(1).unwrap();
    let shown = shown.split("<!-- demo output: end -->").next().unwrap();
    let said = demo(&[]);
    let lines = shown
        .lines()
        .filter(|line| !line.starts_with("```") && !line.trim().is_empty());
    let mut count = 0;
    for line in lines {
        assert!(
            said.lines().any(|told| told == line),
            "the demo does not print `{line}`\n{said}"
        );
        count += 1;
    }
    assert!(count >= 3);
}

#[test]
fn a_bundle_of_the_users_goes_in_whole() {
    let Some(bundle) = corpus("attack/enterprise-attack.json") else {
        return;
    };
    let said = demo(&["--bundle", bundle.to_str().unwrap()]);
    assert!(said.contains("The host filed 24769 objects"), "{said}");
    assert!(!said.contains("refused:"), "{said}");
}

/// Without `--once` it serves, and the commands that it names work on its directory.
#[test]
fn the_demo_goes_on_serving() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let serving =
        Serving::start_after(cwd, &["demo", "--dir", "office", "--listen", "127.0.0.1:0"]);
    let parties = answer(cwd, &["party", "list", "--dir", "office"]);
    assert_eq!(parties["parties"].as_array().unwrap().len(), 9);
    assert_eq!(serving.stop(), Some(0));
    let findings = legation(cwd, &["journal", "verify", "office"]);
    assert!(findings.status.success());
}
