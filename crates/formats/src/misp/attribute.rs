//! The attribute that a value becomes on its way to MISP: its type, and the category that MISP puts
//! that type in.
//!
//! Types are those that MISP knows; a type that it does not know would have the whole event refused.

use crate::misp::slot::{Slot, kind_of_hash, slots};

/// The type of an attribute for a value of that property; none where the value says nothing by
/// itself.
pub(super) fn kind_of(slot: Slot) -> Option<String> {
    let kind = match slot {
        Slot::Asn => "AS",
        Slot::CertificateHash(name) => {
            let kind = format!("x509-fingerprint-{}", kind_of_hash(name)?);
            return category(&kind).is_some().then_some(kind);
        }
        Slot::FileHash(name) => return kind_of_hash(name).map(str::to_owned),
        Slot::DestinationHost => "hostname",
        Slot::DestinationIp | Slot::Ip => "ip-dst",
        Slot::SourceIp => "ip-src",
        Slot::DestinationPort | Slot::SourcePort => "port",
        Slot::Domain => "domain",
        Slot::Email => "email",
        Slot::FileMime => "mime-type",
        Slot::FileName => "filename",
        Slot::FileSize => "size-in-bytes",
        Slot::Mac => "mac-address",
        Slot::MailCc | Slot::MailTo => "email-dst",
        Slot::MailFrom => "email-src",
        Slot::MailId => "email-message-id",
        Slot::MailSubject => "email-subject",
        Slot::Mutex => "mutex",
        Slot::RegistryKey => "regkey",
        Slot::Url => "url",
        Slot::UserAgent => "user-agent",
        Slot::CertificateSerial | Slot::RegistryData => "text",
    };
    Some(kind.to_owned())
}

/// What a path of a pattern names, if MISP has a type for it.
pub(super) fn slot_of(path: &str) -> Option<Slot> {
    const PLAIN: [Slot; 22] = [
        Slot::Asn,
        Slot::CertificateSerial,
        Slot::DestinationIp,
        Slot::DestinationPort,
        Slot::Domain,
        Slot::Email,
        Slot::FileMime,
        Slot::FileName,
        Slot::FileSize,
        Slot::Mac,
        Slot::MailCc,
        Slot::MailFrom,
        Slot::MailId,
        Slot::MailSubject,
        Slot::MailTo,
        Slot::Mutex,
        Slot::RegistryData,
        Slot::RegistryKey,
        Slot::SourceIp,
        Slot::SourcePort,
        Slot::Url,
        Slot::UserAgent,
    ];
    match path {
        "ipv4-addr:value" | "ipv6-addr:value" | "domain-name:resolves_to_refs[*].value" => {
            return Some(Slot::Ip);
        }
        _ => {}
    }
    let plain = PLAIN.into_iter().find(|slot| slot.path("") == path);
    plain.or_else(|| hash_of(path))
}

fn hash_of(path: &str) -> Option<Slot> {
    let (owner, name) = path.split_once(":hashes.")?;
    let name = name.trim_matches('\'');
    // The names that slots have are the standard's own, of the same spelling.
    let kind = kind_of_hash(name)?;
    let [Slot::FileHash(name)] = slots(kind)[..] else {
        return None;
    };
    match owner {
        "file" => Some(Slot::FileHash(name)),
        "x509-certificate" => Some(Slot::CertificateHash(name)),
        _ => None,
    }
}

/// The category of a type that MISP knows.
pub(super) fn category(kind: &str) -> Option<&'static str> {
    let row = KINDS.iter().find(|(_, kinds)| kinds.contains(&kind));
    row.map(|(category, _)| *category)
}

/// Every type of attribute (MISP core format section 2.4.2), by the category that MISP gives it of
/// itself.
#[rustfmt::skip]
const KINDS: &[(&str, &[&str])] = &[
    ("Artifacts dropped", &[
        "gene", "kusto-query", "mime-type", "mutex", "named pipe", "pdb", "process-state",
        "windows-scheduled-task", "windows-service-displayname", "windows-service-name",
    ]),
    ("Attribution", &[
        "campaign-id", "campaign-name", "dns-soa-email", "threat-actor", "whois-creation-date",
        "whois-registrant-email", "whois-registrant-name", "whois-registrant-org", "whois-registrant-phone",
        "whois-registrar",
    ]),
    ("External analysis", &[
        "attachment", "cortex", "cpe", "link", "vulnerability", "weakness",
    ]),
    ("Financial fraud", &[
        "aba-rtn", "bank-account-nr", "bic", "bin", "btc", "cc-number", "dash", "iban", "prtn", "xmr",
    ]),
    ("Internal reference", &[
        "git-commit-id",
    ]),
    ("Network activity", &[
        "AS", "bro", "community-id", "cookie", "dkim", "dkim-signature", "dom-hash", "domain", "domain|ip",
        "email-dst", "eppn", "favicon-mmh3", "hassh-md5", "hasshserver-md5", "hostname", "hostname|port",
        "http-method", "ip-dst", "ip-dst|port", "ip-src", "ip-src|port", "ja3-fingerprint-md5",
        "jarm-fingerprint", "mac-address", "mac-eui-64", "onion-address", "pattern-in-traffic", "port",
        "snort", "ssh-fingerprint", "suricata", "uri", "url", "user-agent", "x509-fingerprint-md5",
        "x509-fingerprint-sha1", "x509-fingerprint-sha256", "zeek",
    ]),
    ("Other", &[
        "anonymised", "boolean", "comment", "counter", "datetime", "float", "hex", "integer", "other",
        "size-in-bytes", "text", "uuid",
    ]),
    ("Payload delivery", &[
        "authentihash", "azure-application-id", "cdhash", "chrome-extension-id", "edge-extension-id",
        "email-attachment", "email-body", "email-dst-display-name", "email-header", "email-message-id",
        "email-mime-boundary", "email-reply-to", "email-src", "email-src-display-name", "email-subject",
        "email-thread-index", "email-x-mailer", "filename", "filename|authentihash", "filename|impfuzzy",
        "filename|imphash", "filename|md5", "filename|pehash", "filename|sha1", "filename|sha224",
        "filename|sha256", "filename|sha3-224", "filename|sha3-256", "filename|sha3-384",
        "filename|sha3-512", "filename|sha384", "filename|sha512", "filename|sha512/224",
        "filename|sha512/256", "filename|ssdeep", "filename|tlsh", "filename|vhash", "impfuzzy", "imphash",
        "malware-sample", "malware-type", "md5", "mobile-application-id", "pehash", "sha1", "sha224",
        "sha256", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "sha384", "sha512", "sha512/224",
        "sha512/256", "ssdeep", "telfhash", "tlsh", "vhash",
    ]),
    ("Payload installation", &[
        "filename-pattern", "pattern-in-file", "pattern-in-memory", "sigma", "stix2-pattern", "yara",
    ]),
    ("Persistence mechanism", &[
        "regkey", "regkey|value",
    ]),
    ("Person", &[
        "country-of-residence", "date-of-birth", "first-name", "frequent-flyer-number", "full-name",
        "gender", "identity-card-number", "issue-date-of-the-visa", "last-name", "middle-name",
        "nationality", "passenger-name-record-locator-number", "passport-country", "passport-expiration",
        "passport-number", "payment-details", "pgp-private-key", "pgp-public-key", "phone-number",
        "place-of-birth", "place-port-of-clearance", "place-port-of-onward-foreign-destination",
        "place-port-of-original-embarkation", "primary-residence", "redress-number",
        "special-service-request", "travel-details", "visa-number",
    ]),
    ("Social network", &[
        "email", "github-organisation", "github-repository", "github-username", "jabber-id", "twitter-id",
    ]),
    ("Targeting data", &[
        "target-email", "target-external", "target-location", "target-machine", "target-org", "target-user",
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_leads_back_to_a_type_that_misp_knows() {
        for (_, kinds) in KINDS {
            for kind in *kinds {
                assert!(!kind.contains('\n'), "{kind}");
                for slot in slots(kind) {
                    let back = kind_of(slot).unwrap_or_else(|| "text".into());
                    assert!(category(&back).is_some(), "{kind}: {back}");
                    if slot != Slot::DestinationHost {
                        let path = slot.path("192.0.2.1");
                        assert_eq!(slot_of(&path), Some(slot), "{path}");
                    }
                }
            }
        }
        assert_eq!(slot_of("process:name"), None);
        assert_eq!(slot_of("file:hashes.'MD6'"), None);
        assert_eq!(category("no-such-type"), None);
    }
}
