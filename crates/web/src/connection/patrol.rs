//! Looks at a connection from time to time and says when it has to end.
//!
//! A machine: counters and the time go in, a verdict comes out; whoever runs the connection acts.
//!
//! A connection is *busy* while a request is under way or an answer is being written. Then its
//! reader has to go on taking bytes. Else a head may be on its way, which has to come in time, or
//! nothing is, which may last a while.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::connection::flight::Flight;
use crate::connection::traffic::Traffic;
use crate::event::Limit;
use crate::settings::Limits;

/// How many looks the shortest of the limits has: it bites a quarter late at most.
const LOOKS: u32 = 4;

/// Looking more often would cost more than it tells.
const LEAST_PACE: Duration = Duration::from_millis(10);

/// Looking less often would keep a connection much beyond its time.
const MOST_PACE: Duration = Duration::from_secs(5);

/// What is to be done with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing.
    Fine,
    /// End it in order: nothing happens on it.
    Close,
    /// End it at once: a limit was overstepped.
    Cut(Limit),
    /// End it at once: it had its time to end in order.
    Gone,
}

/// One who looks at one connection.
pub(super) struct Patrol {
    head_time: Duration,
    reader_time: Duration,
    reader_bytes: u64,
    idle: Duration,
    /// Since when it has not been busy.
    quiet: Instant,
    /// What had been read when it was last busy.
    read: u64,
    begun: u64,
    /// Since when a head has been on its way.
    head: Option<Instant>,
    /// Since when the reader has been waited for, and what it had taken then.
    wait: Option<(Instant, u64)>,
    /// Since when it has been ended in order.
    closing: Option<Instant>,
    flights: Vec<Sight>,
}

/// A request of an HTTP/2 connection as it was last seen to go on.
struct Sight {
    flight: Weak<Flight>,
    steps: u64,
    since: Instant,
}

impl Patrol {
    pub(super) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            head_time: limits.head_time,
            reader_time: limits.reader_time,
            reader_bytes: limits.reader_bytes as u64,
            idle: limits.idle,
            quiet: now,
            read: 0,
            begun: 0,
            head: None,
            wait: None,
            closing: None,
            flights: Vec::new(),
        }
    }

    /// After how long to look again.
    pub(super) fn pace(&self) -> Duration {
        let shortest = self.head_time.min(self.reader_time).min(self.idle);
        (shortest / LOOKS).clamp(LEAST_PACE, MOST_PACE)
    }

    /// Looks at the connection.
    pub(super) fn look(&mut self, traffic: &Traffic, now: Instant) -> Verdict {
        let read = traffic.read.load(Relaxed);
        let begun = traffic.begun.load(Relaxed);
        if traffic.under_way.load(Relaxed) > 0 || traffic.owing.load(Relaxed) {
            self.rest(now, read, begun);
            return self.reader(traffic, now);
        }
        self.wait = None;
        self.flights.clear();
        if begun != self.begun {
            self.rest(now, read, begun);
        }
        let quiet = now.saturating_duration_since(self.quiet);
        if let Some(closing) = self.closing {
            let over = now.saturating_duration_since(closing) >= self.reader_time;
            return if over { Verdict::Gone } else { Verdict::Fine };
        }
        if begun == 0 {
            return if quiet >= self.head_time {
                Verdict::Cut(Limit::SlowHead)
            } else {
                Verdict::Fine
            };
        }
        // On HTTP/2 there is traffic without requests, and no telling what a frame will become.
        if read != self.read && !traffic.streams.load(Relaxed) {
            let head = *self.head.get_or_insert(now);
            return if now.saturating_duration_since(head) >= self.head_time {
                Verdict::Cut(Limit::SlowHead)
            } else {
                Verdict::Fine
            };
        }
        if quiet >= self.idle {
            self.closing = Some(now);
            return Verdict::Close;
        }
        Verdict::Fine
    }

    /// From here on it is quiet.
    fn rest(&mut self, now: Instant, read: u64, begun: u64) {
        self.quiet = now;
        self.read = read;
        self.begun = begun;
        self.head = None;
    }

    /// Whether the reader of what is being sent goes on taking it.
    fn reader(&mut self, traffic: &Traffic, now: Instant) -> Verdict {
        let written = traffic.written.load(Relaxed);
        let slow = match self.wait {
            _ if !traffic.blocked.load(Relaxed) => {
                self.wait = None;
                false
            }
            Some((since, _)) if now.saturating_duration_since(since) < self.reader_time => false,
            Some((_, before)) if written.saturating_sub(before) < self.reader_bytes => true,
            _ => {
                self.wait = Some((now, written));
                false
            }
        };
        if slow || (traffic.streams.load(Relaxed) && self.is_stuck(traffic, now)) {
            Verdict::Cut(Limit::SlowReader)
        } else {
            Verdict::Fine
        }
    }

    /// Whether an answer on an HTTP/2 connection waits for its reader's window. The connection as a
    /// whole may go on meanwhile.
    fn is_stuck(&mut self, traffic: &Traffic, now: Instant) -> bool {
        let flights = traffic.flights();
        self.flights.retain(|sight| sight.flight.strong_count() > 0);
        for flight in &flights {
            let steps = flight.steps();
            let known = |sight: &&mut Sight| sight.flight.as_ptr() == Arc::as_ptr(flight);
            match self.flights.iter_mut().find(known) {
                None => self.flights.push(Sight {
                    flight: Arc::downgrade(flight),
                    steps,
                    since: now,
                }),
                Some(sight) if sight.steps != steps || !flight.waits() => {
                    sight.steps = steps;
                    sight.since = now;
                }
                Some(sight) => {
                    if now.saturating_duration_since(sight.since) >= self.reader_time {
                        return true;
                    }
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;
    use crate::connection::House;
    use crate::event::Unwatched;

    const SECOND: Duration = Duration::from_secs(1);

    fn sample() -> (Traffic, Patrol, Instant) {
        let limits = Limits {
            head_time: 10 * SECOND,
            reader_time: 20 * SECOND,
            reader_bytes: 1000,
            idle: 60 * SECOND,
            ..Limits::default()
        };
        let now = Instant::now();
        let patrol = Patrol::new(&limits, now);
        let house = Arc::new(House::new(limits, Arc::new(Unwatched), None));
        (Traffic::new(&house), patrol, now)
    }

    #[test]
    fn a_first_head_has_its_time_however_it_drips() {
        let (traffic, mut patrol, start) = sample();
        for second in 0..10 {
            traffic.read.fetch_add(1, Relaxed);
            assert_eq!(
                patrol.look(&traffic, start + second * SECOND),
                Verdict::Fine
            );
        }
        let cut = patrol.look(&traffic, start + 10 * SECOND);
        assert_eq!(cut, Verdict::Cut(Limit::SlowHead));
    }

    #[test]
    fn a_later_head_has_its_time_from_its_first_byte() {
        let (traffic, mut patrol, start) = sample();
        traffic.begun.store(1, Relaxed);
        traffic.read.store(100, Relaxed);
        assert_eq!(patrol.look(&traffic, start), Verdict::Fine);
        assert_eq!(patrol.look(&traffic, start + 50 * SECOND), Verdict::Fine);
        traffic.read.store(101, Relaxed);
        assert_eq!(patrol.look(&traffic, start + 51 * SECOND), Verdict::Fine);
        assert_eq!(patrol.look(&traffic, start + 60 * SECOND), Verdict::Fine);
        let cut = patrol.look(&traffic, start + 61 * SECOND);
        assert_eq!(cut, Verdict::Cut(Limit::SlowHead));
    }

    #[test]
    fn a_quiet_connection_is_closed_and_goes_in_the_end() {
        let (traffic, mut patrol, start) = sample();
        traffic.begun.store(1, Relaxed);
        assert_eq!(patrol.look(&traffic, start), Verdict::Fine);
        assert_eq!(patrol.look(&traffic, start + 59 * SECOND), Verdict::Fine);
        assert_eq!(patrol.look(&traffic, start + 60 * SECOND), Verdict::Close);
        assert_eq!(patrol.look(&traffic, start + 61 * SECOND), Verdict::Fine);
        assert_eq!(patrol.look(&traffic, start + 80 * SECOND), Verdict::Gone);
    }

    #[test]
    fn a_request_that_takes_long_to_answer_is_nobodys_fault() {
        let (traffic, mut patrol, start) = sample();
        traffic.begun.store(1, Relaxed);
        traffic.under_way.store(1, Relaxed);
        for second in 0..600 {
            assert_eq!(
                patrol.look(&traffic, start + second * SECOND),
                Verdict::Fine
            );
        }
    }

    #[test]
    fn a_reader_must_take_its_bytes_in_each_span() {
        let (traffic, mut patrol, start) = sample();
        traffic.begun.store(1, Relaxed);
        traffic.owing.store(true, Relaxed);
        traffic.blocked.store(true, Relaxed);
        let mut look = |second: u32| patrol.look(&traffic, start + second * SECOND);
        for second in 0..100 {
            // A thousand bytes in twenty seconds are just enough.
            assert_eq!(look(second), Verdict::Fine, "{second}");
            traffic.written.fetch_add(50, Relaxed);
        }
        for second in 100..120 {
            assert_eq!(look(second), Verdict::Fine, "{second}");
            traffic.written.fetch_add(49, Relaxed);
        }
        assert_eq!(look(120), Verdict::Cut(Limit::SlowReader));
    }

    #[test]
    fn a_reader_that_has_taken_all_begins_anew() {
        let (traffic, mut patrol, start) = sample();
        traffic.begun.store(1, Relaxed);
        traffic.under_way.store(1, Relaxed);
        for second in 0..100 {
            traffic.blocked.store(second % 19 != 0, Relaxed);
            assert_eq!(
                patrol.look(&traffic, start + second * SECOND),
                Verdict::Fine
            );
        }
    }
}
