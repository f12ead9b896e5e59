//! `legation matches`: observed-data and indicators that match each other.

use clap::Args;
use legation_core::id::RecordId;
use serde_json::Value;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation matches indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --dir tokyo

Each observed-data is matched by itself, with those of its objects that the caller may read.";

/// Show what an indicator matches, or which indicators match an observed-data
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Matches {
    /// The id of an indicator or an observed-data
    #[arg(value_name = "RECORD-ID")]
    record: RecordId,
    #[command(flatten)]
    connection: Connection,
}

impl Matches {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let path = format!("/records/{}/matches", self.record);
        let answer = self.connection.open()?.get(&path)?;
        let mut table = Table::new(["RECORD", "VERSION", "AREA", "ADDED", "MATCHES"]);
        for one in list(&answer, "matches") {
            let undecided = one.get("undecided").and_then(Value::as_bool) == Some(true);
            let matches = if undecided { "perhaps" } else { "yes" };
            let [id, version, area, added] =
                ["id", "version", "area", "date_added"].map(|key| shown(one, key));
            table.row([id, version, area, added, matches.to_owned()]);
        }
        let mut text = table.or("nothing that you may read matches it");
        if answer.get("more").and_then(Value::as_bool) == Some(true) {
            text.push_str("there is more, or not everything could be tried\n");
        }
        Ok(Answer::new(text, answer))
    }
}
