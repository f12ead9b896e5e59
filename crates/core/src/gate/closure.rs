//! Rules 4 and 5: the largest set of permitted, living records in which every counting reference
//! is satisfied.
//!
//! The set is kept, not computed anew. After a change, [`settle`] starts from the old set without
//! what was lost, adds everything that might come in, all at once and in good faith, and then
//! takes out whatever has an unsatisfied counting reference until nothing more falls. Adding in
//! good faith is what lets a cycle in; taking out is what makes the result satisfy the rules. What
//! might come in is what newly passes on its own, and whatever leads to it by references through
//! ids that were not satisfied before: a set of newcomers that led to nothing new could have been
//! in the old set already, which was the largest.

use roaring::RoaringBitmap;

use crate::gate::{Cleared, Permits};
use crate::id::RecordNumber;
use crate::state::PartyIndex;
use crate::state::id_table::IdNumber;
use crate::state::record_table::Records;

/// What is released to one party: the set that rules 1 to 6 give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Released(RoaringBitmap);

impl Released {
    /// The proof that this record is released, if it is.
    pub(crate) fn clear(&self, record: RecordNumber) -> Option<Cleared<RecordNumber>> {
        self.0.contains(record.0).then(|| Cleared::mint(record))
    }

    /// The numbers of the released records.
    pub(crate) fn numbers(&self) -> &RoaringBitmap {
        &self.0
    }
}

/// What closure looks at, for one party.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) records: &'a Records,
    pub(crate) permits: &'a Permits,
    pub(crate) party: PartyIndex,
}

/// What changed for one party before closure.
#[derive(Debug, Default)]
pub(crate) struct Change {
    /// Released so far, and now dead or permitted no longer.
    pub(crate) lost: RoaringBitmap,
    /// Not released so far, and now permitted, or with a reference that no longer counts.
    pub(crate) improved: RoaringBitmap,
    /// Released so far, with a reference that may count only now.
    pub(crate) doubtful: RoaringBitmap,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.improved.is_empty() && self.doubtful.is_empty()
    }
}

/// What a change came to.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) added: RoaringBitmap,
    pub(crate) removed: RoaringBitmap,
}

impl Scene<'_> {
    /// Alive, and the party's own or permitted by the terms.
    pub(crate) fn is_candidate(&self, record: RecordNumber) -> bool {
        self.records.alive.contains(record.0)
            && (self.is_exempt(record) || self.is_permitted(record, self.party))
    }

    /// The host, and whoever filed it, need no terms and no closure.
    fn is_exempt(&self, record: RecordNumber) -> bool {
        self.party == PartyIndex::HOST || self.records.originator(record) == Some(self.party)
    }

    fn is_permitted(&self, record: RecordNumber, party: PartyIndex) -> bool {
        self.records
            .class(record)
            .is_some_and(|class| self.permits.allow(party, class))
    }

    /// Whether a reference to that id counts when that party makes it: the office holds a record
    /// of the id, withdrawn or not, which the party could have from us. The built-in TLP ids say
    /// nothing that is not public and never count.
    pub(crate) fn counts(&self, id: IdNumber, referrer: PartyIndex) -> bool {
        !self.records.is_builtin(id)
            && self.records.holders(id).any(|held| {
                referrer == PartyIndex::HOST
                    || self.records.originator(held) == Some(referrer)
                    || self.is_permitted(held, referrer)
            })
    }

    /// Whether some record of that id is in the set.
    pub(crate) fn is_satisfied(&self, id: IdNumber, set: &RoaringBitmap) -> bool {
        self.records.holders(id).any(|held| set.contains(held.0))
    }

    /// The first counting reference of a record that the set does not satisfy.
    pub(crate) fn open_reference(
        &self,
        record: RecordNumber,
        set: &RoaringBitmap,
    ) -> Option<IdNumber> {
        if self.is_exempt(record) {
            return None;
        }
        let referrer = self.records.originator(record)?;
        self.records
            .references(record)
            .iter()
            .copied()
            .find(|&id| !self.is_satisfied(id, set) && self.counts(id, referrer))
    }
}

/// Takes a change into the released set of a party.
pub(crate) fn settle(scene: Scene<'_>, released: &mut Released, change: Change) -> Settled {
    let Change {
        lost,
        improved,
        doubtful,
    } = change;
    let set = &mut released.0;
    let lost = &lost & &*set;
    *set -= &lost;
    let newcomers = newcomers(scene, set, &improved);
    *set |= &newcomers;

    let mut work: Vec<u32> = (&newcomers & &scene.records.referring)
        .into_iter()
        .collect();
    work.extend(&(&doubtful & &*set) & &scene.records.referring);
    for gone in &lost & &scene.records.referred {
        push_referrers(scene, RecordNumber(gone), set, &mut work);
    }
    let mut fallen = RoaringBitmap::new();
    while let Some(record) = work.pop() {
        if set.contains(record) && scene.open_reference(RecordNumber(record), set).is_some() {
            set.remove(record);
            fallen.insert(record);
            if scene.records.referred.contains(record) {
                push_referrers(scene, RecordNumber(record), set, &mut work);
            }
        }
    }
    let removed = &(&lost | &(&fallen - &newcomers)) - &*set;
    // What was lost and came back in the same step has neither come nor gone.
    let added = &(&newcomers - &fallen) - &lost;
    Settled { added, removed }
}

/// Whoever in the set refers to this record's id, if nothing satisfies the id any more.
fn push_referrers(
    scene: Scene<'_>,
    record: RecordNumber,
    set: &RoaringBitmap,
    work: &mut Vec<u32>,
) {
    let Some(id) = scene.records.id(record) else {
        return;
    };
    if !scene.is_satisfied(id, set) {
        work.extend(
            scene
                .records
                .referrers(id)
                .map(|n| n.0)
                .filter(|&referrer| set.contains(referrer)),
        );
    }
}

/// What might come in: the improved candidates, and the candidates that lead to them.
fn newcomers(scene: Scene<'_>, set: &RoaringBitmap, improved: &RoaringBitmap) -> RoaringBitmap {
    let mut newcomers = RoaringBitmap::new();
    let fresh = improved - set;
    for record in &fresh {
        if scene.is_candidate(RecordNumber(record)) {
            newcomers.insert(record);
        }
    }
    let mut work: Vec<u32> = (&newcomers & &scene.records.referred).into_iter().collect();
    while let Some(record) = work.pop() {
        let Some(id) = scene.records.id(RecordNumber(record)) else {
            continue;
        };
        if scene.is_satisfied(id, set) {
            continue;
        }
        for referrer in scene.records.referrers(id) {
            if !set.contains(referrer.0)
                && !newcomers.contains(referrer.0)
                && scene.is_candidate(referrer)
            {
                newcomers.insert(referrer.0);
                if scene.records.referred.contains(referrer.0) {
                    work.push(referrer.0);
                }
            }
        }
    }
    newcomers
}

/// The released set of a party from nothing.
pub(crate) fn from_nothing(scene: Scene<'_>) -> Released {
    let mut released = Released::default();
    let improved = scene.records.alive.clone();
    settle(
        scene,
        &mut released,
        Change {
            improved,
            ..Change::default()
        },
    );
    released
}
