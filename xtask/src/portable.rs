//! `cargo xtask musl` and `cargo xtask static`: one file that runs on any Linux of its processor.
//!
//! With musl it holds all that it needs, name resolution included. Statically linked glibc does too,
//! but for names of hosts, which glibc resolves with libraries that it loads; an office needs none
//! unless it fetches certificates. What is missing on this machine is said with what to run.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, ensure};

use crate::check::cargo;

/// The target of Rust for musl.
const MUSL: &str = "x86_64-unknown-linux-musl";

/// The target of Rust for glibc. It is named, so that the flags do not reach build scripts.
const GLIBC: &str = "x86_64-unknown-linux-gnu";

/// Builds the program with musl, or says what this machine lacks for it.
pub(crate) fn musl(root: &Path, target: &Path) -> Result<ExitCode> {
    let missing = missing()?;
    if missing.is_empty() {
        return build(root, target, MUSL);
    }
    println!("the program cannot be built with musl here:");
    for (what, run) in missing {
        println!("  {what} is missing: {run}");
    }
    println!("`cargo xtask static` builds it with glibc, statically");
    Ok(ExitCode::FAILURE)
}

/// Builds the program with glibc, statically.
pub(crate) fn glibc(root: &Path, target: &Path) -> Result<ExitCode> {
    build(root, target, GLIBC)
}

/// What is missing for musl, each with the command that brings it.
fn missing() -> Result<Vec<(String, String)>> {
    let mut missing = Vec::new();
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = sysroot.context("cannot start rustc")?.stdout;
    let sysroot = String::from_utf8(sysroot)?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(MUSL);
    if !library.is_dir() {
        let what = format!("the standard library for {MUSL}");
        missing.push((what, format!("rustup target add {MUSL}")));
    }
    // The journal's LMDB and zstd are C.
    if Command::new("musl-gcc").arg("--version").output().is_err() {
        let what = "a C compiler for musl, `musl-gcc`".to_owned();
        missing.push((what, "apt-get install musl-tools".to_owned()));
    }
    Ok(missing)
}

fn build(root: &Path, target: &Path, triple: &str) -> Result<ExitCode> {
    let folder = target.join("static");
    let built = cargo(root)
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            "legation",
            "--target",
            triple,
        ])
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", "-C target-feature=+crt-static")
        .status()
        .context("cannot start cargo")?;
    ensure!(built.success(), "the program does not build for {triple}");
    let program = folder.join(triple).join("release/legation");
    let bytes = std::fs::read(&program).with_context(|| format!("cannot read {program:?}"))?;
    ensure!(
        !asks_for_loader(&bytes),
        "{} is not static",
        program.display()
    );
    let version = Command::new(&program).arg("--version").output()?;
    ensure!(
        version.status.success(),
        "{} does not run",
        program.display()
    );
    println!("{}", program.display());
    Ok(ExitCode::SUCCESS)
}

/// Whether an ELF file of 64 bits, little-endian, names a loader: a program header of type
/// PT_INTERP (System V ABI, "Program Header").
fn asks_for_loader(file: &[u8]) -> bool {
    const PT_INTERP: u64 = 3;
    let number = |at: usize, size: usize| -> Option<u64> {
        let bytes = file.get(at..at.checked_add(size)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
        )
    };
    let (Some(first), Some(size), Some(count)) = (number(32, 8), number(54, 2), number(56, 2))
    else {
        return true;
    };
    (0..count).any(|place| {
        let at = usize::try_from(first + place * size).unwrap_or(usize::MAX);
        number(at, 4).is_none_or(|kind| kind == PT_INTERP)
    })
}

#[cfg(test)]
mod tests {
    use super::asks_for_loader;

    #[test]
    fn a_test_asks_for_a_loader_and_half_a_file_counts_as_if_it_did() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert!(asks_for_loader(&this));
        assert!(asks_for_loader(&this[..60]));
        let mut none = this[..64].to_vec();
        none[56..58].copy_from_slice(&[0, 0]);
        assert!(!asks_for_loader(&none));
    }
}
