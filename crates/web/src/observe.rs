//! The number that a request goes by, and the one line that the log has of it.
//!
//! A client may bring its own `X-Request-Id`, if it is short and plain; otherwise one is made. It
//! comes back in the answer, so that what a partner complains of can be found. It is not in error
//! bodies: those are alike byte for byte for what is withheld and what does not exist.
//!
//! The line names the route's pattern and never the path or the query: ids, filters and cursors
//! stay out of the log, as do tokens, passwords and bodies.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use legation_core::act::Actor;

/// The header, in requests and in answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id of a client's own making: a UUID has 36 characters, a W3C trace-context id 55.
const LONGEST: usize = 64;

/// An id of our own making: 128 bits as hexadecimal digits.
const MADE: usize = 32;

/// Makes ids that do not repeat, and that tell nobody how many requests others make: a number under
/// two keyed hashes, whose keys are drawn for each run.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    keys: [RandomState; 2],
    next: AtomicU64,
}

impl Numbers {
    /// The id of a request: the client's own, if it can be used as it is, or a new one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        let mut brought = headers.get_all(REQUEST_ID).iter();
        match (brought.next(), brought.next()) {
            (Some(id), None) if is_plain(id.as_bytes()) => id.clone(),
            _ => self.make(),
        }
    }

    fn make(&self) -> HeaderValue {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = [0; MADE];
        let bytes = self
            .keys
            .iter()
            .flat_map(|key| key.hash_one(number).to_be_bytes());
        let nibbles = bytes.flat_map(|byte| [byte >> 4, byte & 15]);
        for (place, nibble) in text.iter_mut().zip(nibbles) {
            *place = DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');
        }
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("none"))
    }
}

/// Letters, digits and what ids of others are written with; nothing that could break a line.
fn is_plain(id: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.iter().all(plain)
}

/// A request as the log tells it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    pub(crate) id: &'a HeaderValue,
    pub(crate) caller: Option<&'a Actor>,
    pub(crate) method: &'a Method,
    pub(crate) route: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) code: Option<&'static str>,
    pub(crate) received: u64,
    pub(crate) sent: u64,
    pub(crate) took: Duration,
    /// Whether the answer left to its end.
    pub(crate) whole: bool,
}

impl Line<'_> {
    /// Writes it to the log: as an error when the office itself is wrong, else for information.
    pub(crate) fn write(&self) {
        // The macro wants its level fixed, hence two of it.
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    target: "legation::request",
                    { request.id = self.id.to_str().unwrap_or_default(),
                    request.caller = self.caller.map(tracing::field::display),
                    request.method = self.method.as_str(),
                    request.route = self.route,
                    request.bytes = self.received,
                    answer.status = self.status.as_u16(),
                    answer.code = self.code,
                    answer.bytes = self.sent,
                    answer.whole = self.whole,
                    duration_ms = self.took.as_micros() as f64 / 1000.0 },
                    "answered"
                )
            };
        }
        if self.status == StatusCode::INTERNAL_SERVER_ERROR {
            line!(error);
        } else {
            line!(info);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(ids: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for id in ids {
            headers.append(REQUEST_ID, id.parse().unwrap());
        }
        let id = Numbers::default().of(&headers);
        id.to_str().unwrap().to_owned()
    }

    fn is_made(id: &str) -> bool {
        id.len() == MADE && id.chars().all(|c| c.is_ascii_hexdigit())
    }

    #[test]
    fn a_plain_id_is_kept_and_every_other_is_made_anew() {
        let longest = "x".repeat(LONGEST);
        for kept in ["a", "0af7651916cd43dd-b7ad:6.b_", longest.as_str()] {
            assert_eq!(with(&[kept]), kept);
        }
        let long = "x".repeat(LONGEST + 1);
        for bad in ["", "a b", "a\"b", "a;b", "a,b", "{}", long.as_str()] {
            assert!(is_made(&with(&[bad])), "{bad}");
        }
        assert!(is_made(&with(&["a", "b"])));
    }

    #[test]
    fn no_two_are_alike_and_none_tells_the_next() {
        let numbers = Numbers::default();
        let headers = HeaderMap::new();
        let ids: std::collections::BTreeSet<_> = (0..1000)
            .map(|_| numbers.of(&headers).to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| is_made(id)));
        let firsts: std::collections::BTreeSet<_> = ids.iter().map(|id| &id[..4]).collect();
        assert!(firsts.len() > 900, "{}", firsts.len());
    }
}
