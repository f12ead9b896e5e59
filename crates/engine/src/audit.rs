//! Answering for what was done: why, who, and the proof that the log gives.

use std::ops::ControlFlow;

use legation_core::act::{Actor, Entry, Extent};
use legation_core::gate::{Ground, Verdict};
use legation_core::id::{AgreementId, AgreementVersion, EntryNumber, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Fold;
use legation_tree::{Hash, TileSource, TlogProof, inclusion_proof};

use crate::admit::{Caller, known, staff};
use crate::error::{EngineError, Fault};
use crate::index::{entry_of, prefix};
use crate::office::Office;
use crate::window::Windows;

/// The verdict on a record for a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The version that was judged; none where its kind has none.
    pub record_version: Option<Instant>,
    /// Who filed it; told to the office's own people and to whoever filed it, and to others only
    /// if it was the host: what a third party filed and under which clause is between it and the
    /// office.
    pub originator: Option<PartyCode>,
    /// The verdict; without the originator's clause for whom the originator is not told.
    pub verdict: Verdict,
    /// The verdict in words.
    pub text: String,
}

/// A verdict as it may be told to a party that is not the record's originator's business.
fn told(verdict: Verdict) -> (Verdict, String) {
    match verdict {
        Verdict::Release(Ground::Terms { take, give }) => {
            let text = match give {
                Some(_) => format!("taken under {take}"),
                None => format!("taken under {take}; filed by the host"),
            };
            (Verdict::Release(Ground::Terms { take, give: None }), text)
        }
        other => {
            let text = other.to_string();
            (other, text)
        }
    }
}

/// One release of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// To whom.
    pub party: PartyCode,
    /// Which client or person.
    pub actor: Actor,
    /// When.
    pub at: Instant,
    /// Which version; none where its kind has none.
    pub version: Option<Instant>,
    /// The id under which the party knows it, where that is another: it was derived for it.
    pub known_as: Option<String>,
    /// Under which agreement; none for what a party filed itself and for the host.
    pub agreement: Option<(AgreementId, AgreementVersion)>,
    /// Whether its bytes went, or only its id and version.
    pub extent: Extent,
    /// The entry of the receipt.
    pub receipt: EntryNumber,
    /// Whether it was sent for certain. An office that was killed cannot say what it sent under a
    /// receipt that it had written ahead: then the record may have been sent.
    pub certain: bool,
}

/// Who has received a record and who could.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Every release, oldest first.
    pub received: Vec<Received>,
    /// The parties to whom it is released now.
    pub could: Vec<PartyCode>,
}

/// An entry with the proof that the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    /// Its number, and its index in the log.
    pub number: EntryNumber,
    /// Its frame.
    pub frame: Vec<u8>,
    /// The nonce of its commitment.
    pub nonce: [u8; 32],
    /// The proof as a C2SP tlog-proof, checkpoint included.
    pub proof: String,
}

/// The releases of one record, oldest first.
pub(crate) fn received(fold: &Fold, windows: &Windows, record: RecordNumber) -> Vec<Received> {
    let state = fold.state();
    let version = state.record_version(record);
    let originator = state.record_label(record).map(|label| &label.originator);
    let own = state.record_id(record).to_string();
    fold.recipients(record)
        .into_iter()
        .filter_map(|(party, release)| {
            let certain = match release.ahead {
                false => Some(true),
                // An open receipt names what may be asked for next, too.
                true => match windows.has_sent(release.entry, record) {
                    Some(sent) => sent.then_some(true),
                    None => Some(false),
                },
            };
            Some((party, release, certain?))
        })
        .map(|(party, release, certain)| Received {
            party: party.clone(),
            actor: release.actor.clone(),
            at: release.at,
            version,
            known_as: Some(fold.received_id(party, record, release.agreements))
                .filter(|id| *id != own),
            agreement: release
                .agreements
                .first()
                .filter(|_| originator != Some(party))
                .map(|basis| (basis.agreement.clone(), basis.version)),
            extent: release.extent,
            receipt: release.entry,
            certain,
        })
        .collect()
}

impl Office {
    /// Explains the verdict on a record for a party: on the newest version that it is shown, or else
    /// on one that is released and stands as a claim, or else on the newest one held. A party is told
    /// of claims if they are its own.
    ///
    /// # Errors
    /// When the caller asks about another party, or about what it may not see.
    pub fn why(&self, caller: &Caller, party: &PartyCode, id: &str) -> Result<Why, EngineError> {
        let fold = self.look()?;
        let state = fold.state();
        let all = staff(caller).is_ok();
        if !all && caller.party != *party {
            return Err(EngineError::not_found());
        }
        known(state, party)?;
        let records = match all {
            true => records_of(&fold, id),
            false => fold.known_records(party, id),
        };
        let newest = |records: Vec<RecordNumber>| {
            records
                .into_iter()
                .max_by_key(|&record| state.record_version(record))
        };
        let (released, others): (Vec<_>, Vec<_>) = records
            .into_iter()
            .partition(|&record| fold.is_released(party, record));
        let (shown, claims): (Vec<_>, Vec<_>) = released
            .into_iter()
            .partition(|&record| fold.is_shown(party, record));
        let claims = claims.into_iter().filter(|&record| {
            let label = state.record_label(record);
            all || label.is_some_and(|label| label.originator == *party)
        });
        let record = match newest(shown).or_else(|| newest(claims.collect())) {
            Some(record) => record,
            // What is not released to a caller does not exist for it.
            None if !all => return Err(EngineError::not_found()),
            None => {
                let (alive, dead): (Vec<_>, Vec<_>) = others
                    .into_iter()
                    .partition(|&record| state.is_alive(record));
                newest(alive)
                    .or_else(|| newest(dead))
                    .ok_or_else(|| unknown_record(id))?
            }
        };
        let verdict = fold
            .explain(party, record)
            .ok_or_else(EngineError::not_found)?;
        let originator = state
            .record_label(record)
            .map(|label| label.originator.clone())
            .ok_or_else(EngineError::not_found)?;
        let record_version = state.record_version(record);
        if all {
            let claim = fold.claim(party, record).map_or_else(String::new, |claim| {
                let author = claim.author;
                format!(
                    "; but it stands as a claim: the object is {author}'s, and no view shows it"
                )
            });
            return Ok(Why {
                record_version,
                originator: Some(originator),
                text: format!("{verdict}{claim}"),
                verdict,
            });
        }
        let host = &state.host().code;
        let open = [&originator, host].contains(&party) || originator == *host;
        let (verdict, text) = told(verdict);
        Ok(Why {
            record_version,
            originator: open.then_some(originator),
            verdict,
            text,
        })
    }

    /// Tells who has received a record, in any of its versions, and who could.
    ///
    /// # Errors
    /// When the caller may not ask, or the office holds no such record.
    pub fn who(&self, caller: &Caller, id: &str) -> Result<Who, EngineError> {
        staff(caller)?;
        let fold = self.look()?;
        let records = records_of(&fold, id);
        if records.is_empty() {
            return Err(unknown_record(id));
        }
        let mut all: Vec<Received> = records
            .iter()
            .flat_map(|&record| received(&fold, &self.windows, record))
            .collect();
        all.sort_by_key(|one| one.receipt);
        let mut could: Vec<PartyCode> = records
            .iter()
            .flat_map(|&record| fold.could(record))
            .collect();
        could.sort();
        could.dedup();
        Ok(Who {
            received: all,
            could,
        })
    }

    /// An entry by its number, for the office's own use.
    pub(crate) fn entry(&self, number: EntryNumber) -> Result<Entry, EngineError> {
        let (frame, _) = self.frame(number)?;
        Entry::decode(&frame).map_err(|error| EngineError::internal(error.code(), error))
    }

    fn frame(&self, number: EntryNumber) -> Result<(Vec<u8>, [u8; 32]), EngineError> {
        let mut found = None;
        self.journal.read(number, &mut |at, frame, nonce| {
            if at == number {
                found = Some((frame.to_vec(), *nonce));
            }
            ControlFlow::Break(())
        })?;
        found.ok_or_else(EngineError::not_found)
    }

    /// The entries that concern the caller's party, oldest first; all of them for the host's staff.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn entries(
        &self,
        caller: &Caller,
        from: EntryNumber,
        limit: usize,
    ) -> Result<Vec<EntryNumber>, EngineError> {
        let mut found = Vec::new();
        if staff(caller).is_ok() {
            let head = self.journal.head()?.entries;
            found.extend((from.0..head.0).take(limit).map(EntryNumber));
            return Ok(found);
        }
        self.journal.rows(&prefix(&caller.party), &mut |key, _| {
            found.extend(entry_of(key).filter(|entry| *entry >= from));
            if found.len() < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(found)
    }

    /// An entry that concerns the caller, with the proof that the log holds it.
    ///
    /// # Errors
    /// When there is none of that number that concerns the caller.
    pub fn proof(&self, caller: &Caller, number: EntryNumber) -> Result<EntryProof, EngineError> {
        if staff(caller).is_err() {
            let mut key = prefix(&caller.party);
            key.extend_from_slice(&number.0.to_be_bytes());
            if self.journal.row(&key)?.is_none() {
                return Err(EngineError::not_found());
            }
        }
        self.prove(number)
    }

    /// An entry with the proof that the log holds it, for whoever may be handed it.
    pub(crate) fn prove(&self, number: EntryNumber) -> Result<EntryProof, EngineError> {
        let (frame, nonce) = self.frame(number)?;
        let head = self.journal.head()?;
        let hashes = inclusion_proof(number.0, head.entries.0, &Tiles(self))
            .map_err(|error| EngineError::internal("engine.proof", error))?;
        let proof = TlogProof {
            extra: None,
            index: number.0,
            hashes,
            checkpoint: head.checkpoint.unwrap_or_default(),
        };
        Ok(EntryProof {
            number,
            frame,
            nonce,
            proof: proof.to_string(),
        })
    }

    /// The signed checkpoint of the log as it is now.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn checkpoint(&self) -> Result<String, EngineError> {
        Ok(self.journal.head()?.checkpoint.unwrap_or_default())
    }

    /// How many entries the log has.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn log_size(&self) -> Result<u64, EngineError> {
        Ok(self.journal.head()?.entries.0)
    }

    /// A hash tile of the log as it is now.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, EngineError> {
        Ok(self.journal.tile(level, index)?)
    }

    /// The leaves of the log from `first` on, as they are published: commitments, never entries.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn leaves(&self, first: u64, count: usize) -> Result<Vec<[u8; 32]>, EngineError> {
        let mut leaves = Vec::with_capacity(count);
        if count == 0 {
            return Ok(leaves);
        }
        self.journal
            .read(EntryNumber(first), &mut |_, frame, nonce| {
                leaves.push(*legation_core::entry::commitment(nonce, frame).as_bytes());
                if leaves.len() < count {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        Ok(leaves)
    }
}

/// The records of that id, or else those that some party knows under it: for the office's own use.
pub(crate) fn records_of(fold: &Fold, id: &str) -> Vec<RecordNumber> {
    let own = fold.state().records_of(id);
    if !own.is_empty() {
        return own;
    }
    let parties = fold.state().parties();
    let known = parties
        .filter(|party| fold.derives(&party.code))
        .map(|party| fold.known_records(&party.code, id));
    known
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn unknown_record(id: &str) -> EngineError {
    let text = format!("the office holds no record `{id}`");
    EngineError::new(Fault::NotFound, "engine.unknown-record", text)
}

/// The journal as a source of tiles.
struct Tiles<'a>(&'a Office);

impl TileSource for Tiles<'_> {
    type Error = EngineError;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<u8>>, EngineError> {
        self.0.tile(level, index)
    }
}

/// The leaf of an entry as the tree holds it.
pub(crate) fn leaf(nonce: &[u8; 32], frame: &[u8]) -> Hash {
    legation_tree::leaf_hash(legation_core::entry::commitment(nonce, frame).as_bytes())
}
