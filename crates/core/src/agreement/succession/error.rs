//! Why an agreement cannot move as was asked.
//!
//! These are refusals of an act; what is wrong with a file is a [`crate::agreement::fault::Fault`].

use thiserror::Error;

use crate::id::{AgreementId, AgreementVersion, PartyCode};
use crate::time::Instant;

/// A transition that the state of the agreement does not allow.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransitionError {
    /// The document is of another agreement.
    #[error("this is a version of `{found}`, not of `{id}`")]
    OtherAgreement {
        /// The agreement that was meant.
        id: AgreementId,
        /// What the document says.
        found: AgreementId,
    },
    /// A version is the last one plus one.
    #[error("the next version is {expected}, but the document says {found}")]
    WrongVersion {
        /// The only number that follows.
        expected: AgreementVersion,
        /// What the document says.
        found: AgreementVersion,
    },
    /// All versions are between the same two sides.
    #[error(
        "the parties differ from those of the version before; other parties make another agreement"
    )]
    PartiesChanged,
    /// The same bytes lie on the table.
    #[error("version {version} was tabled with these bytes already")]
    AlreadyTabled {
        /// The version.
        version: AgreementVersion,
    },
    /// Somebody signed the bytes on the table.
    #[error(
        "version {version} carries a signature, so its text stands; table the change as the next version"
    )]
    VersionSigned {
        /// The version.
        version: AgreementVersion,
    },
    /// No such version.
    #[error("version {version} was never tabled")]
    UnknownVersion {
        /// The version.
        version: AgreementVersion,
    },
    /// The signer is not one of the two sides.
    #[error("`{party}` is not a party to this agreement")]
    Stranger {
        /// The signer.
        party: PartyCode,
    },
    /// One signature a side.
    #[error("`{party}` has signed this version already")]
    AlreadySigned {
        /// The signer.
        party: PartyCode,
    },
    /// Its `until` has passed.
    #[error("version {version} is past its `until`; table a new version")]
    Ended {
        /// The version.
        version: AgreementVersion,
    },
    /// A later one has taken its place.
    #[error("version {version} was superseded by version {by}; sign that one")]
    Superseded {
        /// The version.
        version: AgreementVersion,
        /// The later one.
        by: AgreementVersion,
    },
    /// Nothing flows that could be stopped.
    #[error("nothing of this agreement is in force, so there is nothing to suspend")]
    NotInForce,
    /// It is suspended.
    #[error("the agreement is suspended already")]
    AlreadySuspended,
    /// It is not suspended.
    #[error("the agreement is not suspended")]
    NotSuspended,
    /// Nothing takes effect backwards.
    #[error("the termination cannot take effect at {effective}, which is before now, {now}")]
    NoticeInThePast {
        /// The instant that was asked for.
        effective: Instant,
        /// The instant of the act.
        now: Instant,
    },
    /// No version was signed by both sides.
    #[error("no version was signed by both sides, so there is nothing to terminate")]
    NothingAgreed,
    /// Every agreed version has ended by itself.
    #[error("the agreement has ended already")]
    Over,
    /// Notice was given.
    #[error(
        "the agreement was terminated with effect from {effective}; a new beginning is a new agreement"
    )]
    Terminated {
        /// When the termination takes effect.
        effective: Instant,
    },
}

impl TransitionError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherAgreement { .. } => "agreement.other-id",
            Self::WrongVersion { .. } => "agreement.wrong-version",
            Self::PartiesChanged => "agreement.parties-changed",
            Self::AlreadyTabled { .. } => "agreement.already-tabled",
            Self::VersionSigned { .. } => "agreement.version-signed",
            Self::UnknownVersion { .. } => "agreement.unknown-version",
            Self::Stranger { .. } => "agreement.not-a-party",
            Self::AlreadySigned { .. } => "agreement.already-signed",
            Self::Ended { .. } => "agreement.ended",
            Self::Superseded { .. } => "agreement.superseded",
            Self::NotInForce => "agreement.not-in-force",
            Self::AlreadySuspended => "agreement.already-suspended",
            Self::NotSuspended => "agreement.not-suspended",
            Self::NoticeInThePast { .. } => "agreement.notice-in-past",
            Self::NothingAgreed => "agreement.nothing-agreed",
            Self::Over => "agreement.over",
            Self::Terminated { .. } => "agreement.terminated",
        }
    }
}
