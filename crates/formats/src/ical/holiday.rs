//! Holidays: the whole days of a calendar (RFC 5545 sections 3.3.10 and 3.6.1).
//!
//! A rule may recur each year, or each few years, on days of months: by number, by weekday, or
//! both. Easter is no such rule; calendars give its days one by one. Not here: other frequencies,
//! which no holiday has, and times of day.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};
use legation_core::time::Day;

use crate::ical::component::{Calendar, Component};
use crate::ical::error::{Fault, IcalError};
use crate::ical::line::Property;
use crate::ical::{DAYS_MAX, value};

/// A holiday on one day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Holiday {
    /// The day.
    pub date: Day,
    /// What is celebrated, in the calendar's language.
    pub name: String,
}

/// The longest that one holiday may last, in days.
const LENGTH_MAX: usize = 60;

/// The holidays of those years, by day and then by name, each once.
///
/// # Errors
/// When it is no iCalendar, or an event in it has a time of day or a rule that is not understood:
/// a holiday that is overlooked would be worse. With the line.
pub fn holidays(bytes: &[u8], years: RangeInclusive<i16>) -> Result<Vec<Holiday>, IcalError> {
    let read = Calendar::read(bytes)?;
    let mut found = BTreeSet::new();
    let mut left = DAYS_MAX;
    for event in read.events() {
        let status = event.one("STATUS")?;
        if status.is_some_and(|one| one.value().eq_ignore_ascii_case("CANCELLED")) {
            continue;
        }
        let name = event.only("SUMMARY")?.text().trim().to_owned();
        let start = event.only("DTSTART")?;
        let first = whole_day(start, start.value())?;
        let length = length(event, first)?;
        let mut starts = BTreeSet::from([first]);
        if let Some(rule) = event.one("RRULE")? {
            starts = recurring(rule, first, &years, &mut left)?;
        }
        for more in event.all("RDATE") {
            for text in more.value().split(',') {
                starts.insert(whole_day(more, text)?);
            }
        }
        for out in event.all("EXDATE") {
            for text in out.value().split(',') {
                starts.remove(&whole_day(out, text)?);
            }
        }
        for start in starts {
            let mut day = start;
            for _ in 0..length {
                left = left
                    .checked_sub(1)
                    .ok_or_else(|| Fault::TooOften.on(event.line()))?;
                if years.contains(&day.year()) {
                    found.insert(Holiday {
                        date: Day::from(day),
                        name: name.clone(),
                    });
                }
                let Ok(next) = day.tomorrow() else { break };
                day = next;
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn whole_day(property: &Property, text: &str) -> Result<Date, IcalError> {
    if text.contains('T') {
        let given = text.chars().take(80).collect();
        return Err(Fault::NotDay(given).on(property.line()));
    }
    value::day(text)
        .map(Day::date)
        .ok_or_else(|| property.malformed())
}

/// How many days an event lasts: its end is the first day after it (section 3.6.1), and without
/// one it is a single day.
fn length(event: &Component, first: Date) -> Result<usize, IcalError> {
    let end = event.one("DTEND")?;
    let lasts = event.one("DURATION")?;
    let (property, days) = match (end, lasts) {
        (None, None) => return Ok(1),
        (Some(_), Some(lasts)) => return Err(Fault::Both("DTEND", "DURATION").on(lasts.line())),
        (Some(end), None) => {
            let span = first.until(whole_day(end, end.value())?);
            (end, span.map(|span| i64::from(span.get_days())).ok())
        }
        (None, Some(lasts)) => (lasts, whole_days(lasts.value())),
    };
    // An end on the day itself is a common mistake for a single day.
    match days.map(usize::try_from) {
        Some(Ok(0)) => Ok(1),
        Some(Ok(days)) if days <= LENGTH_MAX => Ok(days),
        Some(Err(_)) => Err(Fault::Order.on(property.line())),
        _ => Err(property.malformed()),
    }
}

/// `P3D` or `P1W` (section 3.3.6).
fn whole_days(text: &str) -> Option<i64> {
    let text = text.strip_prefix('P')?;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i64 = digits.parse().ok().filter(|n| *n >= 0)?;
    match unit {
        "D" => Some(number),
        "W" => number.checked_mul(7),
        _ => None,
    }
}

/// A rule that recurs on days of a year.
struct Rule {
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    months: Vec<i8>,
    days: Vec<i8>,
    /// Weekdays, with the place of each within its month, from the end if negative; 0 for all.
    weekdays: Vec<(i8, Weekday)>,
}

/// Every start by the rule that may touch those years.
fn recurring(
    property: &Property,
    first: Date,
    years: &RangeInclusive<i16>,
    left: &mut usize,
) -> Result<BTreeSet<Date>, IcalError> {
    let refuse = || {
        let given = property.value().chars().take(80).collect();
        Fault::Rule(given).on(property.line())
    };
    let rule = Rule::read(property.value(), first).ok_or_else(refuse)?;
    let mut starts = BTreeSet::new();
    let mut counted = 0;
    let mut year = first.year();
    if rule.count.is_none() && *years.start() > year {
        // What lasts over the turn of a year may begin in the year before.
        let whole = (*years.start() - 1 - year).max(0) / rule.interval;
        year = year.saturating_add(whole.saturating_mul(rule.interval));
    }
    while year <= *years.end() {
        for &month in &rule.months {
            let Ok(head) = Date::new(year, month, 1) else {
                return Err(refuse());
            };
            for number in 1..=head.days_in_month() {
                *left = left
                    .checked_sub(1)
                    .ok_or_else(|| Fault::TooOften.on(property.line()))?;
                let Ok(day) = Date::new(year, month, number) else {
                    continue;
                };
                if day < first || !rule.takes(day) {
                    continue;
                }
                counted += 1;
                let is_over = rule.until.is_some_and(|until| day > until)
                    || rule.count.is_some_and(|count| counted > count);
                if is_over {
                    return Ok(starts);
                }
                starts.insert(day);
            }
        }
        match year.checked_add(rule.interval) {
            Some(next) if next <= 9999 => year = next,
            _ => break,
        }
    }
    Ok(starts)
}

impl Rule {
    /// Reads a rule as far as it recurs on days of a year.
    fn read(text: &str, first: Date) -> Option<Self> {
        let mut rule = Self {
            interval: 1,
            count: None,
            until: None,
            months: Vec::new(),
            days: Vec::new(),
            weekdays: Vec::new(),
        };
        let mut is_yearly = false;
        let mut seen = BTreeSet::new();
        for part in text.trim_end_matches(';').split(';') {
            let (key, given) = part.split_once('=')?;
            let key = key.to_ascii_uppercase();
            match key.as_str() {
                "FREQ" => is_yearly = given.eq_ignore_ascii_case("YEARLY"),
                "INTERVAL" => rule.interval = given.parse().ok().filter(|n| *n >= 1)?,
                "COUNT" => rule.count = Some(given.parse().ok().filter(|n| *n >= 1)?),
                "UNTIL" => rule.until = Some(value::day(given.split('T').next()?)?.date()),
                "BYMONTH" => rule.months = numbers(given, 1..=12)?,
                "BYMONTHDAY" => rule.days = numbers(given, -31..=31)?,
                "BYDAY" => rule.weekdays = given.split(',').map(weekday).collect::<Option<_>>()?,
                "WKST" => {}
                _ => return None,
            }
            if !seen.insert(key) {
                return None;
            }
        }
        // Without a month such a rule would go by the whole year, or by every month.
        let is_bare =
            rule.months.is_empty() && (!rule.days.is_empty() || !rule.weekdays.is_empty());
        if !is_yearly || is_bare || (rule.count.is_some() && rule.until.is_some()) {
            return None;
        }
        if rule.months.is_empty() {
            rule.months.push(first.month());
        }
        if rule.days.is_empty() && rule.weekdays.is_empty() {
            rule.days.push(first.day());
        }
        rule.months.sort_unstable();
        rule.months.dedup();
        Some(rule)
    }

    /// Whether a day of one of the months is taken.
    fn takes(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        let by_number =
            self.days.is_empty() || self.days.contains(&day.day()) || self.days.contains(&from_end);
        let nth = (day.day() - 1) / 7 + 1;
        let nth_from_end = (from_end + 1) / 7 - 1;
        let by_weekday = self.weekdays.is_empty()
            || self.weekdays.iter().any(|(place, weekday)| {
                *weekday == day.weekday() && [0, nth, nth_from_end].contains(place)
            });
        by_number && by_weekday
    }
}

fn numbers(text: &str, range: RangeInclusive<i8>) -> Option<Vec<i8>> {
    let read = |one: &str| one.parse().ok().filter(|n| *n != 0 && range.contains(n));
    text.split(',').map(read).collect()
}

fn weekday(text: &str) -> Option<(i8, Weekday)> {
    let (place, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = match name.to_ascii_uppercase().as_str() {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let place = if place.is_empty() {
        0
    } else {
        place
            .parse()
            .ok()
            .filter(|n: &i8| *n != 0 && n.abs() <= 5)?
    };
    Some((place, weekday))
}
