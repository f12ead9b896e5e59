//! The object types of STIX 2.1 and what each of them must carry.
//!
//! Not their full property tables: only what makes an object a version of something and gives it
//! its references and times.

/// What sort of object a type is, which decides the common properties it needs (STIX 2.1
/// section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "STIX 2.1 section 1.4 fixes the sorts"
)]
pub enum Class {
    /// STIX Domain Object (section 4), and any custom type that has `created` or `modified`.
    Domain,
    /// STIX Relationship Object (section 5).
    Relationship,
    /// STIX Cyber-observable Object (section 6), and any custom type with neither `created` nor
    /// `modified`.
    Observable,
    /// STIX Meta Object (section 7): marking definitions, language content, extension definitions.
    Meta,
}

/// The types of STIX Domain Objects (STIX 2.1 section 4).
pub const DOMAIN: [&str; 19] = [
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "incident",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "malware-analysis",
    "note",
    "observed-data",
    "opinion",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
];

/// The types of STIX Relationship Objects (STIX 2.1 section 5).
pub const RELATIONSHIP: [&str; 2] = ["relationship", "sighting"];

/// The types of STIX Cyber-observable Objects (STIX 2.1 section 6).
pub const OBSERVABLE: [&str; 18] = [
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// The types of STIX Meta Objects (STIX 2.1 section 7).
pub const META: [&str; 3] = [
    "extension-definition",
    "language-content",
    "marking-definition",
];

/// Every type that STIX 2.1 defines, by class.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    let lists = [&DOMAIN[..], &RELATIONSHIP, &OBSERVABLE, &META];
    lists.into_iter().flatten().copied()
}

/// The class of a type that STIX 2.1 defines; none for a custom type.
pub fn class_of(kind: &str) -> Option<Class> {
    if RELATIONSHIP.contains(&kind) {
        Some(Class::Relationship)
    } else if DOMAIN.contains(&kind) {
        Some(Class::Domain)
    } else if OBSERVABLE.contains(&kind) {
        Some(Class::Observable)
    } else if META.contains(&kind) {
        Some(Class::Meta)
    } else {
        None
    }
}

/// Reference properties without which an object of the type would stand for nothing.
pub(crate) fn required_refs(kind: &str) -> &'static [&'static str] {
    match kind {
        "relationship" => &["source_ref", "target_ref"], // section 5.1
        "sighting" => &["sighting_of_ref"],              // section 5.2
        "language-content" => &["object_ref"],           // section 7.1
        // sections 4.4 and 4.13 to 4.16
        "grouping" | "note" | "observed-data" | "opinion" | "report" => &["object_refs"],
        _ => &[],
    }
}

/// The timestamp properties that a type has beside the common ones, from its section of STIX 2.1.
pub(crate) fn times(kind: &str) -> &'static [&'static str] {
    match kind {
        "indicator" => &["valid_from", "valid_until"],
        "campaign" | "infrastructure" | "intrusion-set" | "malware" | "sighting"
        | "threat-actor" => &["first_seen", "last_seen"],
        "malware-analysis" => &["submitted", "analysis_started", "analysis_ended"],
        "observed-data" => &["first_observed", "last_observed"],
        "report" => &["published"],
        "relationship" => &["start_time", "stop_time"],
        "language-content" => &["object_modified"],
        "directory" | "file" => &["ctime", "mtime", "atime"],
        "email-message" => &["date"],
        "network-traffic" => &["start", "end"],
        "process" => &["created_time"],
        "user-account" => &[
            "credential_last_changed",
            "account_created",
            "account_expires",
            "account_first_login",
            "account_last_login",
        ],
        "windows-registry-key" => &["modified_time"],
        "x509-certificate" => &["validity_not_before", "validity_not_after"],
        _ => &[],
    }
}
