//! The STIX objects of a view as a MISP feed: a manifest, a file for each event, a list of hashes.
//!
//! ```text
//! report, grouping        an event with what it refers to, and what refers to it
//! everything else         an event for each day on which it became visible
//! indicator               attributes for the values it seeks (to_ids); `stix2-pattern` if it asks
//!                         for more than values; yara, snort and sigma as they are
//! cyber-observable        attributes (not to_ids)
//! anything else           a `text` attribute, with its id in the comment
//! ```
//!
//! Nothing but what is handed in makes any byte of it: no clock, no store, no other view. What an
//! event is made of is told beside it, so that whoever hands it out can say what was released.
//!
//! A feed cannot take back: what leaves a view leaves the files, and stays with who has fetched it.
//! What is revoked is marked deleted.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::time::Instant;
use legation_stix::json::{self, Node};
use legation_stix::tlp::{Tlp, level_of};
use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::misp::TEXT_MAX;
use crate::misp::name::{self, tag};

mod value;

use value::{Drawn, Lookup, draw, restored};

/// Who publishes the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// Its name.
    pub name: String,
    /// Sixteen bytes that stay its own; UUIDs are made of them.
    pub seed: [u8; 16],
    /// The area that the feed is of.
    pub area: String,
}

/// A record that was released, as its reader sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held<'a> {
    /// When it became visible.
    pub date: Instant,
    /// Its bytes: one STIX object.
    pub bytes: &'a [u8],
}

/// A record that is no JSON object, so that nothing can be made of it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("record {place} of the view is no STIX object: {text}")]
pub struct FeedError {
    /// Which one, from 0.
    pub place: usize,
    text: String,
}

impl FeedError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "misp.unreadable-record"
    }
}

/// A feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its events, in the order of their UUIDs.
    pub events: Vec<FeedEvent>,
}

/// An event of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEvent {
    /// Its UUID, the name of its file.
    pub uuid: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What the manifest says of it.
    entry: Value,
    /// The MD5 of every value, in hex.
    pub hashes: Vec<String>,
    /// The records that it is made of, by their places in what was handed in, ascending.
    pub places: Vec<usize>,
    /// The record that it is named after: what of it the manifest tells.
    pub named_by: Option<usize>,
}

impl Feed {
    /// Makes the feed of these records.
    ///
    /// # Errors
    /// When a record is no JSON object.
    pub fn build(publisher: &Publisher, records: &[Held<'_>]) -> Result<Self, FeedError> {
        let mut read = Vec::with_capacity(records.len());
        for (place, held) in records.iter().enumerate() {
            let node = json::parse(held.bytes);
            let node = node.map_err(|error| FeedError {
                place,
                text: error.to_string(),
            })?;
            if node.members().is_none() {
                let text = node.what().to_owned();
                return Err(FeedError { place, text });
            }
            read.push(node);
        }
        let view = View::of(publisher, records, &read);
        let mut events = view.events();
        events.sort_by(|one, other| one.uuid.cmp(&other.uuid));
        Ok(Self { events })
    }

    /// `manifest.json`.
    pub fn manifest(&self) -> Vec<u8> {
        let entries = self
            .events
            .iter()
            .map(|event| (event.uuid.clone(), event.entry.clone()));
        Value::Object(entries.collect()).to_string().into_bytes()
    }

    /// `hashes.csv`: for each value its MD5 and the UUID of its event.
    pub fn hashes(&self) -> Vec<u8> {
        let mut text = String::new();
        for event in &self.events {
            for hash in &event.hashes {
                text.push_str(hash);
                text.push(',');
                text.push_str(&event.uuid);
                text.push('\n');
            }
        }
        text.into_bytes()
    }

    /// One event.
    pub fn find(&self, uuid: &str) -> Option<&FeedEvent> {
        let found = self
            .events
            .binary_search_by(|event| event.uuid.as_str().cmp(uuid));
        found.ok().and_then(|place| self.events.get(place))
    }
}

/// All records, read.
struct View<'v, 'a> {
    publisher: &'v Publisher,
    records: &'v [Held<'a>],
    nodes: &'v [Node<'a>],
    /// The last place that holds an id.
    by_id: BTreeMap<&'v str, usize>,
    /// Whoever made something: named by their ids only.
    makers: BTreeSet<&'v str>,
}

fn text<'n>(node: &'n Node<'_>, member: &str) -> &'n str {
    node.member(member).and_then(Node::text).unwrap_or_default()
}

impl<'v, 'a> View<'v, 'a> {
    fn of(publisher: &'v Publisher, records: &'v [Held<'a>], nodes: &'v [Node<'a>]) -> Self {
        let mut by_id: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, node) in nodes.iter().enumerate() {
            by_id.insert(text(node, "id"), place);
        }
        let makers = nodes
            .iter()
            .map(|node| text(node, "created_by_ref"))
            .collect();
        Self {
            publisher,
            records,
            nodes,
            by_id,
            makers,
        }
    }

    fn node(&self, place: usize) -> Option<&'v Node<'a>> {
        self.nodes.get(place)
    }

    fn kind(&self, place: usize) -> &'v str {
        self.node(place).map_or("", |node| text(node, "type"))
    }

    /// The places of what a record refers to by its own members, its maker and markings left out.
    fn targets(&self, place: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let members = self.node(place).and_then(Node::members).unwrap_or_default();
        for member in members {
            let name = member.name.as_ref();
            if matches!(name, "created_by_ref" | "object_marking_refs") {
                continue;
            }
            if name.ends_with("_ref") {
                found.extend(member.node.text());
            } else if name.ends_with("_refs") {
                let items = member.node.items().unwrap_or_default();
                found.extend(items.iter().filter_map(Node::text));
            }
        }
        found
            .into_iter()
            .filter_map(|id| self.by_id.get(id).copied())
            .collect()
    }

    fn events(&self) -> Vec<FeedEvent> {
        let mut grouped: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut homes: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let last = |place: &usize| self.by_id.get(self.id(*place)) == Some(place);
        for place in (0..self.nodes.len()).filter(last) {
            if matches!(self.kind(place), "report" | "grouping") {
                self.add(place, place, &mut grouped, &mut homes);
                for target in self.targets(place) {
                    self.add(target, place, &mut grouped, &mut homes);
                }
            }
        }
        // What is about an event or about things of one event belongs to it.
        for place in (0..self.nodes.len()).filter(last) {
            if !matches!(
                self.kind(place),
                "note" | "opinion" | "relationship" | "sighting"
            ) {
                continue;
            }
            let targets = self.targets(place);
            let about: Vec<usize> = targets
                .iter()
                .copied()
                .filter(|target| grouped.contains_key(target))
                .collect();
            for event in &about {
                self.add(place, *event, &mut grouped, &mut homes);
                if self.kind(place) == "relationship" {
                    for target in &targets {
                        self.add(*target, *event, &mut grouped, &mut homes);
                    }
                }
            }
            if about.is_empty() {
                let mut shared: Option<BTreeSet<usize>> = None;
                for target in &targets {
                    let of = homes.get(target).cloned().unwrap_or_default();
                    shared = Some(match shared {
                        None => of,
                        Some(shared) => &shared & &of,
                    });
                }
                for event in shared.unwrap_or_default() {
                    self.add(place, event, &mut grouped, &mut homes);
                }
            }
        }
        let mut days: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for place in (0..self.nodes.len()).filter(last) {
            if !homes.contains_key(&place) && !self.is_silent(place) {
                days.entry(self.day(place)).or_default().insert(place);
            }
        }
        let named = grouped
            .iter()
            .map(|(report, places)| self.event(Some(*report), "", places));
        let daily = days
            .iter()
            .map(|(day, places)| self.event(None, day, places));
        named.chain(daily).collect()
    }

    /// Puts a record into an event, with the cyber-observables that it is made of.
    fn add(
        &self,
        place: usize,
        event: usize,
        grouped: &mut BTreeMap<usize, BTreeSet<usize>>,
        homes: &mut BTreeMap<usize, BTreeSet<usize>>,
    ) {
        let places = grouped.entry(event).or_default();
        let mut waiting = vec![place];
        while let Some(place) = waiting.pop() {
            // Another event is one of its own.
            let is_event = matches!(self.kind(place), "report" | "grouping") && place != event;
            if is_event || self.is_silent(place) || !places.insert(place) {
                continue;
            }
            homes.entry(place).or_default().insert(event);
            let targets = self.targets(place);
            waiting.extend(
                targets
                    .into_iter()
                    .filter(|target| value::is_observable(self.kind(*target))),
            );
        }
    }

    /// Whether a record says nothing of itself to MISP: markings are tags, and who made something
    /// is in what it made.
    fn is_silent(&self, place: usize) -> bool {
        match self.kind(place) {
            "marking-definition" | "extension-definition" | "language-content" => true,
            "identity" => self.makers.contains(self.id(place)),
            _ => false,
        }
    }

    fn id(&self, place: usize) -> &'v str {
        self.node(place).map_or("", |node| text(node, "id"))
    }

    fn date(&self, place: usize) -> Instant {
        self.records
            .get(place)
            .map_or(Instant::MIN, |held| held.date)
    }

    fn day(&self, place: usize) -> String {
        self.date(place).to_string().chars().take(10).collect()
    }

    fn event(&self, report: Option<usize>, day: &str, places: &BTreeSet<usize>) -> FeedEvent {
        let Publisher {
            name: publisher,
            seed,
            area,
        } = self.publisher;
        let seed: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
        let subject = report.map_or(day, |place| self.id(place));
        let uuid = name::uuid(&["feed event", &seed, area, subject]);
        let node = report.and_then(|place| self.node(place));
        let info = match node {
            Some(node) => clip(text(node, "name")),
            None => format!("{publisher}: {area}, {day}"),
        };
        let date = match node.map(|node| (text(node, "published"), text(node, "created"))) {
            Some(("", created)) => created.chars().take(10).collect(),
            Some((published, _)) => published.chars().take(10).collect(),
            None => day.to_owned(),
        };
        let latest = places
            .iter()
            .map(|place| self.date(*place))
            .max()
            .unwrap_or(Instant::MIN);
        let timestamp = latest.micros().div_euclid(1_000_000).to_string();
        let level = places
            .iter()
            .filter_map(|place| self.node(*place))
            .filter_map(level)
            .max();
        let mut tags: Vec<Value> = level
            .map(|level| json!({"name": tag(level)}))
            .into_iter()
            .collect();
        tags.extend(node.into_iter().flat_map(value::tags));
        let labelled = |label: &str, or: &str| {
            let given = node.and_then(|node| value::label(node, label));
            given
                .filter(|given| ["0", "1", "2", "3", "4"].contains(given))
                .unwrap_or(or)
                .to_owned()
        };
        let (analysis, threat) = (
            labelled("misp:analysis", "2"),
            labelled("misp:threat-level-id", "4"),
        );
        let analysis = if matches!(analysis.as_str(), "0" | "1" | "2") {
            analysis
        } else {
            "2".into()
        };
        let threat = if threat == "0" { "4".into() } else { threat };
        let maker = json!({"name": publisher, "uuid": name::uuid(&["publisher", &seed])});
        let (attributes, hashes) = self.attributes(&uuid, report, places);
        let entry = json!({"info": info, "date": date, "timestamp": timestamp, "analysis": analysis,
            "threat_level_id": threat, "Orgc": maker, "Tag": tags});
        let mut event = Map::new();
        if let Value::Object(members) = &entry {
            event.extend(members.clone());
        }
        event.insert("uuid".into(), uuid.as_str().into());
        event.insert("published".into(), true.into());
        event.insert("publish_timestamp".into(), timestamp.into());
        event.insert("Attribute".into(), attributes.into());
        let mut bytes = json!({"Event": event}).to_string().into_bytes();
        bytes.push(b'\n');
        let mut all: BTreeSet<usize> = places.clone();
        all.extend(report);
        FeedEvent {
            uuid,
            bytes,
            entry,
            hashes,
            places: all.into_iter().collect(),
            named_by: report,
        }
    }

    fn attributes(
        &self,
        event: &str,
        report: Option<usize>,
        places: &BTreeSet<usize>,
    ) -> (Vec<Value>, Vec<String>) {
        let lookup = Lookup {
            find: &|id| {
                self.by_id
                    .get(id)
                    .filter(|place| places.contains(place))
                    .and_then(|place| self.node(*place))
            },
        };
        let places = places
            .iter()
            .copied()
            .filter(|place| Some(*place) != report);
        // An observation that came as one attribute goes as one; its observables say no more then.
        let mut drawn: BTreeMap<usize, Vec<Drawn>> = BTreeMap::new();
        let mut covered: BTreeSet<&str> = BTreeSet::new();
        let places: Vec<usize> = places.collect();
        for place in &places {
            let Some(node) = self
                .node(*place)
                .filter(|node| text(node, "type") == "observed-data")
            else {
                continue;
            };
            let (values, covers) = restored(node, &lookup);
            covered.extend(covers);
            drawn.insert(*place, values);
        }
        let (mut attributes, mut hashes) = (Vec::new(), Vec::new());
        for place in places {
            let Some(node) = self.node(place) else {
                continue;
            };
            let values = match drawn.remove(&place) {
                Some(values) => values,
                None if covered.contains(self.id(place)) => continue,
                None => draw(node, &lookup),
            };
            for (number, one) in values.into_iter().enumerate() {
                let (attribute, value) = self.attribute(event, place, node, number, &one);
                for part in parts(&attribute, &value) {
                    hashes.push(md5_of(part));
                }
                attributes.push(attribute);
            }
        }
        (attributes, hashes)
    }

    fn attribute(
        &self,
        event: &str,
        place: usize,
        node: &Node<'_>,
        number: usize,
        one: &Drawn,
    ) -> (Value, String) {
        let id = self.id(place);
        let edited = text(node, "modified")
            .parse::<Instant>()
            .unwrap_or_else(|_| self.date(place));
        let value = clip(&one.value);
        let mut tags: Vec<Value> = level(node)
            .map(|level| json!({"name": tag(level)}))
            .into_iter()
            .collect();
        tags.extend(value::tags(node));
        let comment = match text(node, "description") {
            "" => id.to_owned(),
            said => clip(&format!("{id} {said}")),
        };
        let is_revoked = node
            .member("revoked")
            .and_then(Node::truth)
            .unwrap_or(false);
        let attribute = json!({
            "uuid": name::uuid(&["feed attribute", event, id, &number.to_string()]),
            "type": one.kind, "category": one.category, "value": value, "to_ids": one.to_ids,
            "comment": comment, "timestamp": edited.micros().div_euclid(1_000_000).to_string(),
            "deleted": is_revoked, "disable_correlation": one.is_prose, "Tag": tags,
        });
        (attribute, value)
    }
}

/// The level that the markings of an object give it: those that the standards fix.
fn level(node: &Node<'_>) -> Option<Tlp> {
    let own = node
        .member("object_marking_refs")
        .and_then(Node::items)
        .unwrap_or_default();
    let granular = node
        .member("granular_markings")
        .and_then(Node::items)
        .unwrap_or_default();
    let granular = granular.iter().filter_map(|one| one.member("marking_ref"));
    own.iter()
        .chain(granular)
        .filter_map(Node::text)
        .filter_map(level_of)
        .max()
}

/// What MISP compares of a value: each part of a composite one by itself.
fn parts<'p>(attribute: &Value, value: &'p str) -> Vec<&'p str> {
    let kind = attribute
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match kind.contains('|') {
        true => value.split('|').collect(),
        false => vec![value],
    }
}

fn md5_of(value: &str) -> String {
    let digest: [u8; 16] = Md5::digest(value.as_bytes()).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// As much of a text as MISP holds, and never nothing.
fn clip(text: &str) -> String {
    if text.trim().is_empty() {
        return "-".into();
    }
    let mut end = text.len().min(TEXT_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
