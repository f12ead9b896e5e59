//! The liaison offices of the alliance: proposed, moved from status to status, amended, told of.
//!
//! Who sees how much of an office is decided in core ([`LiaisonOffice::sight`]); here the rest is
//! left out. Everybody else than the office's own people only reads.

use std::collections::BTreeSet;

use legation_core::act::{Act, AmendOffice, LiaisonAct, MoveOffice, ProposeOffice, TellOffice};
use legation_core::affairs::decision::Permit;
use legation_core::affairs::liaison::{
    Ground, LiaisonError, LiaisonOffice, LiaisonStatus, Particulars, Sight, Step,
};
use legation_core::affairs::statement::sight::{Reader, is_seen_by};
use legation_core::id::{LiaisonId, PartyCode};
use legation_core::state::State;
use legation_core::time::{Day, Instant};
use legation_core::view::Fold;

use crate::admit::{Caller, known, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// So many parties are told at once at most, as core has it for one act.
const TOLD_MAX: usize = 1000;

/// An office that is proposed.
#[derive(Clone, Debug)]
pub struct NewLiaison {
    /// Its id.
    pub id: LiaisonId,
    /// Its city.
    pub city: String,
    /// In whose country.
    pub host: PartyCode,
    /// What else is said of it.
    pub particulars: Particulars,
    /// Who is told of it at once.
    pub told: Vec<PartyCode>,
}

/// Why a step is taken, when, and what stands behind it.
#[derive(Clone, Debug, Default)]
pub struct Because {
    /// The day; today at the host's when left out.
    pub on: Option<Day>,
    /// Why.
    pub reason: String,
    /// What stands behind it.
    pub ground: Option<Ground>,
}

/// What changes of what is said of an office; what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Amendments {
    /// Who heads it; nobody when empty.
    pub head: Option<String>,
    /// Who else works there.
    pub staff: Option<Vec<String>>,
    /// Which party provides the premises.
    pub premises_by: Option<PartyCode>,
    /// Where they are; nowhere when empty.
    pub premises: Option<String>,
    /// Which parties fund it.
    pub funded_by: Option<Vec<PartyCode>>,
    /// To which parties it is accredited beside its host.
    pub accredited: Option<Vec<PartyCode>>,
    /// The day on which it opens or has opened.
    pub opening: Option<Day>,
}

/// A step as it is shown to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonStep {
    /// From which day on.
    pub on: Day,
    /// What kind of step it was.
    pub kind: &'static str,
    /// The status from then on.
    pub status: LiaisonStatus,
    /// Why; for whoever sees all.
    pub reason: Option<String>,
    /// What stands behind it; for whoever sees all, and that too.
    pub ground: Option<Ground>,
    /// When it was written, and by whom; for the office's own people.
    pub written: Option<(Instant, String)>,
}

/// An office as it is shown to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiaisonView {
    /// Its id.
    pub id: LiaisonId,
    /// Its city.
    pub city: String,
    /// In whose country.
    pub host: PartyCode,
    /// Its status.
    pub status: LiaisonStatus,
    /// From which day on.
    pub since: Day,
    /// Whether it was ever open; one that is closed and was not is abandoned.
    pub was_open: bool,
    /// What else is said of it.
    pub particulars: Particulars,
    /// Who was told of it; for the office's own people.
    pub told: Option<Vec<PartyCode>>,
    /// The steps to there, oldest first.
    pub steps: Vec<LiaisonStep>,
}

impl From<LiaisonError> for EngineError {
    fn from(error: LiaisonError) -> Self {
        let fault = match &error {
            LiaisonError::Unknown(_) => Fault::NotFound,
            LiaisonError::Exists(_) | LiaisonError::Step { .. } => Fault::Conflict,
            _ => Fault::Invalid,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

/// Whether a party may be told that this stands behind something.
fn sees_ground(state: &State, caller: &Caller, ground: &Ground, now: Instant) -> bool {
    let (affairs, is_staff) = (state.affairs(), staff(caller).is_ok());
    match ground {
        Ground::Decision(id) => {
            let decision = affairs.decisions.get(id);
            decision.is_some_and(|one| one.is_seen_by(&caller.party, is_staff, now))
        }
        Ground::Statement(id) => {
            let reader = Reader {
                party: &caller.party,
                status: state.find_party(&caller.party).map(|party| party.status),
                staff: is_staff,
            };
            let statement = affairs.statements.get(id);
            statement.is_some_and(|one| is_seen_by(state, one, reader, now))
        }
        _ => is_staff,
    }
}

fn is_there(state: &State, ground: &Ground) -> Result<(), EngineError> {
    let affairs = state.affairs();
    let (there, text) = match ground {
        Ground::Decision(id) => (
            affairs.decisions.get(id).is_some(),
            format!("there is no decision `{id}`"),
        ),
        Ground::Statement(id) => (
            affairs.statements.get(id).is_some(),
            format!("there is no statement `{id}`"),
        ),
        _ => (false, "that cannot stand behind a step".to_owned()),
    };
    match there {
        true => Ok(()),
        false => Err(EngineError::new(
            Fault::Invalid,
            "liaison.unknown-ground",
            text,
        )),
    }
}

/// What stands behind a step to that status: a decision that permits it where the house rules leave
/// it to the members, else what was named.
fn ground_of(
    state: &State,
    id: &LiaisonId,
    to: LiaisonStatus,
    named: Option<Ground>,
    now: Instant,
) -> Result<Ground, EngineError> {
    let decisions = &state.affairs().decisions;
    if state.house.liaison.needs_decision.contains(&to) {
        let permit = Permit::OpenOffice(id.clone());
        let found = match &named {
            None => decisions.adopted(&permit, now),
            Some(Ground::Decision(named)) => decisions
                .get(named)
                .filter(|one| one.permits == permit && one.outcome(now).is_adopted()),
            Some(_) => None,
        };
        let text = format!(
            "`{id}` becomes {to} only by a decision that the members have adopted and that permits to open it"
        );
        let refuse = || EngineError::new(Fault::Conflict, "liaison.needs-decision", text);
        return Ok(Ground::Decision(found.ok_or_else(refuse)?.id.clone()));
    }
    let text = "name the decision or the statement that stands behind the step";
    let ground =
        named.ok_or_else(|| EngineError::new(Fault::Invalid, "liaison.no-ground", text))?;
    is_there(state, &ground)?;
    Ok(ground)
}

fn today(state: &State, now: Instant) -> Day {
    Day::of(now, &state.host().zone)
}

/// The day of a step: as said; else today, or the day of the last step where that is later, which
/// may be when that was said on the clocks of a place further east.
fn day_of(fold: &Fold, office: Option<&LiaisonOffice>, on: Option<Day>) -> Day {
    on.unwrap_or_else(|| {
        let today = today(fold.state(), fold.clock());
        office.map_or(today, |office| office.current().on.max(today))
    })
}

/// The particulars of an office as somebody outside sees them: nothing of what is other parties'.
fn outside(particulars: &Particulars, party: &PartyCode) -> Particulars {
    let own = |list: &[PartyCode]| {
        let mine = list.iter().filter(|one| *one == party);
        mine.cloned().collect::<Vec<_>>()
    };
    let provides = particulars.premises_by.as_ref() == Some(party);
    Particulars {
        head: particulars.head.clone(),
        staff: particulars.staff.clone(),
        premises_by: particulars.premises_by.clone().filter(|_| provides),
        premises: particulars.premises.clone().filter(|_| provides),
        funded_by: own(&particulars.funded_by),
        accredited: own(&particulars.accredited),
        opening: particulars.opening,
    }
}

fn view(
    state: &State,
    caller: &Caller,
    office: &LiaisonOffice,
    as_of: Option<Day>,
    now: Instant,
) -> Option<LiaisonView> {
    let is_staff = staff(caller).is_ok();
    let standing = state.find_party(&caller.party)?.status;
    let sight = office.sight(&caller.party, standing, is_staff)?;
    let shown = office.shown(sight);
    let last = match as_of {
        Some(day) => office.as_of(sight, day)?,
        None => shown.last()?,
    };
    let whole = sight == Sight::Whole;
    let step = |step: &Step| LiaisonStep {
        on: step.on,
        kind: step.kind.as_str(),
        status: step.status,
        reason: whole.then(|| step.reason.clone()),
        ground: step
            .ground
            .clone()
            .filter(|ground| whole && sees_ground(state, caller, ground, now)),
        written: is_staff.then(|| (step.at, step.by.to_string())),
    };
    let upto = shown.iter().take_while(|one| one.entry <= last.entry);
    let was_open = |step: &Step| step.status == LiaisonStatus::Open;
    Some(LiaisonView {
        id: office.id.clone(),
        city: office.city.clone(),
        host: office.host.clone(),
        status: last.status,
        since: since(shown, last),
        was_open: upto.clone().any(was_open),
        particulars: match whole {
            true => last.particulars.clone(),
            false => outside(&last.particulars, &caller.party),
        },
        told: is_staff.then(|| office.told().cloned().collect()),
        steps: upto.map(step).collect(),
    })
}

/// The day from which on the status is what it was at that step.
fn since(shown: &[Step], last: &Step) -> Day {
    let before = shown.iter().rev().skip_while(|one| one.entry > last.entry);
    let same = before.take_while(|one| one.status == last.status);
    same.last().map_or(last.on, |step| step.on)
}

impl Office {
    async fn step(
        &self,
        caller: &Caller,
        plan: impl FnOnce(&Fold) -> Result<LiaisonAct, EngineError> + Send + 'static,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let plan = move |fold: &Fold| {
            let act = plan(fold)?;
            fold.state().affairs().liaison.check(&act, fold.clock())?;
            Ok(Act::Liaison(act))
        };
        self.act(caller, plan).await.map(|_| ())
    }

    /// Proposes a liaison office.
    ///
    /// # Errors
    /// When the caller may not, a party is unknown, the id is taken, or what stands behind it is not
    /// there.
    pub async fn propose_liaison(
        &self,
        caller: &Caller,
        new: NewLiaison,
        because: Because,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        let plan = move |fold: &Fold| {
            let state = fold.state();
            known(state, &new.host)?;
            for party in new.particulars.parties().chain(&new.told) {
                known(state, party)?;
            }
            because
                .ground
                .iter()
                .try_for_each(|ground| is_there(state, ground))?;
            let propose = LiaisonAct::Propose(ProposeOffice {
                id: new.id.clone(),
                city: new.city,
                host: new.host,
                particulars: new.particulars,
                on: day_of(fold, None, because.on),
                reason: because.reason.clone(),
                ground: because.ground,
            });
            let liaison = &state.affairs().liaison;
            liaison.check(&propose, fold.clock())?;
            // Each party once, so that there are no more of them than an act may name.
            let parties: BTreeSet<PartyCode> = new.told.into_iter().collect();
            if parties.len() > TOLD_MAX {
                let text = "1000 parties at most can be told at once";
                return Err(LiaisonError::Limit(text).into());
            }
            let tell = TellOffice {
                id: new.id,
                parties: parties.into_iter().collect(),
                reason: because.reason,
            };
            let told = !tell.parties.is_empty();
            let tell = told.then_some(LiaisonAct::Tell(tell));
            let acts = std::iter::once(propose).chain(tell);
            Ok(acts.map(Act::Liaison).collect())
        };
        self.acts(caller, plan).await.map(|_| ())
    }

    /// Moves an office to another status.
    ///
    /// # Errors
    /// When the caller may not, the status does not follow, or what stands behind it is not there or
    /// not enough.
    pub async fn move_liaison(
        &self,
        caller: &Caller,
        id: LiaisonId,
        to: LiaisonStatus,
        because: Because,
    ) -> Result<(), EngineError> {
        self.step(caller, move |fold| {
            let state = fold.state();
            let office = state.affairs().liaison.get(&id);
            let office = office.ok_or_else(|| LiaisonError::Unknown(id.clone()))?;
            let from = office.status();
            if !from.may_become(to) {
                return Err(LiaisonError::Step { from, to }.into());
            }
            let ground = ground_of(state, &id, to, because.ground, fold.clock())?;
            Ok(LiaisonAct::Move(MoveOffice {
                on: day_of(fold, Some(office), because.on),
                id,
                to,
                reason: because.reason,
                ground,
            }))
        })
        .await
    }

    /// Changes what is said of an office.
    ///
    /// # Errors
    /// When the caller may not, there is no such office, a party is unknown, or what stands behind it
    /// is not there.
    pub async fn amend_liaison(
        &self,
        caller: &Caller,
        id: LiaisonId,
        changes: Amendments,
        because: Because,
    ) -> Result<(), EngineError> {
        self.step(caller, move |fold| {
            let state = fold.state();
            let office = state.affairs().liaison.get(&id);
            let office = office.ok_or_else(|| LiaisonError::Unknown(id.clone()))?;
            let mut particulars = office.current().particulars.clone();
            let none_if_empty = |text: String| Some(text).filter(|text| !text.is_empty());
            if let Some(head) = changes.head {
                particulars.head = none_if_empty(head);
            }
            if let Some(premises) = changes.premises {
                particulars.premises = none_if_empty(premises);
            }
            particulars.staff = changes.staff.unwrap_or(particulars.staff);
            particulars.premises_by = changes.premises_by.or(particulars.premises_by);
            particulars.funded_by = changes.funded_by.unwrap_or(particulars.funded_by);
            particulars.accredited = changes.accredited.unwrap_or(particulars.accredited);
            particulars.opening = changes.opening.or(particulars.opening);
            particulars
                .parties()
                .try_for_each(|party| known(state, party))?;
            because
                .ground
                .iter()
                .try_for_each(|ground| is_there(state, ground))?;
            Ok(LiaisonAct::Amend(AmendOffice {
                on: day_of(fold, Some(office), because.on),
                id,
                particulars,
                reason: because.reason,
                ground: because.ground,
            }))
        })
        .await
    }

    /// Tells parties of an office that they would not see yet.
    ///
    /// # Errors
    /// When the caller may not, or there is no such office or party.
    pub async fn tell_liaison(
        &self,
        caller: &Caller,
        id: LiaisonId,
        parties: Vec<PartyCode>,
        reason: String,
    ) -> Result<(), EngineError> {
        self.step(caller, move |fold| {
            parties
                .iter()
                .try_for_each(|party| known(fold.state(), party))?;
            Ok(LiaisonAct::Tell(TellOffice {
                id,
                parties,
                reason,
            }))
        })
        .await
    }

    /// The liaison offices that the caller may see, as they are or as they were at the end of a day.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn liaisons(
        &self,
        caller: &Caller,
        as_of: Option<Day>,
    ) -> Result<Vec<LiaisonView>, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let all = state.affairs().liaison.iter();
        Ok(all
            .filter_map(|office| view(state, caller, office, as_of, now))
            .collect())
    }

    /// One liaison office, if the caller may see it.
    ///
    /// # Errors
    /// When it may not, there is none, or there was none that day.
    pub fn liaison(
        &self,
        caller: &Caller,
        id: &LiaisonId,
        as_of: Option<Day>,
    ) -> Result<LiaisonView, EngineError> {
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let office = state.affairs().liaison.get(id);
        office
            .and_then(|office| view(state, caller, office, as_of, now))
            .ok_or_else(EngineError::not_found)
    }
}
