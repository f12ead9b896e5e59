//! One request on its way in and its answer on its way out.
//!
//! The body of the request has to come at a pace ([`Coming`]). The body of the answer
//! ([`Going`]) is handed to the HTTP library as it is over HTTP/1. Over HTTP/2 it goes in slices
//! that know when they have left: the library takes what its reader's window has no room for, and
//! as long as it holds such a slice the request is under way, and the answer's own body is kept,
//! with the guard that it has on the connection's valve.
//!
//! Not here: the clock of a reader; that is the patrol's.

use std::io;
use std::pin::Pin;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::connection::House;
use crate::connection::traffic::Traffic;
use crate::event::Limit;

/// How much of an answer is handed to an HTTP/2 stream at once: four of the frames that clients
/// take when they set nothing (RFC 9113 section 6.5.2).
const SLICE: usize = 64 * 1024;

/// A request under way.
pub(crate) struct Flight {
    traffic: Arc<Traffic>,
    streams: bool,
    /// Whether the answer was handed over whole.
    done: AtomicBool,
    /// How often the answer has gone on.
    steps: AtomicU64,
    /// Whether it is the reader that is waited for.
    waits: AtomicBool,
    /// The answer's body after its end, while the HTTP library still holds slices of it.
    kept: Mutex<Option<Body>>,
}

impl Flight {
    /// A request whose head has come.
    pub(super) fn begin(traffic: &Arc<Traffic>, streams: bool) -> Arc<Self> {
        traffic.begun.fetch_add(1, Relaxed);
        traffic.under_way.fetch_add(1, AcqRel);
        traffic.house.begin();
        let flight = Arc::new(Self {
            traffic: Arc::clone(traffic),
            streams,
            done: AtomicBool::new(false),
            steps: AtomicU64::new(0),
            waits: AtomicBool::new(false),
            kept: Mutex::default(),
        });
        if streams {
            traffic.streams.store(true, Relaxed);
            traffic.follow(&flight);
        }
        flight
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Relaxed)
    }

    pub(super) fn waits(&self) -> bool {
        self.waits.load(Relaxed)
    }

    fn step(&self, waits: bool) {
        self.steps.fetch_add(1, Relaxed);
        self.waits.store(waits, Relaxed);
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.streams && !self.done.load(Acquire) {
            self.traffic.abandon();
        }
        self.traffic.under_way.fetch_sub(1, AcqRel);
        self.traffic.house.end();
    }
}

/// Bytes that an HTTP/2 stream holds until they have left.
struct Slice {
    bytes: Bytes,
    flight: Arc<Flight>,
}

impl AsRef<[u8]> for Slice {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Slice {
    fn drop(&mut self) {
        self.flight.steps.fetch_add(1, Relaxed);
    }
}

/// The body of an answer.
pub(crate) struct Going {
    /// Taken only when this is dropped.
    body: Option<Body>,
    flight: Arc<Flight>,
    /// What is left of the last frame.
    rest: Bytes,
}

impl Going {
    pub(super) fn new(body: Body, flight: Arc<Flight>) -> Self {
        if body.is_end_stream() {
            flight.done.store(true, Release);
        }
        flight.step(true);
        Self {
            body: Some(body),
            flight,
            rest: Bytes::new(),
        }
    }

    fn slice(&mut self) -> Frame<Bytes> {
        let bytes = self.rest.split_to(self.rest.len().min(SLICE));
        let flight = Arc::clone(&self.flight);
        Frame::data(Bytes::from_owner(Slice { bytes, flight }))
    }
}

impl HttpBody for Going {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let streams = this.flight.streams;
        if streams && !this.rest.is_empty() {
            this.flight.step(true);
            let frame = this.slice();
            return Poll::Ready(Some(Ok(frame)));
        }
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(&mut *body).poll_frame(context);
        let ended = match &polled {
            Poll::Ready(None) => true,
            Poll::Ready(Some(Ok(_))) => body.is_end_stream(),
            _ => false,
        };
        if ended {
            this.flight.done.store(true, Release);
        }
        if !streams {
            return polled;
        }
        // While the body has nothing, it is the office that is waited for.
        this.flight.step(polled.is_ready());
        match polled {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) if !bytes.is_empty() => {
                    this.rest = bytes;
                    Poll::Ready(Some(Ok(this.slice())))
                }
                Ok(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Err(frame) => Poll::Ready(Some(Ok(frame))),
            },
            polled => polled,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.as_ref().map(Body::size_hint).unwrap_or_default();
        let rest = self.rest.len() as u64;
        match hint.exact() {
            Some(length) => SizeHint::with_exact(length + rest),
            None => SizeHint::default(),
        }
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        if self.flight.streams {
            let mut kept = self
                .flight
                .kept
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *kept = self.body.take();
        }
    }
}

/// A body that came too slowly.
#[derive(Debug)]
pub(crate) struct SlowBody;

impl std::fmt::Display for SlowBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the body comes too slowly")
    }
}

impl std::error::Error for SlowBody {}

impl SlowBody {
    /// Whether that is why reading a body failed.
    pub(crate) fn is_behind(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut cause = Some(error);
        while let Some(error) = cause {
            let inner = error
                .downcast_ref::<io::Error>()
                .and_then(io::Error::get_ref);
            if inner.is_some_and(|inner| inner.is::<Self>()) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

/// The body of a request, which has to come at a pace. Only the time counts in which it is waited
/// for.
pub(crate) struct Coming {
    body: hyper::body::Incoming,
    house: Arc<House>,
    /// What has come in this span.
    bytes: usize,
    /// What is left of this span.
    left: Duration,
    /// Since when it has been waited for.
    since: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Coming {
    pub(super) fn new(body: hyper::body::Incoming, house: Arc<House>) -> Self {
        Self {
            body,
            bytes: 0,
            left: house.limits.body_time,
            since: None,
            alarm: None,
            house,
        }
    }

    fn came(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(bytes);
        if let Some(since) = self.since.take() {
            self.left = self.left.saturating_sub(since.elapsed());
        }
    }

    /// Whether it has come too slowly; looked at while it is waited for.
    fn is_slow(&mut self, context: &mut Context<'_>) -> bool {
        let now = Instant::now();
        if self.since.is_none() {
            self.since = Some(now);
            let deadline = now + self.left;
            match &mut self.alarm {
                Some(alarm) => alarm.as_mut().reset(deadline),
                None => self.alarm = Some(Box::pin(tokio::time::sleep_until(deadline))),
            }
        }
        while let Some(alarm) = &mut self.alarm
            && alarm.as_mut().poll(context).is_ready()
        {
            if self.bytes < self.house.limits.body_bytes {
                return true;
            }
            self.bytes = 0;
            self.left = self.house.limits.body_time;
            self.since = Some(Instant::now());
            alarm.as_mut().reset(Instant::now() + self.left);
        }
        false
    }
}

impl HttpBody for Coming {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.came(frame.data_ref().map_or(0, Bytes::len));
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if this.is_slow(context) => {
                this.house.note(Limit::SlowBody);
                Poll::Ready(Some(Err(io::Error::other(SlowBody))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
