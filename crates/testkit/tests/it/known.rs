//! The ids under which a party knows records: another for what is derived, the same for all
//! versions of an object and for everybody under one agreement, and the way back.

use std::collections::BTreeMap;

use legation_core::id::{AgreementId, AreaName, PartyCode, RecordNumber};

use crate::query;
use crate::trial::Trial;

impl Trial {
    /// Checks every id that any party knows.
    pub(crate) fn check_known_ids(&self) {
        // A derived id stands for one object under one agreement, and that for it.
        let mut objects: BTreeMap<String, (&AgreementId, &str)> = BTreeMap::new();
        let mut derived_ids: BTreeMap<(&AgreementId, &str), String> = BTreeMap::new();
        for party in self.judgement.parties() {
            let mut known: BTreeMap<String, Vec<RecordNumber>> = BTreeMap::new();
            for record in 0..self.judgement.record_count() {
                let number = RecordNumber(record as u32);
                let own = self.oracle.name(record).1;
                let id = self.fold.known_id(party, number);
                known.entry(own.into()).or_default();
                known.entry(id.clone()).or_default().push(number);
                let Some(derived) = self.fold.derivation(party, number) else {
                    assert_eq!(id, own, "{party} knows record {number} as it was filed");
                    continue;
                };
                let object = (&derived.agreement, own);
                assert_ne!(id, own, "{party} knows record {number} as another");
                assert_eq!(id.split("--").next(), own.split("--").next());
                assert_eq!(*objects.entry(id.clone()).or_insert(object), object);
                assert_eq!(*derived_ids.entry(object).or_insert(id.clone()), id);
            }
            for (id, records) in known {
                assert_eq!(self.fold.known_records(party, &id), records, "{party} {id}");
            }
        }
    }

    /// Asked for by its own id, a derived record is not there; by the other, it is.
    pub(crate) fn check_ids_asked_for(
        &self,
        party: &PartyCode,
        area: &AreaName,
        shown: &[RecordNumber],
    ) {
        let mut query = query::whole(query::versions(true, false, false));
        for record in shown.iter().rev().take(2) {
            let own = self.oracle.name(record.0 as usize).1;
            let known = self.fold.known_id(party, *record);
            for id in [own, known.as_str()] {
                query.ids = Some(vec![id.into()]);
                let page = query::items(&self.fold.page(party, area, &query));
                assert_eq!(
                    page.iter().any(|(found, _)| found == record),
                    id == known,
                    "record {record} asked for by {party} as {id}"
                );
            }
        }
    }
}
