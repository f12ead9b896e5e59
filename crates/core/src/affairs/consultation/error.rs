//! What cannot be in a consultation.

use thiserror::Error;

use super::ConsultationStatus;
use crate::id::{ConsultationId, PartyCode};

/// An act that a consultation does not allow.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConsultationError {
    /// There is none of that id.
    #[error("there is no such consultation")]
    Unknown,
    /// There is one of that id.
    #[error("there is a consultation `{0}` already")]
    Exists(ConsultationId),
    /// It is not the time for it.
    #[error("the consultation is {}; that cannot be done now", .0.as_str())]
    Status(ConsultationStatus),
    /// A title is none.
    #[error("{0} is one line of 1 to 200 characters")]
    Title(&'static str),
    /// A text is none.
    #[error("{0} has 1 byte to 1 MiB, without control characters")]
    Text(&'static str),
    /// A list is too long.
    #[error("{0}: there can be 1000 at most")]
    Long(&'static str),
    /// Nobody takes part, or somebody twice.
    #[error("a consultation has participants, each of them once")]
    Participants,
    /// Somebody who does not take part.
    #[error("`{0}` does not take part")]
    NoParticipant(PartyCode),
    /// A meeting that ends before it begins, or much later.
    #[error("a meeting ends after it begins, and within 31 days")]
    Times,
    /// No meeting of that number.
    #[error("there is no meeting {0}")]
    NoMeeting(u32),
    /// The meeting will not be anyhow.
    #[error("meeting {0} is cancelled already")]
    Cancelled(u32),
    /// No item of that number.
    #[error("the agenda has no item {0}")]
    NoItem(u32),
    /// No such document.
    #[error("there is no such document")]
    NoDocument,
    /// Nothing to be done of that number.
    #[error("there is no follow-up {0}")]
    NoFollowUp(u32),
    /// It is so already.
    #[error("follow-up {0} is like that already")]
    Done(u32),
    /// It is so already.
    #[error("that link is like that already")]
    Linked,
    /// Holidays in no order.
    #[error("holidays ascend, each day once")]
    Holidays,
}

impl ConsultationError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "consultation.unknown",
            Self::Exists(_) => "consultation.exists",
            Self::Status(_) => "consultation.status",
            Self::Title(_) => "consultation.title",
            Self::Text(_) => "consultation.text",
            Self::Long(_) => "consultation.long",
            Self::Participants => "consultation.participants",
            Self::NoParticipant(_) => "consultation.no-participant",
            Self::Times => "consultation.times",
            Self::NoMeeting(_) => "consultation.no-meeting",
            Self::Cancelled(_) => "consultation.cancelled",
            Self::NoItem(_) => "consultation.no-item",
            Self::NoDocument => "consultation.no-document",
            Self::NoFollowUp(_) => "consultation.no-follow-up",
            Self::Done(_) => "consultation.done",
            Self::Linked => "consultation.linked",
            Self::Holidays => "consultation.holidays",
        }
    }

    /// Whether what was asked is at fault, and not what holds.
    pub fn is_invalid(&self) -> bool {
        matches!(
            self,
            Self::Title(_)
                | Self::Text(_)
                | Self::Long(_)
                | Self::Participants
                | Self::NoParticipant(_)
                | Self::Times
                | Self::NoItem(_)
                | Self::Holidays
        )
    }
}
