//! The line that an agency's text begins with, and other ways in which a text names its agency.
//!
//! Read are `TOKYO (Reuters) -`, `BRUSSELS, July 5 (AP) —`, `[Tokyo 7th Kyodo]`, `(AFP) --`,
//! `OSLO, Norway —` and their kin. Which agencies there are is not known here: what stands in
//! brackets before a dash is one.

use super::article::Dateline;
use super::date::month;

/// How many bytes a date line may have.
const LINE_MAX: usize = 110;

/// The most words of an agency's name.
const AGENCY_WORDS: usize = 4;

/// The date line of a paragraph, and what stands behind it.
pub(super) fn split(paragraph: &str) -> Option<(Dateline, &str)> {
    bracketed(paragraph)
        .or_else(|| dashed(paragraph))
        .or_else(|| open(paragraph))
}

/// `[Tokyo 7th Kyodo] Text`, `[Vienna, July 5, Danube Wire] Text`.
fn bracketed(paragraph: &str) -> Option<(Dateline, &str)> {
    let (inner, rest) = paragraph
        .strip_prefix(['[', '【'])?
        .split_once([']', '】'])?;
    if inner.len() > LINE_MAX || rest.trim().is_empty() {
        return None;
    }
    let words: Vec<&str> = inner
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .collect();
    let is_day = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let first = words
        .iter()
        .position(|word| is_day(word) || month(word).is_some())?;
    let last = words
        .iter()
        .rposition(|word| is_day(word) || month(word).is_some())?;
    let place = words.get(..first)?.join(" ");
    let agency = words.get(last + 1..)?.join(" ");
    let line = Dateline {
        text: paragraph
            .get(..paragraph.len() - rest.len())?
            .trim()
            .to_owned(),
        place: some(&place),
        agency: some(&agency),
        day: some(&words.get(first..=last)?.join(" ")),
    };
    (line.place.is_some()).then(|| (line, rest.trim_start()))
}

/// What ends with a dash or a colon: `PLACE (Agency) -`, `PLACE, July 5 —`, `(Agency) --`.
fn dashed(paragraph: &str) -> Option<(Dateline, &str)> {
    let window = floor(paragraph, LINE_MAX);
    let marks = [" - ", " – ", " — ", "— ", "—", " -- ", "-- ", "– ", ": "];
    let cut = marks
        .iter()
        .filter_map(|mark| window.find(mark).map(|at| (at, at + mark.len())))
        .min()?;
    let (head, rest) = (paragraph.get(..cut.0)?.trim(), paragraph.get(cut.1..)?);
    // A longer mark may begin with a shorter one.
    let rest = rest.trim_start_matches(['-', '–', '—', ' ']);
    let line = parse(head, paragraph.get(..cut.1)?)?;
    let is_colon = paragraph.get(cut.0..cut.1) == Some(": ");
    (!rest.is_empty() && (!is_colon || line.agency.is_some())).then_some((line, rest))
}

/// `TOKYO, July 5 (Kyodo) Text`, without a mark.
fn open(paragraph: &str) -> Option<(Dateline, &str)> {
    let window = floor(paragraph, LINE_MAX);
    let close = window.find(')')?;
    let head = paragraph.get(..=close)?;
    let line = parse(head, head)?;
    let place = line.place.as_deref()?;
    let rest = paragraph.get(close + 1..)?.trim_start();
    let begins = rest.starts_with(|c: char| c.is_uppercase() || "\"“".contains(c));
    (begins && (is_capitals(place) || line.day.is_some())).then_some((line, rest))
}

/// `PLACE[, Country][, July 5[, 2024]] [(Agency)]`, or `(Agency)` alone.
fn parse(head: &str, whole: &str) -> Option<Dateline> {
    let (before, agency) = match head.rsplit_once('(') {
        Some((before, after)) => {
            let agency = after.strip_suffix(')')?.trim();
            (!agency.is_empty() && agency.split_whitespace().count() <= AGENCY_WORDS)
                .then_some(())?;
            agency.chars().any(char::is_uppercase).then_some(())?;
            (before.trim().trim_end_matches(','), Some(agency))
        }
        None => (head, None),
    };
    let (place, day) = place_and_day(before);
    match (&place, agency) {
        (Some(place), None) if !is_capitals(place) => return None,
        (Some(place), Some(_)) if !is_place(place) => return None,
        (None, None) => return None,
        _ => {}
    }
    Some(Dateline {
        text: whole.trim().to_owned(),
        place,
        agency: agency.map(str::to_owned),
        day,
    })
}

fn place_and_day(text: &str) -> (Option<String>, Option<String>) {
    let mut place: Vec<&str> = Vec::new();
    let mut day: Vec<&str> = Vec::new();
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| c == ',' || c == '/');
        let is_day = month(bare).is_some()
            || bare.starts_with(|c: char| c.is_ascii_digit())
            || bare.is_empty();
        if is_day && !place.is_empty() || !day.is_empty() {
            day.push(word);
        } else {
            place.push(word);
        }
    }
    let tidy = |words: Vec<&str>| some(words.join(" ").trim_matches([',', ' ', '/']));
    (tidy(place), tidy(day))
}

/// Whether the letters of the first part are capitals: `NEW YORK`, `WASHINGTON, Pa.`.
fn is_capitals(place: &str) -> bool {
    let first = place.split(',').next().unwrap_or_default();
    let letters = first.chars().filter(|c| c.is_alphabetic());
    let (mut all, mut capitals) = (0, 0);
    for c in letters {
        all += 1;
        capitals += usize::from(c.is_uppercase());
    }
    all >= 3 && capitals == all && is_place(place)
}

/// Whether it may be a place: few words, each with a capital except small ones.
fn is_place(place: &str) -> bool {
    let words: Vec<&str> = place.split_whitespace().collect();
    let small = [
        "de", "of", "the", "and", "am", "la", "del", "do", "upon", "an", "der",
    ];
    words.len() <= 6
        && words.iter().all(|word| {
            word.starts_with(|c: char| c.is_uppercase() || !c.is_ascii()) || small.contains(word)
        })
}

/// The agency that a credit names: `(Reuters)`, `Source: Kyodo`, `Kyodo News Agency`.
pub(super) fn agency_of_byline(byline: &str) -> Option<(Option<&str>, &str)> {
    let parts = |mark: &str| byline.rsplit_once(mark);
    let (name, agency) = parts(" | ")
        .or_else(|| parts(" / "))
        .or_else(|| parts(", "))
        .or_else(|| parts(" for "))
        .map_or((None, byline), |(name, agency)| {
            (Some(name.trim()), agency.trim())
        });
    let ends = ["Agency", "Wire", "Press", "News", "Service", "Newswire"];
    let last = agency.split_whitespace().next_back()?;
    let is_agency = AGENCIES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(agency))
        || (ends.contains(&last) && agency.split_whitespace().count() <= AGENCY_WORDS);
    is_agency.then_some((name, agency))
}

/// Agencies whose names do not say that they are.
const AGENCIES: [&str; 16] = [
    "AAP",
    "AFP",
    "ANSA",
    "AP",
    "Belga",
    "Bloomberg",
    "dpa",
    "EFE",
    "Jiji",
    "Kyodo",
    "PAP",
    "PTI",
    "Reuters",
    "TASS",
    "Xinhua",
    "Yonhap",
];

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// At most so many bytes from the start, on a character's boundary.
pub(super) fn floor(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_lines_are_read() {
        let cases: [(&str, [&str; 3]); 10] = [
            ("TOKYO (Reuters) - Text here.", ["TOKYO", "Reuters", ""]),
            (
                "BRUSSELS, July 5 (AP) — Text here.",
                ["BRUSSELS", "AP", "July 5"],
            ),
            ("[Tokyo 7th Kyodo] Text here.", ["Tokyo", "Kyodo", "7th"]),
            ("(AFP) -- Text here.", ["", "AFP", ""]),
            ("OSLO, Norway — Text here.", ["OSLO, Norway", "", ""]),
            (
                "Vienna, 5 July 2024 (Danube Wire) – Text here.",
                ["Vienna", "Danube Wire", "5 July 2024"],
            ),
            (
                "NEW YORK, Sept. 3 - Text here.",
                ["NEW YORK", "", "Sept. 3"],
            ),
            (
                "TOKYO, July 5 (Kyodo) Text here.",
                ["TOKYO", "Kyodo", "July 5"],
            ),
            ("PARIS (AFP): Text here.", ["PARIS", "AFP", ""]),
            ("KYIV—Text here.", ["KYIV", "", ""]),
        ];
        for (line, expected) in cases {
            let (read, rest) = split(line).unwrap_or_else(|| panic!("{line}"));
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            assert_eq!(
                [part(&read.place), part(&read.agency), part(&read.day)],
                expected
            );
            assert_eq!(rest, "Text here.", "{line}");
        }
    }

    #[test]
    fn prose_is_no_date_line() {
        for text in [
            "The talks - which began in May - went on.",
            "Japan - and others - agreed.",
            "He said: it is done.",
            "The alliance (founded long ago) - said so.",
            "A plan (Draft B) was read.",
            "[Editor's note] Text.",
            "NATO: what we know.",
            "",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn a_byline_may_name_an_agency() {
        assert_eq!(
            agency_of_byline("Ann Lee, Reuters"),
            Some((Some("Ann Lee"), "Reuters"))
        );
        assert_eq!(
            agency_of_byline("Northern Wire"),
            Some((None, "Northern Wire"))
        );
        assert_eq!(agency_of_byline("Ann Lee"), None);
    }
}
