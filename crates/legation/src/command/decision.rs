//! `legation decision`: texts that the office puts to the members, what these say, and what becomes
//! of it.

mod chair;
mod proof;
mod say;
mod show;
mod table;

use clap::{Args, Subcommand};

use crate::answer::Answer;
use crate::failure::Failure;

const EXAMPLES: &str = "\
A silence procedure:
  legation decision table office.md --title 'An office in Tokyo' --expires '2031-03-31T18:00[Europe/Brussels]' --dir tokyo
  legation decision reserve office-tokyo --text 'not in winter' --office https://office.example --token T
  legation decision break office-tokyo --reason 'the costs are not clear' --office https://office.example --token T
  legation decision amended office-tokyo office-2.md --expires '2031-04-30T18:00[Europe/Brussels]' --dir tokyo
  legation decision show office-tokyo-2 --dir tokyo
  legation decision export office-tokyo-2 --out adopted.json --dir tokyo
  legation decision verify adopted.json --log-key tokyo/keys/log.pub

Whoever is asked and says nothing by the expiry agrees; an objection or an amendment breaks silence. A party \
speaks with the token of one of its persons; what it sent in on paper the office enters with --party.";

/// Decisions: put a text to the members, break silence, see what was adopted and prove it
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Decision {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Table(table::Table),
    Amended(table::Amended),
    List(show::List),
    Show(show::Show),
    Adopted(show::Adopted),
    Break(say::Break),
    Amend(say::Amend),
    Reserve(say::Reserve),
    State(say::State),
    Assent(say::Assent),
    Conclude(chair::Conclude),
    Withdraw(chair::Withdraw),
    Extend(chair::Extend),
    Export(proof::Export),
    Verify(proof::Verify),
}

impl Decision {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        match &self.verb {
            Verb::Table(verb) => verb.run(),
            Verb::Amended(verb) => verb.run(),
            Verb::List(verb) => verb.run(),
            Verb::Show(verb) => verb.run(),
            Verb::Adopted(verb) => verb.run(),
            Verb::Break(verb) => verb.run(),
            Verb::Amend(verb) => verb.run(),
            Verb::Reserve(verb) => verb.run(),
            Verb::State(verb) => verb.run(),
            Verb::Assent(verb) => verb.run(),
            Verb::Conclude(verb) => verb.run(),
            Verb::Withdraw(verb) => verb.run(),
            Verb::Extend(verb) => verb.run(),
            Verb::Export(verb) => verb.run(),
            Verb::Verify(verb) => verb.run(),
        }
    }
}
