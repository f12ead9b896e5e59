//! `legation agreement table` and `accept`: puts a version on the table, and signatures under it.

use std::path::PathBuf;

use clap::Args;
use legation_core::id::{AgreementId, PartyCode};
use serde_json::json;

use super::FILE_TYPE;
use crate::answer::{Answer, shown};
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;

const TABLE: &str = "\
Examples:
  legation agreement table nato-jpn.md --dir tokyo

What is tabled are the exact bytes; both sides sign those.";

const ACCEPT: &str = "\
Examples:
  legation agreement accept nato-jpn --version 1 --party JPN --signature nato-jpn.md.sig --dir tokyo

The version is in force from its `in_force`, or from the second signature if that comes later.";

/// Put a version on the table
#[derive(Args, Debug)]
#[command(after_help = TABLE)]
pub(crate) struct Table {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

/// Accept the signature of a party under a version
#[derive(Args, Debug)]
#[command(after_help = ACCEPT)]
pub(crate) struct Accept {
    /// The agreement
    #[arg(value_name = "ID")]
    id: AgreementId,
    /// The version
    #[arg(long, value_name = "N")]
    version: u32,
    /// Who signed
    #[arg(long, value_name = "CODE")]
    party: PartyCode,
    /// The signature that ssh-keygen or `agreement sign` wrote
    #[arg(long, value_name = "FILE.sig")]
    signature: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

impl Table {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bytes = disk::read(&self.file)?;
        let client = self.connection.open()?;
        let tabled = client.send("/agreements", FILE_TYPE, &bytes)?;
        let text = format!(
            "{} version {} is tabled\n  digest  {}",
            shown(&tabled, "id"),
            shown(&tabled, "version"),
            shown(&tabled, "digest")
        );
        Ok(Answer::new(text, tabled))
    }
}

impl Accept {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let signature = disk::read_text(&self.signature)?;
        let path = format!("/agreements/{}/signatures", self.id);
        let body = json!({"version": self.version, "party": self.party, "signature": signature});
        let accepted = self.connection.open()?.post(&path, &body)?;
        let text = format!(
            "{} signed {} version {}: {}",
            self.party,
            self.id,
            self.version,
            shown(&accepted, "state")
        );
        Ok(Answer::new(text, accepted))
    }
}
