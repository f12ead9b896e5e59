//! The operations of `api/calendar.rs`.

use serde_json::json;

use super::{Case, JSON, case, get, post};

const REPLY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x@legation\r\nDTSTAMP:20260101T000000Z\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

pub(super) fn cases() -> Vec<Case> {
    let feed = json!({"name": "x", "party": "ELSEWHERIA"});
    let address = json!({"party": "ELSEWHERIA", "person": "x", "address": "a@b.example"});
    vec![
        get("/calendar/events", "/calendar/events", 200),
        get("/calendar/feeds", "/calendar/feeds", 200),
        post("/calendar/feeds", "/calendar/feeds", feed, 404),
        post(
            "/calendar/feeds/{feed}/revoke",
            "/calendar/feeds/feed-aaaaaaaa/revoke",
            json!({}),
            404,
        ),
        get("/calendar/addresses", "/calendar/addresses", 200),
        case(
            "PUT",
            "/calendar/addresses",
            "/calendar/addresses",
            JSON,
            address.to_string(),
            404,
        ),
        get("/calendar/invitations", "/calendar/invitations", 200),
        case(
            "POST",
            "/calendar/replies",
            "/calendar/replies",
            "message/rfc822",
            REPLY.into(),
            // It is read, and nobody of that address was invited.
            200,
        ),
    ]
}
