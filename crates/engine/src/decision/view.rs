//! What of a decision a caller is shown: the rest is not there.

use legation_core::act::{Actor, Procedure, Voice};
use legation_core::affairs::decision::{
    Decision, Decisions, Expiry, Extension, Outcome, Permit, Position, Sight,
};
use legation_core::id::{DecisionId, Digest, EntryNumber, PartyCode};
use legation_core::time::Instant;

use super::find;
use crate::admit::{Caller, staff};
use crate::error::EngineError;
use crate::office::Office;

/// A decision in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionRow {
    /// Its id.
    pub id: DecisionId,
    /// What it is about.
    pub title: String,
    /// What has become of it.
    pub outcome: Outcome,
    /// SHA-256 of the text.
    pub digest: Digest,
    /// How consensus is found, and by when; not for whoever is only told of adoptions.
    pub course: Option<(Procedure, Expiry)>,
    /// Whether the caller's party is asked and has not spoken yet.
    pub awaits: bool,
}

/// A decision as a caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionView {
    /// Its id.
    pub id: DecisionId,
    /// What it is about.
    pub title: String,
    /// The text.
    pub text: String,
    /// SHA-256 of the text.
    pub digest: Digest,
    /// What has become of it.
    pub outcome: Outcome,
    /// The rest; not for whoever is only told of adoptions.
    pub inside: Option<DecisionInside>,
}

/// What those see who decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionInside {
    /// How consensus is found.
    pub procedure: Procedure,
    /// The entry that put it on the table.
    pub entry: EntryNumber,
    /// When that was.
    pub tabled: Instant,
    /// By when it is to be decided.
    pub expiry: Expiry,
    /// More time that was given.
    pub extensions: Vec<Extension>,
    /// Who is asked.
    pub asked: Vec<PartyCode>,
    /// Who else learns of the adoption.
    pub told: Vec<PartyCode>,
    /// What the adoption permits.
    pub permits: Permit,
    /// Why there was less time than the house rules ask for.
    pub urgent: Option<String>,
    /// The decision on whose text this is an amended one, if the caller may see that.
    pub predecessor: Option<DecisionId>,
    /// The decisions on amended texts of this one that the caller may see.
    pub successors: Vec<DecisionId>,
    /// What was said.
    pub positions: Vec<DecisionPosition>,
    /// What came too late.
    pub late: Vec<DecisionPosition>,
    /// What the chair noted about the meeting or the withdrawal.
    pub note: Option<String>,
    /// When those asked are reminded, and how many hours before the expiry that is.
    pub reminders: Vec<(Instant, u32)>,
    /// Who is asked and has not spoken.
    pub awaited: Vec<PartyCode>,
    /// The entry that certifies the adoption.
    pub certificate: Option<EntryNumber>,
}

/// What a party said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionPosition {
    /// The entry.
    pub entry: EntryNumber,
    /// When.
    pub at: Instant,
    /// Which party.
    pub party: PartyCode,
    /// What.
    pub voice: Voice,
    /// In which words.
    pub text: Option<String>,
    /// Whether the office entered what it had received in writing.
    pub is_entered: bool,
    /// Who it was; for the office's own people and the party itself.
    pub actor: Option<Actor>,
}

fn position(one: &Position, caller: &Caller) -> DecisionPosition {
    let is_told = staff(caller).is_ok() || caller.party == one.party;
    DecisionPosition {
        entry: one.entry,
        at: one.at,
        party: one.party.clone(),
        voice: one.voice,
        text: one.text.clone(),
        is_entered: one.actor.party() != Some(&one.party),
        actor: is_told.then(|| one.actor.clone()),
    }
}

impl Office {
    /// The decisions that a caller may see, as they were tabled.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn decisions(&self, caller: &Caller) -> Result<Vec<DecisionRow>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let all = fold.state().affairs().decisions.iter();
        let seen = all.filter_map(|one| {
            let sight = one.sight(&caller.party, staff(caller).is_ok(), now)?;
            let course = || (one.procedure, one.expiry.clone());
            Some(DecisionRow {
                id: one.id.clone(),
                title: one.title.clone(),
                outcome: one.outcome(now),
                digest: one.digest,
                course: (sight != Sight::Told).then(course),
                awaits: one.awaits(&caller.party, now),
            })
        });
        Ok(seen.collect())
    }

    /// One decision, as far as the caller may see it.
    ///
    /// # Errors
    /// When there is none that the caller may see.
    pub fn decision(&self, caller: &Caller, id: &DecisionId) -> Result<DecisionView, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let (one, sight) = find(&fold, caller, id, now)?;
        let rules = &fold.state().house.decision;
        let all = &fold.state().affairs().decisions;
        let inside = || DecisionInside {
            reminders: one.reminders(rules),
            ..inside(all, one, caller, now)
        };
        Ok(DecisionView {
            id: one.id.clone(),
            title: one.title.clone(),
            text: String::from_utf8_lossy(&one.text).into_owned(),
            digest: one.digest,
            outcome: one.outcome(now),
            inside: (sight != Sight::Told).then(inside),
        })
    }
}

fn inside(all: &Decisions, one: &Decision, caller: &Caller, now: Instant) -> DecisionInside {
    let is_staff = staff(caller).is_ok();
    let is_seen = |id: &&DecisionId| {
        let other = all.get(id);
        other.is_some_and(|other| other.is_seen_by(&caller.party, is_staff, now))
    };
    let awaited = one.asked.iter().filter(|party| one.awaits(party, now));
    DecisionInside {
        procedure: one.procedure,
        entry: one.entry,
        tabled: one.tabled,
        expiry: one.expiry.clone(),
        extensions: one.extensions.clone(),
        asked: one.asked.clone(),
        told: one.told.clone(),
        permits: one.permits.clone(),
        urgent: one.urgent.clone(),
        predecessor: one.predecessor.as_ref().filter(is_seen).cloned(),
        successors: one.successors.iter().filter(is_seen).cloned().collect(),
        positions: one
            .positions
            .iter()
            .map(|said| position(said, caller))
            .collect(),
        late: one.late.iter().map(|said| position(said, caller)).collect(),
        note: one.note().map(str::to_owned),
        reminders: Vec::new(),
        awaited: awaited.cloned().collect(),
        certificate: one.certificate,
    }
}
