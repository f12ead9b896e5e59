//! MISP's own tools judge the feed of a running office and the STIX that it makes of an event:
//! PyMISP loads every file, `misp-stix` converts both ways, the reference validator finds no error.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::office::{Serving, answer, legation};

/// An event with something of everything, made here.
pub(crate) const EVENT: &str = include_str!("../../../formats/src/misp/tests/event.json");

/// What the tools are asked. It prints one JSON document.
const JUDGE: &str = r#"
import json, pathlib, sys
from pymisp import MISPEvent
from misp_stix_converter import ExternalSTIX2toMISPParser, MISPtoSTIX21Parser
from stix2.parsing import parse
from stix2validator import ValidationOptions, validate_string

folder, bundle = pathlib.Path(sys.argv[1]), json.load(open(sys.argv[2]))
manifest = json.loads((folder / "manifest.json").read_text())
listed = [line.split(",") for line in (folder / "hashes.csv").read_text().splitlines()]
told = {"events": [], "errors": [], "values": [], "hashes": True}
for uuid, entry in manifest.items():
    event = MISPEvent()
    event.load_file(str(folder / (uuid + ".json")))
    assert event.uuid == uuid and event.info == entry["info"], entry
    assert event.Orgc.name == entry["Orgc"]["name"], entry
    assert int(event.timestamp.timestamp()) == int(entry["timestamp"]), entry
    hashes = {value for one in event.attributes for value in one.hash_values("md5")}
    told["hashes"] &= hashes == {value for value, of in listed if of == uuid}
    told["values"] += [one.value for one in event.attributes]
    told["events"].append(event.info)
    back = MISPtoSTIX21Parser()
    back.parse_json_file(folder / (uuid + ".json"))
    told["errors"] += [str(one) for errors in back.errors.values() for one in errors]
there = ExternalSTIX2toMISPParser()
there.load_stix_bundle(parse(bundle, allow_custom=True))
there.parse_stix_bundle()
told["errors"] += [str(one) for errors in there.errors.values() for one in errors]
told["converted"] = [there.misp_events.info] if not isinstance(there.misp_events, list) else [one.info for one in there.misp_events]
judged = validate_string(json.dumps(bundle), ValidationOptions(version="2.1"))
told["errors"] += [str(error) for error in judged.errors or []]
told["valid"] = judged.is_valid
print(json.dumps(told))
"#;

/// Asks the tools; none where their environment is not there.
fn judge(cwd: &Path, feed: &str, bundle: &str) -> Option<Value> {
    let python = std::env::var_os("LEGATION_VENV")?;
    let mut child = Command::new(python)
        .args(["-", feed, bundle])
        .current_dir(cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(JUDGE.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn the_tools_of_misp_take_what_an_office_hands_out() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    let init = [
        "init",
        "office",
        "--alliance",
        "NATO",
        "--name",
        "North Atlantic Treaty Organization",
    ];
    answer(cwd, &[&init[..], &["--office", "Tokyo"]].concat());
    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    std::fs::write(cwd.join("event.json"), EVENT).unwrap();
    let file = ["file", "--area", "cyber", "event.json", "--dir", "office"];
    let filed = answer(cwd, &file);
    let refused = filed["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 2, "{filed}");
    assert!(
        refused
            .iter()
            .all(|one| one["reason"] == "misp.malformed-value")
    );
    let again = answer(cwd, &file);
    assert_eq!(
        (&again["filed"], &again["unchanged"]),
        (&json!(0), &filed["filed"])
    );

    let export = ["export", "--misp-feed", "NATO", "feed", "--dir", "office"];
    assert_eq!(answer(cwd, &export)["events"], 1);
    let list = |cwd: &Path| {
        let files = std::fs::read_dir(cwd.join("feed")).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(list(cwd).len(), 3);
    let manifest = std::fs::read(cwd.join("feed/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let (event, entry) = manifest.as_object().unwrap().iter().next().unwrap();
    assert_eq!(entry["info"], "Phishing wave against harbours");
    assert!(list(cwd).contains(&format!("{event}.json")));

    // What was filed, as the office holds it.
    let journal = legation(cwd, &["export", "office", "--bodies"]);
    let objects: Vec<Value> = String::from_utf8(journal.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| line["bodies"].as_array().cloned())
        .flatten()
        .map(|body| serde_json::from_str(body.as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(objects.len() as u64, filed["filed"].as_u64().unwrap());
    let bundle = json!({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects});
    std::fs::write(cwd.join("bundle.json"), bundle.to_string()).unwrap();
    match judge(cwd, "feed", "bundle.json") {
        None => println!("corpus not present: LEGATION_VENV"),
        Some(told) => {
            assert_eq!(told["errors"], json!([]), "{told}");
            assert_eq!(
                (&told["valid"], &told["hashes"]),
                (&json!(true), &json!(true))
            );
            assert_eq!(told["events"], json!(["Phishing wave against harbours"]));
            assert_eq!(told["converted"], told["events"]);
            let values: Vec<&str> = told["values"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one.as_str().unwrap())
                .collect();
            let event: Value = serde_json::from_str(EVENT).unwrap();
            for attribute in event["Event"]["Attribute"].as_array().unwrap() {
                let value = attribute["value"].as_str().unwrap();
                let is_refused = ["not an address", "xyz"].contains(&value);
                assert_eq!(values.contains(&value), !is_refused, "{value}");
            }
        }
    }

    // What is withdrawn leaves the folder with the next export.
    let report = objects
        .iter()
        .find(|object| object["type"] == "report")
        .unwrap();
    let id = report["id"].as_str().unwrap();
    answer(
        cwd,
        &["withdraw", id, "--reason", "in error", "--dir", "office"],
    );
    answer(cwd, &export);
    assert!(!list(cwd).contains(&format!("{event}.json")));
    let output = legation(
        cwd,
        &["export", "--misp-feed", "XYZ", "feed", "--dir", "office"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(serving.stop(), Some(0));
}
