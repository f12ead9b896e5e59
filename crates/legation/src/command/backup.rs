//! `legation backup`: a consistent copy of an office, running or not.

use std::path::{Path, PathBuf};

use clap::Args;
use legation_engine::Findings;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::failure::Failure;
use crate::progress::Progress;

const EXAMPLES: &str = "\
Examples:
  legation backup tokyo /media/stick/tokyo
  legation backup tokyo /media/stick/tokyo --thorough

The office may go on running. The first copy is verified before the command says that it is done. Where \
there is a copy already, only what is new is added, and what was erased is erased; its end is checked \
against the office's signature, and with --thorough all of it. A copy holds the keys and the chief's \
token: keep it as secret as the office itself.";

/// Copy an office, running or not, or bring a copy up to date
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backup {
    /// The office's directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The directory to make, or a copy that was made before
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// Verify the whole copy, also where it is only brought up to date
    #[arg(long)]
    thorough: bool,
}

impl Backup {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let (dir, target) = (&self.dir, &self.target);
        let bar = Progress::over_bytes("copying");
        let done = legation_engine::backup(dir, target, self.thorough, &mut |done, total| {
            bar.set(done, total);
        })?;
        drop(bar);
        let text = match &done.findings {
            Some(findings) if done.whole => told("copied", dir, target, findings),
            findings => format!(
                "brought {} up to date with {}: {} new of {} entries, {}",
                target.display(),
                dir.display(),
                done.new,
                done.entries,
                match findings {
                    Some(_) => "sound",
                    None => "its end verified",
                }
            ),
        };
        let json = json!({"from": dir, "to": target, "whole": done.whole, "new": done.new,
            "entries": done.entries, "root": done.root, "verified": done.findings.is_some()});
        Ok(Answer::new(text, json))
    }
}

/// What was copied, in one line.
pub(super) fn told(done: &str, from: &Path, to: &Path, findings: &Findings) -> String {
    format!(
        "{done} {} to {}: {} entries, {} bodies, sound",
        from.display(),
        to.display(),
        findings.entries,
        findings.bodies
    )
}

/// What was copied, for machines.
pub(super) fn document(from: &Path, to: &Path, findings: &Findings) -> Value {
    json!({"from": from, "to": to, "entries": findings.entries, "bodies": findings.bodies,
        "root": findings.root})
}
