//! `cargo xtask test`: everything that the tests need, then every check and every test.
//!
//! The order: tools and Python (`setup`), checks, build, tests (`tally` counts them). What is
//! missing is set up or is an error; no test is left out silently. The last line is the totals,
//! `123 passed, 0 failed`, in which each failed phase or check counts as one failure.

pub(crate) mod setup;
mod tally;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result};

use self::tally::Tally;
use crate::check::{self, cargo, since};
use crate::deb;

/// How long each phase took, in the order in which they ran.
type Phases = Vec<(&'static str, String)>;

pub(crate) fn run(root: &Path) -> Result<ExitCode> {
    let mut phases = Phases::new();
    let tally = run_phases(root, &mut phases);
    let tally = tally.unwrap_or_else(|error| Tally::of_failed(format!("{error:#}")));

    println!();
    for (name, time) in &phases {
        println!("{name:>8}  {time:>9}");
    }
    for phase in &tally.failed_phases {
        println!("failed: {phase}");
    }
    report_corpora(&tally);
    let failed = tally.failed + tally.failed_phases.len() as u64;
    println!("{} passed, {failed} failed", tally.passed);
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run_phases(root: &Path, phases: &mut Phases) -> Result<Tally> {
    let (python, ical_js) = timed("setup", phases, || {
        setup::ensure_tools()?;
        let target = target(root);
        Ok((
            setup::ensure_python(root, &target)?,
            setup::ensure_ical_js(&target)?,
        ))
    })?;
    let checks = timed("check", phases, || check::all(root))?;
    let mut tally = if timed("build", phases, || build(root))? {
        timed("test", phases, || test(root, &python, &ical_js))?
    } else {
        Tally::of_failed("the tests do not build".to_owned())
    };
    let checks = checks.iter().map(|name| format!("check {name}"));
    tally.failed_phases.extend(checks);
    if let Err(error) = timed("package", phases, || package(root)) {
        tally.failed_phases.push(format!("{error:#}"));
    }
    Ok(tally)
}

/// Packs the program that was tested, and installs, runs and purges the package.
fn package(root: &Path) -> Result<()> {
    if std::process::Command::new("dpkg")
        .arg("--version")
        .output()
        .is_err()
    {
        println!("dpkg is not here: the Debian package is not tried");
        return Ok(());
    }
    let target = target(root);
    deb::trial::run(
        root,
        &target.join("deb-trial"),
        &target.join("debug/legation"),
    )
}

/// Runs a phase under a headline and notes its time.
fn timed<T>(
    name: &'static str,
    phases: &mut Phases,
    phase: impl FnOnce() -> Result<T>,
) -> Result<T> {
    println!("== {name}");
    let start = Instant::now();
    let done = phase();
    phases.push((name, since(start)));
    done.with_context(|| format!("{name} failed"))
}

fn build(root: &Path) -> Result<bool> {
    let status = cargo(root)
        .args(["test", "--workspace", "--locked", "--no-run"])
        .status()
        .context("cannot start cargo")?;
    Ok(status.success())
}

/// Runs every test, passing on what it says as it says it.
fn test(root: &Path, python: &Path, ical_js: &Path) -> Result<Tally> {
    let mut child = cargo(root)
        .args(["test", "--workspace", "--locked", "--no-fail-fast"])
        .args(["--", "--show-output"])
        .env("LEGATION_VENV", python)
        .env("LEGATION_ICAL_JS", ical_js)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let mut tally = Tally::default();
    let mut out = std::io::stdout();
    let mut lines = BufReader::new(child.stdout.take().context("cargo has no output")?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        if tally.take(String::from_utf8_lossy(&line).trim_end()) {
            out.write_all(&line)?;
            out.flush()?;
        }
        line.clear();
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        // A test binary that dies says nothing of its tests.
        tally.failed = 1;
    }
    Ok(tally)
}

fn report_corpora(tally: &Tally) {
    let reason = match std::env::var("LEGATION_CORPUS") {
        Ok(root) => format!("it is not in `{root}`"),
        Err(_) => "LEGATION_CORPUS is not set".to_owned(),
    };
    for name in &tally.missing {
        println!("corpus not present: {name} ({reason})");
    }
}

/// The target folder of this repository's builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    let set = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    root.join(set.unwrap_or_else(|| "target".into()))
}
