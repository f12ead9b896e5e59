//! `legation client`: the machine accounts of a party.

use clap::{Args, Subcommand};
use legation_core::id::{ClientName, PartyCode};
use serde_json::json;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation client add JPN misp --dir tokyo
  curl -u JPN/misp:PASSWORD http://127.0.0.1:8440/taxii2/";

/// The machine accounts of a party
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Client {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an account, or give one a new password; prints it once
    Add(One),
    /// List the accounts of a party
    List {
        /// The party
        #[arg(value_name = "PARTY")]
        party: PartyCode,
        #[command(flatten)]
        connection: Connection,
    },
    /// End an account
    Revoke(One),
}

#[derive(Args, Debug)]
struct One {
    /// The party
    #[arg(value_name = "PARTY")]
    party: PartyCode,
    /// The account's name: lower-case letters, digits and hyphens
    #[arg(value_name = "NAME")]
    name: ClientName,
    #[command(flatten)]
    connection: Connection,
}

impl Client {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add(one) => {
                let added = one.post("")?;
                let mut text = facts(&[
                    ("user", &shown(&added, "user")),
                    ("password", &shown(&added, "password")),
                ]);
                text += "The password is shown this once. It serves HTTP Basic with the user, and \
                         alone as a Bearer token.";
                Ok(Answer::new(text, added))
            }
            Verb::Revoke(one) => {
                let revoked = one.post("/revoke")?;
                let text = format!("{}/{} comes in no more", one.party, one.name);
                Ok(Answer::new(text, revoked))
            }
            Verb::List { party, connection } => {
                let answer = connection
                    .open()?
                    .get(&format!("/parties/{party}/clients"))?;
                let mut table = Table::new(["NAME", "LIVE"]);
                for client in list(&answer, "clients") {
                    table.row(["name", "live"].map(|key| shown(client, key)));
                }
                let text = table.or(&format!("{party} has no clients"));
                Ok(Answer::new(text, answer))
            }
        }
    }
}

impl One {
    fn post(&self, verb: &str) -> Result<serde_json::Value, Failure> {
        let path = format!("/parties/{}/clients{verb}", self.party);
        self.connection
            .open()?
            .post(&path, &json!({"name": self.name}))
    }
}
