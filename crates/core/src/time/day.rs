//! A day of the calendar, wherever on earth: no instant, and in no zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use thiserror::Error;

use crate::party::Zone;
use crate::time::Instant;

/// A day of the proleptic Gregorian calendar, years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text that is no day.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{given}` is no day; write it like 2026-01-31")]
pub struct DayError {
    given: String,
}

impl DayError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "time.malformed-day"
    }
}

impl Day {
    /// The day as the time library has it.
    pub fn date(self) -> Date {
        self.0
    }

    /// The day of that year, month and day of the month, if there is one.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        (year >= 1)
            .then(|| Date::new(year, month, day).ok())?
            .map(Self)
    }

    /// The day that it is at that instant where the clocks show that zone's time.
    pub fn of(at: Instant, zone: &Zone) -> Self {
        let stamp = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        match stamp.in_tz(zone.as_str()) {
            Ok(zoned) => Self(zoned.date()),
            // INVARIANT: a zone was found in the database when it was read; UTC stands in for one
            // that a later database dropped.
            Err(_) => Self(jiff::tz::TimeZone::UTC.to_datetime(stamp).date()),
        }
    }

    /// The first instant of the day where the clocks show that zone's time.
    pub fn begin(self, zone: &Zone) -> Instant {
        let begun = self.0.in_tz(zone.as_str()).map(|zoned| zoned.timestamp());
        // As for [`Day::of`]; days at the ends of time are cut to what an instant holds.
        let begun = begun.or_else(|_| jiff::tz::TimeZone::UTC.to_timestamp(self.0.into()));
        begun.map_or(Instant::MAX, |stamp| {
            Instant::from_micros(stamp.as_microsecond())
        })
    }

    /// The first of the days of a year that ends with this one.
    pub fn year_to(self) -> Self {
        use jiff::ToSpan as _;
        Self(self.0.saturating_sub(1.year())).next()
    }

    /// The next day; the last stays itself.
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let refuse = || DayError {
            given: text.chars().take(80).collect(),
        };
        // The library would also read a time behind it, and leave that out.
        let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date: Option<Date> = plain.then(|| text.parse().ok()).flatten();
        date.filter(|date| date.year() >= 1)
            .map(Self)
            .ok_or_else(refuse)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<C> minicbor::Encode<C> for Day {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.to_string())?;
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for Day {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?.parse().map_err(minicbor::decode::Error::custom)
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_written() {
        let day: Day = "2024-02-29".parse().unwrap();
        assert_eq!(day.to_string(), "2024-02-29");
        assert_eq!(day.next().to_string(), "2024-03-01");
        let bytes = minicbor::to_vec(day).unwrap();
        assert_eq!(minicbor::decode::<Day>(&bytes).unwrap(), day);
        for bad in [
            "2023-02-29",
            "2024-2-9",
            "20240229",
            "2024-02-29T00:00",
            "",
            "-024-02-09",
        ] {
            assert_eq!(
                bad.parse::<Day>().unwrap_err().code(),
                "time.malformed-day",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_day_begins_where_it_is_and_a_year_ends_with_it() {
        let day: Day = "2026-03-02".parse().unwrap();
        let tokyo = "Asia/Tokyo".parse().unwrap();
        let begun = |zone: &Zone| day.begin(zone).to_string();
        assert_eq!(begun(&Zone::utc()), "2026-03-02T00:00:00.000000Z");
        assert_eq!(begun(&tokyo), "2026-03-01T15:00:00.000000Z");
        assert_eq!(Day::of(day.begin(&tokyo), &tokyo), day);
        assert_eq!(day.year_to().to_string(), "2025-03-03");
        let leap: Day = "2024-02-29".parse().unwrap();
        assert_eq!(leap.year_to().to_string(), "2023-03-01");
    }

    #[test]
    fn the_day_depends_on_the_zone() {
        let at: Instant = "2026-03-01T20:00:00Z".parse().unwrap();
        assert_eq!(Day::of(at, &Zone::utc()).to_string(), "2026-03-01");
        let tokyo = "Asia/Tokyo".parse().unwrap();
        assert_eq!(Day::of(at, &tokyo).to_string(), "2026-03-02");
    }
}
