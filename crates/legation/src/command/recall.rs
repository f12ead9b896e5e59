//! `legation recall`: who is called back what it received, who has been told, who has acknowledged;
//! and a party's own notices and their acknowledgement.

use clap::{Args, Subcommand};
use legation_core::id::NoticeId;
use serde_json::{Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::{Client, Connection};
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation recall list --overdue --dir tokyo
  legation recall list --office https://office.example --token T
  legation recall acknowledge 5f1c2a9e0b7d4c3e8a6f1d2b3c4e5f60 --office https://office.example --token T

What is withdrawn, erased or revoked is called back from every party that has received it. The
office sees all notices; a party sees its own, and acknowledges them with a token of its own.";

/// Recalls: who is told that something ended, and who has acknowledged
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Recall {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the notices: all for the office, a party's own for the party
    List {
        /// Only what should have been acknowledged by now and is not
        #[arg(long)]
        overdue: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Show one notice
    Show {
        /// The notice, as `recall list` shows it
        #[arg(value_name = "ID")]
        id: NoticeId,
        #[command(flatten)]
        connection: Connection,
    },
    /// Acknowledge a notice for the party whose token it is
    Acknowledge {
        /// The notice, as `recall list` shows it
        #[arg(value_name = "ID")]
        id: NoticeId,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Recall {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::List {
                overdue,
                connection,
            } => list_notices(&connection.open()?, *overdue),
            Verb::Show { id, connection } => {
                let notice = connection.open()?.get(&format!("/recalls/{id}"))?;
                Ok(Answer::new(describe(&notice), notice))
            }
            Verb::Acknowledge { id, connection } => {
                let path = format!("/recalls/{id}/acknowledge");
                let notice = connection.open()?.post(&path, &json!({}))?;
                let at = mark(&notice, "acknowledged");
                Ok(Answer::new(format!("acknowledged: {at}"), notice))
            }
        }
    }
}

/// All notices, however many answers they take.
fn list_notices(office: &Client, overdue: bool) -> Result<Answer, Failure> {
    let mut notices: Vec<Value> = Vec::new();
    loop {
        let after = notices.last().map(|last| shown(last, "id"));
        let mut query = Vec::new();
        query.extend(overdue.then_some(("overdue", "true")));
        query.extend(after.as_deref().map(|after| ("after", after)));
        let page = office.query("/recalls", &query)?;
        let found = list(&page, "recalls");
        notices.extend_from_slice(found);
        let more = page.get("more").and_then(Value::as_bool) == Some(true);
        if !more || found.is_empty() {
            break;
        }
    }
    let mut table = Table::new([
        "ID",
        "PARTY",
        "CAUSE",
        "DUE",
        "TOLD",
        "ACKNOWLEDGED",
        "WHAT",
    ]);
    for notice in &notices {
        let [id, party, cause, due] = ["id", "party", "cause", "due"].map(|key| shown(notice, key));
        let acknowledged = match notice.get("overdue").and_then(Value::as_bool) {
            Some(true) => "overdue".to_owned(),
            _ => moment(notice, "acknowledged"),
        };
        let told = moment(notice, "told");
        table.row([id, party, cause, due, told, acknowledged, subject(notice)]);
    }
    let nothing = match overdue {
        true => "nothing is overdue",
        false => "no recalls",
    };
    let mut text = table.or(nothing);
    if overdue && !notices.is_empty() {
        let mut parties: Vec<String> = notices.iter().map(|one| shown(one, "party")).collect();
        parties.sort();
        parties.dedup();
        text = format!("not acknowledged by {}\n{text}", parties.join(", "));
    }
    Ok(Answer::new(text, json!({"recalls": notices})))
}

/// The first record of a notice, and how many more there are.
fn subject(notice: &Value) -> String {
    let mut ids: Vec<String> = list(notice, "records")
        .iter()
        .map(|record| shown(record, "record"))
        .collect();
    ids.dedup();
    match (ids.first(), ids.len()) {
        (None, _) => "-".to_owned(),
        (Some(first), 1) => first.clone(),
        (Some(first), count) => format!("{first} and {} more", count - 1),
    }
}

fn moment(notice: &Value, key: &str) -> String {
    let mark = notice.get(key).unwrap_or(&Value::Null);
    shown(mark, "at")
}

fn mark(notice: &Value, key: &str) -> String {
    match notice.get(key) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(mark) => format!("{} by {}", shown(mark, "at"), shown(mark, "account")),
    }
}

fn describe(notice: &Value) -> String {
    let [id, party, cause, reason, at, mut due] =
        ["id", "party", "cause", "reason", "at", "due"].map(|key| shown(notice, key));
    if notice.get("overdue").and_then(Value::as_bool) == Some(true) {
        due.push_str(", overdue");
    }
    let (told, acknowledged) = (mark(notice, "told"), mark(notice, "acknowledged"));
    let (account, entry) = (shown(notice, "account"), shown(notice, "entry"));
    let mut lines = vec![
        ("notice", id.as_str()),
        ("party", &party),
        ("cause", &cause),
        ("reason", &reason),
        ("at", &at),
        ("due", &due),
        ("told", &told),
        ("acknowledged", &acknowledged),
    ];
    // A party is not told by whom, nor where in the journal.
    if account != "-" {
        lines.extend([("ended by", account.as_str()), ("entry", &entry)]);
    }
    let mut table = Table::new(["RECORD", "VERSION", "AREA"]);
    for record in list(notice, "records") {
        table.row(["record", "version", "area"].map(|key| shown(record, key)));
    }
    format!("{}{table}", facts(&lines))
}
