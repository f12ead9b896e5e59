//! `legation journal`: the journal itself, offline.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use legation_engine::{Findings, Office};
use serde_json::json;

use crate::answer::Answer;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::table::facts;

const EXAMPLES: &str = "\
Examples:
  legation journal verify tokyo
  legation journal verify tokyo --log-key 'legation/nato/tokyo+0a1b2c3d+AQ...'

Recomputes everything that can be: links, the Merkle tree and its tiles, the signed checkpoint, the \
digests of all bodies, and every table from a fold of the entries. Exit code 1 if anything differs.";

/// Verify the journal of an office
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Journal {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Recompute and compare everything; the office may be running
    Verify(Verify),
}

#[derive(Args, Debug)]
struct Verify {
    /// The office's directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The key that the checkpoint must be signed with; the directory's own when left out
    #[arg(long, value_name = "KEY")]
    log_key: Option<String>,
}

impl Journal {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let Verb::Verify(verify) = &self.verb;
        verify.run()
    }
}

impl Verify {
    fn run(&self) -> Result<Answer, Failure> {
        let key = match &self.log_key {
            Some(key) => key.trim().to_owned(),
            None => Office::log_key_of(&self.dir)?,
        };
        let bar = Progress::over(0, "verifying", "entries");
        let findings = legation_engine::verify(&self.dir, &key, &mut |done, total| {
            bar.set(done, total);
        })?;
        drop(bar);
        let sound = findings.faults.is_empty();
        let json = json!({
            "sound": sound, "entries": findings.entries, "bodies": findings.bodies,
            "erased": findings.erased, "rows": findings.rows, "tiles": findings.tiles,
            "root": findings.root, "log_key": key, "faults": findings.faults,
        });
        Ok(Answer::new(tell(&findings), json).refused_if(!sound))
    }
}

fn tell(findings: &Findings) -> String {
    let mut text = match findings.faults.len() {
        0 => "sound\n".to_owned(),
        1 => "not sound: 1 fault\n".to_owned(),
        faults => format!("not sound: {faults} faults\n"),
    };
    for fault in &findings.faults {
        text += &format!("  {fault}\n");
    }
    let count = |count: u64| count.to_string();
    text += &facts(&[
        ("  entries", &count(findings.entries)),
        ("  bodies", &count(findings.bodies)),
        ("  erased", &count(findings.erased)),
        ("  rows", &count(findings.rows)),
        ("  tiles", &count(findings.tiles)),
        ("  root", &findings.root),
    ]);
    text
}
