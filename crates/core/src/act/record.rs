//! Acts about records: filed, withdrawn, erased. Who may have them is not here.

use minicbor::{Decode, Encode};

use crate::id::{AreaName, PartyCode, RecordId, RecordNumber};
use crate::record::Head;
use crate::time::Instant;

/// A party files records.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct File {
    /// Into which area.
    #[n(0)]
    pub area: AreaName,
    /// Who files.
    #[n(1)]
    pub originator: PartyCode,
    /// The id under which its outcome can be asked for (TAXII 2.1 section 4.3), an UUID.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub status: [u8; 16],
    /// What was new, in the order given.
    #[n(3)]
    pub records: Vec<Head>,
    /// What was there already: ids and versions.
    #[n(4)]
    pub unchanged: Vec<Named>,
    /// What was refused, and why.
    #[n(5)]
    pub refused: Vec<Refusal>,
}

/// An id with its version.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Named {
    /// The id.
    #[n(0)]
    pub id: RecordId,
    /// The version.
    #[n(1)]
    pub version: Option<Instant>,
}

/// An object that was not filed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Refusal {
    /// Its place in the envelope, from 0.
    #[n(0)]
    pub index: u32,
    /// Its id, as far as it could be read.
    #[n(1)]
    pub id: Option<String>,
    /// Its version, as far as it could be read.
    #[n(2)]
    pub version: Option<Instant>,
    /// A stable code.
    #[n(3)]
    pub code: String,
    /// What was wrong, where, and what to do.
    #[n(4)]
    pub text: String,
}

/// Records are withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Withdraw {
    /// Which.
    #[n(0)]
    pub records: Vec<RecordNumber>,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// The bytes of records are erased.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Erase {
    /// Which.
    #[n(0)]
    pub records: Vec<RecordNumber>,
    /// Under which law or order.
    #[n(1)]
    pub reason: String,
}
