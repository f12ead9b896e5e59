//! How much each caller may ask for: requests and bytes a second, wrong passwords, work at once.
//!
//! The cast. [`Brake`] keeps token buckets ([`pace`]) on two [`shelf`]s of bounded size: one for
//! callers who have said who they are, one for the addresses of those who have not. [`queue`] says
//! how many requests are worked on at once and whose turn is next; [`company`], who is there beside
//! whom.
//!
//! What is refused is told at a pace of its own ([`Brake::hold`]): whoever asks again and again
//! without waiting waits for its refusals, each of which costs the office as much as a short answer.
//!
//! Secrets have 256 random bits, so nobody guesses one; what the brake on wrong passwords saves is
//! the office's time, and its log. A caller that came in from an address before still comes in from
//! there while the address is braked: one broken script does not shut out its neighbours.
//!
//! Not here: connections and slow readers, which end before there is a request; and body sizes.

mod company;
mod pace;
mod queue;
mod shelf;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use legation_core::act::Actor;

pub use queue::Work;
pub(crate) use queue::{Full, Queue, Share, Slot, Stay};

use pace::{Level, Pace};
use shelf::Shelf;

/// How long a refusal may be held at most, in nanoseconds: less than most clients wait for an answer.
const LONGEST_HOLD: u64 = 10_000_000_000;

/// How much a caller may ask for. A rate of 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests a second of one client or person. Default: 1,000, a hundred times what a busy
    /// poller asks.
    pub requests_per_second: u64,
    /// How many of them may come at once. Default: 10,000: a first synchronisation in small pages.
    pub request_burst: u64,
    /// Bytes a second of one client or person, requests and answers together, before compression.
    /// Default: 0, no limit: the network is the limit.
    pub bytes_per_second: u64,
    /// How many of them may come at once. Default: 256 MiB.
    pub byte_burst: u64,
    /// Requests a second of one address that does not say who it is: auditors that read the log,
    /// and whoever signs in. Default: 200.
    pub stranger_requests_per_second: u64,
    /// How many of them may come at once. Default: 2,000: an auditor that reads the whole log.
    pub stranger_burst: u64,
    /// Wrong passwords, tokens and links a minute from one address. Default: 10.
    pub failures_per_minute: u64,
    /// How many of them may come at once. Default: 30: a fleet of pollers with an old password.
    pub failure_burst: u64,
    /// Refusals a second that one address is told at once; those beyond are held until their time
    /// comes. Default: 100, which costs a hundredth of a processor.
    pub refusals_per_second: u64,
    /// About how many callers and how many addresses are remembered; those not heard of longest are
    /// forgotten. Default: 16,384, which takes some megabytes.
    pub remembered: usize,
    /// The proxies whose `X-Forwarded-For` is believed. Default: none. With none, all who come
    /// through one proxy share its address.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            requests_per_second: 1_000,
            request_burst: 10_000,
            bytes_per_second: 0,
            byte_burst: 256 * 1024 * 1024,
            stranger_requests_per_second: 200,
            stranger_burst: 2_000,
            failures_per_minute: 10,
            failure_burst: 30,
            refusals_per_second: 100,
            remembered: 16_384,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Rates {
    /// No limit of any kind: for measuring, and for tests of other things.
    pub fn unlimited() -> Self {
        Self {
            requests_per_second: 0,
            bytes_per_second: 0,
            stranger_requests_per_second: 0,
            failures_per_minute: 0,
            refusals_per_second: 0,
            ..Self::default()
        }
    }
}

/// Where a stranger comes from: an IPv4 address, or an IPv6 network of 64 bits, which is what one
/// subscriber gets (RFC 6177).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Origin(u64);

impl Origin {
    fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u64::from(u32::from(address))),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                let high = [a, b, c, d].into_iter();
                Self(high.fold(0, |network, part| network << 16 | u64::from(part)))
            }
        }
    }
}

/// A limit that has bitten, and after how many seconds to come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    pub(crate) what: What,
    pub(crate) seconds: u64,
}

/// What there was too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Requests,
    Bytes,
    Failures,
}

/// What is remembered of a caller or an address.
#[derive(Debug, Default)]
struct Tally {
    requests: Level,
    bytes: Level,
    failures: Level,
    refusals: Level,
    /// Where a caller last came in from while that place was not braked.
    seen: Option<Origin>,
}

/// The buckets of everybody.
#[derive(Debug)]
pub(crate) struct Brake {
    requests: Pace,
    bytes: Pace,
    stranger_requests: Pace,
    failures: Pace,
    refusals: Pace,
    trusted_proxies: Vec<IpAddr>,
    callers: Shelf<Actor, Tally>,
    strangers: Shelf<Origin, Tally>,
    /// Until when some address may be braked, in nanoseconds: while it is past, none is looked up.
    braked_until: AtomicU64,
    held: AtomicU64,
    begun: Instant,
}

impl Brake {
    pub(crate) fn new(rates: &Rates) -> Self {
        Self {
            requests: Pace::new(rates.requests_per_second, rates.request_burst),
            bytes: Pace::new(rates.bytes_per_second, rates.byte_burst),
            stranger_requests: Pace::new(rates.stranger_requests_per_second, rates.stranger_burst),
            failures: Pace::per_minute(rates.failures_per_minute, rates.failure_burst),
            refusals: Pace::new(rates.refusals_per_second, rates.refusals_per_second),
            trusted_proxies: rates.trusted_proxies.clone(),
            callers: Shelf::new(rates.remembered),
            strangers: Shelf::new(rates.remembered),
            braked_until: AtomicU64::new(0),
            held: AtomicU64::new(0),
            begun: Instant::now(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Where a request comes from: the address of the connection, or, when that is a trusted
    /// proxy's, the last address in `X-Forwarded-For` that is not.
    pub(crate) fn origin(&self, connection: Option<IpAddr>, headers: &HeaderMap) -> Origin {
        let Some(connection) = connection.map(|address| address.to_canonical()) else {
            return Origin::default();
        };
        if !self.trusted_proxies.contains(&connection) {
            return Origin::of(connection);
        }
        let lines = headers.get_all("x-forwarded-for").iter().rev();
        let said = lines.filter_map(|line| line.to_str().ok());
        let addresses = said.flat_map(|line| line.rsplit(','));
        for word in addresses {
            match word.trim().parse::<IpAddr>() {
                Ok(address) if self.trusted_proxies.contains(&address.to_canonical()) => {}
                Ok(address) => return Origin::of(address),
                // What stands before something that is no address was written by nobody we trust.
                Err(_) => break,
            }
        }
        Origin::of(connection)
    }

    /// Lets a known caller in, or says for how long not.
    pub(crate) fn admit(&self, caller: &Actor, origin: Origin) -> Result<(), Wait> {
        let now = self.now();
        let braked = self.braked(origin, now);
        self.callers.with(caller, |tally| {
            match braked {
                Some(wait) if tally.seen != Some(origin) => return Err(wait),
                Some(_) => {}
                None => tally.seen = Some(origin),
            }
            let bytes = self.bytes.ask(tally.bytes, 0, now);
            bytes.map_err(|nanos| wait(What::Bytes, nanos))?;
            let requests = self.requests.spend(&mut tally.requests, 1, now);
            requests.map_err(|nanos| wait(What::Requests, nanos))
        })
    }

    /// Lets somebody unknown in, or says for how long not.
    pub(crate) fn admit_stranger(&self, origin: Origin) -> Result<(), Wait> {
        let now = self.now();
        self.strangers.with(&origin, |tally| {
            let bytes = self.bytes.ask(tally.bytes, 0, now);
            bytes.map_err(|nanos| wait(What::Bytes, nanos))?;
            let requests = self.stranger_requests;
            let requests = requests.spend(&mut tally.requests, 1, now);
            requests.map_err(|nanos| wait(What::Requests, nanos))
        })
    }

    /// Counts the bytes of a request and its answer.
    pub(crate) fn charge(&self, caller: Option<&Actor>, origin: Origin, bytes: u64) {
        if self.bytes.is_unlimited() {
            return;
        }
        let now = self.now();
        let take = |tally: &mut Tally| self.bytes.take(&mut tally.bytes, bytes, now);
        match caller {
            Some(caller) => self.callers.with(caller, take),
            None => self.strangers.with(&origin, take),
        }
    }

    /// Counts a wrong password from there, or says for how long none is looked at.
    pub(crate) fn fail(&self, origin: Origin) -> Result<(), Wait> {
        let now = self.now();
        let outcome = self.strangers.with(&origin, |tally| {
            self.failures.spend(&mut tally.failures, 1, now)?;
            // The next one may be one too many.
            Ok(self.failures.ask(tally.failures, 1, now).err())
        });
        let until = |nanos: u64| {
            let until = now.saturating_add(nanos);
            self.braked_until.fetch_max(until, Ordering::Relaxed);
        };
        match outcome {
            Ok(next) => {
                next.into_iter().for_each(until);
                Ok(())
            }
            Err(nanos) => {
                until(nanos);
                Err(wait(What::Failures, nanos))
            }
        }
    }

    /// Whether no password from there is looked at now.
    pub(crate) fn holds_back(&self, origin: Origin) -> Option<Wait> {
        self.braked(origin, self.now())
    }

    fn braked(&self, origin: Origin, now: u64) -> Option<Wait> {
        if now >= self.braked_until.load(Ordering::Relaxed) {
            return None;
        }
        let ask = |tally: &mut Tally| self.failures.ask(tally.failures, 1, now);
        let nanos = self.strangers.with(&origin, ask).err()?;
        Some(wait(What::Failures, nanos))
    }

    /// How long to hold the next refusal of somebody there.
    pub(crate) fn hold(&self, origin: Origin) -> Option<Duration> {
        if self.refusals.is_unlimited() {
            return None;
        }
        let now = self.now();
        let nanos = self.strangers.with(&origin, |tally| {
            let refusals = self.refusals;
            refusals.reserve(&mut tally.refusals, 1, now, LONGEST_HOLD)
        });
        if nanos == 0 {
            return None;
        }
        self.held.fetch_add(1, Ordering::Relaxed);
        Some(Duration::from_nanos(nanos))
    }

    /// How many refusals were held so far.
    pub(crate) fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// How many callers and addresses are remembered.
    pub(crate) fn remembered(&self) -> (usize, usize) {
        (self.callers.len(), self.strangers.len())
    }
}

fn wait(what: What, nanos: u64) -> Wait {
    Wait {
        what,
        seconds: nanos.div_ceil(1_000_000_000).max(1),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn brake(rates: &Rates) -> Brake {
        Brake::new(rates)
    }

    fn client(name: &str) -> Actor {
        Actor::Client("JPN".parse().unwrap(), name.parse().unwrap())
    }

    fn at(address: &str) -> Origin {
        Origin::of(address.parse().unwrap())
    }

    #[test]
    fn one_callers_flood_costs_nobody_else_anything() {
        let brake = brake(&Rates {
            requests_per_second: 1,
            request_burst: 3,
            ..Rates::default()
        });
        let (flood, quiet) = (client("flood"), client("quiet"));
        let here = at("192.0.2.1");
        let admitted = (0..50)
            .filter(|_| brake.admit(&flood, here).is_ok())
            .count();
        assert_eq!(admitted, 3);
        let refused = brake.admit(&flood, here).unwrap_err();
        assert_eq!(refused.what, What::Requests);
        assert_eq!(refused.seconds, 1);
        assert_eq!(brake.admit(&quiet, here), Ok(()));
        assert_eq!(brake.admit_stranger(here), Ok(()));
    }

    #[test]
    fn an_answer_that_was_too_large_is_paid_by_the_next() {
        let brake = brake(&Rates {
            bytes_per_second: 10,
            byte_burst: 100,
            ..Rates::default()
        });
        let (caller, here) = (client("poller"), at("192.0.2.1"));
        assert_eq!(brake.admit(&caller, here), Ok(()));
        brake.charge(Some(&caller), here, 1_100);
        let refused = brake.admit(&caller, here).unwrap_err();
        assert_eq!(refused.what, What::Bytes);
        assert!((99..=100).contains(&refused.seconds), "{refused:?}");
        assert_eq!(brake.admit_stranger(here), Ok(()));
    }

    #[test]
    fn guessing_is_braked_by_address_and_the_familiar_still_come_in() {
        let brake = brake(&Rates {
            failures_per_minute: 1,
            failure_burst: 3,
            ..Rates::default()
        });
        let (familiar, guessed) = (client("familiar"), client("guessed"));
        let (here, there) = (at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(brake.admit(&familiar, here), Ok(()));
        assert_eq!((0..9).filter(|_| brake.fail(here).is_ok()).count(), 3);
        assert_eq!(
            brake.holds_back(here).map(|wait| wait.what),
            Some(What::Failures)
        );
        // A right guess from the braked address looks like a wrong one.
        let refused = brake.admit(&guessed, here).unwrap_err();
        assert_eq!(refused.what, What::Failures);
        assert!((1..=60).contains(&refused.seconds), "{refused:?}");
        assert_eq!(brake.admit(&familiar, here), Ok(()));
        assert_eq!(brake.admit(&guessed, there), Ok(()));
        assert_eq!(brake.holds_back(there), None);
    }

    #[test]
    fn refusals_are_told_at_a_pace_and_nobody_else_waits_for_them() {
        let brake = brake(&Rates {
            refusals_per_second: 4,
            ..Rates::default()
        });
        let (here, there) = (at("192.0.2.1"), at("192.0.2.2"));
        let holds: Vec<_> = (0..100).map(|_| brake.hold(here)).collect();
        // A second's worth at once and the one after it, then one by one, up to a bound.
        assert_eq!(holds[..5], [None; 5]);
        let held: Vec<Duration> = holds[5..].iter().map(|hold| hold.unwrap()).collect();
        assert!(held.is_sorted());
        assert!(held[8] > Duration::from_secs(1));
        assert_eq!(*held.last().unwrap(), Duration::from_nanos(LONGEST_HOLD));
        assert_eq!(brake.held(), 95);
        assert_eq!(brake.hold(there), None);
        let unlimited = Brake::new(&Rates::unlimited());
        assert!((0..1000).all(|_| unlimited.hold(here).is_none()));
    }

    #[test]
    fn memory_stays_bounded_under_a_flood_of_addresses() {
        let brake = brake(&Rates {
            remembered: 100,
            ..Rates::default()
        });
        for number in 0..100_000_u32 {
            let origin = Origin::of(Ipv4Addr::from(number).into());
            let _ = brake.admit_stranger(origin);
            let _ = brake.fail(origin);
        }
        assert!(brake.remembered().1 <= 2 * 112, "{:?}", brake.remembered());
    }

    #[test]
    fn an_ipv6_subscriber_is_one_origin_and_a_mapped_address_is_ipv4() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let proxy: IpAddr = Ipv4Addr::LOCALHOST.into();
        let brake = brake(&Rates {
            trusted_proxies: vec![proxy, Ipv6Addr::LOCALHOST.into()],
            ..Rates::default()
        });
        let mut headers = HeaderMap::new();
        let stranger: IpAddr = "198.51.100.7".parse().unwrap();
        assert_eq!(brake.origin(Some(proxy), &headers), Origin::of(proxy));
        // What the client wrote itself stands before what the proxy appended.
        headers.append("x-forwarded-for", "203.0.113.1, 192.0.2.9".parse().unwrap());
        headers.append("x-forwarded-for", "::1".parse().unwrap());
        assert_eq!(brake.origin(Some(proxy), &headers), at("192.0.2.9"));
        assert_eq!(brake.origin(Some(stranger), &headers), Origin::of(stranger));
        headers.append("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(brake.origin(Some(proxy), &headers), Origin::of(proxy));
    }
}
