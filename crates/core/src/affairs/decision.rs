//! Texts put to the members, and what became of them: the fold of [`DecisionAct`].
//!
//! The cast. [`Decisions`] holds every [`Decision`]; [`Decision::outcome`] says what has become of one
//! at an instant, and is a function of the entries and that instant alone, so the office need not be
//! running at the expiry. [`Decision::sight`] is the one rule who may see what of it. What a party
//! or the chair may do next is in `step`.
//!
//! The expiry is the first instant at which silence counts as agreement: what an entry says counts
//! if the entry is before it, and an objection at the very instant is too late.
//!
//! Nothing here tells anybody anything, and nothing waits for a clock.

mod error;
mod expiry;
mod outcome;
mod step;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use minicbor::{Decode, Encode};

pub use error::DecisionError;
pub use expiry::{Expiry, show_in};
pub use outcome::Outcome;
pub use step::{
    LATE_MAX, LIST_MAX, POSITIONS_MAX, TEXT_MAX, TITLE_MAX, check_table, check_words, require,
};

use crate::act::{
    Actor, CertifyDecision, DecisionAct, Entry, Procedure, SayPosition, TableDecision, Voice,
};
use crate::house::DecisionRule;
use crate::id::{AgreementId, DecisionId, Digest, EntryNumber, LiaisonId, PartyCode};
use crate::state::FoldError;
use crate::time::Instant;

/// What the adoption of a text permits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[non_exhaustive]
pub enum Permit {
    /// Nothing but what the text says.
    #[n(0)]
    None,
    /// The host signs the version of an agreement that has these bytes.
    #[n(1)]
    Sign {
        /// Which agreement.
        #[n(0)]
        agreement: AgreementId,
        /// SHA-256 of the file.
        #[n(1)]
        digest: Digest,
    },
    /// A liaison office is decided.
    #[n(2)]
    OpenOffice(#[n(0)] LiaisonId),
    /// A text with these bytes is published.
    #[n(3)]
    Publish(#[n(0)] Digest),
}

/// Something that a party said, or wanted to say too late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The entry.
    pub entry: EntryNumber,
    /// When.
    pub at: Instant,
    /// Which party.
    pub party: PartyCode,
    /// Who said it for the party, or entered what the office received in writing.
    pub actor: Actor,
    /// What.
    pub voice: Voice,
    /// In which words.
    pub text: Option<String>,
}

impl Position {
    fn of(entry: &Entry, act: &SayPosition) -> Self {
        Self {
            entry: entry.number,
            at: entry.at,
            party: act.party.clone(),
            actor: entry.actor.clone(),
            voice: act.voice,
            text: act.text.clone(),
        }
    }
}

/// More time, given by the chair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// When it was given.
    pub at: Instant,
    /// Until when the text lies on the table since.
    pub expiry: Expiry,
    /// Why.
    pub reason: String,
}

/// How a text left the table by an act.
#[derive(Clone, Debug, PartialEq, Eq)]
struct End {
    at: Instant,
    how: How,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum How {
    Broken { by: PartyCode, voice: Voice },
    Withdrawn { reason: String },
    Concluded { adopted: bool, note: Option<String> },
}

/// How much somebody may see of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever shows a decision must know each"
)]
pub enum Sight {
    /// The office's own people: everything.
    Whole,
    /// Who is asked: text, positions and what has become of it.
    Asked,
    /// Who is told of an adoption: the text, and that it is adopted.
    Told,
}

/// A text put to the members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// What it is about.
    pub title: String,
    /// The text, byte for byte.
    pub text: Arc<[u8]>,
    /// SHA-256 of the text.
    pub digest: Digest,
    /// How consensus is found.
    pub procedure: Procedure,
    /// The entry that put it on the table.
    pub entry: EntryNumber,
    /// When that was.
    pub tabled: Instant,
    /// Until when it was to be decided at first.
    pub first_expiry: Expiry,
    /// Until when it is to be decided, with every extension.
    pub expiry: Expiry,
    /// The extensions, in their order.
    pub extensions: Vec<Extension>,
    /// Who is asked, in the order of the codes.
    pub asked: Vec<PartyCode>,
    /// Who else learns of it once it is adopted.
    pub told: Vec<PartyCode>,
    /// What its adoption permits.
    pub permits: Permit,
    /// Why there was less time than the house rules ask for.
    pub urgent: Option<String>,
    /// The decision on whose text this is an amended one.
    pub predecessor: Option<DecisionId>,
    /// The decisions on amended texts of this one.
    pub successors: Vec<DecisionId>,
    /// What was said, in its order.
    pub positions: Vec<Position>,
    /// What came too late, in its order.
    pub late: Vec<Position>,
    /// The entry that certifies the adoption.
    pub certificate: Option<EntryNumber>,
    end: Option<End>,
}

impl Decision {
    fn of(entry: &Entry, act: &TableDecision) -> Self {
        Self {
            id: act.id.clone(),
            title: act.title.clone(),
            text: act.text.as_slice().into(),
            digest: Digest::of(&act.text),
            procedure: act.procedure,
            entry: entry.number,
            tabled: entry.at,
            first_expiry: act.expiry.clone(),
            expiry: act.expiry.clone(),
            extensions: Vec::new(),
            asked: act.asked.clone(),
            told: act.told.clone(),
            permits: act.permits.clone(),
            urgent: act.urgent.clone(),
            predecessor: act.predecessor.clone(),
            successors: Vec::new(),
            positions: Vec::new(),
            late: Vec::new(),
            certificate: None,
            end: None,
        }
    }

    /// What has become of the text at that instant, by what was said up to then.
    pub fn outcome(&self, now: Instant) -> Outcome {
        if let Some(end) = self.end.as_ref().filter(|end| end.at <= now) {
            let at = end.at;
            return match &end.how {
                How::Broken { by, voice } => Outcome::Broken {
                    at,
                    by: by.clone(),
                    voice: *voice,
                },
                How::Withdrawn { .. } => Outcome::Withdrawn { at },
                How::Concluded { adopted: true, .. } => Outcome::Adopted { at },
                How::Concluded { adopted: false, .. } => Outcome::Lapsed { at },
            };
        }
        if let Some(at) = self.all_assented().filter(|at| *at <= now) {
            return Outcome::Adopted { at };
        }
        let given = self.extensions.iter().rev().find(|more| more.at <= now);
        let until = given.map_or(self.first_expiry.at, |more| more.expiry.at);
        match self.procedure {
            _ if now < until => Outcome::Open { until },
            Procedure::Silence => Outcome::Adopted { at: until },
            Procedure::Written | Procedure::Meeting => Outcome::Lapsed { at: until },
        }
    }

    /// When the last of those asked assented in writing; that is what a written procedure needs.
    fn all_assented(&self) -> Option<Instant> {
        if self.procedure != Procedure::Written {
            return None;
        }
        let assented = |party: &PartyCode| {
            let mut said = self.positions.iter();
            said.find(|one| one.voice == Voice::Assent && one.party == *party)
                .map(|one| one.at)
        };
        let all: Option<Vec<Instant>> = self.asked.iter().map(assented).collect();
        all?.into_iter().max()
    }

    /// How much of it a party may see at that instant; nothing of it exists for a party without.
    ///
    /// Those asked see it from the start, whatever becomes of it. Those told see it once it is adopted;
    /// a text that comes to nothing never existed for them.
    pub fn sight(&self, party: &PartyCode, is_staff: bool, now: Instant) -> Option<Sight> {
        if is_staff {
            Some(Sight::Whole)
        } else if self.asked.contains(party) {
            Some(Sight::Asked)
        } else if self.told.contains(party) && self.outcome(now).is_adopted() {
            Some(Sight::Told)
        } else {
            None
        }
    }

    /// Whether it exists for a party at that instant, see [`Decision::sight`].
    pub fn is_seen_by(&self, party: &PartyCode, is_staff: bool, now: Instant) -> bool {
        self.sight(party, is_staff, now).is_some()
    }

    /// Whether that party is asked, the text is open, and the party has said nothing yet.
    pub fn awaits(&self, party: &PartyCode, now: Instant) -> bool {
        self.asked.contains(party)
            && self.outcome(now).is_open()
            && !self.positions.iter().any(|one| one.party == *party)
    }

    /// When those asked are reminded, and how many hours before the expiry that is, in the order of
    /// time. What would fall before the tabling is left out; whether there is still something to be
    /// reminded of is for [`Decision::awaits`] to say.
    pub fn reminders(&self, rules: &DecisionRule) -> Vec<(Instant, u32)> {
        let before = |hours: &u32| {
            let at = self
                .expiry
                .at
                .plus_micros(-i64::from(*hours) * 3_600_000_000);
            (at, *hours)
        };
        let mut reminders: Vec<(Instant, u32)> = rules
            .reminders_hours
            .iter()
            .map(before)
            .filter(|(at, _)| *at > self.tabled)
            .collect();
        reminders.sort();
        reminders.dedup();
        reminders
    }

    /// What is attached to the text for good: reservations and interpretations, in their order.
    pub fn attached(&self) -> impl Iterator<Item = &Position> {
        let stays =
            |one: &&Position| matches!(one.voice, Voice::Reservation | Voice::Interpretation);
        self.positions.iter().filter(stays)
    }

    /// Why the chair withdrew it, or what the chair noted about the meeting.
    pub fn note(&self) -> Option<&str> {
        match &self.end.as_ref()?.how {
            How::Broken { .. } => None,
            How::Withdrawn { reason } => Some(reason),
            How::Concluded { note, .. } => note.as_deref(),
        }
    }

    /// What is certified of it, if it is adopted at that instant.
    pub fn certify(&self, now: Instant) -> Option<CertifyDecision> {
        let Outcome::Adopted { at } = self.outcome(now) else {
            return None;
        };
        Some(CertifyDecision {
            id: self.id.clone(),
            title: self.title.clone(),
            digest: self.digest,
            procedure: self.procedure,
            entry: self.entry,
            tabled: self.tabled,
            expiry: self.expiry.clone(),
            adopted: at,
        })
    }

    fn end(&mut self, at: Instant, how: How) {
        self.end = Some(End { at, how });
    }
}

/// Texts put to the members, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    all: BTreeMap<DecisionId, Decision>,
    // As they were tabled.
    order: Vec<DecisionId>,
}

impl Decisions {
    /// All of them, as they were tabled.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Decision> {
        self.order.iter().filter_map(|id| self.all.get(id))
    }

    /// The decision of that id.
    pub fn get(&self, id: &DecisionId) -> Option<&Decision> {
        self.all.get(id)
    }

    /// The first decision adopted by that instant that permits this. Nothing needs a decision to
    /// permit nothing.
    pub fn adopted(&self, permit: &Permit, now: Instant) -> Option<&Decision> {
        let permits = |one: &&Decision| {
            *permit != Permit::None && one.permits == *permit && one.outcome(now).is_adopted()
        };
        self.iter().find(permits)
    }

    /// What is adopted at that instant and not certified yet.
    pub fn uncertified(&self, now: Instant) -> impl Iterator<Item = &Decision> {
        let open = self.iter().filter(|one| one.certificate.is_none());
        open.filter(move |one| one.outcome(now).is_adopted())
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &DecisionAct) -> Result<(), FoldError> {
        self.take(entry, act).map_err(FoldError::from)
    }

    fn take(&mut self, entry: &Entry, act: &DecisionAct) -> Result<(), DecisionError> {
        let now = entry.at;
        if let DecisionAct::Table(act) = act {
            self.may_table(act, now)?;
            if let Some(one) = act.predecessor.as_ref().and_then(|id| self.all.get_mut(id)) {
                one.successors.push(act.id.clone());
            }
            self.order.push(act.id.clone());
            self.all.insert(act.id.clone(), Decision::of(entry, act));
            return Ok(());
        }
        let unknown = || DecisionError::Unknown(act.id().clone());
        let one = self.all.get_mut(act.id()).ok_or_else(unknown)?;
        match act {
            DecisionAct::Table(_) => {}
            DecisionAct::Say(act) => {
                one.may_say(&act.party, act.voice, now)?;
                one.positions.push(Position::of(entry, act));
                if act.voice.breaks() {
                    let (by, voice) = (act.party.clone(), act.voice);
                    one.end(now, How::Broken { by, voice });
                }
            }
            DecisionAct::Late(act) => one.late.push(Position::of(entry, act)),
            DecisionAct::Conclude(act) => {
                one.may_conclude(now)?;
                let (adopted, note) = (act.adopted, act.note.clone());
                one.end(now, How::Concluded { adopted, note });
            }
            DecisionAct::Withdraw(act) => {
                one.may_withdraw(now)?;
                let reason = act.reason.clone();
                one.end(now, How::Withdrawn { reason });
            }
            DecisionAct::Extend(act) => {
                one.may_extend(&act.expiry, now)?;
                one.expiry = act.expiry.clone();
                one.extensions.push(Extension {
                    at: now,
                    expiry: act.expiry.clone(),
                    reason: act.reason.clone(),
                });
            }
            DecisionAct::Certify(act) => {
                if one.certificate.is_some() || one.certify(now).as_ref() != Some(act) {
                    return Err(DecisionError::Certificate(act.id.clone()));
                }
                one.certificate = Some(entry.number);
            }
        }
        Ok(())
    }
}
