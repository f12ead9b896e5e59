//! What is to be sent to those who are invited.
//!
//! Each person with a mail address is invited to the meetings in its own calendar. A new state is
//! sent with its sequence; what was called off, or is no longer for that person, is cancelled.
//! Everything follows from what holds and what was sent, so that a restart loses nothing.

use std::collections::BTreeMap;

use crate::act::Role;
use crate::calendar::{Event, events};
use crate::id::{EventUid, MailAddress, PartyCode, PersonName};
use crate::notice::Reader;
use crate::state::State;
use crate::time::Instant;

/// Something that is to be sent to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Of which party.
    pub party: PartyCode,
    /// To whom.
    pub person: PersonName,
    /// Where.
    pub address: MailAddress,
    /// To which event.
    pub uid: EventUid,
    /// Which state of the invitation: greater than any that was sent.
    pub sequence: u32,
    /// Which state of the event.
    pub state: u32,
    /// The event; none for one that is no longer for that person: then it is told nothing but the end.
    pub event: Option<Event>,
    /// Whether the invitation ends.
    pub cancels: bool,
}

/// Everything that is to be sent, the same order each time.
pub fn outbox(state: &State, now: Instant) -> Vec<Letter> {
    let calendars = &state.affairs().calendars;
    let mut letters = Vec::new();
    for (party, person, address) in calendars.addresses() {
        let role = state.persons(party).find(|(name, _)| *name == person);
        let Some((_, account)) = role else { continue };
        let reader = Reader {
            party,
            person: Some(person),
            staff: matches!(account.role, Role::Chief | Role::Officer),
        };
        let seen = events(state, &reader, now);
        let seen = seen.into_iter().filter(|event| event.is_meeting);
        let seen: BTreeMap<EventUid, Event> =
            seen.map(|event| (event.uid.clone(), event)).collect();
        let letter = |uid: &EventUid, (sequence, state), event, cancels| Letter {
            party: party.clone(),
            person: person.clone(),
            address: address.clone(),
            uid: uid.clone(),
            sequence,
            state,
            event,
            cancels,
        };
        for (uid, event) in &seen {
            let sent = calendars.invitation(uid, address);
            let is_owed = match sent {
                // What never was in a mailbox need not be called off there.
                None => !event.is_cancelled,
                Some(sent) => event.is_cancelled != sent.cancelled || event.sequence > sent.state,
            };
            // Nobody is invited to what is over; but whoever has it in a calendar is told what became
            // of it, also when it was moved into the past.
            if is_owed && (sent.is_some() || !event.when.is_over(now)) {
                // An invitation that ended and begins again has been sent more often than the event
                // has changed.
                let floor = sent.map_or(0, |sent| sent.sequence.saturating_add(1));
                let numbers = (event.sequence.max(floor), event.sequence);
                letters.push(letter(
                    uid,
                    numbers,
                    Some(event.clone()),
                    event.is_cancelled,
                ));
            }
        }
        let gone = calendars.invitations().filter(|(uid, to, sent)| {
            let is_own = *to == address && sent.party == *party && sent.person == *person;
            is_own && !sent.cancelled && !seen.contains_key(*uid)
        });
        for (uid, _, sent) in gone {
            let numbers = (sent.sequence.saturating_add(1), sent.state);
            letters.push(letter(uid, numbers, None, true));
        }
    }
    letters
}
