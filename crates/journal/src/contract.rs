//! The suite that every home must pass, and a home that fails on demand.
//!
//! A test of a home implements [`Home`] and calls [`check`]; a failed expectation panics, as in any
//! test. Not here: durability, which is each home's own to prove.

mod content;
mod disk;
mod faulty;
mod look;
mod order;
mod sample;
mod whole;

use std::path::{Path, PathBuf};

use legation_tree::Hash;

use crate::journal::{Journal, JournalError};
pub use disk::{read_block, read_entry};
pub use faulty::{Fault, Faulty};

/// Makes journals of one home for [`check`].
pub trait Home {
    /// A new, empty journal, with a signer of the suite's choice.
    ///
    /// # Errors
    ///
    /// Whatever the home fails with.
    fn fresh(&mut self) -> Result<Box<dyn Journal>, JournalError>;

    /// Closes the journal that [`Home::fresh`] gave last and opens it again.
    ///
    /// # Errors
    ///
    /// Whatever the home fails with.
    fn reopen(&mut self, journal: Box<dyn Journal>) -> Result<Box<dyn Journal>, JournalError>;

    /// A path for a copy, where nothing is yet.
    fn vacant(&mut self) -> PathBuf;

    /// Opens a copy.
    ///
    /// # Errors
    ///
    /// [`JournalError::NoCopy`] from a home that makes none.
    fn open_copy(&mut self, path: &Path) -> Result<Box<dyn Journal>, JournalError>;
}

/// The checkpoint that the suite expects of a head, so that it is seen to be of exactly that head.
pub fn checkpoint(size: u64, root: &Hash) -> String {
    format!("{size} {root}")
}

/// Runs the whole suite over one home, naming each check as it begins.
///
/// # Errors
///
/// What the home failed with where it should not have.
///
/// # Panics
///
/// If the home does not keep the contract.
pub fn check(home: &mut dyn Home) -> Result<(), JournalError> {
    for (name, run) in CHECKS {
        println!("contract: {name}");
        run(home)?;
    }
    Ok(())
}

/// One check: its name and what it does.
#[expect(
    clippy::type_complexity,
    reason = "a table of functions, read once just above"
)]
const CHECKS: &[(&str, fn(&mut dyn Home) -> Result<(), JournalError>)] = &[
    ("an empty journal is whole", whole::empty),
    ("what is appended is read back", order::append_and_read),
    ("a moved head refuses", order::position),
    ("a refused batch leaves nothing", order::all_or_nothing),
    ("one of many writers wins", order::writers),
    ("readers see one instant", order::snapshots),
    ("a follower wakes", order::follow),
    ("rows are found in order", content::rows),
    ("the index is replaced at once", content::rebuild),
    ("an erased body is gone", content::erase),
    ("bodies are those of a plain list", content::model),
    (
        "tiles and checkpoint are those of the naive tree",
        whole::tiles,
    ),
    ("reopening changes nothing", whole::reopen),
    ("a copy is whole and apart", whole::copy),
    ("a copy is brought up to date", whole::update),
];
