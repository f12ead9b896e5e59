//! `legation man`: the manual pages, made from the same definition as help and completions.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};
use serde_json::json;

use crate::Line;
use crate::answer::Answer;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation man --out man && man -l man/legation-serve.1";

/// Write the manual pages, one for each command
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Man {
    /// The folder to write them to; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Man {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let out = &self.out;
        std::fs::create_dir_all(out).map_err(|error| Failure::disk("make", out, &error))?;
        let line = Line::command().disable_help_subcommand(true);
        clap_mangen::generate_to(line, out)
            .map_err(|error| Failure::disk("write to", out, &error))?;
        let mut pages = Vec::new();
        let entries = std::fs::read_dir(out);
        for entry in entries.map_err(|error| Failure::disk("read", out, &error))? {
            let entry = entry.map_err(|error| Failure::disk("read", out, &error))?;
            pages.push(entry.file_name().to_string_lossy().into_owned());
        }
        pages.retain(|page| page.starts_with("legation") && page.ends_with(".1"));
        pages.sort();
        let text = format!("{} pages are in {}", pages.len(), out.display());
        Ok(Answer::new(text, json!({"to": out, "pages": pages})))
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;
    use clap_complete::Shell;

    use super::*;

    /// Every command by its words, `legation agreement table`, with what help says of it.
    fn commands(command: &Command, words: &str, list: &mut Vec<(String, String)>) {
        let about = command
            .get_about()
            .map_or(String::new(), ToString::to_string);
        list.push((words.to_owned(), about));
        for sub in command.get_subcommands() {
            commands(sub, &format!("{words} {}", sub.get_name()), list);
        }
    }

    fn all() -> Vec<(String, String)> {
        let mut list = Vec::new();
        commands(&Line::command(), "legation", &mut list);
        list
    }

    #[test]
    fn every_command_has_a_page_that_says_what_help_says() {
        let dir = tempfile::tempdir().unwrap();
        let man = Man {
            out: dir.path().join("man"),
        };
        man.run().unwrap();
        let list = all();
        assert!(list.len() > 40, "{}", list.len());
        for (words, about) in &list {
            let page = man.out.join(format!("{}.1", words.replace(' ', "-")));
            let text = std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("{page:?}"));
            assert!(!about.is_empty(), "{words}");
            // Roff escapes hyphens; words without one must stand there as they are.
            let words = about
                .split_whitespace()
                .filter(|word| !word.contains(['-', '\'']));
            for word in words {
                assert!(text.contains(word), "{page:?} lacks `{word}`");
            }
        }
        let pages = std::fs::read_dir(&man.out).unwrap().count();
        assert_eq!(pages, list.len(), "a page is of no command");
    }

    #[test]
    fn every_command_completes_in_every_shell() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Line::command(), "legation", &mut script);
            let script = String::from_utf8(script).unwrap();
            for (words, _) in all() {
                let last = words.rsplit(' ').next().unwrap();
                assert!(script.contains(last), "{shell}: {words}");
            }
        }
    }
}
