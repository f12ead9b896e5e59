//! Acts about how far the goals of the agreements have come. What follows from them is folded in
//! [`crate::affairs::programme`].

use minicbor::{Decode, Encode};

use crate::id::{ActivityId, AgreementId, ConsultationId, Digest, PartyCode, RecordId};
use crate::programme::{GoalId, Passage};
use crate::time::Day;

/// What happens to the goals of a programme.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ProgrammeAct {
    /// A side says how far a goal has come.
    #[n(0)]
    Report(#[n(0)] ReportGoal),
    /// A side links something that shows it.
    #[n(1)]
    Link(#[n(0)] LinkEvidence),
    /// A programme from before the office is put on file.
    #[n(2)]
    Import(#[n(0)] ImportProgramme),
    /// What becomes of the goals of an old programme, where no agreement file says it.
    #[n(3)]
    Pass(#[n(0)] PassGoals),
}

/// A side says how far a goal has come.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReportGoal {
    /// The programme.
    #[n(0)]
    pub programme: AgreementId,
    /// The goal.
    #[n(1)]
    pub goal: GoalId,
    /// Who says so.
    #[n(2)]
    pub party: PartyCode,
    /// How far it has come.
    #[n(3)]
    pub progress: Progress,
    /// In words; the reason where the goal is given up or merged.
    #[n(4)]
    pub note: Option<String>,
    /// As of which day.
    #[n(5)]
    pub day: Day,
}

/// How far a goal has come, in the word of one side.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[allow(
    clippy::exhaustive_enums,
    reason = "the words are the contract's, and whoever matches on them wants all"
)]
pub enum Progress {
    /// Not begun.
    #[n(0)]
    Planned,
    /// Under way and in time.
    #[n(1)]
    OnTrack,
    /// Under way and behind.
    #[n(2)]
    Late,
    /// Reached.
    #[n(3)]
    Done,
    /// Given up.
    #[n(4)]
    Dropped,
    /// Part of another goal of the programme from now on.
    #[n(5)]
    Merged(#[n(0)] GoalId),
}

impl Progress {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::OnTrack => "on track",
            Self::Late => "late",
            Self::Done => "done",
            Self::Dropped => "dropped",
            Self::Merged(_) => "merged",
        }
    }

    /// The goal into which it is merged.
    pub fn into_goal(&self) -> Option<&GoalId> {
        match self {
            Self::Merged(goal) => Some(goal),
            _ => None,
        }
    }

    /// Whether nothing more is to be done for the goal.
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Done | Self::Dropped | Self::Merged(_))
    }
}

/// A side links something that shows how far a goal has come.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LinkEvidence {
    /// The programme.
    #[n(0)]
    pub programme: AgreementId,
    /// The goal.
    #[n(1)]
    pub goal: GoalId,
    /// Who links it.
    #[n(2)]
    pub party: PartyCode,
    /// What it is.
    #[n(3)]
    pub exhibit: Exhibit,
    /// What it shows.
    #[n(4)]
    pub note: Option<String>,
}

/// Something that shows how far a goal has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[non_exhaustive]
pub enum Exhibit {
    /// A record that was exchanged, by its own id.
    #[n(0)]
    Record(#[n(0)] RecordId),
    /// A consultation, or one of its meetings.
    #[n(1)]
    Consultation {
        /// Which.
        #[n(0)]
        id: ConsultationId,
        /// Its number, from 1.
        #[n(1)]
        meeting: Option<u32>,
    },
    /// A training, an exercise, a visit or a summit.
    #[n(2)]
    Activity(#[n(0)] ActivityId),
    /// Something elsewhere, with the digest that it had.
    #[n(3)]
    Page {
        /// Where.
        #[n(0)]
        url: String,
        /// SHA-256 of what was there.
        #[n(1)]
        digest: Digest,
    },
}

/// A programme from before the office is put on file.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ImportProgramme {
    /// Its file, with the front matter of an agreement. Its terms release nothing.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub file: Vec<u8>,
}

/// What becomes of the goals of an old programme in the one that took its place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PassGoals {
    /// The old programme.
    #[n(0)]
    pub old: AgreementId,
    /// The new one.
    #[n(1)]
    pub new: AgreementId,
    /// What becomes of each goal.
    #[n(2)]
    pub passages: Vec<Passage>,
}
