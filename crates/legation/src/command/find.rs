//! `legation find`: the records that hold a value, as far as the caller may read.

use clap::Args;
use serde_json::Value;

use crate::answer::{Answer, list, printable, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation find 'evil[.]example' --dir tokyo
  legation find CVE-2021-44228 --dir tokyo --json

The value may be defanged. Every version that the caller is shown is told; to be told is to receive \
it, and is in the journal.";

/// Find the records that hold a value
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Find {
    /// An address, domain, URL, digest, file name, CVE id, name or the like
    #[arg(value_name = "VALUE")]
    value: String,
    /// Only what was added to the caller's view after that instant
    #[arg(long, value_name = "INSTANT")]
    added_after: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

impl Find {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let mut query = vec![("value", self.value.as_str())];
        let after = self.added_after.as_deref();
        query.extend(after.map(|after| ("added_after", after)));
        let answer = self.connection.open()?.query("/find", &query)?;
        let mut table = Table::new(["RECORD", "VERSION", "AREA", "ADDED", "KIND", "WHERE"]);
        for one in list(&answer, "records") {
            add(&mut table, one, shown(one, "date_added"));
        }
        for one in list(&answer, "claims") {
            add(&mut table, one, "claim".to_owned());
        }
        let mut text = table.or("nothing that you may read holds it");
        if answer.get("more").and_then(Value::as_bool) == Some(true) {
            let last = list(&answer, "records").last();
            let last = last.map_or_else(String::new, |last| shown(last, "date_added"));
            text.push_str(&format!("there is more: --added-after {last}\n"));
        }
        Ok(Answer::new(text, answer))
    }
}

fn add(table: &mut Table<6>, one: &Value, added: String) {
    let [id, version, area] = ["id", "version", "area"].map(|key| shown(one, key));
    let held = list(one, "held");
    let first = |key| {
        held.first()
            .map_or_else(|| "-".to_owned(), |one| shown(one, key))
    };
    let mut place = printable(&first("pointer"));
    if held.len() > 1 {
        place.push_str(&format!(" and {} more", held.len() - 1));
    }
    table.row([id, version, area, added, first("kind"), place]);
}
