//! Acts about recalls: what came to an end is called back from whoever received it, each recipient
//! is told once, and says that it has understood. Who has to be called is found by whoever plans
//! the act, from the receipts.

use minicbor::{Decode, Encode};

use crate::id::{NoticeId, PartyCode, RecordNumber};
use crate::time::Instant;

/// Records are called back from everybody who has received them.
///
/// Written in the batch of the act that is its cause. It names every recipient, so it is handed to
/// none of them; what a party is told is in the state, see [`crate::state::Notice`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Recall {
    /// Why they came to an end.
    #[n(0)]
    pub cause: Cause,
    /// Why, in the words of whoever ended them; its recipients are told.
    #[n(1)]
    pub reason: String,
    /// What is recalled, ascending.
    #[n(2)]
    pub records: Vec<RecordNumber>,
    /// From whom, each party once, in the order of the codes.
    #[n(3)]
    pub recipients: Vec<Recipient>,
    /// Until when it is to be acknowledged.
    #[n(4)]
    pub due: Instant,
}

/// What ended the records of a recall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Cause {
    /// They were withdrawn.
    #[n(0)]
    Withdrawn,
    /// Their bytes were erased: recipients are asked to do the same.
    #[n(1)]
    Erased,
    /// Their originator filed a later version that is revoked (STIX 2.1 section 3.2, `revoked`).
    #[n(2)]
    Revoked,
}

impl Cause {
    /// The cause as written in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Erased => "erased",
            Self::Revoked => "revoked",
        }
    }

    /// Whether whoever was told this of a record needs not be told the other.
    pub fn covers(self, other: Self) -> bool {
        let weight = |cause| match cause {
            Self::Revoked => 0,
            Self::Withdrawn => 1,
            Self::Erased => 2,
        };
        weight(self) >= weight(other)
    }
}

/// A party that has received some of what is recalled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Recipient {
    /// Which.
    #[n(0)]
    pub party: PartyCode,
    /// What of the recall it has received, ascending.
    #[n(1)]
    pub records: Vec<RecordNumber>,
}

/// Notices of recalls are handed to their party for the first time: written before a byte of them
/// leaves, as a receipt is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TellRecall {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Which.
    #[n(1)]
    pub notices: Vec<NoticeId>,
}

/// A party says that it has taken note of a recall and acts on it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AcknowledgeRecall {
    /// Whose notice.
    #[n(0)]
    pub party: PartyCode,
    /// Which.
    #[n(1)]
    pub notice: NoticeId,
}
