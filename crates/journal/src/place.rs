//! Names in directories, made durable: a file that is flushed is still lost if its name is not.
//!
//! Not here: what the files hold.

use std::fs::File;
use std::path::Path;

use crate::journal::JournalError;

/// Makes the names in `dir` durable.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), JournalError> {
    File::open(dir)
        .and_then(|file| file.sync_all())
        .map_err(|e| JournalError::io("make the directory durable", e))
}

/// Makes the name of `path` itself durable.
pub(crate) fn sync_parent(path: &Path) -> Result<(), JournalError> {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => sync_dir(Path::new(".")),
        Some(parent) => sync_dir(parent),
        None => Ok(()),
    }
}
