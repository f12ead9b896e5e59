//! The liaison offices of the alliance: the fold of [`LiaisonAct`], and who sees what of it.
//!
//! An office is a list of steps; each says the status and the particulars that hold from a day on,
//! why, and what stands behind it. Whether a decision permits a step is not asked here: the fold
//! takes the step that was taken.

mod error;
mod status;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

pub use error::LiaisonError;
pub use status::LiaisonStatus;

use crate::act::{Actor, Entry, LiaisonAct};
use crate::affairs::bound::{LIST_MAX, is_text, is_title};
use crate::id::{DecisionId, EntryNumber, LiaisonId, PartyCode, StatementId};
use crate::party::{Status, Zone};
use crate::state::FoldError;
use crate::time::{Day, Instant};

/// What stands behind a step.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Ground {
    /// A decision of the members.
    #[n(0)]
    Decision(#[n(0)] DecisionId),
    /// Something that was said in public.
    #[n(1)]
    Statement(#[n(0)] StatementId),
}

/// What is said of an office beside its city, its host and its status.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Particulars {
    /// Who heads it.
    #[n(0)]
    pub head: Option<String>,
    /// Who else works there.
    #[n(1)]
    pub staff: Vec<String>,
    /// Which party provides the premises.
    #[n(2)]
    pub premises_by: Option<PartyCode>,
    /// Where they are.
    #[n(3)]
    pub premises: Option<String>,
    /// Which parties fund it.
    #[n(4)]
    pub funded_by: Vec<PartyCode>,
    /// To which parties it is accredited beside its host.
    #[n(5)]
    pub accredited: Vec<PartyCode>,
    /// The day on which it opens or has opened.
    #[n(6)]
    pub opening: Option<Day>,
}

impl Particulars {
    /// The parties that they name.
    pub fn parties(&self) -> impl Iterator<Item = &PartyCode> {
        let by = self.premises_by.iter();
        by.chain(&self.funded_by).chain(&self.accredited)
    }

    fn check(&self) -> Result<(), LiaisonError> {
        let lists = [
            self.staff.len(),
            self.funded_by.len(),
            self.accredited.len(),
        ];
        if lists.iter().any(|length| *length > LIST_MAX) {
            return Err(LiaisonError::Limit("a list has more than 1000 lines"));
        }
        let texts = self.head.iter().chain(&self.staff).chain(&self.premises);
        match texts.map(String::as_str).all(is_title) {
            true => Ok(()),
            false => Err(LiaisonError::Limit(
                "head, staff and premises are one line each, of 1 to 200 characters",
            )),
        }
    }
}

/// What kind of step it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a reader tells each apart")]
pub enum StepKind {
    /// The office was proposed.
    Proposed,
    /// Its status changed.
    Moved,
    /// What is said of it changed.
    Amended,
}

impl StepKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Moved => "moved",
            Self::Amended => "amended",
        }
    }
}

/// How an office stood from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The entry that says so.
    pub entry: EntryNumber,
    /// When that was written.
    pub at: Instant,
    /// By whom.
    pub by: Actor,
    /// From which day on.
    pub on: Day,
    /// What kind of step it was.
    pub kind: StepKind,
    /// The status from then on.
    pub status: LiaisonStatus,
    /// What is said of it from then on.
    pub particulars: Particulars,
    /// Why.
    pub reason: String,
    /// What stands behind it.
    pub ground: Option<Ground>,
}

/// How much of an office a party sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a reader must have an answer to each"
)]
pub enum Sight {
    /// All of it.
    Whole,
    /// How it stands from that step on, without reasons, grounds and what is another party's.
    Outside {
        /// The first step that is seen.
        since: usize,
    },
}

/// A liaison office of the alliance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonOffice {
    /// Its id.
    pub id: LiaisonId,
    /// Its city.
    pub city: String,
    /// The party in whose country it is.
    pub host: PartyCode,
    // INVARIANT: `current` is the last of `steps`.
    steps: Vec<Step>,
    current: Step,
    /// Who was told of it, at which step and when.
    told: BTreeMap<PartyCode, (usize, Instant)>,
}

impl LiaisonOffice {
    /// Its status now.
    pub fn status(&self) -> LiaisonStatus {
        self.current.status
    }

    /// How it stands now.
    pub fn current(&self) -> &Step {
        &self.current
    }

    /// Every step, oldest first.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Who was told of it.
    pub fn told(&self) -> impl Iterator<Item = &PartyCode> {
        self.told.keys()
    }

    /// Whether it was ever open; one that closes without is abandoned.
    pub fn was_open(&self) -> bool {
        self.opened().is_some()
    }

    fn opened(&self) -> Option<usize> {
        let open = |step: &Step| step.status == LiaisonStatus::Open;
        self.steps.iter().position(open)
    }

    /// How much a party of that standing sees of it; nothing when `None`, and then the office does
    /// not exist for it. `staff` is whether whoever asks works at the host's office.
    ///
    /// The alliance and its members see all. Anybody else sees an office once it was told of it,
    /// or, if it is the host or accredited, from the opening on.
    pub fn sight(&self, party: &PartyCode, standing: Status, staff: bool) -> Option<Sight> {
        if staff || matches!(standing, Status::Host | Status::Member) {
            return Some(Sight::Whole);
        }
        let named = self.host == *party || self.current.particulars.accredited.contains(party);
        let opened = self.opened().filter(|_| named);
        let told = self.told.get(party).map(|(step, _)| *step);
        let since = opened.into_iter().chain(told).min()?;
        Some(Sight::Outside { since })
    }

    /// Since when a party that sees the office from outside has known of it: since it was told, or
    /// since the opening if it is the host or accredited.
    pub fn known_since(&self, party: &PartyCode) -> Option<Instant> {
        let named = self.host == *party || self.current.particulars.accredited.contains(party);
        let opened = self.opened().filter(|_| named);
        let opened = opened
            .and_then(|step| self.steps.get(step))
            .map(|step| step.at);
        let told = self.told.get(party).map(|(_, at)| *at);
        opened.into_iter().chain(told).min()
    }

    /// The steps that are seen, oldest first.
    pub fn shown(&self, sight: Sight) -> &[Step] {
        match sight {
            Sight::Whole => &self.steps,
            Sight::Outside { since } => self.steps.get(since..).unwrap_or_default(),
        }
    }

    /// How it stood at the end of a day, as far as it is seen; `None` before the first step.
    pub fn as_of(&self, sight: Sight, day: Day) -> Option<&Step> {
        let shown = self.shown(sight);
        shown.iter().rev().find(|step| step.on <= day)
    }

    fn may_step(&self, on: Day, now: Instant) -> Result<(), LiaisonError> {
        day_is_sound(on, now)?;
        if on < self.current.on {
            return Err(LiaisonError::Day("lies before the step before it"));
        }
        Ok(())
    }
}

/// The liaison offices of the alliance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiaisonOffices {
    offices: BTreeMap<LiaisonId, LiaisonOffice>,
}

/// It is a day earlier or later elsewhere on earth: no place is more than 14 hours ahead of UTC.
const FURTHEST_AHEAD: i64 = 14 * 3_600_000_000;

fn day_is_sound(on: Day, now: Instant) -> Result<(), LiaisonError> {
    match on <= Day::of(now.plus_micros(FURTHEST_AHEAD), &Zone::utc()) {
        true => Ok(()),
        false => Err(LiaisonError::Day("is yet to come")),
    }
}

fn reason_is_sound(reason: &str) -> Result<(), LiaisonError> {
    match !reason.trim().is_empty() && is_text(reason) {
        true => Ok(()),
        false => Err(LiaisonError::Limit(
            "a reason has 1 byte to 1 MiB, without control characters",
        )),
    }
}

impl LiaisonOffices {
    /// Every office, by id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &LiaisonOffice> {
        self.offices.values()
    }

    /// The office of that id.
    pub fn get(&self, id: &LiaisonId) -> Option<&LiaisonOffice> {
        self.offices.get(id)
    }

    /// Whether an act may follow now on what holds.
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(&self, act: &LiaisonAct, now: Instant) -> Result<(), LiaisonError> {
        let found = self.get(act.id());
        let known = || found.ok_or_else(|| LiaisonError::Unknown(act.id().clone()));
        match act {
            LiaisonAct::Propose(act) => {
                if found.is_some() {
                    return Err(LiaisonError::Exists(act.id.clone()));
                }
                if !is_title(&act.city) {
                    let text = "a city is one line of 1 to 200 characters";
                    return Err(LiaisonError::Limit(text));
                }
                act.particulars.check()?;
                reason_is_sound(&act.reason)?;
                day_is_sound(act.on, now)
            }
            LiaisonAct::Move(act) => {
                let office = known()?;
                let (from, to) = (office.status(), act.to);
                if !from.may_become(to) {
                    return Err(LiaisonError::Step { from, to });
                }
                reason_is_sound(&act.reason)?;
                office.may_step(act.on, now)
            }
            LiaisonAct::Amend(act) => {
                let office = known()?;
                act.particulars.check()?;
                reason_is_sound(&act.reason)?;
                office.may_step(act.on, now)
            }
            LiaisonAct::Tell(act) => {
                known()?;
                if act.parties.is_empty() || act.parties.len() > LIST_MAX {
                    return Err(LiaisonError::Limit("1 to 1000 parties can be told at once"));
                }
                reason_is_sound(&act.reason)
            }
        }
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &LiaisonAct) -> Result<(), FoldError> {
        self.check(act, entry.at)?;
        let step = |on, kind, status, particulars: &Particulars, reason: &str, ground| Step {
            entry: entry.number,
            at: entry.at,
            by: entry.actor.clone(),
            on,
            kind,
            status,
            particulars: particulars.clone(),
            reason: reason.to_owned(),
            ground,
        };
        if let LiaisonAct::Propose(act) = act {
            let (status, kind) = (LiaisonStatus::Proposed, StepKind::Proposed);
            let ground = act.ground.clone();
            let first = step(act.on, kind, status, &act.particulars, &act.reason, ground);
            let office = LiaisonOffice {
                id: act.id.clone(),
                city: act.city.clone(),
                host: act.host.clone(),
                steps: vec![first.clone()],
                current: first,
                told: BTreeMap::new(),
            };
            self.offices.insert(act.id.clone(), office);
            return Ok(());
        }
        let unknown = || LiaisonError::Unknown(act.id().clone());
        let office = self.offices.get_mut(act.id()).ok_or_else(unknown)?;
        let next = match act {
            LiaisonAct::Propose(_) => return Ok(()),
            LiaisonAct::Move(act) => {
                let same = &office.current.particulars;
                let ground = Some(act.ground.clone());
                step(act.on, StepKind::Moved, act.to, same, &act.reason, ground)
            }
            LiaisonAct::Amend(act) => {
                let (kind, status) = (StepKind::Amended, office.current.status);
                let ground = act.ground.clone();
                step(act.on, kind, status, &act.particulars, &act.reason, ground)
            }
            LiaisonAct::Tell(act) => {
                let last = office.steps.len().saturating_sub(1);
                for party in &act.parties {
                    office.told.entry(party.clone()).or_insert((last, entry.at));
                }
                return Ok(());
            }
        };
        office.steps.push(next.clone());
        office.current = next;
        Ok(())
    }
}
