//! Checks on a whole history: folded again from nothing, or saved and loaded on the way, it stands
//! where it stood, its ledger names who was released what, and what a party never saw leaves no
//! trace in what it sees.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::act::{Act, Entry, RevokeKey};
use legation_core::derivation::Derivation;
use legation_core::id::{EntryNumber, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Claim, Fold};
use legation_testkit::dice::Dice;
use legation_testkit::history::code;

use crate::query;
use crate::trial::{Trial, areas};

/// What a fold has for a party.
#[derive(PartialEq)]
struct Sight {
    pages: [Vec<(RecordNumber, Instant)>; 2],
    forms: Vec<(String, Option<Derivation>)>,
    claims: Vec<Claim>,
    losses: u64,
}

impl Trial {
    /// Saves the fold and goes on with what is loaded from that.
    pub(crate) fn reload(&mut self) {
        let saved = self.fold.save();
        let before = self.sights();
        self.fold = Fold::load(&saved).unwrap();
        assert!(
            self.sights() == before,
            "loaded: other pages, ids or claims"
        );
        assert_eq!(self.fold.save(), saved, "saved again: other bytes");
    }

    /// All that anybody can be shown, under which ids and as which objects, and all claims.
    fn sights(&self) -> Vec<Sight> {
        let parties = self.judgement.parties().iter();
        parties.map(|party| self.sight(&self.fold, party)).collect()
    }

    fn sight(&self, fold: &Fold, party: &PartyCode) -> Sight {
        let query = query::whole(query::versions(true, false, false));
        Sight {
            pages: areas().map(|area| query::items(&fold.page(party, &area, &query))),
            forms: (0..fold.state().record_count())
                .map(RecordNumber)
                .map(|record| {
                    (
                        fold.known_id(party, record),
                        fold.derivation(party, record).cloned(),
                    )
                })
                .collect(),
            claims: fold.claims(party).collect(),
            losses: fold.losses(party),
        }
    }

    /// Folds the same entries again, with the clock moved at other times, and saved and loaded at
    /// some.
    pub(crate) fn check_rebuild(&mut self) {
        let mut dice = Dice::seeded(self.tally.steps);
        let mut rebuilt: Option<Fold> = None;
        let mut released: BTreeMap<RecordNumber, Vec<(PartyCode, EntryNumber)>> = BTreeMap::new();
        for entry in self.history.entries() {
            let entry = Entry::decode(&entry.encode()).unwrap();
            if let Some(fold) = &mut rebuilt {
                if dice.percent(30) {
                    let (from, to) = (fold.clock().micros(), entry.at.micros());
                    fold.advance(
                        fold.clock()
                            .plus_micros(dice.between(0, (to - from).max(0))),
                    );
                }
                if dice.percent(10) {
                    *fold = Fold::load(&fold.save()).unwrap();
                }
                if let Act::Release(receipt) = &entry.act {
                    fold.advance(entry.at);
                    for record in fold.released_by(receipt) {
                        let told = released.entry(record).or_default();
                        told.push((receipt.party.clone(), entry.number));
                    }
                }
                fold.apply(&entry).unwrap();
            } else {
                rebuilt = Some(Fold::open(&entry).unwrap());
            }
        }
        let mut rebuilt = rebuilt.unwrap();
        rebuilt.advance(self.now);
        for record in (0..rebuilt.state().record_count()).map(RecordNumber) {
            let told = rebuilt.recipients(record);
            let told: Vec<_> = told
                .iter()
                .map(|(party, release)| ((*party).clone(), release.entry))
                .collect();
            let expected = released.remove(&record).unwrap_or_default();
            assert_eq!(told, expected, "who received {record}");
        }
        assert_eq!(released, BTreeMap::new());
        self.fold.advance(self.now);
        let (one, other) = (rebuilt.save(), self.fold.save());
        let differs = one.iter().zip(&other).position(|(one, other)| one != other);
        assert_eq!(differs, None, "rebuilt: other bytes");
        assert_eq!(one.len(), other.len(), "rebuilt: more or fewer bytes");
        for party in self.judgement.parties() {
            let (one, other) = (self.sight(&rebuilt, party), self.sight(&self.fold, party));
            assert!(
                one == other,
                "rebuilt: other pages, ids or claims of {party}"
            );
            for area in areas() {
                for all in [true, false] {
                    let query = query::whole(query::versions(all, !all, false));
                    let before = self.fold.page(party, &area, &query);
                    let after = rebuilt.page(party, &area, &query);
                    assert_eq!(before, after, "rebuilt: {party} {area}");
                }
            }
        }
    }

    /// Takes out of the history what a party was never released and nobody ever referred to, and
    /// compares what the party sees after every entry.
    pub(crate) fn check_no_trace(&self, party: &PartyCode) {
        let hidden = self.hidden(party);
        let mut moved: BTreeMap<RecordNumber, RecordNumber> = BTreeMap::new();
        let (mut old, mut new) = (0, 0);
        let mut keep = |_: &()| {
            let record = RecordNumber(old);
            old += 1;
            let stays = !hidden.contains(&record);
            if stays {
                moved.insert(record, RecordNumber(new));
                new += 1;
            }
            stays
        };
        let filed = self.history.rewritten(|act| {
            let mut act = act.clone();
            if let Act::File(file) = &mut act {
                file.records.retain(|_| keep(&()));
            }
            act
        });
        let others = |records: &[RecordNumber]| -> Vec<RecordNumber> {
            records
                .iter()
                .filter_map(|one| moved.get(one).copied())
                .collect()
        };
        let twin = filed.rewritten(|act| {
            let mut act = act.clone();
            match &mut act {
                Act::Withdraw(withdraw) => withdraw.records = others(&withdraw.records),
                Act::Erase(erase) => erase.records = others(&erase.records),
                // No view follows from a recall, and one may be of hidden records alone.
                Act::Recall(_) | Act::TellRecall(_) | Act::AcknowledgeRecall(_) => {
                    act = Act::RevokeKey(RevokeKey {
                        party: code("NATO"),
                        fingerprint: "SHA256:none".into(),
                    });
                }
                // Receipts name dates, which are the party's own and the same in both histories.
                _ => {}
            }
            act
        });
        let mut fold = Fold::open(&self.history.entries()[0]).unwrap();
        let mut other = fold.clone();
        for (entry, changed) in self.history.entries().iter().zip(twin.entries()).skip(1) {
            fold.apply(entry).unwrap();
            other.apply(changed).unwrap();
            assert_eq!(fold.losses(party), other.losses(party), "losses of {party}");
            for area in areas() {
                let mut query = query::whole(query::versions(true, false, false));
                query.limit = 50;
                let (page, twin_page) = (
                    fold.page(party, &area, &query),
                    other.page(party, &area, &query),
                );
                let expected: Vec<_> = query::items(&page)
                    .into_iter()
                    .map(|(record, date)| (moved[&record], date))
                    .collect();
                assert_eq!(
                    query::items(&twin_page),
                    expected,
                    "{party} {area} after entry {}: dates tell of what is hidden",
                    entry.number
                );
                assert_eq!((page.more, page.until), (twin_page.more, twin_page.until));
                for (record, _) in query::items(&page) {
                    assert_eq!(
                        fold.known_id(party, record),
                        other.known_id(party, moved[&record]),
                        "{party}: ids tell of what is hidden"
                    );
                }
            }
        }
    }

    fn hidden(&self, party: &PartyCode) -> BTreeSet<RecordNumber> {
        let mut referred = BTreeSet::new();
        let mut filed = Vec::new();
        for entry in self.history.entries() {
            if let Act::File(file) = &entry.act {
                for head in &file.records {
                    let markings = head.object_markings.iter().chain(&head.granular_markings);
                    referred.extend(markings.chain(&head.references).cloned());
                    filed.push(head.id.clone());
                }
            }
        }
        let ever = &self.ever[party];
        (0..filed.len() as u32)
            .map(RecordNumber)
            .filter(|record| !ever.contains(record))
            .filter(|record| !referred.contains(&filed[record.0 as usize]))
            .collect()
    }
}
