//! Validation of one STIX object or a bundle. A finding stands within the bytes, at a pointer that
//! another reader finds; blanks around the text change nothing; what is valid has a head.

use legation_stix::object::Head;
use legation_stix::timestamp::TimestampError;
use legation_stix::validate::{Severity, validate};
use legation_stix::{canonical, json, sco};
use serde_json::Value;

/// Words of the tables and of the forms.
pub(super) const WORDS: &[&str] = &[
    "\"type\":\"bundle\"",
    "\"objects\":[",
    "\"extensions\":{",
    "\"extension_type\":\"new-sdo\"",
    "\"granular_markings\":[",
    "\"hashes\":{\"SHA-256\":\"",
    "\"is_multipart\":true",
    "\"lang\":\"de-CH-1996\"",
    "cpe:2.3:a:b:c:*:*:*:*:*:*:*:*",
    "2024-05-01T08:00:00.000Z",
    "https://[::1]/%20#a",
    "-ext",
    "_refs",
    "_hex",
    "null",
    "1e300",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let report = validate(bytes);
    let judged: Option<Value> = serde_json::from_slice(bytes).ok();
    for found in &report.findings {
        assert!(found.offset <= bytes.len(), "{found}");
        assert!(!found.code.is_empty() && !found.section.is_empty());
        // A fault of the JSON points into what no reader has whole.
        if found.section != "RFC 8259"
            && let Some(judged) = &judged
        {
            // The id that a bundle lacks is told where it should stand.
            let there = judged.pointer(&found.pointer).is_some();
            assert!(there || found.code == "stix.bundle-id", "{found}");
        }
    }
    let mut padded = b" \n\t".to_vec();
    padded.extend(bytes);
    padded.extend(b"\r\n ");
    let again = validate(&padded);
    assert_eq!(report.findings.len(), again.findings.len());

    let Ok(node) = json::parse(bytes) else {
        assert!(!report.is_valid(), "broken JSON is not valid");
        return false;
    };
    if let Some(id) = sco::deterministic_id(&node) {
        assert_eq!(
            Some(id.kind()),
            node.member("type").and_then(json::Node::text)
        );
    }
    // The canonical text reads back to itself.
    let text = canonical::text(&node);
    if let Ok(node) = json::parse(text.as_bytes()) {
        assert_eq!(canonical::text(&node), text);
    }
    // A bundle, or an envelope, which has no type: many objects or none.
    let kind = node.member("type");
    let bundle = match kind {
        Some(kind) => kind.text() == Some("bundle"),
        None => node.member("objects").is_some(),
    };
    if report.errors().next().is_none() && !bundle {
        match Head::read(bytes) {
            Ok(head) => assert_eq!(
                node.member("id").and_then(json::Node::text),
                Some(head.id.as_str())
            ),
            Err(error) => assert!(too_fine(&error), "{error}"),
        }
    }
    assert_eq!(
        report.is_valid(),
        report
            .findings
            .iter()
            .all(|f| f.severity == Severity::Warning)
    );
    report.is_valid()
}

/// Versions are told apart to the microsecond; the standard knows no such bound.
fn too_fine(error: &legation_stix::object::ObjectError) -> bool {
    use legation_stix::object::Fault;
    matches!(error.fault, Fault::Timestamp(TimestampError::TooFine(_)))
}
