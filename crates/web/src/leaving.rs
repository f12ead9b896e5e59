//! An answer's body on its way out: at once for whoever is alone, and beside others at the pace of
//! its party ([`crate::limit`]), in pieces that keep neither a thread nor a processor for long.
//!
//! Nothing is kept back from the valve: what waits here has not been written, and every write asks
//! the guards of the pages ([`crate::valve`]), which live as long as the body does.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::Sleep;

use crate::limit::{Share, Stay};

/// How much leaves at once beside others: what a thread copies in a tenth of a millisecond or less.
const PIECE: u64 = 256 * 1024;

/// What a piece of unknown length is counted as. It is being coded while it leaves, at a few dozen
/// megabytes a second, which takes a processor as long as it takes to send many times as much.
const CODED: u64 = 1024 * 1024;

/// A body on its way out.
pub(crate) struct Leaving {
    body: Body,
    stay: Option<Arc<Stay>>,
    /// What is left of a frame that was cut.
    rest: Bytes,
    /// How the next piece goes, when that has been asked.
    way: Option<Way>,
}

enum Way {
    /// As long as it is.
    Whole,
    /// No longer than a piece.
    Cut,
    /// The same, when it is time.
    Later(Pin<Box<Sleep>>),
}

impl Leaving {
    pub(crate) fn new(body: Body, stay: Option<Arc<Stay>>) -> Self {
        Self {
            body,
            stay,
            rest: Bytes::new(),
            way: None,
        }
    }

    /// How the next piece goes.
    fn ask(&self) -> Way {
        let next = self.size_hint().exact().unwrap_or(CODED);
        let cost = match self.body.size_hint().exact() {
            Some(_) => next.min(PIECE),
            None => CODED,
        };
        match self.stay.as_ref().map(|stay| stay.share(cost)) {
            None | Some(Share::Whole) => Way::Whole,
            Some(Share::Now) => Way::Cut,
            Some(Share::After(pause)) => Way::Later(Box::pin(tokio::time::sleep(pause))),
        }
    }

    fn poll_piece(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let way = match self.way.take() {
            Some(way) => way,
            None => self.ask(),
        };
        let way = self.way.insert(way);
        if let Way::Later(pause) = way {
            ready!(pause.as_mut().poll(context));
            *way = Way::Cut;
        }
        let cuts = matches!(way, Way::Cut);
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) => self.rest = bytes,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                end => return Poll::Ready(end),
            }
        }
        self.way = None;
        let most = if cuts { PIECE as usize } else { usize::MAX };
        let piece = self.rest.split_to(self.rest.len().min(most));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.get_mut().poll_piece(context)
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.body.size_hint().exact() {
            Some(length) => SizeHint::with_exact(length + self.rest.len() as u64),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::limit::{Queue, Slot, Work};

    fn queue(bytes_beside_others: u64) -> Queue {
        Queue::new(Work {
            bytes_beside_others,
            ..Work::default()
        })
    }

    /// Two requests of one party that are under way beside one of another that is worked for.
    async fn beside(queue: &Queue) -> (Arc<Stay>, [Stay; 2], Slot) {
        let party = "JPN".parse().unwrap();
        let stays = [(); 2].map(|()| queue.enter(Some(&party)).unwrap());
        let other = queue.enter(None).unwrap();
        let slot = other.turn().await.unwrap();
        let [stay, second] = stays;
        (Arc::new(stay), [second, other], slot)
    }

    fn body() -> Bytes {
        (0..1_000_000_u32).map(|at| (at % 251) as u8).collect()
    }

    /// The pieces that leave before something is held.
    fn leave(leaving: &mut Leaving) -> Vec<Bytes> {
        let mut context = Context::from_waker(Waker::noop());
        let mut pieces = Vec::new();
        while let Poll::Ready(Some(frame)) = Pin::new(&mut *leaving).poll_frame(&mut context) {
            pieces.push(frame.unwrap().into_data().unwrap());
            let left = 1_000_000 - pieces.iter().map(Bytes::len).sum::<usize>();
            assert_eq!(leaving.size_hint().exact(), Some(left as u64));
        }
        pieces
    }

    #[tokio::test]
    async fn whoever_is_alone_gets_it_as_it_is() {
        let queue = queue(1);
        let party = "JPN".parse().unwrap();
        let stays = [(); 2].map(|()| queue.enter(Some(&party)).unwrap());
        let [stay, _second] = stays;
        let mut leaving = Leaving::new(body().into(), Some(Arc::new(stay)));
        assert_eq!(leave(&mut leaving), [body()]);
        assert!(leaving.is_end_stream());
        assert_eq!(queue.depth().held, 0);
    }

    #[tokio::test]
    async fn beside_others_it_goes_in_pieces_and_all_of_it_in_order() {
        let queue = queue(1 << 50);
        let (stay, _others, _slot) = beside(&queue).await;
        let mut leaving = Leaving::new(body().into(), Some(stay));
        let pieces = leave(&mut leaving);
        assert_eq!(pieces.len(), 4);
        assert!(pieces.iter().all(|piece| piece.len() as u64 <= PIECE));
        assert_eq!(pieces.concat(), body());
        assert!(leaving.is_end_stream());
    }

    #[tokio::test]
    async fn what_is_beyond_the_share_is_held_and_the_other_is_not() {
        let queue = queue(1000);
        let (stay, [second, other], _slot) = beside(&queue).await;
        let mut leaving = Leaving::new(body().into(), Some(stay));
        let pieces = leave(&mut leaving);
        assert_eq!(pieces.concat(), body().slice(..PIECE as usize));
        assert!(!leaving.is_end_stream());
        assert!(leave_none(&mut leaving) && queue.depth().held == 1);
        let mut quiet = Leaving::new(body().into(), Some(Arc::new(other)));
        assert_eq!(leave(&mut quiet), [body()]);
        // What the party has under way alone is not held either, once the rest has gone.
        drop(leaving);
        let mut alone = Leaving::new(body().into(), Some(Arc::new(second)));
        assert_eq!(leave(&mut alone), [body()]);
    }

    fn leave_none(leaving: &mut Leaving) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        let polled = Pin::new(leaving).poll_frame(&mut context);
        polled.is_pending()
    }
}
