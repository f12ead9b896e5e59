//! The envelope round any payload: what the office must know of a record to govern it.
//!
//! The payload itself stays with the journal, byte for byte; nothing here reads it. A record is
//! known by (area, originator, id, version).

use minicbor::{Decode, Encode};

use crate::id::{Digest, Kind, RecordId};
use crate::label::Level;
use crate::party::Audience;
use crate::time::Instant;

/// What one filed record brings: the part of it that governs who may have it.
///
/// Where its bytes are is not said: the journal numbers bodies in the order in which they come, and
/// the number would tell its filer how much others filed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// Its native id.
    #[n(0)]
    pub id: RecordId,
    /// Its version: for STIX `modified`, else `created`; none for what has a single version.
    #[n(1)]
    pub version: Option<Instant>,
    /// What it is within its area.
    #[n(2)]
    pub kind: Kind,
    /// The markings of the whole object, by id.
    #[n(3)]
    pub object_markings: Vec<RecordId>,
    /// The markings of parts of the object, by id.
    #[n(4)]
    pub granular_markings: Vec<RecordId>,
    /// Every id that it refers to, its own left out, each once.
    #[n(5)]
    pub references: Vec<RecordId>,
    /// What it means as a marking, if it is a marking definition.
    #[n(6)]
    pub meaning: Option<Meaning>,
    /// SHA-256 of its bytes.
    #[n(7)]
    pub digest: Digest,
    /// The identity that created it; none where none is named, and for what was filed before
    /// offices noted it.
    #[n(8)]
    pub creator: Option<Creator>,
    /// Whether this version says that the object is revoked.
    #[cbor(n(9), default)]
    pub revoked: bool,
    /// Those of `granular_markings` that mark something that cannot be left out of the object.
    #[cbor(n(10), default)]
    pub fixed_markings: Vec<RecordId>,
}

impl Head {
    /// The identity that created it, if it names one.
    pub fn creator(&self) -> Option<&RecordId> {
        self.references.get(self.creator?.place as usize)
    }

    /// Whether nothing but the filing itself could tell the two apart for the gate.
    pub(crate) fn is_of_one_class_with(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.object_markings == other.object_markings
            && self.granular_markings == other.granular_markings
            && self.fixed_markings == other.fixed_markings
    }
}

/// Where a head names the creator of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Creator {
    /// Its place among the references.
    #[n(0)]
    pub place: u32,
    /// Whether it is referred to as the creator and as nothing else.
    #[n(1)]
    pub alone: bool,
}

/// What a marking says about the records that carry it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Meaning {
    /// A level of TLP.
    #[n(0)]
    Level(#[n(0)] Level),
    /// A text that travels along: restricts nothing and gives no level.
    #[n(1)]
    Statement,
    /// Only these may have the record.
    #[n(2)]
    ReleasableTo(#[n(0)] Vec<Audience>),
    /// A marking that this office does not understand.
    #[n(3)]
    Unknown,
}
