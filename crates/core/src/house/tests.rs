//! Tests of the house rules: the default file, what they permit, and their faults.

use super::*;

const HOUSE: &str = r#"
[[ceiling]]
article = "energy stays among members"
area = "energy"
to = ["members"]
up_to = "AMBER"

[[ceiling]]
area = "cyber"
kinds = ["indicator"]
from = ["host", "JPN"]
up_to = "GREEN"

[[unmarked]]
level = "GREEN"

[[unmarked]]
area = "cyber"
kinds = ["indicator"]
level = "AMBER"

[[area]]
name = "energy"
title = "Energy security"
"#;

fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

fn brief(found: Result<HouseRules, Faults>) -> Vec<String> {
    let faults = found.err();
    faults
        .iter()
        .flatten()
        .map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.code))
        .collect()
}

#[test]
fn the_default_file_lets_the_agreements_decide() {
    let rules = HouseRules::parse(HouseRules::default_text().as_bytes()).unwrap();
    assert_eq!(rules, HouseRules::default());
    let (cyber, kind) = ("cyber".parse().unwrap(), "indicator".parse().unwrap());
    let (jpn, kor) = (code("JPN"), code("KOR"));
    let sides = ((&jpn, Status::Partner), (&kor, Status::Observer));
    for level in Level::ALL {
        assert!(
            rules
                .permits(&cyber, &kind, sides.0, sides.1, level)
                .is_some()
        );
    }
    assert_eq!(rules.unmarked_level(&cyber, &kind), None);
    assert!(rules.has_area(&cyber));
    assert!(!rules.has_area(&"energy".parse().unwrap()));
}

#[test]
fn every_sample_in_the_default_file_is_valid() {
    let text: String = HouseRules::default_text()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest)
                if (rest.starts_with('[') && rest.ends_with(']')) || rest.contains(" = ") =>
            {
                format!("{rest}\n")
            }
            _ => format!("{line}\n"),
        })
        .collect();
    let rules = HouseRules::parse(text.as_bytes()).unwrap();
    assert_eq!(
        (rules.areas.len(), rules.ceiling.len(), rules.unmarked.len()),
        (1, 2, 1)
    );
    assert_eq!(rules.recall, RecallRule::default());
    assert_eq!(rules.correlation.cap, CorrelationRule::default().cap);
    assert_eq!(rules.correlation.suppress.len(), 2);
    assert_eq!(rules.decision, DecisionRule::default());
}

#[test]
fn the_members_decide_by_the_rules_of_the_house() {
    let with = |text: &str| HouseRules::parse(text.as_bytes());
    let rules = with("[decision]\nextension = false\nreminders_hours = [1]\n").unwrap();
    let changed = DecisionRule {
        extension: false,
        reminders_hours: vec![1],
        ..DecisionRule::default()
    };
    assert_eq!(rules.decision, changed);
    let rules = with(
        "decision = { silence_minimum_hours = 0, agreements_need_decision = true, reminders_hours = [] }\n",
    );
    let changed = DecisionRule {
        silence_minimum_hours: 0,
        extension: true,
        agreements_need_decision: true,
        reminders_hours: Vec::new(),
    };
    assert_eq!(rules.unwrap().decision, changed);
    for (line, fault) in [
        ("silence_minimum_hours = 87601", "2:25 house.wrong-type"),
        ("silence_minimum_hours = -1", "2:25 house.wrong-type"),
        ("extension = 1", "2:13 house.wrong-type"),
        ("reminders_hours = 72", "2:19 house.wrong-type"),
        ("reminders_hours = [72, 72]", "2:24 house.duplicate"),
        ("reminders_hours = [87601]", "2:20 house.wrong-type"),
        ("reminders_hours = [\"x\"]", "2:20 house.wrong-type"),
        ("reminder_hours = [1]", "2:1 house.unknown-key"),
    ] {
        let found = brief(with(&format!("[decision]\n{line}\n")));
        assert_eq!(found, [fault], "{line}");
    }
}

#[test]
fn a_recall_is_due_within_hours() {
    let with = |text: &str| HouseRules::parse(text.as_bytes());
    let at: Instant = "2026-01-01T00:00:00Z".parse().unwrap();
    for (text, due) in [
        ("", "2026-01-04T00:00:00Z"),
        (
            "[recall]\nacknowledge_within_hours = 1\n",
            "2026-01-01T01:00:00Z",
        ),
        (
            "recall.acknowledge_within_hours = 87600\n",
            "2035-12-30T00:00:00Z",
        ),
    ] {
        let rules = with(text).unwrap();
        assert_eq!(rules.recall.due(at), due.parse().unwrap(), "{text}");
    }
    for (text, fault) in [
        ("[recall]\n", "1:1 house.missing-key"),
        ("recall = 72\n", "1:10 house.wrong-type"),
        ("[[recall]]\n", "1:1 house.wrong-type"),
        ("[recall]\nwithin = 1\n", "1:1 house.missing-key"),
        (
            "[recall]\nacknowledge_within_hours = -1\n",
            "2:28 house.wrong-type",
        ),
        (
            "[recall]\nacknowledge_within_hours = 87601\n",
            "2:28 house.wrong-type",
        ),
        (
            "[recall]\nacknowledge_within_hours = \"3d\"\n",
            "2:28 house.wrong-type",
        ),
    ] {
        let found = brief(with(text));
        assert!(found.contains(&fault.to_owned()), "{text}: {found:?}");
    }
}

/// Each line: area, kind, originator, taker, the highest level that may leave.
#[test]
fn a_record_leaves_if_one_rule_permits_it() {
    let rules = HouseRules::parse(HOUSE.as_bytes()).unwrap();
    let (host, member) = (Status::Host, Status::Member);
    let partner = Status::Partner;
    for (area, kind, originator, taker, highest) in [
        (
            "energy",
            "report",
            ("KOR", partner),
            ("FRA", member),
            Some(Level::Amber),
        ),
        ("energy", "report", ("KOR", partner), ("JPN", partner), None),
        (
            "cyber",
            "indicator",
            ("NATO", host),
            ("KOR", partner),
            Some(Level::Green),
        ),
        (
            "cyber",
            "indicator",
            ("JPN", partner),
            ("FRA", member),
            Some(Level::Green),
        ),
        (
            "cyber",
            "indicator",
            ("KOR", partner),
            ("FRA", member),
            None,
        ),
        ("cyber", "malware", ("NATO", host), ("FRA", member), None),
        ("space", "indicator", ("NATO", host), ("FRA", member), None),
    ] {
        let (from, to) = (code(originator.0), code(taker.0));
        let permitted = Level::ALL.into_iter().filter(|level| {
            let (area, kind) = (area.parse().unwrap(), kind.parse().unwrap());
            let sides = ((&from, originator.1), (&to, taker.1));
            rules
                .permits(&area, &kind, sides.0, sides.1, *level)
                .is_some()
        });
        assert_eq!(permitted.max(), highest, "{area} {kind} {from} {to}");
    }
    let none = HouseRules::parse(b"").unwrap();
    let nato = code("NATO");
    let (cyber, kind) = ("cyber".parse().unwrap(), "indicator".parse().unwrap());
    let side = (&nato, Status::Host);
    assert_eq!(none.permits(&cyber, &kind, side, side, Level::Clear), None);
    assert_eq!(rules.unmarked_level(&cyber, &kind), Some(Level::Amber));
    assert_eq!(
        rules.unmarked_level(&cyber, &"tool".parse().unwrap()),
        Some(Level::Green)
    );
    assert_eq!(rules.areas().last(), Some(("energy", "Energy security")));
    let names = rules.area_names();
    assert_eq!(names.len(), BUILT_IN_AREAS.len() + 1);
    assert!(names.iter().all(|name| rules.has_area(name)));
}

#[test]
fn faults_have_place_and_code() {
    let with = |text: &str| brief(HouseRules::parse(text.as_bytes()));
    assert_eq!(with("[[ceiling]]\n"), ["1:1 house.missing-key"]);
    assert_eq!(
        with("[[ceiling]]\nup_to = \"X\"\n"),
        ["2:9 house.unknown-level"]
    );
    assert_eq!(
        with("colour = 1\n[[ceiling]]\nup_to = \"RED\"\narea = \"energy\"\nfrom = []\n"),
        [
            "1:1 house.unknown-key",
            "4:8 house.unknown-area",
            "5:8 house.empty-list"
        ]
    );
    assert_eq!(
        with("[[area]]\nname = \"cyber\"\ntitle = \"\"\n"),
        ["2:8 house.duplicate-area", "3:9 house.empty-text"]
    );
    assert_eq!(
        with("[[unmarked]]\nlevel = \"RED\"\nfrom = [\"JPN\"]"),
        ["3:1 house.unknown-key"]
    );
    assert_eq!(with("[[ceiling"), ["1:10 house.syntax"]);
    assert_eq!(with("\u{feff}"), ["1:1 house.byte-order-mark"]);
}

#[test]
fn unknown_parties_are_told_with_their_place() {
    let rules = HouseRules::parse(HOUSE.as_bytes()).unwrap();
    assert_eq!(rules.check(&|_| Some(Status::Partner)), Ok(()));
    let faults = rules.check(&|_| None).unwrap_err();
    let found: Vec<_> = faults
        .iter()
        .map(|one| (one.line, one.column, one.code))
        .collect();
    assert_eq!(found, [(11, 17, "house.unknown-party")]);
}

#[test]
fn values_can_be_kept_from_relating_records() {
    let rules =
        HouseRules::parse(b"[correlation]\ncap = 20\nsuppress = [\"A.example\"]\n").unwrap();
    assert_eq!(rules.correlation.cap, 20);
    assert_eq!(rules.correlation.suppress, ["A.example"]);
    let bare = HouseRules::parse(b"correlation.cap = 0\n").unwrap();
    assert_eq!(bare.correlation.suppress, [""; 0]);
    for (text, fault) in [
        ("[correlation]\nsuppress = []\n", "house.missing-key"),
        ("[correlation]\ncap = -1\n", "house.wrong-type"),
        (
            "[correlation]\ncap = 1\nsuppress = [7]\n",
            "house.wrong-type",
        ),
        ("[correlation]\ncap = 1\nhide = []\n", "house.unknown-key"),
    ] {
        let faults = HouseRules::parse(text.as_bytes()).unwrap_err();
        assert!(
            faults.iter().any(|one| one.code == fault),
            "{text}: {faults}"
        );
    }
}

#[test]
fn validation_is_strict_unless_the_house_says_otherwise() {
    let read = |text: &str| HouseRules::parse(text.as_bytes()).map(|rules| rules.validation);
    assert_eq!(read("").unwrap(), Validation::Strict);
    assert_eq!(read("validation = \"strict\"").unwrap(), Validation::Strict);
    assert_eq!(
        read("validation = \"structure\"").unwrap(),
        Validation::Structure
    );
    assert_eq!(
        brief(HouseRules::parse(b"validation = \"lax\"")),
        ["1:14 house.unknown-validation"]
    );
    assert_eq!(
        brief(HouseRules::parse(b"validation = 1")),
        ["1:14 house.wrong-type"]
    );
}

#[test]
fn what_the_members_decide_and_when_people_work_is_set() {
    let rules = |text: &str| HouseRules::parse(text.as_bytes());
    let default = rules("").unwrap();
    assert_eq!(default.liaison.needs_decision, [LiaisonStatus::Decided]);
    assert_eq!(
        default.consultation.working_hours.to_string(),
        "09:00-17:00"
    );
    let set = rules(
        "[liaison]\nneeds_decision = [\"decided\", \"under-negotiation\"]\n[consultation]\nworking_hours = \"08:00-16:30\"\n",
    );
    let set = set.unwrap();
    let both = [LiaisonStatus::Decided, LiaisonStatus::Negotiating];
    assert_eq!(set.liaison.needs_decision, both);
    assert_eq!(set.consultation.working_hours.to_string(), "08:00-16:30");
    let none = rules("[liaison]\nneeds_decision = []\n").unwrap();
    assert!(none.liaison.needs_decision.is_empty());
    for (text, code) in [
        (
            "[liaison]\nneeds_decision = [\"gone\"]\n",
            "house.unknown-status",
        ),
        ("[liaison]\nneeds = []\n", "house.unknown-key"),
        (
            "[consultation]\nworking_hours = \"9-5\"\n",
            "house.malformed-hours",
        ),
    ] {
        let faults = rules(text).unwrap_err();
        assert_eq!(faults.iter().next().unwrap().code, code, "{text}");
    }
}
