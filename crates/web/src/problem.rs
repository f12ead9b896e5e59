//! What a caller is told when something comes to nothing: a status, a stable code and a text.
//!
//! A [`Problem`] has no body of its own: the router dresses it as the face that it leaves by
//! speaks (TAXII 2.1 section 3.6.1, or the API's `{"error": ...}`). Nothing here tells the inside
//! of the office: what is its own fault goes to its log, not to the caller.

use axum::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use legation_core::agreement::fault::Fault as FileFault;
use legation_engine::{EngineError, Fault};
use legation_formats::taxii::FilterError;
use serde_json::{Value, json};

use crate::limit::{Wait, What};

/// The challenges of a 401 (RFC 7617 section 2, RFC 6750 section 3).
const BASIC: &str = "Basic realm=\"legation\", charset=\"UTF-8\"";
const BEARER: &str = "Bearer realm=\"legation\"";

/// After how many seconds a 503 is worth another try (RFC 9110 section 10.2.3): a full disk and a
/// writer that is behind are mended or not within moments.
const PATIENCE: u16 = 5;

/// A refusal on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The status.
    pub(crate) status: StatusCode,
    /// A stable code, listed in `docs/errors.md`.
    pub(crate) code: &'static str,
    /// What was wrong and what to do.
    pub(crate) text: String,
    /// Where.
    pub(crate) place: Option<String>,
    /// Every fault of a file that people wrote; the API's body carries them beside `error`.
    pub(crate) faults: Vec<Value>,
    /// The methods of the path, on a 405.
    pub(crate) allow: Option<String>,
    /// After how many seconds another try is worth it, on a 429 or 503.
    pub(crate) retry: Option<u16>,
}

impl Problem {
    /// A problem of that status.
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            code,
            text: text.into(),
            place: None,
            faults: Vec::new(),
            allow: None,
            retry: None,
        }
    }

    /// Nothing of that name, or nothing that the caller may know of: always the same.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "engine.not-found",
            "there is no such thing here",
        )
    }

    /// The caller has not said who it is, or not rightly.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "web.unauthorized",
            "give a user and password (HTTP Basic), or a token (Bearer)",
        )
    }

    /// The request itself cannot be understood.
    pub(crate) fn malformed(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "web.malformed-request", text)
    }

    /// A caller asks for more than it may.
    pub(crate) fn limited(wait: Wait) -> Self {
        let (code, text) = match wait.what {
            What::Requests => (
                "web.too-many-requests",
                "more requests than one caller may send; wait as long as `Retry-After` says",
            ),
            What::Bytes => (
                "web.too-many-bytes",
                "more bytes than one caller may move; wait as long as `Retry-After` says",
            ),
            What::Failures => (
                "web.too-many-failures",
                "too many wrong passwords from this address; wait as long as `Retry-After` says",
            ),
        };
        Self {
            // Whoever has to wait longer than most of a day may ask then.
            retry: Some(u16::try_from(wait.seconds).unwrap_or(u16::MAX)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, code, text)
        }
    }

    /// More is under way than the office has room for.
    pub(crate) fn busy() -> Self {
        Self {
            retry: Some(1),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "web.busy",
                "more is under way than the office has room for; try again shortly",
            )
        }
    }

    /// The office itself is wrong, as `cause` says to its log only.
    pub(crate) fn internal_of(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(target: "legation::office", %cause, "the office itself is wrong");
        Self::internal()
    }

    /// The office itself is wrong; the cause stays inside.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "web.internal",
            "the office could not answer; its log says why",
        )
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        let status = match error.fault {
            Fault::NotFound => StatusCode::NOT_FOUND,
            Fault::Forbidden => StatusCode::FORBIDDEN,
            Fault::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::Conflict => StatusCode::CONFLICT,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Internal => {
                let (code, cause) = (error.code, error.text);
                tracing::error!(target: "legation::office", code, cause, "the office itself is wrong");
                return Self::internal();
            }
        };
        Self {
            place: error.place,
            faults: error.faults.iter().map(describe).collect(),
            ..Self::new(status, error.code, error.text)
        }
    }
}

fn describe(fault: &FileFault) -> Value {
    json!({
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "text": fault.text,
    })
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            for challenge in [BASIC, BEARER] {
                headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
            }
        }
        let patience = match self.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                Some(self.retry.unwrap_or(PATIENCE))
            }
            _ => None,
        };
        headers.extend(patience.map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds))));
        if let Some(allow) = self.allow.as_deref().and_then(|allow| allow.parse().ok()) {
            headers.insert(ALLOW, allow);
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<FilterError> for Problem {
    fn from(error: FilterError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.code(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(fault: Fault) -> Problem {
        Problem::from(EngineError {
            fault,
            code: "engine.test",
            text: "what is inside".into(),
            place: Some("key `x`".into()),
            faults: Vec::new(),
        })
    }

    #[test]
    fn what_is_the_offices_own_fault_stays_inside() {
        let problem = problem(Fault::Internal);
        assert_eq!(problem, Problem::internal());
        assert!(!problem.text.contains("inside"));
    }

    #[test]
    fn whoever_is_told_to_wait_is_told_how_long() {
        let wait = |what| Wait { what, seconds: 17 };
        for (what, code) in [
            (What::Requests, "web.too-many-requests"),
            (What::Bytes, "web.too-many-bytes"),
            (What::Failures, "web.too-many-failures"),
        ] {
            let problem = Problem::limited(wait(what));
            assert_eq!(problem.code, code);
            let response = problem.into_response();
            assert_eq!(response.status(), 429);
            assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "17");
        }
        let response = Problem::busy().into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers().get(RETRY_AFTER).unwrap(), "1");
    }

    #[test]
    fn every_fault_has_its_status() {
        for (fault, status) in [
            (Fault::NotFound, 404),
            (Fault::Forbidden, 403),
            (Fault::Invalid, 422),
            (Fault::Conflict, 409),
            (Fault::TooLarge, 413),
            (Fault::Unavailable, 503),
            (Fault::Internal, 500),
        ] {
            let response = problem(fault).into_response();
            assert_eq!(response.status(), status);
            let waits = response.headers().contains_key(RETRY_AFTER);
            assert_eq!(waits, fault == Fault::Unavailable);
        }
    }
}
