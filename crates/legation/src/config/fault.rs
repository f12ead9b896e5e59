//! What is wrong with settings: where, which key, and what to do. All faults are told at once.

use std::path::Path;

use serde_json::{Value, json};

use crate::failure::Failure;

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// Line and column of the file in characters, both from 1.
    File(usize, usize),
    /// A variable of the environment.
    Variable(String),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) code: &'static str,
    /// The setting, where one is meant.
    pub(super) key: String,
    pub(super) text: String,
}

/// All that is wrong, in the order of the file, then of the environment.
pub(super) fn failure(file: &Path, mut faults: Vec<Fault>) -> Failure {
    faults.sort();
    let list = faults.iter().map(|fault| fault.document(file)).collect();
    let first = faults.first();
    let text = match faults.len() {
        1 => "a setting is at fault".to_owned(),
        count => format!("{count} settings are at fault"),
    };
    let failure = Failure::new("cli.settings", text).with_faults(list);
    match first.map(|fault| &fault.place) {
        Some(Place::File(line, column)) => failure.at(format!("line {line}, column {column}")),
        Some(Place::Variable(name)) => failure.at(name),
        None => failure,
    }
}

impl Fault {
    fn document(&self, file: &Path) -> Value {
        let Self {
            code, key, text, ..
        } = self;
        match &self.place {
            Place::File(line, column) => json!({"file": file, "line": line, "column": column,
                "code": code, "key": key, "text": text}),
            Place::Variable(name) => {
                json!({"variable": name, "code": code, "key": key, "text": text})
            }
        }
    }
}
