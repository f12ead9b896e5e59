//! The operations of `api/notice.rs`.

use serde_json::json;

use super::{Case, JSON, case, get, post};

pub(super) fn cases() -> Vec<Case> {
    let hook = json!({"id": "soc", "party": "ELSEWHERIA", "url": "https://soc.example/hook"});
    let digest = json!({"hour": 8, "party": "ELSEWHERIA", "person": "x"});
    let of = |template, path, others| post(template, path, json!({}), others);
    vec![
        get("/notices", "/notices", 200),
        // Whoever does not ask for events by name is told so; the stream has tests of its own.
        get("/notices/stream", "/notices/stream", 406),
        get("/webhooks", "/webhooks", 200),
        post("/webhooks", "/webhooks", hook, 403),
        of("/webhooks/{webhook}/remove", "/webhooks/soc/remove", 404),
        of("/webhooks/{webhook}/resume", "/webhooks/soc/resume", 403),
        of("/webhooks/{webhook}/test", "/webhooks/soc/test", 403),
        of("/webhooks/{webhook}/secret", "/webhooks/soc/secret", 403),
        get("/digest", "/digest?of=ELSEWHERIA/x", 404),
        case("PUT", "/digest", "/digest", JSON, digest.to_string(), 404),
    ]
}
