//! What a liaison office cannot do.

use thiserror::Error;

use crate::affairs::liaison::LiaisonStatus;
use crate::id::LiaisonId;

/// A step that a liaison office does not allow.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LiaisonError {
    /// There is none of that id.
    #[error("there is no liaison office `{0}`; see `legation office list`")]
    Unknown(LiaisonId),
    /// There is one of that id.
    #[error("there is a liaison office `{0}` already")]
    Exists(LiaisonId),
    /// The one status does not follow the other.
    #[error("an office that is {from} cannot become {to}")]
    Step {
        /// What it is.
        from: LiaisonStatus,
        /// What it cannot become.
        to: LiaisonStatus,
    },
    /// The day of a step cannot be.
    #[error("the day of the step {0}")]
    Day(&'static str),
    /// More or less than an act may carry.
    #[error("{0}")]
    Limit(&'static str),
    /// No status of an office.
    #[error(
        "`{0}` is no status of a liaison office; write proposed, under-negotiation, decided, open, suspended or closed"
    )]
    UnknownStatus(String),
}

impl LiaisonError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "liaison.unknown",
            Self::Exists(_) => "liaison.exists",
            Self::Step { .. } => "liaison.step",
            Self::Day(_) => "liaison.day",
            Self::Limit(_) => "liaison.limit",
            Self::UnknownStatus(_) => "liaison.unknown-status",
        }
    }
}
