//! Withdrawing and erasing: a record ends, for everybody and at once, and is recalled from whoever
//! received it.

use std::collections::BTreeSet;
use std::sync::Arc;

use legation_core::act::{Act, Cause, Erase, Withdraw};
use legation_core::id::{AreaName, BodyNumber, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Fold;

use crate::admit::{Caller, staff};
use crate::audit::{Received, received};
use crate::error::EngineError;
use crate::office::Office;
use crate::recall::Calling;
use crate::writer::{Company, Plan};

/// What was withdrawn, and who had received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// How many records ended.
    pub records: usize,
    /// Their recipients of record; told to the office's own people only.
    pub received: Vec<Received>,
    /// Who is sent a recall notice; told to the office's own people only.
    pub notified: Vec<PartyCode>,
    /// Until when they are to acknowledge it, if anybody is.
    pub due: Option<Instant>,
}

/// The living records of that id (and version) that the caller may end: its own, or any for the
/// host's staff.
fn mine(fold: &Fold, caller: &Caller, id: &str, version: Option<Instant>) -> Vec<RecordNumber> {
    let state = fold.state();
    let all = staff(caller).is_ok();
    state
        .records_of(id)
        .into_iter()
        .filter(|&record| state.is_alive(record))
        .filter(|&record| version.is_none() || state.record_version(record) == version)
        .filter(|&record| {
            all || state
                .record_label(record)
                .is_some_and(|label| label.originator == caller.party)
        })
        .collect()
}

/// What ends, and the act that says so.
struct Ending {
    records: Vec<RecordNumber>,
    cause: Cause,
    reason: String,
    act: Act,
    /// The bodies that go with it.
    bodies: Vec<BodyNumber>,
}

impl Ending {
    fn withdraw(records: Vec<RecordNumber>, reason: String) -> Self {
        let act = Act::Withdraw(Withdraw {
            records: records.clone(),
            reason: reason.clone(),
        });
        Self {
            records,
            cause: Cause::Withdrawn,
            reason,
            act,
            bodies: Vec::new(),
        }
    }
}

/// Whom those acts call, and until when.
fn called(recalls: &[Act]) -> (Vec<PartyCode>, Option<Instant>) {
    let mut parties = BTreeSet::new();
    let mut due = None;
    for act in recalls {
        if let Act::Recall(recall) = act {
            let recipients = recall.recipients.iter();
            parties.extend(recipients.map(|one| one.party.clone()));
            due = Some(recall.due);
        }
    }
    (parties.into_iter().collect(), due)
}

impl Office {
    /// Withdraws a version of a record, or all its versions.
    ///
    /// # Errors
    /// When there is none alive that the caller may withdraw.
    pub async fn withdraw(
        &self,
        caller: &Caller,
        id: String,
        version: Option<Instant>,
        reason: String,
    ) -> Result<Withdrawn, EngineError> {
        let who = caller.clone();
        self.end(caller, move |fold| {
            let records = mine(fold, &who, &id, version);
            Ok(Ending::withdraw(records, reason))
        })
        .await
    }

    /// Withdraws exactly these versions in one area: what TAXII's delete does.
    ///
    /// # Errors
    /// When none of them is alive and the caller's to end.
    pub async fn withdraw_exactly(
        &self,
        caller: &Caller,
        id: String,
        versions: Vec<Option<Instant>>,
        area: AreaName,
        reason: String,
    ) -> Result<Withdrawn, EngineError> {
        let who = caller.clone();
        self.end(caller, move |fold| {
            let state = fold.state();
            let mut records = mine(fold, &who, &id, None);
            records.retain(|&record| {
                let label = state.record_label(record);
                versions.contains(&state.record_version(record))
                    && label.is_some_and(|label| label.area == area)
            });
            Ok(Ending::withdraw(records, reason))
        })
        .await
    }

    /// Erases the bytes of a record, as a law may ask; its entries stay.
    ///
    /// # Errors
    /// When the caller may not, or there is no such record.
    pub async fn erase(
        &self,
        caller: &Caller,
        id: String,
        version: Option<Instant>,
        reason: String,
    ) -> Result<Withdrawn, EngineError> {
        staff(caller)?;
        self.end(caller, move |fold| {
            let state = fold.state();
            let mut records = state.records_of(&id);
            records.retain(|&record| version.is_none() || state.record_version(record) == version);
            Ok(Ending {
                bodies: records
                    .iter()
                    .filter_map(|&record| state.record_body(record))
                    .collect(),
                act: Act::Erase(Erase {
                    records: records.clone(),
                    reason: reason.clone(),
                }),
                cause: Cause::Erased,
                reason,
                records,
            })
        })
        .await
    }

    /// Writes an ending and the recall of what it ended, and finds who had received that.
    async fn end(
        &self,
        caller: &Caller,
        ending: impl FnOnce(&Fold) -> Result<Ending, EngineError> + Send + 'static,
    ) -> Result<Withdrawn, EngineError> {
        let windows = Arc::clone(&self.windows);
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let Ending {
                    records,
                    cause,
                    reason,
                    act,
                    bodies,
                } = ending(fold)?;
                if records.is_empty() {
                    return Err(EngineError::not_found());
                }
                let windows = &windows;
                let recalls = Calling { fold, windows }.recall(records.clone(), cause, &reason);
                let called = called(&recalls);
                let plan = Plan {
                    acts: std::iter::once(act).chain(recalls).collect(),
                    erase: bodies,
                    ..Plan::default()
                };
                Ok((plan, (records, called)))
            });
        let (records, called) = job.await?.1;
        self.ended(caller, &records, called)
    }

    fn ended(
        &self,
        caller: &Caller,
        records: &[RecordNumber],
        (notified, due): (Vec<PartyCode>, Option<Instant>),
    ) -> Result<Withdrawn, EngineError> {
        if staff(caller).is_err() {
            return Ok(Withdrawn {
                records: records.len(),
                received: Vec::new(),
                notified: Vec::new(),
                due: None,
            });
        }
        let fold = self.look()?;
        let received = records
            .iter()
            .flat_map(|&record| received(&fold, &self.windows, record))
            .collect();
        Ok(Withdrawn {
            records: records.len(),
            received,
            notified,
            due,
        })
    }
}

impl Withdrawn {
    /// The recipients, each once.
    pub fn parties(&self) -> Vec<PartyCode> {
        let mut parties: Vec<_> = self.received.iter().map(|one| one.party.clone()).collect();
        parties.sort();
        parties.dedup();
        parties
    }
}
