//! What may be left out of an object: every property that its type can do without. The tables of
//! the validator say which those are. Not whether the rest makes sense to its reader.

use crate::object::class_of;
use crate::validate::{Joint, table_of};

/// Properties without which no object is what it was: what identifies it, orders its versions,
/// marks it, and says that it is revoked (STIX 2.1 section 3.2).
const COMMON: [&str; 8] = [
    "created",
    "granular_markings",
    "id",
    "modified",
    "object_marking_refs",
    "revoked",
    "spec_version",
    "type",
];

/// What no row of the tables says: a family of malware needs a name (section 4.11), a marking
/// definition has its content in one of two places (section 7.2.1).
const FIXED: [(&str, &[&str]); 2] = [
    ("malware", &["name"]),
    (
        "marking-definition",
        &["definition", "definition_type", "extensions", "name"],
    ),
];

/// A rule that asks for one of so many properties is kept by looking at what is left; where there
/// are fewer, none of them goes.
const MANY: usize = 5;

/// Whether an object of that type can do without that property.
///
/// Of a type that the standard does not define only the common properties and its `extensions` are
/// known to be needed.
pub fn is_removable(kind: &str, property: &str) -> bool {
    let custom = class_of(kind).is_none() && property == "extensions";
    if COMMON.binary_search(&property).is_ok() || custom {
        return false;
    }
    // The creator is another one in any case.
    if property == "created_by_ref" {
        return true;
    }
    let fixed = FIXED.iter().find(|(fixed, _)| *fixed == kind);
    if fixed.is_some_and(|(_, fixed)| fixed.contains(&property)) {
        return false;
    }
    table_of(kind).is_none_or(|table| {
        let needed = table
            .rules
            .iter()
            .any(|rule| rule.needed && rule.name == property);
        let tied = table.joints.iter().any(|joint| match joint {
            Joint::Any(names) => names.len() < MANY && names.contains(&property),
            Joint::One(names) | Joint::With(_, names) => names.contains(&property),
            Joint::Order(..) | Joint::After(..) | Joint::Own(_) => false,
        });
        !needed && !tied
    })
}

/// Whether what is left of an object still has one of the many properties of which its type needs
/// one.
pub(super) fn has_enough(kind: &str, left: impl Fn(&str) -> bool) -> bool {
    table_of(kind).is_none_or(|table| {
        table.joints.iter().all(|joint| match joint {
            Joint::Any(names) if names.len() >= MANY => names.iter().any(|name| left(name)),
            _ => true,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_required_stays() {
        assert!(COMMON.is_sorted());
        assert!(is_removable("indicator", "description"));
        assert!(is_removable("indicator", "created_by_ref"));
        assert!(is_removable("process", "command_line"));
        for (kind, property) in [
            ("indicator", "pattern"),
            ("threat-actor", "name"),
            ("url", "value"),
            ("file", "hashes"),
            ("artifact", "payload_bin"),
            ("location", "latitude"),
            ("malware", "name"),
            ("x-acme", "id"),
            ("x-acme", "extensions"),
        ] {
            assert!(!is_removable(kind, property), "{kind} {property}");
        }
        assert!(is_removable("x-acme", "colour"));
    }
}
