//! The acts that move an agreement: table, sign, suspend, resume, terminate.
//!
//! Each act has a `may_` twin that asks and changes nothing. What the clock moves by itself is
//! in [`super`], and who may ask for an act is not decided here.

use std::sync::Arc;

use super::{Agreement, Signature, State, Suspension, Termination, TransitionError, Version};
use crate::agreement::document::{Document, Parties};
use crate::id::{AgreementVersion, Digest, PartyCode};
use crate::party::Status;
use crate::time::Instant;

impl Agreement {
    /// Asks whether a document may be tabled now.
    ///
    /// # Errors
    ///
    /// Those of [`Agreement::table`].
    pub fn may_table(
        &self,
        document: &Document,
        digest: Digest,
        at: Instant,
    ) -> Result<(), TransitionError> {
        if document.id != self.id {
            return Err(TransitionError::OtherAgreement {
                id: self.id.clone(),
                found: document.id.clone(),
            });
        }
        self.refuse_terminated()?;
        if document.until.is_some_and(|until| until <= at) {
            return Err(TransitionError::Ended {
                version: document.version,
            });
        }
        let Some(last) = self.latest() else {
            return match document.version {
                AgreementVersion(1) => Ok(()),
                found => Err(TransitionError::WrongVersion {
                    expected: AgreementVersion(1),
                    found,
                }),
            };
        };
        if document.parties != last.document.parties {
            return Err(TransitionError::PartiesChanged);
        }
        if document.version == last.number() {
            return match (last.digest == digest, last.signatures.is_empty()) {
                (true, _) => Err(TransitionError::AlreadyTabled {
                    version: document.version,
                }),
                (false, true) => Ok(()),
                (false, false) => Err(TransitionError::VersionSigned {
                    version: document.version,
                }),
            };
        }
        let expected = AgreementVersion(last.number().0.saturating_add(1));
        if document.version == expected {
            Ok(())
        } else {
            Err(TransitionError::WrongVersion {
                expected,
                found: document.version,
            })
        }
    }

    /// Puts a version on the table. The version that nobody has signed yet may be tabled anew
    /// with other bytes, which replace it; with a signature on it, the next change is a new version.
    ///
    /// # Errors
    ///
    /// Another agreement's document, a version that does not follow, other parties, a version
    /// that was signed or tabled with the same bytes, or one that is over before it begins.
    pub fn table(
        &mut self,
        document: Arc<Document>,
        digest: Digest,
        at: Instant,
    ) -> Result<(), TransitionError> {
        self.may_table(&document, digest, at)?;
        self.versions
            .retain(|version| version.number() != document.version);
        self.versions.push(Version {
            document,
            digest,
            tabled: at,
            signatures: Vec::new(),
        });
        Ok(())
    }

    /// Asks whether a party of that status may sign a version now.
    ///
    /// # Errors
    ///
    /// Those of [`Agreement::sign`].
    pub fn may_sign(
        &self,
        number: AgreementVersion,
        party: &PartyCode,
        status: Status,
        at: Instant,
    ) -> Result<(), TransitionError> {
        let version = self
            .version(number)
            .ok_or(TransitionError::UnknownVersion { version: number })?;
        let Parties { host, other } = version.sides();
        if party != host && !other.names(party, status) {
            return Err(TransitionError::Stranger {
                party: party.clone(),
            });
        }
        self.refuse_terminated()?;
        if version.expired(at) {
            return Err(TransitionError::Ended { version: number });
        }
        if version.signed_at(party).is_some() {
            return Err(TransitionError::AlreadySigned {
                party: party.clone(),
            });
        }
        match self.successor(version, at) {
            Some(later) => Err(TransitionError::Superseded {
                version: number,
                by: later.number(),
            }),
            None => Ok(()),
        }
    }

    /// Accepts a signature that was found genuine.
    ///
    /// # Errors
    ///
    /// An unknown version, a stranger's signature, a second one, one under a version that has
    /// ended, or under one that a later version has replaced.
    pub fn sign(
        &mut self,
        number: AgreementVersion,
        party: PartyCode,
        status: Status,
        fingerprint: String,
        at: Instant,
    ) -> Result<(), TransitionError> {
        self.may_sign(number, &party, status, at)?;
        let version = self
            .versions
            .iter_mut()
            .find(|version| version.number() == number)
            .ok_or(TransitionError::UnknownVersion { version: number })?;
        version.signatures.push(Signature {
            party,
            at,
            fingerprint,
        });
        Ok(())
    }

    /// Asks whether the agreement may be suspended now.
    ///
    /// # Errors
    ///
    /// Those of [`Agreement::suspend`].
    pub fn may_suspend(&self, at: Instant) -> Result<(), TransitionError> {
        if self.is_suspended(at) {
            Err(TransitionError::AlreadySuspended)
        } else if self.flows(at) {
            Ok(())
        } else {
            Err(TransitionError::NotInForce)
        }
    }

    /// Stops both directions from this instant on, what is kept after the end included. An
    /// agreement that has ended but keeps giving can be suspended too.
    ///
    /// # Errors
    ///
    /// When nothing is in force and nothing is kept, or when it is suspended already.
    pub fn suspend(&mut self, reason: String, at: Instant) -> Result<(), TransitionError> {
        self.may_suspend(at)?;
        self.suspensions.push(Suspension {
            from: at,
            until: None,
            reason,
        });
        Ok(())
    }

    /// Asks whether a suspension may be lifted now.
    ///
    /// # Errors
    ///
    /// Those of [`Agreement::resume`].
    pub fn may_resume(&self, at: Instant) -> Result<(), TransitionError> {
        if self.is_suspended(at) {
            Ok(())
        } else {
            Err(TransitionError::NotSuspended)
        }
    }

    /// Lifts the suspension from this instant on; also after the end, so that what is kept flows
    /// again.
    ///
    /// # Errors
    ///
    /// When it is not suspended.
    pub fn resume(&mut self, at: Instant) -> Result<(), TransitionError> {
        self.may_resume(at)?;
        for suspension in &mut self.suspensions {
            if suspension.until.is_none() {
                suspension.until = Some(at);
            }
        }
        Ok(())
    }

    /// Asks whether notice may be given now.
    ///
    /// # Errors
    ///
    /// Those of [`Agreement::terminate`].
    pub fn may_terminate(&self, effective: Instant, at: Instant) -> Result<(), TransitionError> {
        self.refuse_terminated()?;
        if effective < at {
            return Err(TransitionError::NoticeInThePast { effective, now: at });
        }
        let agreed: Vec<&Version> = self
            .versions
            .iter()
            .filter(|version| {
                version
                    .others()
                    .any(|party| version.agreed(party).is_some())
            })
            .collect();
        if agreed.is_empty() {
            Err(TransitionError::NothingAgreed)
        } else if agreed
            .iter()
            .all(|version| self.state(version, at) == State::Ended)
        {
            Err(TransitionError::Over)
        } else {
            Ok(())
        }
    }

    /// Gives notice: from `effective` on nothing is in force any more, in no version. The
    /// agreement takes no further version or signature; a new beginning is a new agreement.
    ///
    /// # Errors
    ///
    /// When notice was given before, lies in the past, or when no version that both sides signed
    /// is left to end.
    pub fn terminate(
        &mut self,
        effective: Instant,
        reason: String,
        at: Instant,
    ) -> Result<(), TransitionError> {
        self.may_terminate(effective, at)?;
        self.terminated = Some(Termination {
            given: at,
            effective,
            reason,
        });
        Ok(())
    }

    fn refuse_terminated(&self) -> Result<(), TransitionError> {
        match &self.terminated {
            Some(termination) => Err(TransitionError::Terminated {
                effective: termination.effective,
            }),
            None => Ok(()),
        }
    }
}
