//! The settings written out: as a file with a word on each, and as the page of the documents.

use std::fmt::Write as _;

use super::Settings;
#[cfg(test)]
use super::table::Row;
use super::table::{ROWS, SECTIONS};
use super::value::Value;

/// How wide comments in the file are.
const WIDTH: usize = 98;

const HEAD: &str = "\
Settings of an office of Legation. Every setting is here with its default, as a comment; take the sign \
away where you want another value, and run `legation config check --dir DIR`. A variable of the \
environment counts before this file: `LEGATION_` and the name in capitals, the section first, such as \
LEGATION_LIMITS_BODY. Changes count when the office is started again.";

/// The file that says what `settings` say: what differs from its default stands as a value, the
/// rest as comments.
pub(super) fn file(settings: &Settings) -> String {
    let mut text = String::new();
    comment(&mut text, HEAD);
    for section in SECTIONS {
        let rows = ROWS.iter().filter(|row| row.section == section.name);
        if !section.name.is_empty() {
            let _ = write!(text, "\n# {}.\n[{}]\n", section.about, section.name);
        }
        for row in rows {
            text.push('\n');
            let usual = row
                .usual
                .map_or(String::new(), |usual| format!(" By default {usual}."));
            comment(&mut text, &format!("{} {}{usual}", row.what, row.reason));
            let (default, value) = (row.default(), (row.bind.show)(settings));
            let _ = match (&value, &default) {
                (Some(value), _) if Some(value) != default.as_ref() => {
                    writeln!(text, "{} = {}", row.key, value.to_toml())
                }
                (_, Some(default)) => writeln!(text, "# {} = {}", row.key, default.to_toml()),
                (_, None) => writeln!(text, "# {} =", row.key),
            };
        }
    }
    text
}

/// `docs/settings.md`.
#[cfg(test)]
pub(super) fn markdown() -> String {
    let mut text = "\
# Settings

An office reads its settings from `DIR/legation.toml` when it starts, then from the environment, which counts before the
file; `--listen` and `--public-url` of `legation serve` count before both. A setting that is not said anywhere has its
default. What the office may release is no setting: that is in agreements and house rules.

- `legation config check --dir DIR` tells every value and where it comes from, or every fault with line and column
- `legation config show --default` prints the file with every setting as a comment
- sizes and times carry their unit: `\"10 MiB\"` (B, KiB, MiB, GiB), `\"30 s\"` (ms, s, min, h, d)
- a path that is not absolute lies below DIR

This page is made from the table in `crates/legation/src/config/table.rs`, and a test holds it to that.
"
    .to_owned();
    for section in SECTIONS {
        let title = match section.name {
            "" => "At the top of the file".to_owned(),
            name => format!("`[{name}]`"),
        };
        let _ = write!(text, "\n## {title}\n\n{}.\n\n", section.about);
        text.push_str("| key | kind | default | least to most | variable | what it does, and why its default is so |\n");
        text.push_str("|---|---|---|---|---|---|\n");
        for row in ROWS.iter().filter(|row| row.section == section.name) {
            text.push_str(&line(row));
        }
    }
    text
}

#[cfg(test)]
fn line(row: &Row) -> String {
    let default = match (row.usual, row.default()) {
        (Some(usual), _) => usual.to_owned(),
        (None, Some(value)) => format!("`{}`", value.to_toml()),
        (None, None) => "unset".to_owned(),
    };
    let range = row
        .kind
        .range()
        .map_or(String::new(), |(least, most)| format!("{least} to {most}"));
    format!(
        "| `{}` | {} | {default} | {range} | `{}` | {} {} |\n",
        row.key,
        row.kind.name(),
        row.variable(),
        row.what,
        row.reason
    )
}

/// Adds a text as a comment, broken between words.
fn comment(text: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(text, "{line}");
}

/// A value as a table tells it.
pub(super) fn told(value: Option<&Value>) -> String {
    match value.map(Value::to_string) {
        Some(text) if !text.is_empty() => text,
        _ => "-".to_owned(),
    }
}
