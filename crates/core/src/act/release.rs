//! The act of releasing: a receipt, written before the first byte leaves. A party may be handed its
//! own receipts, so nothing here tells of what it may not see.

use minicbor::{Decode, Encode};

use crate::act::DateSet;
use crate::id::{AgreementId, AgreementVersion, AreaName, EntryNumber, PartyCode};
use crate::run::Runs;
use crate::time::Instant;

/// What was released, to whom, under what.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    /// To whom.
    #[n(0)]
    pub party: PartyCode,
    /// Of which view.
    #[n(1)]
    pub area: AreaName,
    /// What was asked for, as a canonical query string.
    #[n(2)]
    pub filter: String,
    /// The agreements in force for the party, which its view rests on.
    #[n(3)]
    pub agreements: Vec<Basis>,
    /// Date added of the first record released, in the party's view.
    #[n(4)]
    pub first: Instant,
    /// Date added of the last record released, in the party's view.
    #[n(5)]
    pub last: Instant,
    /// Exactly which records, by their dates added in the party's view.
    #[n(6)]
    pub dates: DateSet,
    /// What of them: bytes, or only ids and versions.
    #[n(7)]
    pub extent: Extent,
    /// Whether it was written ahead, for pages that its reader is expected to ask for next: then it
    /// may name more than was sent, never less, until a [`Closing`] says what was.
    #[cbor(n(8), default)]
    pub ahead: bool,
}

/// The end of a receipt that was written ahead: nothing more is sent under it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Closing {
    /// Whose receipt.
    #[n(0)]
    pub party: PartyCode,
    /// Its entry.
    #[n(1)]
    pub receipt: EntryNumber,
    /// Which of the records that it names were sent.
    #[n(2)]
    pub sent: Places,
    /// In how many answers.
    #[n(3)]
    pub answers: u64,
    /// When the last of them was.
    #[n(4)]
    pub last: Instant,
}

/// Places among the dates of a receipt, oldest first, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Places(#[n(0)] Runs);

impl Places {
    /// The set of those places.
    pub fn of(places: impl IntoIterator<Item = u64>) -> Self {
        Self(Runs::of(places))
    }

    /// Whether the place is in the set.
    pub fn contains(&self, place: u64) -> bool {
        self.0.contains(place)
    }

    /// The places as runs, each from its first to its last.
    pub fn runs(&self) -> impl Iterator<Item = (u64, u64)> {
        self.0.iter()
    }

    /// How many places it holds.
    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How much of the records was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Extent {
    /// Their bytes.
    #[n(0)]
    Bodies,
    /// Their ids, versions and dates added.
    #[n(1)]
    Heads,
}

/// A version of an agreement that something rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, serde::Serialize)]
pub struct Basis {
    /// Which agreement.
    #[n(0)]
    pub agreement: AgreementId,
    /// Which version.
    #[n(1)]
    pub version: AgreementVersion,
}
