//! Answers that last: how many there may be, and that they end when the office stops.
//!
//! What is sent on them is not here. An answer that lasts is not counted among the requests under
//! way, since it asks for no work while nothing happens.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use legation_core::id::PartyCode;
use tokio::sync::watch;

/// The most that last at a time: each costs a few kilobytes, and a look at the office when
/// something happens.
const ALL: usize = 512;

/// The same of one party.
const OF_PARTY: usize = 32;

/// Marks an answer that lasts: it keeps no place among the requests under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasting;

/// The answers that last.
#[derive(Clone, Default)]
pub(crate) struct Streams(Arc<Board>);

#[derive(Default)]
struct Board {
    ending: watch::Sender<bool>,
    open: Mutex<HashMap<PartyCode, usize>>,
}

/// The place of one of them.
pub(crate) struct Berth {
    streams: Streams,
    party: PartyCode,
}

impl Streams {
    /// A place for one of a party, if there is one.
    pub(crate) fn enter(&self, party: &PartyCode) -> Option<Berth> {
        let mut open = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = open.values().sum();
        let own = open.entry(party.clone()).or_default();
        // A party that has none is let in with one, however many others have.
        if *own >= OF_PARTY || (all >= ALL && *own > 0) {
            return None;
        }
        *own += 1;
        Some(Berth {
            streams: self.clone(),
            party: party.clone(),
        })
    }

    /// The office stops: all of them end.
    pub(crate) fn end(&self) {
        self.0.ending.send_replace(true);
    }
}

impl Berth {
    /// Told when the office stops.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.streams.0.ending.subscribe()
    }
}

impl Drop for Berth {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .0
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = open.get_mut(&self.party) {
            *own = own.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_party_does_not_take_the_room_of_others() {
        let streams = Streams::default();
        let code = |text: &str| text.parse::<PartyCode>().unwrap();
        let mut berths: Vec<Berth> = Vec::new();
        while let Some(berth) = streams.enter(&code("JPN")) {
            berths.push(berth);
        }
        assert_eq!(berths.len(), OF_PARTY);
        assert!(streams.enter(&code("KOR")).is_some());
        berths.pop();
        assert!(streams.enter(&code("JPN")).is_some());
    }

    #[test]
    fn all_are_told_that_the_office_stops() {
        let streams = Streams::default();
        let before = streams.enter(&"JPN".parse().unwrap()).unwrap();
        let told = before.ending();
        streams.end();
        assert!(*told.borrow() && *before.ending().borrow());
    }
}
