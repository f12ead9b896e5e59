//! The acts of liaison offices as documents of the export.

use legation_core::act::LiaisonAct;
use legation_core::affairs::liaison::{Ground, Particulars};
use serde_json::{Value, json};

fn ground(ground: &Ground) -> Value {
    match ground {
        Ground::Decision(id) => json!({"decision": id}),
        Ground::Statement(id) => json!({"statement": id}),
        other => json!(format!("{other:?}")),
    }
}

fn particulars(one: &Particulars) -> Value {
    json!({"head": one.head, "staff": one.staff, "premises_by": one.premises_by,
        "premises": one.premises, "funded_by": one.funded_by, "accredited": one.accredited,
        "opening": one.opening})
}

/// The act.
pub(super) fn document(act: &LiaisonAct) -> Value {
    match act {
        LiaisonAct::Propose(act) => json!({"kind": "propose-office", "office": act.id,
            "city": act.city, "host": act.host, "particulars": particulars(&act.particulars),
            "on": act.on, "reason": act.reason, "ground": act.ground.as_ref().map(ground)}),
        LiaisonAct::Move(act) => json!({"kind": "move-office", "office": act.id,
            "status": act.to.as_str(), "on": act.on, "reason": act.reason,
            "ground": ground(&act.ground)}),
        LiaisonAct::Amend(act) => json!({"kind": "amend-office", "office": act.id,
            "particulars": particulars(&act.particulars), "on": act.on, "reason": act.reason,
            "ground": act.ground.as_ref().map(ground)}),
        LiaisonAct::Tell(act) => json!({"kind": "tell-office", "office": act.id,
            "parties": act.parties, "reason": act.reason}),
        other => json!({"kind": "other", "text": format!("{other:?}")}),
    }
}
