//! Who asks: HTTP Basic (RFC 7617) with `PARTY/client` and a password, or a Bearer token
//! (RFC 6750); or, with neither, the TLS certificate that the connection came with.
//!
//! Both come down to one secret of 256 random bits, of which the office keeps a digest. A Basic
//! user must be the one that the password belongs to. What was decoded is wiped when it has been
//! looked at; the header itself lies in the HTTP library's buffer until that is used again. What a
//! caller may do is decided elsewhere.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, Entry};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use legation_core::id::Digest;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::face::Face;
use crate::limit::{Origin, Slot};
use crate::problem::Problem;

/// Secrets are 43 characters; nothing much longer is looked at.
const LONGEST_SECRET: usize = 256;

/// Whoever asks, known by a secret that was right. It holds its place among what is worked on, so
/// whatever goes on for it keeps the place for as long as it holds this.
#[derive(Clone, Debug)]
pub(crate) struct Caller(Arc<Known>);

#[derive(Debug)]
struct Known {
    account: Arc<legation_engine::Caller>,
    slot: OnceLock<Slot>,
}

impl Caller {
    /// A caller whose turn will come.
    pub(crate) fn new(account: Arc<legation_engine::Caller>) -> Self {
        let slot = OnceLock::new();
        Self(Arc::new(Known { account, slot }))
    }

    /// Its turn has come.
    pub(crate) fn place(&self, slot: Slot) {
        // A turn comes once; a second slot would be free again at once.
        let _ = self.0.slot.set(slot);
    }
}

impl std::ops::Deref for Caller {
    type Target = legation_engine::Caller;

    fn deref(&self) -> &Self::Target {
        &self.0.account
    }
}

impl FromRequestParts<Face> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Face) -> Result<Self, Problem> {
        let known = parts.extensions.get::<Self>().cloned();
        known.ok_or_else(Problem::unauthorized)
    }
}

/// A secret on its way to whom it was made for; wiped when it has been written.
pub(crate) struct Shown(Zeroizing<String>);

impl Shown {
    /// A secret to be shown this once.
    pub(crate) fn new(secret: &str) -> Self {
        Self(Zeroizing::new(secret.to_owned()))
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// A secret that a caller tells; wiped when it has been looked at.
pub(crate) struct Told(Zeroizing<String>);

impl Told {
    /// The secret itself.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|secret| Self(Zeroizing::new(secret)))
    }
}

/// Finds out who asks, and lets it in if it has not asked too much.
///
/// # Errors
/// 401 for nobody or a wrong secret, 429 when there were too many of them or too much was asked.
pub(crate) fn identify(
    face: &Face,
    headers: &mut HeaderMap,
    certificate: Option<&Digest>,
    origin: Origin,
) -> Result<legation_engine::Caller, Problem> {
    let refuse = || match face.brake.fail(origin) {
        Ok(()) => Problem::unauthorized(),
        Err(wait) => Problem::limited(wait),
    };
    let found = match headers.entry(AUTHORIZATION) {
        Entry::Occupied(mut values) => {
            // Whatever prints these headers from here on leaves them out.
            values
                .iter_mut()
                .for_each(|value| value.set_sensitive(true));
            let mut values = values.iter();
            match (values.next(), values.next()) {
                (Some(value), None) => authenticate(face, value, certificate)?,
                _ => None,
            }
        }
        // Who says nothing guesses nothing, but may have shown who it is before.
        Entry::Vacant(_) => {
            let known = certificate.map(|shown| face.office.authenticate_certificate(shown));
            if let Some(account) = known.transpose()?.flatten() {
                let admitted = face.brake.admit(&account.actor, origin);
                admitted.map_err(Problem::limited)?;
                return Ok(account);
            }
            face.brake
                .admit_stranger(origin)
                .map_err(Problem::limited)?;
            return Err(Problem::unauthorized());
        }
    };
    let account = found.ok_or_else(refuse)?;
    let admitted = face.brake.admit(&account.actor, origin);
    admitted.map_err(Problem::limited)?;
    Ok(account)
}

/// The account that an `Authorization` header gives the secret of: one hash and one look-up, which
/// tells nothing by its time but whether a digest is known.
fn authenticate(
    face: &Face,
    value: &HeaderValue,
    certificate: Option<&Digest>,
) -> Result<Option<legation_engine::Caller>, Problem> {
    let Some((user, secret)) = value.to_str().ok().and_then(read) else {
        return Ok(None);
    };
    let account = face.office.authenticate_with(&secret, certificate)?;
    // A password under another's name is refused just as a wrong one is.
    let is_named = |account: &legation_engine::Caller, user: &str| {
        let named = account.actor.to_string();
        bool::from(user.as_bytes().ct_eq(named.as_bytes()))
    };
    Ok(account.filter(|account| match &user {
        Some(user) => is_named(account, user),
        None => true,
    }))
}

/// The user, for Basic, and the secret of an `Authorization` header.
pub(crate) fn read(header: &str) -> Option<(Option<String>, Zeroizing<String>)> {
    let (scheme, rest) = header.split_once(' ')?;
    let rest = rest.trim();
    let (user, secret) = if scheme.eq_ignore_ascii_case("bearer") {
        (None, Zeroizing::new(rest.to_owned()))
    } else if scheme.eq_ignore_ascii_case("basic") {
        // Decoded at full length at once: a buffer that grew would leave its old bytes behind.
        let mut bytes = Zeroizing::new(vec![0; rest.len()]);
        let length = STANDARD.decode_slice(rest, &mut bytes).ok()?;
        let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
        let (user, secret) = text.split_once(':')?;
        (Some(user.to_owned()), Zeroizing::new(secret.to_owned()))
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
        let found = |header: &str| read(header).map(|(user, secret)| (user, secret.to_string()));
        assert_eq!(
            found(&basic),
            Some((Some("JPN/poller".into()), "pass:word".into()))
        );
        assert_eq!(found("bearer abc"), Some((None, "abc".into())));
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
