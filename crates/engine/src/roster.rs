//! Who and what the office is: itself, the parties it knows, their keys and clients, its rules.
//!
//! These are questions only; admitting anybody is in [`crate::admit`].

use legation_core::id::{ClientName, Digest, PartyCode};
use legation_core::party::{Key, Party};
use legation_core::time::Instant;

use crate::admit::{Caller, known, staff};
use crate::error::EngineError;
use crate::office::Office;

/// A machine account as those may know it who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedClient {
    /// Its name.
    pub name: ClientName,
    /// Whether it may still come in.
    pub live: bool,
    /// SHA-256 of the TLS certificates by which it may come in.
    pub certificates: Vec<Digest>,
    /// Whether it may come in by one of them only.
    pub only_by_certificate: bool,
}

/// What the office says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The host's code.
    pub alliance: PartyCode,
    /// The city.
    pub office: String,
    /// The time at the office.
    pub now: Instant,
    /// The key with which others check the log.
    pub log_key: String,
    /// What only the office's own people are told.
    pub inside: Option<Inside>,
}

/// What the office says of itself to its own people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The host's name.
    pub name: String,
    /// How many entries the journal has.
    pub entries: u64,
    /// How many records were ever filed.
    pub records: u32,
}

impl Office {
    /// What the office says of itself to that caller.
    ///
    /// # Errors
    /// When the office broke down or the journal cannot be read.
    pub fn about(&self, caller: &Caller) -> Result<About, EngineError> {
        let entries = self.log_size()?;
        let fold = self.look()?;
        let state = fold.state();
        Ok(About {
            alliance: state.host().code.clone(),
            office: state.office.clone(),
            now: self.clock.now().max(fold.clock()),
            log_key: self.log_key()?,
            inside: staff(caller).is_ok().then(|| Inside {
                name: state.host().name.clone(),
                entries,
                records: state.record_count(),
            }),
        })
    }

    /// All parties, the host first.
    ///
    /// # Errors
    /// When the caller may not ask.
    pub fn parties(&self, caller: &Caller) -> Result<Vec<Party>, EngineError> {
        staff(caller)?;
        Ok(self.look()?.state().parties().cloned().collect())
    }

    /// One party: for the office's own people, and for itself.
    ///
    /// # Errors
    /// When the caller may not ask, in the same words whether there is such a party or not.
    pub fn party(&self, caller: &Caller, code: &PartyCode) -> Result<Party, EngineError> {
        if caller.party != *code {
            staff(caller)?;
        }
        let fold = self.look()?;
        known(fold.state(), code)?;
        fold.state()
            .find_party(code)
            .cloned()
            .ok_or_else(EngineError::not_found)
    }

    /// The keys of a party, revoked ones too, in the order in which they were registered.
    ///
    /// # Errors
    /// As [`Office::party`].
    pub fn keys(&self, caller: &Caller, code: &PartyCode) -> Result<Vec<Key>, EngineError> {
        Ok(self.party(caller, code)?.keys)
    }

    /// The clients of a party, each with whether it may still come in.
    ///
    /// # Errors
    /// As [`Office::party`].
    pub fn clients(
        &self,
        caller: &Caller,
        code: &PartyCode,
    ) -> Result<Vec<ListedClient>, EngineError> {
        let code = self.party(caller, code)?.code;
        let fold = self.look()?;
        let clients = fold.state().clients(&code);
        Ok(clients
            .map(|(name, client)| ListedClient {
                name: name.clone(),
                live: client.live,
                certificates: client.certificates.clone(),
                only_by_certificate: client.only_by_certificate,
            })
            .collect())
    }

    /// The house rules in force, byte for byte.
    ///
    /// # Errors
    /// When the caller may not ask.
    pub fn house(&self, caller: &Caller) -> Result<String, EngineError> {
        staff(caller)?;
        Ok(self.look()?.state().house_text.clone())
    }
}
