//! Reads settings: the file first, then the environment over it. Every fault is found in one go.
//!
//! Not here: which settings there are ([`table`](super::table)) and what a value may be
//! ([`value`](super::value)).

use std::collections::BTreeMap;
use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use super::Settings;
use super::fault::{Fault, Place};
use super::rule::RULES;
use super::table::{ROWS, Row, SECTIONS};

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nobody says anything.
    Default,
    /// The file, at that line and column.
    File(usize, usize),
    /// The environment.
    Environment,
}

/// Settings, and where each comes from in the order of the table.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) settings: Settings,
    pub(super) origins: Vec<Origin>,
}

/// What an `office.toml` of 0.1 says beside settings; the journal says it too, and counts.
const FACTS: [&str; 4] = ["url", "alliance", "office", "log_key"];

/// Reads `text`, then `environment`; relative paths lie in `dir`. `old` forgives what the file of
/// 0.1 held beside settings.
pub(super) fn read(
    text: &str,
    environment: &BTreeMap<String, String>,
    dir: &Path,
    old: bool,
) -> Result<Read, Vec<Fault>> {
    let mut reader = Reader {
        text,
        dir,
        old,
        read: Read {
            settings: Settings::default(),
            origins: vec![Origin::Default; ROWS.len()],
        },
        faults: Vec::new(),
    };
    match Document::parse(text) {
        Ok(document) => reader.file(document.as_table()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(at, "config.syntax", "", error.message().trim());
        }
    }
    reader.environment(environment);
    reader.rules();
    match reader.faults.is_empty() {
        true => Ok(reader.read),
        false => Err(reader.faults),
    }
}

struct Reader<'a> {
    text: &'a str,
    dir: &'a Path,
    old: bool,
    read: Read,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn file(&mut self, top: &dyn TableLike) {
        for (key, item) in top.iter() {
            let at = place_of(top, key);
            let section = SECTIONS
                .iter()
                .find(|s| !s.name.is_empty() && s.name == key);
            match (section, item.as_table_like()) {
                (Some(section), Some(table)) => {
                    for (key, item) in table.iter() {
                        self.setting(section.name, key, item, place_of(table, key));
                    }
                }
                (Some(section), None) => {
                    let text = format!("`{key}` is a section; write `[{}]`", section.name);
                    self.fault(at, "config.type", key, &text);
                }
                (None, _) if self.old && FACTS.contains(&key) => {}
                (None, Some(_)) => {
                    let names = SECTIONS.iter().map(|section| section.name);
                    let text = unknown("section", key, names.filter(|name| !name.is_empty()));
                    self.fault(at, "config.unknown-key", key, &text);
                }
                (None, None) => self.setting("", key, item, at),
            }
        }
    }

    fn setting(&mut self, section: &'static str, key: &str, item: &Item, at: usize) {
        let found = ROWS.iter().enumerate();
        let found = found
            .clone()
            .find(|(_, row)| row.section == section && row.key == key);
        let Some((number, row)) = found else {
            let text = unknown_setting(section, key);
            return self.fault(at, "config.unknown-key", key, &text);
        };
        let value = item.as_value();
        let value_at = value
            .and_then(toml_edit::Value::span)
            .map_or(at, |span| span.start);
        let place = line_and_column(self.text, value_at);
        let read = match value {
            Some(value) => row.kind.read(value, self.dir),
            None => Err("a section stands where a value should".to_owned()),
        };
        let origin = Origin::File(place.0, place.1);
        self.put(number, row, read, origin, Place::File(place.0, place.1));
    }

    fn environment(&mut self, environment: &BTreeMap<String, String>) {
        let mut known = Vec::new();
        for (number, row) in ROWS.iter().enumerate() {
            let variable = row.variable();
            if let Some(text) = environment.get(&variable).filter(|text| !text.is_empty()) {
                let read = row.kind.read_text(text, self.dir);
                let place = Place::Variable(variable.clone());
                self.put(number, row, read, Origin::Environment, place);
            }
            known.push(variable);
        }
        // A variable of a section that is misspelt would be passed over in silence.
        for name in environment.keys().filter(|name| !known.contains(name)) {
            let sections = SECTIONS.iter().filter(|section| !section.name.is_empty());
            let mut sections = sections.map(|s| format!("LEGATION_{}_", s.name.to_uppercase()));
            if sections.any(|section| name.starts_with(&section)) {
                self.faults.push(Fault {
                    place: Place::Variable(name.clone()),
                    code: "config.unknown-key",
                    key: name.clone(),
                    text: unknown("variable", name, known.iter().map(String::as_str)),
                });
            }
        }
    }

    fn put(
        &mut self,
        number: usize,
        row: &Row,
        read: Result<super::value::Value, String>,
        origin: Origin,
        place: Place,
    ) {
        let taken = read.and_then(|value| {
            let told = value.to_string();
            match (row.bind.put)(&mut self.read.settings, value) {
                true => Ok(()),
                false => Err(format!("{told} is too much for this machine")),
            }
        });
        match taken {
            Ok(()) => {
                if let Some(slot) = self.read.origins.get_mut(number) {
                    *slot = origin;
                }
            }
            Err(text) => self.faults.push(Fault {
                place,
                code: "config.value",
                key: row.name(),
                text: format!("`{}`: {text}", row.name()),
            }),
        }
    }

    /// What settings must be to each other; told where the setting stands that is at fault.
    fn rules(&mut self) {
        for rule in RULES {
            let Some(text) = (rule.fault)(&self.read.settings) else {
                continue;
            };
            let rows = ROWS.iter().zip(&self.read.origins);
            let mut said = rule.about.iter().filter_map(|about| {
                let mut rows = rows.clone();
                let (row, origin) = rows.find(|(row, _)| (row.section, row.key) == *about)?;
                let place = match origin {
                    Origin::File(line, column) => Place::File(*line, *column),
                    Origin::Environment => Place::Variable(row.variable()),
                    Origin::Default => return None,
                };
                Some((row, place))
            });
            let Some((row, place)) = said.next() else {
                continue;
            };
            self.faults.push(Fault {
                place,
                code: "config.conflict",
                key: row.name(),
                text,
            });
        }
    }

    fn fault(&mut self, at: usize, code: &'static str, key: &str, text: &str) {
        let (line, column) = line_and_column(self.text, at);
        self.faults.push(Fault {
            place: Place::File(line, column),
            code,
            key: key.to_owned(),
            text: text.to_owned(),
        });
    }
}

fn place_of(table: &dyn TableLike, key: &str) -> usize {
    let span = table.key(key).and_then(toml_edit::Key::span);
    span.map_or(0, |span| span.start)
}

/// A key that is no setting: where it belongs, or the nearest that there is.
fn unknown_setting(section: &str, key: &str) -> String {
    if let Some(row) = ROWS.iter().find(|row| row.key == key) {
        let there = match row.section {
            "" => "at the top, before every section".to_owned(),
            section => format!("under `[{section}]`"),
        };
        return format!("`{key}` does not stand here but {there}");
    }
    let keys = ROWS.iter().filter(|row| row.section == section);
    unknown("setting", key, keys.map(|row| row.key))
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> String {
    let nearest = known.clone().min_by_key(|other| distance(name, other));
    match nearest.filter(|other| distance(name, other) <= name.chars().count() / 3 + 1) {
        Some(nearest) => format!("there is no {what} `{name}`; did you mean `{nearest}`?"),
        None => {
            let known: Vec<&str> = known.collect();
            format!(
                "there is no {what} `{name}`; there are {}",
                known.join(", ")
            )
        }
    }
}

/// How many letters must be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in other.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(a != *b)).min(left + 1).min(above + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Line and column in characters, both from 1.
fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let in_line = before.get(line_start..).unwrap_or_default();
    (
        before.matches('\n').count() + 1,
        in_line.chars().count() + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_letters() {
        for (one, other, far) in [
            ("body", "body", 0),
            ("boddy", "body", 1),
            ("", "ab", 2),
            ("abc", "xyz", 3),
        ] {
            assert_eq!(distance(one, other), far, "{one} {other}");
            assert_eq!(distance(other, one), far, "{other} {one}");
        }
    }
}
