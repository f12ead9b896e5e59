//! A token bucket that is one number: the instant at which it will be full again.
//!
//! The generic cell rate algorithm (ITU-T I.371, annex A) in its virtual-scheduling form: every
//! unit pushes that instant back by the time in which the rate gives one; a request is let in while
//! the instant is less than a burst away. Nothing here reads a clock: `now` is nanoseconds since
//! some beginning.

/// A rate and how much of it may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// Units in a period; 0 for no limit.
    rate: u64,
    /// The period, in nanoseconds.
    period: u64,
    /// How far ahead of now the bucket may be pushed, in nanoseconds.
    allowance: u64,
}

/// When a bucket is full again, in nanoseconds; in the past for one that is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Level(u64);

const SECOND: u64 = 1_000_000_000;

impl Pace {
    /// So many units a second, of which `burst` may come at once; at least one may.
    pub(super) fn new(rate: u64, burst: u64) -> Self {
        Self::in_period(SECOND, rate, burst)
    }

    /// So many units a minute, of which `burst` may come at once; at least one may.
    pub(super) fn per_minute(rate: u64, burst: u64) -> Self {
        Self::in_period(60 * SECOND, rate, burst)
    }

    fn in_period(period: u64, rate: u64, burst: u64) -> Self {
        let allowance = 0;
        let mut pace = Self {
            rate,
            period,
            allowance,
        };
        pace.allowance = pace.cost(burst.max(1));
        pace
    }

    /// Whether it is no limit at all.
    pub(super) fn is_unlimited(self) -> bool {
        self.rate == 0
    }

    /// The time in which the rate gives so many units.
    fn cost(self, units: u64) -> u64 {
        if self.rate == 0 {
            return 0;
        }
        let nanos = u128::from(units) * u128::from(self.period) / u128::from(self.rate);
        u64::try_from(nanos).unwrap_or(u64::MAX)
    }

    /// Whether that much may still come.
    ///
    /// # Errors
    /// How many nanoseconds to wait.
    pub(super) fn ask(self, level: Level, units: u64, now: u64) -> Result<(), u64> {
        if self.rate == 0 {
            return Ok(());
        }
        let full = level.0.max(now).saturating_add(self.cost(units));
        match full.saturating_sub(now.saturating_add(self.allowance)) {
            0 => Ok(()),
            wait => Err(wait),
        }
    }

    /// Takes so many units, be they there or not: what was not is a debt, which later ones wait for.
    pub(super) fn take(self, level: &mut Level, units: u64, now: u64) {
        if self.rate > 0 {
            level.0 = level.0.max(now).saturating_add(self.cost(units));
        }
    }

    /// Takes so many units and says how many nanoseconds to wait before using them, `most` at most;
    /// whoever takes first goes first. What takes the last of them is not held, however much it is.
    pub(super) fn reserve(self, level: &mut Level, units: u64, now: u64, most: u64) -> u64 {
        if self.rate == 0 {
            return 0;
        }
        let soonest = now.saturating_add(self.allowance);
        let wait = level.0.saturating_sub(soonest).min(most);
        let begun = level.0.clamp(now, soonest.saturating_add(most));
        level.0 = begun.saturating_add(self.cost(units));
        wait
    }

    /// Takes so many units if they are there.
    ///
    /// # Errors
    /// How many nanoseconds to wait.
    pub(super) fn spend(self, level: &mut Level, units: u64, now: u64) -> Result<(), u64> {
        self.ask(*level, units, now)?;
        self.take(level, units, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate_and_never_more() {
        let pace = Pace::new(10, 5);
        let mut level = Level::default();
        let mut taken = 0;
        // Ten seconds in steps of a millisecond, asking at each.
        for millis in 0..10_000_u64 {
            let now = 1_000_000_000_000 + millis * 1_000_000;
            taken += u64::from(pace.spend(&mut level, 1, now).is_ok());
        }
        // The burst, and what ten seconds give; the last step has not ended.
        assert_eq!(taken, 5 + 99);
    }

    #[test]
    fn the_wait_that_is_told_is_exactly_enough() {
        let pace = Pace::new(3, 2);
        let mut level = Level::default();
        let now = 50 * SECOND;
        assert_eq!(pace.spend(&mut level, 1, now), Ok(()));
        assert_eq!(pace.spend(&mut level, 1, now), Ok(()));
        let wait = pace.spend(&mut level, 1, now).unwrap_err();
        assert!(pace.ask(level, 1, now + wait - 1).is_err());
        assert_eq!(pace.spend(&mut level, 1, now + wait), Ok(()));
    }

    #[test]
    fn what_was_more_than_there_was_is_paid_later() {
        let pace = Pace::new(1000, 1000);
        let mut level = Level::default();
        // A page of five seconds' worth goes out whole; the next one waits four.
        pace.take(&mut level, 5000, 0);
        assert_eq!(pace.ask(level, 0, 0), Err(4 * SECOND));
        assert_eq!(pace.ask(level, 0, 4 * SECOND), Ok(()));
    }

    #[test]
    fn who_takes_first_goes_first_and_nobody_waits_for_ever() {
        let pace = Pace::new(10, 1);
        let mut level = Level::default();
        let (tenth, most) = (SECOND / 10, SECOND);
        let waits: Vec<u64> = (0..20)
            .map(|_| pace.reserve(&mut level, 1, 0, most) / tenth)
            .collect();
        let expected: Vec<u64> = [0]
            .into_iter()
            .chain(0..19)
            .map(|n: u64| n.min(10))
            .collect();
        assert_eq!(waits, expected);
        // What was beyond the longest wait is forgotten: one of eleven is left to wait for.
        assert_eq!(pace.reserve(&mut level, 1, most, most), tenth);
    }

    #[test]
    fn no_rate_is_no_limit_and_no_sum_overflows() {
        let (none, slow) = (Pace::new(0, 0), Pace::new(1, u64::MAX));
        let mut level = Level::default();
        none.take(&mut level, u64::MAX, u64::MAX);
        assert_eq!(level, Level::default());
        slow.take(&mut level, u64::MAX, u64::MAX);
        assert_eq!(slow.ask(level, u64::MAX, u64::MAX), Ok(()));
        assert!(Pace::new(1, 1).ask(level, 1, 0).is_err());
    }
}
