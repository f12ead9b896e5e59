//! The operations of `api/liaison.rs`. Members see every office, so it is about none that is there;
//! what partners may not see of one that is, the test of leaks looks at.

use serde_json::json;

use super::{Case, get, post};

pub(super) fn cases() -> Vec<Case> {
    let new = json!({"id": "nato-elsewheria", "city": "x", "host": "ELSEWHERIA", "reason": "x"});
    let at = |rest: &str| format!("/offices/nato-elsewheria{rest}");
    vec![
        get("/offices", "/offices", 200),
        post("/offices", "/offices", new, 403),
        get("/offices/{office}", &at("?as_of=2026-01-01"), 404),
        post(
            "/offices/{office}/move",
            &at("/move"),
            json!({"to": "closed", "reason": "x"}),
            403,
        ),
        post(
            "/offices/{office}/set",
            &at("/set"),
            json!({"accredited": ["ELSEWHERIA"], "reason": "x"}),
            403,
        ),
        post(
            "/offices/{office}/tell",
            &at("/tell"),
            json!({"parties": ["ELSEWHERIA"], "reason": "x"}),
            403,
        ),
    ]
}
