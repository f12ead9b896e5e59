//! What matches and what does not, by the rules of section 9; and what would take for ever.

use std::fmt::Write as _;

use crate::json::{self, Node};
use crate::pattern::{Doubt, Observation, ObservationError, Outcome, Pattern};

const SEEN: &str = r#"[
    {"type": "observed-data", "first_observed": "2026-01-01T00:00:10Z",
     "last_observed": "2026-01-01T00:00:12Z", "number_observed": 2,
     "object_refs": ["network-traffic--1", "ipv4-addr--1", "ipv4-addr--2", "domain-name--1"]},
    {"type": "observed-data", "first_observed": "2026-01-01T00:00:20Z",
     "last_observed": "2026-01-01T00:00:20Z", "number_observed": 1,
     "object_refs": ["file--1", "artifact--1", "identity--1"]},
    {"type": "network-traffic", "id": "network-traffic--1", "src_ref": "ipv4-addr--1",
     "dst_ref": "ipv4-addr--2", "dst_port": 443, "protocols": ["ipv4", "tcp"]},
    {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.7"},
    {"type": "ipv4-addr", "id": "ipv4-addr--2", "value": "203.0.113.0/25"},
    {"type": "domain-name", "id": "domain-name--1", "value": "www.evil.example",
     "resolves_to_refs": ["ipv4-addr--2", "ipv4-addr--1", "ipv4-addr--9"]},
    {"type": "file", "id": "file--1", "name": "Caf\u0065\u0301.exe", "size": 2.5, "x_null": null,
     "ctime": "2026-01-01T00:00:00.250Z", "magic_number_hex": "ffd8",
     "hashes": {"SHA-256": "aa", "MD5": "bb"}, "x_on": true, "x_text": "one\ntwo"},
    {"type": "artifact", "id": "artifact--1", "payload_bin": "/9gAYWJj"},
    {"type": "identity", "id": "identity--1", "name": "somebody"}
]"#;

fn outcome(text: &str, seen: &str) -> Outcome {
    let tree = json::parse(seen.as_bytes()).unwrap();
    let observations = Observation::read_all(tree.items().unwrap()).unwrap();
    Pattern::parse(text).unwrap().matches(&observations)
}

#[test]
fn compares_as_the_standard_has_it() {
    for (text, held) in [
        ("[ipv4-addr:value = '198.51.100.7']", true),
        ("[ipv4-addr:value = '198.51.100.8']", false),
        ("[ipv4-addr:value != '198.51.100.7']", true),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/24']", true),
        ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", true),
        ("[ipv4-addr:value ISSUBSET '203.0.113.0/26']", false),
        ("[ipv4-addr:value ISSUPERSET '203.0.113.1']", true),
        ("[ipv4-addr:value NOT ISSUPERSET '203.0.113.1']", true),
        ("[network-traffic:src_ref.value = '198.51.100.7']", true),
        ("[network-traffic:dst_ref.value = '198.51.100.7']", false),
        ("[network-traffic:src_ref = 'ipv4-addr--1']", true),
        ("[network-traffic:protocols[1] = 'tcp']", true),
        ("[network-traffic:protocols[0] = 'tcp']", false),
        ("[network-traffic:protocols[*] = 'tcp']", true),
        ("[network-traffic:protocols = 'tcp']", false),
        ("[network-traffic:dst_port IN (80, 443.0)]", true),
        ("[network-traffic:dst_port = '443']", false),
        ("[network-traffic:dst_port NOT IN (80)]", true),
        (
            "[network-traffic:dst_port > 442.9 AND network-traffic:dst_port < 444]",
            true,
        ),
        (
            "[domain-name:resolves_to_refs[*].value = '198.51.100.7']",
            true,
        ),
        (
            "[domain-name:resolves_to_refs[0].value = '198.51.100.7']",
            false,
        ),
        ("[domain-name:resolves_to_refs[*] = 'ipv4-addr--9']", false),
        ("[domain-name:value LIKE 'www.%.example']", true),
        ("[domain-name:value LIKE '%evil']", false),
        ("[domain-name:value MATCHES 'ev[ij]l']", true),
        ("[domain-name:value MATCHES '^evil']", false),
        (
            "[domain-name:value > 'www' AND domain-name:value <= 'wwx']",
            true,
        ),
        ("[file:name = 'Caf\u{e9}.exe']", false),
        ("[file:name LIKE 'Caf\u{e9}%']", true),
        ("[file:name MATCHES 'Caf\u{e9}']", true),
        (
            "[file:hashes.'SHA-256' = 'aa' AND file:hashes.MD5 = 'bb']",
            true,
        ),
        (
            "[file:hashes.'SHA-256' = 'aa' AND file:hashes.MD5 = 'aa']",
            false,
        ),
        ("[file:size = 2.5 AND file:size > 2]", true),
        ("[file:size NOT > 'x']", false),
        ("[file:x_null != 'x' AND EXISTS file:x_null]", true),
        ("[file:x_null = 'x']", false),
        (
            "[file:x_on = true AND file:x_on != false AND file:x_on != 1]",
            true,
        ),
        ("[file:x_text LIKE 'one%two']", true),
        ("[NOT EXISTS file:mime_type]", true),
        ("[EXISTS file:mime_type]", false),
        ("[NOT EXISTS mutex:name]", false),
        ("[file:ctime = t'2026-01-01T00:00:00.25Z']", true),
        ("[file:ctime < t'2026-01-01T00:00:00.250001Z']", true),
        (
            "[file:magic_number_hex = h'ffd8' AND file:magic_number_hex = b'/9g=']",
            true,
        ),
        ("[file:magic_number_hex = '\u{ff}\u{d8}']", true),
        ("[file:magic_number_hex = 'ffd8']", false),
        (
            "[artifact:payload_bin MATCHES '^\\\\xff\\\\xd8abc$']",
            false,
        ),
        (
            "[artifact:payload_bin MATCHES '^\\\\xff\\\\xd8\\\\x00abc$']",
            true,
        ),
        ("[artifact:payload_bin MATCHES '\u{ff}\u{d8}']", true),
        ("[artifact:payload_bin > h'ffd7']", true),
        // One object must satisfy all of an AND.
        (
            "[ipv4-addr:value = '198.51.100.7' AND domain-name:value = 'www.evil.example']",
            false,
        ),
        (
            "[ipv4-addr:value = '198.51.100.7' OR domain-name:value = 'x']",
            true,
        ),
        ("[identity:name = 'somebody']", false),
    ] {
        let found = outcome(text, SEEN);
        assert_eq!(found.is_match(), held, "{text}: {found:?}");
        assert!(!matches!(found, Outcome::Undecided(_)), "{text}: {found:?}");
    }
}

#[test]
fn shares_observations_out() {
    for (text, held) in [
        (
            "[network-traffic:dst_port = 443] AND [file:name LIKE '%']",
            true,
        ),
        (
            "[network-traffic:dst_port = 443] AND [network-traffic:dst_port = 443]",
            true,
        ),
        ("[network-traffic:dst_port = 443] REPEATS 2 TIMES", true),
        ("[network-traffic:dst_port = 443] REPEATS 3 TIMES", false),
        (
            "[network-traffic:dst_port = 443] REPEATS 18446744073709551615 TIMES",
            false,
        ),
        ("[file:size > 1] AND [file:size > 2]", false),
        ("[file:size > 1] OR [file:size > 9]", true),
        (
            "[network-traffic:dst_port = 443] FOLLOWEDBY [file:size > 1]",
            true,
        ),
        (
            "[file:size > 1] FOLLOWEDBY [network-traffic:dst_port = 443]",
            false,
        ),
        (
            "([network-traffic:dst_port = 443] AND [file:size > 1]) WITHIN 8 SECONDS",
            true,
        ),
        (
            "([network-traffic:dst_port = 443] AND [file:size > 1]) WITHIN 7.999999999 SECONDS",
            false,
        ),
        (
            "[file:size > 1] START t'2026-01-01T00:00:20Z' STOP t'2026-01-01T00:00:21Z'",
            true,
        ),
        (
            "[file:size > 1] START t'2026-01-01T00:00:19Z' STOP t'2026-01-01T00:00:20Z'",
            false,
        ),
        (
            "[file:size > 1] START t'2026-01-01T00:00:21Z' STOP t'2026-01-01T00:00:19Z'",
            false,
        ),
    ] {
        let found = outcome(text, SEEN);
        assert_eq!(found.is_match(), held, "{text}: {found:?}");
    }
    assert_eq!(outcome("[file:size > 1]", SEEN), Outcome::Match(vec![1]));
}

#[test]
fn says_what_it_cannot_tell() {
    for (text, expected) in [
        (
            "[domain-name:value = t'2026-01-01T00:00:00Z']",
            Outcome::Undecided(Doubt::NotTimestamp),
        ),
        (
            "[network-traffic:dst_port IN (1, 'x')]",
            Outcome::Undecided(Doubt::MixedSet),
        ),
        (
            "[domain-name:value MATCHES '(?=x)']",
            Outcome::Undecided(Doubt::Regex),
        ),
        (
            "[file:size > 1] REPEATS 0 TIMES",
            Outcome::Undecided(Doubt::NoRepeats),
        ),
        // What cannot change the answer is no doubt.
        (
            "[domain-name:value MATCHES '(?=x)' AND domain-name:value = 'x']",
            Outcome::NoMatch,
        ),
        (
            "[domain-name:value MATCHES '(?=x)'] AND [mutex:name = 'x']",
            Outcome::NoMatch,
        ),
        ("[mutex:name MATCHES '(?=x)']", Outcome::NoMatch),
        (
            "[domain-name:value MATCHES '(?=x)'] OR [file:size > 1]",
            Outcome::Match(vec![1]),
        ),
    ] {
        assert_eq!(outcome(text, SEEN), expected, "{text}");
    }
}

#[test]
fn refuses_what_is_no_observation() {
    let read = |members: &str| {
        let text = format!("[{{\"type\": \"observed-data\", {members}}}]");
        let tree = json::parse(text.as_bytes()).unwrap();
        Observation::read_all(tree.items().unwrap()).map(|all| all.len())
    };
    let time =
        r#""first_observed": "2026-01-01T00:00:00Z", "last_observed": "2026-01-01T00:00:00Z""#;
    let number = r#""number_observed": 1"#;
    assert_eq!(
        read(&format!("{time}, {number}, \"object_refs\": []")),
        Ok(1)
    );
    assert_eq!(
        read(&format!("{number}, \"object_refs\": []")),
        Err(ObservationError::Time)
    );
    assert_eq!(
        read(&format!("{time}, \"object_refs\": []")),
        Err(ObservationError::Number)
    );
    assert_eq!(
        read(&format!(
            "{time}, \"number_observed\": 0, \"objects\": {{}}"
        )),
        Err(ObservationError::Number)
    );
    assert_eq!(
        read(&format!("{time}, {number}")),
        Err(ObservationError::Objects)
    );
    let late = time.replacen("00Z", "01Z", 1);
    assert_eq!(
        read(&format!("{late}, {number}, \"objects\": {{}}")),
        Err(ObservationError::TimeOrder)
    );
}

/// `n` observations, a second apart, of the same object with values 0 to 2 in turn.
fn many(n: usize) -> String {
    let mut text = String::from("[");
    for at in 0..n {
        let time = format!(
            "2026-01-01T{:02}:{:02}:{:02}Z",
            at / 3600,
            at / 60 % 60,
            at % 60
        );
        let _ = write!(
            text,
            "{{\"type\": \"observed-data\", \"first_observed\": \"{time}\", \"last_observed\": \"{time}\", \
             \"number_observed\": 1, \"object_refs\": [\"a--{}\"]}},",
            at % 3
        );
    }
    for value in 0..3 {
        let _ = write!(
            text,
            "{{\"type\": \"a\", \"id\": \"a--{value}\", \"b\": {value}}},"
        );
    }
    text.pop();
    text + "]"
}

#[test]
fn large_searches_end() {
    let seen = many(600);
    // Each value stands 200 times.
    let all: Vec<String> = (0..200).map(|n| format!("[a:b = {}]", n % 3)).collect();
    assert!(outcome(&all.join(" AND "), &seen).is_match());
    assert!(outcome("[a:b = 1] REPEATS 200 TIMES", &seen).is_match());
    assert_eq!(
        outcome("[a:b = 1] REPEATS 201 TIMES", &seen),
        Outcome::NoMatch
    );
    assert!(outcome("([a:b = 1] AND [a:b = 2]) REPEATS 200 TIMES", &seen).is_match());
    assert!(outcome(&all.join(" FOLLOWEDBY "), &seen).is_match());
    assert!(outcome("([a:b = 1] FOLLOWEDBY [a:b = 2]) REPEATS 10 TIMES", &seen).is_match());
    assert!(outcome("[a:b >= 0] REPEATS 100 TIMES WITHIN 99 SECONDS", &seen).is_match());
    assert_eq!(
        outcome("[a:b >= 0] REPEATS 100 TIMES WITHIN 98 SECONDS", &seen),
        Outcome::NoMatch
    );
    // 201 in order when there are 200 of each: whatever the answer, it comes, and is not wrong.
    let chain = vec!["[a:b = 1]"; 201].join(" FOLLOWEDBY ");
    assert!(!outcome(&chain, &seen).is_match());
    // Satisfiability in disguise: variables that use up what clauses lack.
    let variables: Vec<String> = (0..40)
        .map(|n| {
            format!(
                "([a:b = {}] REPEATS 9 TIMES OR [a:b = {}] REPEATS 9 TIMES)",
                n % 3,
                (n + 1) % 3
            )
        })
        .collect();
    let hard = format!("({}) WITHIN 500 SECONDS", variables.join(" AND "));
    outcome(&hard, &seen);
    let deep: String = "(".repeat(200)
        + "[a:b = 1]"
        + &" FOLLOWEDBY [a:b = 2] OR [a:b = 0]) WITHIN 9 SECONDS".repeat(200);
    outcome(&deep, &seen);
}

#[test]
fn references_do_not_multiply() {
    // 200 objects that all refer to each other, along 60 steps: 200^60 ways.
    let ids: Vec<String> = (0..200).map(|n| format!("\"a--{n}\"")).collect();
    let refs = ids.join(", ");
    let objects: Vec<String> = ids
        .iter()
        .map(|id| format!("{{\"type\": \"a\", \"id\": {id}, \"r_refs\": [{refs}]}}"))
        .collect();
    let seen = format!(
        "[{{\"type\": \"observed-data\", \"first_observed\": \"2026-01-01T00:00:00Z\", \
         \"last_observed\": \"2026-01-01T00:00:00Z\", \"number_observed\": 1, \"object_refs\": [{refs}]}}, {}]",
        objects.join(", ")
    );
    let text = format!("[a:{}b = 1]", "r_refs[*].".repeat(60));
    let tree = json::parse(seen.as_bytes()).unwrap();
    let objects: Vec<&Node<'_>> = tree.items().unwrap().iter().collect();
    let mut observations = Observation::read_all(objects).unwrap();
    // One root is enough to see it.
    observations[0].objects.truncate(1);
    assert_eq!(
        Pattern::parse(&text).unwrap().matches(&observations),
        Outcome::NoMatch
    );
}
