//! Acts about agreements and house rules. What they mean is in [`crate::agreement`].

use minicbor::{Decode, Encode};

use crate::id::{AgreementId, AgreementVersion, PartyCode};
use crate::time::Instant;

/// New house rules.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetHouse {
    /// The whole file.
    #[n(0)]
    pub text: String,
}

/// A version of an agreement is put on the table.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TableAgreement {
    /// The file, byte for byte: the text that is signed, never erased.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub file: Vec<u8>,
}

/// A party signs a version.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignAgreement {
    /// Which agreement.
    #[n(0)]
    pub id: AgreementId,
    /// Which version.
    #[n(1)]
    pub version: AgreementVersion,
    /// Who signs.
    #[n(2)]
    pub party: PartyCode,
    /// With which key.
    #[n(3)]
    pub fingerprint: String,
    /// The SSHSIG in its armour.
    #[n(4)]
    pub signature: String,
}

/// An agreement stops.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SuspendAgreement {
    /// Which.
    #[n(0)]
    pub id: AgreementId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// A suspension is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ResumeAgreement {
    /// Which.
    #[n(0)]
    pub id: AgreementId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// An agreement is given notice.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TerminateAgreement {
    /// Which.
    #[n(0)]
    pub id: AgreementId,
    /// First instant at which it is in force no longer.
    #[n(1)]
    pub effective: Instant,
    /// Why.
    #[n(2)]
    pub reason: String,
}
