//! Decisions: texts that the office puts to the members, what these say, and what becomes of it.
//!
//! The chair is the office's own people. A party speaks through its persons; what it sent in on
//! paper the office enters for it. Who may see what is core's to say ([`Decision::sight`]); here the
//! rest is left out before anybody is handed anything.

mod proof;
mod view;

use legation_core::act::{
    Act, Actor, ConcludeDecision, DecisionAct, ExtendDecision, Procedure, Role, SayPosition,
    TableDecision, Voice, WithdrawDecision,
};
use legation_core::affairs::decision::{
    Decision, DecisionError, Expiry, Permit, Sight, check_table, check_words, require,
};
use legation_core::id::{AgreementId, AgreementVersion, DecisionId, Digest, LiaisonId, PartyCode};
use legation_core::party::Status;
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;

pub use proof::{AdoptionProof, ProvenAdoption, verify_adoption};
pub use view::{DecisionInside, DecisionPosition, DecisionRow, DecisionView};

use crate::admit::{Caller, known, staff};
use crate::dice::roll_id;
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Company, Plan};

/// A text to be put on the table.
#[derive(Clone, Debug)]
pub struct NewDecision {
    /// Its id; the office makes one when it is left out.
    pub id: Option<DecisionId>,
    /// What it is about.
    pub title: String,
    /// The text.
    pub text: String,
    /// How consensus is found.
    pub procedure: Procedure,
    /// By when, as a person writes it, see [`Expiry::parse`].
    pub expiry: String,
    /// Who is asked; all members when left out.
    pub asked: Option<Vec<PartyCode>>,
    /// Who else learns of it once it is adopted.
    pub told: Vec<PartyCode>,
    /// What its adoption permits.
    pub permits: NewPermit,
    /// Why there is less time than the house rules ask for.
    pub urgent: Option<String>,
}

/// An amended text; what is left out stays as it was.
#[derive(Clone, Debug)]
pub struct AmendedDecision {
    /// Its id; the office makes one when it is left out.
    pub id: Option<DecisionId>,
    /// What it is about.
    pub title: Option<String>,
    /// The text.
    pub text: String,
    /// How consensus is found.
    pub procedure: Option<Procedure>,
    /// By when, as a person writes it.
    pub expiry: String,
    /// Why there is less time than the house rules ask for.
    pub urgent: Option<String>,
    /// What its adoption permits.
    pub permits: Option<NewPermit>,
}

/// What an adoption is to permit, as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "faces make them")]
pub enum NewPermit {
    /// Nothing but what the text says.
    None,
    /// The host signs a version of an agreement that is on the table.
    Sign(AgreementId, AgreementVersion),
    /// A liaison office is decided.
    OpenOffice(LiaisonId),
    /// The text itself is published.
    Publish,
}

/// What a party says.
#[derive(Clone, Debug)]
pub struct NewPosition {
    /// Which party; the caller's when left out. The office enters what others sent in.
    pub party: Option<PartyCode>,
    /// What.
    pub voice: Voice,
    /// In which words.
    pub text: Option<String>,
}

impl From<DecisionError> for EngineError {
    fn from(error: DecisionError) -> Self {
        let fault = match error {
            DecisionError::Expiry { .. }
            | DecisionError::NobodyAsked
            | DecisionError::Twice(_)
            | DecisionError::Past { .. }
            | DecisionError::TooShort { .. }
            | DecisionError::NotLater(_)
            | DecisionError::NoText(_)
            | DecisionError::TooLong { .. } => Fault::Invalid,
            DecisionError::NotAsked(_) => Fault::Forbidden,
            _ => Fault::Conflict,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

/// A decision, if the caller may see anything of it.
fn find<'a>(
    fold: &'a Fold,
    caller: &Caller,
    id: &DecisionId,
    now: Instant,
) -> Result<(&'a Decision, Sight), EngineError> {
    let one = fold.state().affairs().decisions.get(id);
    let one = one.ok_or_else(EngineError::not_found)?;
    let sight = one.sight(&caller.party, staff(caller).is_ok(), now);
    let sight = sight.ok_or_else(EngineError::not_found)?;
    Ok((one, sight))
}

fn permit(state: &State, new: NewPermit, text: &[u8]) -> Result<Permit, EngineError> {
    Ok(match new {
        NewPermit::None => Permit::None,
        NewPermit::OpenOffice(office) => Permit::OpenOffice(office),
        NewPermit::Publish => Permit::Publish(Digest::of(text)),
        NewPermit::Sign(agreement, version) => {
            let tabled = state.agreement(&agreement);
            let tabled = tabled.and_then(|agreement| agreement.version(version));
            let Some(tabled) = tabled else {
                let text = format!(
                    "`{agreement}` has no version {version} that could be signed; table it first"
                );
                return Err(EngineError::new(Fault::Invalid, "decision.permit", text));
            };
            let digest = tabled.digest;
            Permit::Sign { agreement, digest }
        }
    })
}

/// Parties as an act lists them: known, none of them the host, in the order of their codes.
fn listed(state: &State, mut parties: Vec<PartyCode>) -> Result<Vec<PartyCode>, EngineError> {
    for party in &parties {
        known(state, party)?;
    }
    let host = &state.host().code;
    if parties.contains(host) {
        return Err(DecisionError::Twice(host.clone()).into());
    }
    parties.sort();
    Ok(parties)
}

fn members(state: &State) -> Vec<PartyCode> {
    let members = state.parties().filter(|one| one.status == Status::Member);
    members.map(|one| one.code.clone()).collect()
}

/// The plan that puts a text on the table.
fn tabling(fold: &Fold, act: TableDecision) -> Result<(Plan, DecisionId), EngineError> {
    let (state, now) = (fold.state(), fold.clock());
    check_table(&act, &state.house.decision, now)?;
    state.affairs().decisions.may_table(&act, now)?;
    let id = act.id.clone();
    Ok((plan(DecisionAct::Table(act)), id))
}

fn plan(act: DecisionAct) -> Plan {
    Plan {
        acts: vec![Act::Decision(act)],
        ..Plan::default()
    }
}

impl Office {
    /// Puts a text on the table.
    ///
    /// # Errors
    /// When the caller may not, or the text, its expiry or its parties are not in order.
    pub async fn table_decision(
        &self,
        caller: &Caller,
        new: NewDecision,
    ) -> Result<DecisionView, EngineError> {
        staff(caller)?;
        let made = roll_id(self.dice.as_ref(), "decision")?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                let text = new.text.into_bytes();
                let asked = new.asked.unwrap_or_else(|| members(state));
                let act = TableDecision {
                    id: new.id.unwrap_or(made),
                    title: new.title,
                    procedure: new.procedure,
                    expiry: Expiry::parse(&new.expiry, &state.host().zone)?,
                    asked: listed(state, asked)?,
                    told: listed(state, new.told)?,
                    permits: permit(state, new.permits, &text)?,
                    urgent: new.urgent,
                    predecessor: None,
                    text,
                };
                tabling(fold, act)
            });
        let (_, id) = job.await?;
        self.decision(caller, &id)
    }

    /// Puts an amended text in the place of one that came to nothing, to the same parties.
    ///
    /// # Errors
    /// When the caller may not, the text before still stands, or the new one is not in order.
    pub async fn amend_decision(
        &self,
        caller: &Caller,
        before: DecisionId,
        new: AmendedDecision,
    ) -> Result<DecisionView, EngineError> {
        staff(caller)?;
        let made = roll_id(self.dice.as_ref(), "decision")?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                let one = state.affairs().decisions.get(&before);
                let one = one.ok_or_else(EngineError::not_found)?;
                let text = new.text.into_bytes();
                let permits = match (new.permits, &one.permits) {
                    (Some(new), _) => permit(state, new, &text)?,
                    (None, Permit::Publish(_)) => Permit::Publish(Digest::of(&text)),
                    (None, same) => same.clone(),
                };
                let act = TableDecision {
                    id: new.id.unwrap_or(made),
                    title: new.title.unwrap_or_else(|| one.title.clone()),
                    procedure: new.procedure.unwrap_or(one.procedure),
                    expiry: Expiry::parse(&new.expiry, &state.host().zone)?,
                    asked: one.asked.clone(),
                    told: one.told.clone(),
                    permits,
                    urgent: new.urgent,
                    predecessor: Some(before),
                    text,
                };
                tabling(fold, act)
            });
        let (_, id) = job.await?;
        self.decision(caller, &id)
    }

    /// Says where a party stands. What comes too late is kept, and refused all the same.
    ///
    /// # Errors
    /// When the caller may not speak for the party, the party is not asked, or it is too late.
    pub async fn say_position(
        &self,
        caller: &Caller,
        id: DecisionId,
        new: NewPosition,
    ) -> Result<DecisionView, EngineError> {
        let asked = caller.clone();
        let which = id.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let now = fold.clock();
                let (one, _) = find(fold, &asked, &which, now)?;
                let party = new.party.unwrap_or_else(|| asked.party.clone());
                if staff(&asked).is_err() {
                    if party != asked.party {
                        return Err(EngineError::not_found());
                    }
                    if asked.role == Role::Client {
                        let text = "a person speaks for a party; sign in as one of its delegates";
                        return Err(EngineError::forbidden(text));
                    }
                }
                let act = SayPosition {
                    id: which,
                    party,
                    voice: new.voice,
                    text: new.text,
                };
                check_words(&act)?;
                match one.may_say(&act.party, act.voice, now) {
                    Ok(()) => Ok((plan(DecisionAct::Say(act)), None)),
                    Err(late @ DecisionError::Late { .. }) if one.keeps_late(&act.party) => {
                        Ok((plan(DecisionAct::Late(act)), Some(late)))
                    }
                    Err(error) => Err(error.into()),
                }
            });
        match job.await?.1 {
            Some(late) => Err(late.into()),
            None => self.decision(caller, &id),
        }
    }

    /// Records what the meeting came to.
    ///
    /// # Errors
    /// When the caller may not, there is no meeting, or it is over.
    pub async fn conclude_decision(
        &self,
        caller: &Caller,
        id: DecisionId,
        adopted: bool,
        note: Option<String>,
    ) -> Result<DecisionView, EngineError> {
        if let Some(note) = &note {
            require("a note", note)?;
        }
        self.chair(caller, id, move |one, _, now| {
            one.may_conclude(now)?;
            let id = one.id.clone();
            Ok(DecisionAct::Conclude(ConcludeDecision {
                id,
                adopted,
                note,
            }))
        })
        .await
    }

    /// Takes a text off the table.
    ///
    /// # Errors
    /// When the caller may not, or it is off already.
    pub async fn withdraw_decision(
        &self,
        caller: &Caller,
        id: DecisionId,
        reason: String,
    ) -> Result<DecisionView, EngineError> {
        self.chair(caller, id, move |one, _, now| {
            require("a withdrawal", &reason)?;
            one.may_withdraw(now)?;
            let id = one.id.clone();
            Ok(DecisionAct::Withdraw(WithdrawDecision { id, reason }))
        })
        .await
    }

    /// Gives more time, before the time is over.
    ///
    /// # Errors
    /// When the caller may not, the house rules permit none, it is over, or the new expiry is not
    /// later.
    pub async fn extend_decision(
        &self,
        caller: &Caller,
        id: DecisionId,
        expiry: String,
        reason: String,
    ) -> Result<DecisionView, EngineError> {
        self.chair(caller, id, move |one, state, now| {
            require("an extension", &reason)?;
            let expiry = Expiry::parse(&expiry, &state.host().zone)?;
            one.may_extend(&expiry, now)?;
            if !state.house.decision.extension {
                return Err(DecisionError::NoExtension);
            }
            let id = one.id.clone();
            Ok(DecisionAct::Extend(ExtendDecision { id, expiry, reason }))
        })
        .await
    }

    /// One act of the chair on a decision that there is.
    async fn chair<F>(
        &self,
        caller: &Caller,
        id: DecisionId,
        act: F,
    ) -> Result<DecisionView, EngineError>
    where
        F: FnOnce(&Decision, &State, Instant) -> Result<DecisionAct, DecisionError>
            + Send
            + 'static,
    {
        staff(caller)?;
        let (chair, which) = (caller.clone(), id.clone());
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let now = fold.clock();
                let (one, _) = find(fold, &chair, &which, now)?;
                Ok((plan(act(one, fold.state(), now)?), ()))
            });
        job.await?;
        self.decision(caller, &id)
    }

    /// Certifies whatever has been adopted since it was last asked to; how many that were.
    ///
    /// What is adopted is so without it: this puts a word of the office into the log that others can
    /// be handed a proof of. Whoever runs an office calls it now and then.
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn certify_decisions(&self) -> Result<usize, EngineError> {
        let now = self.now()?;
        let is_due = |fold: &Fold| {
            let mut due = fold.state().affairs().decisions.uncertified(now);
            due.next().is_some()
        };
        if !self.with(is_due)? {
            return Ok(0);
        }
        let job = self.desk.submit(&Actor::Office, Company::Alone, |fold, _| {
            let now = fold.clock();
            let due = fold.state().affairs().decisions.uncertified(now);
            let acts = due.filter_map(|one| one.certify(now));
            let acts = acts.map(|act| Act::Decision(DecisionAct::Certify(act)));
            let acts: Vec<Act> = acts.collect();
            let count = acts.len();
            let plan = Plan {
                acts,
                ..Plan::default()
            };
            Ok((plan, count))
        });
        Ok(job.await?.1)
    }
}
