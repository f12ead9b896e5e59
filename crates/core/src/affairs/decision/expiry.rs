//! Until when a text lies before the members: an exact instant, and the zone and words in which it
//! was set.
//!
//! ```text
//! 2026-03-31T18:00[Europe/Brussels]         civil time in a zone (RFC 9557)
//! 2026-10-25T02:30+01:00[Europe/Brussels]   the same with its offset, where a clock is set back
//! 2026-03-31T16:00:00Z                      an instant (RFC 3339), shown in the office's own zone
//! ```
//! The zone is asked once, when the words are read; the instant is what is kept and counts, so that
//! later rules for a zone move no expiry. It is not a deadline that anything waits for.

use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Disambiguation;
use minicbor::{Decode, Encode};

use super::error::DecisionError;
use crate::party::Zone;
use crate::time::Instant;

/// The longest way to write an instant with its offset and zone is well below this.
const WRITTEN_MAX: usize = 100;

/// Until when something is to be decided.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Expiry {
    /// The first instant at which silence counts as agreement.
    #[n(0)]
    pub at: Instant,
    /// The zone in which it was set.
    #[n(1)]
    pub zone: Zone,
    /// As it was written.
    #[n(2)]
    pub written: String,
}

impl Expiry {
    /// Reads what a person wrote; `zone` is for what names none.
    ///
    /// # Errors
    /// [`DecisionError::Expiry`] when it is no instant, or a civil time that a change of clocks
    /// leaves out or brings twice.
    pub fn parse(text: &str, zone: &Zone) -> Result<Self, DecisionError> {
        let refuse = |why: &str| DecisionError::Expiry {
            given: text.chars().take(WRITTEN_MAX).collect(),
            why: why.to_owned(),
        };
        if text.len() > WRITTEN_MAX {
            return Err(refuse("it is too long"));
        }
        if !text.contains('[') {
            let at: Result<Instant, _> = text.parse();
            return Ok(Self {
                at: at.map_err(|_| {
                    refuse("write it with its zone, `2026-03-31T18:00[Europe/Brussels]`, or as in RFC 3339")
                })?,
                zone: zone.clone(),
                written: text.to_owned(),
            });
        }
        let parser = DateTimeParser::new().disambiguation(Disambiguation::Reject);
        let zoned = parser
            .parse_zoned(text)
            .map_err(|error| refuse(&error.to_string()))?;
        let zone = zoned.time_zone().iana_name().unwrap_or_default();
        let zone: Zone = zone.parse().map_err(|_| {
            refuse("the zone must be one of the IANA database, like Europe/Brussels")
        })?;
        let micros = zoned.timestamp().as_microsecond();
        let at = Instant::from_micros(micros);
        if at.micros() != micros || zoned.timestamp().subsec_nanosecond() % 1000 != 0 {
            return Err(refuse(
                "the office counts in whole microseconds of the years 1 to 9999",
            ));
        }
        Ok(Self {
            at,
            zone,
            written: text.to_owned(),
        })
    }

    /// The instant as a clock in its zone shows it, with offset and zone (RFC 9557).
    pub fn local(&self) -> String {
        show_in(self.at, &self.zone)
    }
}

/// An instant as a clock in a zone shows it, with offset and zone (RFC 9557).
pub fn show_in(at: Instant, zone: &Zone) -> String {
    let stamp = jiff::Timestamp::from_microsecond(at.micros());
    let shown = stamp.and_then(|stamp| stamp.in_tz(zone.as_str()));
    shown.map_or_else(|_| at.to_string(), |zoned| zoned.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Expiry, DecisionError> {
        Expiry::parse(text, &"Asia/Tokyo".parse().unwrap())
    }

    #[test]
    fn a_civil_time_is_read_in_its_zone() {
        for (text, at) in [
            ("2026-03-31T18:00[Europe/Brussels]", "2026-03-31T16:00:00Z"),
            ("2026-01-31T18:00[Europe/Brussels]", "2026-01-31T17:00:00Z"),
            ("2024-02-29T12:00[Asia/Tokyo]", "2024-02-29T03:00:00Z"),
            (
                "2026-04-05T01:45+11:00[Australia/Lord_Howe]",
                "2026-04-04T14:45:00Z",
            ),
            // Twice that night; the offset says which.
            (
                "2026-10-25T02:30+02:00[Europe/Brussels]",
                "2026-10-25T00:30:00Z",
            ),
            (
                "2026-10-25T02:30+01:00[Europe/Brussels]",
                "2026-10-25T01:30:00Z",
            ),
        ] {
            let expiry = read(text).unwrap();
            assert_eq!(expiry.at, at.parse().unwrap(), "{text}");
            assert_eq!(expiry.written, text);
            let again = Expiry::parse(&expiry.local(), &Zone::utc()).unwrap();
            assert_eq!((again.at, again.zone), (expiry.at, expiry.zone));
        }
    }

    #[test]
    fn an_instant_is_shown_in_the_zone_of_the_office() {
        let expiry = read("2026-03-31T16:00:00Z").unwrap();
        assert_eq!(expiry.zone.as_str(), "Asia/Tokyo");
        assert_eq!(expiry.local(), "2026-04-01T01:00:00+09:00[Asia/Tokyo]");
        assert_eq!(read("2026-03-31T18:00:00+02:00").unwrap().at, expiry.at);
    }

    #[test]
    fn what_is_no_one_instant_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-03-31",
            "2026-03-31T18:00",
            "2026-03-31T18:00[Europe/Bruges]",
            "2026-03-31T18:00+02:00[+02:00]",
            // Left out, twice, and with an offset that the zone does not have then.
            "2026-03-29T02:30[Europe/Brussels]",
            "2026-10-25T02:30[Europe/Brussels]",
            "2026-03-31T18:00+01:00[Europe/Brussels]",
            "2023-02-29T12:00[Asia/Tokyo]",
            "2026-03-31T18:00:00.0000001[Europe/Brussels]",
            &format!("2026-03-31T18:00[{}]", "x".repeat(200)),
        ] {
            assert_eq!(read(text).unwrap_err().code(), "decision.expiry", "{text}");
        }
    }
}
