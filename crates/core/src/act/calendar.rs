//! Acts about mail addresses, calendar feeds and answers to invitations. What follows from them is
//! folded in [`crate::affairs::calendar`]; what is in a calendar is asked in [`crate::calendar`].

use minicbor::{Decode, Encode};

use crate::id::{Digest, EventUid, FeedId, MailAddress, PartyCode, PersonName};
use crate::time::Instant;

/// Who reads the calendar where, and what is answered to invitations.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum CalendarAct {
    /// Mail to a person goes to an address from now on, or to none.
    #[n(0)]
    SetAddress(#[n(0)] SetAddress),
    /// Whoever holds a secret reads a calendar by it.
    #[n(1)]
    MakeFeed(#[n(0)] MakeFeed),
    /// Nobody reads by that secret any more.
    #[n(2)]
    RevokeFeed(#[n(0)] FeedId),
    /// An invitation, a new state of one or its end was handed to the mail server.
    #[n(3)]
    Invite(#[n(0)] Invite),
    /// Somebody answered an invitation.
    #[n(4)]
    Answer(#[n(0)] AnswerInvitation),
}

/// Where mail to a person goes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetAddress {
    /// Of which party.
    #[n(0)]
    pub party: PartyCode,
    /// Who.
    #[n(1)]
    pub person: PersonName,
    /// Where; none for nowhere.
    #[n(2)]
    pub address: Option<MailAddress>,
}

/// A calendar that is read by a secret address.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MakeFeed {
    /// Its id; random.
    #[n(0)]
    pub id: FeedId,
    /// What whoever made it calls it.
    #[n(1)]
    pub name: String,
    /// Whose calendar.
    #[n(2)]
    pub party: PartyCode,
    /// Whose of that party; none for the party as such.
    #[n(3)]
    pub person: Option<PersonName>,
    /// SHA-256 of the secret.
    #[n(4)]
    pub digest: Digest,
}

/// What was sent to somebody who is invited.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Invite {
    /// To which event.
    #[n(0)]
    pub uid: EventUid,
    /// Which state of the invitation: it grows with each that is sent.
    #[n(1)]
    pub sequence: u32,
    /// Whether it was the end of the invitation.
    #[n(2)]
    pub cancelled: bool,
    /// Of which party.
    #[n(3)]
    pub party: PartyCode,
    /// To whom.
    #[n(4)]
    pub person: PersonName,
    /// Where.
    #[n(5)]
    pub address: MailAddress,
    /// Which state of the event it told; the last one told, where it was the end alone.
    #[n(6)]
    pub state: u32,
}

/// What somebody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Answer {
    /// Nothing yet.
    #[n(0)]
    Waiting,
    /// Comes.
    #[n(1)]
    Accepted,
    /// Does not come.
    #[n(2)]
    Declined,
    /// Comes perhaps.
    #[n(3)]
    Tentative,
    /// Sends somebody else.
    #[n(4)]
    Delegated,
}

impl Answer {
    /// The answer as written in ours.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Tentative => "tentative",
            Self::Delegated => "delegated",
        }
    }
}

/// An answer to an invitation that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AnswerInvitation {
    /// To which event.
    #[n(0)]
    pub uid: EventUid,
    /// To which state of it.
    #[n(1)]
    pub sequence: u32,
    /// When it was written, by the sender's clock.
    #[n(2)]
    pub stamp: Instant,
    /// Where the invitation went to.
    #[n(3)]
    pub address: MailAddress,
    /// What is answered.
    #[n(4)]
    pub answer: Answer,
}
