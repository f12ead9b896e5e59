//! Reading: a page of the caller's view, with its receipt written before a byte leaves.
//!
//! The flow. The page is cut from the view under a read lock; the receipt names exactly its
//! records and goes through the writer, which refuses it if anything was lost to the party since
//! the page was cut; then it is cut again. Only when the receipt is durable are the bytes handed
//! out, together with a [`Guard`] that says, chunk by chunk, whether they may still go.

use std::sync::Arc;

use legation_core::act::{Act, DateSet, Extent, Receipt};
use legation_core::gate::Cleared;
use legation_core::id::{AreaName, PartyCode};
use legation_core::time::Instant;
use legation_core::view::{Fold, Page, Query};

use crate::admit::Caller;
use crate::dice::uuid_v4;
use crate::error::{EngineError, Fault};
use crate::file::may_file;
use crate::office::Office;
use crate::writer::Plan;

/// An area as a caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// An UUID made of office and area.
    pub id: [u8; 16],
    /// The area.
    pub area: AreaName,
    /// Its title.
    pub title: String,
    /// Whether the caller may read.
    pub can_read: bool,
    /// Whether the caller may file.
    pub can_write: bool,
}

/// One object of a page.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its id.
    pub id: String,
    /// Its version; none where its kind has none.
    pub version: Option<Instant>,
    /// Its date added in the caller's view.
    pub date: Instant,
    /// Its bytes, where they were asked for.
    pub bytes: Option<Arc<[u8]>>,
}

/// A page that may be sent.
#[derive(Debug)]
pub struct Reading {
    /// The objects, oldest date first, each cleared by the gate.
    pub objects: Vec<Cleared<Object>>,
    /// Whether more follows.
    pub more: bool,
    /// Up to which date the pages after it reach.
    pub until: Option<Instant>,
    /// Whether the page may still be sent.
    pub guard: Guard,
}

/// Says whether what was cleared is cleared still.
#[derive(Clone)]
pub struct Guard {
    office: Office,
    party: PartyCode,
    losses: u64,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard")
            .field("party", &self.party)
            .finish_non_exhaustive()
    }
}

impl Guard {
    /// Whether nothing has been lost to the party since the page was cut.
    pub fn holds(&self) -> bool {
        self.office
            .look()
            .is_ok_and(|fold| fold.losses(&self.party) == self.losses)
    }
}

/// How often a page is cut anew because something was lost meanwhile, before the office gives up:
/// more often than agreements can end while one page is written.
const ATTEMPTS: usize = 32;

fn title(area: &AreaName) -> String {
    let mut letters = area.as_str().chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

fn collection(fold: &Fold, caller: &Caller, area: &AreaName) -> Option<Collection> {
    let state = fold.state();
    let party = state.find_party(&caller.party)?;
    let host = party.code == state.host().code;
    let takes = state
        .standing(party, fold.clock())
        .taking
        .iter()
        .any(|(_, version)| version.document.take.iter().any(|take| take.area == *area));
    let filed = state.has_filed(&party.code, area);
    let can_write = may_file(fold, caller, area);
    let can_read = host || takes || filed;
    (can_read || can_write).then(|| Collection {
        id: collection_id(&state.seed, area),
        area: area.clone(),
        title: title(area),
        can_read,
        can_write,
    })
}

fn collection_id(seed: &[u8; 16], area: &AreaName) -> [u8; 16] {
    use sha2::Digest as _;
    let mut hash = sha2::Sha256::new();
    hash.update(b"legation collection v1\0");
    hash.update(seed);
    hash.update(area.as_str().as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut id = [0; 16];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    uuid_v4(id)
}

impl Office {
    /// The collections that a caller's agreement opens, or into which its party has filed.
    ///
    /// # Errors
    /// When the office broke down.
    pub fn collections(&self, caller: &Caller) -> Result<Vec<Collection>, EngineError> {
        let fold = self.look()?;
        let areas = fold.state().areas();
        Ok(areas
            .iter()
            .filter_map(|area| collection(&fold, caller, area))
            .collect())
    }

    /// One collection, by its id or by its area's name.
    ///
    /// # Errors
    /// When there is none that the caller may know of.
    pub fn collection(&self, caller: &Caller, name: &str) -> Result<Collection, EngineError> {
        let fold = self.look()?;
        let areas = fold.state().areas();
        let id = parse_uuid(name);
        areas
            .iter()
            .filter(|area| {
                area.as_str() == name
                    || id.is_some_and(|id| id == collection_id(&fold.state().seed, area))
            })
            .find_map(|area| collection(&fold, caller, area))
            .ok_or_else(EngineError::not_found)
    }

    /// Reads a page of the caller's view of an area. `filter` is what was asked for, in words, and
    /// goes into the receipt.
    ///
    /// # Errors
    /// When the caller may not read the area, or the receipt cannot be written.
    pub async fn read(
        &self,
        caller: &Caller,
        area: &AreaName,
        query: &Query,
        extent: Extent,
        filter: &str,
    ) -> Result<Reading, EngineError> {
        for _ in 0..ATTEMPTS {
            let Cut {
                page,
                losses,
                receipt,
            } = self.cut(caller, area, query, extent, filter)?;
            let guard = Guard {
                office: self.clone(),
                party: caller.party.clone(),
                losses,
            };
            let Some(receipt) = receipt else {
                let Page { more, until, .. } = page;
                return Ok(Reading {
                    objects: Vec::new(),
                    more,
                    until,
                    guard,
                });
            };
            if self.release(caller, receipt, losses).await? {
                return self.load(page, extent, guard);
            }
        }
        let text = "agreements change faster than a page can be written; try again shortly";
        Err(EngineError::new(
            Fault::Unavailable,
            "engine.unsteady",
            text,
        ))
    }

    fn cut(
        &self,
        caller: &Caller,
        area: &AreaName,
        query: &Query,
        extent: Extent,
        filter: &str,
    ) -> Result<Cut, EngineError> {
        let fold = self.look()?;
        if !collection(&fold, caller, area).is_some_and(|collection| collection.can_read) {
            return Err(EngineError::not_found());
        }
        let page = fold.page(&caller.party, area, query);
        let state = fold.state();
        let party = state
            .find_party(&caller.party)
            .ok_or_else(EngineError::not_found)?;
        let receipt = page
            .items
            .first()
            .zip(page.items.last())
            .map(|(first, last)| Receipt {
                party: caller.party.clone(),
                area: area.clone(),
                filter: filter.to_owned(),
                agreements: state.basis(party, fold.clock()),
                first: first.date,
                last: last.date,
                dates: DateSet::of(page.items.iter().map(|item| item.date)),
                extent,
                ahead: false,
            });
        Ok(Cut {
            losses: fold.losses(&caller.party),
            page,
            receipt,
        })
    }

    /// Writes a receipt; answers whether it was still true when its turn came.
    async fn release(
        &self,
        caller: &Caller,
        receipt: Receipt,
        losses: u64,
    ) -> Result<bool, EngineError> {
        let party = caller.party.clone();
        let job = self.desk.submit(&caller.actor, false, move |fold, _| {
            let holds = fold.losses(&party) == losses;
            let acts = if holds {
                vec![Act::Release(receipt)]
            } else {
                Vec::new()
            };
            Ok((
                Plan {
                    acts,
                    ..Plan::default()
                },
                holds,
            ))
        });
        Ok(job.await?.1)
    }

    fn load(&self, page: Page, extent: Extent, guard: Guard) -> Result<Reading, EngineError> {
        let Page { items, more, until } = page;
        let (numbers, heads): (Vec<_>, Vec<_>) = {
            let fold = self.look()?;
            let state = fold.state();
            items
                .iter()
                .filter_map(|item| {
                    // Without a place of its own a record has no bytes; never those of another.
                    let body = state.record_body(*item.record.get())?;
                    let head = item.record.load(|record| Object {
                        id: state.record_id(record).to_owned(),
                        version: state.record_version(record),
                        date: item.date,
                        bytes: None,
                    });
                    Some((body, head))
                })
                .unzip()
        };
        if extent == Extent::Heads {
            return Ok(Reading {
                objects: heads,
                more,
                until,
                guard,
            });
        }
        let mut bodies: Vec<Option<Arc<[u8]>>> = vec![None; numbers.len()];
        self.journal.bodies(&numbers, &mut |place, bytes| {
            if let Some(slot) = bodies.get_mut(place) {
                *slot = bytes.map(Arc::from);
            }
        })?;
        // What was erased since the page was cut has no bytes, and goes no more.
        let objects = heads
            .into_iter()
            .zip(bodies)
            .filter_map(|(head, bytes)| {
                let bytes = bytes?;
                Some(head.load(|head| Object {
                    bytes: Some(bytes),
                    ..head
                }))
            })
            .collect();
        Ok(Reading {
            objects,
            more,
            until,
            guard,
        })
    }
}

/// A page as it was cut, with the receipt that it needs.
struct Cut {
    page: Page,
    losses: u64,
    receipt: Option<Receipt>,
}

/// The 16 bytes of an UUID in its text form (RFC 9562 section 4).
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let dashes = [8, 13, 18, 23];
    if text.len() != 36
        || dashes
            .iter()
            .any(|&at| text.as_bytes().get(at) != Some(&b'-'))
    {
        return None;
    }
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let mut id = [0; 16];
    for (place, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(id)
}
