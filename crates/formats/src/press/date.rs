//! Dates and times as pages write them.
//!
//! Read are RFC 3339 and ISO 8601, the `Date` of mail (RFC 5322), and English words in either
//! order. Days written as `05/07/2024` mean different days in different places and are not read.

use jiff::civil::Date;
use legation_core::time::Instant;

use super::article::Published;

/// The longest text that is looked at: what is longer is prose.
const TEXT_MAX: usize = 120;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The month of a name or its short form of at least three letters, 1 to 12.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    if word.len() < 3 {
        return None;
    }
    let at = MONTHS.iter().position(|name| {
        name.starts_with(&word) && (word.len() == 3 || word == *name || word == "sept")
    })?;
    i8::try_from(at + 1).ok()
}

/// The date in a text, if it says one with its year.
pub(super) fn published(text: &str) -> Option<Published> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_MAX {
        return None;
    }
    let (date, instant) = iso(text).or_else(|| worded(text))?;
    Some(Published {
        text: text.to_owned(),
        date,
        instant,
    })
}

/// `2024-07-05`, `2024-07-05T10:30:00Z`, `2024-07-05 10:30:00 +0900`.
fn iso(text: &str) -> Option<(Date, Option<Instant>)> {
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = text.get(10..)?;
    if rest.starts_with(|c: char| c.is_alphanumeric() && c != 'T' && c != 't') {
        return None;
    }
    let time = rest.trim_start_matches(['T', 't', ' ']);
    let split = time.find(['Z', 'z', '+', '-', ' ']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(split);
    Some((date, instant(date, clock, zone.trim())))
}

/// The instant of a day, a clock time and an offset.
fn instant(date: Date, clock: &str, zone: &str) -> Option<Instant> {
    let seconds = match clock.len() {
        5 => format!("{clock}:00"),
        8.. => clock.to_owned(),
        _ => return None,
    };
    let zone = match zone {
        "Z" | "z" | "GMT" | "UTC" | "+0000" | "-0000" => "Z".to_owned(),
        _ if zone.len() == 6 => zone.to_owned(),
        _ if zone.len() == 5 && zone.is_ascii() => {
            format!("{}:{}", zone.get(..3)?, zone.get(3..)?)
        }
        _ => return None,
    };
    format!("{date}T{seconds}{zone}").parse().ok()
}

/// `July 5, 2024`, `5 July 2024 10:30 UTC`, `Fri, 05 Jul 2024 10:30:00 +0000`.
fn worded(text: &str) -> Option<(Date, Option<Instant>)> {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '|' | '·' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .collect();
    let at = words.iter().position(|word| month(word).is_some())?;
    let month = month(words.get(at)?)?;
    let number = |at: Option<usize>| -> Option<i16> {
        let word = words.get(at?)?;
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.');
        digits.parse().ok()
    };
    let (day, year, next) = match (number(at.checked_sub(1)), number(Some(at + 1))) {
        (Some(day), Some(year)) if (1..=31).contains(&day) && year > 999 => (day, year, at + 2),
        (_, Some(day)) => (day, number(Some(at + 2))?, at + 3),
        _ => return None,
    };
    let date = Date::new(year, month, i8::try_from(day).ok()?).ok()?;
    let clock = words.iter().enumerate().skip(next);
    let clock = clock
        .filter(|(_, word)| word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit()));
    let instant = clock.take(1).find_map(|(at, clock)| {
        let padded = if clock.len() == 4 || clock.len() == 7 {
            format!("0{clock}")
        } else {
            (*clock).to_owned()
        };
        instant(date, &padded, words.get(at + 1)?)
    });
    Some((date, instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Option<String>)> {
        let read = published(text)?;
        Some((
            read.date.to_string(),
            read.instant.map(|at| at.to_string()[..16].to_owned()),
        ))
    }

    #[test]
    fn dates_are_read_in_several_forms() {
        let day = |text| read(text).map(|read| read.0);
        for text in [
            "2024-07-05",
            "July 5, 2024",
            "Published: 5 July 2024",
            "Jul. 5, 2024 at noon",
            "Fri, 05 Jul 2024",
            "Updated July 5th, 2024 9:30 a.m. ET",
        ] {
            assert_eq!(day(text).as_deref(), Some("2024-07-05"), "{text}");
        }
        for text in [
            "",
            "July 2024",
            "05/07/2024",
            "31 June 2024",
            "May I ask 5",
            "2024-13-01",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn an_instant_needs_an_offset() {
        let at = |text| read(text).and_then(|read| read.1);
        for text in [
            "2024-07-05T10:30:00Z",
            "2024-07-05T19:30:00+09:00",
            "2024-07-05T19:30:00.123+0900",
            "2024-07-05 10:30 UTC",
            "Fri, 05 Jul 2024 10:30:00 +0000",
            "5 July 2024, 10:30 GMT",
        ] {
            assert_eq!(at(text).as_deref(), Some("2024-07-05T10:30"), "{text}");
        }
        assert_eq!(at("2024-07-05T10:30:00"), None);
        assert_eq!(at("July 5, 2024 10:30 CEST"), None);
    }
}
