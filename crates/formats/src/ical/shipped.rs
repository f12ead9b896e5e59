//! Calendars of public holidays that come with the program, for 2026 and 2027.
//!
//! Made here from the laws as they stand; a government may add a day at any time, so an office that
//! has a better calendar takes that. They only warn of meetings.

/// Every calendar: a party code in small letters, and the file.
const ALL: [(&str, &str); 5] = [
    ("aus", include_str!("shipped/aus.ics")),
    ("bel", include_str!("shipped/bel.ics")),
    ("jpn", include_str!("shipped/jpn.ics")),
    ("kor", include_str!("shipped/kor.ics")),
    ("nzl", include_str!("shipped/nzl.ics")),
];

/// The names of the calendars, ascending.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(name, _)| *name)
}

/// The calendar of that name: an iCalendar file.
pub fn shipped(name: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    found.map(|(_, file)| *file)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::Weekday;
    use legation_core::time::Day;

    use super::*;
    use crate::ical::holidays;

    fn read(name: &str) -> BTreeMap<Day, String> {
        let file = shipped(name).unwrap();
        let all = holidays(file.as_bytes(), 2000..=2100).unwrap();
        all.into_iter().map(|one| (one.date, one.name)).collect()
    }

    /// Easter Sunday in the Gregorian calendar: the computation of Meeus, Jones and Butcher.
    fn easter(year: i16) -> jiff::civil::Date {
        let y = i32::from(year);
        let (a, b, c) = (y % 19, y / 100, y % 100);
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        let m = (a + 11 * h + 22 * l) / 451;
        let n = h + l - 7 * m + 114;
        let (month, day) = (
            i8::try_from(n / 31).unwrap(),
            i8::try_from(n % 31 + 1).unwrap(),
        );
        jiff::civil::date(year, month, day)
    }

    #[test]
    fn every_calendar_is_read_whole() {
        let counts: Vec<(&str, usize)> = shipped_names()
            .map(|name| (name, read(name).len()))
            .collect();
        assert_eq!(
            counts,
            [
                ("aus", 17),
                ("bel", 20),
                ("jpn", 35),
                ("kor", 39),
                ("nzl", 29)
            ]
        );
        assert_eq!(shipped("xyz"), None);
    }

    #[test]
    fn what_follows_from_easter_or_from_the_weekday_is_on_its_day() {
        for name in shipped_names() {
            for (day, what) in read(name) {
                let date = day.date();
                let after = easter(date.year()).until(date).unwrap().get_days();
                match what.as_str() {
                    "Good Friday" => assert_eq!(after, -2, "{name} {day}"),
                    "Easter Monday" => assert_eq!(after, 1, "{name} {day}"),
                    "Ascension Day" => assert_eq!(after, 39, "{name} {day}"),
                    "Whit Monday" => assert_eq!(after, 50, "{name} {day}"),
                    _ => {}
                }
                let weekday = date.weekday();
                // Days in lieu are there so that somebody does not work.
                if what.contains("in lieu") {
                    assert!(
                        !matches!(weekday, Weekday::Saturday | Weekday::Sunday),
                        "{name} {day}"
                    );
                }
                // Days that are set as the second or third Monday, and so on.
                let nth = match (name, what.as_str()) {
                    ("jpn", "Coming of Age Day" | "Sports Day") => Some(2),
                    ("jpn", "Marine Day" | "Respect for the Aged Day") => Some(3),
                    ("nzl", "King's Birthday") => Some(1),
                    ("nzl", "Labour Day") => Some(4),
                    _ => None,
                };
                if let Some(nth) = nth {
                    assert_eq!(weekday, Weekday::Monday, "{name} {day}");
                    assert_eq!((date.day() - 1) / 7 + 1, nth, "{name} {day}");
                }
            }
        }
    }
}
