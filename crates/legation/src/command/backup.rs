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
  legation backup tokyo /media/stick/tokyo-2026-01-31

The office may go on running. The copy is verified before the command says that it is done. It holds \
the keys and the chief's token: keep it as secret as the office itself.";

/// Copy an office, running or not, and verify the copy
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backup {
    /// The office's directory
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The directory to make
    #[arg(value_name = "TARGET")]
    target: PathBuf,
}

impl Backup {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bar = Progress::over_bytes("copying");
        let findings = legation_engine::backup(&self.dir, &self.target, &mut |done, total| {
            bar.set(done, total);
        })?;
        drop(bar);
        Ok(Answer::new(
            told("copied", &self.dir, &self.target, &findings),
            document(&self.dir, &self.target, &findings),
        ))
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
