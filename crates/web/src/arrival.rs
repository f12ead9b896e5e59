//! A request's body on its way in: what of it is in memory is counted, and when it has arrived, the
//! request waits for its turn.
//!
//! So a client that sends slowly takes nobody's turn, and bodies that are not complete yet cannot
//! fill the memory: what finds no room ends in a refusal. How slow a body may be is the connection's
//! matter; how long it may be, its reader's ([`crate::body`]).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use crate::door::Guest;
use crate::limit::{Full, Slot, Stay};

/// How many bytes a request brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Received(Option<Arc<AtomicU64>>);

impl Received {
    pub(crate) fn bytes(&self) -> u64 {
        let bytes = self.0.as_ref();
        bytes.map_or(0, |bytes| bytes.load(Ordering::Relaxed))
    }
}

/// A request's wait for its turn.
type Turn = Pin<Box<dyn Future<Output = Result<Slot, Full>> + Send>>;

/// A body on its way in.
pub(crate) struct Arriving {
    body: Body,
    stay: Arc<Stay>,
    received: Arc<AtomicU64>,
    /// Whose turn comes when the body is there; none when it has come.
    guest: Option<Guest>,
    turn: Option<Turn>,
}

impl Arriving {
    /// Follows a body; its bytes are counted in what comes with it.
    pub(crate) fn follow(body: Body, stay: Arc<Stay>, guest: Guest) -> (Body, Received) {
        let received = Arc::new(AtomicU64::new(0));
        let arriving = Self {
            body,
            stay,
            received: Arc::clone(&received),
            guest: Some(guest),
            turn: None,
        };
        (Body::new(arriving), Received(Some(received)))
    }

    /// Waits for the turn of a request whose body is there.
    fn poll_turn(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Full>> {
        let Some(guest) = &self.guest else {
            return Poll::Ready(Ok(()));
        };
        let turn = self.turn.get_or_insert_with(|| {
            let stay = Arc::clone(&self.stay);
            Box::pin(async move { stay.turn().await })
        });
        guest.place(ready!(turn.as_mut().poll(context))?);
        (self.guest, self.turn) = (None, None);
        Poll::Ready(Ok(()))
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        match ready!(Pin::new(&mut this.body).poll_frame(context)) {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                this.received.fetch_add(length, Ordering::Relaxed);
                let room = this.stay.take(length);
                Poll::Ready(Some(room.map(|()| frame).map_err(axum::Error::new)))
            }
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            None => match ready!(this.poll_turn(context)) {
                Ok(()) => Poll::Ready(None),
                Err(full) => Poll::Ready(Some(Err(axum::Error::new(full)))),
            },
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
