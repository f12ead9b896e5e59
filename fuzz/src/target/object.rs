//! The head of one STIX object. What it names is well-formed, each once and never itself; blanks
//! around the object change nothing; an error stands within the bytes.

use std::collections::BTreeSet;

use legation_stix::id::ObjectId;
use legation_stix::object::{Head, references};
use legation_stix::timestamp::Timestamp;
use serde_json::Value;

pub(super) fn run(bytes: &[u8]) -> bool {
    let head = match Head::read(bytes) {
        Ok(head) => head,
        Err(error) => {
            assert!(error.offset <= bytes.len(), "{error}");
            assert!(!error.code().is_empty());
            return false;
        }
    };
    let judged: Value = serde_json::from_slice(bytes).expect("another reader takes it too");
    assert_eq!(judged["id"], head.id.as_str());
    assert_eq!(judged["type"], head.kind());
    assert_eq!(
        head.id.to_string().parse::<ObjectId>().as_ref(),
        Ok(&head.id)
    );
    assert_eq!(
        format!("{}--{}", head.kind(), head.id.uuid()),
        head.id.as_str()
    );
    for (name, read) in [("created", head.created), ("modified", head.modified)] {
        let Some(read) = read else { continue };
        assert!(judged[name].is_string());
        assert_eq!(read.to_string().parse::<Timestamp>().as_ref(), Ok(&read));
    }
    if let (Some(created), Some(modified)) = (head.created, head.modified) {
        assert!(created <= modified);
    }
    assert_eq!(judged["revoked"].as_bool().unwrap_or(false), head.revoked);

    let mut seen = BTreeSet::new();
    let references = references(bytes).expect("a head that reads has references");
    assert!(references.iter().map(|r| &r.id).eq(&head.references));
    for reference in &references {
        assert_ne!(reference.id, head.id, "a reference to itself");
        assert!(seen.insert(reference.id.as_str()), "a reference twice");
        let found = judged.pointer(&reference.path).and_then(Value::as_str);
        let named = found == Some(reference.id.as_str())
            // Keys are content too: the ids of a dictionary stand on the left.
            || reference.path.contains(reference.id.as_str());
        assert!(named, "`{}` is not at `{}`", reference.id, reference.path);
    }
    // Every marking is a reference, so nothing is released with a marking that stays behind.
    let mut markings = BTreeSet::new();
    for marking in &head.object_marking_refs {
        assert!(markings.insert(marking.as_str()), "a marking twice");
        assert!(seen.contains(marking.as_str()) || *marking == head.id);
    }
    for granular in &head.granular {
        assert!(!granular.selectors.is_empty());
        assert_ne!(granular.marking_ref.is_some(), granular.lang.is_some());
    }
    if let Some(creator) = &head.created_by_ref {
        assert!(seen.contains(creator.as_str()) || *creator == head.id);
    }

    let mut padded = b" \n\t".to_vec();
    padded.extend(bytes);
    padded.extend(b"\r\n ");
    assert_eq!(Head::read(&padded).as_ref(), Ok(&head));
    true
}
