//! `legation demo`: a sample office on data of the repository's own, shown and then served.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::answer::Answer;
use crate::config::LISTEN;
use crate::demo::{self, Settings};
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation demo
  legation demo --once
  legation demo --dir tokyo --bundle enterprise-attack.json

Founds an office with members and partners, each with an agreement of its own, files some hundred \
records and shows who sees what and why; then it serves, and says how to connect. Names of states \
are sample data; nobody named has anything to do with this program.";

/// Show a sample office, then serve it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Demo {
    /// Where to found the office; a temporary directory, removed at the end, when left out
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value_t = LISTEN)]
    listen: SocketAddr,
    /// End after the walk instead of serving
    #[arg(long)]
    once: bool,
    /// A STIX bundle to file as the host
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
}

impl Demo {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        demo::run(Settings {
            dir: self.dir.clone(),
            listen: self.listen,
            once: self.once,
            bundle: self.bundle.clone(),
        })
        .map_err(|error| Failure::new("cli.demo", format!("{error:#}")))?;
        Ok(Answer::new("", Value::Null))
    }
}
