//! Outside corpora, read in place from the folder that `LEGATION_CORPUS` names: the cases of the
//! reference validators, byte-level damage, TLP variants, and the three ATT&CK bundles.
//!
//! Nothing of them is committed here. What we refuse although the reference calls it valid needs
//! a reason in [`reason`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use legation_stix::envelope::{Shape, split, split_heads};
use legation_stix::json::{self, Node};
use legation_stix::object::Head;

pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("LEGATION_CORPUS").map(|root| PathBuf::from(root).join(name));
    let path = path.filter(|path| path.exists());
    if path.is_none() {
        println!("corpus not present: {name}");
    }
    path
}

/// The verdict on one case: the code of the first fault, or none.
fn judge(bytes: &[u8]) -> Option<String> {
    let node = json::parse(bytes).unwrap();
    if node.member("type").and_then(Node::text) == Some("bundle") {
        return match split_heads(bytes, Shape::Bundle, usize::MAX) {
            Err(e) => Some(e.code().to_owned()),
            Ok((_, heads)) => heads
                .iter()
                .find_map(|h| h.as_ref().err())
                .map(|e| e.code().to_owned()),
        };
    }
    Head::read(bytes).err().map(|e| e.code().to_owned())
}

/// Why we refuse what the reference accepts, by the case (or its kind of change) and our code.
fn reason(case: &str, change: &str, code: &str) -> Option<&'static str> {
    Some(match (change, case, code) {
        ("marking-ref-bad-type", _, "stix.ref-type") => {
            "section 3.2: object_marking_refs names marking definitions"
        }
        // Upstream's own indicators are made by `source--...`, and so are cases made from them.
        (_, _, "stix.ref-type") => "section 3.2: created_by_ref names an identity",
        ("granular-both", _, "stix.granular") => "section 7.2.3.1: lang or marking_ref, not both",
        ("id-uppercase-uuid", _, "stix.id-form") | (_, "je-0015" | "je-0024", "stix.id-form") => {
            "RFC 4122 section 3: a UUID is written in lower case"
        }
        (
            _,
            "sv-0217" | "sv-0219" | "sv-0221" | "sv-0222" | "sv-0223" | "sv-0224" | "sv-0226"
            | "sv-0227",
            "stix.id-form",
        ) => "section 2.9: the UUID in src_ref is a digit short",
        ("created-nanos", _, "stix.timestamp") => {
            "our rule: versions are told apart to the microsecond"
        }
        ("revoked-string", _, "stix.wrong-type") => "section 3.2: revoked is a boolean",
        ("id-wrong-prefix", _, "stix.id-type") => "section 2.9: the id begins with the type",
        (_, "sv-0197" | "sv-0201" | "ps-0149", "stix.tlp-content") => {
            "section 7.2.1.4: the TLP ids have fixed content"
        }
        (_, "sv-0362" | "sv-0366" | "sv-0367" | "sv-0368" | "sv-0369", "stix.spec-version") => {
            "STIX 2.0 is not read"
        }
        _ => return None,
    })
}

/// Kinds of change in the made-here cases whose fault is structural and must be found.
const STRUCTURAL: [&str; 30] = [
    "created-comma",
    "created-date-only",
    "created-feb30",
    "created-hour24",
    "created-leap60",
    "created-lower-z",
    "created-nanos",
    "created-no-z",
    "created-offset",
    "created-space",
    "drop:created",
    "drop:id",
    "drop:modified",
    "drop:object_ref",
    "drop:object_refs",
    "drop:sighting_of_ref",
    "drop:source_ref",
    "drop:spec_version",
    "drop:target_ref",
    "drop:type",
    "granular-no-ref",
    "granular-selector-missing",
    "id-not-uuid",
    "id-single-dash",
    "id-uuid-nil",
    "id-wrong-prefix",
    "modified-before-created",
    "revoked-string",
    "spec-version-2.2",
    "spec-version-number",
];

#[test]
fn reference_cases() {
    let Some(root) = corpus("stix") else { return };
    let index = std::fs::read(root.join("index.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut table: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    let (mut unexplained, mut missed) = (Vec::new(), Vec::new());
    for row in index["cases"].as_array().unwrap() {
        let (case, file) = (row["case"].as_str().unwrap(), row["file"].as_str().unwrap());
        let bytes = files
            .entry(file.to_owned())
            .or_insert_with(|| std::fs::read(root.join(file)).unwrap());
        let line = row["line"].as_u64().unwrap() as usize;
        let line = bytes.split(|b| *b == b'\n').nth(line - 1).unwrap();
        let node = json::parse(line).unwrap();
        let origin = node.member("origins").unwrap().items().unwrap()[0]
            .text()
            .unwrap();
        let change = origin.split(' ').next().unwrap();
        let change = if file.contains("own-") { change } else { "" };
        let found = judge(node.member("object").unwrap().span.of(line));
        let valid = row["default"]["valid"].as_bool().unwrap();
        let cells = table.entry(file.to_owned()).or_default();
        cells[usize::from(!valid) * 2 + usize::from(found.is_some())] += 1;
        match (valid, found) {
            (true, Some(code)) => match reason(case, change, &code) {
                Some(why) => *reasons.entry(format!("{code}: {why}")).or_default() += 1,
                None => unexplained.push(format!("{case} {change} {code}")),
            },
            (false, None) => {
                if STRUCTURAL.contains(&change) {
                    missed.push(format!("{case} {change}"));
                }
                let name = if change.is_empty() {
                    "(upstream)"
                } else {
                    change
                };
                let name = name.split([':', '=']).next().unwrap();
                *left.entry(name.to_owned()).or_default() += 1;
            }
            _ => {}
        }
    }
    println!(
        "\n{:<36} {:>9} {:>9} {:>9} {:>9}",
        "reference says", "valid:", "", "invalid:", ""
    );
    println!(
        "{:<36} {:>9} {:>9} {:>9} {:>9}",
        "we", "accept", "refuse", "accept", "refuse"
    );
    for (file, [a, b, c, d]) in &table {
        println!("{file:<36} {a:>9} {b:>9} {c:>9} {d:>9}");
    }
    println!("\nrefused although the reference accepts:");
    reasons
        .iter()
        .for_each(|(why, n)| println!("{n:>5}  {why}"));
    println!("\nleft to the full validation (invalid, structurally sound): {left:?}");
    assert!(
        unexplained.is_empty(),
        "valid but refused: {unexplained:#?}"
    );
    assert!(missed.is_empty(), "structural but accepted: {missed:#?}");
}

#[test]
fn damaged_bytes() {
    let Some(root) = corpus("stix/raw") else {
        return;
    };
    for (file, expected) in [
        ("big-int.json", "json.number-range @ 1:122"),
        ("bom-utf8.json", "json.bom @ 1:1"),
        ("deep-200.json", "json.depth @ 1:87"),
        ("dup-key.json", "json.duplicate-key @ 1:95"),
        ("empty.json", "json.empty @ 1:1"),
        ("identity_unicode.json", "ok"),
        ("invalid_braces.json", "json.syntax @ 1:1"),
        ("invalid_comma.json", "json.syntax @ 9:1"),
        ("invalid_identity.json", "stix.missing"),
        ("invalid_timestamp.json", "stix.modified-before-created"),
        ("latin1.json", "json.utf8 @ 1:181"),
        ("lone-surrogate.json", "json.surrogate @ 1:114"),
        ("nan.json", "json.number @ 1:181"),
        ("top-level-array.json", "stix.not-an-object"),
        ("top-level-string.json", "stix.not-an-object"),
        ("trailing-garbage.json", "json.trailing @ 1:117"),
        ("truncated.json", "json.truncated @ 1:60"),
    ] {
        let bytes = std::fs::read(root.join(file)).unwrap();
        let found = match (json::parse(&bytes), Head::read(&bytes)) {
            (Err(e), _) => format!("{} @ {}:{}", e.code(), e.place.line, e.place.column),
            (_, Err(e)) => e.code().to_owned(),
            (_, Ok(_)) => "ok".to_owned(),
        };
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn tlp_variants() {
    let Some(root) = corpus("labels/tlp") else {
        return;
    };
    let bytes = std::fs::read(root.join("invalid.json")).unwrap();
    let node = json::parse(&bytes).unwrap();
    for case in node.items().unwrap() {
        let name = case.member("name").unwrap().text().unwrap();
        let object = case.member("object").unwrap().span.of(&bytes);
        assert!(
            Head::read(object)
                .unwrap_err()
                .code()
                .starts_with("stix.tlp-"),
            "{name}"
        );
    }
    let bytes = std::fs::read(root.join("markings.json")).unwrap();
    let node = json::parse(&bytes).unwrap();
    for group in ["tlp_2_0", "tlp_1_0_in_stix_2_1"] {
        let markings = node.member(group).unwrap().member("markings").unwrap();
        for marking in markings.items().unwrap() {
            let head = Head::read(marking.span.of(&bytes)).unwrap();
            assert_eq!(Head::of(marking, marking.span.start()).unwrap(), head);
            let level = legation_stix::tlp::level_of(head.id.as_str()).unwrap();
            println!("{} {level} {:?}", head.id, head.definition);
        }
    }
}

#[test]
fn attack_bundles() {
    let Some(root) = corpus("attack") else { return };
    for (file, count) in [
        ("enterprise-attack.json", 24_769),
        ("ics-attack.json", 1_826),
        ("mobile-attack.json", 2_535),
    ] {
        let bytes = std::fs::read(root.join(file)).unwrap();
        let found = split(&bytes, Shape::Bundle, usize::MAX).unwrap();
        assert_eq!(found.objects.len(), count, "{file}");
        // What lies between the objects is white space and commas: nothing is lost, nothing added.
        let mut end = bytes.windows(9).position(|w| w == b"\"objects\"").unwrap() + 9;
        for (object, offset) in found.objects.iter().zip(&found.offsets) {
            if end < *offset {
                assert!(
                    bytes[end..*offset]
                        .iter()
                        .all(|b| b" \r\n\t,:[".contains(b))
                );
            }
            assert_eq!(&bytes[*offset..*offset + object.len()], *object);
            end = offset + object.len();
        }
        let whole: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        for (object, value) in found
            .objects
            .iter()
            .zip(whole["objects"].as_array().unwrap())
        {
            assert_eq!(
                serde_json::from_slice::<serde_json::Value>(object).unwrap(),
                *value
            );
            let head = Head::read(object).unwrap_or_else(|e| panic!("{file}: {e}"));
            assert_eq!(head.id.as_str(), value["id"].as_str().unwrap());
            assert_eq!(head.kind(), value["type"].as_str().unwrap());
            for name in ["source_ref", "target_ref", "created_by_ref"] {
                if let Some(id) = value[name].as_str() {
                    assert!(head.references.iter().any(|r| r.as_str() == id), "{name}");
                }
            }
        }
        let (_, heads) = split_heads(&bytes, Shape::Any, usize::MAX).unwrap();
        assert_eq!(heads.len(), count);
        assert!(heads.iter().all(Result::is_ok));
    }
}

/// Prints the speed over the largest bundle; `--release` gives the figures that matter.
#[test]
fn speed() {
    let Some(path) = corpus("attack/enterprise-attack.json") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let megabytes = bytes.len() as f64 / 1e6;
    let measure = |name: &str, run: &dyn Fn()| {
        let best = (0..3)
            .map(|_| {
                let start = Instant::now();
                run();
                start.elapsed()
            })
            .min()
            .unwrap();
        println!(
            "{name:<44} {:>7.0} MB/s {best:>12.1?}",
            megabytes / best.as_secs_f64()
        );
    };
    measure("serde_json::Value", &|| {
        drop(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap());
    });
    measure("json::check", &|| json::check(&bytes).unwrap());
    measure("json::parse", &|| drop(json::parse(&bytes).unwrap()));
    measure("envelope::split", &|| {
        drop(split(&bytes, Shape::Bundle, usize::MAX).unwrap());
    });
    measure("envelope::split, then Head::read of each", &|| {
        for object in split(&bytes, Shape::Bundle, usize::MAX).unwrap().objects {
            Head::read(object).unwrap();
        }
    });
    measure("envelope::split_heads", &|| {
        drop(split_heads(&bytes, Shape::Bundle, usize::MAX).unwrap());
    });
}
