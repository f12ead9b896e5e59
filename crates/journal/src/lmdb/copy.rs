//! A consistent copy of a journal that goes on meanwhile.
//!
//! LMDB writes the pages in use of one instant, and only those: no free page, hence no byte of an
//! erased body, is in the copy.
//!
//! Not here: whether the copy is believed; whoever restores it opens and verifies it.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use heed::{CompactionOption, Env, WithoutTls};

use super::{datafile, write};
use crate::journal::JournalError;
use crate::place::{sync_dir, sync_parent};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(20);

/// Copies into a new directory `target`, which is removed again if that fails.
pub(super) fn copy(
    env: &Env<WithoutTls>,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), JournalError> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(JournalError::Exists {
            path: target.to_owned(),
        });
    }
    fs::create_dir(target).map_err(|e| JournalError::io("make the copy's directory", e))?;
    let copied = copy_into(env, target, progress);
    if copied.is_err() {
        let _ = fs::remove_dir_all(target);
    }
    copied
}

fn copy_into(
    env: &Env<WithoutTls>,
    target: &Path,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), JournalError> {
    let path = datafile::path(target);
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
    sync_dir(target)?;
    sync_parent(target)?;
    progress(so_far(), so_far());
    Ok(())
}
