//! Why an entry cannot be folded: the journal is not one that this program wrote.

use thiserror::Error;

use crate::affairs::activity::ActivityError;
use crate::affairs::consultation::ConsultationError;
use crate::affairs::decision::DecisionError;
use crate::affairs::liaison::LiaisonError;
use crate::agreement::succession::TransitionError;
use crate::id::{AgreementId, EntryNumber, NoticeId, PartyCode, WebhookName};

/// An entry that does not follow from what came before it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FoldError {
    /// The first entry is another act.
    #[error("the journal does not begin with the opening of an office")]
    NotOpen,
    /// Number or time step back, or a number is missing.
    #[error(
        "entry {found} stands where entry {expected} should, or is earlier than the one before"
    )]
    Order {
        /// The number that was due.
        expected: EntryNumber,
        /// The number that came.
        found: EntryNumber,
    },
    /// Something that can happen once happens again.
    #[error("the {0} is added a second time")]
    Twice(&'static str),
    /// A party that was never added.
    #[error("party `{0}` is not known")]
    UnknownParty(PartyCode),
    /// An agreement that was never tabled.
    #[error("agreement `{0}` is not known")]
    UnknownAgreement(AgreementId),
    /// House rules that do not parse.
    #[error("house rules in the journal cannot be read: {0}")]
    House(String),
    /// An agreement that does not parse.
    #[error("an agreement in the journal cannot be read: {0}")]
    Agreement(String),
    /// A step that the life of an agreement does not allow.
    #[error(transparent)]
    Transition(#[from] TransitionError),
    /// A step that a decision does not allow.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// The closing of a receipt that is not open.
    #[error("entry {0} is no receipt that could be closed")]
    NoReceipt(EntryNumber),
    /// The telling or the acknowledgement of a notice that the party was never sent, or not a first
    /// one.
    #[error("`{party}` has no notice `{notice}` of which this could be said")]
    NoNotice {
        /// Whose it is said to be.
        party: PartyCode,
        /// Which.
        notice: NoticeId,
    },
    /// Something is said of a webhook that there is not.
    #[error("there is no webhook `{0}`")]
    NoWebhook(WebhookName),
    /// A digest was sent to somebody who has none.
    #[error("a digest was sent to somebody who has none")]
    NoDigest,
    /// A recall of records that were never filed, or in no order.
    #[error("a recall names records or recipients that it cannot")]
    Recall,
    /// An act about an activity that does not follow.
    #[error(transparent)]
    Activity(#[from] ActivityError),
    /// A step in what was said and printed that cannot be.
    #[error("{0}")]
    Statement(&'static str),
    /// A step that a liaison office does not allow.
    #[error(transparent)]
    Liaison(#[from] LiaisonError),
    /// An act that a consultation does not allow.
    #[error(transparent)]
    Consultation(#[from] ConsultationError),
    /// A feed or an invitation that there is not, or twice.
    #[error("{0}")]
    Calendar(&'static str),
    /// A report, a link or a transition that the goals of a programme do not allow.
    #[error("the goals of a programme do not allow that: {0}")]
    Programme(&'static str),
    /// More than 65,535 parties.
    #[error("the office knows as many parties as it can hold")]
    Full,
}

impl FoldError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOpen => "fold.not-open",
            Self::Order { .. } => "fold.order",
            Self::Twice(_) => "fold.twice",
            Self::UnknownParty(_) => "fold.unknown-party",
            Self::UnknownAgreement(_) => "fold.unknown-agreement",
            Self::House(_) => "fold.house-rules",
            Self::Agreement(_) => "fold.agreement",
            Self::Transition(error) => error.code(),
            Self::Decision(error) => error.code(),
            Self::NoReceipt(_) => "fold.no-receipt",
            Self::NoNotice { .. } => "fold.no-notice",
            Self::NoWebhook(_) => "fold.no-webhook",
            Self::NoDigest => "fold.no-digest",
            Self::Recall => "fold.recall",
            Self::Activity(error) => error.code(),
            Self::Statement(_) => "fold.statement",
            Self::Liaison(error) => error.code(),
            Self::Consultation(error) => error.code(),
            Self::Calendar(_) => "fold.calendar",
            Self::Programme(_) => "fold.programme",
            Self::Full => "fold.full",
        }
    }
}
