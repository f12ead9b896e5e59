//! `legation values`: the values that relate no records to each other.

use clap::{Args, Subcommand};

use crate::answer::{Answer, list, printable, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation values suppressed --dir tokyo

The house rules set the cap and name further values: [correlation] in `legation house show`.";

/// Values that relate no records to each other
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Values {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the values that more records hold than the cap, as the host sees them
    Suppressed {
        #[command(flatten)]
        connection: Connection,
    },
}

impl Values {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let Verb::Suppressed { connection } = &self.verb;
        let answer = connection.open()?.get("/values/suppressed")?;
        let mut table = Table::new(["VALUE", "KIND", "RECORDS", "WHY"]);
        for one in list(&answer, "values") {
            table.row(["value", "kind", "records", "why"].map(|key| printable(&shown(one, key))));
        }
        Ok(Answer::new(table.or("no value is over the cap"), answer))
    }
}
