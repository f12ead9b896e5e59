//! Statements and timelines as people read them.

use serde_json::Value;

use crate::answer::{list, printable, shown};
use crate::table::{Table, facts};

/// The day of an instant.
pub(super) fn day(instant: &str) -> String {
    instant.get(..10).unwrap_or(instant).to_owned()
}

/// Who speaks, as short as it is clear.
pub(super) fn who(statement: &Value) -> String {
    let speaker = statement.get("speaker").unwrap_or(&Value::Null);
    let [name, role, party] = ["name", "role", "party"].map(|key| shown(speaker, key));
    let person = if name == "-" { role } else { name };
    match (person.as_str(), party.as_str()) {
        (_, "-") => printable(&person),
        ("-", _) => party,
        _ => format!("{} ({party})", printable(&person)),
    }
}

/// The chain of sources as papers write it.
fn chain(statement: &Value) -> String {
    let links: Vec<String> = list(statement, "sources")
        .iter()
        .map(|link| printable(&shown(link, "name")))
        .collect();
    match links.is_empty() {
        true => "-".to_owned(),
        false => links.join(", citing "),
    }
}

pub(super) fn describe(statement: &Value) -> String {
    let [id, subject, point, stance, said, place, recorded] = [
        "id", "subject", "point", "stance", "said", "place", "recorded",
    ]
    .map(|key| shown(statement, key));
    let (who, chain) = (who(statement), chain(statement));
    let quoted = match statement.get("quoted").and_then(Value::as_bool) {
        Some(true) => "quoted",
        _ => "reported",
    };
    let text = printable(&shown(statement, "text"));
    let mut lines = vec![
        ("statement", id.as_str()),
        ("subject", &subject),
        ("point", &point),
        ("who", &who),
        ("stance", &stance),
        ("said", &said),
        ("place", &place),
        (quoted, &text),
        ("sources", &chain),
        ("recorded", &recorded),
    ];
    let links = ["replaces", "corrects", "replaced_by", "retracted"];
    let links = links.map(|key| (key, shown(statement, key)));
    for (key, value) in &links {
        if value != "-" {
            lines.push((key, value));
        }
    }
    let inside = statement.get("inside").unwrap_or(&Value::Null);
    let (entry, account, reason) = (
        shown(inside, "entry"),
        shown(inside, "account"),
        shown(inside, "reason"),
    );
    if entry != "-" {
        lines.extend([("entry", entry.as_str()), ("recorded by", &account)]);
    }
    if reason != "-" {
        lines.push(("reason", &reason));
    }
    let mut text = facts(&lines);
    for one in list(inside, "evidence") {
        let sentence = printable(&shown(one, "sentence"));
        let article = shown(one, "article");
        let short = article.get(..12).unwrap_or(&article);
        text += &format!("evidence {short}: {sentence}\n");
    }
    text
}

/// The page of a subject.
pub(super) fn timeline(page: &Value) -> String {
    let [subject, said, recorded] =
        ["subject", "said_by", "recorded_by"].map(|key| shown(page, key));
    let mut text = format!("{subject}, as said by {said} and recorded by {recorded}\n\n");
    let all = list(page, "timeline");
    let find = |id: &str| all.iter().find(|one| shown(one, "id") == id);
    let mut table = Table::new(["POINT", "STANDING", "WHO", "SAYS", "SINCE"]);
    for point in list(page, "points") {
        let standing = match point.get("standing") {
            None | Some(Value::Null) => "taken back".to_owned(),
            Some(_) => shown(point, "standing"),
        };
        let mut first = true;
        for heard in list(point, "heard") {
            let Some(newest) = find(&shown(heard, "newest")) else {
                continue;
            };
            let (name, stand) = match first {
                true => (shown(point, "point"), standing.clone()),
                false => (String::new(), String::new()),
            };
            first = false;
            let mut voice = match shown(heard, "party").as_str() {
                "-" => who(newest),
                party => party.to_owned(),
            };
            if shown(heard, "voice") == "unnamed" {
                voice = format!("unnamed: {}", who(newest));
            }
            table.row([
                name,
                stand,
                voice,
                shown(newest, "stance"),
                day(&shown(newest, "said")),
            ]);
        }
    }
    text += &table.or("nothing counts");
    let mut table = Table::new(["SAID", "WHO", "STANCE", "POINT", "TEXT", "SOURCES", "ID"]);
    for one in all {
        let [said, stance, point, id] =
            ["said", "stance", "point", "id"].map(|key| shown(one, key));
        let words: String = printable(&shown(one, "text")).chars().take(60).collect();
        table.row([day(&said), who(one), stance, point, words, chain(one), id]);
    }
    text += &format!("\n{}", table.or("nothing was said"));
    let struck = list(page, "struck");
    if !struck.is_empty() {
        text += "\nNo longer counts:\n";
        for one in struck {
            let [said, stance, point, id, by] =
                ["said", "stance", "point", "id", "replaced_by"].map(|key| shown(one, key));
            let why = match (by.as_str(), shown(one, "retracted").as_str()) {
                ("-", "-") => "corrected".to_owned(),
                ("-", at) => format!("retracted {}", day(at)),
                (by, _) => format!("replaced by {by}"),
            };
            text += &format!(
                "  {} {} {stance} {point} ({id}): {why}\n",
                day(&said),
                who(one)
            );
        }
    }
    text
}
