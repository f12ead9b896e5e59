//! `legation restore`: a copy becomes an office again, once it has been verified.

use std::path::PathBuf;

use clap::Args;

use super::backup::{document, told};
use crate::answer::Answer;
use crate::failure::Failure;
use crate::progress::Progress;

const EXAMPLES: &str = "\
Examples:
  legation restore /media/stick/tokyo-2026-01-31 tokyo
  legation serve tokyo

The copy is verified first, and what was put back is verified too. Never let an office and its copy run \
at the same time: they would both sign logs of the same name.";

/// Put a copy back as an office, after verifying it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Restore {
    /// The copy
    #[arg(value_name = "TARGET")]
    target: PathBuf,
    /// The directory to make
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Restore {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let bar = Progress::over_bytes("restoring");
        let findings = legation_engine::restore(&self.target, &self.dir, &mut |done, total| {
            bar.set(done, total);
        })?;
        drop(bar);
        Ok(Answer::new(
            told("restored", &self.target, &self.dir, &findings),
            document(&self.target, &self.dir, &findings),
        ))
    }
}
