//! `legation client`: the machine accounts of a party.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Subcommand};
use legation_core::id::{ClientName, PartyCode};
use serde_json::json;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::{Table, facts};

const EXAMPLES: &str = "\
Examples:
  legation client add JPN misp --dir tokyo
  curl -u JPN/misp:PASSWORD http://127.0.0.1:8440/taxii2/
  legation client bind JPN/misp misp.pem --dir tokyo
  curl --cert misp.pem --key misp.key https://tokyo.example.org/taxii2/";

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
    /// Let an account in by a TLS certificate: whoever has its key needs no password
    Bind {
        /// The account, as it signs in: `JPN/misp`
        #[arg(value_name = "PARTY/NAME")]
        account: Bound,
        /// The certificate, PEM; it may be self-signed
        #[arg(value_name = "CERT.pem")]
        certificate: PathBuf,
        /// Let it in by its certificates only: the password alone is not enough any more
        #[arg(long)]
        only: bool,
        #[command(flatten)]
        connection: Connection,
    },
    /// Take a TLS certificate away from an account
    Unbind {
        /// The account, as it signs in: `JPN/misp`
        #[arg(value_name = "PARTY/NAME")]
        account: Bound,
        /// The certificate's SHA-256, as `legation client list` shows it
        #[arg(value_name = "FINGERPRINT")]
        fingerprint: String,
        #[command(flatten)]
        connection: Connection,
    },
}

/// An account by the name under which it signs in.
#[derive(Clone, Debug)]
struct Bound {
    party: PartyCode,
    name: ClientName,
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (party, name) = text
            .split_once('/')
            .ok_or_else(|| "write it like `JPN/misp`".to_owned())?;
        Ok(Self {
            party: party.parse().map_err(|error| format!("{error}"))?,
            name: name.parse().map_err(|error| format!("{error}"))?,
        })
    }
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
            Verb::Bind {
                account: Bound { party, name },
                certificate,
                only,
                connection,
            } => {
                let pem = disk::read_text(certificate)?;
                let body = json!({"name": name, "certificate": pem, "only": only});
                let bound = connection
                    .open()?
                    .post(&format!("/parties/{party}/clients/bind"), &body)?;
                let fingerprint = shown(&bound, "fingerprint");
                let text = match only {
                    true => {
                        format!("{party}/{name} comes in by its certificates only: {fingerprint}")
                    }
                    false => format!("{party}/{name} comes in by certificate too: {fingerprint}"),
                };
                Ok(Answer::new(text, bound))
            }
            Verb::Unbind {
                account: Bound { party, name },
                fingerprint,
                connection,
            } => {
                let body = json!({"name": name, "fingerprint": fingerprint});
                let unbound = connection
                    .open()?
                    .post(&format!("/parties/{party}/clients/unbind"), &body)?;
                let text = format!("that certificate lets nobody in as {party}/{name} any more");
                Ok(Answer::new(text, unbound))
            }
            Verb::List { party, connection } => {
                let answer = connection
                    .open()?
                    .get(&format!("/parties/{party}/clients"))?;
                let mut table = Table::new(["NAME", "LIVE", "CERTIFICATES"]);
                for client in list(&answer, "clients") {
                    let [name, live] = ["name", "live"].map(|key| shown(client, key));
                    let certificates: Vec<_> = list(client, "certificates")
                        .iter()
                        .filter_map(serde_json::Value::as_str)
                        .collect();
                    table.row([name, live, certificates.join(" ")]);
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
