//! The act of releasing: a receipt, written before the first byte leaves. A party may be handed its
//! own receipts, so nothing here tells of what it may not see.

use minicbor::{Decode, Encode};

use crate::act::DateSet;
use crate::id::{AgreementId, AgreementVersion, AreaName, PartyCode};
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
}

/// How much of the records was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, serde::Serialize)]
pub struct Basis {
    /// Which agreement.
    #[n(0)]
    pub agreement: AgreementId,
    /// Which version.
    #[n(1)]
    pub version: AgreementVersion,
}
