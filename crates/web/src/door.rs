//! What every request passes on its way in and every answer on its way out.
//!
//! The flow. The request gets its id. Whoever asks is found out, or is a stranger; its rate limits
//! are asked; it gets its place under way and waits for its turn ([`crate::limit`]). A handler
//! answers, and its panic is caught. A [`Problem`] gets the body that its face speaks, every answer
//! gets the headers that all have in common, and when its last byte has left it is counted and told
//! to the log. An answer leaves at the pace of its party ([`crate::leaving`]); a refusal for want of
//! room or of a right secret is [`Held`] when its address has had many.
//!
//! All of it is one layer round each route, which knows at start what there is to know of the
//! route: a request costs no look-up for it.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};

use crate::arrival::{Arriving, Received};
use crate::auth::{self, Caller};
use crate::connection::Shown;
use crate::face::Face;
use crate::leaving::Leaving;
use crate::limit::{Origin, Slot, Stay};
use crate::metrics::Tally;
use crate::observe::{Line, REQUEST_ID};
use crate::problem::Problem;
use crate::streams::Lasting;
use crate::{router, taxii};

/// An answer no longer than this is counted as sent when it is made: it fits the buffers that lie
/// between here and the socket, so following it would cost more than it tells.
const SHORT: u64 = 16 * 1024;

/// What no browser may do with anything that the office says (W3C CSP level 3): run it, frame it,
/// load anything for it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The headers that every answer has unless its handler set them otherwise.
const COMMON: [(HeaderName, HeaderValue); 5] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// A year: long enough that a browser that comes once a month is covered (RFC 6797 section 6.1.1).
const STRICT: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Who may come in by a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// Those who have said who they are.
    Known,
    /// Everybody.
    Open,
    /// Everybody who has not guessed wrong too often.
    Guess,
    /// Everybody, at any time.
    Free,
    /// There is no such route: whoever it is, it is told so, but strangers not where all is secret.
    None,
}

/// What stands before one route.
pub(crate) struct Door {
    pub(crate) face: Face,
    /// Its place in the list of routes.
    pub(crate) route: usize,
    pub(crate) entrance: Entrance,
}

/// A stranger's place among what is worked on, for whatever goes on for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place(Arc<OnceLock<Slot>>);

/// How long an answer is to be held before it is told. The connection does it, which knows when the
/// office is stopping; nothing else is kept for the request meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held(pub(crate) Duration);

/// Whose turn comes.
pub(crate) enum Guest {
    Known(Caller),
    Stranger(Place),
}

impl Guest {
    /// Its turn has come.
    pub(crate) fn place(&self, slot: Slot) {
        match self {
            Self::Known(caller) => caller.place(slot),
            Self::Stranger(Place(place)) => {
                let _ = place.set(slot);
            }
        }
    }
}

/// Whether somebody still waits for an answer that is being made.
struct WaitedFor(Option<Arc<Door>>);

impl Drop for WaitedFor {
    fn drop(&mut self) {
        if let Some(door) = &self.0 {
            door.face.settings.monitor.metrics().abandon();
        }
    }
}

/// A request that was let in, or not.
#[derive(Default)]
struct Admitted {
    stay: Option<Arc<Stay>>,
    account: Option<Arc<legation_engine::Caller>>,
    body: Body,
    received: Received,
}

/// Lets a request in, has it answered, and sees the answer off.
pub(crate) async fn pass(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let (mut parts, body) = request.into_parts();
    let mut waited_for = WaitedFor(Some(Arc::clone(&door)));
    let id = door.face.numbers.of(&parts.headers);
    let origin = door.origin(&parts);
    let is_taxii = router::is_taxii(parts.uri.path());
    let method = parts.method.clone();
    let (response, admitted) = match door.admit(&mut parts, body, origin).await {
        Ok(mut admitted) => {
            let body = std::mem::take(&mut admitted.body);
            let answer = caught(next.run(Request::from_parts(parts, body))).await;
            let response = answer.unwrap_or_else(|| {
                let id = id.to_str().unwrap_or_default();
                tracing::error!(target: "legation::office", { request.id = id }, "a handler panicked");
                Problem::internal().into_response()
            });
            (response, admitted)
        }
        Err(problem) => (door.refuse(problem, origin), Admitted::default()),
    };
    waited_for.0 = None;
    let (mut response, code) = door.dress(response, &id, is_taxii);
    let lasts = response.extensions_mut().remove::<Lasting>().is_some();
    if door.entrance == Entrance::Guess && response.status() == StatusCode::NOT_FOUND {
        // Wrong, as far as it was looked at; whether it is one too many shows at the next.
        let _ = door.face.brake.fail(origin);
    }
    let farewell = Farewell {
        door,
        id,
        origin,
        method,
        status: response.status(),
        code,
        account: admitted.account,
        received: admitted.received,
        begun,
    };
    farewell.follow(response, admitted.stay.filter(|_| !lasts))
}

impl Door {
    /// Where a request comes from.
    fn origin(&self, parts: &Parts) -> Origin {
        let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let address: Option<IpAddr> = info.map(|ConnectInfo(address)| address.ip());
        self.face.brake.origin(address, &parts.headers)
    }

    /// Finds out who asks and whether it may now, and waits for its turn; that of a request with a
    /// body comes when the body has arrived, so that nobody takes a turn by sending slowly.
    async fn admit(
        &self,
        parts: &mut Parts,
        body: Body,
        origin: Origin,
    ) -> Result<Admitted, Problem> {
        let face = &self.face;
        if self.entrance == Entrance::Free {
            return Ok(Admitted::default());
        }
        let account = self.identify(parts, origin)?.map(Arc::new);
        let party = account.as_ref().map(|account| &account.party);
        let stay = face.queue.enter(party).map_err(|_| Problem::busy())?;
        let stay = Arc::new(stay);
        let guest = match &account {
            Some(account) => {
                let caller = Caller::new(Arc::clone(account));
                parts.extensions.insert(caller.clone());
                Guest::Known(caller)
            }
            None => {
                let place = Place::default();
                parts.extensions.insert(place.clone());
                Guest::Stranger(place)
            }
        };
        let (body, received) = if body.is_end_stream() {
            guest.place(stay.turn().await.map_err(|_| Problem::busy())?);
            (body, Received::default())
        } else {
            Arriving::follow(body, Arc::clone(&stay), guest)
        };
        Ok(Admitted {
            stay: Some(stay),
            account,
            body,
            received,
        })
    }

    /// Who asks, where it must be said or was.
    fn identify(
        &self,
        parts: &mut Parts,
        origin: Origin,
    ) -> Result<Option<legation_engine::Caller>, Problem> {
        let face = &self.face;
        let shown = parts.extensions.get::<Shown>();
        let shown = shown.map(|Shown(certificate)| certificate);
        match self.entrance {
            Entrance::Known => auth::identify(face, &mut parts.headers, shown, origin).map(Some),
            Entrance::None => match auth::identify(face, &mut parts.headers, shown, origin) {
                Ok(account) => Ok(Some(account)),
                Err(problem)
                    if problem.status == StatusCode::UNAUTHORIZED
                        && !router::is_taxii(parts.uri.path()) =>
                {
                    Ok(None)
                }
                Err(problem) => Err(problem),
            },
            Entrance::Open | Entrance::Guess | Entrance::Free => {
                let admitted = face.brake.admit_stranger(origin);
                admitted.map_err(Problem::limited)?;
                match face.brake.holds_back(origin) {
                    Some(wait) if self.entrance == Entrance::Guess => Err(Problem::limited(wait)),
                    _ => Ok(None),
                }
            }
        }
    }

    /// The answer to a request that was not let in. Those who come again at once are told at a pace,
    /// and then when to come again from then on.
    fn refuse(&self, mut problem: Problem, origin: Origin) -> Response {
        let Some(hold) = self.face.brake.hold(origin) else {
            return problem.into_response();
        };
        // Whole seconds only: waiting as long as it is told stays enough.
        let held = u16::try_from(hold.as_secs()).unwrap_or(u16::MAX);
        let retry = problem.retry.map(|retry| retry.saturating_sub(held).max(1));
        problem.retry = retry;
        let mut response = problem.into_response();
        response.extensions_mut().insert(Held(hold));
        response
    }

    /// Gives an answer what all have in common, and a problem the body that its face speaks.
    fn dress(
        &self,
        mut response: Response,
        id: &HeaderValue,
        is_taxii: bool,
    ) -> (Response, Option<&'static str>) {
        let mut code = None;
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            let (kind, body) = if is_taxii {
                (taxii::MEDIA_TYPE, taxii::describe(&problem))
            } else {
                ("application/json", router::describe(&problem))
            };
            *response.body_mut() = Body::from(body);
            let kind = HeaderValue::from_static(kind);
            response.headers_mut().insert(CONTENT_TYPE, kind);
            code = Some(problem.code);
        }
        let headers = response.headers_mut();
        headers.reserve(COMMON.len() + 2);
        for (name, value) in COMMON {
            headers.entry(name).or_insert(value);
        }
        if self.face.settings.strict_transport {
            headers.insert(STRICT_TRANSPORT_SECURITY, STRICT);
        }
        headers.insert(REQUEST_ID, id.clone());
        (response, code)
    }
}

/// The outcome, or nothing if it panicked on the way.
pub(crate) async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

/// What is to be counted and told of a request when its answer has left.
struct Farewell {
    door: Arc<Door>,
    id: HeaderValue,
    origin: Origin,
    method: Method,
    status: StatusCode,
    code: Option<&'static str>,
    account: Option<Arc<legation_engine::Caller>>,
    received: Received,
    begun: Instant,
}

impl Farewell {
    /// Sees an answer off: a short one at once, a long one when it has left or was given up.
    fn follow(self, response: Response, stay: Option<Arc<Stay>>) -> Response {
        let length = response.body().size_hint().exact();
        if let Some(length) = length.filter(|length| *length <= SHORT) {
            let sent = if self.method == Method::HEAD {
                0
            } else {
                length
            };
            self.tell(sent, true);
            return response;
        }
        if let (Some(stay), Some(length)) = (&stay, length) {
            stay.hold(length);
        }
        let head = self.method == Method::HEAD;
        response.map(|body| {
            Body::new(Followed {
                body: Leaving::new(body, stay),
                sent: 0,
                // What nobody reads has left when its head has.
                whole: head,
                farewell: Some(self),
            })
        })
    }

    fn tell(&self, sent: u64, whole: bool) {
        let took = self.begun.elapsed();
        let received = self.received.bytes();
        let face = &self.door.face;
        let actor = self.account.as_ref().map(|account| &account.actor);
        let metrics = face.settings.monitor.metrics();
        metrics.count(&Tally {
            route: self.door.route,
            method: &self.method,
            status: self.status,
            code: self.code,
            party: self.account.as_ref().map(|account| &account.party),
            received,
            sent,
            took,
        });
        if self.door.entrance == Entrance::Free {
            // Somebody asks every few seconds whether all is well; the log need not say so.
            return;
        }
        face.brake
            .charge(actor, self.origin, received.saturating_add(sent));
        let line = Line {
            id: &self.id,
            caller: actor,
            method: &self.method,
            route: metrics.path(self.door.route),
            status: self.status,
            code: self.code,
            received,
            sent,
            took,
            whole,
        };
        line.write();
    }
}

/// The body of an answer that is followed until it has left.
struct Followed {
    /// With the stay, which is given back when the answer has left.
    body: Leaving,
    sent: u64,
    whole: bool,
    farewell: Option<Farewell>,
}

impl HttpBody for Followed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                this.sent += frame.data_ref().map_or(0, |data| data.len() as u64);
                this.whole = this.body.is_end_stream();
            }
            Poll::Ready(None) => this.whole = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        // A body of known length is not asked again after its last byte.
        let whole = self.whole || self.body.size_hint().exact() == Some(0);
        if let Some(farewell) = self.farewell.take() {
            farewell.tell(self.sent, whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_plain_500() {
        let quiet = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let outcome = caught(async {
            assert!(std::env::args().count() == 0, "secret-00001.example");
        })
        .await;
        std::panic::set_hook(quiet);
        assert_eq!(outcome, None);
        assert_eq!(caught(async { 7 }).await, Some(7));
        let body = router::describe(&Problem::internal());
        assert!(body.contains("web.internal") && !body.contains("secret"));
    }
}
