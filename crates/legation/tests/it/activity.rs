//! Activities through the command line and over HTTP: the page of them walked, and what each party
//! is told, refused and shown by the real program.

use std::path::Path;

use serde_json::{Value, json};

use crate::office::{Serving, answer, legation};
use crate::readme::props;
use crate::walk::{Walk, commands};

const PAGE: &str = include_str!("../../../../docs/activities.md");

#[test]
fn the_page_on_activities_is_walked_on_a_fresh_directory() {
    let dir = tempfile::tempdir().unwrap();
    props(dir.path());
    let mut walk = Walk::of(dir.path());
    let mut shown = Vec::new();
    let commands = commands(PAGE);
    assert!(commands.len() > 30, "{}", commands.len());
    for (heading, line) in commands {
        println!("{heading}: {line}");
        let said = walk.step(line);
        if line.contains("activity show") {
            let mut lines = said.lines().filter(|line| line.contains("ben.ito"));
            assert!(lines.any(|line| line.contains("confirmed")), "{said}");
            assert!(!said.contains("KOR"), "{said}");
        }
        if line.contains("activity confirm") {
            assert!(said.contains("waiting, 1 in the list, accepted"), "{said}");
        }
        if line.contains("activity verify") {
            assert!(said.contains("the office issued certificate-"), "{said}");
        }
        if line.contains("agreement show") {
            shown.push(said.contains("sign before the July summit"));
        }
    }
    assert_eq!(shown, [true, false]);
}

const AGREEMENT: &str = r#"+++
id = "nato-jpn"
title = "Programme"
version = 1
parties = ["NATO", "JPN"]
in_force = 2026-01-01T00:00:00Z

[[objective]]
title = "Train together"
[[objective.goal]]
id = "cyber-1"
area = "cyber"
title = "Train ten people"
+++
# Programme
"#;

struct Scene {
    dir: tempfile::TempDir,
    serving: Serving,
    jpn: String,
    kor: String,
    che: String,
}

impl Scene {
    fn open() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let cwd = dir.path();
        let init = ["init", "office", "--alliance", "NATO", "--name", "NATO"];
        answer(cwd, &[&init[..], &["--office", "Tokyo"]].concat());
        let serving = Serving::start(cwd, &["serve", "office", "--listen", "127.0.0.1:0"]);
        let secrets = ["JPN", "KOR", "CHE"].map(|code| {
            let add = ["party", "add", code, "--name", code, "--status", "partner"];
            answer(cwd, &[&add[..], &["--dir", "office"]].concat());
            let client = answer(cwd, &["client", "add", code, "desk", "--dir", "office"]);
            client["password"].as_str().unwrap().to_owned()
        });
        std::fs::write(cwd.join("nato-jpn.md"), AGREEMENT).unwrap();
        answer(
            cwd,
            &["agreement", "table", "nato-jpn.md", "--dir", "office"],
        );
        let [jpn, kor, che] = secrets;
        Self {
            serving,
            jpn,
            kor,
            che,
            dir,
        }
    }

    fn cwd(&self) -> &Path {
        self.dir.path()
    }

    /// A verb of activities by the office.
    fn staff(&self, arguments: &[&str]) -> Value {
        let whole = [&["activity"][..], arguments, &["--dir", "office"]].concat();
        answer(self.cwd(), &whole)
    }

    fn ask(&self, token: &str, arguments: &[&str]) -> (bool, Value) {
        let url = self.serving.url.as_str();
        let by = ["--office", url, "--token", token, "--json"];
        let output = legation(self.cwd(), &[&["activity"][..], arguments, &by].concat());
        // A refusal is a document as well, wherever it is written.
        let said = [output.stdout, output.stderr].concat();
        let document = serde_json::from_slice(&said);
        let said = String::from_utf8_lossy(&said).into_owned();
        let document = document.unwrap_or_else(|_| panic!("{arguments:?}: {said}"));
        (output.status.success(), document)
    }

    /// The code with which a verb of somebody's is refused.
    fn refused(&self, token: &str, arguments: &[&str]) -> String {
        let (done, document) = self.ask(token, arguments);
        assert!(!done, "{arguments:?}: {document}");
        let code = document["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{document}")).to_owned()
    }

    fn done(&self, token: &str, arguments: &[&str]) -> Value {
        let (done, document) = self.ask(token, arguments);
        assert!(done, "{arguments:?}: {document}");
        document
    }

    fn chief(&self) -> String {
        std::fs::read_to_string(self.cwd().join("office/chief.token")).unwrap()
    }

    /// A question over HTTP, as a party's own program would ask it.
    fn http(&self, token: &str, path: &str) -> (u16, Value) {
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.build().new_agent();
        let request = agent.get(format!("{}/api/v1{path}", self.serving.url));
        let request = request.header("authorization", format!("Bearer {token}"));
        let mut answer = request.call().unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (
            answer.status().as_u16(),
            serde_json::from_str(&text).unwrap(),
        )
    }

    fn add(&self, id: &str, start: &str, end: &str, more: &[&str]) -> Value {
        let add = [
            "add",
            id,
            "--kind",
            "exercise",
            "--title",
            id,
            "--area",
            "cyber",
            "--place",
            "Tokyo",
            "--start",
            start,
            "--end",
            end,
            "--zone",
            "Asia/Tokyo",
        ];
        self.staff(&[&add[..], more].concat())
    }
}

/// Who stands how, in the order of nomination.
fn standings(activity: &Value) -> Vec<(String, String)> {
    let nominees = activity["nominees"].as_array().unwrap().iter();
    nominees
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            (text("person"), text("standing"))
        })
        .collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let list = list.iter();
    list.map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

#[test]
fn places_go_round_and_each_party_sees_its_own() {
    let scene = Scene::open();
    let (jpn, kor, che) = (&scene.jpn, &scene.kor, &scene.che);
    scene.add(
        "exercise",
        "2035-05-07T09:00",
        "2035-05-11T17:00",
        &[
            "--invite",
            "JPN=2",
            "--invite",
            "KOR=1",
            "--goal",
            "nato-jpn/cyber-1",
        ],
    );
    for person in ["anna", "ben", "cleo", "dai"] {
        scene.done(jpn, &["nominate", "exercise", "JPN", person]);
    }
    scene.done(kor, &["nominate", "exercise", "KOR", "eun"]);
    let mine = scene.done(jpn, &["show", "exercise"]);
    assert_eq!(
        standings(&mine),
        pairs(&[
            ("anna", "nominated"),
            ("ben", "nominated"),
            ("cleo", "waiting"),
            ("dai", "waiting")
        ])
    );
    assert_eq!(mine["nominees"][3]["waiting"], 2);
    assert_eq!(mine["invited"], json!([{"party": "JPN", "seats": 2}]));
    assert_eq!(mine["goals"], json!(["nato-jpn/cyber-1"]));
    // What the other party brings, and how many, changes not a byte of it.
    scene.staff(&["change", "exercise", "--invite", "KOR=3"]);
    scene.done(kor, &["nominate", "exercise", "KOR", "ha"]);
    scene.staff(&["confirm", "exercise", "KOR", "eun"]);
    assert_eq!(scene.done(jpn, &["show", "exercise"]), mine);
    let theirs = scene.http(kor, "/activities/exercise");
    assert_eq!(theirs.0, 200);
    assert!(!theirs.1.to_string().contains("JPN"), "{theirs:?}");
    // The goal is of an agreement that KOR knows nothing of.
    assert_eq!(theirs.1["goals"], json!([]));

    scene.staff(&["confirm", "exercise", "JPN", "anna"]);
    scene.staff(&["confirm", "exercise", "JPN", "dai"]);
    scene.done(jpn, &["withdraw", "exercise", "JPN", "ben"]);
    scene.staff(&[
        "withdraw",
        "exercise",
        "JPN",
        "cleo",
        "--decline",
        "--reason",
        "full",
    ]);
    let mine = scene.done(jpn, &["show", "exercise"]);
    assert_eq!(
        standings(&mine),
        pairs(&[
            ("anna", "confirmed"),
            ("ben", "withdrawn"),
            ("cleo", "declined"),
            ("dai", "confirmed")
        ])
    );
    let fewer = ["change", "exercise", "--invite", "JPN=1"];
    let chief = scene.chief();
    assert_eq!(scene.refused(&chief, &fewer), "activity.seats-taken");
    let without = ["change", "exercise", "--uninvite", "JPN"];
    assert_eq!(scene.refused(&chief, &without), "activity.has-nominees");

    // To whoever is not invited there is nothing, whatever is asked.
    assert_eq!(
        scene.http(che, "/activities"),
        (200, json!({"activities": []}))
    );
    let absent = scene.http(che, "/activities/nothing");
    assert_eq!(scene.http(che, "/activities/exercise"), absent);
    for arguments in [
        &["show", "exercise"][..],
        &["nominate", "exercise", "CHE", "urs"],
        &["withdraw", "exercise", "JPN", "anna"],
        &["feedback", "exercise", "CHE", "good"],
    ] {
        let there = scene.ask(che, arguments);
        let not: Vec<&str> = arguments
            .iter()
            .map(|one| if *one == "exercise" { "nothing" } else { one })
            .collect();
        assert_eq!(there, scene.ask(che, &not), "{arguments:?}");
        assert!(!there.0);
    }
    // A party speaks for itself alone, and does not do what is the office's.
    let code = scene.refused(jpn, &["withdraw", "exercise", "KOR", "eun"]);
    assert_eq!(code, "engine.not-found");
    for arguments in [
        &["confirm", "exercise", "JPN", "dai"][..],
        &["cancel", "exercise", "--reason", "x"],
        &["change", "exercise", "--place", "x"],
        &["attend", "exercise", "JPN", "anna"],
        &["certify", "exercise", "JPN", "anna"],
        &["deadline", "exercise", "agreement:nato-jpn", "x"],
        &["withdraw", "exercise", "JPN", "anna", "--decline"],
    ] {
        assert_eq!(scene.refused(jpn, arguments), "engine.forbidden");
    }
    // It is the same after a restart.
    let before = scene.http(jpn, "/activities/exercise");
    let Scene { dir, serving, .. } = scene;
    assert_eq!(serving.stop(), Some(0));
    let again = Serving::start(dir.path(), &["serve", "office", "--listen", "127.0.0.1:0"]);
    let scene = Scene {
        serving: again,
        jpn: scene.jpn,
        kor: scene.kor,
        che: scene.che,
        dir,
    };
    assert_eq!(scene.http(&scene.jpn, "/activities/exercise"), before);
    assert_eq!(scene.serving.stop(), Some(0));
    answer(scene.dir.path(), &["journal", "verify", "office"]);
}

#[test]
fn conflicts_prerequisites_certificates_and_feedback() {
    let scene = Scene::open();
    let (jpn, kor, chief) = (&scene.jpn, &scene.kor, scene.chief());
    let both = ["--invite", "JPN", "--invite", "KOR"];
    scene.add("course", "2024-12-02T09:00", "2024-12-06T17:00", &both);
    scene.add("later", "2035-05-07T09:00", "2035-05-11T17:00", &both);
    let needing = ["--needs", "course", "--invite", "JPN", "--invite", "KOR"];
    scene.add("advanced", "2035-05-11T09:00", "2035-05-12T17:00", &needing);
    let nominate = |id| ["nominate", id, "JPN", "anna.berg"];
    // A past course is for the office to note.
    assert_eq!(scene.refused(jpn, &nominate("course")), "activity.begun");
    let named = [&nominate("course")[..], &["--full-name", "Anna Berg"]].concat();
    scene.staff(&named);
    assert_eq!(
        scene.refused(jpn, &nominate("advanced")),
        "activity.prerequisite"
    );
    let insisting = [&nominate("advanced")[..], &["--despite", "she knows it"]].concat();
    assert_eq!(
        scene.refused(jpn, &insisting),
        "activity.prerequisite",
        "a party waives nothing"
    );
    for (verb, code) in [("attend", "activity.step"), ("certify", "activity.step")] {
        let early = [verb, "course", "JPN", "anna.berg"];
        assert_eq!(scene.refused(&chief, &early), code);
    }
    for verb in ["confirm", "attend", "certify"] {
        scene.staff(&[verb, "course", "JPN", "anna.berg"]);
    }
    let again = ["certify", "course", "JPN", "anna.berg"];
    assert_eq!(scene.refused(&chief, &again), "activity.step");
    let early = ["attend", "later", "JPN", "anna.berg"];
    assert_eq!(scene.refused(&chief, &early), "activity.not-begun");
    scene.done(jpn, &nominate("later"));
    assert_eq!(
        scene.refused(jpn, &nominate("advanced")),
        "activity.conflict"
    );
    let shown = scene.done(jpn, &insisting);
    assert_eq!(shown["nominees"][0]["conflicts"], json!(["later"]));
    assert_eq!(shown["nominees"][0]["despite"], "she knows it");

    // The certificate holds by the log alone, and no other text passes for it.
    let certificate = scene.done(jpn, &["certificate", "course", "JPN", "anna.berg"]);
    let text = certificate["text"].as_str().unwrap();
    assert!(
        text.contains("name: Anna Berg\nperson: JPN/anna.berg\n"),
        "{text}"
    );
    let cwd = scene.cwd();
    std::fs::write(cwd.join("one.txt"), text).unwrap();
    std::fs::write(cwd.join("other.txt"), text.replace("Anna", "Anne")).unwrap();
    let entry = certificate["entry"].to_string();
    let proof = [
        "entry",
        "proof",
        entry.as_str(),
        "--out",
        "proof.json",
        "--office",
        scene.serving.url.as_str(),
        "--token",
    ];
    answer(cwd, &[&proof[..], &[jpn.as_str()]].concat());
    let foreign = legation(cwd, &[&proof[..], &[kor.as_str()]].concat());
    let said = String::from_utf8_lossy(&foreign.stderr).into_owned();
    assert!(said.contains("engine.not-found"), "{said}");
    let key = std::fs::read_to_string(cwd.join("office/keys/log.pub")).unwrap();
    let key = key.trim();
    let verify = |file| {
        [
            "activity",
            "verify",
            file,
            "--proof",
            "proof.json",
            "--log-key",
            key,
        ]
    };
    let held = answer(cwd, &verify("one.txt"));
    assert_eq!(held["digest"], certificate["digest"]);
    assert_eq!(held["certificate"], certificate["number"]);
    let other = legation(cwd, &verify("other.txt"));
    let said = String::from_utf8_lossy(&other.stderr).into_owned();
    assert!(
        !other.status.success() && said.contains("cli.certificate"),
        "{said}"
    );

    scene.done(
        jpn,
        &["feedback", "course", "JPN", "too fast", "--rating", "2"],
    );
    let poor = ["feedback", "course", "JPN", "too fast", "--rating", "6"];
    assert_eq!(scene.refused(jpn, &poor), "activity.malformed-rating");
    let early = ["feedback", "later", "JPN", "splendid"];
    assert_eq!(scene.refused(jpn, &early), "activity.not-begun");
    let office = scene.staff(&["show", "course"]);
    assert_eq!(office["feedback"][0]["text"], "too fast");
    let theirs = scene.http(kor, "/activities/course").1;
    assert_eq!(
        (&theirs["feedback"], &theirs["nominees"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(
        scene.refused(kor, &["certificate", "course", "JPN", "anna.berg"]),
        "cli.no-certificate"
    );

    // Prerequisites stay where everybody who needs them can see them.
    let blind = ["change", "advanced", "--invite", "CHE"];
    assert_eq!(
        scene.refused(&chief, &blind),
        "activity.unseen-prerequisite"
    );
    let leave = ["change", "course", "--uninvite", "KOR"];
    assert_eq!(scene.refused(&chief, &leave), "activity.is-prerequisite");
    let circle = ["change", "course", "--needs", "advanced"];
    assert_eq!(
        scene.refused(&chief, &circle),
        "activity.prerequisite-cycle"
    );
}

#[test]
fn a_deadline_is_shown_wherever_its_agreement_is() {
    let scene = Scene::open();
    let (jpn, kor, chief) = (&scene.jpn, &scene.kor, scene.chief());
    let (start, end) = ("2035-07-10T09:00", "2035-07-11T18:00");
    scene.add(
        "summit",
        start,
        end,
        &["--invite", "JPN", "--invite", "KOR"],
    );
    scene.add("visit", start, end, &["--invite", "KOR"]);
    let subject = "agreement:nato-jpn";
    scene.staff(&["deadline", "summit", subject, "sign before the July summit"]);
    scene.staff(&["deadline", "visit", subject, "hidden from Japan"]);
    let goal = "goal:nato-jpn/cyber-1";
    scene.staff(&[
        "deadline",
        "summit",
        goal,
        "report",
        "--due",
        "2035-07-01T12:00",
    ]);
    let due = |token: &str, path: &str| {
        let (status, agreement) = scene.http(token, path);
        assert_eq!(status, 200);
        let agreement = match path.ends_with("agreements") {
            true => agreement["agreements"][0].clone(),
            false => agreement,
        };
        let list = agreement["deadlines"].as_array().cloned();
        let list = list.unwrap_or_default().into_iter();
        list.map(|one| {
            let text = |key: &str| one[key].as_str().unwrap().to_owned();
            (text("due")[..16].to_owned(), text("text"))
        })
        .collect::<Vec<_>>()
    };
    let report = ("2035-07-01T03:00", "report");
    let sign = ("2035-07-10T00:00", "sign before the July summit");
    for path in ["/agreements/nato-jpn", "/agreements"] {
        assert_eq!(due(jpn, path), pairs(&[report, sign]), "{path}");
    }
    assert_eq!(due(&chief, "/agreements/nato-jpn").len(), 3);
    // KOR is invited to the summit and knows of no agreement.
    let theirs = scene.http(kor, "/activities/summit").1;
    assert_eq!(theirs["deadlines"], json!([]));
    let own = scene.http(jpn, "/activities/summit").1;
    assert_eq!(own["deadlines"].as_array().unwrap().len(), 2);
    let text = legation(
        scene.cwd(),
        &["agreement", "show", "nato-jpn", "--dir", "office"],
    );
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("sign before the July summit"), "{text}");
    // It moves with the summit, and goes with it.
    let moved = ["change", "summit", "--start", "2035-07-09T09:00"];
    assert_eq!(scene.staff(&moved)["sequence"], 1);
    let sign = ("2035-07-09T00:00", "sign before the July summit");
    assert_eq!(due(jpn, "/agreements/nato-jpn"), pairs(&[report, sign]));
    scene.staff(&["deadline", "summit", goal, "--remove"]);
    assert_eq!(due(jpn, "/agreements/nato-jpn"), pairs(&[sign]));
    let gone = ["deadline", "summit", goal, "--remove"];
    assert_eq!(scene.refused(&chief, &gone), "activity.no-deadline");
    let nowhere = ["deadline", "summit", "agreement:nato-xyz", "x"];
    assert_eq!(scene.refused(&chief, &nowhere), "activity.unknown-subject");
    let nowhere = ["deadline", "summit", "goal:nato-jpn/cyber-9", "x"];
    assert_eq!(scene.refused(&chief, &nowhere), "activity.unknown-goal");
    scene.staff(&["cancel", "summit", "--reason", "postponed"]);
    assert_eq!(due(jpn, "/agreements/nato-jpn"), []);
    assert_eq!(
        scene.refused(&chief, &["cancel", "summit", "--reason", "again"]),
        "activity.cancelled"
    );
    // The journal says it all in words.
    let export = legation(scene.cwd(), &["export", "office"]);
    let lines = String::from_utf8(export.stdout).unwrap();
    for kind in [
        "add-activity",
        "set-deadline",
        "remove-deadline",
        "cancel-activity",
    ] {
        assert!(lines.contains(kind), "{kind}");
    }
}
