//! A body of MISP events, read into what the conversion asks of it.
//!
//! MISP writes numbers as texts or as numbers and truth as `true`, `1` or `"1"`; all of them are
//! taken. Levels are read fail closed: what the office cannot pass on as it is meant ("your
//! organisation only", sharing groups, distributions that nobody knows) is TLP:RED, which goes to
//! named parties alone.

use std::collections::BTreeSet;

use legation_core::time::Instant;
use legation_stix::id::ObjectId;
use legation_stix::json::{self, Node, Place, Value};
use legation_stix::tlp::Tlp;

use crate::misp::error::{Fault, Flaw, MispError, Refused};
use crate::misp::name::level_of_tag;
use crate::misp::{ATTRIBUTES_MAX, BYTES_MAX, EVENTS_MAX, TAGS_MAX, TEXT_MAX};

/// A point in Unix seconds that is still within the year 9999.
const SECONDS_MAX: i64 = 253_402_300_799;

/// An event.
pub(super) struct Event<'a> {
    pub(super) uuid: String,
    pub(super) info: String,
    /// Its date; the one time of it that an edit leaves alone.
    pub(super) date: Instant,
    /// When it was last edited, in Unix seconds.
    pub(super) edited: i64,
    /// When it was published, if it is.
    pub(super) published: Option<i64>,
    pub(super) level: Option<Tlp>,
    /// The highest level of anything within.
    pub(super) highest: Option<Tlp>,
    pub(super) labels: Vec<String>,
    pub(super) maker: Option<Maker>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) objects: Vec<Object>,
    pub(super) reports: Vec<Report>,
    /// The event as it stands in the body, with what wraps it.
    pub(super) bytes: &'a [u8],
}

/// Who made an event.
pub(super) struct Maker {
    pub(super) uuid: String,
    pub(super) name: String,
}

/// An attribute.
#[derive(Clone)]
pub(super) struct Attribute {
    pub(super) uuid: String,
    pub(super) kind: String,
    pub(super) category: String,
    /// What it is to its object.
    pub(super) relation: String,
    pub(super) value: String,
    pub(super) to_ids: bool,
    pub(super) deleted: bool,
    pub(super) edited: i64,
    pub(super) first: Option<Instant>,
    pub(super) last: Option<Instant>,
    pub(super) comment: String,
    /// The stricter of its own level and that of what it lies in.
    pub(super) level: Option<Tlp>,
    pub(super) labels: Vec<String>,
    pub(super) at: At,
}

/// Where something stands, for whoever has to refuse it later.
#[derive(Clone)]
pub(super) struct At {
    pub(super) index: u32,
    pub(super) pointer: String,
    pub(super) offset: usize,
}

/// An object of attributes.
pub(super) struct Object {
    pub(super) uuid: String,
    pub(super) template: String,
    pub(super) deleted: bool,
    pub(super) edited: i64,
    pub(super) level: Option<Tlp>,
    pub(super) attributes: Vec<Attribute>,
    /// What it refers to: UUID, in what way, and when that was last edited.
    pub(super) references: Vec<Reference>,
}

/// A reference of an object.
pub(super) struct Reference {
    pub(super) uuid: String,
    pub(super) target: String,
    pub(super) way: String,
    pub(super) edited: i64,
    pub(super) deleted: bool,
}

/// A text that belongs to an event.
pub(super) struct Report {
    pub(super) uuid: String,
    pub(super) name: String,
    pub(super) content: String,
    pub(super) deleted: bool,
    pub(super) edited: i64,
    pub(super) level: Option<Tlp>,
}

/// Reads a body: its events, and what of it is refused.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    index: u32,
    pub(super) refused: Vec<Refused>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let (index, refused) = (0, Vec::new());
        Self {
            text,
            index,
            refused,
        }
    }

    /// The events of the body, one after the other.
    pub(super) fn read(
        &mut self,
        mut take: impl FnMut(&mut Self, Event<'a>),
    ) -> Result<(), MispError> {
        let whole = |fault, offset| MispError {
            fault,
            place: Place::find(self.text, offset, String::new()),
        };
        if self.text.len() > BYTES_MAX {
            return Err(whole(Fault::TooLarge, 0));
        }
        let root = json::parse(self.text).map_err(|error| MispError {
            fault: Fault::Json(error.fault),
            place: error.place,
        })?;
        let (events, pointer) = match (root.items(), root.member("response")) {
            (Some(events), _) => (events, ""),
            (
                None,
                Some(Node {
                    value: Value::Array(events),
                    ..
                }),
            ) => (events.as_slice(), "/response"),
            _ if root.member("Event").is_some() => (std::slice::from_ref(&root), ""),
            _ => return Err(whole(Fault::NotMisp, root.span.start())),
        };
        let single = root.members().is_some() && pointer.is_empty();
        if events.len() > EVENTS_MAX {
            return Err(whole(Fault::TooManyEvents, root.span.start()));
        }
        if let Some(other) = events.iter().find(|event| event.member("Event").is_none()) {
            return Err(whole(Fault::NotMisp, other.span.start()));
        }
        for (number, wrapped) in events.iter().enumerate() {
            let pointer = match single {
                true => "/Event".to_owned(),
                false => format!("{pointer}/{number}/Event"),
            };
            let at = self.next(wrapped, pointer);
            let Some(node) = wrapped.member("Event") else {
                continue;
            };
            match self.event(node, wrapped, &at) {
                Ok(event) => take(self, event),
                Err(flaw) => self.refuse(&at, uuid_text(node), flaw),
            }
        }
        Ok(())
    }

    fn next(&mut self, node: &Node<'_>, pointer: String) -> At {
        let index = self.index;
        self.index = index.saturating_add(1);
        At {
            index,
            pointer,
            offset: node.span.start(),
        }
    }

    /// Notes that something is refused.
    pub(super) fn refuse(&mut self, at: &At, uuid: Option<String>, flaw: Flaw) {
        let pointer = match flaw.member {
            Some(member) => format!("{}/{member}", at.pointer),
            None => at.pointer.clone(),
        };
        self.refused.push(Refused {
            index: at.index,
            uuid,
            fault: flaw.fault,
            place: Place::find(self.text, flaw.offset, pointer),
        });
    }

    fn event(&mut self, node: &Node<'a>, wrapped: &Node<'a>, at: &At) -> Result<Event<'a>, Flaw> {
        let members = Members { node };
        let count: usize = [node.member("Attribute")]
            .into_iter()
            .chain(
                items(node, "Object")
                    .iter()
                    .map(|object| object.member("Attribute")),
            )
            .map(|list| list.and_then(Node::items).map_or(0, <[_]>::len))
            .sum();
        if count > ATTRIBUTES_MAX {
            return Err(members.flaw(None, Fault::TooManyAttributes));
        }
        let date = members.text("date")?;
        let date: Instant = format!("{date}T00:00:00Z").parse().map_err(|_| {
            let (member, given) = ("date", quote(&date));
            members.flaw(Some("date"), Fault::Time { member, given })
        })?;
        let (level, mut labels) = members.marks()?;
        for cluster in items(node, "Galaxy")
            .iter()
            .flat_map(|galaxy| items(galaxy, "GalaxyCluster"))
        {
            if let Some(name) = cluster.member("tag_name").and_then(text) {
                push(&mut labels, name);
            }
        }
        for (member, label) in [
            ("threat_level_id", "misp:threat-level-id"),
            ("analysis", "misp:analysis"),
        ] {
            if let Some(given) = node
                .member(member)
                .and_then(text)
                .filter(|text| text.len() == 1)
            {
                push(&mut labels, format!("{label}=\"{given}\""));
            }
        }
        let is_published = members.truth("published")?.unwrap_or(false);
        let edited = members.seconds("timestamp")?;
        let published = match node.member("publish_timestamp") {
            Some(_) if is_published => Some(members.seconds("publish_timestamp")?.max(edited)),
            _ if is_published => Some(edited),
            _ => None,
        };
        let maker = match node.member("Orgc") {
            Some(maker) if !matches!(maker.value, Value::Null) => {
                let members = Members { node: maker };
                let (uuid, name) = (members.uuid("uuid")?, members.text("name")?);
                Some(Maker { uuid, name })
            }
            _ => None,
        };
        let mut event = Event {
            uuid: members.uuid("uuid")?,
            info: members.text("info")?,
            date,
            edited,
            published,
            level,
            highest: highest(node),
            labels,
            maker,
            attributes: Vec::new(),
            objects: Vec::new(),
            reports: Vec::new(),
            bytes: wrapped.span.of(self.text),
        };
        let mut known = BTreeSet::new();
        event.attributes =
            self.attributes(node, &at.pointer, level, &mut event.highest, &mut known);
        for (number, object) in items(node, "Object").iter().enumerate() {
            let at = self.next(object, format!("{}/Object/{number}", at.pointer));
            match self.object(object, &at, level, &mut event.highest, &mut known) {
                Ok(object) => event.objects.push(object),
                Err(flaw) => {
                    event.highest = Some(Tlp::Red);
                    self.refuse(&at, uuid_text(object), flaw);
                }
            }
        }
        for (number, report) in items(node, "EventReport").iter().enumerate() {
            let at = self.next(report, format!("{}/EventReport/{number}", at.pointer));
            match read_report(report, level)
                .and_then(|report| claim(report.uuid.clone(), &at, &mut known).map(|()| report))
            {
                Ok(report) => event.reports.push(report),
                Err(flaw) => {
                    event.highest = Some(Tlp::Red);
                    self.refuse(&at, uuid_text(report), flaw);
                }
            }
        }
        Ok(event)
    }

    /// The attributes of an event or object. What cannot be read is refused alone, and since nobody
    /// knows then how it was meant to be marked, the whole is held as strictly as can be.
    fn attributes(
        &mut self,
        node: &Node<'_>,
        pointer: &str,
        level: Option<Tlp>,
        highest: &mut Option<Tlp>,
        known: &mut BTreeSet<String>,
    ) -> Vec<Attribute> {
        let mut read = Vec::new();
        for (number, attribute) in items(node, "Attribute").iter().enumerate() {
            let at = self.next(attribute, format!("{pointer}/Attribute/{number}"));
            let one = read_attribute(attribute, &at, level)
                .and_then(|one| claim(one.uuid.clone(), &at, known).map(|()| one));
            match one {
                Ok(attribute) => read.push(attribute),
                Err(flaw) => {
                    *highest = Some(Tlp::Red);
                    self.refuse(&at, uuid_text(attribute), flaw);
                }
            }
        }
        read
    }

    fn object(
        &mut self,
        node: &Node<'_>,
        at: &At,
        level: Option<Tlp>,
        highest: &mut Option<Tlp>,
        known: &mut BTreeSet<String>,
    ) -> Result<Object, Flaw> {
        let members = Members { node };
        let level = level.max(members.marks()?.0);
        let mut object = Object {
            uuid: members.uuid("uuid")?,
            template: members.text("name")?,
            deleted: members.truth("deleted")?.unwrap_or(false),
            edited: members.seconds("timestamp")?,
            level,
            attributes: Vec::new(),
            references: Vec::new(),
        };
        for reference in items(node, "ObjectReference") {
            let members = Members { node: reference };
            object.references.push(Reference {
                uuid: members.uuid("uuid")?,
                target: members.uuid("referenced_uuid")?,
                way: members.text_or_none("relationship_type")?,
                edited: members.seconds("timestamp")?,
                deleted: members.truth("deleted")?.unwrap_or(false),
            });
        }
        claim(object.uuid.clone(), at, known)?;
        object.attributes = self.attributes(node, &at.pointer, level, highest, known);
        Ok(object)
    }
}

fn read_attribute(node: &Node<'_>, at: &At, level: Option<Tlp>) -> Result<Attribute, Flaw> {
    let members = Members { node };
    let (own, labels) = members.marks()?;
    let value = members.text("value")?;
    if value.trim().is_empty() {
        return Err(members.flaw(Some("value"), Fault::Missing("value")));
    }
    Ok(Attribute {
        uuid: members.uuid("uuid")?,
        kind: members.text("type")?,
        category: members.text_or_none("category")?,
        relation: members.text_or_none("object_relation")?,
        value,
        to_ids: members.truth("to_ids")?.unwrap_or(false),
        deleted: members.truth("deleted")?.unwrap_or(false),
        edited: members.seconds("timestamp")?,
        first: members.instant("first_seen")?,
        last: members.instant("last_seen")?,
        comment: members.text_or_none("comment")?,
        level: level.max(own),
        labels,
        at: at.clone(),
    })
}

fn read_report(node: &Node<'_>, level: Option<Tlp>) -> Result<Report, Flaw> {
    let members = Members { node };
    Ok(Report {
        uuid: members.uuid("uuid")?,
        name: members.text("name")?,
        content: members.text_or_none("content")?,
        deleted: members.truth("deleted")?.unwrap_or(false),
        edited: members.seconds("timestamp")?,
        level: level.max(members.marks()?.0),
    })
}

/// Takes an UUID for the first that bears it.
fn claim(uuid: String, at: &At, known: &mut BTreeSet<String>) -> Result<(), Flaw> {
    if known.contains(&uuid) {
        return Err(Flaw {
            fault: Fault::Duplicate(uuid),
            offset: at.offset,
            member: Some("uuid"),
        });
    }
    known.insert(uuid);
    Ok(())
}

/// The members of an object of MISP's, with faults that say where they are.
struct Members<'n, 'a> {
    node: &'n Node<'a>,
}

impl Members<'_, '_> {
    fn flaw(&self, member: Option<&'static str>, fault: Fault) -> Flaw {
        let node = member
            .and_then(|name| self.node.member(name))
            .unwrap_or(self.node);
        Flaw {
            fault,
            offset: node.span.start(),
            member,
        }
    }

    fn wrong(&self, member: &'static str, expected: &'static str) -> Flaw {
        match self.node.member(member) {
            None => self.flaw(None, Fault::Missing(member)),
            Some(node) => {
                let found = node.what();
                self.flaw(
                    Some(member),
                    Fault::WrongType {
                        member,
                        expected,
                        found,
                    },
                )
            }
        }
    }

    fn text(&self, member: &'static str) -> Result<String, Flaw> {
        let found = self.node.member(member).and_then(text);
        let found = found.ok_or_else(|| self.wrong(member, "a string"))?;
        match found.len() > TEXT_MAX {
            true => Err(self.flaw(Some(member), Fault::TooLong(member))),
            false => Ok(found),
        }
    }

    /// A text that may be left out; empty then.
    fn text_or_none(&self, member: &'static str) -> Result<String, Flaw> {
        match self.node.member(member).map(|node| &node.value) {
            None | Some(Value::Null) => Ok(String::new()),
            _ => self.text(member),
        }
    }

    fn uuid(&self, member: &'static str) -> Result<String, Flaw> {
        let uuid = self.text(member)?.to_ascii_lowercase();
        match format!("report--{uuid}").parse::<ObjectId>() {
            Ok(_) => Ok(uuid),
            Err(_) => Err(self.flaw(Some(member), Fault::Uuid(quote(&uuid)))),
        }
    }

    fn truth(&self, member: &'static str) -> Result<Option<bool>, Flaw> {
        let Some(node) = self.node.member(member) else {
            return Ok(None);
        };
        match (&node.value, text(node).as_deref()) {
            (Value::Null, _) => Ok(None),
            (Value::Bool(truth), _) => Ok(Some(*truth)),
            (_, Some("0" | "false" | "")) => Ok(Some(false)),
            (_, Some("1" | "true")) => Ok(Some(true)),
            _ => Err(self.wrong(member, "a boolean")),
        }
    }

    fn seconds(&self, member: &'static str) -> Result<i64, Flaw> {
        let given = self.text(member)?;
        let seconds = given
            .parse()
            .ok()
            .filter(|seconds| (0..=SECONDS_MAX).contains(seconds));
        seconds.ok_or_else(|| {
            let given = quote(&given);
            self.flaw(Some(member), Fault::Time { member, given })
        })
    }

    fn instant(&self, member: &'static str) -> Result<Option<Instant>, Flaw> {
        let given = self.text_or_none(member)?;
        if given.is_empty() {
            return Ok(None);
        }
        let read = given.parse().map(Some);
        read.map_err(|_| {
            let given = quote(&given);
            self.flaw(Some(member), Fault::Time { member, given })
        })
    }

    /// The level that tags and distribution give, and the other tags.
    fn marks(&self) -> Result<(Option<Tlp>, Vec<String>), Flaw> {
        let mut level = self
            .node
            .member("distribution")
            .and_then(level_of_distribution);
        let mut labels = Vec::new();
        let tags = match self.node.member("Tag").map(|node| &node.value) {
            None | Some(Value::Null) => return Ok((level, labels)),
            Some(Value::Array(tags)) => tags,
            Some(_) => return Err(self.wrong("Tag", "a list")),
        };
        if tags.len() > TAGS_MAX {
            return Err(self.flaw(Some("Tag"), Fault::TooManyTags));
        }
        for tag in tags {
            let name = Members { node: tag }.text("name")?;
            match level_of_tag(&name) {
                None => push(&mut labels, name),
                found => level = level.max(found),
            }
        }
        Ok((level, labels))
    }
}

/// What a distribution says beyond what an agreement can: 1 to 3 are communities, 5 is that of the
/// event; 0 is the maker alone, 4 a sharing group, whose members are no parties of the office.
fn level_of_distribution(node: &Node<'_>) -> Option<Tlp> {
    match (&node.value, text(node).as_deref()) {
        (Value::Null, _) | (_, Some("1" | "2" | "3" | "5")) => None,
        _ => Some(Tlp::Red),
    }
}

/// The highest level that anything within gives, whatever it is.
fn highest(node: &Node<'_>) -> Option<Tlp> {
    match &node.value {
        Value::Array(items) => items.iter().filter_map(highest).max(),
        Value::Object(members) => {
            let own = Members { node }
                .marks()
                .map_or(Some(Tlp::Red), |(level, _)| level);
            let within = members.iter().filter_map(|member| highest(&member.node));
            own.max(within.max())
        }
        _ => None,
    }
}

fn items<'n, 'a>(node: &'n Node<'a>, member: &str) -> &'n [Node<'a>] {
    node.member(member)
        .and_then(Node::items)
        .unwrap_or_default()
}

/// A text, or a number as it is written.
fn text(node: &Node<'_>) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.to_string()),
        Value::Number(text) => Some((*text).to_owned()),
        _ => None,
    }
}

fn uuid_text(node: &Node<'_>) -> Option<String> {
    node.member("uuid").and_then(text).map(|uuid| quote(&uuid))
}

fn push(labels: &mut Vec<String>, label: String) {
    if !label.is_empty() && !labels.contains(&label) {
        labels.push(label);
    }
}

/// As much of a text as an error shows.
pub(super) fn quote(text: &str) -> String {
    text.chars().take(80).collect()
}
