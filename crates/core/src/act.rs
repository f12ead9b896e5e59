//! The journal's vocabulary: every act that changes the office, and the entry that records it.
//!
//! Entries are CBOR (RFC 8949), so that tools of others can read them. A variant's number and a
//! field's position are fixed for good: new fields go to the end and are optional, new acts get
//! new numbers. Nothing stored is ever edited in place.
//!
//! ```text
//! frame = [format, number, at, actor, act, link]
//!   format  1
//!   number  position in the journal, from 0
//!   at      microseconds since 1970-01-01T00:00:00Z, never less than the entry before
//!   actor   who did it
//!   act     [variant number, [fields ...]]
//!   link    commitment of the entry before (see `entry`)
//! ```

mod activity;
mod agreement;
mod calendar;
mod consultation;
mod date_set;
mod decision;
mod entry;
mod identity;
mod liaison;
mod notice;
mod party;
mod programme;
mod recall;
mod record;
mod release;
mod statement;

pub use activity::{
    ActivityAct, ActivityKind, Attend, CancelActivity, Certify, GiveFeedback, GoalRef, Invited,
    Nominate, Nominee, PlanActivity, Prerequisite, RemoveDeadline, SetDeadline, Subject,
    SubjectError, WithdrawNominee,
};
pub use agreement::{
    ResumeAgreement, SetHouse, SignAgreement, SuspendAgreement, TableAgreement, TerminateAgreement,
};
pub use calendar::{Answer, AnswerInvitation, CalendarAct, Invite, MakeFeed, SetAddress};
pub use consultation::{
    AddDocument, AskConsultation, CancelMeeting, CloseConsultation, CompleteFollowUp,
    ConsultationAct, LinkConsultation, OpenConsultation, RemoveDocument, ReopenConsultation, Say,
    SetAgenda, SetFollowUp, SetHolidays, SetMeeting, SetOutcome, SetParticipants, WriteMinutes,
};
pub use date_set::DateSet;
pub use decision::{
    CertifyDecision, ConcludeDecision, DecisionAct, ExtendDecision, Procedure, SayPosition,
    TableDecision, Voice, WithdrawDecision,
};
pub use entry::{Entry, EntryError, FRAME_FORMAT};
pub use identity::{RegisterIdentity, UnregisterIdentity};
pub use liaison::{AmendOffice, LiaisonAct, MoveOffice, ProposeOffice, TellOffice};
pub use notice::{AddWebhook, Deliver, FailWebhook, NoticeAct, SendDigest, SetDigest, TestWebhook};
pub use party::{
    AddClient, AddKey, AddParty, AddPerson, BindCertificate, Open, RevokeClient, RevokeKey, SignIn,
    UnbindCertificate,
};
pub use programme::{
    Exhibit, ImportProgramme, LinkEvidence, PassGoals, ProgrammeAct, Progress, ReportGoal,
};
pub use recall::{AcknowledgeRecall, Cause, Recall, Recipient, TellRecall};
pub use record::{Erase, File, Named, Refusal, Withdraw};
pub use release::{Basis, Closing, Extent, Places, Receipt};
pub use statement::{
    AddAlias, Draft, Evidence, FileArticle, Link, Propose, RecordStatement, RejectProposal,
    RemoveAlias, RetractStatement, ReviseProposal, Saying, Sheet, SourceKind, SourceLink, Speaker,
    Stance, StatementAct, StatementSubject, SupportProposal, WordError,
};

use minicbor::{Decode, Encode};

use crate::id::{ClientName, PartyCode, PersonName};

/// What a person may do at the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// Runs the office; of the host only.
    #[n(0)]
    Chief,
    /// Works at the office; of the host only.
    #[n(1)]
    Officer,
    /// Acts for a party.
    #[n(2)]
    Delegate,
    /// A machine.
    #[n(3)]
    Client,
}

impl Role {
    /// The role as written in commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chief => "chief",
            Self::Officer => "officer",
            Self::Delegate => "delegate",
            Self::Client => "client",
        }
    }
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub enum Actor {
    /// The office itself: its start, its own duties.
    #[n(0)]
    Office,
    /// A machine account of a party.
    #[n(1)]
    Client(#[n(0)] PartyCode, #[n(1)] ClientName),
    /// A human account of a party.
    #[n(2)]
    Person(#[n(0)] PartyCode, #[n(1)] PersonName),
}

impl Actor {
    /// The party on whose behalf it is done; none for the office itself.
    pub fn party(&self) -> Option<&PartyCode> {
        match self {
            Self::Office => None,
            Self::Client(party, _) | Self::Person(party, _) => Some(party),
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Office => f.write_str("office"),
            Self::Client(party, name) => write!(f, "{party}/{name}"),
            Self::Person(party, name) => write!(f, "{party}/{name}"),
        }
    }
}

/// One thing that happened in the office.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum Act {
    /// The office opens: its alliance becomes the host.
    #[n(0)]
    Open(#[n(0)] Open),
    /// A party becomes known.
    #[n(1)]
    AddParty(#[n(0)] AddParty),
    /// A party registers a key.
    #[n(2)]
    AddKey(#[n(0)] AddKey),
    /// A key counts no longer.
    #[n(3)]
    RevokeKey(#[n(0)] RevokeKey),
    /// A machine account, or a new password for one.
    #[n(4)]
    AddClient(#[n(0)] AddClient),
    /// A machine account ends.
    #[n(5)]
    RevokeClient(#[n(0)] RevokeClient),
    /// A human account, or a new sign-in link for one.
    #[n(6)]
    AddPerson(#[n(0)] AddPerson),
    /// A person used the one-time link and holds a token from now on.
    #[n(7)]
    SignIn(#[n(0)] SignIn),
    /// New house rules.
    #[n(8)]
    SetHouse(#[n(0)] SetHouse),
    /// A version of an agreement is put on the table.
    #[n(9)]
    TableAgreement(#[n(0)] TableAgreement),
    /// A party signs a version.
    #[n(10)]
    SignAgreement(#[n(0)] SignAgreement),
    /// An agreement stops in both directions.
    #[n(11)]
    SuspendAgreement(#[n(0)] SuspendAgreement),
    /// A suspension is lifted.
    #[n(12)]
    ResumeAgreement(#[n(0)] ResumeAgreement),
    /// An agreement is given notice.
    #[n(13)]
    TerminateAgreement(#[n(0)] TerminateAgreement),
    /// A party files records.
    #[n(14)]
    File(#[n(0)] File),
    /// Records are withdrawn: alive no more, for everybody.
    #[n(15)]
    Withdraw(#[n(0)] Withdraw),
    /// The bytes of records are erased; the entries stay.
    #[n(16)]
    Erase(#[n(0)] Erase),
    /// Records are released to somebody: written before the first byte leaves.
    #[n(17)]
    Release(#[n(0)] Receipt),
    /// A receipt that was written ahead is closed: it says now exactly what was sent.
    #[n(18)]
    Close(#[n(0)] Closing),
    /// A machine account may come in by a TLS certificate.
    #[n(19)]
    BindCertificate(#[n(0)] BindCertificate),
    /// A TLS certificate lets its bearer in no more.
    #[n(20)]
    UnbindCertificate(#[n(0)] UnbindCertificate),
    /// A party asks to speak for an identity, or is granted that.
    #[n(21)]
    RegisterIdentity(#[n(0)] RegisterIdentity),
    /// A party speaks for an identity no more.
    #[n(22)]
    UnregisterIdentity(#[n(0)] UnregisterIdentity),
    /// Records are called back from everybody who has received them.
    #[n(23)]
    Recall(#[n(0)] Recall),
    /// Notices of recalls are handed to their party for the first time.
    #[n(24)]
    TellRecall(#[n(0)] TellRecall),
    /// A party acknowledges the notice of a recall.
    #[n(25)]
    AcknowledgeRecall(#[n(0)] AcknowledgeRecall),
    /// A text is put to the members, and what becomes of it.
    #[n(26)]
    Decision(#[n(0)] DecisionAct),
    /// A liaison office of the alliance takes a step.
    #[n(27)]
    Liaison(#[n(0)] LiaisonAct),
    /// A consultation goes on.
    #[n(28)]
    Consultation(#[n(0)] ConsultationAct),
    /// A side reports on the goals of an agreement.
    #[n(29)]
    Programme(#[n(0)] ProgrammeAct),
    /// A training, an exercise, a visit or a summit, and who takes part.
    #[n(30)]
    Activity(#[n(0)] ActivityAct),
    /// Who reads the calendar where, and what is answered to invitations.
    #[n(31)]
    Calendar(#[n(0)] CalendarAct),
    /// Something that was said in public is put on the record.
    #[n(32)]
    Statement(#[n(0)] StatementAct),
    /// Where notices go to.
    #[n(33)]
    Notice(#[n(0)] NoticeAct),
}
