//! `legation house`: the house rules, the office's own ceiling.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use legation_core::house::HouseRules;
use serde_json::json;

use crate::answer::Answer;
use crate::client::Connection;
use crate::disk;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation house show --dir tokyo > house.toml
  legation house check house.toml
  legation house set house.toml --dir tokyo";

/// The house rules: areas, and what may leave at all
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct House {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Print the rules in force
    Show {
        #[command(flatten)]
        connection: Connection,
    },
    /// Put a file of rules in force, at once
    Set {
        /// The rules
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        connection: Connection,
    },
    /// Check a file of rules, offline
    Check {
        /// The rules
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

impl House {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Show { connection } => {
                let rules = connection.open()?.fetch("/house", &[])?;
                let rules = String::from_utf8_lossy(&rules).into_owned();
                let json = json!({"house": rules});
                Ok(Answer::new(rules, json))
            }
            Verb::Set { file, connection } => {
                let rules = disk::read(file)?;
                HouseRules::parse(&rules)?;
                let set = connection.open()?.put("/house", "text/plain", &rules)?;
                Ok(Answer::new(format!("{} is in force", file.display()), set))
            }
            Verb::Check { file } => check(file),
        }
    }
}

fn check(file: &Path) -> Result<Answer, Failure> {
    let rules = HouseRules::parse(&disk::read(file)?)?;
    let areas: Vec<&str> = rules.areas().map(|(name, _)| name).collect();
    let (ceiling, unmarked) = (rules.ceiling.len(), rules.unmarked.len());
    let text = format!(
        "{} is sound: areas {}, ceiling rules {ceiling}, unmarked rules {unmarked}",
        file.display(),
        areas.len()
    );
    let json = json!({"areas": areas, "ceiling": ceiling, "unmarked": unmarked});
    Ok(Answer::new(text, json))
}
