//! Why a body could not be split.
//!
//! Not for what is wrong with one of its objects.

use thiserror::Error;

use crate::json::{self, JsonError, Place};

/// What is wrong with a body.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum Fault {
    #[error(transparent)]
    Json(json::Fault),
    #[error("this is {found}, not an envelope; send `{{\"objects\": [...]}}`")]
    NotABody { found: &'static str },
    #[error(
        "this is a bundle, not a TAXII envelope; send its `objects` alone, as `{{\"objects\": [...]}}`"
    )]
    BundleNotEnvelope,
    #[error(
        "this is a single object, not a TAXII envelope; put it in a list, as `{{\"objects\": [...]}}`"
    )]
    ObjectNotEnvelope,
    #[error("this is not a STIX bundle; give it `\"type\": \"bundle\"`")]
    NotABundle,
    #[error("a bundle needs an `id` of the form `bundle--uuid`")]
    BundleId,
    #[error("expected {expected}, found {found}")]
    WrongType {
        expected: &'static str,
        found: &'static str,
    },
    #[error("every item of `objects` is an object; remove what is not")]
    NotAnObject,
    #[error("more than {limit} objects in one body; send them in several")]
    TooMany { limit: usize },
}

/// A body that was refused as a whole: what is wrong and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{fault} ({place})")]
pub struct SplitError {
    fault: Fault,
    place: Place,
}

impl SplitError {
    pub(crate) fn json(error: JsonError) -> Self {
        Self {
            fault: Fault::Json(error.fault),
            place: error.place,
        }
    }

    pub(crate) fn shape(fault: Fault, place: Place) -> Self {
        Self { fault, place }
    }

    /// The stable code: one of `json.*` for the text, one of `stix.*` for the shape.
    pub fn code(&self) -> &'static str {
        match &self.fault {
            Fault::Json(fault) => fault.code(),
            Fault::NotABody { .. } => "stix.not-a-body",
            Fault::BundleNotEnvelope => "stix.bundle-not-envelope",
            Fault::ObjectNotEnvelope => "stix.object-not-envelope",
            Fault::NotABundle => "stix.not-a-bundle",
            Fault::BundleId => "stix.bundle-id",
            Fault::WrongType { .. } => "stix.wrong-type",
            Fault::NotAnObject => "stix.not-an-object",
            Fault::TooMany { .. } => "stix.too-many-objects",
        }
    }

    /// Where in the body.
    pub fn place(&self) -> &Place {
        &self.place
    }
}
