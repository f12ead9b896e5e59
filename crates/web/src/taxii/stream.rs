//! A body that stops as soon as its reader may no longer have it.
//!
//! Before each piece the guard of the page is asked, and again before each write to the socket
//! (`valve`); when it no longer holds, the connection is cut in the middle of the body, so that the
//! reader cannot take the part for the whole. Coding happens chunk by chunk, and what a coder holds
//! back passes the guard when it comes out.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body::{Frame, SizeHint};
use legation_engine::Guard;

use crate::taxii::MEDIA_TYPE;
use crate::taxii::ask::Ask;
use crate::taxii::negotiation::{Coding, coding};
use crate::taxii::page::Page;
use crate::valve::{Passage, Valve};

/// How much is coded between two questions to the guard.
const CHUNK: usize = 64 * 1024;

/// Level 3 is where zstd's own tool begins; gzip's 6 likewise.
const ZSTD_LEVEL: i32 = 3;

/// The answer that sends the pieces of a page.
pub(super) fn send(ask: &Ask, page: &Page, pieces: Vec<Bytes>) -> Response {
    let coding = coding(&ask.headers);
    let body = if ask.head {
        unsized_body()
    } else {
        match guarded(ask.valve.as_ref(), page.guard(), pieces, coding) {
            Ok(body) => body,
            Err(error) => return crate::problem::Problem::internal_of(&error).into_response(),
        }
    };
    let mut response = (StatusCode::OK, page.date_headers(), body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    if let Some(name) = coding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// A body of those pieces that goes out for as long as the guard holds.
///
/// # Errors
/// When a coder cannot be made.
pub(crate) fn guarded(
    valve: Option<&Valve>,
    guard: Guard,
    pieces: Vec<Bytes>,
    coding: Coding,
) -> io::Result<Body> {
    Guarded::new(valve, guard, pieces, coding).map(Body::new)
}

/// The body of an answer of which only the head is wanted.
pub(crate) fn unsized_body() -> Body {
    Body::new(Unsized)
}

/// The body of an answer of which only the head is wanted: empty, and its length is not told.
struct Unsized;

impl HttpBody for Unsized {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(None)
    }
}

enum Coder {
    Identity,
    Gzip(Box<GzEncoder<Vec<u8>>>),
    Zstd(Box<zstd::stream::write::Encoder<'static, Vec<u8>>>),
    Finished,
}

/// Pieces on their way out.
struct Guarded {
    guard: Guard,
    /// Has the connection's own writes ask the guard too, after this body has been taken.
    _passage: Option<Passage>,
    pieces: VecDeque<Bytes>,
    coder: Coder,
    /// What is still to come, where it is known.
    left: Option<u64>,
}

impl Guarded {
    fn new(
        valve: Option<&Valve>,
        guard: Guard,
        pieces: Vec<Bytes>,
        coding: Coding,
    ) -> io::Result<Self> {
        let passage = valve.map(|valve| valve.watch(guard.clone()));
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let (coder, left) = match coding {
            Coding::Identity => (Coder::Identity, Some(length as u64)),
            Coding::Gzip => {
                let coder = GzEncoder::new(Vec::new(), Compression::default());
                (Coder::Gzip(Box::new(coder)), None)
            }
            Coding::Zstd => {
                let coder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                (Coder::Zstd(Box::new(coder)), None)
            }
        };
        Ok(Self {
            guard,
            _passage: passage,
            pieces: pieces.into(),
            coder,
            left,
        })
    }

    /// The next bytes before coding, at most a chunk of them where they are coded: a coder keeps a
    /// thread busy. What is sent as it is goes piece by piece, without a copy.
    fn take(&mut self) -> Option<Bytes> {
        let chunk = match self.coder {
            Coder::Identity => usize::MAX,
            _ => CHUNK,
        };
        loop {
            let piece = self.pieces.front_mut()?;
            if piece.len() > chunk {
                return Some(piece.split_to(chunk));
            }
            let piece = self.pieces.pop_front()?;
            if !piece.is_empty() {
                return Some(piece);
            }
        }
    }

    /// The next bytes to be sent; none at the end.
    fn code(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            let chunk = self.take();
            let out = match (&mut self.coder, chunk) {
                (Coder::Identity | Coder::Finished, chunk) => return Ok(chunk),
                (Coder::Gzip(coder), Some(chunk)) => {
                    coder.write_all(&chunk)?;
                    std::mem::take(coder.get_mut())
                }
                (Coder::Zstd(coder), Some(chunk)) => {
                    coder.write_all(&chunk)?;
                    std::mem::take(coder.get_mut())
                }
                (Coder::Gzip(_) | Coder::Zstd(_), None) => {
                    let out = match std::mem::replace(&mut self.coder, Coder::Finished) {
                        Coder::Gzip(coder) => coder.finish()?,
                        Coder::Zstd(coder) => coder.finish()?,
                        Coder::Identity | Coder::Finished => Vec::new(),
                    };
                    return Ok(Some(out.into()));
                }
            };
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
    }
}

impl HttpBody for Guarded {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        let chunk = match this.code() {
            Ok(None) => return Poll::Ready(None),
            Ok(Some(chunk)) => chunk,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        // Asked last: nothing lies between this and the socket.
        if !this.guard.holds() {
            this.pieces.clear();
            let cut = io::Error::other("what was being sent is no longer released to its reader");
            return Poll::Ready(Some(Err(cut)));
        }
        if let Some(left) = &mut this.left {
            *left = left.saturating_sub(chunk.len() as u64);
        }
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
