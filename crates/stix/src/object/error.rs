//! Why the head of an object could not be read.
//!
//! Not for what a full validation would say of its other properties.

use thiserror::Error;

use crate::id::IdError;
use crate::json;
use crate::selector::SelectorError;
use crate::timestamp::TimestampError;

/// What is wrong with an object.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The object is not strict JSON.
    #[error(transparent)]
    Json(json::Fault),
    /// A JSON value that is no object.
    #[error("this is {found}, not a STIX object; send an object")]
    NotAnObject {
        /// What it is instead.
        found: &'static str,
    },
    /// A property that the type requires is not there.
    #[error("`{name}` is missing; every `{kind}` needs it")]
    Missing {
        /// The property.
        name: &'static str,
        /// The type of the object, or `STIX object` if that is not known.
        kind: String,
    },
    /// A value of the wrong JSON type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the standard wants here.
        expected: &'static str,
        /// What stands here.
        found: &'static str,
    },
    /// An empty list, which STIX 2.1 section 2.12 forbids.
    #[error("the list is empty; give it an item or leave the property out")]
    EmptyList,
    /// A type that breaks STIX 2.1 section 3.1 and 11.2.
    #[error("`{0}` is not a type: use 3 to 250 of a-z, 0-9 and single hyphens")]
    KindForm(String),
    /// A bundle among the objects (STIX 2.1 section 8: a bundle is no object).
    #[error("a bundle is not an object; send the objects in it")]
    BundleInside,
    /// An identifier that breaks STIX 2.1 section 2.9.
    #[error(transparent)]
    IdForm(IdError),
    /// An id whose type is not that of the object (STIX 2.1 section 2.9).
    #[error("`{id}` is the id of another type; begin it with `{kind}--`")]
    IdKind {
        /// The id.
        id: String,
        /// The type of the object.
        kind: String,
    },
    /// Another version of STIX, or none where one is needed (STIX 2.1 section 3.2).
    #[error(
        "`spec_version` is {found}, and STIX 2.1 alone is read; convert the object and write `\"spec_version\": \"2.1\"`"
    )]
    SpecVersion {
        /// The version in backticks, or `missing`.
        found: String,
    },
    /// A timestamp that breaks STIX 2.1 section 2.16.
    #[error(transparent)]
    Timestamp(TimestampError),
    /// `modified` before `created` (STIX 2.1 section 3.2).
    #[error("`modified` is before `created`; correct one of them")]
    ModifiedBeforeCreated,
    /// A reference to a type that cannot stand here.
    #[error("`{id}` is no `{expected}`; refer to one")]
    RefKind {
        /// The reference.
        id: String,
        /// The type it must have.
        expected: &'static str,
    },
    /// A granular marking without exactly one of `lang` and `marking_ref` (STIX 2.1 section
    /// 7.2.3.1).
    #[error("a granular marking has {found} of `lang` and `marking_ref`; give it exactly one")]
    Granular {
        /// `both` or `neither`.
        found: &'static str,
    },
    /// A text that is no selector.
    #[error(transparent)]
    Selector(SelectorError),
    /// A selector that names nothing in the object.
    #[error("`{0}` selects nothing in this object; name a property that it has")]
    SelectorMissing(String),
    /// A marking definition that marks itself (STIX 2.1 section 7.2.1).
    #[error("a marking definition cannot mark itself; remove the reference")]
    SelfMarking,
    /// One of the ids that the standards fix for TLP, with other content (STIX 2.1 section
    /// 7.2.1.4).
    #[error(
        "`{id}` is fixed by the standard for {level}; send it exactly so, or use an id of your own"
    )]
    TlpContent {
        /// The id.
        id: String,
        /// The level it stands for.
        level: String,
    },
    /// A level of TLP under an id that the standards do not fix (STIX 2.1 section 7.2.1.4).
    #[error(
        "TLP has fixed marking definitions and this is none of them; refer to the standard's own"
    )]
    TlpOwn,
    /// A releasable-to set that names nobody or cannot be read (`docs/releasable-to.md`).
    #[error("{0}")]
    ReleasableTo(&'static str),
}

impl Fault {
    /// The stable code of this fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(fault) => fault.code(),
            Self::NotAnObject { .. } => "stix.not-an-object",
            Self::Missing { .. } => "stix.missing",
            Self::WrongType { .. } => "stix.wrong-type",
            Self::EmptyList => "stix.empty-list",
            Self::KindForm(_) => "stix.type-form",
            Self::BundleInside => "stix.bundle-inside",
            Self::IdForm(_) => "stix.id-form",
            Self::IdKind { .. } => "stix.id-type",
            Self::SpecVersion { .. } => "stix.spec-version",
            Self::Timestamp(_) => "stix.timestamp",
            Self::ModifiedBeforeCreated => "stix.modified-before-created",
            Self::RefKind { .. } => "stix.ref-type",
            Self::Granular { .. } => "stix.granular",
            Self::Selector(_) => "stix.selector",
            Self::SelectorMissing(_) => "stix.selector-missing",
            Self::SelfMarking => "stix.self-marking",
            Self::TlpContent { .. } => "stix.tlp-content",
            Self::TlpOwn => "stix.tlp-own",
            Self::ReleasableTo(_) => "stix.releasable-to",
        }
    }
}

/// An object that was refused: what is wrong and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} (at `{pointer}`, byte {offset} of the object)")]
pub struct ObjectError {
    /// What is wrong.
    pub fault: Fault,
    /// The JSON pointer (RFC 6901) of the value, or of the object that lacks it.
    pub pointer: String,
    /// Bytes of the object before it.
    pub offset: usize,
}

impl ObjectError {
    /// The stable code, `stix.id-form`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}
