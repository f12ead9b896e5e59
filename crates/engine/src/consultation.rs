//! Consultations: asked for by members, opened and run by the office, spoken in by participants.
//!
//! Who may know of one is decided in core ([`Consultation::is_seen_by`]); whoever may not is told
//! that there is none. What is read of one is in `view`: its documents go through the gate there.

mod document;
mod holiday;
mod view;

use std::collections::BTreeSet;

use legation_core::act::{
    Act, AskConsultation, CancelMeeting, CloseConsultation, CompleteFollowUp, ConsultationAct,
    LinkConsultation, OpenConsultation, ReopenConsultation, Say, SetAgenda, SetFollowUp,
    SetMeeting, SetOutcome, SetParticipants, WriteMinutes,
};
use legation_core::affairs::activity::read_moment;
use legation_core::affairs::consultation::{
    AgendaItem, Bond, Consultation, ConsultationError, Speech,
};
use legation_core::id::{AreaName, ConsultationId, PartyCode, PersonName};
use legation_core::party::{Status, Zone};
use legation_core::state::State;
use legation_core::time::{Day, Instant};
use legation_core::view::Fold;

pub use holiday::{HolidayRow, HolidaySource};
pub use view::{ConsultationView, DocumentView, MeetingTime, MeetingView, MeetingWarning};

use crate::admit::{Caller, known, staff};
use crate::dice::roll_id;
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Company, Plan};

/// A consultation that is asked for.
#[derive(Clone, Debug)]
pub struct AskedFor {
    /// Its id, which only the office chooses; made by the office when left out.
    pub id: Option<ConsultationId>,
    /// On what.
    pub subject: String,
    /// In which area.
    pub area: AreaName,
    /// With whom.
    pub participants: Vec<PartyCode>,
    /// Why.
    pub reason: String,
    /// Whether it is opened at once, which only the office does.
    pub open: bool,
}

/// A meeting as it is said; of one that changes, what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct MeetingPlan {
    /// The number of the one that changes; a new one when left out.
    pub number: Option<u32>,
    /// What it is called.
    pub title: Option<String>,
    /// When it begins: an instant, or a time on the clocks of the zone.
    pub start: Option<String>,
    /// When it ends, likewise.
    pub end: Option<String>,
    /// The zone in which that is said; the caller's when left out.
    pub zone: Option<Zone>,
    /// Where people meet.
    pub place: Option<String>,
    /// Where they meet without travelling.
    pub link: Option<String>,
}

/// What a party says.
#[derive(Clone, Debug)]
pub struct SpeechDraft {
    /// Which party; the caller's when left out. The office enters what others sent in.
    pub party: Option<PartyCode>,
    /// A position or a statement.
    pub speech: Speech,
    /// On which item of the agenda, from 1.
    pub item: Option<u32>,
    /// What.
    pub text: String,
}

/// Something to be done; of what changes, what is left out stays.
#[derive(Clone, Debug, Default)]
pub struct Task {
    /// The number of what changes; something new when left out.
    pub number: Option<u32>,
    /// What.
    pub title: Option<String>,
    /// Which party does it.
    pub owner: Option<PartyCode>,
    /// Who of it.
    pub person: Option<PersonName>,
    /// By which day.
    pub due: Option<Day>,
}

impl From<ConsultationError> for EngineError {
    fn from(error: ConsultationError) -> Self {
        let fault = match &error {
            ConsultationError::Unknown => return Self::not_found(),
            ConsultationError::NoMeeting(_)
            | ConsultationError::NoDocument
            | ConsultationError::NoFollowUp(_) => Fault::NotFound,
            invalid if invalid.is_invalid() => Fault::Invalid,
            _ => Fault::Conflict,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

/// A consultation, if the caller may know of it.
fn find<'a>(
    fold: &'a Fold,
    caller: &Caller,
    id: &ConsultationId,
) -> Result<&'a Consultation, EngineError> {
    let found = fold.state().affairs().consultations.get(id);
    found
        .filter(|one| one.is_seen_by(&caller.party, staff(caller).is_ok()))
        .ok_or_else(EngineError::not_found)
}

fn missing(what: &str) -> EngineError {
    let text = format!("a new one needs {what}");
    EngineError::new(Fault::Invalid, "consultation.incomplete", text)
}

fn all_known<'a>(
    state: &State,
    parties: impl IntoIterator<Item = &'a PartyCode>,
) -> Result<(), EngineError> {
    parties
        .into_iter()
        .try_for_each(|party| known(state, party))
}

impl Office {
    /// Does something in a consultation that the caller may know of.
    async fn consult<T: Send + 'static>(
        &self,
        caller: &Caller,
        id: &ConsultationId,
        plan: impl FnOnce(&Fold, &Consultation) -> Result<(ConsultationAct, T), EngineError>
        + Send
        + 'static,
    ) -> Result<T, EngineError> {
        let (asking, id) = (caller.clone(), id.clone());
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let (act, value) = plan(fold, find(fold, &asking, &id)?)?;
                fold.state().affairs().consultations.check(&act)?;
                let plan = Plan {
                    acts: vec![Act::Consultation(act)],
                    ..Plan::default()
                };
                Ok((plan, value))
            });
        Ok(job.await?.1)
    }

    /// Asks for a consultation; the office may open it at once.
    ///
    /// # Errors
    /// When the caller is neither a member nor of the office, chooses an id that it may not choose,
    /// or says something that cannot be.
    pub async fn ask_consultation(
        &self,
        caller: &Caller,
        new: AskedFor,
    ) -> Result<ConsultationId, EngineError> {
        let is_staff = staff(caller).is_ok();
        if !is_staff && (new.id.is_some() || new.open) {
            let text = "the office chooses ids, and opens consultations";
            return Err(EngineError::forbidden(text));
        }
        let rolled = roll_id(self.dice.as_ref(), "consultation")?;
        let party = caller.party.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                let standing = state.find_party(&party).map(|party| party.status);
                if !is_staff && standing != Some(Status::Member) {
                    let text = "members and the office ask for consultations";
                    return Err(EngineError::forbidden(text));
                }
                if !state.has_area(&new.area) {
                    let text = format!(
                        "the office has no area `{}`; the house rules may add one",
                        new.area
                    );
                    return Err(EngineError::new(Fault::Invalid, "file.unknown-area", text));
                }
                if is_staff {
                    // Nobody else is told which parties there are.
                    all_known(state, &new.participants)?;
                }
                let id = new.id.unwrap_or(rolled);
                let ask = ConsultationAct::Ask(AskConsultation {
                    id: id.clone(),
                    party,
                    subject: new.subject,
                    area: new.area,
                    participants: new.participants.clone(),
                    reason: new.reason.clone(),
                });
                state.affairs().consultations.check(&ask)?;
                let open = new.open.then(|| {
                    ConsultationAct::Open(OpenConsultation {
                        id: id.clone(),
                        participants: new.participants.clone(),
                        reason: new.reason,
                    })
                });
                if open.is_some() && new.participants.is_empty() {
                    return Err(ConsultationError::Participants.into());
                }
                let acts = std::iter::once(ask).chain(open);
                let plan = Plan {
                    acts: acts.map(Act::Consultation).collect(),
                    ..Plan::default()
                };
                Ok((plan, id))
            });
        Ok(job.await?.1)
    }

    /// Opens a consultation that was asked for: with those who were named, or with others.
    ///
    /// # Errors
    /// When the caller may not, there is no such consultation, it is not asked for, or a party is
    /// unknown.
    pub async fn open_consultation(
        &self,
        caller: &Caller,
        id: ConsultationId,
        participants: Option<Vec<PartyCode>>,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |fold, one| {
            let named = || one.participants.iter().cloned().collect();
            let participants = participants.unwrap_or_else(named);
            all_known(fold.state(), &participants)?;
            let open = OpenConsultation {
                id,
                participants,
                reason,
            };
            Ok((ConsultationAct::Open(open), ()))
        })
        .await
    }

    /// Has others take part from now on.
    ///
    /// # Errors
    /// When the caller may not, it is not open, a party is unknown, or nobody is left.
    pub async fn set_participants(
        &self,
        caller: &Caller,
        id: ConsultationId,
        add: Vec<PartyCode>,
        remove: Vec<PartyCode>,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |fold, one| {
            all_known(fold.state(), &add)?;
            let gone = remove
                .iter()
                .find(|party| !one.participants.contains(*party));
            if let Some(party) = gone {
                return Err(ConsultationError::NoParticipant(party.clone()).into());
            }
            let mut all: BTreeSet<PartyCode> = one.participants.clone();
            all.extend(add);
            all.retain(|party| !remove.contains(party));
            let set = SetParticipants {
                id,
                participants: all.into_iter().collect(),
                reason,
            };
            Ok((ConsultationAct::Participants(set), ()))
        })
        .await
    }

    /// Sets the agenda.
    ///
    /// # Errors
    /// When the caller may not, it is not open, or an item cannot be.
    pub async fn set_agenda(
        &self,
        caller: &Caller,
        id: ConsultationId,
        items: Vec<AgendaItem>,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            Ok((ConsultationAct::Agenda(SetAgenda { id, items }), ()))
        })
        .await
    }

    /// Sets a meeting, or sets one otherwise; answers with its number.
    ///
    /// # Errors
    /// When the caller may not, it is not open, there is no such meeting, or the times cannot be.
    pub async fn set_meeting(
        &self,
        caller: &Caller,
        id: ConsultationId,
        new: MeetingPlan,
    ) -> Result<u32, EngineError> {
        staff(caller)?;
        let party = caller.party.clone();
        self.consult(caller, &id.clone(), move |fold, one| {
            let number = new.number;
            let before = number.map(|number| {
                let found = one.meeting(number);
                found.ok_or(ConsultationError::NoMeeting(number))
            });
            let before = before.transpose()?;
            let own = fold
                .state()
                .find_party(&party)
                .map(|party| party.zone.clone());
            let zone = new.zone.or_else(|| before.map(|one| one.zone.clone()));
            let zone = zone.or(own).unwrap_or_else(Zone::utc);
            let read = |text: Option<String>, kept: Option<Instant>, what| match text {
                Some(text) => read_moment(&text, &zone).map_err(|error| {
                    EngineError::new(Fault::Invalid, error.code(), error.to_string())
                }),
                None => kept.ok_or_else(|| missing(what)),
            };
            let start = read(new.start, before.map(|one| one.start), "a start")?;
            let end = read(new.end, before.map(|one| one.end), "an end")?;
            let title = new.title.or_else(|| before.map(|one| one.title.clone()));
            let next = u32::try_from(one.meetings.len()).unwrap_or(u32::MAX);
            let number = number.unwrap_or(next.saturating_add(1));
            let set = SetMeeting {
                id,
                number,
                title: title.ok_or_else(|| missing("a title"))?,
                start,
                end,
                zone,
                place: new
                    .place
                    .or_else(|| before.and_then(|one| one.place.clone())),
                link: new.link.or_else(|| before.and_then(|one| one.link.clone())),
            };
            Ok((ConsultationAct::Meet(set), number))
        })
        .await
    }

    /// Cancels a meeting.
    ///
    /// # Errors
    /// When the caller may not, it is not open, or there is no such meeting that could be cancelled.
    pub async fn cancel_meeting(
        &self,
        caller: &Caller,
        id: ConsultationId,
        number: u32,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            let cancel = CancelMeeting { id, number, reason };
            Ok((ConsultationAct::CancelMeeting(cancel), ()))
        })
        .await
    }

    /// Takes a position or makes a statement for a participant; answers with its number.
    ///
    /// # Errors
    /// When the caller may not know of it or speak for that party, or it is not open.
    pub async fn say(
        &self,
        caller: &Caller,
        id: ConsultationId,
        draft: SpeechDraft,
    ) -> Result<u32, EngineError> {
        let is_staff = staff(caller).is_ok();
        let own = caller.party.clone();
        self.consult(caller, &id.clone(), move |fold, one| {
            let party = draft.party.unwrap_or_else(|| own.clone());
            if !is_staff && party != own {
                let text =
                    "a party speaks for itself, and the office for whoever sent something in";
                return Err(EngineError::forbidden(text));
            }
            let host = &fold.state().host().code;
            if !one.participants.contains(&party) && party != *host {
                return Err(ConsultationError::NoParticipant(party).into());
            }
            let count = u32::try_from(one.said.len()).unwrap_or(u32::MAX);
            let say = Say {
                id,
                party,
                speech: draft.speech,
                item: draft.item,
                text: draft.text,
            };
            Ok((ConsultationAct::Say(say), count.saturating_add(1)))
        })
        .await
    }

    /// Writes minutes, of a meeting or of the whole, instead of those before.
    ///
    /// # Errors
    /// When the caller may not, it was never open, or there is no such meeting.
    pub async fn write_minutes(
        &self,
        caller: &Caller,
        id: ConsultationId,
        meeting: Option<u32>,
        text: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            let minutes = WriteMinutes { id, meeting, text };
            Ok((ConsultationAct::Minutes(minutes), ()))
        })
        .await
    }

    /// Says what came of it.
    ///
    /// # Errors
    /// When the caller may not, or it was never open.
    pub async fn set_outcome(
        &self,
        caller: &Caller,
        id: ConsultationId,
        text: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            Ok((ConsultationAct::Outcome(SetOutcome { id, text }), ()))
        })
        .await
    }

    /// Says what is to be done, or that it is to be done otherwise; answers with its number.
    ///
    /// # Errors
    /// When the caller may not, it is not open, or there is no such follow-up.
    pub async fn set_follow_up(
        &self,
        caller: &Caller,
        id: ConsultationId,
        new: Task,
    ) -> Result<u32, EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |fold, one| {
            let number = new.number;
            let before = number.map(|number| {
                let found = one.follow_up(number);
                found.ok_or(ConsultationError::NoFollowUp(number))
            });
            let before = before.transpose()?;
            let owner = new
                .owner
                .clone()
                .or_else(|| before.map(|one| one.owner.clone()));
            let owner = owner.ok_or_else(|| missing("an owner"))?;
            let host = &fold.state().host().code;
            if !one.participants.contains(&owner) && owner != *host {
                return Err(ConsultationError::NoParticipant(owner).into());
            }
            let due = new.due.or_else(|| before.map(|one| one.due));
            let title = new.title.or_else(|| before.map(|one| one.title.clone()));
            // The person of one party is none of another.
            let same = before.filter(|one| one.owner == owner);
            let person = new
                .person
                .or_else(|| same.and_then(|one| one.person.clone()));
            let next = u32::try_from(one.follow_ups.len()).unwrap_or(u32::MAX);
            let number = number.unwrap_or(next.saturating_add(1));
            let set = SetFollowUp {
                id,
                number,
                title: title.ok_or_else(|| missing("a title"))?,
                owner,
                person,
                due: due.ok_or_else(|| missing("a day on which it is due"))?,
            };
            Ok((ConsultationAct::FollowUp(set), number))
        })
        .await
    }

    /// Says that something is done, or is not after all: by its owner or by the office.
    ///
    /// # Errors
    /// When the caller may not, or there is no such follow-up.
    pub async fn complete_follow_up(
        &self,
        caller: &Caller,
        id: ConsultationId,
        number: u32,
        done: bool,
        note: Option<String>,
    ) -> Result<(), EngineError> {
        let (party, is_staff) = (caller.party.clone(), staff(caller).is_ok());
        self.consult(caller, &id.clone(), move |_, one| {
            let found = one.follow_up(number);
            let found = found.ok_or(ConsultationError::NoFollowUp(number))?;
            if !is_staff && found.owner != party {
                let text = "whoever owns a follow-up says that it is done, or the office";
                return Err(EngineError::forbidden(text));
            }
            let complete = CompleteFollowUp {
                id,
                number,
                done,
                party,
                note,
            };
            Ok((ConsultationAct::Complete(complete), ()))
        })
        .await
    }

    /// Closes a consultation, or declines one that was asked for.
    ///
    /// # Errors
    /// When the caller may not, or it is closed.
    pub async fn close_consultation(
        &self,
        caller: &Caller,
        id: ConsultationId,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            let close = CloseConsultation { id, reason };
            Ok((ConsultationAct::Close(close), ()))
        })
        .await
    }

    /// Reopens a consultation; one that was declined is asked for again.
    ///
    /// # Errors
    /// When the caller may not, or it is not closed.
    pub async fn reopen_consultation(
        &self,
        caller: &Caller,
        id: ConsultationId,
        reason: String,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |_, _| {
            let reopen = ReopenConsultation { id, reason };
            Ok((ConsultationAct::Reopen(reopen), ()))
        })
        .await
    }

    /// Says that it belongs with a decision or an agreement, or no more. Each participant is told of
    /// it only if it may know of that.
    ///
    /// # Errors
    /// When the caller may not, or there is no such decision or agreement.
    pub async fn link_consultation(
        &self,
        caller: &Caller,
        id: ConsultationId,
        to: Bond,
        linked: bool,
    ) -> Result<(), EngineError> {
        staff(caller)?;
        self.consult(caller, &id.clone(), move |fold, _| {
            let state = fold.state();
            let there = match &to {
                Bond::Decision(id) => state.affairs().decisions.get(id).is_some(),
                Bond::Agreement(id) => state.agreement(id).is_some(),
                _ => false,
            };
            if !there {
                let text = "there is no such decision or agreement";
                return Err(EngineError::new(
                    Fault::NotFound,
                    "consultation.no-link",
                    text,
                ));
            }
            let link = LinkConsultation { id, to, linked };
            Ok((ConsultationAct::Link(link), ()))
        })
        .await
    }
}
