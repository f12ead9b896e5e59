//! `legation related`: what shares a value with a record, and who sighted it.

use clap::Args;
use legation_core::id::RecordId;
use serde_json::Value;

use crate::answer::{Answer, list, printable, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation related indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --dir tokyo

Only what the caller may read is related to anything, and nothing else counts. Values that too many \
records hold, or that stand on a list, relate nobody.";

/// Show the records that share a value with a record, and its sightings
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Related {
    /// The record's id
    #[arg(value_name = "RECORD-ID")]
    record: RecordId,
    #[command(flatten)]
    connection: Connection,
}

impl Related {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let path = format!("/records/{}/related", self.record);
        let answer = self.connection.open()?.get(&path)?;
        let mut table = Table::new(["RECORD", "VERSION", "AREA", "BY"]);
        let plain = |one: &Value| {
            let value = printable(&shown(one, "value"));
            format!("{} {value}", shown(one, "kind"))
        };
        for one in list(&answer, "related") {
            let by: Vec<String> = list(one, "values").iter().map(plain).collect();
            let [id, version, area] = ["id", "version", "area"].map(|key| shown(one, key));
            table.row([id, version, area, by.join(", ")]);
        }
        for one in list(&answer, "sightings") {
            let [id, version, area] = ["id", "version", "area"].map(|key| shown(one, key));
            table.row([id, version, area, "sighting".to_owned()]);
        }
        let mut text = table.or("nothing that you may read is related to it");
        for one in list(&answer, "suppressed") {
            text.push_str(&format!(
                "suppressed: {} ({})\n",
                plain(one),
                shown(one, "why")
            ));
        }
        Ok(Answer::new(text, answer))
    }
}
