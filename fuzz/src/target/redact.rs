//! Redaction: whatever object comes in, what is derived from it is one, and holds nothing of the
//! ids that became others.

use legation_stix::json::{self, Node, Value};
use legation_stix::object::Head;
use legation_stix::redact::{Redaction, is_removable, redact};

pub(super) const WORDS: &[&str] = &[
    "\"granular_markings\":[{\"marking_ref\":\"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1\",\"selectors\":[\"labels.[0]\"]}]",
    "\"labels\":[\"a\",\"b\"]",
    "\"created_by_ref\":\"identity--00000000-0000-4000-8000-0000000000c1\"",
    "11111111-1111-4111-8111-111111111111",
    "\"contents\":{\"de\":{\"description\":\"x\"}}",
    "\\u0031",
    "\"extensions\":{",
];

const PROPERTIES: [&str; 6] = [
    "created_by_ref",
    "description",
    "external_references",
    "labels",
    "name",
    "object_refs",
];

/// Turns the last digit of an id into another, which no input's id holds: else it could spell one
/// together with what follows.
fn other(id: &str) -> String {
    let last = if id.ends_with('f') { 'e' } else { 'f' };
    let mut other: String = id.chars().take(id.chars().count() - 1).collect();
    other.push(last);
    other
}

pub(super) fn run(bytes: &[u8]) -> bool {
    let Ok(head) = Head::read(bytes) else {
        return false;
    };
    let id = other(head.id.as_str()).parse().expect("an id");
    let creator = "identity--99999999-9999-4999-8999-999999999999"
        .parse()
        .expect("an id");
    let properties: Vec<&str> = PROPERTIES
        .into_iter()
        .filter(|property| is_removable(head.kind(), property))
        .collect();
    let markings: Vec<&str> = head
        .granular
        .iter()
        .filter(|part| {
            let property = |selector: &String| selector.split('.').next().map(str::to_owned);
            let mut named = part.selectors.iter().filter_map(property);
            named.all(|property| is_removable(head.kind(), &property))
        })
        .filter_map(|part| Some(part.marking_ref.as_ref()?.as_str()))
        .collect();
    let redaction = Redaction {
        id: &id,
        creator: &creator,
        properties: &properties,
        markings: &markings,
    };
    let known: Vec<String> = head.references.iter().map(ToString::to_string).collect();
    let mut map = |id: &str| known.iter().any(|one| one == id).then(|| other(id));
    let Ok(derived) = redact(bytes, &redaction, &mut map) else {
        return false;
    };
    let again = Head::read(&derived).expect("a derived object is an object");
    assert_eq!(
        (again.id.as_str(), again.version()),
        (id.as_str(), head.version())
    );
    assert!(again.created_by_ref.is_none_or(|found| found == creator));
    let tree = json::parse(&derived).expect("what reads as an object is JSON");
    for property in properties {
        assert!(property == "created_by_ref" || tree.member(property).is_none());
    }
    // What another became may be what a third was; such pairs tell nothing.
    let uuid = |id: &str| id[id.len() - 36..].to_owned();
    let all: Vec<String> = known
        .iter()
        .chain([&head.id.to_string()])
        .map(|id| uuid(id))
        .collect();
    let made: Vec<String> = all.iter().map(|id| other(id)).collect();
    let gone: Vec<&str> = all
        .iter()
        .filter(|id| !made.contains(id) && !creator.as_str().ends_with(id.as_str()))
        .map(String::as_str)
        .collect();
    look(&tree, &gone, true);
    true
}

/// No text may hold one of those.
fn look(node: &Node<'_>, gone: &[&str], top: bool) {
    let holds = |text: &str| {
        let text = text.to_ascii_lowercase();
        gone.iter().any(|uuid| text.contains(uuid))
    };
    match &node.value {
        Value::String(text) => assert!(!holds(text), "{text}"),
        Value::Array(items) => items.iter().for_each(|item| look(item, gone, false)),
        Value::Object(members) => {
            for member in members {
                if top && member.name == "extensions" {
                    continue;
                }
                assert!(top || !holds(&member.name), "{}", member.name);
                look(&member.node, gone, false);
            }
        }
        _ => {}
    }
}
