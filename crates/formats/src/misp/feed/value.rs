//! The values that a STIX object holds, as attributes of MISP.

use legation_stix::json::{Node, Value};
use legation_stix::pattern::{Literal, Operator, Pattern};

use crate::misp::attribute::{category, kind_of, slot_of};
use crate::misp::slot::{Slot, slots, split};

/// A value with what MISP is to take it for.
pub(super) struct Drawn {
    pub(super) kind: String,
    pub(super) category: &'static str,
    pub(super) value: String,
    pub(super) to_ids: bool,
    /// Whether it is words about something, which nothing else is like.
    pub(super) is_prose: bool,
}

/// Finds other objects of the same event.
pub(super) struct Lookup<'l, 'n, 'a> {
    pub(super) find: &'l dyn Fn(&str) -> Option<&'n Node<'a>>,
}

/// Whether objects of that type are cyber-observables of which values are taken.
pub(super) fn is_observable(kind: &str) -> bool {
    matches!(
        kind,
        "artifact"
            | "autonomous-system"
            | "directory"
            | "domain-name"
            | "email-addr"
            | "email-message"
            | "file"
            | "ipv4-addr"
            | "ipv6-addr"
            | "mac-addr"
            | "mutex"
            | "network-traffic"
            | "process"
            | "software"
            | "url"
            | "user-account"
            | "windows-registry-key"
            | "x509-certificate"
    )
}

fn text<'n>(node: &'n Node<'_>, member: &str) -> &'n str {
    node.member(member).and_then(Node::text).unwrap_or_default()
}

fn drawn(kind: &str, value: impl Into<String>, to_ids: bool) -> Option<Drawn> {
    Some(Drawn {
        category: category(kind)?,
        kind: kind.to_owned(),
        value: value.into(),
        to_ids,
        is_prose: false,
    })
}

/// Words about an object that MISP has no form for.
fn prose(value: String) -> Vec<Drawn> {
    let said = drawn("text", value, false);
    said.into_iter()
        .map(|said| Drawn {
            is_prose: true,
            ..said
        })
        .collect()
}

/// The text of a label `name="..."`.
pub(super) fn label<'n>(node: &'n Node<'_>, name: &str) -> Option<&'n str> {
    let labels = node
        .member("labels")
        .and_then(Node::items)
        .unwrap_or_default();
    let given = |label: &'n str| {
        label
            .strip_prefix(name)?
            .strip_prefix("=\"")?
            .strip_suffix('"')
    };
    labels.iter().filter_map(Node::text).find_map(given)
}

/// The labels of an object as tags; those that say how it came from MISP are no tags.
pub(super) fn tags(node: &Node<'_>) -> Vec<serde_json::Value> {
    let labels = node
        .member("labels")
        .and_then(Node::items)
        .unwrap_or_default();
    let own = |label: &&str| {
        // A level is what the markings say, and nothing else may say it.
        !label.starts_with("misp:") && !label.trim().to_lowercase().starts_with("tlp:")
    };
    let names = labels.iter().filter_map(Node::text).filter(own);
    // MISP's own column for names of tags has 255 characters.
    let names = names.map(|name| name.chars().take(255).collect::<String>());
    names
        .map(|name| serde_json::json!({"name": name}))
        .collect()
}

/// The attributes of an object.
pub(super) fn draw(node: &Node<'_>, lookup: &Lookup<'_, '_, '_>) -> Vec<Drawn> {
    let kind = text(node, "type");
    match kind {
        "indicator" => indicator(node),
        "vulnerability" => {
            let name = text(node, "name");
            let to_ids = is_for_detection(node);
            drawn("vulnerability", name, to_ids).into_iter().collect()
        }
        "note" => note(node),
        "relationship" => {
            let [source, way, target] =
                ["source_ref", "relationship_type", "target_ref"].map(|member| text(node, member));
            let is_event = |id: &str| id.starts_with("report--") || id.starts_with("grouping--");
            if is_event(source) && way == "related-to" {
                // That it belongs to the event is said by where it stands.
                return Vec::new();
            }
            prose(format!("{source} {way} {target}"))
        }
        _ if is_observable(kind) => {
            let values = facts(node, lookup);
            let own: Vec<Drawn> = values
                .iter()
                .filter_map(|(slot, value)| drawn(&kind_of(*slot)?, spelt(*slot, value), false))
                .collect();
            match own.is_empty() && kind != "network-traffic" && kind != "email-message" {
                true => prose(named(node)),
                false => own,
            }
        }
        _ => prose(named(node)),
    }
}

/// What an object is called.
fn named(node: &Node<'_>) -> String {
    let kind = text(node, "type");
    let members = [
        "name",
        "value",
        "path",
        "command_line",
        "account_login",
        "user_id",
        "opinion",
        "mime_type",
    ];
    let name = members
        .iter()
        .map(|member| text(node, member))
        .find(|name| !name.is_empty());
    format!("{kind}: {}", name.unwrap_or_else(|| text(node, "id")))
}

fn is_for_detection(node: &Node<'_>) -> bool {
    label(node, "misp:to_ids") == Some("True")
}

fn note(node: &Node<'_>) -> Vec<Drawn> {
    let content = text(node, "content");
    // What the label says counts as far as MISP would take the content for it.
    let fits = |kind: &&str| match split(kind, content) {
        Some(parts) => parts.iter().all(|(slot, part)| slot.takes(part)),
        None => slots(kind).is_empty(),
    };
    let kind = label(node, "misp:type").filter(fits);
    // An attachment without its file is a name.
    let kind = kind.filter(|kind| !matches!(*kind, "attachment" | "malware-sample"));
    match kind.and_then(|kind| drawn(kind, content, is_for_detection(node))) {
        Some(one) => vec![one],
        None => prose(content.to_owned()),
    }
}

fn indicator(node: &Node<'_>) -> Vec<Drawn> {
    let written = text(node, "pattern");
    let kind = match text(node, "pattern_type") {
        "stix" => "stix2-pattern",
        "yara" => "yara",
        "sigma" => "sigma",
        "snort" | "suricata" => "snort",
        _ => return prose(written.to_owned()),
    };
    if kind == "stix2-pattern"
        && let Some(values) = sought(written)
    {
        if let Some(one) = restore(node, &values, true) {
            return vec![one];
        }
        let each = values
            .iter()
            .map(|(slot, value)| drawn(&kind_of(*slot)?, spelt(*slot, value), true));
        if let Some(each) = each.collect::<Option<Vec<_>>>() {
            return each;
        }
    }
    drawn(kind, written, true).into_iter().collect()
}

/// The values that a pattern seeks, if that is all that it says: equal to a constant, each under a
/// path that MISP has a type for.
fn sought(pattern: &str) -> Option<Vec<(Slot, String)>> {
    let pattern = Pattern::parse(pattern).ok()?;
    let mut values = Vec::new();
    for constant in pattern.constants() {
        let plain =
            matches!(constant.operator, Operator::Equal | Operator::In) && !constant.negated;
        let value = match constant.literal {
            Literal::Int(number) => number.to_string(),
            literal => literal.text()?.to_owned(),
        };
        if !plain || value.is_empty() {
            return None;
        }
        values.push((slot_of(&constant.path.to_string())?, value));
    }
    (!values.is_empty()).then_some(values)
}

/// A value as MISP spells it.
fn spelt(slot: Slot, value: &str) -> String {
    match slot {
        Slot::Asn => format!("AS{value}"),
        _ => value.to_owned(),
    }
}

/// The one attribute that an object of MISP's was before, if its values still are what that type
/// says.
fn restore(node: &Node<'_>, values: &[(Slot, String)], to_ids: bool) -> Option<Drawn> {
    let kind = label(node, "misp:type")?;
    let slots = slots(kind);
    if slots.is_empty()
        || slots.len()
            < values
                .iter()
                .filter(|(slot, _)| slots.contains(slot))
                .count()
    {
        return None;
    }
    let mut parts = Vec::new();
    for slot in &slots {
        // A pattern's path does not tell a name from an address at the end of traffic.
        let is = |found: &Slot| match slot {
            Slot::DestinationHost => matches!(found, Slot::DestinationHost | Slot::DestinationIp),
            slot => found == slot,
        };
        let (_, value) = values.iter().find(|(found, _)| is(found))?;
        parts.push(spelt(*slot, value));
    }
    // A sample without its file is its name and hash.
    let kind = if kind == "malware-sample" {
        "filename|md5"
    } else {
        kind
    };
    let for_detection = to_ids || is_for_detection(node);
    drawn(kind, parts.join("|"), for_detection)
}

/// The attribute that an observation was before, with the ids of the observables that it tells of.
/// Nothing if it was none: then its observables speak for themselves.
pub(super) fn restored<'n>(
    node: &'n Node<'_>,
    lookup: &Lookup<'_, 'n, '_>,
) -> (Vec<Drawn>, Vec<&'n str>) {
    let refs = node
        .member("object_refs")
        .and_then(Node::items)
        .unwrap_or_default();
    let ids: Vec<&str> = refs.iter().filter_map(Node::text).collect();
    let found: Vec<&Node<'_>> = ids.iter().filter_map(|id| (lookup.find)(id)).collect();
    let values: Vec<(Slot, String)> = found.iter().flat_map(|node| facts(node, lookup)).collect();
    match restore(node, &values, false).filter(|_| found.len() == ids.len()) {
        Some(one) => (vec![one], ids),
        None => (Vec::new(), Vec::new()),
    }
}

/// The properties of a cyber-observable that MISP has types for.
fn facts(node: &Node<'_>, lookup: &Lookup<'_, '_, '_>) -> Vec<(Slot, String)> {
    let mut facts = Vec::new();
    let mut take = |slot: Slot, node: Option<&Node<'_>>| {
        let value = node.and_then(|node| match &node.value {
            Value::String(text) => Some(text.to_string()),
            Value::Number(text) => Some((*text).to_owned()),
            _ => None,
        });
        facts.extend(
            value
                .filter(|value| !value.is_empty())
                .map(|value| (slot, value)),
        );
    };
    let led = |member: &str| {
        node.member(member)
            .and_then(Node::text)
            .and_then(|id| (lookup.find)(id))
    };
    match text(node, "type") {
        "autonomous-system" => take(Slot::Asn, node.member("number")),
        "domain-name" => take(Slot::Domain, node.member("value")),
        "email-addr" => take(Slot::Email, node.member("value")),
        "ipv4-addr" | "ipv6-addr" => take(Slot::Ip, node.member("value")),
        "mac-addr" => take(Slot::Mac, node.member("value")),
        "mutex" => take(Slot::Mutex, node.member("name")),
        "url" => take(Slot::Url, node.member("value")),
        "email-message" => {
            take(Slot::MailSubject, node.member("subject"));
            take(Slot::MailId, node.member("message_id"));
        }
        "file" => {
            take(Slot::FileName, node.member("name"));
            take(Slot::FileMime, node.member("mime_type"));
            take(Slot::FileSize, node.member("size"));
            hashes(node, "file", &mut take);
        }
        "x509-certificate" => {
            take(Slot::CertificateSerial, node.member("serial_number"));
            hashes(node, "x509-certificate", &mut take);
        }
        "network-traffic" => {
            for (member, address, host) in [
                ("src_ref", Slot::SourceIp, None),
                ("dst_ref", Slot::DestinationIp, Some(Slot::DestinationHost)),
            ] {
                let Some(end) = led(member) else {
                    continue;
                };
                let slot = match text(end, "type") {
                    "domain-name" => host,
                    _ => Some(address),
                };
                if let Some(slot) = slot {
                    take(slot, end.member("value"));
                }
            }
            take(Slot::SourcePort, node.member("src_port"));
            take(Slot::DestinationPort, node.member("dst_port"));
        }
        "windows-registry-key" => {
            take(Slot::RegistryKey, node.member("key"));
            let values = node
                .member("values")
                .and_then(Node::items)
                .unwrap_or_default();
            for value in values {
                take(Slot::RegistryData, value.member("data"));
            }
        }
        _ => {}
    }
    facts
}

fn hashes(node: &Node<'_>, kind: &str, take: &mut dyn FnMut(Slot, Option<&Node<'_>>)) {
    let hashes = node
        .member("hashes")
        .and_then(Node::members)
        .unwrap_or_default();
    for hash in hashes {
        if let Some(slot) = slot_of(&format!("{kind}:hashes.'{}'", hash.name)) {
            take(slot, Some(&hash.node));
        }
    }
}
