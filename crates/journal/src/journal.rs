//! The journal as the engine sees it: append a batch at an expected position, read from a position,
//! wait for more.
//!
//! Not here: how bytes are kept. Homes differ in nothing that can be seen through this trait; the
//! `contract` suite holds them to that.

mod error;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use legation_core::entry::commitment;
use legation_core::id::{BodyNumber, EntryNumber};
use legation_tree::{Hash, ReadError, TileSource, leaf_hash};

pub use error::JournalError;

/// The longest key of a row in bytes: LMDB's own limit in its usual build (`mdb_env_get_maxkeysize`).
pub const ROW_KEY_MAX: usize = 511;

/// The longest body, and the longest frame, in bytes: 1 GiB, a quarter of what LMDB gives one value.
pub const BODY_MAX: usize = 1 << 30;

/// Signs the head of the log: given the number of entries and the root over them, the text of the
/// checkpoint. It is called while a batch is being appended, so it must not call the journal.
pub type Signer = Box<dyn Fn(u64, &Hash) -> String + Send + Sync>;

/// An encoded entry and its nonce. Opaque here; together they give the entry's leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The entry as encoded by core.
    pub frame: Vec<u8>,
    /// Random bytes that keep the leaf from giving the entry away.
    pub nonce: [u8; 32],
}

impl Sealed {
    /// The hash that stands in the tree for this entry.
    pub fn leaf(&self) -> Hash {
        leaf_of(&self.nonce, &self.frame)
    }
}

/// The hash that stands in the tree for the entry with that nonce and frame.
pub(crate) fn leaf_of(nonce: &[u8; 32], frame: &[u8]) -> Hash {
    leaf_hash(commitment(nonce, frame).as_bytes())
}

/// A row of the derived index: what the engine looks up by key, and can compute anew from the
/// entries at any time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// 1 to [`ROW_KEY_MAX`] bytes.
    pub key: Vec<u8>,
    /// What the key finds; it replaces what was there.
    pub value: Vec<u8>,
}

/// All that is written at once: kept whole or not at all.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Entries, at consecutive positions from the expected one.
    pub entries: Vec<Sealed>,
    /// Bodies, at consecutive numbers from [`Head::bodies`]. Shared, so that a batch that was
    /// refused can be tried again and a body can stay in a cache without a copy.
    pub bodies: Vec<Arc<[u8]>>,
    /// Bodies whose bytes go for ever; they may be of this very batch. To erase twice is no error.
    pub erase: Vec<BodyNumber>,
    /// Keys of rows that go, before `rows` are written. One that is not there is no error.
    pub gone: Vec<Vec<u8>>,
    /// Rows to write; of two with one key the later counts.
    pub rows: Vec<Row>,
}

impl Batch {
    /// Refuses what no home can keep.
    pub(crate) fn check(&self, head: &Head, expected: EntryNumber) -> Result<(), JournalError> {
        if expected != head.entries {
            return Err(JournalError::Position {
                expected,
                actual: head.entries,
            });
        }
        let bodies = head.bodies.0 + self.bodies.len() as u64;
        if let Some(number) = self.erase.iter().find(|number| number.0 >= bodies) {
            return Err(JournalError::NoBody { number: *number });
        }
        (self.bodies.iter().map(|body| body.len()))
            .chain(self.entries.iter().map(|entry| entry.frame.len()))
            .try_for_each(check_len)?;
        (self.rows.iter().map(|row| &row.key))
            .chain(&self.gone)
            .try_for_each(|key| check_key(key))
    }
}

/// Refuses a body or a frame that no home can keep.
fn check_len(len: usize) -> Result<(), JournalError> {
    match len {
        0..=BODY_MAX => Ok(()),
        _ => Err(JournalError::TooLong { len }),
    }
}

/// Refuses the key of a row that no home can keep.
pub(crate) fn check_key(key: &[u8]) -> Result<(), JournalError> {
    match key.len() {
        1..=ROW_KEY_MAX => Ok(()),
        len => Err(JournalError::RowKey { len }),
    }
}

/// How far the journal goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of entries: the position that the next one takes.
    pub entries: EntryNumber,
    /// The number of bodies ever brought, erased ones included: the number that the next one takes.
    pub bodies: BodyNumber,
    /// The root of the tree over all entries.
    pub root: Hash,
    /// The signed checkpoint of exactly this head; none in a home that was given no signer.
    pub checkpoint: Option<String>,
}

/// A home of entries, bodies and rows.
///
/// Every read sees one instant of the journal, unmoved by what is appended meanwhile. One writer:
/// appends of several threads queue up, and all but the first find the head moved.
pub trait Journal: Send + Sync {
    /// How far the journal goes now.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    fn head(&self) -> Result<Head, JournalError>;

    /// Appends a batch if the next position is still `expected`. All of it is durable on return, or
    /// nothing of it is kept. A batch without entries is allowed and leaves the checkpoint as it is.
    ///
    /// # Errors
    ///
    /// [`JournalError::Position`] if the head has moved; [`JournalError::RowKey`],
    /// [`JournalError::TooLong`] and [`JournalError::NoBody`] for a batch that cannot be kept; [`JournalError::DiskFull`],
    /// [`JournalError::TooLarge`] and [`JournalError::DiskReadOnly`] if there is no room: nothing is lost and the same batch may be
    /// tried again; [`JournalError::Commit`] if it is unknown whether the batch was kept, and from
    /// then on [`JournalError::Poisoned`] until the journal is reopened.
    fn append(&self, expected: EntryNumber, batch: Batch) -> Result<Head, JournalError>;

    /// Shows the entries from position `from` on, in order: number, frame, nonce. Stops at the head
    /// or when `visit` breaks.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    #[expect(
        clippy::type_complexity,
        reason = "a visitor reads best where it is asked for"
    )]
    fn read(
        &self,
        from: EntryNumber,
        visit: &mut dyn FnMut(EntryNumber, &[u8], &[u8; 32]) -> ControlFlow<()>,
    ) -> Result<(), JournalError>;

    /// Shows bodies, each with its place in `numbers`, in that order and all of one instant. `None`
    /// if it was erased or never brought.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    fn bodies(
        &self,
        numbers: &[BodyNumber],
        visit: &mut dyn FnMut(usize, Option<&[u8]>),
    ) -> Result<(), JournalError>;

    /// The value of one row.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    fn row(&self, key: &[u8]) -> Result<Option<Vec<u8>>, JournalError>;

    /// Shows the rows whose key begins with `prefix`, in the order of their keys, until `visit`
    /// breaks. An empty prefix shows them all.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    #[expect(
        clippy::type_complexity,
        reason = "a visitor reads best where it is asked for"
    )]
    fn rows(
        &self,
        prefix: &[u8],
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), JournalError>;

    /// Replaces the whole derived index by these rows, at once. The iterator may read the journal
    /// but not append to it.
    ///
    /// # Errors
    ///
    /// As [`Journal::append`], without [`JournalError::Position`].
    fn rebuild_rows(&self, rows: &mut dyn Iterator<Item = Row>) -> Result<(), JournalError>;

    /// A hash tile of the log, as wide as it is now (C2SP tlog-tiles); `None` if there is none yet.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, JournalError>;

    /// Waits until there are more than `from` entries, but not longer than `wait`; then the head,
    /// either way.
    ///
    /// # Errors
    ///
    /// [`JournalError`] if the home cannot be read.
    fn follow(&self, from: EntryNumber, wait: Duration) -> Result<Head, JournalError>;

    /// Copies one instant of the journal to `target`, which must be absent, while the journal goes
    /// on; `progress` is told bytes done and bytes at most in all. The copy is a journal of its own.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`] if `target` is there; [`JournalError::DiskFull`];
    /// [`JournalError::NoCopy`] from a home that has no form on disk. What was begun is removed.
    fn copy_to(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), JournalError>;

    /// Brings the copy at `target`, made by this or [`Journal::copy_to`], to one instant of the
    /// journal, at the cost of what is new since; makes it if there is none. What was erased here is
    /// erased there. The copy is always of one instant, the older or the newer; `progress` is as for
    /// [`Journal::copy_to`], but what there is in all is an estimate until the end.
    ///
    /// # Errors
    ///
    /// [`JournalError::NotACopy`] if what is there is no older instant of this journal,
    /// [`JournalError::Exists`] if it is no journal, but for what a copy left that was broken off;
    /// [`JournalError::InUse`] if somebody has it open; [`JournalError::DiskFull`];
    /// [`JournalError::Damaged`]; [`JournalError::NoCopy`]. The copy is as it was then.
    fn update_copy(
        &self,
        target: &Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Copied, JournalError>;
}

/// What [`Journal::update_copy`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Whether the whole journal was copied, for there was no copy yet.
    pub whole: bool,
    /// How many entries are new in the copy.
    pub entries: u64,
}

/// The root that the log of `journal` had when it was `size` entries long; None if it has never
/// been so long.
///
/// # Errors
///
/// [`JournalError`] if the journal cannot be read, or lacks a tile that it must have.
pub fn root_at(journal: &dyn Journal, size: u64) -> Result<Option<Hash>, JournalError> {
    if size > journal.head()?.entries.0 {
        return Ok(None);
    }
    match legation_tree::root_at(size, &Tiles(journal)) {
        Ok(root) => Ok(Some(root)),
        Err(ReadError::Source { source, .. }) => Err(source),
        Err(error) => Err(JournalError::Damaged {
            what: format!("the tiles do not make a tree: {error}"),
        }),
    }
}

/// The tiles of a journal as the tree reads them.
struct Tiles<'a>(&'a dyn Journal);

impl TileSource for Tiles<'_> {
    type Error = JournalError;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, JournalError> {
        self.0.tile(level, index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_kept_is_taken() {
        assert!(check_len(0).is_ok() && check_len(BODY_MAX).is_ok());
        let refused = check_len(BODY_MAX + 1).unwrap_err();
        assert_eq!(refused.code(), "journal.too-long");
        assert_eq!(
            refused.to_string(),
            "a body has at most 1073741824 bytes, not 1073741825"
        );
    }
}
