//! The operations of `api/decision.rs`.

use serde_json::json;

use super::{Case, Counter, get, post};

/// A text that only ELSEWHERIA is asked about.
pub(super) fn stage(office: &Counter) {
    let new = json!({"id": "open-tokyo", "title": "x", "text": "x", "procedure": "silence",
        "expiry": "2199-01-01T00:00:00Z", "asked": ["ELSEWHERIA"], "told": ["JPN"]});
    office.post(&office.chief, "/decisions", &new).expect(201);
}

pub(super) fn cases() -> Vec<Case> {
    let new = json!({"title": "x", "text": "x", "procedure": "silence",
        "expiry": "2199-01-01T00:00:00Z", "asked": ["ELSEWHERIA"]});
    let amended = json!({"text": "x", "expiry": "2199-01-01T00:00:00Z"});
    let more = json!({"expiry": "2199-02-01T00:00:00Z", "reason": "x"});
    vec![
        get("/decisions", "/decisions", 200),
        post("/decisions", "/decisions", new, 403),
        get("/decisions/{decision}", "/decisions/open-tokyo", 404),
        post(
            "/decisions/{decision}/positions",
            "/decisions/open-tokyo/positions",
            json!({"position": "objection", "text": "x"}),
            404,
        ),
        post(
            "/decisions/{decision}/conclude",
            "/decisions/open-tokyo/conclude",
            json!({"adopted": true}),
            403,
        ),
        post(
            "/decisions/{decision}/withdraw",
            "/decisions/open-tokyo/withdraw",
            json!({"reason": "x"}),
            403,
        ),
        post(
            "/decisions/{decision}/extend",
            "/decisions/open-tokyo/extend",
            more,
            403,
        ),
        post(
            "/decisions/{decision}/amended",
            "/decisions/open-tokyo/amended",
            amended,
            403,
        ),
        get(
            "/decisions/{decision}/export",
            "/decisions/open-tokyo/export",
            404,
        ),
    ]
}
