//! What is released to a party and what of it is shown, wherever it stands in the party's views.
//!
//! It follows from the records and the verdicts alone; no history is in it.

use roaring::RoaringBitmap;

use crate::gate::Released;
use crate::gate::closure::Settled;
use crate::id::RecordNumber;
use crate::state::record_table::Records;
use crate::time::Instant;
use crate::view::News;
use crate::view::area::Step;

/// What is released and shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sight {
    pub(crate) released: Released,
    /// Released and not shown: copies of what is, and claims.
    pub(crate) unshown: RoaringBitmap,
    /// Shown, and not the newest version of its id that is.
    pub(crate) superseded: RoaringBitmap,
}

/// What is shown and superseded of some records.
#[derive(Debug, Default)]
struct Ranking {
    scope: RoaringBitmap,
    unshown: RoaringBitmap,
    superseded: RoaringBitmap,
}

/// So many siblings are ranked one group after the other without looking for a shorter way; fewer
/// where debug assertions are on, so that tests of small worlds go both ways.
const FEW: u64 = if cfg!(debug_assertions) { 1 } else { 2048 };

impl Sight {
    pub(crate) fn is_shown(&self, record: u32) -> bool {
        self.released.numbers().contains(record) && !self.unshown.contains(record)
    }

    /// Of those records the ones that are shown.
    pub(crate) fn shown(&self, among: &RoaringBitmap) -> RoaringBitmap {
        let mut shown = self.released.numbers() & among;
        if !self.unshown.is_empty() {
            shown -= &self.unshown;
        }
        shown
    }

    /// How many of those records are shown.
    pub(crate) fn count(&self, among: &RoaringBitmap) -> u64 {
        self.released.numbers().intersection_len(among) - self.unshown.intersection_len(among)
    }

    /// Packs the sets again after something large came or went.
    fn pack(&mut self) {
        self.released.pack();
        self.unshown.optimize();
        self.superseded.optimize();
    }

    /// Works out what is shown and superseded after what was added and removed, and what that is
    /// for the area views. `whole` is the sight of one to whom all that is alive is released.
    pub(super) fn show(
        &mut self,
        records: &Records,
        settled: &Settled,
        whole: Option<&Self>,
        news: &News<'_>,
    ) -> Step {
        let Settled { added, removed } = settled;
        let anew = added & removed;
        let large = added.len() + removed.len() > LARGE;
        if large || news.fills_a_container() {
            self.pack();
        }
        let mut step = Step {
            moment: news.moment,
            filed: news.effects.filed.clone(),
            appear: added.clone(),
            vanish: removed.clone(),
            demoted: RoaringBitmap::new(),
            promoted: RoaringBitmap::new(),
            superseded: RoaringBitmap::new(),
            renewed: RoaringBitmap::new(),
        };
        let mut siblings = &(added & &records.ranked) | &(removed & &records.ranked);
        siblings |= &(&news.effects.reranked & &records.ranked);
        if siblings.is_empty() {
            // Whatever stood alone has no other version, so it cannot have been superseded.
            return step;
        }
        let ranking = self.rank(records, &siblings, whole);
        let Ranking {
            scope,
            unshown,
            superseded,
        } = ranking;
        let released = self.released.numbers() & &scope;
        let before = (&released - added) | (removed & &scope);
        let anew = anew & &scope;
        let shown_before = before - &self.unshown;
        let shown = released - &unshown;
        step.appear -= &scope;
        step.appear |= (&shown - &shown_before) | (&shown & &anew);
        step.vanish -= &scope;
        step.vanish |= (&shown_before - &shown) | (&shown_before & &anew);
        let superseded_before = &self.superseded & &scope;
        step.demoted = (&superseded - &superseded_before) & &shown_before;
        step.promoted = (&superseded_before - &superseded) & &shown;
        self.unshown -= &scope;
        self.unshown |= unshown;
        self.superseded -= &scope;
        self.superseded |= &superseded;
        step.superseded = superseded;
        step
    }

    /// Ranks the versions of the ids of those siblings again.
    fn rank(&self, records: &Records, siblings: &RoaringBitmap, whole: Option<&Self>) -> Ranking {
        let mut ranking = Ranking::default();
        let mut left = siblings.clone();
        if siblings.len() > FEW {
            // Where nothing of an id is released there is nothing to rank; where every living record
            // of it is, its versions stand as they stand for whoever sees everything.
            let released = &records.ranked & self.released.numbers();
            let hidden = (&records.ranked & &records.alive) - &released;
            if released.len() < siblings.len().min(hidden.len()) {
                ranking.scope = records.ranked.clone();
                left = released;
            } else if let Some(whole) = whole.filter(|_| hidden.len() < siblings.len()) {
                let mut partial = RoaringBitmap::new();
                for record in &hidden {
                    if !partial.contains(record) {
                        partial.extend(group_of(records, record));
                    }
                }
                ranking.scope = &records.ranked - &partial;
                ranking.unshown = &whole.unshown & &ranking.scope;
                ranking.superseded = &whole.superseded & &ranking.scope;
                left &= partial;
            }
        }
        let mut ranked = RoaringBitmap::new();
        let mut group = Vec::new();
        for record in left {
            if ranked.contains(record) {
                continue;
            }
            group.clear();
            for member in group_of(records, record) {
                ranked.insert(member);
                if self.released.numbers().contains(member) {
                    group.push((records.version(RecordNumber(member)), member));
                }
            }
            rank_group(records, &mut group, &mut ranking);
        }
        ranking.scope |= ranked;
        ranking
    }
}

/// The records of the same area and id as this one, itself included.
pub(super) fn group_of(records: &Records, record: u32) -> impl Iterator<Item = u32> + '_ {
    let number = RecordNumber(record);
    let of_area = records
        .label(number)
        .and_then(|label| records.of_area(&label.area));
    let holders = records.id(number).map(|id| records.holders(id));
    holders
        .into_iter()
        .flatten()
        .map(|held| held.0)
        .filter(move |&held| of_area.is_some_and(|of_area| of_area.contains(held)))
}

/// So many records at once are worth packing the sets again.
const LARGE: u64 = if cfg!(debug_assertions) { 4 } else { 4096 };

/// Of the released records of one id: those of its author are shown, the others are not, and of
/// those shown all but the newest version are superseded.
///
/// Whoever files a version of an object does not thereby become its author. The author is who
/// filed the earliest record of the id that is not somebody else's to file: where the creator that
/// a record names is granted to a party, it is that party's to file. What another filed is a copy of
/// the author's version, or a claim.
fn rank_group(records: &Records, group: &mut [(Option<Instant>, u32)], ranking: &mut Ranking) {
    group.sort_unstable();
    let is_author_of = author(records, group.iter().map(|(_, record)| *record));
    let shown = |record: u32| is_author_of(RecordNumber(record));
    let newest = group.iter().rev().find(|(_, record)| shown(*record));
    let newest = newest.map(|(version, _)| *version);
    let mut last = None;
    for &(version, record) in group.iter() {
        if !shown(record) || last == Some(version) {
            ranking.unshown.insert(record);
            continue;
        }
        if Some(version) != newest {
            ranking.superseded.insert(record);
        }
        last = Some(version);
    }
}

/// Whether a record is of the author of its id, among the records that are released of it.
pub(super) fn author(
    records: &Records,
    group: impl Iterator<Item = u32>,
) -> impl Fn(RecordNumber) -> bool {
    let own = group.filter(|&record| !records.is_foreign(RecordNumber(record)));
    let author = own
        .min()
        .and_then(|first| records.originator(RecordNumber(first)));
    move |record| {
        author.is_some() && records.originator(record) == author && !records.is_foreign(record)
    }
}

/// What of the released records is shown.
pub(super) fn shown(records: &Records, released: &Released) -> RoaringBitmap {
    let sight = Sight {
        released: released.clone(),
        ..Sight::default()
    };
    let siblings = released.numbers() & &records.ranked;
    let ranking = sight.rank(records, &siblings, None);
    released.numbers() - &ranking.unshown
}
