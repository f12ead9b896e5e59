//! `legation person`: the human accounts of a party.

use clap::{Args, Subcommand};
use legation_core::id::{PartyCode, PersonName};
use serde_json::json;

use crate::answer::{Answer, shown};
use crate::client::Connection;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation person add NATO anna.berg --role officer --dir tokyo
  legation person add JPN sato --role delegate --dir tokyo

Chief and officer are roles of the host, delegate of every other party.";

/// The human accounts of a party
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Person {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an account; prints a link that works once
    Add(Add),
}

#[derive(Args, Debug)]
struct Add {
    /// The party
    #[arg(value_name = "PARTY")]
    party: PartyCode,
    /// The account's name: lower-case letters, digits, hyphens and dots
    #[arg(value_name = "NAME")]
    name: PersonName,
    /// What the person may do
    #[arg(long, value_parser = ["chief", "officer", "delegate"])]
    role: String,
    #[command(flatten)]
    connection: Connection,
}

impl Person {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let Verb::Add(add) = &self.verb;
        let path = format!("/parties/{}/persons", add.party);
        let body = json!({"name": add.name, "role": add.role});
        let added = add.connection.open()?.post(&path, &body)?;
        let text = format!(
            "{}\nThe link works once: legation sign-in LINK",
            shown(&added, "link")
        );
        Ok(Answer::new(text, added))
    }
}
