//! The domain objects, section 4 of STIX 2.1: one table for each type.
//!
//! Not the common properties, which every table has besides.

use super::joint;
use super::meta::PHASE;
use super::rule::{Fields, Joint, Kind, Refs, Table, may, must};
use super::vocabulary as v;
use super::{check::Check, form};
use crate::object::{DOMAIN, META, RELATIONSHIP};
use Kind::{
    Advice, Closed, Elsewhere, Flag, Id, Ids, Integer, Number, Open, Opens, Parts, Text, Texts,
    Time,
};

const SOFTWARE: Refs = Refs::Of(&["software"]);

/// Every type but those that are neither observables nor custom.
pub(super) const OBSERVABLES: Refs = Refs::But(
    &[&DOMAIN, &RELATIONSHIP, &META, &["bundle"]],
    "an observable",
);

/// What observed data may hold: observables and the relationships between them.
const OBSERVED: Refs = Refs::But(
    &[&DOMAIN, &META, &["bundle"]],
    "an observable or a relationship",
);

const SEEN: Joint = Joint::Order("first_seen", "last_seen");

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "attack-pattern",
        section: "4.1",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("aliases", Texts),
            may("kill_chain_phases", Parts(&PHASE)),
        ],
        joints: &[],
    },
    Table {
        name: "campaign",
        section: "4.2",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("aliases", Texts),
            may("first_seen", Time),
            may("last_seen", Time),
            may("objective", Text),
        ],
        joints: &[SEEN],
    },
    Table {
        name: "course-of-action",
        section: "4.3",
        rules: &[must("name", Text), may("description", Text)],
        joints: &[],
    },
    Table {
        name: "grouping",
        section: "4.4",
        rules: &[
            may("name", Text),
            may("description", Text),
            must("context", Open(&v::GROUPING_CONTEXT)),
            must("object_refs", Ids(Refs::Any)),
        ],
        joints: &[],
    },
    Table {
        name: "identity",
        section: "4.5",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("roles", Texts),
            may("identity_class", Open(&v::IDENTITY_CLASS)),
            may("sectors", Opens(&v::INDUSTRY_SECTOR)),
            may("contact_information", Text),
        ],
        joints: &[],
    },
    Table {
        name: "incident",
        section: "4.6",
        rules: &[must("name", Text), may("description", Text)],
        joints: &[],
    },
    Table {
        name: "indicator",
        section: "4.7",
        rules: &[
            may("name", Text),
            may("description", Text),
            may("indicator_types", Opens(&v::INDICATOR_TYPE)),
            must("pattern", Text),
            must("pattern_type", Open(&v::PATTERN_TYPE)),
            may("pattern_version", Text),
            must("valid_from", Time),
            may("valid_until", Time),
            may("kill_chain_phases", Parts(&PHASE)),
        ],
        joints: &[
            Joint::After("valid_from", "valid_until"),
            Joint::Own(joint::indicator),
        ],
    },
    Table {
        name: "infrastructure",
        section: "4.8",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("infrastructure_types", Opens(&v::INFRASTRUCTURE_TYPE)),
            may("aliases", Texts),
            may("kill_chain_phases", Parts(&PHASE)),
            may("first_seen", Time),
            may("last_seen", Time),
        ],
        joints: &[SEEN],
    },
    Table {
        name: "intrusion-set",
        section: "4.9",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("aliases", Texts),
            may("first_seen", Time),
            may("last_seen", Time),
            may("goals", Texts),
            may("resource_level", Open(&v::ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", Open(&v::ATTACK_MOTIVATION)),
            may("secondary_motivations", Opens(&v::ATTACK_MOTIVATION)),
        ],
        joints: &[SEEN],
    },
    Table {
        name: "location",
        section: "4.10",
        rules: &[
            may("name", Text),
            may("description", Text),
            may("latitude", Number(-90.0, 90.0)),
            may("longitude", Number(-180.0, 180.0)),
            may("precision", Number(f64::MIN, f64::MAX)),
            may("region", Open(&v::REGION)),
            may("country", Advice(&form::COUNTRY)),
            may("administrative_area", Text),
            may("city", Text),
            may("street_address", Text),
            may("postal_code", Text),
        ],
        joints: &[
            Joint::Any(&["region", "country", "latitude", "longitude"]),
            Joint::With("latitude", &["longitude"]),
            Joint::With("longitude", &["latitude"]),
            Joint::With("precision", &["latitude", "longitude"]),
        ],
    },
    Table {
        name: "malware",
        section: "4.11",
        rules: &[
            may("name", Text),
            may("description", Text),
            may("malware_types", Opens(&v::MALWARE_TYPE)),
            must("is_family", Flag),
            may("aliases", Texts),
            may("kill_chain_phases", Parts(&PHASE)),
            may("first_seen", Time),
            may("last_seen", Time),
            may("operating_system_refs", Ids(SOFTWARE)),
            may(
                "architecture_execution_envs",
                Opens(&v::PROCESSOR_ARCHITECTURE),
            ),
            may(
                "implementation_languages",
                Opens(&v::IMPLEMENTATION_LANGUAGE),
            ),
            may("capabilities", Opens(&v::MALWARE_CAPABILITIES)),
            may("sample_refs", Ids(Refs::Of(&["file", "artifact"]))),
        ],
        joints: &[SEEN, Joint::Own(family)],
    },
    Table {
        name: "malware-analysis",
        section: "4.12",
        rules: &[
            must("product", Advice(&form::PRODUCT)),
            may("version", Text),
            may("host_vm_ref", Id(SOFTWARE)),
            may("operating_system_ref", Id(SOFTWARE)),
            may("installed_software_refs", Ids(SOFTWARE)),
            may("configuration_version", Text),
            may("modules", Texts),
            may("analysis_engine_version", Text),
            may("analysis_definition_version", Text),
            may("submitted", Time),
            may("analysis_started", Time),
            may("analysis_ended", Time),
            may("result_name", Text),
            may("result", Open(&v::MALWARE_RESULT)),
            may("analysis_sco_refs", Ids(OBSERVABLES)),
            may(
                "sample_ref",
                Id(Refs::Of(&["file", "artifact", "network-traffic"])),
            ),
        ],
        joints: &[Joint::Any(&["result", "analysis_sco_refs"])],
    },
    Table {
        name: "note",
        section: "4.13",
        rules: &[
            may("abstract", Text),
            must("content", Text),
            may("authors", Texts),
            must("object_refs", Ids(Refs::Any)),
        ],
        joints: &[],
    },
    Table {
        name: "observed-data",
        section: "4.14",
        rules: &[
            must("first_observed", Time),
            must("last_observed", Time),
            must("number_observed", Integer(1, 999_999_999)),
            may("objects", Elsewhere),
            may("object_refs", Ids(OBSERVED)),
        ],
        joints: &[
            Joint::Order("first_observed", "last_observed"),
            Joint::One(&["objects", "object_refs"]),
            Joint::Own(super::container::check),
        ],
    },
    Table {
        name: "opinion",
        section: "4.15",
        rules: &[
            may("explanation", Text),
            may("authors", Texts),
            must("opinion", Closed(&v::OPINION)),
            must("object_refs", Ids(Refs::Any)),
        ],
        joints: &[],
    },
    Table {
        name: "report",
        section: "4.16",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("report_types", Opens(&v::REPORT_TYPE)),
            must("published", Time),
            must("object_refs", Ids(Refs::Any)),
        ],
        joints: &[],
    },
    Table {
        name: "threat-actor",
        section: "4.17",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("threat_actor_types", Opens(&v::THREAT_ACTOR_TYPE)),
            may("aliases", Texts),
            may("first_seen", Time),
            may("last_seen", Time),
            may("roles", Opens(&v::THREAT_ACTOR_ROLE)),
            may("goals", Texts),
            may("sophistication", Open(&v::THREAT_ACTOR_SOPHISTICATION)),
            may("resource_level", Open(&v::ATTACK_RESOURCE_LEVEL)),
            may("primary_motivation", Open(&v::ATTACK_MOTIVATION)),
            may("secondary_motivations", Opens(&v::ATTACK_MOTIVATION)),
            may("personal_motivations", Opens(&v::ATTACK_MOTIVATION)),
        ],
        joints: &[SEEN],
    },
    Table {
        name: "tool",
        section: "4.18",
        rules: &[
            must("name", Text),
            may("description", Text),
            may("tool_types", Opens(&v::TOOL_TYPE)),
            may("aliases", Texts),
            may("kill_chain_phases", Parts(&PHASE)),
            may("tool_version", Text),
        ],
        joints: &[],
    },
    Table {
        name: "vulnerability",
        section: "4.19",
        rules: &[must("name", Text), may("description", Text)],
        joints: &[],
    },
];

/// Section 4.11.1: a family has a name.
fn family<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let is_family = fields.get("is_family").and_then(|node| node.truth());
    if is_family == Some(true) && !fields.has("name") {
        check.missing(fields.node, "name", "malware family", "4.11");
    }
}
