//! Receipts written ahead: whoever pages through a view is expected to ask for the next page, so
//! that one durable entry covers a run of them and no page waits for the disk.
//!
//! A receipt that is open may name more than was sent, never less. What was sent is marked here
//! before the first byte leaves. When its reader has been gone for a while, when it has lost
//! something, and when the office closes, an entry says exactly what was sent. An office that was
//! killed cannot say that; then the receipt stands for what may have been sent.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use legation_core::act::{Act, Actor, Closing, Extent, Places};
use legation_core::id::{AreaName, EntryNumber, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::Item;

/// What tells one reader's way through a view from another's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Reader {
    pub(crate) actor: Actor,
    pub(crate) area: AreaName,
    pub(crate) extent: Extent,
    /// What was asked for, in words.
    pub(crate) filter: String,
}

/// How long a receipt stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowSettings {
    /// How many pages a receipt is written ahead for; 0 writes one receipt for each page.
    pub pages: usize,
    /// It is closed when nothing was sent under it for so many microseconds.
    pub idle: i64,
    /// It is closed when it has been open for so many microseconds.
    pub longest: i64,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self {
            pages: 32,
            idle: 5_000_000,
            longest: 60_000_000,
        }
    }
}

/// The most receipts that are open at once; more readers than that get one for each page.
const OPEN_MAX: usize = 1024;

/// The most records that are named ahead.
pub(crate) const AHEAD_MAX: usize = 65_536;

/// Records whose numbers and dates rise together, one by one.
#[derive(Clone, Copy, Debug)]
struct Run {
    date: i64,
    record: u32,
    length: u32,
    /// The place of the first among the dates of the receipt.
    place: u32,
}

/// A receipt that is open.
#[derive(Debug)]
pub(crate) struct Window {
    reader: Reader,
    party: PartyCode,
    receipt: EntryNumber,
    losses: u64,
    terms: u64,
    runs: Vec<Run>,
    /// Which places were sent, as ascending runs from the first to the last.
    sent: Vec<(u64, u64)>,
    answers: u64,
    opened: Instant,
    last: Instant,
}

impl Window {
    /// A receipt that was just written for those items.
    pub(crate) fn new(
        reader: Reader,
        party: PartyCode,
        receipt: EntryNumber,
        (losses, terms): (u64, u64),
        items: &[Item],
        now: Instant,
    ) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let (date, record) = (item.date.micros(), item.record.get().0);
            match runs.last_mut() {
                Some(run)
                    if run.date + i64::from(run.length) == date
                        && run.record + run.length == record =>
                {
                    run.length += 1;
                }
                _ => runs.push(Run {
                    date,
                    record,
                    length: 1,
                    place: place as u32,
                }),
            }
        }
        Self {
            reader,
            party,
            receipt,
            losses,
            terms,
            runs,
            sent: Vec::new(),
            answers: 0,
            opened: now,
            last: now,
        }
    }

    /// The places of those items; none if the receipt does not name every one.
    fn places(&self, items: &[Item]) -> Option<Vec<(u64, u64)>> {
        let first = items.first()?.date.micros();
        let mut at = self
            .runs
            .partition_point(|run| run.date + i64::from(run.length) <= first);
        let mut places: Vec<(u64, u64)> = Vec::new();
        for item in items {
            let (date, record) = (item.date.micros(), item.record.get().0);
            let mut run = self.runs.get(at)?;
            while run.date + i64::from(run.length) <= date {
                at += 1;
                run = self.runs.get(at)?;
            }
            let offset = u32::try_from(date.checked_sub(run.date)?).ok()?;
            if run.record.checked_add(offset) != Some(record) {
                return None;
            }
            let place = u64::from(run.place) + u64::from(offset);
            match places.last_mut() {
                Some((_, last)) if *last + 1 == place => *last = place,
                _ => places.push((place, place)),
            }
        }
        Some(places)
    }

    /// Marks items as sent, if the receipt names every one.
    pub(crate) fn mark(&mut self, items: &[Item], now: Instant) -> bool {
        let Some(places) = self.places(items) else {
            return false;
        };
        self.answers += 1;
        self.last = self.last.max(now);
        self.put(places);
        true
    }

    fn put(&mut self, places: Vec<(u64, u64)>) {
        for (first, last) in places {
            let begin = self.sent.partition_point(|(_, end)| end + 1 < first);
            let end = self.sent.partition_point(|(start, _)| *start <= last + 1);
            let joined = self
                .sent
                .get(begin..end)
                .unwrap_or_default()
                .iter()
                .fold((first, last), |(low, high), (start, stop)| {
                    (low.min(*start), high.max(*stop))
                });
            self.sent.splice(begin..end, [joined]);
        }
    }

    /// Whether it names one of those records, which ascend.
    fn names_any(&self, records: &[RecordNumber]) -> bool {
        self.runs.iter().any(|run| {
            let next = records.partition_point(|record| record.0 < run.record);
            let record = records.get(next).map(|record| record.0 - run.record);
            record.is_some_and(|offset| offset < run.length)
        })
    }

    fn has_sent(&self, record: RecordNumber) -> bool {
        self.runs.iter().any(|run| {
            record.0.checked_sub(run.record).is_some_and(|offset| {
                let place = u64::from(run.place) + u64::from(offset);
                offset < run.length
                    && self
                        .sent
                        .iter()
                        .any(|(first, last)| (*first..=*last).contains(&place))
            })
        })
    }

    /// The act that closes the receipt.
    pub(crate) fn closing(&self) -> Act {
        Act::Close(Closing {
            party: self.party.clone(),
            receipt: self.receipt,
            sent: Places::of(self.sent.iter().flat_map(|(first, last)| *first..=*last)),
            answers: self.answers,
            last: self.last,
        })
    }
}

/// All receipts that are open.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    open: HashMap<Reader, Vec<Window>>,
    count: usize,
    /// Nothing more is sent under these; they wait to be closed.
    ended: Vec<Window>,
}

impl Windows {
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks items as sent under an open receipt that names them all, as long as nothing was lost
    /// and the same terms hold as when it was written; whether there is one.
    pub(crate) fn cover(
        &self,
        reader: &Reader,
        items: &[Item],
        (losses, terms): (u64, u64),
        now: Instant,
    ) -> bool {
        let mut held = self.lock();
        let Held { open, count, ended } = &mut *held;
        let Some(windows) = open.get_mut(reader) else {
            return false;
        };
        let stale = |window: &mut Window| window.losses != losses || window.terms != terms;
        let before = windows.len();
        ended.extend(windows.extract_if(.., stale));
        *count -= before - windows.len();
        windows
            .iter_mut()
            .rev()
            .any(|window| window.mark(items, now))
    }

    /// Ends every receipt that names one of those records, which ascend: what was sent under it is
    /// known from then on, and nothing more is.
    pub(crate) fn hold_back(&self, records: &[RecordNumber]) {
        let mut held = self.lock();
        let Held { open, count, ended } = &mut *held;
        for windows in open.values_mut() {
            ended.extend(windows.extract_if(.., |window| window.names_any(records)));
        }
        open.retain(|_, windows| !windows.is_empty());
        *count = open.values().map(Vec::len).sum();
    }

    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        let held = self.lock();
        held.count == 0 && held.ended.is_empty()
    }

    /// Whether another receipt may be written ahead.
    pub(crate) fn has_room(&self) -> bool {
        self.lock().count < OPEN_MAX
    }

    /// Takes in a receipt that is durable, with its first page marked.
    pub(crate) fn open(&self, window: Window) {
        let mut held = self.lock();
        held.count += 1;
        held.open
            .entry(window.reader.clone())
            .or_default()
            .push(window);
    }

    /// Takes out what is to be closed by now.
    pub(crate) fn expire(&self, now: Instant, settings: WindowSettings) -> Vec<Window> {
        let mut held = self.lock();
        let mut expired = std::mem::take(&mut held.ended);
        for windows in held.open.values_mut() {
            expired.extend(windows.extract_if(.., |window| {
                now.micros().saturating_sub(window.last.micros()) >= settings.idle
                    || now.micros().saturating_sub(window.opened.micros()) >= settings.longest
            }));
        }
        held.open.retain(|_, windows| !windows.is_empty());
        held.count = held.open.values().map(Vec::len).sum();
        expired.sort_by_key(|window| window.receipt);
        expired
    }

    /// Takes out everything.
    pub(crate) fn drain(&self) -> Vec<Window> {
        let mut held = self.lock();
        let mut all = std::mem::take(&mut held.ended);
        all.extend(held.open.drain().flat_map(|(_, windows)| windows));
        held.count = 0;
        all.sort_by_key(|window| window.receipt);
        all
    }

    /// Takes back what could not be closed; nothing is sent under it any more.
    pub(crate) fn take_back(&self, windows: Vec<Window>) {
        self.lock().ended.extend(windows);
    }

    /// Whether a record was sent under an open receipt; none if that receipt is not known here.
    pub(crate) fn has_sent(&self, receipt: EntryNumber, record: RecordNumber) -> Option<bool> {
        let held = self.lock();
        held.open
            .values()
            .flatten()
            .chain(&held.ended)
            .find(|window| window.receipt == receipt)
            .map(|window| window.has_sent(record))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use legation_core::act::Places;

    use super::*;

    fn window(places: &[(i64, u32)]) -> (Window, Vec<Run>) {
        let runs: Vec<Run> = places
            .iter()
            .enumerate()
            .map(|(place, (date, record))| Run {
                date: *date,
                record: *record,
                length: 1,
                place: place as u32,
            })
            .collect();
        let reader = Reader {
            actor: Actor::Office,
            area: "cyber".parse().unwrap(),
            extent: Extent::Bodies,
            filter: String::new(),
        };
        let at = Instant::from_micros(0);
        let party = "JPN".parse().unwrap();
        let mut window = Window::new(reader, party, EntryNumber(1), (0, 0), &[], at);
        window.runs = runs.clone();
        (window, runs)
    }

    #[test]
    fn what_is_marked_is_told_and_nothing_else() {
        let all: Vec<(i64, u32)> = (0..60_i64)
            .map(|n| (n * 7 % 3 + n * 10, 1000 - n as u32))
            .collect();
        let (mut window, _) = window(&all);
        let mut marked = BTreeSet::new();
        for (first, last) in [
            (10, 12),
            (0, 3),
            (30, 59),
            (13, 20),
            (4, 9),
            (25, 26),
            (1, 2),
        ] {
            window.put(vec![(first, last)]);
            marked.extend(first..=last);
            let Act::Close(closing) = window.closing() else {
                unreachable!()
            };
            assert_eq!(closing.sent, Places::of(marked.iter().copied()));
            for (place, (_, record)) in all.iter().enumerate() {
                let told = window.has_sent(RecordNumber(*record));
                assert_eq!(told, marked.contains(&(place as u64)), "{place}");
            }
        }
        assert_eq!(window.sent, [(0, 20), (25, 26), (30, 59)]);
    }

    #[test]
    fn what_is_held_back_is_not_sent_under_an_earlier_receipt() {
        let all: Vec<(i64, u32)> = (0..40).map(|n| (n * 10, 100 + 2 * n as u32)).collect();
        let windows = Windows::default();
        let (mut first, _) = window(&all);
        first.put(vec![(0, 4)]);
        windows.open(first);
        for records in [&[][..], &[99], &[101, 103], &[180]] {
            let records: Vec<RecordNumber> = records.iter().copied().map(RecordNumber).collect();
            windows.hold_back(&records);
            assert_eq!(windows.lock().count, 1, "{records:?}");
        }
        windows.hold_back(&[RecordNumber(7), RecordNumber(178)]);
        assert_eq!(windows.lock().count, 0);
        // What it has sent is known until it is closed.
        let told = |record| windows.has_sent(EntryNumber(1), RecordNumber(record));
        assert_eq!([told(108), told(110)], [Some(true), Some(false)]);
        assert_eq!(windows.drain().len(), 1);
    }
}
