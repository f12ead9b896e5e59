//! `cargo xtask fuzz`: every fuzz target under libFuzzer, which follows branches, for as long as one
//! likes.
//!
//! The stable compiler does it: coverage comes from LLVM's own pass, and AddressSanitizer, which the
//! compiler counts among its unstable flags, is let in by `RUSTC_BOOTSTRAP` for this build alone.
//! What a run finds lies under `target/fuzz/`; committed inputs stay as they are. Not here: the
//! brief run of the same targets, which is a test of the crate.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

use crate::test::target;

/// How long each target runs if nothing else is said, in seconds.
const SECONDS: u64 = 60;

/// The longest input that is tried: as in the brief run.
const LENGTH_MAX: usize = 16 * 1024;

/// More memory than any parser needs for such an input, in megabytes.
const MEMORY_MAX: usize = 2048;

/// Longer than any parser may take over such an input, in seconds.
const PATIENCE: usize = 10;

/// What LLVM adds so that libFuzzer sees which branches an input takes.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    // One unit a crate, so that no counter is lost between two.
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// What to run, and how.
#[derive(Debug, PartialEq, Eq)]
struct Wish {
    targets: Vec<String>,
    seconds: u64,
    sanitized: bool,
}

pub(crate) fn run(root: &Path, arguments: &[&str]) -> Result<ExitCode> {
    let all = names(root)?;
    let wish = read(arguments, &all)?;
    let place = target(root).join("fuzz");
    let program = build(root, &place, wish.sanitized)?;
    let mut told = Vec::new();
    let mut sound = true;
    for name in &wish.targets {
        println!("== {name}");
        let done = run_one(root, &place, &program, name, wish.seconds)?;
        sound &= done.sound;
        told.push((name, done));
    }
    println!();
    println!("target           runs  a second  branches  inputs");
    for (name, done) in &told {
        let Done {
            runs,
            speed,
            branches,
            inputs,
            ..
        } = done;
        println!("{name:<14}{runs:>7}{speed:>10}{branches:>10}{inputs:>8}");
    }
    for (name, done) in told.iter().filter(|(_, done)| !done.sound) {
        println!("broken: {name}: {}", done.last);
    }
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The targets: each has a folder of inputs.
fn names(root: &Path) -> Result<Vec<String>> {
    let corpus = root.join("fuzz/corpus");
    let mut names = Vec::new();
    for item in fs::read_dir(&corpus).with_context(|| format!("cannot read {corpus:?}"))? {
        names.push(item?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn read(arguments: &[&str], all: &[String]) -> Result<Wish> {
    let mut wish = Wish {
        targets: Vec::new(),
        seconds: SECONDS,
        sanitized: true,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--seconds" => {
                let seconds = arguments.next().context("--seconds wants a number")?;
                wish.seconds = seconds
                    .parse()
                    .with_context(|| format!("`{seconds}` is no number of seconds"))?;
            }
            "--no-sanitizer" => wish.sanitized = false,
            name if all.iter().any(|known| known == name) => wish.targets.push(name.to_owned()),
            other => bail!("`{other}` is no target; they are {}", all.join(", ")),
        }
    }
    if wish.targets.is_empty() {
        wish.targets = all.to_vec();
    }
    Ok(wish)
}

/// Builds the one program that runs any target; its path.
fn build(root: &Path, place: &Path, sanitized: bool) -> Result<PathBuf> {
    let guided = root.join("fuzz/guided");
    // The versions of the workspace, so that what is fuzzed is what is shipped.
    fs::copy(root.join("Cargo.lock"), guided.join("Cargo.lock"))
        .context("cannot copy Cargo.lock")?;
    let host = host()?;
    let mut flags: Vec<&str> = COVERAGE.to_vec();
    if sanitized {
        flags.push("-Zsanitizer=address");
    }
    let built = place.join(if sanitized { "address" } else { "plain" });
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .current_dir(&guided)
        .args(["build", "--release", "--target", &host, "--target-dir"])
        .arg(&built)
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("RUSTC_BOOTSTRAP", "1")
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "the fuzz targets do not build: {status}");
    Ok(built.join(host).join("release/legation-fuzz-guided"))
}

/// The triple of this machine. Naming it keeps the flags away from build scripts.
fn host() -> Result<String> {
    let said = Command::new("rustc").arg("-vV").output();
    let said = said.context("cannot start rustc")?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc names no host")
}

/// What came of a run.
struct Done {
    sound: bool,
    runs: String,
    speed: String,
    branches: String,
    inputs: String,
    last: String,
}

fn run_one(root: &Path, place: &Path, program: &Path, name: &str, seconds: u64) -> Result<Done> {
    let grown = place.join("corpus").join(name);
    let found = place.join("found").join(name);
    for dir in [&grown, &found] {
        fs::create_dir_all(dir).with_context(|| format!("cannot make {dir:?}"))?;
    }
    let log = place.join(format!("{name}.log"));
    let file = fs::File::create(&log).with_context(|| format!("cannot make {log:?}"))?;
    let status = Command::new(program)
        .current_dir(place)
        .env("LEGATION_FUZZ_TARGET", name)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={LENGTH_MAX}"))
        .arg(format!("-rss_limit_mb={MEMORY_MAX}"))
        .arg(format!("-timeout={PATIENCE}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg("-print_final_stats=1")
        // New inputs go to the first folder; the committed ones are only read.
        .arg(&grown)
        .arg(root.join("fuzz/corpus").join(name))
        .stdout(Stdio::null())
        .stderr(file)
        .status()
        .with_context(|| format!("cannot start {program:?}"))?;
    let said = fs::read(&log).with_context(|| format!("cannot read {log:?}"))?;
    let mut done = judge(&String::from_utf8_lossy(&said), status.success());
    if !done.sound {
        done.last = format!(
            "{}; see {} and {}",
            done.last,
            log.display(),
            found.display()
        );
    }
    Ok(done)
}

/// Reads what libFuzzer says of its run.
fn judge(said: &str, sound: bool) -> Done {
    let stat = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.map_or("?", str::trim).to_owned()
    };
    // "#123  DONE  cov: 45 ft: 67 corp: 8/90b ..."
    let progress = said.lines().rev().find(|line| line.contains(" cov: "));
    let after = |word: &str| {
        let rest = progress.and_then(|line| line.split(word).nth(1));
        let value = rest.and_then(|rest| rest.split([' ', '/']).next());
        value.unwrap_or("?").to_owned()
    };
    let mark = ["panicked at", "ERROR:", "SUMMARY:"];
    let last = said
        .lines()
        .find(|line| mark.iter().any(|mark| line.contains(mark)));
    Done {
        sound,
        runs: stat("stat::number_of_executed_units:"),
        speed: stat("stat::average_exec_per_sec:"),
        branches: after("cov: "),
        inputs: after("corp: "),
        last: last.unwrap_or("it ended without a word").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_or_refused() {
        let all = ["entry".to_owned(), "filter".to_owned()];
        let wish = read(&["filter", "--seconds", "5", "--no-sanitizer"], &all).unwrap();
        assert_eq!(
            (wish.targets.as_slice(), wish.seconds, wish.sanitized),
            (&all[1..], 5, false)
        );
        assert_eq!(read(&[], &all).unwrap().targets, all);
        for bad in [&["other"] as &[&str], &["--seconds"], &["--seconds", "x"]] {
            assert!(read(bad, &all).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_libfuzzer_says_is_understood() {
        let said = "#4096\tpulse  cov: 40 ft: 60 corp: 7/80b exec/s: 2048 rss: 30Mb\n\
                    #9000\tDONE   cov: 45 ft: 67 corp: 8/90b exec/s: 3000 rss: 31Mb\n\
                    stat::number_of_executed_units: 9000\n\
                    stat::average_exec_per_sec:     3000\n";
        let done = judge(said, true);
        let told = [&done.runs, &done.speed, &done.branches, &done.inputs];
        assert_eq!(told, ["9000", "3000", "45", "8"]);
        let broken = judge("thread panicked at src/x.rs:1:2:\n", false);
        assert!(!broken.sound && broken.last.contains("src/x.rs"));
    }
}
