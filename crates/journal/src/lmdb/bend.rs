//! Bends one stored value as a fault of the disk would: a door for the fuzz target that reads what is
//! on disk.
//!
//! Not for any other use, and no part of what this crate promises. Pages are not bent here: LMDB has
//! no checksums and believes its own.

use std::path::Path;

use heed::CommitOrAbort;
use heed::types::Bytes;

use super::map::{self, Access};
use super::write;
use crate::journal::JournalError;

/// Bends the value at `place` of a table of the journal in `dir`, which nobody has open: `bend` is
/// shown it and says what is to stand there, or nothing. Whether there is such a value.
///
/// # Errors
///
/// [`JournalError`] if the journal cannot be opened or written.
#[doc(hidden)]
pub fn bend_value(
    dir: &Path,
    table: &str,
    place: usize,
    bend: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>,
) -> Result<bool, JournalError> {
    let env = map::open(dir, Access::Write)?;
    let mut found = false;
    let mut run = || -> heed::Result<()> {
        let txn = env.write_txn()?;
        env.create_databases_and_commit(txn, |opener, txn| {
            let table = opener.open_database::<Bytes, Bytes>(txn, Some(table))?;
            let Some(table) = table else {
                return Ok::<_, heed::Error>(CommitOrAbort::<_, ()>::Commit(()));
            };
            let item = table.iter(txn)?.nth(place).transpose()?;
            if let Some((key, value)) = item.map(|(key, value)| (key.to_vec(), value.to_vec())) {
                found = true;
                match bend(&value) {
                    Some(value) => table.put(txn, &key, &value)?,
                    None => {
                        table.delete(txn, &key)?;
                    }
                }
            }
            Ok(CommitOrAbort::Commit(()))
        })?;
        Ok(())
    };
    run().map_err(|e| write::refuse("bend a value", e))?;
    Ok(found)
}
