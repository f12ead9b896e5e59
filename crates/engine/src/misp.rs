//! A party's view of an area as a MISP feed.
//!
//! The flow. [`Office::draft_feed`] makes the files of what the view holds, in memory; nothing of it
//! may leave yet. [`Office::release_feed`] writes a receipt of exactly the records that one file
//! tells of, and hands that file out when it is durable, unless the party lost anything meanwhile;
//! then there is a new draft to be made. Drafts that were made lately are kept: a subscriber asks for
//! the manifest first and then for one event after the other.
//!
//! How a record becomes part of a feed is not known here (`formats`).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use legation_core::act::Extent;
use legation_core::gate::Cleared;
use legation_core::id::{AreaName, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Item, Query, Versions};
use legation_formats::misp::{Feed, Held, Publisher};
use legation_stix::envelope::{self, Shape};

use crate::admit::{Caller, staff};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::read::{Guard, receipt};

/// The most records that a feed is made of: the newest of the view. A feed is fetched whole, and
/// MISP itself asks no more of one event than some ten thousand attributes.
pub const FEED_RECORDS: usize = 20_000;

/// The most bytes of records that a feed is made of, 64 MiB: its files take about as much again.
const FEED_BYTES: usize = 64 * 1024 * 1024;

/// The most bytes of drafts that are kept.
const KEPT_BYTES: usize = 64 * 1024 * 1024;

/// Bodies read between two looks at the fold.
const AT_ONCE: usize = 1000;

/// A kind that a feed leaves out: a file's own bytes would be MISP's attachments, and what MISP had
/// before is MISP's already.
const LEFT_OUT: &str = "artifact";

/// Which file of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the files that a feed has")]
pub enum FeedFile {
    /// `manifest.json`
    Manifest,
    /// `hashes.csv`
    Hashes,
    /// `<uuid>.json`
    Event(String),
    /// All of them.
    Whole,
}

/// A feed that was made and not released.
#[derive(Debug)]
pub struct FeedDraft {
    area: AreaName,
    made: Arc<Made>,
    losses: u64,
}

/// A file that may be sent.
#[derive(Debug)]
pub struct FeedRelease {
    /// The files, by their names.
    pub files: Cleared<Vec<(String, Bytes)>>,
    /// Whether they may still be sent.
    pub guard: Guard,
}

/// A feed, with the records that it is made of.
#[derive(Debug)]
struct Made {
    items: Vec<Item>,
    feed: Feed,
    weight: usize,
}

/// What a draft was made of, as far as one can tell without making it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Basis {
    party: PartyCode,
    area: AreaName,
    terms: u64,
    items: Vec<Item>,
}

/// Drafts that were made lately.
#[derive(Debug, Default)]
pub(crate) struct Feeds {
    /// Held while one is made: many at once would take as many times the memory.
    turn: Mutex<()>,
    kept: Mutex<Vec<(Basis, Arc<Made>)>>,
}

impl Feeds {
    fn lock(&self) -> MutexGuard<'_, Vec<(Basis, Arc<Made>)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, basis: &Basis) -> Option<Arc<Made>> {
        let kept = self.lock();
        let found = kept.iter().find(|(known, _)| known == basis);
        found.map(|(_, made)| Arc::clone(made))
    }

    fn keep(&self, basis: Basis, made: &Arc<Made>) {
        let mut kept = self.lock();
        kept.retain(|(known, _)| known.party != basis.party || known.area != basis.area);
        kept.push((basis, Arc::clone(made)));
        let mut weight: usize = kept.iter().map(|(_, made)| made.weight).sum();
        while weight > KEPT_BYTES && !kept.is_empty() {
            let (_, oldest) = kept.remove(0);
            weight -= oldest.weight;
        }
    }

    /// Forgets everything: something was erased.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}

impl Office {
    /// Whoever reads in place of a party, for the office's own people: what is released to it is
    /// that party's, and the receipt says who did it.
    ///
    /// # Errors
    /// When the caller does not work at the office, or there is no such party.
    pub fn stand_in(&self, caller: &Caller, party: &PartyCode) -> Result<Caller, EngineError> {
        staff(caller)?;
        if self.look()?.state().find_party(party).is_none() {
            return Err(EngineError::not_found());
        }
        Ok(Caller {
            party: party.clone(),
            ..caller.clone()
        })
    }

    /// Makes the feed of the caller's view of an area. It reads and writes much: not on a thread
    /// that others wait for.
    ///
    /// Where a feed is subscribed to (`settled`), what became visible within the current second is
    /// left to the next time: an event's timestamp counts seconds, and one that changes within its
    /// second would look the same as before.
    ///
    /// # Errors
    /// When the caller may not read the area, or the journal cannot be read.
    pub fn draft_feed(
        &self,
        caller: &Caller,
        area: &AreaName,
        settled: bool,
    ) -> Result<FeedDraft, EngineError> {
        let terms = self.terms()?;
        let collections = self.collections(caller)?;
        let found = collections.iter().find(|one| one.area == *area);
        if !found.is_some_and(|one| one.can_read) {
            return Err(EngineError::not_found());
        }
        let second = self.clock.now().micros().div_euclid(1_000_000);
        let (items, losses, name) = {
            let fold = self.look()?;
            let state = fold.state();
            let query = Query {
                after: None,
                until: None,
                ids: None,
                kinds: None,
                versions: Versions::default(),
                limit: usize::MAX,
            };
            let mut items = fold.page(&caller.party, area, &query).items;
            items.retain(|item| {
                let label = state.record_label(*item.record.get());
                let is_taken = label.is_some_and(|label| label.kind.as_str() != LEFT_OUT);
                is_taken && (!settled || item.date.micros().div_euclid(1_000_000) < second)
            });
            items.drain(..items.len().saturating_sub(FEED_RECORDS));
            let name = format!("{} ({})", state.host().code, state.office);
            (items, fold.losses(&caller.party), name)
        };
        let basis = Basis {
            party: caller.party.clone(),
            area: area.clone(),
            terms,
            items,
        };
        let made = match self.feeds.find(&basis) {
            Some(made) => made,
            None => {
                let turn = self.feeds.turn.lock();
                let _turn = turn.unwrap_or_else(PoisonError::into_inner);
                match self.feeds.find(&basis) {
                    Some(made) => made,
                    None => {
                        let made = Arc::new(self.make_feed(&basis, name)?);
                        self.feeds.keep(basis, &made);
                        made
                    }
                }
            }
        };
        let area = area.clone();
        Ok(FeedDraft { area, made, losses })
    }

    fn make_feed(&self, basis: &Basis, name: String) -> Result<Made, EngineError> {
        // From the newest back, as long as there is room.
        let (mut parts, mut weight) = (Vec::new(), 0);
        for chunk in basis.items.rchunks(AT_ONCE) {
            let part = self.gather_feed(&basis.party, chunk)?;
            weight += part.iter().map(|(_, bytes)| bytes.len()).sum::<usize>();
            if weight > FEED_BYTES && !parts.is_empty() {
                break;
            }
            parts.push(part);
        }
        let pairs: Vec<(Item, Bytes)> = parts.into_iter().rev().flatten().collect();
        let held: Vec<Held<'_>> = pairs
            .iter()
            .map(|(item, bytes)| Held {
                date: item.date,
                bytes,
            })
            .collect();
        let mut seed = [0; 16];
        let derived = self.derive("misp publisher");
        seed.iter_mut()
            .zip(derived)
            .for_each(|(to, from)| *to = from);
        let area = basis.area.as_str().to_owned();
        let publisher = Publisher { name, seed, area };
        let feed = Feed::build(&publisher, &held)
            .map_err(|error| EngineError::internal(error.code(), error))?;
        let files = feed
            .events
            .iter()
            .map(|event| event.bytes.len() + event.hashes.len() * 33);
        let weight = files.sum::<usize>() + pairs.len() * size_of::<Item>();
        let items = pairs.into_iter().map(|(item, _)| item).collect();
        Ok(Made {
            items,
            feed,
            weight,
        })
    }

    /// The bytes of some items, as the party is shown them; what has none any more is left out.
    fn gather_feed(
        &self,
        party: &PartyCode,
        items: &[Item],
    ) -> Result<Vec<(Item, Bytes)>, EngineError> {
        let mut reading = self.peek(party, items)?;
        let mut known: HashMap<(String, Option<Instant>), Item> = HashMap::new();
        for (item, object) in items.iter().zip(&reading.objects) {
            let object = object.get();
            known.insert((object.id.clone(), object.version), *item);
        }
        let sheaf = self.load(&mut reading)?;
        let body = [&b"{\"objects\":["[..], &sheaf.get().bytes, b"]}"].concat();
        let body = Bytes::from(body);
        let split = envelope::split_heads(&body, Shape::Envelope, items.len());
        let (split, heads) = split.map_err(|error| EngineError::internal(error.code(), error))?;
        let mut found = Vec::with_capacity(items.len());
        for (bytes, head) in split.objects.iter().zip(heads) {
            let Ok(head) = head else {
                continue;
            };
            let version = head.version().map(|at| Instant::from_micros(at.micros()));
            if let Some(item) = known.get(&(head.id.as_str().to_owned(), version)) {
                found.push((*item, body.slice_ref(bytes)));
            }
        }
        Ok(found)
    }

    /// Writes the receipt of one file of a feed and hands it out; where only its head is wanted
    /// (`extent`), the receipt says so, and no bytes may go. None if the party has lost
    /// anything since the draft was made: then it is to be made again.
    ///
    /// # Errors
    /// When there is no such file in the feed, or the receipt cannot be written.
    pub async fn release_feed(
        &self,
        caller: &Caller,
        draft: &FeedDraft,
        file: &FeedFile,
        extent: Extent,
    ) -> Result<Option<FeedRelease>, EngineError> {
        let FeedDraft { area, made, losses } = draft;
        let feed = &made.feed;
        let manifest = || ("manifest.json".to_owned(), Bytes::from(feed.manifest()));
        let hashes = || ("hashes.csv".to_owned(), Bytes::from(feed.hashes()));
        let event = |event: &legation_formats::misp::FeedEvent| {
            (
                format!("{}.json", event.uuid),
                Bytes::from(event.bytes.clone()),
            )
        };
        let all = || {
            feed.events
                .iter()
                .flat_map(|event| event.places.iter().copied())
        };
        // The manifest names what there is; of what an event is named after it tells the name.
        let (files, heads, bodies): (_, Vec<usize>, Vec<usize>) = match file {
            FeedFile::Manifest => {
                let named = feed.events.iter().filter_map(|event| event.named_by);
                (vec![manifest()], all().collect(), named.collect())
            }
            FeedFile::Hashes => (vec![hashes()], Vec::new(), all().collect()),
            FeedFile::Event(uuid) => {
                let one = feed.find(uuid).ok_or_else(EngineError::not_found)?;
                (vec![event(one)], Vec::new(), one.places.clone())
            }
            FeedFile::Whole => {
                let mut files = vec![manifest(), hashes()];
                files.extend(feed.events.iter().map(event));
                (files, Vec::new(), all().collect())
            }
        };
        let filter = match file {
            FeedFile::Whole => "misp=export".to_owned(),
            FeedFile::Manifest | FeedFile::Hashes | FeedFile::Event(_) => {
                let name = files.first().map(|(name, _)| name.as_str());
                format!("misp={}", name.unwrap_or_default())
            }
        };
        let mut receipts = Vec::new();
        let mut released: Vec<Cleared<RecordNumber>> = Vec::new();
        {
            let fold = self.look()?;
            for (extent, mut places) in [(Extent::Heads, heads), (extent, bodies)] {
                places.sort_unstable();
                places.dedup();
                let items = places
                    .iter()
                    .filter_map(|place| made.items.get(*place))
                    .copied();
                let items: Vec<Item> = items.collect();
                released.extend(items.iter().map(|item| item.record));
                receipts.extend(receipt(&fold, caller, area, &filter, extent, &items));
            }
        }
        if !receipts.is_empty() && self.release(caller, receipts, *losses).await?.is_none() {
            return Ok(None);
        }
        Ok(Some(FeedRelease {
            files: Cleared::all(released).load(|_| files),
            guard: self.guard(&caller.party, *losses),
        }))
    }

    /// What is told to whoever waits in vain for agreements to stand still.
    ///
    /// # Errors
    /// Always: it is the error.
    pub fn unsteady(&self) -> EngineError {
        let text = "agreements change faster than a feed can be made; try again shortly";
        EngineError::new(Fault::Unavailable, "engine.unsteady", text)
    }
}
