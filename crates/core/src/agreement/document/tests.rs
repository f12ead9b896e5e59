//! Tests of the agreement file: the sample of the design, and a table of faults with their places.

use super::*;

const SAMPLE: &str = r##"+++
id = "nato-jpn"                      # one partner, one plan
title = "Individually Tailored Partnership Programme"
programme = "ITPP"
version = 2                          # supersedes version 1
parties = ["NATO", "JPN"]            # host first
in_force = 2023-07-12T00:00:00Z
until = 2026-12-31T00:00:00Z         # first instant no longer in force; optional
after_end = "withdraw"

[[take]]
article = "4.1"
area = "cyber"
kinds = ["indicator", "malware", "attack-pattern", "relationship"]   # default: all
from = ["host", "members", "AUS"]    # originators; default: all
up_to = "AMBER"
accepts = []

[[give]]
article = "4.2"
area = "cyber"
up_to = "AMBER"
onward = ["members", "AUS"]
unmarked = "AMBER"

[[objective]]
title = "Strengthen dialogue"
[[objective.goal]]
id = "cyber-1"
area = "cyber"
title = "Exchange indicators within an hour of detection"
due = 2024-06-30
lead = ["NATO", "JPN"]
[[objective.goal.activity]]
title = "Annual joint exercise"
+++
# Individually Tailored Partnership Programme

## Article 4.1: What Japan takes
Text.

4.2 What Japan gives
--------------------
Text.
"##;

/// The least file, with its front matter and its text to be filled in.
fn file(head: &str, terms: &str, body: &str) -> String {
    let head = if head.is_empty() {
        "id = \"a\"\ntitle = \"A\"\nversion = 1\nparties = [\"NATO\", \"JPN\"]\nin_force = 2024-01-01T00:00:00Z"
    } else {
        head
    };
    format!("+++\n{head}\n{terms}\n+++\n{body}")
}

/// `line:column code` of every fault.
fn faults(bytes: &[u8]) -> Vec<String> {
    match Document::parse(bytes) {
        Ok(_) => Vec::new(),
        Err(faults) => brief(&faults),
    }
}

fn brief(faults: &Faults) -> Vec<String> {
    faults
        .iter()
        .map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.code))
        .collect()
}

#[test]
fn the_sample_is_read_whole() {
    let document = Document::parse(SAMPLE.as_bytes()).unwrap();
    assert_eq!(document.id.as_str(), "nato-jpn");
    assert_eq!(document.programme.as_deref(), Some("ITPP"));
    assert_eq!(document.version, AgreementVersion(2));
    assert!(!document.charter);
    assert_eq!(document.parties.host.as_str(), "NATO");
    assert_eq!(document.parties.other, "JPN".parse().unwrap());
    assert_eq!(document.in_force, "2023-07-12T00:00:00Z".parse().unwrap());
    assert_eq!(
        document.until,
        Some("2026-12-31T00:00:00Z".parse().unwrap())
    );
    assert_eq!(document.after_end, AfterEnd::Withdraw);
    let [take] = document.take.as_slice() else {
        panic!("{:?}", document.take)
    };
    assert_eq!(take.article, "4.1");
    assert_eq!(take.up_to, Level::Amber);
    assert_eq!(take.from.as_ref().unwrap().len(), 3);
    let cyber = "cyber".parse().unwrap();
    assert!(take.covers(&cyber, &"malware".parse().unwrap()));
    assert!(!take.covers(&cyber, &"tool".parse().unwrap()));
    assert!(!take.covers(&"space".parse().unwrap(), &"malware".parse().unwrap()));
    assert!(take.takes_from(&"AUS".parse().unwrap(), Status::Partner));
    assert!(!take.takes_from(&"KOR".parse().unwrap(), Status::Partner));
    let [give] = document.give.as_slice() else {
        panic!("{:?}", document.give)
    };
    assert_eq!(
        (give.article.as_str(), give.unmarked),
        ("4.2", Some(Level::Amber))
    );
    assert!(give.covers(&cyber, &"tool".parse().unwrap()));
    assert!(give.gives_to(&"FRA".parse().unwrap(), Status::Member));
    assert!(!give.gives_to(&"KOR".parse().unwrap(), Status::Partner));
    let goal = &document.objectives[0].goals[0];
    assert_eq!((goal.id.as_str(), goal.lead.len()), ("cyber-1", 2));
    assert_eq!(goal.due, Some(jiff::civil::date(2024, 6, 30)));
    assert_eq!(goal.activities[0].title, "Annual joint exercise");
}

#[test]
fn lines_may_end_as_on_windows() {
    let crlf = SAMPLE.replace('\n', "\r\n");
    let (a, b) = (
        Document::parse(SAMPLE.as_bytes()),
        Document::parse(crlf.as_bytes()),
    );
    assert_eq!(a.unwrap(), b.unwrap());
}

#[test]
fn an_offset_is_converted_and_a_charter_is_for_members() {
    let head = "id = \"charter\"\ntitle = \"C\"\nversion = 1\ncharter = true\nparties = [\"NATO\", \"members\"]\nin_force = 2024-01-01T09:00:00+09:00\nafter_end = \"keep\"";
    let document = Document::parse(file(head, "", "").as_bytes()).unwrap();
    assert!(document.charter);
    assert_eq!(document.parties.other, Audience::Group(Status::Member));
    assert_eq!(document.in_force, "2024-01-01T00:00:00Z".parse().unwrap());
    assert_eq!((document.until, document.after_end), (None, AfterEnd::Keep));
}

#[test]
fn terms_may_stand_in_one_line() {
    let text = file(
        "",
        "take = [{ article = '1', area = 'cyber', up_to = 'RED' }]",
        "# 1",
    );
    assert_eq!(
        Document::parse(text.as_bytes()).unwrap().take[0].up_to,
        Level::Red
    );
}

/// Each line of the table is one file that is wrong in one way.
#[test]
fn every_fault_has_its_place_and_code() {
    let head = |change: &str, to: &str| {
        let plain = "id = \"a\"\ntitle = \"A\"\nversion = 1\nparties = [\"NATO\", \"JPN\"]\nin_force = 2024-01-01T00:00:00Z";
        assert!(plain.contains(change));
        file(&plain.replace(change, to), "", "# 1\n")
    };
    let take = |change: &str, to: &str| {
        let plain = "[[take]]\narticle = \"1\"\narea = \"cyber\"\nup_to = \"RED\"\n";
        assert!(plain.contains(change));
        file("", &plain.replace(change, to), "# 1\n")
    };
    let give = |add: &str| {
        file(
            "",
            &format!("[[give]]\narticle = \"1\"\narea = \"cyber\"\nup_to = \"RED\"\n{add}"),
            "# 1\n",
        )
    };
    let goal = |add: &str| {
        let goal = "[[objective.goal]]\nid = \"g\"\narea = \"cyber\"\ntitle = \"G\"\n";
        file(
            "",
            &format!("[[objective]]\ntitle = \"O\"\n{goal}{add}"),
            "",
        )
    };
    for (name, text, found) in [
        (
            "no front matter",
            "# Hello".into(),
            "1:1 agreement.no-front-matter",
        ),
        ("empty file", String::new(), "1:1 agreement.no-front-matter"),
        (
            "blank line first",
            format!("\n{SAMPLE}"),
            "1:1 agreement.no-front-matter",
        ),
        (
            "open front matter",
            "+++\nid = \"a\"\n".into(),
            "1:1 agreement.unclosed-front-matter",
        ),
        (
            "byte order mark",
            format!("\u{feff}{SAMPLE}"),
            "1:1 agreement.byte-order-mark",
        ),
        (
            "not TOML",
            head("version = 1", "version = = 1"),
            "4:11 agreement.syntax",
        ),
        (
            "same key twice",
            head("version = 1", "version = 1\nversion = 2"),
            "5:1 agreement.syntax",
        ),
        (
            "unknown key",
            head("version = 1", "version = 1\n  vresion = 1"),
            "5:3 agreement.unknown-key",
        ),
        (
            "missing key",
            head("version = 1", ""),
            "2:1 agreement.missing-key",
        ),
        (
            "wrong type",
            head("version = 1", "version = \"1\""),
            "4:11 agreement.wrong-type",
        ),
        (
            "fraction",
            head("version = 1", "version = 1.0"),
            "4:11 agreement.wrong-type",
        ),
        (
            "version zero",
            head("version = 1", "version = 0"),
            "4:11 agreement.version-zero",
        ),
        (
            "version below zero",
            head("version = 1", "version = -1"),
            "4:11 agreement.wrong-type",
        ),
        (
            "bad id",
            head("\"a\"", "\"A B\""),
            "2:6 agreement.malformed-name",
        ),
        (
            "empty title",
            head("\"A\"", "\" \""),
            "3:9 agreement.empty-text",
        ),
        (
            "title of two lines",
            head("\"A\"", "\"A\\nB\""),
            "3:9 agreement.control-character",
        ),
        (
            "hidden turn of text",
            head("\"A\"", "\"A\u{202e}B\""),
            "3:11 agreement.control-character",
        ),
        (
            "three parties",
            head("\"JPN\"]", "\"JPN\", \"KOR\"]"),
            "5:11 agreement.parties",
        ),
        (
            "one party",
            head(", \"JPN\"]", "]"),
            "5:11 agreement.parties",
        ),
        (
            "host as a group",
            head("\"NATO\"", "\"host\""),
            "5:12 agreement.parties",
        ),
        (
            "party with itself",
            head("\"JPN\"", "\"NATO\""),
            "5:20 agreement.duplicate",
        ),
        (
            "members without charter",
            head("\"JPN\"", "\"members\""),
            "5:20 agreement.parties",
        ),
        (
            "charter with one",
            head("version = 1", "version = 1\ncharter = true"),
            "6:20 agreement.parties",
        ),
        (
            "charter no switch",
            head("version = 1", "version = 1\ncharter = 1"),
            "5:11 agreement.wrong-type",
        ),
        (
            "lower-case party",
            head("\"JPN\"", "\"jpn\""),
            "5:20 agreement.unknown-party",
        ),
        (
            "no offset",
            head("00:00Z", "00:00"),
            "6:12 agreement.local-instant",
        ),
        (
            "only a day",
            head("T00:00:00Z", ""),
            "6:12 agreement.local-instant",
        ),
        (
            "instant as text",
            head("2024-01-01T00:00:00Z", "\"2024-01-01T00:00:00Z\""),
            "6:12 agreement.wrong-type",
        ),
        (
            "ends as it begins",
            head("00:00Z", "00:00Z\nuntil = 2024-01-01T01:00:00+01:00"),
            "7:9 agreement.until-before-in-force",
        ),
        (
            "after the end",
            head("version = 1", "version = 1\nafter_end = \"burn\""),
            "5:13 agreement.unknown-after-end",
        ),
        (
            "take without brackets",
            take("[[take]]", "[take]"),
            "7:1 agreement.wrong-type",
        ),
        (
            "take without level",
            take("up_to = \"RED\"\n", ""),
            "7:1 agreement.missing-key",
        ),
        (
            "unknown key in take",
            take("area", "onward = []\narea"),
            "9:1 agreement.unknown-key",
        ),
        (
            "unknown article",
            take("\"1\"", "\"1.1\""),
            "8:11 agreement.unknown-article",
        ),
        (
            "article as a number",
            take("\"1\"", "1"),
            "8:11 agreement.wrong-type",
        ),
        (
            "bad area",
            take("\"cyber\"", "\"Cyber\""),
            "9:8 agreement.unknown-area",
        ),
        (
            "old level",
            take("\"RED\"", "\"WHITE\""),
            "10:9 agreement.unknown-level",
        ),
        (
            "no kinds",
            take("area", "kinds = []\narea"),
            "9:9 agreement.empty-list",
        ),
        (
            "from nobody",
            take("area", "from = []\narea"),
            "9:8 agreement.empty-list",
        ),
        (
            "kind twice",
            take("area", "kinds = [\"tool\", \"tool\"]\narea"),
            "9:18 agreement.duplicate",
        ),
        (
            "kind in capitals",
            take("area", "kinds = [\"tool\", \"Tool\"]\narea"),
            "9:18 agreement.malformed-name",
        ),
        (
            "kinds as text",
            take("area", "kinds = \"tool\"\narea"),
            "9:9 agreement.wrong-type",
        ),
        (
            "kind as number",
            take("area", "kinds = [1]\narea"),
            "9:10 agreement.wrong-type",
        ),
        (
            "unknown group",
            take("area", "from = [\"everyone\"]\narea"),
            "9:9 agreement.unknown-party",
        ),
        (
            "marking with a blank",
            take("area", "accepts = [\"a b\"]\narea"),
            "9:12 agreement.malformed-name",
        ),
        (
            "from in give",
            give("from = [\"JPN\"]"),
            "11:1 agreement.unknown-key",
        ),
        (
            "unmarked level",
            give("unmarked = \"amber\""),
            "11:12 agreement.unknown-level",
        ),
        (
            "onward",
            give("onward = [\"aus\"]"),
            "11:11 agreement.unknown-party",
        ),
        (
            "due with a time",
            goal("due = 2024-01-01T00:00:00Z"),
            "13:7 agreement.wrong-type",
        ),
        (
            "due as text",
            goal("due = \"soon\""),
            "13:7 agreement.wrong-type",
        ),
        (
            "lead of a group",
            goal("lead = [\"members\"]"),
            "13:9 agreement.unknown-party",
        ),
        (
            "unknown key in goal",
            goal("owner = \"x\""),
            "13:1 agreement.unknown-key",
        ),
        (
            "activity without title",
            goal("[[objective.goal.activity]]"),
            "13:1 agreement.missing-key",
        ),
        (
            "two goals of a name",
            goal("[[objective.goal]]\nid = \"g\"\narea = \"cyber\"\ntitle = \"H\""),
            "14:6 agreement.duplicate-goal",
        ),
        (
            "two headings of a number",
            take("\"1\"", "\"1\"").replace("# 1", "# 1\n# Annex 1"),
            "8:11 agreement.ambiguous-article",
        ),
        (
            "heading in a fence",
            take("\"1\"", "\"1\"").replace("# 1", "```\n# 1\n```"),
            "8:11 agreement.unknown-article",
        ),
        (
            "escape in the text",
            take("\"1\"", "\"1\"") + "\nA\u{1b}[2J",
            "15:2 agreement.control-character",
        ),
    ] {
        assert_eq!(faults(text.as_bytes()), [found], "{name}\n{text}");
    }
}

#[test]
fn all_faults_are_told_at_once_in_order() {
    let text = "+++\nid = \"A\"\nversion = 0\nparties = [\"NATO\"]\ncolour = 1\n[[take]]\narea = \"cyber\"\nup_to = \"WHITE\"\n[[give]]\n+++\n";
    assert_eq!(
        faults(text.as_bytes()),
        [
            "2:1 agreement.missing-key",
            "2:1 agreement.missing-key",
            "2:6 agreement.malformed-name",
            "3:11 agreement.version-zero",
            "4:11 agreement.parties",
            "5:1 agreement.unknown-key",
            "6:1 agreement.missing-key",
            "8:9 agreement.unknown-level",
            "9:1 agreement.missing-key",
            "9:1 agreement.missing-key",
            "9:1 agreement.missing-key",
        ]
    );
    let shown = Document::parse(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(shown.lines().count(), 11);
    assert!(shown.contains("8:9: `WHITE` is no level"), "{shown}");
}

#[test]
fn what_is_not_text_is_refused_where_it_begins() {
    assert_eq!(faults(b"+++\nid = \"\xff\""), ["2:7 agreement.not-utf-8"]);
    let long = vec![b'#'; SIZE_MAX + 1];
    assert_eq!(faults(&long), ["1:1 agreement.too-large"]);
    assert_eq!(
        faults(b"+++\rid"),
        [
            "1:1 agreement.no-front-matter",
            "1:4 agreement.control-character"
        ]
    );
}

#[test]
fn columns_count_characters() {
    let text = file("", "", "").replace("title = \"A\"", "\"日本語\" = 1\ntitle = \"A\"");
    assert_eq!(faults(text.as_bytes()), ["3:1 agreement.unknown-key"]);
    let text = text.replace("\"日本語\" = 1", "programme = \"日本\"    \t vresion = 1");
    assert_eq!(faults(text.as_bytes()), ["3:23 agreement.syntax"]);
}

#[test]
fn hostile_files_cost_little() {
    let deep = format!("take = {}1{}", "[".repeat(50_000), "]".repeat(50_000));
    let dotted = format!("{}x = 1", "a.".repeat(100_000));
    let both = format!(
        "{}1{}",
        format!("{{ {}x = ", "a.".repeat(78)).repeat(78),
        "}".repeat(78)
    );
    let both = format!("take = {both}");
    let many = format!("kinds = [{}]", "\"a b\",".repeat(20_000));
    let wide = format!(
        "take = [{}]",
        "{ from = ['AUS'], article = '1', area = 'cyber', up_to = 'RED' },".repeat(12_000)
    );
    for terms in [deep, dotted, both, many] {
        let found = Document::parse(file("", &terms, "# 1").as_bytes()).unwrap_err();
        assert!(found.count() <= 110, "{}", found.count());
    }
    let document = Document::parse(file("", &wide, "# 1").as_bytes()).unwrap();
    assert_eq!(document.take.len(), 12_000);
}

#[test]
fn what_the_office_does_not_know_is_told_with_its_place() {
    let document = Document::parse(SAMPLE.as_bytes()).unwrap();
    let host: PartyCode = "NATO".parse().unwrap();
    let everyone = |code: &PartyCode| {
        Some(if code.as_str() == "NATO" {
            Status::Host
        } else {
            Status::Partner
        })
    };
    let known = Known {
        host: &host,
        area: &|_| true,
        party: &everyone,
    };
    assert_eq!(document.check(&known), Ok(()));

    let strangers = Known {
        area: &|_| false,
        party: &|_| None,
        ..known
    };
    assert_eq!(
        brief(&document.check(&strangers).unwrap_err()),
        [
            "6:20 agreement.unknown-party",
            "13:8 agreement.unknown-area",
            "15:28 agreement.unknown-party",
            "21:8 agreement.unknown-area",
            "23:22 agreement.unknown-party",
            "30:8 agreement.unknown-area",
            "33:9 agreement.unknown-party",
            "33:17 agreement.unknown-party",
        ]
    );

    let other_host: PartyCode = "JPN".parse().unwrap();
    let elsewhere = Known {
        host: &other_host,
        area: &|_| true,
        party: &|_| Some(Status::Host),
    };
    assert_eq!(
        brief(&document.check(&elsewhere).unwrap_err()),
        ["6:12 agreement.wrong-host", "6:20 agreement.wrong-host"]
    );
}
