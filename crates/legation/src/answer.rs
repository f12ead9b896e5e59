//! What a verb answers: the same facts as a text for people and as one JSON document.
//!
//! Not for what went wrong: that is a [`Failure`](crate::failure::Failure).

use serde_json::Value;

/// The outcome of a verb.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    json: Value,
    refusal: bool,
}

impl Answer {
    /// An outcome to be told; the text gets its last line end here.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            text,
            json,
            refusal: false,
        }
    }

    /// The same outcome, which counts as refused or failed if `refusal` is true.
    pub(crate) fn refused_if(mut self, refusal: bool) -> Self {
        self.refusal = refusal;
        self
    }

    pub(crate) fn is_refusal(&self) -> bool {
        self.refusal
    }

    pub(crate) fn text(&self) -> String {
        self.text.clone()
    }

    /// The JSON document, indented; a verb that has told everything already has none.
    pub(crate) fn document(&self) -> String {
        match &self.json {
            Value::Null => String::new(),
            json => format!("{json:#}\n"),
        }
    }
}

/// A member of a JSON object as people read it; a dash where there is none.
pub(crate) fn shown(value: &Value, key: &str) -> String {
    match value.get(key) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(true)) => "yes".to_owned(),
        Some(Value::Bool(false)) => "no".to_owned(),
        Some(Value::Array(list)) => list.iter().map(plain).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    }
}

/// A text of others without what could move the cursor of a terminal.
pub(crate) fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    text.chars().map(harmless).collect()
}

/// Puts a member into a JSON object; what is no object stays as it is.
pub(crate) fn put(value: &mut Value, key: &str, member: impl Into<Value>) {
    if let Value::Object(members) = value {
        members.insert(key.to_owned(), member.into());
    }
}

/// The members of a list, none where there is no list.
pub(crate) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
