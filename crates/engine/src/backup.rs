//! A consistent copy of a running office, and its way back.
//!
//! A copy holds everything: the journal at one instant, the keys, the settings. It is therefore as
//! secret as the office itself. Neither way believes what it copied before it has verified it.

use std::path::{Path, PathBuf};

use legation_journal::{Journal, LmdbJournal};

use crate::error::{EngineError, Fault};
use crate::office::{log_key_of, secret_files};
use crate::verify::{Findings, verify};

/// Copies the office in `dir`, running or not, to `target`, which must be absent, and verifies the
/// copy. `progress` is told bytes done and bytes at most in all.
///
/// # Errors
/// When the target exists, the office cannot be read, the disk refuses, or the copy is not sound.
pub fn backup(
    dir: &Path,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Findings, EngineError> {
    copy(dir, target, progress)
}

/// Puts a copy back as the office in `dir`, which must be absent, after verifying the copy.
///
/// # Errors
/// When the copy is not sound, the directory exists, or the disk refuses.
pub fn restore(
    source: &Path,
    dir: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Findings, EngineError> {
    sound(verify(source, &log_key_of(source)?, &mut |_, _| {})?)?;
    copy(source, dir, progress)
}

fn copy(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Findings, EngineError> {
    if to.exists() {
        let text = format!(
            "`{}` exists already; name a directory that does not",
            to.display()
        );
        return Err(EngineError::new(Fault::Conflict, "backup.exists", text));
    }
    let key = log_key_of(from)?;
    let copied = copy_files(from, to).and_then(|()| {
        let journal = LmdbJournal::open_read_only(&from.join("journal"))?;
        journal.copy_to(&to.join("journal"), progress)?;
        sound(verify(to, &key, &mut |_, _| {})?)
    });
    if copied.is_err() {
        // What was begun is no copy; the reason for the failure is what matters.
        let _ = std::fs::remove_dir_all(to);
    }
    copied
}

fn sound(findings: Findings) -> Result<Findings, EngineError> {
    match findings.faults.first() {
        None => Ok(findings),
        Some(fault) => {
            let text = format!("the copy is not sound: {fault}");
            Err(EngineError::new(Fault::Internal, "backup.unsound", text))
        }
    }
}

fn copy_files(from: &Path, to: &Path) -> Result<(), EngineError> {
    let failed = |path: &Path, error: std::io::Error| {
        let text = format!("cannot copy `{}`: {error}", path.display());
        EngineError::new(Fault::Unavailable, "backup.copy", text)
    };
    let keys = to.join("keys");
    std::fs::create_dir_all(&keys).map_err(|error| failed(&keys, error))?;
    for file in secret_files(from).map_err(|error| failed(from, error))? {
        let target: PathBuf = to.join(file.strip_prefix(from).unwrap_or(&file));
        // The copy takes the mode of the file along.
        std::fs::copy(&file, &target).map_err(|error| failed(&file, error))?;
    }
    Ok(())
}
