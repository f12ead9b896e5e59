//! The judgement: for every record and party, released or not and by which rule, and what a view
//! shows of it.
//!
//! Worked out whole for one instant; two judgements share nothing.

use std::sync::Arc;

use legation_core::agreement::document::{Document, Take};
use legation_core::gate::Rule;
use legation_core::id::{AreaName, PartyCode, RecordId};
use legation_core::label::{Level, tlp_level};
use legation_core::time::Instant;

use super::label::{Label, gives, has_kind, names};
use super::{Derived, Held, Oracle};

/// What the rules say of one record and one party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Released: to its originator, to the host, or because all rules hold.
    Released,
    /// Refused, by the first rule that does not hold: alive, take, give, named, house, closure.
    Refused(Rule),
}

/// Everything at one instant.
#[derive(Clone, Debug)]
pub struct Judgement {
    parties: Vec<PartyCode>,
    // One row a party, one column a record.
    answers: Vec<Vec<Answer>>,
    derived: Vec<Vec<Option<Derived>>>,
    // How many references to a creator were waived where they would have kept the record back.
    waived: u64,
    pub(super) filed: Vec<Filed>,
}

/// What a view has to know of a record.
#[derive(Clone, Debug)]
pub(super) struct Filed {
    pub(super) area: AreaName,
    pub(super) id: RecordId,
    pub(super) version: Option<Instant>,
    pub(super) originator: PartyCode,
    pub(super) is_foreign: bool,
}

/// A party and what counts for it.
struct Side<'a> {
    party: &'a PartyCode,
    taking: Vec<Arc<Document>>,
    giving: Vec<Arc<Document>>,
}

impl Oracle {
    /// Applies the rules to every record and party.
    pub fn judge(&self, at: Instant) -> Judgement {
        let sides: Vec<Side<'_>> = self
            .parties()
            .map(|party| Side {
                party,
                taking: self.in_force(party, at),
                giving: self.giving(party, at),
            })
            .collect();
        let origin: Vec<usize> = self
            .records
            .iter()
            .map(|held| sides.iter().position(|side| *side.party == held.originator))
            .map(|found| found.expect("records are filed by parties"))
            .collect();
        let labels: Vec<Label> = self
            .records
            .iter()
            .zip(&origin)
            .map(|(held, &origin)| self.label(held, &sides[origin].giving, None))
            .collect();
        let derived: Vec<Vec<Option<Derived>>> = sides
            .iter()
            .map(|taker| {
                let records = self.records.iter();
                records
                    .map(|held| self.derived(held, taker.party, &taker.taking))
                    .collect()
            })
            .collect();
        // What rules 1, 2, 3 and 6 say, dead or alive.
        let permits: Vec<Vec<Result<(), Rule>>> = sides
            .iter()
            .zip(&derived)
            .map(|(taker, derived)| {
                (0..self.records.len())
                    .map(|r| {
                        let (held, giver) = (&self.records[r], &sides[origin[r]]);
                        let bound = derived[r].as_ref().and_then(|derived| derived.above);
                        let left = bound.map(|_| self.label(held, &giver.giving, bound));
                        self.permit(held, left.as_ref().unwrap_or(&labels[r]), giver, taker)
                    })
                    .collect()
            })
            .collect();
        let answers: Vec<Vec<Answer>> = (0..sides.len())
            .map(|taker| self.close(taker, &permits, &origin, &derived[taker]))
            .collect();
        let mut waived = 0;
        for (answers, derived) in answers.iter().zip(&derived) {
            for r in (0..self.records.len()).filter(|&r| answers[r] == Answer::Released) {
                let waives = self.waives(&self.records[r], derived[r].as_ref());
                let creator = self.records[r].head.creator();
                waived += creator.map_or(0, |id| {
                    let counts = self.counts(id, &permits[origin[r]]);
                    u64::from(waives && counts && !self.satisfied(id, answers))
                });
            }
        }
        Judgement {
            parties: self.parties().cloned().collect(),
            answers,
            derived,
            waived,
            filed: self.records.iter().map(|held| self.filed(held)).collect(),
        }
    }

    /// Rules 1, 2, 3 and 6; the originator and the host need none of them.
    fn permit(
        &self,
        held: &Held,
        label: &Label,
        giver: &Side<'_>,
        taker: &Side<'_>,
    ) -> Result<(), Rule> {
        let (party, status) = (taker.party, self.status(taker.party));
        if *party == held.originator || party == self.host() {
            return Ok(());
        }
        let (area, kind) = (&held.area, &held.head.kind);
        if taker.taking.is_empty() {
            return Err(Rule::Take);
        }
        // Without a level no rule can be held against it; the giving side owes the level.
        let level = label.level.ok_or(Rule::Give)?;
        let takes = |take: &Take| {
            take.area == *area
                && has_kind(take.kinds.as_ref(), kind)
                && take
                    .from
                    .as_ref()
                    .is_none_or(|from| names(from, &held.originator, self.status(&held.originator)))
                && level <= take.up_to
                && label.unknown.iter().all(|one| take.accepts.contains(one))
        };
        if !taker.taking.iter().any(|one| one.take.iter().any(takes)) {
            return Err(Rule::Take);
        }
        let given = held.originator == *self.host()
            || gives(&giver.giving, area, kind)
                .any(|give| level <= give.up_to && names(&give.onward, party, status));
        if !given {
            return Err(Rule::Give);
        }
        let named = label.named.iter().all(|list| names(list, party, status));
        if !named || (level == Level::Red && label.named.is_empty()) {
            return Err(Rule::Named);
        }
        let permitted = self.house.ceiling.iter().any(|rule| {
            level <= rule.up_to
                && rule.area.as_ref().is_none_or(|one| one == area)
                && has_kind(rule.kinds.as_ref(), kind)
                && rule
                    .from
                    .as_ref()
                    .is_none_or(|from| names(from, &held.originator, self.status(&held.originator)))
                && rule.to.as_ref().is_none_or(|to| names(to, party, status))
        });
        if permitted { Ok(()) } else { Err(Rule::House) }
    }

    /// Rules 5 and 4: starts from all that is alive and permitted, and takes away whatever has a
    /// counting reference that nothing left satisfies, until nothing more goes.
    fn close(
        &self,
        taker: usize,
        permits: &[Vec<Result<(), Rule>>],
        origin: &[usize],
        derived: &[Option<Derived>],
    ) -> Vec<Answer> {
        let mut answers: Vec<Answer> = self
            .records
            .iter()
            .zip(&permits[taker])
            .map(|(held, permit)| match permit {
                _ if !held.alive => Answer::Refused(Rule::Alive),
                Ok(()) => Answer::Released,
                Err(rule) => Answer::Refused(*rule),
            })
            .collect();
        loop {
            let lost: Vec<usize> = (0..self.records.len())
                .filter(|&r| answers[r] == Answer::Released)
                .filter(|&r| origin[r] != taker && taker != 0)
                .filter(|&r| {
                    let held = &self.records[r];
                    let waives = self.waives(held, derived[r].as_ref());
                    held.head.references.iter().any(|id| {
                        !(waives && held.head.creator() == Some(id))
                            && self.counts(id, &permits[origin[r]])
                            && !self.satisfied(id, &answers)
                    })
                })
                .collect();
            if lost.is_empty() {
                return answers;
            }
            for r in lost {
                answers[r] = Answer::Refused(Rule::Closure);
            }
        }
    }

    /// "A reference of a derived record to its creator is waived if the creator is referred to as
    /// created_by_ref and as nothing else": the derived object names another creator.
    fn waives(&self, held: &Held, derived: Option<&Derived>) -> bool {
        derived.is_some() && held.head.creator.is_some_and(|creator| creator.alone)
    }

    fn holders<'a>(&'a self, id: &'a RecordId) -> impl Iterator<Item = usize> + 'a {
        (0..self.records.len()).filter(move |&r| self.records[r].head.id == *id)
    }

    /// "A reference to an id counts if the office holds a record of that id, withdrawn or not,
    /// which the originator of `r` is itself permitted." The built-in TLP ids never count.
    fn counts(&self, id: &RecordId, originator_may: &[Result<(), Rule>]) -> bool {
        tlp_level(id.as_str()).is_none() && self.holders(id).any(|r| originator_may[r].is_ok())
    }

    fn satisfied(&self, id: &RecordId, answers: &[Answer]) -> bool {
        self.holders(id).any(|r| answers[r] == Answer::Released)
    }
}

impl Judgement {
    /// The parties that it is about, the host first.
    pub fn parties(&self) -> &[PartyCode] {
        &self.parties
    }

    /// How many records it is about.
    pub fn record_count(&self) -> usize {
        self.filed.len()
    }

    /// What it says of a record and a party, by its place.
    pub fn answer(&self, party: usize, record: usize) -> Answer {
        self.answers[party][record]
    }

    /// What a record is derived by for a party, released or not; none if it is shown as it was
    /// filed.
    pub fn derived(&self, party: usize, record: usize) -> Option<&Derived> {
        self.derived[party][record].as_ref()
    }

    /// How many released records would have been kept back by a reference to their creator, had
    /// it not been waived.
    pub fn waived(&self) -> u64 {
        self.waived
    }
}
