//! A consistent copy of a journal that goes on meanwhile.
//!
//! LMDB writes the pages in use of one instant, and only those: no free page, hence no byte of an
//! erased body, is in the copy. It has another name until it is whole and durable, so that a copy
//! that was broken off is seen to be none.
//!
//! Not here: whether the copy is believed; whoever restores it opens and verifies it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::Duration;

use heed::{CompactionOption, Env, WithoutTls};

use super::{datafile, write};
use crate::journal::JournalError;
use crate::place::{sync_dir, sync_parent};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(20);

/// What the copy is called until it is whole.
const ASIDE: &str = "copying";

/// Copies into a new directory `target`, which is removed again if that fails.
pub(super) fn copy(
    env: &Env<WithoutTls>,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), JournalError> {
    fs::create_dir(target).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists => JournalError::Exists {
            path: target.to_owned(),
        },
        _ => JournalError::io("make the copy's directory", e),
    })?;
    let copied = copy_into(env, target, progress);
    if copied.is_err() {
        let _ = fs::remove_dir_all(target);
    }
    copied
}

/// Copies into `target`, which is absent, or holds nothing but what a copy left that was broken off.
pub(super) fn copy_again(
    env: &Env<WithoutTls>,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), JournalError> {
    let unreadable = |e| JournalError::io("look into the copy's directory", e);
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return copy(env, target, progress),
        Err(e) if e.kind() == ErrorKind::NotADirectory => {
            return Err(JournalError::Exists {
                path: target.to_owned(),
            });
        }
        Err(e) => return Err(unreadable(e)),
    };
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name() != ASIDE {
            return Err(JournalError::Exists { path: entry.path() });
        }
        fs::remove_file(entry.path()).map_err(unreadable)?;
    }
    fs::remove_dir(target).map_err(unreadable)?;
    copy(env, target, progress)
}

fn copy_into(
    env: &Env<WithoutTls>,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), JournalError> {
    let path = target.join(ASIDE);
    let page = u64::from(env.unnamed_database_stat().page_size);
    let most = (env.info().last_page_number as u64 + 1) * page;
    let so_far = || fs::metadata(&path).map_or(0, |data| data.len());
    let file = thread::scope(|scope| {
        let copying = scope.spawn(|| env.copy_to_path(&path, CompactionOption::Enabled));
        while !copying.is_finished() {
            progress(so_far(), most.max(so_far()));
            thread::sleep(TELL);
        }
        copying.join()
    });
    let file = file.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    let file = file.map_err(|e| write::refuse("copy the journal", e))?;
    file.sync_all()
        .map_err(|e| JournalError::io("make the copy durable", e))?;
    let all = so_far();
    fs::rename(&path, datafile::path(target))
        .map_err(|e| JournalError::io("put the copy in its place", e))?;
    sync_dir(target)?;
    sync_parent(target)?;
    progress(all, all);
    Ok(())
}
