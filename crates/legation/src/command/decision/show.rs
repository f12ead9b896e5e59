//! `legation decision list`, `show` and `adopted`: what lies before the members, and what became of it.

use clap::Args;
use legation_core::id::DecisionId;
use serde_json::{Value, json};

use crate::answer::{Answer, list, printable, shown};
use crate::client::Connection;
use crate::command::activity::deadlines;
use crate::failure::Failure;
use crate::table::{Table, facts};

/// List the decisions that you may know of
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    connection: Connection,
}

impl List {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let answer = self.connection.open()?.get("/decisions")?;
        let rows = list(&answer, "decisions").iter().collect::<Vec<_>>();
        Ok(Answer::new(tell(&rows, "no decisions"), answer))
    }
}

/// Show one decision, with the text and whatever else you may see
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The decision
    #[arg(value_name = "ID")]
    id: DecisionId,
    #[command(flatten)]
    connection: Connection,
}

impl Show {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let path = format!("/decisions/{}", self.id);
        let decision = self.connection.open()?.get(&path)?;
        Ok(Answer::new(describe(&decision), decision))
    }
}

/// Ask whether a text is adopted; list what is adopted when no text is named
///
/// The exit code is 0 if it is adopted and 1 if it is not.
#[derive(Args, Debug)]
pub(crate) struct Adopted {
    /// The decision
    #[arg(value_name = "ID")]
    id: Option<DecisionId>,
    #[command(flatten)]
    connection: Connection,
}

impl Adopted {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let office = self.connection.open()?;
        let Some(id) = &self.id else {
            let answer = office.get("/decisions")?;
            let all = list(&answer, "decisions").iter();
            let rows: Vec<&Value> = all.filter(|row| is_adopted(row)).collect();
            let text = tell(&rows, "nothing is adopted");
            return Ok(Answer::new(text, json!({"decisions": rows})));
        };
        let decision = office.get(&format!("/decisions/{id}"))?;
        let refused = !is_adopted(&decision);
        Ok(Answer::new(brief(&decision), decision).refused_if(refused))
    }
}

fn is_adopted(decision: &Value) -> bool {
    shown(decision, "outcome") == "adopted"
}

/// What has become of a text, in words.
fn outcome(decision: &Value) -> String {
    let at = shown(decision, "at");
    let outcome = match shown(decision, "outcome").as_str() {
        "open" => format!("open until {at}"),
        word => format!("{word} at {at}"),
    };
    match shown(decision, "broken_by").as_str() {
        "-" => outcome,
        by => format!("{outcome} by {by}"),
    }
}

fn local(decision: &Value) -> String {
    decision
        .get("expiry")
        .map_or_else(|| "-".to_owned(), |expiry| shown(expiry, "local"))
}

fn tell(rows: &[&Value], nothing: &str) -> String {
    let mut table = Table::new([
        "ID",
        "OUTCOME",
        "PROCEDURE",
        "EXPIRES",
        "AWAITS YOU",
        "TITLE",
    ]);
    for row in rows {
        let [id, procedure, awaits, title] =
            ["id", "procedure", "awaits", "title"].map(|key| printable(&shown(row, key)));
        table.row([id, outcome(row), procedure, local(row), awaits, title]);
    }
    table.or(nothing)
}

/// A decision after something was done about it.
pub(super) fn brief(decision: &Value) -> String {
    let mut lines = vec![
        ("  title", printable(&shown(decision, "title"))),
        ("  digest", shown(decision, "digest")),
    ];
    if decision.get("expiry").is_some() {
        lines.extend([
            ("  expires", local(decision)),
            ("  asked", shown(decision, "asked")),
            ("  awaited", nobody(shown(decision, "awaited"))),
        ]);
    }
    let lines: Vec<(&str, &str)> = lines.iter().map(|(name, text)| (*name, &**text)).collect();
    let id = shown(decision, "id");
    format!("{id}: {}\n{}", outcome(decision), facts(&lines))
}

fn nobody(parties: String) -> String {
    match parties.is_empty() {
        true => "nobody".to_owned(),
        false => parties,
    }
}

fn describe(decision: &Value) -> String {
    let mut text = brief(decision);
    if decision.get("expiry").is_some() {
        let [
            procedure,
            tabled,
            told,
            urgent,
            predecessor,
            successors,
            note,
            certificate,
        ] = [
            "procedure",
            "tabled",
            "told",
            "urgent",
            "predecessor",
            "successors",
            "note",
            "certificate",
        ]
        .map(|key| printable(&shown(decision, key)));
        let permits = decision.get("permits").unwrap_or(&Value::Null);
        let permits = permitted(permits);
        text += &facts(&[
            ("  procedure", &procedure),
            ("  tabled", &tabled),
            ("  told", &nobody(told)),
            ("  permits", &permits),
            ("  urgent", &urgent),
            ("  amends", &predecessor),
            (
                "  amended by",
                if successors.is_empty() {
                    "-"
                } else {
                    &successors
                },
            ),
            ("  note", &note),
            ("  certificate", &certificate),
        ]);
        for more in list(decision, "extensions") {
            let reason = printable(&shown(more, "reason"));
            text += &format!(
                "extended at {} to {}: {reason}\n",
                shown(more, "at"),
                local(more)
            );
        }
        for reminder in list(decision, "reminders") {
            let [at, hours] = ["at", "hours"].map(|key| shown(reminder, key));
            text += &format!("reminder at {at}, {hours} hours before\n");
        }
        text += &said(list(decision, "positions"), "POSITION");
        text += &said(list(decision, "late"), "TOO LATE");
    }
    text += &deadlines(decision);
    text.push('\n');
    for line in shown(decision, "text").lines() {
        text += &format!("{}\n", printable(line));
    }
    text
}

fn said(positions: &[Value], headline: &str) -> String {
    if positions.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["AT", "PARTY", headline, "BY", "WORDS"]);
    for one in positions {
        let by = match one.get("entered").and_then(Value::as_bool) {
            Some(true) => format!("entered by {}", shown(one, "account")),
            _ => shown(one, "account"),
        };
        let [at, party, position, text] =
            ["at", "party", "position", "text"].map(|key| printable(&shown(one, key)));
        table.row([at, party, position, by, text]);
    }
    table.to_string()
}

fn permitted(permits: &Value) -> String {
    match shown(permits, "kind").as_str() {
        "sign" => format!(
            "to sign {} with digest {}",
            shown(permits, "agreement"),
            shown(permits, "digest")
        ),
        "open-office" => format!("the office {}", shown(permits, "office")),
        "publish" => "to publish the text".to_owned(),
        _ => "nothing but what it says".to_owned(),
    }
}
