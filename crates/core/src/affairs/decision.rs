//! Texts put to the members, and what became of them: the fold of [`DecisionAct`].

use minicbor::{Decode, Encode};

use crate::act::{DecisionAct, Entry};
use crate::id::{AgreementId, Digest, LiaisonId};
use crate::state::FoldError;

/// What the adoption of a text permits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[non_exhaustive]
pub enum Permit {
    /// Nothing but what the text says.
    #[n(0)]
    None,
    /// The host signs the version of an agreement that has these bytes.
    #[n(1)]
    Sign {
        /// Which agreement.
        #[n(0)]
        agreement: AgreementId,
        /// SHA-256 of the file.
        #[n(1)]
        digest: Digest,
    },
    /// A liaison office is decided.
    #[n(2)]
    OpenOffice(#[n(0)] LiaisonId),
    /// A text with these bytes is published.
    #[n(3)]
    Publish(#[n(0)] Digest),
}

/// Texts put to the members, and what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {}

impl Decisions {
    /// Takes an entry in.
    ///
    /// # Errors
    /// When the act contradicts what holds.
    pub(crate) fn apply(&mut self, _entry: &Entry, act: &DecisionAct) -> Result<(), FoldError> {
        match act {
            DecisionAct::Reserved => Ok(()),
        }
    }
}
