//! The split of an envelope or bundle. Each object is the very bytes at its offset, stands alone as
//! JSON, and reads alone as it read in the body; another JSON reader sees the same objects; the
//! same objects in a new envelope split the same.

use legation_stix::envelope::{Shape, split, split_heads};
use legation_stix::json;
use legation_stix::object::Head;
use serde_json::Value;

pub(super) const WORDS: &[&str] = &[
    "{\"objects\":[",
    "\"objects\":",
    "\"more\":true,",
    "\"next\":\"a\",",
    "\"type\":\"bundle\",",
    "\"type\":\"indicator\",",
    "\"type\":\"marking-definition\",",
    "\"id\":\"bundle--00000000-0000-4000-8000-000000000001\",",
    "\"id\":\"malware--00000000-0000-4000-8000-000000000001\",",
    "\"spec_version\":\"2.1\",",
    "\"created\":\"2024-05-01T08:00:00.000Z\",",
    "\"modified\":\"2024-05-01T08:00:00.000001Z\",",
    "\"created_by_ref\":\"identity--00000000-0000-4000-8000-000000000002\",",
    "\"object_refs\":[\"malware--00000000-0000-4000-8000-000000000003\"],",
    "\"object_marking_refs\":[\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\"],",
    "\"granular_markings\":[{\"marking_ref\":\"marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da\",\"selectors\":[\"name\"]}],",
    "\"granular_markings\":[{\"lang\":\"en\",\"selectors\":[\"labels.[0]\"]}],",
    "\"revoked\":true,",
    "\"extensions\":{",
    "\"definition_type\":\"tlp\",",
    "\"definition\":{\"tlp\":\"green\"},",
    "\"definition_type\":\"statement\",",
    "null",
    "1e309",
    "-0.0",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\u0000",
    "[[[[[[[[",
    "]]",
    "}}",
    "{}",
    ",",
];

/// The most objects of a body here; small, so that the limit is met too.
const LIMIT: usize = 20;

pub(super) fn run(bytes: &[u8]) -> bool {
    let mut accepted = false;
    for shape in [Shape::Envelope, Shape::Bundle, Shape::Any] {
        accepted |= run_as(bytes, shape);
    }
    accepted
}

fn run_as(bytes: &[u8], shape: Shape) -> bool {
    let (body, heads) = match (split(bytes, shape, LIMIT), split_heads(bytes, shape, LIMIT)) {
        (Ok(body), Ok((same, heads))) => {
            assert_eq!(body, same);
            (body, heads)
        }
        (Err(error), Err(same)) => {
            assert_eq!(error, same);
            assert!(error.place().offset <= bytes.len(), "{error}");
            assert!(!error.code().is_empty());
            return false;
        }
        (one, other) => panic!("one way it is a body, the other it is none: {one:?} {other:?}"),
    };
    assert_ne!(body.shape, Shape::Any);
    assert!(body.objects.len() <= LIMIT);
    assert_eq!(body.objects.len(), body.offsets.len());
    assert_eq!(body.objects.len(), heads.len());

    let judged: Value = serde_json::from_slice(bytes).expect("another reader takes it too");
    let list = judged["objects"].as_array().cloned().unwrap_or_default();
    assert_eq!(list.len(), body.objects.len());

    let mut end = 0;
    for (n, object) in body.objects.iter().enumerate() {
        let at = body.offsets[n];
        assert!(end <= at, "objects overlap");
        end = at + object.len();
        assert_eq!(bytes.get(at..end), Some(*object), "not the bytes there");
        let judged: Value = serde_json::from_slice(object).expect("an object stands alone");
        assert!(judged.is_object());
        assert_eq!(judged, list[n]);
        json::check(object).expect("what is sound in a body is sound alone");
        assert_eq!(
            &Head::read(object),
            &heads[n],
            "read alone it says otherwise"
        );
    }

    let mut anew = b"{\"objects\":[".to_vec();
    anew.extend(body.objects.join(&b", "[..]));
    anew.extend(b"]}");
    let again = split(&anew, Shape::Envelope, LIMIT).expect("the same objects, a new envelope");
    assert_eq!(again.objects, body.objects);
    true
}
