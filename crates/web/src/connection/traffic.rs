//! What passes through one connection, in counters that cost next to nothing to keep.
//!
//! The wire, the requests and their answers count here; the patrol reads. Nothing is decided here,
//! but for one alarm: too many abandoned requests are told at once.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::connection::House;
use crate::connection::flight::Flight;

/// In how much time the abandoned requests are counted.
const SPAN: Duration = Duration::from_secs(10);

/// The counters of one connection.
pub(crate) struct Traffic {
    pub(super) house: Arc<House>,
    /// Bytes that came.
    pub(super) read: AtomicU64,
    /// Bytes that the system took.
    pub(super) written: AtomicU64,
    /// Whether the system takes no more for now.
    pub(super) blocked: AtomicBool,
    /// Whether something was written and has not been flushed.
    pub(super) owing: AtomicBool,
    /// Requests whose heads have come.
    pub(super) begun: AtomicU64,
    /// Of them, those whose answers have not been taken to the end.
    pub(super) under_way: AtomicUsize,
    /// Whether HTTP/2 is spoken.
    pub(super) streams: AtomicBool,
    /// Whether the system is to forget what it holds for the reader.
    pub(super) discards: AtomicBool,
    /// The requests of an HTTP/2 connection that are under way: each may be stuck alone.
    flights: Mutex<Vec<Weak<Flight>>>,
    abandoned: Mutex<Abandoned>,
    alarm: Notify,
}

struct Abandoned {
    since: Instant,
    count: usize,
}

impl Traffic {
    pub(crate) fn new(house: &Arc<House>) -> Self {
        Self {
            house: Arc::clone(house),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            blocked: AtomicBool::new(false),
            owing: AtomicBool::new(false),
            begun: AtomicU64::new(0),
            under_way: AtomicUsize::new(0),
            streams: AtomicBool::new(false),
            discards: AtomicBool::new(false),
            flights: Mutex::default(),
            abandoned: Mutex::new(Abandoned {
                since: Instant::now(),
                count: 0,
            }),
            alarm: Notify::new(),
        }
    }

    /// Waits until too many requests were abandoned.
    pub(crate) async fn alarm(&self) {
        self.alarm.notified().await;
    }

    /// Whether nothing ever came.
    pub(crate) fn is_unread(&self) -> bool {
        self.read.load(Ordering::Relaxed) == 0
    }

    /// Has the system forget what it holds for the reader when the connection ends.
    pub(crate) fn discard(&self) {
        self.discards.store(true, Ordering::Release);
    }

    /// Follows a request of an HTTP/2 connection.
    pub(super) fn follow(&self, flight: &Arc<Flight>) {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.push(Arc::downgrade(flight));
    }

    /// The requests of an HTTP/2 connection that are under way.
    pub(super) fn flights(&self) -> Vec<Arc<Flight>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let found: Vec<_> = flights.iter().filter_map(Weak::upgrade).collect();
        flights.retain(|flight| flight.strong_count() > 0);
        found
    }

    /// A request was given up by the other side before it was answered.
    pub(super) fn abandon(&self) {
        let now = Instant::now();
        let mut abandoned = self
            .abandoned
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if now.saturating_duration_since(abandoned.since) > SPAN {
            *abandoned = Abandoned {
                since: now,
                count: 0,
            };
        }
        abandoned.count += 1;
        if abandoned.count > self.house.limits.resets {
            self.alarm.notify_one();
        }
    }
}
