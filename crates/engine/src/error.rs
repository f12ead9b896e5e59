//! What can go wrong in a use case, by whose fault it is.
//!
//! No HTTP here: a face picks its status from [`Fault`].

use legation_core::affairs::activity::ActivityError;
use legation_core::agreement::fault::{Fault as FileFault, Faults};
use legation_core::agreement::signature::SignatureError;
use legation_core::agreement::succession::TransitionError;
use legation_core::state::FoldError;
use legation_journal::JournalError;
use thiserror::Error;

/// Whose fault it is, and so what a face should answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a face must have an answer to each"
)]
pub enum Fault {
    /// Nothing of that name, or nothing that the caller may know of: the two look alike.
    NotFound,
    /// The caller may know of it and not do this.
    Forbidden,
    /// What the caller sent cannot be understood or is against a rule of its format.
    Invalid,
    /// It contradicts what holds now.
    Conflict,
    /// It is more than the office takes at once.
    TooLarge,
    /// The office cannot now; it may later.
    Unavailable,
    /// The office itself is wrong.
    Internal,
}

/// An act or a question that came to nothing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{text}")]
pub struct EngineError {
    /// Whose fault it is.
    pub fault: Fault,
    /// A stable code, listed in `docs/errors.md`.
    pub code: &'static str,
    /// What was wrong and what to do, for whoever asked.
    pub text: String,
    /// Where: a line and column, a key, an object.
    pub place: Option<String>,
    /// Every fault of the file that was handed in, where it was one; `text` tells them too.
    pub faults: Vec<FileFault>,
}

impl EngineError {
    pub(crate) fn new(fault: Fault, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            fault,
            code,
            text: text.into(),
            place: None,
            faults: Vec::new(),
        }
    }

    /// Nothing of that name for this caller; always the same words.
    pub(crate) fn not_found() -> Self {
        Self::new(
            Fault::NotFound,
            "engine.not-found",
            "there is no such thing here",
        )
    }

    pub(crate) fn forbidden(text: impl Into<String>) -> Self {
        Self::new(Fault::Forbidden, "engine.forbidden", text)
    }

    pub(crate) fn internal(code: &'static str, error: impl std::fmt::Display) -> Self {
        Self::new(Fault::Internal, code, error.to_string())
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl From<JournalError> for EngineError {
    fn from(error: JournalError) -> Self {
        let fault = match error.code() {
            "journal.disk-full"
            | "journal.disk-read-only"
            | "journal.poisoned"
            | "journal.in-use" => Fault::Unavailable,
            _ => Fault::Internal,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

impl From<FoldError> for EngineError {
    fn from(error: FoldError) -> Self {
        Self::new(Fault::Internal, error.code(), error.to_string())
    }
}

impl From<ActivityError> for EngineError {
    fn from(error: ActivityError) -> Self {
        let fault = match error.is_malformed() {
            true => Fault::Invalid,
            false => Fault::Conflict,
        };
        Self::new(fault, error.code(), error.to_string())
    }
}

impl From<TransitionError> for EngineError {
    fn from(error: TransitionError) -> Self {
        Self::new(Fault::Conflict, error.code(), error.to_string())
    }
}

impl From<SignatureError> for EngineError {
    fn from(error: SignatureError) -> Self {
        Self::new(Fault::Invalid, error.code(), error.to_string())
    }
}

impl From<Faults> for EngineError {
    fn from(faults: Faults) -> Self {
        let first = faults.iter().next();
        let place = first.map(|fault| format!("line {}, column {}", fault.line, fault.column));
        let code = first.map_or("agreement.malformed", |fault| fault.code);
        Self {
            place,
            faults: faults.iter().cloned().collect(),
            ..Self::new(Fault::Invalid, code, faults.to_string())
        }
    }
}
