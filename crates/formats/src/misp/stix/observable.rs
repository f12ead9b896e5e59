//! Cyber-observables made of values (STIX 2.1 section 6), with ids that cover all of their content.

use core::net::IpAddr;

use legation_stix::tlp::Tlp;
use legation_stix::validate;
use serde_json::{Map, Value, json};

use crate::misp::name::uuid;
use crate::misp::slot::{Slot, ip, number};
use crate::misp::stix::{bytes, mark, set};

/// The observables that several values make together: id and bytes of each, what others refer to
/// first.
pub(super) fn observe(parts: &[(Slot, &str)], level: Option<Tlp>) -> Vec<(String, Vec<u8>)> {
    let mut made = Made {
        level,
        objects: Vec::new(),
    };
    let of = |want: Slot| {
        let all = parts.iter().filter(move |(slot, _)| *slot == want);
        all.map(|(_, value)| *value)
    };
    let addresses: Vec<String> = of(Slot::Ip).map(|value| made.address(value)).collect();
    for value in of(Slot::Domain) {
        let mut object = Map::new();
        set(&mut object, "value", value);
        if !addresses.is_empty() {
            set(&mut object, "resolves_to_refs", addresses.clone());
        }
        made.put("domain-name", object);
    }
    for (slot, kind, member) in [
        (Slot::Email, "email-addr", "value"),
        (Slot::Mutex, "mutex", "name"),
        (Slot::Url, "url", "value"),
    ] {
        for value in of(slot) {
            made.simple(kind, member, value);
        }
    }
    for value in of(Slot::Mac) {
        made.simple("mac-addr", "value", &spelt(Slot::Mac, value));
    }
    for value in of(Slot::Asn).filter_map(number) {
        let mut object = Map::new();
        set(&mut object, "number", value);
        made.put("autonomous-system", object);
    }
    made.file(parts);
    made.certificate(parts);
    made.traffic(parts);
    made.message(parts);
    for key in of(Slot::RegistryKey) {
        let mut object = Map::new();
        set(&mut object, "key", spelt(Slot::RegistryKey, key));
        let values: Vec<Value> = of(Slot::RegistryData)
            .map(|data| json!({"data": data}))
            .collect();
        if !values.is_empty() {
            set(&mut object, "values", values);
        }
        made.put("windows-registry-key", object);
    }
    made.objects
}

/// Whether observables can be made of those values that the standard allows. A value that it does
/// not, as an URL without its scheme, goes where values without observables go.
pub(super) fn is_sound(parts: &[(Slot, &str)]) -> bool {
    let is_valid = |bytes: &[u8]| validate::validate(bytes).is_valid();
    parts.iter().all(|(slot, _)| slot.is_observable())
        && observe(parts, None)
            .iter()
            .all(|(_, bytes)| is_valid(bytes))
}

/// Gives an observable its id: of everything it says. What says the same is the same.
pub(super) fn finish(kind: &str, mut object: Map<String, Value>) -> (String, Vec<u8>) {
    // The members are in the order of their names, so that this text is one for one content.
    let content = Value::Object(object.clone()).to_string();
    let id = format!("{kind}--{}", uuid(&["observable", &content]));
    set(&mut object, "id", id.as_str());
    (id, bytes(object))
}

/// A value as STIX wants it: MAC addresses in lower case with colons (section 6.9), keys with their
/// hive spelt out (6.17), as MISP itself keeps both.
pub(super) fn spelt(slot: Slot, value: &str) -> String {
    match slot {
        Slot::Mac => value.to_ascii_lowercase().replace('-', ":"),
        Slot::RegistryKey => {
            let (hive, rest) = value.split_at(value.find('\\').unwrap_or(value.len()));
            let found = HIVES.iter().find(|row| row.0.eq_ignore_ascii_case(hive));
            found.map_or_else(|| value.to_owned(), |row| format!("{}{rest}", row.1))
        }
        _ => value.to_owned(),
    }
}

/// Hives of the registry, as they are abbreviated and as they are called.
const HIVES: [(&str, &str); 5] = [
    ("HKCC", "HKEY_CURRENT_CONFIG"),
    ("HKCR", "HKEY_CLASSES_ROOT"),
    ("HKCU", "HKEY_CURRENT_USER"),
    ("HKLM", "HKEY_LOCAL_MACHINE"),
    ("HKU", "HKEY_USERS"),
];

struct Made {
    level: Option<Tlp>,
    objects: Vec<(String, Vec<u8>)>,
}

impl Made {
    fn put(&mut self, kind: &str, mut object: Map<String, Value>) -> String {
        set(&mut object, "type", kind);
        set(&mut object, "spec_version", "2.1");
        mark(&mut object, self.level);
        let (id, bytes) = finish(kind, object);
        if self.objects.iter().all(|(known, _)| *known != id) {
            self.objects.push((id.clone(), bytes));
        }
        id
    }

    fn simple(&mut self, kind: &str, member: &str, value: &str) -> String {
        let mut object = Map::new();
        set(&mut object, member, value);
        self.put(kind, object)
    }

    fn address(&mut self, value: &str) -> String {
        let kind = match ip(value) {
            Some((IpAddr::V6(_), _)) => "ipv6-addr",
            _ => "ipv4-addr",
        };
        self.simple(kind, "value", value)
    }

    fn file(&mut self, parts: &[(Slot, &str)]) {
        let (mut object, mut hashes) = (Map::new(), Map::new());
        for (slot, value) in parts {
            match slot {
                Slot::FileHash(name) => set(&mut hashes, name, *value),
                Slot::FileMime => set(&mut object, "mime_type", *value),
                Slot::FileName => set(&mut object, "name", *value),
                Slot::FileSize => set(
                    &mut object,
                    "size",
                    value.parse::<u64>().unwrap_or_default(),
                ),
                _ => {}
            }
        }
        if !hashes.is_empty() {
            set(&mut object, "hashes", hashes);
        }
        if !object.is_empty() {
            self.put("file", object);
        }
    }

    fn certificate(&mut self, parts: &[(Slot, &str)]) {
        let (mut object, mut hashes) = (Map::new(), Map::new());
        for (slot, value) in parts {
            match slot {
                Slot::CertificateHash(name) => set(&mut hashes, name, *value),
                Slot::CertificateSerial => set(&mut object, "serial_number", *value),
                _ => {}
            }
        }
        if !hashes.is_empty() {
            set(&mut object, "hashes", hashes);
        }
        if !object.is_empty() {
            self.put("x509-certificate", object);
        }
    }

    fn traffic(&mut self, parts: &[(Slot, &str)]) {
        let mut object = Map::new();
        let mut protocol = None;
        for (slot, value) in parts {
            let mut end = |made: &mut Self, member: &str| {
                let id = made.address(value);
                protocol = Some(id.split("-addr").next().unwrap_or_default().to_owned());
                set(&mut object, member, id);
            };
            match slot {
                Slot::SourceIp => end(self, "src_ref"),
                Slot::DestinationIp => end(self, "dst_ref"),
                Slot::DestinationHost => {
                    let id = self.simple("domain-name", "value", value);
                    set(&mut object, "dst_ref", id);
                }
                _ => {}
            }
        }
        for (slot, value) in parts {
            let port = value.parse::<u16>().unwrap_or_default();
            match slot {
                Slot::SourcePort => set(&mut object, "src_port", port),
                Slot::DestinationPort => set(&mut object, "dst_port", port),
                _ => {}
            }
        }
        if !object.is_empty() {
            // Section 6.11 wants one at least, and no more than this is known.
            set(
                &mut object,
                "protocols",
                json!([protocol.as_deref().unwrap_or("ip")]),
            );
            self.put("network-traffic", object);
        }
    }

    fn message(&mut self, parts: &[(Slot, &str)]) {
        let mut object = Map::new();
        let mut many = [("cc_refs", Vec::new()), ("to_refs", Vec::new())];
        for (slot, value) in parts {
            match slot {
                Slot::MailFrom => {
                    let id = self.simple("email-addr", "value", value);
                    set(&mut object, "from_ref", id);
                }
                Slot::MailId => set(&mut object, "message_id", *value),
                Slot::MailSubject => set(&mut object, "subject", *value),
                Slot::MailCc | Slot::MailTo => {
                    let id = self.simple("email-addr", "value", value);
                    let [(_, cc), (_, to)] = &mut many;
                    if *slot == Slot::MailCc { cc } else { to }.push(id);
                }
                _ => {}
            }
        }
        for (member, ids) in many {
            if !ids.is_empty() {
                set(&mut object, member, ids);
            }
        }
        if !object.is_empty() {
            set(&mut object, "is_multipart", false);
            self.put("email-message", object);
        }
    }
}
