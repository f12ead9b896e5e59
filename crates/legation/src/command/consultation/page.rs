//! A consultation as people read it.

use serde_json::Value;

use crate::answer::{list, printable, shown};
use crate::table::{Table, facts};

/// A time without the seconds that nobody meets at: `2026-03-18T09:00+01:00[Europe/Brussels]`.
fn brief(text: &str) -> String {
    text.replacen(":00+", "+", 1)
        .replacen(":00-", "-", 1)
        .replacen(":00Z", "Z", 1)
}

/// When a meeting is for each participant, and what speaks against that.
pub(super) fn clocks(meeting: &Value) -> String {
    let mut text = String::new();
    for time in list(meeting, "times") {
        let [party, start, end] = ["party", "start", "end"].map(|key| shown(time, key));
        text.push_str(&format!(
            "  {party}: {} to {}\n",
            brief(&start),
            brief(&end)
        ));
    }
    for warning in list(meeting, "warnings") {
        let [party, words] = ["party", "text"].map(|key| shown(warning, key));
        text.push_str(&format!("  warning for {party}: {words}\n"));
    }
    text
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {}\n", printable(line)))
        .collect()
}

/// All of it.
pub(super) fn describe(one: &Value) -> String {
    let keys = [
        "id",
        "subject",
        "area",
        "status",
        "asked_by",
        "participants",
    ];
    let said = keys.map(|key| (key, shown(one, key)));
    let mut lines: Vec<(&str, &str)> = Vec::new();
    for (key, value) in &said {
        let name = match *key {
            "id" => "consultation",
            "asked_by" => "asked by",
            other => other,
        };
        lines.push((name, value));
    }
    let links = ["decisions", "agreements"].map(|key| (key, shown(one, key)));
    lines.extend(
        links
            .iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(key, ids)| (*key, ids.as_str())),
    );
    let mut text = facts(&lines);
    let agenda = list(one, "agenda");
    if !agenda.is_empty() {
        text.push_str("\nagenda\n");
    }
    for (place, item) in (1..).zip(agenda) {
        let lead = match shown(item, "lead") {
            dash if dash == "-" => String::new(),
            lead => format!(" ({lead})"),
        };
        text.push_str(&format!("  {place}. {}{lead}\n", shown(item, "title")));
    }
    for meeting in list(one, "meetings") {
        let [number, title, place, link] =
            ["number", "title", "place", "link"].map(|key| shown(meeting, key));
        let cancelled = match meeting.get("cancelled").and_then(Value::as_bool) {
            Some(true) => format!(", cancelled: {}", shown(meeting, "reason")),
            _ => String::new(),
        };
        text.push_str(&format!("\nmeeting {number}: {title}{cancelled}\n"));
        let own = meeting.get("own").unwrap_or(&Value::Null);
        let [start, end] = ["start", "end"].map(|key| brief(&shown(own, key)));
        text.push_str(&format!("  {start} to {end}\n"));
        for (what, value) in [("place", place), ("link", link)] {
            if value != "-" {
                text.push_str(&format!("  {what}: {value}\n"));
            }
        }
        text.push_str(&clocks(meeting));
    }
    for said in list(one, "said") {
        let [number, party, kind, item] =
            ["number", "party", "kind", "item"].map(|key| shown(said, key));
        let on = match item.as_str() {
            "-" => String::new(),
            item => format!(" on item {item}"),
        };
        text.push_str(&format!("\n{kind} {number} of {party}{on}\n"));
        text.push_str(&indent(&shown(said, "text")));
    }
    let documents = list(one, "documents");
    if !documents.is_empty() {
        let mut table = Table::new(["DOCUMENT", "VERSION", "FROM", "NOTE"]);
        for document in documents {
            table.row(["record", "version", "party", "note"].map(|key| shown(document, key)));
        }
        text.push_str(&format!("\n{table}"));
    }
    for minutes in list(one, "minutes") {
        let of = match shown(minutes, "meeting").as_str() {
            "-" => String::new(),
            meeting => format!(" of meeting {meeting}"),
        };
        text.push_str(&format!(
            "\nminutes{of}\n{}",
            indent(&shown(minutes, "text"))
        ));
    }
    if let Some(outcome) = one.get("outcome").filter(|outcome| !outcome.is_null()) {
        text.push_str(&format!("\noutcome\n{}", indent(&shown(outcome, "text"))));
    }
    let follow_ups = list(one, "follow_ups");
    if !follow_ups.is_empty() {
        let mut table = Table::new(["FOLLOW-UP", "OWNER", "DUE", "DONE", "WHAT"]);
        for task in follow_ups {
            let done = task.get("done").filter(|done| !done.is_null());
            let done = done.map_or_else(|| "no".to_owned(), |done| shown(done, "at"));
            let owner = match shown(task, "person").as_str() {
                "-" => shown(task, "owner"),
                person => format!("{}/{person}", shown(task, "owner")),
            };
            table.row([
                shown(task, "number"),
                owner,
                shown(task, "due"),
                done,
                shown(task, "title"),
            ]);
        }
        text.push_str(&format!("\n{table}"));
    }
    text
}
