//! What governs a record: its level, who is named, and the markings that nobody here understands.
//! DESIGN section 2, from "Level of a record" to "several such markings intersect".
//!
//! Which agreements count is known already when this is asked.

use std::sync::Arc;

use legation_core::agreement::document::{Document, Give};
use legation_core::id::{AreaName, Kind, PartyCode, RecordId};
use legation_core::label::{Level, tlp_level};
use legation_core::party::{Audience, Status};
use legation_core::record::Meaning;

use super::{Held, Oracle};

/// What governs a record at an instant.
pub(super) struct Label {
    /// None when nothing gives one.
    pub(super) level: Option<Level>,
    /// Every releasable-to set that it carries.
    pub(super) named: Vec<Vec<Audience>>,
    /// What only a taker that accepts it may have.
    pub(super) unknown: Vec<RecordId>,
}

impl Oracle {
    /// "A marking means what the originator of `r` or the host filed under that id (the TLP ids
    /// are built in)"; all count if they filed several. A definition that was withdrawn is unknown:
    /// taking a marking away must not loosen it.
    fn meanings(&self, marking: &RecordId, originator: &PartyCode) -> Vec<Meaning> {
        if let Some(level) = tlp_level(marking.as_str()) {
            return vec![Meaning::Level(level)];
        }
        let filed: Vec<Meaning> = self
            .records
            .iter()
            .filter(|held| held.head.id == *marking)
            .filter(|held| held.originator == *originator || held.originator == *self.host())
            .filter_map(|held| {
                let meaning = held.head.meaning.clone()?;
                Some(if held.alive {
                    meaning
                } else {
                    Meaning::Unknown
                })
            })
            .collect();
        if filed.is_empty() {
            vec![Meaning::Unknown]
        } else {
            filed
        }
    }

    /// The label of a record, given the agreements under which its originator gives; of what is
    /// left of it, if its parts above a bound are left out.
    ///
    /// A part is left out if any of the meanings of its marking is above the bound or unknown,
    /// unless the marking stands on something that cannot be left out. Who a marking names is
    /// binding all the same.
    pub(super) fn label(
        &self,
        held: &Held,
        giving: &[Arc<Document>],
        bound: Option<Level>,
    ) -> Label {
        let mut label = Label {
            level: None,
            named: Vec::new(),
            unknown: Vec::new(),
        };
        let mut object_level = None;
        let mut granular_level = None;
        let object = held.head.object_markings.iter().map(|m| (m, true));
        let granular = held.head.granular_markings.iter().map(|m| (m, false));
        for (marking, of_object) in object.chain(granular) {
            let meanings = self.meanings(marking, &held.originator);
            let is_left_out = bound.is_some_and(|bound| {
                let goes = |meaning: &Meaning| match meaning {
                    Meaning::Level(level) => *level > bound,
                    Meaning::Unknown => true,
                    Meaning::Statement | Meaning::ReleasableTo(_) => false,
                };
                !of_object
                    && !held.head.fixed_markings.contains(marking)
                    && meanings.iter().any(goes)
            });
            for meaning in meanings {
                match meaning {
                    Meaning::Level(_) | Meaning::Unknown if is_left_out => {}
                    Meaning::Level(level) if of_object => {
                        object_level = object_level.max(Some(level));
                    }
                    Meaning::Level(level) => granular_level = granular_level.max(Some(level)),
                    Meaning::Statement => {}
                    Meaning::ReleasableTo(audience) => label.named.push(audience),
                    Meaning::Unknown => label.unknown.push(marking.clone()),
                }
            }
        }
        let base = object_level.or_else(|| self.unmarked(held, giving));
        label.level = base.map(|base| granular_level.map_or(base, |level| base.max(level)));
        label
    }

    /// The level of what arrives without one: the strictest that a matching give term names, of
    /// the host's own the strictest that the house rules name.
    fn unmarked(&self, held: &Held, giving: &[Arc<Document>]) -> Option<Level> {
        let (area, kind) = (&held.area, &held.head.kind);
        if held.originator == *self.host() {
            let rules = self.house.unmarked.iter();
            return rules
                .filter(|rule| rule.area.as_ref().is_none_or(|one| one == area))
                .filter(|rule| has_kind(rule.kinds.as_ref(), kind))
                .map(|rule| rule.level)
                .max();
        }
        gives(giving, area, kind)
            .filter_map(|give| give.unmarked)
            .max()
    }
}

/// The give terms for an area and kind.
pub(super) fn gives<'a>(
    giving: &'a [Arc<Document>],
    area: &'a AreaName,
    kind: &'a Kind,
) -> impl Iterator<Item = &'a Give> {
    giving
        .iter()
        .flat_map(|document| &document.give)
        .filter(move |give| give.area == *area && has_kind(give.kinds.as_ref(), kind))
}

pub(super) fn has_kind(kinds: Option<&Vec<Kind>>, kind: &Kind) -> bool {
    match kinds {
        None => true,
        Some(kinds) => kinds.iter().any(|one| one == kind),
    }
}

/// Whether a list names a party, by its code or its group.
pub(super) fn names(list: &[Audience], party: &PartyCode, status: Status) -> bool {
    list.iter().any(|one| match one {
        Audience::Party(code) => code == party,
        Audience::Group(group) => *group == status,
    })
}
