//! Timestamps of STIX 2.1 (section 2.16): RFC 3339 in UTC, `2016-05-12T08:17:27.000Z`.
//!
//! Not a calendar: no zones, no leap seconds, no arithmetic.
//!
//! Instants are held in microseconds. Up to nine digits of fraction are read, but where the instant
//! orders versions, digits beyond the sixth must be zeros: two versions that differ by less could not be told
//! apart, and each would stand for the other. A second 60 is refused, since no order of
//! Unix instants can place it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text that is no timestamp, or one that cannot be ordered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// Not of the form that section 2.16 fixes.
    #[error(
        "`{0}` is not a timestamp; write it in UTC as `2016-05-12T08:17:27.000Z`, with `T` and `Z` in upper case"
    )]
    Form(String),
    /// A year, month, day, hour, minute or second that does not exist.
    #[error("the {part} of `{given}` does not exist; give one that does")]
    Range {
        /// `year`, `month`, `day`, `hour`, `minute` or `second`.
        part: &'static str,
        /// The text that was given.
        given: String,
    },
    /// Second 60.
    #[error("`{0}` is a leap second, which has no place in the order of versions; write second 59")]
    LeapSecond(String),
    /// Digits below a microsecond that are not zero, or more than nine.
    #[error("`{0}` is finer than versions are told apart; give at most six digits of fraction")]
    TooFine(String),
}

/// An instant in microseconds since 1970-01-01T00:00:00Z; years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Microseconds since the Unix epoch, negative before it.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Checks the form and the calendar alone: any fraction of up to nine digits will do.
    ///
    /// # Errors
    /// [`TimestampError`], of any variant.
    pub(crate) fn check(text: &str) -> Result<(), TimestampError> {
        read(text).map(|_| ())
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let (seconds, nanos) = read(text)?;
        if nanos % 1000 != 0 {
            return Err(TimestampError::TooFine(quote(text)));
        }
        Ok(Self(seconds * 1_000_000 + nanos / 1000))
    }
}

/// With three digits of fraction, or six if it has finer ones (STIX 2.1 section 3.6).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.rem_euclid(1_000_000);
        let seconds = self.0.div_euclid(1_000_000);
        let (year, month, day) = civil(seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}."
        )?;
        if micros % 1000 == 0 {
            write!(f, "{:03}Z", micros / 1000)
        } else {
            write!(f, "{micros:06}Z")
        }
    }
}

/// Judges the form and the calendar alone, with any number of digits of fraction.
pub(crate) fn judge(text: &str) -> Result<(), TimestampError> {
    match read(text) {
        Ok(_) | Err(TimestampError::TooFine(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The instant in seconds and what the digits of its fraction say, to be compared; none for what
/// is no timestamp.
pub(crate) fn exact(text: &str) -> Option<(i64, &str)> {
    judge(text).ok()?;
    let (parts, fraction) = fields(text.as_bytes())?;
    let [year, month, day, hour, minute, second] = parts;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let start = text.len() - 1 - fraction.len();
    let fraction = text.get(start..text.len() - 1)?;
    Some((seconds, fraction.trim_end_matches('0')))
}

fn quote(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Seconds since the epoch and nanoseconds within the second.
pub(crate) fn read(text: &str) -> Result<(i64, i64), TimestampError> {
    let (parts, fraction) =
        fields(text.as_bytes()).ok_or_else(|| TimestampError::Form(quote(text)))?;
    let [year, month, day, hour, minute, second] = parts;
    let within = |part, held: bool| {
        if held {
            Ok(())
        } else {
            Err(TimestampError::Range {
                part,
                given: quote(text),
            })
        }
    };
    within("year", year >= 1)?;
    within("month", (1..=12).contains(&month))?;
    within("day", day >= 1 && day <= days_in(year, month))?;
    within("hour", hour <= 23)?;
    within("minute", minute <= 59)?;
    if second == 60 {
        return Err(TimestampError::LeapSecond(quote(text)));
    }
    within("second", second <= 59)?;
    if fraction.len() > 9 {
        return Err(TimestampError::TooFine(quote(text)));
    }
    let nanos = (0..9).fold(0, |sum, n| {
        sum * 10 + fraction.get(n).map_or(0, |digit| i64::from(digit - b'0'))
    });
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Ok((seconds, nanos))
}

/// The six numbers and the digits of the fraction, if the form is right.
fn fields(bytes: &[u8]) -> Option<([i64; 6], &[u8])> {
    let (head, tail) = bytes.split_at_checked(19)?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *head
    else {
        return None;
    };
    let fraction = match tail.strip_suffix(b"Z")? {
        [] => &[],
        [b'.', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            digits
        }
        _ => return None,
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0i64, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + i64::from(digit - b'0'))
        })
    };
    let parts = [
        number(&[y1, y2, y3, y4])?,
        number(&[m1, m2])?,
        number(&[d1, d2])?,
        number(&[h1, h2])?,
        number(&[n1, n2])?,
        number(&[s1, s2])?,
    ];
    Some((parts, fraction))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March
/// so that the leap day comes last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days`].
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().micros()
    }

    #[test]
    fn reads_instants() {
        assert_eq!(micros("1970-01-01T00:00:00Z"), 0);
        assert_eq!(micros("1969-12-31T23:59:59.999999Z"), -1);
        assert_eq!(micros("2000-02-29T12:00:00.5Z"), 951_825_600_500_000);
        assert_eq!(
            micros("2016-05-12T08:17:27.000123000Z"),
            1_463_041_047_000_123
        );
        assert_eq!(micros("0001-01-01T00:00:00Z"), -62_135_596_800_000_000);
        assert_eq!(
            micros("9999-12-31T23:59:59.999999Z"),
            253_402_300_799_999_999
        );
    }

    #[test]
    fn writes_what_it_reads() {
        let mut day = -719_162;
        while day < 2_932_897 {
            let at = Timestamp(day * 86_400_000_000 + 3_723_004_000);
            let text = at.to_string();
            assert_eq!(text.parse::<Timestamp>().unwrap(), at, "{text}");
            assert!(text.ends_with("T01:02:03.004Z"), "{text}");
            day += 97;
        }
    }

    #[test]
    fn refuses_what_does_not_exist() {
        for (text, what) in [
            ("2016-05-12", "form"),
            ("2016-05-12T08:17:27", "form"),
            ("2016-05-12t08:17:27Z", "form"),
            ("2016-05-12T08:17:27z", "form"),
            ("2016-05-12T08:17:27+00:00", "form"),
            ("2016-05-12T08:17:27.Z", "form"),
            ("2016-05-12T08:17:27,5Z", "form"),
            ("2016-05-12 08:17:27Z", "form"),
            ("+016-05-12T08:17:27Z", "form"),
            ("2016-05-12T08:17:2éZ", "form"),
            ("0000-05-12T08:17:27Z", "year"),
            ("2016-13-12T08:17:27Z", "month"),
            ("2016-00-12T08:17:27Z", "month"),
            ("2015-02-29T08:17:27Z", "day"),
            ("1900-02-29T08:17:27Z", "day"),
            ("2016-04-31T08:17:27Z", "day"),
            ("2016-05-12T24:00:00Z", "hour"),
            ("2016-05-12T08:60:27Z", "minute"),
            ("2016-05-12T08:17:61Z", "second"),
            ("2016-12-31T23:59:60Z", "leap"),
            ("2016-05-12T08:17:27.0000001Z", "fine"),
            ("2016-05-12T08:17:27.0000000000Z", "fine"),
        ] {
            let found = match text.parse::<Timestamp>().unwrap_err() {
                TimestampError::Form(_) => "form",
                TimestampError::Range { part, .. } => part,
                TimestampError::LeapSecond(_) => "leap",
                TimestampError::TooFine(_) => "fine",
            };
            assert_eq!(found, what, "{text}");
        }
    }
}
