//! Tells the crate of which sources it is built, for [`snapshot`](src/snapshot.rs): a snapshot of
//! other sources is not believed.

use std::hash::Hasher as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=src");
    let mut files = Vec::new();
    collect(Path::new("src"), &mut files)?;
    files.sort();
    let mut hash = std::collections::hash_map::DefaultHasher::new();
    hash.write(env!("CARGO_PKG_VERSION").as_bytes());
    for file in &files {
        hash.write(file.to_string_lossy().as_bytes());
        hash.write(&std::fs::read(file)?);
    }
    println!(
        "cargo:rustc-env=LEGATION_CORE_LAYOUT={:016x}",
        hash.finish()
    );
    Ok(())
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
