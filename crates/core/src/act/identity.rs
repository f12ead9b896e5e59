//! Acts about who speaks for the identities that records name as their creators.
//! What follows for what is shown is decided in [`crate::view`].

use minicbor::{Decode, Encode};

use crate::id::{PartyCode, RecordId};

/// A party asks to speak for an identity, or is granted that.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RegisterIdentity {
    /// Which party.
    #[n(0)]
    pub party: PartyCode,
    /// The id of the identity.
    #[n(1)]
    pub identity: RecordId,
    /// Whether the office grants it; until then nothing follows from it.
    #[n(2)]
    pub granted: bool,
}

/// A party speaks for an identity no more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UnregisterIdentity {
    /// Which party.
    #[n(0)]
    pub party: PartyCode,
    /// The id of the identity.
    #[n(1)]
    pub identity: RecordId,
}
