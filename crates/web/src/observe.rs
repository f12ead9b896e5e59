//! The number that a request goes by, and the one line that the log has of it.
//!
//! A client may bring its own `X-Request-Id`, if it is short and plain; otherwise one is made. It
//! comes back in the answer, so that what a partner complains of can be found. It is not in error
//! bodies: those are alike byte for byte for what is withheld and what does not exist.
//!
//! The line names the route's pattern and never the path or the query: ids, filters and cursors
//! stay out of the log, as do tokens, passwords and bodies.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use legation_core::act::Actor;

/// The header, in requests and in answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id of a client's own making: a UUID has 36 characters, a W3C trace-context id 55.
const LONGEST: usize = 64;

/// Makes ids that do not repeat: 16 digits of this run, and a number in it.
#[derive(Debug)]
pub(crate) struct Numbers {
    run: [u8; 8],
    next: AtomicU64,
}

impl Numbers {
    /// Numbers of a run that is known by those bytes.
    pub(crate) fn new(run: [u8; 8]) -> Self {
        Self {
            run,
            next: AtomicU64::new(1),
        }
    }

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
        // Two numbers of 64 bits and a hyphen.
        let mut text = [b'-'; 33];
        let nibbles = |bytes: [u8; 8]| {
            bytes
                .into_iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .map(|nibble| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'))
        };
        let digits = nibbles(self.run)
            .chain([b'-'])
            .chain(nibbles(number.to_be_bytes()));
        for (place, digit) in text.iter_mut().zip(digits) {
            *place = digit;
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
        let numbers = Numbers::new([0xab; 8]);
        let mut headers = HeaderMap::new();
        for id in ids {
            headers.append(REQUEST_ID, id.parse().unwrap());
        }
        numbers.of(&headers).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_plain_id_is_kept_and_every_other_is_made_anew() {
        const MADE: &str = "abababababababab-0000000000000001";
        let longest = "x".repeat(LONGEST);
        for kept in ["a", "0af7651916cd43dd-b7ad:6.b_", longest.as_str()] {
            assert_eq!(with(&[kept]), kept);
        }
        let long = "x".repeat(LONGEST + 1);
        for bad in ["", "a b", "a\"b", "a;b", "a,b", "{}", "é", long.as_str()] {
            assert_eq!(with(&[bad]), MADE, "{bad}");
        }
        assert_eq!(with(&["a", "b"]), MADE);
    }

    #[test]
    fn no_two_are_alike() {
        let numbers = Numbers::new([0; 8]);
        let headers = HeaderMap::new();
        let ids: std::collections::BTreeSet<_> = (0..1000)
            .map(|_| numbers.of(&headers).to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 1000);
        assert!(
            ids.iter()
                .all(|id| is_plain(id.as_bytes()) && id.len() == 33)
        );
    }
}
