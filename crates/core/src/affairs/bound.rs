//! How much one act of the office's own work may carry: lengths of titles, texts and lists.
//!
//! Only lengths: what a text means is each area's own business.

/// A title is read at a glance: 200 characters are two lines.
pub(crate) const TITLE_MAX: usize = 200;
/// 1 MiB of text is a book.
pub(crate) const TEXT_MAX: usize = 1024 * 1024;
/// More names than this are a register, not a list.
pub(crate) const LIST_MAX: usize = 1000;

/// Whether it can be a title: not empty, one line, not too long.
pub(crate) fn is_title(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= TITLE_MAX
        && !text.chars().any(char::is_control)
}

/// Whether it can be a text: not too long; lines and tabs, and no other control characters.
pub(crate) fn is_text(text: &str) -> bool {
    text.len() <= TEXT_MAX
        && !text
            .chars()
            .any(|c| c.is_control() && !"\n\r\t".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_one_line_and_texts_are_not_endless() {
        assert!(is_title("Tokyo"));
        for bad in ["", "  ", "a\nb", &"x".repeat(TITLE_MAX + 1)] {
            assert!(!is_title(bad));
        }
        assert!(is_title(&"é".repeat(TITLE_MAX)));
        assert!(is_text("") && is_text("a\n\tb"));
        assert!(!is_text("\u{1b}[2J") && !is_text(&"x".repeat(TEXT_MAX + 1)));
    }
}
