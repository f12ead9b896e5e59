//! What is asked: path, query and body, each read into a type or refused with its place.
//!
//! A body that is no JSON is malformed (400); JSON that says something else than was asked for is
//! invalid (422). A name in a path that is no name at all is one of nothing: 404, like every other
//! that is not there.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use zeroize::Zeroizing;

use crate::body;
use crate::face::Face;
use crate::problem::Problem;

/// The one name in the path.
pub(super) struct Named<T>(pub(super) T);

impl<T: FromStr> FromRequestParts<Face> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, face)
            .await
            .map_err(|_| Problem::not_found())?;
        text.parse().map(Self).map_err(|_| Problem::not_found())
    }
}

/// The query.
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequestParts<Face> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem {
                place: Some("query".into()),
                ..Problem::malformed(error.body_text())
            }),
        }
    }
}

/// A JSON body.
pub(super) struct Sent<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Face> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            // A page of another site can send a form or plain text in a person's name, JSON it cannot.
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "web.unsupported-media",
                "send the body as `application/json`",
            ));
        }
        // It may hold a secret, such as a one-time link.
        let bytes = body::read(&parts.headers, body, face.settings.max_body).await?;
        let bytes = Zeroizing::new(bytes);
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| refuse(&error))
    }
}

/// A body that is a file, as it is.
pub(super) struct Sheet(pub(super) Vec<u8>);

impl FromRequest<Face> for Sheet {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        body::read(&parts.headers, body, face.settings.max_body)
            .await
            .map(Self)
    }
}

/// A body full of records, which may be longer than others.
pub(super) struct Bundle(pub(super) Vec<u8>);

impl FromRequest<Face> for Bundle {
    type Rejection = Problem;

    async fn from_request(request: Request, face: &Face) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        body::read(&parts.headers, body, face.settings.max_filing)
            .await
            .map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

fn refuse(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    let whole = error.to_string();
    // The library appends the place, which is told apart here.
    let text = whole.split(" at line ").next().unwrap_or(&whole);
    let problem = match error.classify() {
        Category::Data => invalid("web.invalid-body", text),
        Category::Io | Category::Syntax | Category::Eof => {
            Problem::malformed(format!("the body is no JSON: {text}"))
        }
    };
    Problem {
        place: Some(place),
        ..problem
    }
}

/// Something that was understood and cannot be.
pub(super) fn invalid(code: &'static str, text: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct One {
        #[expect(dead_code, reason = "only whether it can be read counts")]
        name: String,
    }

    fn refusal(text: &str) -> Problem {
        refuse(&serde_json::from_str::<One>(text).unwrap_err())
    }

    #[test]
    fn no_json_is_malformed_and_other_json_is_invalid() {
        let broken = refusal("{\"name\": ");
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);
        assert_eq!(broken.place.as_deref(), Some("line 1, column 9"));
        for (text, words) in [
            ("{\"nam\": \"x\"}", "unknown field `nam`"),
            ("{}", "missing field `name`"),
            ("{\"name\": 1}", "invalid type: integer `1`"),
            (
                "{\"name\": \"x\", \"name\": \"y\"}",
                "duplicate field `name`",
            ),
        ] {
            let problem = refusal(text);
            assert_eq!(problem.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
            assert!(problem.text.starts_with(words), "{}", problem.text);
            assert!(!problem.text.contains(" at line "), "{}", problem.text);
        }
    }
}
