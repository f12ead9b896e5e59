//! Times as people write them: in the zone of a place.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::affairs::activity::ActivityError;
use crate::party::Zone;
use crate::time::Instant;

/// Reads an instant with an offset (RFC 3339), or a date and time in a zone, `2026-07-07T09:00`.
///
/// # Errors
/// When it is neither, or the clocks of the zone show that time never or twice.
pub fn read_moment(text: &str, zone: &Zone) -> Result<Instant, ActivityError> {
    if let Ok(instant) = text.parse() {
        return Ok(instant);
    }
    let refuse = |why| ActivityError::Moment {
        given: text.chars().take(80).collect(),
        why,
    };
    let malformed =
        "is neither an instant like 2026-07-07T09:00:00Z nor a local time like 2026-07-07T09:00";
    // The library would read an offset that it then leaves out.
    let plain = |c: char| c.is_ascii_digit() || "-:T.".contains(c);
    let local: Option<DateTime> = text.chars().all(plain).then(|| text.parse().ok()).flatten();
    let local = local.ok_or_else(|| refuse(malformed))?;
    let zone = TimeZone::get(zone.as_str()).map_err(|_| refuse(malformed))?;
    let unclear = "is a time that the clocks there show never or twice; write it with an offset";
    let stamp = zone.to_ambiguous_timestamp(local).unambiguous();
    let stamp = stamp.map_err(|_| refuse(unclear))?;
    Ok(Instant::from_micros(stamp.as_microsecond()))
}

/// An instant as the clocks of a zone show it, with the offset and the zone's name (RFC 9557).
pub fn write_moment(at: Instant, zone: &Zone) -> String {
    let stamp = jiff::Timestamp::from_microsecond(at.micros()).ok();
    let zoned = stamp.and_then(|stamp| stamp.in_tz(zone.as_str()).ok());
    zoned.map_or_else(|| at.to_string(), |zoned| zoned.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_time_is_of_its_zone() {
        let vienna: Zone = "Europe/Vienna".parse().unwrap();
        let tokyo: Zone = "Asia/Tokyo".parse().unwrap();
        let read = |text: &str, zone| read_moment(text, zone).map(|at| at.to_string());
        assert_eq!(
            read("2026-07-07T09:00", &tokyo).unwrap(),
            "2026-07-07T00:00:00.000000Z"
        );
        assert_eq!(
            read("2026-07-07T09:00:00Z", &tokyo).unwrap(),
            "2026-07-07T09:00:00.000000Z"
        );
        // The hour that is skipped, and the one that comes twice.
        for text in ["2026-03-29T02:30", "2026-10-25T02:30"] {
            let error = read_moment(text, &vienna).unwrap_err();
            assert_eq!(error.code(), "activity.malformed-time");
            assert!(error.to_string().contains("never or twice"), "{error}");
        }
        for text in ["", "July", "2026-07-07T09:00+99", "2026-13-01T00:00"] {
            let error = read_moment(text, &vienna).unwrap_err();
            assert!(error.to_string().contains("neither"), "{error}");
        }
        let at = read_moment("2026-07-07T09:00", &tokyo).unwrap();
        assert_eq!(
            write_moment(at, &tokyo),
            "2026-07-07T09:00:00+09:00[Asia/Tokyo]"
        );
    }
}
