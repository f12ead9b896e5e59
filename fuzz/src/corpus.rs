//! The committed inputs of a target: `fuzz/corpus/<target>/`, one file an input.
//!
//! They are our own: written by hand, made by `examples/seed.rs`, or found by a run from these.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// One committed input.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The name of its file.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Where the inputs of that target lie.
pub fn corpus_dir(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target)
}

/// The inputs of that target, in the order of their names.
///
/// # Errors
/// When they cannot be read.
pub fn corpus(target: &str) -> io::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for item in fs::read_dir(corpus_dir(target))? {
        let item = item?;
        seeds.push(Seed {
            name: item.file_name().to_string_lossy().into_owned(),
            bytes: fs::read(item.path())?,
        });
    }
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(seeds)
}
