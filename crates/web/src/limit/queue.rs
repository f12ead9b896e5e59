//! How many requests are in work at once, in all and for each party, and whose turn is next.
//!
//! The cast. A request that may come in gets a [`Stay`], which it keeps until its answer has left,
//! and then waits for a [`Slot`], which it keeps while anything is worked out for it. Each party has
//! a lane, and so have all strangers together. Slots that come free go round the lanes in turn, so a
//! party that asks for one thing waits for one request of each other party at most, however many
//! those have waiting. What has no room gets a refusal at once: nothing is kept for it. A stay also
//! bears the bytes that are in memory for it, bodies that arrive and answers that leave, and there
//! is room for so many.
//!
//! A party that is alone may have all of it. Beside others ([`super::company`]) it is worked for in
//! fewer slots, and what it has under way beyond one request takes turns at a pace, its requests and
//! the pieces of its answers alike ([`Stay::share`]): a processor that copies answers of one party
//! into sockets is as busy as one that thinks for it, and the reader of a flood, who may sit on the
//! same machine, sleeps meanwhile. Whoever asks for one thing after the other is never held.
//!
//! One lock guards the board, held for a few additions; nothing is dropped or woken under it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use legation_core::id::PartyCode;
use tokio::sync::oneshot;

use crate::limit::company::Company;
use crate::limit::pace::{Level, Pace};

/// What a request is counted as before anything is known of it, in bytes that are sent: reading its
/// head, finding out who asks and writing the line in the log take as long as sending that many.
const REQUEST: u64 = 64 * 1024;

/// How much of a second's bytes may leave at once beside others: what fits between two ticks of the
/// timers, which have milliseconds.
const AT_ONCE: u64 = 256;

/// How long a piece or a request may be held at most: many times what a party with all it may have
/// under way comes to.
const MOST: u64 = 5_000_000_000;

/// How much may be in work at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Requests that are worked on at the same time. Default: four for each processor, at least 16:
    /// some wait for the disk while others compute.
    pub at_once: usize,
    /// The same for one party. Default: half of all, so that there is always room for another.
    pub at_once_per_party: usize,
    /// The same for one party while others ask too. Default: one for each processor, at least two:
    /// one that takes long does not hold up the next, and they do not crowd out the others.
    pub at_once_beside_others: usize,
    /// Bytes a second that one party is sent while others ask too, beyond one request at a time; 0
    /// sets no limit. Default: 128 MiB for each processor, an eighth of what it sends.
    pub bytes_beside_others: u64,
    /// Requests that wait, are worked on or are being answered. What comes on top gets a 503, unless
    /// its party has nothing under way. Default: 1,024, each with a page in memory at worst.
    pub under_way: usize,
    /// The same for one party. Default: 256.
    pub under_way_per_party: usize,
    /// Bytes of bodies that arrive and of answers that leave, in memory at the same time. What
    /// comes on top gets a 503. Default: 1 GiB; one longest filing takes an eighth of it.
    pub bytes_under_way: u64,
    /// The same for one party. Default: 256 MiB: two of the longest filings.
    pub bytes_under_way_per_party: u64,
    /// How long a request may wait for its turn before it gets a 503. Default: 10 s, less than most
    /// clients wait for an answer.
    pub patience: Duration,
}

impl Default for Work {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let at_once = (4 * processors).max(16);
        Self {
            at_once,
            at_once_per_party: at_once / 2,
            at_once_beside_others: processors.max(2),
            bytes_beside_others: (128 << 20) * processors as u64,
            under_way: 1024,
            under_way_per_party: 256,
            bytes_under_way: 1 << 30,
            bytes_under_way_per_party: 256 << 20,
            patience: Duration::from_secs(10),
        }
    }
}

/// What stands on the board now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) in_work: usize,
    pub(crate) waiting: usize,
    pub(crate) under_way: usize,
    pub(crate) bytes: u64,
    /// How often something was held so far because others asked too.
    pub(crate) held: u64,
}

/// How a piece of an answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// All at once: its party is alone, or asks for nothing else.
    Whole,
    /// Now, and no more than was asked for.
    Now,
    /// The same, after a while.
    After(Duration),
}

/// There is no room: try again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl std::fmt::Display for Full {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("more is under way than there is room for")
    }
}

impl std::error::Error for Full {}

/// The queue of an office.
#[derive(Clone, Debug)]
pub(crate) struct Queue(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Work,
    /// What a party may have beside others.
    pace: Pace,
    begun: Instant,
    board: Mutex<Board>,
}

#[derive(Debug, Default)]
struct Board {
    in_work: usize,
    waiting: usize,
    under_way: usize,
    bytes: u64,
    held: u64,
    company: Company,
    lanes: Vec<Lane>,
    /// The lane of each party; never taken away, there are as many as parties.
    by_party: HashMap<PartyCode, usize>,
    /// The lanes in which somebody waits, each once, in the order of their turns.
    turns: VecDeque<usize>,
}

#[derive(Debug, Default)]
struct Lane {
    in_work: usize,
    under_way: usize,
    bytes: u64,
    /// What it has taken beside others.
    taken: Level,
    waiting: VecDeque<oneshot::Sender<Slot>>,
}

/// The lane of all who have not said who they are.
const STRANGERS: usize = 0;

/// A request that is under way. Dropped when its answer has left.
#[derive(Debug)]
pub(crate) struct Stay {
    queue: Queue,
    lane: usize,
    /// What is in memory for it. Changed with the board locked.
    bytes: AtomicU64,
}

/// A request that is worked on. Dropped when nothing is worked out for it any more.
#[derive(Debug)]
pub(crate) struct Slot {
    queue: Queue,
    lane: usize,
}

impl Queue {
    pub(crate) fn new(limits: Work) -> Self {
        let board = Board {
            lanes: vec![Lane::default()],
            ..Board::default()
        };
        let rate = limits.bytes_beside_others;
        Self(Arc::new(Inner {
            limits,
            pace: Pace::new(rate, rate / AT_ONCE),
            begun: Instant::now(),
            board: Mutex::new(board),
        }))
    }

    /// How much is in work.
    pub(crate) fn depth(&self) -> Depth {
        let board = self.board();
        Depth {
            in_work: board.in_work,
            waiting: board.waiting,
            under_way: board.under_way,
            bytes: board.bytes,
            held: board.held,
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Lets a request of a party, or of a stranger, come in.
    pub(crate) fn enter(&self, party: Option<&PartyCode>) -> Result<Stay, Full> {
        let limits = &self.0.limits;
        let now = self.now();
        let mut board = self.board();
        let full = board.under_way >= limits.under_way || board.bytes >= limits.bytes_under_way;
        let lane = board.lane(party);
        let place = board.lanes.get_mut(lane).ok_or(Full)?;
        // Even when all is taken, a party that has nothing is let in with one: nobody is shut out.
        if place.under_way >= limits.under_way_per_party
            || place.bytes >= limits.bytes_under_way_per_party
            || (full && place.under_way > 0)
        {
            return Err(Full);
        }
        place.under_way += 1;
        board.under_way += 1;
        board.company.came(lane, now);
        Ok(Stay {
            queue: self.clone(),
            lane,
            bytes: AtomicU64::new(0),
        })
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands free slots to those whose turn it is.
    fn go_on(&self) {
        loop {
            let now = self.now();
            let next = self.board().next(&self.0.limits, now);
            let Some((lane, waiter)) = next else { return };
            let queue = self.clone();
            // Whoever has gone away gives the slot back by not taking it.
            let _ = waiter.send(Slot { queue, lane });
        }
    }
}

impl Stay {
    /// Bears more bytes that came from outside, if there is room for them.
    pub(crate) fn take(&self, bytes: u64) -> Result<(), Full> {
        let limits = &self.queue.0.limits;
        let mut board = self.queue.board();
        let all = board.bytes.saturating_add(bytes);
        let place = board.lanes.get_mut(self.lane).ok_or(Full)?;
        let own = place.bytes.saturating_add(bytes);
        if all > limits.bytes_under_way || own > limits.bytes_under_way_per_party {
            return Err(Full);
        }
        self.bear(&mut board, bytes);
        Ok(())
    }

    /// Bears an answer that is there already: what has no room beside it has to wait.
    pub(crate) fn hold(&self, bytes: u64) {
        self.bear(&mut self.queue.board(), bytes);
    }

    fn bear(&self, board: &mut Board, bytes: u64) {
        board.bytes += bytes;
        if let Some(place) = board.lanes.get_mut(self.lane) {
            place.bytes += bytes;
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// How something that costs as much as sending so many bytes goes.
    pub(crate) fn share(&self, bytes: u64) -> Share {
        let now = self.queue.now();
        let pace = self.queue.0.pace;
        self.queue.board().share(self.lane, pace, bytes, now)
    }

    /// Waits for its turn.
    pub(crate) async fn turn(&self) -> Result<Slot, Full> {
        if let Share::After(pause) = self.share(REQUEST) {
            tokio::time::sleep(pause).await;
        }
        let now = self.queue.now();
        let hear = {
            let mut board = self.queue.board();
            if board.take(self.lane, &self.queue.0.limits, now) {
                None
            } else {
                let (say, hear) = oneshot::channel();
                board.line_up(self.lane, say, &self.queue.0.limits);
                Some(hear)
            }
        };
        match hear {
            None => Ok(Slot {
                queue: self.queue.clone(),
                lane: self.lane,
            }),
            Some(hear) => match tokio::time::timeout(self.queue.0.limits.patience, hear).await {
                Ok(Ok(slot)) => Ok(slot),
                Ok(Err(_)) | Err(_) => Err(Full),
            },
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        let mut board = self.queue.board();
        let bytes = self.bytes.load(Ordering::Relaxed);
        board.under_way -= 1;
        board.bytes -= bytes;
        if let Some(lane) = board.lanes.get_mut(self.lane) {
            lane.under_way -= 1;
            lane.bytes -= bytes;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        {
            let mut board = self.queue.board();
            board.in_work -= 1;
            if let Some(lane) = board.lanes.get_mut(self.lane) {
                lane.in_work -= 1;
            }
            if board.turns.is_empty() {
                return;
            }
        }
        self.queue.go_on();
    }
}

impl Board {
    fn lane(&mut self, party: Option<&PartyCode>) -> usize {
        let Some(party) = party else { return STRANGERS };
        if let Some(lane) = self.by_party.get(party) {
            return *lane;
        }
        let lane = self.lanes.len();
        self.lanes.push(Lane::default());
        self.by_party.insert(party.clone(), lane);
        lane
    }

    /// Whether others ask too, or are worked for.
    fn is_beside(&self, lane: usize, now: u64) -> bool {
        let own = self.lanes.get(lane).map_or(0, |place| place.in_work);
        self.in_work > own || self.company.is_beside(lane, now)
    }

    /// How many slots a lane may have.
    fn most(&self, lane: usize, limits: &Work, now: u64) -> usize {
        let most = limits.at_once_per_party;
        let most = match self.is_beside(lane, now) {
            true => most.min(limits.at_once_beside_others),
            false => most,
        };
        most.max(1)
    }

    /// How something of a lane goes that costs as much as so many bytes.
    fn share(&mut self, lane: usize, pace: Pace, bytes: u64, now: u64) -> Share {
        let beside = self.is_beside(lane, now);
        let Some(place) = self.lanes.get_mut(lane) else {
            return Share::Whole;
        };
        if !beside || place.under_way <= 1 || pace.is_unlimited() {
            return Share::Whole;
        }
        match pace.reserve(&mut place.taken, bytes, now, MOST) {
            0 => Share::Now,
            nanos => {
                self.held += 1;
                Share::After(Duration::from_nanos(nanos))
            }
        }
    }

    /// Takes a slot for a lane, if there is one and nobody of the lane waits.
    fn take(&mut self, lane: usize, limits: &Work, now: u64) -> bool {
        let most = self.most(lane, limits, now);
        let Some(place) = self.lanes.get_mut(lane) else {
            return false;
        };
        let free = self.in_work < limits.at_once.max(1)
            && place.in_work < most
            && place.waiting.is_empty();
        if free {
            self.in_work += 1;
            place.in_work += 1;
        }
        free
    }

    fn line_up(&mut self, lane: usize, waiter: oneshot::Sender<Slot>, limits: &Work) {
        if let Some(place) = self.lanes.get_mut(lane) {
            // Those who went away are forgotten before they are twice as many as may wait.
            if place.waiting.len() >= limits.under_way_per_party.max(1) * 2 {
                let before = place.waiting.len();
                place.waiting.retain(|waiter| !waiter.is_closed());
                self.waiting -= before - place.waiting.len();
            }
            if !self.turns.contains(&lane) {
                self.turns.push_back(lane);
            }
            place.waiting.push_back(waiter);
            self.waiting += 1;
        }
    }

    /// Whose turn it is, if a slot is free; the slot is theirs from here on.
    fn next(&mut self, limits: &Work, now: u64) -> Option<(usize, oneshot::Sender<Slot>)> {
        for _ in 0..self.turns.len() {
            if self.in_work >= limits.at_once.max(1) {
                return None;
            }
            let lane = self.turns.pop_front()?;
            let most = self.most(lane, limits, now);
            let place = self.lanes.get_mut(lane)?;
            // Those who went away while they waited are only counted off.
            while place
                .waiting
                .front()
                .is_some_and(|waiter| waiter.is_closed())
            {
                place.waiting.pop_front();
                self.waiting -= 1;
            }
            if place.in_work >= most && !place.waiting.is_empty() {
                self.turns.push_back(lane);
                continue;
            }
            let Some(waiter) = place.waiting.pop_front() else {
                continue;
            };
            self.waiting -= 1;
            self.in_work += 1;
            place.in_work += 1;
            if !place.waiting.is_empty() {
                self.turns.push_back(lane);
            }
            return Some((lane, waiter));
        }
        None
    }
}

#[cfg(test)]
mod tests;
