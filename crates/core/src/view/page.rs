//! One page of a view: what matches a query, oldest date added first.
//!
//! The filters are those of TAXII 2.1 section 3.4, in the order that section 3.4 and the checklist
//! rule: versions are chosen among what this party is shown, then the date bounds apply, then the
//! page is cut. A page costs what it holds; what the party may not see is not even looked at.

use roaring::RoaringBitmap;

use crate::gate::Cleared;
use crate::id::{AreaName, Kind, RecordNumber};
use crate::state::State;
use crate::time::Instant;
use crate::view::PartyView;
use crate::view::area::AreaView;

/// Which versions of an object are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Versions {
    /// Every version.
    pub all: bool,
    /// The newest that the party is shown.
    pub last: bool,
    /// The oldest that the party is shown.
    pub first: bool,
    /// These exactly; what has no version counts as of 1970-01-01T00:00:00Z.
    pub exact: Vec<Instant>,
}

impl Default for Versions {
    /// The newest only: what TAXII 2.1 asks for when nothing is said.
    fn default() -> Self {
        Self {
            all: false,
            last: true,
            first: false,
            exact: Vec::new(),
        }
    }
}

/// What is asked of a view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Only what was added after that date.
    pub after: Option<Instant>,
    /// Only what was added up to that date, and of versions as they stood then.
    pub until: Option<Instant>,
    /// Only these ids.
    pub ids: Option<Vec<String>>,
    /// Only these kinds.
    pub kinds: Option<Vec<Kind>>,
    /// Only these versions.
    pub versions: Versions,
    /// At most so many.
    pub limit: usize,
}

/// One record of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// The record, cleared by the gate.
    pub record: Cleared<RecordNumber>,
    /// Its date added in this view.
    pub date: Instant,
}

/// What matches.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Oldest date first.
    pub items: Vec<Item>,
    /// Whether more follows up to `until`.
    pub more: bool,
    /// The latest date that this page and the ones after it reach; none when the view is empty.
    pub until: Option<Instant>,
}

/// Reads one view.
pub(super) struct Reader<'a> {
    pub(super) state: &'a State,
    pub(super) party: &'a PartyView,
    pub(super) view: &'a AreaView,
    pub(super) area: &'a AreaName,
}

impl Reader<'_> {
    /// The page that a query asks for.
    pub(super) fn page(&self, query: &Query) -> Page {
        let Some(last) = self.view.last_date() else {
            return Page::default();
        };
        let until = query.until.map_or(last, |until| until.min(last));
        let reader = Cut {
            reader: self,
            query,
            until,
            revived: self.revived(until, last),
        };
        let mut items = match &query.ids {
            Some(ids) => reader.by_id(ids),
            None => reader.in_order(),
        };
        let more = items.len() > query.limit;
        items.truncate(query.limit);
        Page {
            items,
            more,
            until: Some(until),
        }
    }

    /// The records that were the newest versions at that date and have been superseded since.
    fn revived(&self, until: Instant, last: Instant) -> RoaringBitmap {
        let mut revived = RoaringBitmap::new();
        if until >= last {
            return revived;
        }
        let records = &self.state.records;
        let mut later = RoaringBitmap::new();
        for segment in self
            .view
            .segments()
            .iter()
            .rev()
            .take_while(|s| s.last() > until)
        {
            let first = segment.first_after(records, until);
            let mut tail = &segment.current & &records.siblings;
            tail.remove_range(..first);
            later |= tail;
        }
        for record in &later {
            let group = &records.siblings_of(RecordNumber(record)) & &self.party.shown;
            let newest = (&group - &later)
                .iter()
                .max_by_key(|&member| records.version(RecordNumber(member)));
            revived.extend(newest);
        }
        revived & &self.party.superseded
    }
}

/// A reader with a query's bounds.
struct Cut<'a> {
    reader: &'a Reader<'a>,
    query: &'a Query,
    until: Instant,
    revived: RoaringBitmap,
}

impl Cut<'_> {
    fn in_order(&self) -> Vec<Item> {
        let records = &self.reader.state.records;
        let wanted = self.query.limit.saturating_add(1);
        let kinds = self.query.kinds.as_ref().map(|kinds| {
            let of_kind = kinds
                .iter()
                .filter_map(|kind| records.of_kind(kind.as_str()));
            of_kind.fold(RoaringBitmap::new(), |all, of_kind| all | of_kind)
        });
        let after = self.query.after.unwrap_or(Instant::MIN);
        let segments = self.reader.view.segments();
        let start = segments.partition_point(|segment| segment.last() <= after);
        let mut items = Vec::new();
        for (number, segment) in segments.iter().enumerate().skip(start) {
            let first = segment.first_after(records, after);
            let end = segment.first_after(records, self.until);
            let mut here = self.versions(&segment.current);
            if let Some(kinds) = &kinds {
                here &= kinds;
            }
            let mut numbers = here.iter();
            numbers.advance_to(first);
            for record in numbers.take_while(|&record| record < end) {
                let item = self
                    .reader
                    .view
                    .date(records, number, record)
                    .and_then(|date| {
                        let record = self.reader.party.released.clear(RecordNumber(record))?;
                        Some(Item { record, date })
                    });
                items.extend(item);
                if items.len() >= wanted {
                    return items;
                }
            }
            if segment.last() >= self.until {
                break;
            }
        }
        items
    }

    fn by_id(&self, ids: &[String]) -> Vec<Item> {
        let Reader {
            state,
            party,
            view,
            area,
        } = self.reader;
        let records = &state.records;
        let of_area = records.of_area(area);
        let mut held: RoaringBitmap = ids
            .iter()
            .filter_map(|id| records.ids.find(id))
            .flat_map(|id| records.holders(id).map(|record| record.0))
            .collect();
        held &= &party.shown;
        if let Some(of_area) = of_area {
            held &= of_area;
        }
        let mut items: Vec<Item> = self
            .versions(&held)
            .iter()
            .filter(|&record| self.is_wanted_kind(record))
            .filter_map(|record| {
                let date = view.place(records, RecordNumber(record))?.date;
                let record = party.released.clear(RecordNumber(record))?;
                let after = self.query.after.is_none_or(|after| date > after);
                (after && date <= self.until).then_some(Item { record, date })
            })
            .collect();
        items.sort_by_key(|item| item.date);
        items.truncate(self.query.limit.saturating_add(1));
        items
    }

    fn is_wanted_kind(&self, record: u32) -> bool {
        self.query.kinds.as_ref().is_none_or(|kinds| {
            let label = self.reader.state.records.label(RecordNumber(record));
            label.is_some_and(|label| kinds.contains(&label.kind))
        })
    }

    /// Whether a record that is shown was shown already at the date up to which the query asks.
    fn stood(&self, record: u32) -> bool {
        let Reader { state, view, .. } = self.reader;
        view.last_date() == Some(self.until)
            || view
                .place(&state.records, RecordNumber(record))
                .is_some_and(|place| place.date <= self.until)
    }

    /// Of those records the versions that the query wants.
    fn versions(&self, all: &RoaringBitmap) -> RoaringBitmap {
        let Versions {
            all: every,
            last,
            first,
            exact,
        } = &self.query.versions;
        if *every {
            return all.clone();
        }
        let mut wanted = RoaringBitmap::new();
        if *last {
            wanted |= all - &self.reader.party.superseded;
            wanted |= all & &self.revived;
        }
        let records = &self.reader.state.records;
        if *first {
            wanted |= all - &records.siblings;
            wanted.extend((all & &records.siblings).iter().filter(|&record| {
                let version = records.version(RecordNumber(record));
                let group = records.siblings_of(RecordNumber(record));
                (&group & &self.reader.party.shown).iter().all(|other| {
                    version <= records.version(RecordNumber(other)) || !self.stood(other)
                })
            }));
        }
        if !exact.is_empty() {
            wanted.extend(all.iter().filter(|&record| {
                let version = records.version(RecordNumber(record));
                exact.contains(&version.unwrap_or(Instant::from_micros(0)))
            }));
        }
        wanted
    }
}
