//! The gate matrix: every party, kind and label of a fixed world, with verdict and code, printed
//! as a table and held against the committed one, which people read in review.
//!
//! A cell is `yes` with the articles that let the record go, or the code of the refusal. The
//! oracle agrees with every cell.

use std::fmt::Write as _;

use legation_core::act::{Act, SetHouse};
use legation_core::gate::{Ground, Verdict};
use legation_core::id::RecordNumber;
use legation_core::label::Level;
use legation_core::party::Status;
use legation_core::record::{Head, Meaning};
use legation_testkit::history::code;
use legation_testkit::oracle::{Answer, Oracle};
use legation_testkit::stage::Stage;
use legation_testkit::world::Draft;
use legation_testkit::world::filing::{head, ids, tlp};

const PARTIES: [(&str, Status); 7] = [
    ("FRA", Status::Member),
    ("USA", Status::Member),
    ("JPN", Status::Partner),
    ("KOR", Status::Partner),
    ("AUS", Status::Partner),
    ("NZL", Status::Partner),
    ("CHE", Status::Observer),
];

const FOR_JAPAN: &str = "marking-definition--for-jpn-and-members";
const FOR_PARTNERS: &str = "marking-definition--for-partners";
const STATEMENT: &str = "marking-definition--statement";
const FOREIGN: &str = "marking-definition--foreign";
const FORGED: &str = "marking-definition--forged";

const HOUSE: &str = r#"
[[ceiling]]
article = "members"
to = ["members"]
up_to = "RED"

[[ceiling]]
article = "indicators"
kinds = ["indicator", "marking-definition"]
up_to = "RED"

[[ceiling]]
article = "others"
up_to = "GREEN"

[[unmarked]]
kinds = ["indicator"]
level = "GREEN"
"#;

/// An office in which the parties stand as differently as they can.
fn world() -> Stage {
    let mut stage = Stage::open(&PARTIES);
    stage.act(Act::SetHouse(SetHouse { text: HOUSE.into() }));
    // France has signed the charter, the United States have not.
    let charter = Draft::new("charter", 1, "members")
        .take("cyber", Level::Red)
        .give(
            "cyber",
            Level::Red,
            &["members", "partners"],
            Some(Level::Amber),
        );
    stage.agree_with(&charter, &["NATO", "FRA"]);
    stage.agree(
        &Draft::new("nato-jpn", 1, "JPN")
            .take("cyber", Level::Red)
            .give(
                "cyber",
                Level::Amber,
                &["members", "KOR"],
                Some(Level::Amber),
            ),
    );
    let mut korea = Draft::new("nato-kor", 1, "KOR").take("cyber", Level::Green);
    korea.take[0].kinds = Some(vec!["indicator".into(), "marking-definition".into()]);
    korea.take[0].from = Some(vec!["host".into(), "JPN".into()]);
    korea.take[0].accepts = vec![FOREIGN.into()];
    stage.agree(&korea);
    stage.agree(&Draft::new("nato-aus", 1, "AUS").take("cyber", Level::Red));
    stage.suspend("nato-aus");
    // New Zealand's agreement ends, and what it gave keeps flowing.
    let mut ended = Draft::new("nato-nzl", 1, "NZL")
        .take("cyber", Level::Red)
        .give("cyber", Level::Amber, &["partners"], None);
    ended.until = Some(stage.now.plus_micros(1_000_000));
    ended.keep = true;
    stage.agree(&ended);
    stage.wait(2_000_000);

    let audience = |texts: &[&str]| {
        Meaning::ReleasableTo(texts.iter().map(|text| text.parse().unwrap()).collect())
    };
    for (id, meaning) in [
        (FOR_JAPAN, audience(&["JPN", "members"])),
        (FOR_PARTNERS, audience(&["partners"])),
        (STATEMENT, Meaning::Statement),
        (FOREIGN, Meaning::Unknown),
    ] {
        stage.file("NATO", "cyber", vec![definition(id, meaning)]);
    }
    let forged = Meaning::Level(Level::Clear);
    stage.file("KOR", "cyber", vec![definition(FORGED, forged)]);
    stage
}

fn definition(id: &str, meaning: Meaning) -> Head {
    Head {
        meaning: Some(meaning),
        object_markings: ids(&[tlp(Level::Clear)]),
        ..head(id)
    }
}

/// What a record may carry: a name for it, the markings of the object, those of a part.
fn labels() -> Vec<(&'static str, Vec<&'static str>, Vec<&'static str>)> {
    let mut labels = vec![("no marking", vec![], vec![])];
    for level in Level::ALL {
        labels.push((level.as_str(), vec![tlp(level)], vec![]));
    }
    let (red, green) = (tlp(Level::Red), tlp(Level::Green));
    labels.extend([
        ("RED, for JPN and members", vec![red, FOR_JAPAN], vec![]),
        ("GREEN, for partners", vec![green, FOR_PARTNERS], vec![]),
        (
            "GREEN, for both sets",
            vec![green, FOR_JAPAN, FOR_PARTNERS],
            vec![],
        ),
        ("GREEN, statement", vec![green, STATEMENT], vec![]),
        ("GREEN, unknown marking", vec![green, FOREIGN], vec![]),
        ("GREEN, third party's marking", vec![green, FORGED], vec![]),
        ("GREEN, a part AMBER", vec![green], vec![tlp(Level::Amber)]),
        ("only a part GREEN", vec![], vec![green]),
    ]);
    labels
}

fn record(kind: &str, label: usize, object: &[&str], granular: &[&str]) -> Head {
    let mut head = head(&format!("{kind}--{label}"));
    head.object_markings = ids(object);
    head.granular_markings = ids(granular);
    head.references = ids(&[object, granular].concat());
    head
}

fn cell(stage: &Stage, party: &str, record: RecordNumber) -> String {
    match stage.fold.explain(&code(party), record).unwrap() {
        Verdict::Release(Ground::Terms { take, give }) => {
            let give = give.map_or(String::new(), |give| format!("+{}", give.article));
            format!("yes {}{give}", take.article)
        }
        Verdict::Release(Ground::Originator) => "yes own".into(),
        Verdict::Release(Ground::Host) => "yes host".into(),
        Verdict::Withhold(reason) => reason.code.trim_start_matches("gate.").into(),
    }
}

fn row(table: &mut String, stage: &Stage, name: &str, record: RecordNumber) {
    let judgement = Oracle::of(stage.history.entries()).judge(stage.now);
    write!(table, "{name:<46}").unwrap();
    for (index, party) in judgement.parties().iter().enumerate() {
        let answer = judgement.answer(index, record.0 as usize);
        let verdict = stage.fold.explain(party, record).unwrap();
        match (&verdict, answer) {
            (Verdict::Release(_), Answer::Released) => {}
            (Verdict::Withhold(reason), Answer::Refused(rule)) => assert_eq!(reason.rule, rule),
            _ => panic!("{name} to {party}: {verdict:?}, the oracle says {answer:?}"),
        }
        write!(table, " {:<18}", cell(stage, party.as_str(), record)).unwrap();
    }
    table.truncate(table.trim_end().len());
    table.push('\n');
}

fn matrix() -> String {
    let mut stage = world();
    let mut table = format!("{:<46} {:<18}", "originator, kind, label", "NATO");
    for (party, _) in PARTIES {
        write!(table, " {party:<18}").unwrap();
    }
    table.truncate(table.trim_end().len());
    table.push('\n');
    for originator in ["NATO", "FRA", "JPN", "NZL"] {
        for kind in ["indicator", "malware"] {
            for (number, (name, object, granular)) in labels().iter().enumerate() {
                let head = record(kind, number, object, granular);
                let filed = stage.file(originator, "cyber", vec![head])[0];
                row(
                    &mut table,
                    &stage,
                    &format!("{originator} {kind}, {name}"),
                    filed,
                );
            }
        }
    }
    // Rules 4 and 5: what refers to something restricted, to something withdrawn, and the withdrawn.
    let restricted = record("indicator", 90, &[tlp(Level::Red), FOR_JAPAN], &[]);
    let open = record("indicator", 91, &[tlp(Level::Clear)], &[]);
    let filed = stage.file("NATO", "cyber", vec![restricted, open]);
    for (number, target) in [
        (92, "indicator--90"),
        (93, "indicator--91"),
        (94, "tool--1"),
    ] {
        let mut head = record("indicator", number, &[tlp(Level::Clear)], &[]);
        head.references.extend(ids(&[target]));
        let name = format!("NATO CLEAR, refers to {target}");
        let filed = stage.file("NATO", "cyber", vec![head])[0];
        row(&mut table, &stage, &name, filed);
    }
    stage.withdraw(&filed[1..]);
    let name = "NATO CLEAR, refers to indicator--91 withdrawn";
    row(&mut table, &stage, name, RecordNumber(filed[1].0 + 2));
    row(&mut table, &stage, "NATO CLEAR, withdrawn", filed[1]);
    table
}

#[test]
fn the_gate_matrix_is_the_committed_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/gate_matrix.txt");
    let matrix = matrix();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &matrix).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    for (found, expected) in matrix.lines().zip(committed.lines()) {
        assert_eq!(found, expected, "UPDATE_SNAPSHOTS=1 rewrites {path}");
    }
    assert_eq!(
        matrix.lines().count(),
        committed.lines().count(),
        "lines of {path}"
    );
}
