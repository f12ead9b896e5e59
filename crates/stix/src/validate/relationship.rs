//! The relationship objects, section 5 of STIX 2.1, and the relationships that the standard defines
//! between types.
//!
//! Not a resolver: the types are taken from the ids.

use super::check::Check;
use super::finding::{Code, quote};
use super::form;
use super::rule::{Fields, Joint, Kind, Refs, Table, may, must};
use crate::object::{META, OBSERVABLE, RELATIONSHIP};
use Kind::{Flag, Form, Id, Ids, Integer, Text, Time};

/// Section 5.1.2: domain objects and observables, no relationship, bundle or meta object.
const END: Refs = Refs::But(
    &[&RELATIONSHIP, &META, &["bundle"]],
    "a domain object or an observable",
);

/// Section 5.2.1: domain objects alone.
const SIGHTED: Refs = Refs::But(
    &[&OBSERVABLE, &RELATIONSHIP, &META, &["bundle"]],
    "a domain object",
);

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "relationship",
        section: "5.1",
        rules: &[
            must("relationship_type", Form(&form::RELATIONSHIP_TYPE)),
            may("description", Text),
            must("source_ref", Id(END)),
            must("target_ref", Id(END)),
            may("start_time", Time),
            may("stop_time", Time),
        ],
        joints: &[
            Joint::After("start_time", "stop_time"),
            Joint::Own(suggested),
        ],
    },
    Table {
        name: "sighting",
        section: "5.2",
        rules: &[
            may("description", Text),
            may("first_seen", Time),
            may("last_seen", Time),
            may("count", Integer(0, 999_999_999)),
            must("sighting_of_ref", Id(SIGHTED)),
            may("observed_data_refs", Ids(Refs::Of(&["observed-data"]))),
            may(
                "where_sighted_refs",
                Ids(Refs::Of(&["identity", "location"])),
            ),
            may("summary", Flag),
        ],
        joints: &[Joint::Order("first_seen", "last_seen")],
    },
];

/// The relationships that hold between any two objects (section 3.7).
const COMMON: [&str; 3] = ["derived-from", "duplicate-of", "related-to"];

/// Section 5.1.2: the type should be one that the standard lists for the two ends. Ends of custom
/// types are left alone, as are those that are wrong already.
fn suggested<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let text = |name| fields.get(name).and_then(|node| node.text());
    let (Some(kind), Some(at)) = (text("relationship_type"), fields.get("relationship_type"))
    else {
        return;
    };
    let end = |name| text(name).and_then(|id: &str| id.split_once("--").map(|(kind, _)| kind));
    let (Some(source), Some(target)) = (end("source_ref"), end("target_ref")) else {
        return;
    };
    if COMMON.contains(&kind) || !form::is_relationship_type(kind) {
        return;
    }
    let known = SUGGESTED
        .iter()
        .any(|(s, k, targets)| *s == source && *k == kind && targets.contains(&target));
    if !known {
        check.step_name("relationship_type");
        check.warn(at, Code::RelationshipType, "5.1", || {
            format!(
                "the standard defines no `{}` from `{}` to `{}`; use one that it lists, or `related-to`",
                quote(kind),
                quote(source),
                quote(target)
            )
        });
        check.back();
    }
}

const ACTORS_USE: &[&str] = &["attack-pattern", "infrastructure", "malware", "tool"];
const VICTIMS: &[&str] = &["identity", "location", "vulnerability"];
const ADDRESSES: &[&str] = &["domain-name", "ipv4-addr", "ipv6-addr", "url"];

/// Source, relationship and targets, from the section of each source (the same as appendix B).
const SUGGESTED: &[(&str, &str, &[&str])] = &[
    ("attack-pattern", "delivers", &["malware"]),
    ("attack-pattern", "targets", VICTIMS),
    ("attack-pattern", "uses", &["malware", "tool"]),
    (
        "campaign",
        "attributed-to",
        &["intrusion-set", "threat-actor"],
    ),
    ("campaign", "compromises", &["infrastructure"]),
    ("campaign", "originates-from", &["location"]),
    ("campaign", "targets", VICTIMS),
    ("campaign", "uses", ACTORS_USE),
    ("course-of-action", "investigates", &["indicator"]),
    (
        "course-of-action",
        "mitigates",
        &[
            "attack-pattern",
            "indicator",
            "malware",
            "tool",
            "vulnerability",
        ],
    ),
    (
        "course-of-action",
        "remediates",
        &["malware", "vulnerability"],
    ),
    (
        "domain-name",
        "resolves-to",
        &["domain-name", "ipv4-addr", "ipv6-addr"],
    ),
    ("identity", "located-at", &["location"]),
    (
        "indicator",
        "indicates",
        &[
            "attack-pattern",
            "campaign",
            "infrastructure",
            "intrusion-set",
            "malware",
            "threat-actor",
            "tool",
        ],
    ),
    ("indicator", "based-on", &["observed-data"]),
    (
        "infrastructure",
        "communicates-with",
        &[
            "infrastructure",
            "ipv4-addr",
            "ipv6-addr",
            "domain-name",
            "url",
        ],
    ),
    (
        "infrastructure",
        "consists-of",
        &[
            "infrastructure",
            "observed-data",
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
        ],
    ),
    ("infrastructure", "controls", &["infrastructure", "malware"]),
    ("infrastructure", "delivers", &["malware"]),
    ("infrastructure", "has", &["vulnerability"]),
    ("infrastructure", "hosts", &["malware", "tool"]),
    ("infrastructure", "located-at", &["location"]),
    ("infrastructure", "uses", &["infrastructure"]),
    ("intrusion-set", "attributed-to", &["threat-actor"]),
    ("intrusion-set", "compromises", &["infrastructure"]),
    ("intrusion-set", "hosts", &["infrastructure"]),
    ("intrusion-set", "originates-from", &["location"]),
    ("intrusion-set", "owns", &["infrastructure"]),
    ("intrusion-set", "targets", VICTIMS),
    ("intrusion-set", "uses", ACTORS_USE),
    ("ipv4-addr", "belongs-to", &["autonomous-system"]),
    ("ipv4-addr", "resolves-to", &["mac-addr"]),
    ("ipv6-addr", "belongs-to", &["autonomous-system"]),
    ("ipv6-addr", "resolves-to", &["mac-addr"]),
    ("malware", "authored-by", &["intrusion-set", "threat-actor"]),
    ("malware", "beacons-to", &["infrastructure"]),
    ("malware", "communicates-with", ADDRESSES),
    ("malware", "controls", &["malware"]),
    ("malware", "downloads", &["file", "malware", "tool"]),
    ("malware", "drops", &["file", "malware", "tool"]),
    ("malware", "exfiltrates-to", &["infrastructure"]),
    ("malware", "exploits", &["vulnerability"]),
    ("malware", "originates-from", &["location"]),
    (
        "malware",
        "targets",
        &["identity", "infrastructure", "location", "vulnerability"],
    ),
    ("malware", "uses", ACTORS_USE),
    ("malware", "variant-of", &["malware"]),
    ("malware-analysis", "analysis-of", &["malware"]),
    ("malware-analysis", "characterizes", &["malware"]),
    ("malware-analysis", "dynamic-analysis-of", &["malware"]),
    ("malware-analysis", "static-analysis-of", &["malware"]),
    ("threat-actor", "attributed-to", &["identity"]),
    ("threat-actor", "compromises", &["infrastructure"]),
    ("threat-actor", "hosts", &["infrastructure"]),
    ("threat-actor", "impersonates", &["identity"]),
    ("threat-actor", "located-at", &["location"]),
    ("threat-actor", "owns", &["infrastructure"]),
    ("threat-actor", "targets", VICTIMS),
    ("threat-actor", "uses", ACTORS_USE),
    ("tool", "delivers", &["malware"]),
    ("tool", "drops", &["malware"]),
    ("tool", "has", &["vulnerability"]),
    (
        "tool",
        "targets",
        &["identity", "infrastructure", "location", "vulnerability"],
    ),
    ("tool", "uses", &["infrastructure"]),
];
