//! Acts about mail addresses, calendar feeds and invitations, as JSON.

use legation_core::act::CalendarAct;
use serde_json::{Value, json};

pub(super) fn document(act: &CalendarAct) -> Value {
    match act {
        CalendarAct::SetAddress(act) => json!({"kind": "set-address", "party": act.party,
            "person": act.person, "address": act.address}),
        CalendarAct::MakeFeed(act) => json!({"kind": "make-feed", "feed": act.id,
            "name": act.name, "party": act.party, "person": act.person,
            "secret_sha256": act.digest.to_string()}),
        CalendarAct::RevokeFeed(id) => json!({"kind": "revoke-feed", "feed": id}),
        CalendarAct::Invite(act) => json!({"kind": "invite", "event": act.uid,
            "sequence": act.sequence, "state": act.state, "cancelled": act.cancelled,
            "party": act.party, "person": act.person, "address": act.address}),
        CalendarAct::Answer(act) => json!({"kind": "answer-invitation", "event": act.uid,
            "sequence": act.sequence, "stamp": act.stamp.to_string(), "address": act.address,
            "answer": act.answer.as_str()}),
        _ => json!({"kind": "calendar"}),
    }
}
