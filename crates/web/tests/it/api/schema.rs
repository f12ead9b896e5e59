//! Holds answers against the API's document: the part of JSON Schema that the document uses.

use serde_json::Value;

use super::counter::Answer;

/// Panics unless the document describes that answer.
#[track_caller]
pub(super) fn hold(document: &Value, method: &str, path: &str, answer: &Answer) {
    let bare = path.split('?').next().unwrap();
    let operation = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(template, _)| fits(template, bare))
        // A path of its own goes before one with a parameter.
        .min_by_key(|(template, _)| template.matches('{').count())
        .map(|(_, operations)| &operations[method.to_lowercase()]);
    let Some(operation) = operation.filter(|operation| operation.is_object()) else {
        return;
    };
    let response = resolve(document, &operation["responses"][answer.status.to_string()]);
    assert!(
        response.is_object(),
        "{method} {path}: {} is not in the document: {}",
        answer.status,
        answer.text()
    );
    let content = response["content"].as_object().expect("content");
    let (kind, content) = content.iter().next().unwrap();
    let sent = answer.header("content-type").unwrap_or_default();
    assert!(
        sent.starts_with(kind),
        "{method} {path}: {sent}, not {kind}"
    );
    if kind == "application/json" {
        let faults = check(document, &content["schema"], &answer.json(), "");
        assert!(
            faults.is_empty(),
            "{method} {path}: {faults:?} in {}",
            answer.text()
        );
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(&path)
            .all(|(one, other)| one.starts_with('{') || one == other)
}

fn resolve<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str() {
        Some(reference) => document
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap(),
        None => node,
    }
}

fn is(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the document uses the type {other}"),
    }
}

fn check(document: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let schema = resolve(document, schema);
    let mut faults = Vec::new();
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices
            .iter()
            .filter(|choice| check(document, choice, value, place).is_empty());
        if fitting.count() != 1 {
            faults.push(format!("{place}: not one of the choices"));
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind, value)) {
        faults.push(format!("{place}: {value} is not {kinds:?}"));
    }
    let excluded = |list: &Value| list.as_array().is_some_and(|list| !list.contains(value));
    if excluded(&schema["enum"]) || (schema.get("const").is_some() && schema["const"] != *value) {
        faults.push(format!("{place}: {value} is not listed"));
    }
    if let Some(minimum) = schema["minimum"].as_i64()
        && value.as_i64().is_some_and(|value| value < minimum)
    {
        faults.push(format!("{place}: {value} is below {minimum}"));
    }
    if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            if !members.contains_key(name.as_str().unwrap()) {
                faults.push(format!("{place}: {name} is missing"));
            }
        }
        for (name, member) in members {
            let place = format!("{place}/{name}");
            match schema["properties"].get(name) {
                Some(schema) => faults.extend(check(document, schema, member, &place)),
                None if schema["additionalProperties"] == false => {
                    faults.push(format!("{place}: not in the document"));
                }
                None => {}
            }
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        let place = format!("{place}/{index}");
        faults.extend(check(document, &schema["items"], item, &place));
    }
    faults
}
