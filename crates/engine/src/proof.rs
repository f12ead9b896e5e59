//! Checking the proof of an entry, by whoever was handed one: needs no office.
//!
//! How a proof is made is in `audit`.

use legation_core::act::Entry;
use legation_tree::{NoteVerifier, TlogProof};

use crate::audit::{EntryProof, leaf};
use crate::error::{EngineError, Fault};

/// An entry that a log was proven to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// What it says.
    pub entry: Entry,
    /// How many entries the log had that was signed.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
}

/// Checks that the log which signs with `log_key` holds exactly the entry of a proof.
///
/// # Errors
/// When key or proof cannot be read, or the proof does not hold for these bytes at this number.
pub fn verify_proof(proof: &EntryProof, log_key: &str) -> Result<Proven, EngineError> {
    let invalid = |code, text: &dyn std::fmt::Display| {
        EngineError::new(Fault::Invalid, code, text.to_string())
    };
    let key = NoteVerifier::parse(log_key).map_err(|error| invalid(error.code(), &error))?;
    let tlog: TlogProof = proof
        .proof
        .parse()
        .map_err(|error: legation_tree::TlogProofError| invalid(error.code(), &error))?;
    let signed = tlog
        .verify(leaf(&proof.nonce, &proof.frame), &[key])
        .map_err(|error| invalid(error.code(), &error))?;
    let entry = Entry::decode(&proof.frame).map_err(|error| invalid(error.code(), &error))?;
    if entry.number != proof.number || tlog.index != proof.number.0 {
        return Err(invalid(
            "engine.proof",
            &"the proof is of an entry with another number",
        ));
    }
    Ok(Proven {
        entry,
        size: signed.checkpoint.size(),
        root: signed.checkpoint.root().to_string(),
    })
}
