//! The file under the map: looked at before LMDB maps it, guarded against a second writer, kept
//! long enough.
//!
//! A page that a map promises but the file does not have is a crash (SIGBUS), not an error. So the
//! two meta pages are read here by hand, and a file that ends before the last page in use is
//! refused. What is read of LMDB's file (liblmdb/mdb.c, `MDB_page` and `MDB_meta` on a 64-bit
//! machine, native byte order):
//!
//! ```text
//! page 0 and page 1, each a meta page; the one with the higher txnid counts
//!   0  u64  page number
//!  10  u16  flags; 0x08 = meta page
//!  16  u32  magic 0xBEEFC0DE        20  u32  version 1
//!  24  u64  address                 32  u64  map size
//!  40  48 bytes  free-page table, begins with  u32  page size
//!  88  48 bytes  main table
//! 136  u64  last page in use       144  u64  txnid
//! ```
//!
//! LMDB may count a page as in use that it never wrote (taken and freed within one transaction), so
//! that its file can be shorter than its meta page says. [`reserve_pages`] rules that out: before each
//! commit the file is made at least as long as the commit can need, without taking disk space.
//! Therefore a shorter file has lost its tail.
//!
//! Not here: what the pages hold.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use heed::{Env, WithoutTls};

use super::map::READERS;
use crate::journal::JournalError;

/// Where the header of a meta page ends, see the drawing.
const META_LEN: usize = 152;

const MAGIC: u32 = 0xBEEF_C0DE;
const VERSION: u32 = 1;
const META_FLAG: u16 = 0x08;

/// The page sizes that LMDB uses: a power of two up to `MAX_PAGESIZE` (mdb.c).
const PAGE_SIZES: std::ops::RangeInclusive<u64> = 512..=65536;

/// The file grows by steps of 1 MiB, so that few commits have to change its length.
const STEP: u64 = 1 << 20;

/// LMDB's table of readers: a header of two cache lines of 64 bytes, and one for each reader.
const READER_TABLE_LEN: usize = 64 * (READERS as usize + 2);

/// The data file of the journal in `dir`.
pub(super) fn path(dir: &Path) -> PathBuf {
    dir.join("data.mdb")
}

/// Refuses a data file that LMDB could not map safely.
pub(super) fn check(dir: &Path) -> Result<(), JournalError> {
    let unreadable = |e| JournalError::io("read the journal's header", e);
    let mut file = match File::open(path(dir)) {
        Ok(file) => file,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(JournalError::NotAJournal {
                dir: dir.to_owned(),
            });
        }
        Err(e) => return Err(unreadable(e)),
    };
    if file.metadata().map_err(unreadable)?.len() == 0 {
        return Err(damaged("the data file is empty"));
    }
    let first = Meta::read(&mut file, 0)?;
    let second = Meta::read(&mut file, first.page_size)?;
    let newest = if second.txnid > first.txnid {
        second
    } else {
        first
    };
    let need = newest
        .last_page
        .checked_add(1)
        .and_then(|pages| pages.checked_mul(newest.page_size))
        .ok_or_else(|| damaged("the data file's header is absurd"))?;
    // The length is asked last: a writer elsewhere may be at work, and the file only grows.
    let have = file.metadata().map_err(unreadable)?.len();
    if have < need {
        return Err(JournalError::Damaged {
            what: format!("the data file has {have} bytes where {need} are in use"),
        });
    }
    Ok(())
}

struct Meta {
    page_size: u64,
    last_page: u64,
    txnid: u64,
}

impl Meta {
    fn read(file: &mut File, offset: u64) -> Result<Self, JournalError> {
        let mut page = [0; META_LEN];
        let read = file
            .seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut page));
        match read {
            Ok(()) => {}
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                return Err(damaged("the data file ends within its header"));
            }
            Err(e) => return Err(JournalError::io("read the journal's header", e)),
        }
        Self::parse(&page).ok_or_else(|| damaged("the data file has no valid header"))
    }

    fn parse(page: &[u8; META_LEN]) -> Option<Self> {
        let u16_at = |at| Some(u16::from_ne_bytes(*page.get(at..)?.first_chunk()?));
        let u32_at = |at| Some(u32::from_ne_bytes(*page.get(at..)?.first_chunk()?));
        let u64_at = |at| Some(u64::from_ne_bytes(*page.get(at..)?.first_chunk()?));
        let meta = Self {
            page_size: u64::from(u32_at(40)?),
            last_page: u64_at(136)?,
            txnid: u64_at(144)?,
        };
        let valid = u16_at(10)? & META_FLAG != 0
            && u32_at(16)? == MAGIC
            && u32_at(20)? == VERSION
            && PAGE_SIZES.contains(&meta.page_size)
            && meta.page_size.is_power_of_two()
            && meta.last_page >= 1;
        valid.then_some(meta)
    }
}

fn damaged(what: &str) -> JournalError {
    JournalError::Damaged { what: what.into() }
}

/// The writer's lock of a directory, held.
pub(super) struct Guard(File);

impl Drop for Guard {
    fn drop(&mut self) {
        // Closing the file would let the lock go too, but not while a child process that is just
        // being started still has the file open.
        let _ = self.0.unlock();
    }
}

/// Takes the writer's lock of `dir`; it is held as long as the guard lives, and the system lets it
/// go when the process ends, however it ends.
pub(super) fn lock(dir: &Path) -> Result<Guard, JournalError> {
    let doing = "take the writer's lock";
    let file = OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(dir.join("writer.lock"))
        .map_err(|e| JournalError::io(doing, e))?;
    match file.try_lock() {
        Ok(()) => Ok(Guard(file)),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(e)) => Err(JournalError::io(doing, e)),
    }
}

/// Writes LMDB's table of readers out in full if there is none yet. LMDB itself only sets its
/// length, and a page of it that finds no room when the first reader needs it, on a disk that has
/// filled up since, is a crash.
pub(super) fn lay_out_readers(dir: &Path) -> Result<(), JournalError> {
    let doing = "lay out the table of readers";
    let path = dir.join("lock.mdb");
    let made = OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = match made {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::AlreadyExists => return Ok(()),
        Err(e) => return Err(JournalError::io(doing, e)),
    };
    file.write_all(&[0; READER_TABLE_LEN]).map_err(|e| {
        let _ = fs::remove_file(&path);
        JournalError::io(doing, e)
    })
}

/// The data file, to change its length with [`reserve_pages`].
pub(super) fn open_data(dir: &Path) -> Result<File, JournalError> {
    OpenOptions::new()
        .write(true)
        .open(path(dir))
        .map_err(|e| JournalError::io("open the data file", e))
}

/// Makes the data file at least `need` bytes long. It takes no disk space, and never shortens.
fn reserve(file: &File, need: u64) -> Result<(), JournalError> {
    let grow = || -> io::Result<()> {
        if file.metadata()?.len() < need {
            file.set_len(need.next_multiple_of(STEP))?;
        }
        Ok(())
    };
    grow().map_err(|e| JournalError::io("lengthen the data file", e))
}

/// Makes the data file long enough for `more` pages beyond those in use.
pub(super) fn reserve_pages(
    file: &File,
    env: &Env<WithoutTls>,
    more: u64,
) -> Result<(), JournalError> {
    let page = u64::from(env.unnamed_database_stat().page_size);
    let used = env.info().last_page_number as u64 + 1;
    reserve(file, (used + more) * page)
}

/// Whether the disk under the open file has no room left, found out by asking for some. LMDB tells a
/// write that found room for a part of its pages as a plain input/output error.
pub(super) fn is_full(dir: &Path) -> bool {
    let path = dir.join("room.probe");
    let asked = File::create(&path).and_then(|mut file| {
        file.write_all(&[0; 1 << 16])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&path);
    matches!(
        asked.map_err(|e| JournalError::io("probe", e)),
        Err(JournalError::DiskFull)
    )
}

/// Makes `dir` an empty directory.
pub(super) fn clear_dir(dir: &Path) -> Result<(), JournalError> {
    match fs::remove_dir_all(dir) {
        Err(e) if e.kind() != ErrorKind::NotFound => {
            return Err(JournalError::io("clear a directory", e));
        }
        _ => {}
    }
    fs::create_dir(dir).map_err(|e| JournalError::io("make a directory", e))
}
