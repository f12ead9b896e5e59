//! `/notices/stream`: what awaits the caller, as server-sent events (WHATWG HTML section 9.2).
//!
//! The flow. The stream looks at the office when it opens, when an entry came in that may matter,
//! and when the clock alone changes the list; it sends what its reader has not been sent, computed
//! for that reader at that instant, and keeps no list of its own beyond the ids. Before each look,
//! and at the socket before each write ([`crate::valve`]), it asks whether its reader may still come
//! in: when its account ends, so does the stream, at once.
//!
//! ```text
//! retry: 3000
//!
//! event: notice
//! id: 5f1c2a9e0b7d4c3e.1
//! data: {"id": ..., "kind": ..., ...}
//!
//! event: gone
//! id: 5f1c2a9e0b7d4c3e.2
//! data: {"id": ...}
//!
//! :                                      while nothing happens
//! ```
//!
//! A reader that comes again with `Last-Event-ID` goes on from there: it is sent what it has not been
//! sent, and what is gone meanwhile. Where the office does not remember, after it was started anew,
//! all that stands is sent again, and the reader knows it by its id.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use legation_core::id::{Digest, NoticeId};
use legation_core::notice::Notice;
use legation_engine::{Credential, Guard, Office};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant as Tick, sleep_until};

use crate::api::notice::notice_json;
use crate::auth::{self, Caller};
use crate::connection::Shown;
use crate::face::Face;
use crate::problem::Problem;
use crate::streams::{Berth, Lasting, Log, Told};
use crate::valve::{Passage, Valve};

/// How often a reader hears that the stream is there, when nothing happens: more often than proxies
/// end what is silent.
const BEAT: Duration = Duration::from_secs(15);

/// After an entry, how long to wait for those that come with it.
const GATHER: Duration = Duration::from_millis(20);

/// The longest wait for the clock: it may be set meanwhile.
const LOOK: Duration = Duration::from_secs(60);

/// The first thing that is said: after how many milliseconds to come again.
const RETRY: &str = "retry: 3000\n\n";

/// What the caller has shown, and the connection's own guard.
pub(super) struct Wire {
    credential: Credential,
    valve: Option<Valve>,
    last: Option<String>,
}

impl FromRequestParts<Face> for Wire {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Problem> {
        if !accepts(&parts.headers) {
            return Err(Problem::new(
                StatusCode::NOT_ACCEPTABLE,
                "web.not-acceptable",
                "this path answers with `text/event-stream` only; say `Accept: text/event-stream`",
            ));
        }
        let header = parts.headers.get(AUTHORIZATION);
        let secret = header.and_then(|value| auth::read(value.to_str().ok()?));
        let shown = parts.extensions.get::<Shown>();
        let valve = parts.extensions.get::<ConnectInfo<Valve>>();
        let last = parts.headers.get("last-event-id");
        let last = last.and_then(|id| id.to_str().ok());
        Ok(Self {
            credential: Credential {
                secret: secret.map(|(_, secret)| Digest::of(secret.as_bytes())),
                certificate: shown.map(|Shown(certificate)| *certificate),
            },
            valve: valve.map(|ConnectInfo(valve)| valve.clone()),
            last: last.map(str::to_owned),
        })
    }
}

/// Whether events are asked for by name: whoever takes anything should not be kept waiting.
fn accepts(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let mut kinds = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds.any(|kind| kind.eq_ignore_ascii_case("text/event-stream"))
}

pub(super) async fn open(
    State(face): State<Face>,
    caller: Caller,
    wire: Wire,
) -> Result<Response, Problem> {
    let account = legation_engine::Caller::clone(&caller);
    // Its place among what is worked on is free again: a stream waits most of its time.
    drop(caller);
    let berth = face.streams.enter(&account.party).ok_or_else(|| {
        let text = "more event streams are open than there is room for; close some";
        Problem {
            retry: Some(60),
            ..Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "web.too-many-streams",
                text,
            )
        }
    })?;
    let guard = face.office.account_guard(account.clone(), wire.credential);
    let last = wire.last.as_deref();
    let known = last.and_then(|last| face.streams.recall(&account.actor, last));
    let known = known.unwrap_or_default();
    let reader = Reader {
        office: face.office.clone(),
        news: face.office.news(),
        ending: berth.ending(),
        berth,
        _passage: wire.valve.map(|valve| valve.watch(guard.clone())),
        guard,
        // The new stream begins where the old one was.
        log: Log::new(face.office.draw()?, account.actor.clone(), &known),
        known: known.into_iter().collect(),
        account: Arc::new(account),
        opened: false,
        beat: Tick::now() + BEAT,
    };
    let body = Body::new(Events::Idle(Box::new(reader)));
    let mut response = (StatusCode::OK, body).into_response();
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    // A proxy that gathers what it passes on would keep events back.
    let gathers = HeaderValue::from_static("no");
    response.headers_mut().insert("x-accel-buffering", gathers);
    response.extensions_mut().insert(Lasting);
    Ok(response)
}

/// Whoever reads a stream.
struct Reader {
    office: Office,
    account: Arc<legation_engine::Caller>,
    guard: Guard,
    news: watch::Receiver<()>,
    ending: watch::Receiver<bool>,
    berth: Berth,
    _passage: Option<Passage>,
    /// What the reader knows to stand.
    known: BTreeSet<NoticeId>,
    log: Log,
    opened: bool,
    /// When to say that the stream is there.
    beat: Tick,
}

impl Reader {
    /// The next that is to be sent; none at the end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if *self.ending.borrow() || !self.guard.holds() {
                return None;
            }
            self.news.borrow_and_update();
            let looked = self.office.notices(&self.account).ok()?;
            let mut text = self.tell(&looked.awaiting.notices);
            if !std::mem::replace(&mut self.opened, true) {
                text.insert_str(0, RETRY);
            }
            if !text.is_empty() {
                self.beat = Tick::now() + BEAT;
                return Some(text.into());
            }
            let wait = looked.awaiting.next.map_or(LOOK, |next| {
                let micros = next.micros().saturating_sub(looked.now.micros());
                // A timer counts in milliseconds, and must not ring before its time.
                Duration::from_micros(u64::try_from(micros).unwrap_or(0).saturating_add(1000))
            });
            let turn = (Tick::now() + wait.min(LOOK)).min(self.beat);
            tokio::select! {
                told = self.news.changed() => {
                    told.ok()?;
                    tokio::time::sleep(GATHER).await;
                }
                told = self.ending.changed() => told.ok()?,
                () = sleep_until(turn) => {}
            }
            if Tick::now() >= self.beat && self.guard.holds() {
                self.beat = Tick::now() + BEAT;
                return Some(Bytes::from_static(b":\n\n"));
            }
        }
    }

    /// What the reader has to be told, given what stands.
    fn tell(&mut self, notices: &[Notice]) -> String {
        let stands: BTreeSet<NoticeId> = notices.iter().map(|one| one.id).collect();
        let mut text = String::new();
        let mut event = |log: &mut Log, name: &str, told: Told, data: &serde_json::Value| {
            let id = log.tell(told);
            // INVARIANT: a text takes every write.
            let _ = write!(text, "event: {name}\nid: {id}\ndata: {data}\n\n");
        };
        for gone in self.known.difference(&stands) {
            let data = json!({"id": gone});
            event(&mut self.log, "gone", Told::Gone(*gone), &data);
        }
        let fresh = notices.iter().filter(|one| !self.known.contains(&one.id));
        let mut fresh: Vec<&Notice> = fresh.collect();
        fresh.sort_by_key(|one| (one.since, one.id));
        for notice in fresh {
            let data = notice_json(notice);
            event(&mut self.log, "notice", Told::Stands(notice.id), &data);
        }
        self.known = stands;
        text
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let empty = Log::new(0, self.account.actor.clone(), &[]);
        let log = std::mem::replace(&mut self.log, empty);
        self.berth.streams().keep(log);
    }
}

type Step = Pin<Box<dyn Future<Output = (Option<Bytes>, Box<Reader>)> + Send>>;

/// The body of a stream.
enum Events {
    Idle(Box<Reader>),
    Under(Step),
    Over,
}

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let mut step = match std::mem::replace(this, Self::Over) {
            Self::Idle(mut reader) => Box::pin(async move {
                let next = reader.next().await;
                (next, reader)
            }),
            Self::Under(step) => step,
            Self::Over => return Poll::Ready(None),
        };
        let polled = step.as_mut().poll(context);
        if polled.is_pending() {
            *this = Self::Under(step);
        }
        let (next, reader) = ready!(polled);
        let Some(bytes) = next else {
            return Poll::Ready(None);
        };
        *this = Self::Idle(reader);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}
