//! The deterministic identifiers of cyber-observable objects: UUIDs of version 5 made from what an
//! observable is about (STIX 2.1 section 2.9).
//!
//! Not a check that an id is right: a producer may choose another namespace, and must then choose
//! another.

use sha1::{Digest, Sha1};

use crate::canonical;
use crate::id::ObjectId;
use crate::json::{Node, Value};

/// The namespace of section 2.9, 00abedb4-aa42-466c-9c01-fed23315a9b7.
pub const NAMESPACE: [u8; 16] = [
    0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c, 0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7,
];

/// The properties that decide the id of an observable, from the section of its type in STIX 2.1;
/// each in order. A process has none.
const CONTRIBUTING: [(&str, &[&str]); 18] = [
    ("artifact", &["hashes", "payload_bin"]),
    ("autonomous-system", &["number"]),
    ("directory", &["path"]),
    ("domain-name", &["value"]),
    ("email-addr", &["value"]),
    ("email-message", &["body", "from_ref", "subject"]),
    (
        "file",
        &["extensions", "hashes", "name", "parent_directory_ref"],
    ),
    ("ipv4-addr", &["value"]),
    ("ipv6-addr", &["value"]),
    ("mac-addr", &["value"]),
    ("mutex", &["name"]),
    (
        "network-traffic",
        &[
            "dst_port",
            "dst_ref",
            "end",
            "extensions",
            "protocols",
            "src_port",
            "src_ref",
            "start",
        ],
    ),
    ("process", &[]),
    ("software", &["cpe", "name", "swid", "vendor", "version"]),
    ("url", &["value"]),
    (
        "user-account",
        &["account_login", "account_type", "user_id"],
    ),
    ("windows-registry-key", &["key", "values"]),
    ("x509-certificate", &["hashes", "serial_number"]),
];

/// The hashes of which one is taken, in the order of preference of sections 6.1.1, 6.7.1 and 6.18.1.
const PREFERRED: [&str; 4] = ["MD5", "SHA-1", "SHA-256", "SHA-512"];

/// The properties that decide the id of an observable of this type, if the standard defines it.
pub(crate) fn contributing(kind: &str) -> Option<&'static [&'static str]> {
    let found = CONTRIBUTING.iter().find(|(name, _)| *name == kind);
    found.map(|(_, names)| *names)
}

/// Whether an observable of the type may lack all of them (section 2.9 then wants a random UUID).
pub(crate) fn is_optional(kind: &str) -> bool {
    matches!(
        kind,
        "artifact" | "email-message" | "user-account" | "windows-registry-key" | "x509-certificate"
    )
}

/// The id that section 2.9 gives to an observable: its type and the UUID of version 5 of the
/// canonical JSON of its contributing properties. None for a type that is no observable of the
/// standard, and for an object that has none of the properties: its UUID is random.
///
/// ```
/// use legation_stix::{json, sco};
///
/// let node = json::parse(br#"{"type": "ipv4-addr", "value": "198.51.100.3"}"#)?;
/// let id = sco::deterministic_id(&node).unwrap();
/// assert_eq!(id.as_str(), "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4");
/// # Ok::<(), json::JsonError>(())
/// ```
pub fn deterministic_id(node: &Node<'_>) -> Option<ObjectId> {
    let kind = node.member("type")?.text()?;
    let names = contributing(kind)?;
    let mut name = String::from("{");
    for property in names {
        let Some(value) = node.member(property) else {
            continue;
        };
        if name.len() > 1 {
            name.push(',');
        }
        canonical::write_string(property, &mut name);
        name.push(':');
        match (*property, &value.value) {
            ("hashes", Value::Object(_)) => write_hash(value, &mut name),
            _ => canonical::write(value, &mut name),
        }
    }
    if name.len() == 1 {
        return None;
    }
    name.push('}');
    format!("{kind}--{}", name_uuid(&NAMESPACE, &name))
        .parse()
        .ok()
}

/// One hash of those given: the first that is preferred, else the first that is there.
fn write_hash(hashes: &Node<'_>, out: &mut String) {
    let preferred = PREFERRED
        .iter()
        .find_map(|name| hashes.member(name).map(|node| (*name, node)));
    let first = hashes.members().and_then(<[_]>::first);
    let first = first.map(|member| (&*member.name, &member.node));
    canonical::write_members(preferred.or(first).into_iter(), out);
}

/// The UUID of version 5 (RFC 4122 section 4.3) of a name in a namespace.
pub fn name_uuid(namespace: &[u8; 16], name: &str) -> String {
    let digest = Sha1::new()
        .chain_update(namespace)
        .chain_update(name)
        .finalize();
    let mut bytes = u128::from_be_bytes(*digest.first_chunk().unwrap_or(&[0; 16]));
    // The version in the seventh byte, the variant in the ninth.
    bytes = bytes & !(0xf << 76) | 5 << 76;
    bytes = bytes & !(0x3 << 62) | 2 << 62;
    let hex = format!("{bytes:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn id(text: &str) -> Option<String> {
        deterministic_id(&parse(text.as_bytes()).unwrap()).map(|id| id.to_string())
    }

    #[test]
    fn names_stand_in_order_and_repeat_no_type() {
        for (n, (kind, names)) in CONTRIBUTING.iter().enumerate() {
            assert!(names.is_sorted(), "{kind}");
            assert!(CONTRIBUTING.iter().skip(n + 1).all(|(k, _)| k != kind));
        }
    }

    #[test]
    fn other_properties_change_nothing() {
        let plain = id(r#"{"type":"mutex","name":"a"}"#);
        assert!(plain.is_some());
        assert_eq!(
            plain,
            id(r#"{"spec_version":"2.1","name":"a","type":"mutex","x_y":1}"#)
        );
        assert_ne!(plain, id(r#"{"type":"mutex","name":"b"}"#));
    }

    #[test]
    fn one_hash_decides() {
        let md5 = r#""MD5":"a92e5b2bae0b4b3a3d81c85610b95cd4""#;
        let both = format!(
            r#"{{"type":"file","hashes":{{"SHA-1":"5374e08903744ceeaedd8f5e1bfc06b2c4688e76",{md5}}}}}"#
        );
        assert_eq!(
            id(&both),
            id(&format!(r#"{{"type":"file","hashes":{{{md5}}}}}"#))
        );
    }

    #[test]
    fn what_has_no_content_has_no_id() {
        assert_eq!(id(r#"{"type":"process","pid":1}"#), None);
        assert_eq!(id(r#"{"type":"x509-certificate","issuer":"a"}"#), None);
        assert_eq!(id(r#"{"type":"malware","name":"a"}"#), None);
    }
}
