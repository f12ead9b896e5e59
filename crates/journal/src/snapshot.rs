//! One file beside the journal that spares reading the journal: what somebody computed from its
//! entries, with a stamp that says from which.
//!
//! It is derived, and so never believed for its own sake: a file that is torn, foreign, of another
//! build or of another journal is the same as none, with a reason for the log. Losing it costs
//! time and nothing else. It is written aside, flushed and renamed, so that a crash leaves the old
//! one or the new one.
//!
//! ```text
//!  0  "LGSNAP\r\n"
//!  8  u32  format, 1
//! 12  u16  length of the build's name | the build's name, UTF-8
//!     u64  number of entries that it is computed from
//!     root of the tree over these, 32 bytes
//!     what was saved
//!     u64  length of what was saved
//!     u32  CRC-32 (IEEE 802.3) of everything before
//! ```
//!
//! What was saved may be read in parts, by several processors at once: the checksums of the parts
//! give that of the whole (zlib's `crc32_combine`). Integers are big-endian. The checksum finds accidents; against whoever can write to the disk
//! nothing here helps, as nothing would for the keys beside it.
//!
//! Not here: what is saved, and whether it is right.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read as _, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use legation_core::id::EntryNumber;
use legation_tree::{HASH_LEN, Hash};
use thiserror::Error;

use crate::journal::{Journal, JournalError, root_at};
use crate::place::sync_parent;

const MAGIC: &[u8; 8] = b"LGSNAP\r\n";
const FORMAT: u32 = 1;

/// What stands before the build's name: magic, format, length.
const BEFORE_BUILD: usize = 8 + 4 + 2;

/// What stands between the build's name and what was saved: entries, root.
const AFTER_BUILD: usize = 8 + HASH_LEN;

/// What stands after: length, checksum.
const TRAILER: usize = 8 + 4;

/// What is read, written and summed at once: 256 KiB, still in the processor's cache when summed.
const PIECE: usize = 256 << 10;

/// From what a snapshot is computed, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who computed it: whatever tells two programs apart that would compute different bytes. At
    /// most 65,535 bytes.
    pub build: String,
    /// From how many entries of the journal.
    pub entries: EntryNumber,
    /// The root of the tree over these entries, which ties it to one journal.
    pub root: Hash,
}

/// Why there is no snapshot to be used. Whoever wanted one reads the journal instead.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Absent {
    /// There is no file.
    #[error("there is no snapshot")]
    Missing,
    /// The file is no snapshot.
    #[error("the file is no snapshot")]
    Foreign,
    /// It is of another format.
    #[error("the snapshot has format {found}, this program knows {FORMAT}")]
    Format {
        /// Its format.
        found: u32,
    },
    /// Another build computed it.
    #[error("the snapshot is of build `{found}`")]
    Build {
        /// That build.
        found: String,
    },
    /// It ends too early, goes on too long, or a bit in it has changed.
    #[error("the snapshot is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
    },
    /// It is of another journal, or of entries that this one lost.
    #[error("the snapshot is of another journal, or of {entries} entries that this one lacks")]
    Journal {
        /// How many entries it was computed from.
        entries: EntryNumber,
    },
    /// The system failed at the file.
    #[error("cannot read the snapshot")]
    Io(#[source] io::Error),
    /// The journal could not be asked.
    #[error("cannot hold the snapshot against the journal")]
    Unreadable(#[source] JournalError),
}

impl Absent {
    /// The stable code of this reason.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "snapshot.missing",
            Self::Foreign => "snapshot.foreign",
            Self::Format { .. } => "snapshot.format",
            Self::Build { .. } => "snapshot.build",
            Self::Damaged { .. } => "snapshot.damaged",
            Self::Journal { .. } => "snapshot.journal",
            Self::Io(_) | Self::Unreadable(_) => "snapshot.unreadable",
        }
    }
}

/// Saves what `write` writes as the snapshot at `path`, in place of the one that is there. On
/// return it is durable; on failure, and after a crash, the old one is as it was.
///
/// # Errors
///
/// [`JournalError::DiskFull`] and [`JournalError::Io`].
pub fn save(
    path: &Path,
    stamp: &Stamp,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<(), JournalError> {
    let aside = aside(path);
    let saved = write_aside(&aside, stamp, write)
        .and_then(|()| fs::rename(&aside, path))
        .map_err(|e| JournalError::io("save the snapshot", e));
    if saved.is_err() {
        let _ = fs::remove_file(&aside);
    }
    saved?;
    sync_parent(path)
}

/// Where a snapshot is written before it is whole.
fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-new");
    path.with_file_name(name)
}

fn write_aside(
    aside: &Path,
    stamp: &Stamp,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let build = stamp.build.as_bytes();
    let build_len = u16::try_from(build.len()).map_err(|_| ErrorKind::InvalidInput)?;
    let summed = Summed {
        file: File::create(aside)?,
        sum: Hasher::new(),
        written: 0,
    };
    let mut out = BufWriter::with_capacity(PIECE, summed);
    out.write_all(MAGIC)?;
    out.write_all(&FORMAT.to_be_bytes())?;
    out.write_all(&build_len.to_be_bytes())?;
    out.write_all(build)?;
    out.write_all(&stamp.entries.0.to_be_bytes())?;
    out.write_all(stamp.root.as_bytes())?;
    out.flush()?;
    let header = out.get_ref().written;
    write(&mut out)?;
    out.flush()?;
    let len = out.get_ref().written - header;
    out.write_all(&len.to_be_bytes())?;
    out.flush()?;
    let sum = out.get_ref().sum.clone().finalize();
    out.write_all(&sum.to_be_bytes())?;
    out.flush()?;
    out.get_ref().file.sync_all()
}

/// A file, with the checksum of what was written to it.
struct Summed {
    file: File,
    sum: Hasher,
    written: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let len = self.file.write(bytes)?;
        self.sum.update(bytes.get(..len).unwrap_or_default());
        self.written += len as u64;
        Ok(len)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Loads the snapshot at `path` if it is whole, of this build, and of entries that `journal` has.
///
/// # Errors
///
/// [`Absent`] says why there is none to be used.
pub fn load(path: &Path, build: &str, journal: &dyn Journal) -> Result<(Stamp, Vec<u8>), Absent> {
    let opened = Unproved::open(path, build)?;
    let len = usize::try_from(opened.len()).map_err(|_| TOO_LONG)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len).map_err(|_| TOO_LONG)?;
    bytes.resize(len, 0);
    let mut part = opened.part(0..opened.len());
    part.fill(&mut bytes)?;
    let sums = vec![part.sum()];
    let stamp = opened.prove(sums, journal)?;
    Ok((stamp, bytes))
}

/// A snapshot that is open and not to be believed yet: whoever reads it does so in parts, in any
/// order and at once, and throws everything away unless [`Unproved::prove`] finds it whole.
#[derive(Debug)]
pub struct Unproved {
    file: File,
    stamp: Stamp,
    /// Where what was saved begins, and how long it is.
    begin: u64,
    len: u64,
    /// Of what stands before.
    sum: Hasher,
    /// Length and checksum as they stand after.
    told: [u8; 8],
    stored: u32,
}

/// A part of what was saved, read from its beginning.
#[derive(Debug)]
pub struct PartReader<'a> {
    file: &'a File,
    begin: u64,
    range: Range<u64>,
    read: u64,
    sum: Hasher,
}

/// The checksum of a part.
#[derive(Debug)]
pub struct PartSum {
    range: Range<u64>,
    sum: Hasher,
}

impl Unproved {
    /// Opens the snapshot at `path` if it is of this build and as long as it says.
    ///
    /// # Errors
    ///
    /// [`Absent`] says why there is none to be used.
    pub fn open(path: &Path, build: &str) -> Result<Self, Absent> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Err(Absent::Missing),
            Err(e) => return Err(Absent::Io(e)),
        };
        let all = file.metadata().map_err(Absent::Io)?.len();
        let mut sum = Hasher::new();

        let before: [u8; BEFORE_BUILD] = take(&mut file, &mut sum, Absent::Foreign)?;
        let Some((magic, rest)) = before.split_first_chunk() else {
            return Err(Absent::Foreign);
        };
        if magic != MAGIC {
            return Err(Absent::Foreign);
        }
        let [a, b, c, d, e, f] = *rest else {
            return Err(Absent::Foreign);
        };
        let found = u32::from_be_bytes([a, b, c, d]);
        if found != FORMAT {
            return Err(Absent::Format { found });
        }
        let build_len = u16::from_be_bytes([e, f]);
        let mut name = vec![0; build_len.into()];
        file.read_exact(&mut name).map_err(torn)?;
        sum.update(&name);
        if name != build.as_bytes() {
            let found = String::from_utf8_lossy(&name).into_owned();
            return Err(Absent::Build { found });
        }
        let after: [u8; AFTER_BUILD] = take(&mut file, &mut sum, SHORT)?;
        let (entries, root) = after.split_first_chunk().ok_or(SHORT)?;
        let stamp = Stamp {
            build: build.to_owned(),
            entries: EntryNumber(u64::from_be_bytes(*entries)),
            root: Hash(root.try_into().map_err(|_| SHORT)?),
        };

        let around = BEFORE_BUILD + name.len() + AFTER_BUILD + TRAILER;
        let len = all.checked_sub(around as u64).ok_or(SHORT)?;
        // The length before what it is of: a file that lost its end is refused without reading it.
        let begin = (around - TRAILER) as u64;
        file.seek(SeekFrom::Start(begin + len))
            .map_err(Absent::Io)?;
        let told: [u8; 8] = take(&mut file, &mut Hasher::new(), SHORT)?;
        let stored: [u8; 4] = take(&mut file, &mut Hasher::new(), SHORT)?;
        if u64::from_be_bytes(told) != len {
            return Err(Absent::Damaged {
                what: "it has not the length that it says",
            });
        }
        let stored = u32::from_be_bytes(stored);
        Ok(Self {
            file,
            stamp,
            begin,
            len,
            sum,
            told,
            stored,
        })
    }

    /// From what it says to be computed.
    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// How many bytes were saved.
    #[expect(
        clippy::len_without_is_empty,
        reason = "nobody asks whether a snapshot is empty"
    )]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Begins to read a part of what was saved.
    pub fn part(&self, range: Range<u64>) -> PartReader<'_> {
        PartReader {
            file: &self.file,
            begin: self.begin,
            read: range.start,
            range,
            sum: Hasher::new(),
        }
    }

    /// Whether it is whole and of entries that `journal` has, as the sums of its parts say; together
    /// these must be all that was saved.
    ///
    /// # Errors
    ///
    /// [`Absent`] says why it is not to be believed.
    pub fn prove(self, mut sums: Vec<PartSum>, journal: &dyn Journal) -> Result<Stamp, Absent> {
        sums.sort_unstable_by_key(|part| (part.range.start, part.range.end));
        let mut sum = self.sum;
        let mut end = 0;
        for part in &sums {
            if part.range.start != end {
                return Err(UNREAD);
            }
            end = part.range.end;
            sum.combine(&part.sum);
        }
        if end != self.len {
            return Err(UNREAD);
        }
        sum.update(&self.told);
        if self.stored != sum.finalize() {
            return Err(Absent::Damaged {
                what: "its checksum does not match",
            });
        }
        let Stamp { entries, root, .. } = self.stamp;
        let held = root_at(journal, entries.0).map_err(Absent::Unreadable)?;
        match held == Some(root) {
            true => Ok(self.stamp),
            false => Err(Absent::Journal { entries }),
        }
    }
}

impl PartReader<'_> {
    /// Fills all of `to` with what comes next in the part, each piece summed while it is at hand.
    ///
    /// # Errors
    ///
    /// [`Absent::Damaged`] if the part or the file ends before, [`Absent::Io`].
    pub fn fill(&mut self, to: &mut [u8]) -> Result<(), Absent> {
        if to.len() as u64 > self.range.end.saturating_sub(self.read) {
            return Err(SHORT);
        }
        for piece in to.chunks_mut(PIECE) {
            let place = self.begin + self.read;
            self.file.read_exact_at(piece, place).map_err(torn)?;
            self.sum.update(piece);
            self.read += piece.len() as u64;
        }
        Ok(())
    }

    /// The checksum of as much as was read.
    pub fn sum(self) -> PartSum {
        PartSum {
            range: self.range.start..self.read,
            sum: self.sum,
        }
    }
}

const UNREAD: Absent = Absent::Damaged {
    what: "it was not read as a whole",
};

const TOO_LONG: Absent = Absent::Damaged {
    what: "it is longer than memory",
};

const SHORT: Absent = Absent::Damaged {
    what: "it ends too early",
};

fn torn(error: io::Error) -> Absent {
    match error.kind() {
        ErrorKind::UnexpectedEof => SHORT,
        _ => Absent::Io(error),
    }
}

/// Reads as many bytes as the array has; `short` says what it means that there are fewer.
fn take<const N: usize>(
    file: &mut File,
    sum: &mut Hasher,
    short: Absent,
) -> Result<[u8; N], Absent> {
    let mut bytes = [0; N];
    match file.read_exact(&mut bytes) {
        Ok(()) => {
            sum.update(&bytes);
            Ok(bytes)
        }
        Err(e) if e.kind() == ErrorKind::UnexpectedEof => Err(short),
        Err(e) => Err(Absent::Io(e)),
    }
}

#[cfg(test)]
mod tests;
