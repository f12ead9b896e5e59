//! The public holidays of the parties, read from calendars that the office takes in.
//!
//! They only warn. The calendars that the program brings along are in the formats.

use legation_core::act::{Act, ConsultationAct, SetHolidays};
use legation_core::affairs::consultation::Holiday;
use legation_core::id::{Digest, PartyCode};
use legation_core::time::{Day, Instant};
use legation_formats::ical;

use crate::admit::{Caller, known, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;

/// How many years before this one holidays are kept, and how many after: meetings are planned ahead,
/// and looked up again.
const YEARS: (i16, i16) = (2, 10);

/// A calendar of holidays.
#[derive(Clone, Debug)]
pub struct HolidaySource {
    /// What it is called.
    pub name: String,
    /// The file, iCalendar.
    pub bytes: Vec<u8>,
}

/// The holidays of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayRow {
    /// Whose.
    pub party: PartyCode,
    /// What the calendar is called.
    pub source: String,
    /// SHA-256 of its file.
    pub digest: Digest,
    /// Since when it counts.
    pub since: Instant,
    /// The holidays.
    pub days: Vec<(Day, String)>,
}

impl Office {
    /// Takes the public holidays of a party from a calendar; answers how many days there are.
    ///
    /// # Errors
    /// When the caller may not, the party is unknown, or the file is no calendar of holidays.
    pub async fn set_holidays(
        &self,
        caller: &Caller,
        party: PartyCode,
        source: HolidaySource,
    ) -> Result<usize, EngineError> {
        staff(caller)?;
        let year = Day::of(self.now()?, &legation_core::party::Zone::utc())
            .date()
            .year();
        let (before, after) = YEARS;
        let years = year.saturating_sub(before)..=year.saturating_add(after);
        let read = ical::holidays(&source.bytes, years).map_err(|error| {
            let place = format!("line {}", error.line);
            EngineError::new(Fault::Invalid, error.fault.code(), error.fault.to_string()).at(place)
        })?;
        let mut days: Vec<Holiday> = Vec::new();
        for holiday in read {
            match days.last_mut().filter(|last| last.on == holiday.date) {
                Some(last) => last.name = format!("{}, {}", last.name, holiday.name),
                None => days.push(Holiday {
                    on: holiday.date,
                    name: holiday.name,
                }),
            }
        }
        let count = days.len();
        let digest = Digest::of(&source.bytes);
        self.act(caller, move |fold| {
            known(fold.state(), &party)?;
            let act = ConsultationAct::Holidays(SetHolidays {
                party,
                days,
                source: source.name,
                digest,
            });
            fold.state().affairs().consultations.check(&act)?;
            Ok(Act::Consultation(act))
        })
        .await?;
        Ok(count)
    }

    /// The holidays of every party for the office's own people, else those of the caller's.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn holidays(&self, caller: &Caller) -> Result<Vec<HolidayRow>, EngineError> {
        let is_staff = staff(caller).is_ok();
        let fold = self.look()?;
        let all = fold.state().affairs().consultations.holidays();
        let seen = all.filter(|(party, _)| is_staff || **party == caller.party);
        Ok(seen
            .map(|(party, holidays)| HolidayRow {
                party: party.clone(),
                source: holidays.source.clone(),
                digest: holidays.digest,
                since: holidays.since,
                days: holidays.days.clone().into_iter().collect(),
            })
            .collect())
    }
}
