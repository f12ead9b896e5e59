//! Whether an act may follow on what holds of a consultation. Who may do it is not asked here.

use std::collections::BTreeSet;

use super::{Consultation, ConsultationError, ConsultationStatus, Consultations};
use crate::act::{ConsultationAct, SetFollowUp, SetHolidays, SetMeeting};
use crate::affairs::bound::{LIST_MAX, is_text, is_title};
use crate::id::PartyCode;

/// The longest meeting, 31 days: what is longer is no meeting but a typing error.
const MEETING_MAX: i64 = 31 * 86_400 * 1_000_000;

/// The number of the next one where there are so many.
pub(super) fn next_number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}

fn title(what: &'static str, text: &str) -> Result<(), ConsultationError> {
    match is_title(text) {
        true => Ok(()),
        false => Err(ConsultationError::Title(what)),
    }
}

fn line(what: &'static str, text: Option<&String>) -> Result<(), ConsultationError> {
    text.map_or(Ok(()), |text| title(what, text))
}

fn words(what: &'static str, text: &str) -> Result<(), ConsultationError> {
    match !text.trim().is_empty() && is_text(text) {
        true => Ok(()),
        false => Err(ConsultationError::Text(what)),
    }
}

fn short(what: &'static str, length: usize) -> Result<(), ConsultationError> {
    match length <= LIST_MAX {
        true => Ok(()),
        false => Err(ConsultationError::Long(what)),
    }
}

fn participants(list: &[PartyCode], least: usize) -> Result<(), ConsultationError> {
    short("participants", list.len())?;
    let set: BTreeSet<&PartyCode> = list.iter().collect();
    match set.len() == list.len() && set.len() >= least {
        true => Ok(()),
        false => Err(ConsultationError::Participants),
    }
}

fn holidays(act: &SetHolidays) -> Result<(), ConsultationError> {
    short("holidays", act.days.len())?;
    title("the name of a calendar", &act.source)?;
    act.days
        .iter()
        .try_for_each(|day| title("the name of a holiday", &day.name))?;
    match act.days.is_sorted_by(|one, next| one.on < next.on) {
        true => Ok(()),
        false => Err(ConsultationError::Holidays),
    }
}

impl Consultations {
    /// Whether an act may follow on what holds.
    ///
    /// # Errors
    /// Why it may not.
    pub fn check(&self, act: &ConsultationAct) -> Result<(), ConsultationError> {
        let known = || {
            let found = act.id().and_then(|id| self.get(id));
            found.ok_or(ConsultationError::Unknown)
        };
        match act {
            ConsultationAct::Holidays(act) => holidays(act),
            ConsultationAct::Ask(act) => {
                if self.get(&act.id).is_some() {
                    return Err(ConsultationError::Exists(act.id.clone()));
                }
                title("the subject", &act.subject)?;
                words("the reason", &act.reason)?;
                participants(&act.participants, 0)
            }
            other => known()?.check(other),
        }
    }
}

impl Consultation {
    fn must_be(&self, status: ConsultationStatus) -> Result<(), ConsultationError> {
        match self.status == status {
            true => Ok(()),
            false => Err(ConsultationError::Status(self.status)),
        }
    }

    fn must_take_part(&self, party: &PartyCode) -> Result<(), ConsultationError> {
        match self.participants.contains(party) {
            true => Ok(()),
            false => Err(ConsultationError::NoParticipant(party.clone())),
        }
    }

    fn check(&self, act: &ConsultationAct) -> Result<(), ConsultationError> {
        let open = ConsultationStatus::Open;
        match act {
            ConsultationAct::Ask(_) | ConsultationAct::Holidays(_) => Ok(()),
            ConsultationAct::Open(act) => {
                self.must_be(ConsultationStatus::Asked)?;
                words("the reason", &act.reason)?;
                participants(&act.participants, 1)
            }
            ConsultationAct::Participants(act) => {
                self.must_be(open)?;
                words("the reason", &act.reason)?;
                participants(&act.participants, 1)
            }
            ConsultationAct::Agenda(act) => {
                self.must_be(open)?;
                short("the agenda", act.items.len())?;
                act.items.iter().try_for_each(|item| {
                    title("the title of an item", &item.title)?;
                    let lead = item.lead.as_ref();
                    lead.map_or(Ok(()), |lead| self.must_take_part(lead))
                })
            }
            ConsultationAct::Meet(act) => self.check_meeting(act),
            ConsultationAct::CancelMeeting(act) => {
                self.must_be(open)?;
                words("the reason", &act.reason)?;
                let meeting = self.meeting(act.number);
                match meeting
                    .ok_or(ConsultationError::NoMeeting(act.number))?
                    .cancelled
                {
                    false => Ok(()),
                    true => Err(ConsultationError::Cancelled(act.number)),
                }
            }
            ConsultationAct::Say(act) => {
                self.must_be(open)?;
                short("what was said", self.said.len().saturating_add(1))?;
                words("the text", &act.text)?;
                let items = self.agenda.len();
                let there =
                    |item: u32| item >= 1 && usize::try_from(item).is_ok_and(|n| n <= items);
                match act.item.filter(|item| !there(*item)) {
                    None => Ok(()),
                    Some(item) => Err(ConsultationError::NoItem(item)),
                }
            }
            ConsultationAct::AddDocument(act) => {
                self.must_be(open)?;
                short("the documents", self.documents.len().saturating_add(1))?;
                line("the note", act.note.as_ref())
            }
            ConsultationAct::RemoveDocument(act) => {
                self.must_be(open)?;
                let mut documents = self.documents.iter();
                match documents.any(|one| one.record == act.record && one.version == act.version) {
                    true => Ok(()),
                    false => Err(ConsultationError::NoDocument),
                }
            }
            ConsultationAct::Minutes(act) => {
                self.must_have_been_open()?;
                words("the minutes", &act.text)?;
                let number = act.meeting.filter(|number| self.meeting(*number).is_none());
                number.map_or(Ok(()), |number| Err(ConsultationError::NoMeeting(number)))
            }
            ConsultationAct::Outcome(act) => {
                self.must_have_been_open()?;
                words("the outcome", &act.text)
            }
            ConsultationAct::FollowUp(act) => self.check_follow_up(act),
            ConsultationAct::Complete(act) => {
                self.must_have_been_open()?;
                line("the note", act.note.as_ref())?;
                let found = self.follow_up(act.number);
                let found = found.ok_or(ConsultationError::NoFollowUp(act.number))?;
                match found.done.is_some() == act.done {
                    false => Ok(()),
                    true => Err(ConsultationError::Done(act.number)),
                }
            }
            ConsultationAct::Close(act) => {
                words("the reason", &act.reason)?;
                match self.status {
                    ConsultationStatus::Closed => Err(ConsultationError::Status(self.status)),
                    ConsultationStatus::Asked | ConsultationStatus::Open => Ok(()),
                }
            }
            ConsultationAct::Reopen(act) => {
                words("the reason", &act.reason)?;
                self.must_be(ConsultationStatus::Closed)
            }
            ConsultationAct::Link(act) => {
                short("the links", self.bonds.len().saturating_add(1))?;
                match self.bonds.contains(&act.to) == act.linked {
                    false => Ok(()),
                    true => Err(ConsultationError::Linked),
                }
            }
        }
    }

    fn must_have_been_open(&self) -> Result<(), ConsultationError> {
        match self.was_open() {
            true => Ok(()),
            false => Err(ConsultationError::Status(self.status)),
        }
    }

    fn check_meeting(&self, act: &SetMeeting) -> Result<(), ConsultationError> {
        self.must_be(ConsultationStatus::Open)?;
        title("the title", &act.title)?;
        line("the place", act.place.as_ref())?;
        line("the link", act.link.as_ref())?;
        let length = act.end.micros().saturating_sub(act.start.micros());
        if !(1..=MEETING_MAX).contains(&length) {
            return Err(ConsultationError::Times);
        }
        if self.meeting(act.number).is_some() {
            return Ok(());
        }
        short("the meetings", self.meetings.len().saturating_add(1))?;
        match act.number == next_number(self.meetings.len()) {
            true => Ok(()),
            false => Err(ConsultationError::NoMeeting(act.number)),
        }
    }

    fn check_follow_up(&self, act: &SetFollowUp) -> Result<(), ConsultationError> {
        self.must_be(ConsultationStatus::Open)?;
        title("the title", &act.title)?;
        if self.follow_up(act.number).is_some() {
            return Ok(());
        }
        short("the follow-ups", self.follow_ups.len().saturating_add(1))?;
        match act.number == next_number(self.follow_ups.len()) {
            true => Ok(()),
            false => Err(ConsultationError::NoFollowUp(act.number)),
        }
    }
}
