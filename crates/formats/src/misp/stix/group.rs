//! MISP objects: what of their attributes belongs together, and what they refer to.

use crate::misp::read::{Attribute, Object, quote};
use crate::misp::slot::{Slot, slot_within};
use crate::misp::stix::observable::is_sound;
use crate::misp::stix::{Common, Writer, bytes, pattern, set};

impl Writer<'_, '_, '_> {
    /// What of an object belongs together is one indicator or one observation; the rest of its
    /// attributes, and what is stricter than the object, stand for themselves.
    pub(super) fn object(&mut self, object: &Object) {
        let mut group: Vec<(Slot, &Attribute)> = Vec::new();
        let mut alone: Vec<&Attribute> = Vec::new();
        let is_alive = |attribute: &&Attribute| object.deleted || !attribute.deleted;
        for attribute in &object.attributes {
            let slot = slot_within(&object.template, &attribute.relation, &attribute.kind);
            let fits = |slot: &Slot| {
                let is_free = slot.is_many() || group.iter().all(|(taken, _)| taken != slot);
                is_free && attribute.level == object.level && slot.takes(&attribute.value)
            };
            match slot.filter(fits).filter(|_| is_alive(&attribute)) {
                Some(slot) => group.push((slot, attribute)),
                None => alone.push(attribute),
            }
        }
        let together: Vec<(Slot, &str)> = group
            .iter()
            .map(|(slot, attribute)| (*slot, attribute.value.as_str()))
            .collect();
        if !is_whole(&group) || !is_sound(&together) {
            alone.extend(group.drain(..).map(|(_, attribute)| attribute));
        }
        for attribute in alone {
            let mut attribute = attribute.clone();
            attribute.deleted |= object.deleted;
            attribute.edited = attribute
                .edited
                .max(if object.deleted { object.edited } else { 0 });
            self.attribute(&attribute);
        }
        if group.is_empty() {
            return;
        }
        let edited = group
            .iter()
            .map(|(_, one)| one.edited)
            .chain([object.edited]);
        let edited = object
            .attributes
            .iter()
            .map(|one| one.edited)
            .chain(edited)
            .max();
        let mut labels = vec![format!("misp:object=\"{}\"", quote(&object.template))];
        for label in group.iter().flat_map(|(_, attribute)| &attribute.labels) {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        let common = |kind| Common {
            kind,
            uuid: &object.uuid,
            edited: edited.unwrap_or(object.edited),
            level: object.level,
            labels: labels.clone(),
            is_revoked: object.deleted,
        };
        let parts = |of: &[(Slot, &'_ Attribute)]| -> Vec<(Slot, String)> {
            of.iter()
                .map(|(slot, attribute)| (*slot, attribute.value.clone()))
                .collect()
        };
        let (detect, rest): (Vec<_>, Vec<_>) = group.iter().partition(|(_, one)| one.to_ids);
        if !detect.is_empty() {
            let parts = parts(&detect);
            let parts: Vec<_> = parts
                .iter()
                .map(|(slot, value)| (*slot, value.as_str()))
                .collect();
            let of: Vec<&Attribute> = detect.iter().map(|(_, attribute)| *attribute).collect();
            self.indicator(&common("indicator"), &of, &pattern(&parts), "stix");
        }
        if !rest.is_empty() {
            let parts = parts(&group);
            let parts: Vec<_> = parts
                .iter()
                .map(|(slot, value)| (*slot, value.as_str()))
                .collect();
            let of: Vec<&Attribute> = group.iter().map(|(_, attribute)| *attribute).collect();
            self.observed(&common("observed-data"), &of, &parts);
        }
    }

    pub(super) fn references(&mut self, object: &Object) {
        for reference in &object.references {
            let ends = (
                self.became.get(&object.uuid),
                self.became.get(&reference.target),
            );
            let (Some((source, own)), Some((target, other))) = ends else {
                continue;
            };
            let (source, target, level) = (source.clone(), target.clone(), (*own).max(*other));
            let common = Common {
                kind: "relationship",
                uuid: &reference.uuid,
                edited: reference.edited,
                level,
                labels: Vec::new(),
                is_revoked: reference.deleted || object.deleted,
            };
            let mut made = self.begin(&common);
            set(&mut made, "relationship_type", "related-to");
            if !reference.way.is_empty() {
                set(&mut made, "description", reference.way.as_str());
            }
            set(&mut made, "source_ref", source);
            set(&mut made, "target_ref", target);
            self.written.objects.push(bytes(made));
        }
    }
}

/// Whether an object can be made of the group: a file has a name or a hash (STIX 2.1 section 6.7),
/// traffic an end (6.11), a registry key its key.
fn is_whole(group: &[(Slot, &Attribute)]) -> bool {
    use Slot::*;
    let has = |want: fn(&Slot) -> bool| group.iter().any(|(slot, _)| want(slot));
    let needs = |of: fn(&Slot) -> bool, want: fn(&Slot) -> bool| !has(of) || has(want);
    needs(
        |s| matches!(s, FileSize | FileMime),
        |s| matches!(s, FileName | FileHash(_)),
    ) && needs(
        |s| matches!(s, SourcePort | DestinationPort),
        |s| matches!(s, SourceIp | DestinationIp),
    ) && needs(|s| *s == RegistryData, |s| *s == RegistryKey)
}
