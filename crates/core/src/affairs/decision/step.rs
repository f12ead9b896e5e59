//! What may be done about a decision next: the rules by which the writer plans an act, and by which
//! the fold takes it in.
//!
//! The house rules and the limits on lengths bind whoever plans; the journal is not held to rules
//! that came after its entries.

use super::{Decision, DecisionError, Decisions, Expiry, Outcome};
use crate::act::{Procedure, SayPosition, TableDecision, Voice};
use crate::house::DecisionRule;
use crate::id::PartyCode;
use crate::time::Instant;

/// The longest title, in characters: a line on a page.
pub const TITLE_MAX: usize = 200;
/// The longest text, reason or note, in bytes: 1 MiB, some hundred pages.
pub const TEXT_MAX: usize = 1024 * 1024;
/// The most parties that are asked or told.
pub const LIST_MAX: usize = 1000;
/// The most positions on one text: every member of the largest alliance says several things.
pub const POSITIONS_MAX: usize = 1000;
/// How many late attempts of a party on one text are kept; more add nothing but bulk.
pub const LATE_MAX: usize = 16;

impl Decisions {
    /// Whether a text may be put on the table at that instant.
    ///
    /// # Errors
    /// When its id is taken, nobody is asked, somebody stands twice, the expiry is past, or what it
    /// amends still stands.
    pub fn may_table(&self, act: &TableDecision, now: Instant) -> Result<(), DecisionError> {
        if self.get(&act.id).is_some() {
            return Err(DecisionError::Exists(act.id.clone()));
        }
        if act.asked.is_empty() {
            return Err(DecisionError::NobodyAsked);
        }
        let mut named: Vec<&PartyCode> = act.asked.iter().chain(&act.told).collect();
        named.sort();
        if let Some(twice) = named.windows(2).find(|pair| pair.first() == pair.last()) {
            let party = twice.first().map(|party| (*party).clone());
            return party.map_or(Ok(()), |party| Err(DecisionError::Twice(party)));
        }
        if act.expiry.at <= now {
            let expiry = act.expiry.at;
            return Err(DecisionError::Past { expiry, now });
        }
        if let Some(id) = &act.predecessor {
            let before = self
                .get(id)
                .ok_or_else(|| DecisionError::Unknown(id.clone()))?;
            let stands = |outcome: &Outcome| outcome.is_open() || outcome.is_adopted();
            let outcome = before.outcome(now);
            if stands(&outcome) {
                return Err(DecisionError::NotOver(outcome));
            }
            let rival = before.successors.iter().find(|id| {
                let next = self.get(id);
                next.is_some_and(|next| stands(&next.outcome(now)))
            });
            if let Some(rival) = rival {
                return Err(DecisionError::Amended(rival.clone()));
            }
        }
        Ok(())
    }
}

/// Whether what is put on the table keeps to the house rules and to the limits.
///
/// # Errors
/// When a title, text or list is too long, the text is empty, or there is too little time and
/// nobody says why.
pub fn check_table(
    act: &TableDecision,
    rules: &DecisionRule,
    now: Instant,
) -> Result<(), DecisionError> {
    check_title(&act.title)?;
    if act.text.is_empty() {
        return Err(DecisionError::NoText("a decision"));
    }
    check_length("the text of a decision", act.text.len())?;
    if let Some(urgent) = &act.urgent {
        require("urgency", urgent)?;
    }
    if act.asked.len().max(act.told.len()) > LIST_MAX {
        let (what, most) = ("a list of parties", "1,000");
        return Err(DecisionError::TooLong { what, most });
    }
    let hours = rules.silence_minimum_hours;
    let least = now.plus_micros(i64::from(hours) * 3_600_000_000);
    let is_bound = act.procedure != Procedure::Meeting && act.urgent.is_none();
    if is_bound && act.expiry.at < least {
        return Err(DecisionError::TooShort { hours });
    }
    Ok(())
}

/// Whether a position is said in the words that it needs.
///
/// # Errors
/// When there are none, or too many.
pub fn check_words(act: &SayPosition) -> Result<(), DecisionError> {
    match (act.voice, &act.text) {
        (Voice::Assent, None) => Ok(()),
        (voice, text) => require(
            match voice {
                Voice::Assent => "an assent with words",
                Voice::Objection => "an objection",
                Voice::Amendment => "an amendment",
                Voice::Reservation => "a reservation",
                Voice::Interpretation => "an interpretation",
            },
            text.as_deref().unwrap_or_default(),
        ),
    }
}

/// Whether words are there, and not too many.
///
/// # Errors
/// When there are none, or too many.
pub fn require(what: &'static str, text: &str) -> Result<(), DecisionError> {
    if text.trim().is_empty() {
        return Err(DecisionError::NoText(what));
    }
    check_length(what, text.len())
}

fn check_title(title: &str) -> Result<(), DecisionError> {
    if title.trim().is_empty() || title.chars().any(char::is_control) {
        return Err(DecisionError::NoText("a title"));
    }
    if title.chars().count() > TITLE_MAX {
        let (what, most) = ("a title", "200 characters");
        return Err(DecisionError::TooLong { what, most });
    }
    Ok(())
}

fn check_length(what: &'static str, bytes: usize) -> Result<(), DecisionError> {
    if bytes > TEXT_MAX {
        let most = "1 MiB";
        return Err(DecisionError::TooLong { what, most });
    }
    Ok(())
}

impl Decision {
    /// Whether a party may say that at that instant.
    ///
    /// # Errors
    /// When it is not asked, it is too late or said before, or the text is off the table.
    pub fn may_say(
        &self,
        party: &PartyCode,
        voice: Voice,
        now: Instant,
    ) -> Result<(), DecisionError> {
        if !self.asked.contains(party) {
            return Err(DecisionError::NotAsked(party.clone()));
        }
        match self.outcome(now) {
            Outcome::Open { .. } => {}
            // How a party understands an adopted text it may say whenever it likes.
            Outcome::Adopted { .. } if voice == Voice::Interpretation => {}
            Outcome::Adopted { at } | Outcome::Lapsed { at } => {
                return Err(DecisionError::Late {
                    arrived: now,
                    closed: at,
                });
            }
            outcome => return Err(DecisionError::Closed(outcome)),
        }
        let is_said = |voice| {
            let mut said = self.positions.iter();
            said.any(|one| one.party == *party && one.voice == voice)
        };
        if voice == Voice::Assent && is_said(voice) {
            return Err(DecisionError::Said(party.clone()));
        }
        if self.positions.len() >= POSITIONS_MAX {
            let (what, most) = ("a decision", "1,000 positions");
            return Err(DecisionError::TooLong { what, most });
        }
        Ok(())
    }

    /// Whether one more late attempt of a party is kept.
    pub fn keeps_late(&self, party: &PartyCode) -> bool {
        let kept = self.late.iter().filter(|one| one.party == *party);
        kept.count() < LATE_MAX
    }

    /// Whether the chair may record the outcome of the meeting at that instant.
    ///
    /// # Errors
    /// When there is no meeting, or it is over.
    pub fn may_conclude(&self, now: Instant) -> Result<(), DecisionError> {
        if self.procedure != Procedure::Meeting {
            return Err(DecisionError::NoMeeting);
        }
        self.must_be_open(now)
    }

    /// Whether the chair may take the text off the table at that instant.
    ///
    /// # Errors
    /// When it is off already, or adopted.
    pub fn may_withdraw(&self, now: Instant) -> Result<(), DecisionError> {
        self.must_be_open(now)
    }

    /// Whether the chair may give more time at that instant, as far as the house rules permit it at
    /// all.
    ///
    /// # Errors
    /// When it is over, or the new expiry is not later.
    pub fn may_extend(&self, expiry: &Expiry, now: Instant) -> Result<(), DecisionError> {
        self.must_be_open(now)?;
        if expiry.at <= self.expiry.at {
            return Err(DecisionError::NotLater(self.expiry.at));
        }
        Ok(())
    }

    fn must_be_open(&self, now: Instant) -> Result<(), DecisionError> {
        match self.outcome(now) {
            Outcome::Open { .. } => Ok(()),
            outcome => Err(DecisionError::Closed(outcome)),
        }
    }
}
