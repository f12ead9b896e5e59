//! Information Exchange Policies as markings: FIRST IEP 2.0 in the extension that OASIS publishes
//! for it among the STIX common objects.
//!
//! What of a policy a machine can hold anybody to is its TLP; the rest is for people and travels
//! along. Its dates say how long the policy is to be offered, and never loosen what was marked under
//! it. A policy that is not sound in every statement is not understood.

use crate::id::ObjectId;
use crate::json::{Node, Value};
use crate::timestamp::Timestamp;
use crate::tlp::Tlp;

/// The extension of a marking definition that holds a policy.
pub const IEP_EXTENSION: &str = "extension-definition--762e2e97-ee51-43e5-a9ea-165fbb862c4a";

/// The statements that every policy makes, and what they may say (IEP 2.0 sections 3.1 to 3.4).
const STATEMENTS: [(&str, &[&str]); 5] = [
    ("affected_party_notifications", &["may", "must-not"]),
    ("encrypt_in_transit", &["may", "must"]),
    (
        "permitted_actions",
        &[
            "none",
            "contact-for-instruction",
            "internally-visible-actions",
            "externally-visible-indirect-actions",
            "externally-visible-direct-actions",
        ],
    ),
    ("provider_attribution", &["may", "must", "must-not"]),
    ("unmodified_resale", &["may", "must-not"]),
];

/// The TLP of the policy in that extension, if it is a sound one.
pub(super) fn read(extension: &Node<'_>) -> Option<Tlp> {
    let text = |name: &str| extension.member(name).and_then(Node::text);
    for (name, values) in STATEMENTS {
        text(name).filter(|said| values.contains(said))?;
    }
    text("extension_type").filter(|kind| *kind == "property-extension")?;
    // A policy's id is a UUID; any type makes an id of it that can be checked.
    let id = format!("policy--{}", text("iep_id")?);
    id.parse::<ObjectId>().ok()?;
    match extension
        .member("iep_version")
        .map(|version| &version.value)
    {
        Some(Value::Number(version)) if version.parse() == Ok(2.0) => {}
        _ => return None,
    }
    let date = |name: &str| match extension.member(name).map(|at| &at.value) {
        None | Some(Value::Null) => Some(None),
        Some(Value::String(at)) => at.parse::<Timestamp>().ok().map(Some),
        Some(_) => None,
    };
    let (start, end) = (date("start_date")?, date("end_date")?);
    if let (Some(start), Some(end)) = (start, end)
        && end <= start
    {
        return None;
    }
    match text("tlp")? {
        "white" => Some(Tlp::Clear),
        "green" => Some(Tlp::Green),
        "amber" => Some(Tlp::Amber),
        "red" => Some(Tlp::Red),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    const SOUND: &str = r#"{"extension_type":"property-extension","encrypt_in_transit":"must",
        "permitted_actions":"none","affected_party_notifications":"may","tlp":"amber",
        "provider_attribution":"must-not","unmodified_resale":"must-not",
        "iep_id":"0224bfdf-ea3a-49c3-96f6-66d908bb1845","iep_version":2.0,
        "start_date":"2022-10-01T00:00:00Z","end_date":null}"#;

    fn tlp(text: &str) -> Option<Tlp> {
        read(&parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn a_sound_policy_gives_its_level() {
        assert_eq!(tlp(SOUND), Some(Tlp::Amber));
        assert_eq!(tlp(&SOUND.replace("amber", "white")), Some(Tlp::Clear));
        assert_eq!(tlp(&SOUND.replace("2.0", "2")), Some(Tlp::Amber));
    }

    #[test]
    fn anything_else_is_not_understood() {
        for (from, to) in [
            ("\"none\"", "\"anything\""),
            ("\"amber\"", "\"AMBER\""),
            ("\"amber\"", "\"clear\""),
            ("\"amber\"", "\"amber+strict\""),
            ("\"must\"", "\"must-not\""),
            ("provider_attribution", "x_attribution"),
            ("0224bfdf-", ""),
            ("2.0", "1.0"),
            ("2.0", "\"2.0\""),
            ("null", "\"2022-10-01T00:00:00Z\""),
            ("null", "7"),
            ("\"tlp\"", "\"x_tlp\""),
        ] {
            assert_eq!(tlp(&SOUND.replacen(from, to, 1)), None, "{from} {to}");
        }
    }
}
