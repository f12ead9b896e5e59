//! Instants and the clock.
//!
//! An [`Instant`] is a point on the UTC time line in whole microseconds, the precision that
//! TAXII 2.1 asks for (section 3.2: `YYYY-MM-DDTHH:MM:SS.ssssssZ`). Nothing here reads a clock:
//! whoever needs the time takes an instant or a [`Clock`].

mod day;

use std::fmt;
use std::str::FromStr;

pub use day::{Day, DayError};
use thiserror::Error;

/// A point in time: microseconds since 1970-01-01T00:00:00Z, years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Instant(#[n(0)] i64);

/// A text that is no instant.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{given}` is no instant; write it as in RFC 3339, like 2026-01-31T12:00:00Z")]
pub struct InstantError {
    given: String,
}

impl InstantError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        "time.malformed"
    }
}

impl Instant {
    /// 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);
    /// The last microsecond of the year 9999.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The instant so many microseconds after the epoch, held within [`Instant::MIN`] and [`Instant::MAX`].
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Microseconds since the epoch.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The instant so many microseconds later (earlier when negative).
    pub fn plus_micros(self, micros: i64) -> Self {
        Self::from_micros(self.0.saturating_add(micros))
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    /// Reads RFC 3339 with any offset; digits beyond the microsecond are cut.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let refuse = || InstantError {
            given: text.chars().take(80).collect(),
        };
        let stamp: jiff::Timestamp = text.parse().map_err(|_| refuse())?;
        let instant = Self(stamp.as_microsecond());
        if (Self::MIN..=Self::MAX).contains(&instant) {
            Ok(instant)
        } else {
            Err(refuse())
        }
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(86_400_000_000);
        let rest = self.0.rem_euclid(86_400_000_000);
        let (year, month, day) = civil(days);
        let seconds = rest / 1_000_000;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            rest % 1_000_000
        )
    }
}

/// The civil date of a day count since 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin on 1 March, so that the leap day is the last of a year.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Whoever can say what time it is.
pub trait Clock: Send + Sync {
    /// The time now; it may step back, so nothing may rely on its order.
    fn now(&self) -> Instant;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes() {
        let instant: Instant = "2024-02-29T23:59:59.5+02:00".parse().unwrap();
        assert_eq!(instant.to_string(), "2024-02-29T21:59:59.500000Z");
        assert!("2024-13-01T00:00:00Z".parse::<Instant>().is_err());
        assert_eq!(Instant::MIN.to_string(), "0001-01-01T00:00:00.000000Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    }

    proptest! {
        #[test]
        fn agrees_with_the_time_library(micros in Instant::MIN.0..=Instant::MAX.0) {
            let stamp = jiff::Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(Instant(micros).to_string(), format!("{stamp:.6}"));
        }
    }
}
