//! The command line of an office: it reads what was typed, calls the verb and maps the outcome to
//! an exit code: 0 done, 1 refused or failed, 2 usage.
//!
//! No rule of the office is here. Verbs that act on a running office are clients of its HTTP API,
//! like everybody else; the others open a directory through the engine.

mod acme;
mod answer;
mod client;
mod command;
mod config;
mod courier;
mod demo;
mod disk;
mod failure;
mod mail;
mod notify;
mod observe;
mod progress;
mod secure;
mod serve;
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::answer::Answer;
use crate::command::Command;
use crate::failure::Failure;

/// What help says at its end.
const EXAMPLES: &str = "\
Examples:
  legation init tokyo --alliance NATO --name 'North Atlantic Treaty Organization' --office Tokyo
  legation serve tokyo
  legation party add JPN --name Japan --status partner --key japan.pub --dir tokyo
  legation agreement table nato-jpn.md --dir tokyo
  legation why JPN indicator--5b1a0c3e-8d2f-4e6a-9c1b-7f3d2e4a6b80 --dir tokyo

Verbs that speak to a running office take --office URL and --token T (or LEGATION_OFFICE and
LEGATION_TOKEN), or on its own machine --dir DIR.
Exit codes: 0 done, 1 refused or failed, 2 usage.";

/// A liaison office in software: each partner receives exactly what its signed agreement releases.
#[derive(Debug, Parser)]
#[command(name = "legation", version, after_help = EXAMPLES, arg_required_else_help = true)]
#[command(max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
    /// Print one JSON document on stdout, errors included
    #[arg(long, global = true)]
    json: bool,
}

fn main() -> ExitCode {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => return usage(&error),
    };
    match line.command.run(line.json) {
        Ok(answer) => tell(&answer, line.json),
        Err(failure) => refuse(&failure, line.json),
    }
}

fn tell(answer: &Answer, json: bool) -> ExitCode {
    let shown = show(&if json {
        answer.document()
    } else {
        answer.text()
    });
    if shown && !answer.is_refusal() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn refuse(failure: &Failure, json: bool) -> ExitCode {
    if json {
        show(&failure.document());
    } else {
        // Where stderr is gone there is nobody left to tell.
        let _ = writeln!(std::io::stderr().lock(), "{failure}");
    }
    ExitCode::FAILURE
}

/// Help that was asked for is an answer; everything else that the parser says is a wrong usage.
fn usage(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|word| word == "--json") {
        show(&failure::usage(error).document());
    } else {
        let _ = error.print();
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// Prints on stdout; whether whoever reads it was still there.
fn show(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_ok()
}
