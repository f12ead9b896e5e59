//! A sentence cut into words and marks, each with its place and whether it stands between quotation
//! marks.

/// A word or a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As it stands there.
    pub(super) text: &'a str,
    /// Where it begins, in bytes of the sentence.
    pub(super) at: usize,
    /// Whether it stands between quotation marks; the marks themselves do not.
    pub(super) quoted: bool,
}

impl Word<'_> {
    /// Where it ends.
    pub(super) fn end(&self) -> usize {
        self.at + self.text.len()
    }

    /// Whether it is that word in any case; `other` is in lower case.
    pub(super) fn is(&self, other: &str) -> bool {
        let straight = |c: char| if c == '’' { '\'' } else { c };
        let mut lower = self.text.chars().flat_map(char::to_lowercase).map(straight);
        other.chars().all(|c| lower.next() == Some(c)) && lower.next().is_none()
    }

    /// Whether it is one of those words; they are in lower case.
    pub(super) fn is_among(&self, others: &[&str]) -> bool {
        others.iter().any(|other| self.is(other))
    }

    /// Whether it begins with a capital.
    pub(super) fn is_capital(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether it is a mark and no word.
    pub(super) fn is_mark(&self) -> bool {
        !self.text.chars().any(char::is_alphanumeric)
    }

    /// Whether it is a quotation mark.
    pub(super) fn is_quote(&self) -> bool {
        matches!(self.text, "\"" | "“" | "”" | "„" | "«" | "»")
    }
}

/// The word without the ending of the genitive.
pub(super) fn without_genitive(word: &str) -> &str {
    for ending in ["'s", "’s", "'", "’"] {
        if let Some(rest) = word.strip_suffix(ending) {
            return rest;
        }
    }
    word
}

/// Cuts a sentence.
pub(super) fn words(sentence: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut quoted = false;
    let mut chars = sentence.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut end = at + c.len_utf8();
        if c.is_alphanumeric() {
            while let Some(&(place, next)) = chars.peek() {
                let joins = || {
                    let after = place + next.len_utf8();
                    let follows = sentence.get(after..).and_then(|rest| rest.chars().next());
                    follows.is_some_and(char::is_alphanumeric)
                };
                // U.S. keeps its last point, a sentence does not.
                let is_initial = || {
                    let word = sentence.get(at..place).unwrap_or_default();
                    word.contains('.') && word.split('.').all(|part| part.chars().count() == 1)
                };
                let goes_on = next.is_alphanumeric()
                    || (matches!(next, '\'' | '’' | '-') && joins())
                    || (next == '.' && (joins() || is_initial()))
                    || (next == ',' && joins() && c.is_ascii_digit());
                if !goes_on {
                    break;
                }
                end = place + next.len_utf8();
                chars.next();
            }
        }
        let text = sentence.get(at..end).unwrap_or_default();
        let mut word = Word { text, at, quoted };
        if word.is_quote() {
            quoted = match text {
                "“" | "„" | "«" => true,
                "”" | "»" => false,
                _ => !quoted,
            };
            word.quoted = false;
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sentence: &str) -> Vec<&str> {
        words(sentence).iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_keep_their_hyphens_and_points() {
        assert_eq!(
            texts("The U.S. vice-minister's aide, 1,200 strong, left."),
            [
                "The",
                "U.S.",
                "vice-minister's",
                "aide",
                ",",
                "1,200",
                "strong",
                ",",
                "left",
                "."
            ]
        );
        assert_eq!(without_genitive("Japan’s"), "Japan");
    }

    #[test]
    fn what_stands_between_quotation_marks_is_marked() {
        for sentence in ["\"We go,\" she said.", "“We go,” she said."] {
            let words = words(sentence);
            let quoted: Vec<&str> = words.iter().filter(|w| w.quoted).map(|w| w.text).collect();
            assert_eq!(quoted, ["We", "go", ","], "{sentence}");
        }
    }
}
