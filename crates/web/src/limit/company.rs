//! Whether a lane of the queue has company: somebody else who has asked lately, or is worked for.
//!
//! A lane that is alone may have the whole office. What it may have beside others is the queue's
//! matter ([`super::queue`]). Nothing here reads a clock: `now` is nanoseconds since some beginning.

/// For how long whoever has asked counts as there: longer than the minute that pollers wait between
/// two questions, so that each of their questions finds the others held already.
const PRESENCE: u64 = 90_000_000_000;

/// Which two lanes asked last, and when.
#[derive(Debug, Default)]
pub(super) struct Company {
    last: Option<(usize, u64)>,
    /// The last before it that was another.
    before: Option<(usize, u64)>,
}

impl Company {
    /// A lane asks.
    pub(super) fn came(&mut self, lane: usize, now: u64) {
        if self.last.is_some_and(|(last, _)| last != lane) {
            self.before = self.last;
        }
        self.last = Some((lane, now));
    }

    /// Whether another lane has asked lately.
    pub(super) fn is_beside(&self, lane: usize, now: u64) -> bool {
        let other = [self.last, self.before].into_iter().flatten();
        let mut other = other.filter(|(other, _)| *other != lane);
        other.any(|(_, when)| now.saturating_sub(when) < PRESENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_alone_until_another_asks_and_again_when_that_has_gone() {
        let mut company = Company::default();
        assert!(!company.is_beside(1, 0));
        company.came(1, 10);
        company.came(1, 20);
        assert!(!company.is_beside(1, 20));
        assert!(company.is_beside(2, 20));
        company.came(2, 30);
        company.came(1, 40);
        company.came(1, 50);
        assert!(company.is_beside(1, 30 + PRESENCE - 1));
        assert!(!company.is_beside(1, 30 + PRESENCE));
        assert!(company.is_beside(2, 30 + PRESENCE));
    }

    #[test]
    fn of_many_each_sees_the_one_that_came_last_but_itself() {
        let mut company = Company::default();
        for (lane, now) in [(1, 10), (2, 20), (3, 30), (1, 40)] {
            company.came(lane, now);
        }
        assert!(!company.is_beside(1, 30 + PRESENCE));
        assert!(company.is_beside(1, 29 + PRESENCE));
        assert!(company.is_beside(2, 39 + PRESENCE));
        assert!(company.is_beside(3, 39 + PRESENCE));
        assert!(!company.is_beside(3, 40 + PRESENCE));
    }
}
