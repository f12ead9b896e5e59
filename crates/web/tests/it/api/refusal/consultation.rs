//! The operations of `api/consultation.rs`, about a consultation with ELSEWHERIA alone.

use serde_json::json;

use super::{Case, get, post};
use crate::api::counter::Counter;
use crate::api::paper::id;

const ONE: &str = "/consultations/consult-nato-elsewheria";

/// Opens it.
pub(super) fn stage(office: &Counter) {
    let chief = &office.chief;
    let new = json!({"id": "consult-nato-elsewheria", "subject": "A secret", "area": "cyber",
        "participants": ["ELSEWHERIA"], "reason": "x", "open": true});
    office.post(chief, "/consultations", &new).expect(201);
    let task = json!({"title": "x", "owner": "ELSEWHERIA", "due": "2026-01-01"});
    let path = format!("{ONE}/follow-ups");
    office.post(chief, &path, &task).expect(200);
}

pub(super) fn cases() -> Vec<Case> {
    let at = |rest: &str| format!("{ONE}{rest}");
    // A member may ask for a consultation, and may not choose its id.
    let new = json!({"id": "mine", "subject": "x", "area": "cyber",
        "participants": ["ELSEWHERIA"], "reason": "x"});
    let reason = json!({"reason": "x"});
    let each = [
        ("open", reason.clone(), 403),
        (
            "participants",
            json!({"add": ["ELSEWHERIA"], "reason": "x"}),
            403,
        ),
        ("agenda", json!({"items": [{"title": "x"}]}), 403),
        (
            "meetings",
            json!({"title": "x", "start": "2026-01-01T09:00:00Z", "end": "2026-01-01T10:00:00Z"}),
            403,
        ),
        ("meetings/cancel", json!({"number": 1, "reason": "x"}), 403),
        ("said", json!({"kind": "position", "text": "x"}), 404),
        ("documents", json!({"record": id(1)}), 404),
        ("documents/remove", json!({"record": id(1)}), 404),
        ("minutes", json!({"text": "x"}), 403),
        ("outcome", json!({"text": "x"}), 403),
        (
            "follow-ups",
            json!({"title": "x", "owner": "ELSEWHERIA", "due": "2026-01-01"}),
            403,
        ),
        ("follow-ups/done", json!({"number": 1, "done": true}), 404),
        ("close", reason.clone(), 403),
        ("reopen", reason, 403),
        (
            "links",
            json!({"to": {"agreement": "nato-elsewheria"}, "linked": true}),
            403,
        ),
    ];
    let mut cases = vec![
        get("/consultations", "/consultations", 200),
        post("/consultations", "/consultations", new, 403),
        get(
            "/consultations/{consultation}",
            &at("?zone=Asia/Tokyo"),
            404,
        ),
        get("/holidays", "/holidays", 200),
        post(
            "/parties/{code}/holidays",
            "/parties/ELSEWHERIA/holidays",
            json!({"source": "x", "calendar": "x"}),
            403,
        ),
    ];
    for (verb, body, others) in each {
        let template = format!("/consultations/{{consultation}}/{verb}");
        cases.push(post(
            template.leak(),
            &at(&format!("/{verb}")),
            body,
            others,
        ));
    }
    cases
}
