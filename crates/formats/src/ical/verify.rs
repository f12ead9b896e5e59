//! What the standard asks of a calendar and its events beyond the grammar (RFC 5545 section 3.6,
//! RFC 5546 section 3.2).
//!
//! Not here: alarms, to-dos, journals, free-busy times and the rules within zones, which nobody
//! here reads.

use jiff::tz::TimeZone;
use legation_core::time::{Day, Instant};

use crate::ical::component::{Calendar, Component};
use crate::ical::error::{Fault, IcalError};
use crate::ical::line::Property;
use crate::ical::value;

const METHODS: [&str; 8] = [
    "PUBLISH",
    "REQUEST",
    "REPLY",
    "ADD",
    "CANCEL",
    "REFRESH",
    "COUNTER",
    "DECLINECOUNTER",
];

const FREQUENCIES: [&str; 7] = [
    "SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY",
];

/// What an event may have once.
const ONCE: [&str; 13] = [
    "CLASS",
    "CREATED",
    "DESCRIPTION",
    "LAST-MODIFIED",
    "LOCATION",
    "ORGANIZER",
    "PRIORITY",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "TRANSP",
    "URL",
    "RECURRENCE-ID",
];

/// A point in time as far as the file tells.
enum Point {
    Day(Day),
    Time(Instant),
}

impl Calendar {
    /// Asks for what the standard asks of each calendar and event.
    ///
    /// # Errors
    /// The first thing that is not as the standard has it, with its line.
    pub fn verify(&self) -> Result<(), IcalError> {
        for calendar in self.calendars() {
            let version = calendar.only("VERSION")?;
            if version.value() != "2.0" {
                let given = version.value().chars().take(80).collect();
                return Err(Fault::Version(given).on(version.line()));
            }
            calendar.only("PRODID")?;
            let method = calendar.one("METHOD")?;
            let named = method.map(|one| one.value().to_ascii_uppercase());
            if let Some(one) = method
                && !named
                    .as_ref()
                    .is_some_and(|given| METHODS.contains(&given.as_str()))
            {
                return Err(one.malformed());
            }
            for event in calendar.components() {
                if event.name() == "VEVENT" {
                    verify_event(event, calendar, named.as_deref())?;
                }
            }
        }
        Ok(())
    }
}

fn verify_event(
    event: &Component,
    calendar: &Component,
    method: Option<&str>,
) -> Result<(), IcalError> {
    event.only("UID")?;
    let stamp = event.only("DTSTAMP")?;
    if !value::time(stamp.value()).is_some_and(|(_, is_utc)| is_utc) {
        return Err(stamp.malformed());
    }
    for name in ONCE {
        event.one(name)?;
    }
    let start = event.one("DTSTART")?;
    if start.is_none() && matches!(method, None | Some("PUBLISH" | "REQUEST" | "ADD")) {
        return Err(Fault::Missing("DTSTART").on(event.line()));
    }
    // RFC 5546 sections 3.2.2 to 3.2.8: every message but a publication names who organises.
    let is_message = method.is_some_and(|method| method != "PUBLISH");
    if is_message && event.one("ORGANIZER")?.is_none() {
        return Err(Fault::Missing("ORGANIZER").on(event.line()));
    }
    if method == Some("REPLY") {
        event.only("ATTENDEE")?;
    }
    for person in event.all("ORGANIZER").chain(event.all("ATTENDEE")) {
        // Section 3.3.3: a URI has a scheme.
        if !person.value().contains(':') {
            return Err(person.malformed());
        }
    }
    let from = start.map(|one| point(one, calendar)).transpose()?;
    if let Some(end) = event.one("DTEND")? {
        if event.one("DURATION")?.is_some() {
            return Err(Fault::Both("DTEND", "DURATION").on(end.line()));
        }
        let to = point(end, calendar)?;
        match (from, to) {
            (Some(Point::Day(from)), Point::Day(to)) if to <= from => {
                return Err(Fault::Order.on(end.line()));
            }
            (Some(Point::Time(from)), Point::Time(to)) if to < from => {
                return Err(Fault::Order.on(end.line()));
            }
            (Some(Point::Day(_)), Point::Time(_)) | (Some(Point::Time(_)), Point::Day(_)) => {
                return Err(end.malformed());
            }
            _ => {}
        }
    }
    for rule in event.all("RRULE") {
        verify_rule(rule)?;
    }
    Ok(())
}

/// Reads a date or a time. The order of two times in one zone is that of what the clocks show,
/// except in the hour that comes twice; across zones only the database of zones can tell.
fn point(property: &Property, calendar: &Component) -> Result<Point, IcalError> {
    if property.param("VALUE") == Some("DATE") {
        let day = value::day(property.value()).map(Point::Day);
        return day.ok_or_else(|| property.malformed());
    }
    let (at, is_utc) = value::time(property.value()).ok_or_else(|| property.malformed())?;
    let Some(zone) = property.param("TZID") else {
        return Ok(Point::Time(at));
    };
    if is_utc {
        return Err(property.malformed());
    }
    let mut own = calendar
        .components()
        .iter()
        .filter(|one| one.name() == "VTIMEZONE");
    let is_own = own.any(|one| one.all("TZID").any(|given| given.value() == zone));
    let database = TimeZone::get(zone.trim_start_matches('/')).ok();
    match database {
        Some(zone) => {
            let civil = TimeZone::UTC.to_datetime(stamp(at));
            let ambiguous = zone.to_ambiguous_timestamp(civil).compatible();
            let at = ambiguous.map_err(|_| property.malformed())?;
            Ok(Point::Time(Instant::from_micros(at.as_microsecond())))
        }
        None if is_own => Ok(Point::Time(at)),
        None => {
            let zone = zone.chars().take(80).collect();
            Err(Fault::Zone(zone).on(property.line()))
        }
    }
}

fn stamp(at: Instant) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default()
}

/// Section 3.3.10: the frequency is known, and COUNT and UNTIL exclude each other.
fn verify_rule(rule: &Property) -> Result<(), IcalError> {
    let parts: Vec<(&str, &str)> = rule
        .value()
        .split(';')
        .filter_map(|part| part.split_once('='))
        .collect();
    let find = |key: &str| {
        parts
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(key))
    };
    if !find("FREQ").is_some_and(|(_, given)| FREQUENCIES.contains(given)) {
        return Err(rule.malformed());
    }
    if find("COUNT").is_some() && find("UNTIL").is_some() {
        return Err(Fault::Both("COUNT", "UNTIL").on(rule.line()));
    }
    Ok(())
}
