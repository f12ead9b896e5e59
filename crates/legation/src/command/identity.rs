//! `legation party identity`: the STIX identities for which a party speaks.

use clap::Subcommand;
use legation_core::id::{PartyCode, RecordId};
use serde_json::{Value, json};

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::failure::Failure;
use crate::table::Table;

#[derive(Debug, Subcommand)]
pub(super) enum Identity {
    /// Grant a party that it speaks for an identity; by the party itself, ask for it
    ///
    /// Objects that name the identity as their creator are the party's alone from then on: what
    /// anybody else files under them is a claim, and shown in no view.
    Add {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The id of the identity
        #[arg(value_name = "IDENTITY-ID")]
        identity: RecordId,
        #[command(flatten)]
        connection: Connection,
    },
    /// End that a party speaks for an identity
    Remove {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The id of the identity
        #[arg(value_name = "IDENTITY-ID")]
        identity: RecordId,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the identities for which a party speaks or asks to
    List {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Identity {
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Add {
                code,
                identity,
                connection,
            } => {
                let body = json!({"identity": identity});
                let path = format!("/parties/{code}/identities");
                let added = connection.open()?.post(&path, &body)?;
                let text = if is_granted(&added) {
                    format!("{code} speaks for {identity}")
                } else {
                    format!("{code} asks to speak for {identity}; the office has to grant it")
                };
                Ok(Answer::new(text, added))
            }
            Self::Remove {
                code,
                identity,
                connection,
            } => {
                let body = json!({"identity": identity});
                let path = format!("/parties/{code}/identities/remove");
                let removed = connection.open()?.post(&path, &body)?;
                let text = format!("{code} speaks for {identity} no more");
                Ok(Answer::new(text, removed))
            }
            Self::List { code, connection } => {
                let path = format!("/parties/{code}/identities");
                let answer = connection.open()?.get(&path)?;
                let mut table = Table::new(["IDENTITY", "STANDS"]);
                for one in list(&answer, "identities") {
                    let stands = if is_granted(one) {
                        "granted"
                    } else {
                        "asked for"
                    };
                    table.row([shown(one, "identity"), stands.to_owned()]);
                }
                let text = table.or(&format!("{code} speaks for no identity"));
                Ok(Answer::new(text, answer))
            }
        }
    }
}

fn is_granted(answer: &Value) -> bool {
    answer.get("granted").and_then(Value::as_bool) == Some(true)
}
