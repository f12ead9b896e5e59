//! `cargo xtask bench`: the measurements, one after the other, as released programs run.
//!
//! Not a test: it prints figures and judges none of them. What they mean is said in the header of
//! each example.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::check::{cargo, since};

/// Each measurement is an example of the crate that it measures.
const BENCHES: [(&str, &str); 2] = [
    ("legation-engine", "million"),
    ("legation-journal", "speed"),
];

pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let mut all_well = true;
    for (package, example) in BENCHES {
        println!("== {package}: {example}");
        let start = Instant::now();
        let status = cargo(root)
            .args(["run", "--quiet", "--release", "--locked"])
            .args(["--package", package, "--example", example])
            .status()
            .with_context(|| format!("cannot start cargo for {example}"))?;
        println!("{example} took {} with its build", since(start));
        all_well &= status.success();
    }
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
