//! Values: text, days and times (RFC 5545 section 3.3).
//!
//! Not here: durations with weeks and hours beyond what a holiday may last, and recurrence.

use legation_core::time::{Day, Instant};

/// A text as it is written (section 3.3.11). Control characters other than the line feed have no
/// form in the standard; they become blanks.
pub(super) fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => written.push_str("\\\\"),
            ';' => written.push_str("\\;"),
            ',' => written.push_str("\\,"),
            '\n' => written.push_str("\\n"),
            '\r' => {}
            c if c.is_control() => written.push(' '),
            c => written.push(c),
        }
    }
    written
}

/// A text as it is meant.
pub(super) fn unescape(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            read.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'N') => read.push('\n'),
            Some(c @ ('\\' | ';' | ',')) => read.push(c),
            // Others escape what needs none (`\:`, `\"`); both characters are kept then.
            Some(c) => {
                read.push('\\');
                read.push(c);
            }
            None => read.push('\\'),
        }
    }
    read
}

/// A day, `YYYYMMDD` (section 3.3.4).
pub(super) fn day(text: &str) -> Option<Day> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    Day::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// A time, `YYYYMMDDTHHMMSS` with or without `Z` (section 3.3.5); says whether it is UTC. The leap
/// second counts as the one before it.
pub(super) fn time(text: &str) -> Option<(Instant, bool)> {
    let (text, is_utc) = match text.strip_suffix('Z') {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (date, clock) = text.split_once('T')?;
    let date = day(date)?;
    if clock.len() != 6 || !clock.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hour, rest) = clock.split_at(2);
    let (minute, second) = rest.split_at(2);
    let second = if second == "60" { "59" } else { second };
    let at = format!("{date}T{hour}:{minute}:{second}Z").parse().ok()?;
    Some((at, is_utc))
}

/// A day as it is written.
pub(super) fn write_day(day: Day) -> String {
    day.to_string().replace('-', "")
}

/// An instant as it is written: UTC, to the second, what is finer is cut.
pub(super) fn write_time(at: Instant) -> String {
    let text = at.to_string().replace(['-', ':'], "");
    let whole = text.split('.').next().unwrap_or_default();
    format!("{whole}Z")
}

/// The address of a `mailto:` URI in lower case, if it is one that mail can be sent to.
pub(super) fn mail_address(uri: &str) -> Option<String> {
    let (scheme, address) = uri.split_once(':')?;
    let address = address.trim().to_ascii_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let is_plain = |text: &str| {
        !text.is_empty()
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
    };
    let is_good = scheme.eq_ignore_ascii_case("mailto") && is_plain(local) && is_plain(domain);
    (is_good && address.len() <= 320).then_some(address)
}
