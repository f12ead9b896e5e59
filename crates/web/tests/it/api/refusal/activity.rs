//! The operations of `api/activity.rs`, about a visit to which ELSEWHERIA alone is invited.

use serde_json::json;

use super::{Case, get, post};
use crate::api::counter::Counter;

const VISIT: &str = "/activities/visit-nato-elsewheria";

/// Plans the visit.
pub(super) fn stage(office: &Counter) {
    let visit = json!({"id": "visit-nato-elsewheria", "kind": "visit", "title": "A visit",
        "area": "cyber", "place": "Tokyo", "start": "2020-01-01T09:00", "end": "2020-01-01T10:00",
        "zone": "Asia/Tokyo", "invited": [{"party": "ELSEWHERIA"}]});
    office
        .post(&office.chief, "/activities", &visit)
        .expect(201);
}

pub(super) fn cases() -> Vec<Case> {
    let one = json!({"party": "ELSEWHERIA", "person": "a"});
    let visit = json!({"kind": "visit", "title": "x", "area": "cyber", "place": "x",
        "start": "2020-01-01T09:00", "end": "2020-01-01T10:00", "zone": "UTC"});
    let at = |rest: &str| format!("{VISIT}{rest}");
    vec![
        get("/activities", "/activities", 200),
        post("/activities", "/activities", visit, 403),
        get("/activities/{activity}", VISIT, 404),
        post(
            "/activities/{activity}/change",
            &at("/change"),
            json!({"title": "x"}),
            403,
        ),
        post(
            "/activities/{activity}/cancel",
            &at("/cancel"),
            json!({"reason": "x"}),
            403,
        ),
        post(
            "/activities/{activity}/nominate",
            &at("/nominate"),
            one.clone(),
            404,
        ),
        post(
            "/activities/{activity}/confirm",
            &at("/confirm"),
            one.clone(),
            403,
        ),
        post(
            "/activities/{activity}/withdraw",
            &at("/withdraw"),
            one.clone(),
            404,
        ),
        post(
            "/activities/{activity}/attend",
            &at("/attend"),
            json!({"party": "ELSEWHERIA", "person": "a", "attended": true}),
            403,
        ),
        post("/activities/{activity}/certify", &at("/certify"), one, 403),
        post(
            "/activities/{activity}/feedback",
            &at("/feedback"),
            json!({"party": "ELSEWHERIA", "text": "x"}),
            404,
        ),
        post(
            "/activities/{activity}/deadlines",
            &at("/deadlines"),
            json!({"subject": "agreement:nato-elsewheria", "text": "x"}),
            403,
        ),
        post(
            "/activities/{activity}/deadlines/remove",
            &at("/deadlines/remove"),
            json!({"subject": "agreement:nato-elsewheria"}),
            403,
        ),
    ]
}
