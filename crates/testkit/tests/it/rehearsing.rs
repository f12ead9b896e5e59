//! The rehearsal against what then happens: random drafts, rehearsed on one hand, tabled and
//! signed by everybody on the other.

use std::collections::BTreeMap;

use legation_core::act::{Act, TableAgreement};
use legation_core::agreement::document::Document;
use legation_core::id::{AreaName, Digest, PartyCode, RecordNumber};
use legation_testkit::world::{sign, signers};

use crate::trial::{Trial, areas};

impl Trial {
    /// A new draft, or a version that lies on the table.
    fn rehearsable(&mut self) -> Option<Vec<u8>> {
        let state = self.fold.state();
        if self.world.dice.percent(75) {
            let draft = self.world.draft(state, self.now)?;
            return Some(draft.render().into_bytes());
        }
        let tabled: Vec<Digest> = state
            .agreements()
            .filter_map(|agreement| Some(agreement.latest()?.digest))
            .collect();
        let digest = (!tabled.is_empty()).then(|| *self.world.dice.pick(&tabled))?;
        Some(state.agreement_file(&digest)?.to_vec())
    }

    /// Rehearses a random draft.
    pub(crate) fn rehearse(&mut self) {
        let Some(file) = self.rehearsable() else {
            return;
        };
        let document = Document::parse(&file).unwrap();
        let rehearsed = self
            .fold
            .rehearse(document.clone(), Digest::of(&file), self.now);

        let (mut without, mut with) = (self.fold.clone(), self.fold.clone());
        let mut history = self.history.clone();
        let (id, version) = (document.id.clone(), document.version);
        let tabled = self.oracle.is_tabled(&document, Digest::of(&file));
        let mut acts = Vec::new();
        if !tabled {
            acts.push(Act::TableAgreement(TableAgreement { file }));
        }
        for party in signers(self.fold.state(), &document) {
            if !tabled || !self.oracle.has_signed(&id, version, &party.code) {
                acts.push(sign(id.clone(), version, party.code.clone()));
            }
        }
        let nothing_left = acts.is_empty();
        let mut happens = Ok(());
        for act in acts {
            if happens.is_ok() {
                happens = with.apply(history.push(self.now, act));
            }
        }
        let Ok(rehearsed) = rehearsed else {
            // What was given notice cannot be rehearsed, nor what everybody has signed long ago.
            assert!(happens.is_err() || nothing_left, "{document:?}");
            return;
        };
        happens.expect("what can be rehearsed can happen");
        let at = document.in_force.max(self.now);
        without.advance(at);
        with.advance(at);

        let mut renewals = 0;
        let mut changes: BTreeMap<(PartyCode, AreaName), (u64, u64)> = BTreeMap::new();
        for party in self.judgement.parties() {
            for area in areas() {
                let (old, new) = (without.shown(party, &area), with.shown(party, &area));
                // What stays and is derived otherwise is lost as the one object and gained as the
                // other.
                let is_renewed = |one: &RecordNumber| {
                    let forms = [&without, &with].map(|side| side.derivation(party, *one));
                    old.contains(one) && new.contains(one) && forms[0] != forms[1]
                };
                let renewed = old.iter().filter(|one| is_renewed(one)).count() as u64;
                let gains = new.iter().filter(|one| !old.contains(one)).count() as u64 + renewed;
                let loses = old.iter().filter(|one| !new.contains(one)).count() as u64 + renewed;
                renewals += renewed;
                if gains + loses > 0 {
                    changes.insert((party.clone(), area), (gains, loses));
                }
            }
        }
        let mut told: BTreeMap<(PartyCode, AreaName), (u64, u64)> = BTreeMap::new();
        for change in rehearsed {
            for sample in &change.samples {
                let moved = |side: &legation_core::view::Fold| {
                    let shown = side.shown(&change.party, &change.area);
                    shown
                        .iter()
                        .filter(|one| side.state().record_id(**one) == sample.id.as_str())
                        .count()
                };
                assert_ne!((moved(&without), moved(&with)), (0, 0), "{sample:?}");
            }
            if change.gains + change.loses > 0 {
                let samples = change.samples.len() as u64;
                assert!(samples > 0 && samples <= change.gains + change.loses);
                told.insert((change.party, change.area), (change.gains, change.loses));
            }
        }
        assert_eq!(
            told, changes,
            "rehearsed, then happened; draft {document:?}"
        );
        self.tally.rehearsals += 1;
        self.tally.rehearsed_renewals += renewals;
    }
}
