//! The event itself: its report or grouping, its original, whoever made it, and the ties to what is
//! stricter than it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::id::Digest;
use legation_core::time::Instant;
use legation_stix::tlp::Tlp;
use serde_json::{Map, json};

use crate::misp::name::{marking, uuid};
use crate::misp::read::Event;
use crate::misp::stix::{Common, Writer, bytes, mark, observable, rank, set};

impl Writer<'_, '_, '_> {
    /// The event's own bytes. They hold everything, so they are marked as the strictest of it.
    pub(super) fn original(&mut self, event: &Event<'_>) {
        let mut object = Map::new();
        set(&mut object, "type", "artifact");
        set(&mut object, "spec_version", "2.1");
        set(&mut object, "mime_type", "application/json");
        set(&mut object, "payload_bin", STANDARD.encode(event.bytes));
        let digest = Digest::of(event.bytes).to_string();
        set(&mut object, "hashes", json!({"SHA-256": digest}));
        match (event.level, event.highest) {
            // What is unmarked has the level that the agreement gives it, unless what it holds has a
            // higher one: a granular marking is what says so.
            (None, Some(within)) => {
                let within =
                    json!([{"marking_ref": marking(within), "selectors": ["payload_bin"]}]);
                set(&mut object, "granular_markings", within);
            }
            (own, within) => mark(&mut object, own.max(within)),
        }
        let (id, original) = observable::finish("artifact", object);
        let tie = uuid(&["original", &event.uuid, &id]);
        let common = Common {
            kind: "relationship",
            uuid: &tie,
            edited: event.edited,
            level: event.level,
            labels: vec!["misp:original".into()],
            is_revoked: false,
        };
        let mut made = self.begin(&common);
        set(&mut made, "relationship_type", "related-to");
        set(&mut made, "source_ref", self.event.as_str());
        set(&mut made, "target_ref", id.as_str());
        if self.written.shared.insert(id) {
            self.written.objects.push(original);
        }
        self.written.objects.push(bytes(made));
    }

    /// Ties what is stricter than the event to it.
    pub(super) fn ties(&mut self) {
        for (id, level) in std::mem::take(&mut self.strict) {
            let tie = uuid(&["part", &self.event, &id]);
            let common = Common {
                kind: "relationship",
                uuid: &tie,
                edited: 0,
                level,
                labels: Vec::new(),
                is_revoked: false,
            };
            let mut made = self.begin(&common);
            set(&mut made, "relationship_type", "related-to");
            set(&mut made, "source_ref", self.event.as_str());
            set(&mut made, "target_ref", id);
            self.written.objects.push(bytes(made));
        }
    }

    /// The event itself.
    pub(super) fn whole(&mut self, event: &Event<'_>) {
        let common = Common {
            kind: if event.published.is_some() {
                "report"
            } else {
                "grouping"
            },
            uuid: &event.uuid,
            edited: event.published.unwrap_or(event.edited),
            level: event.level,
            labels: event.labels.clone(),
            is_revoked: false,
        };
        let mut object = self.begin(&common);
        let name = match event.info.as_str() {
            "" => "-",
            info => info,
        };
        set(&mut object, "name", name);
        match event.published {
            Some(at) => {
                let at = Instant::from_micros(at.saturating_mul(1_000_000)).max(self.date);
                set(&mut object, "published", at.to_string());
                set(&mut object, "report_types", json!(["threat-report"]));
            }
            None => set(&mut object, "context", "unspecified"),
        }
        // STIX 2.1 sections 4.5 and 4.16: neither may refer to nothing.
        if self.refers.is_empty() {
            self.refers.extend(self.maker.clone());
        }
        if self.refers.is_empty() {
            let identity = self.nobody();
            self.refers.push(identity);
        }
        set(&mut object, "object_refs", std::mem::take(&mut self.refers));
        self.written.objects.push(bytes(object));
    }

    /// An identity for an event that names no maker and holds nothing to refer to.
    fn nobody(&mut self) -> String {
        let id = format!("identity--{}", uuid(&["nobody"]));
        self.identity(&id, "unknown", self.level);
        id
    }

    /// Whoever made the event, once for each level that anything of it has: whoever may have that
    /// may know who made it, and nobody else.
    pub(super) fn makers(&mut self, event: &Event<'_>) {
        let (Some(maker), Some(id)) = (&event.maker, self.maker.clone()) else {
            return;
        };
        for level in std::mem::take(&mut self.levels) {
            self.identity(&id, &maker.name, level);
        }
    }

    fn identity(&mut self, id: &str, name: &str, level: Option<Tlp>) {
        // MISP tells no time of a maker; every version of it is as old as that of any other event.
        let epoch = Instant::from_micros(0);
        let mut object = Map::new();
        set(&mut object, "type", "identity");
        set(&mut object, "spec_version", "2.1");
        set(&mut object, "id", id);
        set(&mut object, "created", epoch.to_string());
        let modified = epoch.plus_micros(rank(level)).to_string();
        set(&mut object, "modified", modified.as_str());
        set(&mut object, "name", name);
        set(&mut object, "identity_class", "organization");
        mark(&mut object, level);
        if self
            .written
            .shared
            .insert(format!("{id} {modified} {name}"))
        {
            self.written.objects.push(bytes(object));
        }
    }
}
