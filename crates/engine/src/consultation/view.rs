//! A consultation as somebody reads it: its times on the reader's clocks, its documents through the
//! gate, its links as far as the reader may know of what they lead to.
//!
//! To name a record is to release it: the receipts are written first, as for a finding.

use legation_core::affairs::activity::write_moment;
use legation_core::affairs::consultation::{Bond, Consultation, Meeting, warnings};
use legation_core::id::{AgreementId, ConsultationId, DecisionId, PartyCode};
use legation_core::party::Zone;
use legation_core::state::State;
use legation_core::time::Instant;

use crate::admit::{Caller, staff};
use crate::agree::knows_of;
use crate::consultation::find;
use crate::error::EngineError;
use crate::find::glance::{Eyes, Glimpse};
use crate::find::{Released, Sighted, Survey};
use crate::office::Office;

/// When a meeting is on the clocks of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingTime {
    /// Whose place.
    pub party: PartyCode,
    /// Its zone.
    pub zone: Zone,
    /// When it begins there (RFC 9557).
    pub start: String,
    /// When it ends there.
    pub end: String,
}

/// What speaks against a meeting at that time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingWarning {
    /// For which participant.
    pub party: PartyCode,
    /// Whether it is a holiday, a weekend or the hours.
    pub kind: &'static str,
    /// What, in words.
    pub text: String,
}

/// A meeting as somebody reads of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingView {
    /// The meeting.
    pub meeting: Meeting,
    /// When it is on the reader's clocks, or those of the zone that the reader named.
    pub own: MeetingTime,
    /// When it is for each participant.
    pub times: Vec<MeetingTime>,
    /// What speaks against it; nothing where it is cancelled.
    pub warnings: Vec<MeetingWarning>,
}

/// A document that is released to the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentView {
    /// The record, as the reader knows it.
    pub record: Sighted,
    /// Which party put it there.
    pub party: PartyCode,
    /// What it is there for.
    pub note: Option<String>,
    /// When it was put there.
    pub at: Instant,
}

/// A consultation as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsultationView {
    /// The consultation, without its documents and its links.
    pub consultation: Consultation,
    /// The meetings.
    pub meetings: Vec<MeetingView>,
    /// The documents that are released to the reader.
    pub documents: Vec<DocumentView>,
    /// The decisions that it belongs with, as far as the reader may know of them.
    pub decisions: Vec<DecisionId>,
    /// The agreements that it belongs with, likewise.
    pub agreements: Vec<AgreementId>,
}

/// A consultation without what is not for everybody in it.
fn bare(consultation: &Consultation) -> Consultation {
    Consultation {
        documents: Vec::new(),
        bonds: std::collections::BTreeSet::new(),
        ..consultation.clone()
    }
}

fn time(meeting: &Meeting, party: &PartyCode, zone: &Zone) -> MeetingTime {
    MeetingTime {
        party: party.clone(),
        zone: zone.clone(),
        start: write_moment(meeting.start, zone),
        end: write_moment(meeting.end, zone),
    }
}

fn meetings(
    state: &State,
    caller: &Caller,
    consultation: &Consultation,
    zone: Option<&Zone>,
) -> Vec<MeetingView> {
    let hours = state.house.consultation.working_hours;
    let holidays = &state.affairs().consultations;
    let participants: Vec<(&PartyCode, &Zone)> = consultation
        .participants
        .iter()
        .filter_map(|code| Some((code, &state.find_party(code)?.zone)))
        .collect();
    let utc = Zone::utc();
    let reader = state.find_party(&caller.party).map(|party| &party.zone);
    let reader = zone.or(reader).unwrap_or(&utc);
    let view = |meeting: &Meeting| {
        let warned = participants.iter().filter(|_| !meeting.cancelled);
        let warned = warned.flat_map(|(code, zone)| {
            let days = holidays.holidays_of(code).map(|holidays| &holidays.days);
            let found = warnings((meeting.start, meeting.end), zone, days, hours);
            found.into_iter().map(|warning| MeetingWarning {
                party: (*code).clone(),
                kind: warning.as_str(),
                text: warning.to_string(),
            })
        });
        let times = participants
            .iter()
            .map(|(code, zone)| time(meeting, code, zone));
        MeetingView {
            meeting: meeting.clone(),
            own: time(meeting, &caller.party, reader),
            times: times.collect(),
            warnings: warned.collect(),
        }
    };
    consultation.meetings.iter().map(view).collect()
}

impl Office {
    /// The consultations that the caller may know of, without documents and links.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn consultations(&self, caller: &Caller) -> Result<Vec<Consultation>, EngineError> {
        let is_staff = staff(caller).is_ok();
        let fold = self.look()?;
        let all = fold.state().affairs().consultations.iter();
        let seen = all.filter(|one| one.is_seen_by(&caller.party, is_staff));
        Ok(seen.map(bare).collect())
    }

    /// One consultation, if the caller may know of it. It names the documents that are released to
    /// the caller, so it is a release: it may be sent as long as its guard holds.
    ///
    /// # Errors
    /// When the caller may not know of it, or the receipts cannot be written.
    pub async fn consultation(
        &self,
        caller: &Caller,
        id: &ConsultationId,
        zone: Option<Zone>,
    ) -> Result<Released<ConsultationView>, EngineError> {
        let filter = format!("consultation={id}");
        self.answer(caller, &filter, |office| {
            office.survey_consultation(caller, id, zone.as_ref())
        })
        .await
    }

    fn survey_consultation(
        &self,
        caller: &Caller,
        id: &ConsultationId,
        zone: Option<&Zone>,
    ) -> Result<Survey<ConsultationView>, EngineError> {
        let eyes = Eyes::of(self, caller)?;
        let now = self.now()?;
        let fold = self.look()?;
        let state = fold.state();
        let consultation = find(&fold, caller, id)?;
        let mut glimpses: Vec<Glimpse> = Vec::new();
        let mut documents = Vec::new();
        for document in &consultation.documents {
            let records = state.records_of(document.record.as_str()).into_iter();
            let mut same =
                records.filter(|&record| state.record_version(record) == document.version);
            // The gate's verdict now: a document that is not released is not there.
            let Some(glimpse) = same.find_map(|record| eyes.glimpse(&fold, record)) else {
                continue;
            };
            documents.push(DocumentView {
                record: glimpse.sighted.clone(),
                party: document.party.clone(),
                note: document.note.clone(),
                at: document.at,
            });
            glimpses.push(glimpse);
        }
        let is_staff = staff(caller).is_ok();
        let (mut decisions, mut agreements) = (Vec::new(), Vec::new());
        for bond in &consultation.bonds {
            match bond {
                Bond::Decision(id) => {
                    let decision = state.affairs().decisions.get(id);
                    let seen = decision.filter(|one| one.is_seen_by(&caller.party, is_staff, now));
                    decisions.extend(seen.map(|one| one.id.clone()));
                }
                Bond::Agreement(id) if is_staff || knows_of(state, id, &caller.party) => {
                    agreements.push(id.clone());
                }
                _ => {}
            }
        }
        let view = ConsultationView {
            consultation: bare(consultation),
            meetings: meetings(state, caller, consultation, zone),
            documents,
            decisions,
            agreements,
        };
        let losses = fold.losses(&caller.party);
        Ok(Survey::of(view, losses, glimpses.iter()))
    }
}
