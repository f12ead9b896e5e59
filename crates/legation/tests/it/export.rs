//! `legation export`, held against the journal of a directory that 0.1.0 left, and of a running
//! office.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::act::{Act, Entry};
use legation_core::entry::commitment;
use legation_core::id::{Digest, EntryNumber};
use legation_journal::{Journal as _, LmdbJournal};
use serde_json::Value;

use crate::office::{Serving, answer, legation};
use crate::released::unpack;

/// The lines of an export; it must succeed.
fn export(cwd: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = legation(cwd, &[&["export", "office"], arguments].concat());
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The journal itself: frames, nonces, and what is in them.
fn journal(cwd: &Path) -> Vec<(Vec<u8>, [u8; 32], Entry)> {
    let journal = LmdbJournal::open_read_only(&cwd.join("office/journal")).unwrap();
    let mut entries = Vec::new();
    journal
        .read(EntryNumber(0), &mut |_, frame, nonce| {
            entries.push((frame.to_vec(), *nonce, Entry::decode(frame).unwrap()));
            ControlFlow::Continue(())
        })
        .unwrap();
    entries
}

fn holds_what_the_journal_holds(cwd: &Path) {
    let lines = export(cwd, &["--bodies", "--frames"]);
    let entries = journal(cwd);
    assert_eq!(lines.len(), entries.len());
    let mut kinds = BTreeMap::new();
    for (line, (frame, nonce, entry)) in lines.iter().zip(&entries) {
        assert_eq!(line["number"], entry.number.0);
        assert_eq!(line["at"], entry.at.to_string());
        assert_eq!(line["actor"], entry.actor.to_string());
        assert_eq!(line["frame"], STANDARD.encode(frame));
        assert_eq!(line["nonce"], STANDARD.encode(nonce));
        // RFC 6962 section 2.1, over the commitment.
        let leaf = [&[0], commitment(nonce, frame).as_bytes().as_slice()].concat();
        assert_eq!(line["leaf"], STANDARD.encode(Digest::of(&leaf).as_bytes()));
        let kind = line["act"]["kind"].as_str().unwrap();
        assert_ne!(kind, "other", "{line}");
        *kinds.entry(kind.to_owned()).or_insert(0) += 1;
        bodies_are_those_that_were_filed(line, entry);
    }
    let named: Vec<&str> = kinds.keys().map(String::as_str).collect();
    for kind in [
        "open",
        "add-party",
        "add-key",
        "add-client",
        "revoke-client",
        "add-person",
        "file",
        "table-agreement",
        "sign-agreement",
        "suspend-agreement",
        "resume-agreement",
        "withdraw",
        "erase",
        "release",
    ] {
        assert!(named.contains(&kind), "{kind}: {named:?}");
    }
}

fn bodies_are_those_that_were_filed(line: &Value, entry: &Entry) {
    let Act::File(file) = &entry.act else {
        assert!(line.get("bodies").is_none(), "{line}");
        return;
    };
    let bodies = line["bodies"].as_array().unwrap();
    assert_eq!(bodies.len(), file.records.len());
    let mut gone = 0;
    for ((body, head), told) in bodies
        .iter()
        .zip(&file.records)
        .zip(line["act"]["records"].as_array().unwrap())
    {
        assert_eq!(told["id"], head.id.as_str());
        assert_eq!(told["sha256"], head.digest.to_string());
        match body.as_str() {
            Some(text) => assert_eq!(Digest::of(text.as_bytes()), head.digest, "{}", head.id),
            None => gone += 1,
        }
    }
    assert_eq!(gone, 1, "one record of the directory was erased");
}

#[test]
fn an_export_equals_the_journal_stopped_and_running() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    unpack("0.1.0", cwd);
    holds_what_the_journal_holds(cwd);

    // Records that are named by number in the journal are named by id here.
    let lines = export(cwd, &[]);
    let erased = lines
        .iter()
        .find(|line| line["act"]["kind"] == "erase")
        .unwrap();
    let id = "malware--9d3f4a52-6c7b-4d8e-a1f2-0b1c2d3e4f50";
    assert_eq!(erased["act"]["records"][0]["id"], id);
    assert!(lines[0].get("frame").is_none() && lines[0].get("bodies").is_none());
    let rest = export(cwd, &["--from", "15"]);
    assert_eq!(rest, lines[15..]);

    // Running, it holds the new entries too.
    let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
    let kor = [
        "party", "add", "KOR", "--name", "Korea", "--status", "partner", "--dir", "office",
    ];
    answer(cwd, &kor);
    let running = export(cwd, &[]);
    assert_eq!(running[..lines.len()], lines[..]);
    assert_eq!(running.last().unwrap()["act"]["party"], "KOR");
    assert_eq!(serving.stop(), Some(0));
    holds_what_the_journal_holds(cwd);
}

#[test]
fn an_export_into_a_file_overwrites_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    unpack("0.1.0", cwd);
    let told = answer(cwd, &["export", "office", "--out", "journal.jsonl"]);
    assert_eq!(told["entries"], 21);
    let text = std::fs::read_to_string(cwd.join("journal.jsonl")).unwrap();
    assert_eq!(text.lines().count(), 21);
    let again = legation(cwd, &["export", "office", "--out", "journal.jsonl"]);
    assert_eq!(again.status.code(), Some(1));
    let nowhere = legation(cwd, &["export", "nowhere"]);
    assert_eq!(nowhere.status.code(), Some(1));
}
