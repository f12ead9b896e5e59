//! What a head holds: versions, references in order, markings, definitions.
//!
//! Not what it refuses; that is in the vectors.

use legation_stix::object::{Class, Definition, Head, RELEASABLE_TO_EXTENSION, references};
use legation_stix::tlp::{self, Tlp};

const TOOL: &str = "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
const FILE: &str = "file--e277603e-1060-5ad4-9937-c26c97f1ca68";
const IDENTITY: &str = "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff";
const AMBER: &str = tlp::TLP2_AMBER;

fn read(text: &str) -> Head {
    Head::read(text.as_bytes()).unwrap()
}

/// Where each reference of an object stands, and that its head holds the same ones.
fn paths(text: &str) -> Vec<(String, String)> {
    let found = references(text.as_bytes()).unwrap();
    assert!(read(text).references.iter().eq(found.iter().map(|r| &r.id)));
    let found = found.into_iter();
    found.map(|r| (r.path, r.id.to_string())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(path, id): &(&str, &str)| ((*path).to_owned(), (*id).to_owned());
    expected.iter().map(owned).collect()
}

#[test]
fn references_come_in_order_each_once_and_never_the_own_id() {
    let text = format!(
        r#"{{
        "type": "x-acme-note",
        "id": "x-acme-note--753abcde-3141-4926-ace5-0a810b1ff996",
        "x_self_ref": "x-acme-note--753abcde-3141-4926-ace5-0a810b1ff996",
        "x_about_refs": ["{TOOL}", "not an id", 7, null, {{"deep_ref": "{FILE}"}}],
        "x_again_ref": "{TOOL}",
        "x_ref": "see the manual",
        "x_list_ref": ["{IDENTITY}"],
        "href": "{FILE}",
        "extensions": {{"x/y~": {{"more_refs": "url--c1477287-23ac-5971-a010-5c287877fa60"}}}},
        "object_marking_refs": ["{AMBER}", "{AMBER}"]
    }}"#
    );
    let head = read(&text);
    assert_eq!(head.class, Class::Observable);
    assert_eq!(head.version(), None);
    assert_eq!(
        paths(&text),
        pairs(&[
            ("/x_about_refs/0", TOOL),
            ("/x_about_refs/4/deep_ref", FILE),
            ("/x_list_ref/0", IDENTITY),
            (
                "/extensions/x~1y~0/more_refs",
                "url--c1477287-23ac-5971-a010-5c287877fa60"
            ),
            ("/object_marking_refs/0", AMBER),
        ])
    );
    assert_eq!(head.object_marking_refs.len(), 1);
}

#[test]
fn embedded_references_of_observables_count() {
    let text = format!(
        r#"{{"type": "email-message", "id": "email-message--cf9b4b7f-14c8-5955-8065-020e0316b559",
        "is_multipart": true, "from_ref": "email-addr--89f52ea8-d6ef-51e9-8fce-6a29236436ed",
        "body_multipart": [{{"content_type": "x", "body_raw_ref": "{FILE}"}}],
        "extensions": {{"x-ext": {{"contains_refs": ["{TOOL}"]}}}}}}"#
    );
    assert_eq!(
        paths(&text),
        pairs(&[
            (
                "/from_ref",
                "email-addr--89f52ea8-d6ef-51e9-8fce-6a29236436ed"
            ),
            ("/body_multipart/0/body_raw_ref", FILE),
            ("/extensions/x-ext/contains_refs/0", TOOL),
        ])
    );
}

#[test]
fn many_references_are_each_kept_once() {
    let id = |n: usize| format!("url--{n:08x}-23ac-5971-a010-5c287877fa60");
    let ids: Vec<String> = (0..300)
        .map(|n| format!("\"{}\"", id(n * n % 101)))
        .collect();
    let text = format!(
        r#"{{"type": "x-acme-list", "id": "x-acme-list--753abcde-3141-4926-ace5-0a810b1ff996",
        "x_refs": [{}]}}"#,
        ids.join(",")
    );
    let mut expected: Vec<String> = Vec::new();
    for one in (0..300).map(|n| id(n * n % 101)) {
        if !expected.contains(&one) {
            expected.push(one);
        }
    }
    let found: Vec<String> = paths(&text).into_iter().map(|(_, id)| id).collect();
    assert_eq!(found, expected);
}

#[test]
fn granular_markings_and_version() {
    let text = format!(
        r#"{{"type": "tool", "spec_version": "2.1", "id": "{TOOL}", "name": "x", "revoked": true,
        "created": "2016-04-06T20:03:48Z", "modified": "2016-04-06T20:03:48.000100Z",
        "created_by_ref": "{IDENTITY}", "labels": ["a"],
        "granular_markings": [{{"marking_ref": "{AMBER}", "selectors": ["name", "labels.[0]"]}},
                              {{"lang": "fr", "selectors": ["name"]}}]}}"#
    );
    let head = read(&text);
    assert_eq!(head.class, Class::Domain);
    assert!(head.revoked);
    assert_eq!(head.kind(), "tool");
    assert_eq!(head.spec_version, "2.1");
    assert_eq!(head.version().unwrap().micros(), 1_459_973_028_000_100);
    assert_eq!(
        head.created.unwrap().to_string(),
        "2016-04-06T20:03:48.000Z"
    );
    assert_eq!(
        head.version().unwrap().to_string(),
        "2016-04-06T20:03:48.000100Z"
    );
    assert_eq!(head.created_by_ref.as_ref().unwrap().as_str(), IDENTITY);
    let [marking, lang] = head.granular.as_slice() else {
        panic!("two markings")
    };
    assert_eq!(marking.marking_ref.as_ref().unwrap().as_str(), AMBER);
    assert_eq!(marking.selectors, ["name", "labels.[0]"]);
    assert_eq!(lang.lang.as_deref(), Some("fr"));
    assert_eq!(
        paths(&text),
        pairs(&[
            ("/created_by_ref", IDENTITY),
            ("/granular_markings/0/marking_ref", AMBER)
        ])
    );
}

fn marking(id: &str, rest: &str) -> Result<Option<Definition>, String> {
    let text =
        format!(r#"{{"type":"marking-definition","spec_version":"2.1","id":"{id}",{rest}}}"#);
    Head::read(text.as_bytes())
        .map(|h| h.definition)
        .map_err(|e| e.code().to_owned())
}

const OWN: &str = "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41d1";

#[test]
fn definitions() {
    let created = r#""created":"2020-01-01T00:00:00Z""#;
    let statement = r#""definition_type":"statement","definition":{"statement":"(c)"}"#;
    let releasable = format!(
        r#""{RELEASABLE_TO_EXTENSION}":{{"extension_type":"property-extension","releasable_to":["JPN","members"]}}"#
    );
    let to = || Definition::ReleasableTo(vec!["JPN".to_owned(), "members".to_owned()]);
    for (rest, expected) in [
        (format!("{created},{statement}"), Definition::Statement),
        (format!("{created},\"extensions\":{{{releasable}}}"), to()),
        (
            format!("{created},{statement},\"extensions\":{{{releasable}}}"),
            to(),
        ),
        (
            format!("{created},{statement},\"extensions\":{{\"x-y\":{{}}}}"),
            Definition::Unknown,
        ),
        (
            format!(
                r#"{created},"definition_type":"statement","definition":{{"statement":"","tlp":"red"}}"#
            ),
            Definition::Unknown,
        ),
        (
            format!(r#"{created},"definition_type":"x-iep","definition":{{}}"#),
            Definition::Unknown,
        ),
    ] {
        assert_eq!(marking(OWN, &rest), Ok(Some(expected)), "{rest}");
    }
    let first = r#""created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","definition":{"tlp":"white"}"#;
    assert_eq!(
        marking(tlp::TLP1_WHITE, first),
        Ok(Some(Definition::Tlp1(Tlp::Clear)))
    );
    assert_eq!(
        marking(tlp::TLP1_RED, first),
        Err("stix.tlp-content".to_owned())
    );
    let second = format!(
        r#""created":"2022-10-01T00:00:00Z","name":"TLP:AMBER+STRICT","extensions":{{"{}":{{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}}"#,
        tlp::TLP2_EXTENSION
    );
    assert_eq!(
        marking(tlp::TLP2_AMBER_STRICT, &second),
        Ok(Some(Definition::Tlp2(Tlp::AmberStrict)))
    );
}

#[test]
fn the_document_on_releasable_to_holds() {
    let text = include_str!("../../../../docs/releasable-to.md");
    let mut found = Vec::new();
    for block in text.split("```json\n").skip(1) {
        let block = block.split("```").next().unwrap();
        if block.contains("\"$schema\"") {
            legation_stix::json::check(block.as_bytes()).unwrap();
            continue;
        }
        let head = Head::read(block.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{block}"));
        if head.kind() == "extension-definition" {
            assert_eq!(head.id.as_str(), RELEASABLE_TO_EXTENSION);
        }
        found.push(head.definition);
    }
    let to = Definition::ReleasableTo(vec!["JPN".to_owned(), "members".to_owned()]);
    assert_eq!(found, [Some(to), None, None]);
}
