//! Answers that last: how many there may be, what each has sent, and that they end when the office
//! stops.
//!
//! What a stream has sent is kept for a while after it ends, so that a reader who comes again goes on
//! where it was. What is sent is not decided here. An answer that lasts is not counted among the requests under
//! way, since it asks for no work while nothing happens.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use legation_core::act::Actor;
use legation_core::id::{NoticeId, PartyCode};
use tokio::sync::watch;

/// The most that last at a time: each costs a few kilobytes, and a look at the office when
/// something happens.
const ALL: usize = 512;

/// The same of one party.
const OF_PARTY: usize = 32;

/// How many streams that have ended are remembered: a reader comes again within seconds.
const ENDED: usize = 1024;

/// The most that is remembered of one stream; whoever was sent more begins anew.
const SENT: usize = 10_000;

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
    ended: Mutex<VecDeque<Log>>,
}

/// What was told on a stream, in its order.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    /// The stream.
    number: u64,
    reader: Actor,
    told: Vec<Told>,
}

/// One thing that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A notice stands.
    Stands(NoticeId),
    /// It is gone.
    Gone(NoticeId),
}

impl Log {
    /// Of a stream of that number, to that reader, who knows that much already.
    pub(crate) fn new(number: u64, reader: Actor, known: &[NoticeId]) -> Self {
        Self {
            number,
            reader,
            told: known.iter().copied().map(Told::Stands).collect(),
        }
    }

    /// Notes that something is told; answers with the id of the event.
    pub(crate) fn tell(&mut self, told: Told) -> String {
        self.told.push(told);
        format!("{:016x}.{}", self.number, self.told.len())
    }

    /// What the reader knows to stand after so many events.
    fn known(&self, events: usize) -> Vec<NoticeId> {
        let mut known: Vec<NoticeId> = Vec::new();
        for told in self.told.iter().take(events) {
            match told {
                Told::Stands(id) => known.push(*id),
                Told::Gone(id) => known.retain(|one| one != id),
            }
        }
        known
    }
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

    /// Keeps what an ended stream has told.
    pub(crate) fn keep(&self, log: Log) {
        if log.told.is_empty() || log.told.len() > SENT {
            return;
        }
        let mut ended = self.ended();
        if ended.len() >= ENDED {
            ended.pop_front();
        }
        ended.push_back(log);
    }

    /// What a reader knows to stand who was last told that event; nothing where that is not
    /// remembered, or was another reader's.
    pub(crate) fn recall(&self, reader: &Actor, event: &str) -> Option<Vec<NoticeId>> {
        let (number, events) = event.split_once('.')?;
        let number = u64::from_str_radix(number, 16).ok()?;
        let events: usize = events.parse().ok()?;
        let ended = self.ended();
        let mut logs = ended.iter().rev();
        let log = logs.find(|log| log.number == number && log.reader == *reader)?;
        Some(log.known(events))
    }

    fn ended(&self) -> MutexGuard<'_, VecDeque<Log>> {
        self.0.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The office stops: all of them end.
    pub(crate) fn end(&self) {
        self.0.ending.send_replace(true);
    }
}

impl Berth {
    /// All streams.
    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

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
    fn a_reader_goes_on_where_it_was_and_nobody_else_does() {
        let streams = Streams::default();
        let reader = Actor::Client("JPN".parse().unwrap(), "soc".parse().unwrap());
        let other = Actor::Client("KOR".parse().unwrap(), "soc".parse().unwrap());
        let [one, two] = [1, 2].map(|byte| NoticeId::from_bytes([byte; 16]));
        let mut log = Log::new(7, reader.clone(), &[]);
        let events: Vec<String> = [Told::Stands(one), Told::Stands(two), Told::Gone(one)]
            .map(|told| log.tell(told))
            .into();
        streams.keep(log);
        let knows = |event: &str| streams.recall(&reader, event);
        assert_eq!(knows(&events[0]), Some(vec![one]));
        assert_eq!(knows(&events[1]), Some(vec![one, two]));
        assert_eq!(knows(&events[2]), Some(vec![two]));
        assert_eq!(streams.recall(&other, &events[1]), None);
        // The one after goes on from there, and whoever comes a third time likewise.
        let mut next = Log::new(9, reader.clone(), &knows(&events[1]).unwrap());
        let last = next.tell(Told::Gone(two));
        streams.keep(next);
        assert_eq!(streams.recall(&reader, &last), Some(vec![one]));
        for unknown in ["", "x", "0000000000000008.1", "7", "0000000000000007.x"] {
            assert_eq!(knows(unknown), None, "{unknown}");
        }
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
