//! `legation stix`: STIX files judged by the standard, offline.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use legation_engine::validate::{Finding, Report, Severity, each};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::disk;
use crate::failure::Failure;

const EXAMPLES: &str = "\
Examples:
  legation stix check bundle.json
  legation stix check --errors *.json

A file holds an object, a bundle or a TAXII envelope. Each finding is a line `file: object: severity code pointer (section): \
text`; the section is one of STIX 2.1. Errors break a requirement and make the exit code 1, warnings break a recommendation.";

/// STIX files: check them
#[derive(Args, Debug)]
pub(crate) struct Stix {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check files against all that STIX 2.1 requires and recommends, offline
    #[command(after_help = EXAMPLES)]
    Check {
        /// The files
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Tell errors alone
        #[arg(long)]
        errors: bool,
    },
}

impl Stix {
    pub(crate) fn run(&self) -> Result<Answer, Failure> {
        let Verb::Check { files, errors } = &self.verb;
        let mut told = Told {
            errors_alone: *errors,
            text: String::new(),
            errors: 0,
            warnings: 0,
        };
        let (mut documents, mut count) = (Vec::new(), 0);
        for file in files {
            let (objects, findings) = told.check(file)?;
            count += objects;
            documents.push(json!({"file": file, "objects": objects, "findings": findings}));
        }
        let Told {
            mut text,
            errors,
            warnings,
            ..
        } = told;
        let valid = errors == 0;
        let held = if valid { "valid" } else { "not valid" };
        let _ = writeln!(
            text,
            "{held}: objects {count}, errors {errors}, warnings {warnings}"
        );
        let json = json!({"valid": valid, "objects": count, "errors": errors,
            "warnings": warnings, "files": documents});
        Ok(Answer::new(text, json).refused_if(!valid))
    }
}

/// What has been told of all files.
struct Told {
    errors_alone: bool,
    text: String,
    errors: usize,
    warnings: usize,
}

impl Told {
    /// Checks one file: how many objects it holds, and what there is to say of them.
    fn check(&mut self, file: &Path) -> Result<(usize, Vec<Value>), Failure> {
        let bytes = disk::read(file)?;
        let mut findings = Vec::new();
        let mut objects = 0;
        let about = each(&bytes, |entry| {
            objects += 1;
            let place = (entry.index, entry.id.as_deref(), entry.offset);
            self.take(file, place, &entry.report, &mut findings);
        });
        self.take(file, (None, None, 0), &about, &mut findings);
        Ok((objects, findings))
    }

    fn take(
        &mut self,
        file: &Path,
        (index, id, offset): (Option<usize>, Option<&str>, usize),
        report: &Report,
        findings: &mut Vec<Value>,
    ) {
        let object = match (index, id) {
            (_, Some(id)) => format!("{id}: "),
            (Some(index), None) => format!("object {index}: "),
            (None, None) => String::new(),
        };
        for found in &report.findings {
            if found.severity == Severity::Error {
                self.errors += 1;
            } else {
                self.warnings += 1;
                if self.errors_alone {
                    continue;
                }
            }
            let _ = writeln!(self.text, "{}: {object}{found}", file.display());
            let Finding {
                severity,
                code,
                pointer,
                section,
                text,
                ..
            } = found;
            findings.push(
                json!({"index": index, "id": id, "severity": severity.as_str(),
                "code": code, "pointer": pointer, "offset": offset + found.offset,
                "section": section, "text": text}),
            );
        }
    }
}
