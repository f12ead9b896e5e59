//! Names: UUIDs made of what is named, and the ids of markings.
//!
//! Ids of SCOs are not the standard's (STIX 2.1 section 2.9 has them as SHOULD): those leave out
//! markings, and an object without versions that two events mark differently would be two objects
//! of one id, of which only the first can be filed. Here an id covers everything the object says,
//! under a namespace of its own, as that section asks.

use legation_stix::sco::name_uuid;
use legation_stix::tlp::{self, Tlp};

/// The namespace of every name made here, drawn once at random.
const NAMESPACE: [u8; 16] = [
    0xd9, 0xda, 0x65, 0x5d, 0xbf, 0x23, 0x96, 0x07, 0x91, 0x23, 0xcf, 0xad, 0xbc, 0x2c, 0xa0, 0x42,
];

/// The UUID version 5 (RFC 9562 section 5.5) of several parts. A NUL, which none of them holds,
/// keeps the parts apart.
pub(super) fn uuid(parts: &[&str]) -> String {
    let mut name = String::new();
    for part in parts {
        name.push_str(part);
        name.push('\0');
    }
    name_uuid(&NAMESPACE, &name)
}

/// The marking definition of a level (TLP 2.0).
pub(super) fn marking(level: Tlp) -> &'static str {
    match level {
        Tlp::Clear => tlp::TLP2_CLEAR,
        Tlp::Green => tlp::TLP2_GREEN,
        Tlp::Amber => tlp::TLP2_AMBER,
        Tlp::AmberStrict => tlp::TLP2_AMBER_STRICT,
        Tlp::Red => tlp::TLP2_RED,
    }
}

/// The tag of a level in MISP's taxonomy `tlp`.
pub(super) fn tag(level: Tlp) -> &'static str {
    match level {
        Tlp::Clear => "tlp:clear",
        Tlp::Green => "tlp:green",
        Tlp::Amber => "tlp:amber",
        Tlp::AmberStrict => "tlp:amber+strict",
        Tlp::Red => "tlp:red",
    }
}

/// The level that a tag gives, if it is of the taxonomy `tlp`. What that taxonomy has beside the
/// levels (`tlp:unclear`, `tlp:ex:chr`) is held as strictly as anything can be.
pub(super) fn level_of_tag(name: &str) -> Option<Tlp> {
    let name = name.trim().to_lowercase();
    let word = name.strip_prefix("tlp:")?;
    Some(match word.trim().trim_matches('"') {
        "white" | "clear" => Tlp::Clear,
        "green" => Tlp::Green,
        "amber" => Tlp::Amber,
        "amber+strict" => Tlp::AmberStrict,
        _ => Tlp::Red,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_of_version_5_and_of_their_parts() {
        let one = uuid(&["a", "bc"]);
        assert_eq!(one, uuid(&["a", "bc"]));
        assert_ne!(one, uuid(&["ab", "c"]));
        assert!(
            format!("identity--{one}")
                .parse::<legation_stix::id::ObjectId>()
                .is_ok()
        );
        assert_eq!(one.as_bytes()[14], b'5');
    }

    #[test]
    fn an_unknown_tag_of_the_taxonomy_is_held_strictly() {
        for (name, level) in [
            ("tlp:white", Some(Tlp::Clear)),
            ("TLP:AMBER+STRICT", Some(Tlp::AmberStrict)),
            ("tlp:unclear", Some(Tlp::Red)),
            ("tlp:ex:chr", Some(Tlp::Red)),
            ("tlp:amber+stric", Some(Tlp::Red)),
            ("pap:red", None),
            ("misp-galaxy:x=\"tlp:red\"", None),
        ] {
            assert_eq!(level_of_tag(name), level, "{name}");
        }
        for level in [
            Tlp::Clear,
            Tlp::Green,
            Tlp::Amber,
            Tlp::AmberStrict,
            Tlp::Red,
        ] {
            assert_eq!(level_of_tag(tag(level)), Some(level));
            assert_eq!(tlp::level_of(marking(level)), Some(level));
        }
    }
}
