//! The records whose references count differently since some verdicts changed.
//!
//! A reference counts if its maker could have what it refers to. So when a verdict changes for a
//! party, what that party filed has to be looked at, and of it only what refers to the class that
//! the verdict is about.

use std::collections::{BTreeMap, BTreeSet};

use roaring::RoaringBitmap;

use crate::gate::permit::Flip;
use crate::id::RecordNumber;
use crate::state::class::ClassNumber;
use crate::state::record_table::Records;
use crate::state::{PartyIndex, State};

/// The records that have to be counted again after those verdicts changed.
pub(super) fn recount(state: &State, flips: &[Flip]) -> RoaringBitmap {
    let records = &state.records;
    let mut by_party: BTreeMap<PartyIndex, BTreeSet<ClassNumber>> = BTreeMap::new();
    for flip in flips {
        // What is the party's own, or the host's to refer to, counts whatever the terms say.
        let own = records
            .classes
            .at(flip.class)
            .is_none_or(|class| class.key.originator == flip.party);
        if flip.party != PartyIndex::HOST && !own {
            by_party.entry(flip.party).or_default().insert(flip.class);
        }
    }
    let mut recount = RoaringBitmap::new();
    for (party, classes) in by_party {
        let filed = filed(records, party);
        if !filed.is_empty() {
            recount |= referring(records, party, &filed, &classes);
        }
    }
    recount
}

/// What that party filed that refers to something.
fn filed(records: &Records, party: PartyIndex) -> RoaringBitmap {
    let classes = &records.classes;
    let mut filed = RoaringBitmap::new();
    for class in classes.of_originator(party) {
        if let Some(class) = classes.at(*class) {
            filed |= &class.records & &records.referring;
        }
    }
    filed
}

/// Of what a party filed, what refers to a record of those classes; found from whichever side is
/// the smaller.
fn referring(
    records: &Records,
    party: PartyIndex,
    filed: &RoaringBitmap,
    classes: &BTreeSet<ClassNumber>,
) -> RoaringBitmap {
    let targets = || {
        let bitmaps = classes
            .iter()
            .filter_map(|&class| records.classes.at(class));
        bitmaps.map(|class| &class.records)
    };
    let reached: u64 = targets()
        .map(|target| target.intersection_len(&records.referred))
        .sum();
    let mut found = RoaringBitmap::new();
    if reached < filed.len() {
        for target in targets() {
            let ids = (target & &records.referred)
                .into_iter()
                .filter_map(|record| records.id(RecordNumber(record)));
            for id in ids {
                let referrers = records.referrers(id).map(|referrer| referrer.0);
                found.extend(
                    referrers.filter(|&referrer| {
                        records.originator(RecordNumber(referrer)) == Some(party)
                    }),
                );
            }
        }
        return found;
    }
    found.extend(filed.iter().filter(|&record| {
        let references = records.references(RecordNumber(record));
        references.iter().any(|&id| {
            let mut held = records.holders(id).filter_map(|held| records.class(held));
            held.any(|class| classes.contains(&class))
        })
    }));
    found
}
