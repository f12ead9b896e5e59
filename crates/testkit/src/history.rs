//! A journal in memory, for tests: the entries of an office in order, without bodies or hashes.
//!
//! It numbers and dates acts and keeps them; whoever wants to know what holds folds them. Links
//! and nonces belong to the real journal and are left out.

use legation_core::act::{Act, Actor, AddParty, Entry, Open};
use legation_core::entry::GENESIS;
use legation_core::id::{EntryNumber, PartyCode};
use legation_core::party::{Status, Zone};
use legation_core::time::Instant;
use legation_core::view::Fold;

/// Everything that happened in an office, in order.
#[derive(Clone, Debug)]
pub struct History {
    entries: Vec<Entry>,
}

impl History {
    /// An office that opens at that instant, with `NATO` as its host and those house rules.
    pub fn open(at: Instant, house: &str) -> Self {
        let open = Open {
            alliance: code("NATO"),
            name: "North Atlantic Treaty Organization".into(),
            office: "Tokyo".into(),
            zone: Zone::utc(),
            seed: [7; 16],
            house: house.into(),
        };
        let mut history = Self {
            entries: Vec::new(),
        };
        history.push(at, Act::Open(open));
        history
    }

    /// Writes the next entry, and shows it.
    pub fn push(&mut self, at: Instant, act: Act) -> &Entry {
        let number = EntryNumber(self.entries.len() as u64);
        self.entries
            .push(Entry::new(number, at, Actor::Office, act, GENESIS));
        self.entries.last().unwrap()
    }

    /// Everything so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The instant of the last entry.
    pub fn at(&self) -> Instant {
        self.entries.last().unwrap().at
    }

    /// The same entries with other acts: what would stand if something had never been filed.
    pub fn rewritten(&self, mut rewrite: impl FnMut(&Act) -> Act) -> Self {
        let mut other = Self {
            entries: Vec::new(),
        };
        for entry in &self.entries {
            other.push(entry.at, rewrite(&entry.act));
        }
        other
    }

    /// What holds after all of it.
    pub fn fold(&self) -> Fold {
        let (first, rest) = self.entries.split_first().unwrap();
        let mut fold = Fold::open(first).unwrap();
        for entry in rest {
            fold.apply(entry).unwrap();
        }
        fold
    }
}

/// A party's code.
pub fn code(text: &str) -> PartyCode {
    text.parse().unwrap()
}

/// The act that adds a party.
pub fn add_party(text: &str, status: Status) -> Act {
    Act::AddParty(AddParty {
        code: code(text),
        name: text.into(),
        status,
        zone: Zone::utc(),
    })
}
