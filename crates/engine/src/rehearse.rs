//! Rehearsing a draft: what would change for whom if it came into force.

use legation_core::id::Digest;
use legation_core::time::Instant;
use legation_core::view::Rehearsal;

use crate::admit::{Caller, staff};
use crate::agree::read_document;
use crate::error::EngineError;
use crate::office::Office;

/// A rehearsal and the instant that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// When the draft would take effect.
    pub at: Instant,
    /// What would change, by party and area; whoever is not listed keeps what it has.
    pub changes: Vec<Rehearsal>,
}

impl Office {
    /// Rehearses a draft as if both sides had signed it now.
    ///
    /// # Errors
    /// When the caller may not, the file is at fault, or the version does not follow.
    pub fn rehearse(&self, caller: &Caller, file: &[u8]) -> Result<Rehearsed, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let document = read_document(fold.state(), file)?;
        let now = self.clock.now().max(fold.clock());
        let at = document.in_force.max(now);
        let changes = fold.rehearse(document, Digest::of(file), now)?;
        Ok(Rehearsed { at, changes })
    }
}
