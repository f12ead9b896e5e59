//! Patterns against the vectors of the reference, where the corpus is present.
//!
//! Not the vectors of our own; those stand beside the code. Every disagreement must stand in the
//! table of `docs/pattern-agreement.md`, and every row there must be needed.

use std::collections::BTreeMap;

use legation_stix::json::{self, Node};
use legation_stix::pattern::{Observation, Outcome, Pattern, Weight};
use serde_json::Value;

use crate::corpus::corpus;

/// The table of exceptions, as users of the crate read it.
const TABLE: &str = include_str!("../../docs/pattern-agreement.md");

/// A row of the table.
struct Exception {
    rule: &'static str,
    /// Each vector of the row contains one of these.
    parts: Vec<&'static str>,
    ours: &'static str,
    theirs: &'static str,
}

fn exceptions() -> Vec<Exception> {
    let rows = TABLE.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{row}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        Exception {
            rule: cells[0],
            parts: cells[1].split('`').skip(1).step_by(2).collect(),
            ours: cells[2],
            theirs: cells[3],
        }
    })
    .collect()
}

/// Counts who says what, and keeps what nobody explained.
#[derive(Default)]
struct Agreement {
    table: BTreeMap<(String, String), usize>,
    unexplained: Vec<String>,
    used: BTreeMap<&'static str, usize>,
}

impl Agreement {
    fn note(&mut self, exceptions: &[Exception], vector: &str, ours: &str, theirs: &str) {
        *self
            .table
            .entry((theirs.to_owned(), ours.to_owned()))
            .or_default() += 1;
        if ours == theirs {
            return;
        }
        let row = exceptions.iter().find(|row| {
            let named = row.parts.iter().any(|part| vector.contains(part));
            named && row.ours == ours && row.theirs == theirs
        });
        match row {
            Some(row) => *self.used.entry(row.rule).or_default() += 1,
            None => self
                .unexplained
                .push(format!("{vector}: ours {ours}, reference {theirs}")),
        }
    }

    fn print(&self, what: &str) {
        println!("{what}: reference / ours / vectors");
        for ((theirs, ours), count) in &self.table {
            println!("{theirs:<12} {ours:<26} {count:>5}");
        }
        println!("explained: {:?}", self.used);
    }
}

/// `valid` if it can be read and nothing in it is forbidden; else our code.
fn verdict(text: &str) -> String {
    match Pattern::inspect(text) {
        Err(error) => error.code().to_owned(),
        Ok((_, findings)) => findings
            .iter()
            .find(|finding| finding.weight == Weight::Error)
            .map_or("valid", |finding| finding.code)
            .to_owned(),
    }
}

fn vectors(name: &str) -> Option<Value> {
    let path = corpus(name)?;
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// What a pattern does with observations: `match`, `no match`, `undecided`, or `refused`.
fn outcome(text: &str, objects: &[&Node<'_>]) -> &'static str {
    let Ok(pattern) = Pattern::parse(text) else {
        return "refused";
    };
    let observations = Observation::read_all(objects.iter().copied()).unwrap();
    match pattern.matches(&observations) {
        Outcome::Match(_) => "match",
        Outcome::NoMatch => "no match",
        Outcome::Undecided(_) => "undecided",
    }
}

/// The objects of bundles, and what stands alone.
fn objects<'n, 'a>(nodes: &'n [Node<'a>]) -> Vec<&'n Node<'a>> {
    nodes
        .iter()
        .flat_map(|node| match node.member("type").and_then(Node::text) {
            Some("bundle") => node.member("objects").unwrap().items().unwrap(),
            _ => std::slice::from_ref(node),
        })
        .collect()
}

fn match_vectors(exceptions: &[Exception], agreement: &mut Agreement, vectors: &Value) {
    for row in vectors["cases"].as_array().unwrap() {
        let text = row["pattern"].as_str().unwrap();
        let bytes =
            serde_json::to_vec(&vectors["observations"][row["observations"].as_str().unwrap()]);
        let bytes = bytes.unwrap();
        let tree = json::parse(&bytes).unwrap();
        let ours = outcome(text, &objects(tree.items().unwrap()));
        let expect = &row["expect"];
        let theirs = match expect["match"].as_bool() {
            Some(true) => "match",
            Some(false) => "no match",
            // Our refusals and doubts are their exceptions.
            None if matches!(ours, "refused" | "undecided") => ours,
            None => "error",
        };
        agreement.note(exceptions, text, ours, theirs);
    }
}

#[test]
fn agrees_with_the_reference() {
    let Some(syntax) = vectors("stix/patterns/syntax.json") else {
        return;
    };
    let matching = vectors("stix/patterns/match.json").unwrap();
    let exceptions = exceptions();
    let mut agreement = Agreement::default();
    for row in syntax["patterns"].as_array().unwrap() {
        let text = row["pattern"].as_str().unwrap();
        let ours = verdict(text);
        let valid = row["valid"].as_bool().unwrap();
        // The reference has no codes: whatever we refuse it for is agreement.
        let theirs = if valid {
            "valid"
        } else if ours == "valid" {
            "invalid"
        } else {
            &ours
        };
        agreement.note(&exceptions, text, &ours, theirs);
    }
    agreement.print("syntax");
    agreement.table.clear();
    match_vectors(&exceptions, &mut agreement, &matching);
    agreement.print("matching");
    assert!(
        agreement.unexplained.is_empty(),
        "{:#?}",
        agreement.unexplained
    );
    for row in &exceptions {
        assert!(
            agreement.used.contains_key(row.rule),
            "no vector needs `{}`",
            row.rule
        );
    }
}
