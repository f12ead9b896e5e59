//! Who asks: HTTP Basic (RFC 7617) with `PARTY/client` and a password, or a Bearer token
//! (RFC 6750).
//!
//! Both come down to one secret of 256 random bits, of which the office keeps a digest. A Basic
//! user must be the one that the password belongs to. What a caller may do is decided elsewhere.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq;

use crate::face::Face;
use crate::problem::Problem;

/// Secrets are 43 characters; nothing much longer is looked at.
const LONGEST_SECRET: usize = 256;

/// Whoever asks, known by a secret that was right.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) legation_engine::Caller);

impl std::ops::Deref for Caller {
    type Target = legation_engine::Caller;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequestParts<Face> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Self, Problem> {
        match parts.extensions.get::<Self>() {
            Some(known) => Ok(known.clone()),
            None => identify(parts, face),
        }
    }
}

/// Lets nobody through who has not said who it is.
pub(crate) async fn require(State(face): State<Face>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match identify(&parts, &face) {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) => problem.into_response(),
    }
}

fn identify(parts: &Parts, face: &Face) -> Result<Caller, Problem> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Problem::unauthorized());
    };
    let (user, secret) = value
        .to_str()
        .ok()
        .and_then(read)
        .ok_or_else(Problem::unauthorized)?;
    let caller = face
        .office
        .authenticate(&secret)?
        .ok_or_else(Problem::unauthorized)?;
    let named = caller.actor.to_string();
    // A password under another's name is refused just as a wrong one is.
    let right = user.is_none_or(|user| bool::from(user.as_bytes().ct_eq(named.as_bytes())));
    if right {
        Ok(Caller(caller))
    } else {
        Err(Problem::unauthorized())
    }
}

/// The user, for Basic, and the secret of an `Authorization` header.
pub(crate) fn read(header: &str) -> Option<(Option<String>, String)> {
    let (scheme, rest) = header.split_once(' ')?;
    let rest = rest.trim();
    let (user, secret) = if scheme.eq_ignore_ascii_case("bearer") {
        (None, rest.to_owned())
    } else if scheme.eq_ignore_ascii_case("basic") {
        let bytes = STANDARD.decode(rest).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (user, secret) = text.split_once(':')?;
        (Some(user.to_owned()), secret.to_owned())
    } else {
        return None;
    };
    (!secret.is_empty() && secret.len() <= LONGEST_SECRET).then_some((user, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_schemes_and_nothing_else() {
        let basic = format!("Basic {}", STANDARD.encode("JPN/poller:pass:word"));
        assert_eq!(
            read(&basic),
            Some((Some("JPN/poller".into()), "pass:word".into()))
        );
        assert_eq!(read("bearer abc"), Some((None, "abc".into())));
        for bad in [
            "",
            "Basic",
            "Basic !!!",
            "Bearer ",
            "Digest abc",
            "Basic bm8tY29sb24=",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read(&format!("Bearer {}", "x".repeat(300))), None);
    }
}
