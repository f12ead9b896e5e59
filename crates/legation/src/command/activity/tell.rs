//! What is said of an activity to people.

use serde_json::Value;

use crate::answer::{list, printable, shown};
use crate::table::{Table, facts};

/// A member as people read it, whatever somebody wrote into it.
fn safe(value: &Value, key: &str) -> String {
    printable(&shown(value, key))
}

/// How a nominee stands, in one line.
pub(super) fn stands(activity: &Value, party: &str, person: &str) -> String {
    let mut all = list(activity, "nominees").iter().rev();
    let found = all.find(|one| shown(one, "party") == party && shown(one, "person") == person);
    let Some(one) = found else {
        return format!("{party}/{person} is not nominated");
    };
    let mut text = format!("{party}/{person} is {}", standing(one));
    let conflicts = shown(one, "conflicts");
    if !conflicts.is_empty() {
        text += &format!("; at the same time in {conflicts}");
    }
    text
}

fn standing(nominee: &Value) -> String {
    let standing = shown(nominee, "standing");
    let accepted = nominee.get("accepted").and_then(Value::as_bool) == Some(true);
    match nominee.get("waiting").and_then(Value::as_u64) {
        Some(place) if accepted => format!("{standing}, {place} in the list, accepted"),
        Some(place) => format!("{standing}, {place} in the list"),
        None => standing,
    }
}

/// The deadlines of an activity or of anything else that has some, a line each.
pub(crate) fn deadlines(answer: &Value) -> String {
    let all = list(answer, "deadlines").iter();
    all.map(|one| {
        format!(
            "  deadline {}: {} ({}, because of {})\n",
            shown(one, "due"),
            safe(one, "text"),
            shown(one, "subject"),
            shown(one, "activity"),
        )
    })
    .collect()
}

/// An activity whole.
pub(super) fn describe(activity: &Value) -> String {
    let field = |key: &str| safe(activity, key);
    let mut text = format!("{}: {} `{}`\n", field("id"), field("kind"), field("title"));
    let invited = list(activity, "invited").iter().map(|one| {
        let seats = one.get("seats").and_then(Value::as_u64);
        seats.map_or_else(
            || shown(one, "party"),
            |seats| format!("{} with {seats} seats", shown(one, "party")),
        )
    });
    let invited = invited.collect::<Vec<_>>().join(", ");
    let needs = list(activity, "needs").iter().map(|need| {
        match need.get("certificate").and_then(Value::as_str) {
            Some(id) => format!("the certificate of {id}"),
            None => safe(need, "text"),
        }
    });
    let needs = needs.collect::<Vec<_>>().join("; ");
    let (goals, cancelled) = (field("goals"), activity.get("cancelled"));
    let cancelled = cancelled.filter(|one| !one.is_null());
    let cancelled = cancelled.map(|one| format!("{}: {}", shown(one, "at"), safe(one, "reason")));
    let [area, place, starts, ends, sequence] =
        ["area", "place", "starts", "ends", "sequence"].map(field);
    let mut lines = vec![
        ("  area", area.as_str()),
        ("  place", &place),
        ("  begins", &starts),
        ("  ends", &ends),
        ("  changes", &sequence),
        ("  invited", &invited),
    ];
    for (name, value) in [("  needs", &needs), ("  goals", &goals)] {
        if !value.is_empty() {
            lines.push((name, value));
        }
    }
    if let Some(cancelled) = &cancelled {
        lines.push(("  cancelled", cancelled));
    }
    text += &facts(&lines);
    let note = activity.get("text").and_then(Value::as_str);
    for line in note.unwrap_or_default().lines() {
        text += &format!("  {}\n", printable(line));
    }
    text += &deadlines(activity);
    let mut table = Table::new(["PARTY", "PERSON", "STANDING", "CERTIFICATE", "ALSO IN"]);
    for one in list(activity, "nominees") {
        let [party, person, conflicts] =
            ["party", "person", "conflicts"].map(|key| shown(one, key));
        let certificate = one.get("certificate").unwrap_or(&Value::Null);
        let number = shown(certificate, "number");
        table.row([party, person, standing(one), number, conflicts]);
    }
    text += &table.or("nobody is nominated");
    for one in list(activity, "feedback") {
        let [party, rating, said] = ["party", "rating", "text"].map(|key| safe(one, key));
        text += &format!("feedback of {party}, rating {rating}: {said}\n");
    }
    text
}
