//! One connection, from the moment it was accepted to its end, and all that it may cost.
//!
//! The cast. [`Wire`] is the socket; it counts what passes ([`traffic`]) and has each write ask the
//! valve. [`places`] says how many connections there may be. [`flight`] follows one request, its
//! body on the way in and its answer on the way out. [`patrol`] looks at the counts from time to
//! time and says when a connection has to end. [`desk`] hands each request to the faces, or answers
//! 503 itself.
//!
//! The flow. The accept loop ([`crate::serve`](mod@crate::serve)) takes a place for the connection
//! and starts [`Connection::run`]: the TLS handshake where there is one, then HTTP in whichever
//! version the other side speaks, with the patrol beside it, until one of the two comes to an end.
//!
//! Not here: requests and bytes a second, which are limits of callers ([`crate::limit`]).

mod desk;
mod flight;
mod patrol;
mod places;
mod traffic;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};

use crate::connection::desk::Desk;
pub(crate) use crate::connection::desk::Shown;
pub(crate) use crate::connection::flight::SlowBody;
use crate::connection::patrol::{Patrol, Verdict};
pub(crate) use crate::connection::places::Places;
use crate::connection::traffic::Traffic;
use crate::connection::wire::Wire;
use crate::event::{Event, Limit, Watch};
use crate::settings::Limits;
use crate::tls::{self, Tls};
use crate::valve::{Valve, Valved};

/// How long a connection that is refused may take to ask and to be told so.
const REFUSAL: Duration = Duration::from_secs(5);

/// HTTP's own buffer for a connection holds at most so many heads: what is longer than one is
/// refused with a code, what is longer than this without.
const HEADS: usize = 4;

/// The least that HTTP/1 parsing works with (hyper's own minimum).
const LEAST_BUFFER: usize = 8192;

/// How far an office is on its way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// It is not on its way.
    Open,
    /// Requests under way end; new ones get 503.
    Stopping,
    /// Nothing is under way any more: connections are ended in order.
    Closing,
    /// The grace is over: connections end where they are.
    Cut,
}

/// What all connections of an office have in common.
pub(crate) struct House {
    pub(crate) limits: Limits,
    pub(crate) watch: Arc<dyn Watch>,
    /// What is spoken under HTTP, if anything is.
    pub(crate) tls: Option<Tls>,
    /// Set before [`Phase::Stopping`] is told, and never unset.
    pub(crate) stopping: AtomicBool,
    /// How many requests are under way on all connections.
    under_way: AtomicUsize,
    /// Rung when nothing is under way any more while the office is stopping.
    pub(crate) quiet: Notify,
}

impl House {
    pub(crate) fn new(limits: Limits, watch: Arc<dyn Watch>, tls: Option<Tls>) -> Self {
        Self {
            limits,
            watch,
            tls,
            stopping: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
            quiet: Notify::new(),
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Whether no request is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) == 0
    }

    fn begin(&self) {
        self.under_way.fetch_add(1, Ordering::SeqCst);
    }

    fn end(&self) {
        let last = self.under_way.fetch_sub(1, Ordering::SeqCst) == 1;
        if last && self.is_stopping() {
            self.quiet.notify_one();
        }
    }

    pub(crate) fn note(&self, limit: Limit) {
        self.watch.note(&Event::Limited(limit));
    }
}

/// A connection that was accepted.
pub(crate) struct Connection {
    pub(crate) house: Arc<House>,
    pub(crate) router: Router,
    pub(crate) address: SocketAddr,
    pub(crate) phase: watch::Receiver<Phase>,
    /// Why nothing is answered on it but 503, if so.
    pub(crate) refusal: Option<Limit>,
}

impl Connection {
    /// Serves it to its end.
    pub(crate) async fn run(self, stream: TcpStream) {
        let refused = self.refusal.is_some();
        let served = self.serve(stream);
        if refused {
            // Whoever is refused may not stay, whatever it does.
            let _ = tokio::time::timeout(REFUSAL, served).await;
        } else {
            served.await;
        }
    }

    async fn serve(self, stream: TcpStream) {
        // A page leaves in few large writes; waiting for more to put into a packet only delays it.
        let _ = stream.set_nodelay(true);
        let traffic = Arc::new(Traffic::new(&self.house));
        let valve = Valve::default();
        let wire = Wire::new(stream, Arc::clone(&traffic));
        let wire = Valved::new(wire, valve.clone());
        let Some(tls) = &self.house.tls else {
            return self.speak(wire, None, traffic, valve).await;
        };
        match tokio::time::timeout(self.house.limits.handshake, tls.accept(wire)).await {
            Ok(Ok(None)) => {}
            Ok(Ok(Some(stream))) => {
                let shown = tls::fingerprint(&stream).map(Shown);
                self.speak(stream, shown, traffic, valve).await;
            }
            // A scanner that says nothing and goes is not worth a word.
            Ok(Err(_)) if traffic.is_unread() => {}
            Ok(Err(_)) => self.house.watch.note(&Event::HandshakeFailed),
            Err(_) => self.house.note(Limit::SlowHandshake),
        }
    }

    /// Speaks HTTP until it is over.
    async fn speak<S>(
        mut self,
        stream: S,
        shown: Option<Shown>,
        traffic: Arc<Traffic>,
        valve: Valve,
    ) where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let desk = Desk {
            house: Arc::clone(&self.house),
            router: self.router.clone(),
            traffic: Arc::clone(&traffic),
            valve,
            address: self.address,
            shown,
            phase: self.phase.clone(),
            refusal: self.refusal,
        };
        let builder = builder(&self.house.limits);
        let mut spoken = pin!(builder.serve_connection(TokioIo::new(stream), desk));
        let mut patrol = Patrol::new(&self.house.limits, Instant::now());
        let mut round = pin!(tokio::time::sleep(patrol.pace()));
        let mut closing = *self.phase.borrow_and_update() >= Phase::Closing;
        if closing {
            spoken.as_mut().graceful_shutdown();
        }
        loop {
            tokio::select! {
                result = spoken.as_mut() => {
                    if let Err(error) = result {
                        self.note(&*error);
                    }
                    return;
                }
                changed = self.phase.changed() => {
                    let phase = *self.phase.borrow_and_update();
                    if changed.is_err() || phase == Phase::Cut {
                        return;
                    }
                    if phase == Phase::Closing && !closing {
                        closing = true;
                        spoken.as_mut().graceful_shutdown();
                    }
                }
                () = traffic.alarm() => {
                    self.house.note(Limit::Resets);
                    return;
                }
                () = round.as_mut() => {
                    round.as_mut().reset(tokio::time::Instant::now() + patrol.pace());
                    match patrol.look(&traffic, Instant::now()) {
                        Verdict::Fine => {}
                        Verdict::Close => {
                            self.house.note(Limit::Idle);
                            closing = true;
                            spoken.as_mut().graceful_shutdown();
                        }
                        Verdict::Cut(limit) => {
                            self.house.note(limit);
                            // What the system holds for a reader that takes nothing goes too.
                            traffic.discard();
                            return;
                        }
                        Verdict::Gone => return,
                    }
                }
            }
        }
    }

    /// Tells of a connection that HTTP itself gave up, where a limit was the cause.
    fn note(&self, error: &(dyn std::error::Error + 'static)) {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<hyper::Error>()
                && error.is_parse_too_large()
            {
                return self.house.note(Limit::HeadTooLong);
            }
            if let Some(error) = error.downcast_ref::<h2::Error>()
                && error.reason() == Some(h2::Reason::ENHANCE_YOUR_CALM)
            {
                return self.house.note(Limit::Resets);
            }
            cause = error.source();
        }
    }
}

/// How HTTP is spoken, within the limits.
fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let head = u32::try_from(limits.head_bytes).unwrap_or(u32::MAX);
    builder
        .http1()
        .timer(TokioTimer::new())
        // The patrol has an eye on heads; it knows them from connections that are merely idle.
        .header_read_timeout(None)
        .max_headers(limits.head_fields.saturating_mul(2).max(100))
        .max_buf_size(limits.head_bytes.saturating_mul(HEADS).max(LEAST_BUFFER));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        // Its sum counts 32 bytes beside each field (RFC 9113 section 6.5.2).
        .max_header_list_size(head.saturating_mul(2))
        .max_local_error_reset_streams(limits.resets);
    builder
}

/// Whether an error of the system while accepting concerns one connection only.
pub(crate) fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
