//! Acts about the office and its people: it opens, parties come, keys and accounts come and go.
//! What an account may do is not here.

use minicbor::{Decode, Encode};

use crate::act::Role;
use crate::id::{ClientName, Digest, PartyCode, PersonName};
use crate::party::{Status, Zone};

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

/// A machine account may come in by a TLS certificate from now on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BindCertificate {
    /// Whose account.
    #[n(0)]
    pub party: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: ClientName,
    /// SHA-256 of the certificate (DER).
    #[n(2)]
    pub fingerprint: Digest,
    /// Whether the account comes in by certificate only from now on: a password alone is not enough.
    #[n(3)]
    pub only: bool,
}

/// A TLS certificate lets its bearer in no more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct UnbindCertificate {
    /// Whose account.
    #[n(0)]
    pub party: PartyCode,
    /// Its name.
    #[n(1)]
    pub name: ClientName,
    /// SHA-256 of the certificate (DER).
    #[n(2)]
    pub fingerprint: Digest,
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
