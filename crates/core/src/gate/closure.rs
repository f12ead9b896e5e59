//! Rules 4 and 5: the largest set of permitted, living records in which every counting reference
//! is satisfied.
//!
//! The set is kept, not computed anew. After a change, [`settle`] starts from the old set without
//! what was lost, adds everything that might come in, all at once and in good faith, and then
//! takes out whatever has an unsatisfied counting reference until nothing more falls. Adding in
//! good faith is what lets a cycle in; taking out is what makes the result satisfy the rules. What
//! might come in is what newly passes on its own, and whatever waited for it: the candidates that
//! only closure kept out. A set of newcomers that led to nothing new could have been in the old set
//! already, which was the largest.
//!
//! Records come in wholesale. They are looked at one by one only on the smaller of two sides: the
//! newcomers that refer to something, or the records outside to which something refers.

use roaring::RoaringBitmap;

use crate::gate::{Cleared, Permits};
use crate::id::RecordNumber;
use crate::state::PartyIndex;
use crate::state::class::Class;
use crate::state::id_table::IdNumber;
use crate::state::record_table::Records;

/// What is released to one party: the set that rules 1 to 6 give.
// INVARIANT: the two sets are disjoint, and together they are the candidates of the party.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Released {
    pub(crate) set: RoaringBitmap,
    /// Alive and permitted, and kept out by closure alone.
    pub(crate) waiting: RoaringBitmap,
}

impl Released {
    /// The proof that this record is released, if it is.
    pub(crate) fn clear(&self, record: RecordNumber) -> Option<Cleared<RecordNumber>> {
        self.set.contains(record.0).then(|| Cleared::mint(record))
    }

    /// The numbers of the released records.
    pub(crate) fn numbers(&self) -> &RoaringBitmap {
        &self.set
    }

    /// Packs the sets again after something large came or went.
    pub(crate) fn pack(&mut self) {
        self.set.optimize();
        self.waiting.optimize();
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
    /// Released so far, and a candidate no longer.
    lost: RoaringBitmap,
    /// Not released so far, and a candidate that may come in.
    improved: RoaringBitmap,
    /// Released so far, with a reference that may count only now.
    doubtful: RoaringBitmap,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.improved.is_empty() && self.doubtful.is_empty()
    }

    /// Those records are candidates no longer, being dead or not permitted.
    pub(crate) fn lose(&mut self, released: &mut Released, records: &RoaringBitmap) {
        if records.is_empty() {
            return;
        }
        self.lost |= records & &released.set;
        if !released.waiting.is_empty() {
            released.waiting -= records;
        }
    }

    /// Those records are alive and candidates from now on.
    pub(crate) fn gain(&mut self, released: &Released, mut records: RoaringBitmap) {
        if !released.set.is_disjoint(&records) {
            records -= &released.set - &self.lost;
        }
        self.improved |= records;
    }

    /// Those records have just come, and are candidates.
    pub(crate) fn welcome(&mut self, records: RoaringBitmap) {
        self.improved |= records;
    }

    /// Which references of those records count has to be asked again.
    pub(crate) fn recount(&mut self, released: &Released, records: &RoaringBitmap) {
        self.improved |= records & &released.waiting;
        self.doubt(released, records);
    }

    /// Those records may have references that count only now.
    pub(crate) fn doubt(&mut self, released: &Released, records: &RoaringBitmap) {
        self.doubtful |= records & &released.set;
    }
}

/// What a change came to.
#[derive(Debug, Default)]
pub(crate) struct Settled {
    pub(crate) added: RoaringBitmap,
    pub(crate) removed: RoaringBitmap,
}

impl Scene<'_> {
    /// Whether living records of that class are candidates: the party's own, or permitted by the
    /// terms, or anything at all for the host.
    pub(crate) fn is_open(&self, class: &Class, permitted: bool) -> bool {
        permitted || self.party == PartyIndex::HOST || class.key.originator == self.party
    }

    /// Whether the record is derived for the party and the id is that of its creator alone: the
    /// derived object has another creator.
    fn loses_creator(&self, record: RecordNumber, id: IdNumber) -> bool {
        let derived = &self.permits.row(self.party).derived;
        !derived.is_empty()
            && self.records.is_sole_creator(record, id)
            && !self.is_builtin(record)
            && self
                .records
                .class(record)
                .is_some_and(|class| derived.contains_key(&class))
    }

    fn is_builtin(&self, record: RecordNumber) -> bool {
        let id = self.records.id(record);
        id.is_some_and(|id| self.records.is_builtin(id))
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
            && self
                .records
                .holders(id)
                .any(|held| self.may_have(held, referrer))
    }

    /// Whether that party could have the record from us by rules 1 to 3 and 6, withdrawn or not.
    pub(crate) fn may_have(&self, record: RecordNumber, party: PartyIndex) -> bool {
        party == PartyIndex::HOST
            || self.records.originator(record) == Some(party)
            || self.is_permitted(record, party)
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
        self.records.references(record).iter().copied().find(|&id| {
            !self.is_satisfied(id, set)
                && self.counts(id, referrer)
                && !self.loses_creator(record, id)
        })
    }
}

/// So few that counting the other side would cost more than looking at them. Small where debug
/// assertions are on, so that tests of small worlds go both ways.
const FEW: u64 = if cfg!(debug_assertions) { 1 } else { 256 };

/// Takes a change into the released set of a party.
pub(crate) fn settle(scene: Scene<'_>, released: &mut Released, change: Change) -> Settled {
    let Change {
        lost,
        improved,
        doubtful,
    } = change;
    let Released { set, waiting } = released;
    if !lost.is_empty() {
        *set -= &lost;
    }
    let newcomers = newcomers(scene, set, waiting, improved);
    if !newcomers.is_empty() {
        *set |= &newcomers;
    }
    let mut fallen = RoaringBitmap::new();
    if scene.party != PartyIndex::HOST {
        let mut closing = Closing {
            scene,
            set,
            fallen: RoaringBitmap::new(),
            leaving: RoaringBitmap::new(),
        };
        closing.close(&lost, &newcomers, &doubtful);
        fallen = closing.fallen;
    }
    if fallen.is_empty() {
        if !waiting.is_empty() {
            *waiting -= &newcomers;
        }
        return Settled {
            added: newcomers,
            removed: lost,
        };
    }
    let removed = lost | (&fallen - &newcomers);
    let added = newcomers - &fallen;
    *waiting -= &added;
    *waiting |= fallen;
    Settled { added, removed }
}

/// A set from which everything is being taken out that has an open reference.
struct Closing<'a, 's> {
    scene: Scene<'a>,
    set: &'s mut RoaringBitmap,
    fallen: RoaringBitmap,
    // What fell in this round: whoever refers to it may be next.
    leaving: RoaringBitmap,
}

impl Closing<'_, '_> {
    /// Closes the set after that was lost and those came.
    fn close(&mut self, lost: &RoaringBitmap, newcomers: &RoaringBitmap, doubtful: &RoaringBitmap) {
        let records = self.scene.records;
        if !doubtful.is_empty() {
            self.examine(&(doubtful & &records.referring));
        }
        self.miss(&(lost & &records.referred));
        // Of the newcomers only what they themselves refer to can be open.
        let referring = newcomers & &records.referring;
        let outside = records.referred.len() - records.referred.intersection_len(self.set);
        if referring.len() <= FEW.max(outside) {
            self.examine(&referring);
        } else {
            self.forsake(&(&records.referred - &*self.set));
        }
        while !self.leaving.is_empty() {
            let leaving = std::mem::take(&mut self.leaving);
            self.miss(&(leaving & &records.referred));
        }
    }

    /// Those records, to which others refer, are in the set no longer.
    fn miss(&mut self, gone: &RoaringBitmap) {
        if gone.len() > FEW {
            let left = self.set.intersection_len(&self.scene.records.referring);
            if left < gone.len() {
                self.examine(&(&*self.set & &self.scene.records.referring));
                return;
            }
        }
        self.forsake(gone);
    }

    /// Takes out those of the suspects that have an open reference.
    fn examine(&mut self, suspects: &RoaringBitmap) {
        for suspect in suspects {
            if self.set.contains(suspect)
                && self
                    .scene
                    .open_reference(RecordNumber(suspect), self.set)
                    .is_some()
            {
                self.fall(suspect);
            }
        }
    }

    fn fall(&mut self, record: u32) {
        self.set.remove(record);
        self.fallen.insert(record);
        self.leaving.insert(record);
    }

    /// Takes out whatever refers to one of those records where nothing in the set satisfies it.
    fn forsake(&mut self, outside: &RoaringBitmap) {
        let Scene { records, party, .. } = self.scene;
        for record in outside {
            let Some(id) = records.id(RecordNumber(record)) else {
                continue;
            };
            if records.referrers(id).nth(FEW as usize).is_some() {
                if !self.scene.is_satisfied(id, self.set) {
                    self.forsake_hub(id);
                }
                continue;
            }
            let mut satisfied = None;
            for referrer in records.referrers(id).map(|referrer| referrer.0) {
                if !self.set.contains(referrer) {
                    continue;
                }
                if *satisfied.get_or_insert_with(|| self.scene.is_satisfied(id, self.set)) {
                    break;
                }
                let originator = records.originator(RecordNumber(referrer));
                if originator.is_some_and(|originator| {
                    originator != party && self.scene.counts(id, originator)
                }) && !self.scene.loses_creator(RecordNumber(referrer), id)
                {
                    self.fall(referrer);
                }
            }
        }
    }

    /// Takes out whatever makes a counting reference to an id to which very many records refer:
    /// who made it is asked once for all that the same party filed.
    fn forsake_hub(&mut self, id: IdNumber) {
        let Scene { records, party, .. } = self.scene;
        let referrers = records.referrers(id).map(|referrer| referrer.0);
        let mut falling: RoaringBitmap = referrers.collect();
        falling &= &*self.set;
        for filer in records.classes.originators() {
            if filer == party || !self.scene.counts(id, filer) {
                let classes = records.classes.of_originator(filer);
                for class in classes.iter().filter_map(|&at| records.classes.at(at)) {
                    falling -= &class.records;
                }
            }
        }
        for class in self.scene.permits.row(party).derived.keys() {
            let Some(class) = records.classes.at(*class) else {
                continue;
            };
            let derived = (&falling & &class.records) & &records.sole_creators;
            let lose = |&one: &u32| self.scene.loses_creator(RecordNumber(one), id);
            falling -= derived.iter().filter(lose).collect::<RoaringBitmap>();
        }
        *self.set -= &falling;
        self.leaving |= &falling;
        self.fallen |= falling;
    }
}

/// What might come in: the improved candidates, and those that waited for them.
fn newcomers(
    scene: Scene<'_>,
    set: &RoaringBitmap,
    waiting: &RoaringBitmap,
    improved: RoaringBitmap,
) -> RoaringBitmap {
    let mut newcomers = improved;
    if newcomers.is_empty() || waiting.is_empty() {
        return newcomers;
    }
    // Looking for those that waited must not cost more than letting all in, to be looked at later.
    let mut left = waiting.len() / 4 + FEW;
    let leading = &newcomers & &scene.records.referred;
    if leading.len() > left {
        return newcomers | waiting;
    }
    let mut work: Vec<u32> = leading.into_iter().collect();
    while let Some(record) = work.pop() {
        let Some(id) = scene.records.id(RecordNumber(record)) else {
            continue;
        };
        if scene.is_satisfied(id, set) {
            continue;
        }
        for referrer in scene.records.referrers(id) {
            if left == 0 {
                return newcomers | waiting;
            }
            left -= 1;
            if waiting.contains(referrer.0)
                && newcomers.insert(referrer.0)
                && scene.records.referred.contains(referrer.0)
            {
                work.push(referrer.0);
            }
        }
    }
    newcomers
}

/// The released set of a party from nothing.
pub(crate) fn from_nothing(scene: Scene<'_>) -> Released {
    let mut released = Released::default();
    let mut change = Change::default();
    let row = scene.permits.row(scene.party);
    for (number, class) in scene.records.classes.iter() {
        if scene.is_open(class, row.allows(number)) {
            let living = &class.records & &scene.records.alive;
            change.gain(&released, living);
        }
    }
    settle(scene, &mut released, change);
    released
}
