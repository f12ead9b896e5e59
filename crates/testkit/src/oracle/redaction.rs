//! Redaction: what take terms leave out of a record for a reader, which is then shown a derived
//! object under another id.
//!
//! Nothing here knows what an object looks like, or what its other id is.

use std::collections::BTreeSet;
use std::sync::Arc;

use legation_core::agreement::document::{Document, Take};
use legation_core::id::{AgreementId, PartyCode, PropertyName};
use legation_core::label::{Level, tlp_level};

use super::label::{has_kind, names};
use super::{Held, Oracle};

/// How a record is derived for a reader.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Derived {
    /// Whose the first term is that redacts.
    pub agreement: AgreementId,
    /// What any of the terms leaves out.
    pub redact: BTreeSet<PropertyName>,
    /// The lowest level above which any of the terms leaves parts out.
    pub above: Option<Level>,
}

impl Oracle {
    /// What a record is derived by for a party with those agreements in force, which come in the
    /// order of their ids. Neither its originator nor the host is ever shown a derived one, and
    /// the built-in markings are what they are for everybody.
    pub(super) fn derived(
        &self,
        held: &Held,
        party: &PartyCode,
        taking: &[Arc<Document>],
    ) -> Option<Derived> {
        let is_builtin = tlp_level(held.head.id.as_str()).is_some();
        if *party == held.originator || party == self.host() || is_builtin {
            return None;
        }
        let status = self.status(&held.originator);
        let covers = |take: &Take| {
            let from = take.from.as_ref();
            take.area == held.area
                && has_kind(take.kinds.as_ref(), &held.head.kind)
                && from.is_none_or(|from| names(from, &held.originator, status))
        };
        let mut found: Option<Derived> = None;
        for document in taking {
            for take in document.take.iter().filter(|take| covers(take)) {
                if take.redact.is_empty() && take.redact_above.is_none() {
                    continue;
                }
                let derived = found.get_or_insert_with(|| Derived {
                    agreement: document.id.clone(),
                    redact: BTreeSet::new(),
                    above: None,
                });
                derived.redact.extend(take.redact.iter().cloned());
                derived.above = match (derived.above, take.redact_above) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
        }
        found
    }
}
