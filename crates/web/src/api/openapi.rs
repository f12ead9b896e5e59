//! `/openapi.json`: the API described, in OpenAPI 3.1.
//!
//! Paths and operations come from the API's own table, so none can be missing; what is asked and
//! answered is written by hand in `openapi/components.json` and the files beside it.

use std::collections::BTreeMap;

use axum::Json;
use axum::handler::Handler;
use serde_json::{Map, Value, json};

use crate::face::Face;
use crate::route::Route;

/// What is asked and answered, by name.
const COMPONENTS: &str = include_str!("openapi/components.json");

/// The schemas of the office's own work, a file for each area: an object of schemas by name.
const SCHEMAS: [&str; 8] = [
    include_str!("openapi/activity.json"),
    include_str!("openapi/calendar.json"),
    include_str!("openapi/consultation.json"),
    include_str!("openapi/decision.json"),
    include_str!("openapi/liaison.json"),
    include_str!("openapi/notice.json"),
    include_str!("openapi/programme.json"),
    include_str!("openapi/statement.json"),
];

/// What every operation that asks who is there may refuse with.
const ALWAYS: [u16; 5] = [400, 401, 429, 500, 503];

/// One operation as the document tells it.
pub(super) struct Operation {
    id: &'static str,
    text: &'static str,
    is_staff: bool,
    query: &'static [&'static str],
    takes: Option<Content>,
    gives: Option<Content>,
    status: u16,
    refuses: &'static [u16],
}

enum Content {
    Json(&'static str),
    Text(&'static str),
}

impl Operation {
    pub(super) fn new(id: &'static str, text: &'static str) -> Self {
        Self {
            id,
            text,
            is_staff: false,
            query: &[],
            takes: None,
            gives: None,
            status: 200,
            refuses: &[],
        }
    }

    /// For the office's own people only.
    pub(super) fn staff(self) -> Self {
        Self {
            is_staff: true,
            ..self
        }
    }

    /// The parameters of its query.
    pub(super) fn query(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    /// The schema of its body.
    pub(super) fn takes(self, schema: &'static str) -> Self {
        Self {
            takes: Some(Content::Json(schema)),
            ..self
        }
    }

    /// The media type of the file that is its body.
    pub(super) fn takes_text(self, media: &'static str) -> Self {
        Self {
            takes: Some(Content::Text(media)),
            ..self
        }
    }

    /// The schema of its answer.
    pub(super) fn gives(self, schema: &'static str) -> Self {
        Self {
            gives: Some(Content::Json(schema)),
            ..self
        }
    }

    /// The media type of the file that it answers with.
    pub(super) fn gives_text(self, media: &'static str) -> Self {
        Self {
            gives: Some(Content::Text(media)),
            ..self
        }
    }

    /// The schema of what it makes.
    pub(super) fn creates(self, schema: &'static str) -> Self {
        Self {
            status: 201,
            ..self.gives(schema)
        }
    }

    /// The statuses of its refusals, beside those that any may have.
    pub(super) fn refuses(self, refuses: &'static [u16]) -> Self {
        Self { refuses, ..self }
    }

    fn describe(&self, path: &str, open: bool) -> Value {
        let named = parameters(path).map(|name| format!("path-{name}"));
        let asked = self.query.iter().map(|name| format!("query-{name}"));
        let parameters: Vec<Value> = named
            .chain(asked)
            .map(|name| json!({"$ref": format!("#/components/parameters/{name}")}))
            .collect();
        let mut responses = Map::new();
        let mut success = json!({"description": self.text});
        if let Some(gives) = &self.gives {
            insert(&mut success, "content", gives.describe());
        }
        responses.insert(self.status.to_string(), success);
        let refusals = ALWAYS
            .iter()
            .filter(|status| !open || **status != 401)
            .chain(self.refuses)
            .chain(self.is_staff.then_some(&403))
            .chain(self.takes.is_some().then_some(&413))
            .chain(self.takes.is_some().then_some(&415));
        for status in refusals {
            let refusal = json!({"$ref": format!("#/components/responses/{status}")});
            responses.insert(status.to_string(), refusal);
        }
        let mut operation = json!({
            "operationId": self.id,
            "summary": self.text,
            "responses": responses,
        });
        if self.is_staff {
            let text = "For the chief and the officers of the office.";
            insert(&mut operation, "description", json!(text));
        }
        if !parameters.is_empty() {
            insert(&mut operation, "parameters", Value::Array(parameters));
        }
        if let Some(takes) = &self.takes {
            let body = json!({"required": true, "content": takes.describe()});
            insert(&mut operation, "requestBody", body);
        }
        if open {
            insert(&mut operation, "security", json!([]));
        }
        operation
    }
}

impl Content {
    fn describe(&self) -> Value {
        match self {
            Self::Json(schema) => {
                let schema = format!("#/components/schemas/{schema}");
                json!({"application/json": {"schema": {"$ref": schema}}})
            }
            Self::Text(media) => json!({*media: {"schema": {"type": "string"}}}),
        }
    }
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

/// The names in braces of a path.
fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// A path of the API: what answers there, and what the document says of it.
pub(super) struct Path {
    path: &'static str,
    route: Route,
    operations: Vec<(&'static str, Operation)>,
}

impl Path {
    pub(super) fn at(path: &'static str) -> Self {
        Self {
            path,
            route: Route::at(path),
            operations: Vec::new(),
        }
    }

    /// Lets everybody in.
    pub(super) fn guess(mut self) -> Self {
        self.route = self.route.guess();
        self
    }

    /// Lets strangers in.
    pub(super) fn open(mut self) -> Self {
        self.route = self.route.open();
        self
    }

    pub(super) fn get<H: Handler<T, Face>, T: 'static>(mut self, h: H, is: Operation) -> Self {
        self.route = self.route.get(h);
        self.with("get", is)
    }

    pub(super) fn post<H: Handler<T, Face>, T: 'static>(mut self, h: H, is: Operation) -> Self {
        self.route = self.route.post(h);
        self.with("post", is)
    }

    pub(super) fn put<H: Handler<T, Face>, T: 'static>(mut self, h: H, is: Operation) -> Self {
        self.route = self.route.put(h);
        self.with("put", is)
    }

    fn with(mut self, method: &'static str, operation: Operation) -> Self {
        self.operations.push((method, operation));
        self
    }

    pub(super) fn into_route(self) -> Route {
        self.route
    }

    fn describe(&self) -> Value {
        let operations: BTreeMap<&str, Value> = self
            .operations
            .iter()
            .map(|(method, operation)| (*method, operation.describe(self.path, self.route.open)))
            .collect();
        json!(operations)
    }
}

pub(super) async fn show() -> Json<Value> {
    Json(document())
}

/// The whole document.
fn document() -> Value {
    let paths: BTreeMap<&str, Value> = super::table()
        .iter()
        .map(|path| (path.path, path.describe()))
        .collect();
    // INVARIANT: these files are JSON; a test reads them.
    let mut components: Value = serde_json::from_str(COMPONENTS).unwrap_or_default();
    if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
        for file in SCHEMAS {
            let more: Map<String, Value> = serde_json::from_str(file).unwrap_or_default();
            schemas.extend(more);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Legation",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "The API of a liaison office: parties, agreements, records, audit",
            "description": "Instants are RFC 3339 in UTC with microseconds. What a caller may not know of is answered like what does not exist.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"basic": []}, {"bearer": []}],
        "paths": paths,
        "components": components,
    })
}
