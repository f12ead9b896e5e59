//! What the forms of a report have to hold to: names, numbers, and texts of others that stay texts;
//! and the order of the elements of StratML Part 2, from its schema.

use std::collections::BTreeSet;

use super::wording::{escape, plain_markdown, span_of};
use super::*;

const NASTY: &str =
    "<script>alert('x')</script> & \"a\" | b ]]> \u{1}\u{ffff} *c* [d](javascript:e)";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn word(party: &str, status: &'static str) -> Word {
    Word {
        party: party.parse().unwrap(),
        status,
        into: None,
        note: Some(NASTY.into()),
        day: Some(day("2026-05-01")),
    }
}

fn goal(id: &str, status: &'static str) -> Goal {
    Goal {
        id: id.parse().unwrap(),
        title: NASTY.into(),
        objective: "Strengthen dialogue".into(),
        area: "cyber".parse().unwrap(),
        due: Some(day("2026-06-30")),
        lead: vec!["JPN".parse().unwrap()],
        means: vec![NASTY.into()],
        status,
        into: None,
        is_overdue: status == "late",
        words: vec![word("NATO", status), word("JPN", status)],
        outcome: None,
        evidence: ["https://a.example/?x=1&y='2'", "javascript:alert(1)", NASTY]
            .map(|what| Evidence {
                kind: "page",
                what: what.into(),
                meeting: Some(2),
                digest: Some("ab".into()),
                note: Some(NASTY.into()),
                party: "JPN".parse().unwrap(),
                at: "2026-05-01T00:00:00Z".parse().unwrap(),
            })
            .into(),
    }
}

fn review(for_office: bool) -> Review {
    let mut merged = goal("cyber-2", "merged");
    merged.into = Some("cyber-1".parse().unwrap());
    let mut old = goal("old-1", "planned");
    old.outcome = Some(Outcome {
        fate: "carried over",
        heir: Some("cyber-1".parse().unwrap()),
        reason: Some(NASTY.into()),
        by: Some("nato-jpn".parse().unwrap()),
        version: Some(AgreementVersion(2)),
    });
    let programme = |id: &str, version, goals| Programme {
        id: id.parse().unwrap(),
        title: NASTY.into(),
        version,
        is_agreed: true,
        parties: ["NATO".into(), "JPN".into()],
        in_force: "2024-01-01T00:00:00Z".parse().unwrap(),
        until: None,
        predecessor: Some("ipcp-2014".parse().unwrap()),
        successor: None,
        is_whole: true,
        goals,
    };
    let wait = Wait::of(vec![5_000_000, 1_500_000, 90_000_000, 7_200_000_000]);
    let area = |name: &str, given, taken, wait| AreaFigures {
        area: name.parse().unwrap(),
        given,
        taken,
        receipts: 3,
        wait,
        onward: wait.filter(|_| for_office),
    };
    let event = |kind, attended| Event {
        day: day("2026-03-03"),
        kind,
        title: NASTY.into(),
        place: NASTY.into(),
        attended,
    };
    Review {
        office: "Tokyo".into(),
        host: ("NATO".parse().unwrap(), "Alliance".into()),
        party: ("JPN".parse().unwrap(), NASTY.into()),
        from: day("2026-01-01"),
        to: day("2026-12-31"),
        made: "2027-01-01T09:30:00Z".parse().unwrap(),
        for_office,
        programmes: vec![
            programme("ipcp-2014", None, vec![old]),
            programme(
                "nato-jpn",
                Some(AgreementVersion(2)),
                vec![goal("cyber-1", "late"), merged, goal("cyber-3", "disputed")],
            ),
        ],
        areas: vec![
            area("cyber", 120, 0, wait),
            area("space", 0, u64::MAX, None),
        ],
        meetings: vec![event("meeting", None)],
        activities: vec![event("training", Some(4))],
    }
}

/// The elements of a well-formed text, each with its parent and its children in order. Panics where
/// it is not well formed.
fn elements(text: &str) -> Vec<(String, Vec<String>)> {
    let mut open: Vec<(String, Vec<String>)> = Vec::new();
    let mut done = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        assert!(!before.contains('>'), "a bare `>` in {before}");
        assert!(
            open.last().is_some() || before.trim().is_empty(),
            "text outside: {before}"
        );
        let end = tag.find('>').unwrap();
        let inside = &tag[1..end];
        rest = &tag[end + 1..];
        if inside.starts_with('?') || inside.starts_with('!') {
            continue;
        }
        if let Some(name) = inside.strip_prefix('/') {
            let (opened, children) = open.pop().unwrap();
            assert_eq!(opened, name);
            done.push((opened, children));
            continue;
        }
        let name = inside.split([' ', '/']).next().unwrap().to_owned();
        if let Some((_, children)) = open.last_mut() {
            children.push(name.clone());
        }
        assert_eq!(inside.matches('"').count() % 2, 0, "{inside}");
        match inside.ends_with('/') || name == "meta" {
            true => done.push((name, Vec::new())),
            false => open.push((name, Vec::new())),
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty());
    done
}

/// What may stand in an element of StratML Part 2, in this order, and how often: from the schema of
/// 2016-02-16, as far as a report has it.
#[expect(clippy::type_complexity, reason = "a table that is read once")]
const SEQUENCES: [(&str, &[(&str, usize, usize)]); 13] = [
    (
        "PerformancePlanOrReport",
        &[
            ("Name", 1, 1),
            ("Description", 0, 1),
            ("OtherInformation", 0, 1),
            ("StrategicPlanCore", 1, 1),
            ("AdministrativeInformation", 0, 1),
            ("Submitter", 0, 1),
        ],
    ),
    (
        "StrategicPlanCore",
        &[
            ("Organization", 0, 99),
            ("Vision", 0, 1),
            ("Mission", 0, 1),
            ("Value", 0, 99),
            ("Goal", 1, 99),
        ],
    ),
    (
        "Organization",
        &[
            ("Name", 0, 1),
            ("Acronym", 0, 1),
            ("Identifier", 0, 1),
            ("Description", 0, 1),
            ("Stakeholder", 0, 99),
        ],
    ),
    (
        "Goal",
        &[
            ("Name", 1, 1),
            ("Description", 1, 1),
            ("Identifier", 0, 1),
            ("SequenceIndicator", 0, 1),
            ("Stakeholder", 0, 99),
            ("OtherInformation", 0, 1),
            ("Objective", 0, 99),
        ],
    ),
    (
        "Objective",
        &[
            ("Name", 0, 1),
            ("Description", 0, 1),
            ("Identifier", 0, 1),
            ("SequenceIndicator", 0, 1),
            ("Stakeholder", 0, 99),
            ("OtherInformation", 0, 1),
            ("PerformanceIndicator", 0, 99),
        ],
    ),
    (
        "Stakeholder",
        &[("Name", 1, 1), ("Description", 0, 1), ("Role", 0, 99)],
    ),
    (
        "Role",
        &[("Name", 1, 1), ("Description", 0, 1), ("RoleType", 0, 2)],
    ),
    (
        "PerformanceIndicator",
        &[
            ("SequenceIndicator", 0, 1),
            ("MeasurementDimension", 1, 1),
            ("UnitOfMeasurement", 1, 1),
            ("Identifier", 0, 1),
            ("Relationship", 0, 99),
            ("MeasurementInstance", 0, 99),
            ("OtherInformation", 0, 1),
        ],
    ),
    (
        "Relationship",
        &[
            ("Identifier", 0, 1),
            ("ReferentIdentifier", 0, 99),
            ("Name", 0, 1),
            ("Description", 0, 1),
        ],
    ),
    (
        "MeasurementInstance",
        &[("TargetResult", 0, 99), ("ActualResult", 0, 99)],
    ),
    ("TargetResult", RESULT),
    ("ActualResult", RESULT),
    (
        "AdministrativeInformation",
        &[
            ("Identifier", 0, 1),
            ("StartDate", 0, 1),
            ("EndDate", 0, 1),
            ("PublicationDate", 0, 1),
            ("Source", 0, 1),
        ],
    ),
];

const RESULT: &[(&str, usize, usize)] = &[
    ("StartDate", 0, 1),
    ("EndDate", 0, 1),
    ("NumberOfUnits", 0, 1),
    ("Descriptor", 0, 1),
    ("Description", 0, 1),
];

#[test]
fn the_elements_of_stratml_follow_the_schema() {
    let empty = Review {
        programmes: Vec::new(),
        areas: Vec::new(),
        ..review(false)
    };
    for review in [review(true), review(false), empty] {
        let text = stratml(&review);
        let found = elements(&text);
        let mut checked = BTreeSet::new();
        for (name, children) in &found {
            let Some((_, sequence)) = SEQUENCES.iter().find(|(of, _)| of == name) else {
                assert!(
                    children.is_empty() || name == "Descriptor",
                    "{name} has {children:?}"
                );
                continue;
            };
            let mut left = children.as_slice();
            for (child, least, most) in *sequence {
                let count = left.iter().take_while(|one| one == child).count();
                assert!(
                    (*least..=*most).contains(&count),
                    "{name}: {count} {child} in {children:?}"
                );
                left = &left[count..];
            }
            assert!(left.is_empty(), "{name}: {left:?} in {children:?}");
            checked.insert(name.clone());
        }
        let wanted = if review.programmes.is_empty() {
            5
        } else {
            SEQUENCES.len()
        };
        assert!(checked.len() >= wanted.min(5), "{checked:?}");
        if !review.programmes.is_empty() {
            assert_eq!(checked.len(), SEQUENCES.len(), "{checked:?}");
        }
        // Each identifier is one (xsd:ID).
        let ids: Vec<&str> = text
            .split("<Identifier>")
            .skip(1)
            .map(|rest| rest.split('<').next().unwrap())
            .collect();
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>().len(),
            ids.len(),
            "{ids:?}"
        );
        let refers = text.split("<ReferentIdentifier>").skip(1);
        for referent in refers.map(|rest| rest.split('<').next().unwrap()) {
            assert!(ids.contains(&referent), "{referent} in {ids:?}");
        }
    }
}

#[test]
fn a_page_holds_nothing_that_runs() {
    for for_office in [true, false] {
        let text = html(&review(for_office));
        let found = elements(&text);
        let names: BTreeSet<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "script",
            "img",
            "iframe",
            "link",
            "object",
            "form",
            "foreignObject",
        ] {
            assert!(!names.contains(name), "{name}");
        }
        assert!(names.contains("svg") && names.contains("rect"), "{names:?}");
        let links: Vec<&str> = text.split("href=\"").skip(1).collect();
        assert_eq!(links.len(), 4, "one address of each goal is one of the web");
        assert!(
            links
                .iter()
                .all(|link| link.starts_with("https://a.example/"))
        );
        assert!(!text.contains(" onload") && !text.contains("src="));
        // The office alone is told how soon others had what the partner gave.
        assert_eq!(text.contains("given: median"), for_office);
        assert_eq!(
            markdown(&review(for_office)).contains("given: median"),
            for_office
        );
        let told = stratml(&review(for_office));
        assert_eq!(told.contains("others had what was given"), for_office);
    }
}

#[test]
fn a_bar_is_as_long_as_its_number() {
    let text = html(&review(true));
    // 640 less 190 for names and 90 for numbers: the longest bar has 360.
    assert!(text.contains("width=\"360\""));
    let lone = Review {
        areas: vec![AreaFigures {
            area: "cyber".parse().unwrap(),
            given: 100,
            taken: 25,
            receipts: 1,
            wait: None,
            onward: None,
        }],
        ..review(true)
    };
    let text = html(&lone);
    assert!(
        text.contains("class=\"given\" x=\"190\" y=\"4\" width=\"360\""),
        "{text}"
    );
    assert!(
        text.contains("class=\"taken\" x=\"190\" y=\"28\" width=\"90\""),
        "{text}"
    );
}

#[test]
fn every_row_of_a_table_has_as_many_cells() {
    for for_office in [true, false] {
        let text = markdown(&review(for_office));
        let mut cells: Option<usize> = None;
        for line in text.lines() {
            if !line.starts_with('|') {
                cells = None;
                continue;
            }
            let count = line.replace("\\|", "").matches('|').count();
            assert_eq!(*cells.get_or_insert(count), count, "{line}");
        }
        assert!(text.contains("late"), "{text}");
        assert!(!text.contains("<script>"), "{text}");
        assert!(text.contains("| cyber given | 120 |"), "{text}");
    }
}

#[test]
fn texts_of_others_stay_texts() {
    assert_eq!(
        escape("<a b='c' d=\"e\">&"),
        "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;"
    );
    assert_eq!(escape("a\u{0}b\u{ffff}\nc"), "a\u{fffd}b\u{fffd}\nc");
    assert_eq!(
        plain_markdown("a|b\n[c](d) `e`"),
        "a\\|b \\[c\\](d) \\`e\\`"
    );
}

#[test]
fn waits_are_by_nearest_rank() {
    assert_eq!(Wait::of(Vec::new()), None);
    let one = Wait::of(vec![7]).unwrap();
    assert_eq!((one.count, one.median, one.ninth), (1, 7, 7));
    let ten = Wait::of((1..=10).rev().collect()).unwrap();
    assert_eq!((ten.count, ten.median, ten.ninth), (10, 5, 9));
    let eleven = Wait::of((1..=11).collect()).unwrap();
    assert_eq!((eleven.median, eleven.ninth), (6, 10));
    let shown = [
        500,
        1_500_000,
        90_000_000,
        600_000_000,
        7_200_000_000,
        200_000_000_000,
    ]
    .map(span_of);
    assert_eq!(
        shown,
        ["0.5 ms", "1.5 s", "90 s", "10 min", "2.0 h", "2.3 d"]
    );
}

#[test]
fn the_words_of_a_page_are_those_of_the_other_forms() {
    let review = review(true);
    for text in [markdown(&review), html(&review), stratml(&review)] {
        for part in [
            "2026-01-01",
            "cyber-1",
            "carried over",
            "disputed",
            "merged",
            "for the office",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}

#[test]
#[ignore = "writes a sample of each form to the folder named by REVIEW_SAMPLES"]
fn samples() {
    let Some(folder) = std::env::var_os("REVIEW_SAMPLES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let review = review(true);
    for (name, text) in [
        ("md", markdown(&review)),
        ("html", html(&review)),
        ("xml", stratml(&review)),
    ] {
        std::fs::write(folder.join(format!("review.{name}")), text).unwrap();
    }
}
