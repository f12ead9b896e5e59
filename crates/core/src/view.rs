//! Views: all that one party may see of one area, in the order in which it became visible to it.
//!
//! The cast. [`Views`] follows the state, act by act and boundary by boundary. `sight` is what the
//! gate releases to a party ([`crate::gate::Released`]) and what of it is shown; it depends on
//! nothing but the verdicts, so the parties with the same verdicts, a *cohort*, share one and it is
//! worked out once for all of them. `area` is the order per area, which depends on the party's
//! history and is shared by those that have the same. `page` reads a page of it. `arrival` and
//! `recount` say what a filing and a changed verdict mean for closure.
//!
//! What a party is shown is what is released to it, one (id, version) once and of the author of the
//! id alone (`sight`); what others filed under the id are *claims*. Of the versions of one id the
//! newest shown is *current*, the others are *superseded*.
//!
//! Every date added is the party's own. It never depends on what the party may not see: the dates
//! within a filing count only what this party was shown of it.

pub(crate) mod area;
mod arrival;
mod boundary;
mod claim;
mod dating;
mod fold;
mod guise;
mod ordinal;
mod page;
mod recount;
mod rehearsal;
pub(crate) mod sight;
mod tally;
mod walk;

pub use area::Place;
pub use claim::Claim;
pub use fold::Fold;
pub use guise::Mapping;
pub use page::{Item, Page, Query, Versions};
pub use rehearsal::{Rehearsal, Sample};
pub use tally::{Since, Tally};

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::gate::Permits;
use crate::gate::closure::{Change, Scene, settle};
use crate::gate::permit::{Flip, Row, Terms};
use crate::id::{AgreementId, AreaName, EntryNumber};
use crate::state::class::ClassNumber;
use crate::state::record_table::Records;
use crate::state::{Effects, PartyIndex, State};
use crate::time::Instant;
use crate::view::area::{AreaView, Passes, Step, Track};
use crate::view::arrival::Arrivals;
use crate::view::recount::recount;
use crate::view::sight::Sight;

/// The views of all parties.
#[derive(Clone, Debug, Default)]
pub struct Views {
    pub(crate) permits: Permits,
    pub(crate) parties: Vec<PartyView>,
    /// Counts every time that some party's `losses` moved.
    pub(crate) lost: u64,
    // The parties with the same verdicts that filed nothing, and everybody else alone; none when
    // verdicts or parties have changed. Worked out from the rest.
    cohorts: Option<Vec<Vec<PartyIndex>>>,
}

/// What one party sees.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartyView {
    /// What is released and shown; shared within a cohort.
    pub(crate) sight: Arc<Sight>,
    pub(crate) areas: BTreeMap<AreaName, AreaView>,
    /// Counts every time that something stopped being released, or came back to its old place.
    pub(crate) losses: u64,
    /// Where `lost` of all views stood when `losses` moved last.
    pub(crate) lost_at: u64,
}

/// When and where in the journal the views change.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// The entry that brings the change, or the last one before it when the clock alone brings it.
    pub(crate) entry: EntryNumber,
    pub(crate) at: Instant,
}

/// What changes for everybody in one step, before the gate is asked.
struct News<'a> {
    state: &'a State,
    effects: &'a Effects,
    moment: Moment,
    ended: RoaringBitmap,
    arrivals: Arrivals,
    flips: HashMap<PartyIndex, Vec<Flip>>,
    recount: RoaringBitmap,
}

impl Views {
    /// Views with those verdicts and parties; what parties share is found out again.
    pub(crate) fn of_parts(permits: Permits, parties: Vec<PartyView>, lost: u64) -> Self {
        Self {
            permits,
            parties,
            lost,
            cohorts: None,
        }
    }

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
        let known = self.parties.len();
        if known < state.parties.len() {
            self.parties
                .resize_with(state.parties.len(), PartyView::default);
            self.cohorts = None;
        }
        let flips = if effects.house {
            self.judge_takers(state, state.party_indexes(), moment.at)
        } else {
            // A new party takes nothing from anybody's view; it only has verdicts of its own.
            let mut flips = self.judge_takers(state, state.party_indexes().skip(known), moment.at);
            flips.extend(self.judge_agreements(state, &effects.agreements, moment.at));
            flips.extend(self.judge_classes(state, &effects.relabelled, moment.at));
            flips
        };
        let arrivals = Arrivals::of(&state.records, effects);
        self.judge_new_classes(state, &arrivals, moment.at);
        self.settle(state, effects, arrivals, flips, moment);
    }

    /// Follows a boundary that the clock alone crossed in those agreements.
    pub(crate) fn cross(&mut self, state: &State, agreements: &[AgreementId], moment: Moment) {
        let flips = self.judge_agreements(state, agreements, moment.at);
        self.settle(
            state,
            &Effects::default(),
            Arrivals::default(),
            flips,
            moment,
        );
    }

    /// Judges again all that those parties take.
    fn judge_takers(
        &mut self,
        state: &State,
        takers: impl Iterator<Item = PartyIndex>,
        at: Instant,
    ) -> Vec<Flip> {
        let classes = &state.records.classes;
        let pairs = takers.flat_map(|party| {
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
        agreements: &[AgreementId],
        at: Instant,
    ) -> Vec<Flip> {
        if agreements.is_empty() {
            return Vec::new();
        }
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
    fn judge_new_classes(&mut self, state: &State, arrivals: &Arrivals, at: Instant) {
        let fresh: Vec<ClassNumber> = arrivals
            .classes
            .iter()
            .filter(|arrival| arrival.is_first(&state.records))
            .map(|arrival| arrival.class)
            .collect();
        if !fresh.is_empty() {
            let _ = self.judge_classes(state, &fresh, at);
            self.cohorts = None;
        }
    }

    /// Brings every party's sight and area views up to date.
    fn settle(
        &mut self,
        state: &State,
        effects: &Effects,
        arrivals: Arrivals,
        flips: Vec<Flip>,
        moment: Moment,
    ) {
        let quiet = effects.ended.is_empty() && effects.reranked.is_empty();
        if arrivals.is_empty() && quiet && flips.is_empty() {
            return;
        }
        if !flips.is_empty() {
            self.cohorts = None;
        }
        let recount = recount(state, &flips);
        let mut by_party: HashMap<PartyIndex, Vec<Flip>> = HashMap::new();
        for flip in flips {
            by_party.entry(flip.party).or_default().push(flip);
        }
        let news = News {
            state,
            effects,
            moment,
            ended: effects.ended.iter().map(|record| record.0).collect(),
            arrivals,
            flips: by_party,
            recount,
        };
        let regrouped = self.cohorts.is_none();
        let cohorts = match self.cohorts.take() {
            Some(cohorts) => cohorts,
            None => self.group(state),
        };
        // The host comes first: what is shown of records that are all released is as it is for it.
        for cohort in &cohorts {
            self.settle_cohort(&news, cohort);
            if regrouped {
                self.unite(cohort);
            }
        }
        self.cohorts = Some(cohorts);
    }

    /// The cohorts. What is released to a party follows from its verdicts alone, unless it is the
    /// host or has records of its own.
    fn group(&self, state: &State) -> Vec<Vec<PartyIndex>> {
        let mut cohorts: Vec<Vec<PartyIndex>> = Vec::new();
        let mut by_row: HashMap<&Row, usize> = HashMap::new();
        for party in state.party_indexes() {
            let filed = !state.records.classes.of_originator(party).is_empty();
            if party == PartyIndex::HOST || filed {
                cohorts.push(vec![party]);
                continue;
            }
            let next = cohorts.len();
            let at = *by_row.entry(self.permits.row(party)).or_insert(next);
            match cohorts.get_mut(at) {
                Some(cohort) => cohort.push(party),
                None => cohorts.push(vec![party]),
            }
        }
        cohorts
    }

    /// Lets the parties of a cohort share one sight: it is equal by now.
    fn unite(&mut self, cohort: &[PartyIndex]) {
        let mut shared: Option<Arc<Sight>> = None;
        for &party in cohort {
            let Some(view) = self.parties.get_mut(party.0 as usize) else {
                continue;
            };
            match &shared {
                None => shared = Some(Arc::clone(&view.sight)),
                Some(sight) if Arc::ptr_eq(sight, &view.sight) => {}
                Some(sight) => {
                    debug_assert_eq!(**sight, *view.sight, "the sight of a cohort is one");
                    view.sight = Arc::clone(sight);
                }
            }
        }
    }

    /// Settles the parties of a cohort, those with the same sight at once.
    fn settle_cohort(&mut self, news: &News<'_>, cohort: &[PartyIndex]) {
        let mut groups: Vec<(*const Sight, Vec<PartyIndex>)> = Vec::new();
        for &party in cohort {
            let Some(view) = self.party(party) else {
                continue;
            };
            let sight = Arc::as_ptr(&view.sight);
            match groups.iter_mut().find(|(known, _)| *known == sight) {
                Some((_, group)) => group.push(party),
                None => groups.push((sight, vec![party])),
            }
        }
        for (_, group) in groups {
            self.settle_group(news, &group);
        }
    }

    fn settle_group(&mut self, news: &News<'_>, group: &[PartyIndex]) {
        let Some(&party) = group.first() else {
            return;
        };
        let Some(known) = self.party(party).map(|view| Arc::clone(&view.sight)) else {
            return;
        };
        let records = &news.state.records;
        let scene = Scene {
            records,
            permits: &self.permits,
            party,
        };
        // Nothing else holds the sight while it changes, so that it is not copied.
        let host = self
            .party(PartyIndex::HOST)
            .filter(|_| party != PartyIndex::HOST)
            .map(|host| Arc::clone(&host.sight));
        let blank = Arc::new(Sight::default());
        for &party in group {
            if let Some(view) = self.parties.get_mut(party.0 as usize) {
                view.sight = Arc::clone(&blank);
            }
        }
        let mut shared = known;
        let sight = Arc::make_mut(&mut shared);
        let change = news.change(scene, sight);
        let is_reranked = !sight.released.set.is_disjoint(&news.effects.reranked);
        let step = if change.is_empty() && !is_reranked {
            None
        } else {
            let settled = settle(scene, &mut sight.released, change);
            let whole = host.as_deref();
            let mut step = sight.show(records, &settled, whole, news);
            step.renewed = news.renewed(scene);
            let lost = !settled.removed.is_empty() || !step.vanish.is_empty();
            Some((lost, step))
        };
        for &party in group {
            if let Some(view) = self.parties.get_mut(party.0 as usize) {
                view.sight = Arc::clone(&shared);
            }
        }
        if let Some((removed, step)) = step {
            if removed {
                self.lose(group);
            }
            self.place(records, group, &step);
        }
    }

    fn lose(&mut self, parties: &[PartyIndex]) {
        for party in parties {
            self.lost += 1;
            if let Some(view) = self.parties.get_mut(party.0 as usize) {
                view.losses += 1;
                view.lost_at = self.lost;
            }
        }
    }

    /// Gives what appeared its place in the area views, those with the same history at once.
    fn place(&mut self, records: &Records, group: &[PartyIndex], step: &Step) {
        let blank = Arc::new(Track::default());
        for (area, of_area) in records.areas() {
            let step = step.within(of_area);
            if step.is_empty() {
                continue;
            }
            // Who has read how far matters to what comes back, and to nothing else.
            let passes_matter = step.brings_back();
            let mut places: HashMap<_, usize> = HashMap::new();
            let mut groups: Vec<(Arc<Track>, Option<Passes>, Vec<PartyIndex>)> = Vec::new();
            for &party in group {
                let Some(party_view) = self.parties.get_mut(party.0 as usize) else {
                    continue;
                };
                let view = match party_view.areas.get_mut(area) {
                    Some(view) => view,
                    None => party_view.areas.entry(area.clone()).or_default(),
                };
                if view.track.segments.is_empty() {
                    view.track = Arc::clone(&blank);
                }
                let track = std::mem::replace(&mut view.track, Arc::clone(&blank));
                let passes = passes_matter.then(|| view.passes.clone());
                let next = groups.len();
                let key = (Arc::as_ptr(&track), passes.clone());
                let at = *places.entry(key).or_insert(next);
                match groups.get_mut(at) {
                    Some((_, _, group)) => group.push(party),
                    None => groups.push((track, passes, vec![party])),
                }
            }
            for (mut track, passes, group) in groups {
                let passes = passes.unwrap_or_default();
                let restored = Arc::make_mut(&mut track).take(records, &step, &passes);
                for party in &group {
                    if let Some(view) = self
                        .parties
                        .get_mut(party.0 as usize)
                        .and_then(|view| view.areas.get_mut(area))
                    {
                        view.track = Arc::clone(&track);
                    }
                }
                if restored {
                    self.lose(&group);
                }
            }
        }
    }
}

impl News<'_> {
    /// Whether a filing reaches into a next block of 65,536 numbers: the one before is full, and
    /// worth packing.
    fn fills_a_container(&self) -> bool {
        let Range { start, end } = self.effects.filed;
        start >> 16 != end >> 16
    }

    /// The records that are derived for a party otherwise than they were when it had them last.
    /// The host's and the party's own never are.
    fn renewed(&self, scene: Scene<'_>) -> RoaringBitmap {
        let mut renewed = RoaringBitmap::new();
        let flips = self.flips.get(&scene.party).into_iter().flatten();
        for flip in flips.filter(|flip| flip.anew) {
            let class = scene.records.classes.at(flip.class);
            if let Some(class) = class.filter(|class| !scene.is_open(class, false)) {
                renewed |= scene.records.derivable(class);
            }
        }
        renewed
    }

    /// What changes for a party before closure.
    fn change(&self, scene: Scene<'_>, sight: &mut Sight) -> Change {
        let records = scene.records;
        let released = &mut sight.released;
        let mut change = Change::default();
        change.lose(released, &self.ended);
        let flips = self.flips.get(&scene.party);
        for flip in flips.into_iter().flatten() {
            let Some(class) = records.classes.at(flip.class) else {
                continue;
            };
            if scene.is_open(class, false) {
                continue;
            }
            if !flip.now {
                change.lose(released, &class.records);
            } else if flip.anew {
                change.lose(released, &records.derivable(class));
            }
            if flip.now {
                change.gain(released, &class.records & &records.alive);
            }
        }
        if !self.recount.is_empty() {
            change.recount(released, &self.recount);
        }
        if !self.arrivals.is_empty() {
            let row = scene.permits.row(scene.party);
            let open: Vec<bool> = self
                .arrivals
                .classes
                .iter()
                .map(|arrival| {
                    let class = records.classes.at(arrival.class);
                    class.is_some_and(|class| scene.is_open(class, row.allows(arrival.class)))
                })
                .collect();
            change.welcome(self.arrivals.of_classes(&open));
            for (arrival, _) in self
                .arrivals
                .classes
                .iter()
                .zip(&open)
                .filter(|(_, open)| !**open)
            {
                let referrers = arrival.referrers(records, scene);
                if !referrers.is_empty() {
                    change.doubt(released, referrers);
                }
            }
        }
        change
    }
}
