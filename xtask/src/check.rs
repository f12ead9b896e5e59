//! `cargo xtask check`: what the compiler cannot see, then the compiler's own checks.
//!
//! The looks, in order: arrows between crates, libraries, purity, headers and file names, lengths, error
//! codes, words. Each is a file; each answers with findings and changes nothing.

mod arrow;
mod code;
mod compiler;
mod file;
mod library;
mod purity;
mod word;

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

pub(crate) use self::compiler::cargo;
use crate::source::{Source, sources};

/// Something that a look found.
pub(crate) struct Finding {
    place: String,
    text: String,
    weight: Weight,
}

#[derive(PartialEq, Eq)]
enum Weight {
    Warning,
    Fault,
}

impl Finding {
    fn fault(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            text: text.into(),
            weight: Weight::Fault,
        }
    }

    fn warning(place: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            weight: Weight::Warning,
            ..Self::fault(place, text)
        }
    }

    fn at(source: &Source, offset: usize, text: impl Into<String>) -> Self {
        Self::fault(format!("{}:{}", source.path, source.line(offset)), text)
    }
}

/// Looks at the sources, then runs the compiler's checks.
pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    Ok(close(&all(root)?))
}

/// All checks; the names of those that failed.
pub(crate) fn all(root: &Path) -> Result<Vec<&'static str>> {
    let mut failed = look(root)?;
    failed.extend(compiler::run(root)?);
    Ok(failed)
}

/// Looks at the sources only.
pub(crate) fn run_on_sources(root: &Path) -> Result<ExitCode> {
    let failed = look(root)?;
    Ok(close(&failed))
}

/// Says which checks failed.
fn close(failed: &[&str]) -> ExitCode {
    if failed.is_empty() {
        println!("check: all is well");
        return ExitCode::SUCCESS;
    }
    println!("check: failed: {}", failed.join(", "));
    ExitCode::FAILURE
}

/// The looks; the names of those that found a fault.
fn look(root: &Path) -> Result<Vec<&'static str>> {
    let sources = sources(root)?;
    let looks = [
        ("arrows", arrow::look(root)?),
        ("libraries", library::look(root)?),
        ("purity", purity::look(&sources)),
        ("files", file::look(&sources)),
        ("error codes", code::look(root, &sources)?),
        ("words", word::look(root, &sources)?),
    ];
    let mut failed = Vec::new();
    for (name, findings) in looks {
        let faults = findings.iter().filter(|f| f.weight == Weight::Fault);
        let faults = faults.count();
        println!(
            "check {name}: {}",
            if faults == 0 { "ok" } else { "FAILED" }
        );
        for finding in &findings {
            let weight = match finding.weight {
                Weight::Warning => "warning: ",
                Weight::Fault => "",
            };
            println!("  {weight}{}: {}", finding.place, finding.text);
        }
        if faults > 0 {
            failed.push(name);
        }
    }
    Ok(failed)
}

/// Says how long something took.
pub(crate) fn since(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}
