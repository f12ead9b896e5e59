//! A random world: what might happen next in an office, thrown with seeded dice.
//!
//! It is kept small on purpose. Ids, versions, markings and parties come from short lists, so that
//! records collide, refer to each other in chains and cycles, and come and go all the time.
//! [`draft`] writes agreements, [`filing`] records, [`house`] house rules, `identity` says who
//! speaks for whom; this file throws which
//! act comes next and asks the agreement itself whether that act is allowed. Acts are made here,
//! never judged.

pub mod draft;
pub mod filing;
pub mod house;
mod identity;
mod recall;

use std::collections::BTreeMap;

use legation_core::act::{
    Act, Erase, ResumeAgreement, SetHouse, SignAgreement, SuspendAgreement, TableAgreement,
    TerminateAgreement, Withdraw,
};
use legation_core::agreement::document::Document;
use legation_core::agreement::succession::Agreement;
use legation_core::id::{AgreementId, AgreementVersion, Digest, PartyCode, RecordNumber};
use legation_core::party::{Audience, Party, Status};
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;

use crate::dice::Dice;
use crate::history::add_party;
pub use draft::{Draft, Give, Take};
use filing::Filing;

/// The areas in which everything happens.
pub const AREAS: [&str; 2] = ["cyber", "space"];

/// The parties beside the host that know the office from the start.
pub const EARLY: [(&str, Status); 6] = [
    ("FRA", Status::Member),
    ("USA", Status::Member),
    ("JPN", Status::Partner),
    ("KOR", Status::Partner),
    ("AUS", Status::Partner),
    ("CHE", Status::Observer),
];

/// The parties that come later.
pub const LATE: [(&str, Status); 2] = [("NOR", Status::Member), ("NZL", Status::Partner)];

/// Agreements that may come about: id and other side.
pub const AGREEMENTS: [(&str, &str); 9] = [
    ("charter", "members"),
    ("nato-jpn", "JPN"),
    ("nato-kor", "KOR"),
    ("nato-aus", "AUS"),
    ("nato-che", "CHE"),
    ("nato-nzl", "NZL"),
    ("nato-jpn-space", "JPN"),
    ("nato-fra", "FRA"),
    ("nato-kor-again", "KOR"),
];

/// What may happen next.
#[derive(Clone, Debug)]
pub struct World {
    /// The dice of this world.
    pub dice: Dice,
    filing: Filing,
    drafts: BTreeMap<String, Draft>,
}

impl World {
    /// The world of that seed.
    pub fn seeded(seed: u64) -> Self {
        Self {
            dice: Dice::seeded(seed),
            filing: Filing::default(),
            drafts: BTreeMap::new(),
        }
    }

    /// When something happens next: often at the same instant or microseconds later, at times on
    /// or just before a date that changes something, at times long after it.
    pub fn next_instant(&mut self, now: Instant, boundary: Option<Instant>) -> Instant {
        match self.dice.below(20) {
            0..=4 => now,
            5..=8 => now.plus_micros(self.dice.between(1, 4)),
            9..=15 => now.plus_micros(self.dice.between(1, 20_000_000)),
            16 => boundary.unwrap_or(now).max(now),
            17 => boundary.map_or(now, |at| at.plus_micros(-1)).max(now),
            _ => now.plus_micros(self.dice.between(1, 400_000_000)),
        }
    }

    /// The acts with which an office gets going: its early parties, and most of their agreements
    /// tabled and signed by both sides.
    pub fn beginning(&mut self, now: Instant) -> Vec<Act> {
        let mut acts: Vec<Act> = EARLY
            .iter()
            .map(|(text, status)| add_party(text, *status))
            .collect();
        acts.extend(identity::first(&mut self.dice));
        for (id, other) in &AGREEMENTS[..5] {
            if self.dice.percent(15) {
                continue;
            }
            let mut draft = Draft::random(&mut self.dice, id, other);
            draft.in_force = now;
            let file = draft.render().into_bytes();
            acts.push(Act::TableAgreement(TableAgreement { file }));
            let sides = EARLY.iter().filter(|(text, status)| {
                text == other || (*other == "members" && *status == Status::Member)
            });
            for (party, _) in [("NATO", Status::Host)].iter().chain(sides) {
                let (id, party) = (id.parse().unwrap(), party.parse().unwrap());
                acts.push(sign(id, AgreementVersion(1), party));
            }
            self.drafts.insert(draft.id.clone(), draft);
        }
        acts
    }

    /// What happens at that instant, given what stands.
    pub fn act(&mut self, fold: &Fold, now: Instant) -> Act {
        loop {
            let state = fold.state();
            let act = match self.dice.below(100) {
                0..=43 => Some(self.filing.act(&mut self.dice, state)),
                44..=52 => self.table(state, now),
                53..=69 => self.sign(state, now),
                70..=72 => identity::random(&mut self.dice, state),
                73..=77 => recall::random(&mut self.dice, state),
                78..=80 => self.suspend(state, now),
                81..=85 => self.resume(state, now),
                86 => self.terminate(state, now),
                87..=88 => Some(Act::SetHouse(SetHouse {
                    text: house::random(&mut self.dice),
                })),
                89 => self.late_party(state),
                90..=97 => self.withdraw(state),
                _ => self.erase(state),
            };
            if let Some(act) = act {
                return act;
            }
        }
    }

    /// A draft that follows on what is tabled: a new agreement, or the next version of one.
    pub fn draft(&mut self, state: &State, now: Instant) -> Option<Draft> {
        let (id, other) = *self.dice.pick(&AGREEMENTS);
        if other != "members" && state.find_party(&other.parse().unwrap()).is_none() {
            return None;
        }
        let agreement = state.agreement(&id.parse().unwrap());
        let version = agreement.and_then(Agreement::latest).map_or(1, |latest| {
            latest.number().0 + u32::from(!latest.signatures.is_empty())
        });
        let mut draft = match self.drafts.get(id) {
            Some(last) if self.dice.percent(60) => last.amended(&mut self.dice),
            _ => Draft::random(&mut self.dice, id, other),
        };
        draft.version = version;
        draft.date(&mut self.dice, now);
        Some(draft)
    }

    fn table(&mut self, state: &State, now: Instant) -> Option<Act> {
        let draft = self.draft(state, now)?;
        let file = draft.render().into_bytes();
        let document = Document::parse(&file).expect("a draft that can be read");
        let fresh = Agreement::new(document.id.clone());
        let agreement = state.agreement(&document.id).unwrap_or(&fresh);
        agreement
            .may_table(&document, Digest::of(&file), now)
            .ok()?;
        self.drafts.insert(draft.id.clone(), draft);
        Some(Act::TableAgreement(TableAgreement { file }))
    }

    /// One side of a version signs, whoever comes first in the dice's order.
    fn sign(&mut self, state: &State, now: Instant) -> Option<Act> {
        let mut open: Vec<(AgreementId, AgreementVersion, PartyCode)> = Vec::new();
        for agreement in state.agreements() {
            for version in &agreement.versions {
                for party in signers(state, &version.document) {
                    let may = agreement.may_sign(version.number(), &party.code, party.status, now);
                    if may.is_ok() {
                        open.push((agreement.id.clone(), version.number(), party.code.clone()));
                    }
                }
            }
        }
        let (id, version, party) = (!open.is_empty()).then(|| self.dice.pick(&open).clone())?;
        Some(sign(id, version, party))
    }

    fn agreement<'a>(&mut self, state: &'a State) -> Option<&'a Agreement> {
        let agreements: Vec<&Agreement> = state.agreements().collect();
        (!agreements.is_empty()).then(|| *self.dice.pick(&agreements))
    }

    fn suspend(&mut self, state: &State, now: Instant) -> Option<Act> {
        let agreement = self.agreement(state)?;
        agreement.may_suspend(now).ok()?;
        Some(Act::SuspendAgreement(SuspendAgreement {
            id: agreement.id.clone(),
            reason: "talks".into(),
        }))
    }

    fn resume(&mut self, state: &State, now: Instant) -> Option<Act> {
        let agreement = state
            .agreements()
            .find(|agreement| agreement.may_resume(now).is_ok())?;
        Some(Act::ResumeAgreement(ResumeAgreement {
            id: agreement.id.clone(),
            reason: "talks went well".into(),
        }))
    }

    fn terminate(&mut self, state: &State, now: Instant) -> Option<Act> {
        let agreement = self.agreement(state)?;
        let notice = *self.dice.pick(&[0, 1, 50_000_000, 300_000_000]);
        let effective = now.plus_micros(notice);
        agreement.may_terminate(effective, now).ok()?;
        Some(Act::TerminateAgreement(TerminateAgreement {
            id: agreement.id.clone(),
            effective,
            reason: "notice".into(),
        }))
    }

    fn late_party(&mut self, state: &State) -> Option<Act> {
        LATE.iter()
            .find(|(text, _)| state.find_party(&text.parse().unwrap()).is_none())
            .map(|(text, status)| add_party(text, *status))
    }

    fn alive(&mut self, state: &State) -> Vec<RecordNumber> {
        let alive: Vec<RecordNumber> = (0..state.record_count())
            .map(RecordNumber)
            .filter(|record| state.is_alive(*record))
            .collect();
        self.dice.some(&alive, 2)
    }

    fn withdraw(&mut self, state: &State) -> Option<Act> {
        let records = self.alive(state);
        (!records.is_empty()).then(|| {
            Act::Withdraw(Withdraw {
                records,
                reason: "wrong".into(),
            })
        })
    }

    /// What was withdrawn may be erased too, and so may what is alive.
    fn erase(&mut self, state: &State) -> Option<Act> {
        let record = RecordNumber(self.dice.below(state.record_count() as usize) as u32);
        (state.record_count() > 0).then(|| {
            Act::Erase(Erase {
                records: vec![record],
                reason: "a court said so".into(),
            })
        })
    }
}

/// Who has to sign a document: the host and the other side, all members for a charter.
pub fn signers<'a>(state: &'a State, document: &Document) -> Vec<&'a Party> {
    state
        .parties()
        .filter(|party| {
            party.status == Status::Host
                || match &document.parties.other {
                    Audience::Party(code) => *code == party.code,
                    Audience::Group(group) => *group == party.status,
                }
        })
        .collect()
}

/// The act of signing; nobody looks at the signature in a fold.
pub fn sign(id: AgreementId, version: AgreementVersion, party: PartyCode) -> Act {
    Act::SignAgreement(SignAgreement {
        id,
        version,
        party,
        fingerprint: "SHA256:none".into(),
        signature: String::new(),
    })
}
