//! The records of a filing, by class: all of a class come in together, or none does.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use roaring::RoaringBitmap;

use crate::gate::closure::Scene;
use crate::id::RecordNumber;
use crate::state::class::ClassNumber;
use crate::state::id_table::IdNumber;
use crate::state::record_table::Records;
use crate::state::{Effects, PartyIndex};

/// The records that a filing brought.
#[derive(Default)]
pub(super) struct Arrivals {
    pub(super) classes: Vec<Arrival>,
    // The filing in order: places in `classes`, and the records that follow each other there.
    runs: Vec<(usize, Range<u32>)>,
    filed: Range<u32>,
}

/// The records of one class that a filing brought.
pub(super) struct Arrival {
    pub(super) class: ClassNumber,
    runs: Vec<Range<u32>>,
    first_filed: u32,
    referrers: OnceCell<RoaringBitmap>,
}

impl Arrivals {
    /// Parts a filing by class.
    pub(super) fn of(records: &Records, effects: &Effects) -> Self {
        let mut arrivals = Self {
            filed: effects.filed.clone(),
            ..Self::default()
        };
        let mut places: HashMap<ClassNumber, usize> = HashMap::new();
        let mut last = None;
        for record in effects.filed.clone() {
            let Some(class) = records.class(RecordNumber(record)) else {
                continue;
            };
            // Neighbours in a filing are mostly of one class.
            match arrivals.runs.last_mut() {
                Some((_, run)) if last == Some(class) => run.end = record + 1,
                _ => {
                    let next = arrivals.classes.len();
                    let place = *places.entry(class).or_insert(next);
                    if place == next {
                        arrivals.classes.push(Arrival {
                            class,
                            runs: Vec::new(),
                            first_filed: effects.filed.start,
                            referrers: OnceCell::new(),
                        });
                    }
                    arrivals.runs.push((place, record..record + 1));
                }
            }
            last = Some(class);
        }
        for (place, run) in &arrivals.runs {
            if let Some(arrival) = arrivals.classes.get_mut(*place) {
                arrival.runs.push(run.clone());
            }
        }
        arrivals
    }

    pub(super) fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The records of the classes that are open, by their places in `classes`.
    pub(super) fn of_classes(&self, open: &[bool]) -> RoaringBitmap {
        let mut records = RoaringBitmap::new();
        if open.iter().all(|open| *open) {
            records.insert_range(self.filed.clone());
            return records;
        }
        for (place, run) in &self.runs {
            if open.get(*place).is_some_and(|open| *open) {
                if run.len() > 8 {
                    records.insert_range(run.clone());
                } else {
                    records.extend(run.clone());
                }
            }
        }
        records
    }
}

impl Arrival {
    /// Whether no record of the class came before.
    pub(super) fn is_first(&self, records: &Records) -> bool {
        let class = records.classes.at(self.class);
        let first = class.and_then(|class| class.records.min());
        first.is_some_and(|first| first >= self.first_filed)
    }

    /// The records that refer to one of these, where the reference may count only now. The same
    /// for every party to whom these are not open.
    pub(super) fn referrers(&self, records: &Records, scene: Scene<'_>) -> &RoaringBitmap {
        self.referrers.get_or_init(|| {
            let mut referrers = RoaringBitmap::new();
            let arrived = self.runs.iter().flat_map(Clone::clone);
            for record in arrived.filter(|&record| records.referred.contains(record)) {
                let Some(id) = records.id(RecordNumber(record)) else {
                    continue;
                };
                let earlier = records.holders(id).any(|held| held.0 < self.first_filed);
                let counted = || {
                    let mut filers = records.classes.originators();
                    filers.all(|filer| self.counted(scene, id, filer))
                };
                if records.is_builtin(id) || (earlier && counted()) {
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
