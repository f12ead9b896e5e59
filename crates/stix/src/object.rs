//! The head of a STIX object: what governs it, read from its exact bytes.
//!
//! Not a validator of every property, and not a model of the types: the bytes stay the truth.
//!
//! The rule for types that STIX 2.1 does not define: with `created` or `modified` the object is
//! versioned and needs all that a domain object needs; with neither it is unversioned like an
//! observable and needs only `type` and `id`.

mod definition;
mod error;
mod iep;
mod kind;
mod marking;
mod property;
mod reference;

pub use definition::{Definition, RELEASABLE_TO_EXTENSION};
pub use error::{Fault, ObjectError};
pub use iep::IEP_EXTENSION;
pub use kind::{Class, DOMAIN, META, OBSERVABLE, RELATIONSHIP, class_of, kinds};
pub(crate) use reference::is_listed;
pub use reference::{Reference, references};

use crate::id::ObjectId;
use crate::json::{self, Node};
use crate::timestamp::Timestamp;

/// The version of the standard that is read.
pub const SPEC_VERSION: &str = "2.1";

/// What governs one object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The object's id; its type is [`Head::kind`].
    pub id: ObjectId,
    /// The sort of its type.
    pub class: Class,
    /// Always [`SPEC_VERSION`]: an observable that says nothing is 2.1 too (STIX 2.1 section 3.2).
    pub spec_version: &'static str,
    /// When the object was created.
    pub created: Option<Timestamp>,
    /// When this version was made.
    pub modified: Option<Timestamp>,
    /// Whether the object is withdrawn by its creator (STIX 2.1 section 3.2).
    pub revoked: bool,
    /// The identity that created it.
    pub created_by_ref: Option<ObjectId>,
    /// Whether `created_by_ref` is the only property that names the creator.
    pub creator_alone: bool,
    /// The markings of the whole object, in its order, repeats left out.
    pub object_marking_refs: Vec<ObjectId>,
    /// The markings of parts of it.
    pub granular: Vec<Granular>,
    /// Every id that the object refers to, each once, in the order in which they stand first; never
    /// its own.
    pub references: Vec<ObjectId>,
    /// What a marking definition means; none for any other type.
    pub definition: Option<Definition>,
}

/// A marking of parts of an object (STIX 2.1 section 7.2.3.1).
// INVARIANT: exactly one of `marking_ref` and `lang` is given; `selectors` is not empty, and each
// of them names a value of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "STIX 2.1 section 7.2.3.1 fixes the properties"
)]
pub struct Granular {
    /// The marking definition that applies.
    pub marking_ref: Option<ObjectId>,
    /// The language of the content, if the marking says that instead.
    pub lang: Option<String>,
    /// The parts of the object to which it applies.
    pub selectors: Vec<String>,
}

impl Head {
    /// Reads the head of the object that `bytes` hold.
    ///
    /// # Errors
    /// [`ObjectError`] names the first fault with its code, JSON pointer and byte offset.
    pub fn read(bytes: &[u8]) -> Result<Self, ObjectError> {
        Self::of(&parse(bytes)?, 0)
    }

    /// Reads the head of an object that is already a tree. `base` is where in the text that was
    /// read the object begins: offsets in errors count from there.
    ///
    /// # Errors
    /// The same as [`Head::read`].
    pub fn of(node: &Node<'_>, base: usize) -> Result<Self, ObjectError> {
        let mut fault = match property::read(node) {
            Ok(head) => return Ok(head),
            Err(fault) => fault,
        };
        fault.offset = fault.offset.saturating_sub(base);
        Err(*fault)
    }

    /// The type of the object, `indicator`.
    pub fn kind(&self) -> &str {
        self.id.kind()
    }

    /// What orders the versions of the object: `modified`, else `created`, else nothing, which
    /// means that there is one version only.
    pub fn version(&self) -> Option<Timestamp> {
        self.modified.or(self.created)
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Node<'_>, ObjectError> {
    json::parse(bytes).map_err(|e| ObjectError {
        fault: Fault::Json(e.fault),
        pointer: e.place.pointer,
        offset: e.place.offset,
    })
}
