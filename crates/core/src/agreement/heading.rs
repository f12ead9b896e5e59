//! The numbered headings of a Markdown text: what an `article` of a term has to be.
//!
//! Follows CommonMark 0.31.2 for what a heading is (sections 4.2 ATX, 4.3 setext) and for what
//! hides one (4.4 indented code, 4.5 fenced code, 4.6 HTML blocks): a clause that people do not see
//! must not count. Where this reader is simpler than the standard it sees fewer headings, never
//! more. It is no Markdown renderer.

use std::collections::HashMap;

/// How often each number heads an article: `4.1` for `## Article 4.1: Sharing`.
pub(crate) fn numbers(markdown: &str) -> HashMap<&str, usize> {
    let mut numbers = HashMap::new();
    for heading in headings(markdown) {
        if let Some(number) = number(heading) {
            *numbers.entry(number).or_insert(0) += 1;
        }
    }
    numbers
}

/// The number at the head of a heading, after one optional word. It ends at a blank; punctuation
/// at its end does not belong to it, so `4.1.` is 4.1, and `4.10` is not.
fn number(heading: &str) -> Option<&str> {
    let emphasis: &[char] = &['*', '_'];
    let mut words = heading.split_whitespace();
    let mut word = words.next()?.trim_start_matches(emphasis);
    let is_word = |word: &str| {
        let word = word.trim_end_matches('.');
        !word.is_empty() && word.chars().all(|c| c.is_alphabetic() || c == '§')
    };
    if is_word(word) {
        word = words.next()?.trim_start_matches(emphasis);
    }
    let number = word
        .trim_start_matches('§')
        .trim_end_matches(|c: char| !c.is_alphanumeric());
    number
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(number)
}

/// What the lines before have opened.
enum Block<'m> {
    /// Nothing.
    Blank,
    /// A paragraph that may turn out to be a setext heading; its first line.
    Paragraph(&'m str),
    /// A list item or a quotation: an underline after it is no heading.
    Container,
    /// Fenced code, until a fence of that character and at least that length.
    Fence(char, usize),
    /// HTML, until a line with that text; until a blank line when `None`.
    Html(Option<&'static str>),
}

fn headings(markdown: &str) -> Vec<&str> {
    let mut headings = Vec::new();
    let mut block = Block::Blank;
    for line in markdown.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let text = line.trim_matches([' ', '\t']);
        block = match block {
            Block::Fence(mark, length) => match fence(line, text) {
                Some((m, l, "")) if m == mark && l >= length => Block::Blank,
                _ => Block::Fence(mark, length),
            },
            Block::Html(Some(end)) if text.to_ascii_lowercase().contains(end) => Block::Blank,
            Block::Html(end) if end.is_some() || !text.is_empty() => Block::Html(end),
            _ if text.is_empty() => Block::Blank,
            open if is_indented(line) => match open {
                // Indented code cannot interrupt a paragraph; elsewhere it is code.
                Block::Paragraph(_) | Block::Container => open,
                _ => Block::Blank,
            },
            open => start(text, line, open, &mut headings),
        };
    }
    headings
}

/// What a line does that is neither blank, code nor HTML.
fn start<'m>(
    text: &'m str,
    line: &'m str,
    open: Block<'m>,
    headings: &mut Vec<&'m str>,
) -> Block<'m> {
    if let Some(heading) = atx(text) {
        headings.push(heading);
        return Block::Blank;
    }
    if let Some((mark, length, _)) = fence(line, text) {
        return Block::Fence(mark, length);
    }
    if let Some(html) = html(text) {
        return html;
    }
    let underline = |mark| text.trim_end_matches(mark).is_empty();
    if let Block::Paragraph(first) = open
        && (underline('=') || underline('-'))
    {
        headings.push(first);
        return Block::Blank;
    }
    if is_break(text) {
        return Block::Blank;
    }
    if is_container(text) {
        return Block::Container;
    }
    match open {
        Block::Paragraph(_) | Block::Container => open,
        _ => Block::Paragraph(text),
    }
}

/// Section 4.4: four columns make code; a tab stops at the fourth.
fn is_indented(line: &str) -> bool {
    let blanks = line.len() - line.trim_start_matches(' ').len();
    blanks >= 4
        || line
            .get(blanks..)
            .is_some_and(|rest| rest.starts_with('\t'))
}

/// Section 4.2: one to six `#`, then a blank or the end.
fn atx(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('#');
    let depth = text.len() - rest.len();
    let ends = rest.is_empty() || rest.starts_with([' ', '\t']);
    ((1..=6).contains(&depth) && ends).then(|| rest.trim_matches([' ', '\t']))
}

/// Section 4.5: three or more of one character; a fence of backticks has none in what follows.
fn fence<'m>(line: &str, text: &'m str) -> Option<(char, usize, &'m str)> {
    let mark = text.chars().next().filter(|c| ['`', '~'].contains(c))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    let opens = length >= 3 && !(mark == '`' && rest.contains('`')) && !is_indented(line);
    opens.then(|| (mark, length, rest.trim()))
}

/// Section 4.6, without the list of element names: every line that begins like a tag hides what
/// follows, until its end or a blank line.
fn html<'m>(text: &str) -> Option<Block<'m>> {
    let text = text.to_ascii_lowercase();
    let rest = text.strip_prefix('<')?;
    let ends = [
        ("!--", "-->"),
        ("?", "?>"),
        ("![cdata[", "]]>"),
        ("!", ">"),
        ("script", "</script>"),
        ("pre", "</pre>"),
        ("style", "</style>"),
        ("textarea", "</textarea>"),
    ];
    for (begin, end) in ends {
        if let Some(after) = rest.strip_prefix(begin) {
            let closed = after.contains(end);
            return Some(if closed {
                Block::Blank
            } else {
                Block::Html(Some(end))
            });
        }
    }
    rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        .then_some(Block::Html(None))
}

/// Section 4.1: three or more `*`, `-` or `_`, with blanks between.
fn is_break(text: &str) -> bool {
    ['*', '-', '_'].into_iter().any(|mark| {
        text.chars().filter(|c| *c == mark).count() >= 3
            && text.chars().all(|c| c == mark || c == ' ' || c == '\t')
    })
}

/// Sections 5.1 and 5.2: a quotation or a list item.
fn is_container(text: &str) -> bool {
    let after_mark = match text.strip_prefix(['-', '+', '*']) {
        Some(rest) => rest,
        None => {
            let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
            match rest.strip_prefix(['.', ')']) {
                Some(after) if rest.len() < text.len() => after,
                _ => return text.starts_with('>'),
            }
        }
    };
    after_mark.is_empty() || after_mark.starts_with([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_and_may_follow_one_word() {
        for (heading, found) in [
            ("4.1 Sharing", Some("4.1")),
            ("Article 4.1: Sharing", Some("4.1")),
            ("**Article 4.1.**", Some("4.1")),
            ("Art. 4.1", Some("4.1")),
            ("§ 4.1", Some("4.1")),
            ("§4.1", Some("4.1")),
            ("第 4.1", Some("4.1")),
            ("4.10 Sharing", Some("4.10")),
            ("4.1.2", Some("4.1.2")),
            ("4.1-2", Some("4.1-2")),
            ("4.1(a)", Some("4.1(a")),
            ("4a", Some("4a")),
            ("Article on 4.1", None),
            ("Sharing", None),
            ("", None),
            ("V4.1", None),
        ] {
            assert_eq!(number(heading), found, "{heading}");
        }
    }

    #[test]
    fn headings_are_those_that_people_see() {
        for (markdown, found) in [
            (
                "# 1 One\n###### 2 Two ##\n####### 3\n#4\n",
                vec!["1 One", "2 Two ##"],
            ),
            ("   # 1\n    # 2\n\t# 3\n", vec!["1"]),
            ("1 One\n===\n2 Two\nmore\n---\n", vec!["1 One", "2 Two"]),
            ("text\n\n---\n# 1\r\n", vec!["1"]),
            ("4. Item\n---\n> 5\n---\n- 6\n===\n", vec![]),
            ("```\n# 1\n``\n# 2\n````\n# 3\n", vec!["3"]),
            ("~~~ md\n# 1\n```\n# 2\n~~~\n# 3", vec!["3"]),
            ("```\n# 1 never closed\n", vec![]),
            ("``` not ` a fence\n# 1\n", vec!["1"]),
            ("<!-- \n# 1\n\n# 2\n-->\n# 3\n", vec!["3"]),
            ("<!-- done -->\n# 1\n", vec!["1"]),
            ("<div>\n# 1\n\n# 2\n", vec!["2"]),
            ("<pre>\n\n# 1\n</PRE>\n# 2\n", vec!["2"]),
            ("***\n# 1\n* * *\n", vec!["1"]),
            ("para\n    # code cannot interrupt\n===\n", vec!["para"]),
            ("    # 1\n---\n", vec![]),
        ] {
            assert_eq!(headings(markdown), found, "{markdown:?}");
        }
    }

    #[test]
    fn numbers_are_counted() {
        let numbers = numbers("# 4.1 A\n# 4.10 B\n# Annex 4.1\n");
        assert_eq!(numbers.get("4.1"), Some(&2));
        assert_eq!(numbers.get("4.10"), Some(&1));
        assert_eq!(numbers.get("4"), None);
    }
}
