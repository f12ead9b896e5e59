//! One page of a view: what matches a query, oldest date added first.
//!
//! The filters are those of TAXII 2.1 section 3.4, in the order that section 3.4 and the checklist
//! rule: versions are chosen among what this party is shown, then the date bounds apply, then the
//! page is cut. A page costs what it holds; what the party may not see is not even looked at, and
//! what a filter leaves out is leapt over.

use roaring::RoaringBitmap;

use crate::gate::Cleared;
use crate::id::{AreaName, Kind, RecordNumber};
use crate::state::State;
use crate::time::Instant;
use crate::view::area::Track;
use crate::view::dating::Dating;
use crate::view::guise::Guise;
use crate::view::sight::{Sight, group_of};
use crate::view::walk::{Runs, Walk};

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
    pub(super) sight: &'a Sight,
    pub(super) track: &'a Track,
    pub(super) area: &'a AreaName,
    pub(super) guise: Guise<'a>,
}

impl Reader<'_> {
    /// The page that a query asks for.
    pub(super) fn page(&self, query: &Query) -> Page {
        let Some(last) = self.track.last_date() else {
            return Page::default();
        };
        let until = query.until.map_or(last, |until| until.min(last));
        if query.after.is_some_and(|after| after >= until) {
            return Page {
                until: Some(until),
                ..Page::default()
            };
        }
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
    fn revived(&self, until: Instant, last: Instant) -> Revived {
        if until >= last || self.sight.superseded.is_empty() {
            return Revived::None;
        }
        let records = &self.state.records;
        let mut later = RoaringBitmap::new();
        let segments = self.track.segments();
        let start = segments.partition_point(|segment| segment.last() <= until);
        for segment in segments.iter().skip(start) {
            let first = segment.first_after(records, until);
            let mut numbers = Walk::of(&segment.current, first);
            let mut siblings = Walk::of(&records.ranked, first);
            while let Some(record) = numbers.head() {
                match siblings.seek(record) {
                    Some(sibling) if sibling == record => {
                        later.insert(record);
                        numbers.step();
                    }
                    Some(sibling) => numbers.leap(sibling),
                    None => break,
                }
                if later.len() > AHEAD {
                    return Revived::Asked;
                }
            }
        }
        let mut revived = RoaringBitmap::new();
        for record in &later {
            let shown = group_of(records, record)
                .filter(|&member| self.sight.is_shown(member) && !later.contains(member));
            let newest = shown.max_by_key(|&member| records.version(RecordNumber(member)));
            revived.extend(newest.filter(|&newest| self.sight.superseded.contains(newest)));
        }
        if revived.is_empty() {
            Revived::None
        } else {
            Revived::These(revived)
        }
    }
}

/// Which superseded records were the newest versions at the date up to which a query asks.
enum Revived {
    None,
    These(RoaringBitmap),
    /// So much came since that each has to be asked about when it is met.
    Asked,
}

/// So many newer versions are worked out before a page is cut; beyond, only those that a page
/// meets. Fewer where debug assertions are on, so that tests of small worlds go both ways.
const AHEAD: u64 = if cfg!(debug_assertions) { 1 } else { 64 };

/// A reader with a query's bounds.
struct Cut<'a> {
    reader: &'a Reader<'a>,
    query: &'a Query,
    until: Instant,
    revived: Revived,
}

impl Cut<'_> {
    fn in_order(&self) -> Vec<Item> {
        let records = &self.reader.state.records;
        let wanted = self.query.limit.saturating_add(1);
        let kinds: Option<Vec<&RoaringBitmap>> = self.query.kinds.as_ref().map(|kinds| {
            kinds
                .iter()
                .filter_map(|kind| records.of_kind(kind.as_str()))
                .collect()
        });
        let after = self.query.after.unwrap_or(Instant::MIN);
        let segments = self.reader.track.segments();
        let start = segments.partition_point(|segment| segment.last() <= after);
        let newest_only = self.wants_newest_only();
        let superseded = &self.reader.sight.superseded;
        let mut items = Vec::new();
        for segment in segments.iter().skip(start) {
            let first = segment.first_after(records, after);
            let end = segment.first_after(records, self.until);
            let mut numbers = Walk::of(&segment.current, first);
            let mut of_kinds: Option<Vec<Walk<'_>>> = kinds
                .as_ref()
                .map(|kinds| kinds.iter().map(|kind| Walk::of(kind, first)).collect());
            let mut old = Runs::of(superseded, first);
            let mut dating = Dating::of(segment, records);
            while let Some(record) = numbers.head().filter(|&record| record < end) {
                if let Some(of_kinds) = &mut of_kinds {
                    match of_kinds
                        .iter_mut()
                        .filter_map(|kind| kind.seek(record))
                        .min()
                    {
                        Some(next) if next > record => {
                            numbers.leap(next);
                            continue;
                        }
                        Some(_) => {}
                        None => break,
                    }
                }
                if newest_only && let Some(next) = old.beyond(record) {
                    numbers.leap(next);
                    continue;
                }
                numbers.step();
                if !newest_only && !self.wants(record) {
                    continue;
                }
                if let Some(cleared) = self.reader.sight.released.clear(RecordNumber(record)) {
                    let date = dating.date(record);
                    items.push(Item {
                        record: cleared,
                        date,
                    });
                }
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
            sight,
            track,
            area,
            guise,
        } = self.reader;
        let records = &state.records;
        let Some(of_area) = records.of_area(area) else {
            return Vec::new();
        };
        // Where each stands, so that the dates within a segment are counted in one go.
        let mut places: Vec<(usize, u32)> = ids
            .iter()
            .flat_map(|id| guise.records(id))
            .map(|record| record.0)
            .filter(|&record| of_area.contains(record) && sight.is_shown(record))
            .filter(|&record| self.is_wanted_kind(record) && self.wants(record))
            .filter_map(|record| Some((track.segment_of(records, record)?, record)))
            .collect();
        places.sort_unstable();
        places.dedup();
        let wanted = self.query.limit.saturating_add(1);
        let mut items = Vec::new();
        for here in places.chunk_by(|one, other| one.0 == other.0) {
            let segment = here.first().and_then(|(at, _)| track.segments().get(*at));
            let Some(mut dating) = segment.map(|segment| Dating::of(segment, records)) else {
                continue;
            };
            for &(_, record) in here {
                let date = dating.date(record);
                let after = self.query.after.is_none_or(|after| date > after);
                let cleared = sight.released.clear(RecordNumber(record));
                if let Some(record) = cleared.filter(|_| after && date <= self.until) {
                    items.push(Item { record, date });
                }
                if items.len() >= wanted {
                    return items;
                }
            }
        }
        items
    }

    fn is_wanted_kind(&self, record: u32) -> bool {
        self.query.kinds.as_ref().is_none_or(|kinds| {
            let label = self.reader.state.records.label(RecordNumber(record));
            label.is_some_and(|label| kinds.contains(&label.kind))
        })
    }

    /// Whether nothing but the newest versions as they stand now is wanted.
    fn wants_newest_only(&self) -> bool {
        let Versions {
            all,
            last,
            first,
            exact,
        } = &self.query.versions;
        !*all && *last && !*first && exact.is_empty() && matches!(self.revived, Revived::None)
    }

    /// Whether the query wants this version, which is shown.
    fn wants(&self, record: u32) -> bool {
        let Versions {
            all,
            last,
            first,
            exact,
        } = &self.query.versions;
        let records = &self.reader.state.records;
        *all || (*last && self.is_newest(record))
            || (*first && self.is_oldest(record))
            || (!exact.is_empty() && {
                let version = records.version(RecordNumber(record));
                exact.contains(&version.unwrap_or(Instant::from_micros(0)))
            })
    }

    /// Whether it was the newest version shown at the date up to which the query asks.
    fn is_newest(&self, record: u32) -> bool {
        if !self.reader.sight.superseded.contains(record) {
            return true;
        }
        match &self.revived {
            Revived::None => false,
            Revived::These(revived) => revived.contains(record),
            Revived::Asked => self.outdoes(record, |version, other| version > other),
        }
    }

    /// Whether it was the oldest version shown at that date.
    fn is_oldest(&self, record: u32) -> bool {
        !self.reader.state.records.ranked.contains(record)
            || self.outdoes(record, |version, other| version < other)
    }

    /// Whether its version is better than every other that stood.
    fn outdoes(&self, record: u32, better: fn(Option<Instant>, Option<Instant>) -> bool) -> bool {
        let records = &self.reader.state.records;
        let version = records.version(RecordNumber(record));
        group_of(records, record)
            .filter(|&other| other != record && self.reader.sight.is_shown(other))
            .all(|other| {
                better(version, records.version(RecordNumber(other))) || !self.stood(other)
            })
    }

    /// Whether a record that is shown was shown already at the date up to which the query asks.
    fn stood(&self, record: u32) -> bool {
        let Reader { state, track, .. } = self.reader;
        track.last_date() == Some(self.until)
            || track
                .place(&state.records, RecordNumber(record))
                .is_some_and(|place| place.date <= self.until)
    }
}
