//! Events to STIX 2.1 objects.
//!
//! ```text
//! event (published)    report--<uuid>, what it holds in object_refs
//! event (not yet)      grouping--<uuid>
//! Orgc                 identity--<uuid>, created_by_ref of all
//! attribute, to_ids    indicator--<uuid>
//! attribute, not       observed-data--<uuid> and its cyber-observables
//! ... of no observable note--<uuid> about the event; a CVE vulnerability--<uuid>
//! object               one indicator or observed-data of what belongs together, the rest as above
//! reference            relationship--<uuid>, related-to
//! the event's bytes    artifact, tied to the event by a relationship
//! ```
//!
//! An event is released to whoever may have everything it refers to. So it refers only to what is
//! no stricter than itself; what is stricter, and the original with every byte, is tied by
//! relationships, which stay back together with what they lead to.
//!
//! Versions: `created` is the event's date, `modified` the time of the last edit. A level that comes
//! down from the event changes an attribute without an edit of it, so each level has a millisecond
//! of its own after the second: a stricter level makes a later version.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::time::Instant;
use legation_stix::tlp::Tlp;
use serde_json::{Map, Value, json};

use crate::misp::error::{Fault, Flaw, MispError, Refused};
use crate::misp::name::marking;
use crate::misp::read::{Attribute, Event, Reader, quote};
use crate::misp::slot::{Slot, split};

mod group;
mod observable;
mod whole;

use observable::{is_sound, observe};

/// What a body of events was turned into.
#[derive(Clone, Debug, Default)]
pub struct Converted {
    /// The objects, each as its exact bytes.
    pub objects: Vec<Vec<u8>>,
    /// What was refused alone.
    pub refused: Vec<Refused>,
}

/// Converts a body of MISP events to STIX 2.1 objects. The same event gives the same bytes, and an
/// edited one later versions of the same ids.
///
/// # Errors
/// When the body as a whole cannot be understood. Events, objects and attributes that cannot are
/// refused alone.
pub fn convert(body: &[u8]) -> Result<Converted, MispError> {
    let mut reader = Reader::new(body);
    let mut written = Written::default();
    reader.read(|reader, event| Writer::new(reader, &mut written, &event).write(&event))?;
    Ok(Converted {
        objects: written.objects,
        refused: reader.refused,
    })
}

/// What has been written, without what another event has brought already.
#[derive(Default)]
struct Written {
    objects: Vec<Vec<u8>>,
    /// Objects that several events share, by id and version.
    shared: BTreeSet<String>,
}

/// What one event is written with.
struct Writer<'w, 'r, 'a> {
    reader: &'r mut Reader<'a>,
    written: &'w mut Written,
    date: Instant,
    level: Option<Tlp>,
    /// The id of the event's own object.
    event: String,
    /// The id of whoever made it.
    maker: Option<String>,
    /// What the event refers to.
    refers: Vec<String>,
    /// What is stricter than the event.
    strict: Vec<(String, Option<Tlp>)>,
    levels: BTreeSet<Option<Tlp>>,
    /// What an UUID of MISP's became, and how strict that is.
    became: BTreeMap<String, (String, Option<Tlp>)>,
}

/// What an attribute or a group of them has in common with others of the kind.
struct Common<'c> {
    kind: &'static str,
    uuid: &'c str,
    edited: i64,
    level: Option<Tlp>,
    labels: Vec<String>,
    is_revoked: bool,
}

impl<'w, 'r, 'a> Writer<'w, 'r, 'a> {
    fn new(reader: &'r mut Reader<'a>, written: &'w mut Written, event: &Event<'_>) -> Self {
        let kind = match event.published {
            Some(_) => "report",
            None => "grouping",
        };
        Self {
            reader,
            written,
            date: event.date,
            level: event.level,
            event: format!("{kind}--{}", event.uuid),
            maker: event
                .maker
                .as_ref()
                .map(|maker| format!("identity--{}", maker.uuid)),
            refers: Vec::new(),
            strict: Vec::new(),
            levels: BTreeSet::new(),
            became: BTreeMap::new(),
        }
    }

    fn write(mut self, event: &Event<'_>) {
        for attribute in &event.attributes {
            self.attribute(attribute);
        }
        for object in &event.objects {
            self.object(object);
        }
        for report in &event.reports {
            let common = Common {
                kind: "note",
                uuid: &report.uuid,
                edited: report.edited,
                level: report.level,
                labels: Vec::new(),
                is_revoked: report.deleted,
            };
            self.note(&common, report.name.clone(), &report.content);
        }
        for object in &event.objects {
            self.references(object);
        }
        self.original(event);
        self.ties();
        self.whole(event);
        self.makers(event);
    }

    fn attribute(&mut self, attribute: &Attribute) {
        let Some(parts) = split(&attribute.kind, &attribute.value) else {
            return self.other(attribute);
        };
        if parts.iter().any(|(slot, value)| !slot.takes(value)) {
            let flaw = Flaw {
                fault: Fault::Value {
                    kind: quote(&attribute.kind),
                    value: quote(&attribute.value),
                },
                offset: attribute.at.offset,
                member: Some("value"),
            };
            let uuid = Some(attribute.uuid.clone());
            return self.reader.refuse(&attribute.at, uuid, flaw);
        }
        if attribute.to_ids {
            self.indicator(
                &common("indicator", attribute),
                &[attribute],
                &pattern(&parts),
                "stix",
            );
        } else if is_sound(&parts) {
            self.observed(&common("observed-data", attribute), &[attribute], &parts);
        } else {
            self.other(attribute);
        }
    }

    /// An attribute of a type that is no cyber-observable.
    fn other(&mut self, attribute: &Attribute) {
        let rule = match attribute.kind.as_str() {
            kind @ ("sigma" | "snort" | "yara") => Some(kind),
            _ => None,
        };
        if let (Some(language), true) = (rule, attribute.to_ids) {
            let common = common("indicator", attribute);
            return self.indicator(&common, &[attribute], &attribute.value, language);
        }
        if attribute.kind == "vulnerability" {
            let common = common("vulnerability", attribute);
            let mut object = self.begin(&common);
            set(&mut object, "name", attribute.value.as_str());
            describe(&mut object, &[attribute]);
            if is_cve(&attribute.value) {
                let reference = json!([{"source_name": "cve", "external_id": attribute.value}]);
                set(&mut object, "external_references", reference);
            }
            return self.end(&common, object);
        }
        let title = match attribute.comment.as_str() {
            "" => attribute.kind.clone(),
            comment => comment.to_owned(),
        };
        self.note(&common("note", attribute), title, &attribute.value);
    }

    /// A note about the event.
    fn note(&mut self, common: &Common<'_>, title: String, content: &str) {
        let mut object = self.begin(common);
        if !title.is_empty() {
            set(&mut object, "abstract", title);
        }
        let content = match content {
            "" => "-",
            content => content,
        };
        set(&mut object, "content", content);
        set(&mut object, "object_refs", json!([self.event]));
        self.end(common, object);
    }

    fn indicator(&mut self, common: &Common<'_>, of: &[&Attribute], pattern: &str, language: &str) {
        let mut object = self.begin(common);
        let values: Vec<&str> = of
            .iter()
            .map(|attribute| attribute.value.as_str())
            .collect();
        let name = match language {
            "stix" => values.join(", "),
            _ => format!("{language} rule"),
        };
        set(
            &mut object,
            "name",
            name.chars().take(NAME_MAX).collect::<String>(),
        );
        describe(&mut object, of);
        set(&mut object, "pattern", pattern);
        set(&mut object, "pattern_type", language);
        if language == "stix" {
            set(&mut object, "pattern_version", "2.1");
        }
        let from = of
            .iter()
            .filter_map(|attribute| attribute.first)
            .min()
            .unwrap_or(self.date);
        set(&mut object, "valid_from", from.to_string());
        let until = of.iter().filter_map(|attribute| attribute.last).max();
        if let Some(until) = until.filter(|until| *until > from) {
            set(&mut object, "valid_until", until.to_string());
        }
        self.end(common, object);
    }

    fn observed(&mut self, common: &Common<'_>, of: &[&Attribute], parts: &[(Slot, &str)]) {
        let mut refs = Vec::new();
        for (id, bytes) in observe(parts, common.level) {
            self.levels.insert(common.level);
            if self.written.shared.insert(id.clone()) {
                self.written.objects.push(bytes);
            }
            refs.push(id);
        }
        let mut object = self.begin(common);
        let edited = Instant::from_micros(common.edited.saturating_mul(1_000_000));
        let first = of.iter().filter_map(|attribute| attribute.first).min();
        let last = of.iter().filter_map(|attribute| attribute.last).max();
        let first = first.or(last).unwrap_or(edited);
        let last = last.unwrap_or(first).max(first);
        set(&mut object, "first_observed", first.to_string());
        set(&mut object, "last_observed", last.to_string());
        set(&mut object, "number_observed", 1);
        set(&mut object, "object_refs", refs);
        self.end(common, object);
    }

    fn begin(&mut self, common: &Common<'_>) -> Map<String, Value> {
        let Common {
            kind,
            uuid,
            edited,
            level,
            labels,
            is_revoked,
        } = common;
        self.levels.insert(*level);
        let mut object = Map::new();
        set(&mut object, "type", *kind);
        set(&mut object, "spec_version", "2.1");
        set(&mut object, "id", format!("{kind}--{uuid}"));
        if let Some(maker) = &self.maker {
            set(&mut object, "created_by_ref", maker.as_str());
        }
        set(&mut object, "created", self.date.to_string());
        let edited = Instant::from_micros(edited.saturating_mul(1_000_000)).max(self.date);
        set(
            &mut object,
            "modified",
            edited.plus_micros(rank(*level)).to_string(),
        );
        mark(&mut object, *level);
        if !labels.is_empty() {
            set(&mut object, "labels", labels.clone());
        }
        if *is_revoked {
            set(&mut object, "revoked", true);
        }
        object
    }

    /// Writes an object of which the event consists.
    fn end(&mut self, common: &Common<'_>, object: Map<String, Value>) {
        let id = format!("{}--{}", common.kind, common.uuid);
        let became = (id.clone(), common.level);
        self.became.entry(common.uuid.to_owned()).or_insert(became);
        match common.level > self.level {
            true => self.strict.push((id, common.level)),
            false => self.refers.push(id),
        }
        self.written.objects.push(bytes(object));
    }
}

/// The most characters of a name that is made of values.
const NAME_MAX: usize = 250;

/// How long after its second a version of that level lies, in microseconds.
fn rank(level: Option<Tlp>) -> i64 {
    1_000
        * match level {
            None => 0,
            Some(Tlp::Clear) => 1,
            Some(Tlp::Green) => 2,
            Some(Tlp::Amber) => 3,
            Some(Tlp::AmberStrict) => 4,
            Some(Tlp::Red) => 5,
        }
}

fn common<'c>(kind: &'static str, attribute: &'c Attribute) -> Common<'c> {
    let mut labels = vec![format!("misp:type=\"{}\"", quote(&attribute.kind))];
    if !attribute.category.is_empty() {
        labels.push(format!("misp:category=\"{}\"", quote(&attribute.category)));
    }
    if kind != "indicator" && attribute.to_ids {
        labels.push("misp:to_ids=\"True\"".into());
    }
    labels.extend(attribute.labels.iter().cloned());
    Common {
        kind,
        uuid: &attribute.uuid,
        edited: attribute.edited,
        level: attribute.level,
        labels,
        is_revoked: attribute.deleted,
    }
}

/// The pattern of one observation that has all of these.
fn pattern(parts: &[(Slot, &str)]) -> String {
    let both = parts.iter().any(|(slot, _)| *slot == Slot::Domain);
    let tests = parts.iter().map(|(slot, value)| {
        // An address that belongs to a name is what the name resolves to.
        let path = match (slot, both) {
            (Slot::Ip, true) => "domain-name:resolves_to_refs[*].value".into(),
            _ => slot.path(value),
        };
        let value = observable::spelt(*slot, value);
        format!("{path} = {}", slot.constant(&value))
    });
    format!("[{}]", tests.collect::<Vec<_>>().join(" AND "))
}

/// Whether it is an id of a CVE: a year and a number of at least four digits, zeros before it only up
/// to four (CVE id syntax of 2014).
fn is_cve(name: &str) -> bool {
    let Some((year, number)) = name.strip_prefix("CVE-").and_then(|id| id.split_once('-')) else {
        return false;
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = number.len() == 4 || !number.starts_with('0');
    digits(year) && digits(number) && year.len() == 4 && number.len() >= 4 && is_plain
}

fn describe(object: &mut Map<String, Value>, of: &[&Attribute]) {
    let comments: Vec<&str> = of
        .iter()
        .map(|attribute| attribute.comment.as_str())
        .filter(|comment| !comment.is_empty())
        .collect();
    if !comments.is_empty() {
        set(object, "description", comments.join("\n"));
    }
}

fn mark(object: &mut Map<String, Value>, level: Option<Tlp>) {
    if let Some(level) = level {
        set(object, "object_marking_refs", json!([marking(level)]));
    }
}

fn set(object: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    object.insert(name.to_owned(), value.into());
}

/// The bytes of an object; its members are in the order of their names.
fn bytes(object: Map<String, Value>) -> Vec<u8> {
    Value::Object(object).to_string().into_bytes()
}
