//! `legation holidays`: the public holidays of the parties, of which meetings are warned.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use legation_core::id::PartyCode;
use legation_formats::ical::shipped;
use serde_json::{Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation holidays set JPN --shipped jpn --dir tokyo
  legation holidays set FRA france.ics --dir tokyo
  legation holidays list --dir tokyo

Shipped, for 2026 and 2027: aus, bel, jpn, kor, nzl.";

/// Public holidays of the parties, from iCalendar files
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Holidays {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Take the holidays of a party from a file, instead of those before
    Set {
        /// The party
        #[arg(value_name = "CODE")]
        party: PartyCode,
        /// An iCalendar file
        #[arg(value_name = "FILE.ics", required_unless_present = "shipped")]
        file: Option<PathBuf>,
        /// A calendar that comes with the program
        #[arg(long, value_name = "NAME", conflicts_with = "file")]
        shipped: Option<String>,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the holidays: of all parties for the office, a party's own for the party
    List {
        #[command(flatten)]
        connection: Connection,
    },
}

fn source(file: Option<&PathBuf>, name: Option<&String>) -> Result<(String, String), Failure> {
    match (file, name) {
        (Some(path), _) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let text = disk::read_text(path)?;
            Ok((name.to_string_lossy().into_owned(), text))
        }
        (None, Some(name)) => match shipped(name) {
            Some(text) => Ok((format!("shipped: {name}"), text.to_owned())),
            None => {
                let text = format!("no calendar `{name}` comes with the program; see --help");
                Err(Failure::new("cli.no-calendar", text))
            }
        },
        (None, None) => Err(Failure::new(
            "cli.no-calendar",
            "name a file or a shipped calendar",
        )),
    }
}

impl Holidays {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Set {
                party,
                file,
                shipped,
                connection,
            } => {
                let (name, calendar) = source(file.as_ref(), shipped.as_ref())?;
                let body = json!({"source": name, "calendar": calendar});
                let path = format!("/parties/{party}/holidays");
                let set = connection.open()?.post(&path, &body)?;
                let text = format!("{party}: {} holidays from {name}", shown(&set, "days"));
                Ok(Answer::new(text, set))
            }
            Verb::List { connection } => {
                let answer = connection.open()?.get("/holidays")?;
                let mut table = Table::new(["PARTY", "DAY", "HOLIDAY"]);
                for row in list(&answer, "holidays") {
                    let party = shown(row, "party");
                    for day in list(row, "days") {
                        table.row([party.clone(), shown(day, "on"), shown(day, "name")]);
                    }
                }
                let text = table.or("no holidays");
                Ok(Answer::new(text, Value::clone(&answer)))
            }
        }
    }
}
