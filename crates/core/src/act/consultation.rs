//! Acts about the consultations, and about the holidays that their meetings had better not meet.
//! What follows from them is folded in [`crate::affairs::consultation`].

use minicbor::{Decode, Encode};

use crate::affairs::consultation::{AgendaItem, Bond, Holiday, Speech};
use crate::id::{AreaName, ConsultationId, Digest, PartyCode, PersonName, RecordId};
use crate::party::Zone;
use crate::time::{Day, Instant};

/// A consultation goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ConsultationAct {
    /// A party asks for a consultation.
    #[n(0)]
    Ask(#[n(0)] AskConsultation),
    /// The office opens it.
    #[n(1)]
    Open(#[n(0)] OpenConsultation),
    /// Others take part from now on.
    #[n(2)]
    Participants(#[n(0)] SetParticipants),
    /// There is another agenda.
    #[n(3)]
    Agenda(#[n(0)] SetAgenda),
    /// There will be a meeting, or it will be otherwise.
    #[n(4)]
    Meet(#[n(0)] SetMeeting),
    /// There will be no meeting.
    #[n(5)]
    CancelMeeting(#[n(0)] CancelMeeting),
    /// A party takes a position or makes a statement.
    #[n(6)]
    Say(#[n(0)] Say),
    /// A record is put before the participants.
    #[n(7)]
    AddDocument(#[n(0)] AddDocument),
    /// It is taken away again.
    #[n(8)]
    RemoveDocument(#[n(0)] RemoveDocument),
    /// Minutes are written.
    #[n(9)]
    Minutes(#[n(0)] WriteMinutes),
    /// What came of it.
    #[n(10)]
    Outcome(#[n(0)] SetOutcome),
    /// Something is to be done, or done otherwise.
    #[n(11)]
    FollowUp(#[n(0)] SetFollowUp),
    /// It is done, or not done after all.
    #[n(12)]
    Complete(#[n(0)] CompleteFollowUp),
    /// The consultation ends, or never begins.
    #[n(13)]
    Close(#[n(0)] CloseConsultation),
    /// It goes on.
    #[n(14)]
    Reopen(#[n(0)] ReopenConsultation),
    /// It belongs with a decision or an agreement, or no more.
    #[n(15)]
    Link(#[n(0)] LinkConsultation),
    /// The public holidays of a party.
    #[n(16)]
    Holidays(#[n(0)] SetHolidays),
}

impl ConsultationAct {
    /// The consultation that it is about; holidays are about none.
    pub fn id(&self) -> Option<&ConsultationId> {
        match self {
            Self::Ask(act) => Some(&act.id),
            Self::Open(act) => Some(&act.id),
            Self::Participants(act) => Some(&act.id),
            Self::Agenda(act) => Some(&act.id),
            Self::Meet(act) => Some(&act.id),
            Self::CancelMeeting(act) => Some(&act.id),
            Self::Say(act) => Some(&act.id),
            Self::AddDocument(act) => Some(&act.id),
            Self::RemoveDocument(act) => Some(&act.id),
            Self::Minutes(act) => Some(&act.id),
            Self::Outcome(act) => Some(&act.id),
            Self::FollowUp(act) => Some(&act.id),
            Self::Complete(act) => Some(&act.id),
            Self::Close(act) => Some(&act.id),
            Self::Reopen(act) => Some(&act.id),
            Self::Link(act) => Some(&act.id),
            Self::Holidays(_) => None,
        }
    }
}

/// A party asks for a consultation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AskConsultation {
    /// Its id, for good.
    #[n(0)]
    pub id: ConsultationId,
    /// Who asks.
    #[n(1)]
    pub party: PartyCode,
    /// On what.
    #[n(2)]
    pub subject: String,
    /// In which area.
    #[n(3)]
    pub area: AreaName,
    /// With whom; whoever asks may be left out.
    #[n(4)]
    pub participants: Vec<PartyCode>,
    /// Why.
    #[n(5)]
    pub reason: String,
}

/// The office opens a consultation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenConsultation {
    /// Which.
    #[n(0)]
    pub id: ConsultationId,
    /// Who takes part.
    #[n(1)]
    pub participants: Vec<PartyCode>,
    /// Why.
    #[n(2)]
    pub reason: String,
}

/// Others take part from now on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetParticipants {
    /// In which.
    #[n(0)]
    pub id: ConsultationId,
    /// Who takes part.
    #[n(1)]
    pub participants: Vec<PartyCode>,
    /// Why.
    #[n(2)]
    pub reason: String,
}

/// There is another agenda.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetAgenda {
    /// Of which.
    #[n(0)]
    pub id: ConsultationId,
    /// Its items, in their order.
    #[n(1)]
    pub items: Vec<AgendaItem>,
}

/// There will be a meeting, or it will be otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetMeeting {
    /// Of which.
    #[n(0)]
    pub id: ConsultationId,
    /// The next number for a new one, or that of the one that changes; from 1.
    #[n(1)]
    pub number: u32,
    /// What it is called.
    #[n(2)]
    pub title: String,
    /// When it begins.
    #[n(3)]
    pub start: Instant,
    /// When it ends.
    #[n(4)]
    pub end: Instant,
    /// The zone in which that was said.
    #[n(5)]
    pub zone: Zone,
    /// Where people meet.
    #[n(6)]
    pub place: Option<String>,
    /// Where they meet without travelling.
    #[n(7)]
    pub link: Option<String>,
}

/// There will be no meeting.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CancelMeeting {
    /// Of which.
    #[n(0)]
    pub id: ConsultationId,
    /// Its number.
    #[n(1)]
    pub number: u32,
    /// Why.
    #[n(2)]
    pub reason: String,
}

/// A party takes a position or makes a statement.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Say {
    /// In which.
    #[n(0)]
    pub id: ConsultationId,
    /// Which party.
    #[n(1)]
    pub party: PartyCode,
    /// A position or a statement.
    #[n(2)]
    pub speech: Speech,
    /// On which item of the agenda, from 1.
    #[n(3)]
    pub item: Option<u32>,
    /// What.
    #[n(4)]
    pub text: String,
}

/// A record is put before the participants.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AddDocument {
    /// In which.
    #[n(0)]
    pub id: ConsultationId,
    /// Which party puts it there.
    #[n(1)]
    pub party: PartyCode,
    /// The id of the record, as it was filed.
    #[n(2)]
    pub record: RecordId,
    /// Its version; none where its kind has none.
    #[n(3)]
    pub version: Option<Instant>,
    /// What it is there for.
    #[n(4)]
    pub note: Option<String>,
}

/// A record is taken away from the participants.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RemoveDocument {
    /// In which.
    #[n(0)]
    pub id: ConsultationId,
    /// The id of the record, as it was filed.
    #[n(1)]
    pub record: RecordId,
    /// Its version; none where its kind has none.
    #[n(2)]
    pub version: Option<Instant>,
}

/// Minutes are written.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct WriteMinutes {
    /// Of which.
    #[n(0)]
    pub id: ConsultationId,
    /// Of which meeting; of the whole when left out.
    #[n(1)]
    pub meeting: Option<u32>,
    /// What happened.
    #[n(2)]
    pub text: String,
}

/// What came of a consultation.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetOutcome {
    /// Of which.
    #[n(0)]
    pub id: ConsultationId,
    /// What.
    #[n(1)]
    pub text: String,
}

/// Something is to be done, or done otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetFollowUp {
    /// After which.
    #[n(0)]
    pub id: ConsultationId,
    /// The next number for a new one, or that of the one that changes; from 1.
    #[n(1)]
    pub number: u32,
    /// What.
    #[n(2)]
    pub title: String,
    /// Which party does it.
    #[n(3)]
    pub owner: PartyCode,
    /// Who of it.
    #[n(4)]
    pub person: Option<PersonName>,
    /// By which day.
    #[n(5)]
    pub due: Day,
}

/// Something is done, or not done after all.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CompleteFollowUp {
    /// After which.
    #[n(0)]
    pub id: ConsultationId,
    /// Its number.
    #[n(1)]
    pub number: u32,
    /// Whether it is done.
    #[n(2)]
    pub done: bool,
    /// Which party says so.
    #[n(3)]
    pub party: PartyCode,
    /// How.
    #[n(4)]
    pub note: Option<String>,
}

/// A consultation ends, or never begins.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CloseConsultation {
    /// Which.
    #[n(0)]
    pub id: ConsultationId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// A consultation goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReopenConsultation {
    /// Which.
    #[n(0)]
    pub id: ConsultationId,
    /// Why.
    #[n(1)]
    pub reason: String,
}

/// A consultation belongs with something, or no more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LinkConsultation {
    /// Which.
    #[n(0)]
    pub id: ConsultationId,
    /// With what.
    #[n(1)]
    pub to: Bond,
    /// Whether it does.
    #[n(2)]
    pub linked: bool,
}

/// The public holidays of a party, instead of those that it had before.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetHolidays {
    /// Whose.
    #[n(0)]
    pub party: PartyCode,
    /// Which, ascending.
    #[n(1)]
    pub days: Vec<Holiday>,
    /// What the calendar is called.
    #[n(2)]
    pub source: String,
    /// SHA-256 of the file that they were read from.
    #[n(3)]
    pub digest: Digest,
}
