//! Acts about decisions, as JSON.

use legation_core::act::{DecisionAct, SayPosition};
use legation_core::affairs::decision::{Expiry, Permit};
use legation_core::id::Digest;
use serde_json::{Value, json};

pub(super) fn document(act: &DecisionAct) -> Value {
    match act {
        DecisionAct::Table(act) => json!({"kind": "table-decision", "decision": act.id,
            "title": act.title, "text": String::from_utf8_lossy(&act.text),
            "digest": Digest::of(&act.text).to_string(), "procedure": act.procedure.as_str(),
            "expiry": expiry(&act.expiry), "asked": act.asked, "told": act.told,
            "permits": permits(&act.permits), "urgent": act.urgent,
            "predecessor": act.predecessor}),
        DecisionAct::Say(act) => position("say-position", act),
        DecisionAct::Late(act) => position("late-position", act),
        DecisionAct::Conclude(act) => json!({"kind": "conclude-decision", "decision": act.id,
            "adopted": act.adopted, "note": act.note}),
        DecisionAct::Withdraw(act) => json!({"kind": "withdraw-decision", "decision": act.id,
            "reason": act.reason}),
        DecisionAct::Extend(act) => json!({"kind": "extend-decision", "decision": act.id,
            "expiry": expiry(&act.expiry), "reason": act.reason}),
        DecisionAct::Certify(act) => json!({"kind": "certify-decision", "decision": act.id,
            "title": act.title, "digest": act.digest.to_string(),
            "procedure": act.procedure.as_str(), "entry": act.entry, "tabled": act.tabled,
            "expiry": expiry(&act.expiry), "adopted": act.adopted}),
        other => json!({"kind": "decision", "decision": other.id()}),
    }
}

fn position(kind: &str, act: &SayPosition) -> Value {
    json!({"kind": kind, "decision": act.id, "party": act.party,
        "position": act.voice.as_str(), "text": act.text})
}

fn expiry(expiry: &Expiry) -> Value {
    json!({"at": expiry.at, "zone": expiry.zone.as_str(), "written": expiry.written})
}

fn permits(permit: &Permit) -> Value {
    match permit {
        Permit::Sign { agreement, digest } => json!({"kind": "sign", "agreement": agreement,
            "digest": digest.to_string()}),
        Permit::OpenOffice(office) => json!({"kind": "open-office", "office": office}),
        Permit::Publish(digest) => json!({"kind": "publish", "digest": digest.to_string()}),
        _ => json!({"kind": "none"}),
    }
}
