//! A Rust source file, cut into code, comments and string literals as far as the checks need it.
//!
//! Not a parser: it knows where comments and literals begin and end and which lines are tests,
//! nothing of grammar.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// A source file.
pub(crate) struct Source {
    /// Its path from the root of the repository, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// The text with everything in comments and literals blanked; offsets are those of the text.
    pub(crate) code: String,
    /// The string literals in order.
    pub(crate) literals: Vec<Literal>,
    tests: Vec<Range<usize>>,
}

/// A string literal.
pub(crate) struct Literal {
    /// Where its content begins in the text, in bytes.
    pub(crate) at: usize,
    /// What it says, escapes left as written.
    pub(crate) text: String,
}

impl Source {
    /// Cuts that text.
    pub(crate) fn new(path: String, text: String) -> Self {
        let (code, literals) = cut(&text);
        let tests = if is_test_path(&path) {
            std::iter::once(0..text.len()).collect()
        } else {
            test_modules(&code)
        };
        Self {
            path,
            text,
            code,
            literals,
            tests,
        }
    }

    /// The line of that offset, from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        let before = self.text.bytes().take(at);
        before.filter(|byte| *byte == b'\n').count() + 1
    }

    /// Whether that offset lies in a test.
    pub(crate) fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// How many lines the file has outside tests.
    pub(crate) fn lines_without_tests(&self) -> usize {
        let mut at = 0;
        let mut lines = 0;
        for line in self.text.split_inclusive('\n') {
            lines += usize::from(!self.is_test(at));
            at += line.len();
        }
        lines
    }

    /// The identifiers and keywords of the code with their offsets.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.code
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .map(move |word| {
                let start = at;
                // Every separator is one byte: the code is blanked to ASCII.
                at += word.len() + 1;
                (start, word)
            })
            .filter(|(_, word)| !word.is_empty())
    }
}

/// Every Rust file under the crates, the tasks and the fuzz targets.
pub(crate) fn sources(root: &Path) -> Result<Vec<Source>> {
    let mut paths = Vec::new();
    for place in ["crates", "fuzz", "xtask"] {
        collect(&root.join(place), &mut paths)?;
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {path:?}"))?;
        let short = path.strip_prefix(root).unwrap_or(path);
        let short = short.to_string_lossy().replace('\\', "/");
        Ok(Source::new(short, text))
    };
    paths.iter().map(read).collect()
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for item in fs::read_dir(dir).with_context(|| format!("cannot read {dir:?}"))? {
        let path = item?.path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                collect(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn is_test_path(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// The ranges of the modules under `#[cfg(test)]` that stand in the file itself.
fn test_modules(code: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = code.get(from..).and_then(|rest| rest.find("#[cfg(test)]")) {
        let start = from + at;
        let rest = code.get(start..).unwrap_or_default();
        let end = match rest.find(['{', ';']) {
            Some(open) if rest.get(open..).is_some_and(|rest| rest.starts_with('{')) => {
                start + open + block(rest.get(open..).unwrap_or_default())
            }
            Some(semicolon) => start + semicolon + 1,
            None => code.len(),
        };
        found.push(start..end);
        from = end;
    }
    found
}

/// The length of the block in braces with which that code begins.
fn block(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// Blanks comments and literals, and collects the string literals.
fn cut(text: &str) -> (String, Vec<Literal>) {
    let mut cutter = Cutter {
        text,
        at: 0,
        code: String::with_capacity(text.len()),
        literals: Vec::new(),
    };
    while cutter.step() {}
    (cutter.code, cutter.literals)
}

struct Cutter<'a> {
    text: &'a str,
    at: usize,
    code: String,
    literals: Vec<Literal>,
}

impl Cutter<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Takes one comment, literal or character; false at the end.
    fn step(&mut self) -> bool {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else {
            return false;
        };
        if rest.starts_with("//") {
            let len = rest.find('\n').unwrap_or(rest.len());
            self.blank(len);
        } else if rest.starts_with("/*") {
            let len = block_comment(rest);
            self.blank(len);
        } else if let Some((open, hashes)) = raw_string(rest).filter(|_| self.at_word_start()) {
            let close = format!("\"{}", "#".repeat(hashes));
            self.literal(open, |rest| rest.find(&close), close.len());
        } else if first == '"' {
            self.literal(1, closing_quote, 1);
        } else if let Some(len) = char_literal(rest) {
            self.blank(len);
        } else {
            self.code.push(if first.is_ascii() { first } else { '_' });
            // One byte of code for each byte of text, so that offsets agree.
            self.code
                .extend(std::iter::repeat_n('_', first.len_utf8() - 1));
            self.at += first.len_utf8();
        }
        true
    }

    fn at_word_start(&self) -> bool {
        let before = self.text.get(..self.at).and_then(|t| t.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    }

    fn literal(&mut self, open: usize, end: impl Fn(&str) -> Option<usize>, close: usize) {
        self.blank(open);
        let len = end(self.rest()).unwrap_or(self.rest().len());
        let text = self.rest().get(..len).unwrap_or_default().to_owned();
        self.literals.push(Literal { at: self.at, text });
        self.blank(len);
        self.blank(close.min(self.rest().len()));
    }

    fn blank(&mut self, len: usize) {
        let taken = self.rest().bytes().take(len);
        let blanks: String = taken
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
            .collect();
        self.at += blanks.len();
        self.code.push_str(&blanks);
    }
}

fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of the opening of a raw string and the number of its hashes.
fn raw_string(text: &str) -> Option<(usize, usize)> {
    let prefix = ["r", "br", "cr"]
        .into_iter()
        .find(|prefix| text.strip_prefix(prefix).is_some_and(starts_raw))?;
    let rest = text.get(prefix.len()..)?;
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    Some((prefix.len() + hashes + 1, hashes))
}

fn starts_raw(rest: &str) -> bool {
    rest.trim_start_matches('#').starts_with('"')
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// The length of a character literal; `None` for a lifetime.
fn char_literal(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    if first == '\\' {
        let escape = inner.get(2..)?;
        return Some(escape.find('\'')? + 4);
    }
    let rest = inner.get(first.len_utf8()..)?;
    rest.starts_with('\'').then_some(first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new("crates/core/src/x.rs".into(), text.into())
    }

    #[test]
    fn comments_and_literals_are_no_code() {
        let text = r##"//! peer
fn f<'a>(x: &'a str) -> char { /* peer /* peer */ */ g("peer \" {", r#"a"b"#, b"c", '"', '\''); 'x' }
"##;
        let source = source(text);
        assert_eq!(source.code.len(), text.len());
        assert!(!source.code.contains("peer"));
        let literals: Vec<_> = source.literals.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(literals, ["peer \\\" {", "a\"b", "c"]);
        assert!(source.words().any(|(_, word)| word == "char"));
    }

    #[test]
    fn words_stand_where_they_say() {
        let source = source("let a_b = f(\"x y\", cé);\n");
        for (at, word) in source.words() {
            assert_eq!(source.code.get(at..at + word.len()), Some(word));
        }
    }

    #[test]
    fn lines_of_tests_do_not_count() {
        let text =
            "//! x\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() { \"}\"; }\n}\nfn h() {}\n";
        let source = source(text);
        assert_eq!(source.lines_without_tests(), 3);
        assert!(source.is_test(text.find("fn g").unwrap()));
        assert!(!source.is_test(text.find("fn h").unwrap()));
    }

    #[test]
    fn a_test_module_elsewhere_takes_one_line() {
        let source = source("//! x\n#[cfg(test)]\nmod tests;\nfn f() {}\n");
        assert_eq!(source.lines_without_tests(), 2);
    }
}
