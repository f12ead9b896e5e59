//! Calendars: who reads one by a secret address, where mail goes, what is to be sent to those
//! invited, and what they answer.
//!
//! What is in a calendar is decided in core, for one reader at one instant; it is written as
//! iCalendar here. Nothing is sent here.

use std::collections::BTreeMap;

use legation_core::act::{
    Act, Actor, Answer, AnswerInvitation, CalendarAct, Invite, MakeFeed, Role, SetAddress,
};
use legation_core::affairs::calendar::{CalendarFeed, Invitation};
use legation_core::calendar::{Event, Letter, When, events, outbox};
use legation_core::id::{Digest, EventUid, FeedId, MailAddress, PartyCode, PersonName};
use legation_core::notice::Reader;
use legation_core::state::State;
use legation_core::time::Instant;
use legation_formats::ical::{self, PartStat, Reply};

use crate::admit::{Caller, Secret, known, staff};
use crate::dice::roll_id;
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// The longest name of a feed, in characters.
pub const FEED_NAME_MAX: usize = 200;

/// The most feeds of a party that can be read: some for each of a large delegation.
pub const FEEDS_MAX: usize = 200;

/// A feed that was made, with the secret by which it is read: shown once.
#[derive(Debug)]
pub struct NewFeed {
    /// Its id.
    pub id: FeedId,
    /// Its secret.
    pub secret: Secret,
}

/// An invitation, with what stands in the calendar of whoever looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// The event's id.
    pub uid: EventUid,
    /// Where it went.
    pub address: MailAddress,
    /// What was sent and answered.
    pub invitation: Invitation,
    /// The event, where it is still there.
    pub event: Option<Event>,
}

/// What became of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReplyOutcome {
    /// It is recorded.
    Recorded,
    /// It answers an older state of the invitation, or a newer reply is known.
    Stale,
    /// Nobody of that address was invited to that event.
    Unknown,
}

impl ReplyOutcome {
    /// The outcome as written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Stale => "stale",
            Self::Unknown => "unknown",
        }
    }
}

impl Office {
    /// What is in the caller's calendar, by time.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn calendar(&self, caller: &Caller) -> Result<Vec<Event>, EngineError> {
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        Ok(events(fold.state(), &reader(caller), now))
    }

    /// The calendar that is read by a secret, as iCalendar; none if nobody reads by it, which is the
    /// same whether it was revoked or never was one.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn calendar_by(&self, secret: &str) -> Result<Option<String>, EngineError> {
        let digest = Digest::of(secret.as_bytes());
        let fold = self.look()?;
        let state = fold.state();
        let now = self.clock.now().max(fold.clock());
        let Some(feed) = state.affairs().calendars.feed_by(&digest) else {
            return Ok(None);
        };
        let (party, person) = (&feed.act.party, feed.act.person.as_ref());
        let staff = match person {
            Some(person) => match role(state, party, person) {
                Some(role) => matches!(role, Role::Chief | Role::Officer),
                None => return Ok(None),
            },
            None => state.host().code == *party,
        };
        let reader = Reader {
            party,
            person,
            staff,
        };
        let events: Vec<ical::Event> = events(state, &reader, now).iter().map(written).collect();
        Ok(Some(ical::write(
            ical::Method::Publish,
            Some(&feed.act.name),
            &events,
        )))
    }

    /// Makes a feed: of anybody's calendar by the office's people, else of the caller's party or the
    /// caller itself.
    ///
    /// # Errors
    /// When the caller may not, the name is none, or there are [`FEEDS_MAX`].
    pub async fn make_calendar_feed(
        &self,
        caller: &Caller,
        party: PartyCode,
        person: Option<PersonName>,
        name: String,
    ) -> Result<NewFeed, EngineError> {
        let all = staff(caller).is_ok();
        if !all && (caller.party != party || person.is_some() && person.as_ref() != own(caller)) {
            return Err(EngineError::not_found());
        }
        // The host's own calendar is the office's: its machines do not work there.
        let host = self.look()?.state().host().code == party;
        if !all && host && person.is_none() {
            return Err(EngineError::forbidden(
                "only the office's chief and officers may have the office's own calendar",
            ));
        }
        let name = name.trim().to_owned();
        let length = name.chars().count();
        if length == 0 || length > FEED_NAME_MAX || name.chars().any(char::is_control) {
            let text = format!("a feed has a name of 1 to {FEED_NAME_MAX} characters on one line");
            return Err(EngineError::new(
                Fault::Invalid,
                "calendar.malformed-name",
                text,
            ));
        }
        let id: FeedId = roll_id(self.dice.as_ref(), "feed")?;
        let secret = Secret::roll(self.dice.as_ref())?;
        let act = MakeFeed {
            id: id.clone(),
            name,
            party,
            person,
            digest: secret.digest(),
        };
        self.act(caller, move |fold| {
            let state = fold.state();
            known(state, &act.party)?;
            if let Some(person) = &act.person {
                known_person(state, &act.party, person)?;
            }
            let feeds = state.affairs().calendars.feeds();
            let live = feeds.filter(|one| one.act.party == act.party && one.revoked.is_none());
            if live.count() >= FEEDS_MAX {
                let text = format!("{} has {FEEDS_MAX} feeds; revoke some first", act.party);
                return Err(EngineError::new(
                    Fault::Conflict,
                    "calendar.too-many-feeds",
                    text,
                ));
            }
            Ok(Act::Calendar(CalendarAct::MakeFeed(act)))
        })
        .await?;
        Ok(NewFeed { id, secret })
    }

    /// The feeds: all for the office's people, else those of the caller's party and the caller's own.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn calendar_feeds(&self, caller: &Caller) -> Result<Vec<CalendarFeed>, EngineError> {
        let fold = self.look()?;
        let feeds = fold.state().affairs().calendars.feeds();
        Ok(feeds.filter(|feed| is_of(caller, feed)).cloned().collect())
    }

    /// Ends that a calendar is read by a secret.
    ///
    /// # Errors
    /// When there is no such feed of the caller's.
    pub async fn revoke_calendar_feed(
        &self,
        caller: &Caller,
        id: FeedId,
    ) -> Result<(), EngineError> {
        let asks = caller.clone();
        self.act(caller, move |fold| {
            let feed = fold.state().affairs().calendars.feed(&id);
            match feed {
                Some(feed) if is_of(&asks, feed) && feed.revoked.is_none() => {
                    Ok(Act::Calendar(CalendarAct::RevokeFeed(id)))
                }
                _ => Err(EngineError::not_found()),
            }
        })
        .await?;
        Ok(())
    }

    /// Says where mail to a person goes: the office's people for anybody, everybody for itself.
    ///
    /// # Errors
    /// When the caller may not, or there is no such person.
    pub async fn set_address(
        &self,
        caller: &Caller,
        party: PartyCode,
        person: PersonName,
        address: Option<MailAddress>,
    ) -> Result<(), EngineError> {
        let all = staff(caller).is_ok();
        if !all && (caller.party != party || own(caller) != Some(&person)) {
            return Err(EngineError::not_found());
        }
        // Upper and lower case are the same mailbox everywhere that counts, and answers vary in it.
        let address = address.map(|one| one.as_str().to_ascii_lowercase().parse());
        let address = address.transpose();
        let address = address.map_err(|error| EngineError::internal("engine.broken", error))?;
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            known_person(fold.state(), &party, &person)?;
            Ok(Act::Calendar(CalendarAct::SetAddress(SetAddress {
                party,
                person,
                address,
            })))
        })
        .await?;
        Ok(())
    }

    /// Where mail goes: to everybody for the office's people, else to the caller itself.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn addresses(
        &self,
        caller: &Caller,
    ) -> Result<Vec<(PartyCode, PersonName, MailAddress)>, EngineError> {
        let all = staff(caller).is_ok();
        let fold = self.look()?;
        let addresses = fold.state().affairs().calendars.addresses();
        let own = addresses.filter(|(party, person, _)| {
            all || (**party == caller.party && own(caller) == Some(*person))
        });
        Ok(own
            .map(|(party, person, address)| (party.clone(), person.clone(), address.clone()))
            .collect())
    }

    /// What was sent and answered: everything for the office's people, else to people of the caller's
    /// party, about what the party may see.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn invitations(&self, caller: &Caller) -> Result<Vec<Invited>, EngineError> {
        let all = staff(caller).is_ok();
        let fold = self.look()?;
        let state = fold.state();
        let now = self.clock.now().max(fold.clock());
        let seen = events(state, &reader(caller), now).into_iter();
        let seen: BTreeMap<EventUid, Event> =
            seen.map(|event| (event.uid.clone(), event)).collect();
        let invitations = state.affairs().calendars.invitations();
        Ok(invitations
            .map(|(uid, address, invitation)| Invited {
                uid: uid.clone(),
                address: address.clone(),
                invitation: invitation.clone(),
                event: seen.get(uid).cloned(),
            })
            .filter(|one| all || (one.invitation.party == caller.party && one.event.is_some()))
            .collect())
    }

    /// Takes replies to invitations; says what became of each. Others than the office's people hand in
    /// those of their own party; those of others are unknown to them.
    ///
    /// # Errors
    /// When the office broke down.
    pub async fn take_replies(
        &self,
        caller: &Caller,
        replies: Vec<Reply>,
    ) -> Result<Vec<ReplyOutcome>, EngineError> {
        let mut outcomes = Vec::with_capacity(replies.len());
        for reply in replies {
            let asks = caller.clone();
            let job = self.desk.submit(
                &caller.actor,
                crate::writer::Company::Alone,
                move |fold, _| {
                    let (outcome, act) = judge(fold.state(), &asks, &reply);
                    let plan = crate::writer::Plan {
                        acts: act.into_iter().map(Act::Calendar).collect(),
                        ..Default::default()
                    };
                    Ok((plan, outcome))
                },
            );
            outcomes.push(job.await?.1);
        }
        Ok(outcomes)
    }

    /// What is to be sent to those invited, and the instant at which that is so.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn letters(&self) -> Result<(Vec<Letter>, Instant), EngineError> {
        let fold = self.look()?;
        let now = self.clock.now().max(fold.clock());
        Ok((outbox(fold.state(), now), now))
    }

    /// Records that an invitation went to the mail server.
    ///
    /// # Errors
    /// When the office broke down.
    pub async fn note_invite(&self, letter: &Letter) -> Result<(), EngineError> {
        let act = Invite {
            uid: letter.uid.clone(),
            sequence: letter.sequence,
            cancelled: letter.cancels,
            party: letter.party.clone(),
            person: letter.person.clone(),
            address: letter.address.clone(),
            state: letter.state,
        };
        self.duty(move |state| {
            let sent = state.affairs().calendars.invitation(&act.uid, &act.address);
            let is_news = sent.is_none_or(|sent| sent.sequence < act.sequence);
            is_news.then_some(Act::Calendar(CalendarAct::Invite(act)))
        })
        .await
    }

    /// What the office calls itself in mails: the host's name and the city.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn title(&self) -> Result<String, EngineError> {
        let fold = self.look()?;
        let state = fold.state();
        Ok(format!("{}, {}", state.host().name, state.office))
    }
}

/// An event as it is written in a calendar.
pub fn written(event: &Event) -> ical::Event {
    ical::Event {
        uid: event.uid.to_string(),
        sequence: event.sequence,
        stamp: event.changed,
        when: match event.when {
            When::Days { first, last } => ical::When::Days { first, last },
            When::Time { start, end } => ical::When::Time { start, end },
        },
        summary: event.summary.clone(),
        description: event.description.clone(),
        place: event.place.clone(),
        status: match event.is_cancelled {
            true => ical::Status::Cancelled,
            false => ical::Status::Confirmed,
        },
        is_busy: event.is_meeting,
        organizer: None,
        attendees: Vec::new(),
    }
}

/// What becomes of a reply: it must answer the state that was sent last, and be newer than what is
/// known (RFC 5546 section 2.1.5). No series are sent, so that an answer to a date of one is none.
fn judge(state: &State, caller: &Caller, reply: &Reply) -> (ReplyOutcome, Option<CalendarAct>) {
    let calendars = &state.affairs().calendars;
    let (Ok(uid), Ok(address)) = (
        reply.uid.parse::<EventUid>(),
        reply.address.parse::<MailAddress>(),
    ) else {
        return (ReplyOutcome::Unknown, None);
    };
    let invitation = calendars.invitation(&uid, &address);
    let may = |one: &&Invitation| staff(caller).is_ok() || one.party == caller.party;
    let Some(invitation) = invitation.filter(may) else {
        return (ReplyOutcome::Unknown, None);
    };
    if reply.recurrence.is_some() || reply.sequence > invitation.sequence {
        return (ReplyOutcome::Unknown, None);
    }
    let known = invitation.answered.as_ref();
    let is_old = reply.sequence < invitation.sequence
        || invitation.cancelled
        || known.is_some_and(|known| known.outranks(reply.sequence, reply.stamp));
    if is_old {
        return (ReplyOutcome::Stale, None);
    }
    let act = AnswerInvitation {
        uid,
        sequence: reply.sequence,
        stamp: reply.stamp,
        address,
        answer: match reply.partstat {
            PartStat::NeedsAction => Answer::Waiting,
            PartStat::Accepted => Answer::Accepted,
            PartStat::Declined => Answer::Declined,
            PartStat::Tentative => Answer::Tentative,
            PartStat::Delegated => Answer::Delegated,
        },
    };
    (ReplyOutcome::Recorded, Some(CalendarAct::Answer(act)))
}

fn reader(caller: &Caller) -> Reader<'_> {
    Reader {
        party: &caller.party,
        person: own(caller),
        staff: staff(caller).is_ok(),
    }
}

fn own(caller: &Caller) -> Option<&PersonName> {
    match &caller.actor {
        Actor::Person(_, person) => Some(person),
        Actor::Client(..) | Actor::Office => None,
    }
}

/// Whether a feed is the caller's to know of.
fn is_of(caller: &Caller, feed: &CalendarFeed) -> bool {
    let person = feed.act.person.as_ref();
    staff(caller).is_ok()
        || (feed.act.party == caller.party && (person.is_none() || person == own(caller)))
}

fn role(state: &State, party: &PartyCode, person: &PersonName) -> Option<Role> {
    let mut persons = state.persons(party);
    persons
        .find(|(name, _)| *name == person)
        .map(|(_, person)| person.role)
}

fn known_person(state: &State, party: &PartyCode, person: &PersonName) -> Result<(), EngineError> {
    match role(state, party, person) {
        Some(_) => Ok(()),
        None => {
            let text = format!("{party} has no person `{person}`; see `legation person add`");
            Err(EngineError::new(
                Fault::NotFound,
                "calendar.unknown-person",
                text,
            ))
        }
    }
}
