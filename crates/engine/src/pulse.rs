//! What readers look at without taking the fold's lock: losses by party, the next date at which
//! the clock changes something, and how often the terms have changed.
//!
//! Published under the fold's write lock after each change, before anybody is told of it. It
//! decides nothing: a reader that sees a change looks at the fold itself.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use legation_core::act::{Act, Entry};
use legation_core::id::{AreaName, PartyCode};
use legation_core::time::Instant;
use legation_core::view::Fold;
use tokio::sync::watch;

/// What beats with every change.
#[derive(Default)]
pub(crate) struct Pulse {
    losses: RwLock<HashMap<PartyCode, Arc<AtomicU64>>>,
    /// Up to which mark of the fold losses have been published.
    mark: AtomicU64,
    /// Microseconds; `i64::MAX` when the clock alone changes nothing.
    boundary: AtomicI64,
    terms: AtomicU64,
    /// Who has filed where: a first filing opens an area to its filer.
    filed: RwLock<HashSet<(PartyCode, AreaName)>>,
    /// Told of whatever may change what awaits somebody, or who may ask.
    news: watch::Sender<()>,
}

impl Pulse {
    /// The pulse of an office as it opens.
    pub(crate) fn of(fold: &Fold) -> Self {
        let pulse = Self::default();
        pulse.publish(fold);
        for party in fold.state().parties() {
            let losses = fold.losses(&party.code);
            pulse.losses(&party.code).store(losses, Ordering::Release);
        }
        pulse
    }

    /// Publishes where the fold stands; for whoever holds its write lock.
    pub(crate) fn publish(&self, fold: &Fold) {
        let boundary = fold.next_boundary().map_or(i64::MAX, Instant::micros);
        if self.boundary.swap(boundary, Ordering::Release) != boundary {
            self.terms.fetch_add(1, Ordering::AcqRel);
        }
        let before = self.mark.swap(fold.loss_mark(), Ordering::AcqRel);
        for (party, losses) in fold.losses_since(before) {
            let code = &fold.state().party(party).code;
            self.losses(code).store(losses, Ordering::Release);
        }
    }

    /// Notes entries that the fold has taken in: whether they change what agreements open.
    pub(crate) fn note(&self, entries: &[Entry]) {
        let changes = entries.iter().any(|entry| match &entry.act {
            Act::Release(_)
            | Act::Close(_)
            | Act::Recall(_)
            | Act::TellRecall(_)
            | Act::AcknowledgeRecall(_)
            | Act::Decision(_)
            | Act::Liaison(_)
            | Act::Consultation(_)
            | Act::Programme(_)
            | Act::Activity(_)
            | Act::Calendar(_)
            | Act::Statement(_)
            | Act::Notice(_) => false,
            Act::File(act) => {
                let key = (act.originator.clone(), act.area.clone());
                let known = self.filed.read().unwrap_or_else(PoisonError::into_inner);
                let first = !known.contains(&key);
                drop(known);
                if first {
                    let mut filed = self.filed.write().unwrap_or_else(PoisonError::into_inner);
                    filed.insert(key);
                }
                first
            }
            _ => true,
        });
        if changes {
            self.terms.fetch_add(1, Ordering::AcqRel);
        }
        let exchange =
            |entry: &Entry| matches!(entry.act, Act::File(_) | Act::Release(_) | Act::Close(_));
        if !entries.iter().all(exchange) {
            self.news.send_replace(());
        }
    }

    /// Tells of entries that may change what awaits somebody, or who may ask: of all but filings
    /// and receipts.
    pub(crate) fn news(&self) -> watch::Receiver<()> {
        self.news.subscribe()
    }

    /// The losses of a party, to be looked at again and again.
    pub(crate) fn losses(&self, party: &PartyCode) -> Arc<AtomicU64> {
        let known = self.losses.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(losses) = known.get(party) {
            return Arc::clone(losses);
        }
        drop(known);
        // A party that came since the office was opened, and has lost nothing yet.
        let mut losses = self.losses.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(losses.entry(party.clone()).or_default())
    }

    /// Whether the clock has come to where it changes something that nobody has taken in yet.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.boundary.load(Ordering::Acquire) <= now.micros()
    }

    /// Counts the changes of agreements, house rules, parties and accounts: as long as it stands,
    /// what it was read with holds.
    pub(crate) fn terms(&self) -> u64 {
        self.terms.load(Ordering::Acquire)
    }
}
