//! The acts of consultations as documents of the export.

use legation_core::act::ConsultationAct;
use legation_core::affairs::consultation::Bond;
use serde_json::{Value, json};

/// The act.
pub(super) fn document(act: &ConsultationAct) -> Value {
    match act {
        ConsultationAct::Ask(act) => json!({"kind": "ask-consultation", "consultation": act.id,
            "party": act.party, "subject": act.subject, "area": act.area,
            "participants": act.participants, "reason": act.reason}),
        ConsultationAct::Open(act) => json!({"kind": "open-consultation", "consultation": act.id,
            "participants": act.participants, "reason": act.reason}),
        ConsultationAct::Participants(act) => json!({"kind": "set-participants",
            "consultation": act.id, "participants": act.participants, "reason": act.reason}),
        ConsultationAct::Agenda(act) => {
            let items = act.items.iter();
            let items = items.map(|item| json!({"title": item.title, "lead": item.lead}));
            json!({"kind": "set-agenda", "consultation": act.id,
                "items": items.collect::<Vec<_>>()})
        }
        ConsultationAct::Meet(act) => json!({"kind": "set-meeting", "consultation": act.id,
            "number": act.number, "title": act.title, "start": act.start, "end": act.end,
            "zone": act.zone.as_str(), "place": act.place, "link": act.link}),
        ConsultationAct::CancelMeeting(act) => json!({"kind": "cancel-meeting",
            "consultation": act.id, "number": act.number, "reason": act.reason}),
        ConsultationAct::Say(act) => json!({"kind": "say-in-consultation", "consultation": act.id,
            "party": act.party, "speech": act.speech.as_str(), "item": act.item,
            "text": act.text}),
        ConsultationAct::AddDocument(act) => json!({"kind": "add-document",
            "consultation": act.id, "party": act.party, "record": act.record,
            "version": act.version, "note": act.note}),
        ConsultationAct::RemoveDocument(act) => json!({"kind": "remove-document",
            "consultation": act.id, "record": act.record, "version": act.version}),
        ConsultationAct::Minutes(act) => json!({"kind": "write-minutes", "consultation": act.id,
            "meeting": act.meeting, "text": act.text}),
        ConsultationAct::Outcome(act) => json!({"kind": "set-outcome", "consultation": act.id,
            "text": act.text}),
        ConsultationAct::FollowUp(act) => json!({"kind": "set-follow-up", "consultation": act.id,
            "number": act.number, "title": act.title, "owner": act.owner, "person": act.person,
            "due": act.due}),
        ConsultationAct::Complete(act) => json!({"kind": "complete-follow-up",
            "consultation": act.id, "number": act.number, "done": act.done, "party": act.party,
            "note": act.note}),
        ConsultationAct::Close(act) => json!({"kind": "close-consultation", "consultation": act.id,
            "reason": act.reason}),
        ConsultationAct::Reopen(act) => json!({"kind": "reopen-consultation",
            "consultation": act.id, "reason": act.reason}),
        ConsultationAct::Link(act) => {
            let to = match &act.to {
                Bond::Decision(id) => json!({"decision": id}),
                Bond::Agreement(id) => json!({"agreement": id}),
                other => json!(format!("{other:?}")),
            };
            json!({"kind": "link-consultation", "consultation": act.id, "to": to,
                "linked": act.linked})
        }
        ConsultationAct::Holidays(act) => {
            let days = act
                .days
                .iter()
                .map(|day| json!({"on": day.on, "name": day.name}));
            json!({"kind": "set-holidays", "party": act.party, "source": act.source,
                "sha256": act.digest.to_string(), "days": days.collect::<Vec<_>>()})
        }
        other => json!({"kind": "other", "text": format!("{other:?}")}),
    }
}
