//! What may be left out of an object: every property that its type can do without (STIX 2.1
//! sections 3.2, 4 to 7). Not whether the rest makes sense to its reader.

use crate::object::class_of;

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

/// For each type, in order, what it requires, alone or as one of several of which one must stand.
const FIXED: [(&str, &[&str]); 37] = [
    (
        "artifact",
        &["encryption_algorithm", "hashes", "payload_bin", "url"],
    ),
    ("attack-pattern", &["name"]),
    ("autonomous-system", &["number"]),
    ("campaign", &["name"]),
    ("course-of-action", &["name"]),
    ("directory", &["path"]),
    ("domain-name", &["value"]),
    ("email-addr", &["value"]),
    ("email-message", &["is_multipart"]),
    (
        "extension-definition",
        &["extension_types", "name", "schema", "version"],
    ),
    ("file", &["hashes", "name"]),
    ("grouping", &["context", "object_refs"]),
    ("identity", &["name"]),
    ("incident", &["name"]),
    ("indicator", &["pattern", "pattern_type", "valid_from"]),
    ("infrastructure", &["name"]),
    ("intrusion-set", &["name"]),
    ("ipv4-addr", &["value"]),
    ("ipv6-addr", &["value"]),
    ("language-content", &["contents", "object_ref"]),
    ("location", &["country", "latitude", "longitude", "region"]),
    ("mac-addr", &["value"]),
    ("malware", &["is_family", "name"]),
    (
        "malware-analysis",
        &["analysis_sco_refs", "product", "result"],
    ),
    (
        "marking-definition",
        &["definition", "definition_type", "extensions", "name"],
    ),
    ("mutex", &["name"]),
    ("network-traffic", &["dst_ref", "protocols", "src_ref"]),
    ("note", &["content", "object_refs"]),
    (
        "observed-data",
        &[
            "first_observed",
            "last_observed",
            "number_observed",
            "object_refs",
            "objects",
        ],
    ),
    ("opinion", &["object_refs", "opinion"]),
    (
        "relationship",
        &["relationship_type", "source_ref", "target_ref"],
    ),
    ("report", &["name", "object_refs", "published"]),
    ("sighting", &["sighting_of_ref"]),
    ("software", &["name"]),
    ("threat-actor", &["name"]),
    ("tool", &["name"]),
    ("vulnerability", &["name"]),
];

/// Types that require one of their properties, whichever it is (STIX 2.1 sections 6.13, 6.16 to
/// 6.18).
const NEEDS_ONE: [&str; 4] = [
    "process",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// Whether an object of that type can do without that property.
///
/// Of a type that the standard does not define only the common properties and its `extensions` are
/// known to be needed.
pub fn is_removable(kind: &str, property: &str) -> bool {
    if COMMON.binary_search(&property).is_ok() {
        return false;
    }
    if property == "extensions" && class_of(kind).is_none() {
        return false;
    }
    match FIXED.binary_search_by_key(&kind, |(kind, _)| kind) {
        Ok(at) => FIXED
            .get(at)
            .is_some_and(|(_, fixed)| fixed.binary_search(&property).is_err()),
        Err(_) => true,
    }
}

/// Whether the type needs one of its own properties, whichever it is.
pub(super) fn needs_one(kind: &str) -> bool {
    NEEDS_ONE.contains(&kind)
}

/// Whether the property is common to all types, so that it does not count among a type's own.
pub(super) fn is_common(property: &str) -> bool {
    COMMON.binary_search(&property).is_ok()
        || [
            "defanged",
            "extensions",
            "created_by_ref",
            "external_references",
        ]
        .contains(&property)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(COMMON.is_sorted());
        assert!(FIXED.is_sorted_by_key(|(kind, _)| *kind));
        for (kind, fixed) in FIXED {
            assert!(fixed.is_sorted(), "{kind}");
            assert!(class_of(kind).is_some(), "{kind}");
        }
    }

    #[test]
    fn what_is_required_stays() {
        assert!(is_removable("indicator", "description"));
        assert!(!is_removable("indicator", "pattern"));
        assert!(!is_removable("threat-actor", "name"));
        assert!(!is_removable("x-acme", "id"));
        assert!(is_removable("x-acme", "colour"));
        assert!(!is_removable("x-acme", "extensions"));
    }
}
