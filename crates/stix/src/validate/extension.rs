//! The extensions that the standard predefines, and the parts of observables that have properties of
//! their own.
//!
//! Not the extensions of section 7.3, whose content their own definitions govern.

use super::check::Check;
use super::finding::Code;
use super::form;
use super::observable::{ANY, HASHES, NATURAL};
use super::rule::{Fields, Joint, Kind, Refs, Table, Values, may, must};
use super::vocabulary as v;
use Kind::{
    Advice, Closed, Closeds, Dictionary, Flag, Hex, Id, Ids, Number, Open, Part, Parts, Seconds,
    Text, Texts, Time,
};

/// The predefined extensions, each with the type that it extends.
pub(super) const TABLES: &[(&str, Table)] = &[
    (
        "file",
        Table {
            name: "archive-ext",
            section: "6.7.2",
            rules: &[
                must("contains_refs", Ids(Refs::Of(&["file", "directory"]))),
                may("comment", Text),
            ],
            joints: &[],
        },
    ),
    (
        "file",
        Table {
            name: "ntfs-ext",
            section: "6.7.3",
            rules: &[
                may("sid", Text),
                may("alternate_data_streams", Parts(&DATA_STREAM)),
            ],
            joints: &[Joint::Any(&["sid", "alternate_data_streams"])],
        },
    ),
    (
        "file",
        Table {
            name: "pdf-ext",
            section: "6.7.4",
            rules: &[
                may("version", Text),
                may("is_optimized", Flag),
                may("document_info_dict", Dictionary(Values::Text)),
                may("pdfid0", Text),
                may("pdfid1", Text),
            ],
            joints: &[
                Joint::Any(&[
                    "version",
                    "is_optimized",
                    "document_info_dict",
                    "pdfid0",
                    "pdfid1",
                ]),
                Joint::Own(document_info),
            ],
        },
    ),
    (
        "file",
        Table {
            name: "raster-image-ext",
            section: "6.7.5",
            rules: &[
                may("image_height", ANY),
                may("image_width", ANY),
                may("bits_per_pixel", ANY),
                may("exif_tags", Dictionary(Values::IntegerOrText)),
            ],
            joints: &[Joint::Any(&[
                "image_height",
                "image_width",
                "bits_per_pixel",
                "exif_tags",
            ])],
        },
    ),
    (
        "file",
        Table {
            name: "windows-pebinary-ext",
            section: "6.7.6",
            rules: &[
                must("pe_type", Open(&v::PEBINARY_TYPE)),
                may("imphash", Text),
                may("machine_hex", Hex),
                may("number_of_sections", NATURAL),
                may("time_date_stamp", Seconds),
                may("pointer_to_symbol_table_hex", Hex),
                may("number_of_symbols", NATURAL),
                may("size_of_optional_header", NATURAL),
                may("characteristics_hex", Hex),
                may("file_header_hashes", HASHES),
                may("optional_header", Part(&OPTIONAL_HEADER)),
                may("sections", Parts(&PE_SECTION)),
            ],
            joints: &[Joint::Any(&[
                "imphash",
                "machine_hex",
                "number_of_sections",
                "time_date_stamp",
                "pointer_to_symbol_table_hex",
                "number_of_symbols",
                "size_of_optional_header",
                "characteristics_hex",
                "file_header_hashes",
                "optional_header",
                "sections",
            ])],
        },
    ),
    (
        "network-traffic",
        Table {
            name: "http-request-ext",
            section: "6.12.2",
            rules: &[
                must("request_method", Text),
                must("request_value", Text),
                may("request_version", Text),
                may("request_header", Dictionary(Values::Texts)),
                may("message_body_length", ANY),
                may("message_body_data_ref", Id(Refs::Of(&["artifact"]))),
            ],
            joints: &[],
        },
    ),
    (
        "network-traffic",
        Table {
            name: "icmp-ext",
            section: "6.12.3",
            rules: &[must("icmp_type_hex", Hex), must("icmp_code_hex", Hex)],
            joints: &[],
        },
    ),
    (
        "network-traffic",
        Table {
            name: "socket-ext",
            section: "6.12.4",
            rules: &[
                must("address_family", Closed(&v::SOCKET_ADDRESS_FAMILY)),
                may("is_blocking", Flag),
                may("is_listening", Flag),
                may("options", Dictionary(Values::Integer)),
                may("socket_type", Closed(&v::SOCKET_TYPE)),
                may("socket_descriptor", NATURAL),
                may("socket_handle", ANY),
            ],
            joints: &[Joint::Own(socket_options)],
        },
    ),
    (
        "network-traffic",
        Table {
            name: "tcp-ext",
            section: "6.12.5",
            rules: &[may("src_flags_hex", Hex), may("dst_flags_hex", Hex)],
            joints: &[Joint::Any(&["src_flags_hex", "dst_flags_hex"])],
        },
    ),
    (
        "process",
        Table {
            name: "windows-process-ext",
            section: "6.13.2",
            rules: &[
                may("aslr_enabled", Flag),
                may("dep_enabled", Flag),
                may("priority", Advice(&form::PRIORITY)),
                may("owner_sid", Text),
                may("window_title", Text),
                may("startup_info", Dictionary(Values::Any)),
                may("integrity_level", Closed(&v::INTEGRITY_LEVEL)),
            ],
            joints: &[Joint::Any(&[
                "aslr_enabled",
                "dep_enabled",
                "priority",
                "owner_sid",
                "window_title",
                "startup_info",
                "integrity_level",
            ])],
        },
    ),
    (
        "process",
        Table {
            name: "windows-service-ext",
            section: "6.13.3",
            rules: &[
                may("service_name", Text),
                may("descriptions", Texts),
                may("display_name", Text),
                may("group_name", Text),
                may("start_type", Closed(&v::SERVICE_START_TYPE)),
                may("service_dll_refs", Ids(Refs::Of(&["file"]))),
                may("service_type", Closed(&v::SERVICE_TYPE)),
                may("service_status", Closed(&v::SERVICE_STATUS)),
            ],
            joints: &[Joint::Any(&[
                "service_name",
                "descriptions",
                "display_name",
                "group_name",
                "start_type",
                "service_dll_refs",
                "service_type",
                "service_status",
            ])],
        },
    ),
    (
        "user-account",
        Table {
            name: "unix-account-ext",
            section: "6.16.2",
            rules: &[
                may("gid", ANY),
                may("groups", Texts),
                may("home_dir", Text),
                may("shell", Text),
            ],
            joints: &[Joint::Any(&["gid", "groups", "home_dir", "shell"])],
        },
    ),
];

static DATA_STREAM: Table = Table {
    name: "alternate data stream",
    section: "6.7.3.2",
    rules: &[
        must("name", Text),
        may("hashes", HASHES),
        may("size", NATURAL),
    ],
    joints: &[],
};

static OPTIONAL_HEADER: Table = Table {
    name: "PE optional header",
    section: "6.7.6.2",
    rules: &[
        may("magic_hex", Hex),
        may("major_linker_version", ANY),
        may("minor_linker_version", ANY),
        may("size_of_code", NATURAL),
        may("size_of_initialized_data", NATURAL),
        may("size_of_uninitialized_data", NATURAL),
        may("address_of_entry_point", ANY),
        may("base_of_code", ANY),
        may("base_of_data", ANY),
        may("image_base", ANY),
        may("section_alignment", ANY),
        may("file_alignment", ANY),
        may("major_os_version", ANY),
        may("minor_os_version", ANY),
        may("major_image_version", ANY),
        may("minor_image_version", ANY),
        may("major_subsystem_version", ANY),
        may("minor_subsystem_version", ANY),
        may("win32_version_value_hex", Hex),
        may("size_of_image", NATURAL),
        may("size_of_headers", NATURAL),
        may("checksum_hex", Hex),
        may("subsystem_hex", Hex),
        may("dll_characteristics_hex", Hex),
        may("size_of_stack_reserve", NATURAL),
        may("size_of_stack_commit", NATURAL),
        may("size_of_heap_reserve", NATURAL),
        may("size_of_heap_commit", NATURAL),
        may("loader_flags_hex", Hex),
        may("number_of_rva_and_sizes", ANY),
        may("hashes", HASHES),
    ],
    joints: &[],
};

static PE_SECTION: Table = Table {
    name: "PE section",
    section: "6.7.6.3",
    rules: &[
        must("name", Text),
        may("size", NATURAL),
        may("entropy", Number(f64::MIN, f64::MAX)),
        may("hashes", HASHES),
    ],
    joints: &[],
};

pub(super) static MIME_PART: Table = Table {
    name: "MIME part",
    section: "6.6.2",
    rules: &[
        may("body", Text),
        may("body_raw_ref", Id(Refs::Of(&["artifact", "file"]))),
        may("content_type", Text),
        may("content_disposition", Text),
    ],
    joints: &[Joint::One(&["body", "body_raw_ref"])],
};

pub(super) static REGISTRY_VALUE: Table = Table {
    name: "registry value",
    section: "6.17.2",
    rules: &[
        may("name", Text),
        may("data", Text),
        may("data_type", Closed(&v::REGISTRY_DATATYPE)),
    ],
    joints: &[Joint::Any(&["name", "data", "data_type"])],
};

pub(super) static X509_EXTENSIONS: Table = Table {
    name: "X.509 v3 extensions",
    section: "6.18.2",
    rules: &[
        may("basic_constraints", Text),
        may("name_constraints", Text),
        may("policy_constraints", Text),
        may("key_usage", Text),
        may("extended_key_usage", Text),
        may("subject_key_identifier", Text),
        may("authority_key_identifier", Text),
        may("subject_alternative_name", Text),
        may("issuer_alternative_name", Text),
        may("subject_directory_attributes", Text),
        may("crl_distribution_points", Text),
        may("inhibit_any_policy", Text),
        may("private_key_usage_period_not_before", Time),
        may("private_key_usage_period_not_after", Time),
        may("certificate_policies", Text),
        may("policy_mappings", Text),
    ],
    joints: &[],
};

/// Section 6.7.4.1: the keys should be those of the PDF document information dictionary.
fn document_info<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    const KEYS: [&str; 9] = [
        "Title",
        "Author",
        "Subject",
        "Keywords",
        "Creator",
        "Producer",
        "CreationDate",
        "ModDate",
        "Trapped",
    ];
    each_key(check, fields, "document_info_dict", |key| {
        let text = "the key should be one of the document information dictionary, as `Title`";
        (!KEYS.contains(&key)).then_some((text, "6.7.4"))
    });
}

/// Section 6.12.4.1: the keys should be names of socket options.
fn socket_options<'n, 'a>(check: &mut Check<'n, 'a>, fields: &Fields<'n, 'a>) {
    each_key(check, fields, "options", |key| {
        let text = "the key should be the name of a socket option, as `SO_ACCEPTCONN`";
        (!form::is_socket_option(key)).then_some((text, "6.12.4"))
    });
}

/// Warns of the keys of a dictionary for which `judge` has a text and a section.
fn each_key<'n, 'a>(
    check: &mut Check<'n, 'a>,
    fields: &Fields<'n, 'a>,
    name: &'static str,
    judge: impl Fn(&str) -> Option<(&'static str, &'static str)>,
) {
    let dictionary = fields.get(name).and_then(|node| node.members());
    for member in dictionary.unwrap_or_default() {
        if let Some((text, section)) = judge(&member.name) {
            check.step_name(name);
            check.warn(&member.node, Code::Value, section, || text);
            check.back();
        }
    }
}

/// The enumeration of extension types, as a list (section 7.3.1).
pub(super) const EXTENSION_TYPES: Kind = Closeds(&v::EXTENSION_TYPE);
