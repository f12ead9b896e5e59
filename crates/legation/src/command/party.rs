//! `legation party`: the organisations that the office knows, and their signing keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use legation_core::id::PartyCode;
use legation_core::party::Zone;
use serde_json::json;

use super::identity::Identity;
use crate::answer::{Answer, list, put, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation party add JPN --name Japan --status partner --tz Asia/Tokyo --key japan.pub --dir tokyo
  legation party key list JPN --dir tokyo
  legation party key revoke JPN SHA256:uC1C... --dir tokyo";

/// The parties that the office knows, and their keys
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Party {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a party known
    Add(Add),
    /// List the parties
    List {
        #[command(flatten)]
        connection: Connection,
    },
    /// The keys with which a party signs
    #[command(subcommand)]
    Key(Key),
    /// The STIX identities for which a party speaks
    #[command(subcommand)]
    Identity(Identity),
}

#[derive(Args, Debug)]
struct Add {
    /// Its code: upper-case letters, digits and hyphens
    #[arg(value_name = "CODE")]
    code: PartyCode,
    /// Its name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Its standing
    #[arg(long, value_parser = ["member", "partner", "observer"])]
    status: String,
    /// Its time zone
    #[arg(long, value_name = "ZONE")]
    tz: Option<Zone>,
    /// Its first public key
    #[arg(long, value_name = "FILE.pub")]
    key: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Register a public key
    Add {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The public key in OpenSSH form
        #[arg(value_name = "FILE.pub")]
        file: PathBuf,
        #[command(flatten)]
        connection: Connection,
    },
    /// Revoke a key: it signs nothing from now on
    Revoke {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        /// The key's fingerprint, as `party key list` shows it
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
        #[command(flatten)]
        connection: Connection,
    },
    /// List the keys of a party
    List {
        /// The party
        #[arg(value_name = "CODE")]
        code: PartyCode,
        #[command(flatten)]
        connection: Connection,
    },
}

impl Party {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Add(add) => add.run(),
            Verb::List { connection } => list_parties(connection),
            Verb::Key(key) => key.run(),
            Verb::Identity(identity) => identity.run(),
        }
    }
}

impl Add {
    fn run(&self) -> Result<Answer, Failure> {
        let mut body = json!({"code": self.code, "name": self.name, "status": self.status});
        if let Some(zone) = &self.tz {
            put(&mut body, "zone", zone.as_str());
        }
        if let Some(file) = &self.key {
            put(&mut body, "key", disk::read_text(file)?.trim());
        }
        let added = self.connection.open()?.post("/parties", &body)?;
        let text = format!("{} ({}) is known: {}", self.code, self.name, self.status);
        Ok(Answer::new(text, added))
    }
}

fn list_parties(connection: &Connection) -> Result<Answer, Failure> {
    let answer = connection.open()?.get("/parties")?;
    let mut table = Table::new(["CODE", "STATUS", "KEYS", "ZONE", "ADDED", "NAME"]);
    for party in list(&answer, "parties") {
        table.row(["code", "status", "keys", "zone", "added", "name"].map(|key| shown(party, key)));
    }
    Ok(Answer::new(table.or("no parties"), answer))
}

impl Key {
    fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Add {
                code,
                file,
                connection,
            } => {
                let body = json!({"key": disk::read_text(file)?.trim()});
                let path = format!("/parties/{code}/keys");
                let added = connection.open()?.post(&path, &body)?;
                let text = format!("{code} may sign with {}", shown(&added, "fingerprint"));
                Ok(Answer::new(text, added))
            }
            Self::Revoke {
                code,
                fingerprint,
                connection,
            } => {
                let body = json!({"fingerprint": fingerprint});
                let path = format!("/parties/{code}/keys/revoke");
                let revoked = connection.open()?.post(&path, &body)?;
                let text = format!("{code} signs no more with {fingerprint}");
                Ok(Answer::new(text, revoked))
            }
            Self::List { code, connection } => {
                let answer = connection.open()?.get(&format!("/parties/{code}/keys"))?;
                let mut table = Table::new(["FINGERPRINT", "ADDED", "REVOKED"]);
                for key in list(&answer, "keys") {
                    table.row(["fingerprint", "added", "revoked"].map(|name| shown(key, name)));
                }
                let text = table.or(&format!("{code} has no keys"));
                Ok(Answer::new(text, answer))
            }
        }
    }
}
