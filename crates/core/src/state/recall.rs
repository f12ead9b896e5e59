//! What was recalled from whom, who has been told, and who has acknowledged.
//!
//! One row for each recall, a notice in it for each recipient. The ids of notices follow from the
//! seed of the office and are not kept. Which records have to be recalled from whom is not decided
//! here.

use std::collections::{BTreeSet, HashMap};

use crate::act::{Actor, Cause, Entry, Recall};
use crate::id::{EntryNumber, NoticeId, PartyCode, RecordNumber};
use crate::state::{FoldError, PartyIndex, State};
use crate::time::Instant;

/// When something was done about a notice, and by which client or person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: Actor,
}

impl Mark {
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            at: entry.at,
            actor: entry.actor.clone(),
        }
    }
}

/// What one party is told of one recall, and what became of that.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// Its id.
    pub id: NoticeId,
    /// The entry of the recall; for the office's own people only.
    pub recall: EntryNumber,
    /// When the recall was written.
    pub at: Instant,
    /// Who ended the records; for the office's own people only.
    pub by: &'a Actor,
    /// What ended them.
    pub cause: Cause,
    /// Why.
    pub reason: &'a str,
    /// Until when it is to be acknowledged.
    pub due: Instant,
    /// Who is told.
    pub party: &'a PartyCode,
    /// What the party has received of what is recalled.
    pub records: &'a [RecordNumber],
    /// When the notice was first handed out, and to whom.
    pub told: Option<&'a Mark>,
    /// When it was acknowledged, and by whom.
    pub acknowledged: Option<&'a Mark>,
}

impl Notice<'_> {
    /// Whether it should have been acknowledged by that instant and is not.
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.acknowledged.is_none() && self.due < now
    }
}

/// A recall as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) entry: EntryNumber,
    pub(crate) at: Instant,
    pub(crate) by: Actor,
    pub(crate) cause: Cause,
    pub(crate) reason: String,
    pub(crate) due: Instant,
    pub(crate) records: Vec<RecordNumber>,
    /// By party, ascending by code.
    pub(crate) sent: Vec<Sent>,
}

/// A recall's notice for one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) party: PartyCode,
    pub(crate) records: Vec<RecordNumber>,
    pub(crate) told: Option<Mark>,
    pub(crate) acknowledged: Option<Mark>,
}

/// Which row, and which notice of it. It orders notices as they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place(u32, u32);

/// All recalls.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recalls {
    pub(crate) rows: Vec<Row>,
    by_notice: HashMap<NoticeId, Place>,
    by_party: HashMap<PartyIndex, Vec<Place>>,
    // The strongest cause for which a record was recalled from a party.
    recalled: HashMap<(PartyIndex, RecordNumber), Cause>,
    // What is not acknowledged, by when it is due.
    open: BTreeSet<(Instant, Place)>,
}

fn ascend<T: Ord>(list: &[T]) -> bool {
    list.is_sorted_by(|one, next| one < next)
}

impl Row {
    fn of(entry: &Entry, act: &Recall) -> Self {
        let sent = act.recipients.iter().map(|one| Sent {
            party: one.party.clone(),
            records: one.records.clone(),
            told: None,
            acknowledged: None,
        });
        Self {
            entry: entry.number,
            at: entry.at,
            by: entry.actor.clone(),
            cause: act.cause,
            reason: act.reason.clone(),
            due: act.due,
            records: act.records.clone(),
            sent: sent.collect(),
        }
    }

    /// Whether it is of so many records at most, everything is in its order, and nobody is told of
    /// what is not recalled.
    fn is_sound(&self, records: u32) -> bool {
        let named = |one: &Sent| {
            let among = |record| self.records.binary_search(record).is_ok();
            !one.records.is_empty()
                && ascend(&one.records)
                && one.records.iter().all(among)
                && (one.told.is_some() || one.acknowledged.is_none())
        };
        let parties: Vec<&PartyCode> = self.sent.iter().map(|one| &one.party).collect();
        !parties.is_empty()
            && ascend(&parties)
            && ascend(&self.records)
            && self.records.last().is_some_and(|last| last.0 < records)
            && self.sent.iter().all(named)
    }
}

impl State {
    /// Takes in a recall.
    pub(crate) fn recall(&mut self, entry: &Entry, act: &Recall) -> Result<(), FoldError> {
        let row = Row::of(entry, act);
        if !row.is_sound(self.records.len()) {
            return Err(FoldError::Recall);
        }
        self.push_recall(row)
    }

    /// Those recalls, which some snapshot says; whether they are sound.
    pub(crate) fn put_recalls(&mut self, rows: Vec<Row>) -> bool {
        let (count, next) = (self.records.len(), self.next);
        let sound = rows.is_sorted_by(|one, other| one.entry < other.entry)
            && rows.last().is_none_or(|last| last.entry < next)
            && rows.iter().all(|row| row.is_sound(count));
        sound && rows.into_iter().all(|row| self.push_recall(row).is_ok())
    }

    fn push_recall(&mut self, row: Row) -> Result<(), FoldError> {
        let number = u32::try_from(self.recalls.rows.len()).map_err(|_| FoldError::Full)?;
        let parties: Result<Vec<PartyIndex>, FoldError> =
            row.sent.iter().map(|one| self.index(&one.party)).collect();
        let recalls = &mut self.recalls;
        for (place, (party, one)) in (0..).zip(parties?.into_iter().zip(&row.sent)) {
            let place = Place(number, place);
            let id = NoticeId::of(&self.seed, row.entry, &one.party);
            recalls.by_notice.insert(id, place);
            recalls.by_party.entry(party).or_default().push(place);
            if one.acknowledged.is_none() {
                recalls.open.insert((row.due, place));
            }
            for &record in &one.records {
                let known = recalls.recalled.entry((party, record)).or_insert(row.cause);
                if row.cause.covers(*known) {
                    *known = row.cause;
                }
            }
        }
        recalls.rows.push(row);
        Ok(())
    }

    /// Notes that a party was told of a recall for the first time.
    pub(crate) fn tell(
        &mut self,
        party: &PartyCode,
        notice: NoticeId,
        mark: Mark,
    ) -> Result<(), FoldError> {
        let told = self.sent_mut(party, notice).map(|(_, sent)| &mut sent.told);
        let told = told.filter(|told| told.is_none());
        *told.ok_or_else(|| no_notice(party, notice))? = Some(mark);
        Ok(())
    }

    /// Notes that a party has acknowledged a recall of which it was told before.
    pub(crate) fn acknowledge(
        &mut self,
        party: &PartyCode,
        notice: NoticeId,
        mark: Mark,
    ) -> Result<(), FoldError> {
        let sent = self.sent_mut(party, notice);
        let sent = sent.filter(|(_, sent)| sent.told.is_some() && sent.acknowledged.is_none());
        let (open, sent) = sent.ok_or_else(|| no_notice(party, notice))?;
        sent.acknowledged = Some(mark);
        self.recalls.open.remove(&open);
        Ok(())
    }

    /// A party's notice, and where it stands among what is due.
    fn sent_mut(
        &mut self,
        party: &PartyCode,
        notice: NoticeId,
    ) -> Option<((Instant, Place), &mut Sent)> {
        let place = *self.recalls.by_notice.get(&notice)?;
        let row = self.recalls.rows.get_mut(place.0 as usize)?;
        let open = (row.due, place);
        let sent = row.sent.get_mut(place.1 as usize)?;
        (sent.party == *party).then_some((open, sent))
    }

    fn notice_at(&self, place: Place) -> Option<Notice<'_>> {
        let row = self.recalls.rows.get(place.0 as usize)?;
        let sent = row.sent.get(place.1 as usize)?;
        Some(Notice {
            id: NoticeId::of(&self.seed, row.entry, &sent.party),
            recall: row.entry,
            at: row.at,
            by: &row.by,
            cause: row.cause,
            reason: &row.reason,
            due: row.due,
            party: &sent.party,
            records: &sent.records,
            told: sent.told.as_ref(),
            acknowledged: sent.acknowledged.as_ref(),
        })
    }

    fn is_at(&self, after: Option<NoticeId>) -> Option<Place> {
        after.and_then(|id| self.recalls.by_notice.get(&id).copied())
    }

    /// The notice of that id.
    pub fn notice(&self, id: NoticeId) -> Option<Notice<'_>> {
        self.notice_at(self.is_at(Some(id))?)
    }

    /// Every notice of every party, oldest first, or those that come after one.
    pub fn notices(&self, after: Option<NoticeId>) -> impl Iterator<Item = Notice<'_>> {
        let after = self.is_at(after);
        let rows = (0_u32..).zip(&self.recalls.rows);
        let rows = rows.skip(after.map_or(0, |place| place.0 as usize));
        rows.flat_map(|(number, row)| (0_u32..).zip(&row.sent).map(move |(n, _)| Place(number, n)))
            .filter(move |place| after.is_none_or(|after| *place > after))
            .filter_map(|place| self.notice_at(place))
    }

    /// The notices of a party, oldest first, or those that come after one.
    pub fn notices_of(
        &self,
        party: &PartyCode,
        after: Option<NoticeId>,
    ) -> impl Iterator<Item = Notice<'_>> {
        let after = self.is_at(after);
        let places = self
            .party_index(party)
            .and_then(|party| self.recalls.by_party.get(&party))
            .map_or(&[][..], Vec::as_slice);
        let begin = places.partition_point(|place| after.is_some_and(|after| *place <= after));
        let rest = places.get(begin..).unwrap_or_default();
        rest.iter().filter_map(|place| self.notice_at(*place))
    }

    /// How many notices are not acknowledged, and how many of them should be by that instant.
    pub fn open_notices(&self, now: Instant) -> (usize, usize) {
        let open = &self.recalls.open;
        (open.len(), open.range(..(now, Place(0, 0))).count())
    }

    /// Whether a record was recalled from a party before, for that cause or a stronger one.
    pub fn is_recalled(&self, party: &PartyCode, record: RecordNumber, cause: Cause) -> bool {
        let known = self
            .party_index(party)
            .and_then(|party| self.recalls.recalled.get(&(party, record)));
        known.is_some_and(|known| known.covers(cause))
    }
}

fn no_notice(party: &PartyCode, notice: NoticeId) -> FoldError {
    FoldError::NoNotice {
        party: party.clone(),
        notice,
    }
}
