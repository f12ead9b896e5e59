//! `legation claim`: what was filed under objects of others, and is shown in no view.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation claim list --dir tokyo

An object is its creator's: the party that speaks for the identity in `created_by_ref` (`legation party \
identity`), or else whoever filed it first. What another files under its id stands as a claim.";

/// What was filed under objects of others
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Claim {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the claims: all for the office, else one's own
    List {
        #[command(flatten)]
        connection: Connection,
    },
}

impl Claim {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let Verb::List { connection } = &self.verb;
        let answer = connection.open()?.get("/claims")?;
        let mut table = Table::new(["RECORD", "VERSION", "AREA", "CLAIMED BY", "OBJECT OF"]);
        for one in list(&answer, "claims") {
            let author = match one.get("granted").and_then(Value::as_bool) {
                Some(true) => shown(one, "author"),
                Some(false) => format!("{}, who filed it first", shown(one, "author")),
                None => "-".to_owned(),
            };
            let [record, version, area, claimant] =
                ["record", "version", "area", "claimant"].map(|key| shown(one, key));
            table.row([record, version, area, claimant, author]);
        }
        Ok(Answer::new(table.or("no claims"), answer))
    }
}
