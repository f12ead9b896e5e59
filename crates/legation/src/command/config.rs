//! `legation config`: the settings, told and checked. Nothing is changed here.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::config::{self, Settings};
use crate::failure::Failure;
use crate::table::Table;

const EXAMPLES: &str = "\
Examples:
  legation config check --dir tokyo
  legation config show --default > legation.toml
  LEGATION_LIMITS_PAGE=500 legation config check --dir tokyo

Settings come from DIR/legation.toml, then from the environment, which counts before the file.";

/// The settings: check them, show them
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Tell every value and where it comes from, or every fault with its line and column
    Check {
        /// The office's directory; the environment alone when left out
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Print a file of settings, each with its reason
    Show {
        /// The settings of this office, as they hold now
        #[arg(long, value_name = "DIR", required_unless_present = "default")]
        dir: Option<PathBuf>,
        /// The settings of a new office
        #[arg(long, conflicts_with = "dir")]
        default: bool,
    },
}

impl Config {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Check { dir } => {
                if let Some(dir) = dir {
                    Settings::read(dir)?;
                }
                let settings = config::effective(dir.as_deref())?;
                let mut table = Table::new(["SETTING", "VALUE", "FROM"]);
                let mut list = Vec::new();
                for setting in settings {
                    table.row([setting.name, setting.value, setting.from]);
                    list.push(setting.document);
                }
                let json = json!({"sound": true, "settings": list});
                Ok(Answer::new(table.or("there are no settings"), json))
            }
            Verb::Show { dir, .. } => {
                let settings = match dir {
                    Some(dir) => Settings::read(dir)?,
                    None => Settings::default(),
                };
                let text = settings.text();
                let json = json!({"file": Value::from(text.as_str())});
                Ok(Answer::new(text, json))
            }
        }
    }
}
