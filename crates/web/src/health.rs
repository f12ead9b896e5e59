//! Whether the office is up and may be asked, and the listener on which only its keeper asks.
//!
//! [`Monitor`] is what is watched with: it counts what the faces and the door do, knows whether the
//! office starts, serves or stops, and writes it all out. It has a listener of its own
//! ([`serve_monitor`]), so that what it tells of the inside is never on the address that partners
//! know; there, `/health/ready` says yes or no and nothing more.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use legation_engine::{APPEND_BOUNDS_MICROS, Gauges, Office};
use tokio::net::TcpListener;

use crate::event::{Event, Watch};
use crate::face::Face;
use crate::limit::{Brake, Queue};
use crate::metrics::text::{Histogram, MEDIA_TYPE, Page};
use crate::metrics::{Metrics, process};
use crate::problem::Problem;
use crate::route::Route;
use crate::router;

/// What a monitor tells and looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Monitoring {
    /// Whether requests and bytes are told by party. Default: no. The metrics would name who
    /// cooperates with the office, and how much, to everybody who can read them.
    pub parties: bool,
    /// The folder whose disk is watched. Default: none.
    pub folder: Option<PathBuf>,
    /// Below how many free bytes on that disk the office is not ready any more. Default: 256 MiB,
    /// room for some hours of filing while somebody comes to help.
    pub least_free: u64,
}

impl Default for Monitoring {
    fn default() -> Self {
        Self {
            parties: false,
            folder: None,
            least_free: 256 * 1024 * 1024,
        }
    }
}

/// Watches over an office. Cloning it makes another handle to the same one.
#[derive(Clone, Debug)]
pub struct Monitor(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    monitoring: Monitoring,
    metrics: Metrics,
    phase: AtomicU8,
    begun: Instant,
    watched: OnceLock<Watched>,
}

/// What there is to be watched once an office serves.
struct Watched {
    office: Office,
    queue: Queue,
    brake: Arc<Brake>,
}

impl std::fmt::Debug for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watched(..)")
    }
}

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const STOPPING: u8 = 2;

/// Why an office is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unready {
    /// It has not opened yet.
    Starting,
    /// It was told to stop.
    Stopping,
    /// It broke down over an act, or its journal takes nothing more, until it is restarted.
    Broken,
    /// The disk is nearly full.
    DiskNearlyFull,
}

impl Unready {
    /// In a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Stopping => "stopping",
            Self::Broken => "broken",
            Self::DiskNearlyFull => "disk-nearly-full",
        }
    }
}

impl Default for Monitor {
    fn default() -> Self {
        Self::new(Monitoring::default())
    }
}

impl Watch for Monitor {
    fn note(&self, event: &Event) {
        self.0.metrics.note(event);
        let code = event.code();
        match event {
            Event::Stopping => {
                self.0.phase.store(STOPPING, Ordering::Relaxed);
                tracing::info!(target: "legation::door", { code }, "the office stops");
            }
            Event::CertificateLoaded => {
                tracing::info!(target: "legation::door", { code }, "a new certificate is in use");
            }
            Event::CertificateRefused(cause) => {
                tracing::warn!(
                    target: "legation::door",
                    { code, cause },
                    "a new certificate is refused, the old one stays"
                );
            }
            Event::CertificateObtained => {
                tracing::info!(target: "legation::door", { code }, "a CA has issued a certificate");
            }
            Event::CertificateNotObtained(cause) => {
                tracing::warn!(
                    target: "legation::door",
                    { code, cause },
                    "no new certificate is to be had, what is in use stays"
                );
            }
            Event::Limited(_) | Event::HandshakeFailed => {
                tracing::debug!(target: "legation::door", { code }, "a connection ended early");
            }
            Event::Opened | Event::Closed | Event::CertificateEnds(_) => {}
        }
    }
}

impl Monitor {
    /// A monitor of an office that is about to start.
    pub fn new(monitoring: Monitoring) -> Self {
        let routes = router::listing().into_iter();
        let routes = routes.map(|route| (route.path, route.methods)).collect();
        Self(Arc::new(Inner {
            metrics: Metrics::new(routes, monitoring.parties),
            monitoring,
            phase: AtomicU8::new(STARTING),
            begun: Instant::now(),
            watched: OnceLock::new(),
        }))
    }

    /// From now on it watches over that office.
    pub(crate) fn watch(&self, office: &Office, queue: &Queue, brake: &Arc<Brake>) {
        let watched = Watched {
            office: office.clone(),
            queue: queue.clone(),
            brake: Arc::clone(brake),
        };
        // One monitor watches over one office: a second one would be counted with the first.
        if self.0.watched.set(watched).is_ok() {
            let phases = (STARTING, SERVING);
            let order = Ordering::Relaxed;
            // A stop that came first stays one.
            let _ = self
                .0
                .phase
                .compare_exchange(phases.0, phases.1, order, order);
        }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether the office may be asked now.
    ///
    /// # Errors
    /// Why not.
    pub fn ready(&self) -> Result<(), Unready> {
        match self.0.phase.load(Ordering::Relaxed) {
            STARTING => return Err(Unready::Starting),
            STOPPING => return Err(Unready::Stopping),
            _ => {}
        }
        let watched = self.0.watched.get().ok_or(Unready::Starting)?;
        if watched.office.gauges().poisoned || watched.office.now().is_err() {
            return Err(Unready::Broken);
        }
        match self.free() {
            Some(free) if free < self.0.monitoring.least_free => Err(Unready::DiskNearlyFull),
            _ => Ok(()),
        }
    }

    /// What is free on the office's disk, in bytes, for whom it runs as.
    fn free(&self) -> Option<u64> {
        let folder = self.0.monitoring.folder.as_ref()?;
        let disk = rustix::fs::statvfs(folder).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Everything that is counted, in Prometheus's text form.
    pub fn exposition(&self) -> String {
        let mut page = Page::default();
        page.gauge("legation_build_info", "The program; always 1.")
            .sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        page.gauge("legation_ready", "Whether the office may be asked: 1 or 0.")
            .sample(&[], u8::from(self.ready().is_ok()));
        page.gauge("legation_uptime_seconds", "Since the program began.")
            .sample(&[], self.0.begun.elapsed().as_secs());
        if let Some(free) = self.free() {
            page.gauge("legation_disk_free_bytes", "Free on the office's disk.")
                .sample(&[], free);
        }
        self.0.metrics.write(&mut page);
        if let Some(watched) = self.0.watched.get() {
            watched.write(&mut page);
        }
        process::write(&mut page);
        page.into_text()
    }
}

impl Watched {
    fn write(&self, page: &mut Page) {
        let depth = self.queue.depth();
        page.gauge("legation_requests_in_work", "Requests worked on now.")
            .sample(&[], depth.in_work);
        page.gauge(
            "legation_requests_waiting",
            "Requests that wait for their turn.",
        )
        .sample(&[], depth.waiting);
        let help = "Requests that wait, are worked on or are being answered.";
        page.gauge("legation_requests_under_way", help)
            .sample(&[], depth.under_way);
        let help = "Bytes of bodies that arrive and answers that leave, in memory.";
        page.gauge("legation_bytes_under_way", help)
            .sample(&[], depth.bytes);
        let help = "Times that something waited so that others get their share, by what it was.";
        let mut family = page.counter("legation_held_total", help);
        family.sample(&[("what", "work")], depth.held);
        family.sample(&[("what", "refusals")], self.brake.held());
        let (callers, addresses) = self.brake.remembered();
        let help = "Callers and addresses that the rate limits remember.";
        let mut family = page.gauge("legation_remembered", help);
        family.sample(&[("what", "callers")], callers);
        family.sample(&[("what", "addresses")], addresses);
        write_journal(page, &self.office.gauges());
        let now = self.office.now();
        let counts = self.office.with(|fold| {
            let state = fold.state();
            (
                state.next().0,
                state.record_count(),
                state.parties().count(),
                now.ok().map(|now| state.open_notices(now)),
            )
        });
        if let Ok((entries, records, parties, notices)) = counts {
            if let Some((open, overdue)) = notices {
                let help = "Recall notices that are not acknowledged, by whether they should be.";
                let mut family = page.gauge("legation_recall_notices", help);
                family.sample(&[("state", "in-time")], open - overdue);
                family.sample(&[("state", "overdue")], overdue);
            }
            page.gauge("legation_entries", "Entries of the journal.")
                .sample(&[], entries);
            page.gauge("legation_records", "Records ever filed.")
                .sample(&[], records);
            page.gauge("legation_parties", "Parties, the host among them.")
                .sample(&[], parties);
        }
    }
}

fn write_journal(page: &mut Page, gauges: &Gauges) {
    let help = "Acts that wait for the writer.";
    page.gauge("legation_journal_waiting", help)
        .sample(&[], gauges.waiting);
    let help = "Whether the journal takes nothing more until a restart: 1 or 0.";
    page.gauge("legation_journal_poisoned", help)
        .sample(&[], u8::from(gauges.poisoned));
    for (name, help, count) in [
        (
            "legation_journal_batches_total",
            "Batches made durable.",
            gauges.batches,
        ),
        (
            "legation_journal_entries_total",
            "Entries made durable.",
            gauges.entries,
        ),
        (
            "legation_receipts_total",
            "Receipts made durable.",
            gauges.receipts,
        ),
        (
            "legation_journal_bodies_total",
            "Bodies made durable.",
            gauges.bodies,
        ),
        (
            "legation_journal_bytes_total",
            "Bytes of entries and bodies made durable, before the journal's own form.",
            gauges.bytes,
        ),
        (
            "legation_journal_failures_total",
            "Batches that came to nothing.",
            gauges.failures,
        ),
    ] {
        page.counter(name, help).sample(&[], count);
    }
    let help = "Pages asked for, by whether their bytes were in memory.";
    let mut family = page.counter("legation_pages_total", help);
    family.sample(&[("bytes", "in-memory")], gauges.pages_found);
    family.sample(&[("bytes", "read")], gauges.pages_missed);
    let help = "How long a batch took to be durable.";
    page.histogram("legation_journal_append_duration_seconds", help)
        .histogram(
            &[],
            &Histogram {
                bounds_micros: &APPEND_BOUNDS_MICROS,
                classes: &gauges.append_classes,
                sum_micros: u64::try_from(gauges.append.as_micros()).unwrap_or(u64::MAX),
            },
        );
}

/// The two questions on the address that partners know. They cost nothing and are never refused.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::at("/health/live").free().get(live),
        Route::at("/health/ready").free().get(is_ready),
    ]
}

/// That an answer comes is the answer.
async fn live() -> &'static str {
    "live\n"
}

async fn is_ready(State(face): State<Face>) -> Result<&'static str, Problem> {
    match face.settings.monitor.ready() {
        Ok(()) => Ok("ready\n"),
        Err(_) => Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "web.not-ready",
            "the office is not ready; try again shortly",
        )),
    }
}

/// Serves `/metrics`, `/health/live` and `/health/ready` of a monitor until `shutdown` is done.
/// There is no log-in: listen on an address that only the office's keeper reaches.
///
/// # Errors
/// When the socket cannot be used.
pub async fn serve_monitor(
    listener: TcpListener,
    monitor: Monitor,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(tell))
        .route("/health/live", get(live))
        .route("/health/ready", get(tell_ready))
        .with_state(monitor);
    axum::serve(listener, router)
        .with_graceful_shutdown(shutdown)
        .await
}

async fn tell(State(monitor): State<Monitor>) -> Response {
    // The fold and `/proc` are looked at: not on a thread that others wait for.
    let text = tokio::task::spawn_blocking(move || monitor.exposition()).await;
    match text {
        Ok(text) => plain(StatusCode::OK, MEDIA_TYPE, text),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn tell_ready(State(monitor): State<Monitor>) -> Response {
    let (status, text) = match monitor.ready() {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(unready) => (StatusCode::SERVICE_UNAVAILABLE, unready.as_str()),
    };
    plain(status, "text/plain; charset=utf-8", format!("{text}\n"))
}

fn plain(status: StatusCode, kind: &'static str, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, text).into_response()
}
