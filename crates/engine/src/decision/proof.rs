//! The proof that a text was adopted, made by the office and checked by whoever is handed one.
//!
//! ```text
//! text         the text, byte for byte
//! certificate  the entry in which the office says that it is adopted, and since when; with its proof
//! tabling      the entry that put it on the table: whom it was asked, until when; with its proof
//! ```
//! Without the tabling nothing tells who was asked or what else the adoption permits; so it is
//! handed to those who see both, and can be left out.
//!
//! What it cannot show is that nobody objected: that would take the positions, which are nobody
//! else's. What it does show is that the office has committed itself, in a log that it cannot change
//! unseen. A member that had objected in time holds the proof of an entry of its own, with a time
//! before the adoption and a place before the certificate in the same log: the two together convict
//! the office.

use legation_core::act::{Act, Actor, CertifyDecision, DecisionAct, Procedure, TableDecision};
use legation_core::affairs::decision::Sight;
use legation_core::id::{DecisionId, Digest, EntryNumber};
use legation_core::time::Instant;

use super::find;
use crate::admit::Caller;
use crate::audit::EntryProof;
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::proof::{Proven, verify_proof};

/// An adopted text and what proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionProof {
    /// The text, byte for byte.
    pub text: Vec<u8>,
    /// The office's certificate.
    pub certificate: EntryProof,
    /// How it was put on the table.
    pub tabling: Option<EntryProof>,
}

/// What a proof has shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenAdoption {
    /// What the office certifies.
    pub certificate: CertifyDecision,
    /// The entry in which it does.
    pub entry: EntryNumber,
    /// When it did.
    pub at: Instant,
    /// How many entries the log had that was signed.
    pub size: u64,
    /// Its root, base64.
    pub root: String,
    /// How the text was put on the table.
    pub tabling: Option<TableDecision>,
}

impl Office {
    /// An adopted text with its proof. For those who are asked and for the office it tells how the
    /// text was put on the table, unless `brief` is said.
    ///
    /// # Errors
    /// When there is no decision that the caller may see, or it is not adopted.
    pub async fn export_decision(
        &self,
        caller: &Caller,
        id: &DecisionId,
        brief: bool,
    ) -> Result<AdoptionProof, EngineError> {
        let look = || -> Result<_, EngineError> {
            let now = self.now()?;
            let fold = self.look()?;
            let (one, sight) = find(&fold, caller, id, now)?;
            let outcome = one.outcome(now);
            if !outcome.is_adopted() {
                let text = format!("`{id}` is not adopted: {outcome}");
                return Err(EngineError::new(
                    Fault::Conflict,
                    "decision.not-adopted",
                    text,
                ));
            }
            let tabling = (sight != Sight::Told && !brief).then_some(one.entry);
            Ok((one.text.to_vec(), one.certificate, tabling))
        };
        let (mut text, mut certificate, mut tabling) = look()?;
        if certificate.is_none() {
            self.certify_decisions().await?;
            (text, certificate, tabling) = look()?;
        }
        let certificate = certificate.ok_or_else(EngineError::not_found)?;
        Ok(AdoptionProof {
            text,
            certificate: self.prove(certificate)?,
            tabling: tabling.map(|entry| self.prove(entry)).transpose()?,
        })
    }
}

/// Checks that the log which signs with `log_key` holds the office's certificate that this text was
/// adopted, and, where it is there, the entry that put it on the table.
///
/// # Errors
/// When key or proof cannot be read, a proof does not hold, or the parts are not of one decision.
pub fn verify_adoption(
    proof: &AdoptionProof,
    log_key: &str,
) -> Result<ProvenAdoption, EngineError> {
    let Proven { entry, size, root } = verify_proof(&proof.certificate, log_key)?;
    let at = entry.at;
    let Act::Decision(DecisionAct::Certify(certificate)) = entry.act else {
        return Err(wrong("the entry certifies no decision"));
    };
    if entry.actor != Actor::Office {
        return Err(wrong("the certificate is not the office's own"));
    }
    if Digest::of(&proof.text) != certificate.digest {
        return Err(wrong("the text is another one than was adopted"));
    }
    let is_after = certificate.tabled < certificate.adopted && certificate.adopted <= at;
    let is_at_expiry = match certificate.procedure {
        Procedure::Silence => certificate.adopted == certificate.expiry.at,
        Procedure::Written | Procedure::Meeting => certificate.adopted < certificate.expiry.at,
    };
    if !is_after || !is_at_expiry {
        return Err(wrong("the certificate contradicts itself about the times"));
    }
    let tabling = match &proof.tabling {
        Some(tabling) => Some(check_tabling(tabling, &certificate, log_key)?),
        None => None,
    };
    Ok(ProvenAdoption {
        certificate,
        entry: entry.number,
        at,
        size,
        root,
        tabling,
    })
}

fn check_tabling(
    proof: &EntryProof,
    certificate: &CertifyDecision,
    log_key: &str,
) -> Result<TableDecision, EngineError> {
    let Proven { entry, .. } = verify_proof(proof, log_key)?;
    let place = (entry.number, entry.at);
    let Act::Decision(DecisionAct::Table(act)) = entry.act else {
        return Err(wrong("the entry puts no text on the table"));
    };
    let is_same = place == (certificate.entry, certificate.tabled)
        && act.id == certificate.id
        && act.title == certificate.title
        && act.procedure == certificate.procedure
        && Digest::of(&act.text) == certificate.digest
        && act.expiry.at <= certificate.expiry.at;
    if !is_same {
        return Err(wrong("what was put on the table is not what is certified"));
    }
    Ok(act)
}

fn wrong(text: &str) -> EngineError {
    EngineError::new(Fault::Invalid, "decision.proof", text)
}
