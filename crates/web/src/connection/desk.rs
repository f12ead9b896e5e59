//! Hands each request on a connection to the faces, with what they need to know of the connection;
//! or answers it here, when the office is stopping, is full, or the head is too long.
//!
//! It reads no path and knows no route.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, Response, StatusCode, Version};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::service::Service;
use legation_core::id::Digest;
use tokio::sync::watch;
use tower_service::Service as _;

use crate::connection::flight::{Coming, Flight, Going};
use crate::connection::traffic::Traffic;
use crate::connection::{House, Phase};
use crate::door::Held;
use crate::event::Limit;
use crate::problem::Problem;
use crate::valve::Valve;
use crate::{router, taxii};

/// How much of a body that nobody wants is read, and for how long, so that its sender gets to read
/// why: a connection that is closed on unread bytes takes the answer with it (RFC 9112
/// section 9.6).
const UNWANTED: usize = 256 * 1024;
const UNWANTED_TIME: Duration = Duration::from_secs(2);

/// The SHA-256 of the certificate that the other end of a connection has shown, and whose key it
/// has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shown(pub(crate) Digest);

/// What answers the requests of one connection.
pub(super) struct Desk {
    pub(super) house: Arc<House>,
    pub(super) router: Router,
    pub(super) traffic: Arc<Traffic>,
    pub(super) valve: Valve,
    pub(super) address: SocketAddr,
    pub(super) shown: Option<Shown>,
    pub(super) phase: watch::Receiver<Phase>,
    /// Why nothing is answered here but 503, if so.
    pub(super) refusal: Option<Limit>,
}

type Answer = Pin<Box<dyn Future<Output = Result<Response<Going>, Infallible>> + Send>>;

impl Service<Request<Incoming>> for Desk {
    type Response = Response<Going>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let streams = request.version() == Version::HTTP_2;
        let flight = Flight::begin(&self.traffic, streams);
        let house = Arc::clone(&self.house);
        if let Some(limit) = self.refusal(&request) {
            // A refused connection was told of when it was refused.
            if self.refusal.is_none() {
                house.note(limit);
            }
            return Box::pin(async move {
                let response = refuse(limit, request).await;
                Ok(closing(response, streams).map(|body| Going::new(body, flight)))
            });
        }
        let mut request = request.map(|body| {
            if body.is_end_stream() {
                Body::empty()
            } else {
                Body::new(Coming::new(body, Arc::clone(&house)))
            }
        });
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(self.address));
        extensions.insert(ConnectInfo(self.valve.clone()));
        if let Some(shown) = self.shown {
            extensions.insert(shown);
        }
        let answered = self.router.clone().call(request);
        let phase = self.phase.clone();
        Box::pin(async move {
            let Ok(mut response) = answered.await;
            if let Some(Held(hold)) = response.extensions_mut().remove() {
                keep(hold, phase).await;
            }
            let response = match house.is_stopping() {
                true => closing(response, streams),
                false => response,
            };
            Ok(response.map(|body| Going::new(body, flight)))
        })
    }
}

impl Desk {
    /// What stands against a request, if anything does.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Limit> {
        if self.refusal.is_some() {
            return self.refusal;
        }
        if self.house.is_stopping() {
            return Some(Limit::Stopping);
        }
        let headers = request.headers();
        if headers.len() > self.house.limits.head_fields {
            return Some(Limit::TooManyFields);
        }
        let target = request.uri().path_and_query();
        let target = target.map_or(0, |target| target.as_str().len());
        let fields = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        let length: usize = target + fields.sum::<usize>();
        (length > self.house.limits.head_bytes).then_some(Limit::HeadTooLong)
    }
}

/// Waits, unless the office is stopping: then nobody who was to be held can come again anyway.
async fn keep(hold: Duration, mut phase: watch::Receiver<Phase>) {
    let stopping = phase.wait_for(|phase| *phase >= Phase::Stopping);
    let _ = tokio::time::timeout(hold, stopping).await;
}

/// After this answer the connection ends. HTTP/2 says so in its own way, when it is shut down.
fn closing(mut response: Response<Body>, streams: bool) -> Response<Body> {
    if !streams {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

async fn refuse(limit: Limit, request: Request<Incoming>) -> Response<Body> {
    let is_taxii = router::is_taxii(request.uri().path());
    let unwanted = swallow(request.into_body());
    let _ = tokio::time::timeout(UNWANTED_TIME, unwanted).await;
    let problem = describe(limit);
    let (kind, body) = match is_taxii {
        true => (taxii::MEDIA_TYPE, taxii::describe(&problem)),
        false => ("application/json", router::describe(&problem)),
    };
    let mut response = problem.into_response();
    response.extensions_mut().remove::<Problem>();
    *response.body_mut() = Body::from(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn describe(limit: Limit) -> Problem {
    let (status, text) = match limit {
        Limit::HeadTooLong => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the head of the request is too long; send shorter or fewer fields",
        ),
        Limit::TooManyFields => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "the request has too many header fields; send fewer",
        ),
        Limit::ConnectionsOfAddress => (
            StatusCode::SERVICE_UNAVAILABLE,
            "there are too many connections from this address; close some, or try again later",
        ),
        Limit::Stopping => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the office is being stopped; try again later",
        ),
        _ => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the office has no room for another connection; try again later",
        ),
    };
    Problem::new(status, limit.code(), text)
}

/// Reads what nobody wants, up to a bound.
async fn swallow(body: Incoming) {
    let mut body = pin!(body);
    let mut bytes = 0;
    while bytes < UNWANTED {
        let frame = std::future::poll_fn(|context| body.as_mut().poll_frame(context)).await;
        let Some(Ok(frame)) = frame else {
            return;
        };
        bytes += frame.data_ref().map_or(0, |data| data.len());
    }
}
