//! The values of an object, and what a person types. Each is its own normal form, stands where it says,
//! and is as long as the bounds allow; what is typed has the readings that it has, twice.

use legation_stix::value::{TEXT_MAX, VALUES_MAX, Value, values};

pub(super) const WORDS: &[&str] = &[
    "\"type\":",
    "\"indicator\"",
    "\"pattern\":",
    "[ipv4-addr:value = '",
    "\"domain-name\"",
    "\"url\"",
    "\"value\":",
    "\"hashes\":",
    "\"MD5\":",
    "http://",
    "hxxp[://]",
    "[.]",
    "::ffff:",
    "/128",
    "xn--",
    "\u{3002}",
    "CVE-2021-44228",
    "HKLM\\\\",
    "@",
];

pub(super) fn run(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        assert!(values(bytes).is_err(), "JSON is UTF-8");
        return false;
    };
    let readings = Value::parse_query(text);
    for value in &readings {
        hold(value);
    }
    assert_eq!(Value::parse_query(text), readings);
    let Ok(held) = values(bytes) else {
        return !readings.is_empty() && !text.contains('{');
    };
    assert!(held.len() <= VALUES_MAX);
    let object: serde_json::Value =
        serde_json::from_slice(bytes).expect("another reader takes it too");
    for one in &held {
        hold(&one.value);
        let place = object.pointer(&one.pointer);
        assert!(place.is_some(), "nothing is at `{}`", one.pointer);
    }
    !held.is_empty()
}

fn hold(value: &Value) {
    assert!(!value.text().is_empty() && value.text().len() <= TEXT_MAX);
    let again = Value::of(value.kind(), value.text());
    assert_eq!(again.as_ref(), Some(value), "a normal form is its own");
    let _ = value.warning();
}
