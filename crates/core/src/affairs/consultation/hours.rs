//! When people had better not meet: public holidays, weekends, and outside working hours.
//!
//! These are warnings. An office may meet whenever it must.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Zoned;
use jiff::civil::{Time, Weekday};
use thiserror::Error;

use crate::party::Zone;
use crate::time::{Day, Instant};

/// The hours in which people work, `09:00-17:00`, on the clocks of their own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingHours {
    begin: Time,
    end: Time,
}

/// A text that says no hours.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` are no working hours; write them like 09:00-17:00")]
pub struct HoursError(String);

impl Default for WorkingHours {
    /// Nine to five, as most ministries keep them.
    fn default() -> Self {
        Self {
            begin: Time::constant(9, 0, 0, 0),
            end: Time::constant(17, 0, 0, 0),
        }
    }
}

fn read_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| {
        let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        two.then(|| part.parse::<i8>().ok()).flatten()
    };
    Time::new(digits(hour)?, digits(minute)?, 0, 0).ok()
}

impl FromStr for WorkingHours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        let refuse = || HoursError(text.chars().take(40).collect());
        let (begin, end) = text.split_once('-').ok_or_else(refuse)?;
        let times = read_time(begin).zip(read_time(end));
        let (begin, end) = times
            .filter(|(begin, end)| begin < end)
            .ok_or_else(refuse)?;
        Ok(Self { begin, end })
    }
}

impl fmt::Display for WorkingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { begin, end } = self;
        let (begin_hour, begin_minute) = (begin.hour(), begin.minute());
        let (end_hour, end_minute) = (end.hour(), end.minute());
        write!(
            f,
            "{begin_hour:02}:{begin_minute:02}-{end_hour:02}:{end_minute:02}"
        )
    }
}

/// Why a time does not suit a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// It is a public holiday there.
    Holiday {
        /// Which day.
        on: Day,
        /// What it is called.
        name: String,
    },
    /// It is Saturday or Sunday there.
    Weekend {
        /// Which day.
        on: Day,
    },
    /// People do not work there then.
    Hours {
        /// When it begins there.
        begin: String,
        /// When it ends there.
        end: String,
    },
}

impl Warning {
    /// The word for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Holiday { .. } => "holiday",
            Self::Weekend { .. } => "weekend",
            Self::Hours { .. } => "hours",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Holiday { on, name } => write!(f, "{on} is a holiday: {name}"),
            Self::Weekend { on } => match on.date().weekday() {
                Weekday::Sunday => write!(f, "{on} is a Sunday"),
                _ => write!(f, "{on} is a Saturday"),
            },
            Self::Hours { begin, end } => write!(f, "outside working hours: {begin} to {end}"),
        }
    }
}

/// Whatever speaks against meeting from `start` to `end` where that zone's time is shown.
pub fn warnings(
    (start, end): (Instant, Instant),
    zone: &Zone,
    holidays: Option<&BTreeMap<Day, String>>,
    hours: WorkingHours,
) -> Vec<Warning> {
    let shown = |at: Instant| {
        let stamp = jiff::Timestamp::from_microsecond(at.micros()).ok()?;
        stamp.in_tz(zone.as_str()).ok()
    };
    let Some((begin, over)) = shown(start).zip(shown(end)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    // The last instant of a meeting is before its end: one that ends at midnight is of one day.
    let last = Day::of(end.plus_micros(-1), zone);
    let mut day = Day::from(begin.date());
    let first = day;
    loop {
        if let Some(name) = holidays.and_then(|holidays| holidays.get(&day)) {
            let name = name.clone();
            found.push(Warning::Holiday { on: day, name });
        }
        if matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday) {
            found.push(Warning::Weekend { on: day });
        }
        let next = day.next();
        if next > last || next == day {
            break;
        }
        day = next;
    }
    // A meeting of several days has nights in it; one that begins and ends with the working day,
    // and is longer than a night, does not go through them.
    let through_a_night = first != last && end.micros() - start.micros() < DAY;
    let early = begin.time() < hours.begin || begin.time() >= hours.end;
    let late = over.time() > hours.end || over.time() <= hours.begin;
    if early || late || through_a_night {
        found.push(Warning::Hours {
            begin: moment(&begin),
            end: moment(&over),
        });
    }
    found
}

/// A day, in microseconds.
const DAY: i64 = 86_400_000_000;

fn moment(at: &Zoned) -> String {
    let (day, time) = (Day::from(at.date()), at.time());
    format!("{day} {:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warn(start: &str, end: &str, zone: &str) -> Vec<String> {
        let holidays = [("2026-03-20", "Vernal Equinox Day")];
        let holidays = holidays.map(|(day, name)| (day.parse().unwrap(), name.to_owned()));
        let times = (start.parse().unwrap(), end.parse().unwrap());
        let zone = zone.parse().unwrap();
        let found = warnings(
            times,
            &zone,
            Some(&holidays.into()),
            WorkingHours::default(),
        );
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn hours_are_read_and_written() {
        let hours: WorkingHours = "08:30-16:45".parse().unwrap();
        assert_eq!(hours.to_string(), "08:30-16:45");
        assert_eq!("09:00-17:00".parse(), Ok(WorkingHours::default()));
        for bad in [
            "",
            "9-17",
            "17:00-09:00",
            "09:00",
            "09:00-24:00",
            "09:00-09:00",
            "+9:00-17:00",
        ] {
            assert!(bad.parse::<WorkingHours>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_suits_one_place_and_not_another() {
        let (start, end) = ("2026-03-19T23:30:00Z", "2026-03-20T00:30:00Z");
        assert_eq!(
            warn(start, end, "Asia/Tokyo"),
            [
                "2026-03-20 is a holiday: Vernal Equinox Day",
                "outside working hours: 2026-03-20 08:30 to 2026-03-20 09:30"
            ]
        );
        let (start, end) = ("2026-03-18T08:00:00Z", "2026-03-18T09:00:00Z");
        assert_eq!(warn(start, end, "Europe/Brussels"), Vec::<String>::new());
        assert_eq!(
            warn(start, end, "America/New_York"),
            ["outside working hours: 2026-03-18 04:00 to 2026-03-18 05:00"]
        );
    }

    #[test]
    fn the_edges_of_a_day_belong_to_it() {
        // Nine to five suits exactly; a minute more does not.
        assert!(warn("2026-03-18T09:00:00Z", "2026-03-18T17:00:00Z", "UTC").is_empty());
        assert_eq!(
            warn("2026-03-18T08:59:00Z", "2026-03-18T17:00:00Z", "UTC").len(),
            1
        );
        assert_eq!(
            warn("2026-03-18T09:00:00Z", "2026-03-18T17:01:00Z", "UTC").len(),
            1
        );
        // What ends at midnight is not of the next day.
        let friday = warn("2026-03-13T16:00:00Z", "2026-03-14T00:00:00Z", "UTC");
        assert_eq!(
            friday,
            ["outside working hours: 2026-03-13 16:00 to 2026-03-14 00:00"]
        );
    }

    #[test]
    fn several_days_are_each_looked_at() {
        let found = warn("2026-03-19T09:00:00Z", "2026-03-21T17:00:00Z", "UTC");
        assert_eq!(
            found,
            [
                "2026-03-20 is a holiday: Vernal Equinox Day",
                "2026-03-21 is a Saturday"
            ]
        );
        let night = warn("2026-03-17T16:00:00Z", "2026-03-18T10:00:00Z", "UTC");
        assert_eq!(night.len(), 1);
    }
}
