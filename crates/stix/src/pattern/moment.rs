//! Instants in patterns and observations, to the nanosecond.
//!
//! Not the instants that order versions: those are [`Timestamp`](crate::timestamp::Timestamp)s,
//! which are coarser and refuse what they cannot order.

use std::fmt;
use std::str::FromStr;

use crate::timestamp::{TimestampError, civil, read};

/// Digits of fraction that are kept.
const DIGITS: usize = 9;

/// An instant: seconds since 1970-01-01T00:00:00Z and nanoseconds.
///
/// A fraction may have any number of digits (STIX 2.1 section 9.3 takes RFC 3339 as it is); those
/// beyond the ninth are dropped. Second 60 is read where RFC 3339 section 5.7 has it, at 23:59,
/// and is the instant after second 59.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    seconds: i64,
    nanos: u32,
}

impl Moment {
    /// Whole seconds since the Unix epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds past [`seconds`](Self::seconds).
    pub fn subsecond_nanos(self) -> u32 {
        self.nanos
    }

    /// Nanoseconds since the Unix epoch.
    pub(crate) fn nanos(self) -> i128 {
        i128::from(self.seconds) * 1_000_000_000 + i128::from(self.nanos)
    }
}

impl FromStr for Moment {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let leap = text.get(11..19) == Some("23:59:60");
        let mut plain = text.to_owned();
        if leap {
            plain.replace_range(17..19, "59");
        }
        if let Some((head, tail)) = text.split_once('.')
            && let Some(digits) = tail.strip_suffix('Z')
            && digits.len() > DIGITS
            && digits.bytes().all(|b| b.is_ascii_digit())
        {
            plain.truncate(head.len() + 1 + DIGITS);
            plain.push('Z');
        }
        let (seconds, nanos) = read(&plain).map_err(|error| match error {
            // The text that was given, not the one that was tried.
            TimestampError::Form(_) => TimestampError::Form(text.chars().take(80).collect()),
            other => other,
        })?;
        Ok(Self {
            seconds: seconds + i64::from(leap),
            nanos: u32::try_from(nanos).unwrap_or_default(),
        })
    }
}

/// As RFC 3339 in UTC, with no more digits of fraction than it needs.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.seconds.div_euclid(86_400));
        let second = self.seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos != 0 {
            let digits = format!("{:09}", self.nanos);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        text.parse().unwrap()
    }

    #[test]
    fn reads_and_writes() {
        for (text, written) in [
            ("2016-05-12T08:17:27Z", "2016-05-12T08:17:27Z"),
            ("2016-05-12T08:17:27.500Z", "2016-05-12T08:17:27.5Z"),
            (
                "2016-05-12T08:17:27.1234567891234Z",
                "2016-05-12T08:17:27.123456789Z",
            ),
            ("1932-11-12T23:59:60Z", "1932-11-13T00:00:00Z"),
        ] {
            assert_eq!(moment(text).to_string(), written);
            assert_eq!(moment(written), moment(text));
        }
        for text in [
            "2016-02-30T00:00:00Z",
            "2016-02-20T12:00:60Z",
            "2016-02-20T12:00:00",
            "2016-02-20T12:00:00.12345678901xZ",
            "é",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
