//! What cannot be done about a decision, and why.
//!
//! These texts are for whoever may see the decision; nobody else comes so far as to read one.

use thiserror::Error;

use super::Outcome;
use crate::id::{DecisionId, PartyCode};
use crate::time::Instant;

/// A step that cannot be taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecisionError {
    /// The words for an expiry are not those of one instant.
    #[error("`{given}` is no expiry: {why}")]
    Expiry {
        /// What was given.
        given: String,
        /// What is wrong with it.
        why: String,
    },
    /// A decision of that id was tabled before.
    #[error("there is a decision `{0}` already; choose another id, or leave it out")]
    Exists(DecisionId),
    /// No such decision.
    #[error("there is no decision `{0}`")]
    Unknown(DecisionId),
    /// Nobody would be asked.
    #[error("nobody is asked; the office knows no members, so say who with `--ask`")]
    NobodyAsked,
    /// A party stands twice among those asked and told, or the host does.
    #[error("`{0}` cannot be asked and told, nor twice, nor can the host itself")]
    Twice(PartyCode),
    /// The expiry is not after now.
    #[error("the expiry {expiry} is not after now, {now}")]
    Past {
        /// What was given.
        expiry: Instant,
        /// Now.
        now: Instant,
    },
    /// Less time than the house rules ask for.
    #[error(
        "the house rules ask for {hours} hours at least; say why it is urgent, or choose a later expiry"
    )]
    TooShort {
        /// The rule.
        hours: u32,
    },
    /// The party is not asked.
    #[error("`{0}` is not asked about this text")]
    NotAsked(PartyCode),
    /// The party has said so before.
    #[error("`{0}` has said so before")]
    Said(PartyCode),
    /// It is decided by now.
    #[error(
        "too late: this came at {arrived}, and the time was over at {closed}; it is kept, without effect"
    )]
    Late {
        /// When it came.
        arrived: Instant,
        /// Since when it is too late.
        closed: Instant,
    },
    /// It is over for another reason than time.
    #[error("the text is no longer on the table: {0}")]
    Closed(Outcome),
    /// The expiry of what is extended would not be later.
    #[error("an extension must end after {0}, when the text would expire without it")]
    NotLater(Instant),
    /// The house rules permit no extension.
    #[error("the house rules permit no extension; withdraw the text and put it again")]
    NoExtension,
    /// The chair records the outcome of meetings only.
    #[error(
        "the outcome of this procedure follows from what is said by the expiry; nobody records it"
    )]
    NoMeeting,
    /// An amended text follows only on one that came to nothing.
    #[error(
        "an amended text can follow on one that was broken, withdrawn or lapsed; this one is {0}"
    )]
    NotOver(Outcome),
    /// There is an amended text that is open or adopted.
    #[error("`{0}` is the amended text already")]
    Amended(DecisionId),
    /// An objection without its reason, an amendment without its text.
    #[error("say it in writing: {0} needs a text")]
    NoText(&'static str),
    /// More than is kept.
    #[error("{what} takes at most {most}")]
    TooLong {
        /// Of what.
        what: &'static str,
        /// How much is taken.
        most: &'static str,
    },
    /// A certificate of something else than what was decided.
    #[error("`{0}` was not adopted as certified")]
    Certificate(DecisionId),
}

impl DecisionError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Expiry { .. } => "decision.expiry",
            Self::Exists(_) => "decision.exists",
            Self::Unknown(_) => "decision.unknown",
            Self::NobodyAsked => "decision.nobody-asked",
            Self::Twice(_) => "decision.twice",
            Self::Past { .. } => "decision.past",
            Self::TooShort { .. } => "decision.too-short",
            Self::NotAsked(_) => "decision.not-asked",
            Self::Said(_) => "decision.said",
            Self::Late { .. } => "decision.late",
            Self::Closed(_) => "decision.closed",
            Self::NotLater(_) => "decision.not-later",
            Self::NoExtension => "decision.no-extension",
            Self::NoMeeting => "decision.no-meeting",
            Self::NotOver(_) => "decision.not-over",
            Self::Amended(_) => "decision.amended",
            Self::NoText(_) => "decision.no-text",
            Self::TooLong { .. } => "decision.too-long",
            Self::Certificate(_) => "decision.certificate",
        }
    }
}
