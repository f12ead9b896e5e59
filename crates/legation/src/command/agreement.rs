//! `legation agreement`: the files that people sign and the office enforces.

mod check;
mod rehearse;
mod show;
mod sign;
mod suspend;
mod table;

use clap::{Args, Subcommand};

use crate::answer::Answer;
use crate::failure::Failure;

const EXAMPLES: &str = "\
From a draft to an agreement in force:
  legation agreement check nato-jpn.md
  legation agreement rehearse nato-jpn.md --dir tokyo
  legation agreement table nato-jpn.md --dir tokyo
  ssh-keygen -Y sign -n legation-agreement -f id_ed25519 nato-jpn.md          (the partner signs)
  legation agreement accept nato-jpn --version 1 --party JPN --signature nato-jpn.md.sig --dir tokyo
  legation agreement sign nato-jpn.md --key tokyo/keys/host --out nato.sig     (the host signs)
  legation agreement accept nato-jpn --version 1 --party NATO --signature nato.sig --dir tokyo";

/// Agreements: check, sign, table, accept, rehearse, suspend ...
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Agreement {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Check),
    Sign(sign::Sign),
    Table(table::Table),
    Accept(table::Accept),
    Show(show::Show),
    List(show::List),
    Suspend(suspend::Suspend),
    Resume(suspend::Resume),
    Terminate(suspend::Terminate),
    Rehearse(rehearse::Rehearse),
}

impl Agreement {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Check(verb) => verb.run(),
            Verb::Sign(verb) => verb.run(),
            Verb::Table(verb) => verb.run(),
            Verb::Accept(verb) => verb.run(),
            Verb::Show(verb) => verb.run(),
            Verb::List(verb) => verb.run(),
            Verb::Suspend(verb) => verb.run(),
            Verb::Resume(verb) => verb.run(),
            Verb::Terminate(verb) => verb.run(),
            Verb::Rehearse(verb) => verb.run(),
        }
    }
}

/// The type of an agreement's bytes on their way to the office.
const FILE_TYPE: &str = "text/markdown";
