//! Reading: a page of the caller's view, with its receipt written before a byte leaves.
//!
//! The flow. The page is cut from the view under a read lock. The receipt names exactly its records
//! and goes through the writer, which refuses it if anything was lost to the party since the page
//! was cut; then it is cut again. A reader that goes on from a page has its receipt written ahead
//! (`window`), and the pages that it covers wait for no disk. Only when the receipt is durable are
//! the bytes handed out, together with a [`Guard`] that says, write by write, whether they may
//! still go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use legation_core::act::{Act, DateSet, Extent, Receipt};
use legation_core::gate::Cleared;
use legation_core::id::{AreaName, BodyNumber, PartyCode, RecordNumber};
use legation_core::time::Instant;
use legation_core::view::{Fold, Item, Page, Query};

use crate::admit::{Caller, Credential};
use crate::error::{EngineError, Fault};
use crate::office::Office;
use crate::sheaf::{Miss, Sheaf};
use crate::window::{AHEAD_MAX, Reader, Window};
use crate::writer::{Committed, Company, Plan};

/// One object of a page, without its bytes.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its id.
    pub id: String,
    /// Its version; none where its kind has none.
    pub version: Option<Instant>,
    /// Its date added in the caller's view.
    pub date: Instant,
}

/// A page that may be sent.
#[derive(Debug)]
pub struct Reading {
    /// The records, oldest date first, each cleared by the gate.
    pub items: Vec<Item>,
    /// The same with their ids and versions, where heads were asked for.
    pub objects: Vec<Cleared<Object>>,
    /// Whether more follows.
    pub more: bool,
    /// Up to which date the pages after it reach.
    pub until: Option<Instant>,
    /// Whether the page may still be sent.
    pub guard: Guard,
    stock: Stock,
}

/// Where the bytes of a page are.
#[derive(Debug)]
enum Stock {
    /// Nothing was asked for, or there is nothing.
    Nothing,
    /// They were read lately.
    Held(Cleared<Sheaf>),
    /// In the journal.
    Kept(Cleared<Vec<BodyNumber>>, Miss),
    /// In the journal, and some of it has to be derived for the party.
    Derived(Cleared<Vec<RecordNumber>>, PartyCode),
}

impl Reading {
    /// The same page, to be taken to another thread; what stays behind has no bytes.
    pub fn take(&mut self) -> Self {
        Self {
            items: Vec::new(),
            objects: Vec::new(),
            more: self.more,
            until: self.until,
            guard: self.guard.clone(),
            stock: std::mem::replace(&mut self.stock, Stock::Nothing),
        }
    }

    /// Whether the bytes are at hand, so that [`Office::load`] does not go to the disk.
    pub fn is_at_hand(&self) -> bool {
        !matches!(self.stock, Stock::Kept(..) | Stock::Derived(..))
    }
}

/// Says whether what was cleared is cleared still.
#[derive(Clone)]
pub struct Guard {
    office: Office,
    hold: Hold,
}

/// On what it rests.
#[derive(Clone)]
enum Hold {
    /// That nothing was lost to the party since the page was cut.
    View { losses: Arc<AtomicU64>, seen: u64 },
    /// That whoever asked may still come in with what it showed.
    Account(Arc<(Caller, Credential)>),
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").finish_non_exhaustive()
    }
}

impl Guard {
    /// A guard that holds as long as the caller may come in with what it showed.
    pub(crate) fn of_account(office: &Office, caller: Caller, credential: Credential) -> Self {
        Self {
            office: office.clone(),
            hold: Hold::Account(Arc::new((caller, credential))),
        }
    }

    /// Whether nothing has been lost to the party since the page was cut; for what lasts, whether
    /// its reader may still come in.
    pub fn holds(&self) -> bool {
        match &self.hold {
            Hold::View { losses, seen } => {
                self.office.terms().is_ok() && losses.load(Ordering::Acquire) == *seen
            }
            Hold::Account(of) => self.office.stands(&of.0, &of.1),
        }
    }
}

/// How often a page is cut anew because something was lost meanwhile, before the office gives up:
/// more often than agreements can end while one page is written.
const ATTEMPTS: usize = 32;

/// A page as it was cut, with the receipt that it needs.
struct Cut {
    page: Page,
    objects: Vec<Cleared<Object>>,
    bodies: Option<Cleared<Vec<BodyNumber>>>,
    /// Whether some of the bodies have to be derived for the party.
    derived: bool,
    losses: u64,
    terms: u64,
    receipt: Option<Due>,
}

/// A receipt that is to be written; and all that it names, if it is written ahead.
struct Due {
    receipt: Receipt,
    ahead: Vec<Item>,
}

impl Office {
    /// Reads a page of the caller's view of an area. `filter` is what was asked for, in words, and
    /// goes into the receipt. What goes on from a page says so by `until`.
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
            let mut cut = self.cut(caller, area, query, extent, filter)?;
            if let Some(due) = cut.receipt.take() {
                match self.release(caller, vec![due.receipt], cut.losses).await? {
                    None => continue,
                    Some(committed) if !due.ahead.is_empty() => {
                        let reader = reader(caller, area, extent, filter);
                        let party = caller.party.clone();
                        let held = (cut.losses, cut.terms);
                        let (entry, at) = (committed.entry, committed.at);
                        let mut window = Window::new(reader, party, entry, held, &due.ahead, at);
                        window.mark(&cut.page.items, at);
                        self.windows.open(window);
                    }
                    Some(_) => {}
                }
            }
            return Ok(self.hand_out(&caller.party, cut));
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
        let readable = |office: &Self| {
            let collections = office.collections(caller)?;
            let found = collections.iter().find(|one| one.area == *area);
            Ok::<_, EngineError>(found.is_some_and(|one| one.can_read))
        };
        // Read before the fold is: a receipt that is open is never taken for newer than it is.
        let terms = self.terms()?;
        if !readable(self)? {
            return Err(EngineError::not_found());
        }
        let fold = self.look()?;
        let page = fold.page(&caller.party, area, query);
        let mut cut = Cut {
            objects: Vec::new(),
            bodies: None,
            derived: false,
            losses: fold.losses(&caller.party),
            terms,
            receipt: None,
            page,
        };
        if cut.page.items.is_empty() {
            return Ok(cut);
        }
        match extent {
            Extent::Heads => cut.objects = heads(&fold, &caller.party, &cut.page.items),
            Extent::Bodies => {
                cut.bodies = Some(bodies(&fold, &cut.page.items));
                cut.derived = fold.derives(&caller.party);
            }
        }
        let goes_on = query.until.is_some() && self.window.pages > 0;
        if goes_on {
            let reader = reader(caller, area, extent, filter);
            let now = self.clock.now();
            let items = &cut.page.items;
            if self.windows.cover(&reader, items, (cut.losses, terms), now) {
                return Ok(cut);
            }
        }
        let mut ahead = Vec::new();
        if goes_on && cut.page.more && self.windows.has_room() {
            let limit = query.limit.saturating_mul(self.window.pages);
            let query = Query {
                limit: limit.min(AHEAD_MAX).max(query.limit),
                ..query.clone()
            };
            ahead = fold.page(&caller.party, area, &query).items;
        }
        let items = if ahead.is_empty() {
            &cut.page.items
        } else {
            &ahead
        };
        let receipt = receipt(&fold, caller, area, filter, extent, items);
        cut.receipt = receipt.map(|receipt| Due {
            receipt: Receipt {
                ahead: !ahead.is_empty(),
                ..receipt
            },
            ahead,
        });
        Ok(cut)
    }

    /// Writes receipts; answers where they stand, if they were still true when their turn came.
    pub(crate) async fn release(
        &self,
        caller: &Caller,
        receipts: Vec<Receipt>,
        losses: u64,
    ) -> Result<Option<Committed>, EngineError> {
        let party = caller.party.clone();
        let job = self
            .desk
            .submit(&caller.actor, Company::Receipt, move |fold, _| {
                let holds = fold.losses(&party) == losses;
                let acts = if holds {
                    receipts.into_iter().map(Act::Release).collect()
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
        let (committed, holds) = job.await?;
        Ok(holds.then_some(committed))
    }

    /// A guard over what was cleared when that much had been lost to the party.
    pub(crate) fn guard(&self, party: &PartyCode, losses: u64) -> Guard {
        Guard {
            office: self.clone(),
            hold: Hold::View {
                losses: self.pulse.losses(party),
                seen: losses,
            },
        }
    }

    fn hand_out(&self, party: &PartyCode, cut: Cut) -> Reading {
        let Cut {
            page: Page { items, more, until },
            objects,
            bodies,
            derived,
            losses,
            ..
        } = cut;
        let stock = match bodies {
            None => Stock::Nothing,
            Some(_) if derived => {
                let records = Cleared::all(items.iter().map(|item| item.record));
                Stock::Derived(records, party.clone())
            }
            Some(bodies) => match self.sheaves.find(bodies.get()) {
                Ok(sheaf) => Stock::Held(bodies.load(|_| sheaf)),
                Err(miss) => Stock::Kept(bodies, miss),
            },
        };
        Reading {
            items,
            objects,
            more,
            until,
            guard: self.guard(party, losses),
            stock,
        }
    }

    /// Some items of a view with their ids and, to be loaded, their bytes. No receipt says that they
    /// were released, so nothing of it may leave before one does.
    pub(crate) fn peek(&self, party: &PartyCode, items: &[Item]) -> Result<Reading, EngineError> {
        let fold = self.look()?;
        let cut = Cut {
            objects: heads(&fold, party, items),
            bodies: Some(bodies(&fold, items)),
            derived: fold.derives(party),
            losses: fold.losses(party),
            terms: 0,
            receipt: None,
            page: Page {
                items: items.to_vec(),
                ..Page::default()
            },
        };
        drop(fold);
        Ok(self.hand_out(party, cut))
    }

    /// The bytes of a page's objects. What was erased since the page was cut has none, and goes no
    /// more. It may go to the disk: [`Reading::is_at_hand`] tells.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn load(&self, reading: &mut Reading) -> Result<Cleared<Sheaf>, EngineError> {
        match std::mem::replace(&mut reading.stock, Stock::Nothing) {
            Stock::Held(sheaf) => Ok(sheaf),
            Stock::Kept(bodies, miss) => {
                let sheaf = self.gather(bodies.get())?;
                self.sheaves.keep(miss, &sheaf);
                Ok(bodies.load(|_| sheaf))
            }
            Stock::Derived(records, party) => {
                let sheaf = self.gather_derived(records.get(), &party)?;
                Ok(records.load(|_| sheaf))
            }
            Stock::Nothing => {
                let nothing: [Cleared<BodyNumber>; 0] = [];
                Ok(Cleared::all(nothing).load(|_| Sheaf::default()))
            }
        }
    }

    /// The bytes of those records as the party is shown them. What cannot be derived does not go.
    fn gather_derived(
        &self,
        records: &[RecordNumber],
        party: &PartyCode,
    ) -> Result<Sheaf, EngineError> {
        let (mut bytes, mut objects) = (Vec::new(), 0);
        for body in self.bodies_shown(party, records)?.into_iter().flatten() {
            if objects > 0 {
                bytes.push(b',');
            }
            bytes.extend_from_slice(&body);
            objects += 1;
        }
        Ok(Sheaf {
            bytes: bytes.into(),
            objects,
        })
    }

    fn gather(&self, numbers: &[BodyNumber]) -> Result<Sheaf, EngineError> {
        let mut bytes = Vec::new();
        let mut objects = 0;
        self.journal.bodies(numbers, &mut |_, body| {
            if let Some(body) = body {
                if objects > 0 {
                    bytes.push(b',');
                }
                bytes.extend_from_slice(body);
                objects += 1;
            }
        })?;
        Ok(Sheaf {
            bytes: bytes.into(),
            objects,
        })
    }
}

fn reader(caller: &Caller, area: &AreaName, extent: Extent, filter: &str) -> Reader {
    Reader {
        actor: caller.actor.clone(),
        area: area.clone(),
        extent,
        filter: filter.to_owned(),
    }
}

/// The receipt for those records of a view, in the order of their dates.
pub(crate) fn receipt(
    fold: &Fold,
    caller: &Caller,
    area: &AreaName,
    filter: &str,
    extent: Extent,
    items: &[Item],
) -> Option<Receipt> {
    let state = fold.state();
    let party = state.find_party(&caller.party)?;
    let (first, last) = items.first().zip(items.last())?;
    Some(Receipt {
        party: caller.party.clone(),
        area: area.clone(),
        filter: filter.to_owned(),
        agreements: state.basis(party, fold.clock()),
        first: first.date,
        last: last.date,
        dates: DateSet::of(items.iter().map(|item| item.date)),
        extent,
        ahead: false,
    })
}

fn heads(fold: &Fold, party: &PartyCode, items: &[Item]) -> Vec<Cleared<Object>> {
    let state = fold.state();
    items
        .iter()
        .map(|item| {
            item.record.load(|record| Object {
                id: fold.known_id(party, record),
                version: state.record_version(record),
                date: item.date,
            })
        })
        .collect()
}

/// Where the bytes of the items are. Without a place of its own a record has none; never those of
/// another.
fn bodies(fold: &Fold, items: &[Item]) -> Cleared<Vec<BodyNumber>> {
    let state = fold.state();
    Cleared::all(items.iter().map(|item| item.record)).load(|records| {
        records
            .into_iter()
            .filter_map(|record| state.record_body(record))
            .collect()
    })
}
