//! Writes values as TOML, so that what was read can be said again and read once more.

use std::fmt::{Display, Write as _};

/// A text as a basic string (TOML 1.0, "String").
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A line `key = "value"`.
pub(super) fn line(to: &mut String, key: &str, value: &str) {
    let _ = writeln!(to, "{key} = {}", quote(value));
}

/// A line `key = ["one", "other"]`.
pub(super) fn list<T: Display>(to: &mut String, key: &str, values: &[T]) {
    let values: Vec<String> = values.iter().map(|one| quote(&one.to_string())).collect();
    let _ = writeln!(to, "{key} = [{}]", values.join(", "));
}
