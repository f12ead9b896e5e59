//! What was released to whom: the receipts, by party and area.
//!
//! The ledger knows places in views, not records: which record stands at a place, the views know.

use std::collections::{BTreeMap, HashMap};

use crate::act::{Actor, Basis, Closing, Entry, Extent, Receipt};
use crate::id::{AreaName, EntryNumber};
use crate::state::PartyIndex;
use crate::state::book::{Book, Row, Run, Said};
use crate::time::Instant;

/// A receipt as the ledger keeps it. Which records it names is told by
/// [`crate::view::Fold::released_under`].
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// The entry that says it.
    pub entry: EntryNumber,
    /// When.
    pub at: Instant,
    /// Client or person.
    pub actor: &'a Actor,
    /// Of which area.
    pub area: &'a AreaName,
    /// Under which agreements.
    pub agreements: &'a [Basis],
    /// What of the records went.
    pub extent: Extent,
    /// Whether it was written ahead and is not closed yet: then it names at least what was sent,
    /// otherwise exactly that.
    pub ahead: bool,
    pub(crate) row: Row,
}

/// Who asked, and on which agreements the view rested: few pairs for very many receipts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ground {
    pub(crate) actor: Actor,
    pub(crate) agreements: Box<[Basis]>,
}

/// The receipts of all parties.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) grounds: Vec<Ground>,
    by_ground: HashMap<Ground, u32>,
    // By party.
    pub(crate) books: Vec<BTreeMap<AreaName, Book>>,
}

impl Ledger {
    /// Adds a receipt that names those places of its party's view.
    pub(crate) fn add(
        &mut self,
        party: PartyIndex,
        entry: &Entry,
        receipt: &Receipt,
        runs: &[Run],
    ) {
        let ground = self.ground(Ground {
            actor: entry.actor.clone(),
            agreements: receipt.agreements.clone().into(),
        });
        let said = Said {
            entry: entry.number,
            at: entry.at,
            ground,
            extent: receipt.extent,
            ahead: receipt.ahead,
        };
        self.book_mut(party, &receipt.area).add(said, runs);
    }

    /// The number of a ground, new if need be.
    pub(crate) fn ground(&mut self, ground: Ground) -> u32 {
        if let Some(known) = self.by_ground.get(&ground) {
            return *known;
        }
        let number = self.grounds.len() as u32;
        self.grounds.push(ground.clone());
        self.by_ground.insert(ground, number);
        number
    }

    /// The book of a party in an area, new if need be.
    pub(crate) fn book_mut(&mut self, party: PartyIndex, area: &AreaName) -> &mut Book {
        self.books_mut(party).entry(area.clone()).or_default()
    }

    /// The books of a party, to be added to.
    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: the list is made long enough just before"
    )]
    pub(crate) fn books_mut(&mut self, party: PartyIndex) -> &mut BTreeMap<AreaName, Book> {
        let place = party.0 as usize;
        if self.books.len() <= place {
            self.books.resize_with(place + 1, BTreeMap::new);
        }
        &mut self.books[place]
    }

    /// The books of a party, by area.
    pub(crate) fn books(&self, party: PartyIndex) -> impl Iterator<Item = (&AreaName, &Book)> {
        self.books.get(party.0 as usize).into_iter().flatten()
    }

    /// The book of a party in an area, if it has one.
    pub(crate) fn book(&self, party: PartyIndex, area: &AreaName) -> Option<(&AreaName, &Book)> {
        self.books.get(party.0 as usize)?.get_key_value(area)
    }

    /// Narrows a receipt that was written ahead to what was sent; whether there was one.
    pub(crate) fn close(&mut self, party: PartyIndex, closing: &Closing) -> bool {
        let books = self.books.get_mut(party.0 as usize);
        books.is_some_and(|books| {
            let mut books = books.values_mut();
            books.any(|book| book.close(closing.receipt, &closing.sent))
        })
    }

    /// A receipt in words.
    pub(crate) fn release<'a>(&'a self, area: &'a AreaName, row: &Row) -> Option<Release<'a>> {
        let ground = self.grounds.get(row.ground as usize)?;
        Some(Release {
            entry: row.entry(),
            at: row.at(),
            actor: &ground.actor,
            area,
            agreements: &ground.agreements,
            extent: row.extent(),
            ahead: row.is_ahead(),
            row: *row,
        })
    }
}
