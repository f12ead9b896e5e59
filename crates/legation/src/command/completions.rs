//! `legation completions`: the script that completes commands in a shell.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use serde_json::json;

use crate::Line;
use crate::answer::Answer;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation completions bash > /etc/bash_completion.d/legation
  legation completions fish > ~/.config/fish/completions/legation.fish";

/// Print the script that completes commands in a shell
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Line::command(), "legation", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        let json = json!({"shell": self.shell.to_string(), "script": script});
        Ok(Answer::new(script, json))
    }
}
