//! The records of a filing, by class: all of a class come in together, or none does.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use roaring::RoaringBitmap;

use crate::gate::closure::Scene;
use crate::id::RecordNumber;
use crate::state::class::ClassNumber;
use crate::state::id_table::IdNumber;
use crate::state::record_table::Records;
use crate::state::{Effects, PartyIndex};

/// The records of one class that a filing brought.
pub(super) struct Arrival {
    pub(super) class: ClassNumber,
    pub(super) records: RoaringBitmap,
    first_filed: u32,
    referrers: OnceCell<RoaringBitmap>,
}

/// Parts a filing by class.
pub(super) fn arrivals(records: &Records, effects: &Effects) -> Vec<Arrival> {
    let mut by_class: BTreeMap<ClassNumber, RoaringBitmap> = BTreeMap::new();
    let mut put = |class: Option<ClassNumber>, run: Range<u32>| {
        if let Some(class) = class {
            by_class.entry(class).or_default().insert_range(run);
        }
    };
    // Neighbours in a filing are mostly of one class.
    let mut run = effects.filed.start..effects.filed.start;
    let mut last = None;
    for record in effects.filed.clone() {
        let class = records.class(RecordNumber(record));
        if class != last {
            put(last, run.clone());
            (last, run.start) = (class, record);
        }
        run.end = record + 1;
    }
    put(last, run);
    by_class
        .into_iter()
        .map(|(class, records)| Arrival {
            class,
            records,
            first_filed: effects.filed.start,
            referrers: OnceCell::new(),
        })
        .collect()
}

impl Arrival {
    /// The records that refer to one of these, where the reference may count only now. The same
    /// for every party to whom these are not open.
    pub(super) fn referrers(&self, records: &Records, scene: Scene<'_>) -> &RoaringBitmap {
        self.referrers.get_or_init(|| {
            let mut referrers = RoaringBitmap::new();
            let mut filers: Option<Vec<PartyIndex>> = None;
            for record in &self.records & &records.referred {
                let Some(id) = records.id(RecordNumber(record)) else {
                    continue;
                };
                let earlier = records.holders(id).any(|held| held.0 < self.first_filed);
                let counted = |filers: &[PartyIndex]| {
                    filers.iter().all(|&filer| self.counted(scene, id, filer))
                };
                if records.is_builtin(id)
                    || (earlier && counted(filers.get_or_insert_with(|| filers_of(records))))
                {
                    continue;
                }
                referrers.extend(records.referrers(id).map(|referrer| referrer.0));
            }
            referrers
        })
    }

    /// Whether a reference of that filer to that id counted before this filing came.
    fn counted(&self, scene: Scene<'_>, id: IdNumber, filer: PartyIndex) -> bool {
        let earlier = scene.records.holders(id);
        earlier
            .take_while(|held| held.0 < self.first_filed)
            .any(|held| scene.may_have(held, filer))
    }
}

/// Everybody who ever filed something.
fn filers_of(records: &Records) -> Vec<PartyIndex> {
    let mut filers: Vec<PartyIndex> = records
        .classes
        .iter()
        .map(|(_, class)| class.key.originator)
        .collect();
    filers.sort_unstable();
    filers.dedup();
    filers
}
