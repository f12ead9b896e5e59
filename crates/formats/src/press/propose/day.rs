//! The day on which something was said, as a sentence names it: a weekday, a date, `yesterday`.
//!
//! A day of the week is the last one that is not after the day of printing. Days that the sentence
//! names for something else are told apart by whoever asks, by place.

use legation_core::time::Instant;

use super::word::Word;

const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

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

const DAY: i64 = 86_400_000_000;

fn month_of(word: &Word<'_>) -> Option<usize> {
    if !word.is_capital() {
        return None;
    }
    MONTHS
        .iter()
        .position(|month| word.is(month))
        .map(|place| place + 1)
}

fn number(word: &Word<'_>, max: i64) -> Option<i64> {
    let digits = word
        .text
        .trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i64 = digits.parse().ok()?;
    (1..=max).contains(&number).then_some(number)
}

/// Midnight of the day of an instant.
fn midnight(at: Instant) -> Instant {
    Instant::from_micros(at.micros().div_euclid(DAY) * DAY)
}

fn year(at: Instant) -> i64 {
    at.to_string()
        .get(..4)
        .and_then(|year| year.parse().ok())
        .unwrap_or(1970)
}

fn date(year: i64, month: usize, day: i64) -> Option<Instant> {
    format!("{year:04}-{month:02}-{day:02}T00:00:00Z")
        .parse()
        .ok()
}

/// A day that is named at a word, and how many words name it. `printed` is when it was printed.
pub(super) fn day_at(
    words: &[Word<'_>],
    place: usize,
    printed: Option<Instant>,
) -> Option<(Option<Instant>, usize)> {
    let word = words.get(place)?;
    if word.quoted {
        return None;
    }
    if let Some(weekday) = WEEKDAYS.iter().position(|day| word.is(day)) {
        let day = printed.map(|at| {
            let at = midnight(at);
            // 1970-01-01 was a Thursday.
            let today = (at.micros().div_euclid(DAY) + 3).rem_euclid(7);
            let back = (today - i64::try_from(weekday).unwrap_or(0)).rem_euclid(7);
            at.plus_micros(-back * DAY)
        });
        return Some((day, 1));
    }
    if word.is("yesterday") {
        return Some((printed.map(|at| midnight(at).plus_micros(-DAY)), 1));
    }
    if word.is("today") {
        return Some((printed.map(midnight), 1));
    }
    let (month, day, mut length) = match (month_of(word), number(word, 31)) {
        (Some(month), _) => (month, number(words.get(place + 1)?, 31)?, 2),
        (None, Some(day)) => (month_of(words.get(place + 1)?)?, day, 2),
        (None, None) => return None,
    };
    let mut next = place + length;
    if words.get(next).is_some_and(|word| word.text == ",") {
        next += 1;
    }
    let named = words
        .get(next)
        .and_then(|word| number(word, 9999))
        .filter(|year| *year >= 1000);
    if let Some(year) = named {
        length = next + 1 - place;
        return Some((date(year, month, day), length));
    }
    let day = printed.and_then(|at| {
        let this = date(year(at), month, day)?;
        if this <= at {
            return Some(this);
        }
        date(year(at) - 1, month, day)
    });
    Some((day, length))
}

#[cfg(test)]
mod tests {
    use super::super::word::words;
    use super::*;

    fn read(text: &str, printed: &str) -> Option<String> {
        let printed: Instant = printed.parse().unwrap();
        let (day, _) = day_at(&words(text), 0, Some(printed))?;
        Some(day?.to_string()[..10].to_owned())
    }

    #[test]
    fn days_are_read_as_of_the_day_of_printing() {
        // A Wednesday.
        let printed = "2023-07-05T15:00:00Z";
        for (text, day) in [
            ("Wednesday", "2023-07-05"),
            ("Monday", "2023-07-03"),
            ("Thursday", "2023-06-29"),
            ("yesterday", "2023-07-04"),
            ("3 May", "2023-05-03"),
            ("May 3", "2023-05-03"),
            ("May 3, 2021", "2021-05-03"),
            ("December 24", "2022-12-24"),
        ] {
            assert_eq!(read(text, printed).as_deref(), Some(day), "{text}");
        }
        for text in ["may 3", "May", "tomorrow", "45 May", "next week"] {
            assert_eq!(read(text, printed), None, "{text}");
        }
    }
}
