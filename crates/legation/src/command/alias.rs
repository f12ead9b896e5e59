//! `legation alias`: names that stand for parties in the press.

use clap::{Args, Subcommand};
use legation_core::id::PartyCode;
use legation_formats::press::propose::state_names;
use serde_json::json;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation alias add 'Pieter Maas' NATO --dir office
  legation alias list --shipped --dir office

The names of states, their people and most capitals are known; a name that two states share is not. \
The codes and names of the office's parties are known too.";

/// Names that stand for parties in the press
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Alias {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Let a name stand for a party, or for a state by its ISO 3166-1 alpha-3 code
    Add {
        /// The name, as papers write it
        #[arg(value_name = "NAME")]
        name: String,
        /// The party
        #[arg(value_name = "CODE")]
        party: PartyCode,
        #[command(flatten)]
        connection: Connection,
    },
    /// End that a name stands for a party
    Remove {
        /// The name
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the names that the office has given
    List {
        /// Those that ship too
        #[arg(long)]
        shipped: bool,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Alias {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add {
                name,
                party,
                connection,
            } => {
                let body = json!({"name": name, "party": party});
                let added = connection.open()?.post("/aliases", &body)?;
                Ok(Answer::new(format!("{name} stands for {party}"), added))
            }
            Verb::Remove { name, connection } => {
                let body = json!({"name": name});
                let removed = connection.open()?.post("/aliases/remove", &body)?;
                Ok(Answer::new(format!("{name} stands for nobody"), removed))
            }
            Verb::List {
                shipped,
                connection,
            } => {
                let mut answer = connection.open()?.get("/aliases")?;
                let mut table = Table::new(["NAME", "PARTY", "ADDED"]);
                for one in list(&answer, "aliases") {
                    table.row(["name", "party", "added"].map(|key| shown(one, key)));
                }
                if *shipped {
                    let mut names = Vec::new();
                    for (name, code) in state_names() {
                        table.row([name.to_owned(), code.to_owned(), "-".to_owned()]);
                        names.push(json!({"name": name, "party": code}));
                    }
                    crate::answer::put(&mut answer, "shipped", names);
                }
                Ok(Answer::new(
                    table.or("the office has given no names"),
                    answer,
                ))
            }
        }
    }
}
