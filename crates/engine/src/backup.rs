//! A consistent copy of a running office, brought up to date again and again, and its way back.
//!
//! A copy holds everything: the journal at one instant, the keys, the settings. It is therefore as
//! secret as the office itself. What was copied whole is verified before it is believed, and so is
//! what is restored. Bringing a copy up to date costs what is new, so that only its end is checked:
//! the log of the copy is as long as the office said, with the root that the office has signed.

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use legation_journal::{Journal, LmdbJournal};
use legation_tree::{Checkpoint, NoteVerifier};

use crate::error::{EngineError, Fault};
use crate::office::{log_key_of, secret_files};
use crate::verify::{Findings, verify};

/// What a backup did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Whether there was no copy before.
    pub whole: bool,
    /// How many entries are new in the copy.
    pub new: u64,
    /// How many entries the copy has.
    pub entries: u64,
    /// The root of its log, base64.
    pub root: String,
    /// What a verification of the whole copy found; none where only its end was checked.
    pub findings: Option<Findings>,
}

/// Copies the office in `dir`, running or not, to `target`. If a copy is there already it is
/// brought up to date, and verified whole only if `thorough`; what was erased in the office is
/// erased in it. `progress` is told bytes done and about how many there are.
///
/// # Errors
/// When something else is at the target, the office cannot be read, the disk refuses, or the copy
/// is not sound.
pub fn backup(
    dir: &Path,
    target: &Path,
    thorough: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackedUp, EngineError> {
    let whole = is_free(target);
    if !whole && !target.join("journal").is_dir() {
        return Err(taken(target));
    }
    if whole {
        let findings = copy(dir, target, progress)?;
        return Ok(BackedUp {
            whole,
            new: findings.entries,
            entries: findings.entries,
            root: findings.root.clone(),
            findings: Some(findings),
        });
    }
    let key = log_key_of(dir)?;
    let journal = LmdbJournal::open_read_only(&dir.join("journal"))?;
    let copied = journal.update_copy(&target.join("journal"), progress)?;
    copy_files(dir, target)?;
    let (entries, root) = check_end(target, &key)?;
    let findings = match thorough {
        true => Some(sound(verify(target, &key, &mut |_, _| {})?)?),
        false => None,
    };
    Ok(BackedUp {
        whole,
        new: copied.entries,
        entries,
        root,
        findings,
    })
}

/// Puts a copy back as the office in `dir`, which must be absent or empty, after verifying the
/// copy.
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

/// Whether nothing is there, or an empty directory.
fn is_free(place: &Path) -> bool {
    match std::fs::read_dir(place) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => std::fs::symlink_metadata(place).is_err(),
    }
}

fn taken(place: &Path) -> EngineError {
    let text = format!(
        "`{}` exists already; name a directory that does not",
        place.display()
    );
    EngineError::new(Fault::Conflict, "backup.exists", text)
}

fn copy(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Findings, EngineError> {
    if !is_free(to) {
        return Err(taken(to));
    }
    let (key, was_there) = (log_key_of(from)?, to.exists());
    let copied = copy_files(from, to).and_then(|()| {
        let journal = LmdbJournal::open_read_only(&from.join("journal"))?;
        journal.copy_to(&to.join("journal"), progress)?;
        sound(verify(to, &key, &mut |_, _| {})?)
    });
    if copied.is_err() {
        // What was begun is no copy; the reason for the failure is what matters.
        let _ = std::fs::remove_dir_all(to);
        if was_there {
            let _ = std::fs::create_dir(to);
        }
    }
    copied
}

/// The end of a copy: how many entries its log has, and the root that the office signed for them.
fn check_end(dir: &Path, key: &str) -> Result<(u64, String), EngineError> {
    let head = LmdbJournal::open_read_only(&dir.join("journal"))?.head()?;
    let verifier =
        NoteVerifier::parse(key).map_err(|error| EngineError::internal("verify.log-key", error))?;
    let text = head.checkpoint.clone().unwrap_or_default();
    let signed = Checkpoint::parse_and_verify(&text, &[verifier]);
    let holds = signed.is_ok_and(|signed| {
        let checkpoint = signed.checkpoint;
        checkpoint.size() == head.entries.0 && checkpoint.root() == head.root
    });
    match holds {
        true => Ok((head.entries.0, head.root.to_string())),
        false => {
            let text = "the copy is not sound: its checkpoint is not of its entries";
            Err(EngineError::new(Fault::Internal, "backup.unsound", text))
        }
    }
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

/// Copies settings, tokens and keys, each whole or not at all: a copy that is brought up to date
/// has them already.
fn copy_files(from: &Path, to: &Path) -> Result<(), EngineError> {
    let failed = |path: &Path, error: std::io::Error| {
        let text = format!("cannot copy `{}`: {error}", path.display());
        EngineError::new(Fault::Unavailable, "backup.copy", text)
    };
    let keys = to.join("keys");
    let mut folders = DirBuilder::new();
    // As the office's own directory: keys lie in it.
    let made = folders.recursive(true).mode(0o700).create(&keys);
    made.map_err(|error| failed(&keys, error))?;
    for file in secret_files(from).map_err(|error| failed(from, error))? {
        let target: PathBuf = to.join(file.strip_prefix(from).unwrap_or(&file));
        copy_file(&file, &target).map_err(|error| failed(&file, error))?;
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut beside = to.as_os_str().to_owned();
    beside.push(".new");
    // The copy takes the mode of the file along.
    std::fs::copy(from, &beside)?;
    File::open(&beside)?.sync_all()?;
    std::fs::rename(&beside, to)
}
