//! Tasks of the repository: `cargo xtask check`, `test`, `bench`, `fuzz`, `deny` and `sbom`. Each verb is a file.
//!
//! Not a part of the program: nothing here is shipped, and no crate depends on it.

mod bench;
mod check;
mod deb;
mod deny;
mod fuzz;
mod metadata;
mod portable;
mod sbom;
mod source;
mod test;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

const USAGE: &str = "\
usage: cargo xtask check [--sources]   what the compiler cannot see, then fmt, clippy and doc
       cargo xtask test                sets up what the tests need, checks, runs every test
       cargo xtask bench [OPTION]...   measures against others, in release; --help tells more
       cargo xtask deb [--binary FILE | --try FILE]
                                       the Debian package of a release build, or of a binary; --try
                                       installs, runs and purges it in a folder
       cargo xtask musl | static       one file for every Linux: with musl, or with glibc
       cargo xtask fuzz [TARGET...] [--seconds N] [--no-sanitizer]
                                       every fuzz target, guided by coverage
       cargo xtask deny [--install | --offline]
                                       licences, bans, sources, advisories of what we build on
       cargo xtask sbom                the bill of materials, target/sbom.cdx.json

  --sources   only look at the sources; start no compiler";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = root().and_then(|root| match args.as_slice() {
        ["check"] => check::run(&root),
        ["check", "--sources"] => check::run_on_sources(&root),
        ["test"] => test::run(&root),
        ["bench", words @ ..] => bench::run(&root, test::target(&root), words),
        ["deb", words @ ..] => deb::run(&root, &test::target(&root), words),
        ["musl"] => portable::musl(&root, &test::target(&root)),
        ["static"] => portable::glibc(&root, &test::target(&root)),
        ["fuzz", rest @ ..] => fuzz::run(&root, rest),
        ["deny", rest @ ..] => deny::run(&root, rest),
        ["sbom"] => sbom::run(&root),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    });
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}

/// The root of the repository, which is where this crate lies.
fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.parent().context("xtask lies in no repository")?;
    Ok(root.to_path_buf())
}
