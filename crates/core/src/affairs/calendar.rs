//! Mail addresses, calendar feeds, and what was sent and answered of invitations: the fold of
//! [`CalendarAct`].
//!
//! What is in somebody's calendar, and what is to be sent, is asked in [`crate::calendar`].

use std::collections::BTreeMap;

use crate::act::{Answer, CalendarAct, Entry, MakeFeed};
use crate::id::{Digest, EventUid, FeedId, MailAddress, PartyCode, PersonName};
use crate::state::FoldError;
use crate::time::Instant;

/// A calendar that is read by a secret address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFeed {
    /// What its act says.
    pub act: MakeFeed,
    /// Since when.
    pub made: Instant,
    /// Since when it is read by nobody.
    pub revoked: Option<Instant>,
}

/// The last that was sent to an address about an event, and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Of which party whoever is invited is.
    pub party: PartyCode,
    /// Who.
    pub person: PersonName,
    /// The sequence that was sent last.
    pub sequence: u32,
    /// The state of the event that it told.
    pub state: u32,
    /// Whether that was its end.
    pub cancelled: bool,
    /// When it went to the mail server.
    pub sent: Instant,
    /// What was answered.
    pub answered: Option<Answered>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// What.
    pub answer: Answer,
    /// To which state.
    pub sequence: u32,
    /// When it was written, by the sender's clock.
    pub stamp: Instant,
    /// When the office took it.
    pub at: Instant,
}

impl Answered {
    /// Whether an answer to that state, written then, is older than this (RFC 5546 section 2.1.5).
    pub fn outranks(&self, sequence: u32, stamp: Instant) -> bool {
        (self.sequence, self.stamp) >= (sequence, stamp)
    }
}

/// Mail addresses, calendar feeds, and what was sent and answered of invitations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendars {
    addresses: BTreeMap<(PartyCode, PersonName), MailAddress>,
    feeds: BTreeMap<FeedId, CalendarFeed>,
    live: BTreeMap<Digest, FeedId>,
    invitations: BTreeMap<(EventUid, MailAddress), Invitation>,
}

impl Calendars {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act is about a feed or an invitation that there is not.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &CalendarAct) -> Result<(), FoldError> {
        let at = entry.at;
        match act {
            CalendarAct::SetAddress(act) => {
                let key = (act.party.clone(), act.person.clone());
                match &act.address {
                    Some(address) => self.addresses.insert(key, address.clone()),
                    None => self.addresses.remove(&key),
                };
            }
            CalendarAct::MakeFeed(act) => {
                let feed = CalendarFeed {
                    act: act.clone(),
                    made: at,
                    revoked: None,
                };
                if self.feeds.insert(act.id.clone(), feed).is_some() {
                    return Err(FoldError::Calendar("a feed is made twice"));
                }
                self.live.insert(act.digest, act.id.clone());
            }
            CalendarAct::RevokeFeed(id) => {
                let feed = self.feeds.get_mut(id);
                let feed =
                    feed.ok_or(FoldError::Calendar("a feed is revoked that there is not"))?;
                feed.revoked.get_or_insert(at);
                self.live.remove(&feed.act.digest);
            }
            CalendarAct::Invite(act) => {
                let key = (act.uid.clone(), act.address.clone());
                let answered = self.invitations.remove(&key).and_then(|old| old.answered);
                let invitation = Invitation {
                    party: act.party.clone(),
                    person: act.person.clone(),
                    sequence: act.sequence,
                    state: act.state,
                    cancelled: act.cancelled,
                    sent: at,
                    answered,
                };
                self.invitations.insert(key, invitation);
            }
            CalendarAct::Answer(act) => {
                let key = (act.uid.clone(), act.address.clone());
                let invitation = self.invitations.get_mut(&key);
                let invitation = invitation
                    .ok_or(FoldError::Calendar("somebody answers who was not invited"))?;
                invitation.answered = Some(Answered {
                    answer: act.answer,
                    sequence: act.sequence,
                    stamp: act.stamp,
                    at,
                });
            }
        }
        Ok(())
    }

    /// Where mail to a person goes.
    pub fn address(&self, party: &PartyCode, person: &PersonName) -> Option<&MailAddress> {
        self.addresses.get(&(party.clone(), person.clone()))
    }

    /// Everybody to whom mail goes.
    pub fn addresses(&self) -> impl Iterator<Item = (&PartyCode, &PersonName, &MailAddress)> {
        let all = self.addresses.iter();
        all.map(|((party, person), address)| (party, person, address))
    }

    /// Every feed, revoked ones too.
    pub fn feeds(&self) -> impl Iterator<Item = &CalendarFeed> {
        self.feeds.values()
    }

    /// A feed.
    pub fn feed(&self, id: &FeedId) -> Option<&CalendarFeed> {
        self.feeds.get(id)
    }

    /// The feed that is read by a secret with that digest.
    pub fn feed_by(&self, digest: &Digest) -> Option<&CalendarFeed> {
        self.feeds.get(self.live.get(digest)?)
    }

    /// Every invitation, with the event and the address.
    pub fn invitations(&self) -> impl Iterator<Item = (&EventUid, &MailAddress, &Invitation)> {
        let all = self.invitations.iter();
        all.map(|((uid, address), one)| (uid, address, one))
    }

    /// The invitation to an event that went to an address.
    pub fn invitation(&self, uid: &EventUid, address: &MailAddress) -> Option<&Invitation> {
        self.invitations.get(&(uid.clone(), address.clone()))
    }
}
