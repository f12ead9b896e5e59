//! `legation agreement check`: parses and lints a file, offline.

use std::path::PathBuf;

use clap::Args;
use legation_core::agreement::document::Document;
use legation_core::id::Digest;
use legation_engine::check_redactions;
use serde_json::json;

use super::FILE_TYPE;
use crate::answer::Answer;
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;
use crate::table::facts;

const EXAMPLES: &str = "\
Examples:
  legation agreement check nato-jpn.md
  legation agreement check nato-jpn.md --dir tokyo

Offline the file alone is checked. With --office or --dir the office also checks the areas and parties \
that it names, and whether it may follow on what is tabled. Each fault is a line `line:column: code: text`.";

/// Check a file: every fault with its line and column
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Check {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

impl Check {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bytes = disk::read(&self.file)?;
        let document = Document::parse(&bytes)?;
        check_redactions(&document)?;
        let with_office = self.connection.is_named();
        if with_office {
            let client = self.connection.open()?;
            client.send("/agreements/check", FILE_TYPE, &bytes)?;
        }
        let digest = Digest::of(&bytes).to_string();
        let Document {
            id, version, title, ..
        } = &document;
        let other = document.parties.other.to_string();
        let until = document.until.map(|until| until.to_string());
        let held = match with_office {
            true => "sound, also to the office",
            false => "sound",
        };
        let mut text = format!("{id} version {version}: {held}\n");
        text += &facts(&[
            ("  title", title),
            ("  parties", &format!("{}, {other}", document.parties.host)),
            ("  in force", &document.in_force.to_string()),
            ("  until", until.as_deref().unwrap_or("-")),
            (
                "  terms",
                &format!("{} take, {} give", document.take.len(), document.give.len()),
            ),
            ("  digest", &digest),
        ]);
        let json = json!({
            "id": id, "version": version, "digest": digest, "title": title,
            "parties": [document.parties.host.as_str(), &other],
            "in_force": document.in_force, "until": document.until,
            "take": document.take.len(), "give": document.give.len(), "office": with_office,
        });
        Ok(Answer::new(text, json))
    }
}
