//! What the faces count: requests by route and status, how long they took, bytes, refusals by code,
//! connections.
//!
//! The counters stand in tables made once from the list of routes, so that counting a request is a
//! few additions and no look-up. [`text`] writes them out in the form that Prometheus reads, with
//! what the engine and [`process`] tell. Nothing here names a record, a caller or an address, and a
//! party only when the office's keeper has said so.

pub(crate) mod process;
pub(crate) mod text;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use legation_core::id::PartyCode;

use crate::event::{Event, Limit};
use crate::metrics::text::{Histogram, Page};

/// The upper bounds of the classes of durations, in microseconds: from an empty page to a rehearsal.
const BOUNDS_MICROS: [u64; 15] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
    1_000_000, 2_500_000, 10_000_000,
];

/// One for each bound, and one above.
const CLASSES: usize = BOUNDS_MICROS.len() + 1;

/// The statuses that an office answers with; all others together stand as 0.
const STATUSES: [u16; 21] = [
    200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 429, 431, 500,
    503, 0,
];

/// The limits that bite a request, beside those of connections.
pub(crate) const REQUEST_LIMITS: [&str; 4] = [
    "web.too-many-requests",
    "web.too-many-bytes",
    "web.too-many-failures",
    "web.busy",
];

/// A route as it is counted: its path with parameters in braces, and its methods.
#[derive(Debug)]
pub(crate) struct Counted {
    path: String,
    methods: Vec<Method>,
    /// By method, and one for all that the route does not answer; then by status.
    answers: Vec<[AtomicU64; STATUSES.len()]>,
    classes: [AtomicU64; CLASSES],
    micros: AtomicU64,
    received: AtomicU64,
    sent: AtomicU64,
}

/// All that is counted of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally<'a> {
    /// Which route, by its place in the list; the last one for paths that are none.
    pub(crate) route: usize,
    pub(crate) method: &'a Method,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<&'static str>,
    pub(crate) party: Option<&'a PartyCode>,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) took: Duration,
}

/// The counters of the faces.
#[derive(Debug)]
pub(crate) struct Metrics {
    routes: Vec<Counted>,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    limits: Mutex<BTreeMap<&'static str, u64>>,
    /// Requests and bytes by party, if parties may be named.
    parties: Option<Mutex<BTreeMap<PartyCode, (u64, u64)>>>,
    abandoned: AtomicU64,
    opened: AtomicU64,
    closed: AtomicU64,
    handshakes_failed: AtomicU64,
    certificates_loaded: AtomicU64,
    certificates_refused: AtomicU64,
    certificates_obtained: AtomicU64,
    certificates_not_obtained: AtomicU64,
    /// When the certificate of a CA ends, in seconds of Unix time; 0 where there is none.
    certificate_ends: AtomicU64,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Ordering::Relaxed);
}

fn of(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn zeros<const N: usize>() -> [AtomicU64; N] {
    std::array::from_fn(|_| AtomicU64::new(0))
}

impl Metrics {
    /// Counters for those routes, and one more for paths that are none of them.
    pub(crate) fn new(routes: Vec<(String, Vec<Method>)>, parties: bool) -> Self {
        let none = ("none".to_owned(), Vec::new());
        let routes = routes.into_iter().chain([none]).map(|(path, methods)| {
            let answers = (0..=methods.len()).map(|_| zeros()).collect();
            Counted {
                path,
                methods,
                answers,
                classes: zeros(),
                micros: AtomicU64::new(0),
                received: AtomicU64::new(0),
                sent: AtomicU64::new(0),
            }
        });
        let limits = Limit::ALL.iter().map(|limit| limit.code());
        let limits = limits.chain(REQUEST_LIMITS).map(|code| (code, 0));
        Self {
            routes: routes.collect(),
            refusals: Mutex::default(),
            limits: Mutex::new(limits.collect()),
            parties: parties.then(Mutex::default),
            abandoned: AtomicU64::new(0),
            opened: AtomicU64::new(0),
            closed: AtomicU64::new(0),
            handshakes_failed: AtomicU64::new(0),
            certificates_loaded: AtomicU64::new(0),
            certificates_refused: AtomicU64::new(0),
            certificates_obtained: AtomicU64::new(0),
            certificates_not_obtained: AtomicU64::new(0),
            certificate_ends: AtomicU64::new(0),
        }
    }

    /// The path of a route, as it is listed.
    pub(crate) fn path(&self, route: usize) -> &str {
        self.routes.get(route).map_or("none", |route| &route.path)
    }

    /// Counts a request that has been answered.
    pub(crate) fn count(&self, tally: &Tally<'_>) {
        let Some(route) = self.routes.get(tally.route) else {
            return;
        };
        // HEAD is answered by what answers GET.
        let method = match tally.method {
            &Method::HEAD => &Method::GET,
            method => method,
        };
        let method = route.methods.iter().position(|known| known == method);
        let method = method.unwrap_or(route.methods.len());
        let status = tally.status.as_u16();
        let status = STATUSES.iter().position(|known| *known == status);
        let status = status.unwrap_or(STATUSES.len() - 1);
        let micros = u64::try_from(tally.took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS_MICROS.partition_point(|bound| *bound < micros);
        if let Some(answers) = route.answers.get(method).and_then(|by| by.get(status)) {
            add(answers, 1);
        }
        if let Some(class) = route.classes.get(class) {
            add(class, 1);
        }
        add(&route.micros, micros);
        add(&route.received, tally.received);
        add(&route.sent, tally.sent);
        if let Some(code) = tally.code {
            *locked(&self.refusals).entry(code).or_default() += 1;
            if REQUEST_LIMITS.contains(&code) {
                *locked(&self.limits).entry(code).or_default() += 1;
            }
        }
        if let (Some(parties), Some(party)) = (&self.parties, tally.party) {
            let mut parties = locked(parties);
            if !parties.contains_key(party) {
                parties.insert(party.clone(), (0, 0));
            }
            if let Some((requests, bytes)) = parties.get_mut(party) {
                *requests += 1;
                *bytes += tally.sent;
            }
        }
    }

    /// Counts a request whose client went away before there was an answer.
    pub(crate) fn abandon(&self) {
        add(&self.abandoned, 1);
    }

    /// Counts what happened at the door.
    pub(crate) fn note(&self, event: &Event) {
        match event {
            Event::Opened => add(&self.opened, 1),
            Event::Closed => add(&self.closed, 1),
            Event::HandshakeFailed => add(&self.handshakes_failed, 1),
            Event::CertificateLoaded => add(&self.certificates_loaded, 1),
            Event::CertificateRefused(_) => add(&self.certificates_refused, 1),
            Event::CertificateObtained => add(&self.certificates_obtained, 1),
            Event::CertificateNotObtained(_) => add(&self.certificates_not_obtained, 1),
            Event::CertificateEnds(at) => self.certificate_ends.store(*at, Ordering::Relaxed),
            Event::Limited(limit) => {
                *locked(&self.limits).entry(limit.code()).or_default() += 1;
            }
            Event::Stopping => {}
        }
    }

    /// Writes everything out.
    pub(crate) fn write(&self, page: &mut Page) {
        self.write_requests(page);
        let help = "Requests whose client went away before there was an answer.";
        page.counter("legation_http_abandoned_total", help)
            .sample(&[], of(&self.abandoned));
        let mut family = page.counter(
            "legation_refusals_total",
            "Requests refused, by error code.",
        );
        for (code, count) in locked(&self.refusals).iter() {
            family.sample(&[("code", code)], *count);
        }
        let help = "Limits that have bitten connections and requests, by error code.";
        let mut family = page.counter("legation_limits_total", help);
        for (code, count) in locked(&self.limits).iter() {
            family.sample(&[("code", code)], *count);
        }
        if let Some(parties) = &self.parties {
            let parties = locked(parties);
            let mut family = page.counter("legation_party_requests_total", "Requests, by party.");
            for (party, (requests, _)) in parties.iter() {
                family.sample(&[("party", party.as_str())], *requests);
            }
            let help = "Bytes sent in answers, by party.";
            let mut family = page.counter("legation_party_sent_bytes_total", help);
            for (party, (_, bytes)) in parties.iter() {
                family.sample(&[("party", party.as_str())], *bytes);
            }
        }
        let (opened, closed) = (of(&self.opened), of(&self.closed));
        page.counter("legation_connections_total", "Connections let in.")
            .sample(&[], opened);
        page.gauge("legation_connections", "Connections open now.")
            .sample(&[], opened.saturating_sub(closed));
        page.counter(
            "legation_handshake_failures_total",
            "TLS handshakes that came to nothing.",
        )
        .sample(&[], of(&self.handshakes_failed));
        let help = "Certificates read anew, by whether they are in use.";
        let mut family = page.counter("legation_certificate_loads_total", help);
        family.sample(&[("outcome", "loaded")], of(&self.certificates_loaded));
        family.sample(&[("outcome", "refused")], of(&self.certificates_refused));
        let help = "Certificates asked of a CA (ACME), by what came of it.";
        let mut family = page.counter("legation_certificate_renewals_total", help);
        family.sample(&[("outcome", "obtained")], of(&self.certificates_obtained));
        family.sample(
            &[("outcome", "failed")],
            of(&self.certificates_not_obtained),
        );
        let help = "When the certificate of a CA (ACME) ends, in Unix time.";
        let mut family = page.gauge("legation_certificate_end_timestamp_seconds", help);
        // Without one there is no line: an alarm before its end would go off.
        let ends = of(&self.certificate_ends);
        if ends > 0 {
            family.sample(&[], ends);
        }
    }

    fn write_requests(&self, page: &mut Page) {
        let help = "Requests answered, by route, method and status.";
        let mut family = page.counter("legation_http_requests_total", help);
        for route in &self.routes {
            let methods = route.methods.iter().map(Method::as_str).chain(["other"]);
            for (method, by_status) in methods.zip(&route.answers) {
                for (status, count) in STATUSES.iter().zip(by_status) {
                    let count = of(count);
                    // What never happened is left out: it would be a thousand lines of zeros.
                    if count > 0 {
                        let status = match status {
                            0 => "other".to_owned(),
                            status => status.to_string(),
                        };
                        let labels = [
                            ("route", route.path.as_str()),
                            ("method", method),
                            ("status", status.as_str()),
                        ];
                        family.sample(&labels, count);
                    }
                }
            }
        }
        let name = "legation_http_request_duration_seconds";
        let help = "From the head of a request to the last byte of its answer, by route.";
        let mut family = page.histogram(name, help);
        let used = || self.routes.iter().filter(|route| route.is_used());
        for route in used() {
            let classes: Vec<u64> = route.classes.iter().map(of).collect();
            family.histogram(
                &[("route", route.path.as_str())],
                &Histogram {
                    bounds_micros: &BOUNDS_MICROS,
                    classes: &classes,
                    sum_micros: of(&route.micros),
                },
            );
        }
        let help = "Bytes received in request bodies, by route.";
        let mut family = page.counter("legation_http_received_bytes_total", help);
        for route in used() {
            family.sample(&[("route", route.path.as_str())], of(&route.received));
        }
        let help = "Bytes sent in the bodies of answers, by route.";
        let mut family = page.counter("legation_http_sent_bytes_total", help);
        for route in used() {
            family.sample(&[("route", route.path.as_str())], of(&route.sent));
        }
    }
}

impl Counted {
    fn is_used(&self) -> bool {
        self.classes.iter().any(|class| of(class) > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(metrics: &Metrics) -> String {
        let mut page = Page::default();
        metrics.write(&mut page);
        page.into_text()
    }

    #[test]
    fn a_request_is_counted_by_its_route_and_never_by_its_path() {
        let routes = vec![("/a/{id}".to_owned(), vec![Method::GET, Method::POST])];
        let metrics = Metrics::new(routes, false);
        let party: PartyCode = "JPN".parse().unwrap();
        let tally = Tally {
            route: 0,
            method: &Method::HEAD,
            status: StatusCode::NOT_FOUND,
            code: Some("engine.not-found"),
            party: Some(&party),
            received: 3,
            sent: 50,
            took: Duration::from_micros(300),
        };
        metrics.count(&tally);
        let (method, status) = (&Method::PATCH, StatusCode::IM_A_TEAPOT);
        metrics.count(&Tally {
            route: 1,
            method,
            status,
            code: None,
            ..tally
        });
        let text = written(&metrics);
        for line in [
            "legation_http_requests_total{route=\"/a/{id}\",method=\"GET\",status=\"404\"} 1",
            "legation_http_requests_total{route=\"none\",method=\"other\",status=\"other\"} 1",
            "legation_http_request_duration_seconds_bucket{route=\"/a/{id}\",le=\"0.00025\"} 0",
            "legation_http_request_duration_seconds_bucket{route=\"/a/{id}\",le=\"0.0005\"} 1",
            "legation_http_request_duration_seconds_bucket{route=\"/a/{id}\",le=\"+Inf\"} 1",
            "legation_http_request_duration_seconds_sum{route=\"/a/{id}\"} 0.0003",
            "legation_http_sent_bytes_total{route=\"/a/{id}\"} 50",
            "legation_refusals_total{code=\"engine.not-found\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        // Nobody said that parties may be named.
        assert!(!text.contains("JPN") && !text.contains("legation_party"));
    }

    #[test]
    fn parties_are_named_when_they_may_be() {
        let metrics = Metrics::new(Vec::new(), true);
        let party: PartyCode = "JPN".parse().unwrap();
        for _ in 0..2 {
            metrics.count(&Tally {
                route: 0,
                method: &Method::GET,
                status: StatusCode::OK,
                code: None,
                party: Some(&party),
                received: 0,
                sent: 21,
                took: Duration::ZERO,
            });
        }
        let text = written(&metrics);
        assert!(text.contains("legation_party_requests_total{party=\"JPN\"} 2\n"));
        assert!(text.contains("legation_party_sent_bytes_total{party=\"JPN\"} 42\n"));
    }

    #[test]
    fn every_limit_is_there_before_it_bites() {
        let metrics = Metrics::new(Vec::new(), false);
        metrics.note(&Event::Limited(Limit::SlowBody));
        let text = written(&metrics);
        for limit in Limit::ALL {
            let count = u8::from(limit == Limit::SlowBody);
            let line = format!(
                "legation_limits_total{{code=\"{}\"}} {count}\n",
                limit.code()
            );
            assert!(text.contains(&line), "{line}");
        }
        for code in REQUEST_LIMITS {
            assert!(text.contains(code));
        }
    }
}
