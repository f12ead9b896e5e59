//! The compiler's own checks: format, clippy and documentation, each with warnings denied.
//!
//! Not here: tests; see `cargo xtask test`.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};

use super::since;

/// Runs the checks; the names of those that failed.
pub(crate) fn run(root: &Path) -> Result<Vec<&'static str>> {
    let checks: [(&str, &[&str]); 3] = [
        ("fmt", &["fmt", "--all", "--check"]),
        (
            "clippy",
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--",
                "-D",
                "warnings",
            ],
        ),
        ("doc", &["doc", "--workspace", "--no-deps", "--locked"]),
    ];
    let mut failed = Vec::new();
    for (name, args) in checks {
        let start = Instant::now();
        let status = cargo(root)
            .args(args)
            .env("RUSTDOCFLAGS", "-D warnings")
            .status()
            .with_context(|| format!("cannot start cargo {name}"))?;
        let word = if status.success() { "ok" } else { "FAILED" };
        println!("check {name}: {word} ({})", since(start));
        if !status.success() {
            failed.push(name);
        }
    }
    Ok(failed)
}

/// The cargo that runs this program, at the root of the repository.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}
