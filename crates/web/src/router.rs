//! Every route of every face, in one table, and what all answers have in common.
//!
//! The flow of a request: panics are caught, the route's own door asks who is there, a handler
//! answers, and on the way out a [`Problem`] gets the body that its face speaks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use legation_engine::Office;

use crate::auth::{self, Caller};
use crate::face::Face;
use crate::problem::Problem;
use crate::route::Route;
use crate::settings::Settings;
use crate::{api, log, taxii};

/// Where the API lies.
const API: &str = "/api/v1";

/// A route as a test or a document lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The path, its parameters in braces.
    pub path: String,
    /// The methods that are answered, HEAD beside GET left out.
    pub methods: Vec<Method>,
    /// Whether strangers may come in.
    pub open: bool,
}

fn table() -> Vec<Route> {
    let mut table = taxii::routes();
    table.extend(log::routes());
    table.extend(api::routes().into_iter().map(|route| Route {
        path: format!("{API}{}", route.path),
        ..route
    }));
    table
}

/// Every route there is.
pub fn listing() -> Vec<Listed> {
    table()
        .into_iter()
        .map(|route| Listed {
            path: route.path,
            methods: route.methods,
            open: route.open,
        })
        .collect()
}

/// The faces of an office as one service.
pub fn router(office: Office, settings: Settings) -> Router {
    let face = Face::new(office, settings);
    let mut router = Router::new();
    for route in table() {
        let allow = route.allow();
        let mut handlers = route.handlers.fallback(move || {
            let allow = allow.clone();
            async move { wrong_method(allow) }
        });
        if !route.open {
            handlers = handlers.layer(from_fn_with_state(face.clone(), auth::require));
        }
        router = router.route(&route.path, handlers);
    }
    router
        .fallback(unknown)
        .layer(from_fn(finish))
        .with_state(face)
}

fn wrong_method(allow: String) -> Problem {
    let text = format!("this path answers {allow} only");
    Problem {
        allow: Some(allow),
        ..Problem::new(StatusCode::METHOD_NOT_ALLOWED, "web.wrong-method", text)
    }
}

/// A path without a route. Under TAXII a stranger is not even told that.
async fn unknown(State(_): State<Face>, uri: Uri, caller: Result<Caller, Problem>) -> Problem {
    match caller {
        Err(problem) if is_taxii(uri.path()) => problem,
        _ => Problem::not_found(),
    }
}

fn is_taxii(path: &str) -> bool {
    path.strip_prefix("/taxii2")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Catches panics, dresses problems, and sets what every answer carries.
async fn finish(request: Request, next: Next) -> Response {
    let taxii = is_taxii(request.uri().path());
    let mut response = match caught(next.run(request)).await {
        Some(response) => response,
        None => Problem::internal().into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (kind, body) = if taxii {
            (taxii::MEDIA_TYPE, taxii::describe(&problem))
        } else {
            ("application/json", describe(&problem))
        };
        *response.body_mut() = Body::from(body);
        let kind = HeaderValue::from_static(kind);
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The outcome, or nothing if it panicked on the way.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    std::future::poll_fn(move |context| {
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Some),
            Err(_) => Poll::Ready(None),
        }
    })
    .await
}

/// The body of an error of the API.
fn describe(problem: &Problem) -> String {
    let mut body = serde_json::json!({
        "error": {"code": problem.code, "text": problem.text, "where": problem.place},
    });
    if let (false, Some(members)) = (problem.faults.is_empty(), body.as_object_mut()) {
        members.insert("faults".to_owned(), problem.faults.clone().into());
    }
    body.to_string()
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
        let body = describe(&Problem::internal());
        assert!(body.contains("web.internal") && !body.contains("secret"));
    }
}
