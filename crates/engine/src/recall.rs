//! Recalls: what was withdrawn, erased or revoked is called back from whoever received it.
//!
//! The flow. Whoever plans an ending or the filing of a revoked version asks [`Calling`] who has
//! received the records that it ends, by the receipts of the journal, and puts the recall into the
//! same batch. From then on each recipient has a [`RecallNotice`] of its own. It is told when it
//! asks: the entry that says so is durable before the notice leaves, as a receipt is. Then it
//! acknowledges.
//!
//! A notice tells a party what the party itself received and nothing of anybody else: not who filed
//! it, not who else has it, not how many.

use std::collections::{BTreeMap, BTreeSet};

use legation_core::act::{
    AcknowledgeRecall, Act, Actor, Cause, File, Recall, Recipient, TellRecall,
};
use legation_core::id::{AreaName, EntryNumber, NoticeId, PartyCode, RecordNumber};
use legation_core::record::Head;
use legation_core::state::{Mark, Notice, State};
use legation_core::time::Instant;
use legation_core::view::Fold;

use crate::admit::{Caller, staff};
use crate::audit::received;
use crate::error::EngineError;
use crate::office::Office;
use crate::window::Windows;
use crate::writer::{Company, Plan};

/// A recall names at most so many records, so that neither its entry nor a notice of it becomes
/// long; what ends more than that becomes several.
const RECORDS_MAX: usize = 1000;

/// The reason of a recall that nobody gave one for.
const REVOKED: &str = "its originator has revoked it in a later version";

/// One party's notice of a recall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallNotice {
    /// Its id.
    pub id: NoticeId,
    /// Whose it is.
    pub party: PartyCode,
    /// When the recall was written.
    pub at: Instant,
    /// What ended the records.
    pub cause: Cause,
    /// Why.
    pub reason: String,
    /// Until when it is to be acknowledged.
    pub due: Instant,
    /// What the party has received of what is recalled.
    pub records: Vec<RecalledRecord>,
    /// When it was first handed out, and to which client or person.
    pub told: Option<Mark>,
    /// When it was acknowledged, and by which client or person.
    pub acknowledged: Option<Mark>,
    /// Whether it should have been acknowledged by now and is not.
    pub overdue: bool,
    /// The entry of the recall and who ended the records; told to the office's own people only.
    pub origin: Option<(EntryNumber, Actor)>,
}

/// One version of a record in a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecalledRecord {
    /// The id under which the party knows it; its own for the office's own people.
    pub id: String,
    /// The area in which it was released.
    pub area: AreaName,
    /// Which version; none where its kind has none.
    pub version: Option<Instant>,
    /// Who filed it; told to the office's own people only.
    pub originator: Option<PartyCode>,
}

/// Which notices are asked for.
#[derive(Clone, Copy, Debug)]
pub struct RecallQuery {
    /// Only those that should have been acknowledged by now and are not.
    pub overdue: bool,
    /// Only those that come after this one.
    pub after: Option<NoticeId>,
    /// At most so many.
    pub limit: usize,
}

/// Some notices, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallPage {
    /// The notices.
    pub notices: Vec<RecallNotice>,
    /// Whether more follow.
    pub more: bool,
}

/// Finds who has to be called, for whoever plans what ends the records.
pub(crate) struct Calling<'a> {
    pub(crate) fold: &'a Fold,
    pub(crate) windows: &'a Windows,
}

impl Calling<'_> {
    /// The acts that recall those records from everybody who has received them, their originators
    /// and the host left out, and whoever was told of it before; none if there is nobody.
    pub(crate) fn recall(
        &self,
        mut records: Vec<RecordNumber>,
        cause: Cause,
        reason: &str,
    ) -> Vec<Act> {
        records.sort_unstable();
        records.dedup();
        // Whatever goes out from now on goes under receipts that come after the recall.
        self.windows.hold_back(&records);
        let chunks = records.chunks(RECORDS_MAX);
        chunks
            .filter_map(|records| self.act(records, cause, reason))
            .collect()
    }

    fn act(&self, records: &[RecordNumber], cause: Cause, reason: &str) -> Option<Act> {
        let state = self.fold.state();
        let host = &state.host().code;
        let mut sent: BTreeMap<PartyCode, Vec<RecordNumber>> = BTreeMap::new();
        for &record in records {
            let originator = state.record_label(record).map(|label| &label.originator);
            for release in received(self.fold, self.windows, record) {
                let party = release.party;
                let exempt = party == *host || Some(&party) == originator;
                if exempt || state.is_recalled(&party, record, cause) {
                    continue;
                }
                let of_party = sent.entry(party).or_default();
                if of_party.last() != Some(&record) {
                    of_party.push(record);
                }
            }
        }
        if sent.is_empty() {
            return None;
        }
        let mut recalled: Vec<RecordNumber> = sent.values().flatten().copied().collect();
        recalled.sort_unstable();
        recalled.dedup();
        let recipients = sent.into_iter();
        Some(Act::Recall(Recall {
            cause,
            reason: reason.to_owned(),
            records: recalled,
            recipients: recipients
                .map(|(party, records)| Recipient { party, records })
                .collect(),
            due: state.house.recall.due(self.fold.clock()),
        }))
    }

    /// The acts that recall what a filing revokes: earlier versions of its own party's in the same
    /// area. A later version of what somebody else filed is a claim and calls nothing back.
    pub(crate) fn revoke(&self, filing: &File) -> Vec<Act> {
        let state = self.fold.state();
        let earlier = |head: &Head| {
            let mut records = state.records_of(head.id.as_str());
            records.retain(|&record| {
                let label = state.record_label(record);
                let own = label.is_some_and(|label| {
                    label.originator == filing.originator && label.area == filing.area
                });
                own && state.record_version(record) < head.version
            });
            records
        };
        let revoked = filing.records.iter().filter(|head| head.revoked);
        let records: Vec<RecordNumber> = revoked.flat_map(earlier).collect();
        if records.is_empty() {
            return Vec::new();
        }
        self.recall(records, Cause::Revoked, REVOKED)
    }
}

/// The ids under which a party was sent a record before a recall: more than one where its terms
/// began or ceased to redact in between.
fn known_ids(
    fold: &Fold,
    windows: &Windows,
    notice: &Notice<'_>,
    record: RecordNumber,
) -> BTreeSet<String> {
    let before = received(fold, windows, record).into_iter();
    before
        .filter(|one| one.party == *notice.party && one.receipt < notice.recall)
        .map(|one| {
            let own = || fold.state().record_id(record).to_string();
            one.known_as.unwrap_or_else(own)
        })
        .collect()
}

/// A notice as its party may be told it, or all of it for the office's own people.
fn describe(
    (fold, windows): (&Fold, &Windows),
    notice: &Notice<'_>,
    now: Instant,
    all: bool,
) -> RecallNotice {
    let state = fold.state();
    let mut records: Vec<RecalledRecord> = Vec::new();
    for &record in notice.records {
        let Some(label) = state.record_label(record) else {
            continue;
        };
        let known = match all {
            true => BTreeSet::from([state.record_id(record).to_string()]),
            false => known_ids(fold, windows, notice, record),
        };
        for id in known {
            let line = RecalledRecord {
                id,
                area: label.area.clone(),
                version: state.record_version(record),
                originator: all.then(|| label.originator.clone()),
            };
            // The same version of two originators is one to whoever is not told of them.
            if !records.contains(&line) {
                records.push(line);
            }
        }
    }
    RecallNotice {
        id: notice.id,
        party: notice.party.clone(),
        at: notice.at,
        cause: notice.cause,
        reason: notice.reason.to_owned(),
        due: notice.due,
        records,
        told: notice.told.cloned(),
        acknowledged: notice.acknowledged.cloned(),
        overdue: notice.is_overdue(now),
        origin: all.then(|| (notice.recall, notice.by.clone())),
    }
}

/// The notice of that id, if the caller may know of it.
fn own<'a>(state: &'a State, caller: &Caller, id: NoticeId) -> Result<Notice<'a>, EngineError> {
    state
        .notice(id)
        .filter(|notice| *notice.party == caller.party || staff(caller).is_ok())
        .ok_or_else(EngineError::not_found)
}

impl Office {
    /// The notices of the caller's party, oldest first; those of all parties for the host's staff.
    /// What a party is handed for the first time is noted before it is.
    ///
    /// # Errors
    /// When it goes on from a notice that is not the caller's, or nothing can be written.
    pub async fn recalls(
        &self,
        caller: &Caller,
        query: RecallQuery,
    ) -> Result<RecallPage, EngineError> {
        let all = staff(caller).is_ok();
        let now = self.now()?;
        let (ids, more) = {
            let fold = self.look()?;
            let state = fold.state();
            if let Some(after) = query.after {
                own(state, caller, after)?;
            }
            let wanted = |notice: &Notice<'_>| !query.overdue || notice.is_overdue(now);
            let id = |notice: Notice<'_>| notice.id;
            let most = query.limit.saturating_add(1);
            let mut ids: Vec<NoticeId> = match all {
                true => {
                    let notices = state.notices(query.after).filter(wanted);
                    notices.map(id).take(most).collect()
                }
                false => {
                    let notices = state.notices_of(&caller.party, query.after).filter(wanted);
                    notices.map(id).take(most).collect()
                }
            };
            let more = ids.len() > query.limit;
            ids.truncate(query.limit);
            (ids, more)
        };
        let notices = self.hand_over(caller, &ids).await?;
        Ok(RecallPage { notices, more })
    }

    /// One notice of the caller's party; any for the host's staff.
    ///
    /// # Errors
    /// When there is none of that id that is the caller's, or nothing can be written.
    pub async fn recall(&self, caller: &Caller, id: NoticeId) -> Result<RecallNotice, EngineError> {
        own(self.look()?.state(), caller, id)?;
        let mut notices = self.hand_over(caller, &[id]).await?;
        notices.pop().ok_or_else(EngineError::not_found)
    }

    /// Acknowledges a notice for the caller's party; again, and nothing changes.
    ///
    /// # Errors
    /// When there is none of that id that is the caller's, it is not the caller's to acknowledge,
    /// or nothing can be written.
    pub async fn acknowledge(
        &self,
        caller: &Caller,
        id: NoticeId,
    ) -> Result<RecallNotice, EngineError> {
        let done = {
            let fold = self.look()?;
            let notice = own(fold.state(), caller, id)?;
            if *notice.party != caller.party {
                return Err(EngineError::forbidden(
                    "only the party that received a recall may acknowledge it",
                ));
            }
            notice.acknowledged.is_some()
        };
        if !done {
            self.note(caller, vec![id], true).await?;
        }
        let now = self.now()?;
        let fold = self.look()?;
        let notice = own(fold.state(), caller, id)?;
        Ok(describe((&fold, &self.windows), &notice, now, false))
    }

    /// Those notices, which are the caller's own or staff's to see.
    async fn hand_over(
        &self,
        caller: &Caller,
        ids: &[NoticeId],
    ) -> Result<Vec<RecallNotice>, EngineError> {
        let all = staff(caller).is_ok();
        let untold: Vec<NoticeId> = {
            let fold = self.look()?;
            let state = fold.state();
            let untold = |id: &&NoticeId| state.notice(**id).is_some_and(|one| one.told.is_none());
            ids.iter().filter(untold).copied().collect()
        };
        if !all && !untold.is_empty() {
            self.note(caller, untold, false).await?;
        }
        let now = self.now()?;
        let fold = self.look()?;
        let windows = &self.windows;
        let notices = ids.iter().filter_map(|id| fold.state().notice(*id));
        Ok(notices
            .map(|one| describe((&fold, windows), &one, now, all))
            .collect())
    }

    /// Notes that the caller's party is told of those, and acknowledges them if it does.
    async fn note(
        &self,
        caller: &Caller,
        ids: Vec<NoticeId>,
        acknowledges: bool,
    ) -> Result<(), EngineError> {
        let party = caller.party.clone();
        let plan = move |fold: &Fold| {
            let state = fold.state();
            let mut acts = Vec::new();
            let is = |id: &NoticeId, open: fn(&Notice<'_>) -> bool| {
                state.notice(*id).is_some_and(|one| open(&one))
            };
            let mut untold = ids.clone();
            untold.retain(|id| is(id, |one| one.told.is_none()));
            if !untold.is_empty() {
                acts.push(Act::TellRecall(TellRecall {
                    party: party.clone(),
                    notices: untold,
                }));
            }
            let open = |id: &&NoticeId| acknowledges && is(id, |one| one.acknowledged.is_none());
            acts.extend(ids.iter().filter(open).map(|&notice| {
                Act::AcknowledgeRecall(AcknowledgeRecall {
                    party: party.clone(),
                    notice,
                })
            }));
            acts
        };
        // Alone: of two who are told at once, one is the first.
        let job = self
            .desk
            .submit(&caller.actor, Company::Alone, move |fold, _| {
                let plan = Plan {
                    acts: plan(fold),
                    ..Plan::default()
                };
                Ok((plan, ()))
            });
        job.await?;
        Ok(())
    }
}
