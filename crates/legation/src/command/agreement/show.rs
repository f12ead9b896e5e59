//! `legation agreement show` and `list`: where agreements stand.

use std::path::PathBuf;

use clap::Args;
use legation_core::id::AgreementId;
use serde_json::Value;

use crate::answer::{Answer, list, shown};
use crate::client::Connection;
use crate::command::activity::deadlines;
use crate::disk::{self, Mode};
use crate::failure::Failure;
use crate::table::{Table, facts};

const SHOW: &str = "\
Examples:
  legation agreement show nato-jpn --dir tokyo
  legation agreement show nato-jpn --version 1 --save nato-jpn-1.md --dir tokyo";

/// Show where an agreement stands
#[derive(Args, Debug)]
#[command(after_help = SHOW)]
pub(crate) struct Show {
    /// The agreement
    #[arg(value_name = "ID")]
    id: AgreementId,
    /// The version; the one in force when left out, or else the newest
    #[arg(long, value_name = "N")]
    version: Option<u32>,
    /// Also save the version's exact bytes, to be read and signed
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// List the agreements
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    connection: Connection,
}

impl Show {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let client = self.connection.open()?;
        let path = format!("/agreements/{}", self.id);
        let version = self.version.map(|version| version.to_string());
        let query: Vec<(&str, &str)> = version.iter().map(|v| ("version", v.as_str())).collect();
        let agreement = client.query(&path, &query)?;
        if let Some(file) = &self.save {
            // The version that was shown, even if another comes into force meanwhile.
            let version = shown(&agreement, "version");
            let bytes = client.fetch(&format!("{path}/file"), &[("version", &version)])?;
            disk::create(file, &bytes, Mode::Open)?;
        }
        Ok(Answer::new(tell(&agreement), agreement))
    }
}

/// Where an agreement stands, in one line, then its dates and signatures.
pub(super) fn tell(agreement: &Value) -> String {
    let field = |key: &str| shown(agreement, key);
    let mut text = format!(
        "{} version {}: {}\n",
        field("id"),
        field("version"),
        field("state")
    );
    text += &facts(&[
        ("  title", &field("title")),
        ("  parties", &field("parties")),
        ("  in force", &field("in_force")),
        ("  until", &field("until")),
        ("  after end", &field("after_end")),
        ("  terminated", &field("terminated")),
        ("  digest", &field("digest")),
    ]);
    for signature in list(agreement, "signatures") {
        let [party, at, fingerprint] =
            ["party", "at", "fingerprint"].map(|key| shown(signature, key));
        text += &format!("  signed by {party} at {at} with {fingerprint}\n");
    }
    for version in list(agreement, "versions") {
        let [number, state] = ["version", "state"].map(|key| shown(version, key));
        text += &format!("  version {number} is {state}\n");
    }
    text + &deadlines(agreement)
}

impl List {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let answer = self.connection.open()?.get("/agreements")?;
        let mut table = Table::new([
            "ID", "VERSION", "STATE", "PARTIES", "IN FORCE", "UNTIL", "TITLE",
        ]);
        let mut due = String::new();
        for one in list(&answer, "agreements") {
            let keys = [
                "id", "version", "state", "parties", "in_force", "until", "title",
            ];
            table.row(keys.map(|key| shown(one, key)));
            due += &deadlines(one);
        }
        Ok(Answer::new(table.or("no agreements") + &due, answer))
    }
}
