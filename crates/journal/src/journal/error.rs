//! Why a journal refuses or fails.
//!
//! Not here: any HTTP status, and any text for a partner; a partner never learns of these.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use legation_core::id::{BodyNumber, EntryNumber};
use thiserror::Error;

/// Why a journal refuses or fails. The first group is the caller's doing, the second the machine's,
/// the third the state of the journal itself.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Somebody else appended first: fold what is new and try again.
    #[error("the journal is at position {actual}, not at {expected}")]
    Position {
        /// The position that the batch was made for.
        expected: EntryNumber,
        /// The position that is next.
        actual: EntryNumber,
    },
    /// The key of a row is empty or too long.
    #[error("a row key has 1 to {max} bytes, not {len}", max = super::ROW_KEY_MAX)]
    RowKey {
        /// Its length in bytes.
        len: usize,
    },
    /// A batch erases a body that was never brought.
    #[error("there is no body {number} to erase")]
    NoBody {
        /// The number it gave.
        number: BodyNumber,
    },
    /// A body or a frame is longer than any home keeps.
    #[error("a body has at most {max} bytes, not {len}", max = super::BODY_MAX)]
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// The journal was opened for reading.
    #[error("the journal is open for reading only")]
    ReadOnly,
    /// Something lies where a journal was to be made.
    #[error("`{path}` exists already")]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// A copy was to be brought up to date that is none of this journal, or newer than it.
    #[error("what is in `{dir}` is no older copy of this journal")]
    NotACopy {
        /// The place.
        dir: PathBuf,
    },
    /// The home has no form on disk that could be copied.
    #[error("this journal cannot be copied to disk")]
    NoCopy,

    /// No room on the disk. Nothing was written and nothing is lost.
    #[error("the disk is full: nothing was written; make room and try again")]
    DiskFull,
    /// The disk takes no writes at all, as a system makes it after a fault. Nothing was written.
    #[error("the disk is read-only: nothing was written")]
    DiskReadOnly,
    /// The journal has grown to the end of its address space. Nothing was written.
    #[error("the journal is as large as it can be: nothing was written")]
    TooLarge,
    /// The system failed at a file.
    #[error("cannot {doing}")]
    Io {
        /// What was being attempted.
        doing: &'static str,
        /// The failure.
        source: io::Error,
    },
    /// The store below failed; nothing was written.
    #[error("cannot {doing}")]
    Store {
        /// What was being attempted.
        doing: &'static str,
        /// The failure.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A commit failed, so that it is unknown whether its batch was kept. Reopening tells.
    #[error("a commit failed and the journal takes no more writes until it is reopened")]
    Commit {
        /// The failure.
        source: Box<dyn Error + Send + Sync>,
    },
    /// An earlier commit failed.
    #[error("the journal takes no writes since a commit failed: reopen it")]
    Poisoned,

    /// Another process, or another part of this one, has the journal open for writing.
    #[error("the journal in `{dir}` is in use by another process")]
    InUse {
        /// Where the journal is.
        dir: PathBuf,
    },
    /// There is no journal at the place.
    #[error("there is no journal in `{dir}`")]
    NotAJournal {
        /// The place.
        dir: PathBuf,
    },
    /// The journal is of a format that this program does not know.
    #[error("the journal has format {found}, this program knows {known}")]
    UnknownFormat {
        /// The format on disk.
        found: u32,
        /// The one that this program reads and writes.
        known: u32,
    },
    /// Another process has brought the journal to a newer format since it was opened for reading.
    #[error("the journal was upgraded by another process: reopen it")]
    Upgraded,
    /// The bytes on disk contradict themselves.
    #[error("the journal is damaged: {what}")]
    Damaged {
        /// What is wrong.
        what: String,
    },
}

impl JournalError {
    /// The stable code of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Position { .. } => "journal.position",
            Self::RowKey { .. } => "journal.row-key",
            Self::NoBody { .. } => "journal.no-body",
            Self::TooLong { .. } => "journal.too-long",
            Self::ReadOnly => "journal.read-only",
            Self::Exists { .. } => "journal.exists",
            Self::NotACopy { .. } => "journal.not-a-copy",
            Self::NoCopy => "journal.no-copy",
            Self::DiskFull => "journal.disk-full",
            Self::DiskReadOnly => "journal.disk-read-only",
            Self::TooLarge => "journal.too-large",
            Self::Io { .. } => "journal.io",
            Self::Store { .. } => "journal.store",
            Self::Commit { .. } => "journal.commit-failed",
            Self::Poisoned => "journal.poisoned",
            Self::InUse { .. } => "journal.in-use",
            Self::NotAJournal { .. } => "journal.not-a-journal",
            Self::UnknownFormat { .. } => "journal.unknown-format",
            Self::Upgraded => "journal.upgraded",
            Self::Damaged { .. } => "journal.damaged",
        }
    }

    /// A failed file operation, told apart from a disk that is full or takes no writes.
    pub(crate) fn io(doing: &'static str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => Self::DiskReadOnly,
            _ => Self::Io { doing, source },
        }
    }
}
