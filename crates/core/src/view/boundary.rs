//! The next date of every agreement at which the clock alone changes something.
//!
//! Kept by agreement, so that an act on one does not ask all the others.

use std::collections::{BTreeMap, BTreeSet};

use crate::agreement::succession::Agreement;
use crate::id::AgreementId;
use crate::time::Instant;

/// The dates to come.
#[derive(Clone, Debug, Default)]
pub(super) struct Boundaries {
    order: BTreeSet<(Instant, AgreementId)>,
    next: BTreeMap<AgreementId, Instant>,
}

impl Boundaries {
    /// The earliest date.
    pub(super) fn first(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// The agreements whose next date is that one.
    pub(super) fn at(&self, instant: Instant) -> Vec<AgreementId> {
        self.order
            .iter()
            .take_while(|(at, _)| *at <= instant)
            .map(|(_, id)| id.clone())
            .collect()
    }

    /// Looks up an agreement's next date after that instant again.
    pub(super) fn note(&mut self, agreement: &Agreement, after: Instant) {
        if let Some(known) = self.next.remove(&agreement.id) {
            self.order.remove(&(known, agreement.id.clone()));
        }
        if let Some(next) = agreement.next_boundary(after) {
            self.next.insert(agreement.id.clone(), next);
            self.order.insert((next, agreement.id.clone()));
        }
    }
}
