//! Our verdict against that of the reference validator on every object of the corpus. Where they
//! differ, a row of `docs/exceptions.md` must say why, and every row must be needed.
//!
//! Also every object of ATT&CK, the ids that content decides, and canonical JSON.
//!
//! Not the rules themselves; small vectors of our own have them, for where the corpus is not.

use std::collections::{BTreeMap, BTreeSet};

use legation_stix::id::ObjectId;
use legation_stix::json::{self, Node};
use legation_stix::validate::{Finding, each, validate};
use legation_stix::{canonical, sco};

use crate::corpus::corpus;

const EXCEPTIONS: &str = include_str!("../../docs/exceptions.md");

/// Places of which the reference tells nothing in any object.
const SILENT: [&str; 2] = ["created_by_ref", "additional_header_fields/*"];

/// A row of the table: who refuses, its code or words, where, section, why.
fn rows() -> Vec<[&'static str; 5]> {
    let rows = EXCEPTIONS.lines().filter_map(|line| {
        let cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|');
        let cells: Vec<_> = cells.map(|cell| cell.trim().trim_matches('`')).collect();
        let cells: [&str; 5] = cells.try_into().ok()?;
        ["ours", "theirs", "they warn"]
            .contains(&cells[0])
            .then_some(cells)
    });
    let rows: Vec<_> = rows.collect();
    assert!(
        rows.iter()
            .all(|row| !row[3].is_empty() && !row[4].is_empty())
    );
    rows
}

/// Whether a row is about what we found.
fn is_ours(row: &[&str; 5], found: &Finding) -> bool {
    let pointer = found.pointer.as_str();
    row[0] == "ours"
        && row[1] == found.code
        && match row[2] {
            "*" => true,
            place => match place.strip_suffix("/*") {
                Some(parent) => pointer.contains(&format!("/{parent}/")),
                None => pointer.ends_with(&format!("/{place}")),
            },
        }
}

struct Case<'a> {
    name: String,
    file: String,
    change: String,
    object: &'a [u8],
    row: &'a serde_json::Value,
}

fn cases<'a>(
    index: &'a serde_json::Value,
    files: &'a BTreeMap<String, Vec<u8>>,
) -> impl Iterator<Item = Case<'a>> {
    index["cases"].as_array().unwrap().iter().map(|row| {
        let file = row["file"].as_str().unwrap();
        let line = row["line"].as_u64().unwrap() as usize;
        let line = files[file].split(|b| *b == b'\n').nth(line - 1).unwrap();
        let node = json::parse(line).unwrap();
        let origins = node.member("origins").and_then(Node::items).unwrap();
        Case {
            name: row["case"].as_str().unwrap().to_owned(),
            file: file.to_owned(),
            change: origins[0].text().unwrap().to_owned(),
            object: node.member("object").unwrap().span.of(line),
            row,
        }
    })
}

#[test]
fn with_the_reference() {
    let Some(root) = corpus("stix") else { return };
    let index = std::fs::read(root.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let names = index["cases"].as_array().unwrap().iter();
    let names: BTreeSet<_> = names.map(|row| row["file"].as_str().unwrap()).collect();
    let files = names.iter().map(|name| {
        let bytes = std::fs::read(root.join(name)).unwrap();
        ((*name).to_owned(), bytes)
    });
    let files: BTreeMap<String, Vec<u8>> = files.collect();
    let rows = rows();
    let mut used = vec![0; rows.len()];
    // Objects, the same verdict, explained; with the same word on warnings.
    let mut table: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for case in cases(&index, &files) {
        let report = validate(case.object);
        let cells = table.entry(case.file.clone()).or_default();
        cells[0] += 1;
        let valid = case.row["default"]["valid"].as_bool().unwrap();
        let warned =
            |row: &serde_json::Value| !row["default"]["warnings"].as_array().unwrap().is_empty();
        // Warnings tell nothing where one side refuses the object.
        let word = warned(case.row) == report.warnings().next().is_some();
        cells[3] += usize::from(word || !valid || !report.is_valid());
        if !word && valid && report.is_valid() {
            let warnings = case.row["default"]["warnings"].to_string();
            match rows
                .iter()
                .position(|row| row[0] == "they warn" && warnings.contains(row[1]))
            {
                Some(n) => used[n] += 1,
                None => {
                    unexplained.push(format!("{}: {warnings} {:?}", case.name, report.findings));
                }
            }
        }
        // The rows that explain what one side alone tells, and what no row explains.
        let (mut ours, mut theirs) = (BTreeSet::new(), BTreeSet::new());
        let (mut we, mut they) = (Vec::new(), Vec::new());
        for found in report.errors() {
            match rows.iter().position(|row| is_ours(row, found)) {
                Some(n) => drop(ours.insert(n)),
                None => we.push(format!("    ours: {found}")),
            }
        }
        for error in case.row["default"]["errors"].as_array().unwrap() {
            let error = error.as_str().unwrap();
            match rows
                .iter()
                .position(|row| row[0] == "theirs" && error.contains(row[1]))
            {
                Some(n) => drop(theirs.insert(n)),
                None => they.push(format!("    reference: {error:.300}")),
            }
        }
        let (needed, left) = match (report.is_valid(), valid) {
            (false, true) => (ours, we),
            (true, false) => (theirs, they),
            // What the reference never tells must not stand for what it does tell and we do not.
            (false, false)
                if we.is_empty() && ours.iter().all(|n| SILENT.contains(&rows[*n][2])) =>
            {
                (BTreeSet::new(), they)
            }
            _ => Default::default(),
        };
        cells[if valid == report.is_valid() { 1 } else { 2 }] += 1;
        needed.iter().for_each(|n| used[*n] += 1);
        if !left.is_empty() {
            let Case {
                name, change, row, ..
            } = &case;
            unexplained.push(format!(
                "{name} [{change}] {}\n{}",
                row["type"],
                left.join("\n")
            ));
        }
    }
    println!(
        "{:<36} {:>8} {:>8} {:>10} {:>14}",
        "file", "objects", "agree", "exceptions", "same warnings"
    );
    let mut sum = [0; 4];
    for (file, cells) in &table {
        let [objects, agree, exceptions, warned] = cells;
        println!("{file:<36} {objects:>8} {agree:>8} {exceptions:>10} {warned:>14}");
        sum.iter_mut().zip(cells).for_each(|(sum, n)| *sum += n);
    }
    println!(
        "{:<36} {:>8} {:>8} {:>10} {:>14}\n",
        "all", sum[0], sum[1], sum[2], sum[3]
    );
    for (row, n) in rows.iter().zip(&used) {
        println!(
            "{n:>5}  {} refuse {} {} (section {})",
            row[0], row[1], row[2], row[3]
        );
    }
    assert!(
        unexplained.is_empty(),
        "{} unexplained:\n{}",
        unexplained.len(),
        unexplained.join("\n")
    );
    let stale: Vec<_> = rows.iter().zip(&used).filter(|(_, n)| **n == 0).collect();
    assert!(stale.is_empty(), "rows that explain nothing: {stale:#?}");
}

/// Every object of ATT&CK is valid.
#[test]
fn attack() {
    let Some(root) = corpus("attack") else { return };
    for file in [
        "enterprise-attack.json",
        "ics-attack.json",
        "mobile-attack.json",
    ] {
        let bytes = std::fs::read(root.join(file)).unwrap();
        let mut count = 0;
        let about = each(&bytes, |entry| {
            count += 1;
            let errors: Vec<_> = entry.report.errors().collect();
            assert!(errors.is_empty(), "{file} {:?}: {errors:#?}", entry.id);
        });
        assert!(about.is_valid(), "{file}: {about:#?}");
        println!("{file}: {count} objects without an error");
    }
}

/// The ids that stix2 makes from the same content.
#[test]
fn deterministic_ids() {
    let Some(path) = corpus("stix/deterministic-ids.json") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let root = json::parse(&bytes).unwrap();
    let vectors = root.member("vectors").and_then(Node::items).unwrap();
    for vector in vectors {
        let object = vector.member("object_without_id").unwrap();
        let expected = vector.member("id_from_stix2_3_0_2").and_then(Node::text);
        let found = sco::deterministic_id(object);
        // Where nothing decides the id, stix2 makes a random one.
        let expected = expected.filter(|id| id.as_bytes()[id.len() - 22] == b'5');
        assert_eq!(found.as_ref().map(ObjectId::as_str), expected, "{object:?}");
    }
    println!("{} ids", vectors.len());
}

/// The vectors of RFC 8785, and numbers as ECMAScript writes them.
#[test]
fn canonical_texts() {
    let Some(root) = corpus("stix/jcs") else {
        return;
    };
    for file in [
        "arrays",
        "french",
        "structures",
        "unicode",
        "values",
        "weird",
    ] {
        let read =
            |folder: &str| std::fs::read(root.join(folder).join(format!("{file}.json"))).unwrap();
        let (input, output) = (read("input"), read("output"));
        let found = canonical::text(&json::parse(&input).unwrap());
        assert_eq!(
            found,
            String::from_utf8(output).unwrap().trim_end(),
            "{file}"
        );
    }
    let bytes = std::fs::read(root.join("numbers.json")).unwrap();
    let numbers: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for vector in numbers["vectors"].as_array().unwrap() {
        let bits = u64::from_str_radix(vector[0].as_str().unwrap(), 16).unwrap();
        let number = f64::from_bits(bits);
        if let Some(expected) = vector[1].as_str() {
            let given = format!("{number:e}");
            let node = json::parse(given.as_bytes()).unwrap();
            assert_eq!(canonical::text(&node), expected, "{given}");
        } else {
            assert!(!number.is_finite());
        }
    }
}
