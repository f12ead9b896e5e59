//! The README, read by a machine: its commands are run as they stand, in order.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::office::{Serving, command};

const README: &str = include_str!("../../../../README.md");

/// The first fenced block of that language after a heading.
fn block(heading: &str, language: &str) -> String {
    let after = README.split(heading).nth(1).unwrap();
    let fence = format!("```{language}\n");
    after
        .split(&fence)
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap()
        .to_owned()
}

/// The files that the commands name: what a partner sends, and what the office has to file.
pub(crate) fn props(cwd: &Path) {
    let key = cwd.join("jpn");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "jpn", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    let agreement = cwd.join("nato-jpn.md");
    std::fs::write(&agreement, block("Markdown with TOML in front", "text")).unwrap();
    let signed = Command::new("ssh-keygen")
        .args(["-Y", "sign", "-n", "legation-agreement", "-f"])
        .arg(&key)
        .arg(&agreement)
        .output()
        .unwrap();
    assert!(signed.status.success());
    std::fs::rename(cwd.join("nato-jpn.md.sig"), cwd.join("nato-jpn.md.jpn.sig")).unwrap();
    let bundle = r#"{"type":"bundle","id":"bundle--2f0f3f6e-2b1c-4c57-8d52-9b8b7c0f4e21","objects":[
        {"type":"indicator","spec_version":"2.1","id":"indicator--6f0f3f6e-2b1c-4c57-8d52-9b8b7c0f4e21",
         "created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z",
         "pattern":"[ipv4-addr:value = '192.0.2.1']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z",
         "object_marking_refs":["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"]}]}"#;
    std::fs::write(cwd.join("bundle.json"), bundle).unwrap();
    std::fs::write(cwd.join("event.json"), crate::misp::EVENT).unwrap();
}

#[test]
fn an_office_of_ones_own_in_the_commands_of_the_readme() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    let mut environment: BTreeMap<&str, String> = BTreeMap::new();
    let mut serving = None;
    let mut ran = 0;
    for line in block("## An office of your own", "console").lines() {
        let line = line.strip_prefix("$ ").unwrap();
        let words = words(line);
        match words.first().map(String::as_str) {
            Some("legation") if line.ends_with('&') => {
                let office = words.get(2).unwrap();
                // The port of the README may be taken here.
                let arguments = ["serve", office, "--listen", "127.0.0.1:0"];
                serving = Some(Serving::start(cwd, &arguments));
            }
            Some("legation") => {
                let output = command(cwd)
                    .args(&words[1..])
                    .envs(&environment)
                    .output()
                    .unwrap();
                assert!(
                    output.status.success(),
                    "{line}: {}{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                );
                if words.get(1).is_some_and(|verb| verb == "why") {
                    let said = String::from_utf8(output.stdout).unwrap();
                    assert!(said.contains("released"), "{said}");
                }
            }
            Some("export") => {
                let token = std::fs::read_to_string(cwd.join("office/chief.token")).unwrap();
                environment.insert("LEGATION_OFFICE", serving.as_ref().unwrap().url.clone());
                environment.insert("LEGATION_TOKEN", token);
            }
            other => panic!("the README has a command that this test cannot run: {other:?}"),
        }
        ran += 1;
    }
    assert!(ran > 10);
    assert_eq!(serving.unwrap().stop(), Some(0));
}

#[test]
fn a_silence_procedure_in_the_six_commands_of_the_readme() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    for (file, text) in [
        ("office.md", "An office."),
        ("office-2.md", "A small office."),
    ] {
        std::fs::write(cwd.join(file), text).unwrap();
    }
    let init = "init office --alliance NATO --name NATO --office Tokyo";
    crate::office::answer(cwd, &init.split(' ').collect::<Vec<_>>());
    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    let token = std::fs::read_to_string(cwd.join("office/chief.token")).unwrap();
    let commands = block("## A silence procedure in six commands", "console");
    let mut said = Vec::new();
    for line in commands.lines() {
        let words = words(line.strip_prefix("$ legation ").unwrap());
        let output = command(cwd)
            .args(&words)
            .env("LEGATION_OFFICE", &serving.url)
            .env("LEGATION_TOKEN", token.trim())
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {complaint}");
        said.push(String::from_utf8(output.stdout).unwrap());
    }
    let [_, tabled, reserved, broken, amended, shown] = said.try_into().unwrap();
    for open in [tabled, reserved, amended] {
        assert!(open.contains(": open until 2199-"), "{open}");
    }
    assert!(broken.starts_with("tokyo: broken at "), "{broken}");
    assert!(
        broken.lines().next().unwrap().ends_with("by AUT"),
        "{broken}"
    );
    assert!(
        shown.contains("A small office.") && shown.contains("amends"),
        "{shown}"
    );
    assert_eq!(serving.stop(), Some(0));
}

/// Splits a line as a shell would that knows double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in line.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
