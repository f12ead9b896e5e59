//! One small history for each rule of the gate (DESIGN section 2), told step by step; the oracle
//! is asked beside the office every time.

use legation_core::act::{Act, Erase, SetHouse};
use legation_core::id::RecordNumber;
use legation_core::label::Level;
use legation_core::party::Status;
use legation_core::record::{Head, Meaning};
use legation_testkit::stage::{Stage, newest, numbers};
use legation_testkit::world::Draft;
use legation_testkit::world::filing::{head, ids, tlp};

fn marked(id: &str, level: Level) -> Head {
    Head {
        object_markings: ids(&[tlp(level)]),
        references: ids(&[tlp(level)]),
        ..head(id)
    }
}

fn referring(id: &str, targets: &[&str]) -> Head {
    Head {
        object_markings: ids(&[tlp(Level::Clear)]),
        references: ids(targets),
        ..head(id)
    }
}

/// What a party is shown in cyber; the oracle says the same.
#[track_caller]
fn shown(stage: &Stage, party: &str) -> Vec<u32> {
    let shown = stage.shown(party, "cyber");
    assert_eq!(
        shown,
        stage.expected(party, "cyber"),
        "the oracle on {party}"
    );
    shown
}

fn tokyo() -> Stage {
    Stage::open(&[
        ("FRA", Status::Member),
        ("JPN", Status::Partner),
        ("KOR", Status::Partner),
    ])
}

fn japan_takes(level: Level) -> Draft {
    Draft::new("nato-jpn", 1, "JPN").take("cyber", level)
}

#[test]
fn rule_1_a_party_takes_only_what_its_agreement_takes() {
    let mut stage = tokyo();
    let heads = vec![
        marked("indicator--1", Level::Green),
        marked("malware--1", Level::Amber),
    ];
    stage.file("NATO", "cyber", heads);
    assert_eq!(shown(&stage, "JPN"), []);
    stage.agree(&japan_takes(Level::Green));
    assert_eq!(shown(&stage, "JPN"), [0]);
    let mut next = japan_takes(Level::Red);
    next.version = 2;
    next.take[0].kinds = Some(vec!["malware".into()]);
    stage.agree(&next);
    assert_eq!(shown(&stage, "JPN"), [1]);
    next.version = 3;
    next.take[0].from = Some(vec!["KOR".into()]);
    stage.agree(&next);
    assert_eq!(shown(&stage, "JPN"), []);
    assert_eq!(shown(&stage, "NATO"), [0, 1]);
}

#[test]
fn rule_2_the_originator_says_to_whom_it_goes_on() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Red));
    stage.file(
        "KOR",
        "cyber",
        vec![marked("indicator--1", Level::Green), head("indicator--2")],
    );
    assert_eq!(shown(&stage, "KOR"), [0, 1]);
    assert_eq!(shown(&stage, "JPN"), []);
    let give = |version, onward: &[&str], unmarked| {
        Draft::new("nato-kor", version, "KOR").give("cyber", Level::Amber, onward, unmarked)
    };
    stage.agree(&give(1, &["members"], Some(Level::Green)));
    assert_eq!(shown(&stage, "JPN"), []);
    stage.agree(&give(2, &["partners"], None));
    assert_eq!(shown(&stage, "JPN"), [0]);
    let mut last = give(3, &["JPN"], Some(Level::Amber));
    last.keep = true;
    stage.agree(&last);
    assert_eq!(shown(&stage, "JPN"), [0, 1]);
    // What was given keeps flowing after the end, but not through a suspension.
    stage.terminate("nato-kor", 10);
    stage.wait(20);
    assert_eq!(shown(&stage, "JPN"), [0, 1]);
    stage.suspend("nato-kor");
    assert_eq!(shown(&stage, "JPN"), []);
    stage.resume("nato-kor");
    assert_eq!(shown(&stage, "JPN"), [0, 1]);
}

#[test]
fn rule_3_red_goes_to_those_who_are_named() {
    const FOR_JAPAN: &str = "marking-definition--for-japan";
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Red));
    let mut named = marked("indicator--2", Level::Red);
    named.object_markings.extend(ids(&[FOR_JAPAN]));
    stage.file(
        "NATO",
        "cyber",
        vec![marked("indicator--1", Level::Red), named],
    );
    // Nobody knows yet what the marking means, and Korea cannot say.
    let meaning = Meaning::ReleasableTo(vec!["JPN".parse().unwrap()]);
    let definition = Head {
        meaning: Some(meaning),
        ..marked(FOR_JAPAN, Level::Clear)
    };
    stage.file("KOR", "cyber", vec![definition.clone()]);
    assert_eq!(shown(&stage, "JPN"), []);
    stage.file("NATO", "cyber", vec![definition]);
    assert_eq!(shown(&stage, "JPN"), [1, 3]);
    stage.withdraw(&[RecordNumber(3)]);
    assert_eq!(shown(&stage, "JPN"), []);
}

#[test]
fn rule_4_what_it_refers_to_goes_along_or_it_stays() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    stage.file(
        "NATO",
        "cyber",
        vec![referring("report--1", &["malware--1", "tool--1"])],
    );
    assert_eq!(shown(&stage, "JPN"), [0]);
    // The reference counts from the moment at which the office holds something of that id.
    stage.file("NATO", "cyber", vec![marked("malware--1", Level::Amber)]);
    assert_eq!(shown(&stage, "JPN"), []);
    // One record of that id is enough, in whatever area.
    stage.agree(&japan_takes_in_both());
    stage.file("NATO", "space", vec![marked("malware--1", Level::Clear)]);
    assert_eq!(shown(&stage, "JPN"), [0]);
    stage.withdraw(&[RecordNumber(2)]);
    assert_eq!(shown(&stage, "JPN"), []);
}

fn japan_takes_in_both() -> Draft {
    let mut draft = japan_takes(Level::Green).take("space", Level::Green);
    draft.version = 2;
    draft
}

#[test]
fn rule_4_a_cycle_goes_whole_or_not_at_all() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    let cycle = vec![
        referring("report--1", &["report--2"]),
        referring("report--2", &["malware--1", "report--1"]),
        marked("malware--1", Level::Green),
    ];
    stage.file("NATO", "cyber", cycle);
    assert_eq!(shown(&stage, "JPN"), [0, 1, 2]);
    stage.withdraw(&[RecordNumber(2)]);
    assert_eq!(shown(&stage, "JPN"), []);
    stage.file("NATO", "cyber", vec![marked("malware--1", Level::Clear)]);
    assert_eq!(shown(&stage, "JPN"), [0, 1, 3]);
}

/// What Korea could not have from us it has from elsewhere: its record is not hidden for that.
#[test]
fn rule_4_a_reference_counts_only_if_its_author_could_have_the_target() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    let korea = Draft::new("nato-kor", 1, "KOR").give("cyber", Level::Red, &["JPN"], None);
    stage.agree(&korea);
    stage.file("NATO", "cyber", vec![marked("malware--1", Level::Amber)]);
    stage.file(
        "KOR",
        "cyber",
        vec![referring("report--1", &["malware--1"])],
    );
    assert_eq!(shown(&stage, "JPN"), [1]);
    let mut next = korea.take("cyber", Level::Amber);
    next.version = 2;
    stage.agree(&next);
    assert_eq!(shown(&stage, "JPN"), []);
}

#[test]
fn rule_5_what_is_withdrawn_or_erased_goes_to_nobody() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    stage.file("NATO", "cyber", vec![marked("indicator--1", Level::Green)]);
    stage.file("JPN", "cyber", vec![marked("indicator--2", Level::Green)]);
    stage.withdraw(&[RecordNumber(0)]);
    stage.act(Act::Erase(Erase {
        records: vec![RecordNumber(1)],
        reason: "a court said so".into(),
    }));
    for party in ["NATO", "JPN"] {
        assert_eq!(shown(&stage, party), []);
    }
}

#[test]
fn rule_6_the_house_only_narrows() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    stage.file(
        "NATO",
        "cyber",
        vec![marked("indicator--1", Level::Green), head("indicator--2")],
    );
    let mut house = |text: &str| {
        stage.act(Act::SetHouse(SetHouse { text: text.into() }));
        shown(&stage, "JPN")
    };
    assert_eq!(house("[[ceiling]]\nup_to = \"RED\"\n"), [0]);
    assert_eq!(house("[[ceiling]]\nup_to = \"CLEAR\"\n"), []);
    assert_eq!(house(""), []);
    let open = "[[ceiling]]\nup_to = \"RED\"\n[[unmarked]]\nlevel = ";
    assert_eq!(house(&format!("{open}\"GREEN\"\n")), [0, 1]);
    assert_eq!(house(&format!("{open}\"AMBER\"\n")), [0]);
}

/// A client that keeps the last date only is told of what an amendment lets through later.
#[test]
fn what_becomes_visible_late_comes_after_everything_that_was_read() {
    let mut stage = tokyo();
    stage.agree(&japan_takes(Level::Green));
    let heads = vec![
        marked("indicator--1", Level::Amber),
        marked("indicator--2", Level::Green),
    ];
    stage.file("NATO", "cyber", heads);
    stage.wait(1_000_000);
    let page = stage.page("JPN", "cyber", &newest(10));
    assert_eq!(numbers(&page), [1]);
    stage.receive("JPN", "cyber", &page);
    let mut rest = newest(10);
    rest.after = Some(page.items[0].date);
    let mut next = japan_takes(Level::Amber);
    next.version = 2;
    next.in_force = stage.now.plus_micros(5_000_000);
    stage.agree(&next);
    stage.wait(4_999_999);
    assert!(stage.page("JPN", "cyber", &rest).items.is_empty());
    stage.wait(1);
    let late = stage.page("JPN", "cyber", &rest);
    assert_eq!(numbers(&late), [0]);
    assert_eq!(late.items[0].date, next.in_force);
}
