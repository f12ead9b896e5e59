//! The journal's vocabulary: every act that changes the office, and the entry that records it.
//!
//! Entries are CBOR (RFC 8949), so that tools of others can read them. A variant's number and a
//! field's position are fixed for good: new fields go to the end and are optional, new acts get
//! new numbers. Nothing stored is ever edited in place.
//!
//! ```text
//! frame = [format, number, at, actor, act, link]
//!   format  1
//!   number  position in the journal, from 0
//!   at      microseconds since 1970-01-01T00:00:00Z, never less than the entry before
//!   actor   who did it
//!   act     [variant number, [fields ...]]
//!   link    commitment of the entry before (see `entry`)
//! ```

mod date_set;
mod entry;

pub use date_set::DateSet;
pub use entry::{Entry, EntryError, FRAME_FORMAT};

use minicbor::{Decode, Encode};

use crate::id::{
    AgreementId, AgreementVersion, AreaName, ClientName, Digest, PartyCode, PersonName, RecordId,
    RecordNumber,
};
use crate::party::{Status, Zone};
use crate::record::Head;
use crate::time::Instant;

/// What a person may do at the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Runs the office; of the host only.
    #[n(0)]
    Chief,
    /// Works at the office; of the host only.
    #[n(1)]
    Officer,
    /// Acts for a party.
    #[n(2)]
    Delegate,
    /// A machine.
    #[n(3)]
    Client,
}

impl Role {
    /// The role as written in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chief => "chief",
            Self::Officer => "officer",
            Self::Delegate => "delegate",
            Self::Client => "client",
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Actor {
    /// The office itself: its start, its own duties.
    #[n(0)]
    Office,
    /// A machine account of a party.
    #[n(1)]
    Client(#[n(0)] PartyCode, #[n(1)] ClientName),
    /// A human account of a party.
    #[n(2)]
    Person(#[n(0)] PartyCode, #[n(1)] PersonName),
}

impl Actor {
    /// The party on whose behalf it is done; none for the office itself.
    pub fn party(&self) -> Option<&PartyCode> {
        match self {
            Self::Office => None,
            Self::Client(party, _) | Self::Person(party, _) => Some(party),
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Office => f.write_str("office"),
            Self::Client(party, name) => write!(f, "{party}/{name}"),
            Self::Person(party, name) => write!(f, "{party}/{name}"),
        }
    }
}

/// One thing that happened in the office.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Act {
    /// The office opens: its alliance becomes the host.
    #[n(0)]
    Open(#[n(0)] Open),
    /// A party becomes known.
    #[n(1)]
    AddParty(#[n(0)] AddParty),
    /// A party registers a key.
    #[n(2)]
    AddKey(#[n(0)] AddKey),
    /// A key counts no longer.
    #[n(3)]
    RevokeKey(#[n(0)] RevokeKey),
    /// A machine account, or a new password for one.
    #[n(4)]
    AddClient(#[n(0)] AddClient),
    /// A machine account ends.
    #[n(5)]
    RevokeClient(#[n(0)] RevokeClient),
    /// A human account, or a new sign-in link for one.
    #[n(6)]
    AddPerson(#[n(0)] AddPerson),
    /// A person used the one-time link and holds a token from now on.
    #[n(7)]
    SignIn(#[n(0)] SignIn),
    /// New house rules.
    #[n(8)]
    SetHouse(#[n(0)] SetHouse),
    /// A version of an agreement is put on the table.
    #[n(9)]
    TableAgreement(#[n(0)] TableAgreement),
    /// A party signs a version.
    #[n(10)]
    SignAgreement(#[n(0)] SignAgreement),
    /// An agreement stops in both directions.
    #[n(11)]
    SuspendAgreement(#[n(0)] SuspendAgreement),
    /// A suspension is lifted.
    #[n(12)]
    ResumeAgreement(#[n(0)] ResumeAgreement),
    /// An agreement is given notice.
    #[n(13)]
    TerminateAgreement(#[n(0)] TerminateAgreement),
    /// A party files records.
    #[n(14)]
    File(#[n(0)] File),
    /// Records are withdrawn: alive no more, for everybody.
    #[n(15)]
    Withdraw(#[n(0)] Withdraw),
    /// The bytes of records are erased; the entries stay.
    #[n(16)]
    Erase(#[n(0)] Erase),
    /// Records are released to somebody: written before the first byte leaves.
    #[n(17)]
    Release(#[n(0)] Receipt),
}

/// The office opens.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Open {
    /// The host.
    #[n(0)]
    pub alliance: PartyCode,
    /// The host's name.
    #[n(1)]
    pub name: String,
    /// The city of the office.
    #[n(2)]
    pub office: String,
    /// The host's zone.
    #[n(3)]
    pub zone: Zone,
    /// Random bytes from which ids of this office derive.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub seed: [u8; 16],
    /// The house rules it opens with.
    #[n(5)]
    pub house: String,
}

/// A party becomes known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddParty {
    /// Its code.
    #[n(0)]
    pub code: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: String,
    /// Its standing.
    #[n(2)]
    pub status: Status,
    /// Its zone.
    #[n(3)]
    pub zone: Zone,
}

/// A party registers a key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddKey {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// The key as one OpenSSH line without comment.
    #[n(1)]
    pub line: String,
    /// Its fingerprint.
    #[n(2)]
    pub fingerprint: String,
}

/// A key counts no longer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RevokeKey {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Its fingerprint.
    #[n(1)]
    pub fingerprint: String,
}

/// A machine account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddClient {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: ClientName,
    /// SHA-256 of its password; the password is 256 random bits, so no slow hash is needed.
    #[n(2)]
    pub secret: Digest,
}

/// A machine account ends.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RevokeClient {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: ClientName,
}

/// A human account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddPerson {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: PersonName,
    /// What it may do.
    #[n(2)]
    pub role: Role,
    /// SHA-256 of the one-time sign-in secret.
    #[n(3)]
    pub link: Option<Digest>,
    /// SHA-256 of a token, for the chief that is made with the office.
    #[n(4)]
    pub token: Option<Digest>,
}

/// A person used the one-time link.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignIn {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Who.
    #[n(1)]
    pub name: PersonName,
    /// SHA-256 of the token that was handed out for the link.
    #[n(2)]
    pub token: Digest,
}

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
