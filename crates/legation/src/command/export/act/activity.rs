//! Acts about activities as JSON.

use legation_core::act::{ActivityAct, Nominee, PlanActivity, Prerequisite};
use serde_json::{Value, json};

use crate::answer::put;

pub(super) fn document(act: &ActivityAct) -> Value {
    match act {
        ActivityAct::Add(act) => plan("add-activity", act),
        ActivityAct::Change(act) => plan("change-activity", act),
        ActivityAct::Cancel(act) => json!({"kind": "cancel-activity",
            "activity": act.activity.as_str(), "reason": act.reason}),
        ActivityAct::Nominate(act) => about(
            "nominate",
            &act.nominee,
            &[
                ("full_name", json!(act.full_name)),
                ("despite", json!(act.despite)),
            ],
        ),
        ActivityAct::Confirm(of) => about("confirm-nominee", of, &[]),
        ActivityAct::Withdraw(act) => about(
            "withdraw-nominee",
            &act.nominee,
            &[
                ("reason", json!(act.reason)),
                ("declined", json!(act.declined)),
            ],
        ),
        ActivityAct::Attend(act) => {
            about("attend", &act.nominee, &[("attended", json!(act.attended))])
        }
        ActivityAct::Certify(act) => about(
            "certify",
            &act.nominee,
            &[("number", json!(act.number)), ("text", json!(act.text))],
        ),
        ActivityAct::Feedback(act) => json!({"kind": "give-feedback",
            "activity": act.activity.as_str(), "party": act.party.as_str(),
            "person": act.person, "rating": act.rating, "text": act.text}),
        ActivityAct::SetDeadline(act) => json!({"kind": "set-deadline",
            "activity": act.activity.as_str(), "subject": act.subject.to_string(),
            "text": act.text, "due": act.due}),
        ActivityAct::RemoveDeadline(act) => json!({"kind": "remove-deadline",
            "activity": act.activity.as_str(), "subject": act.subject.to_string()}),
        other => json!({"kind": "other", "text": format!("{other:?}")}),
    }
}

fn about(kind: &str, of: &Nominee, more: &[(&str, Value)]) -> Value {
    let mut document = json!({"kind": kind, "activity": of.activity.as_str(),
        "party": of.party.as_str(), "person": of.person.as_str()});
    for (key, value) in more {
        put(&mut document, key, value.clone());
    }
    document
}

fn plan(kind: &str, act: &PlanActivity) -> Value {
    let invited = act
        .invited
        .iter()
        .map(|one| json!({"party": one.party.as_str(), "seats": one.seats}));
    let needs = act.needs.iter().map(|need| match need {
        Prerequisite::Certificate(id) => json!({"certificate": id}),
        Prerequisite::Text(text) => json!({"text": text}),
    });
    let goals = act.goals.iter().map(ToString::to_string);
    json!({"kind": kind, "activity": act.activity.as_str(), "type": act.kind.as_str(),
        "title": act.title, "area": act.area.as_str(), "place": act.place,
        "start": act.start.to_string(), "end": act.end.to_string(), "zone": act.zone.as_str(),
        "invited": invited.collect::<Vec<_>>(), "needs": needs.collect::<Vec<_>>(),
        "goals": goals.collect::<Vec<_>>(), "text": act.text})
}
