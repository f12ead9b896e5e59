//! The progress report of a partner: its programmes and the figures of the journal, as far as its
//! reader may know them.
//!
//! The office's own people are told how long it took from each filing to its first release. The
//! partner is told what its own receipts and views say: what it filed, what it was sent, and how
//! long after it could see it.

use std::collections::BTreeMap;

use legation_core::affairs::programme::programmes_of;
use legation_core::id::{EntryNumber, PartyCode, RecordNumber};
use legation_core::time::{Day, Instant};
use legation_core::view::{Fold, Since};
use legation_formats::review::{AreaFigures, Event, Review, Wait};

use crate::admit::{Caller, known, staff};
use crate::error::EngineError;
use crate::find::Released;
use crate::office::Office;
use crate::programme::invalid;

impl Office {
    /// The progress report of a partner from one day to another, both within; the year up to today
    /// when left out. For the office and for the partner itself, each with what it may know.
    ///
    /// It goes once over the receipts of the partner; for the office, over those of everybody in the
    /// areas in which the partner filed, too.
    ///
    /// # Errors
    /// When the caller may not ask, the days are none in order, or the receipts for what the report
    /// names cannot be written.
    pub async fn review(
        &self,
        caller: &Caller,
        party: &PartyCode,
        (from, to): (Option<Day>, Option<Day>),
    ) -> Result<Released<Review>, EngineError> {
        let for_office = staff(caller).is_ok();
        if !for_office && caller.party != *party {
            return Err(EngineError::not_found());
        }
        let now = self.now()?;
        let (mut review, ids) = {
            let fold = self.look()?;
            let state = fold.state();
            known(state, party)?;
            let (Some(partner), host) = (state.find_party(party), state.host()) else {
                return Err(EngineError::not_found());
            };
            if partner == host {
                return Err(invalid(
                    "programme.no-partner",
                    "the host is nobody's partner; name another party",
                ));
            }
            let to = to.unwrap_or(Day::of(now, &host.zone));
            let from = from.unwrap_or(to.year_to());
            if to < from {
                let text = format!("{to} is before {from}; give the first day and then the last");
                return Err(invalid("programme.span", text));
            }
            let span = from.begin(&host.zone)..to.next().begin(&host.zone);
            let sent = |receipt: EntryNumber, record: RecordNumber| {
                self.windows.has_sent(receipt, record) == Some(true)
            };
            let review = Review {
                office: state.office.clone(),
                host: (host.code.clone(), host.name.clone()),
                party: (partner.code.clone(), partner.name.clone()),
                from,
                to,
                made: now,
                for_office,
                programmes: Vec::new(),
                areas: figures(&fold, party, &span, for_office, &sent),
                meetings: meetings(&fold, party, &span),
                activities: activities(&fold, party, &span),
            };
            let ids: Vec<_> = programmes_of(state, partner).into_iter().cloned().collect();
            (review, ids)
        };
        let filter = format!("review={party}");
        let Released { answer, guard } = self.programmes_named(caller, &filter, &ids).await?;
        review.programmes = answer;
        Ok(Released {
            answer: review,
            guard,
        })
    }
}

fn figures(
    fold: &Fold,
    party: &PartyCode,
    span: &std::ops::Range<Instant>,
    for_office: bool,
    sent: &dyn Fn(EntryNumber, RecordNumber) -> bool,
) -> Vec<AreaFigures> {
    let since = match for_office {
        true => Since::Filing,
        false => Since::Sight,
    };
    let mut onward = match for_office {
        true => fold.tally_onward(party, span, sent),
        false => BTreeMap::new(),
    };
    let tallies = fold.tally(party, span, since, sent).into_iter();
    let figures = tallies.map(|(area, tally)| AreaFigures {
        onward: onward.remove(&area).and_then(Wait::of),
        area,
        given: tally.given,
        taken: tally.taken,
        receipts: tally.receipts,
        wait: Wait::of(tally.waits),
    });
    figures.collect()
}

fn meetings(fold: &Fold, party: &PartyCode, span: &std::ops::Range<Instant>) -> Vec<Event> {
    let consultations = fold.state().affairs().consultations.iter();
    let own = consultations.filter(|one| one.is_seen_by(party, false));
    let mut events: Vec<Event> = own
        .flat_map(|one| one.meetings.iter().map(move |meeting| (one, meeting)))
        .filter(|(_, meeting)| !meeting.cancelled && span.contains(&meeting.start))
        .map(|(one, meeting)| Event {
            day: Day::of(meeting.start, &meeting.zone),
            kind: "meeting",
            title: format!("{}: {}", one.subject, meeting.title),
            place: meeting.place.clone().unwrap_or_else(|| "-".to_owned()),
            attended: None,
        })
        .collect();
    events.sort_by_key(|one| one.day);
    events
}

fn activities(fold: &Fold, party: &PartyCode, span: &std::ops::Range<Instant>) -> Vec<Event> {
    let activities = fold.state().affairs().activities.iter();
    let mut events: Vec<Event> = activities
        .filter(|one| one.invitation(party).is_some() && one.cancelled().is_none())
        .filter(|one| span.contains(&one.start()))
        .map(|one| {
            let noted = one
                .nominees_of(party)
                .iter()
                .filter_map(|nominee| nominee.attended);
            let noted: Vec<bool> = noted.collect();
            let there = noted.iter().filter(|there| **there).count() as u64;
            Event {
                day: Day::of(one.start(), one.zone()),
                kind: one.kind().as_str(),
                title: one.title().to_owned(),
                place: one.place().to_owned(),
                attended: (!noted.is_empty()).then_some(there),
            }
        })
        .collect();
    events.sort_by_key(|one| one.day);
    events
}
