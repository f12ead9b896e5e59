//! A clock that stands still until a test moves it.
//!
//! It is a [`Clock`] for whoever needs one; it knows nothing of agreements and their dates.

use std::sync::atomic::{AtomicI64, Ordering};

use legation_core::time::{Clock, Instant};

/// A clock that a test sets.
#[derive(Debug)]
pub struct SteeredClock(AtomicI64);

impl SteeredClock {
    /// A clock that stands at that instant.
    pub fn at(instant: Instant) -> Self {
        Self(AtomicI64::new(instant.micros()))
    }

    /// Moves the clock, back too if asked: a real one may step back.
    pub fn set(&self, instant: Instant) {
        self.0.store(instant.micros(), Ordering::SeqCst);
    }

    /// Moves the clock on by so many microseconds and says what it shows then.
    pub fn step(&self, micros: i64) -> Instant {
        Instant::from_micros(self.0.fetch_add(micros, Ordering::SeqCst) + micros)
    }
}

impl Clock for SteeredClock {
    fn now(&self) -> Instant {
        Instant::from_micros(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_only_when_told() {
        let clock = SteeredClock::at(Instant::from_micros(5));
        assert_eq!(clock.now(), clock.now());
        assert_eq!(clock.step(2), Instant::from_micros(7));
        clock.set(Instant::from_micros(1));
        assert_eq!(clock.now(), Instant::from_micros(1));
    }
}
