//! Texts to sentences and quotations.
//!
//! For languages that end sentences with `.`, `!`, `?` or their full-width kin. No dictionary: an
//! abbreviation that is not in the list below ends a sentence if a capital follows.

/// Words before a full stop that end no sentence, in small letters.
const ABBREVIATIONS: &[&str] = &[
    "adm", "apr", "aug", "brig", "capt", "cmdr", "co", "col", "corp", "dec", "dr", "feb", "fig",
    "gen", "gov", "hon", "inc", "jan", "jr", "jul", "jun", "lt", "ltd", "maj", "mar", "messrs",
    "mr", "mrs", "ms", "mt", "no", "nos", "nov", "oct", "pres", "prof", "rep", "rev", "sen", "sep",
    "sept", "sgt", "sr", "st", "vice-adm", "vs",
];

/// The sentences of a text, in order, without blanks around them. An empty line ends one.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = match c {
            '\n' if text.get(at + 1..).is_some_and(starts_blank_line) => Some(at),
            '。' | '！' | '？' => Some(at + c.len_utf8()),
            '.' | '!' | '?' | '…' => ends_here(text, start, at, c),
            _ => None,
        };
        if let Some(end) = end {
            push(&mut found, text.get(start..end));
            start = end;
            while chars.peek().is_some_and(|(at, _)| *at < end) {
                chars.next();
            }
        }
    }
    push(&mut found, text.get(start..));
    found
}

fn push<'a>(found: &mut Vec<&'a str>, piece: Option<&'a str>) {
    let piece = piece.unwrap_or_default().trim();
    if !piece.is_empty() {
        found.push(piece);
    }
}

fn starts_blank_line(rest: &str) -> bool {
    rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n')
}

/// Where the sentence ends whose stop is at `at`: behind closing quotes and brackets.
fn ends_here(text: &str, start: usize, at: usize, stop: char) -> Option<usize> {
    let after = text.get(at + stop.len_utf8()..)?;
    let closed = after.trim_start_matches(is_closing);
    let end = text.len() - closed.len();
    let Some(next) = closed.chars().next() else {
        return Some(end);
    };
    if !next.is_whitespace() {
        return None;
    }
    let opener = closed.trim_start();
    let opener = opener.trim_start_matches(is_opening);
    let first = opener.chars().next()?;
    if first.is_lowercase() {
        return None;
    }
    if stop == '.' && after.len() == closed.len() {
        let before = text.get(start..at)?;
        let word = before
            .rsplit(|c: char| c.is_whitespace() || is_opening(c))
            .next()?;
        if is_abbreviation(word, first) {
            return None;
        }
    }
    Some(end)
}

fn is_abbreviation(word: &str, next: char) -> bool {
    let mut letters = word.chars();
    // An initial: `J. Smith`; but a sentence may end with `plan B`, so one letter after a dot too.
    if let (Some(only), None) = (letters.next(), letters.next()) {
        return only.is_uppercase();
    }
    let small = word.to_lowercase();
    if small == "no" || small == "nos" || small == "fig" {
        return next.is_ascii_digit();
    }
    // `in the U.S. The` ends, `U.S. Army` does not: undecided, and joined is the lesser harm.
    if small.len() == 3 && small.as_bytes().get(1) == Some(&b'.') {
        return !small.ends_with('m');
    }
    ABBREVIATIONS.binary_search(&small.as_str()).is_ok()
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | ')' | ']' | '」' | '』')
}

fn is_opening(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '(' | '[' | '「' | '『')
}

/// Words in quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quotation<'a> {
    /// The words, without the marks.
    pub text: &'a str,
    /// The byte at which they begin in the text.
    pub start: usize,
}

/// What stands in quotation marks in a text, in order; quotations within quotations are not told.
/// A mark that nothing closes within the paragraph quotes nothing, except that a quotation which
/// goes on in the next paragraph ends with its own.
pub fn quotations(text: &str) -> Vec<Quotation<'_>> {
    let mut found = Vec::new();
    // The closing mark that is awaited, and where the words begin.
    let mut open: Option<(char, usize)> = None;
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        match open {
            None => {
                let close = match c {
                    '"' if !before.is_alphanumeric() => Some('"'),
                    '“' | '„' => Some('”'),
                    '«' => Some('»'),
                    '「' => Some('」'),
                    '『' => Some('』'),
                    _ => None,
                };
                open = close.map(|close| (close, next));
            }
            Some((close, start)) if c == close || (close == '”' && c == '“' && before != ' ') =>
            {
                take(&mut found, text, start, at);
                open = None;
            }
            Some((close, start)) if c == '\n' => {
                if text.get(next..).is_some_and(|rest| goes_on(rest, close)) {
                    take(&mut found, text, start, at);
                }
                open = None;
            }
            Some(_) => {}
        }
        before = c;
    }
    found
}

/// Whether the next paragraph begins with an opening mark: the quotation goes on.
fn goes_on(rest: &str, close: char) -> bool {
    let opening = match close {
        '"' => '"',
        '”' => '“',
        '»' => '«',
        _ => return false,
    };
    rest.trim_start().starts_with(opening)
}

fn take<'a>(found: &mut Vec<Quotation<'a>>, text: &'a str, start: usize, end: usize) {
    if let Some(quoted) = text.get(start..end) {
        let trimmed = quoted.trim_start();
        let start = start + quoted.len() - trimmed.len();
        let text = trimmed.trim_end();
        if text.chars().any(char::is_alphanumeric) {
            found.push(Quotation { text, start });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    #[test]
    fn sentences_end_where_they_end() {
        let text = "Mr. A. Brandt arrived on Jan. 5 with U.S. officials. \"It is done,\" he said. \
                    \"We go.\" The fee is 3.5 million (about 2.1 each). Was it? Yes! No. 4 is next.";
        assert_eq!(
            sentences(text),
            [
                "Mr. A. Brandt arrived on Jan. 5 with U.S. officials.",
                "\"It is done,\" he said.",
                "\"We go.\"",
                "The fee is 3.5 million (about 2.1 each).",
                "Was it?",
                "Yes!",
                "No. 4 is next.",
            ]
        );
        assert_eq!(sentences("One\n\nTwo three."), ["One", "Two three."]);
        assert_eq!(
            sentences("事務所を開く。次は夏だ。"),
            ["事務所を開く。", "次は夏だ。"]
        );
        assert!(sentences(" \n ").is_empty());
    }

    #[test]
    fn quotations_are_found_with_their_place() {
        let text = "He said “we stay”, then \"no comment\" and 5\" of 'snow'. «Oui», she said.";
        let found = quotations(text);
        let words: Vec<&str> = found.iter().map(|one| one.text).collect();
        assert_eq!(words, ["we stay", "no comment", "Oui"]);
        for one in found {
            assert!(text[one.start..].starts_with(one.text));
        }
    }

    #[test]
    fn a_quotation_ends_with_its_paragraph() {
        let found = quotations("“First part.\n\n“Second part,” he said. “Open\n\nNo more.");
        let words: Vec<&str> = found.iter().map(|one| one.text).collect();
        assert_eq!(words, ["First part.", "Second part,"]);
    }
}
