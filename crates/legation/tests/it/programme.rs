//! Programmes through the command line and the API of a running office: what each side says, what
//! nobody else may see, and how nothing vanishes.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::office::{Serving, answer, command, legation};
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/programmes.md");

fn file(id: &str, version: u32, heritage: &str, goals: &[&str]) -> String {
    let goals: String = goals
        .iter()
        .map(|goal| {
            format!(
                "[[objective.goal]]\nid = '{goal}'\narea = 'cyber'\ntitle = 'About {goal}'\ndue = 2020-06-30\n"
            )
        })
        .collect();
    format!(
        "+++\nid = '{id}'\ntitle = 'Tailored Programme'\nversion = {version}\nparties = ['NATO', 'JPN']\n\
         in_force = 2020-01-01T00:00:00Z\n{heritage}\n\
         [[take]]\narticle = '1'\narea = 'cyber'\nup_to = 'GREEN'\n\
         [[objective]]\ntitle = 'Strengthen dialogue'\n{goals}+++\n# 1. Taking\n"
    )
}

fn key(cwd: &Path, name: &str) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
        .arg(cwd.join(name))
        .status();
    assert!(made.unwrap().success());
}

const PLAN: &str = "[[transition]]\ngoal = 'old-1'\nto = 'cyber-1'\n\
    [[transition]]\ngoal = 'old-2'\nmerged = 'cyber-1'\nreason = 'one work'\n\
    [[transition]]\ngoal = 'old-3'\ndropped = 'nobody to do it'\n";

/// What the page and the tests work on.
fn props(cwd: &Path) {
    key(cwd, "jpn");
    let write = |name: &str, text: String| std::fs::write(cwd.join(name), text).unwrap();
    write(
        "nato-jpn-1.md",
        file("nato-jpn", 1, "", &["cyber-1", "cyber-2"]),
    );
    write(
        "ipcp-2014.md",
        file("ipcp-2014", 1, "", &["old-1", "old-2", "old-3"]),
    );
    write("plan.toml", PLAN.to_owned());
    let told = "[[transition]]\ngoal = 'cyber-2'\nmerged = 'cyber-1'\nreason = 'one work'\n";
    write(
        "nato-jpn-2.md",
        file("nato-jpn", 2, told, &["cyber-1", "cyber-3"]),
    );
    write(
        "silent.md",
        file("nato-jpn", 2, "", &["cyber-1", "cyber-3"]),
    );
}

#[test]
fn the_page_on_programmes_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    let cwd = dir.path();
    props(cwd);
    let mut walk = Walk::of(cwd);
    let commands = commands(PAGE);
    assert!(commands.len() > 15, "{}", commands.len());
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        if line == "legation programme show ipcp-2014 --dir office" {
            for told in [
                "carried over: cyber-1",
                "merged: cyber-1",
                "dropped",
                "nobody to do it",
            ] {
                assert!(said.contains(told), "{said}");
            }
        }
        if line == "legation programme report JPN --dir office" {
            assert!(said.contains("## Goals by status"), "{said}");
        }
    }
    let page = std::fs::read_to_string(cwd.join("jpn.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("<svg"));
    let xml = std::fs::read_to_string(cwd.join("jpn.xml")).unwrap();
    assert!(xml.contains("Type=\"Performance_Report\"") && xml.contains("goal.nato-jpn.cyber-1"));
    assert_eq!(walk.serving.take().unwrap().stop(), Some(0));
}

/// An office that serves, with JPN and AUS, an agreement with JPN that is signed, and their tokens.
struct Scene {
    dir: tempfile::TempDir,
    serving: Serving,
    jpn: String,
    aus: String,
}

impl Scene {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cwd = dir.path();
        props(cwd);
        let init = [
            "init",
            "office",
            "--alliance",
            "NATO",
            "--name",
            "Alliance",
            "--office",
            "Tokyo",
        ];
        answer(cwd, &init);
        let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
        let chief = |words: &[&str]| answer(cwd, &[words, &["--dir", "office"]].concat());
        let add = |code, name| {
            chief(&[
                "party", "add", code, "--name", name, "--status", "partner", "--key", "jpn.pub",
            ])
        };
        add("JPN", "Japan");
        chief(&[
            "party",
            "add",
            "AUS",
            "--name",
            "Australia",
            "--status",
            "partner",
        ]);
        let token = |party| {
            let made = chief(&["client", "add", party, "soc"]);
            made["password"].as_str().unwrap().to_owned()
        };
        let (jpn, aus) = (token("JPN"), token("AUS"));
        chief(&["agreement", "table", "nato-jpn-1.md"]);
        let scene = Self {
            serving,
            jpn,
            aus,
            dir,
        };
        scene.sign("nato-jpn-1.md", "1");
        scene
    }

    fn chief(&self, words: &[&str]) -> Value {
        answer(self.dir.path(), &[words, &["--dir", "office"]].concat())
    }

    /// The code with which a command is refused.
    fn refused(&self, words: &[&str]) -> Value {
        let output = legation(self.dir.path(), &[words, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        let from = text.find('{').unwrap();
        serde_json::from_str::<Value>(&text[from..]).unwrap()["error"].clone()
    }

    fn of(&self, token: &str, words: &[&str]) -> Value {
        let there = ["--office", &self.serving.url, "--token", token];
        answer(self.dir.path(), &[words, &there].concat())
    }

    fn refused_to(&self, token: &str, words: &[&str]) -> Value {
        let there = ["--office", &self.serving.url, "--token", token];
        self.refused(&[words, &there].concat())
    }

    fn sign(&self, file: &str, version: &str) {
        let cwd = self.dir.path();
        for (party, key) in [("NATO", "office/keys/host"), ("JPN", "jpn")] {
            let out = format!("{party}-{version}.sig");
            let signed = command(cwd)
                .args(["agreement", "sign", file, "--key", key, "--out", &out])
                .output()
                .unwrap();
            assert!(
                signed.status.success(),
                "{}",
                String::from_utf8_lossy(&signed.stderr)
            );
            let accept = ["agreement", "accept", "nato-jpn", "--version", version];
            self.chief(&[&accept[..], &["--party", party, "--signature", &out]].concat());
        }
    }
}

fn goal<'v>(programme: &'v Value, id: &str) -> &'v Value {
    let mut goals = programme["goals"].as_array().unwrap().iter();
    goals.find(|goal| goal["id"] == id).unwrap()
}

#[test]
fn two_sides_say_how_far_a_goal_has_come_and_nobody_else_knows_of_it() {
    let scene = Scene::open();
    let show = ["programme", "show", "nato-jpn"];
    let report = |status| ["programme", "report-status", "nato-jpn", "cyber-1", status];
    // Its day has passed, whoever says what.
    assert_eq!(goal(&scene.chief(&show), "cyber-1")["status"], "late");
    let said = scene.chief(&report("done"));
    assert_eq!(goal(&said, "cyber-1")["status"], "disputed");
    let said = scene.of(&scene.jpn, &report("done"));
    assert_eq!(goal(&said, "cyber-1")["status"], "done");
    assert_eq!(goal(&said, "cyber-1")["overdue"], false);
    assert_eq!(goal(&said, "cyber-1")["words"].as_array().unwrap().len(), 2);

    // A reason, a goal that is there, and no circle.
    let dropped = [
        "programme",
        "report-status",
        "nato-jpn",
        "cyber-2",
        "dropped",
    ];
    assert_eq!(
        scene.refused_to(&scene.jpn, &dropped)["code"],
        "programme.no-reason"
    );
    let merge = |goal, into| {
        [
            "programme",
            "report-status",
            "nato-jpn",
            goal,
            "merged",
            "--into",
            into,
            "--note",
            "one",
        ]
    };
    assert_eq!(
        scene.refused_to(&scene.jpn, &merge("cyber-2", "cyber-9"))["code"],
        "programme.unknown-goal"
    );
    scene.of(&scene.jpn, &merge("cyber-2", "cyber-1"));
    assert_eq!(
        scene.refused_to(&scene.jpn, &merge("cyber-1", "cyber-2"))["code"],
        "programme.circle"
    );

    // Nobody else knows of it, and what is not there looks the same.
    let list = scene.of(&scene.aus, &["programme", "list"]);
    assert_eq!(list["programmes"], json!([]));
    let absent = scene.refused_to(&scene.aus, &["programme", "show", "nato-xyz"]);
    for words in [&show[..], &report("late"), &["programme", "report", "JPN"]] {
        assert_eq!(scene.refused_to(&scene.aus, words), absent, "{words:?}");
    }
    assert_eq!(scene.serving.stop(), Some(0));
}

#[test]
fn no_goal_vanishes_when_a_new_version_takes_the_place_of_the_old() {
    let scene = Scene::open();
    for verb in ["check", "table", "rehearse"] {
        let refused = scene.refused(&["agreement", verb, "silent.md", "--dir", "office"]);
        assert_eq!(refused["code"], "agreement.unaccounted-goal", "{verb}");
        assert!(
            refused["text"]
                .as_str()
                .unwrap()
                .contains("`cyber-2` of `nato-jpn`"),
            "{refused}"
        );
        assert_eq!(refused["where"], "line 4, column 11");
    }
    scene.chief(&["agreement", "table", "nato-jpn-2.md"]);
    scene.sign("nato-jpn-2.md", "2");
    let programme = scene.of(&scene.jpn, &["programme", "show", "nato-jpn"]);
    assert_eq!(programme["version"], 2);
    let gone = &goal(&programme, "cyber-2")["outcome"];
    assert_eq!(
        (&gone["fate"], &gone["heir"], &gone["version"]),
        (&json!("merged"), &json!("cyber-1"), &json!(2))
    );
    let late = ["programme", "report-status", "nato-jpn", "cyber-2", "done"];
    assert_eq!(
        scene.refused_to(&scene.jpn, &late)["code"],
        "programme.goal-over"
    );

    scene.chief(&["programme", "import", "ipcp-2014.md"]);
    let again = scene.refused(&["programme", "import", "ipcp-2014.md", "--dir", "office"]);
    assert_eq!(again["code"], "programme.exists");
    std::fs::write(
        scene.dir.path().join("part.toml"),
        PLAN.split("[[transition]]\ngoal = 'old-3'").next().unwrap(),
    )
    .unwrap();
    let pass = |plan| {
        [
            "programme",
            "transition",
            "ipcp-2014",
            "nato-jpn",
            "--plan",
            plan,
            "--dir",
            "office",
        ]
    };
    assert_eq!(
        scene.refused(&pass("part.toml"))["code"],
        "agreement.unaccounted-goal"
    );
    answer(scene.dir.path(), &pass("plan.toml"));
    assert_eq!(
        scene.refused(&pass("plan.toml"))["code"],
        "programme.passed"
    );
    let old = scene.of(&scene.jpn, &["programme", "show", "ipcp-2014"]);
    assert_eq!(old["successor"], "nato-jpn");
    assert_eq!(goal(&old, "old-3")["outcome"]["reason"], "nobody to do it");
    assert_eq!(scene.serving.stop(), Some(0));
}

/// A bundle of an indicator of that number, marked.
fn bundle(number: u32, marking: &str) -> String {
    let id = format!("00000000-0000-4000-8000-{number:012x}");
    json!({"type": "bundle", "id": format!("bundle--{id}"), "objects": [{
        "type": "indicator", "spec_version": "2.1", "id": format!("indicator--{id}"),
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "pattern": format!("[ipv4-addr:value = '192.0.2.{number}']"), "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z", "object_marking_refs": [marking]}]})
    .to_string()
}

const GREEN: &str = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
const AMBER: &str = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";

#[test]
fn evidence_that_is_a_record_is_shown_to_whom_it_is_released() {
    let scene = Scene::open();
    for (number, marking) in [(1, GREEN), (2, AMBER)] {
        let name = format!("{number}.json");
        std::fs::write(scene.dir.path().join(&name), bundle(number, marking)).unwrap();
        scene.chief(&["file", "--area", "cyber", &name]);
        let id = format!("indicator--00000000-0000-4000-8000-{number:012x}");
        scene.chief(&[
            "programme",
            "evidence",
            "nato-jpn",
            "cyber-1",
            "--record",
            &id,
            "--note",
            "seen",
        ]);
    }
    let evidence = |programme: &Value| {
        goal(programme, "cyber-1")["evidence"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(
        evidence(&scene.chief(&["programme", "show", "nato-jpn"])),
        2
    );
    let seen = scene.of(&scene.jpn, &["programme", "show", "nato-jpn"]);
    assert_eq!(evidence(&seen), 1);
    assert!(!seen.to_string().contains("000000000002"), "{seen}");
    // Naming it was a release, and who asks is told so.
    let who = scene.chief(&["who", "indicator--00000000-0000-4000-8000-000000000001"]);
    let told = who["received"].as_array().unwrap();
    assert!(told.iter().any(|one| one["party"] == "JPN"), "{who}");
    // What a party may not see it cannot show, and it looks like what is not there.
    let show = |number: u32| {
        let id = format!("indicator--00000000-0000-4000-8000-{number:012x}");
        let words = [
            "programme",
            "evidence",
            "nato-jpn",
            "cyber-1",
            "--record",
            &id,
        ];
        scene.refused_to(&scene.jpn, &words)
    };
    assert_eq!(show(2)["code"], "programme.unknown-evidence");
    assert_eq!(show(2), show(99));

    // The figures: one record of two was released, and named is not yet taken.
    let area = |report: &Value| {
        report["areas"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["area"] == "cyber")
            .cloned()
    };
    let report = scene.of(&scene.jpn, &["programme", "report", "JPN"]);
    assert_eq!(area(&report), None, "{report}");
    let roots: Value = taxii(&scene, "/taxii2/");
    let root = roots["default"]
        .as_str()
        .unwrap()
        .split("/taxii2/")
        .nth(1)
        .unwrap()
        .to_owned();
    let collections = taxii(&scene, &format!("/taxii2/{root}collections/"));
    let id = collections["collections"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let page = taxii(&scene, &format!("/taxii2/{root}collections/{id}/objects/"));
    assert_eq!(page["objects"].as_array().unwrap().len(), 1);
    for report in [
        scene.of(&scene.jpn, &["programme", "report", "JPN"]),
        scene.chief(&["programme", "report", "JPN"]),
    ] {
        let cyber = area(&report).unwrap();
        assert_eq!(
            (&cyber["given"], &cyber["taken"], &cyber["receipts"]),
            (&json!(0), &json!(1), &json!(1))
        );
        assert_eq!(cyber["wait"]["count"], 1);
        let years = ["--from", "2001-01-01", "--to", "2001-12-31"];
        let before = scene.chief(&[&["programme", "report", "JPN"][..], &years].concat());
        assert_eq!(before["areas"], json!([]));
    }
    let own = scene.of(
        &scene.jpn,
        &["programme", "report", "JPN", "--format", "html"],
    );
    assert!(!own["text"].as_str().unwrap().contains("000000000002"));
    assert_eq!(scene.serving.stop(), Some(0));
}

/// What the office answers JPN over TAXII.
fn taxii(scene: &Scene, path: &str) -> Value {
    let output = Command::new("curl")
        .args(["-sf", "-H", "accept: application/taxii+json;version=2.1"])
        .args(["-H", &format!("authorization: Bearer {}", scene.jpn)])
        .arg(format!("{}{path}", scene.serving.url))
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}
