//! What went wrong, for a person on stderr or as `{"error": {"code", "text", "where"}}`.
//!
//! One type for all verbs: what the office answered, what the engine or the core said, and the
//! command line's own troubles, whose codes begin with `cli.`.

use std::fmt;
use std::path::Path;

use legation_core::agreement::fault::Faults;
use legation_core::agreement::signature::SignatureError;
use legation_engine::EngineError;
use serde_json::{Value, json};

use crate::answer::{put, shown};

/// A verb that came to nothing.
#[derive(Debug)]
pub(crate) struct Failure {
    code: String,
    text: String,
    place: Option<String>,
    faults: Vec<Value>,
    beside: Vec<(&'static str, Value)>,
}

impl Failure {
    pub(crate) fn new(code: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            text: text.into(),
            place: None,
            faults: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// A file or directory that could not be used; `doing` says what was attempted.
    pub(crate) fn disk(doing: &str, path: &Path, error: &dyn fmt::Display) -> Self {
        let text = format!("cannot {doing} `{}`: {error}", path.display());
        Self::new("cli.disk", text)
    }

    /// The faults of a file that people wrote, one a line.
    pub(crate) fn faults(faults: &Faults) -> Self {
        let list = faults.iter().map(|fault| {
            json!({"line": fault.line, "column": fault.column,
                "code": fault.code, "text": fault.text})
        });
        let first = faults.iter().next();
        let text = first.map_or("", |fault| fault.text.as_str());
        let place = first.map(|fault| format!("line {}, column {}", fault.line, fault.column));
        Self {
            place,
            faults: list.collect(),
            ..Self::new(faults.code(), text)
        }
    }

    /// The faults of something that people wrote, each a JSON object with `code` and `text`, and
    /// `file`, `line` and `column` or `variable` where it stands.
    pub(crate) fn with_faults(mut self, faults: Vec<Value>) -> Self {
        self.faults = faults;
        self
    }

    /// What an office said with an error status.
    pub(crate) fn told(error: &Value) -> Option<Self> {
        let field = |name: &str| error.get("error")?.get(name)?.as_str().map(str::to_owned);
        let faults = error.get("faults").and_then(Value::as_array);
        Some(Self {
            place: field("where"),
            faults: faults.cloned().unwrap_or_default(),
            ..Self::new(field("code")?, field("text")?)
        })
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    /// Puts a key beside `error` in the JSON document.
    pub(crate) fn beside(mut self, key: &'static str, value: Value) -> Self {
        self.beside.push((key, value));
        self
    }

    /// Says which of several files it was.
    pub(crate) fn of(mut self, file: &Path) -> Self {
        self.text = format!("`{}`: {}", file.display(), self.text);
        self
    }

    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn document(&self) -> String {
        let Self {
            code, text, place, ..
        } = self;
        let mut document = json!({"error": {"code": code, "text": text, "where": place}});
        if !self.faults.is_empty() {
            put(&mut document, "faults", self.faults.clone());
        }
        for (key, value) in &self.beside {
            put(&mut document, key, value.clone());
        }
        format!("{document:#}\n")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.faults.is_empty() {
            let lines: Vec<String> = self
                .faults
                .iter()
                .map(|fault| {
                    let [line, column, code, text] =
                        ["line", "column", "code", "text"].map(|key| shown(fault, key));
                    match (fault.get("variable"), fault.get("file")) {
                        (Some(_), _) => format!("{}: {code}: {text}", shown(fault, "variable")),
                        (_, Some(_)) => {
                            let file = shown(fault, "file");
                            format!("{file}:{line}:{column}: {code}: {text}")
                        }
                        _ => format!("{line}:{column}: {code}: {text}"),
                    }
                })
                .collect();
            return f.write_str(&lines.join("\n"));
        }
        write!(f, "{}: {}", self.code, self.text)?;
        match &self.place {
            // Several texts name their place already, each in its own words after the column.
            Some(place) => match place.split(", `").next() {
                Some(begin) if !self.text.contains(begin) => write!(f, " ({place})"),
                _ => Ok(()),
            },
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self {
            place: error.place,
            ..Self::new(error.code, error.text)
        }
    }
}

impl From<SignatureError> for Failure {
    fn from(error: SignatureError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::faults(&faults)
    }
}

/// A command line that could not be understood, in the words of its parser.
pub(crate) fn usage(error: &clap::Error) -> Failure {
    let text = error.to_string();
    let said = text.split("\n\n").next().unwrap_or_default();
    let said = said.strip_prefix("error: ").unwrap_or(said);
    Failure::new(
        "cli.usage",
        said.split_whitespace().collect::<Vec<_>>().join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_office_said_is_told_again() {
        let said =
            json!({"error": {"code": "party.exists", "text": "`JPN` is known", "where": null}});
        let failure = Failure::told(&said).unwrap();
        assert_eq!(failure.to_string(), "party.exists: `JPN` is known");
        assert!(Failure::told(&json!({"objects": []})).is_none());
    }

    #[test]
    fn a_place_is_told_once() {
        let one = Failure::new("json.syntax", "expected `,` (line 3)").at("line 3");
        assert_eq!(one.to_string(), "json.syntax: expected `,` (line 3)");
        let other = Failure::new("json.syntax", "expected `,`").at("line 3");
        assert_eq!(other.to_string(), "json.syntax: expected `,` (line 3)");
    }
}
