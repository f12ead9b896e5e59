//! Agreements: table, sign, suspend, resume, terminate.

use legation_core::act::{
    Act, ResumeAgreement, SignAgreement, SuspendAgreement, TableAgreement, TerminateAgreement,
};
use legation_core::affairs::decision::Permit;
use legation_core::affairs::programme::account;
use legation_core::agreement::document::{Document, Known};
use legation_core::agreement::fault::Faults;
use legation_core::agreement::signature::verify_any;
use legation_core::agreement::succession::{Agreement, Version};
use legation_core::id::{AgreementId, AgreementVersion, AreaName, Digest, Kind, PartyCode};
use legation_core::party::{Audience, Party};
use legation_core::state::State;
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_stix::object;
use legation_stix::redact::is_removable;

use crate::admit::{Caller, known, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::writer::{Committed, Company};

/// A version that lies on the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tabled {
    /// Which agreement.
    pub id: AgreementId,
    /// Which version.
    pub version: AgreementVersion,
    /// SHA-256 of its bytes: what is signed.
    pub digest: Digest,
}

/// Where a version of an agreement stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The agreement, all its versions.
    pub agreement: Agreement,
    /// The version asked for: the one in force, or else the newest.
    pub version: Version,
    /// Its state, in the words of the design.
    pub state: String,
}

/// Parses a file and checks it against what the office knows.
pub(crate) fn read_document(state: &State, file: &[u8]) -> Result<Document, EngineError> {
    let document = Document::parse(file)?;
    document.check(&Known {
        host: &state.host().code,
        area: &|area: &AreaName| state.has_area(area),
        party: &|code: &PartyCode| state.find_party(code).map(|party| party.status),
    })?;
    check_redactions(&document)?;
    one_partner_one_plan(state, &document)?;
    if state.affairs().programmes.imported(&document.id).is_some() {
        return Err(EngineError::new(
            Fault::Conflict,
            "programme.exists",
            format!(
                "an old programme is on file as `{}`; give the agreement another id",
                document.id
            ),
        ));
    }
    account(state, &document)?;
    Ok(document)
}

/// Checks that what the terms of an agreement leave out of records can be left out.
///
/// # Errors
/// Every property that is required, with its place in the file.
pub fn check_redactions(document: &Document) -> Result<(), Faults> {
    document.check_redactions(|property, kinds| {
        let fixed = |kind: &&str| !is_removable(kind, property.as_str());
        match kinds {
            Some(kinds) => kinds.iter().map(Kind::as_str).find(fixed),
            None => object::kinds().find(fixed),
        }
        .map(str::to_owned)
    })
}

/// One partner, one plan: no second agreement with a party while the first may still count.
fn one_partner_one_plan(state: &State, document: &Document) -> Result<(), EngineError> {
    let rival = state.agreements().find(|agreement| {
        agreement.id != document.id
            && agreement.termination().is_none()
            && agreement.latest().is_some_and(|version| {
                version.document.parties.other == document.parties.other
                    && version
                        .document
                        .until
                        .is_none_or(|until| until > state.at())
            })
    });
    match rival {
        None => Ok(()),
        Some(rival) => Err(EngineError::new(
            Fault::Conflict,
            "agreement.partner-has-one",
            format!(
                "`{}` is the agreement with {} already; table the next version of it, or terminate it",
                rival.id, document.parties.other
            ),
        )),
    }
}

/// Where the house rules ask for it, the host signs only what the members have decided.
fn members_agree(
    fold: &Fold,
    id: &AgreementId,
    version: &Version,
    signer: &PartyCode,
) -> Result<(), EngineError> {
    let state = fold.state();
    if *signer != state.host().code || !state.house.decision.agreements_need_decision {
        return Ok(());
    }
    let permit = Permit::Sign {
        agreement: id.clone(),
        digest: version.digest,
    };
    match state.affairs().decisions.adopted(&permit, fold.clock()) {
        Some(_) => Ok(()),
        None => Err(EngineError::new(
            Fault::Conflict,
            "agreement.needs-decision",
            format!(
                "the members have not decided that these bytes of `{id}` be signed; put it to them with `legation decision table --sign`"
            ),
        )),
    }
}

fn find<'a>(fold: &'a Fold, id: &AgreementId) -> Result<&'a Agreement, EngineError> {
    fold.state().agreement(id).ok_or_else(|| {
        let text = format!("no agreement `{id}` was ever tabled");
        EngineError::new(Fault::NotFound, "agreement.unknown", text)
    })
}

/// Whether an agreement is the business of a party.
pub(crate) fn is_of(agreement: &Agreement, party: &Party) -> bool {
    agreement
        .latest()
        .is_some_and(|version| match &version.document.parties.other {
            Audience::Party(code) => *code == party.code,
            Audience::Group(group) => *group == party.status,
        })
}

/// Whether a party may know of an agreement: what is not its business does not exist for it.
pub(crate) fn knows_of(state: &State, id: &AgreementId, party: &PartyCode) -> bool {
    let party = state.find_party(party);
    state
        .agreement(id)
        .zip(party)
        .is_some_and(|(agreement, party)| is_of(agreement, party))
}

impl Office {
    /// Checks a file as tabling it would. For the office's own people: what is at fault with it
    /// tells which parties and agreements there are.
    ///
    /// # Errors
    /// When the caller may not, and everything that is at fault with the file.
    pub fn check_agreement(&self, caller: &Caller, file: &[u8]) -> Result<Document, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let document = read_document(fold.state(), file)?;
        if let Some(agreement) = fold.state().agreement(&document.id) {
            agreement.may_table(&document, Digest::of(file), fold.clock())?;
        }
        Ok(document)
    }

    /// Puts a version on the table.
    ///
    /// # Errors
    /// When the caller may not, the file is at fault, or the version does not follow.
    pub async fn table(&self, caller: &Caller, file: Vec<u8>) -> Result<Tabled, EngineError> {
        staff(caller)?;
        let digest = Digest::of(&file);
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let document = read_document(fold.state(), &file)?;
                match fold.state().agreement(&document.id) {
                    Some(agreement) => agreement.may_table(&document, digest, fold.clock())?,
                    None => Agreement::new(document.id.clone()).may_table(
                        &document,
                        digest,
                        fold.clock(),
                    )?,
                }
                let tabled = Tabled {
                    id: document.id.clone(),
                    version: document.version,
                    digest,
                };
                let acts = vec![Act::TableAgreement(TableAgreement { file })];
                Ok((
                    crate::writer::Plan {
                        acts,
                        ..Default::default()
                    },
                    tabled,
                ))
            });
        Ok(job.await?.1)
    }

    /// Accepts a signature under a version: by the party that signed, or by the office for it.
    ///
    /// # Errors
    /// When the signature is not a genuine one of that party over these bytes, or may not be accepted now.
    pub async fn accept(
        &self,
        caller: &Caller,
        id: AgreementId,
        version: AgreementVersion,
        party: PartyCode,
        signature: String,
    ) -> Result<Committed, EngineError> {
        let all = staff(caller).is_ok();
        if !all && caller.party != party {
            return Err(EngineError::not_found());
        }
        self.act(caller, move |fold| {
            let state = fold.state();
            if !all && !knows_of(state, &id, &party) {
                return Err(EngineError::not_found());
            }
            let agreement = find(fold, &id)?;
            known(state, &party)?;
            let signer = state
                .find_party(&party)
                .ok_or_else(EngineError::not_found)?;
            agreement.may_sign(version, &party, signer.status, fold.clock())?;
            let tabled = agreement
                .version(version)
                .ok_or_else(EngineError::not_found)?;
            members_agree(fold, &id, tabled, &party)?;
            let file = state
                .agreement_file(&tabled.digest)
                .ok_or_else(EngineError::not_found)?;
            let fingerprint = verify_any(
                signature.as_bytes(),
                &file,
                signer.keys.iter(),
                fold.clock(),
            )?;
            Ok(Act::SignAgreement(SignAgreement {
                id,
                version,
                party,
                fingerprint,
                signature,
            }))
        })
        .await
    }

    /// Suspends an agreement, at once.
    ///
    /// # Errors
    /// When the caller may not, or nothing of it is in force.
    pub async fn suspend(
        &self,
        caller: &Caller,
        id: AgreementId,
        reason: String,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            find(fold, &id)?.may_suspend(fold.clock())?;
            Ok(Act::SuspendAgreement(SuspendAgreement { id, reason }))
        })
        .await
    }

    /// Lifts the suspension of an agreement.
    ///
    /// # Errors
    /// When the caller may not, or it is not suspended.
    pub async fn resume(
        &self,
        caller: &Caller,
        id: AgreementId,
        reason: String,
    ) -> Result<Committed, EngineError> {
        staff(caller)?;
        self.act(caller, move |fold| {
            find(fold, &id)?.may_resume(fold.clock())?;
            Ok(Act::ResumeAgreement(ResumeAgreement { id, reason }))
        })
        .await
    }

    /// Gives notice of an agreement: over from `effective` on, or at once when left out.
    ///
    /// # Errors
    /// When the caller may not, the instant is past, or there is nothing left to end.
    pub async fn terminate(
        &self,
        caller: &Caller,
        id: AgreementId,
        effective: Option<Instant>,
        reason: String,
    ) -> Result<Instant, EngineError> {
        staff(caller)?;
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let effective = effective.unwrap_or_else(|| fold.clock());
                find(fold, &id)?.may_terminate(effective, fold.clock())?;
                let act = Act::TerminateAgreement(TerminateAgreement {
                    id,
                    effective,
                    reason,
                });
                Ok((
                    crate::writer::Plan {
                        acts: vec![act],
                        ..Default::default()
                    },
                    effective,
                ))
            });
        Ok(job.await?.1)
    }

    /// The agreements that a caller may know of.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn agreements(&self, caller: &Caller) -> Result<Vec<Standing>, EngineError> {
        let fold = self.look()?;
        let mine = fold.state().find_party(&caller.party);
        let all = staff(caller).is_ok();
        Ok(fold
            .state()
            .agreements()
            .filter(|agreement| all || mine.is_some_and(|party| is_of(agreement, party)))
            .filter_map(|agreement| standing(agreement, None, fold.clock()))
            .collect())
    }

    /// One agreement, if the caller may know of it.
    ///
    /// # Errors
    /// When there is none that the caller may know of.
    pub fn agreement(
        &self,
        caller: &Caller,
        id: &AgreementId,
        version: Option<AgreementVersion>,
    ) -> Result<Standing, EngineError> {
        let fold = self.look()?;
        let state = fold.state();
        let mine = state.find_party(&caller.party);
        let all = staff(caller).is_ok();
        state
            .agreement(id)
            .filter(|agreement| all || mine.is_some_and(|party| is_of(agreement, party)))
            .and_then(|agreement| standing(agreement, version, fold.clock()))
            .ok_or_else(EngineError::not_found)
    }

    /// The bytes of a version, if the caller may know of it.
    ///
    /// # Errors
    /// When there is none that the caller may know of.
    pub fn agreement_file(
        &self,
        caller: &Caller,
        id: &AgreementId,
        version: Option<AgreementVersion>,
    ) -> Result<Vec<u8>, EngineError> {
        let standing = self.agreement(caller, id, version)?;
        let file = self
            .look()?
            .state()
            .agreement_file(&standing.version.digest);
        file.map(|file| file.to_vec())
            .ok_or_else(EngineError::not_found)
    }
}

fn standing(
    agreement: &Agreement,
    number: Option<AgreementVersion>,
    at: Instant,
) -> Option<Standing> {
    let version = match number {
        Some(number) => agreement.version(number)?,
        None => {
            let counts = |version: &&Version| {
                matches!(
                    agreement.state(version, at).as_str(),
                    "in force" | "suspended"
                )
            };
            agreement
                .versions
                .iter()
                .rev()
                .find(counts)
                .or_else(|| agreement.latest())?
        }
    };
    Some(Standing {
        state: agreement.state(version, at).as_str().to_owned(),
        version: version.clone(),
        agreement: agreement.clone(),
    })
}
