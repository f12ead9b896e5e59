//! Opening the LMDB map: the one unsafe call of the workspace.
//!
//! Not here: whether the file is fit to be opened (`datafile`).

use std::io::ErrorKind;
use std::path::Path;

use heed::{Env, EnvFlags, EnvOpenOptions, Error, WithoutTls};

use crate::journal::JournalError;

const _: () = assert!(
    usize::BITS >= 64,
    "the journal reserves more address space than a 32-bit machine has"
);

/// The address space reserved for the file: 1 TiB, some 600 million records of 1.5 KiB. It is a
/// 128th of what x86-64 gives a process (2^47), and takes neither disk nor memory.
const MAP_SIZE: usize = 1 << 40;

/// The least that is asked for where address space is limited (`ulimit -v`): 4 GiB.
const MAP_SIZE_LEAST: usize = 1 << 32;

/// Readers at one instant: as many as there may be blocking threads (512), twice.
pub(super) const READERS: u32 = 1024;

/// The number of tables in `table`, of both formats.
const TABLES: u32 = 7;

/// What an environment is opened for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Opens the environment in `dir`, which must exist and, unless it is to be made, have been checked.
#[expect(
    unsafe_code,
    reason = "a map shows changes that others make to the file; see below why none are made"
)]
pub(super) fn open(dir: &Path, access: Access) -> Result<Env<WithoutTls>, JournalError> {
    let mut options = EnvOpenOptions::new().read_txn_without_tls();
    options.max_dbs(TABLES).max_readers(READERS);
    if access == Access::Read {
        // SAFETY: the flag forbids writing and switches no safeguard off.
        unsafe { options.flags(EnvFlags::READ_ONLY) };
    }
    let mut size = MAP_SIZE;
    loop {
        options.map_size(size);
        // SAFETY: the file is changed by LMDB alone: one process writes (`datafile::lock`), heed
        // refuses to map a file twice in a process, and the file is never made shorter. It was
        // checked to reach as far as its meta page says, so no page in use lies beyond its end.
        match unsafe { options.open(dir) } {
            Ok(env) => return Ok(env),
            Err(Error::Io(e)) if e.kind() == ErrorKind::OutOfMemory && size > MAP_SIZE_LEAST => {
                size /= 2;
            }
            Err(Error::EnvAlreadyOpened) => {
                return Err(JournalError::InUse {
                    dir: dir.to_owned(),
                });
            }
            Err(error) => return Err(super::write::refuse("open the journal", error)),
        }
    }
}
