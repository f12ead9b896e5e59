//! When a CA is asked: in time before a certificate ends, and ever more rarely while it refuses.
//!
//! Pure: the instants come from the caller, in seconds of Unix time.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::acme::error::AcmeError;
use crate::acme::paper::Issued;

/// However often it was refused, the CA is asked again after so long: twelve hours.
const LONGEST: u64 = 12 * 60 * 60;

/// However often it was not reached, it is looked for again after so long: an hour.
const LONGEST_UNREACHED: u64 = 60 * 60;

/// However long a CA wants to be left alone, it is believed for a week.
const LONGEST_WAIT: u64 = 7 * 24 * 60 * 60;

/// From when on a certificate is to be renewed.
///
/// Without `renew_before` that is when a third of its life is left: 30 days of 90, 2 of 6. So it is
/// where `renew_before` is more than two thirds of it, so that no setting has a CA asked again and
/// again.
pub(crate) fn due(issued: &Issued, renew_before: Option<Duration>) -> u64 {
    let life = issued.ends.saturating_sub(issued.begins);
    let asked = renew_before.map(|before| before.as_secs());
    let before = asked
        .filter(|asked| *asked <= life / 3 * 2)
        .unwrap_or(life / 3);
    issued.ends.saturating_sub(before)
}

/// That a CA gave no certificate: it is remembered over restarts, which must not hammer the CA.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// Who was asked.
    pub(crate) directory: String,
    /// For what.
    pub(crate) names: Vec<String>,
    /// How often in a row.
    pub(crate) times: u32,
    /// Before when it is not asked again, in seconds of Unix time.
    pub(crate) until: u64,
    /// What was wrong the last time.
    pub(crate) last: String,
}

impl Refusal {
    /// Whether it was about the same.
    pub(crate) fn is_of(&self, directory: &str, names: &[String]) -> bool {
        self.directory == directory && self.names == names
    }

    /// It has happened once more, `now`. The first time costs `first`, each further time twice as
    /// much, and no less than what the CA wants. A CA that was not reached has refused nothing: it
    /// is looked for sooner, but never in a rush.
    pub(crate) fn again(&mut self, now: u64, first: Duration, error: &AcmeError) {
        let first = first.as_secs().max(1);
        let (first, longest) = match error {
            AcmeError::Unreachable { .. } => (first.div_ceil(5), LONGEST_UNREACHED),
            _ => (first, LONGEST),
        };
        let growth = 1_u64.checked_shl(self.times.min(32)).unwrap_or(u64::MAX);
        let own = first.saturating_mul(growth).min(longest.max(first));
        let asked = error.wait().unwrap_or(0).min(LONGEST_WAIT);
        self.times = self.times.saturating_add(1);
        self.until = now.saturating_add(own.max(asked));
        self.last = error.to_string();
    }

    /// Whether it is too early to ask again. A clock that was set back far does not count.
    pub(crate) fn holds(&self, now: u64) -> bool {
        (now..=now.saturating_add(LONGEST_WAIT)).contains(&self.until) && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acme::error::Problem;

    const DAY: u64 = 24 * 60 * 60;

    fn issued(days: u64) -> Issued {
        Issued::of_dates(1_000_000, 1_000_000 + days * DAY)
    }

    fn days(days: u64) -> Option<Duration> {
        Some(Duration::from_secs(days * DAY))
    }

    #[test]
    fn a_third_of_its_life_before_its_end_or_when_it_was_set() {
        for (life, before, left) in [
            (90, None, 30),
            (6, None, 2),
            (90, days(10), 10),
            (90, days(60), 60),
            // It would be due soon after it comes, or the moment it does.
            (90, days(61), 30),
            (90, days(90), 30),
            (6, days(30), 2),
        ] {
            let issued = issued(life);
            assert_eq!(issued.ends - due(&issued, before), left * DAY, "{life}");
        }
    }

    fn refused(wait: Option<u64>) -> AcmeError {
        AcmeError::Refused {
            doing: "the order",
            problem: Problem::default(),
            wait,
        }
    }

    #[test]
    fn each_refusal_costs_twice_the_last_and_what_the_ca_wants() {
        let mut refusal = Refusal::default();
        let first = Duration::from_secs(300);
        let mut waits = Vec::new();
        for _ in 0..10 {
            refusal.again(1000, first, &refused(None));
            waits.push(refusal.until - 1000);
        }
        assert_eq!(waits[..5], [300, 600, 1200, 2400, 4800]);
        assert_eq!(waits[9], LONGEST);
        refusal.again(1000, first, &refused(Some(3 * DAY)));
        assert_eq!(refusal.until - 1000, 3 * DAY);
        refusal.again(1000, first, &refused(Some(300 * DAY)));
        assert_eq!(refusal.until - 1000, LONGEST_WAIT);
        assert!(refusal.holds(1000) && refusal.holds(refusal.until - 1));
        assert!(!refusal.holds(refusal.until) && !refusal.holds(refusal.until + 1));
        // The clock stood a year ahead when it was written down.
        refusal.again(400 * DAY, first, &refused(None));
        assert!(!refusal.holds(1000));
        for _ in 0..100 {
            refusal.again(0, Duration::from_secs(u64::MAX), &refused(None));
        }
        assert_eq!(refusal.until, u64::MAX);
    }

    #[test]
    fn a_ca_that_was_not_reached_is_looked_for_sooner() {
        let mut refusal = Refusal::default();
        let away = AcmeError::Unreachable {
            url: "https://ca.example".to_owned(),
            cause: Box::new(ureq::Error::HostNotFound),
        };
        let mut waits = Vec::new();
        for _ in 0..10 {
            refusal.again(0, Duration::from_secs(300), &away);
            waits.push(refusal.until);
        }
        assert_eq!(waits[..4], [60, 120, 240, 480]);
        assert_eq!(waits[9], LONGEST_UNREACHED);
    }
}
