//! The last place at which the office can keep a byte: right before it is handed to the system.
//!
//! The flow. Every connection has a [`Valve`]. A page on its way registers the guard that it was
//! cleared with; the HTTP library may hold a few hundred kilobytes of it back for a slow reader.
//! Each write asks the guards first, and when one of them no longer holds the write fails, and
//! with it the connection. A guard is forgotten when its page has been written to the end.
//!
//! Not here: what the system itself has taken for the reader already. That has left.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use legation_engine::Guard;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What watches over one connection.
#[derive(Clone, Default)]
pub(crate) struct Valve(Arc<Mutex<Vec<Hold>>>);

struct Hold {
    guard: Guard,
    taken: Arc<AtomicBool>,
}

/// A page on its way. When it is dropped, the page has been taken, though not yet written; over
/// HTTP/2 the page's body is kept until the last of it has left the streams (`connection::flight`).
pub(crate) struct Passage(Arc<AtomicBool>);

impl Drop for Passage {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

impl Valve {
    /// Has every write from now on ask that guard, until the page has been taken and written.
    pub(crate) fn watch(&self, guard: Guard) -> Passage {
        let taken = Arc::new(AtomicBool::new(false));
        let hold = Hold {
            guard,
            taken: Arc::clone(&taken),
        };
        self.lock().push(hold);
        Passage(taken)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self) -> io::Result<()> {
        if self.lock().iter().all(|hold| hold.guard.holds()) {
            Ok(())
        } else {
            let text = "what was being sent is no longer released to its reader";
            Err(io::Error::new(io::ErrorKind::ConnectionAborted, text))
        }
    }

    /// Everything that was taken has been written.
    fn settle(&self) {
        self.lock()
            .retain(|hold| !hold.taken.load(Ordering::Acquire));
    }
}

/// A connection with its valve. It lies right on the socket, under TLS where there is TLS: what is
/// encrypted and held back has not left either.
pub(crate) struct Valved<S> {
    stream: S,
    valve: Valve,
}

impl<S> Valved<S> {
    /// A connection that asks that valve.
    pub(crate) fn new(stream: S, valve: Valve) -> Self {
        Self { stream, valve }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Valved<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Valved<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.valve.pass()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.valve.pass()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The HTTP library flushes when it holds nothing back any more.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if matches!(flushed, Poll::Ready(Ok(()))) {
            self.valve.settle();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use legation_core::act::Extent;
    use legation_core::party::Zone;
    use legation_core::view::{Query, Versions};
    use legation_engine::{Envelope, Founding, Office, Shape};

    use super::*;

    /// What the system would have taken.
    #[derive(Default)]
    struct Sink(Vec<u8>);

    impl AsyncWrite for Sink {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.0.extend_from_slice(bytes);
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    async fn write(stream: &mut Valved<Sink>, bytes: &[u8]) -> io::Result<usize> {
        poll_fn(|context| Pin::new(&mut *stream).poll_write(context, bytes)).await
    }

    async fn flush(stream: &mut Valved<Sink>) {
        let flushed = poll_fn(|context| Pin::new(&mut *stream).poll_flush(context)).await;
        flushed.unwrap();
    }

    const ID: &str = "domain-name--00000000-0000-5000-8000-000000000001";

    #[tokio::test]
    async fn what_is_held_back_does_not_go_after_a_withdrawal() {
        let dir = tempfile::TempDir::new().unwrap();
        let founding = Founding {
            alliance: "NATO".parse().unwrap(),
            name: "NATO".into(),
            office: "Tokyo".into(),
            zone: Zone::utc(),
            key: None,
            house: None,
        };
        let created = Office::create(dir.path(), founding).unwrap();
        let office = Office::open(dir.path()).unwrap();
        let chief = office
            .authenticate(created.token.reveal())
            .unwrap()
            .unwrap();
        let area: legation_core::id::AreaName = "cyber".parse().unwrap();
        let body = format!(
            "{{\"objects\":[{{\"type\":\"domain-name\",\"spec_version\":\"2.1\",\"id\":\"{ID}\",\"value\":\"a.example\"}}]}}"
        );
        let envelope = Envelope::read(body.as_bytes(), Shape::Envelope, 1).unwrap();
        office.file(&chief, area.clone(), envelope).await.unwrap();
        let query = Query {
            after: None,
            until: None,
            ids: None,
            kinds: None,
            versions: Versions::default(),
            limit: 9,
        };
        let read = || office.read(&chief, &area, &query, Extent::Bodies, "");
        let mut stream = Valved {
            stream: Sink::default(),
            valve: Valve::default(),
        };
        // Two pages: one is written to its end before the withdrawal, one is only taken.
        let first = stream.valve.watch(read().await.unwrap().guard);
        write(&mut stream, b"first").await.unwrap();
        drop(first);
        flush(&mut stream).await;
        assert!(stream.valve.lock().is_empty());
        let second = stream.valve.watch(read().await.unwrap().guard);
        write(&mut stream, b" second").await.unwrap();
        drop(second);
        let withdrawn = office.withdraw(&chief, ID.into(), None, "wrong".into());
        withdrawn.await.unwrap();
        let cut = write(&mut stream, b" never").await.unwrap_err();
        assert_eq!(cut.kind(), io::ErrorKind::ConnectionAborted);
        assert_eq!(stream.stream.0, b"first second");
    }
}
