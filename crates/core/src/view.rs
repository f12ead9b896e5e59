//! Views: all that one party may see of one area, in the order in which it became visible to it.
//!
//! The cast. [`Views`] follows the state, act by act and boundary by boundary, and keeps for every
//! party what the gate releases to it ([`crate::gate::Released`]) and per area an `area::AreaView`:
//! what is shown, in which order, since when. `page` reads a page of it.
//!
//! What a party is shown is what is released to it, one (id, version) once: the earliest filed. Of
//! the versions of one id the newest shown is *current*, the others are *superseded*.
//!
//! Every date added is the party's own. It never depends on what the party may not see: the dates
//! within a filing count only what this party was shown of it.

pub(crate) mod area;
mod fold;
mod page;
mod rehearsal;

pub use area::Place;
pub use fold::Fold;
pub use page::{Item, Page, Query, Versions};
pub use rehearsal::{Rehearsal, Sample};

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use crate::gate::closure::{Change, Scene, settle};
use crate::gate::permit::{Flip, Terms};
use crate::gate::{Permits, Released};
use crate::id::{AreaName, EntryNumber, RecordNumber};
use crate::state::class::ClassNumber;
use crate::state::record_table::Records;
use crate::state::{Effects, PartyIndex, State};
use crate::time::Instant;
use crate::view::area::{AreaView, Step};

/// The views of all parties.
#[derive(Clone, Debug, Default)]
pub struct Views {
    pub(crate) permits: Permits,
    parties: Vec<PartyView>,
}

/// What one party sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyView {
    pub(crate) released: Released,
    /// Released, and the earliest filed of its (id, version).
    pub(crate) shown: RoaringBitmap,
    /// Shown, and not the newest version of its id that is.
    pub(crate) superseded: RoaringBitmap,
    pub(crate) areas: BTreeMap<AreaName, AreaView>,
    /// Counts every time that something stopped being released, or came back to its old place.
    pub(crate) losses: u64,
}

/// When and where in the journal the views change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The entry that brings the change, or the last one before it when the clock alone brings it.
    pub(crate) entry: EntryNumber,
    pub(crate) at: Instant,
}

impl Views {
    pub(crate) fn party(&self, party: PartyIndex) -> Option<&PartyView> {
        self.parties.get(party.0 as usize)
    }

    /// Follows what an act changed.
    pub(crate) fn follow(&mut self, state: &State, effects: &Effects, moment: Moment) {
        if let Some((party, area, last)) = &effects.release
            && let Some(view) = self.parties.get_mut(party.0 as usize)
        {
            view.areas
                .entry(area.clone())
                .or_default()
                .pass(moment.entry, *last);
        }
        self.parties
            .resize_with(state.parties.len(), PartyView::default);
        let everything = effects.house || effects.party;
        let flips = if everything {
            self.judge_all(state, moment.at)
        } else {
            let mut flips = self.judge_agreements(state, &effects.agreements, moment.at);
            flips.extend(self.judge_classes(state, &effects.relabelled, moment.at));
            flips
        };
        self.judge_new_classes(state, effects, moment.at);
        self.settle(state, effects, &flips, moment);
    }

    /// Follows a boundary that the clock alone crossed in those agreements.
    pub(crate) fn cross(
        &mut self,
        state: &State,
        agreements: &[crate::id::AgreementId],
        moment: Moment,
    ) {
        let flips = self.judge_agreements(state, agreements, moment.at);
        self.settle(state, &Effects::default(), &flips, moment);
    }

    fn judge_all(&mut self, state: &State, at: Instant) -> Vec<Flip> {
        let classes = &state.records.classes;
        let pairs = state.party_indexes().flat_map(|party| {
            classes
                .iter()
                .map(move |(number, class)| (party, number, class))
        });
        self.permits.judge(Terms::of(state, at), pairs)
    }

    /// Judges again what rests on those agreements: all that their parties take, and all that
    /// their parties gave.
    fn judge_agreements(
        &mut self,
        state: &State,
        agreements: &[crate::id::AgreementId],
        at: Instant,
    ) -> Vec<Flip> {
        let affected: Vec<PartyIndex> = state
            .party_indexes()
            .filter(|&index| {
                agreements
                    .iter()
                    .filter_map(|id| state.agreements.get(id))
                    .any(|agreement| crate::state::concerns(agreement, state.party(index)))
            })
            .collect();
        let classes = &state.records.classes;
        let taken = affected.iter().flat_map(|&party| {
            classes
                .iter()
                .map(move |(number, class)| (party, number, class))
        });
        let given = affected.iter().flat_map(|&originator| {
            classes
                .of_originator(originator)
                .iter()
                .flat_map(move |&number| {
                    state
                        .party_indexes()
                        .filter_map(move |party| Some((party, number, classes.at(number)?)))
                })
        });
        self.permits.judge(Terms::of(state, at), taken.chain(given))
    }

    fn judge_classes(&mut self, state: &State, numbers: &[ClassNumber], at: Instant) -> Vec<Flip> {
        let classes = &state.records.classes;
        let pairs = numbers.iter().flat_map(|&number| {
            state
                .party_indexes()
                .filter_map(move |party| Some((party, number, classes.at(number)?)))
        });
        self.permits.judge(Terms::of(state, at), pairs)
    }

    /// Judges classes that came with a filing. Nobody held a verdict on them, so none flips.
    fn judge_new_classes(&mut self, state: &State, effects: &Effects, at: Instant) {
        if effects.filed.is_empty() {
            return;
        }
        let mut fresh: Vec<ClassNumber> = effects
            .filed
            .clone()
            .filter_map(|record| state.records.class(RecordNumber(record)))
            .filter(|&class| {
                state.records.classes.at(class).is_some_and(|class| {
                    class
                        .records
                        .min()
                        .is_some_and(|first| effects.filed.contains(&first))
                })
            })
            .collect();
        fresh.sort_unstable();
        fresh.dedup();
        let _ = self.judge_classes(state, &fresh, at);
    }

    /// Brings every party's released set and area views up to date.
    fn settle(&mut self, state: &State, effects: &Effects, flips: &[Flip], moment: Moment) {
        if effects.filed.is_empty() && effects.ended.is_empty() && flips.is_empty() {
            return;
        }
        let records = &state.records;
        let recount = recount(state, flips);
        let arrivals = arrivals(records, effects);
        let mut ended = RoaringBitmap::new();
        ended.extend(effects.ended.iter().map(|record| record.0));
        for party in state.party_indexes() {
            let Some(mut view) = self.parties.get_mut(party.0 as usize).map(std::mem::take) else {
                continue;
            };
            let scene = Scene {
                records,
                permits: &self.permits,
                party,
            };
            let mut change = Change::default();
            change.lost |= &ended & view.released.numbers();
            for flip in flips.iter().filter(|flip| flip.party == party) {
                let Some(class) = records.classes.at(flip.class) else {
                    continue;
                };
                if flip.now {
                    change.improved |= &class.records & &records.alive;
                } else if party != PartyIndex::HOST && class.key.originator != party {
                    change.lost |= &class.records & view.released.numbers();
                }
            }
            change.improved |= &recount - view.released.numbers();
            change.doubtful |= &recount & view.released.numbers();
            arrive(scene, &view.released, &arrivals, &mut change);
            if !change.is_empty() {
                let settled = settle(scene, &mut view.released, change);
                if !settled.removed.is_empty() {
                    view.losses += 1;
                }
                let touched = &settled.added | &settled.removed;
                view.show(records, &touched, effects, moment);
            }
            if let Some(slot) = self.parties.get_mut(party.0 as usize) {
                *slot = view;
            }
        }
    }
}

/// The records that refer to something on behalf of parties that may have more or less than
/// before: which of their references count has to be asked again.
fn recount(state: &State, flips: &[Flip]) -> RoaringBitmap {
    let mut parties: Vec<PartyIndex> = flips.iter().map(|flip| flip.party).collect();
    parties.sort_unstable();
    parties.dedup();
    let classes = &state.records.classes;
    let mut filed = RoaringBitmap::new();
    for party in parties {
        for class in classes
            .of_originator(party)
            .iter()
            .filter_map(|&n| classes.at(n))
        {
            filed |= &class.records;
        }
    }
    filed & &state.records.referring
}

/// The records of a filing, by class: all of a class come in together, or none does.
fn arrivals(records: &Records, effects: &Effects) -> Vec<RoaringBitmap> {
    let mut arrivals: BTreeMap<ClassNumber, RoaringBitmap> = BTreeMap::new();
    for record in effects.filed.clone() {
        if let Some(class) = records.class(RecordNumber(record)) {
            arrivals.entry(class).or_default().insert(record);
        }
    }
    arrivals.into_values().collect()
}

/// What arriving records change for a party: they may come in themselves, and they may make
/// references count that did not count before.
fn arrive(scene: Scene<'_>, released: &Released, arrivals: &[RoaringBitmap], change: &mut Change) {
    for arrived in arrivals {
        let candidates = arrived
            .min()
            .is_some_and(|first| scene.is_candidate(RecordNumber(first)));
        if candidates {
            change.improved |= arrived;
            continue;
        }
        for record in arrived & &scene.records.referred {
            let Some(id) = scene.records.id(RecordNumber(record)) else {
                continue;
            };
            if !scene.is_satisfied(id, released.numbers()) {
                change.doubtful.extend(
                    scene
                        .records
                        .referrers(id)
                        .map(|referrer| referrer.0)
                        .filter(|&referrer| released.numbers().contains(referrer)),
                );
            }
        }
    }
}

impl PartyView {
    /// Works out what is shown and current among the touched records, and tells the area views.
    fn show(
        &mut self,
        records: &Records,
        touched: &RoaringBitmap,
        effects: &Effects,
        moment: Moment,
    ) {
        let mut shown = touched & self.released.numbers();
        let mut superseded = RoaringBitmap::new();
        let mut scope = touched.clone();
        let mut ranked = RoaringBitmap::new();
        for record in touched & &records.siblings {
            if ranked.contains(record) {
                continue;
            }
            let group = records.siblings_of(RecordNumber(record));
            ranked |= &group;
            scope |= &group;
            let released = &group & self.released.numbers();
            let (group_shown, group_superseded) = rank(records, &released);
            shown -= &group;
            shown |= group_shown;
            superseded |= group_superseded;
        }
        let step = Step {
            moment,
            filed: effects.filed.clone(),
            appear: &shown - &self.shown,
            vanish: &(&scope & &self.shown) - &shown,
            demoted: &(&superseded - &self.superseded) & &self.shown,
            promoted: &(&(&scope & &self.superseded) - &superseded) & &shown,
            superseded: superseded.clone(),
        };
        self.shown -= &scope;
        self.shown |= shown;
        self.superseded -= &scope;
        self.superseded |= superseded;
        for (area, of_area) in records.areas() {
            let step = step.within(of_area);
            if !step.is_empty() {
                let view = self.areas.entry(area.clone()).or_default();
                if view.take(records, step) {
                    self.losses += 1;
                }
            }
        }
    }
}

/// Of the released records of one id: the earliest filed of each version, and of these all but
/// the newest version.
fn rank(records: &Records, released: &RoaringBitmap) -> (RoaringBitmap, RoaringBitmap) {
    let mut versions: BTreeMap<Option<Instant>, u32> = BTreeMap::new();
    for record in released {
        versions
            .entry(records.version(RecordNumber(record)))
            .or_insert(record);
    }
    let shown: RoaringBitmap = versions.values().copied().collect();
    let newest = versions.values().next_back().copied();
    let superseded = shown
        .iter()
        .filter(|&record| Some(record) != newest)
        .collect();
    (shown, superseded)
}
