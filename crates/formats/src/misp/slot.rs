//! What an attribute says in STIX's terms: which property of which cyber-observable has its value.
//!
//! Both directions rest on the same rows: [`slots`] and [`Slot::path`] here, and the way back in
//! [`attribute`](crate::misp::attribute). A type without a row has no cyber-observable; its value
//! goes into a note.

use core::net::IpAddr;

/// A property of a cyber-observable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    Asn,
    CertificateHash(&'static str),
    CertificateSerial,
    DestinationHost,
    DestinationIp,
    DestinationPort,
    Domain,
    Email,
    FileHash(&'static str),
    FileMime,
    FileName,
    FileSize,
    Ip,
    Mac,
    MailCc,
    MailFrom,
    MailId,
    MailSubject,
    MailTo,
    Mutex,
    RegistryData,
    RegistryKey,
    SourceIp,
    SourcePort,
    Url,
    UserAgent,
}

/// The hash algorithms of STIX 2.1 section 10.7 that MISP has types for, with the length of a digest
/// in hex digits; 0 where it has no fixed length.
const HASHES: [(&str, &str, usize); 8] = [
    ("md5", "MD5", 32),
    ("sha1", "SHA-1", 40),
    ("sha256", "SHA-256", 64),
    ("sha512", "SHA-512", 128),
    ("sha3-256", "SHA3-256", 64),
    ("sha3-512", "SHA3-512", 128),
    ("ssdeep", "SSDEEP", 0),
    ("tlsh", "TLSH", 0),
];

/// The hash of that name in MISP.
fn hash(kind: &str) -> Option<&'static str> {
    HASHES.iter().find(|row| row.0 == kind).map(|row| row.1)
}

/// MISP's name of a hash algorithm of STIX.
pub(super) fn kind_of_hash(name: &str) -> Option<&'static str> {
    HASHES.iter().find(|row| row.1 == name).map(|row| row.0)
}

/// What the values of an attribute of that type are, in the order in which `|` parts them. None if
/// its type has no cyber-observable.
pub(super) fn slots(kind: &str) -> Vec<Slot> {
    use Slot::*;
    match kind {
        "AS" => vec![Asn],
        "domain" | "hostname" => vec![Domain],
        "domain|ip" => vec![Domain, Ip],
        "dns-soa-email"
        | "email"
        | "email-dst"
        | "email-src"
        | "target-email"
        | "whois-registrant-email" => vec![Email],
        "email-message-id" => vec![MailId],
        "email-subject" => vec![MailSubject],
        "filename" => vec![FileName],
        "hostname|port" => vec![DestinationHost, DestinationPort],
        "ip-dst" | "ip-src" => vec![Ip],
        "ip-dst|port" => vec![DestinationIp, DestinationPort],
        "ip-src|port" => vec![SourceIp, SourcePort],
        "link" | "uri" | "url" => vec![Url],
        "mac-address" => vec![Mac],
        "malware-sample" => vec![FileName, FileHash("MD5")],
        "mutex" => vec![Mutex],
        "regkey" => vec![RegistryKey],
        "regkey|value" => vec![RegistryKey, RegistryData],
        "user-agent" => vec![UserAgent],
        _ => match (
            kind.strip_prefix("filename|"),
            kind.strip_prefix("x509-fingerprint-"),
        ) {
            (Some(of), _) => hash(of).map_or_else(Vec::new, |of| vec![FileName, FileHash(of)]),
            (_, Some(of)) => hash(of).map_or_else(Vec::new, |of| vec![CertificateHash(of)]),
            _ => hash(kind).map_or_else(Vec::new, |of| vec![FileHash(of)]),
        },
    }
}

/// The parts of a value of that type with what they are; none if it has no cyber-observable.
pub(super) fn split<'v>(kind: &str, value: &'v str) -> Option<Vec<(Slot, &'v str)>> {
    match slots(kind).as_slice() {
        [one] => Some(vec![(*one, value)]),
        [first, second] => {
            // A file's name may hold a bar, its digest none.
            let (one, other) = value.rsplit_once('|')?;
            Some(vec![(*first, one), (*second, other)])
        }
        _ => None,
    }
}

/// What an attribute is within an object of a template that is known; none if it stands for itself.
pub(super) fn slot_within(template: &str, relation: &str, kind: &str) -> Option<Slot> {
    use Slot::*;
    let slot = match (template, relation) {
        ("file", "filename") => FileName,
        ("file", "size-in-bytes") => FileSize,
        ("file", "mimetype") => FileMime,
        ("file", _) => match slots(kind).as_slice() {
            [slot @ FileHash(_)] => *slot,
            _ => return None,
        },
        ("domain-ip", "domain" | "hostname") => Domain,
        ("domain-ip", "ip") => Ip,
        ("ip-port", "ip" | "ip-dst") | ("network-connection", "ip-dst") => DestinationIp,
        ("ip-port" | "network-connection", "ip-src") => SourceIp,
        ("ip-port" | "network-connection", "dst-port") => DestinationPort,
        ("ip-port" | "network-connection", "src-port") => SourcePort,
        ("email", "from") => MailFrom,
        ("email", "to") => MailTo,
        ("email", "cc") => MailCc,
        ("email", "subject") => MailSubject,
        ("email", "message-id") => MailId,
        ("registry-key", "key") => RegistryKey,
        ("registry-key", "data") => RegistryData,
        ("x509", "serial-number") => CertificateSerial,
        ("x509", _) => match slots(kind).as_slice() {
            [slot @ CertificateHash(_)] => *slot,
            _ => return None,
        },
        _ => return None,
    };
    Some(slot)
}

impl Slot {
    /// Whether one object may have several of it.
    pub(super) fn is_many(self) -> bool {
        matches!(self, Self::Domain | Self::Ip | Self::MailCc | Self::MailTo)
    }

    /// Whether an observable can be made of it alone or with others; a user agent has no request to
    /// stand in.
    pub(super) fn is_observable(self) -> bool {
        self != Self::UserAgent
    }

    /// Whether a value is one of this.
    pub(super) fn takes(self, value: &str) -> bool {
        match self {
            Self::Ip | Self::SourceIp | Self::DestinationIp => ip(value).is_some(),
            Self::SourcePort | Self::DestinationPort => value.parse::<u16>().is_ok(),
            Self::Asn => number(value).is_some(),
            Self::FileSize => value.parse::<u64>().is_ok_and(|size| size <= INTEGER_MAX),
            Self::FileHash(name) | Self::CertificateHash(name) => {
                let length = HASHES
                    .iter()
                    .find(|row| row.1 == name)
                    .map_or(0, |row| row.2);
                let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
                length == 0 || (value.len() == length && hex)
            }
            Self::Mac => {
                let pairs = value.split([':', '-']);
                let hex =
                    |pair: &str| pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_hexdigit());
                value.len() == 17 && pairs.clone().count() == 6 && pairs.clone().all(hex)
            }
            Self::Email | Self::MailFrom | Self::MailTo | Self::MailCc => {
                value.contains('@') && !value.contains(char::is_whitespace)
            }
            Self::Domain | Self::DestinationHost => {
                !value.contains(|c: char| c.is_whitespace() || c == '/' || c == '@')
            }
            _ => true,
        }
    }

    /// The object path that a pattern compares (STIX 2.1 section 9.7) with the value as it stands
    /// there.
    pub(super) fn path(self, value: &str) -> String {
        match self {
            Self::Asn => "autonomous-system:number".into(),
            Self::CertificateHash(name) => format!("x509-certificate:hashes.'{name}'"),
            Self::CertificateSerial => "x509-certificate:serial_number".into(),
            Self::DestinationHost | Self::DestinationIp => "network-traffic:dst_ref.value".into(),
            Self::DestinationPort => "network-traffic:dst_port".into(),
            Self::Domain => "domain-name:value".into(),
            Self::Email => "email-addr:value".into(),
            Self::FileHash(name) => format!("file:hashes.'{name}'"),
            Self::FileMime => "file:mime_type".into(),
            Self::FileName => "file:name".into(),
            Self::FileSize => "file:size".into(),
            Self::Ip => match ip(value) {
                Some((IpAddr::V6(_), _)) => "ipv6-addr:value".into(),
                _ => "ipv4-addr:value".into(),
            },
            Self::Mac => "mac-addr:value".into(),
            Self::MailCc => "email-message:cc_refs[*].value".into(),
            Self::MailFrom => "email-message:from_ref.value".into(),
            Self::MailId => "email-message:message_id".into(),
            Self::MailSubject => "email-message:subject".into(),
            Self::MailTo => "email-message:to_refs[*].value".into(),
            Self::Mutex => "mutex:name".into(),
            Self::RegistryData => "windows-registry-key:values[*].data".into(),
            Self::RegistryKey => "windows-registry-key:key".into(),
            Self::SourceIp => "network-traffic:src_ref.value".into(),
            Self::SourcePort => "network-traffic:src_port".into(),
            Self::Url => "url:value".into(),
            Self::UserAgent => {
                "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'".into()
            }
        }
    }

    /// The value as a constant of a pattern: a number where the property is one.
    pub(super) fn constant(self, value: &str) -> String {
        match self {
            Self::SourcePort | Self::DestinationPort | Self::FileSize => plain(value),
            Self::Asn => number(value).unwrap_or_default().to_string(),
            _ => format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'")),
        }
    }
}

/// The largest integer that JSON carries alike everywhere (RFC 7493 section 2.2).
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// A decimal number without zeros before it.
pub(super) fn plain(digits: &str) -> String {
    digits.parse::<u64>().unwrap_or_default().to_string()
}

/// The number of an autonomous system, with or without `AS` before it.
pub(super) fn number(value: &str) -> Option<u32> {
    let digits = value
        .get(..2)
        .filter(|head| head.eq_ignore_ascii_case("as"));
    digits
        .and(value.get(2..))
        .unwrap_or(value)
        .trim()
        .parse()
        .ok()
}

/// An address, alone or as a block (RFC 4632), with the length of its prefix.
pub(super) fn ip(value: &str) -> Option<(IpAddr, Option<u8>)> {
    let (address, prefix) = match value.split_once('/') {
        None => (value, None),
        Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
    };
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    prefix
        .is_none_or(|length| length <= longest)
        .then_some((address, prefix))
}
