//! The cyber-observable objects, section 6 of STIX 2.1: one table for each type.
//!
//! Not the common properties, nor the predefined extensions, which have files of their own.

use super::check::Check;
use super::extension::{MIME_PART, REGISTRY_VALUE, X509_EXTENSIONS};
use super::finding::Code;
use super::form;
use super::rule::{Algorithms, Fields, Joint, Kind, Refs, Table, Values, may, must};
use super::vocabulary as v;
use Kind::{
    Advice, Advices, Binary, Closed, Dictionary, Flag, Form, Forms, Hashes, Hex, Id, Ids, Integer,
    Open, Part, Parts, Text, Texts, Time,
};

/// Integers that are not limited further (section 2.10).
pub(super) const ANY: Kind = Integer(-9_007_199_254_740_991, 9_007_199_254_740_991);
/// Integers that are not negative.
pub(super) const NATURAL: Kind = Integer(0, 9_007_199_254_740_991);
/// Section 6.12.1.
const PORT: Kind = Integer(0, 65_535);
/// Section 2.7; sections 6.1, 6.7 and 6.18 want the names of section 10.7, which is open.
pub(super) const HASHES: Kind = Hashes(Algorithms::Open);

const PAYLOAD: Refs = Refs::Of(&["artifact"]);
const ADDRESS: Refs = Refs::Of(&["email-addr"]);
const TRAFFIC: Refs = Refs::Of(&["network-traffic"]);
const PROCESS: Refs = Refs::Of(&["process"]);
const USER: Refs = Refs::Of(&["user-account"]);
const MAC: Refs = Refs::Of(&["mac-addr"]);
const SYSTEM: Refs = Refs::Of(&["autonomous-system"]);
const HOST: Refs = Refs::Of(&["ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"]);

pub(super) const TABLES: &[Table] = &[
    Table {
        name: "artifact",
        section: "6.1",
        rules: &[
            may("mime_type", Advice(&form::MIME_TYPE)),
            may("payload_bin", Binary),
            may("url", Form(&form::URL)),
            may("hashes", HASHES),
            may("encryption_algorithm", Closed(&v::ENCRYPTION_ALGORITHM)),
            may("decryption_key", Text),
        ],
        joints: &[
            Joint::One(&["payload_bin", "url"]),
            Joint::With("url", &["hashes"]),
            Joint::With("decryption_key", &["encryption_algorithm"]),
        ],
    },
    Table {
        name: "autonomous-system",
        section: "6.2",
        rules: &[must("number", ANY), may("name", Text), may("rir", Text)],
        joints: &[],
    },
    Table {
        name: "directory",
        section: "6.3",
        rules: &[
            must("path", Text),
            may("path_enc", Form(&form::CHARACTER_SET)),
            may("ctime", Time),
            may("mtime", Time),
            may("atime", Time),
            may("contains_refs", Ids(Refs::Of(&["file", "directory"]))),
        ],
        joints: &[],
    },
    Table {
        name: "domain-name",
        section: "6.4",
        rules: &[
            must("value", Form(&form::DOMAIN_NAME)),
            may(
                "resolves_to_refs",
                Ids(Refs::Of(&["ipv4-addr", "ipv6-addr", "domain-name"])),
            ),
        ],
        joints: &[],
    },
    Table {
        name: "email-addr",
        section: "6.5",
        rules: &[
            must("value", Form(&form::EMAIL_ADDRESS)),
            may("display_name", Text),
            may("belongs_to_ref", Id(USER)),
        ],
        joints: &[],
    },
    Table {
        name: "email-message",
        section: "6.6",
        rules: &[
            must("is_multipart", Flag),
            may("date", Time),
            may("content_type", Text),
            may("from_ref", Id(ADDRESS)),
            may("sender_ref", Id(ADDRESS)),
            may("to_refs", Ids(ADDRESS)),
            may("cc_refs", Ids(ADDRESS)),
            may("bcc_refs", Ids(ADDRESS)),
            may("message_id", Text),
            may("subject", Text),
            may("received_lines", Texts),
            may("additional_header_fields", Dictionary(Values::Texts)),
            may("body", Text),
            may("body_multipart", Parts(&MIME_PART)),
            may("raw_email_ref", Id(PAYLOAD)),
        ],
        joints: &[Joint::Own(multipart), Joint::Own(header_fields)],
    },
    Table {
        name: "file",
        section: "6.7",
        rules: &[
            may("hashes", HASHES),
            may("size", NATURAL),
            may("name", Text),
            may("name_enc", Form(&form::CHARACTER_SET)),
            may("magic_number_hex", Hex),
            may("mime_type", Advice(&form::MIME_TYPE)),
            may("ctime", Time),
            may("mtime", Time),
            may("atime", Time),
            may("parent_directory_ref", Id(Refs::Of(&["directory"]))),
            may("contains_refs", Ids(super::domain::OBSERVABLES)),
            may("content_ref", Id(PAYLOAD)),
        ],
        joints: &[
            Joint::Any(&["hashes", "name"]),
            Joint::With("name_enc", &["name"]),
        ],
    },
    Table {
        name: "ipv4-addr",
        section: "6.8",
        rules: &[
            must("value", Form(&form::IPV4)),
            may("resolves_to_refs", Ids(MAC)),
            may("belongs_to_refs", Ids(SYSTEM)),
        ],
        joints: &[],
    },
    Table {
        name: "ipv6-addr",
        section: "6.9",
        rules: &[
            must("value", Form(&form::IPV6)),
            may("resolves_to_refs", Ids(MAC)),
            may("belongs_to_refs", Ids(SYSTEM)),
        ],
        joints: &[],
    },
    Table {
        name: "mac-addr",
        section: "6.10",
        rules: &[must("value", Form(&form::MAC_ADDRESS))],
        joints: &[],
    },
    Table {
        name: "mutex",
        section: "6.11",
        rules: &[must("name", Text)],
        joints: &[],
    },
    Table {
        name: "network-traffic",
        section: "6.12",
        rules: &[
            may("start", Time),
            may("end", Time),
            may("is_active", Flag),
            may("src_ref", Id(HOST)),
            may("dst_ref", Id(HOST)),
            may("src_port", PORT),
            may("dst_port", PORT),
            must("protocols", Advices(&form::PROTOCOL)),
            may("src_byte_count", ANY),
            may("dst_byte_count", ANY),
            may("src_packets", ANY),
            may("dst_packets", ANY),
            may("ipfix", Dictionary(Values::IntegerOrText)),
            may("src_payload_ref", Id(PAYLOAD)),
            may("dst_payload_ref", Id(PAYLOAD)),
            may("encapsulates_refs", Ids(TRAFFIC)),
            may("encapsulated_by_ref", Id(TRAFFIC)),
        ],
        joints: &[
            Joint::Any(&["src_ref", "dst_ref"]),
            Joint::Order("start", "end"),
            Joint::Own(traffic),
        ],
    },
    Table {
        name: "process",
        section: "6.13",
        rules: &[
            may("is_hidden", Flag),
            may("pid", ANY),
            may("created_time", Time),
            may("cwd", Text),
            may("command_line", Text),
            may("environment_variables", Dictionary(Values::Text)),
            may("opened_connection_refs", Ids(TRAFFIC)),
            may("creator_user_ref", Id(USER)),
            may("image_ref", Id(Refs::Of(&["file"]))),
            may("parent_ref", Id(PROCESS)),
            may("child_refs", Ids(PROCESS)),
        ],
        joints: &[Joint::Any(&[
            "extensions",
            "is_hidden",
            "pid",
            "created_time",
            "cwd",
            "command_line",
            "environment_variables",
            "opened_connection_refs",
            "creator_user_ref",
            "image_ref",
            "parent_ref",
            "child_refs",
        ])],
    },
    Table {
        name: "software",
        section: "6.14",
        rules: &[
            must("name", Text),
            may("cpe", Form(&form::CPE)),
            may("swid", Text),
            may("languages", Forms(&form::LANGUAGE)),
            may("vendor", Text),
            may("version", Text),
        ],
        joints: &[],
    },
    Table {
        name: "url",
        section: "6.15",
        rules: &[must("value", Form(&form::URL))],
        joints: &[],
    },
    Table {
        name: "user-account",
        section: "6.16",
        rules: &[
            may("user_id", Text),
            may("credential", Text),
            may("account_login", Text),
            may("account_type", Open(&v::ACCOUNT_TYPE)),
            may("display_name", Text),
            may("is_service_account", Flag),
            may("is_privileged", Flag),
            may("can_escalate_privs", Flag),
            may("is_disabled", Flag),
            may("account_created", Time),
            may("account_expires", Time),
            may("credential_last_changed", Time),
            may("account_first_login", Time),
            may("account_last_login", Time),
        ],
        joints: &[Joint::Any(&[
            "extensions",
            "user_id",
            "credential",
            "account_login",
            "account_type",
            "display_name",
            "is_service_account",
            "is_privileged",
            "can_escalate_privs",
            "is_disabled",
            "account_created",
            "account_expires",
            "credential_last_changed",
            "account_first_login",
            "account_last_login",
        ])],
    },
    Table {
        name: "windows-registry-key",
        section: "6.17",
        rules: &[
            may("key", Form(&form::REGISTRY_KEY)),
            may("values", Parts(&REGISTRY_VALUE)),
            may("modified_time", Time),
            may("creator_user_ref", Id(USER)),
            may("number_of_subkeys", ANY),
        ],
        joints: &[Joint::Any(&[
            "key",
            "values",
            "modified_time",
            "creator_user_ref",
            "number_of_subkeys",
        ])],
    },
    Table {
        name: "x509-certificate",
        section: "6.18",
        rules: &[
            may("is_self_signed", Flag),
            may("hashes", HASHES),
            may("version", Text),
            may("serial_number", Text),
            may("signature_algorithm", Text),
            may("issuer", Text),
            may("validity_not_before", Time),
            may("validity_not_after", Time),
            may("subject", Text),
            may("subject_public_key_algorithm", Text),
            may("subject_public_key_modulus", Text),
            may("subject_public_key_exponent", ANY),
            may("x509_v3_extensions", Part(&X509_EXTENSIONS)),
        ],
        joints: &[Joint::Any(&[
            "is_self_signed",
            "hashes",
            "version",
            "serial_number",
            "signature_algorithm",
            "issuer",
            "validity_not_before",
            "validity_not_after",
            "subject",
            "subject_public_key_algorithm",
            "subject_public_key_modulus",
            "subject_public_key_exponent",
            "x509_v3_extensions",
        ])],
    },
];

/// Section 6.6.1: one sort of body or the other.
fn multipart<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let multipart = fields.get("is_multipart").and_then(|node| node.truth());
    let (wrong, right) = match multipart {
        Some(true) => ("body", "body_multipart"),
        Some(false) => ("body_multipart", "body"),
        None => return,
    };
    if let Some(at) = fields.get(wrong) {
        check.step_name(wrong);
        check.fail(at, Code::Together, "6.6", || {
            format!(
                "`{wrong}` contradicts `is_multipart`; use `{right}`, or correct `is_multipart`"
            )
        });
        check.back();
    }
}

/// Section 6.6.1: what has a property of its own is no additional header field.
fn header_fields<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    const OWN: [&str; 9] = [
        "date",
        "received_lines",
        "content_type",
        "from_ref",
        "sender_ref",
        "to_refs",
        "cc_refs",
        "bcc_refs",
        "subject",
    ];
    let Some(given) = fields.get("additional_header_fields") else {
        return;
    };
    for member in given.members().unwrap_or_default() {
        if OWN.contains(&&*member.name) {
            check.step_name("additional_header_fields");
            check.fail(&member.node, Code::Together, "6.6", || {
                format!(
                    "`{}` is a property of the message; give it there",
                    member.name
                )
            });
            check.back();
        }
    }
}

/// Section 6.12: an end is not active; ports should be given.
fn traffic<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    let active = fields.get("is_active");
    if let Some(at) = active.filter(|node| node.truth() == Some(true) && fields.has("end")) {
        check.step_name("is_active");
        check.fail(
            at,
            Code::Together,
            "6.12",
            || "traffic that has an `end` is not active; write false, or remove `end`",
        );
        check.back();
    }
    if !fields.has("src_port") || !fields.has("dst_port") {
        check.warn(
            fields.node,
            Code::Recommended,
            "6.12",
            || "`src_port` and `dst_port` should both be given; add what is known",
        );
    }
    if let Some(members) = fields.get("ipfix").and_then(|node| node.members()) {
        for member in members.iter().filter(|m| !form::is_ipfix(&m.name)) {
            check.step_name("ipfix");
            check.warn(
                &member.node,
                Code::Value,
                "6.12",
                || "the key should be the name of an IPFIX element, as `octetDeltaCount`",
            );
            check.back();
        }
    }
}
