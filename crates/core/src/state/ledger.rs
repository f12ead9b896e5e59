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
    // By area and party. The books of an area lie side by side, for whoever asks all of them.
    pub(crate) books: BTreeMap<AreaName, Vec<Book>>,
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
    #[expect(
        clippy::indexing_slicing,
        reason = "INVARIANT: the list is made long enough just before"
    )]
    fn book_mut(&mut self, party: PartyIndex, area: &AreaName) -> &mut Book {
        let books = self.books.entry(area.clone()).or_default();
        let place = party.0 as usize;
        if books.len() <= place {
            books.resize_with(place + 1, Book::default);
        }
        &mut books[place]
    }

    /// The books of a party, by area.
    pub(crate) fn books(&self, party: PartyIndex) -> impl Iterator<Item = (&AreaName, &Book)> {
        let place = party.0 as usize;
        let books = self.books.iter();
        books.filter_map(move |(area, books)| Some((area, books.get(place)?)))
    }

    /// The books of all parties in an area, by party as far as any has one.
    pub(crate) fn books_in(&self, area: &AreaName) -> Option<(&AreaName, &[Book])> {
        let (area, books) = self.books.get_key_value(area)?;
        Some((area, books))
    }

    /// Narrows a receipt that was written ahead to what was sent; whether there was one.
    pub(crate) fn close(&mut self, party: PartyIndex, closing: &Closing) -> bool {
        let place = party.0 as usize;
        let mut books = self.books.values_mut();
        books.any(|books| {
            let book = books.get_mut(place);
            book.is_some_and(|book| book.close(closing.receipt, &closing.sent))
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
