//! Whole transcripts: each file in `transcripts/` is run in a shell and must come out the same.
//!
//! ```text
//! ## a comment             after an empty line
//! $ command                what it prints on both streams, then [exit N] if N is not 0
//! $ serve DIR ARG...       starts an office; its address is in $URL from then on
//! $ stop                   ends it, as a service manager would
//! $ NAME=VALUE             sets a variable for the commands after it
//! ```
//!
//! With LEGATION_TRANSCRIPTS=write the files are written anew; read the difference before you keep
//! it.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::filter::filter;
use crate::office::{BINARY, Serving, samples};

fn run(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/transcripts/{name}"));
    let wanted = std::fs::read_to_string(&path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    for sample in std::fs::read_dir(samples()).unwrap() {
        let sample = sample.unwrap().path();
        std::fs::copy(&sample, dir.path().join(sample.file_name().unwrap())).unwrap();
    }
    let found = play(&wanted, dir.path());
    if std::env::var_os("LEGATION_TRANSCRIPTS").is_some_and(|value| value == "write") {
        std::fs::write(&path, found).unwrap();
    } else if found != wanted {
        panic!(
            "{name} comes out otherwise:\n{}",
            difference(&wanted, &found)
        );
    }
}

fn play(script: &str, dir: &Path) -> String {
    let mut found = String::new();
    let mut serving: Option<Serving> = None;
    let mut variables = String::new();
    let mut lines = script.lines().peekable();
    while let Some(line) = lines.next() {
        // Everything else is what a command printed when the file was written.
        let leads = line.is_empty() && lines.peek().is_some_and(|next| next.starts_with("## "));
        if line.starts_with("## ") || leads {
            let _ = writeln!(found, "{line}");
        }
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let _ = writeln!(found, "{line}");
        if let Some(arguments) = command.strip_prefix("serve ") {
            let words: Vec<&str> = ["serve"]
                .into_iter()
                .chain(arguments.split_whitespace())
                .collect();
            let started = Serving::start(dir, &words);
            found.push_str(&filter(&started.line));
            let _ = writeln!(variables, "URL='{}'", started.url);
            serving = Some(started);
        } else if command == "stop" {
            let code = serving.take().expect("nothing is served").stop();
            let _ = writeln!(found, "[exit {}]", code.unwrap_or(-1));
        } else {
            let name = command.split_once('=').map(|(name, _)| name);
            let name = name.filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
            let keep = name.map_or(String::new(), |name| {
                format!("\nprintf \"%s='%s'\\n\" {name} \"${name}\"")
            });
            let (said, code) = shell(dir, &format!("{variables}\n{command}{keep}"));
            match name {
                Some(_) => variables.push_str(&said),
                None => found.push_str(&filter(&said)),
            }
            if code != 0 {
                let _ = writeln!(found, "[exit {code}]");
            }
        }
    }
    found
}

/// Runs a line in a shell that finds the binary by its name; both streams, and the exit code.
fn shell(dir: &Path, line: &str) -> (String, i32) {
    let folder = Path::new(BINARY).parent().unwrap().display();
    let path = std::env::var("PATH").unwrap_or_default();
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{line}")])
        .current_dir(dir)
        .env("PATH", format!("{folder}:{path}"))
        .env("COLUMNS", "100")
        .env_remove("LEGATION_OFFICE")
        .env_remove("LEGATION_TOKEN")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !said.is_empty() && !said.ends_with('\n') {
        said.push('\n');
    }
    (said, output.status.code().unwrap_or(-1))
}

/// The first lines that differ, with what was wanted and what was found.
fn difference(wanted: &str, found: &str) -> String {
    let (wanted, found): (Vec<&str>, Vec<&str>) =
        (wanted.lines().collect(), found.lines().collect());
    let first = wanted
        .iter()
        .zip(&found)
        .take_while(|(a, b)| a == b)
        .count();
    let part = |lines: &[&str], sign: char| {
        let shown = lines.iter().skip(first).take(12);
        shown
            .map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    format!(
        "from line {}:\n{}{}",
        first + 1,
        part(&wanted, '-'),
        part(&found, '+')
    )
}

#[test]
fn a_first_run() {
    run("first-run.txt");
}

#[test]
fn signing_and_checking_offline() {
    run("offline.txt");
}

#[test]
fn refusals_and_wrong_usage() {
    run("refusals.txt");
}

#[test]
fn settings() {
    run("settings.txt");
}

#[test]
fn recalls() {
    run("recall.txt");
}

#[test]
fn what_may_be_found_is_what_may_be_read() {
    run("find.txt");
}

#[test]
fn backup_and_restore() {
    run("backup.txt");
}

#[test]
fn help() {
    run("help.txt");
}
