//! Acts about where notices go to, and how far they have got. What follows from them is folded in
//! [`crate::affairs::notice`]; which notices there are is asked in [`crate::notice`].

use minicbor::{Decode, Encode};

use crate::id::{NoticeId, PartyCode, PersonName, WebhookName};
use crate::party::Zone;
use crate::time::Instant;

/// Where notices go to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum NoticeAct {
    /// A party's notices are posted to an address from now on.
    #[n(0)]
    AddWebhook(#[n(0)] AddWebhook),
    /// Nothing is posted there any more.
    #[n(1)]
    RemoveWebhook(#[n(0)] WebhookName),
    /// What was stopped is tried again.
    #[n(2)]
    ResumeWebhook(#[n(0)] WebhookName),
    /// A notice without content is posted, so that somebody sees whether it arrives.
    #[n(3)]
    TestWebhook(#[n(0)] TestWebhook),
    /// Notices were posted, and the other end has taken them.
    #[n(4)]
    Deliver(#[n(0)] Deliver),
    /// The other end takes nothing.
    #[n(5)]
    FailWebhook(#[n(0)] FailWebhook),
    /// A person is sent what awaits it, once a day, or no more.
    #[n(6)]
    SetDigest(#[n(0)] SetDigest),
    /// The digest of a day was handed to the mail server.
    #[n(7)]
    SendDigest(#[n(0)] SendDigest),
}

/// A party's notices are posted to an address. Under a name that is taken, it takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddWebhook {
    /// Its name, unique in the office.
    #[n(0)]
    pub id: WebhookName,
    /// Whose notices.
    #[n(1)]
    pub party: PartyCode,
    /// Where to.
    #[n(2)]
    pub url: String,
    /// Random bytes: with the office's own key they give the key that signs what is posted, so that
    /// the journal holds no secret.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// Whether the address may lie in a network that is not public.
    #[n(4)]
    pub private: bool,
}

/// A notice without content is to be posted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TestWebhook {
    /// Where to.
    #[n(0)]
    pub id: WebhookName,
    /// The id of that notice; random.
    #[n(1)]
    pub notice: NoticeId,
}

/// Notices were taken by the other end.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Deliver {
    /// Where.
    #[n(0)]
    pub id: WebhookName,
    /// Which.
    #[n(1)]
    pub notices: Vec<NoticeId>,
}

/// The other end takes nothing: the first time since it last did, or for so long that the office
/// stops.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct FailWebhook {
    /// Where.
    #[n(0)]
    pub id: WebhookName,
    /// What it answered.
    #[n(1)]
    pub reason: String,
    /// Whether the office stops.
    #[n(2)]
    pub stops: bool,
}

/// A person is sent what awaits it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetDigest {
    /// Of which party.
    #[n(0)]
    pub party: PartyCode,
    /// Who.
    #[n(1)]
    pub person: PersonName,
    /// At which full hour of the day, 0 to 23; none for no more.
    #[n(2)]
    pub hour: Option<u8>,
    /// In which zone.
    #[n(3)]
    pub zone: Zone,
}

/// The digest of a day went to the mail server.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SendDigest {
    /// Of which party.
    #[n(0)]
    pub party: PartyCode,
    /// To whom.
    #[n(1)]
    pub person: PersonName,
    /// The instant at which it was due: the day's hour.
    #[n(2)]
    pub due: Instant,
}
