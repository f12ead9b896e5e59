//! The operations of `api/statement.rs`, about a statement on the agreement of ELSEWHERIA.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Case, get, post};
use crate::api::counter::Counter;

const STATEMENT: &str = "/statements/statement-nato-elsewheria";

fn new(id: &str) -> serde_json::Value {
    json!({"id": id, "subject": "agreement:nato-elsewheria", "point": "date", "stance": "denied",
        "party": "FRA", "said": "2020-01-01T00:00:00Z", "text": "x"})
}

/// Records the statement.
pub(super) fn stage(office: &Counter) {
    let new = new("statement-nato-elsewheria");
    office.post(&office.chief, "/statements", &new).expect(201);
}

pub(super) fn cases() -> Vec<Case> {
    let reason = json!({"reason": "x"});
    let given = json!({"text": "x"});
    let content = STANDARD.encode("x");
    let alias = json!({"name": "x", "party": "FRA"});
    let proposal = "/press/proposals/proposal-x";
    let at = |rest: &str| format!("{proposal}{rest}");
    vec![
        get("/statements", "/statements", 200),
        post("/statements", "/statements", new("other"), 403),
        get("/statements/{statement}", STATEMENT, 404),
        post(
            "/statements/{statement}/correct",
            &format!("{STATEMENT}/correct"),
            given.clone(),
            403,
        ),
        post(
            "/statements/{statement}/retract",
            &format!("{STATEMENT}/retract"),
            reason.clone(),
            403,
        ),
        get("/subjects", "/subjects", 200),
        get(
            "/subjects/{subject}",
            "/subjects/agreement:nato-elsewheria",
            404,
        ),
        get("/press/articles", "/press/articles", 403),
        post(
            "/press/articles",
            "/press/articles",
            json!({"name": "x", "content": content}),
            403,
        ),
        get(
            "/press/articles/{article}",
            &format!("/press/articles/{}", "0".repeat(64)),
            403,
        ),
        get("/press/stories", "/press/stories", 403),
        get("/press/proposals", "/press/proposals", 403),
        get("/press/proposals/{proposal}", proposal, 403),
        post(
            "/press/proposals/{proposal}/accept",
            &at("/accept"),
            given.clone(),
            403,
        ),
        post("/press/proposals/{proposal}/edit", &at("/edit"), given, 403),
        post(
            "/press/proposals/{proposal}/reject",
            &at("/reject"),
            reason,
            403,
        ),
        get("/aliases", "/aliases", 403),
        post("/aliases", "/aliases", alias, 403),
        post(
            "/aliases/remove",
            "/aliases/remove",
            json!({"name": "x"}),
            403,
        ),
    ]
}
