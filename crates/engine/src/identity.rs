//! Who speaks for which identity, and what others filed under objects that are not theirs.
//!
//! The office grants an identity; a party may ask. What follows for the views is decided in core.

use legation_core::act::{Act, RegisterIdentity, UnregisterIdentity};
use legation_core::derivation::office_identity;
use legation_core::id::{AreaName, PartyCode, RecordId};
use legation_core::time::Instant;
use legation_stix::id::ObjectId;

use crate::admit::{Caller, known, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Company, Plan};

/// So many claims are told at once; more are nothing that a person reads.
pub const CLAIMS_MAX: usize = 1000;

/// An identity that a party speaks for or asks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id of the identity.
    pub identity: RecordId,
    /// The party.
    pub party: PartyCode,
    /// Whether the office granted it; else the party asks.
    pub granted: bool,
}

/// A record that is shown in no view because its object is another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: Option<Instant>,
    /// Its area.
    pub area: AreaName,
    /// When it was filed.
    pub filed: Option<Instant>,
    /// Who filed it.
    pub claimant: PartyCode,
    /// Whose object it is, and whether that party speaks for the object's creator, or else filed it
    /// first; told to the office's own people.
    pub author: Option<(PartyCode, bool)>,
}

impl Office {
    /// Registers that a party speaks for an identity: granted at once if the office's own people do
    /// it, else asked for. Answers whether it is granted, now or before.
    ///
    /// # Errors
    /// When the caller may not, the id is none of an identity, or another party speaks for it.
    pub async fn register_identity(
        &self,
        caller: &Caller,
        party: PartyCode,
        identity: &str,
    ) -> Result<bool, EngineError> {
        let granted = staff(caller).is_ok();
        if !granted && caller.party != party {
            return Err(EngineError::not_found());
        }
        let identity = read_identity(identity)?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let state = fold.state();
                known(state, &party)?;
                let host = &state.host().code;
                let own = identity.as_str() == office_identity(&state.seed);
                let speaker = state.speaker(&identity);
                let taken = speaker.is_some_and(|one| *one != party) || (own && party != *host);
                // Who speaks for it is the office's to tell: a party's question is kept in any case.
                if granted && taken {
                    let text = format!(
                        "another party speaks for `{identity}`; end that first with `legation party identity remove`"
                    );
                    return Err(EngineError::new(Fault::Conflict, "identity.taken", text));
                }
                let is_own = speaker == Some(&party);
                let stands = state.identities().any(|(known, of, given)| {
                    *known == identity && *of == party && (given || !granted)
                });
                let act = Act::RegisterIdentity(RegisterIdentity {
                    party,
                    identity,
                    granted,
                });
                let plan = Plan {
                    acts: if stands { Vec::new() } else { vec![act] },
                    ..Plan::default()
                };
                Ok((plan, granted || is_own))
            });
        Ok(job.await?.1)
    }

    /// Ends that a party speaks for an identity, or that it asks to.
    ///
    /// # Errors
    /// When the caller may not, or nothing of the kind stands.
    pub async fn unregister_identity(
        &self,
        caller: &Caller,
        party: PartyCode,
        identity: &str,
    ) -> Result<(), EngineError> {
        if staff(caller).is_err() && caller.party != party {
            return Err(EngineError::not_found());
        }
        let identity = read_identity(identity)?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let mut standing = fold.state().identities();
                if !standing.any(|(known, of, _)| *known == identity && *of == party) {
                    return Err(EngineError::not_found());
                }
                let act = Act::UnregisterIdentity(UnregisterIdentity { party, identity });
                let plan = Plan {
                    acts: vec![act],
                    ..Plan::default()
                };
                Ok((plan, ()))
            });
        job.await?;
        Ok(())
    }

    /// The identities for which a party speaks or asks to.
    ///
    /// # Errors
    /// When the caller may not know.
    pub fn identities(
        &self,
        caller: &Caller,
        party: &PartyCode,
    ) -> Result<Vec<Identity>, EngineError> {
        if staff(caller).is_err() && caller.party != *party {
            return Err(EngineError::not_found());
        }
        let fold = self.look()?;
        known(fold.state(), party)?;
        let all = fold.state().identities();
        Ok(all
            .filter(|(_, of, _)| *of == party)
            .map(|(identity, party, granted)| Identity {
                identity: identity.clone(),
                party: party.clone(),
                granted,
            })
            .collect())
    }

    /// The claims, the newest first, and whether there are more than [`CLAIMS_MAX`]: of everybody for
    /// the office's own people; a party's own otherwise, as far as its view shows whose the object is.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn claims(&self, caller: &Caller) -> Result<(Vec<Claimed>, bool), EngineError> {
        let all = staff(caller).is_ok();
        let fold = self.look()?;
        let state = fold.state();
        let claims = fold.claims(&caller.party).rev();
        let told = claims
            .filter(|claim| all || claim.claimant == caller.party)
            .filter_map(|claim| {
                let area = state.record_label(claim.record)?.area.clone();
                Some(Claimed {
                    id: state.record_id(claim.record).to_string(),
                    version: state.record_version(claim.record),
                    area,
                    filed: state.record_filed(claim.record),
                    claimant: claim.claimant,
                    author: all.then_some((claim.author, claim.granted)),
                })
            });
        let mut claims: Vec<Claimed> = told.take(CLAIMS_MAX + 1).collect();
        let more = claims.len() > CLAIMS_MAX;
        claims.truncate(CLAIMS_MAX);
        Ok((claims, more))
    }
}

fn read_identity(id: &str) -> Result<RecordId, EngineError> {
    let wrong = |text: String| EngineError::new(Fault::Invalid, "identity.malformed", text);
    let read: ObjectId = id.parse().map_err(|error| wrong(format!("{error}")))?;
    if read.kind() != "identity" {
        return Err(wrong(format!(
            "`{read}` is no identity; write `identity--` and its UUID"
        )));
    }
    read.as_str()
        .parse()
        .map_err(|error| wrong(format!("{error}")))
}
