//! The consultations: the fold of [`ConsultationAct`], and who may know of one.
//!
//! A consultation is confidential: only its participants and the office's own people know that it
//! is there ([`Consultation::is_seen_by`]). Whether a document is released to a participant is the
//! gate's to say, and whether a linked decision or agreement may be named is theirs; neither is
//! decided here.

mod check;
mod error;
mod hours;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

pub use error::ConsultationError;
pub use hours::{HoursError, Warning, WorkingHours, warnings};

use crate::act::{ConsultationAct, Entry, SetFollowUp, SetMeeting};
use crate::id::{
    AgreementId, AreaName, ConsultationId, DecisionId, Digest, PartyCode, PersonName, RecordId,
};
use crate::party::Zone;
use crate::state::FoldError;
use crate::time::{Day, Instant};

/// How far a consultation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a reader must have an answer to each"
)]
pub enum ConsultationStatus {
    /// Somebody asked for it.
    Asked,
    /// It goes on.
    Open,
    /// It is over, or was never opened.
    Closed,
}

impl ConsultationStatus {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }
}

/// Something to be spoken about.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AgendaItem {
    /// What.
    #[n(0)]
    pub title: String,
    /// Which participant speaks first.
    #[n(1)]
    pub lead: Option<PartyCode>,
}

/// What a party said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Speech {
    /// Where it stands.
    #[n(0)]
    Position,
    /// Anything else.
    #[n(1)]
    Statement,
}

impl Speech {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Statement => "statement",
        }
    }
}

/// What a consultation belongs with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[non_exhaustive]
pub enum Bond {
    /// A decision.
    #[n(0)]
    Decision(#[n(0)] DecisionId),
    /// An agreement.
    #[n(1)]
    Agreement(#[n(0)] AgreementId),
}

/// A public holiday.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Holiday {
    /// When.
    #[n(0)]
    pub on: Day,
    /// What it is called.
    #[n(1)]
    pub name: String,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its number in its consultation, from 1.
    pub number: u32,
    /// What it is called.
    pub title: String,
    /// When it begins.
    pub start: Instant,
    /// When it ends.
    pub end: Instant,
    /// The zone in which that was said.
    pub zone: Zone,
    /// Where people meet.
    pub place: Option<String>,
    /// Where they meet without travelling.
    pub link: Option<String>,
    /// How often it has changed since it was first said.
    pub sequence: u32,
    /// Whether it will not be.
    pub cancelled: bool,
    /// Why not.
    pub reason: Option<String>,
    /// When it last changed.
    pub changed: Instant,
}

/// A position or a statement of a participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its number in its consultation, from 1.
    pub number: u32,
    /// Whose.
    pub party: PartyCode,
    /// A position or a statement.
    pub speech: Speech,
    /// On which item of the agenda, from 1.
    pub item: Option<u32>,
    /// What.
    pub text: String,
    /// When.
    pub at: Instant,
}

/// A record that was put before the participants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which party put it there.
    pub party: PartyCode,
    /// The id of the record, as it was filed.
    pub record: RecordId,
    /// Its version; none where its kind has none.
    pub version: Option<Instant>,
    /// What it is there for.
    pub note: Option<String>,
    /// When it was put there.
    pub at: Instant,
}

/// A text of the office about a consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What.
    pub text: String,
    /// When.
    pub at: Instant,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// Its number in its consultation, from 1.
    pub number: u32,
    /// What.
    pub title: String,
    /// Which party does it.
    pub owner: PartyCode,
    /// Who of it.
    pub person: Option<PersonName>,
    /// By which day.
    pub due: Day,
    /// That it is done; not yet when `None`.
    pub done: Option<Done>,
}

/// That something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Since when.
    pub at: Instant,
    /// Which party said so.
    pub party: PartyCode,
    /// How.
    pub note: Option<String>,
}

/// A turn in the life of a consultation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When.
    pub at: Instant,
    /// What it was from then on.
    pub status: ConsultationStatus,
    /// Why.
    pub reason: String,
}

/// A matter on which the office consults parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consultation {
    /// Its id.
    pub id: ConsultationId,
    /// On what.
    pub subject: String,
    /// In which area.
    pub area: AreaName,
    /// Who asked for it.
    pub asked_by: PartyCode,
    /// Who takes part, or was asked to.
    pub participants: BTreeSet<PartyCode>,
    /// How far it has come.
    pub status: ConsultationStatus,
    /// Its turns, oldest first: asked, opened, closed, reopened.
    pub turns: Vec<Turn>,
    /// The agenda.
    pub agenda: Vec<AgendaItem>,
    /// The meetings, by number.
    pub meetings: Vec<Meeting>,
    /// What was said, oldest first.
    pub said: Vec<Said>,
    /// The records that were put before the participants: who sees which of them is the gate's.
    pub documents: Vec<Document>,
    /// The minutes: of the whole under `None`, else by meeting.
    pub minutes: BTreeMap<Option<u32>, Written>,
    /// What came of it.
    pub outcome: Option<Written>,
    /// What is to be done, by number.
    pub follow_ups: Vec<FollowUp>,
    /// The decisions and agreements that it belongs with.
    pub bonds: BTreeSet<Bond>,
}

impl Consultation {
    /// Whether a party may know of it; `staff` is whether whoever asks works at the host's office.
    ///
    /// The participants, once the office has opened it; before that, and if it never does, only
    /// whoever asked.
    pub fn is_seen_by(&self, party: &PartyCode, staff: bool) -> bool {
        staff
            || match self.was_open() {
                true => self.participants.contains(party),
                false => self.asked_by == *party,
            }
    }

    /// Whether it was ever open.
    pub fn was_open(&self) -> bool {
        let opens = |turn: &Turn| turn.status == ConsultationStatus::Open;
        self.turns.iter().any(opens)
    }

    /// The meeting of that number.
    pub fn meeting(&self, number: u32) -> Option<&Meeting> {
        self.meetings.iter().find(|one| one.number == number)
    }

    /// What is to be done under that number.
    pub fn follow_up(&self, number: u32) -> Option<&FollowUp> {
        self.follow_ups.iter().find(|one| one.number == number)
    }

    fn turn(&mut self, at: Instant, status: ConsultationStatus, reason: &str) {
        self.status = status;
        self.turns.push(Turn {
            at,
            status,
            reason: reason.to_owned(),
        });
    }

    fn meet(&mut self, at: Instant, act: &SetMeeting) {
        let found = self
            .meetings
            .iter_mut()
            .find(|one| one.number == act.number);
        let sequence = found
            .as_ref()
            .map_or(0, |one| one.sequence.saturating_add(1));
        let meeting = Meeting {
            number: act.number,
            title: act.title.clone(),
            start: act.start,
            end: act.end,
            zone: act.zone.clone(),
            place: act.place.clone(),
            link: act.link.clone(),
            sequence,
            cancelled: false,
            reason: None,
            changed: at,
        };
        match found {
            Some(one) => *one = meeting,
            None => self.meetings.push(meeting),
        }
    }

    fn follow(&mut self, act: &SetFollowUp) {
        let found = self
            .follow_ups
            .iter_mut()
            .find(|one| one.number == act.number);
        let follow_up = FollowUp {
            number: act.number,
            title: act.title.clone(),
            owner: act.owner.clone(),
            person: act.person.clone(),
            due: act.due,
            done: None,
        };
        match found {
            Some(one) => *one = follow_up,
            None => self.follow_ups.push(follow_up),
        }
    }
}

/// The public holidays of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holidays {
    /// What the calendar is called.
    pub source: String,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Since when it counts.
    pub since: Instant,
    /// The holidays, by day.
    pub days: BTreeMap<Day, String>,
}

/// The consultations, and the holidays of the parties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consultations {
    all: BTreeMap<ConsultationId, Consultation>,
    holidays: BTreeMap<PartyCode, Holidays>,
}

impl Consultations {
    /// Every consultation, by id. Who may know of one: [`Consultation::is_seen_by`].
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Consultation> {
        self.all.values()
    }

    /// The consultation of that id.
    pub fn get(&self, id: &ConsultationId) -> Option<&Consultation> {
        self.all.get(id)
    }

    /// The holidays of every party that has some.
    pub fn holidays(&self) -> impl ExactSizeIterator<Item = (&PartyCode, &Holidays)> {
        self.holidays.iter()
    }

    /// The holidays of a party.
    pub fn holidays_of(&self, party: &PartyCode) -> Option<&Holidays> {
        self.holidays.get(party)
    }

    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, entry: &Entry, act: &ConsultationAct) -> Result<(), FoldError> {
        self.check(act)?;
        let at = entry.at;
        let id = match act {
            ConsultationAct::Holidays(act) => {
                let days = act.days.iter().map(|day| (day.on, day.name.clone()));
                let holidays = Holidays {
                    source: act.source.clone(),
                    digest: act.digest,
                    since: at,
                    days: days.collect(),
                };
                self.holidays.insert(act.party.clone(), holidays);
                return Ok(());
            }
            ConsultationAct::Ask(act) => {
                let mut participants: BTreeSet<PartyCode> =
                    act.participants.iter().cloned().collect();
                participants.insert(act.party.clone());
                let mut asked = Consultation {
                    id: act.id.clone(),
                    subject: act.subject.clone(),
                    area: act.area.clone(),
                    asked_by: act.party.clone(),
                    participants,
                    status: ConsultationStatus::Asked,
                    turns: Vec::new(),
                    agenda: Vec::new(),
                    meetings: Vec::new(),
                    said: Vec::new(),
                    documents: Vec::new(),
                    minutes: BTreeMap::new(),
                    outcome: None,
                    follow_ups: Vec::new(),
                    bonds: BTreeSet::new(),
                };
                asked.turn(at, ConsultationStatus::Asked, &act.reason);
                self.all.insert(act.id.clone(), asked);
                return Ok(());
            }
            other => other.id().ok_or(ConsultationError::Unknown)?,
        };
        let consultation = self.all.get_mut(id).ok_or(ConsultationError::Unknown)?;
        consultation.follow_act(at, act);
        Ok(())
    }
}

impl Consultation {
    /// Takes an act in that was checked.
    fn follow_act(&mut self, at: Instant, act: &ConsultationAct) {
        match act {
            ConsultationAct::Ask(_) | ConsultationAct::Holidays(_) => {}
            ConsultationAct::Open(act) => {
                self.participants = act.participants.iter().cloned().collect();
                self.turn(at, ConsultationStatus::Open, &act.reason);
            }
            ConsultationAct::Participants(act) => {
                self.participants = act.participants.iter().cloned().collect();
            }
            ConsultationAct::Agenda(act) => self.agenda.clone_from(&act.items),
            ConsultationAct::Meet(act) => self.meet(at, act),
            ConsultationAct::CancelMeeting(act) => {
                let found = self
                    .meetings
                    .iter_mut()
                    .find(|one| one.number == act.number);
                if let Some(meeting) = found {
                    meeting.sequence = meeting.sequence.saturating_add(1);
                    meeting.cancelled = true;
                    meeting.reason = Some(act.reason.clone());
                    meeting.changed = at;
                }
            }
            ConsultationAct::Say(act) => {
                let number = check::next_number(self.said.len());
                self.said.push(Said {
                    number,
                    party: act.party.clone(),
                    speech: act.speech,
                    item: act.item,
                    text: act.text.clone(),
                    at,
                });
            }
            ConsultationAct::AddDocument(act) => self.documents.push(Document {
                party: act.party.clone(),
                record: act.record.clone(),
                version: act.version,
                note: act.note.clone(),
                at,
            }),
            ConsultationAct::RemoveDocument(act) => {
                let same = |one: &Document| one.record == act.record && one.version == act.version;
                self.documents.retain(|one| !same(one));
            }
            ConsultationAct::Minutes(act) => {
                let text = act.text.clone();
                self.minutes.insert(act.meeting, Written { text, at });
            }
            ConsultationAct::Outcome(act) => {
                let text = act.text.clone();
                self.outcome = Some(Written { text, at });
            }
            ConsultationAct::FollowUp(act) => self.follow(act),
            ConsultationAct::Complete(act) => {
                let found = self
                    .follow_ups
                    .iter_mut()
                    .find(|one| one.number == act.number);
                if let Some(follow_up) = found {
                    follow_up.done = act.done.then(|| Done {
                        at,
                        party: act.party.clone(),
                        note: act.note.clone(),
                    });
                }
            }
            ConsultationAct::Close(act) => self.turn(at, ConsultationStatus::Closed, &act.reason),
            // What was never opened is asked for again.
            ConsultationAct::Reopen(act) => {
                let status = match self.was_open() {
                    true => ConsultationStatus::Open,
                    false => ConsultationStatus::Asked,
                };
                self.turn(at, status, &act.reason);
            }
            ConsultationAct::Link(act) => {
                match act.linked {
                    true => self.bonds.insert(act.to.clone()),
                    false => self.bonds.remove(&act.to),
                };
            }
        }
    }
}
