//! A body that stops as soon as its reader may no longer have it.
//!
//! It leaves in chunks. Before each one the guard of the page is asked; when it no longer holds,
//! the connection is cut in the middle of the body, so that the reader cannot take the part for
//! the whole. Coding happens chunk by chunk too, and what a coder holds back passes the guard when
//! it comes out.

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
use crate::taxii::envelope::Piece;
use crate::taxii::negotiation::{Coding, coding};
use crate::taxii::page::Page;
use crate::valve::Passage;

/// How much leaves between two questions to the guard.
const CHUNK: usize = 64 * 1024;

/// Level 3 is where zstd's own tool begins; gzip's 6 likewise.
const ZSTD_LEVEL: i32 = 3;

/// The answer that sends the pieces of a page.
pub(super) fn send(ask: &Ask, page: &Page, pieces: Vec<Piece>) -> Response {
    let coding = coding(&ask.headers);
    let body = if ask.head {
        Body::new(Unsized)
    } else {
        match Guarded::new(ask, page.guard.clone(), pieces, coding) {
            Ok(body) => Body::new(body),
            Err(error) => return crate::problem::Problem::internal_of(&error).into_response(),
        }
    };
    let mut response = (StatusCode::OK, page.date_headers(), body).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    let name = match coding {
        Coding::Identity => return response,
        Coding::Gzip => "gzip",
        Coding::Zstd => "zstd",
    };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    response
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
    pieces: VecDeque<Piece>,
    /// How much of the first piece has been taken.
    taken: usize,
    coder: Coder,
    /// What is still to come, where it is known.
    left: Option<u64>,
}

impl Guarded {
    fn new(ask: &Ask, guard: Guard, pieces: Vec<Piece>, coding: Coding) -> io::Result<Self> {
        let passage = ask.valve.as_ref().map(|valve| valve.watch(guard.clone()));
        let length: usize = pieces.iter().map(|piece| piece.bytes().len()).sum();
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
            taken: 0,
            coder,
            left,
        })
    }

    /// The next bytes before coding, at most a chunk of them; empty at the end.
    fn take(&mut self) -> Vec<u8> {
        let mut chunk = Vec::new();
        while let Some(piece) = self.pieces.front() {
            let rest = piece.bytes().get(self.taken..).unwrap_or_default();
            let room = CHUNK - chunk.len();
            if rest.len() > room {
                chunk.extend(rest.iter().take(room));
                self.taken += room;
                break;
            }
            chunk.extend_from_slice(rest);
            self.pieces.pop_front();
            self.taken = 0;
        }
        chunk
    }

    /// The next bytes to be sent; none at the end.
    fn code(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let chunk = self.take();
            let end = chunk.is_empty();
            let out = match &mut self.coder {
                Coder::Identity | Coder::Finished => return Ok((!end).then_some(chunk)),
                Coder::Gzip(coder) if !end => {
                    coder.write_all(&chunk)?;
                    std::mem::take(coder.get_mut())
                }
                Coder::Zstd(coder) if !end => {
                    coder.write_all(&chunk)?;
                    std::mem::take(coder.get_mut())
                }
                Coder::Gzip(_) | Coder::Zstd(_) => {
                    let out = match std::mem::replace(&mut self.coder, Coder::Finished) {
                        Coder::Gzip(coder) => coder.finish()?,
                        Coder::Zstd(coder) => coder.finish()?,
                        Coder::Identity | Coder::Finished => Vec::new(),
                    };
                    return Ok(Some(out));
                }
            };
            if !out.is_empty() {
                return Ok(Some(out));
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
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        self.left
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
