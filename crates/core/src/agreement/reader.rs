//! Reads the TOML of files that people write, and remembers where everything stood.
//!
//! The agreement and the house rules share it, each with its own [`Codes`]. A [`Reader`] never
//! stops at the first fault: what cannot be read is `None`, the fault is kept, and
//! [`Reader::finish`] decides. It knows types and spelling, not what the keys mean.

use std::cell::Cell;
use std::fmt::Display;
use std::str::FromStr;

use toml_edit::{Item, TableLike, Value};

use crate::agreement::fault::{Fault, Faults};
use crate::time::Instant;

/// More faults than this say nothing new, and a hostile file must not fill the memory with them.
const FAULTS_MAX: usize = 100;

/// The stable codes of the faults that both files can have.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) byte_order_mark: &'static str,
    pub(crate) control_character: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) empty_list: &'static str,
    pub(crate) empty_text: &'static str,
    pub(crate) local_instant: &'static str,
    pub(crate) missing_key: &'static str,
    pub(crate) not_utf8: &'static str,
    pub(crate) syntax: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) unknown_key: &'static str,
    pub(crate) wrong_type: &'static str,
}

/// Whether a key has to be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Must,
    May,
}

/// A value and the byte of the file at which it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) at: usize,
}

/// A table of the file.
#[derive(Clone, Copy)]
pub(crate) struct Section<'t> {
    table: &'t dyn TableLike,
    pub(crate) at: usize,
    /// The table as its header is written, `[[take]]`; for texts.
    name: &'static str,
}

impl Section<'_> {
    /// Whether the section says anything about a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|item| !item.is_none())
    }
}

/// The text of a file: its bytes, if they are text and not too many.
pub(crate) fn decode<'b>(
    bytes: &'b [u8],
    size_max: usize,
    codes: &Codes,
) -> Result<&'b str, Faults> {
    let refuse = |line, column, code, text| {
        Err(Faults::one(Fault {
            line,
            column,
            code,
            text,
        }))
    };
    if bytes.len() > size_max {
        let text = format!(
            "the file has {} bytes; at most {size_max} are read",
            bytes.len()
        );
        return refuse(1, 1, codes.too_large, text);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if text.starts_with('\u{feff}') => refuse(
            1,
            1,
            codes.byte_order_mark,
            "the file begins with a byte order mark; save it as UTF-8 without one".into(),
        ),
        Ok(text) => Ok(text),
        Err(error) => {
            let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            let (line, column) = Lines::of(&good).place(&good, good.len());
            refuse(
                line,
                column,
                codes.not_utf8,
                "the file is not UTF-8 from here on; save it as UTF-8".into(),
            )
        }
    }
}

/// Whether a character is invisible or turns the text around it: what people sign must be what
/// they see (Unicode Technical Report 36, section 2; the bidirectional controls of UAX 9).
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The byte at which each line begins, and the place that was asked for last: places come nearly
/// in order, and counting from the last one keeps a file of a single long line from costing its
/// square.
struct Lines {
    starts: Vec<usize>,
    last: Cell<Spot>,
}

/// A byte, the byte at which its line begins, and the characters between them.
#[derive(Clone, Copy, Default)]
struct Spot {
    at: usize,
    start: usize,
    before: usize,
}

impl Lines {
    fn of(text: &str) -> Self {
        let starts = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Self {
            starts: std::iter::once(0).chain(starts).collect(),
            last: Cell::default(),
        }
    }

    fn place(&self, text: &str, at: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|line| self.starts.get(line));
        let start = start.copied().unwrap_or(0);
        let chars = |from: usize, to: usize| text.get(from..to).unwrap_or_default().chars().count();
        let last = self.last.get();
        let before = if last.start != start {
            chars(start, at)
        } else if last.at <= at {
            last.before.saturating_add(chars(last.at, at))
        } else {
            last.before.saturating_sub(chars(at, last.at))
        };
        self.last.set(Spot { at, start, before });
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        (number(line), number(before.saturating_add(1)))
    }
}

/// Gathers the faults of one file.
pub(crate) struct Reader<'f> {
    file: &'f str,
    lines: Lines,
    /// The byte at which the TOML begins.
    start: usize,
    codes: &'static Codes,
    faults: Vec<Fault>,
}

impl<'f> Reader<'f> {
    /// A reader of that file, with the faults of its characters.
    pub(crate) fn new(file: &'f str, codes: &'static Codes) -> Self {
        let mut reader = Self {
            file,
            lines: Lines::of(file),
            start: 0,
            codes,
            faults: Vec::new(),
        };
        for (at, c) in file.char_indices() {
            let plain = match c {
                '\n' | '\t' => true,
                '\r' => file
                    .get(at + 1..)
                    .is_some_and(|rest| rest.starts_with('\n')),
                c => !is_hidden(c),
            };
            if !plain {
                let text = format!(
                    "the character U+{:04X} does not show as what it is; remove it",
                    u32::from(c)
                );
                reader.fault(at, codes.control_character, text);
            }
        }
        reader
    }

    /// Line and column of a byte.
    pub(crate) fn place(&self, at: usize) -> (u32, u32) {
        self.lines.place(self.file, at)
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, at: usize, code: &'static str, text: impl Into<String>) {
        if self.faults.len() >= FAULTS_MAX {
            return;
        }
        let (line, column) = self.place(at);
        self.faults.push(Fault {
            line,
            column,
            code,
            text: text.into(),
        });
    }

    /// All faults so far, or the value.
    pub(crate) fn finish<T>(mut self, value: Option<T>) -> Result<T, Faults> {
        if value.is_none() && self.faults.is_empty() {
            self.fault(0, self.codes.syntax, "the file cannot be read");
        }
        Faults::none_of(self.faults)?;
        value.ok_or_else(|| {
            Faults::one(Fault {
                line: 1,
                column: 1,
                code: self.codes.syntax,
                text: "the file cannot be read".into(),
            })
        })
    }

    /// Parses the part of the file from `start` to `end` as TOML.
    pub(crate) fn toml(
        &mut self,
        start: usize,
        end: usize,
    ) -> Option<toml_edit::Document<&'f str>> {
        self.start = start;
        let text = self.file.get(start..end)?;
        match toml_edit::Document::parse(text) {
            Ok(document) => Some(document),
            Err(error) => {
                let at = error.span().map_or(text.len(), |span| span.start);
                let message = error.message().lines().next().unwrap_or_default();
                let text = format!("this is not TOML: {message}");
                self.fault(start + at, self.codes.syntax, text);
                None
            }
        }
    }

    /// The keys outside any table.
    pub(crate) fn root<'t>(&self, document: &'t toml_edit::Document<&'f str>) -> Section<'t> {
        Section {
            table: document.as_table(),
            at: self.start,
            name: "the file",
        }
    }

    fn at(&self, span: Option<std::ops::Range<usize>>, or: usize) -> usize {
        span.map_or(or, |span| self.start + span.start)
    }

    /// Refuses every key that is not listed.
    pub(crate) fn close(&mut self, section: &Section<'_>, known: &[&str]) {
        for (name, item) in section.table.iter() {
            if item.is_none() || known.contains(&name) {
                continue;
            }
            let key = section.table.key(name);
            let at = self.at(key.and_then(toml_edit::Key::span), section.at);
            let text = format!(
                "{} has no key `{}`; its keys are {}",
                section.name,
                shorten(name),
                known.join(", ")
            );
            self.fault(at, self.codes.unknown_key, text);
        }
    }

    fn item<'t>(
        &mut self,
        section: &Section<'t>,
        key: &'static str,
        need: Need,
    ) -> Option<Found<&'t Item>> {
        let item = section.table.get(key).filter(|item| !item.is_none());
        match item {
            Some(value) => {
                let of_key = section.table.key(key).and_then(toml_edit::Key::span);
                let at = self.at(of_key, section.at);
                let at = self.at(value.span(), at);
                Some(Found { value, at })
            }
            None => {
                if need == Need::Must {
                    let text = format!("{} needs the key `{key}`", section.name);
                    self.fault(section.at, self.codes.missing_key, text);
                }
                None
            }
        }
    }

    fn wrong_type(&mut self, at: usize, key: &str, wanted: &str, found: &str) {
        let text = format!("`{key}` must be {wanted}, but this is a TOML {found}");
        self.fault(at, self.codes.wrong_type, text);
    }

    /// The tables of an array of tables, `[[take]]`.
    pub(crate) fn sections<'t>(
        &mut self,
        section: &Section<'t>,
        key: &'static str,
        name: &'static str,
    ) -> Vec<Section<'t>> {
        let Some(found) = self.item(section, key, Need::May) else {
            return Vec::new();
        };
        if let Some(tables) = found.value.as_array_of_tables() {
            return tables
                .iter()
                .map(|table| Section {
                    table,
                    at: self.at(table.span(), found.at),
                    name,
                })
                .collect();
        }
        let Some(array) = found.value.as_array() else {
            let wanted = format!("a list of tables, each begun with {name}");
            self.wrong_type(found.at, key, &wanted, found.value.type_name());
            return Vec::new();
        };
        let mut sections = Vec::new();
        for value in array {
            let at = self.at(value.span(), found.at);
            match value.as_inline_table() {
                Some(table) => sections.push(Section { table, at, name }),
                None => self.wrong_type(at, key, "a list of tables", value.type_name()),
            }
        }
        sections
    }

    /// A table that may stand once, `[recall]`.
    pub(crate) fn section<'t>(
        &mut self,
        section: &Section<'t>,
        key: &'static str,
        name: &'static str,
    ) -> Option<Section<'t>> {
        let found = self.item(section, key, Need::May)?;
        let table = found.value.as_table_like();
        if table.is_none() {
            let wanted = format!("a table, begun with {name}");
            self.wrong_type(found.at, key, &wanted, found.value.type_name());
        }
        table.map(|table| Section {
            table,
            at: found.at,
            name,
        })
    }

    /// A line of text that says something.
    pub(crate) fn text(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        need: Need,
    ) -> Option<Found<String>> {
        let found = self.item(section, key, need)?;
        let Some(text) = found.value.as_str() else {
            self.wrong_type(found.at, key, "a text in quotes", found.value.type_name());
            return None;
        };
        if text.trim().is_empty() {
            self.fault(found.at, self.codes.empty_text, format!("`{key}` is empty"));
            return None;
        }
        if text.chars().any(is_hidden) {
            // As itself in the file it was noted already; here it came by an escape or a newline.
            let raw = found.value.span().and_then(|span| {
                self.file
                    .get(self.start + span.start..self.start + span.end)
            });
            let is_noted = |c| is_hidden(c) && !matches!(c, '\n' | '\r' | '\t');
            if raw.is_some_and(|raw| raw.chars().any(is_noted)) {
                return None;
            }
            let text = format!("`{key}` must be one line of visible characters");
            self.fault(found.at, self.codes.control_character, text);
            return None;
        }
        Some(Found {
            value: text.to_owned(),
            at: found.at,
        })
    }

    /// A text that is a name, a level or the like; `code` is for one that is not.
    pub(crate) fn word<T: FromStr<Err: Display>>(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        need: Need,
        code: &'static str,
    ) -> Option<Found<T>> {
        let found = self.item(section, key, need)?;
        let Some(text) = found.value.as_str() else {
            self.wrong_type(found.at, key, "a text in quotes", found.value.type_name());
            return None;
        };
        self.parse(text, found.at, code)
    }

    /// A list of such texts, each of them once. A list that is there but empty would silently
    /// mean nothing or everything, so it is refused unless `or_none` says that none is a choice.
    pub(crate) fn words<T: FromStr<Err: Display>>(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        need: Need,
        or_none: OrNone,
        code: &'static str,
    ) -> Option<Found<Vec<Found<T>>>> {
        let found = self.item(section, key, need)?;
        let Some(array) = found.value.as_array() else {
            let found_type = found.value.type_name();
            self.wrong_type(found.at, key, "a list of texts in [ ]", found_type);
            return None;
        };
        if array.is_empty() && or_none == OrNone::Refuse {
            let text = format!("`{key}` lists nothing; leave it out to mean all");
            self.fault(found.at, self.codes.empty_list, text);
            return None;
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut value = Vec::with_capacity(array.len());
        for one in array {
            let at = self.at(one.span(), found.at);
            let Some(text) = Value::as_str(one) else {
                self.wrong_type(at, key, "a list of texts in [ ]", one.type_name());
                continue;
            };
            if !seen.insert(text) {
                let text = format!("`{}` is listed twice", shorten(text));
                self.fault(at, self.codes.duplicate, text);
                continue;
            }
            value.extend(self.parse(text, at, code));
        }
        // A list with a fault in it is no list, or its length would be a second fault.
        (value.len() == array.len()).then_some(Found {
            value,
            at: found.at,
        })
    }

    fn parse<T: FromStr<Err: Display>>(
        &mut self,
        text: &str,
        at: usize,
        code: &'static str,
    ) -> Option<Found<T>> {
        match text.parse() {
            Ok(value) => Some(Found { value, at }),
            Err(error) => {
                self.fault(at, code, T::Err::to_string(&error));
                None
            }
        }
    }

    /// `true` or `false`; `false` when left out.
    pub(crate) fn switch(&mut self, section: &Section<'_>, key: &'static str) -> Option<bool> {
        let Some(found) = self.item(section, key, Need::May) else {
            return Some(false);
        };
        let value = found.value.as_bool();
        if value.is_none() {
            self.wrong_type(found.at, key, "true or false", found.value.type_name());
        }
        value
    }

    /// `true` or `false`; `otherwise` when left out.
    pub(crate) fn switch_or(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        otherwise: bool,
    ) -> Option<bool> {
        match section.has(key) {
            true => self.switch(section, key),
            false => Some(otherwise),
        }
    }

    /// A whole number up to `most` that may be left out.
    pub(crate) fn number_or(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        most: u32,
    ) -> Option<Found<u32>> {
        if !section.has(key) {
            return None;
        }
        let found = self.number(section, key)?;
        if found.value > most {
            let text = format!("`{key}` must be a whole number from 0 to {most}");
            self.fault(found.at, self.codes.wrong_type, text);
        }
        Some(found)
    }

    /// A list of whole numbers up to `most`, each of them once, that may be empty or left out.
    pub(crate) fn numbers(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        most: u32,
    ) -> Option<Found<Vec<u32>>> {
        let found = self.item(section, key, Need::May)?;
        let Some(array) = found.value.as_array() else {
            let found_type = found.value.type_name();
            self.wrong_type(found.at, key, "a list of whole numbers in [ ]", found_type);
            return None;
        };
        let mut value = Vec::with_capacity(array.len());
        for one in array {
            let at = self.at(one.span(), found.at);
            let number = one.as_integer().map(u32::try_from);
            match number {
                Some(Ok(number)) if number <= most && value.contains(&number) => {
                    let text = format!("`{number}` is listed twice");
                    self.fault(at, self.codes.duplicate, text);
                }
                Some(Ok(number)) if number <= most => value.push(number),
                Some(_) => {
                    let text = format!("`{key}` lists whole numbers from 0 to {most}");
                    self.fault(at, self.codes.wrong_type, text);
                }
                None => {
                    self.wrong_type(at, key, "a list of whole numbers in [ ]", one.type_name());
                }
            }
        }
        let at = found.at;
        Some(Found { value, at })
    }

    /// A whole number that is not negative.
    pub(crate) fn number(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
    ) -> Option<Found<u32>> {
        let found = self.item(section, key, Need::Must)?;
        let value = found.value.as_integer().map(u32::try_from);
        match value {
            Some(Ok(value)) => Some(Found {
                value,
                at: found.at,
            }),
            Some(Err(_)) => {
                let text = format!("`{key}` must be a whole number from 1 to {}", u32::MAX);
                self.fault(found.at, self.codes.wrong_type, text);
                None
            }
            None => {
                self.wrong_type(found.at, key, "a whole number", found.value.type_name());
                None
            }
        }
    }

    /// A date and time with its offset; every other zone than UTC is converted.
    pub(crate) fn instant(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
        need: Need,
    ) -> Option<Found<Instant>> {
        const WANTED: &str = "an instant like 2026-01-31T12:00:00Z";
        let found = self.item(section, key, need)?;
        let Some(stamp) = found.value.as_datetime() else {
            self.wrong_type(found.at, key, WANTED, found.value.type_name());
            return None;
        };
        if stamp.date.is_none() || stamp.time.is_none() || stamp.offset.is_none() {
            let text = format!(
                "`{key}` must be {WANTED}: date, time and offset; `{stamp}` differs from place to place"
            );
            self.fault(found.at, self.codes.local_instant, text);
            return None;
        }
        self.parse(&stamp.to_string(), found.at, self.codes.wrong_type)
    }

    /// A day without time or zone.
    pub(crate) fn day(
        &mut self,
        section: &Section<'_>,
        key: &'static str,
    ) -> Option<jiff::civil::Date> {
        const WANTED: &str = "a day like 2026-01-31";
        let found = self.item(section, key, Need::May)?;
        let Some(stamp) = found.value.as_datetime() else {
            self.wrong_type(found.at, key, WANTED, found.value.type_name());
            return None;
        };
        if stamp.date.is_none() || stamp.time.is_some() {
            let text = format!("`{key}` must be {WANTED}, without a time");
            self.fault(found.at, self.codes.wrong_type, text);
            return None;
        }
        self.parse(&stamp.to_string(), found.at, self.codes.wrong_type)
            .map(|day| day.value)
    }
}

/// Whether an empty list is a choice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrNone {
    Allow,
    Refuse,
}

/// Drops the places.
pub(crate) fn values<T>(found: Vec<Found<T>>) -> Vec<T> {
    found.into_iter().map(|one| one.value).collect()
}

/// The head of a text of the user's, short enough for a message.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}
